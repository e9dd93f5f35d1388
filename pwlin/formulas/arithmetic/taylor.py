"""Taylor series with interval coefficients: arrays of intervals whose first axis is the degree, and functions of them.

Where `larger` switches, the value is enclosed and the coefficient of degree 1 is the hull of both sides', enough for the
mean value form; where `sign` and `floor` switch, only the value. The rest is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from pwlin.formulas.arithmetic import floats, intervals
from pwlin.formulas.arithmetic.intervals import Intervals, where

_HALF_PI = Intervals(np.asarray(1.5707963267948966), np.asarray(1.5707963267948968))


def variable(x: Intervals, h: Intervals | None, order: int) -> Intervals:
    """The series ``x + t h`` up to a degree."""
    low, high = np.zeros((order + 1, *x.shape)), np.zeros((order + 1, *x.shape))
    low[0], high[0] = x.low, x.high
    if h is not None and order:
        low[1], high[1] = h.low, h.high
    return Intervals(low, high)


def _last(a: Intervals) -> int:
    """The highest degree with a coefficient other than zero: of what is affine or a polynomial all later ones drop out."""
    used = np.flatnonzero((a.low != 0).any(axis=1) | (a.high != 0).any(axis=1))
    return int(used[-1]) if len(used) else 0


def multiply(a: Intervals, b: Intervals) -> Intervals:
    """The product of two series."""
    most, other = _last(a), _last(b)
    if most > other:
        a, b, most, other = b, a, other, most
    low, high = np.zeros(a.low.shape), np.zeros(a.low.shape)
    for i in range(most + 1):
        stop = min(len(low), i + other + 1)
        more = a[i : i + 1] * b[: stop - i]
        if not i:
            low[:stop], high[:stop] = more.low, more.high
            continue
        total = Intervals(low[i:stop], high[i:stop]) + more
        low[i:stop], high[i:stop] = total.low, total.high
    return Intervals(low, high)


def square(a: Intervals) -> Intervals:
    """The square of a series; its value is not negative."""
    out = multiply(a, a)
    value = a[0].square()
    out.low[0], out.high[0] = value.low, value.high
    return out


def integer_power(a: Intervals, n: int) -> Intervals:
    """A power of a series, n >= 1."""
    if n == 1:
        return a
    half = integer_power(a, n // 2)
    return square(half) if n % 2 == 0 else multiply(square(half), a)


def divide(a: Intervals, b: Intervals) -> Intervals:
    """The quotient of two series."""
    out: list[Intervals] = []
    last = _last(b)
    for k in range(a.shape[0]):
        top = a[k]
        for j in range(1, min(k, last) + 1):
            top = top - b[j] * out[k - j]
        out.append(top / b[0])
    return _stack(out)


def _stack(parts: list[Intervals]) -> Intervals:
    return Intervals(np.stack([p.low for p in parts]), np.stack([p.high for p in parts]))


def _chain(a: Intervals, value: Intervals, slope: Callable[[list[Intervals]], Intervals]) -> Intervals:
    """The series y with the given value and ``y' = a' w``, where ``slope(y so far)`` is the next coefficient of w."""
    y, w, last = [value], [], _last(a)
    for k in range(1, a.shape[0]):
        w.append(slope(y))
        total = a[1] * w[k - 1]
        for j in range(2, min(k, last) + 1):
            total = total + a[j] * w[k - j] * float(j)
        y.append(total / float(k))
    return _stack(y)


def _square_term(y: list[Intervals]) -> Intervals:
    """The last known coefficient of the square of y."""
    n = len(y) - 1
    if n == 0:
        return y[0].square()
    return reduce(lambda a, b: a + b, [y[i] * y[n - i] for i in range(n + 1)])


def exp(a: Intervals) -> Intervals:
    """Exponential of a series."""
    return _chain(a, intervals.increasing(floats.exp, a[0]), lambda y: y[-1])


def log(a: Intervals) -> Intervals:
    """Logarithm of a series; unknown unless it is positive."""
    positive = a[0].low > 0
    base = where(positive, a[0], Intervals.points(np.full_like(a.low[0], np.nan)))
    w = divide(_one(a), a)
    return _chain(a, intervals.increasing(floats.log, base), lambda y: w[len(y) - 1])


def _one(a: Intervals) -> Intervals:
    return variable(Intervals.points(np.ones_like(a.low[0])), None, a.shape[0] - 1)


def _coupled(a: Intervals, values: tuple[Intervals, Intervals], sense: float) -> tuple[Intervals, Intervals]:
    """Series with ``s' = a' c`` and ``c' = sense a' s``."""
    s, c, last = [values[0]], [values[1]], _last(a)
    for k in range(1, a.shape[0]):
        new = []
        for other in (c, s):
            total = a[1] * other[k - 1]
            for j in range(2, min(k, last) + 1):
                total = total + a[j] * other[k - j] * float(j)
            new.append(total / float(k))
        s.append(new[0])
        c.append(new[1] if sense > 0 else -new[1])
    return _stack(s), _stack(c)


def sin_cos(a: Intervals) -> tuple[Intervals, Intervals]:
    """Sine and cosine of a series."""
    return _coupled(a, intervals.sin_cos(a[0]), -1.0)


def hyperbolic(a: Intervals) -> tuple[Intervals, Intervals]:
    """Hyperbolic sine and cosine of a series."""
    return _coupled(a, intervals.hyperbolic(a[0]), 1.0)


def tan(a: Intervals) -> Intervals:
    """Tangent of a series."""
    return divide(*sin_cos(a))


def tanh(a: Intervals) -> Intervals:
    """Hyperbolic tangent of a series."""

    def slope(y: list[Intervals]) -> Intervals:
        return -_square_term(y) + (1.0 if len(y) == 1 else 0.0)

    return _chain(a, intervals.tanh(a[0]), slope)


def atan(a: Intervals) -> Intervals:
    """Inverse tangent of a series."""
    w = divide(_one(a), square(a) + _one(a))
    return _chain(a, intervals.increasing(floats.atan, a[0]), lambda y: w[len(y) - 1])


def asin(a: Intervals) -> Intervals:
    """Inverse sine of a series."""
    w = real_power(_one(a) - square(a), Intervals.points(-0.5), False)
    return _chain(a, intervals.asin(a[0]), lambda y: w[len(y) - 1])


def acos(a: Intervals) -> Intervals:
    """Inverse cosine of a series."""
    out = -asin(a)
    value = out[0] + _HALF_PI
    out.low[0], out.high[0] = value.low, value.high
    return out


def real_power(a: Intervals, r: Intervals, is_root: bool) -> Intervals:
    """A power of a series whose value is not negative; `is_root` for square roots."""
    out, last = [intervals.sqrt(a[0]) if is_root else intervals.power(a[0], r)], _last(a)
    for k in range(1, a.shape[0]):
        total = Intervals.points(0.0)
        for j in range(1, min(k, last) + 1):
            total = total + ((r + 1.0) * float(j) - float(k)) * (a[j] * out[k - j])
        positive = a[0].low > 0
        total = total / (a[0] * float(k))
        out.append(where(positive, total, Intervals.points(np.full_like(a.low[0], np.nan))))
    return _stack(out)


def sign(a: Intervals) -> Intervals:
    """Sign of a series: where it is settled, a constant."""
    up, below = a[0].low > 0, a[0].high < 0
    settled = up | below
    low, high = np.where(settled, 0.0, np.full_like(a.low, np.nan)), np.where(settled, 0.0, np.full_like(a.low, np.nan))
    low[0] = np.where(up, 1.0, np.where(np.isnan(a.low[0]), np.nan, -1.0))
    high[0] = np.where(below, -1.0, np.where(np.isnan(a.high[0]), np.nan, 1.0))
    return Intervals(low, high)


def larger(a: Intervals, b: Intervals, largest: bool) -> Intervals:
    """The larger (or smaller) of two series, and near a switch the hull of both."""
    lead = a[0] - b[0]
    first, second = (lead.low >= 0, lead.high <= 0) if largest else (lead.high <= 0, lead.low >= 0)
    pick = np.maximum if largest else np.minimum
    unsettled = np.full_like(a.low, np.nan), np.full_like(a.high, np.nan)
    for side, (x, y) in zip(unsettled, ((a.low, b.low), (a.high, b.high))):
        side[0] = pick(x[0], y[0])
    if a.shape[0] > 1:
        hull = a[1].union(b[1])
        unsettled[0][1], unsettled[1][1] = hull.low, hull.high
    return where(first, a, where(second, b, Intervals(*unsettled)))


def floor(a: Intervals) -> Intervals:
    """Largest whole number below a series: where it is settled, a constant."""
    below, above = np.floor(a.low[0]), np.floor(a.high[0])
    settled = below == above
    low, high = np.where(settled, 0.0, np.full_like(a.low, np.nan)), np.where(settled, 0.0, np.full_like(a.low, np.nan))
    low[0], high[0] = below, above
    return Intervals(low, high)
