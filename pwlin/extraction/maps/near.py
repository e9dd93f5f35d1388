"""The affine maps of one output in many regions in float64, with one bound of all errors.

As in `pwlin.extraction.maps.many`: sums over the neurons that flip from one region to the next, from below and from above, that
meet at the last hidden layer but one. What is summed is rounded to multiples of one unit first, so that no sum rounds, however many
regions there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pwlin.extraction.maps.running import Bools, Floats, RunningSums
from pwlin.networks.network import Network

_ROUNDOFF = 2.0**-53
_FLOOR = 2.0**-700
"""More than what all underflows lose."""
_SMALLEST = 2.0**-900
"""No unit is smaller, lest it be subnormal, or zero."""
_LEAST, _MOST = 2.0**-100, 2.0**100
"""The largest weight, and the largest slope, of each layer lie between these, or are zero."""
_AT_ONCE = 1 << 17
"""About so many entries of rows are worked on at a time."""
_MOST_KEPT = 1 << 23
"""Tables of more entries than this are not made."""


class _Near(NamedTuple):
    """Bounds of the magnitude of all entries of some maps, and of their errors."""

    most: float
    error: float


class NearMaps:
    """Maps of one output of a network in regions that are best told in their order.

    Attributes
    ----------
    bound : float
        No entry of any map (gradient, offset) is off by more; infinite if floats are of no use.
    """

    bound = math.inf

    def __init__(self, network: Network, output: int = 0) -> None:
        hidden, self._size = network.hidden, network.input_dim + 1
        widths = [layer.n_out for layer in hidden]
        if not hidden or max(a * b for a, b in pairwise([self._size, *widths])) * self._size > _MOST_KEPT:
            return
        self._weights = [np.column_stack([layer.weight_float, layer.bias_float]) for layer in network.layers]
        self._weights[-1] = self._weights[-1][output : output + 1]
        self._slopes = [layer.slopes_float for layer in hidden]
        if all(not a.any() or _LEAST < _largest(a) < _MOST for a in (*self._weights, *self._slopes)):
            with np.errstate(all="ignore"):
                bound = 1.1 * self._prepared() + _FLOOR
            self.bound = bound if bound < math.inf else math.inf

    def _prepared(self) -> float:
        """Make what is summed, and follow magnitudes and errors through the layers.

        Each weight, slope, product and sum errs by one roundoff of the largest value that it may have.
        """
        weights, u, depth = self._weights, 4 * _ROUNDOFF, len(self._slopes)
        readout = weights[-1][0]
        rows = readout[:-1, None] * weights[-2]
        self._above, error = _table(rows, self._slopes[-1])
        above = _Near(float(np.abs(readout[:-1]).sum()) * self._steep(-1) * _largest(weights[-2]), error)
        if depth == 1:
            return above.error + u * (above.most + abs(readout[-1]))
        maps = _Near(_largest(weights[0]), u * _largest(weights[0]))
        for k in range(1, depth - 1):
            weight, n = weights[k], weights[k].shape[1]
            steep, most = float(np.abs(weight[:, :-1]).sum(axis=1).max()) * self._steep(k - 1), _largest(weight)
            if k == 1:
                table = weight[:, :-1].T[:, :, None] * weights[0][:, None]
                self._below, error = _table(table.reshape(len(table), -1), self._slopes[0])
            else:
                error = steep * (maps.error + (n + 4) * u * maps.most)
            size = steep * maps.most + most
            maps = _Near(size, error + u * size)
        n, steep = weights[-2].shape[1], self._steep(-2)
        size = n * steep * above.most * maps.most
        error = n * steep * (above.most * maps.error + maps.most * above.error) + (n + 8) * u * size
        return error + above.error + u * (size + above.most + abs(readout[-1]))

    def _steep(self, layer: int) -> float:
        return _largest(self._slopes[layer])

    def __call__(self, patterns: Sequence[Bools]) -> Floats:
        """Gradient and offset in each region, shape (n, inputs + 1), if the bound is finite.

        Parameters
        ----------
        patterns : sequence of bool arrays, patterns[k] of shape (n, widths[k])
        """
        count, step = len(patterns[0]), max(16, _AT_ONCE // max(len(w) for w in self._weights))
        out = np.empty((count, self._size))
        sums = (
            RunningSums(self._above.rows, self._above.start),
            RunningSums(self._below.rows, self._below.start) if len(patterns) > 2 else None,
        )
        for at in range(0, count, step):
            self._block([bits[at : at + step] for bits in patterns], *sums, out[at : at + step])
        return out

    def _block(self, patterns: Sequence[Bools], above: RunningSums, below: RunningSums | None, out: Floats) -> None:
        rows, bias = above(patterns[-1]), self._weights[-1][0, -1]
        if len(patterns) == 1:
            out[:] = rows
        else:
            begin, maps = self._maps(patterns[:-2], len(out), below)
            left = rows[:, :-1] * self._slope(len(patterns) - 2, patterns[-2])
            for start, stop, table in zip(begin, [*begin[1:], len(out)], maps):
                np.matmul(left[start:stop], table, out=out[start:stop])
            out[:, -1] += rows[:, -1]
        out[:, -1] += bias

    def _maps(self, patterns: Sequence[Bools], count: int, below: RunningSums | None) -> tuple[list[int], Floats]:
        """Where runs of regions begin that share these patterns, and the next layer's maps there, shape (runs, width, size)."""
        maps, begin = self._weights[0][None], np.zeros(1, dtype=np.int64)
        changes = np.arange(count) == 0
        for k, bits in enumerate(patterns):
            changes[1:] |= (bits[1:] != bits[:-1]).any(axis=1)
            new, weight = np.flatnonzero(changes), self._weights[k + 1]
            if k == 0 and below is not None:
                maps = below(bits[new]).reshape(len(new), -1, self._size)
            else:
                bent = maps[np.searchsorted(begin, new, side="right") - 1] * self._slope(k, bits[new])[:, :, None]
                maps = weight[:, :-1] @ bent
            maps[:, :, -1] += weight[:, -1]
            begin = new
        return begin.tolist(), maps

    def _slope(self, layer: int, bits: Bools) -> Floats:
        low, high = self._slopes[layer]
        return np.where(bits, high, low)


class _Table(NamedTuple):
    """What is summed: the sum where no neuron is active, and what changes with each that is."""

    start: Floats
    rows: Floats


def _table(rows: Floats, slopes: Floats) -> tuple[_Table, float]:
    """Rows times slopes, as multiples of a unit of which sums are exact, and a bound of the error of all sums.

    The rows are products of two rounded numbers.
    """
    low, high = slopes[:, :, None]
    most = 2 * _largest(rows) * _largest(slopes)
    if most == 0:
        return _Table(np.zeros(rows.shape[1]), np.zeros_like(rows)), 0.0
    unit = max(_SMALLEST, 2.0 ** (math.frexp(most)[1] - 52 + len(rows).bit_length()))
    change, start = (np.rint(factor * rows / unit) * unit for factor in (high - low, low))
    return _Table(start.sum(axis=0), change), 2 * len(rows) * (12 * _ROUNDOFF * most + unit)


def _largest(values: Floats) -> float:
    return float(np.abs(values).max(initial=0))
