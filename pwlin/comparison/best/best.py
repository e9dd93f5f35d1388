"""Best approximation by continuous piecewise-linear functions with free knots."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, final

import numpy as np

from pwlin.base.errors import DomainError, TargetError
from pwlin.comparison.best.asymptotic import LAWS, asymptotic_constant
from pwlin.comparison.best.linear_formulas import piecewise_linear_form
from pwlin.comparison.best.lower_bounds import mean_lower_bound, sup_lower_bound
from pwlin.comparison.best.spline import Spline
from pwlin.comparison.line.certified import CertifiedErrors
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.exact.bridges import to_ball
from pwlin.exact.enclosure import Enclosure, read_tolerance
from pwlin.exact.text import decimal
from pwlin.formulas.arithmetic.balls import compile_jet
from pwlin.formulas.arithmetic.complex_balls import compile_complex
from pwlin.formulas.kinds import LinearTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import bounded

NORMS = ("sup", "l2", "l1")
_SHIFTS = {"sup": Fraction(1, 8), "l2": Fraction(1, 6), "l1": Fraction(3, 16)}
_RETRIES = 3
_SAMPLES = 257
_RESOLUTION = 2.0**-44  # of values about 1: a search in floats sees no better


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
    error: Any
    norm: str
    pieces: int
    domain: tuple[Fraction, Fraction]
    target: Any
    _tolerance: Fraction
    _known_lower: Fraction | None = None
    _points: tuple[float, ...] = field(default=(), compare=False)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.function, self.error))

    @property
    def upper(self) -> Fraction:
        """Certified upper bound of the least possible error: that of `function`."""
        return self.error.upper if isinstance(self.error, Enclosure) else self.error

    @cached_property
    def lower(self) -> Fraction:
        """Certified lower bound of the least possible error, computed when asked for.

        For "sup" it usually agrees with `upper` to eight digits or more, for targets with inflections and corners as
        well (`pwlin.comparison.best.lower_bounds.sup_lower_bound`); for targets that jump it may be 0. For "l2" and "l1" it is within a factor of about two for smooth targets
        (`pwlin.comparison.best.lower_bounds.mean_lower_bound`), and equal to the error where there is a closed form.
        """
        if self._known_lower is not None:
            return self._known_lower
        if self.norm == "sup":
            return min(sup_lower_bound(_value_at(self.target), self._points, self.pieces, self.upper), self.upper)
        knots = (self.domain[0], *(kink.location for kink in self.function.kinks), self.domain[1])
        return min(mean_lower_bound(_integrand(self.target), knots, self.pieces, self.norm), self.upper)

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
        ``(integral of |f''|^(1/3))^3 / (32 N^2)``, as N grows; corners of the target do not count.

        Raises
        ------
        TargetError
            If the second derivative is not bounded on the domain.
        """
        if isinstance(self.target, PiecewiseLinear1D):
            return Enclosure(Fraction(0), Fraction(0))
        constant = asymptotic_constant(self.target, self.domain, self.norm, self._tolerance)
        share = self.pieces ** LAWS[self.norm].order
        return Enclosure(constant.lower / share, constant.upper / share)

    def __repr__(self) -> str:
        n = self.function.n_pieces
        name = {"sup": "sup", "l2": "L2 squared", "l1": "L1"}[self.norm]
        return f"BestApproximation({n} piece{'s' * (n != 1)}, {name} error {decimal(self.error, 12)})"


def best_approximation_1d(target: TargetLike, domain: Any, pieces: Any, norm: Any, tolerance: Any) -> BestApproximation:
    """Implements `pwlin.best_approximation`."""
    count = _read_pieces(pieces)
    if norm not in NORMS:
        raise TargetError(f"norm: found {norm!r:.40}; accepted are {', '.join(map(repr, NORMS))}")
    relative, ends = read_tolerance(tolerance), bounded(domain)
    goal: Any
    exact: PiecewiseLinear1D | None
    goal = read_target(target)
    if isinstance(goal, LinearTarget):
        assert isinstance(goal.function, PiecewiseLinear1D)  # it has one variable
        goal = exact = goal.function.restrict(*ends)
    else:
        exact = piecewise_linear_form(goal.expression, next(iter(goal.expression.free_symbols), None), *ends)
    if exact is not None and exact.n_pieces <= count:
        return BestApproximation(exact, Fraction(0), norm, count, ends, goal, relative, Fraction(0))
    if exact is None and goal.is_polynomial and len(goal.polynomial()) == 3:
        return _quadratic(goal, ends, count, norm, relative)
    return _searched(goal if exact is None else exact, goal, ends, count, norm, relative)


def _read_pieces(pieces: Any) -> int:
    try:
        count = operator.index(pieces)
    except TypeError:
        count = 0
    if count < 1 or isinstance(pieces, bool):
        raise TargetError(f"pieces: found {pieces!r:.40}; accepted are whole numbers from 1")
    return count


