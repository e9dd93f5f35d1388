"""Where a search in floats takes place, and the target that it sees there.

Ordinarily that is the domain itself. Where floats cannot tell its points apart, or do not reach it, the search takes place on
[-1, 1]: points are shifted and scaled exactly, and the target's tangent is taken off, which changes no error. What is left
comes from its Taylor series, or if that is no help from balls, point by point.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from flint import arb

from pwlin.base.arguments import refusal
from pwlin.base.errors import DomainError, PwlinWarning, TargetError
from pwlin.comparison.best.spline import Array, Spline
from pwlin.comparison.errors import Value
from pwlin.exact.bridges import dyadic, to_ball
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic.balls import compile_jet, precision
from pwlin.formulas.arithmetic.expansion import ORDER, compile_series, terms
from pwlin.formulas.defined import defined_form
from pwlin.formulas.kinds import Formula
from pwlin.functions.line.function import PiecewiseLinear1D

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from sympy import Expr

    from pwlin.comparison.best.approximation import Goal

_SAMPLES = 257
_FEW = 64
_BITS = 256
_LONGEST = Fraction(2) ** 1023
_HUGE = arb(2) ** 65536
"""Values from here on are not followed, even if the domain is moved."""
_NARROWEST = 2.0**-40
"""Least length of an interval of floats, relative to its ends, in which a search goes well."""


@dataclass(frozen=True)
class Frame:
    """The floats between `low` and `high` as points of a domain: ``middle + half * t``."""

    ends: tuple[Fraction, Fraction]

    def __post_init__(self) -> None:
        if self.ends[1] - self.ends[0] > _LONGEST:
            raise refusal("domain", "one longer than 1e308", "are shorter ones, for a search in floats", DomainError)

    @cached_property
    def _own(self) -> tuple[float, float] | None:
        """The largest interval of floats within the domain, if it will do."""
        low, high = (nearest_float(end) for end in self.ends)
        if not (np.isfinite(low) and np.isfinite(high)):
            return None
        low = low if Fraction(low) >= self.ends[0] else float(np.nextafter(low, np.inf))
        high = high if Fraction(high) <= self.ends[1] else float(np.nextafter(high, -np.inf))
        return (low, high) if high - low > _NARROWEST * max(abs(low), abs(high)) and np.isfinite(high - low) else None

    @property
    def is_moved(self) -> bool:
        """Whether the search takes place elsewhere than on the domain."""
        return self._own is None

    @property
    def inside(self) -> tuple[float, float]:
        """Between which floats the search takes place."""
        return self._own or (-1.0, 1.0)

    @cached_property
    def _map(self) -> tuple[Fraction, Fraction]:
        low, high = self.ends
        return ((low + high) / 2, (high - low) / 2) if self.is_moved else (Fraction(0), Fraction(1))

    def exact(self, t: float) -> Fraction:
        """The point of the domain that a float stands for."""
        middle, half = self._map
        return middle + half * Fraction(float(t))

    def nearest(self, x: Fraction) -> float:
        """The float that stands for about this point."""
        middle, half = self._map
        return nearest_float((x - middle) / half)

    @property
    def bits(self) -> int:
        """Precision with which what is left of smooth targets without their tangents is still known."""
        middle, half = self._map
        far = abs(middle) / half
        return _BITS + 6 * max(far.numerator.bit_length() - far.denominator.bit_length(), 0)

    def around(self, places: Sequence[Value]) -> Array:
        """Floats at the places and right beside them: where a target jumps both sides count."""
        low, high = self.inside
        ends = [(p.lower, p.upper) if isinstance(p, Enclosure) else (Fraction(p), Fraction(p)) for p in places]
        least = (high - low) * 1e-21
        floats = np.array([[self.nearest(a), self.nearest(b), self.nearest((a + b) / 2)] for a, b in ends])
        near = [floats, np.nextafter(floats - least, -np.inf), np.nextafter(floats + least, np.inf)]
        return np.clip(np.concatenate(near).ravel(), low, high)

    def rational(self, spline: Spline, target: FloatTarget) -> PiecewiseLinear1D:
        """A spline against a target in floats as a function on all of the domain, its floats as the rationals that they are."""
        knots = [self.exact(t) for t in spline.knots]
        values = [Fraction(float(y)) * target.scale + target.tangent(x) for x, y in zip(knots, spline.values)]
        slopes = [(values[i + 1] - values[i]) / (knots[i + 1] - knots[i]) for i in (0, -2)]
        first, last = (values[i] + slope * (end - knots[i]) for i, slope, end in zip((0, -1), slopes, self.ends))
        return PiecewiseLinear1D.from_points([self.ends[0], *knots[1:-1], self.ends[1]], [first, *values[1:-1], last])


@lru_cache(64)
def continued(target: Formula, ends: tuple[Fraction, Fraction]) -> Expr:
    """The target's formula, continued at removable points, about which somebody has been warned before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PwlinWarning)
        return defined_form(target.simplified, target.symbol, *ends, repr(target.text))


def ball_at(target: Formula, ends: tuple[Fraction, Fraction]) -> Callable[[Fraction], arb]:
    """From an exact point to a ball around the target's value."""
    jet = compile_jet(continued(target, ends), target.symbol)
    return lambda x: jet(to_ball(x))[0]


