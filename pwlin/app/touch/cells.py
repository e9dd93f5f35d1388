"""Targets as the page knows them: cells on which they are cubic polynomials, exactly or to a certified bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_series, ctx

from pwlin.base.arguments import shown
from pwlin.base.errors import TargetError
from pwlin.exact.bridges import dyadic, from_fmpq, to_ball
from pwlin.exact.digits import ratio
from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic.balls import JetFunction, compile_jet
from pwlin.formulas.arithmetic.power_series import SeriesFunction, compile_power_series
from pwlin.formulas.kinds import Formula, LinearTarget, Target
from pwlin.formulas.stretches import Place, Stretch, above, below, polynomial_of, stretches
from pwlin.functions.line.function import PiecewiseLinear1D

MOST = 512
"""Cells."""
FINEST = Fraction(1, 10**9)
"""The bound, in parts of the target's range."""
_DEPTH = 60
_BITS = 128
_ORDER = 5
_LEAST, _LARGEST = arb(2) ** -1074, arb(2) ** 1023
"""Other sizes are none of doubles, and a bound of another has up to 2**60 digits as a fraction: exp(1/x) on the left of 0."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The polynomial ``c[0] + c[1] t + ...`` in t = x - middle, on an interval; of degree 3 at most."""

    left: Fraction
    right: Fraction
    middle: Fraction
    coefficients: tuple[Fraction, ...]

    def __call__(self, x: float) -> float:
        """The value in floats."""
        t, value = x - float(self.middle), 0.0
        for c in reversed(self.coefficients):
            value = value * t + nearest_float(c)
        return value

    def data(self, exact: bool) -> list[object]:
        """For the page: fractions as text, or doubles where the bound makes up for their rounding."""
        ends: list[object] = [ratio(self.left), ratio(self.right), ratio(self.middle)]
        return ends + [ratio(c) if exact else float(c) for c in self.coefficients]


@dataclass(frozen=True, slots=True)
class Cells:
    """A target in cells, left to right, and how far they may be from it: 0 if they are it."""

    cells: tuple[Cell, ...]
    epsilon: float

    def data(self) -> list[list[object]]:
        """For the page."""
        return [cell.data(not self.epsilon) for cell in self.cells]


def cells_of(target: Target, left: Fraction, right: Fraction) -> Cells:
    """A target of one variable in cells.

    Raises
    ------
    TargetError
        For callables, and for formulas that switch elsewhere than at roots of polynomials.
    """
    if isinstance(target, LinearTarget) and isinstance(target.function, PiecewiseLinear1D):
        f = target.function.restrict(left, right)
        pieces = [(p.left, p.right, (p.intercept, p.slope)) for p in f.pieces]
        return Cells(tuple(Cell(a, b, Fraction(0), c) for a, b, c in pieces if a is not None and b is not None), 0.0)
    if not isinstance(target, Formula):
        raise TargetError(f"target: found {shown(target)}; accepted are formulas and piecewise-linear functions")
    return _formula_cells(target, left, right)


def _formula_cells(target: Formula, left: Fraction, right: Fraction) -> Cells:
    symbol = target.variables[0]
    parts = stretches(target.simplified, symbol, left, right)
    exact = [_exact_cell(part, symbol) for part in parts]
    known = [cell for cell in exact if cell is not None]
    if len(known) == len(parts):
        return Cells(tuple(known), 0.0)
    ways = [_Way.of(target, part) if cell is None else cell for part, cell in zip(parts, exact, strict=True)]
    for way in ways:
        if isinstance(way, _Way):
            way.certified(math.inf, MOST)  # where there is no bound at all, that is found at once
    tolerance = FINEST * _range(target, left, right)
    while True:
        found: list[Cell] = []
        bound = Fraction(0)
        for way in ways:
            if isinstance(way, Cell):
                found.append(way)
                continue
            pieces, error = way.certified(tolerance, MOST - len(found))
            found += pieces
            bound = max(bound, error)
        if len(found) <= MOST:
            return Cells(tuple(found), nearest_float(bound))
        tolerance *= 10


def _exact_cell(part: Stretch, symbol: object) -> Cell | None:
    """A stretch with rational ends on which the target is a polynomial of degree 3 at most."""
    poly = polynomial_of(part.expression, symbol)
    if poly is None or poly.degree() > 3 or not isinstance(part.left, Fraction) or not isinstance(part.right, Fraction):
        return None
    return Cell(part.left, part.right, Fraction(0), tuple(from_fmpq(c) for c in poly.coeffs()) or (Fraction(0),))


