"""What a best approximation is: a function with few pieces, its error, and what is possible at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, final

from pwlin.comparison.best.asymptotic import asymptotic_constant
from pwlin.comparison.best.frame import ball_at
from pwlin.comparison.best.lower_bounds import mean_lower_bound, sup_lower_bound
from pwlin.comparison.best.stretches import Stretch, stretches, without
from pwlin.comparison.norm import NORMS, SUP
from pwlin.exact.bridges import to_ball
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.text import decimal
from pwlin.formulas.kinds import Formula
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece

if TYPE_CHECKING:
    from flint import arb

    from pwlin.comparison.best.frame import Frame

Goal: TypeAlias = Formula | PiecewiseLinear1D
_CLOSE = Fraction(1, 10**9)
_BITS = 256


@final
@dataclass(frozen=True, repr=False)
class BestApproximation:
    """A continuous piecewise-linear function with few pieces and its error; unpacks as ``function, error``.

    Attributes
    ----------
    function : PiecewiseLinear1D
        At most `pieces` pieces.
    error : Fraction or Enclosure
        Its error in the norm: ``max |f - target|`` for "sup", the integral of ``|f - target|`` for "l1", and the integral
        of the *squared* error for "l2" (as `Comparison.l2_squared`). Always true of `function`, whether it is best or not.
    norm : str
    pieces : int
        The number of pieces allowed.
    domain : pair of Fractions
    target : Target or PiecewiseLinear1D
    """

    function: PiecewiseLinear1D
    error: Fraction | Enclosure
    norm: str
    pieces: int
    domain: tuple[Fraction, Fraction]
    target: Goal
    _tolerance: Fraction
    _known_lower: Fraction | None = None
    _half_jump: Fraction = Fraction(0)
    _frame: Frame | None = field(default=None, compare=False)
    _points: tuple[float, ...] = field(default=(), compare=False)  # in the frame, increasing
    _bits: int | None = None  # more than usual, where the target hardly differs from a line

    def __iter__(self) -> Iterator[PiecewiseLinear1D | Fraction | Enclosure]:
        return iter((self.function, self.error))

    @property
    def upper(self) -> Fraction:
        """Certified upper bound of the least possible error: that of `function`."""
        return self.error.upper if isinstance(self.error, Enclosure) else self.error

    @cached_property
    def lower(self) -> Fraction:
        """Certified lower bound of the least possible error, computed when asked for.

        For "sup" it usually agrees with `upper` to eight digits or more
        (`pwlin.comparison.best.lower_bounds.sup_lower_bound`), but not always: for ``floor(5*sin(10*x))`` on [-1, 1] with 5 pieces
        they are 4.0 and 4.5. Half the largest jump of a target is a lower bound, since no continuous function comes closer to both
        sides. For "l2" and "l1" it is a fraction of the error, more than half for smooth targets that curve one way, less
        for others (`pwlin.comparison.best.lower_bounds.mean_lower_bound`), and equal to it where there is a closed form.
        `gap` tells how much is open.
        """
        if self._known_lower is not None:
            return self._known_lower
        if self.norm == SUP.name:
            known = self._half_jump
            if known < self.upper * (1 - _CLOSE):
                assert self._frame is not None, "what was searched for has its points"
                points = [self._frame.exact(t) for t in self._points]
                known = max(known, sup_lower_bound(self._value_at, points, self.pieces, self.upper, self._bits))
        else:
            knots = (self.domain[0], *(kink.location for kink in self.function.kinks), self.domain[1])
            known = mean_lower_bound(self._stretches, knots, self.pieces, NORMS[self.norm], self._scale, self._bits)
        return min(known, self.upper)

    @property
    def _value_at(self) -> Callable[[Fraction], arb]:
        """The target as a function from an exact point to a ball."""
        target = self.target
        if isinstance(target, PiecewiseLinear1D):
            return lambda x: to_ball(target(x))
        return ball_at(target, self.domain)

    @property
    def _scale(self) -> Fraction:
        """A power of two about as large as the function's values: errors are computed in units of it."""
        bent = self.function if self._bits is None else self.function - self._line
        size = max(abs(bent.max().value), abs(bent.min().value))
        return Fraction(2) ** (size.numerator.bit_length() - size.denominator.bit_length()) if size else Fraction(1)

    @property
    def _line(self) -> PiecewiseLinear1D:
        """The function's first piece, on all of the domain: without it the target is as small as it bends."""
        first = self.function.pieces[0]
        return PiecewiseLinear1D.from_pieces([Piece(*self.domain, first.slope, first.intercept)])

    @property
    def _stretches(self) -> list[Stretch]:
        """The target, without a line where it hardly differs from one."""
        found = stretches(self.target, self.domain, self._bits or _BITS)
        return found if self._bits is None else without(self._line.pieces[0], found)

    @property
    def gap(self) -> Fraction:
        """``(upper - lower) / upper``: 0 if the function is proven best, at most 1."""
        return (self.upper - self.lower) / self.upper if self.upper else Fraction(0)

    @property
    def is_optimal(self) -> bool:
        """Whether the function is proven best, exactly: by a closed form, or because it makes no error."""
        return self.lower == self.upper

    @cached_property
    def asymptotic(self) -> Enclosure:
        """What the asymptotic law says of the least error with so many pieces; *not* a bound for any finite number.

        sup ``(integral of |f''|^(1/2))^2 / (16 N^2)``, L2 squared ``(integral of |f''|^(2/5))^5 / (720 N^4)``, L1
        ``(integral of |f''|^(1/3))^3 / (32 N^2)``, as N grows; corners of the target do not count. The law is for
        continuous targets: at a jump the error stays half of it in sup, and in the mean there is no least one.

        Raises
        ------
        TargetError
            If the target jumps, or its second derivative is not bounded on the domain.
        """
        if isinstance(self.target, PiecewiseLinear1D):
            return Enclosure(Fraction(0), Fraction(0))
        constant = asymptotic_constant(self.target, self.domain, NORMS[self.norm], self._tolerance)
        share = self.pieces ** NORMS[self.norm].order
        return Enclosure(constant.lower / share, constant.upper / share)

    def __repr__(self) -> str:
        n, name = self.function.n_pieces, NORMS[self.norm].title
        return f"BestApproximation({n} piece{'s' * (n != 1)}, {name} error {decimal(self.error, 12)})"
