"""Comparison in several variables: how far a function on a complex is from a target, in whole and by parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NoReturn, final

from pwlin.base.errors import TargetError
from pwlin.base.sequences import Records
from pwlin.comparison.errors import Errors, Measured, overview, short
from pwlin.exact.text import decimal
from pwlin.formulas.target import Target
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Point


class _OnCells(Measured[Point]):
    """Errors on some regions."""

    @property
    def volume(self) -> Fraction:
        """Volume of where the errors are taken."""
        return self._size


@final
@dataclass(frozen=True, repr=False)
class RegionError(_OnCells):
    """Errors on one region: `sup`, `argsup`, `argsups`, `l1`, `l2_squared` and `mse` as for `ComparisonND`."""

    region: int
    _errors: Errors[Point]

    @property
    def _parts(self) -> Sequence[int]:
        return (self.region,)

    def __repr__(self) -> str:
        return f"RegionError(region {self.region})"


@final
@dataclass(frozen=True, repr=False)
class PieceErrorND(_OnCells):
    """Errors on one linear piece: `sup`, `argsup`, `argsups`, `l1`, `l2_squared` and `mse` as for `ComparisonND`.

    Attributes
    ----------
    index : int
        Number of the piece in ``function.pieces``.
    regions : tuple of int
        The regions that make it up.
    """

    index: int
    regions: tuple[int, ...]
    _errors: Errors[Point]

    @property
    def _parts(self) -> Sequence[int]:
        return self.regions

    def __repr__(self) -> str:
        return f"PieceErrorND(piece {self.index}, {len(self.regions)} regions)"


@final
@dataclass(frozen=True, repr=False)
class ComparisonND(_OnCells):
    """Errors against a target on a bounded domain; get one from ``F.compare(target)``.

    Attributes
    ----------
    function : PiecewiseLinearND
        The function on the domain of the comparison. Against another function: the difference, so that the regions of
        `per_region` are those of both.
    target : Target or PiecewiseLinearND
    tolerance : Fraction
        Relative width asked of enclosures. Where the true value is zero, or not above rounding in float64 (about 1e-13 of
        the function's and the target's size), the width is absolute instead.

    Notes
    -----
    Every number is computed when it is first asked for. Against polynomials and piecewise-linear functions `l2_squared` and
    `mse` are exact, and so is `sup` up to degree 2; `l1` is exact against piecewise-linear functions. Everything else is an
    `Enclosure` that contains the true value. It is wider than `tolerance`, and says so, if that would take more than a fixed
    amount of work per number, about four seconds: ask for its ``relative_width``. That happens for tolerances near those of
    float64, for waves of hundreds of crests, in three variables for `l1` where the error vanishes along many or strongly
    curved surfaces and for targets with kinks or jumps along such, and in four and more variables.

    Where a target jumps (``sign``, `Piecewise`), `sup` is that of the values beside the jump: values that it takes only on a
    set without volume do not count.
    """

    function: PiecewiseLinearND
    target: Target | PiecewiseLinearND
    tolerance: Fraction
    _errors: Errors[Point]

    @property
    def _parts(self) -> range:
        return range(self.function.n_regions)

    @property
    def exact(self) -> bool:
        """Whether the target is a polynomial or piecewise linear (True), or all errors are enclosures (False)."""
        return self._errors.exact

    @property
    def per_region(self) -> Sequence[RegionError]:
        """The errors on each region, computed when asked for."""
        return Records(lambda region: RegionError(region, self._errors), self._parts)

    @cached_property
    def per_piece(self) -> tuple[PieceErrorND, ...]:
        """The errors on each linear piece, computed when asked for."""
        return tuple(PieceErrorND(p.index, p.regions, self._errors) for p in self.function.pieces)

    @property
    def best(self) -> NoReturn:
        """`TargetError`: the best function with as many pieces is known in one variable only."""
        raise self._unknown("best")

    @property
    def effective_pieces(self) -> NoReturn:
        """`TargetError`, as for `best`."""
        raise self._unknown("effective_pieces")

    def _unknown(self, name: str) -> TargetError:
        return TargetError(
            f"{name}: found {self.function.dim} variables; accepted is one, where best approximations are known"
        )

    def __repr__(self) -> str:
        return f"ComparisonND({self.function.n_regions} regions with {short(self.target, 60)})"

    def __str__(self) -> str:
        place = ", ".join(decimal(v, 12) for v in self.argsup)
        rest = overview([("L2 squared", self.l2_squared), ("MSE", self.mse)])
        return "\n".join([repr(self), overview([("sup", self.sup)]), f"  {'at':<11} ({place})", rest])
