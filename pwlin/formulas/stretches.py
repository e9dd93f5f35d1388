"""Formulas cut where they switch: stretches of the line on which Abs, Max, sign, floor and branches are settled."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import fmpq, fmpq_poly

from pwlin.exact.algebraic import RealRoot, rational_poly, roots_between, sign_at
from pwlin.exact.bridges import dyadic, from_fmpq, to_fmpq
from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.formulas.switches import switches, unfolded

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Place = Fraction | RealRoot
"""A real algebraic number, exactly."""

_MOST = 200
_BITS = 256


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval, and a formula that equals the given one inside of it."""

    expression: Expr
    left: Place
    right: Place

    @property
    def outer(self) -> tuple[Fraction, Fraction]:
        """Rational ends that hold the stretch, closely."""
        return below(self.left), above(self.right)


def stretches(expression: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> list[Stretch]:
    """The domain cut wherever the formula switches at roots of polynomials, left to right.

    Switches elsewhere stay in the formulas, and so do those beyond the first 200 stretches.
    """
    found: list[Stretch] = []
    waiting = [Stretch(unfolded(expression, {symbol: Range(low, high)}), low, high)]
    while waiting:
        stretch = waiting.pop()
        known = ((s, polynomial_of(s.difference, symbol)) for s in switches(stretch.expression))
        switch, poly = next(((s, p) for s, p in known if p is not None), (None, None))
        if switch is None or len(found) + len(waiting) > _MOST:
            found.append(stretch)
            continue
        places = [stretch.left, *roots_within(poly, stretch.left, stretch.right), stretch.right]
        for left, right in reversed(list(zip(places, places[1:]))):
            sign = sign_at(poly, to_fmpq((above(left) + below(right)) / 2))
            try:
                taken = switch.taken(stretch.expression, sign)
            except ValueError:  # sympy compares no imaginary numbers, as in Max(sqrt(-1), 0)
                taken = sympy.I
            waiting.append(Stretch(taken, left, right))
    return found


def polynomial_of(expression: Expr, symbol: Symbol | None, most: int | None = None) -> fmpq_poly | None:
    """A formula as a FLINT polynomial with rational coefficients, if it is one, of degree `most` at most if that is given."""
    coefficients = polynomial_coefficients(expression, [symbol if symbol is not None else sympy.Dummy(real=True)])
    if coefficients is None:
        return None
    degree = max((e for (e,) in coefficients), default=0)
    if most is not None and degree > most:
        return None
    return rational_poly(tuple(coefficients.get((e,), Fraction(0)) for e in range(degree + 1)))


def roots_within(poly: fmpq_poly, left: Place, right: Place) -> list[Place]:
    """The real roots strictly within an interval, left to right; none of a constant."""
    if poly.degree() < 1:
        return []
    roots = roots_between(poly, to_fmpq(below(left)), to_fmpq(above(right)))
    places = [root if isinstance(root, RealRoot) else from_fmpq(fmpq(root)) for root, _ in roots]
    return [place for place in places if _Key(left) < _Key(place) < _Key(right)]


def below(place: Place) -> Fraction:
    """The place, or a rational number closely below."""
    return place if isinstance(place, Fraction) else dyadic(place.ball(_BITS).lower())


def above(place: Place) -> Fraction:
    """The place, or a rational number closely above."""
    return place if isinstance(place, Fraction) else dyadic(place.ball(_BITS).upper())


class _Key:
    """Orders places: equal ones have equal records, others are told apart by balls."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __lt__(self, other: _Key) -> bool:
        bits, one, two = _BITS, self._place, other._place
        while one != two:
            a, b = (p if isinstance(p, Fraction) else p.ball(bits) for p in (one, two))
            low, high = (a, b) if isinstance(a, Fraction) and isinstance(b, Fraction) else (_end(a, 1), _end(b, 0))
            if low < high:
                return True
            if _end(b, 1) < _end(a, 0) or (isinstance(a, Fraction) and isinstance(b, Fraction)):
                return False
            bits *= 2
        return False


def _end(ball: object, upper: int) -> Fraction:
    return ball if isinstance(ball, Fraction) else dyadic(ball.upper() if upper else ball.lower())  # type: ignore[attr-defined]
