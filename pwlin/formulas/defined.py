"""Proof that a target is defined on an interval, or its refusal by name and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from pwlin.base.errors import TargetError
from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic.balls import Jet, compile_condition, compile_jet, precision, to_ball
from pwlin.formulas.elementary import BY_HEAD, Need

if TYPE_CHECKING:
    from sympy import Expr

_BITS = 128
_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Requirement:
    """`quantity` must be ``!=``, ``>`` or ``>=`` zero wherever all `guards` (branch conditions) may hold."""

    quantity: Any
    relation: str
    reason: str
    guards: tuple[Any, ...]


def check_defined(expression: Any, symbol: Any, low: Fraction, high: Fraction, text: str) -> None:
    """Return if `expression` is certainly defined and finite on all of [low, high].

    Parameters
    ----------
    expression, symbol : sympy expression and its (real) variable; None for a constant
    text : str
        How an error message calls the target.

    Raises
    ------
    TargetError
        With the operation and the place, if the target has a pole there or is undefined, or if that cannot be excluded.
    """
    for need in requirements(expression, ()):
        if need.relation == ">=" and never_negative(need.quantity):
            continue
        holds = _Check(need, symbol, low, high)
        place = holds.failure()
        if place is not None:
            raise TargetError(f"target: found {text}, which is undefined at x = {place}: {need.reason}")


def requirements(expression: Any, guards: tuple[Any, ...]) -> Iterator[Requirement]:
    """What the parts of an expression need in order to be defined, outermost last."""
    if isinstance(expression, sympy.Piecewise):
        earlier: tuple[Any, ...] = ()
        for branch, condition in expression.args:
            yield from requirements(branch, (*guards, *earlier, condition))
            earlier = (*earlier, sympy.Not(condition))
        if expression.args[-1][1] != sympy.true:
            reason = "no condition of its Piecewise holds"
            yield Requirement(sympy.Integer(0), "!=", reason, (*guards, *earlier))
        return
    for argument in expression.args:
        yield from requirements(argument, guards)
    for need in _own_needs(expression):
        yield Requirement(need.quantity, need.relation, need.reason, guards)


def _own_needs(expression: Expr) -> Iterator[Need]:
    head, arguments = expression.func, expression.args
    if head in BY_HEAD:
        yield from BY_HEAD[head].needs(arguments[0])
    elif head is sympy.Pow:
        base, exponent = arguments
        if exponent.is_Integer:
            if exponent < 0:
                yield Need(base, "!=", f"division by {base}, which is zero there")
        elif exponent.free_symbols:
            if base is not sympy.E:
                yield Need(base, ">", f"{expression} needs a positive base")
        elif exponent > 0:
            yield Need(base, ">=", f"{expression} of a negative number")
        else:
            yield Need(base, ">", f"{expression} needs a positive base")
    elif expression in (sympy.zoo, sympy.oo, -sympy.oo, sympy.nan) or expression is sympy.I:
        yield Need(sympy.Integer(0), "!=", f"{expression} is not a real number")


def never_negative(expression: Any) -> bool:
    """Whether the form alone shows that a real expression, where defined, is not negative."""
    if expression.is_Rational:
        return bool(expression >= 0)
    if isinstance(expression, sympy.Pow) and expression.exp.is_Rational:
        return expression.exp.p % 2 == 0 or expression.exp.q > 1 or never_negative(expression.base)
    if isinstance(expression, (sympy.Add, sympy.Mul, sympy.Min)):
        return all(never_negative(argument) for argument in expression.args)
    if isinstance(expression, sympy.Max):
        return any(never_negative(argument) for argument in expression.args)
    return isinstance(expression, (sympy.Abs, sympy.exp, sympy.cosh))


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the least denominator in [low, high]."""
    floor = low.numerator // low.denominator
    if low == floor:
        return low
    if floor + 1 <= high:
        return Fraction(floor + 1) if floor + 1 <= 0 or floor >= 0 else Fraction(0)
    rest = simplest(1 / (high - floor), 1 / (low - floor))
    return floor + 1 / rest


class _Check:
    """Bisection of the domain until one need is proved everywhere, or fails somewhere."""

    def __init__(self, need: Requirement, symbol: Any, low: Fraction, high: Fraction) -> None:
        self._need, self._symbol, self._ends = need, symbol, (low, high)
        self._jet: Callable[[Any], Jet] = compile_jet(need.quantity, symbol)
        self._guards = [compile_condition(guard, symbol) for guard in need.guards]

    def failure(self) -> str | None:
        """Where the need is not met, as text; None if it is met everywhere."""
        with precision(_BITS):
            stack = [(*self._ends, 0)]
            while stack:
                left, right, depth = stack.pop()
                if self._holds(left, right):
                    continue
                if depth >= _DEPTH or self._certainly_fails(left, right):
                    if self._touches_zero_at_an_end(left, right):
                        continue
                    return self._place(left, right)
                middle = (left + right) / 2
                stack += [(middle, right, depth + 1), (left, middle, depth + 1)]
        return None

    def _holds(self, left: Fraction, right: Fraction) -> bool:
        cell = to_ball(left).union(to_ball(right))
        if any(guard(cell) is False for guard in self._guards):
            return True
        value = self._jet(cell)[0]
        if self._need.relation == ">=":
            return bool(value >= 0)
        return bool(value > 0) or (self._need.relation == "!=" and bool(value < 0))

    def _certainly_fails(self, left: Fraction, right: Fraction) -> bool:
        """Whether the need fails on the whole cell."""
        cell = to_ball(left).union(to_ball(right))
        if any(guard(cell) is not True for guard in self._guards):
            return False
        value = self._jet(cell)[0]
        return bool({"!=": value == 0, ">": value <= 0, ">=": value < 0}[self._need.relation])

    def _touches_zero_at_an_end(self, left: Fraction, right: Fraction) -> bool:
        """Whether a quantity that must not be negative is monotone here and exactly zero (or more) where it is least."""
        if self._need.relation != ">=":
            return False
        slope = self._jet(to_ball(left).union(to_ball(right)))[1]
        if not (slope > 0 or slope < 0):
            return False
        least = left if slope > 0 else right
        value = self._need.quantity.subs(self._symbol, sympy.Rational(least.numerator, least.denominator))
        return bool(value.is_nonnegative) or sympy.simplify(value) == 0

    def _place(self, left: Fraction, right: Fraction) -> str:
        place = simplest(left, right)
        return str(place) if place.denominator < 1000 else f"{nearest_float(place):.6g}"
