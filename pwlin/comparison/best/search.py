"""Best approximation by continuous piecewise-linear functions with free knots: closed forms, or a certified search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from pwlin.base import arguments
from pwlin.base.errors import DomainError, TargetError
from pwlin.comparison.best.approximation import BestApproximation, Goal
from pwlin.comparison.best.best_l1 import l1_candidate
from pwlin.comparison.best.best_l2 import l2_candidate
from pwlin.comparison.best.best_sup import minimax_candidate
from pwlin.comparison.best.gates import links_through
from pwlin.comparison.best.linear_formulas import piecewise_linear_form
from pwlin.comparison.best.lower_bounds import largest_jump
from pwlin.comparison.best.spline import Array, Spline
from pwlin.comparison.errors import Value
from pwlin.comparison.line.certified import CertifiedErrors
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.comparison.norm import L2, SUP, Norm, read_norm
from pwlin.exact.enclosure import Enclosure, read_tolerance
from pwlin.formulas.cancelled import check_cancelled
from pwlin.formulas.kinds import Formula, LinearTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import bounded

_MOST_PIECES = 10_000
_RETRIES = 3
_SAMPLES = 257
_RESOLUTION = 2.0**-44  # of values about 1: a search in floats sees no better
_CLOSE = Fraction(1, 10**9)


def best_approximation_1d(
    target: TargetLike, domain: object, pieces: object, norm: object, tolerance: object
) -> BestApproximation:
    """Implements `pwlin.best_approximation`."""
    count, which = arguments.whole(pieces, "pieces", 1, None, TargetError), read_norm(norm)
    relative, ends = read_tolerance(tolerance), bounded(domain)
    goal = read_target(target)
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
    def _inside(self) -> tuple[float, float]:
        return _inside(self.ends)

    @cached_property
    def _floats(self) -> _Floats:
        return _Floats(self.measured, *self._inside)

    @cached_property
    def _jump(self) -> Fraction:
        return largest_jump(self.measured, self.ends) if isinstance(self.measured, Formula) else Fraction(0)

    def best(self, pieces: int) -> BestApproximation:
        """The best function found; where the target jumps, the best of those found with fewer pieces as well.

        Elsewhere too where, by the gates around its points, fewer pieces may do as well in "sup".
        """
        if not self._jump:
            found = self._found(pieces)
            fewest = self._fewest(found)
            fewer = self._found(fewest) if fewest < pieces else found
            return replace(fewer, pieces=pieces, _points=found._points) if fewer.upper < found.upper else found
        best = None
        for count in _fewer(pieces):
            found = self._found(count)
            best = found if best is None or found.upper < best.upper else best
            if self.norm is SUP and best.upper <= self._jump / 2 * (1 + _CLOSE):
                break
        assert best is not None
        return replace(best, pieces=pieces)

    def _fewest(self, found: BestApproximation) -> int:
        """The fewest pieces that err no more on the points of one found for "sup"."""
        points = np.array(found._points)
        if found.pieces == 1 or len(points) < 2 or not found.upper:
            return found.pieces
        values = self._floats(points)
        error = max(float(found.upper / self._floats.scale), _RESOLUTION / 64)
        path = links_through(points.tolist(), (values - error).tolist(), (values + error).tolist(), found.pieces - 1)
        return found.pieces if path is None else len(path)

    def _found(self, pieces: int) -> BestApproximation:
        if self.norm is SUP:
            return self._balanced(pieces)
        candidate = l2_candidate if self.norm is L2 else l1_candidate
        spline = candidate(self._floats, *self._inside, pieces)
        function = _rational(spline, self.ends, self._floats.scale)
        return self._measured(function, pieces, self._error(function))

    def _balanced(self, pieces: int) -> BestApproximation:
        """The best function in "sup": where its error is larger than floats told, the search goes on from there."""
        best, extra = None, None
        for _ in range(_RETRIES):
            found = minimax_candidate(self._floats, *self._inside, pieces, extra)
            function = _rational(found.spline, self.ends, self._floats.scale)
            errors = self._errors(function)
            worst = errors.sup(range(len(errors.pieces)))
            points = tuple(sorted({float(x) for x in found.points}))
            now = self._measured(function, pieces, worst.value, points)
            best = now if best is None or now.upper < best.upper else best
            upper = found.error * (1 + 1e-6)
            if found.error < _RESOLUTION or now.upper <= Fraction(upper) * self._floats.scale:
                break
            extra = np.unique(np.concatenate([found.points, _around(worst.points, *self._inside)]))
        assert best is not None
        return best

    def _measured(
        self, function: PiecewiseLinear1D, pieces: int, error: Fraction | Enclosure, points: tuple[float, ...] = ()
    ) -> BestApproximation:
        return BestApproximation(
            function, error, self.norm.name, pieces, self.ends, self.shown, self.tolerance, None, self._jump / 2, points
        )

    def _errors(self, function: PiecewiseLinear1D) -> CertifiedErrors | PolynomialErrors:
        if isinstance(self.measured, PiecewiseLinear1D):
            return PolynomialErrors((function - self.measured).pieces, (Fraction(0),))
        return CertifiedErrors(function.pieces, self.measured, self.tolerance)

    def _error(self, function: PiecewiseLinear1D) -> Fraction | Enclosure:
        errors = self._errors(function)
        if self.norm is L2 and isinstance(self.measured, Formula) and self.measured.is_polynomial:
            errors = PolynomialErrors(function.pieces, self.measured.polynomial())
        return self.norm.of(errors, range(len(errors.pieces)))


def _fewer(pieces: int) -> list[int]:
    """Numbers of pieces up to one: all of the small ones, then ever fewer."""
    counts, k = [], 1
    while k < pieces:
        counts.append(k)
        k += max(1, k // 8)
    return [*counts, pieces]


def _around(places: Sequence[Value], low: float, high: float) -> Array:
    """Floats at the places and right beside them: where a target jumps both sides count."""
    ends = [(p.lower, p.upper) if isinstance(p, Enclosure) else (p, p) for p in places]
    least = (high - low) * 1e-21
    floats = np.array([[float(a), float(b), float((a + b) / 2)] for a, b in ends])
    near = [floats, np.nextafter(floats - least, -np.inf), np.nextafter(floats + least, np.inf)]
    return np.clip(np.concatenate(near).ravel(), low, high)


class _Floats:
    """A target in float64, divided by a power of two that makes its values about 1; they must stay finite."""

    def __init__(self, target: Goal, low: float, high: float) -> None:
        self._target, self.exponent = target, 0
        size = float(np.max(np.abs(self(np.linspace(low, high, _SAMPLES)))))
        self.exponent = int(np.frexp(size)[1]) if size > 0 else 0

    @property
    def scale(self) -> Fraction:
        """What the values were divided by."""
        return Fraction(2) ** self.exponent

    def __call__(self, x: ArrayLike) -> Array:
        values = np.asarray(self._target(x), dtype=np.float64)
        if not np.all(np.isfinite(values)):
            name = getattr(self._target, "text", repr(self._target))
            raise TargetError(
                f"target: found {name!s:.60}, whose values overflow float64 on the domain; accepted are targets that "
                "floats can follow"
            )
        return np.ldexp(values, -self.exponent)


def _inside(ends: tuple[Fraction, Fraction]) -> tuple[float, float]:
    """The largest interval of floats within the domain."""
    low, high = (float(end) for end in ends)
    low = low if Fraction(low) >= ends[0] else float(np.nextafter(low, np.inf))
    high = high if Fraction(high) <= ends[1] else float(np.nextafter(high, -np.inf))
    if not (np.isfinite(low) and np.isfinite(high)) or not high - low > 2.0**-40 * max(abs(low), abs(high)):
        raise DomainError(
            f"domain: found [{low!r}, {high!r}], too narrow or too wide for a search in floats; accepted are intervals "
            "longer than 1e-12 of their ends"
        )
    return low, high


def _rational(spline: Spline, ends: tuple[Fraction, Fraction], scale: Fraction) -> PiecewiseLinear1D:
    """The spline times `scale` on all of the domain, with its floats as the dyadic rationals that they are."""
    knots = [Fraction(float(x)) for x in spline.knots]
    values = [Fraction(float(y)) * scale for y in spline.values]
    slopes = [(values[i + 1] - values[i]) / (knots[i + 1] - knots[i]) for i in (0, -2)]
    first, last = (values[i] + slope * (end - knots[i]) for i, slope, end in zip((0, -1), slopes, ends))
    return PiecewiseLinear1D.from_points([ends[0], *knots[1:-1], ends[1]], [first, *values[1:-1], last])
