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

from pwlin.exact.integers import multiply, wide
from pwlin.exact.limbs import Limbs, concatenated, join, plus, product, split
from pwlin.exact.rational import ExactArray
from pwlin.extraction.line.cut import indices
from pwlin.networks.layer import Layer
from pwlin.networks.maps import SingleMaps, Units
from pwlin.networks.network import Network

_TOGETHER = 64
"""So many flips are looked at together."""
_WEIGHTS = 1 << 23
"""So many products of weights are worth more than the way without them."""

Rows = NDArray[np.int64]
Patterns = Sequence[NDArray[np.bool_]]


def pays(layer: Layer, count: int) -> bool:
    """Whether it is less work to do without so many products of a vector with the layer's weight."""
    return count > 0 and count * layer.n_weights >= _WEIGHTS


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
    at: Rows  # for each flip the region that it ends, increasing

    def dots(self, regions: Rows, others: Callable[[slice], tuple[Limbs, Units]]) -> Limbs:
        """Products of vectors with the vectors in some regions, increasing; shape (limbs, n, vectors).

        The others, one for each region, are asked for when they are needed, in limbs of shape (limbs, n, units), with the
        units outside which they are zero.
        """
        total, found = self.start, []
        counts, given = np.searchsorted(self.at, regions), 0
        for begin in range(0, max(len(self.at), 1), _TOGETHER):
            rows, factors = (v[:, begin : begin + _TOGETHER] for v in (self.rows, self.factors))
            until = int(np.searchsorted(counts, begin + rows.shape[1], side="right"))
            for first in range(given, until, _TOGETHER):
                part = slice(first, min(first + _TOGETHER, until))
                (other, units), before = others(part), counts[part, None] > begin + np.arange(rows.shape[1])
                turned = product(other, rows[..., units].transpose(0, 2, 1)) * before
                found.append(plus(product(other, total[:, units]), product(turned, factors)))
            if until == len(regions):
                break
            given, total = until, plus(total, product(rows.transpose(0, 2, 1), factors))
        return concatenated(found)


@dataclass(frozen=True, eq=False)
class LineMaps:
    """Exact maps of single neurons of a network with one input, as `SingleMaps` has them."""

    network: Network
    maps: SingleMaps

    @cached_property
    def _first(self) -> ExactArray:
        """Slope and intercept of each neuron of the first layer."""
        layer = self.network.layers[0]
        return np.stack([layer.compact_weight[:, 0], layer.compact_bias], axis=1)

    def entries(self, k: int, patterns: Patterns, rows: Rows, neurons: Rows) -> tuple[ExactArray, ...]:
        """Slopes and intercepts of preactivations, or outputs, of layer k in regions, increasing; see `SingleMaps.entries`."""
        if k < 2 or any(layer.sparse is not None for layer in self.network.layers):
            return self.maps.entries(k, patterns, rows, neurons)
        if not pays(self.network.layers[1], len(rows)):
            return self.maps.entries(k, patterns, rows, neurons)
        b = np.zeros(len(rows), dtype=object)

        def others(part: slice) -> tuple[Limbs, Units]:
            found, b[part], units = self.maps.gradients(k, patterns, rows[part], neurons[part], 2)
            return self.maps.bent(found, 1, patterns[1][rows[part]], units), units

        found = join(self._second(patterns[0]).dots(rows, others))
        return found[:, 0], found[:, 1] + b

    def _second(self, active: NDArray[np.bool_]) -> Walk:
        """The maps of the second layer's neurons."""
        first, second = self.network.layers[:2]
        at, neurons, bends = turns(first, active)
        weight, (low, high, _) = self.maps.weight(1), first.integer_slopes
        inputs = multiply(self._first, np.where(active[0], high, low)[:, None])
        bias = np.zeros((second.n_out, 2), dtype=object)
        bias[:, 1] = wide(second.compact_bias) * self.maps.denominators[1]
        start = plus(weight.forward(split(inputs.T)).transpose(0, 2, 1), split(bias))
        return Walk(start, weight.columns(neurons), split(multiply(self._first[neurons], bends[:, None])), at)


def gradients_above(network: Network, maps: SingleMaps, patterns: Patterns) -> Walk:
    """The outputs' gradients by the inputs of the last hidden layer."""
    last, layer, outputs = len(patterns) - 1, network.hidden[-1], np.arange(network.output_dim)
    at, neurons, bends = turns(layer, patterns[-1])
    weight, readout = maps.weight(last), maps.weight(last + 1)
    above = maps.bent(readout.rows(outputs)[..., :-1], last, np.repeat(patterns[-1][:1], len(outputs), axis=0))
    start = weight.backward(above)[..., :-1].transpose(0, 2, 1)
    factors = multiply(network.readout.compact_weight[:, neurons].T, bends[:, None])
    return Walk(start, weight.rows(neurons)[..., :-1], split(factors), at)
