"""Exact affine maps of single neurons in single regions, and what single neurons do to the output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import wide
from pwlin.exact.limbs import Limbs, join, multiply, product, sparse_product, split, split_floats
from pwlin.exact.rational import ExactArray
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_ENTRIES, _FEWEST, _MOST = 1 << 16, 16, 64
"""So many entries of maps are made at a time, so that intermediate results stay in the cache; and so many maps."""

Patterns = Sequence[NDArray[np.bool_]]
Indices = NDArray[np.int64]


class SingleMaps:
    """A network whose neurons' maps can be asked for one by one.

    Each costs a product of one row (gradients go backwards, so that one is enough for all inputs) with every
    weight matrix on the way, in integers split into limbs.
    """

    def __init__(self, network: Network) -> None:
        self._layers = network.layers
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
        parts = [
            self._entries(k, patterns, rows[start : start + self._together], neurons[start : start + self._together])
            for start in range(0, len(rows), self._together)
        ]
        return tuple(map(np.concatenate, zip(*parts)))

    def _entries(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> tuple[ExactArray, ...]:
        found = self.weight(k).rows(neurons)
        b = np.zeros(len(rows), dtype=object)
        for i in range(k, -1, -1):
            if i < k:
                found = self.weight(i).backward(self.bent(found, i, patterns[i][rows]))
            b += join(found[..., -1]) * self.denominators[i]
            found = found[..., :-1]
        return *join(found).T, b

    def effects(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> ExactArray:
        """Gradients of the outputs by the outputs of neurons of layer k: integers, shape (n, n_outputs).

        At least one is asked for. They are over the denominators of all weights and slopes above layer k.
        """
        parts = [
            self._effects(k, patterns, rows[start : start + self._together], neurons[start : start + self._together])
            for start in range(0, len(rows), self._together)
        ]
        return np.concatenate(parts)

    def _effects(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> ExactArray:
        found = self.weight(k + 1).columns(neurons)
        for i in range(k + 1, len(self._layers) - 1):
            found = self.weight(i + 1).forward(self.bent(found, i, patterns[i][rows]))
        return join(found)

    def bent(self, gradients: Limbs, i: int, active: NDArray[np.bool_]) -> Limbs:
        """Gradients by the preactivations of layer i, from those by its outputs; or its outputs, from its preactivations.

        Over the denominator of its slopes, in limbs of shape (limbs, n, width); `active` has one row for each.
        """
        layer = self._layers[i]
        if layer.is_relu:
            return gradients * active
        low, high, _ = layer.integer_slopes
        return multiply(gradients, split(np.where(active, high, low)))

    def weight(self, k: int) -> Weight:
        """A layer's weight with its bias as the last column."""
        if k not in self._weights:
            layer = self._layers[k]
            self._weights[k] = DenseWeight.of(layer) if layer.sparse is None else _SparseWeight.of(layer, layer.sparse)
        return self._weights[k]


class Weight(Protocol):
    """A weight in limbs, its bias the last column."""

    def rows(self, neurons: Indices) -> Limbs:
        """Some rows, bias and all."""

    def columns(self, neurons: Indices) -> Limbs:
        """Some columns, as rows."""

    def backward(self, gradients: Limbs) -> Limbs:
        """Gradients by the inputs and the constant, from those by the preactivations."""

    def forward(self, effects: Limbs) -> Limbs:
        """What changes of the inputs, row by row, do to the preactivations."""


@dataclass(frozen=True, eq=False)
class DenseWeight:
    limbs: Limbs

    @staticmethod
    def of(layer: Layer) -> DenseWeight:
        if layer.is_float:
            both = np.concatenate([layer.weight_float, layer.bias_float[:, None]], axis=1)
            return DenseWeight(split_floats(both, layer.denominator.bit_length() - 1, layer.bits))
        return DenseWeight(split(np.concatenate([layer.compact_weight, layer.compact_bias[:, None]], axis=1)))

    def rows(self, neurons: Indices) -> Limbs:
        return self.limbs[:, neurons]

    def columns(self, neurons: Indices) -> Limbs:
        return np.moveaxis(self.limbs[:, :, neurons], 1, 2)

    def backward(self, gradients: Limbs) -> Limbs:
        return product(gradients, self.limbs)

    def forward(self, effects: Limbs) -> Limbs:
        return product(effects, np.moveaxis(self.limbs[:, :, :-1], 1, 2))


@dataclass(frozen=True, eq=False)
class _SparseWeight:
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

    def rows(self, neurons: Indices) -> Limbs:
        return np.stack([limb[neurons].toarray() for limb in self.limbs])

    def columns(self, neurons: Indices) -> Limbs:
        return np.stack([limb[neurons].toarray() for limb in self.transposed])

    def backward(self, gradients: Limbs) -> Limbs:
        return sparse_product(gradients, self.limbs)

    def forward(self, effects: Limbs) -> Limbs:
        return sparse_product(effects, self.transposed)
