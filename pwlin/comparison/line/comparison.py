"""Comparison: how far a piecewise-linear function of one variable is from a target, in whole and by pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol, final

from pwlin.comparison.best.approximation import Goal
from pwlin.comparison.best.yardstick import BestErrors, FoundErrors, best_errors, effective_pieces
from pwlin.comparison.errors import Errors, Measured, Value, overview, short
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.text import brief, decimal, exact_text
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece


class LineErrors(Errors[Value], Protocol):
    """A way of measuring errors on bounded pieces, left to right."""

    @property
    def pieces(self) -> Sequence[Piece]:
        """The pieces that errors are asked of."""


@final
@dataclass(frozen=True, repr=False)
class PieceError(Measured[Value]):
    """Errors on one piece: `sup`, `argsup`, `argsups`, `l1`, `l2_squared` and `mse` as for `Comparison`.

    Attributes
    ----------
    index : int
        Number of the piece, from 0, left to right.
    left, right : Fraction
        Ends of the piece (within the domain of the comparison).
    """

    index: int
    left: Fraction
    right: Fraction
    _errors: LineErrors

    @property
    def _parts(self) -> range:
        return range(self.index, self.index + 1)

    def __repr__(self) -> str:
        return f"PieceError(piece {self.index} on [{brief(self.left)}, {brief(self.right)}])"


@final
@dataclass(frozen=True, repr=False)
class Comparison(Measured[Value]):
    """Errors of a piecewise-linear function against a target on a bounded interval; get one from ``f.compare(target)``.

    Every number is computed when it is first asked for. Against polynomials (of degree up to 40) and piecewise-linear
    targets, formulas such as ``abs(x)`` among them, it is exact: a `Fraction` where a rational was found, else a sympy
    algebraic number (``.evalf()`` gives decimals, ``float`` works). Against other targets it is an `Enclosure` that contains
    the true value; one that is wider than asked says so in its text, and by a `PwlinWarning`. A number takes two seconds or
    three at most against small functions, counted in operations, so that it is the same on every machine; what the certified
    arithmetic leaves open by then is told in float intervals, to three digits or more as a rule.

    Attributes
    ----------
    function : PiecewiseLinear1D
        The function, restricted to `domain`.
    target : Target or PiecewiseLinear1D
    domain : tuple of two Fractions
    tolerance : Fraction
        Relative width asked of enclosures. Where the true value is zero, or smaller than rounding at the working
        precision, the width is absolute instead.
    """

    function: PiecewiseLinear1D
    target: Goal
    domain: tuple[Fraction, Fraction]
    tolerance: Fraction
    _errors: LineErrors

    @property
    def _parts(self) -> range:
        return range(len(self._errors.pieces))

    @property
    def exact(self) -> bool:
        """Whether the errors are exact numbers (True) or enclosures (False)."""
        return self._errors.exact

    @property
    def length(self) -> Fraction:
        """Length of the domain."""
        return self._size

    @cached_property
    def per_piece(self) -> tuple[PieceError, ...]:
        """The same errors for each piece, computed when asked for. Against another piecewise-linear function the pieces
        are those of the difference."""
        return tuple(PieceError(i, p.left, p.right, self._errors) for i, p in enumerate(self._errors.pieces))  # type: ignore[arg-type]

    @cached_property
    def best(self) -> BestErrors | FoundErrors:
        """Errors of the best continuous functions with as many pieces.

        A `BestErrors`, exact, for polynomials of degree at most 2. Otherwise a `FoundErrors`: certified errors of the
        best functions found by `pwlin.best_approximation`, one for each norm, each searched when it is asked for.
        """
        return best_errors(self.target, self.domain, self.function.n_pieces, self.tolerance)

    @cached_property
    def effective_pieces(self) -> Fraction | Enclosure | float:
        """How many optimal pieces would have the same mean squared error.

        For a quadratic target with leading coefficient c on [a, b] this is ``(c^2 (b-a)^4 / (180 mse))^(1/4)``, a
        `Fraction` when rational and an `Enclosure` otherwise. For a linear target it is 0 if there is any error and
        ``math.inf`` if there is none. For other targets it is a float, not certified: where the best errors found by
        `pwlin.best_approximation` with whole numbers of pieces take this value, with a power law between them. A target that
        is piecewise linear itself follows no such law: the answer is then at most the number of pieces that are not enough.
        """
        return effective_pieces(self.target, self.domain, self.function.n_pieces, self.tolerance, self.l2_squared)

    def __repr__(self) -> str:
        a, b = (exact_text(end) or decimal(end, 12) for end in self.domain)
        return f"Comparison({self.function.n_pieces} pieces with {short(self.target)} on [{a}, {b}])"

    def __str__(self) -> str:
        rows = [
            ("sup", self.sup),
            ("at x =", self.argsup),
            ("L1", self.l1),
            ("L2 squared", self.l2_squared),
            ("MSE", self.mse),
        ]
        return f"{self!r}, {'exact' if self.exact else 'certified'}\n{overview(rows)}"
