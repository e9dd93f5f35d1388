"""What is known about a network of one input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING

from pwlin.app.reporting.findings import Findings, known
from pwlin.base.errors import TargetError
from pwlin.comparison.best.linear_formulas import piecewise_linear_form
from pwlin.comparison.best.lower_bounds import largest_jump
from pwlin.comparison.best.quadratic import BestErrors
from pwlin.comparison.best.yardstick import FoundErrors
from pwlin.comparison.errors import Value
from pwlin.comparison.line.comparison import Comparison, PieceError
from pwlin.exact.bridges import to_sympy
from pwlin.exact.enclosure import Enclosure, from_ball
from pwlin.exact.rational import nearest_float, to_fraction
from pwlin.formulas.arithmetic.balls import constant_ball, precision
from pwlin.formulas.elementary import JUMPS
from pwlin.formulas.kinds import Formula, LinearTarget
from pwlin.formulas.switches import switches
from pwlin.functions.line.function import PiecewiseLinear1D

if TYPE_CHECKING:
    from sympy import Expr

_ACCURATE = 70  # bits
ERRORS = ("sup", "l1", "l2_squared", "mse")


@dataclass(frozen=True)
class LineFindings(Findings[PiecewiseLinear1D]):
    """A network of one variable."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The name of the variable."""
        return (self.variable,)

    @property
    def variable(self) -> str:
        """The name of the variable."""
        return str(self.target.variables[0]) if self.target is not None else "x"

    @cached_property
    def comparison(self) -> Comparison | None:
        """Errors against the target, or None without one."""
        return None if self.target is None else self.function.compare(self.target)

    @cached_property
    def per_piece(self) -> Sequence[PieceError | Comparison] | None:
        """Errors on each piece of the function (a comparison may have other pieces: those of a difference)."""
        if self.comparison is None or self.target is None:
            return None
        if [(e.left, e.right) for e in self.comparison.per_piece] == self.spans:
            return self.comparison.per_piece
        return [self.function.compare(self.target, domain=span) for span in self.spans]

    @cached_property
    def spans(self) -> list[tuple[Fraction, Fraction]]:
        """The ends of each bounded piece."""
        return [(p.left, p.right) for p in self.function.pieces if p.left is not None and p.right is not None]

    @cached_property
    def linear_target(self) -> PiecewiseLinear1D | None:
        """The target on the domain, if it is a continuous piecewise-linear function, as |x| and 2x + 1 are."""
        left, right = self.function.domain
        if self.target is None or left is None or right is None:
            return None
        if isinstance(self.target, LinearTarget):
            given = self.target.function
            return given.restrict(left, right) if isinstance(given, PiecewiseLinear1D) else None
        if not isinstance(self.target, Formula):
            return None
        return piecewise_linear_form(self.target.simplified, self.target.symbol, left, right)

    @property
    def target_is_affine(self) -> bool:
        """Whether the target is one straight line on the domain."""
        return self.linear_target is not None and self.linear_target.n_pieces == 1

    @cached_property
    def jump(self) -> Fraction:
        """The largest jump that is found in the target on the domain, 0 if there is none."""
        left, right = self.function.domain
        if not isinstance(self.target, Formula) or left is None or right is None:
            return Fraction(0)
        return largest_jump(self.target, (left, right))

    @property
    def best_is_certain(self) -> bool:
        """Whether `best` is about the best possible functions (True), or about the best that a search found (False)."""
        line = self.linear_target
        matched = line is not None and line.n_pieces <= self.function.n_pieces
        return matched or bool(self._best is not None and self._best.exact)

    @cached_property
    def best(self) -> dict[str, Value]:
        """Errors (sup, l1, l2_squared, mse) of the best functions with as many pieces, those for which they are known.

        None for targets that jump: no function is best in the mean, and which is in sup is told by the jump.
        """
        if self._best is None or self.jump:
            return {}
        found = {name: known(partial(getattr, self._best, name)) for name in ERRORS}
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def _best(self) -> BestErrors | FoundErrors | None:
        comparison = self.comparison
        return None if comparison is None else known(lambda: comparison.best)

    @cached_property
    def effective_pieces(self) -> Value | None:
        """How many optimal pieces would do as well, or None where no (finite) answer is known.

        None for targets that a few pieces match exactly, and for those that jump: no law relates pieces to errors there.
        """
        comparison = self.comparison
        if comparison is None or self.jump or self.linear_target is not None:
            return None
        found = known(lambda: comparison.effective_pieces)
        return None if found == math.inf else found

    @cached_property
    def everywhere(self) -> PiecewiseLinear1D:
        """The network's function on the whole line."""
        from pwlin.extraction import extract_line

        return extract_line(self.network)[0]

    @cached_property
    def curvature(self) -> Fraction | None:
        """The coefficient of the square if the target is a polynomial of degree 2, else None."""
        if self.target is None or not self.target.is_polynomial:
            return None
        coefficients = self.target.polynomial()
        return coefficients[2] if len(coefficients) == 3 else None

    def target_slope(self, place: Fraction | None) -> Value | None:
        """The slope at a rational point of a target without switches such as Abs: a Fraction, an enclosure, or None."""
        if not isinstance(self.target, Formula) or place is None:
            return None
        if next(switches(self.target.expression), None) or self.target.expression.atoms(*JUMPS):
            return None
        try:
            slope = self.target.derivative()
            if slope.is_polynomial:
                return slope.exact(place)
        except TargetError:
            return None

        value = slope.expression.subs(slope.variables[0], to_sympy(place))
        return _constant(value) if value.is_finite and value.is_real else None


def _constant(value: Expr) -> Value | None:
    """A real constant to twenty digits, certified; None where a zero cannot be told from something very small."""
    if value.is_Rational:
        return to_fraction(value)
    for bits in (128, 1024, 8192):
        with precision(bits):
            ball = constant_ball(value)
            if ball.rel_accuracy_bits() > _ACCURATE:
                return from_ball(ball)
    return None


def ratio(value: Value, other: Value) -> float | None:
    """About how many times `other` a positive `value` is; None where that says nothing."""
    if isinstance(other, Enclosure) and other.lower <= 0:
        return None
    above, below = (v.midpoint if isinstance(v, Enclosure) else v for v in (value, other))
    if not below > 0:
        return None
    if isinstance(above, Fraction) and isinstance(below, Fraction):
        found = nearest_float(above / below)
    else:
        top, bottom = (to_sympy(v) if isinstance(v, Fraction) else v for v in (above, below))
        found = float(top / bottom)
    return found if math.isfinite(found) else None
