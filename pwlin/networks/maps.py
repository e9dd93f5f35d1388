"""Exact affine maps of single neurons in single regions, and what single neurons do to the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import wide
from pwlin.exact.limbs import Limbs, join, multiply, product, sparse_product, split
from pwlin.exact.rational import ExactArray
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_ENTRIES, _FEWEST, _MOST = 1 << 16, 16, 64
"""So many entries of maps are made at a time, so that intermediate results stay in the cache; and so many maps."""

_MOST_ON = 0.7
"""Weights of all units are used as they are where at least such a share of them is on."""

_ALONE = 4
"""Of fewer maps together it costs more to pick weights than to multiply all."""

Patterns = Sequence[NDArray[np.bool_]]
Indices = NDArray[np.int64]
Units = Indices | slice
"""Some units, by number, or a slice of all."""
EVERY = slice(None)


class SingleMaps:
    """A network whose neurons' maps can be asked for one by one.

    Each costs a product of one row (gradients go backwards, so that one is enough for all inputs) with every
    weight matrix on the way, in integers split into limbs. Of rectified linear units only those count that are on in one of
    the regions at least that are asked for together.
    """

    def __init__(self, network: Network) -> None:
        self._layers = network.layers
        self._dense = all(layer.sparse is None for layer in network.layers)
        self._weights: dict[int, Weight] = {}
        self._together = min(_MOST, max(_FEWEST, _ENTRIES // max(layer.n_in for layer in network.layers)))
        self.denominators = network.denominators

    def entries(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> tuple[ExactArray, ...]:
        """Integer slopes by each input, and intercepts, of preactivations over layer k's input denominator times its own.

        Parameters
        ----------
        k : int
            The layer, or the number of hidden layers for outputs.
        patterns : sequence of bool arrays, patterns[i] of shape (n_regions, sizes[i]), for the layers below
        rows, neurons : int arrays, shape (n,)
            Regions and neurons.
        """
        if k == 0:
            layer = self._layers[0]
            weight = layer.compact_weight[neurons] if layer.sparse is None else layer.sparse.take(neurons).dense()
            return *wide(weight.T), wide(layer.compact_bias[neurons])
        if len(rows) == 0:
            return (np.empty(0, dtype=object),) * (self._layers[0].n_in + 1)
        parts = [self.gradients(k, patterns, *some, 0) for some in self.shares(rows, neurons)]
        return tuple(map(np.concatenate, zip(*((*join(found).T, b) for found, b, _ in parts))))

    def shares(self, rows: Indices, neurons: Indices) -> Iterator[tuple[Indices, Indices]]:
        """About as many maps as are made at a time."""
        count = max(1, round(len(rows) / self._together))
        return zip(np.array_split(rows, count), np.array_split(neurons, count))

    def gradients(
        self, k: int, patterns: Patterns, rows: Indices, neurons: Indices, below: int
    ) -> tuple[Limbs, ExactArray, Units]:
        """Gradients of preactivations of layer k by the inputs of layer `below`, what biases from there on add, and which inputs.

        Inputs that are off are left out; what biases add is over the denominator that `entries` has.
        """
        active = {i: patterns[i - 1][rows] for i in range(max(below, 1), k + 1)}
        on = {0: EVERY} | {i: self.on(i - 1, bits) for i, bits in active.items()}
        found = self.weight(k).rows(neurons, on[k])
        b = np.zeros(len(rows), dtype=object)
        for i in range(k, below - 1, -1):
            if i < k:
                bent = self.bent(found, i, active[i + 1], on[i + 1])
                found = self.weight(i).backward(bent, on[i + 1], on[i])
            b += join(found[..., -1]) * self.denominators[i]
            found = found[..., :-1]
        return found, b, on[below]

    def effects(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> ExactArray:
        """Gradients of the outputs by the outputs of neurons of layer k: integers, shape (n, n_outputs).

        At least one is asked for. They are over the denominators of all weights and slopes above layer k.
        """
        parts = [self.changes(k, patterns, *some, len(patterns)) for some in self.shares(rows, neurons)]
        return np.concatenate([join(found) for found, _ in parts])

    def changes(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices, above: int) -> tuple[Limbs, Units]:
        """Gradients of preactivations of layer `above` by the outputs of neurons of layer k, and of which; those that are off are left out."""
        active = {i: patterns[i][rows] for i in range(k + 1, min(above + 1, len(patterns)))}
        on = {len(patterns): EVERY} | {i: self.on(i, bits) for i, bits in active.items()}
        found = self.weight(k + 1).columns(neurons, on[k + 1])
        for i in range(k + 1, above):
            found = self.weight(i + 1).forward(self.bent(found, i, active[i], on[i]), on[i + 1], on[i])
        return found, on[above]

    def on(self, i: int, active: NDArray[np.bool_]) -> Units:
        """Units of layer i outside which all are off in each row of `active`; their weights need not be multiplied."""
        if len(active) < _ALONE or not (self._dense and self._layers[i].is_relu):
            return EVERY
        some = np.flatnonzero(active.any(axis=0))
        return EVERY if len(some) > _MOST_ON * active.shape[1] else some

    def bent(self, gradients: Limbs, i: int, active: NDArray[np.bool_], units: Units = EVERY) -> Limbs:
        """Gradients by the preactivations of layer i, from those by its outputs; or its outputs, from its preactivations.

        Over the denominator of its slopes, in limbs of shape (limbs, n, units); `active` has one row for each, of all units.
        """
        layer = self._layers[i]
        if layer.is_relu:
            return gradients * active[:, units]
        low, high, _ = layer.integer_slopes
        return multiply(gradients, split(np.where(active, high, low)))

    def weight(self, k: int) -> Weight:
        """A layer's weight with its bias as the last column."""
        if k not in self._weights:
            layer = self._layers[k]
            self._weights[k] = DenseWeight.of(layer) if layer.sparse is None else _SparseWeight.of(layer, layer.sparse)
        return self._weights[k]


