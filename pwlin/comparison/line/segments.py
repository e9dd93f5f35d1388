"""Stretches of pieces on which one formula holds: the error there, and its integrals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import acb, arb, arb_series, ctx, fmpq_poly

from pwlin.comparison.line.certified_sup import Graph
from pwlin.comparison.line.compiled import branches_of, complex_of, jet_of, poly_of, series_of
from pwlin.comparison.line.sharp_ends import is_largest_at
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.comparison.line.smooth_parts import MOST_DEGREE, Part
from pwlin.exact.bridges import dyadic, to_ball, to_fmpq
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic import expansion
from pwlin.formulas.arithmetic.balls import Jet
from pwlin.formulas.arithmetic.complex_balls import ComplexFunction, integrate
from pwlin.formulas.budget import Budget, cost_of_ball, cost_of_complex
from pwlin.functions.line.records import Piece

if TYPE_CHECKING:
    from sympy import Expr, Symbol

_NODES = (0.046910077030668, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332)
_WEIGHTS = (0.118463442528094, 0.23931433524968324, 0.2844444444444444, 0.23931433524968324, 0.118463442528094)
_PLACES = (Fraction(1, 2), Fraction(5, 16))  # of odd functions the middle alone tells nothing
_NARROW = Fraction(1, 2**20)
_MOST_EVALUATIONS = 50_000
_OCTAVES, _STEPS, _FEW = 40, 30, 2000
_LEAST = 40
_TERMS = 6
"""So many terms of a series cost what a value does."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How far integration goes: relative and absolute aims for a segment, the least width of a cell, the whole length."""

    relative: arb
    absolute: arb
    least_width: arb
    extent: Fraction

    def is_met(self, found: arb) -> bool:
        """Whether an integral over a segment is as narrow as was aimed at."""
        return bool(found.rad() <= self.absolute.max(abs(found).lower() * self.relative))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a piece on which one formula holds."""

    piece: Piece
    part: Part
    low: Fraction
    high: Fraction
    symbol: Symbol | None

    @property
    def cost(self) -> int:
        """What a value takes."""
        return cost_of_ball(self.part.formula)

    def stretch(self, budget: Budget) -> Graph:
        """The error on the segment, as a function of balls at the working precision; values are counted."""
        slope, intercept = to_ball(self.piece.slope), to_ball(self.piece.intercept)
        jet, cost = jet_of(self.part.formula, self.symbol), self.cost

        def error(x: arb) -> Jet:
            budget.spend(cost)
            value, first, second = jet(x)
            return value - (slope * x + intercept), first - slope, second

        def sides(x: arb) -> list[arb]:
            assert branches is not None
            return [value - (slope * x + intercept) for value in branches(x)]

        def series(x: arb) -> arb_series:
            assert expand is not None
            budget.spend(int(ctx.cap) * cost // _TERMS)
            return expand(x) - arb_series([slope * x + intercept, slope])

        branches = None if self.part.smooth else branches_of(self.part.formula, self.symbol)
        expand = series_of(self.part.formula, self.symbol) if self.part.smooth else None
        ends = to_ball(self.low), to_ball(self.high)
        return Graph(*ends, error, series if expand else None, sides if branches else None)

    def falls_from(self, end: Fraction, place: Enclosure) -> bool:
        """Whether the error's magnitude is certainly strictly largest at an end of all that the segment has of a place around it."""
        reach = min(place.upper, self.high) - end if end == self.low else max(place.lower, self.low) - end
        if end not in (self.low, self.high) or not self.part.smooth or self.symbol is None:
            return False
        line = self.piece.slope, self.piece.intercept
        return not reach or is_largest_at(self.part.formula, self.symbol, line, end, reach)

    def sizes(self, target: Expr) -> list[arb]:
        """Magnitudes at two points inside: of the function, and of the terms of the target, which may cancel."""
        slope, intercept = to_ball(self.piece.slope), to_ball(self.piece.intercept)
        terms = [jet_of(term, self.symbol) for term in _terms(target)]
        out = []
        for x in (to_ball(self.low + (self.high - self.low) * share) for share in _PLACES):
            out += [abs(slope * x + intercept).upper(), *(abs(term(x)[0]).upper() for term in terms)]
        return out

    def estimate(self, power: int) -> arb:
        """About the integral of a power of the error's magnitude, by Gauss' rule; it only steers the effort."""
        stretch, total = self.stretch(Budget()), arb(0)
        extent = stretch.high - stretch.low
        for node, weight in zip(_NODES, _WEIGHTS):
            value = stretch.error((stretch.low + extent * node).mid())[0]
            total += weight * extent * powered(abs(value), power) if value.is_finite() else 0
        return arb(total.mid())

    def integral(self, power: int, effort: Effort, budget: Budget) -> tuple[arb, bool]:
        """Ball around the integral of a power (1 or 2) of the error's magnitude, and whether it was given up."""
        stretch = self.stretch(budget)
        if not self.part.smooth:  # no rule converges where a formula switches
            bound = abs(stretch.bounds(stretch.low, stretch.high)[0]).upper()
            crude = (powered(bound, power) * to_ball(self.high - self.low)).union(arb(0))
            return crude, not (crude.is_finite() and self.high - self.low <= _NARROW * effort.extent)
        poly = poly_of(self.part.formula, self.symbol, MOST_DEGREE)
        if power == 2 and poly is not None:
            return _between((self._line - poly) ** 2, self.low, self.high), False
        if power == 2:
            return self._quadrature(2, stretch, stretch.low, stretch.high, effort, budget, _MOST_EVALUATIONS)
        signed = signed_intervals(stretch, effort.absolute, effort.least_width, budget=budget)
        total, most = signed.rest, max(_MOST_EVALUATIONS // (len(signed.intervals) + 1), _FEW // 10)
        given_up = signed.exhausted
        for kept in signed.intervals:
            if poly is not None:
                low = self.low if kept.low is stretch.low else dyadic(kept.low)
                high = self.high if kept.high is stretch.high else dyadic(kept.high)
                total += abs(_between(self._line - poly, low, high))
            else:
                found, short = self._quadrature(1, stretch, kept.low, kept.high, effort, budget, most)
                total, given_up = total + abs(found), given_up or short
        return total, given_up

    @property
    def _line(self) -> fmpq_poly:
        return fmpq_poly([to_fmpq(self.piece.intercept), to_fmpq(self.piece.slope)])

    def _quadrature(
        self, power: int, stretch: Graph, low: arb, high: arb, effort: Effort, budget: Budget, most: int
    ) -> tuple[arb, bool]:
        """The integral of the error (its square, for power 2) over a part, and whether it was given up."""
        if stretch.series is not None:
            short = expansion.integral(stretch.series, low, high, power)
            if short is not None and effort.is_met(short):
                return short, False
        slope, intercept = acb(to_ball(self.piece.slope)), acb(to_ball(self.piece.intercept))
        function, cost = complex_of(self.part.formula, self.symbol), cost_of_complex(self.part.formula) // 2

        def integrand(z: acb, analytic: bool) -> acb:
            budget.spend(cost)
            value = function(z, analytic) - (slope * z + intercept)
            return value * value if power == 2 else value

        allowed, before = max(min(most, budget.left // cost), _LEAST), budget.left
        whole = integrate(integrand, low, high, effort.relative, effort.absolute, allowed)
        if not whole.is_finite() and most >= _FEW and not budget.is_spent:
            return self._in_steps(integrand, low, high, effort), budget.is_spent
        return whole, before - budget.left >= allowed * cost

    def _in_steps(self, integrand: ComplexFunction, low: arb, high: arb, effort: Effort) -> arb:
        """The integral piece by piece, ever shorter towards an end with a pole close by on its other side."""
        total, width = arb(0), high - low
        cuts = [low + width / arb(2) ** (_OCTAVES * k) for k in range(_STEPS, 0, -1)]
        cuts += [high - width / arb(2) ** (_OCTAVES * k) for k in range(1, _STEPS + 1)]
        for left, right in zip([low, *cuts], [*cuts, high]):
            total += integrate(integrand, left, right, effort.relative, effort.absolute / (2 * _STEPS + 1), _FEW)
            if not total.is_finite():
                break
        return total


def _terms(formula: Expr) -> Iterator[Expr]:
    """The terms of a sum, and those of what sums are the largest, the smallest or the magnitude of."""
    if formula.is_Add or isinstance(formula, (sympy.Max, sympy.Min, sympy.Abs)):
        for part in formula.args:
            yield from _terms(part)
    else:
        yield formula


def powered(size: arb, power: int) -> arb:
    """A ball to the power 1 or 2."""
    return size * size if power == 2 else size


def _between(poly: fmpq_poly, low: Fraction, high: Fraction) -> arb:
    """The integral of a polynomial, rounded once."""
    primitive = poly.integral()
    return arb(primitive(to_fmpq(high)) - primitive(to_fmpq(low)))
