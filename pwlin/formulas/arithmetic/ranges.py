"""Exact bounds of formulas by their form: sines lie within [-1, 1], squares are not negative, exponentials positive.

Bounds are rationals or infinite. An open end is not attained, which tells what is positive from what is not negative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from pwlin.exact.bridges import to_ball
from pwlin.exact.enclosure import from_ball
from pwlin.formulas.arithmetic.balls import constant_ball, precision
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import LOG, Elementary
from pwlin.formulas.evaluate import Fold

if TYPE_CHECKING:
    from sympy import Expr, Symbol

End = Fraction | float
"""A rational, or an infinite float."""

_BITS = 96
_MOST_BITS = 20_000
_LARGEST = 2**1000


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; an open end is not among them."""

    low: End
    high: End
    low_open: bool = False
    high_open: bool = False

    @property
    def positive(self) -> bool:
        """Whether all of it is positive."""
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def negative(self) -> bool:
        """Whether all of it is negative."""
        return (-self).positive

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low, self.high_open, self.low_open)

    def __add__(self, other: Range) -> Range:
        return Range(
            _plus(self.low, other.low),
            _plus(self.high, other.high),
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def __mul__(self, other: Range) -> Range:
        if self.low < 0 and self.high <= 0:
            return -(-self * other)
        if other.low < 0 and other.high <= 0:
            return -(self * -other)
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(ends), max(ends), self.positive and other.positive and (self.low_open or other.low_open))

    def within(self, other: Range) -> Range:
        """The intersection of two ranges that hold the same numbers."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        low_open = any(r.low == low and r.low_open for r in (self, other))
        return Range(low, high, low_open, any(r.high == high and r.high_open for r in (self, other)))


REALS = Range(-math.inf, math.inf)
NOT_NEGATIVE = Range(Fraction(0), math.inf)


def _plus(a: End, b: End) -> End:
    # Python would make a float of a huge rational beside an infinite end
    return a if isinstance(a, float) else b if isinstance(b, float) else a + b


def _times(a: End, b: End) -> End:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    sign = ((a > 0) - (a < 0)) * ((b > 0) - (b < 0))
    return sign * math.inf if sign else Fraction(0)


def range_of(expression: Expr, domain: Mapping[Symbol, Range] | None = None) -> Range:
    """Bounds of an expression wherever it is defined and its variables lie in their ranges (by default any numbers)."""
    return Fold(Ranges(domain or {})).value(expression)


@dataclass(frozen=True)
class Ranges:
    """The arithmetic of bounds."""

    domain: Mapping[Symbol, Range]

    def variable(self, symbol: Symbol) -> Range:
        """The range of a variable."""
        return self.domain.get(symbol, REALS)

    def constant(self, number: Expr) -> Range:
        """A number, exactly if it is rational."""
        if number.is_Rational:
            value = Fraction(int(number.p), int(number.q))
            return Range(value, value)
        with precision(_BITS):
            ball = constant_ball(number)
            if not ball.is_finite():
                return REALS
            ends = from_ball(ball)
        return Range(ends.lower, ends.upper)

    def add(self, parts: Sequence[Range]) -> Range:
        """A sum."""
        return reduce(Range.__add__, parts)

    def multiply(self, parts: Sequence[Range]) -> Range:
        """A product."""
        return reduce(Range.__mul__, parts)

    def integer_power(self, base: Range, exponent: int, expression: Expr) -> Range:
        """A power with a whole exponent."""
        if exponent < 0:
            return self._inverse(self.integer_power(base, -exponent, expression))
        if exponent % 2 == 0:
            if base.low < 0 < base.high:
                base = Range(Fraction(0), max(-base.low, base.high))
            elif base.high <= 0:
                base = -base
        low, high = _power(base.low, exponent, False), _power(base.high, exponent, True)
        return Range(low, high, base.low_open, base.high_open)

    @staticmethod
    def _inverse(base: Range) -> Range:
        if base.negative:
            return -Ranges._inverse(-base)
        if not base.positive:
            return NOT_NEGATIVE if base.low >= 0 else REALS
        low = Fraction(0) if base.high == math.inf else 1 / base.high
        high = math.inf if base.low == 0 else 1 / base.low
        return Range(low, high, base.high == math.inf or base.high_open, base.low_open)

    def real_power(self, base: Range, exponent: Expr, expression: Expr) -> Range:
        """A power of what is not negative."""
        if base.low >= 1 and exponent.is_positive:
            return Range(Fraction(1), math.inf)
        return Range(Fraction(0), math.inf, base.positive)

    def apply(self, function: Elementary, argument: Range, expression: Expr) -> Range:
        """An elementary function."""
        low, high, is_open = function.bounds
        if function is LOG and argument.low >= 1:
            low = Fraction(0)
        found = Range(low, high, is_open, is_open)
        if not (isinstance(argument.low, Fraction) and isinstance(argument.high, Fraction)):
            return found
        with precision(_BITS):
            value = function.ball(to_ball(argument.low).union(to_ball(argument.high)))[0]
            if not abs(value) < _LARGEST:
                return found
            ends = from_ball(value)
        return found.within(Range(ends.lower, ends.upper))

    def extremum(self, largest: bool, parts: Sequence[Range], expressions: Sequence[Expr]) -> Range:
        """The largest or smallest; magnitudes are not negative."""
        if not largest:
            return -self.extremum(True, [-part for part in parts], [-e for e in expressions])
        low, high = max(part.low for part in parts), max(part.high for part in parts)
        found = Range(
            low,
            high,
            any(part.low == low and part.low_open for part in parts),
            all(part.high_open for part in parts if part.high == high),
        )
        is_magnitude = len(expressions) == 2 and expressions[0] == -expressions[1]
        return found.within(NOT_NEGATIVE) if is_magnitude else found

    def divided(self, part: Divided) -> Range:
        """By the derivative, all over the domain, where the zero is."""
        return range_of(part.derivatives(1)[0], self.domain)

    def choose(self, branches: Sequence[tuple[Callable[[], Range], None]]) -> Range:
        """All branches together."""
        parts = [branch() for branch, _ in branches]
        low, high = min(part.low for part in parts), max(part.high for part in parts)
        return Range(
            low,
            high,
            all(part.low_open for part in parts if part.low == low),
            all(part.high_open for part in parts if part.high == high),
        )

    def compare(self, difference: Expr, relation: str) -> None:
        """Not asked."""

    def truth(self, value: bool) -> None:
        """Not asked."""

    def every(self, parts: Sequence[None]) -> None:
        """Not asked."""

    def negate(self, part: None) -> None:
        """Not asked."""


def _power(end: End, exponent: int, upper: bool) -> End:
    """A power of an end, or a bound of it where it would be a huge number."""
    if isinstance(end, float):
        return end if end > 0 or exponent % 2 else -end
    size = max(end.numerator.bit_length(), end.denominator.bit_length())
    if size * exponent <= _MOST_BITS or end in (-1, 0, 1):
        return end**exponent
    if end < 0:
        return Fraction(0) if upper else -math.inf
    return (math.inf if end > 1 else Fraction(1)) if upper else Fraction(int(end > 1))
