"""Taylor series of formulas along a direction, with certified coefficients, for many points and directions at once.

The series of p at x along h has the coefficients of ``p(x + t h)`` in t. With intervals for x and h they hold for every
point and direction in there, so that the coefficient of degree n on a simplex encloses the remainder of Taylor's formula
(Moore, Interval Analysis, 1966, chapter 11).

Where ``Abs``, ``Min`` or ``Max`` switch, the value is enclosed and the coefficient of degree 1 is the hull of both sides',
enough for the mean value form; where a piecewise definition, ``sign`` or ``floor`` switches, only the value. The rest is
unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING

import numpy as np
import sympy
from numpy.typing import NDArray

from pwlin.base.errors import TargetError
from pwlin.exact.enclosure import Enclosure, from_ball
from pwlin.formulas.arithmetic import taylor
from pwlin.formulas.arithmetic.balls import constant_ball, precision
from pwlin.formulas.arithmetic.intervals import Intervals, where
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import Elementary
from pwlin.formulas.evaluate import Fold

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Settled = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Where a condition certainly holds, and where it certainly does not."""

_BITS = 96


def evaluate(expression: Expr, columns: Mapping[Symbol, Intervals]) -> Intervals:
    """The series of an expression.

    Parameters
    ----------
    expression : sympy expression
    columns : mapping from symbols to series, shape (order + 1, count)

    Raises
    ------
    TargetError
        If the expression contains a function without a certified series.
    """
    return Fold(Series(columns)).value(expression)


@lru_cache(maxsize=4096)
def constant_interval(number: Expr) -> Intervals:
    """The interval, shape (), of a real constant."""
    with precision(_BITS):
        ends: Enclosure = from_ball(constant_ball(number))
    return Intervals(Intervals.of([ends.lower]).low[0], Intervals.of([ends.upper]).high[0])


@dataclass(frozen=True)
class Series:
    """The arithmetic of series with given columns for the variables."""

    columns: Mapping[Symbol, Intervals]

    @property
    def _shape(self) -> tuple[int, ...]:
        return next(iter(self.columns.values())).shape

    def variable(self, symbol: Symbol) -> Intervals:
        """The column of a variable."""
        return self.columns[symbol]

    def constant(self, number: Expr) -> Intervals:
        """A series without higher coefficients."""
        value, count = constant_interval(number), self._shape[1:]
        return taylor.variable(
            Intervals(np.full(count, value.low), np.full(count, value.high)), None, self._shape[0] - 1
        )

    def add(self, parts: Sequence[Intervals]) -> Intervals:
        """A sum."""
        return reduce(operator.add, parts)

    def multiply(self, parts: Sequence[Intervals]) -> Intervals:
        """A product."""
        return reduce(taylor.multiply, parts)

    def integer_power(self, base: Intervals, exponent: int, expression: Expr) -> Intervals:
        """A power with a whole exponent."""
        raised = taylor.integer_power(base, abs(exponent))
        return raised if exponent > 0 else taylor.divide(self.constant(sympy.Integer(1)), raised)

    def real_power(self, base: Intervals, exponent: Expr, expression: Expr) -> Intervals:
        """A power of what is not negative."""
        return taylor.real_power(base, constant_interval(exponent), exponent == sympy.Rational(1, 2))

    def apply(self, function: Elementary, argument: Intervals, expression: Expr) -> Intervals:
        """An elementary function."""
        return function.series(argument)

    def extremum(self, largest: bool, parts: Sequence[Intervals], expressions: Sequence[Expr]) -> Intervals:
        """The largest or smallest, two by two."""
        return reduce(lambda a, b: taylor.larger(a, b, largest), parts)

    def divided(self, part: Divided) -> Intervals:
        """Not in several variables."""
        raise TargetError(f"target: found {part.quotient}, which has to be continued; accepted is that in one variable")

    def choose(self, branches: Sequence[tuple[Callable[[], Intervals], Settled]]) -> Intervals:
        """The first branch that holds; the hull of the values of those that may."""
        count = self._shape[1:]
        hull = Intervals(np.full(count, np.inf), np.full(count, -np.inf))
        only = Intervals(np.full(self._shape, np.nan), np.full(self._shape, np.nan))
        open_, several = np.ones(count, dtype=bool), np.zeros(count, dtype=int)
        for branch, (yes, no) in branches:
            may = open_ & ~no
            if may.any():
                series = branch()
                hull = where(may, hull.union(series[0]), hull)
                only = where(may, series, only)
                several += may
            open_ &= ~yes
        several[open_] = 0
        low, high = np.where(several == 1, only.low, np.nan), np.where(several == 1, only.high, np.nan)
        low[0] = np.where(several > 0, hull.low, np.nan)
        high[0] = np.where(several > 0, hull.high, np.nan)
        return Intervals(low, high)

    def compare(self, difference: Expr, relation: str) -> Settled:
        """By the value of the difference."""
        value = evaluate(difference, self.columns)[0]
        low, high = value.low, value.high
        return {
            "<": (high < 0, low >= 0),
            "<=": (high <= 0, low > 0),
            ">": (low > 0, high <= 0),
            ">=": (low >= 0, high < 0),
            "==": ((low == 0) & (high == 0), (low > 0) | (high < 0)),
            "!=": ((low > 0) | (high < 0), (low == 0) & (high == 0)),
        }[relation]

    def truth(self, value: bool) -> Settled:
        """A condition that is settled."""
        return np.full(self._shape[1:], value), np.full(self._shape[1:], not value)

    def every(self, parts: Sequence[Settled]) -> Settled:
        """Whether all hold."""
        return np.logical_and.reduce([yes for yes, _ in parts]), np.logical_or.reduce([no for _, no in parts])

    def negate(self, part: Settled) -> Settled:
        """Whether it does not hold."""
        return part[1], part[0]
