"""What deep layers are given, in fixed point: new ground for floats where their bounds have grown with the depth.

Weights are integers in limbs, and so are values, in units of which each layer has its own. A layer's products and sums are exact;
then the lowest limbs are dropped, so that as many are left as the depth asks for. With e bounding the error of a layer's inputs,
w its weights, s its steepest slope and v the unit in which preactivations are kept, outputs are off by ``s (e |w|_1 + 2 v)`` at
most: half of v for the limbs that are dropped, a little more as limbs have signs, and half a unit for biases. Bounds and results are in
the units of the layers of floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.affine import Points
from pwlin.exact.integers import wide
from pwlin.exact.limbs import BITS, Limbs, carried, split
from pwlin.exact.rational import ExactArray, nearest_quotient
from pwlin.extraction.line.signs import SAFETY, UNDERFLOW, FloatLayer, FloatPoints, alike
from pwlin.networks.maps import SingleMaps

_ROUNDOFF = 2.0**-53
_SMALLEST = Fraction(1, 2**900)
"""Units below it, or above its inverse, are none for floats."""
_CLOSE = 2.0**-42
"""An error of this share of a value is as good as none."""
_FEW, _MANY = 6, 64
"""Limbs of values, at first and at most."""
_AT_ONCE = 128
"""So many points are worked on at a time, so that intermediate results stay in the cache."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Makes the inputs of layers of a network, for points whose patterns below are known."""

    maps: SingleMaps
    layers: Sequence[FloatLayer]  # those below a layer are there when its inputs are asked for

    def under(self, k: int, points: Points, patterns: Sequence[NDArray[np.bool_]]) -> FloatPoints:
        """The inputs of layer k at points, as close as floats are if that takes not too many limbs; with infinite errors if they
        are no floats.

        Parameters
        ----------
        k : int
        points : Points, n of them
        patterns : sequence of bool arrays, patterns[i] of shape (n, widths[i]), for the layers below
            Those of a region on either side of each point.
        """
        unit = self.layers[k - 1].unit if k else 0
        if len(points.p) == 0:
            none = np.zeros(0)
            width = self.layers[k - 1].layer.n_out if k else 1
            return FloatPoints(np.zeros((0, width)), alike(none, width), none.astype(bool), unit=unit)
        parts = []
        for start in range(0, len(points.p), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            parts.append(self._close(k, points.at(part), [active[part] for active in patterns[:k]]))
        values, error = (np.concatenate(arrays) for arrays in zip(*parts))
        return FloatPoints(values, alike(error, values.shape[1]), points.finite, unit=unit)

    def _close(
        self, k: int, points: Points, patterns: Sequence[NDArray[np.bool_]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """With more limbs until errors are small next to the values of each point."""
        limbs = _FEW
        while True:
            values, off = self._evaluated(k, points, patterns, limbs)
            largest = np.abs(values).max(axis=1)
            least = float(largest.min(where=largest > 0, initial=np.inf))
            with np.errstate(over="ignore"):
                share = off / least
            if not _CLOSE < share < np.inf or limbs >= _MANY:
                return values, SAFETY * (off + 8 * _ROUNDOFF * largest) + UNDERFLOW
            limbs += 1 + max(0, int(np.log2(share) - np.log2(_CLOSE))) // BITS

    def _evaluated(
        self, k: int, points: Points, patterns: Sequence[NDArray[np.bool_]], limbs: int
    ) -> tuple[NDArray[np.float64], float]:
        """The inputs, to eight roundoffs, and how far all are off at most besides."""
        found, unit = _start(points, limbs)
        error, scale = _upwards(unit), Fraction(1)
        for j, (below, active) in enumerate(zip(self.layers[:k], patterns)):
            layer = below.layer
            found, unit = self.maps.weight(j).forward(found), unit / layer.denominator
            found = _raised(found, _counted(layer.compact_bias, layer.denominator * unit), points.finite)
            dropped = max(0, len(found) - limbs)
            found, unit = found[dropped:], unit * (1 << BITS * dropped)
            scale = Fraction(2) ** below.unit
            error = SAFETY * below.steepest * (below.weight_size * error + 2 * _upwards(unit / scale)) + UNDERFLOW
            found, unit = self.maps.bent(found, j, active), unit / layer.integer_slopes[2]
        unit /= scale
        if not _SMALLEST < unit * (1 << BITS * len(found)) < 1 / _SMALLEST:
            return np.zeros(found.shape[1:]), np.inf
        return _rounded(found, unit), error


def _start(points: Points, limbs: int) -> tuple[Limbs, Fraction]:
    """The points themselves, or for infinite ones the directions towards them, to half a unit."""
    p, q = wide(points.p), np.where(points.finite, wide(points.q), 1)
    most = max(1, *(abs(a).bit_length() - b.bit_length() + 1 for a, b in zip(p.tolist(), q.tolist())))
    unit = Fraction(2) ** (most + 1 - BITS * limbs)
    return split(_nearest(p * unit.denominator, q * unit.numerator)[:, None]), unit


def _nearest(p: ExactArray, q: ExactArray) -> ExactArray:
    """Quotients of integers by positive ones, to half a unit."""
    return (2 * p + q) // (2 * q)


def _counted(bias: ExactArray, unit: Fraction) -> Limbs:
    """Biases in units, to half of one."""
    return split(_nearest(wide(bias) * unit.denominator, np.array(unit.numerator, dtype=object)))


def _raised(values: Limbs, bias: Limbs, finite: NDArray[np.bool_]) -> Limbs:
    """With the bias, at points that are finite; without limbs of zeros at the top."""
    out = np.zeros((max(len(values), len(bias)), *values.shape[1:]))
    out[: len(values)] = values
    out[: len(bias), finite] += bias[:, None]
    out = carried(out)
    used = np.flatnonzero(out.any(axis=(1, 2)))
    return out[: used[-1] + 1 if len(used) else 1]


def _rounded(values: Limbs, unit: Fraction) -> NDArray[np.float64]:
    """Values in units as floats. Each of the sums adds a limb to what is at most half of one, so that hardly more than the last
    rounding counts."""
    total = values[0]
    for limb in values[1:]:
        total = limb + total * 2.0**-BITS
    scale = unit * (1 << BITS * (len(values) - 1))
    return total * nearest_quotient(scale.numerator, scale.denominator)


def _upwards(unit: Fraction) -> float:
    """A float that is no less."""
    return float(np.nextafter(nearest_quotient(unit.numerator, unit.denominator), np.inf))