class FloatTarget:
    """A target in float64, divided by a power of two that makes its values about 1; they must stay finite."""

    def __init__(self, target: Goal, frame: Frame) -> None:
        self._target, self._frame, self._exponent = target, frame, 0
        self._unit = Fraction(1)
        self._values: Callable[[Array], Array] = self._plain
        self.slope = self.intercept = Fraction(0)
        if frame.is_moved:
            self._values = self._moved()
        size = float(np.max(np.abs(self(np.linspace(*frame.inside, _SAMPLES)))))
        self._exponent = int(np.frexp(size)[1]) if size > 0 else 0

    @property
    def scale(self) -> Fraction:
        """What the values were divided by."""
        return self._unit * Fraction(2) ** self._exponent

    def tangent(self, x: Fraction) -> Fraction:
        """What was taken off."""
        return self.slope * x + self.intercept

    def __call__(self, x: ArrayLike) -> Array:
        points = np.asarray(x, dtype=np.float64)
        values = self._values(points)
        unknown = ~np.isfinite(values)
        if unknown.any():
            if np.count_nonzero(unknown) > _FEW:
                raise self._overflow()
            values[unknown] = self._point_by_point(points[unknown])  # where the formula has a limit only
        return np.ldexp(values, -self._exponent)

    def _overflow(self) -> TargetError:
        name = getattr(self._target, "text", repr(self._target))
        return TargetError(
            f"target: found {name!s:.60}, whose values overflow float64 on the domain; accepted are targets that "
            "floats can follow"
        )

    def _plain(self, x: Array) -> Array:
        return np.asarray(self._target(x), dtype=np.float64)

    def _moved(self) -> Callable[[Array], Array]:
        """Values without the tangent at the middle, in units of their size, on [-1, 1]."""
        middle, half = self._frame.exact(0.0), self._frame.exact(1.0) - self._frame.exact(0.0)
        with precision(self._frame.bits):
            value = self._ball(middle)
            slope = (self._ball(self._frame.exact(0.5)) - self._ball(self._frame.exact(-0.5))).mid()
            if abs(value) < _HUGE and abs(slope) < _HUGE:
                self.slope = dyadic(slope) / half
                self.intercept = dyadic(value.mid()) - self.slope * middle
            samples = [self._exact(t) for t in np.linspace(-1, 1, 9)]
            size = max(abs(v) for v in samples)
            if size:
                self._unit = Fraction(2) ** (size.numerator.bit_length() - size.denominator.bit_length())
            polynomial = self._taylor(to_ball(middle), to_ball(half))
        if isinstance(self._target, PiecewiseLinear1D):
            return self._between_corners(self._target)
        if polynomial is not None:
            return lambda t: np.asarray(np.polynomial.polynomial.polyval(t, polynomial), dtype=np.float64)
        return self._point_by_point

    def _between_corners(self, target: PiecewiseLinear1D) -> Callable[[Array], Array]:
        """Values by interpolation: a corner is off by no more than a float on [-1, 1] is."""
        corners = [self._frame.ends[0], *(kink.location for kink in target.kinks), self._frame.ends[1]]
        places = np.array([self._frame.nearest(x) for x in corners])
        values = np.array([nearest_float((target(x) - self.tangent(x)) / self._unit) for x in corners])
        return lambda t: np.asarray(np.interp(t, places, values), dtype=np.float64)

    def _taylor(self, middle: arb, half: arb) -> Array | None:
        """Coefficients of the Taylor polynomial, if what it leaves out is no more than floats do."""
        if isinstance(self._target, PiecewiseLinear1D):
            return None
        series = compile_series(continued(self._target, self._frame.ends), self._target.symbol)
        if series is None:
            return None
        try:
            with terms(ORDER):
                at, around = series(middle), series(middle + half * arb(0, 1))
        except (ValueError, ZeroDivisionError):
            return None
        unit = to_ball(self._unit)
        line = to_ball(self.slope) * middle + to_ball(self.intercept), to_ball(self.slope)
        rest = abs(around[ORDER] * half**ORDER / unit).upper()
        if not rest < arb(2) ** -50:
            return None
        balls = [(at[k] - (line[k] if k < 2 else 0)) * half**k / unit for k in range(ORDER)]
        return np.array([float(ball.mid()) for ball in balls])

    def _point_by_point(self, t: Array) -> Array:
        points, where = np.unique(t, return_inverse=True)
        with precision(self._frame.bits):
            values = np.array([nearest_float(self._exact(p) / self._unit) for p in points.tolist()])
        return values[where].reshape(t.shape)

    def _exact(self, t: float) -> Fraction:
        x = self._frame.exact(t)
        ball = self._ball(x)
        if not abs(ball) < _HUGE:
            raise self._overflow()
        return dyadic(ball.mid()) - self.tangent(x)

    @cached_property
    def _ball(self) -> Callable[[Fraction], arb]:
        target = self._target
        if isinstance(target, PiecewiseLinear1D):
            return lambda x: to_ball(target(x))
        return ball_at(target, self._frame.ends)
