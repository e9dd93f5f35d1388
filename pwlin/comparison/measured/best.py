"""The best continuous piecewise-linear functions with few pieces for measured points of one variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from pwlin.base import arguments
from pwlin.base.arguments import refusal
from pwlin.base.errors import TargetError
from pwlin.comparison.measured.heaps import heaps_of
from pwlin.comparison.measured.least_squares import least_squares, squares_by_pieces
from pwlin.comparison.measured.least_sup import fewest_pieces, least_sup
from pwlin.comparison.norm import L2, SUP
from pwlin.exact.text import decimal
from pwlin.formulas.point_target import PointTarget
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import bounded


@final
@dataclass(frozen=True, repr=False)
class BestOfPoints:
    """A continuous piecewise-linear function with few pieces for points, and its error; unpacks as ``function, error``.

    Attributes
    ----------
    function : PiecewiseLinear1D
        At most `pieces` pieces; on the hull of the points, or the domain that was asked for.
    error : Fraction
        Its error over the points: the largest for "sup", the *sum* of squares for "l2".
    lower : Fraction
        A proven lower bound of what is possible: equal to `error` in "sup".
    norm : str
    pieces : int
        The number of pieces allowed.
    target : PointTarget
    """

    function: PiecewiseLinear1D
    error: Fraction
    lower: Fraction
    norm: str
    pieces: int
    target: PointTarget

    def __iter__(self) -> Iterator[PiecewiseLinear1D | Fraction]:
        return iter((self.function, self.error))

    @property
    def upper(self) -> Fraction:
        """Upper bound of the least possible error: that of `function`."""
        return self.error

    @property
    def gap(self) -> Fraction:
        """``(upper - lower) / upper``: 0 if the function is proven best, at most 1."""
        return (self.error - self.lower) / self.error if self.error else Fraction(0)

    @property
    def is_optimal(self) -> bool:
        """Whether the function is proven best."""
        return self.lower == self.error

    def __repr__(self) -> str:
        n = self.function.n_pieces
        name = "largest error" if self.norm == SUP.name else "sum of squares"
        proven = "" if self.is_optimal else f", best found, at least {decimal(self.lower, 6)}"
        return f"BestOfPoints({n} piece{'s' * (n != 1)}, {name} {decimal(self.error, 12)}{proven})"


@final
@dataclass(frozen=True, repr=False)
class BestPointErrors:
    """Errors over points of the best continuous functions with so many pieces, each sought when it is asked for."""

    target: PointTarget
    pieces: int

    @cached_property
    def by_sup(self) -> BestOfPoints:
        """The best in the largest error, proven."""
        return best_of_points(self.target, None, self.pieces, SUP.name)

    @cached_property
    def by_squares(self) -> BestOfPoints:
        """The best found in the mean square, with a proven lower bound."""
        return best_of_points(self.target, None, self.pieces, L2.name)

    @property
    def sup(self) -> Fraction:
        """The least possible largest error."""
        return self.by_sup.error

    @property
    def sum_squared(self) -> Fraction:
        """The least sum of squares that was found; ``by_squares.lower`` is proven."""
        return self.by_squares.error

    @property
    def mse(self) -> Fraction:
        """`sum_squared` over the number of points."""
        return self.sum_squared / len(self.target.values)

    def __repr__(self) -> str:
        return f"BestPointErrors({self.pieces} piece{'s' * (self.pieces != 1)} for {self.target!r})"


def least_errors(target: PointTarget, counts: Sequence[int], norm: str) -> Iterator[Fraction]:
    """The errors of `best_of_points` for increasing numbers of pieces, one after the other, in less time than one by one.

    Largest errors are proven; sums of squares are the best found, and none is above the one before.
    """
    heaps = heaps_of(target)
    if norm == SUP.name:
        enough, least = fewest_pieces(heaps), max((h.high - h.low) / 2 for h in heaps)
        for count in counts:
            yield least if count >= enough else least_sup(heaps, count, target.box[0]).error
        return
    sums = squares_by_pieces(heaps, counts[-1])
    wanted = set(counts)
    yield from (error for count, error in enumerate(sums, 1) if count in wanted)


def best_of_points(target: PointTarget, domain: object, pieces: object, norm: object) -> BestOfPoints:
    """Implements `pwlin.best_approximation` with points."""
    most = arguments.whole(pieces, "pieces", 1, None, TargetError)
    name = arguments.choice(norm, "norm", (SUP.name, L2.name), TargetError)
    if target.dimension != 1:
        raise refusal("target", f"points of {target.dimension} variables", "are points of one", TargetError)
    if domain is None:
        ends = target.box[0]
    else:
        ends = bounded(domain)
        target = target.within([ends])
    heaps = heaps_of(target)
    if name == SUP.name:
        path = least_sup(heaps, most, ends)
        return BestOfPoints(PiecewiseLinear1D.from_points(path.xs, path.ys), path.error, path.error, name, most, target)
    fit = least_squares(heaps, most, ends)
    return BestOfPoints(PiecewiseLinear1D.from_points(fit.xs, fit.ys), fit.error, fit.lower, name, most, target)
