"""The one way from a formula to its values: a fold over its parts, in whatever arithmetic the values are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import sympy
from sympy.core.relational import Relational

from pwlin.base.errors import TargetError
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import BY_HEAD, EXP, LOG, Elementary, steps_row
from pwlin.formulas.steps import Steps

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.logic.boolalg import Boolean

V = TypeVar("V")
C = TypeVar("C")


class Arithmetic(Protocol[V, C]):
    """What a kind of values `V`, with answers `C` to comparisons of them, must know."""

    def variable(self, symbol: Symbol) -> V:
        """A variable."""

    def constant(self, number: Expr) -> V:
        """A real number without variables."""

    def add(self, parts: Sequence[V]) -> V:
        """A sum."""

    def multiply(self, parts: Sequence[V]) -> V:
        """A product."""

    def integer_power(self, base: V, exponent: int, expression: Expr) -> V:
        """A power with a whole exponent, which is not zero; `expression` is what its base is."""

    def real_power(self, base: V, exponent: Expr, expression: Expr) -> V:
        """A power of a number that is not negative, with another constant exponent."""

    def apply(self, function: Elementary, argument: V, expression: Expr) -> V:
        """An elementary function; `expression` is what its argument is."""

    def extremum(self, largest: bool, parts: Sequence[V], expressions: Sequence[Expr]) -> V:
        """The largest or smallest of the values of some expressions."""

    def divided(self, part: Divided) -> V:
        """A function without one of its zeros."""

    def choose(self, branches: Sequence[tuple[Callable[[], V], C]]) -> V:
        """The value of the first branch whose condition holds; branches are only made when they are called."""

    def compare(self, difference: Expr, relation: str) -> C:
        """Whether ``difference relation 0`` holds; the relation is one of ``< <= > >= == !=``."""

    def truth(self, value: bool) -> C:
        """A condition that is settled."""

    def every(self, parts: Sequence[C]) -> C:
        """Whether all conditions hold."""

    def negate(self, part: C) -> C:
        """Whether a condition does not hold."""


class Fold(Generic[V, C]):
    """Values of formulas and conditions in one arithmetic, those of each part once."""

    def __init__(self, arithmetic: Arithmetic[V, C]) -> None:
        self._arithmetic = arithmetic
        self._known: dict[Expr, V] = {}

    def value(self, expression: Expr) -> V:
        """The value of an expression.

        Raises
        ------
        TargetError
            If it contains a function that has no row in `pwlin.formulas.elementary`.
        """
        if expression not in self._known:
            if expression.is_Symbol:
                found = self._arithmetic.variable(expression)
            elif not expression.free_symbols:
                found = self._arithmetic.constant(expression)
            else:
                found = self.of_parts(expression)
            self._known[expression] = found
        return self._known[expression]

    def of_parts(self, expression: Expr) -> V:
        """The value of an expression by those of its parts, also if it is a number."""
        head, arguments, arithmetic = expression.func, expression.args, self._arithmetic
        if head is sympy.Piecewise:
            return arithmetic.choose([(self._later(e), self.condition(c)) for e, c in arguments])
        if head is sympy.Pow:
            return self._power(*arguments)
        if head is sympy.Add:
            return arithmetic.add([self.value(a) for a in arguments])
        if head is sympy.Mul:
            return arithmetic.multiply([self.value(a) for a in arguments])
        if head in (sympy.Max, sympy.Min):
            return arithmetic.extremum(head is sympy.Max, [self.value(a) for a in arguments], arguments)
        if head is sympy.Abs:
            sides = (arguments[0], -arguments[0])
            return arithmetic.extremum(True, [self.value(side) for side in sides], sides)
        if head is Divided:
            return arithmetic.divided(expression)
        if head is Steps:
            return arithmetic.apply(steps_row(*expression.ends), self.value(arguments[0]), arguments[0])
        if head in BY_HEAD:
            return arithmetic.apply(BY_HEAD[head], self.value(arguments[0]), arguments[0])
        raise TargetError(
            f"target: found {expression!s:.60}, whose function {head.__name__} has no certified evaluation; accepted are "
            f"arithmetic, powers, {', '.join(row.names[0] for row in BY_HEAD.values())}, Abs, Min, Max and Piecewise"
        )

    def condition(self, condition: Boolean) -> C:
        """Whether a condition holds."""
        arithmetic = self._arithmetic
        if condition in (sympy.true, sympy.false):
            return arithmetic.truth(bool(condition))
        if isinstance(condition, sympy.ITE):  # sympy's own form of a comparison with a Piecewise
            test, yes, no = condition.args
            condition = sympy.Or(sympy.And(test, yes), sympy.And(sympy.Not(test), no))
        if isinstance(condition, sympy.And):
            return arithmetic.every([self.condition(part) for part in condition.args])
        if isinstance(condition, sympy.Or):
            return arithmetic.negate(
                arithmetic.every([arithmetic.negate(self.condition(part)) for part in condition.args])
            )
        if isinstance(condition, sympy.Not):
            return arithmetic.negate(self.condition(condition.args[0]))
        if not isinstance(condition, Relational):
            raise TargetError(
                f"target: found the condition {condition!s:.60}; accepted are comparisons with and, or, not"
            )
        return arithmetic.compare(_difference(condition), condition.rel_op)

    def _later(self, expression: Expr) -> Callable[[], V]:
        return lambda: self.value(expression)

    def _power(self, base: Expr, exponent: Expr) -> V:
        arithmetic = self._arithmetic
        if exponent.is_Integer:
            return arithmetic.integer_power(self.value(base), int(exponent), base)
        if base is sympy.E:
            return arithmetic.apply(EXP, self.value(exponent), exponent)
        if not exponent.free_symbols:
            return arithmetic.real_power(self.value(base), exponent, base)
        logarithm = arithmetic.apply(LOG, self.value(base), base)
        product = arithmetic.multiply([self.value(exponent), logarithm])
        return arithmetic.apply(EXP, product, exponent * sympy.log(base))


@lru_cache(maxsize=1024)
def _difference(condition: Relational) -> Expr:
    return condition.lhs - condition.rhs
