"""Along a line from flip to flip: what each of them changes is one column times one row.

Two regions that meet where one neuron flips differ in that neuron's slope, so that preactivations of the layer above differ by
its column of weights times its map, and gradients by the outputs of the layer below by its row times its own gradient. Exact
maps of the second hidden layer, and gradients by the outputs of the last but one, cost no product of matrices anywhere, then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import compact, multiply
from pwlin.exact.limbs import TERMS, Limbs, apart, carried, concatenated, folded, join, product, split
from pwlin.exact.rational import ExactArray
from pwlin.extraction.line.cut import indices
from pwlin.networks.layer import Layer
from pwlin.networks.maps import DenseWeight, SingleMaps, Units
from pwlin.networks.network import Network

_TOGETHER = 24
"""So many flips are looked at together, or more if there are many vectors."""
_AT_ONCE, _FEWEST = 512, 32
"""So many products with vectors are made at a time, or of so many others."""
_WEIGHTS = 1 << 21
"""So many products of weights are worth more than the way without them."""

Rows = NDArray[np.int64]
Patterns = Sequence[NDArray[np.bool_]]


def pays(layer: Layer, count: int) -> bool:
    """Whether it is less work to do without so many products of a vector with the layer's weight, and sums are short enough."""
    return count > 0 and count * layer.n_weights >= _WEIGHTS and max(layer.n_in, layer.n_out) <= TERMS


def turns(layer: Layer, active: NDArray[np.bool_]) -> tuple[Rows, Rows, ExactArray]:
    """The regions, increasing, at whose right ends neurons of a layer flip, the neurons, and what is added to their slopes."""
    at, neurons = indices(active[1:] != active[:-1])
    low, high, _ = layer.integer_slopes
    return at, neurons, np.where(active[at + 1, neurons], 1, -1) * (high - low)[neurons]


