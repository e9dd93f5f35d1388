"""The affine maps of one output in many regions as sums of two floats, with one bound of all errors: enough to round them correctly.

As in `pwlin.extraction.maps.near`, and about as fast. What is summed from region to region is rounded to multiples of two units, of
which no sum rounds. Matrices are multiplied in slices of few bits, so that the products of the first ones do not round either (Ozaki,
Ogita, Oishi and Rump 2012, "Error-free transformations of matrix multiplication"): only those err that are about 2^-42 of the whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pwlin.exact.rounding import float_product, float_sum
from pwlin.extraction.maps.running import Bools, Floats, RunningSums
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_ROUNDOFF = 2.0**-53
_FINE = 2.0**-98
"""More than what sums and products of normal pairs lose, relatively."""
_FLOOR = 2.0**-700
"""More than what all underflows lose."""
_LEAST, _MOST = 2.0**-200, 2.0**200
"""The largest entries of weights, slopes and maps lie between these, or are zero."""
_AT_ONCE = 1 << 17
"""About so many entries of rows are worked on at a time."""
_MOST_KEPT = 1 << 22
"""Tables of more entries than this are not made."""


class Pair(NamedTuple):
    """Numbers as sums of two floats."""

    high: Floats
    low: Floats


class _Size(NamedTuple):
    """Bounds of the magnitude of all entries, of their errors, and of the magnitude of their low parts."""

    most: float
    error: float
    low: float


class FineMaps:
    """Maps of one output of a network in regions that are best told in their order.

    Attributes
    ----------
    bound : float
        No entry of any map (gradient, offset) is off by more; infinite for networks of other numbers than floats, or of
        numbers far from one.
    """

    bound = math.inf

    def __init__(self, network: Network, output: int = 0) -> None:
        hidden, self._size = network.hidden, network.input_dim + 1
        widths = [layer.n_out for layer in hidden]
        if not hidden or max(a * b for a, b in pairwise([self._size, *widths])) * self._size > _MOST_KEPT:
            return
        if not all(layer.is_float for layer in network.layers):
            return
        self._slopes = [layer.slopes_float for layer in hidden]
        if not all(map(_exact_slopes, hidden)):
            return
        self._weights = [np.column_stack([layer.weight_float, layer.bias_float]) for layer in network.layers]
        self._weights[-1] = self._weights[-1][output : output + 1]
        with np.errstate(all="ignore"):
            if all(map(_moderate, (*self._weights, *self._slopes))):
                self.bound = self._prepared()

    def _prepared(self) -> float:
        """Make what is summed, and follow magnitudes and errors through the layers."""
        weights, depth = self._weights, len(self._slopes)
        readout = weights[-1][0]
        rows = float_product(np.broadcast_to(readout[:-1, None], weights[-2].shape), weights[-2])
        self._above, above = _table(Pair(*rows), self._slopes[-1])
        self._sizes = [above]
        last = abs(readout[-1])
        if depth == 1:
            return 1.01 * (above.error + _lost(above) + _FINE * last) + _FLOOR
        maps = _Size(_largest(weights[0]), 0.0, 0.0)
        for k in range(1, depth - 1):
            weight, below = weights[k][:, :-1], weights[k - 1]
            if k == 1:
                table = float_product(*np.broadcast_arrays(weight.T[:, :, None], below[:, None]))
                self._below, maps = _table(Pair(*(part.reshape(len(below), -1) for part in table)), self._slopes[0])
            else:
                self._sizes.append(maps)
                maps = _met(_Size(_largest(weight), 0.0, 0.0), _steeper(maps, self._slopes[k - 1]), weight.shape[1])
            most = maps.most + _largest(weights[k][:, -1])
            maps = _Size(most, maps.error + _lost(maps) + _FINE * most, max(maps.low, _ROUNDOFF * most))
        self._sizes.append(maps)
        if not all(size.most == 0 or _LEAST < size.most < _MOST for size in self._sizes):
            return math.inf
        found = _met(_steeper(above, self._slopes[-2]), maps, len(weights[-2][0]) - 1)
        return 1.01 * (found.error + above.error + _lost(above) + _FINE * (found.most + last)) + _FLOOR

    def __call__(self, patterns: Sequence[Bools]) -> Pair:
        """Gradient and offset in each region, shape (n, inputs + 1) each part, if the bound is finite.

        Parameters
        ----------
        patterns : sequence of bool arrays, patterns[k] of shape (n, widths[k])
        """
        count, step = len(patterns[0]), max(16, _AT_ONCE // max(len(w) for w in self._weights))
        out = Pair(*np.empty((2, count, self._size)))
        sums = (
            RunningSums(self._above.rows, self._above.start),
            RunningSums(self._below.rows, self._below.start) if len(patterns) > 2 else None,
        )
        for at in range(0, count, step):
            here = slice(at, at + step)
            out.high[here], out.low[here] = self._block([bits[here] for bits in patterns], *sums)
        return out

    def _block(self, patterns: Sequence[Bools], above: RunningSums, below: RunningSums | None) -> Pair:
        rows, bias = _halves(above(patterns[-1])), self._weights[-1][0, -1]
        if len(patterns) == 1:
            found = rows
        else:
            begin, maps = self._maps(patterns[:-2], len(patterns[-1]), below)
            left = self._bent(Pair(rows.high[:, :-1], rows.low[:, :-1]), len(patterns) - 2, patterns[-2])
            found = self._products(left, begin, maps)
            found = _plus(found, Pair(rows.high[:, -1], rows.low[:, -1]))
        return _plus(found, Pair(bias, np.zeros(())))

    def _products(self, left: Pair, begin: list[int], maps: Pair) -> Pair:
        """Rows, shape (regions, neurons), times the maps of their run."""
        above, below = _steeper(self._sizes[0], self._slopes[-2]), self._sizes[-1]
        count, n = left.high.shape
        rows = np.empty((count, 3, n))
        _slices(left, above.most, n, [rows[:, k] for k in range(3)])
        tables = np.concatenate(_slices(maps, below.most, n), axis=-1)
        found = np.empty((count, 3, tables.shape[-1]))
        for start, stop, table in zip(begin, [*begin[1:], count], tables):
            np.matmul(rows[start:stop].reshape(-1, n), table, out=found[start:stop].reshape(-1, found.shape[2]))
        return _joined(np.moveaxis(found.reshape(count, 3, 3, -1), (1, 2), (0, 1)))

    def _maps(self, patterns: Sequence[Bools], count: int, below: RunningSums | None) -> tuple[list[int], Pair]:
        """Where runs of regions begin that share these patterns, and the next layer's maps there, shape (runs, width, size)."""
        first = self._weights[0][None]
        maps, begin = Pair(first, np.zeros_like(first)), np.zeros(1, dtype=np.int64)
        changes = np.arange(count) == 0
        for k, bits in enumerate(patterns):
            changes[1:] |= (bits[1:] != bits[:-1]).any(axis=1)
            new, weight = np.flatnonzero(changes), self._weights[k + 1]
            if k == 0 and below is not None:
                maps = _halves(below(bits[new]))
                maps = Pair(*(part.reshape(len(new), -1, self._size) for part in maps))
            else:
                owner = np.searchsorted(begin, new, side="right") - 1
                bent = self._bent(Pair(maps.high[owner], maps.low[owner]), k, bits[new][:, :, None])
                maps = self._next(weight[:, :-1], bent, _steeper(self._sizes[k], self._slopes[k]).most)
            maps = _plus(maps, Pair(weight[:, -1], np.zeros(len(weight))))
            begin = new
        return begin.tolist(), maps

    def _next(self, weight: Floats, maps: Pair, most: float) -> Pair:
        """A weight times the maps of runs."""
        n = weight.shape[1]
        left = np.concatenate(_slices(Pair(weight, np.zeros_like(weight)), _largest(weight), n))
        right = np.concatenate(_slices(maps, most, n), axis=-1)
        found = (left @ right).reshape(len(right), 3, len(weight), 3, -1)
        return _joined(np.moveaxis(found, (1, 3), (0, 1)))

    def _bent(self, rows: Pair, layer: int, bits: Bools) -> Pair:
        """Pairs times the slopes of a layer."""
        low, high = self._slopes[layer]
        if not low.any() and (high == 1).all():
            return Pair(rows.high * bits, rows.low * bits)
        if rows.high.ndim == 3:
            low, high = low[:, None], high[:, None]
        return _times(rows, np.broadcast_to(np.where(bits, high, low), rows.high.shape))


