"""Interval arithmetic on arrays of floats, rounded outwards. NaN at an end stands for an unknown end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import EllipsisType
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic import floats
from pwlin.formulas.arithmetic.floats import Ends, Floats, down, outwards, up

_Part: TypeAlias = int | slice | EllipsisType | NDArray[np.int64] | NDArray[np.bool_] | list[bool] | None
Index: TypeAlias = _Part | tuple[_Part, ...]
"""What picks some of an array."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """An array of intervals ``[low, high]``."""

    low: Floats
    high: Floats

    @staticmethod
    def points(values: ArrayLike) -> Intervals:
        """Intervals of floats that are exact."""
        array = np.asarray(values, dtype=np.float64)
        return Intervals(array, array)

    @staticmethod
    def of(values: Sequence[Fraction]) -> Intervals:
        """The tightest floats around rationals."""
        nearest = [nearest_float(v) for v in values]
        exact = np.array([np.isfinite(f) and Fraction(f) == v for f, v in zip(nearest, values)], dtype=bool)
        array = np.array(nearest, dtype=np.float64)
        return Intervals(np.where(exact, array, down(array)), np.where(exact, array, up(array)))

    def __getitem__(self, key: Index) -> Intervals:
        return Intervals(self.low[key], self.high[key])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.low.shape

    def reshape(self, *shape: int) -> Intervals:
        """The same intervals in another shape."""
        return Intervals(self.low.reshape(*shape), self.high.reshape(*shape))

    @property
    def magnitude(self) -> Floats:
        """Largest absolute value; infinite where unknown."""
        size = np.maximum(np.abs(self.low), np.abs(self.high))
        return np.where(np.isnan(size), np.inf, size)

    @property
    def width(self) -> Floats:
        """Upper bound of the widths; infinite where unknown."""
        size = up(self.high - self.low)
        return np.where(np.isnan(size), np.inf, size)

    def __add__(self, other: Intervals | Floats | float) -> Intervals:
        b = as_intervals(other)
        return Intervals(*outwards(self.low + b.low, self.high + b.high))

    def __neg__(self) -> Intervals:
        return Intervals(-self.high, -self.low)

    def __sub__(self, other: Intervals | Floats | float) -> Intervals:
        return self + -as_intervals(other)

    def __mul__(self, other: Intervals | Floats | float) -> Intervals:
        with np.errstate(invalid="ignore", over="ignore"):  # infinity times zero is unknown, and NaN says so
            if isinstance(other, float) and other > 0:
                return Intervals(*outwards(self.low * other, self.high * other))
            b = as_intervals(other)
            if b.low is b.high:
                p, q = self.low * b.low, self.high * b.low
                return Intervals(*outwards(np.minimum(p, q), np.maximum(p, q)))
            if self.low is self.high:
                return b * self
            p, q, r, s = self.low * b.low, self.low * b.high, self.high * b.low, self.high * b.high
            low, high = np.asarray(np.minimum(p, q)), np.asarray(np.maximum(p, q))
            for more in (r, s):
                np.minimum(low, more, out=low)
                np.maximum(high, more, out=high)
            return Intervals(*outwards(low, high))

    def __truediv__(self, other: Intervals | Floats | float) -> Intervals:
        if isinstance(other, float) and other > 0:
            return Intervals(*outwards(self.low / other, self.high / other))
        b = as_intervals(other)
        apart = (b.low > 0) | (b.high < 0)
        inverse = Intervals(np.where(apart, down(1 / b.high), np.nan), np.where(apart, up(1 / b.low), np.nan))
        return self * inverse

    def square(self) -> Intervals:
        """The squares, never negative."""
        size = np.maximum(np.abs(self.low), np.abs(self.high))
        least = np.maximum(np.maximum(self.low, -self.high), 0.0)
        return Intervals(np.maximum(down(least * least), 0.0), up(size * size))

    def absolute(self) -> Intervals:
        """The magnitudes."""
        size = np.maximum(np.abs(self.low), np.abs(self.high))
        return Intervals(np.maximum(np.maximum(self.low, -self.high), 0.0), size)

    def union(self, other: Intervals) -> Intervals:
        """The hulls."""
        return Intervals(np.minimum(self.low, other.low), np.maximum(self.high, other.high))

    def within(self, other: Intervals) -> Intervals:
        """The intersections, of intervals that hold the same number; an unknown end gives way to a known one."""
        return Intervals(np.fmax(self.low, other.low), np.fmin(self.high, other.high))


def as_intervals(value: Intervals | ArrayLike) -> Intervals:
    """Intervals as they are; floats as points."""
    return value if isinstance(value, Intervals) else Intervals.points(value)


def where(test: NDArray[np.bool_], yes: Intervals, no: Intervals) -> Intervals:
    """``yes`` where the test holds, else ``no``."""
    return Intervals(np.where(test, yes.low, no.low), np.where(test, yes.high, no.high))


def increasing(function: Callable[[Floats], Ends], x: Intervals) -> Intervals:
    """An increasing function of `floats` on intervals."""
    return Intervals(function(x.low)[0], function(x.high)[1])


def sqrt(x: Intervals) -> Intervals:
    """Square roots of numbers that are known not to be negative."""
    return increasing(floats.sqrt, Intervals(np.maximum(x.low, 0.0), np.maximum(x.high, 0.0)))


def power(x: Intervals, exponent: Intervals) -> Intervals:
    """Powers of numbers that are known not to be negative (and positive unless the exponent is)."""
    base = Intervals(np.maximum(x.low, 0.0), np.maximum(x.high, 0.0))
    positive = increasing(floats.exp, exponent * increasing(floats.log, base))
    top = Intervals(base.high, base.high)
    highest = increasing(floats.exp, exponent * increasing(floats.log, top)).high
    at_zero = Intervals(np.zeros_like(base.low), np.where(base.high == 0, 0.0, highest))
    grows = exponent.low > 0
    unknown = Intervals.points(np.full_like(base.low, np.nan))
    return where(base.low > 0, positive, where(grows, at_zero, unknown))


def sin_cos(x: Intervals) -> tuple[Intervals, Intervals]:
    """Sines and cosines."""
    (s0, c0), (s1, c1) = floats.sin_cos(x.low), floats.sin_cos(x.high)
    out = []
    for (low0, high0), (low1, high1), crest in ((s0, s1, 0.25), (c0, c1, 0.0)):
        low = np.where(_passes(x, crest + 0.5), -1.0, np.minimum(low0, low1))
        high = np.where(_passes(x, crest), 1.0, np.maximum(high0, high1))
        unknown = np.isnan(low0) | np.isnan(low1)
        out.append(Intervals(np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)))
    return out[0], out[1]


def _passes(x: Intervals, phase: float) -> NDArray[np.bool_]:
    """Whether an interval may hold ``2 pi (k + phase)`` for an integer k; the margin covers the division's rounding."""
    start, stop = x.low / (2 * np.pi) - phase, x.high / (2 * np.pi) - phase
    margin = 1e-14 * (1 + np.maximum(np.abs(start), np.abs(stop)))
    return ~(np.floor(stop + margin) <= np.floor(start - margin))


