"""Ball arithmetic on formulas: certified values and first two derivatives of a sympy expression on whole intervals.

A jet is a triple of real balls (value, first, second derivative), valid for every point of the argument's ball. Where
``Abs``, ``Min`` or ``Max`` switch inside the ball, the first derivative is the hull of the two sides' (enough for the
mean value form) and the second is not finite. Where a piecewise definition, ``sign`` or ``floor`` switches, only the value
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

import sympy
from flint import arb, ctx, fmpq

from pwlin.base.errors import TargetError
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import NAN, Elementary, square
from pwlin.formulas.evaluate import Fold

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.logic.boolalg import Boolean

F = TypeVar("F")
Jet = tuple[arb, arb, arb]
JetFunction = Callable[[arb], Jet]
Condition = Callable[[arb], bool | None]
"""From a ball to whether a condition holds there: True, False, or None where it is not settled."""

_ZERO, _ONE = arb(0), arb(1)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with `bits` bits of precision."""
    with ctx.workprec(bits):
        yield


def constant_ball(number: Expr) -> arb:
    """A ball around a real constant (no free symbols) at the working precision."""
    if number.is_Rational:
        return arb(fmpq(int(number.p), int(number.q)))
    if number is sympy.pi:
        return arb.pi()
    if number is sympy.E:
        return arb.const_e()
    return Fold(Balls(None)).of_parts(number)(_ZERO)[0]


def cached_constant(number: Expr) -> Callable[[], arb]:
    """`constant_ball` of one number, worked out once for each precision."""
    known: dict[int, arb] = {}

    def ball() -> arb:
        if ctx.prec not in known:
            known[ctx.prec] = constant_ball(number)
        return known[ctx.prec]

    return ball


def power_ball(base: arb, exponent: arb) -> arb:
    """``base ** exponent`` for a base known to be non-negative: its ball is cut at zero."""
    if base > 0:
        return base**exponent
    if not exponent > 0 or base < 0:
        return NAN
    top = arb(base.upper()) ** exponent if base.upper() > 0 else _ZERO
    return top.union(_ZERO)


