"""Certified integrals of formulas: complex ball arithmetic for FLINT's rigorous adaptive quadrature.

Every compiled function takes a complex ball and the flag `analytic`. With the flag it must return a finite ball only
where it is analytic on the whole of the argument; without it the argument is real and any enclosure will do.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

from flint import acb, arb

from pwlin.base.errors import TargetError
from pwlin.formulas.arithmetic.balls import (
    Balls,
    are_opposite,
    cached_constant,
    possible_branches,
    power_ball,
    relation_holds,
)
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import COMPLEX_NAN, SWITCHES, Elementary
from pwlin.formulas.evaluate import Fold

if TYPE_CHECKING:
    from sympy import Expr, Symbol

ComplexFunction = Callable[[acb, bool], acb]
Condition = Callable[[acb], bool | None]

_MOST_EVALUATIONS = 50_000


def compile_complex(expression: Expr, symbol: Symbol | None) -> ComplexFunction:
    """The expression as a function for `integrate`."""
    return Fold(ComplexBalls(symbol)).value(expression)


def integrate(
    function: ComplexFunction, low: arb, high: arb, relative: arb, absolute: arb, most: int = _MOST_EVALUATIONS
) -> arb:
    """Ball around the integral of a real function over [low, high]; it aims at either tolerance, within so many evaluations.

    An exception in the function, Ctrl-C included, ends the integration and comes out as it is. FLINT passes on an
    `Exception` only: what else is raised would become a SystemError.
    """
    raised: list[BaseException] = []

    def guarded(z: acb, analytic: bool) -> acb:
        if raised:
            return COMPLEX_NAN
        try:
            return function(z, analytic)
        except BaseException as error:  # noqa: BLE001 (raised again below)
            raised.append(error)
            return COMPLEX_NAN

    try:
        ball = acb.integral(guarded, low, high, rel_tol=relative, abs_tol=absolute, eval_limit=most).real
    except SystemError as error:
        raised.append(error)
    if raised:
        raise _first(raised[-1])
    return ball


def _first(error: BaseException) -> BaseException:
    """What is behind a SystemError: a signal between two calls is raised before the next one enters its ``try``."""
    while isinstance(error, SystemError) and (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error


@dataclass(frozen=True)
class ComplexBalls:
    """The arithmetic of functions for `integrate`."""

    symbol: Symbol | None

    def variable(self, symbol: Symbol) -> ComplexFunction:
        """The argument itself."""
        if symbol != self.symbol:
            raise TargetError(f"target: found the variable {symbol}; accepted is {self.symbol}")
        return lambda z, analytic: z

    def constant(self, number: Expr) -> ComplexFunction:
        """A number, as precise as is worked with."""
        ball = cached_constant(number)
        return lambda z, analytic: acb(ball())

    def add(self, parts: Sequence[ComplexFunction]) -> ComplexFunction:
        """A sum."""
        return lambda z, analytic: reduce(operator.add, [part(z, analytic) for part in parts])

    def multiply(self, parts: Sequence[ComplexFunction]) -> ComplexFunction:
        """A product."""
        return lambda z, analytic: reduce(operator.mul, [part(z, analytic) for part in parts])

    def integer_power(self, base: ComplexFunction, exponent: int, expression: Expr) -> ComplexFunction:
        """A power with a whole exponent."""
        if exponent > 0:
            return lambda z, analytic: base(z, analytic) ** exponent
        return self._applied(lambda inner, analytic: inner**exponent, base, expression)

    def real_power(self, base: ComplexFunction, exponent: Expr, expression: Expr) -> ComplexFunction:
        """A power of what is not negative on the real line."""

        power = cached_constant(exponent)

        def rule(inner: acb, analytic: bool) -> acb:
            if analytic:
                return inner.pow(acb(power()), analytic=True)
            return acb(power_ball(inner.real, power()))

        return self._applied(rule, base, expression)

    def apply(self, function: Elementary, argument: ComplexFunction, expression: Expr) -> ComplexFunction:
        """An elementary function."""
        return self._applied(function.complex_ball, argument, expression)

    def _applied(
        self, rule: Callable[[acb, bool], acb], argument: ComplexFunction, expression: Expr
    ) -> ComplexFunction:
        """A rule on an argument, which is made sharper by Taylor's formula where the rule cannot do with it."""
        derivatives: list[ComplexFunction] = []
        smooth = self.symbol in expression.free_symbols and not expression.has(Divided, *SWITCHES)

        def evaluate(z: acb, analytic: bool) -> acb:
            inner = argument(z, analytic)
            found = rule(inner, analytic)
            if found.is_finite() or not smooth or not inner.is_finite():
                return found
            if not derivatives:
                derivatives.extend(compile_complex(expression.diff(self.symbol, k), self.symbol) for k in (1, 2))
            middle, step = z.mid(), z - z.mid()
            inside = not middle.imag.is_zero()
            slope, bend = derivatives[0](middle, inside), derivatives[1](z, analytic)
            return rule(argument(middle, inside) + slope * step + bend * step * step / 2, analytic)

        return evaluate

    def extremum(self, largest: bool, parts: Sequence[ComplexFunction], expressions: Sequence[Expr]) -> ComplexFunction:
        """The largest or smallest, by the differences of any two; not analytic where that is not settled."""
        if largest and are_opposite(expressions):
            return self._magnitude(parts[0], expressions[0])
        pairs = list(combinations(range(len(parts)), 2))
        leads = [(i, j, self._real_part(expressions[i] - expressions[j])) for i, j in pairs]

        def evaluate(z: acb, analytic: bool) -> acb:
            alive = set(range(len(parts)))
            for i, j, lead in leads:
                if i in alive and j in alive:
                    difference = lead(z)
                    if difference >= 0 or difference <= 0:
                        alive.discard(j if bool(difference >= 0) == largest else i)
            if len(alive) == 1:
                return parts[alive.pop()](z, analytic)
            if analytic:
                return COMPLEX_NAN
            return acb(reduce(arb.max if largest else arb.min, [parts[i](z, False).real for i in sorted(alive)]))

        return evaluate

    def _magnitude(self, inner: ComplexFunction, expression: Expr) -> ComplexFunction:
        """The larger of a function and its negative; evaluated once, unless its sign takes the mean value form."""
        lead = None if expression.has(*SWITCHES) else self._real_part(expression)

        def evaluate(z: acb, analytic: bool) -> acb:
            found = inner(z, analytic)
            size = found.real
            if lead is not None and not (size >= 0 or size <= 0):
                size = lead(z)
            if size >= 0 or size <= 0:
                return found if size >= 0 else -found
            return COMPLEX_NAN if analytic else acb(found.real.max(-found.real))

        return evaluate

    def divided(self, part: Divided) -> ComplexFunction:
        """The quotient, or by the derivative between the zero and the ball, whichever is narrower."""
        quotient = compile_complex(part.quotient, self.symbol)
        derivative, at = compile_complex(part.derivatives(1)[0], self.symbol), cached_constant(part.args[2])

        def evaluate(z: acb, analytic: bool) -> acb:
            zero = at()
            plain = quotient(z, analytic)
            hull = derivative(acb(z.real.union(zero), z.imag.union(arb(0))), analytic)
            return hull if not plain.is_finite() or hull.rad() < plain.rad() else plain

        return evaluate

    def choose(self, branches: Sequence[tuple[Callable[[], ComplexFunction], Condition]]) -> ComplexFunction:
        """The first branch that holds; not analytic where that is not settled."""
        compiled = [(branch(), condition) for branch, condition in branches]

        def evaluate(z: acb, analytic: bool) -> acb:
            possible = possible_branches(compiled, z)
            if possible is None or (analytic and len(possible) > 1):
                return COMPLEX_NAN
            values = [branch(z, analytic) for branch in possible]
            return values[0] if len(values) == 1 else acb(reduce(arb.union, [value.real for value in values]))

        return evaluate

    def compare(self, difference: Expr, relation: str) -> Condition:
        """By the real part of the difference of both sides."""
        real_part = self._real_part(difference)
        return lambda z: relation_holds(relation, real_part(z))

    truth, every, negate = Balls.truth, Balls.every, Balls.negate

    def _real_part(self, difference: Expr) -> Callable[[acb], arb]:
        """The plain one, or by the mean value form where the plain one has no certain sign."""
        function = compile_complex(difference, self.symbol)
        smooth = self.symbol is not None and not difference.has(*SWITCHES)
        derivative = compile_complex(difference.diff(self.symbol), self.symbol) if smooth else None

        def evaluate(z: acb) -> arb:
            analytic = not z.imag.is_zero()
            plain = function(z, analytic).real
            if plain > 0 or plain < 0 or derivative is None:
                return plain
            slope = derivative(z, True)
            if not slope.real.is_finite() or not slope.imag.is_finite():
                return plain
            middle = z.mid()
            return (function(middle, not middle.imag.is_zero()) + slope * (z - middle)).real

        return evaluate