class _Table(NamedTuple):
    """What is summed, high parts and then low ones: the sum where no neuron is active, and what changes with each that is."""

    start: Floats
    rows: Floats


def _table(rows: Pair, slopes: Floats) -> tuple[_Table, _Size]:
    """Rows times slopes, as multiples of two units of which sums are exact, and bounds of the sums."""
    count, width = rows.high.shape
    most = 2 * _largest(rows.high) * _largest(slopes)
    if most == 0:
        return _Table(np.zeros(2 * width), np.zeros((count, 2 * width))), _Size(0.0, 0.0, 0.0)
    room = count.bit_length() - 52  # sums of changes, in any order, are below 2**53 units
    unit = 2.0 ** (math.frexp(most)[1] + room)
    smaller = 2.0 ** (math.frexp(unit)[1] + room)
    parts = []
    for slope in slopes:
        high, low = _times(rows, np.broadcast_to(slope[:, None], rows.high.shape))
        first = np.rint(high / unit) * unit
        second = np.rint(((high - first) + low) / smaller) * smaller
        parts.append(np.concatenate([first, second], axis=1))
    start, end = parts
    steep = float(np.abs(rows.high).sum(axis=0).max()) * _largest(slopes)
    error = count * (0.51 * smaller + 2 * _ROUNDOFF * unit + _FINE * most)
    return _Table(start.sum(axis=0), end - start), _Size(1.01 * (steep + count * unit), error, count * unit)


