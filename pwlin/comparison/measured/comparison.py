"""PointComparison: how far a piecewise-linear function is from measured points, in whole and by pieces."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, TargetError
from pwlin.comparison.errors import overview
from pwlin.exact.bridges import to_fmpq
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.long_fractions import total
from pwlin.exact.radicals import square_root
from pwlin.formulas.point_target import PointTarget
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D

if TYPE_CHECKING:
    from sympy import Expr

    from pwlin.comparison.measured.best import BestPointErrors

Function: TypeAlias = PiecewiseLinear1D | PiecewiseLinearND
Place: TypeAlias = Fraction | tuple[Fraction, ...]


class OverPoints:
    """Errors over some of the points of a target; those over no points are None, and their sums 0."""

    target: PointTarget
    _errors: Sequence[Fraction]

    @property
    def rows(self) -> Sequence[int]:
        """The rows of the target, from 0, that count."""
        raise NotImplementedError

    @property
    def count(self) -> int:
        """How many points."""
        return len(self.rows)

    @cached_property
    def errors(self) -> tuple[Fraction, ...]:
        """``f(x) - y`` for each of `rows`."""
        return tuple(self._errors[i] for i in self.rows)

    @cached_property
    def sup(self) -> Fraction | None:
        """Largest magnitude of the error, ``max |f(x) - y|``."""
        return max(map(abs, self.errors), default=None)

    @cached_property
    def worst(self) -> tuple[int, ...]:
        """The rows at which the error is as large as `sup`."""
        return tuple(i for i, e in zip(self.rows, self.errors, strict=True) if abs(e) == self.sup)

    @property
    def argsup(self) -> Place | None:
        """The first of `argsups`."""
        return self.argsups[0] if self.worst else None

    @property
    def argsups(self) -> tuple[Place, ...]:
        """Where the error is as large as `sup`, for each of `worst`."""
        return tuple(self.target.places[i] for i in self.worst)

    @cached_property
    def sum_squared(self) -> Fraction:
        """Sum of ``(f(x) - y)**2``."""
        return total(e * e for e in map(to_fmpq, self.errors))

    @cached_property
    def sum_absolute(self) -> Fraction:
        """Sum of ``|f(x) - y|``."""
        return total(abs(e) for e in map(to_fmpq, self.errors))

    @property
    def mse(self) -> Fraction | None:
        """Mean squared error over the points."""
        return self.sum_squared / self.count if self.count else None

    @property
    def rmse(self) -> Fraction | Expr | Enclosure | None:
        """The square root of `mse`, exact; an `Enclosure` where that has thousands of digits."""
        return None if self.mse is None else square_root(self.mse)

    @property
    def mae(self) -> Fraction | None:
        """Mean absolute error over the points."""
        return self.sum_absolute / self.count if self.count else None


@final
@dataclass(frozen=True, repr=False)
class PiecePoints(OverPoints):
    """Errors over the points on one piece: all that `PointComparison` has, but for `per_piece` and `best`.

    Attributes
    ----------
    index : int
        Number of the piece in ``function.pieces``.
    target : PointTarget
    """

    index: int
    target: PointTarget
    _rows: tuple[int, ...]
    _errors: Sequence[Fraction]

    @property
    def rows(self) -> Sequence[int]:
        """The rows of the target, from 0, that lie on the piece."""
        return self._rows

    def __repr__(self) -> str:
        return f"PiecePoints(piece {self.index}, {self.count} point{'s' * (self.count != 1)})"


@final
@dataclass(frozen=True, repr=False)
class PointComparison(OverPoints):
    """Errors of a piecewise-linear function over measured points, all exact; get one from ``f.compare((xs, ys))``.

    There is no L1 or L2 norm, which would need a target between the points: `mae` and `mse` are means over the points.

    Attributes
    ----------
    function : PiecewiseLinear1D or PiecewiseLinearND
    target : PointTarget
        The points that count.
    """

    function: Function
    target: PointTarget
    _errors: Sequence[Fraction]
    _piece_of_row: tuple[int, ...]

    @property
    def rows(self) -> Sequence[int]:
        """All rows of the target, from 0."""
        return range(len(self.target.values))

    @property
    def exact(self) -> bool:
        """True: the errors over points are exact."""
        return True

    @cached_property
    def per_piece(self) -> tuple[PiecePoints, ...]:
        """The same errors for each piece, in order. A point where pieces meet counts for one of them: in one variable for
        the left one. So sums and counts add up."""
        rows: list[list[int]] = [[] for _ in range(self.function.n_pieces)]
        for i, piece in enumerate(self._piece_of_row):
            rows[piece].append(i)
        return tuple(PiecePoints(k, self.target, tuple(some), self._errors) for k, some in enumerate(rows))

    @cached_property
    def best(self) -> BestPointErrors:
        """Errors of the best continuous functions with as many pieces; see `pwlin.best_approximation`.

        Raises
        ------
        TargetError
            In several variables, where they are not known.
        """
        from pwlin.comparison.measured.best import BestPointErrors

        if self.target.dimension > 1:
            raise TargetError(f"best: found {self.target.dimension} variables; accepted is one")
        return BestPointErrors(self.target, self.function.n_pieces)

    def __repr__(self) -> str:
        n = self.function.n_pieces
        return f"PointComparison({n} piece{'s' * (n != 1)} with {self.count} point{'s' * (self.count != 1)})"

    def __str__(self) -> str:
        sup, mae, mse = self.sup, self.mae, self.mse
        assert sup is not None and mae is not None and mse is not None  # there is a point
        rows = overview([("sup", sup), ("mean |e|", mae), ("MSE", mse)])
        return f"{self!r}, exact\n{rows}\n  {'at row':<11} {self.worst[0]}"


def compare_points(function: Function, target: PointTarget, domain: object) -> PointComparison:
    """Implements `pwlin.compare` with points; with a domain those within it count."""
    f: Function = function
    if domain is not None:
        f, target = _restricted(function, domain, target)
    if isinstance(f, PiecewiseLinear1D):
        errors, pieces = _on_line(f, target)
    else:
        errors, pieces = _on_cells(f, target)
    return PointComparison(f, target, errors, pieces)


def _restricted(function: Function, domain: object, target: PointTarget) -> tuple[Function, PointTarget]:
    if isinstance(function, PiecewiseLinear1D):
        from pwlin.geometry.interval import Interval

        ends = Interval.parse(domain)
        return function.restrict(ends.left, ends.right), target.within([(ends.left, ends.right)])
    part = function.restrict(domain)
    return part, target.where([_holds(part, p) for p in target.points])


def _holds(f: PiecewiseLinearND, point: tuple[Fraction, ...]) -> bool:
    try:
        f.inside(point)
    except DomainError:
        return False
    return True


def _on_line(f: PiecewiseLinear1D, target: PointTarget) -> tuple[list[Fraction], tuple[int, ...]]:
    """Errors, and the piece of each point: the left one where two meet."""
    kinks = [k.location for k in f.kinks]
    pieces = f.pieces
    errors, on = [], []
    for row, (point, value) in enumerate(zip(target.points, target.values, strict=True)):
        x = point[0]
        if x not in f.interval:
            raise _outside(x, row, f.interval)
        k = bisect_left(kinks, x)
        errors.append(pieces[k](x) - value)
        on.append(k)
    return errors, tuple(on)


def _on_cells(f: PiecewiseLinearND, target: PointTarget) -> tuple[list[Fraction], tuple[int, ...]]:
    """Errors, and the piece of each point: that of some region that holds it."""
    errors, cells = [], []
    for row, (point, value) in enumerate(zip(target.points, target.values, strict=True)):
        try:
            inside = f.inside(point)
        except DomainError:
            raise _outside(point, row, f.domain) from None
        cell = f.locator.cell(inside)
        gradient, offset = f.affine_map(cell)
        errors.append(sum((a * x for a, x in zip(gradient, point)), offset) - value)
        cells.append(cell)
    return errors, tuple(f.piece_of_region[np.array(cells)].tolist())


def _outside(place: object, row: int, domain: object) -> DomainError:
    return refusal("target", f"{shown(place)} in row {row} (from 0)", f"are points of {domain}", DomainError)