def _quadratic(
    goal: Any, ends: tuple[Fraction, Fraction], pieces: int, norm: str, tolerance: Fraction
) -> BestApproximation:
    """Equal pieces, and the interpolant moved by the same amount everywhere; see `yardstick.quadratic_best`."""
    from pwlin.comparison.best.quadratic import quadratic_best

    leading = goal.polynomial()[2]
    h = (ends[1] - ends[0]) / pieces
    knots = [ends[0] + k * h for k in range(pieces + 1)]
    shift = leading * _SHIFTS[norm] * h**2
    function = PiecewiseLinear1D.from_points(knots, [goal.exact(x) - shift for x in knots])
    errors = quadratic_best(leading, ends[1] - ends[0], pieces)
    error = {"sup": errors.sup, "l2": errors.l2_squared, "l1": errors.l1}[norm]
    return BestApproximation(function, error, norm, pieces, ends, goal, tolerance, error)


def _searched(
    measured: Any, goal: Any, ends: tuple[Fraction, Fraction], pieces: int, norm: str, tolerance: Fraction
) -> BestApproximation:
    """The best function that a search in floats finds, with its error certified."""
    if not isinstance(measured, PiecewiseLinear1D):
        CertifiedErrors(PiecewiseLinear1D.from_points(ends, [0, 0]).pieces, measured, tolerance)  # refuses poles
    low, high = _inside(ends)
    floats = _Floats(measured, low, high)
    if norm != "sup":
        from pwlin.comparison.best.least import least_candidate

        spline = least_candidate(floats, low, high, pieces, norm)
        function = _rational(spline, ends, floats.scale)
        error = _error(function, measured, norm, tolerance)
        return BestApproximation(function, error, norm, pieces, ends, goal, tolerance)
    from pwlin.comparison.best.best_sup import minimax_candidate

    extra: Any = None
    best: Any = None
    for _ in range(_RETRIES):
        found = minimax_candidate(floats, low, high, pieces, extra)
        function = _rational(found.spline, ends, floats.scale)
        errors = _errors(function, measured, tolerance)
        worst = errors.sup(range(len(errors.pieces)))
        upper = worst.value.upper if isinstance(worst.value, Enclosure) else worst.value
        if best is None or upper < best.upper:
            points = tuple(sorted({float(x) for x in found.points}))
            best = BestApproximation(function, worst.value, norm, pieces, ends, goal, tolerance, None, points)
        if found.error < _RESOLUTION or upper <= Fraction(found.error) * floats.scale * (1 + Fraction(1, 10**6)):
            break
        extra = np.unique(np.concatenate([found.points, _around(worst.points, low, high)]))
    assert isinstance(best, BestApproximation)
    return best


def _around(places: Sequence[Any], low: float, high: float) -> Any:
    """Floats at the places and right beside them: where a target jumps both sides count."""
    ends = [(p.lower, p.upper) if isinstance(p, Enclosure) else (p, p) for p in places]
    least = (high - low) * 1e-21
    floats = np.array([[float(a), float(b), float((a + b) / 2)] for a, b in ends])
    near = [floats, np.nextafter(floats - least, -np.inf), np.nextafter(floats + least, np.inf)]
    return np.clip(np.concatenate(near).ravel(), low, high)


class _Floats:
    """A target in float64, divided by a power of two that makes its values about 1; they must stay finite."""

    def __init__(self, target: Any, low: float, high: float) -> None:
        self._target, self.exponent = target, 0
        size = float(np.max(np.abs(self(np.linspace(low, high, _SAMPLES)))))
        self.exponent = int(np.frexp(size)[1]) if size > 0 else 0

    @property
    def scale(self) -> Fraction:
        """What the values were divided by."""
        return Fraction(2) ** self.exponent

    def __call__(self, x: Any) -> Any:
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


def _errors(function: PiecewiseLinear1D, target: Any, tolerance: Fraction) -> Any:
    if isinstance(target, PiecewiseLinear1D):
        return PolynomialErrors((function - target).pieces, (Fraction(0),))
    return CertifiedErrors(function.pieces, target, tolerance)


def _error(function: PiecewiseLinear1D, target: Any, norm: str, tolerance: Fraction) -> Any:
    if norm == "l2" and getattr(target, "is_polynomial", False):
        return PolynomialErrors(function.pieces, target.polynomial()).l2_squared(range(function.n_pieces))
    errors = _errors(function, target, tolerance)
    return (errors.l2_squared if norm == "l2" else errors.l1)(range(len(errors.pieces)))


def _value_at(target: Any) -> Any:
    """The target as a function from a Fraction to a ball."""
    if isinstance(target, PiecewiseLinear1D):
        return lambda x: to_ball(target(x))
    expression = target.expression
    jet = compile_jet(expression, next(iter(expression.free_symbols), None))
    return lambda x: jet(to_ball(x))[0]


def _integrand(target: Any) -> Any:
    """The target as a function for `integrate`."""
    if isinstance(target, PiecewiseLinear1D):
        import sympy

        x = sympy.Symbol("x", real=True)
        rational = [[sympy.Rational(v.numerator, v.denominator) for v in (p.slope, p.intercept)] for p in target.pieces]
        turns = [x <= sympy.Rational(k.location.numerator, k.location.denominator) for k in target.kinks]
        lines = [slope * x + intercept for slope, intercept in rational]
        return compile_complex(sympy.Piecewise(*zip(lines, [*turns, True])), x)
    expression = target.expression
    return compile_complex(expression, next(iter(expression.free_symbols), None))
