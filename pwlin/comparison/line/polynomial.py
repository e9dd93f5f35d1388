"""Exact errors of a piecewise-linear function against a polynomial with rational coefficients.

On a piece the error ``e(x) = f(x) - p(x)`` is a polynomial. Its largest magnitude is taken at an end or at a root of e',
L2 is a rational integral, and L1 changes sign at the roots of e. Rational points give rationals; irrational roots are
isolated with certainty and give algebraic numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import arb, ctx, fmpq, fmpq_poly

from pwlin.base.sequences import OnDemand
from pwlin.comparison.errors import Sup, Value
from pwlin.comparison.line.ends import ends, length
from pwlin.comparison.line.parabolas import magnitude
from pwlin.comparison.line.together import contenders, squared
from pwlin.exact.algebraic import (
    Point,
    RealRoot,
    evaluate,
    precisions,
    rational_poly,
    roots_between,
    sign_at,
    value_at,
)
from pwlin.exact.bridges import exact_sum, from_fmpq, to_fmpq
from pwlin.exact.long_fractions import total
from pwlin.exact.radicals import sum_to_sympy, to_number
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece

_CANONICAL_BITS = 256
_MANY = 64
"""From so many pieces on it is worth to look at all of them together first."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A critical point where the error may be largest: the error polynomial and an irrational root of its derivative."""

    order: int
    error: fmpq_poly
    root: RealRoot

    def magnitude(self, bits: int) -> arb:
        return abs(evaluate(self.error, self.root, bits))

    def canonical(self) -> Point:
        return value_at(self.error if sign_at(self.error, self.root) >= 0 else -self.error, self.root)


@dataclass(frozen=True)
class PolynomialErrors:
    """Errors of a function on a bounded interval against the polynomial `coefficients`, lowest degree first."""

    function: PiecewiseLinear1D
    coefficients: tuple[Fraction, ...]

    exact = True

    @property
    def pieces(self) -> Sequence[Piece]:
        """The function's, left to right."""
        return self.function.pieces

    @cached_property
    def _errors(self) -> Sequence[tuple[fmpq, fmpq, fmpq_poly]]:
        """(left, right, error polynomial) of each piece, as FLINT objects."""
        target = rational_poly(self.coefficients)

        def error(index: int) -> tuple[fmpq, fmpq, fmpq_poly]:
            piece = self.pieces[index]
            left, right = map(to_fmpq, ends(piece))
            return left, right, fmpq_poly([to_fmpq(piece.intercept), to_fmpq(piece.slope)]) - target

        return OnDemand(len(self.pieces), error)

    def _together(self, indices: Sequence[int]) -> bool:
        """Whether these are all pieces, and many: worth another way."""
        return len(indices) == len(self.pieces) >= _MANY

    def sup(self, indices: Sequence[int]) -> Sup[Value]:
        """Largest magnitude of the error over some neighbouring pieces, and the points that take it."""
        chosen = contenders(self.function._table, self.coefficients) if self._together(indices) else indices
        best = fmpq(-1)
        points: list[tuple[int, Point]] = []
        candidates: list[_Candidate] = []
        order = 0
        for i in chosen:
            left, right, error = self._errors[i]
            at: list[Point] = [left]
            at += [root for root, _ in roots_between(error.derivative(), left, right)]
            if i == indices[-1]:
                at.append(right)
            for point in at:
                order += 1
                if isinstance(point, RealRoot):
                    candidates.append(_Candidate(order, error, point))
                    continue
                value = abs(error(point))
                if value > best:
                    best, points = value, [(order, point)]
                elif value == best:
                    points.append((order, point))
        return _largest(best, points, candidates)

    def l2_squared(self, indices: Sequence[int]) -> Fraction:
        """Integral of the squared error over some pieces."""
        if self._together(indices) and len(self.coefficients) <= 3:
            return squared(self.function._table, self.coefficients)
        return total(self._integral_of_square(*self._errors[i]) for i in indices)

    @staticmethod
    def _integral_of_square(left: fmpq, right: fmpq, error: fmpq_poly) -> fmpq:
        primitive = (error * error).integral()
        return primitive(right) - primitive(left)

    def l1(self, indices: Sequence[int]) -> Value:
        """Integral of the error's magnitude over some pieces."""
        if self._together(indices) and len(self.coefficients) <= 2:
            constant, slope = [*self.coefficients, Fraction(0)][:2]
            line = PiecewiseLinear1D.from_pieces([Piece(*self.function.domain, slope, constant)])
            return abs(self.function - line).integral()
        if self._together(indices) and len(self.coefficients) == 3 and self.coefficients[2]:
            return magnitude(self.function._table, self.coefficients).number()
        rational, roots = [], []
        for i in indices:
            value, irrational = self._integral_of_magnitude(*self._errors[i])
            rational.append(value)
            roots += irrational
        return _total(exact_sum(rational), roots)

    @staticmethod
    def _integral_of_magnitude(left: fmpq, right: fmpq, error: fmpq_poly) -> tuple[fmpq, list[tuple[int, RealRoot]]]:
        """The rational part, and irrational numbers with integer factors."""
        if error == 0:
            return fmpq(0), []
        primitive = error.integral()
        changes = [root for root, multiplicity in roots_between(error, left, right) if multiplicity % 2]
        sign = sign_after(error, left)
        rational = sign * (-primitive(left) + (-1) ** len(changes) * primitive(right))
        irrational = []
        for root in changes:  # the primitive counts once for the stretch before the root and once for the one after
            value = value_at(primitive, root) if isinstance(root, RealRoot) else primitive(root)
            if isinstance(value, RealRoot):
                irrational.append((2 * sign, value))
            else:
                rational += 2 * sign * value
            sign = -sign
        return rational, irrational

    def size(self, indices: Sequence[int]) -> Fraction:
        """Length of some neighbouring pieces."""
        return length(self.pieces, indices)