@dataclass(frozen=True, eq=False)
class Walk:
    """Some vectors, to which each flip on the way adds a row times a factor of each."""

    start: Limbs  # (limbs, width, vectors), in the first region
    rows: Limbs  # (limbs, flips, width)
    factors: Limbs  # (limbs, flips, vectors)

    def entries(self, counts: Rows, places: Rows) -> Limbs:
        """Entries of the vectors, each after so many flips, increasing; shape (limbs, n, vectors)."""
        found, last = [], max(self.rows.shape[1] - 1, 0)
        for part in self._parts(len(counts)):
            first, place = counts[part] // self._size, places[part]
            flips = np.minimum(first[:, None] * self._size + np.arange(self._size), last)
            near = self.rows[:, flips, place[:, None]] if self.rows.size else np.zeros((1, *flips.shape))
            found.append(self._sum(counts[part], (self._anchors[None, :, first, place], 1), near))
        return concatenated(found)

    def dots(self, counts: Rows, others: Callable[[slice], tuple[Limbs, Units]], made: bool) -> Limbs:
        """Products of vectors with the vectors after so many flips, increasing; shape (limbs, n, vectors).

        The others, one for each number, are asked for when they are needed, in limbs of shape (limbs, n, units), with the
        units outside which they are zero; fewer at a time if they are `made` in products, and not rows of a weight.
        """
        parts = self._parts(len(counts), 4 if made else 1)
        return concatenated([self._dots(counts[part], *others(part)) for part in parts])

    def _dots(self, counts: Rows, others: Limbs, units: Units) -> Limbs:
        size, n = self._size, len(counts)
        far = np.empty((len(self._anchors), len(others), n, self.factors.shape[2]))
        near = np.zeros((len(self.rows), len(others), n, size))
        for i, run, flips in self._blocks(counts):
            rows, some = self.rows[:, flips, units], np.ascontiguousarray(others[:, run])
            far[:, :, run] = apart(some, self._anchors[:, i, units])
            near[:, :, run, : rows.shape[1]] = apart(some, rows.swapaxes(1, 2))
        return self._sum(counts, (far, others.shape[2]), folded((near, others.shape[2])))

    def _sum(self, counts: Rows, far: tuple[Limbs, int], near: Limbs) -> Limbs:
        """Of products with the vectors before their blocks of flips, and of what flips add, from the products with rows of the block."""
        near = near * (counts[:, None] % self._size > np.arange(self._size))
        added = np.empty((len(self.factors), len(near), len(counts), self.factors.shape[2]))
        for _, run, flips in self._blocks(counts):
            factors = self.factors[:, flips]
            added[:, :, run] = apart(near[:, run, : factors.shape[1]], factors)
        return folded(far, (added, self._size))

    def _blocks(self, counts: Rows) -> list[tuple[int, slice, slice]]:
        """The blocks in which numbers of flips lie, with these numbers and the flips."""
        stops = np.searchsorted(counts, self._size * np.arange(self._anchors.shape[1] + 1)).tolist()
        runs = enumerate(zip(stops, stops[1:]))
        return [(i, slice(*run), slice(i * self._size, (i + 1) * self._size)) for i, run in runs if run[0] < run[1]]

    @property
    def _size(self) -> int:
        """Flips of a block."""
        return min(max(_TOGETHER, 2 * self.factors.shape[2]), TERMS)

    def _parts(self, count: int, cost: int = 1) -> list[slice]:
        """What is looked at at a time."""
        step = max(_AT_ONCE // (cost * self.factors.shape[2]), _FEWEST)
        return [slice(start, start + step) for start in range(0, count, step)]

    @cached_property
    def _anchors(self) -> Limbs:
        """The vectors before each block of flips; shape (limbs, blocks, width, vectors)."""
        size, (width, vectors) = self._size, self.start.shape[1:]
        steps = np.zeros((len(self.factors), len(self.rows), self.rows.shape[1] // size + 1, width, vectors))
        for i in range(1, steps.shape[2]):
            rows, factors = (v[:, (i - 1) * size : i * size] for v in (self.rows, self.factors))
            steps[:, :, i] = apart(rows.swapaxes(1, 2), factors)
        steps = folded((steps, size))
        return carried(np.cumsum(concatenated([self.start[:, None], steps[:, 1:]]), axis=1))


class LineMaps:
    """Exact maps of single neurons of a network with one input, as `SingleMaps` has them."""

    def __init__(self, network: Network, maps: SingleMaps) -> None:
        self._layers, self.maps = network.layers, maps
        self._dense = all(layer.sparse is None for layer in network.layers)
        self._second: Walk | None = None

    def entries(self, k: int, patterns: Patterns, rows: Rows, neurons: Rows) -> tuple[ExactArray, ...]:
        """Slopes and intercepts of preactivations, or outputs, of layer k in regions, increasing; see `SingleMaps.entries`."""
        asked = self._dense and (k > 1 or (k == 1 and len(self._layers) > 3))  # third layers ask for more of them
        if not (asked and len(rows) and (self._second or pays(self._layers[1], len(rows)))):
            return self.maps.entries(k, patterns, rows, neurons)
        at, flipping, bends = turns(self._layers[0], patterns[0])
        if self._second is None:
            self._second = self._walk(patterns[0][0], flipping, bends)
        counts, b = np.searchsorted(at, rows), np.zeros(len(rows), dtype=object)

        def others(part: slice) -> tuple[Limbs, Units]:
            found, b[part], units = self.maps.gradients(k, patterns, rows[part], neurons[part], 2)
            return self.maps.bent(found, 1, patterns[1][rows[part]], units), units

        found = join(self._second.entries(counts, neurons) if k == 1 else self._second.dots(counts, others, k > 2))
        return found[:, 0], found[:, 1] + b

    def _walk(self, active: NDArray[np.bool_], flipping: Rows, bends: ExactArray) -> Walk:
        """The maps of the second layer's neurons."""
        first, (low, high, _), weight = self._layers[0], self._layers[0].integer_slopes, self.maps.weight(1)
        maps = np.stack([first.compact_weight[:, 0], first.compact_bias], axis=1)
        one = np.array([[0, self.maps.denominators[1]]], dtype=object)  # what biases are multiplied by
        inputs = np.append(multiply(maps, np.where(active, high, low)[:, None]), one, axis=0)
        assert isinstance(weight, DenseWeight), "walks are for dense layers"
        start = product(weight.limbs, split(compact(inputs)))
        return Walk(start, weight.columns(flipping), split(multiply(maps[flipping], bends[:, None])))


def gradients_above(network: Network, maps: SingleMaps, patterns: Patterns) -> tuple[Walk, Rows]:
    """The outputs' gradients by the inputs of the last hidden layer; and for each flip on the way the region that it ends."""
    last, layer, outputs = len(patterns) - 1, network.hidden[-1], np.arange(network.output_dim)
    at, neurons, bends = turns(layer, patterns[-1])
    weight, readout = maps.weight(last), maps.weight(last + 1)
    above = maps.bent(readout.rows(outputs)[..., :-1], last, np.repeat(patterns[-1][:1], len(outputs), axis=0))
    start = weight.backward(above)[..., :-1].transpose(0, 2, 1)
    factors = multiply(network.readout.compact_weight[:, neurons].T, bends[:, None])
    return Walk(start, weight.rows(neurons)[..., :-1], split(factors)), at
