"""Exact affine maps of single neurons in single regions, and what single neurons do to the output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import wide
from pwlin.exact.limbs import Limbs, join, multiply, product, split, split_floats
from pwlin.exact.rational import ExactArray
from pwlin.networks.network import Network

_ROWS = 64
"""So many maps are made at a time, so that intermediate results stay in the cache."""

Patterns = Sequence[NDArray[np.bool_]]
Indices = NDArray[np.int64]


class SingleMaps:
    """A network whose neurons' maps can be asked for one by one.

    Each costs a product of one row (gradients go backwards, so that one is enough for all inputs) with every
    weight matrix on the way, in integers split into limbs.
    """

    def __init__(self, network: Network) -> None:
        self._layers = network.layers
        self._weights: dict[int, Limbs] = {}
        self.denominators = [1]  # of each layer's inputs, from those of all weights and slopes below
        for layer in network.layers:
            self.denominators.append(self.denominators[-1] * layer.denominator * layer.integer_slopes[2])

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
            return *wide(layer.compact_weight[neurons].T), wide(layer.compact_bias[neurons])
        if len(rows) == 0:
            return (np.empty(0, dtype=object),) * (self._layers[0].n_in + 1)
        parts = [
            self._entries(k, patterns, rows[start : start + _ROWS], neurons[start : start + _ROWS])
            for start in range(0, len(rows), _ROWS)
        ]
        return tuple(map(np.concatenate, zip(*parts)))

    def _entries(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> tuple[ExactArray, ...]:
        found = self._weight(k)[:, neurons]
        b = np.zeros(len(rows), dtype=object)
        for i in range(k, -1, -1):
            if i < k:
                found = product(self._bent(found, i, patterns[i][rows]), self._weight(i))
            b += join(found[..., -1]) * self.denominators[i]
            found = found[..., :-1]
        return *join(found).T, b

    def effects(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> ExactArray:
        """Gradients of the outputs by the outputs of neurons of layer k: integers, shape (n, n_outputs).

        At least one is asked for. They are over the denominators of all weights and slopes above layer k.
        """
        parts = [
            self._effects(k, patterns, rows[start : start + _ROWS], neurons[start : start + _ROWS])
            for start in range(0, len(rows), _ROWS)
        ]
        return np.concatenate(parts)

    def _effects(self, k: int, patterns: Patterns, rows: Indices, neurons: Indices) -> ExactArray:
        found = np.moveaxis(self._weight(k + 1)[:, :, neurons], 1, 2)
        for i in range(k + 1, len(self._layers) - 1):
            above = self._weight(i + 1)[:, :, :-1]
            found = product(self._bent(found, i, patterns[i][rows]), np.moveaxis(above, 1, 2))
        return join(found)

    def _bent(self, gradients: Limbs, i: int, active: NDArray[np.bool_]) -> Limbs:
        """Gradients by the preactivations of layer i, from those by its outputs."""
        layer = self._layers[i]
        if layer.is_relu:
            return gradients * active
        low, high, _ = layer.integer_slopes
        return multiply(gradients, split(np.where(active, high, low)))

    def _weight(self, k: int) -> Limbs:
        """A layer's weight with its bias as the last column."""
        if k not in self._weights:
            layer = self._layers[k]
            if layer.is_float:
                both = np.concatenate([layer.weight_float, layer.bias_float[:, None]], axis=1)
                self._weights[k] = split_floats(both, layer.denominator.bit_length() - 1, layer.bits)
            else:
                self._weights[k] = split(np.concatenate([layer.compact_weight, layer.compact_bias[:, None]], axis=1))
        return self._weights[k]