def _times(rows: Pair, factors: Floats) -> Pair:
    """Pairs times floats, again normal pairs; exact where the factors are 0 or a power of two."""
    product, error = float_product(rows.high, factors)
    return Pair(*float_sum(product, error + rows.low * factors))


def _steeper(size: _Size, slopes: Floats) -> _Size:
    """Bounds of entries times slopes."""
    steep = _largest(slopes)
    most, simple = size.most * steep, not np.any((slopes != 0) & (slopes != 1))
    error = 0.0 if simple else _FINE * most + 3 * _ROUNDOFF * steep * size.low
    return _Size(most, size.error * steep + error, size.low * steep + (0.0 if simple else _ROUNDOFF * most))


def _lost(size: _Size) -> float:
    """What is lost where something is added to pairs."""
    return _FINE * size.most + 4 * _ROUNDOFF * size.low


def _met(a: _Size, b: _Size, n: int) -> _Size:
    """Bounds of sums of n products, as `_joined` makes them of slices."""
    bits = _bits(n)
    first_a, first_b = 2 * a.most * 2.0**-bits, 2 * b.most * 2.0**-bits  # more than what the first slices leave
    last_a, last_b = first_a * 2.0**-bits + a.low, first_b * 2.0**-bits + b.low
    exact = n * (a.most * b.error + b.most * a.error + a.error * b.error)
    cut = n * _ROUNDOFF * (last_a * b.most + last_b * a.most)
    rest = n * (1.1 * a.most * last_b + first_a * first_b + 1.1 * b.most * last_a)
    most = n * a.most * b.most
    return _Size(most, 1.01 * (exact + cut + (n + 10) * _ROUNDOFF * rest) + _FINE * most, _ROUNDOFF * most)


def _bits(n: int) -> int:
    """Bits of slices of which sums of n products are exact."""
    return (52 - n.bit_length()) // 2


def _slices(rows: Pair, most: float, n: int, out: Sequence[Floats] | None = None) -> Sequence[Floats]:
    """Pairs of entries up to `most` as sums of three floats, the first two of `_bits(n)` bits each."""
    first, second, third = np.empty((3, *rows.high.shape)) if out is None else out
    shift = 1.5 * 2.0 ** (52 + math.frexp(most or 1.0)[1] - _bits(n))  # what is added to it is rounded to a unit
    np.add(rows.high, shift, out=first)
    first -= shift
    np.subtract(rows.high, first, out=third)
    shift *= 2.0 ** -_bits(n)
    np.add(third, shift, out=second)
    second -= shift
    third -= second
    third += rows.low
    return first, second, third


def _joined(products: Floats) -> Pair:
    """The sum of all products of slices, shape (slices, slices, ...); the largest of them are exact, and so is their sum."""
    rest = (products[0, 2] + products[2, 0] + products[1, 1]) + (products[1, 2] + products[2, 1] + products[2, 2])
    high, low = float_sum(products[0, 0], products[0, 1] + products[1, 0])
    return Pair(*float_sum(high, low + rest))


def _plus(maps: Pair, offsets: Pair) -> Pair:
    """Maps with something added to their offsets, which become normal; overwrites them."""
    high, low = maps
    total, error = float_sum(high[..., -1], offsets.high)
    high[..., -1], low[..., -1] = float_sum(total, error + (low[..., -1] + offsets.low))
    return maps


def _halves(sums: Floats) -> Pair:
    """High and low parts that stand one after the other."""
    middle = sums.shape[1] // 2
    return Pair(sums[:, :middle], sums[:, middle:])


def _exact_slopes(layer: Layer) -> bool:
    """Whether the slopes of all neurons are floats."""
    one_of_each = {activation: i for i, activation in enumerate(layer.activations)}
    floats = layer.slopes_float.T.tolist()
    return all([*map(Fraction, floats[i])] == [a.left, a.right] for a, i in one_of_each.items())


def _moderate(values: Floats) -> bool:
    return not values.any() or _LEAST**0.5 < _largest(values) < _MOST**0.5


def _largest(values: Floats) -> float:
    return float(np.abs(values).max(initial=0))
