"""Values of a piecewise-linear function of one variable: exact, and correctly rounded in float64."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError
from pwlin.exact.integers import is_small
from pwlin.exact.rational import ExactArray, nearest_float, nearest_quotient
from pwlin.exact.rounding import RoundedMaps, rounded_quotients
from pwlin.exact.vector import RationalVector
from pwlin.functions.inputs import Floats, is_exact, read_points

if TYPE_CHECKING:
    from pwlin.functions.line.function import PiecewiseLinear1D

_MANY = 1 << 12
"""Tables of more regions are not made for a single float."""


def evaluate(f: PiecewiseLinear1D, x: ArrayLike | object) -> Fraction | float | Floats | ExactArray:
    """Fractions for exact numbers and text, float64 for floats and arrays of floats."""
    if isinstance(x, float):
        return _one_float(f, float(x))
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
    region = bisect_left(f._breaks, x)
    return f._slopes[region] * x + f._intercepts[region]


@final
@dataclass(frozen=True, eq=False)
class FloatTables:
    """What float values need: the regions' maps, and where they start among floats.

    A float lies in the region that as many of `starts`, for each breakpoint the least float that is not below it, do not
    exceed: exactly, however close breakpoints are.
    """

    starts: Floats
    maps: RoundedMaps
    low: float
    high: float
    ends: tuple[tuple[float, float], ...]
    """Rounded ends that lie beyond the domain, and the values at the ends for which they stand."""

    @staticmethod
    def of(f: PiecewiseLinear1D) -> FloatTables:
        """The tables of a function."""
        starts = f._breaks.floats()
        below = starts < 0
        finite = np.flatnonzero(np.isfinite(starts) & ~_are_floats(f._breaks))
        below[finite] = RationalVector.read(starts[finite]).compare(f._breaks.take(finite)) < 0
        starts = np.where(below, np.nextafter(starts, math.inf), starts)
        columns = f._slopes, f._intercepts
        maps = RoundedMaps.on_demand(
            (2, f.n_regions),
            lambda rows: rounded_quotients([_pairs(column.take(rows)) for column in columns]),
            lambda i: (f._slopes[i], f._intercepts[i]),
        )
        rounded = [None if end is None else nearest_float(end) for end in f.domain]
        low, high = (v if v is not None else side for v, side in zip(rounded, (-math.inf, math.inf)))
        beyond = [
            (v, nearest_float(_exact(f, end)))
            for v, end in zip(rounded, f.domain)
            if v is not None and end is not None and (math.isinf(v) or Fraction(v) not in f.interval)
        ]
        return FloatTables(starts, maps, low, high, tuple(beyond))


def _one_float(f: PiecewiseLinear1D, x: float) -> float:
    """As `_floats`, without arrays: the exact value is soon made, of integers, and rounded."""
    if f.n_regions > _MANY and "_float_tables" not in vars(f) and math.isfinite(x) and Fraction(x) in f.interval:
        return nearest_float(_exact(f, Fraction(x)))
    tables = f._float_tables
    if not tables.low <= x <= tables.high or math.isinf(x) or any(x == end for end, _ in tables.ends):
        return float(_floats(f, np.array([x]))[0])
    row = tables.starts.searchsorted(x, side="right")
    slope, a, intercept, b = (
        int(column[row]) for v in (f._slopes, f._intercepts) for column in (v.numerators, v.denominators)
    )
    p, q = x.as_integer_ratio()
    return nearest_quotient(slope * p * b + intercept * a * q, a * q * b)


def _floats(f: PiecewiseLinear1D, x: Floats) -> Floats:
    tables = f._float_tables
    outside = (x < tables.low) | (x > tables.high)
    if outside.any():
        raise refusal("x", str(x[outside][0]), f"are points of {f.interval}", DomainError)
    rows = np.searchsorted(tables.starts, x, side="right")
    finite = np.isfinite(x)
    if finite.all():
        out = tables.maps.values(rows, x[:, None])
    else:
        out = x.copy()
        out[finite] = tables.maps.values(rows[finite], x[finite][:, None])
        for i in np.flatnonzero(np.isinf(x)).tolist():
            slope, intercept = tables.maps.exact(int(rows[i]))
            out[i] = (x[i] if slope > 0 else -x[i]) if slope else nearest_float(intercept)
    for end, value in tables.ends:
        out[x == end] = value
    return out


def _are_floats(values: RationalVector) -> NDArray[np.bool_]:
    """Which of them are floats, as far as that is seen at once."""
    p, q = values.numerators, values.denominators
    if not (is_small(p) and is_small(q)):
        return np.zeros(len(values), dtype=bool)
    return np.asarray((np.abs(p) <= 1 << 53) & (q & (q - 1) == 0))


def _pairs(values: RationalVector) -> zip[tuple[int, int]]:
    return zip(values.numerators.tolist(), values.denominators.tolist())