def hyperbolic(x: Intervals) -> tuple[Intervals, Intervals]:
    """Hyperbolic sines and cosines."""
    grow, fall = increasing(floats.exp, x), increasing(floats.exp, -x)
    low, high = Intervals(grow.low, grow.low) - fall.high, Intervals(grow.high, grow.high) - fall.low
    size = x.absolute()
    big, small = increasing(floats.exp, size), increasing(floats.exp, -size)
    cosh = Intervals(np.maximum((big.low + small.high) / 2 * (1 - 1e-13), 1.0), up((big.high + small.high) / 2))
    return Intervals(low.low / 2, high.high / 2), cosh


def tanh(x: Intervals) -> Intervals:
    """Hyperbolic tangents."""
    return increasing(_tanh, x)


def _tanh(x: Floats) -> floats.Ends:
    low, high = floats.exp(-2 * np.abs(x))
    small, large = down(down(1 - high) / up(1 + high)), up(up(1 - low) / down(1 + low))
    small, large = np.maximum(small, 0.0), np.minimum(large, 1.0)
    return np.where(x < 0, -large, small), np.where(x < 0, -small, large)


def asin(x: Intervals) -> Intervals:
    """Inverse sines of numbers that are known to lie in [-1, 1]: ``2 atan(x / (1 + sqrt(1 - x^2)))``."""
    ends = []
    for end in (x.low, x.high):
        point = Intervals.points(np.clip(end, -1.0, 1.0))
        half = point / (Intervals.points(1.0) + sqrt(Intervals.points(1.0) - point.square()))
        ends.append(increasing(floats.atan, half))
    return Intervals(2 * ends[0].low, 2 * ends[1].high)
