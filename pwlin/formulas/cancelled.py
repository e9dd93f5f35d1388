"""Parts of a formula that cancel while it is read: what they need in order to be defined holds all the same.

A formula is defined where its own parts are: ``exp(log(x))`` for positive x only. A point where a part is undefined is
removable, and the limit is taken, if around it all parts are defined and what is left after cancelling does not jump there:
``x**2/x`` at 0, but not ``x/|x|``.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import arb

from pwlin.base.errors import PwlinWarning
from pwlin.exact.bridges import to_ball, to_fmpq
from pwlin.formulas.arithmetic.balls import compile_jet, precision
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.formulas.defined import check_defined, doubt_on, place_text, refusal
from pwlin.formulas.elementary import JUMPS, SWITCHES
from pwlin.formulas.needs import Requirement, factored, requirements
from pwlin.formulas.stretches import Place, above, below, polynomial_of, roots_within, stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from sympy import Expr, Symbol

    from pwlin.formulas.kinds import Formula

_BITS = 128
_SHARES = (Fraction(1, 2), Fraction(1, 3), Fraction(5, 7))


def check_target(goal: Formula, low: Fraction, high: Fraction) -> None:
    """Return if a target of one variable is certainly defined on [low, high], but perhaps at removable points.

    Raises
    ------
    TargetError
        As `pwlin.formulas.defined.check_defined`.
    """
    check_cancelled(goal, low, high)
    check_defined(goal.simplified, goal.symbol, low, high, repr(goal.text))


def check_cancelled(goal: Formula, low: Fraction, high: Fraction) -> None:
    """Return if the parts of a target that have cancelled are defined on [low, high], but perhaps at removable points.

    Raises
    ------
    TargetError
        With the operation and the place.
    """
    [symbol] = goal.variables
    gaps = []
    for need in cancelled_on({symbol: Range(low, high)}, goal):
        doubt = doubt_on(need.unguarded, symbol, low, high)
        if doubt is None:
            continue
        place = place_text(doubt.place)
        if not _is_removable(need, goal.simplified, symbol, (low, high)):
            raise refusal(repr(goal.text), f"{symbol} = {place}", need.reason, doubt.certain)
        gaps.append(f"{symbol} = {place}")
    if gaps:
        where = "; and at ".join(dict.fromkeys(gaps))
        text = f"target {goal.text!r} has no value at {where}, where its limit is taken"
        warnings.warn(text, PwlinWarning, stacklevel=3)


def cancelled_on(domain: Mapping[Symbol, Range], goal: Formula) -> list[Requirement]:
    """What cancelled parts of a target need on a domain, but for what the simplified expression is held to itself."""
    if not goal.cancelled_needs:
        return []
    held = {(need.quantity, need.relation) for need in requirements(goal.simplified, domain) if not need.guards}
    return [need for need in factored(goal.cancelled_needs, domain) if not _is_among(need, held)]


def _is_among(need: Requirement, held: Set[tuple[Expr, str]]) -> bool:
    """Whether a requirement, or a stronger one, is among some quantities and relations."""
    q, relation = need.quantity, need.relation
    same = {(q, relation), (q, ">")} | ({(-q, "!="), (-q, ">")} if relation == "!=" else set())
    return bool(same & held)


def _is_removable(need: Requirement, kept: Expr, symbol: Symbol, ends: tuple[Fraction, Fraction]) -> bool:
    """Whether a requirement certainly fails at single points only, and the rest of the formula jumps at none of them."""
    if need.relation == ">=":
        return False
    plain = need.unguarded
    if need.relation == ">" and doubt_on(replace(plain, relation=">="), symbol, *ends) is not None:
        return False
    cuts = _cuts(plain.quantity, symbol, ends)
    if cuts is None:
        return False
    for left, right in zip(cuts, cuts[1:]):
        for stretch in stretches(plain.quantity, symbol, above(left), below(right)):
            if stretch.expression.has(*SWITCHES) or not _differs_from_zero(stretch.expression, symbol, *stretch.outer):
                return False  # analytic, and somewhere not zero: its zeros are single points
    return not kept.has(*JUMPS) or _jumps_elsewhere(plain.quantity, kept, symbol, ends)


def _cuts(quantity: Expr, symbol: Symbol, ends: tuple[Fraction, Fraction]) -> list[Place] | None:
    """The places, the domain's ends among them, between which a quantity is certainly defined; None if that is not known."""
    found: list[Place] = []
    for need in requirements(quantity, {symbol: Range(*ends)}):
        if doubt_on(need.unguarded, symbol, *ends) is None:
            continue
        poly = None if need.guards else polynomial_of(need.quantity, symbol)
        if poly is None or poly == 0 or need.relation == ">=":
            return None
        if need.relation == ">" and doubt_on(replace(need, relation=">="), symbol, *ends) is not None:
            return None
        found += roots_within(poly, *ends)
    return [ends[0], *sorted(dict.fromkeys(found), key=below), ends[1]]


def _differs_from_zero(quantity: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> bool:
    """Whether a quantity is certainly not zero somewhere inside."""
    jet = compile_jet(quantity, symbol)
    with precision(_BITS):
        values = [jet(to_ball(low + (high - low) * share))[0] for share in _SHARES]
    return any(value > 0 or value < 0 for value in values)


def _jumps_elsewhere(quantity: Expr, kept: Expr, symbol: Symbol, ends: tuple[Fraction, Fraction]) -> bool:
    """Whether a formula certainly does not jump at the zeros of a polynomial."""
    poly = polynomial_of(quantity, symbol)
    if poly is None:
        return False
    at_ends = [end for end in ends if poly(to_fmpq(end)) == 0]
    for place in (*at_ends, *roots_within(poly, *ends)):
        with precision(_BITS):
            ball = to_ball(below(place)).union(to_ball(above(place)))
            for part in kept.atoms(*JUMPS):
                value = compile_jet(part.args[0], symbol)(ball)[0]
                if isinstance(part, sympy.floor):
                    value = value - arb(value.lower()).floor()
                    if not (value > 0 and value < 1):
                        return False
                elif not (value > 0 or value < 0):
                    return False
    return True