def integer_power_ball(v: arb, n: int) -> arb:
    """``v ** n``, with no negative part for even n."""
    if n < 0:
        return 1 / integer_power_ball(v, -n)
    if n % 2 == 0:
        return _ONE if n == 0 else integer_power_ball(square(v), n // 2) if n > 2 else square(v)
    return v if n == 1 else v * integer_power_ball(v, n - 1)


def _chain(inner: Jet, value: arb, first: arb, second: arb) -> Jet:
    return value, first * inner[1], second * inner[1] * inner[1] + first * inner[2]


def _add(a: Jet, b: Jet) -> Jet:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _multiply(a: Jet, b: Jet) -> Jet:
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + 2 * a[1] * b[1] + a[0] * b[2]


def _integer_power(a: Jet, n: int) -> Jet:
    v = a[0]
    first, second = (integer_power_ball(v, n - 1), integer_power_ball(v, n - 2)) if n != 2 else (v, _ONE)
    return _chain(a, integer_power_ball(v, n), n * first, n * (n - 1) * second)


def _real_power(a: Jet, r: arb) -> Jet:
    v = a[0]
    return _chain(a, power_ball(v, r), r * power_ball(v, r - 1), r * (r - 1) * power_ball(v, r - 2))


def _applied(rule: Callable[[Jet], Jet], argument: JetFunction) -> JetFunction:
    """A rule on the jet of an argument, which is made sharper where the rule cannot do with it, as next to a pole."""

    def evaluate(x: arb) -> Jet:
        inner = argument(x)
        found = rule(inner)
        if x.is_exact() or all(part.is_finite() for part in found):
            return found
        return rule(_sharper(argument, x, inner))

    return evaluate


def _sharper(argument: JetFunction, x: arb, inner: Jet) -> Jet:
    """The jet of a function on a ball with value and slope from Taylor's formula about its middle."""
    if not inner[2].is_finite():
        return inner
    middle = x.mid()
    value, slope, _ = argument(middle)
    step = x - middle
    better = value + slope * step + inner[2] * square(step) / 2, slope + inner[2] * step
    return *(a.intersection(b) if a.is_finite() and b.is_finite() else a for a, b in zip(inner, better)), inner[2]


def _larger(largest: bool, first: JetFunction, second: JetFunction) -> JetFunction:
    def evaluate(x: arb) -> Jet:
        a, b = first(x), second(x)
        lead = a[0] - b[0]
        if not (lead >= 0 or lead <= 0) and not x.is_exact():
            middle = x.mid()
            lead = first(middle)[0] - second(middle)[0] + (a[1] - b[1]) * (x - middle)
        if lead >= 0 or lead <= 0:
            return a if bool(lead >= 0) == largest else b
        return (a[0].max(b[0]) if largest else a[0].min(b[0])), a[1].union(b[1]), NAN

    return evaluate


def _magnitude(inner: JetFunction) -> JetFunction:
    """As `_larger` of a function and its negative, but the function is evaluated once: folds within folds cost no powers of 2."""

    def evaluate(x: arb) -> Jet:
        found = inner(x)
        value, slope, bend = found
        lead = value
        if not (lead >= 0 or lead <= 0) and not x.is_exact():
            middle = x.mid()
            lead = inner(middle)[0] + slope * (x - middle)
        if lead >= 0:
            return found
        if lead <= 0:
            return -value, -slope, -bend
        return value.max(-value), slope.union(-slope), NAN

    return evaluate


@dataclass(frozen=True)
class Balls:
    """The arithmetic of functions from a real ball, the argument, to jets."""

    symbol: Symbol | None

    def variable(self, symbol: Symbol) -> JetFunction:
        """The argument itself."""
        if symbol != self.symbol:
            raise TargetError(f"target: found the variable {symbol}; accepted is {self.symbol}")
        return lambda x: (x, _ONE, _ZERO)

    def constant(self, number: Expr) -> JetFunction:
        """A number, as precise as is worked with."""
        ball = cached_constant(number)
        return lambda x: (ball(), _ZERO, _ZERO)

    def add(self, parts: Sequence[JetFunction]) -> JetFunction:
        """A sum."""
        return lambda x: reduce(_add, [part(x) for part in parts])

    def multiply(self, parts: Sequence[JetFunction]) -> JetFunction:
        """A product."""
        return lambda x: reduce(_multiply, [part(x) for part in parts])

    def integer_power(self, base: JetFunction, exponent: int, expression: Expr) -> JetFunction:
        """A power with a whole exponent."""
        if exponent > 0:
            return lambda x: _integer_power(base(x), exponent)
        return _applied(lambda inner: _integer_power(inner, exponent), base)

    def real_power(self, base: JetFunction, exponent: Expr, expression: Expr) -> JetFunction:
        """A power of what is not negative."""
        power = cached_constant(exponent)
        return _applied(lambda inner: _real_power(inner, power()), base)

    def apply(self, function: Elementary, argument: JetFunction, expression: Expr) -> JetFunction:
        """An elementary function, by the chain rule."""
        return _applied(lambda inner: _chain(inner, *function.ball(inner[0])), argument)

    def extremum(self, largest: bool, parts: Sequence[JetFunction], expressions: Sequence[Expr]) -> JetFunction:
        """The largest or smallest, two by two."""
        if largest and are_opposite(expressions):
            return _magnitude(parts[0])
        return reduce(lambda first, second: _larger(largest, first, second), parts)

    def divided(self, part: Divided) -> JetFunction:
        """The quotient, or by derivatives between the zero and the ball, whichever is narrower."""
        quotient = compile_jet(part.quotient, self.symbol)
        derivatives = [compile_jet(d, self.symbol) for d in part.derivatives(3)]
        zero = cached_constant(part.args[2])

        def evaluate(x: arb) -> Jet:
            between = x.union(zero())
            plain, hulls = quotient(x), [derivative(between)[0] for derivative in derivatives]
            one, two, three = (h if not p.is_finite() or h.rad() < p.rad() else p for p, h in zip(plain, hulls))
            return one, two, three

        return evaluate

    def choose(self, branches: Sequence[tuple[Callable[[], JetFunction], Condition]]) -> JetFunction:
        """The first branch that holds; the hull of the values of those that may."""
        compiled = [(branch(), condition) for branch, condition in branches]

        def evaluate(x: arb) -> Jet:
            possible = possible_branches(compiled, x)
            if possible is None:
                return NAN, NAN, NAN
            jets = [branch(x) for branch in possible]
            return jets[0] if len(jets) == 1 else (reduce(arb.union, [jet[0] for jet in jets]), NAN, NAN)

        return evaluate

    def compare(self, difference: Expr, relation: str) -> Condition:
        """By the plain value, or by the mean value form where the sign of the plain one is not settled."""
        jet = compile_jet(difference, self.symbol)

        def evaluate(x: arb) -> bool | None:
            value, slope, _ = jet(x)
            if not (value > 0 or value < 0 or x.is_exact() or not slope.is_finite()):
                middle = x.mid()
                value = jet(middle)[0] + slope * (x - middle)
            return relation_holds(relation, value)

        return evaluate

    def truth(self, value: bool) -> Condition:
        """A condition that is settled."""
        return lambda x: value

    def every(self, parts: Sequence[Condition]) -> Condition:
        """Whether all hold."""

        def evaluate(x: arb) -> bool | None:
            values = [part(x) for part in parts]
            return False if False in values else None if None in values else True

        return evaluate

    def negate(self, part: Condition) -> Condition:
        """Whether it does not hold."""
        return lambda x: None if (holds := part(x)) is None else not holds


def compile_jet(expression: Expr, symbol: Symbol | None) -> JetFunction:
    """A function from a real ball to the jet of `expression` there.

    Raises
    ------
    TargetError
        If the expression contains a function that ball arithmetic here does not know.
    """
    return Fold(Balls(symbol)).value(expression)


def compile_condition(condition: Boolean, symbol: Symbol | None) -> Condition:
    """A function from a ball to whether a condition holds there."""
    return Fold(Balls(symbol)).condition(condition)


def are_opposite(expressions: Sequence[Expr]) -> bool:
    """Whether they are a formula and its negative, the larger of which is its magnitude."""
    return len(expressions) == 2 and bool(expressions[1] == -expressions[0])


def possible_branches(branches: Sequence[tuple[F, Callable[[arb], bool | None]]], x: arb) -> list[F] | None:
    """The branches that may be the first to hold on a ball; None if perhaps none holds."""
    possible = []
    for branch, condition in branches:
        holds = condition(x)
        if holds is not False:
            possible.append(branch)
        if holds is True:
            return possible
    return None


def relation_holds(operator: str, difference: arb) -> bool | None:
    """Whether ``difference operator 0`` holds on all of a ball (True), nowhere on it (False), or neither (None)."""
    yes, no = {
        "<": (difference < 0, difference >= 0),
        "<=": (difference <= 0, difference > 0),
        ">": (difference > 0, difference <= 0),
        ">=": (difference >= 0, difference < 0),
        "==": (difference == 0, difference < 0 or difference > 0),
        "!=": (difference < 0 or difference > 0, difference == 0),
    }[operator]
    return True if yes else False if no else None
