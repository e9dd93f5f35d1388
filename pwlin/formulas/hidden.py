"""Zeros of divisors that a switch hides: ``|x|/x`` is 1 on one side of 0 and -1 on the other, and on both nothing is divided by 0.

Such a point is removable if what the formula is on its two sides agrees there: ``x*sin(x)/|x|`` at 0, but not ``|x|/x``. At an
end of the domain one side is all that counts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from pwlin.exact.bridges import to_fmpq, to_sympy
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.formulas.needs import requirements
from pwlin.formulas.stretches import Place, Stretch, polynomial_of, roots_within, stretches
from pwlin.formulas.zeros import is_zero

if TYPE_CHECKING:
    from sympy import Expr, Symbol


def hidden_pole(expression: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> tuple[Place, str] | None:
    """A place where a divisor vanishes though the formula is defined on both sides, which do not agree there; and the reason."""
    if not expression.has(sympy.Abs, sympy.Max, sympy.Min):
        return None
    parts = stretches(expression, symbol, low, high)
    for need in requirements(expression, {symbol: Range(low, high)}):
        if need.relation == "!=" and not need.guards:
            for place in _zeros(need.quantity, symbol, low, high):
                if not _is_continuous(parts, symbol, place):
                    return place, need.reason
    return None


def _zeros(quantity: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> list[Place]:
    """The zeros of a quantity that is a polynomial wherever it does not switch; none of any other."""
    found: list[Place] = []
    for stretch in stretches(quantity, symbol, low, high):
        poly = polynomial_of(stretch.expression, symbol)
        if poly is None:
            return []
        ends = [end for end in (stretch.left, stretch.right) if isinstance(end, Fraction) and poly(to_fmpq(end)) == 0]
        found += [*ends, *roots_within(poly, stretch.left, stretch.right)]
    return list(dict.fromkeys(found))


def _is_continuous(parts: list[Stretch], symbol: Symbol, place: Place) -> bool:
    """Whether stretches that meet at a place certainly agree there; nothing is known of irrational places."""
    beside = [part.expression for part in parts if place in (part.left, part.right)]
    if len(beside) < 2:
        return True
    if not isinstance(place, Fraction):
        return False
    one, two = (part.xreplace({symbol: to_sympy(place)}) for part in beside)
    return bool(one == two) or (not (one - two).has(sympy.zoo, sympy.nan, sympy.oo) and is_zero(one - two))
