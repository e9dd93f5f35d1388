"""Errors against a polynomial on all pieces together: which may be the largest, and sums of integrals without a loop."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import add, multiply
from pwlin.exact.rational import ExactArray, nearest_float
from pwlin.exact.vector import RationalVector
from pwlin.functions.line.table import Table

Floats = NDArray[np.float64]
_ROUNDS = 12
_FEW = 16
"""So few pieces are looked at exactly right away."""
_LARGEST = 2.0**700
"""Where no power of a point, and no coefficient, is larger, what underflows is less than `_TINY`."""
_TINY = 2.0**-300


def contenders(table: Table, coefficients: Sequence[Fraction]) -> list[int]:
    """Pieces among which are all on which the error is largest, most of the others left out.

    Parameters
    ----------
    table : Table
        On a bounded interval.
    coefficients : of the polynomial, lowest degree first

    Notes
    -----
    Branch and bound in floats: on [l, r] the error is at most the larger of its values at the ends, plus the largest second
    derivative times (r - l)^2 / 8. Every float value comes with a bound of what rounding did to it, to the map and to the
    point; what overflows bounds nothing.
    """
    corners = table.corners.floats()
    left, right, rows = corners[:-1], corners[1:], np.arange(len(table))
    floats = np.array([nearest_float(c) for c in coefficients])
    slopes, intercepts = table.slopes.floats(), table.intercepts.floats()
    with np.errstate(all="ignore"):
        most = np.abs(corners).max() ** max(len(coefficients) - 1, 1)
        if not max(most, np.abs(floats).max(), np.abs(slopes).max()) < _LARGEST:
            return list(range(len(table)))
        least = 0.0
        for _ in range(_ROUNDS):
            maps = slopes[rows], intercepts[rows]
            at_left, at_right = (_magnitudes(*maps, floats, x) for x in (left, right))
            least = max(least, *(float(low[np.isfinite(low)].max(initial=0.0)) for low, _ in (at_left, at_right)))
            size = np.maximum(np.abs(left), np.abs(right))
            width = right - left + 2.0**-50 * size
            reach = np.maximum(at_left[1], at_right[1]) + 0.13 * width**2 * _bend(floats, size)
            kept = ~(reach < least)
            left, right, rows = left[kept], right[kept], rows[kept]
            if len(rows) <= _FEW:
                break
            middle = left + (right - left) / 2
            left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
            rows = np.concatenate([rows, rows])
    out: list[int] = np.unique(rows).tolist()
    return out


def _magnitudes(slopes: Floats, intercepts: Floats, coefficients: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Bounds from below and from above of the error's magnitude at points, which are off by some roundings themselves."""
    value, size = np.zeros((2, len(x)))
    for k, c in reversed(list(enumerate(coefficients))):
        value, size = value * x + c, size * np.abs(x) + (k + 1) * abs(c)
    value = slopes * x + intercepts - value
    doubt = (len(coefficients) + 6) * 2.0**-50 * (np.abs(slopes * x) + np.abs(intercepts) + size) + _TINY
    return np.abs(value) - doubt, np.abs(value) + doubt


def _bend(coefficients: Floats, size: Floats) -> Floats:
    """A bound of the second derivative's magnitude where points are at most so large."""
    out = np.zeros(len(size))
    for k in range(len(coefficients) - 1, 1, -1):
        out = out * size + k * (k - 1) * abs(coefficients[k])
    return 1.001 * out + _TINY


def squared(table: Table, coefficients: Sequence[Fraction]) -> Fraction:
    """The integral of the squared error against a polynomial of degree 2 at most, on a bounded interval.

    On a piece [l, r] of width h the error is the line between its values u and v at the ends, plus ``a (x - l)(r - x)``, where
    a is the polynomial's leading coefficient: the square's integral is
    ``h (u^2 + u v + v^2) / 3 + a h^3 (u + v) / 6 + a^2 h^5 / 30``.
    """
    constant, linear, bend = [*coefficients, Fraction(0), Fraction(0)][:3]
    x = table.corners
    target = (x * RationalVector.of([bend]) + RationalVector.of([linear])) * x + RationalVector.of([constant])
    errors = table.corner_values - target
    points, values = x.common(), errors.common()
    if points is None or values is None:
        return _squared_apart(x, errors, bend)
    (p, unit), (e, part) = points, values
    u, v = e[:-1], e[1:]
    h, both = p[1:] - p[:-1], add(u, v)
    square = multiply(h, h)
    first = _sum(multiply(h, add(multiply(both, both), -multiply(u, v))))
    second, third = _sum(multiply(multiply(h, square), both)), _sum(multiply(h, multiply(square, square)))
    total = Fraction(first, 3 * unit * part**2) + bend * Fraction(second, 6 * unit**3 * part)
    return total + bend**2 * Fraction(third, 30 * unit**5)


def _sum(values: ExactArray) -> int:
    return int(sum(values.tolist()))


def _squared_apart(x: RationalVector, errors: RationalVector, bend: Fraction) -> Fraction:
    """The same where denominators have little in common."""
    before, after = slice(None, -1), slice(1, None)
    h, u, v = x.take(after) - x.take(before), errors.take(before), errors.take(after)
    both, bent = u + v, h * h * RationalVector.of([bend])
    thirds = (both * both - u * v) * RationalVector.of([Fraction(1, 3)])
    rest = bent * both * RationalVector.of([Fraction(1, 6)]) + bent * bent * RationalVector.of([Fraction(1, 30)])
    return (h * (thirds + rest)).total()
