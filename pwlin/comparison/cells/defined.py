"""Proof that a target of several variables is defined on simplices, or its refusal by name and place."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from pwlin.base.errors import TargetError
from pwlin.comparison.cells.batch import DEEPEST, Batch, Whole
from pwlin.comparison.cells.model import ErrorModel
from pwlin.comparison.cells.simplices import Affine, Simplex, value_at
from pwlin.comparison.cells.switches import affine_form
from pwlin.exact.rational import nearest_float
from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.formulas.arithmetic.floats import Floats
from pwlin.formulas.defined import Requirement, never_negative, requirements, simplest
from pwlin.geometry.polytope import Point

_AT_ONCE = 256
_BUDGET = 400_000


def check_defined_nd(expression: Any, symbols: Sequence[Any], simplices: Sequence[Simplex], text: str) -> None:
    """Return if `expression` is certainly defined and finite on all of the simplices.

    Parameters
    ----------
    text : str
        How an error message calls the target.

    Raises
    ------
    TargetError
        With the operation and the place, if the target has a pole there or is undefined, or if that cannot be excluded.
    """
    for need in dict.fromkeys(requirements(expression, ())):
        if need.relation == ">=" and never_negative(need.quantity):
            continue
        left = simplices
        factors = _affine_factors(need.quantity, symbols)
        if factors is not None:
            left = [s for s in simplices if not _holds_exactly(need, factors, s)]
            if left and len(factors[1]) == 1 and not need.guards:
                raise _refusal(text, symbols, _worst(factors[0], factors[1][0], left), need)
        if left:
            place = _failure(need, symbols, left)
            if place is not None:
                raise _refusal(text, symbols, place, need)


def _refusal(text: str, symbols: Sequence[Any], place: Point, need: Requirement) -> TargetError:
    names = ", ".join(map(str, symbols))
    values = ", ".join(str(v) if v.denominator < 1000 else f"{nearest_float(v):.6g}" for v in place)
    return TargetError(f"target: found {text}, which is undefined at ({names}) = ({values}): {need.reason}")


def _affine_factors(quantity: Any, symbols: Sequence[Any]) -> tuple[Fraction, list[Affine]] | None:
    """A polynomial as a constant and affine factors (repeated ones as often as they occur), if it has that form."""
    if not quantity.free_symbols or polynomial_coefficients(quantity, symbols) is None:
        return None
    constant, factors = sympy.factor_list(quantity, *symbols)
    forms: list[Affine] = []
    for factor, times in factors:
        form = affine_form(factor, symbols)
        if form is None:
            return None
        forms += [form] * times
    return Fraction(int(constant.p), int(constant.q)), forms


def _holds_exactly(need: Requirement, factors: tuple[Fraction, list[Affine]], simplex: Simplex) -> bool:
    """Whether the signs of the factors at the corners prove the need."""
    constant, forms = factors
    sign, zero = (1 if constant > 0 else -1), False
    odd = [f for f in dict.fromkeys(forms) if forms.count(f) % 2]
    for form in dict.fromkeys(forms):
        at = [value_at(form, corner) for corner in simplex.corners]
        zero = zero or min(at) <= 0 <= max(at)
        if form in odd:
            if min(at) < 0 < max(at):
                return False
            sign *= 1 if max(at) > 0 else -1
    if need.relation == ">=":
        return sign > 0
    return not zero and (need.relation == "!=" or sign > 0)


def _worst(constant: Fraction, form: Affine, simplices: Sequence[Simplex]) -> Point:
    """A corner where the form times the constant is not positive, or else where the form vanishes on an edge."""
    corners = [c for s in simplices for c in s.corners]
    high, low = (pick(corners, key=lambda c: constant * value_at(form, c)) for pick in (max, min))
    top, bottom = value_at(form, high), value_at(form, low)
    if top == bottom or top == 0:
        return high
    share = min(max(top / (top - bottom), Fraction(0)), Fraction(1))
    return tuple(a + share * (b - a) for a, b in zip(high, low))


def _failure(need: Requirement, symbols: Sequence[Any], simplices: Sequence[Simplex]) -> Point | None:
    """Where bisection cannot prove a need; None if it is met everywhere."""
    whole = Whole(simplices, np.zeros(len(simplices), dtype=np.int64))
    model = ErrorModel([need.quantity], symbols, plain=True)
    guards = [_guard(guard) for guard in need.guards]
    stack, spent = whole.start(), 0
    while len(stack):
        part, stack = stack[-_AT_ONCE:], stack[:-_AT_ONCE]
        found = -model.shapes(part).range
        holds = _settled(need.relation, found.low, found.high)
        for guard, relation in guards:
            quantity = -ErrorModel([guard], symbols, plain=True).shapes(part).range
            holds |= _excluded(relation, quantity.low, quantity.high)
        spent += len(part)
        part = part[~holds]
        if len(part) and (part.depth.max() >= DEEPEST or spent > _BUDGET):
            return _place(part[[part.depth.argmax()]])
        if len(part):
            stack = Batch.joined([stack, part.halves()])
    return None


def _guard(condition: Any) -> tuple[Any, str]:
    """A comparison as a quantity and its relation to zero; anything else excludes nothing."""
    negated = isinstance(condition, sympy.Not)
    inner = condition.args[0] if negated else condition
    if not isinstance(inner, sympy.core.relational.Relational):
        return sympy.Integer(0), "?"
    relation = inner.negated.rel_op if negated else inner.rel_op
    return inner.lhs - inner.rhs, relation


def _settled(relation: str, low: Floats, high: Floats) -> Any:
    if relation == ">=":
        return low >= 0
    return (low > 0) | (high < 0) if relation == "!=" else low > 0


def _excluded(relation: str, low: Floats, high: Floats) -> Any:
    """Where a comparison of a quantity with zero certainly fails."""
    tests = {"<": low >= 0, "<=": low > 0, ">": high <= 0, ">=": high < 0, "==": (low > 0) | (high < 0)}
    return tests.get(relation, np.zeros(len(low), dtype=bool))


def _place(part: Batch) -> Point:
    corners = part.corners
    low, high = corners.low.min(axis=(0,)), corners.high.max(axis=(0,))
    return tuple(
        simplest(Fraction(a), Fraction(b)) for a, b in zip(low.min(axis=0).tolist(), high.max(axis=0).tolist())
    )
