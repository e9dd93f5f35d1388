"""Exact zeros of formulas at plain places, and the sign that a formula keeps around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import arb, ctx

from pwlin.exact.bridges import dyadic, to_ball, to_sympy
from pwlin.formulas.arithmetic.balls import JetFunction, compile_jet, constant_ball, precision
from pwlin.formulas.elementary import SWITCHES

if TYPE_CHECKING:
    from sympy import Expr, Symbol

_MOST_ORDER = 8
_SHARP_BITS = 1024
_LONGEST = 10**6
_LONGEST_SQUARE = 1000
_NEAR = Fraction(1, 10**12)


@dataclass(frozen=True, slots=True)
class Cleared:
    """A zero, whether a requirement is met around it, and the ends of the neighbourhood on which that is proved."""

    place: arb
    fulfilled: bool
    ends: tuple[Fraction, Fraction]


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the least denominator in [low, high], by continued fractions."""
    (a, b), (c, d) = low.as_integer_ratio(), high.as_integer_ratio()
    p, q, before_p, before_q = 1, 0, 0, 1
    while True:
        k = a // b
        if k * b == a or (k + 1) * d <= c:
            k += k * b != a
            return Fraction(k * p + before_p, k * q + before_q)
        p, q, before_p, before_q = k * p + before_p, k * q + before_q, p, q
        a, b, c, d = d, c - k * d, b, a - k * b


class Zeros:
    """The zeros of a quantity of one variable at rationals, rational multiples of pi, and square roots of rationals."""

    def __init__(self, quantity: Expr, symbol: Symbol, jet: JetFunction) -> None:
        self._symbol, self._jet = symbol, jet
        self._derivatives = [quantity]
        self.asked = 0
        self._orders: dict[Expr, int | None] = {}

    def sign(self, x: Fraction) -> int | None:
        """The sign at a rational point; None if it is no number, or zero as far as can be told."""
        place = to_sympy(x)
        for bits in (ctx.prec, _SHARP_BITS):
            with precision(bits):
                value = self._jet(to_ball(x))[0]
                if value > 0 or value < 0:
                    return 1 if value > 0 else -1
        return 0 if self._vanishes(0, place) else None

    def neighbourhood(
        self, left: Fraction, right: Fraction, domain: tuple[Fraction, Fraction], reach: Fraction, relation: str
    ) -> Cleared | None:
        """What a zero at a plain place in [left, right] means for a requirement, if there is one.

        The neighbourhood may reach as far as `reach` to both sides, and beyond the domain.
        """
        low, high = domain
        for place in candidates(left, right):
            if not (constant_ball(place) >= to_ball(low) and constant_ball(place) <= to_ball(high)):
                continue
            order = self.order(place)
            if order is None:
                continue
            ball = constant_ball(place)
            if relation != ">=":
                return Cleared(ball, False, (left, right))
            jet = compile_jet(self._derivatives[order], self._symbol)
            for _ in range(80):
                around = ball + arb(0, 1) * to_ball(reach)
                value = jet(around)[0]
                if value > 0 or value < 0:
                    sign = 1 if value > 0 else -1
                    before = to_sympy(low) == place or sign * (-1) ** order > 0
                    after = to_sympy(high) == place or sign > 0
                    ends = dyadic(around.lower()), dyadic(around.upper())
                    return Cleared(ball, before and after, ends)
                reach = reach / 2
        return None

    def differs_from_zero(self, place: Expr) -> bool:
        """Whether the quantity is certainly not zero at a place."""
        value = self._jet(constant_ball(place))[0]
        return bool(value > 0 or value < 0)

    def order(self, place: Expr) -> int | None:
        """The order of the zero at a place; None if there is none, or that is not known (near switches, say)."""
        if self._derivatives[0].has(*SWITCHES):
            return None
        if place not in self._orders:
            if not self._jet(constant_ball(place))[0].contains(0):
                return None
            self.asked += 1
            order = 0
            while order < _MOST_ORDER and self._vanishes(order, place):
                order += 1
            self._orders[place] = order if 0 < order < _MOST_ORDER else None
        return self._orders[place]

    def _vanishes(self, order: int, place: Expr) -> bool:
        """Whether a derivative is certainly zero at a place."""
        while len(self._derivatives) <= order:
            self._derivatives.append(self._derivatives[-1].diff(self._symbol))
        derivative = self._derivatives[order]
        if derivative.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta):
            return False
        return is_zero(derivative.xreplace({self._symbol: place}))


def plain_places(place: Fraction | arb) -> list[Expr]:
    """The plainest rational, multiple of pi and square root of a rational at a place that is known about."""
    if isinstance(place, Fraction):
        near = abs(place) * _NEAR
        return [*candidates(place, place), *(c for c in candidates(place - near, place + near) if not c.is_Rational)]
    return candidates(dyadic(place.lower()), dyadic(place.upper()))


def candidates(left: Fraction, right: Fraction) -> list[Expr]:
    """The plainest rational, multiple of pi and square root of a rational in an interval."""
    found = [to_sympy(simplest(left, right))]
    turns = to_ball(left).union(to_ball(right)) / arb.pi()
    if turns.is_finite() and turns.rad() < 1 and not turns.contains(0):
        found.append(to_sympy(simplest(dyadic(turns.lower()), dyadic(turns.upper()))) * sympy.pi)
    if left * right > 0:
        near, far = sorted((left**2, right**2))
        square = simplest(near, far)
        if max(square.as_integer_ratio()) <= _LONGEST_SQUARE:  # sympy looks for factors
            root = sympy.sqrt(to_sympy(square))
            found += [] if root.is_Rational else [root if left > 0 else -root]
    return [place for place in found if all(max(abs(r.p), r.q) <= _LONGEST for r in place.atoms(sympy.Rational))]


def vanishes_at(expression: Expr, symbols: Sequence[Symbol], point: Sequence[Fraction]) -> bool:
    """Whether an expression is certainly zero at a rational point."""
    if any(max(abs(v.numerator), v.denominator) > _LONGEST for v in point):
        return False
    return is_zero(expression.xreplace(dict(zip(symbols, map(to_sympy, point)))))


def is_zero(number: Expr) -> bool:
    """Whether a real constant is certainly zero."""
    if number.is_Rational:
        return bool(number == 0)
    if number.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
        return False
    for bits in (ctx.prec, _SHARP_BITS):  # tiny numbers are no zeros, and would keep sympy busy
        with precision(bits):
            if not constant_ball(number).contains(0):
                return False
    return bool(sympy.simplify(number) == 0)
