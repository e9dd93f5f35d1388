"""Exact preactivations of a few neurons under one pattern, from the output backwards.

A row goes back through the layers as a vector, so the matrices are never multiplied with each other. They are kept in limbs
of 21 bits, of which float64 matrix products add up a thousand products exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

import numpy as np
from flint import fmpz_mat

from pwlin._cone import Vector
from pwlin.extract.fast.plan import Floats
from pwlin.integers import is_small
from pwlin.network import Network
from pwlin.rational import ExactArray

_LIMB = 21
_TERMS = 1 << 10


class ExactRows:
    """Rows of a network's hidden layers as affine maps of its inputs.

    Parameters
    ----------
    net : Network
    """

    def __init__(self, net: Network) -> None:
        self._net = net
        self._first = [0, *accumulate(net.widths)]
        self._limbs: dict[int, list[Floats]] = {}

    def rows(self, pattern: int, neurons: Iterable[int]) -> dict[int, Vector]:
        """The preactivations of some neurons where a pattern holds.

        Parameters
        ----------
        pattern : int
            Bit g belongs to the global neuron g.
        neurons : iterable of int
            Global neurons of hidden layers.

        Returns
        -------
        dict from neuron to (a, b)
            Integers, each row times a positive factor of its own layer.

        Notes
        -----
        Cost: a product of a few rows with the weight of every layer below.
        """
        wanted: dict[int, list[int]] = {}
        for g in neurons:
            layer = bisect_right(self._first, g) - 1
            wanted.setdefault(layer, []).append(g)
        out: dict[int, Vector] = {}
        for layer, group in wanted.items():
            out.update(zip(group, self._back(layer, [g - self._first[layer] for g in group], pattern)))
        return out

    def _back(self, layer: int, indices: list[int], pattern: int) -> list[Vector]:
        start = self._net.hidden[layer]
        rows = start.weight_integers[indices]
        offset = start.bias_integers[indices]
        for k in range(layer - 1, -1, -1):
            data = self._net.hidden[k]
            low, high, unit = data.integer_slopes
            bits = pattern >> self._first[k]
            active = np.array([bits >> i & 1 for i in range(data.n_out)], dtype=bool)
            rows = rows * np.where(active, high, low).astype(object)
            # both parts get the factor of the layer; the offset's was the one of the layers above
            offset = offset * (data.denominator * unit) + rows @ data.bias_integers
            rows = self._times(rows, k)
        return [(*map(int, row), int(b)) for row, b in zip(rows, offset)]

    def _times(self, rows: ExactArray, k: int) -> ExactArray:
        """Some rows times the weight of layer k."""
        weight = self._net.hidden[k].compact_weight
        if not is_small(weight) or weight.size < _TERMS or weight.shape[0] > _TERMS:
            product = fmpz_mat(rows.tolist()) * fmpz_mat(weight.tolist())
            entries = np.array([int(v) for v in product.entries()], dtype=object)
            return entries.reshape(len(rows), weight.shape[1])
        if k not in self._limbs:
            self._limbs[k] = _limbs(weight)
        ours, theirs = _limbs(rows), self._limbs[k]
        digits = [np.zeros((len(rows), weight.shape[1]), dtype=object) for _ in range(len(ours) + len(theirs) - 1)]
        for i, x in enumerate(ours):
            for j, y in enumerate(theirs):
                digits[i + j] += (x @ y).astype(np.int64).astype(object)
        total = digits[-1]
        for digit in digits[-2::-1]:
            total = (total << _LIMB) + digit
        return total


def _limbs(values: ExactArray) -> list[Floats]:
    """Limbs from the lowest up, all but the highest in [0, 2 ** 21); the highest in [-2 ** 20, 2 ** 20)."""
    out, half = [], 1 << _LIMB - 1
    while values.size and not (-half <= values.min() and values.max() < half):
        out.append((values & (1 << _LIMB) - 1).astype(np.float64))
        values = values >> _LIMB
    return [*out, values.astype(np.float64)]
