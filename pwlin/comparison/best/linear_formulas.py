"""Formulas that are continuous piecewise-linear functions, as such functions: |x|, Max, Min, Piecewise of lines."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from pwlin.base.errors import ShapeError
from pwlin.formulas.divided import Divided
from pwlin.formulas.elementary import Elementary
from pwlin.formulas.evaluate import Fold
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece
from pwlin.geometry.interval import Interval

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Line = PiecewiseLinear1D | None
"""A part of a formula as a function; None if it does not show as one."""

_RELATIONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Settled:
    """A condition: whether it holds at a point, which may change at the cuts only."""

    holds: Callable[[Fraction], bool]
    cuts: frozenset[Fraction]


def piecewise_linear_form(
    expression: Expr, symbol: Symbol | None, low: Fraction, high: Fraction
) -> PiecewiseLinear1D | None:
    """The expression on [low, high] as a piecewise-linear function with rational numbers; None if it does not show as one.

    Sums, rational multiples, Abs, Max, Min and Piecewise of such functions do.
    """
    return Fold(Lines(low, high)).value(expression)


@dataclass(frozen=True)
class Lines:
    """The arithmetic of piecewise-linear functions on an interval, for `pwlin.formulas.evaluate.Fold`."""

    low: Fraction
    high: Fraction

    def _affine(self, slope: Fraction, intercept: Fraction) -> PiecewiseLinear1D:
        return PiecewiseLinear1D.from_pieces([Piece(self.low, self.high, slope, intercept)])

    def variable(self, symbol: Symbol) -> Line:
        """The identity."""
        return self._affine(Fraction(1), Fraction(0))

    def constant(self, number: Expr) -> Line:
        """A rational constant."""
        return self._affine(Fraction(0), Fraction(int(number.p), int(number.q))) if number.is_Rational else None

    def add(self, parts: Sequence[Line]) -> Line:
        """A sum."""
        known = [part for part in parts if part is not None]
        return reduce(operator.add, known) if len(known) == len(parts) else None

    def multiply(self, parts: Sequence[Line]) -> Line:
        """A product with at most one factor that is no constant."""
        factor, rest = Fraction(1), self._affine(Fraction(0), Fraction(1))
        for part in parts:
            if part is None:
                return None
            if part.slopes == (0,):
                factor *= part.intercepts[0]
            elif rest.slopes == (0,):
                rest = part
            else:
                return None
        return factor * rest

    def integer_power(self, base: Line, exponent: int, expression: Expr) -> Line:
        """Unknown: no power of a line is a line."""
        return None

    def real_power(self, base: Line, exponent: Expr, expression: Expr) -> Line:
        """Unknown."""
        return None

    def apply(self, function: Elementary, argument: Line, expression: Expr) -> Line:
        """Unknown."""
        return None

    def extremum(self, largest: bool, parts: Sequence[Line], expressions: Sequence[Expr]) -> Line:
        """The largest or smallest."""
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return reduce(PiecewiseLinear1D.maximum if largest else PiecewiseLinear1D.minimum, known)

    def divided(self, part: Divided) -> Line:
        """Unknown."""
        return None

    def choose(self, branches: Sequence[tuple[Callable[[], Line], Settled | None]]) -> Line:
        """A Piecewise whose branches and conditions are piecewise linear, if it is continuous."""
        known: list[tuple[PiecewiseLinear1D, Settled]] = []
        cuts = {self.low, self.high}
        for branch, condition in branches:
            form = branch()
            if form is None or condition is None:
                return None
            known.append((form, condition))
            cuts |= condition.cuts | {kink.location for kink in form.kinks}

        def taken(x: Fraction) -> PiecewiseLinear1D | None:
            return next((form for form, condition in known if condition.holds(x)), None)

        ends, pieces = sorted(cuts), []
        for left, right in zip(ends, ends[1:]):
            middle = (left + right) / 2
            form = taken(middle)
            if form is None:
                return None
            value, slope = form(middle), (form(right) - form(left)) / (right - left)
            pieces.append(Piece(left, right, slope, value - slope * middle))
        at_cuts, neighbours = [taken(end) for end in ends], [*pieces, pieces[-1]]
        if any(form is None or form(end) != piece(end) for form, end, piece in zip(at_cuts, ends, neighbours)):
            return None
        try:
            return PiecewiseLinear1D.from_pieces(pieces)
        except ShapeError:  # it jumps
            return None

    def compare(self, difference: Expr, relation: str) -> Settled | None:
        """By the zeros of the difference."""
        form, test = Fold(self).value(difference), _RELATIONS[relation]
        if form is None:
            return None
        cuts = {kink.location for kink in form.kinks}
        for root in form.roots():
            ends = (root.left, root.right) if isinstance(root, Interval) else (root,)
            cuts.update(end for end in ends if end is not None)
        return Settled(lambda x: test(form(x), Fraction(0)), frozenset(cuts))

    def truth(self, value: bool) -> Settled | None:
        """A condition that is settled."""
        return Settled(lambda x: value, frozenset())

    def every(self, parts: Sequence[Settled | None]) -> Settled | None:
        """Whether all hold."""
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return Settled(lambda x: all(p.holds(x) for p in known), frozenset().union(*(p.cuts for p in known)))

    def negate(self, part: Settled | None) -> Settled | None:
        """Whether it does not hold."""
        return None if part is None else Settled(lambda x: not part.holds(x), part.cuts)