def sign_after(poly: fmpq_poly, point: fmpq) -> int:
    """Sign of a non-zero polynomial just to the right of a rational point."""
    while True:
        value = poly(point)
        if value != 0:
            return 1 if value > 0 else -1
        poly = poly.derivative()


def _largest(best: fmpq, points: list[tuple[int, Point]], candidates: list[_Candidate]) -> Sup[Value]:
    """The largest among the rational magnitude `best` and those of the candidates: balls first, then exactly."""
    for bits in precisions():
        if not candidates:
            break
        with ctx.workprec(bits):
            balls = [candidate.magnitude(bits) for candidate in candidates]
            lead = balls[0]
            for ball in balls:  # compared as they are: floats may be equal or overflow
                lead = ball if ball.mid() > lead.mid() else lead
            candidates = [c for c, ball in zip(candidates, balls) if not (ball < lead or ball < best)]
            if not candidates:
                break
            if lead > best:
                best, points = fmpq(-1), []
            if len(candidates) == 1 and not points:
                [only] = candidates
                return Sup(to_number(only.canonical()), (to_number(only.root),))
        if bits >= _CANONICAL_BITS:
            values = [candidate.canonical() for candidate in candidates]
            if all(value == values[0] for value in values) and (not points or values[0] == best):
                points = sorted([*points, *((c.order, c.root) for c in candidates)], key=lambda pair: pair[0])
                return Sup(to_number(values[0]), tuple(to_number(point) for _, point in points))
    return Sup(from_fmpq(best), tuple(to_number(point) for _, point in points))


def _total(rational: fmpq, irrational: list[tuple[int, RealRoot]]) -> Value:
    """Fraction, or a sympy sum in which equal radicals are collected."""
    if not irrational:
        return from_fmpq(rational)
    factors: dict[RealRoot, int] = {}
    for factor, root in irrational:
        factors[root] = factors.get(root, 0) + factor
    found = sum_to_sympy(rational, {root: factor for root, factor in factors.items() if factor})
    return Fraction(int(found.p), int(found.q)) if found.is_Rational else found