class Weight(Protocol):
    """A weight in limbs, its bias the last column; `units` are those of its layer, `inputs` those below."""

    def rows(self, units: Indices, inputs: Units = EVERY) -> Limbs:
        """Some rows, bias and all."""

    def columns(self, inputs: Indices, units: Units = EVERY) -> Limbs:
        """Some columns, as rows."""

    def backward(self, gradients: Limbs, units: Units = EVERY, inputs: Units = EVERY) -> Limbs:
        """Gradients by inputs and the constant, from those by the preactivations of units."""

    def forward(self, effects: Limbs, units: Units = EVERY, inputs: Units = EVERY) -> Limbs:
        """What changes of inputs, row by row, do to the preactivations of units."""


@dataclass(frozen=True, eq=False)
class DenseWeight:
    limbs: Limbs

    @staticmethod
    def of(layer: Layer) -> DenseWeight:
        return DenseWeight(layer.limbs)

    def rows(self, units: Indices, inputs: Units = EVERY) -> Limbs:
        return self._part(units, self._with_bias(inputs))

    def columns(self, inputs: Indices, units: Units = EVERY) -> Limbs:
        return np.moveaxis(self._part(units, inputs), 1, 2)

    def backward(self, gradients: Limbs, units: Units = EVERY, inputs: Units = EVERY) -> Limbs:
        return product(gradients, self._part(units, self._with_bias(inputs)))

    def forward(self, effects: Limbs, units: Units = EVERY, inputs: Units = EVERY) -> Limbs:
        return product(effects, np.moveaxis(self._part(units, slice(-1) if inputs is EVERY else inputs), 1, 2))

    def _part(self, rows: Units, columns: Units) -> Limbs:
        return self.limbs[:, rows][:, :, columns]

    def _with_bias(self, inputs: Units) -> Units:
        return inputs if isinstance(inputs, slice) else np.append(inputs, self.limbs.shape[2] - 1)


@dataclass(frozen=True, eq=False)
class _SparseWeight:
    """One that is always asked for all units and inputs."""

    limbs: list[csr_matrix]
    transposed: list[csr_matrix]  # without the bias

    @staticmethod
    def of(layer: Layer, weight: SparseMatrix) -> _SparseWeight:
        units = np.arange(layer.n_out)
        both = SparseMatrix.of_entries(
            np.concatenate([weight.rows, units]),
            np.concatenate([weight.columns, np.full(layer.n_out, layer.n_in)]),
            np.concatenate([wide(weight.values), wide(layer.compact_bias)]),
            (layer.n_out, layer.n_in + 1),
        )
        turned = weight.transposed()
        return _SparseWeight(*([m.as_csr(limb) for limb in split(m.values)] for m in (both, turned)))

    def rows(self, units: Indices, inputs: Units = EVERY) -> Limbs:
        return np.stack([limb[units].toarray() for limb in self.limbs])

    def columns(self, inputs: Indices, units: Units = EVERY) -> Limbs:
        return np.stack([limb[inputs].toarray() for limb in self.transposed])

    def backward(self, gradients: Limbs, units: Units = EVERY, inputs: Units = EVERY) -> Limbs:
        return sparse_product(gradients, self.limbs)

    def forward(self, effects: Limbs, units: Units = EVERY, inputs: Units = EVERY) -> Limbs:
        return sparse_product(effects, self.transposed)
