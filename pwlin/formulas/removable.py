"""Quotients continued where numerator and denominator vanish together: ``sin(x)/x`` at 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from pwlin.formulas.arithmetic.balls import compile_jet, constant_ball
from pwlin.formulas.divided import Divided, limit_at
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.zeros import Zeros, is_zero

if TYPE_CHECKING:
    from sympy import Expr, Symbol


def continued(expression: Expr, symbol: Symbol, place: Expr) -> Expr | None:
    """The expression with every quotient that has a limit at the place continued there; None if none has."""
    for form in (expression, sympy.together(expression)):
        found = form.replace(_is_quotient, lambda part: _without_zeros(part, symbol, place))
        if found != form:
            return found
    if not any(_order(sympy.cos(part.args[0]), symbol, place) for part in expression.atoms(sympy.tan)):
        return None
    plain = sympy.together(expression.replace(sympy.tan, lambda angle: sympy.sin(angle) / sympy.cos(angle)))
    there = compile_jet(plain, symbol)(constant_ball(place))[0]
    return plain if there.is_finite() else continued(plain, symbol, place)


def without_gaps(expression: Expr, symbol: Symbol) -> Expr:
    """The expression without branches that only fill the gap of a quotient by its limit."""
    return expression.replace(sympy.Piecewise, lambda *branches: _filled(branches, symbol))


def _is_quotient(part: Expr) -> bool:
    factors = sympy.Mul.make_args(part)
    return any(isinstance(f, sympy.Pow) and f.exp.is_Integer and f.exp < 0 and f.base.free_symbols for f in factors)


def _without_zeros(part: Expr, symbol: Symbol, place: Expr) -> Expr:
    """A product with zeros of its factors at the place drawn out and cancelled; the product itself if a pole stays.

    Of the factors above the line only as many as are needed are divided, plain ones first: derivatives of folds are steps.
    """
    factors = [
        f.as_base_exp() if f.is_Pow and f.exp.is_Integer else (f, sympy.Integer(1)) for f in part.as_ordered_factors()
    ]
    above = sorted((pair for pair in factors if pair[1] > 0), key=lambda pair: _plainness(pair[0]))
    found, order = sympy.Integer(1), 0
    for base, power in (*(pair for pair in factors if pair[1] < 0), *above):
        if power > 0 and order >= 0:  # nothing is left to cancel
            found *= base**power
            continue
        times = 0 if not base.free_symbols or base.has(Divided) else _order(base, symbol, place)
        if times is None and power < 0:
            return part
        found *= _divided(base, symbol, place, times or 0) ** power
        order += (times or 0) * int(power)
    return found * (symbol - place) ** order if order >= 0 and found != part else part


def _plainness(base: Expr) -> tuple[bool, bool, int]:
    return not base.is_polynomial(), base.has(sympy.asin, sympy.acos, *SWITCHES), int(sympy.count_ops(base))


def _order(base: Expr, symbol: Symbol, place: Expr) -> int | None:
    """The order of a zero at the place, 0 if there is certainly none; None if that is not known."""
    zeros = Zeros(base, symbol, compile_jet(base, symbol))
    return 0 if zeros.differs_from_zero(place) else zeros.order(place)


def _divided(base: Expr, symbol: Symbol, place: Expr, order: int) -> Expr:
    if order == 0:
        return base
    if base.is_polynomial(symbol):
        return sympy.quo(base, (symbol - place) ** order, symbol)
    return Divided(base, symbol, place, order)


def _filled(branches: tuple[tuple[Expr, Expr], ...], symbol: Symbol) -> Expr:
    """A Piecewise of a quotient but for one point and its limit at that point: the continued quotient."""
    whole = sympy.Piecewise(*branches)
    if len(branches) != 2 or not isinstance(branches[0][1], sympy.Ne) or branches[1][1] != sympy.true:
        return whole
    (quotient, elsewhere), (value, _) = branches
    places = (
        sympy.solve(elsewhere.lhs - elsewhere.rhs, symbol)
        if (elsewhere.lhs - elsewhere.rhs).is_polynomial(symbol)
        else []
    )
    if len(places) != 1:
        return whole
    found = continued(quotient, symbol, places[0])
    if found is None or not is_zero(limit_at(found, symbol, places[0]) - value.xreplace({symbol: places[0]})):
        return whole
    return found
