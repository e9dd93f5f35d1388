"""Power series of formulas of one variable with balls as coefficients, FLINT's; for formulas that switch nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, TypeAlias

from flint import arb_series

from pwlin.formulas.arithmetic.balls import cached_constant
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import Elementary
from pwlin.formulas.evaluate import Fold

if TYPE_CHECKING:
    from sympy import Expr, Symbol

SeriesFunction: TypeAlias = Callable[[arb_series], arb_series]
"""From the series of the argument to that of a formula."""


def compile_power_series(formula: Expr) -> SeriesFunction | None:
    """A function from the series of the variable to that of the formula; None for formulas that switch."""
    return Fold(PowerSeries()).value(formula)


@dataclass(frozen=True)
class PowerSeries:
    """The arithmetic of functions of a series."""

    def variable(self, symbol: Symbol) -> SeriesFunction | None:
        """The argument itself."""
        return lambda x: x

    def constant(self, number: Expr) -> SeriesFunction | None:
        """A number, as precise as is worked with."""
        ball = cached_constant(number)
        return lambda x: arb_series([ball()])

    def add(self, parts: Sequence[SeriesFunction | None]) -> SeriesFunction | None:
        """A sum."""
        known = _all(parts)
        return None if known is None else lambda x: reduce(add, [part(x) for part in known])

    def multiply(self, parts: Sequence[SeriesFunction | None]) -> SeriesFunction | None:
        """A product."""
        known = _all(parts)
        return None if known is None else lambda x: reduce(mul, [part(x) for part in known])

    def integer_power(self, base: SeriesFunction | None, exponent: int, expression: Expr) -> SeriesFunction | None:
        """A power with a whole exponent."""
        return None if base is None else lambda x: _power(base(x), exponent)

    def real_power(self, base: SeriesFunction | None, exponent: Expr, expression: Expr) -> SeriesFunction | None:
        """A power of what is positive."""
        power = cached_constant(exponent)
        return None if base is None else lambda x: (base(x).log() * power()).exp()

    def apply(self, function: Elementary, argument: SeriesFunction | None, expression: Expr) -> SeriesFunction | None:
        """An elementary function."""
        outer = function.power_series
        return None if outer is None or argument is None else lambda x: outer(argument(x))

    def extremum(
        self, largest: bool, parts: Sequence[SeriesFunction | None], expressions: Sequence[Expr]
    ) -> SeriesFunction | None:
        """It switches."""
        return None

    def divided(self, part: Divided) -> SeriesFunction | None:
        """The quotient: no series where the zero is near."""
        return compile_power_series(part.quotient)

    def choose(self, branches: Sequence[tuple[Callable[[], SeriesFunction | None], None]]) -> SeriesFunction | None:
        """It switches."""
        return None

    def compare(self, difference: Expr, relation: str) -> None:
        """Not asked."""

    def truth(self, value: bool) -> None:
        """Not asked."""

    def every(self, parts: Sequence[None]) -> None:
        """Not asked."""

    def negate(self, part: None) -> None:
        """Not asked."""


def _all(parts: Sequence[SeriesFunction | None]) -> list[SeriesFunction] | None:
    known = [part for part in parts if part is not None]
    return known if len(known) == len(parts) else None


def _power(base: arb_series, n: int) -> arb_series:
    if n < 0:
        return 1 / _power(base, -n)
    if n < 2:
        return base
    half = _power(base, n // 2)
    return half * half * base if n % 2 else half * half
