"""The affine maps of one output in many regions as sums of two floats, with one bound of all errors: enough to round them correctly.

Regions that follow one another differ in few neurons, mostly of the last layers. So what neurons change in ``R m_l W_l`` and in
``W_1 m_0 W_0`` (see `pwlin.extraction.maps.many`) is kept as a sum, rounded to multiples of two units, of which no sum rounds; both
sides meet at the mask in the middle. Errors are followed through the layers beforehand, so that they are bounded for all patterns.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from pwlin.exact.rounding import float_product, float_sum
from pwlin.extraction.kernel.compiled import Floats, Integers
from pwlin.extraction.kernel.fine_sums import LANES, Chain, Sums, sum_up
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_ROUNDOFF = 2.0**-53
_FINE = 2.0**-98
"""More than what sums and products of normal pairs lose, relatively."""
_TINY = 2.0**-850
"""More than what underflows lose in one entry, and what numbers below all normal floats are off, times weights and slopes."""
_LEAST, _MOST = 2.0**-200, 2.0**200
"""The largest entries of weights, slopes and maps lie between these, or are zero."""
_MOST_KEPT = 1 << 23
"""Tables of more entries than this are not made."""
_AT_ONCE = 1 << 14
"""So many regions are worked on at a time, so that the work can be interrupted."""


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
        No entry of any map (gradient, offset) is off by more; infinite for networks without hidden layers, of numbers far from one, or
        too wide. It is far below the rounding of floats if all weights and slopes are floats.
    """

    bound = math.inf

    def __init__(self, network: Network, output: int = 0) -> None:
        hidden, size = network.hidden, network.input_dim + 1
        self._stride = -(-(1 + max((size, *network.sizes))) // LANES) * LANES
        if not hidden or max(network.sizes) * self._stride * (size if len(hidden) > 2 else 1) > _MOST_KEPT:
            return
        self._slopes = [_Known(layer.slopes_float, 0.0 if _exact_slopes(layer) else _ROUNDOFF) for layer in hidden]
        self._weights = [_weights(layer) for layer in network.layers]
        last = self._weights[-1]
        self._weights[-1] = _Known(last.values[output : output + 1], last.off)
        self._first = np.array(network.numbering.first)
        if all(_moderate(known.values) for known in (*self._weights, *self._slopes)):
            with np.errstate(all="ignore"):
                bound = self._prepared(size)
            self.bound = bound if bound < math.inf else math.inf

    def _prepared(self, size: int) -> float:
        """Make what is summed, and follow magnitudes and errors through the layers."""
        weights, slopes, depth, stride = self._weights, self._slopes, len(self._slopes), self._stride
        readout, last, first = weights[-1], weights[-2], weights[0]
        rows = Pair(*float_product(np.broadcast_to(readout.values[0, :-1, None], last.values.shape), last.values))
        above = _table(rows, 1.01 * (readout.off + last.off), slopes[-1], stride)
        below = _Table(np.zeros(0), np.zeros((0, 0)), _Size(0.0, 0.0, 0.0))
        weight = np.zeros((self._first[-2], stride))
        self._maps = np.zeros((max(depth - 1, 1), 2, size * stride))
        self._maps[0, 0].reshape(size, stride)[:, : len(first.values)] = first.values.T
        maps, sizes = _size(first), [above.size]
        for k in range(1, depth - 1):
            turned = weights[k].values[:, :-1].T
            if k == 1:
                padded = np.zeros((len(turned), stride))
                padded[:, : turned.shape[1]] = turned
                table = float_product(*np.broadcast_arrays(padded[:, None], first.values[:, :, None]))
                rows = Pair(*(part.reshape(len(part), -1) for part in table))
                below = _table(rows, 1.01 * (weights[k].off + first.off), slopes[0], size * stride)
                maps = below.size
            else:
                sizes.append(maps)
                weight[self._first[k - 1] : self._first[k], : turned.shape[1]] = turned
                maps = _met(_size(weights[k]), _bent(maps, slopes[k - 1]), len(turned))
            maps = _plus(maps, _largest(weights[k].values[:, -1]), weights[k].off)
        bias = np.concatenate([known.values[:, -1] for known in weights])
        slope = np.concatenate([known.values for known in slopes], axis=1)
        self._chain = Chain(self._first, slope, above.change, below.change, weight.ravel(), bias)
        self._begin = above.start, below.start
        sizes.append(maps)
        if not all(s.most == 0 or _LEAST < s.most < _MOST for s in sizes):
            return math.inf
        found = above.size
        if depth > 1:
            found = _met(_bent(found, slopes[-2]), maps, int(self._first[-2] - self._first[-3]))
            found = _plus(found, above.size.most, 0.0)._replace(error=found.error + above.size.error)
        return 1.01 * _plus(found, abs(float(bias[-1])), readout.off).error

    def __call__(self, patterns: Integers) -> Pair:
        """Gradient and offset in each region, shape (n, inputs + 1) each part, if the bound is finite.

        Parameters
        ----------
        patterns : ndarray of int64, shape (n, words)
            Bits as the network's numbering has them.
        """
        stride, (above, below), patterns = self._stride, self._begin, np.ascontiguousarray(patterns)
        size = self._maps.shape[2] // stride
        sums = Sums(
            pattern=np.zeros(patterns.shape[1], dtype=np.int64),
            slope=self._chain.slopes[0].copy(),
            above=above.copy(),
            below=below.copy(),
            maps=self._maps.copy(),
            bent=np.zeros((2, stride)),
            factors=np.empty((2, stride, size)),
            starts=np.empty(stride, dtype=np.int64),
            lanes=np.empty(2 * LANES),
        )
        out = Pair(*np.empty((2, len(patterns), size)))
        for at in range(0, len(patterns), _AT_ONCE):
            here = slice(at, at + _AT_ONCE)
            sum_up(self._chain, sums, patterns[here], out.high[here], out.low[here], int(at == 0))
        return out


class _Known(NamedTuple):
    """Floats, and a bound of their relative errors."""

    values: Floats
    off: float


class _Table(NamedTuple):
    """What is summed, high parts and then low ones: the sum where no neuron is active, what changes with each that is, and bounds of sums."""

    start: Floats
    change: Floats
    size: _Size


def _weights(layer: Layer) -> _Known:
    """Weight and bias."""
    values = np.column_stack([layer.weight_float, layer.bias_float])
    return _Known(values, 0.0 if layer.is_float else _ROUNDOFF)


def _table(rows: Pair, off: float, slopes: _Known, stride: int) -> _Table:
    """Rows, of relative errors `off`, times slopes, as multiples of two units of which sums are exact, and bounds of the sums."""
    count, width = rows.high.shape
    steep = _largest(slopes.values)
    most = 2 * _largest(rows.high) * steep
    if most < _LEAST:  # as good as nothing, and below the units that floats have
        return _Table(np.zeros(2 * stride), np.zeros((count, 2 * stride)), _Size(0.0, count * (most + _TINY), 0.0))
    room = count.bit_length() - 52  # sums of changes, in any order, are below 2**53 units
    unit = 2.0 ** (math.frexp(most)[1] + room)
    smaller = 2.0 ** (math.frexp(unit)[1] + room)
    start, end = np.zeros((2, count, 2 * stride))
    for slope, part in zip(slopes.values, (start, end)):
        high, low = _times(rows, np.broadcast_to(slope[:, None], rows.high.shape))
        part[:, :width] = first = np.rint(high / unit) * unit
        part[:, stride : stride + width] = np.rint(((high - first) + low) / smaller) * smaller
    total = float(np.abs(rows.high).sum(axis=0).max()) * steep
    error = count * (0.51 * smaller + 2 * _ROUNDOFF * unit + (_FINE + off + slopes.off) * most + _TINY)
    return _Table(start.sum(axis=0), end - start, _Size(1.01 * (total + count * unit), error, count * unit))


def _times(rows: Pair, factors: Floats) -> Pair:
    """Pairs times floats, again normal pairs; exact where the factors are 0 or a power of two."""
    product, error = float_product(rows.high, factors)
    return Pair(*float_sum(product, error + rows.low * factors))


def _normal(size: _Size) -> _Size:
    """Bounds of the same pairs, made normal: their low parts are roundings of the high ones."""
    return _Size(size.most, size.error, 1.01 * _ROUNDOFF * size.most + _TINY)


def _bent(size: _Size, slopes: _Known) -> _Size:
    """Bounds of entries times slopes."""
    steep, simple = _largest(slopes.values), not np.any((slopes.values != 0) & (slopes.values != 1))
    most = size.most * steep
    error = 0.0 if simple else (_FINE + 1.01 * slopes.off) * most + _TINY
    return _normal(_Size(most, size.error * steep * (1 + slopes.off) + error, 0.0))


def _plus(size: _Size, more: float, off: float) -> _Size:
    """Bounds of entries to which others are added that are up to `more` and err by `off` relatively."""
    most = size.most + more
    return _normal(_Size(most, size.error + _FINE * most + off * more + _TINY, 0.0))


def _met(a: _Size, b: _Size, n: int) -> _Size:
    """Bounds of sums of n products of normal pairs, as `fine_sums.met` makes them.

    Every part of a product that goes to the tails is below `part`, and so is what a sum of heads loses; each is rounded three times,
    and the sum of up to n + 20 of them each time that one is added. Products of two tails are left out.
    """
    most = n * a.most * b.most
    exact = n * (a.most * b.error + b.most * a.error + a.error * b.error)
    part = _ROUNDOFF * (n + 20) * a.most * b.most + a.most * b.low + b.most * a.low
    error = 1.01 * (exact + _ROUNDOFF * n * (n + 40) * part + n * a.low * b.low) + n * _TINY
    return _normal(_Size(1.01 * most, error, 0.0))


def _size(known: _Known) -> _Size:
    most = _largest(known.values)
    return _Size(most, known.off * most + (_TINY if known.off else 0.0), 0.0)


def _exact_slopes(layer: Layer) -> bool:
    """Whether the slopes of all neurons are floats."""
    one_of_each = {activation: i for i, activation in enumerate(layer.activations)}
    floats = layer.slopes_float.T.tolist()
    return all([*map(Fraction, floats[i])] == [a.left, a.right] for a, i in one_of_each.items())


def _moderate(values: Floats) -> bool:
    return not values.any() or _LEAST**0.5 < _largest(values) < _MOST**0.5


def _largest(values: Floats) -> float:
    return float(np.abs(values).max(initial=0))