def _near(place: Place) -> Fraction:
    """A rational number that stands for a place; an irrational one is met to 75 digits."""
    return place if isinstance(place, Fraction) else (below(place) + above(place)) / 2


def _range(target: Formula, left: Fraction, right: Fraction) -> Fraction:
    """About how far the values of a target lie apart."""
    import numpy as np

    values = target(np.linspace(nearest_float(left), nearest_float(right), 257))
    known = values[np.isfinite(values)]
    span = float(known.max() - known.min()) if len(known) else 0.0
    size = span or float(np.abs(known).max(initial=0.0)) or 1.0
    return Fraction(size) if np.isfinite(size) else Fraction(1)


@dataclass(frozen=True, slots=True)
class _Way:
    """A stretch of a formula, and its values and derivatives there."""

    series: SeriesFunction
    jet: JetFunction
    left: Fraction
    right: Fraction

    @staticmethod
    def of(target: Formula, part: Stretch) -> _Way:
        series = compile_power_series(part.expression)
        if series is None:
            raise TargetError(
                f"target: found {target.text}, which switches where no polynomial is 0; "
                "accepted by the playground are formulas that switch at roots of polynomials, such as abs(x**2 - 2)"
            )
        return _Way(series, compile_jet(part.expression, target.variables[0]), _near(part.left), _near(part.right))

    def certified(self, tolerance: Fraction | float, room: int) -> tuple[list[Cell], Fraction]:
        """Cells left to right, each within the tolerance, and the largest bound; about `room` cells at most."""
        done: list[Cell] = []
        worst = Fraction(0)
        waiting = [(self.left, self.right, 0)]
        cap, bits = ctx.cap, ctx.prec
        try:
            ctx.prec = _BITS
            while waiting and len(done) <= room:
                a, b, depth = waiting.pop()
                cell, error = _cubic(self.series, self.jet, a, b)
                if cell is None or error is None or (error > tolerance and depth < _DEPTH):
                    if depth >= _DEPTH:
                        raise TargetError(
                            f"target: found no bound near {float(a):.6g}; "
                            "accepted are formulas with a bound in float64's range on the domain"
                        )
                    middle = (a + b) / 2
                    waiting += [(middle, b, depth + 1), (a, middle, depth + 1)]
                    continue
                done.append(cell)
                worst = max(worst, error)
        finally:
            ctx.cap, ctx.prec = cap, bits
        return done, worst


def _cubic(
    series: SeriesFunction, jet: JetFunction, left: Fraction, right: Fraction
) -> tuple[Cell | None, Fraction | None]:
    """A cubic near the target on an interval, and how far it is at most.

    Taylor's formula of order 4 about the middle with half width H, whose t^4 is replaced by H^2 t^2 - H^4 / 8, nearest to
    it of all quadratics (Chebyshev): that is H^4 / 8 off.
    """
    middle, half = (left + right) / 2, (right - left) / 2
    h, ball = to_ball(half), to_ball(left).union(to_ball(right))
    try:
        ctx.cap = _ORDER + 1
        at, over = series(arb_series([to_ball(middle), 1])), series(arb_series([ball, 1]))
        c = [at[k] for k in range(_ORDER)]
        wanted = [c[0] - c[4] * h**4 / 8, c[1], c[2] + c[4] * h**2, c[3]]
        remainder = abs(c[4]) * h**4 / 8 + abs(over[_ORDER]) * h**_ORDER
        cell, error = _rounded(wanted, remainder, left, right, middle)
    except (ValueError, ZeroDivisionError):
        cell, error = None, None
    if cell is None:  # where derivatives are unbounded, the value may not be
        return _rounded([jet(ball)[0]], arb(0), left, right, middle)
    return cell, error


def _rounded(
    wanted: list[arb], remainder: arb, left: Fraction, right: Fraction, middle: Fraction
) -> tuple[Cell | None, Fraction | None]:
    """A cell whose coefficients are doubles, and a bound that holds their rounding as well."""
    if not all(abs(value) < _LARGEST for value in (*wanted, remainder)):
        return None, None
    doubles = [Fraction(float(value.mid())) for value in wanted]
    h, error = to_ball((right - left) / 2), remainder
    for k, (value, rounded) in enumerate(zip(wanted, doubles, strict=True)):
        error = error + abs(value - to_ball(rounded)) * h**k
    bound = error.upper()
    if bound > _LARGEST:
        return None, None
    return Cell(left, right, middle, tuple(doubles)), dyadic(bound if bound == 0 or bound > _LEAST else _LEAST)
