"""Values of a piecewise-linear function of one variable: exact, and correctly rounded in float64."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError
from pwlin.exact.rational import ExactArray, nearest_float
from pwlin.exact.rounding import RoundedMaps
from pwlin.exact.vector import RationalVector
from pwlin.functions.points import Floats, is_exact, read_points

if TYPE_CHECKING:
    from pwlin.functions.line.function import PiecewiseLinear1D


def evaluate(f: PiecewiseLinear1D, x: ArrayLike | object) -> Fraction | float | Floats | ExactArray:
    """Fractions for exact numbers and text, float64 for floats and arrays of floats."""
    points = read_points(x)
    if is_exact(points):
        out = np.empty(points.size, dtype=object)
        out[:] = [_exact(f, v) for v in points.flat]  # type: ignore[arg-type]
        return out.reshape(points.shape) if points.ndim else out[0]
    values = _floats(f, points.ravel()).reshape(points.shape)
    return values if points.ndim else float(values)


def _exact(f: PiecewiseLinear1D, x: Fraction) -> Fraction:
    if x not in f.interval:
        raise refusal("x", shown(x), f"are points of {f.interval}", DomainError)
    breaks = f._breaks
    low, high = 0, len(breaks)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if breaks[middle] < x else (low, middle)
    return f._slopes[low] * x + f._intercepts[low]


def _floats(f: PiecewiseLinear1D, x: Floats) -> Floats:
    left, right = f.domain
    low = -math.inf if left is None else nearest_float(left)
    high = math.inf if right is None else nearest_float(right)
    outside = (x < low) | (x > high)
    if outside.any():
        raise refusal("x", str(x[outside][0]), f"are points of {f.interval}", DomainError)
    starts, maps = f._float_tables
    rows = np.searchsorted(starts, x, side="right")
    finite = np.isfinite(x)
    out = x.copy()
    out[finite] = maps.values(rows[finite], x[finite][:, None])
    for i in np.flatnonzero(np.isinf(x)).tolist():
        row = int(rows[i])
        slope = f._slopes[row]
        out[i] = (x[i] if slope > 0 else -x[i]) if slope else nearest_float(f._intercepts[row])
    for end, rounded in ((left, low), (right, high)):
        if end is not None and (math.isinf(rounded) or Fraction(rounded) not in f.interval):  # it stands for the end
            out[x == rounded] = nearest_float(_exact(f, end))
    return out


def float_tables(f: PiecewiseLinear1D) -> tuple[Floats, RoundedMaps]:
    """For each breakpoint the least float that is not below it, and the regions' maps.

    A float lies in the region that as many of these do not exceed: exactly, however close breakpoints are.
    """
    starts = f._breaks.floats()
    below = [Fraction(v) < t if math.isfinite(v) else v < 0 for v, t in zip(starts.tolist(), f._breaks)]
    starts = np.where(below, np.nextafter(starts, math.inf), starts)
    return starts, RoundedMaps.of(
        [_pairs(f._slopes), _pairs(f._intercepts)], lambda i: (f._slopes[i], f._intercepts[i])
    )


def _pairs(values: RationalVector) -> zip[tuple[int, int]]:
    return zip(values.numerators.tolist(), values.denominators.tolist())
