"""Best approximation by continuous piecewise-linear functions with free knots: closed forms, or a certified search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from pwlin.base import arguments
from pwlin.base.errors import TargetError
from pwlin.comparison.best.approximation import BestApproximation, Goal
from pwlin.comparison.best.best_l1 import l1_candidate
from pwlin.comparison.best.best_l2 import l2_candidate
from pwlin.comparison.best.best_sup import minimax_candidate
from pwlin.comparison.best.frame import FloatTarget, Frame
from pwlin.comparison.best.gates import links_through
from pwlin.comparison.best.linear_formulas import piecewise_linear_form
from pwlin.comparison.best.lower_bounds import largest_jump
from pwlin.comparison.best.spline import Array
from pwlin.comparison.best.stretches import switching_places
from pwlin.comparison.errors import ends_of
from pwlin.comparison.line.certified import CertifiedErrors
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.comparison.norm import L2, SUP, Norm, read_norm
from pwlin.exact.enclosure import Enclosure, read_tolerance
from pwlin.exact.rational import nearest_float
from pwlin.formulas.cancelled import check_cancelled
from pwlin.formulas.kinds import Formula, LinearTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import bounded

_MOST_PIECES = 10_000
_RETRIES = 3
_BITS, _MOST_WATCHED = 256, 100
_RESOLUTION = 2.0**-44  # of values about 1: a search in floats sees no better
_CLOSE = Fraction(1, 10**9)


def best_approximation_1d(
    target: TargetLike, domain: object, pieces: object, norm: object, tolerance: object
) -> BestApproximation:
    """Implements `pwlin.best_approximation`."""
    count, which = arguments.whole(pieces, "pieces", 1, None, TargetError), read_norm(norm)
    relative, goal = read_tolerance(tolerance), read_target(target)
    ends = bounded(domain)
    exact: PiecewiseLinear1D | None
    shown: Goal
    if isinstance(goal, LinearTarget):
        assert isinstance(goal.function, PiecewiseLinear1D)  # it has one variable
        shown = exact = goal.function.restrict(*ends)
    else:
        assert isinstance(goal, Formula)
        check_cancelled(goal, *ends)
        shown, exact = goal, piecewise_linear_form(goal.simplified, goal.symbol, *ends)
    if exact is not None and exact.n_pieces <= count:
        return BestApproximation(exact, Fraction(0), which.name, count, ends, shown, relative, Fraction(0))
    if count > _MOST_PIECES:
        raise arguments.refusal("pieces", arguments.shown(count), f"are integers up to {_MOST_PIECES}", TargetError)
    if exact is None and goal.is_polynomial and len(goal.polynomial()) == 3:
        return _quadratic(goal, ends, count, which, relative)
    return _Search(shown if exact is None else exact, shown, ends, which, relative).best(count)


def _quadratic(
    goal: Formula, ends: tuple[Fraction, Fraction], pieces: int, norm: Norm, tolerance: Fraction
) -> BestApproximation:
    """Equal pieces, and the interpolant moved by the same amount everywhere; see `Norm`."""
    leading = goal.polynomial()[2]
    h = (ends[1] - ends[0]) / pieces
    knots = [ends[0] + k * h for k in range(pieces + 1)]
    function = PiecewiseLinear1D.from_points(knots, [goal.exact(x) - leading * norm.shift * h**2 for x in knots])
    error = norm.quadratic_best(leading, ends[1] - ends[0], pieces)
    return BestApproximation(function, error, norm.name, pieces, ends, goal, tolerance, error)


@dataclass(frozen=True)
class _Search:
    """The search in floats for the best functions, their errors certified.

    Attributes
    ----------
    measured, shown : Formula or PiecewiseLinear1D
        What errors are measured against, and what is said to be the target.
    """

    measured: Goal
    shown: Goal
    ends: tuple[Fraction, Fraction]
    norm: Norm
    tolerance: Fraction

    def __post_init__(self) -> None:
        self._errors(PiecewiseLinear1D.from_points(self.ends, [0, 0]))  # refuses poles

    @cached_property
    def _frame(self) -> Frame:
        return Frame(self.ends)

    @cached_property
    def _floats(self) -> FloatTarget:
        return FloatTarget(self.measured, self._frame)

    @cached_property
    def _jump(self) -> Fraction:
        return largest_jump(self.measured, self.ends) if isinstance(self.measured, Formula) else Fraction(0)

    @cached_property
    def _places(self) -> list[Fraction | Enclosure]:
        return switching_places(self.measured, self.ends, _BITS)

    @cached_property
    def _watched(self) -> Array:
        """Where the target bends or jumps: floats there and right beside, unless there are many."""
        return np.unique(self._frame.around(self._places)) if 0 < len(self._places) <= _MOST_WATCHED else np.empty(0)

    @cached_property
    def _kinks(self) -> Array | None:
        """Where the target is not smooth; None where it jumps, or where there are many such places."""
        if self._jump or len(self._places) > _MOST_WATCHED or isinstance(self.measured, PiecewiseLinear1D):
            return None
        middles = [place.midpoint if isinstance(place, Enclosure) else place for place in self._places]
        return np.unique([self._frame.nearest(place) for place in middles])

    def best(self, pieces: int) -> BestApproximation:
        """The best function found; where the target jumps, the best of those found with fewer pieces as well.

        Elsewhere too where, by the gates around its points, fewer pieces may do as well in "sup".
        """
        if not self._jump:
            found, is_fewest = self._found(pieces)
            fewest = found.function.n_pieces if is_fewest else self._fewest(found)
            fewer = self._found(fewest)[0] if fewest < found.function.n_pieces else found
            return replace(fewer, pieces=pieces, _points=found._points) if fewer.upper < found.upper else found
        best = None
        for count in _fewer(pieces):
            found, _ = self._found(count)
            best = found if best is None or found.upper < best.upper else best
            if self.norm is SUP and best.upper <= self._jump / 2 * (1 + _CLOSE):
                break
        assert best is not None
        return replace(best, pieces=pieces)

    def _fewest(self, found: BestApproximation) -> int:
        """The fewest pieces that err no more on the points of one found for "sup"."""
        points, most = np.array(found._points), found.function.n_pieces
        if most == 1 or len(points) < 2 or not found.upper:
            return most
        values = self._floats(points)
        error = max(nearest_float(found.upper / self._floats.scale), _RESOLUTION / 64)
        if not np.isfinite(error):
            return most
        path = links_through(points.tolist(), (values - error).tolist(), (values + error).tolist(), most - 1)
        return most if path is None else len(path)

    def _found(self, pieces: int) -> tuple[BestApproximation, bool]:
        """The function found, and whether fewer pieces are known to do worse, or nobody can tell."""
        if self.norm is SUP:
            return self._balanced(pieces)
        candidate = l2_candidate if self.norm is L2 else l1_candidate
        spline = candidate(self._floats, *self._frame.inside, pieces, bool(self._jump))
        function = self._frame.rational(spline, self._floats)
        return self._measured(function, pieces, self._error(function)), True

    def _balanced(self, pieces: int) -> tuple[BestApproximation, bool]:
        """The best function in "sup": where its error is larger than floats told, the search goes on from there."""
        best, extra = None, None
        for _ in range(_RETRIES):
            found = minimax_candidate(self._floats, *self._frame.inside, pieces, self._watched, self._kinks, extra)
            function = self._frame.rational(found.spline, self._floats)
            errors = self._errors(function)
            worst = errors.sup(range(len(errors.pieces)))
            now = self._measured(function, pieces, worst.value, tuple(found.points.tolist()))
            best = now if best is None or now.upper < best.upper else best
            seen = Fraction(found.error * (1 + 1e-6)) * self._floats.scale
            if found.error < _RESOLUTION or ends_of(worst.value)[0] <= seen:
                break
            extra = np.unique(np.concatenate([found.points, self._frame.around(worst.points)]))
        assert best is not None
        return best, found.is_fewest

    def _measured(
        self, function: PiecewiseLinear1D, pieces: int, error: Fraction | Enclosure, points: tuple[float, ...] = ()
    ) -> BestApproximation:
        return BestApproximation(
            *(function, error, self.norm.name, pieces, self.ends, self.shown, self.tolerance, None, self._jump / 2),
            *(self._frame, points, self._frame.bits if self._frame.is_moved else None),
        )

    def _errors(self, function: PiecewiseLinear1D) -> CertifiedErrors | PolynomialErrors:
        if isinstance(self.measured, PiecewiseLinear1D):
            return PolynomialErrors(function - self.measured, (Fraction(0),))
        return CertifiedErrors(function.pieces, self.measured, self.tolerance)

    def _error(self, function: PiecewiseLinear1D) -> Fraction | Enclosure:
        errors = self._errors(function)
        if self.norm is L2 and isinstance(self.measured, Formula) and self.measured.is_polynomial:
            errors = PolynomialErrors(function, self.measured.polynomial())
        return self.norm.of(errors, range(len(errors.pieces)))


def _fewer(pieces: int) -> list[int]:
    """Numbers of pieces up to one: all of the small ones, then ever fewer."""
    counts, k = [], 1
    while k < pieces:
        counts.append(k)
        k += max(1, k // 4)
    return [*counts, pieces]
