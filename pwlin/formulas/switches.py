"""Formulas cut where they switch: stretches of the line on which Abs, Max, sign, floor and branches are settled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import sympy
from flint import fmpq, fmpq_poly
from sympy.core.relational import Relational

from pwlin.exact.algebraic import RealRoot, rational_poly, roots_between
from pwlin.exact.bridges import dyadic, from_fmpq, to_fmpq, to_sympy
from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.formulas.arithmetic.ranges import Range, range_of

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
    waiting = [Stretch(expression, low, high)]
    while waiting:
        stretch = waiting.pop()
        switch = None if len(found) + len(waiting) > _MOST else _first_switch(stretch, symbol)
        if switch is None:
            found.append(stretch)
            continue
        node, polynomials = switch
        inner = {root for poly in polynomials for root in roots_within(poly, stretch.left, stretch.right)}
        places = [stretch.left, *sorted(inner, key=_Key), stretch.right]
        for left, right in reversed(list(zip(places, places[1:]))):
            middle = (above(left) + below(right)) / 2
            settled = _settled(node, symbol, to_sympy(middle))
            waiting.append(Stretch(stretch.expression.xreplace({node: settled}), left, right))
    return found


def polynomial_of(expression: Expr, symbol: Symbol) -> fmpq_poly | None:
    """A formula as a FLINT polynomial with rational coefficients, if it is one."""
    coefficients = polynomial_coefficients(expression, [symbol])
    if coefficients is None:
        return None
    degree = max((e for (e,) in coefficients), default=0)
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


def _first_switch(stretch: Stretch, symbol: Symbol) -> tuple[Expr, list[fmpq_poly]] | None:
    """The innermost part that switches at roots of polynomials, and these."""
    for node in sympy.postorder_traversal(stretch.expression):
        differences = _differences(node, stretch, symbol)
        polynomials = [polynomial_of(difference, symbol) for difference in differences]
        known = [poly for poly in polynomials if poly is not None]
        if known and (len(known) == len(polynomials) or isinstance(node, (sympy.Max, sympy.Min))):
            return node, known
    return None


def _differences(node: Expr, stretch: Stretch, symbol: Symbol) -> Sequence[Expr]:
    if isinstance(node, (sympy.Abs, sympy.sign)):
        return [node.args[0]]
    if isinstance(node, (sympy.Max, sympy.Min)):
        return [a - b for a, b in combinations(node.args, 2)]
    if isinstance(node, Relational):
        return [node.lhs - node.rhs]
    if isinstance(node, sympy.floor):
        found = range_of(node.args[0], {symbol: Range(*stretch.outer)})
        if isinstance(found.low, Fraction) and isinstance(found.high, Fraction) and found.high - found.low < _MOST:
            return [node.args[0] - n for n in range(math.floor(found.low), math.floor(found.high) + 2)]
    return []


def _settled(node: Expr, symbol: Symbol, middle: Expr) -> Expr:
    """What a part is on a stretch, by what it is in the middle."""
    there = {symbol: middle}
    if isinstance(node, sympy.Abs):
        return node.args[0] if node.args[0].xreplace(there) >= 0 else -node.args[0]
    if isinstance(node, (sympy.Max, sympy.Min)):
        known = [a for a in node.args if polynomial_of(a - node.args[0], symbol) is not None]
        if len(known) < 2:
            first = next(a for a, b in combinations(node.args, 2) if polynomial_of(a - b, symbol) is not None)
            known = [a for a in node.args if polynomial_of(a - first, symbol) is not None]
        leads = [(a - known[0]).xreplace(there) for a in known]
        best = known[leads.index(max(leads) if isinstance(node, sympy.Max) else min(leads))]
        rest = [a for a in node.args if a not in known]
        return node.func(best, *rest, evaluate=False) if rest else best
    return node.xreplace(there)
