"""Certified errors of a piecewise-linear function against a target in elementary functions.

The target is cut where it switches, so that on each segment the error is smooth. Largest errors come from branch and bound,
integrals of polynomials from primitives, others from FLINT's rigorous quadrature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import acb, arb, arb_series, fmpq_poly

from pwlin.base import arguments
from pwlin.base.errors import TargetError
from pwlin.comparison.errors import Sup, enclosed
from pwlin.comparison.line.certified_sup import Graph, LargestMagnitude
from pwlin.comparison.line.crude import crude_integral
from pwlin.comparison.line.ends import ends, length
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.comparison.line.smooth_parts import MOST_DEGREE, Part, least_width, smooth_parts
from pwlin.exact.bridges import dyadic, from_ball, to_ball, to_fmpq
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.balls import Jet, compile_jet, precision
from pwlin.formulas.arithmetic.complex_balls import ComplexFunction, compile_complex, integrate
from pwlin.formulas.arithmetic.expansion import compile_series
from pwlin.formulas.branches import compile_branches
from pwlin.formulas.defined import defined_form
from pwlin.formulas.kinds import Formula
from pwlin.formulas.stretches import polynomial_of
from pwlin.functions.line.records import Piece

if TYPE_CHECKING:
    from sympy import Expr, Symbol

_GUARD_BITS = 160
_OUTLIER = 2**64
_MOST_DIGITS = 20_000
_HUGE = arb(10) ** _MOST_DIGITS
_SHORT, _MOST_BITS = 64, 4096  # numbers such as 1 + 1e-200 are told from 1
_ATTEMPTS = 4
_NODES = (0.046910077030668, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332)
_WEIGHTS = (0.118463442528094, 0.23931433524968324, 0.2844444444444444, 0.23931433524968324, 0.118463442528094)
_PLACES = (Fraction(1, 2), Fraction(5, 16))  # of odd functions the middle alone tells nothing
_NARROW = Fraction(1, 2**20)
_FORMULAS = 256
_MOST_EVALUATIONS = 50_000
_OCTAVES, _STEPS, _FEW = 40, 30, 2000

jet_of = lru_cache(_FORMULAS)(compile_jet)
complex_of = lru_cache(_FORMULAS)(compile_complex)
branches_of = lru_cache(_FORMULAS)(compile_branches)
series_of = lru_cache(_FORMULAS)(compile_series)
parts_of = lru_cache(_FORMULAS)(smooth_parts)
poly_of = lru_cache(_FORMULAS)(polynomial_of)


@dataclass(frozen=True)
class CertifiedErrors:
    """Enclosures of the errors of `pieces` (bounded, left to right) against `target`, a formula of one variable.

    Raises
    ------
    TargetError
        On creation, if the target is not defined and finite everywhere on the pieces.
    """

    pieces: Sequence[Piece]
    target: Formula
    tolerance: Fraction

    exact = False

    def __post_init__(self) -> None:
        _ = self._formula

    @cached_property
    def _formula(self) -> Expr:
        """The target's formula, simplified, and continued at removable points."""
        low, high = ends(self.pieces[0], self.pieces[-1])
        return defined_form(self.target.simplified, self.target.symbol, low, high, repr(self.target.text))

    @cached_property
    def _parts(self) -> dict[int, list[Part]]:
        return {}

    def _segments(self, indices: Sequence[int], bits: int) -> list[_Segment]:
        """Where pieces and parts of the target overlap, left to right."""
        symbol = self.target.symbol
        if bits not in self._parts:
            domain = ends(self.pieces[0], self.pieces[-1])
            self._parts[bits] = parts_of(self._formula, symbol, *domain, bits)
        parts, found, first = self._parts[bits], [], 0
        for piece in (self.pieces[i] for i in indices):
            left, right = ends(piece)
            while parts[first].high < left:
                first += 1
            k = first
            while k < len(parts) and parts[k].low <= right:
                low, high = max(parts[k].low, left), min(parts[k].high, right)
                if low < high or parts[k].low == parts[k].high:
                    found.append(_Segment(piece, parts[k], low, high, symbol))
                k += 1
        return found

    def _bits(self, attempt: int) -> int:
        """Working precision: enough for the tolerance, for numbers far from 1 or long, and doubled by each new attempt."""
        low, high = ends(self.pieces[0], self.pieces[-1])
        spread = max(abs(low), abs(high)) / (high - low)
        size = spread.numerator.bit_length() - spread.denominator.bit_length()
        longest = max(min(q.numerator.bit_length(), q.denominator.bit_length()) for q in (low, high))
        for q in self._formula.atoms(sympy.Rational):
            longest = max(longest, int(q.p).bit_length(), int(q.q).bit_length())
        least = 2 * self.tolerance.denominator.bit_length() + _GUARD_BITS
        return (least + max(size, 0, min(longest, _MOST_BITS) - _SHORT)) * 2**attempt

    def sup(self, indices: Sequence[int]) -> Sup[Enclosure]:
        """Largest magnitude of the error over some neighbouring pieces, and where it is taken."""
        low, high = ends(self.pieces[indices[0]], self.pieces[indices[-1]])
        for attempt in range(_ATTEMPTS):
            bits = self._bits(attempt)
            with precision(bits):
                segments = self._segments(indices, bits)
                relative, tiny = to_ball(self.tolerance) / 2, to_ball(self.tolerance) ** 2
                zero = self._scale(segments) * tiny
                width = to_ball(high - low) * least_width(bits)
                found = LargestMagnitude([s.stretch() for s in segments], relative, zero, width)
                if not found.upper.is_finite():
                    if found.exhausted:
                        break
                    continue
                self._refuse_beyond(found.upper)
                value = Enclosure(dyadic(found.lower), dyadic(found.upper))
                narrow = self._narrow(value, dyadic(zero.upper()))
                if narrow or attempt + 1 == _ATTEMPTS or found.exhausted:
                    places = tuple(_clipped(from_ball(p), low, high) for p in found.places)
                    return Sup(enclosed(value.lower, value.upper, narrow), places)
        raise self._wild()

    def l2_squared(self, indices: Sequence[int]) -> Enclosure:
        """Integral of the squared error over some neighbouring pieces."""
        return self._integral(indices, 2)

    def l1(self, indices: Sequence[int]) -> Enclosure:
        """Integral of the error's magnitude over some neighbouring pieces."""
        return self._integral(indices, 1)

    def size(self, indices: Sequence[int]) -> Fraction:
        """Length of some neighbouring pieces."""
        return length(self.pieces, indices)

    def _integral(self, indices: Sequence[int], power: int) -> Enclosure:
        absolute, extent, before = None, self.size(indices), None
        for attempt in range(_ATTEMPTS):
            bits = self._bits(attempt)
            with precision(bits):
                segments = [s for s in self._segments(indices, bits) if s.low < s.high]
                goal, tiny = to_ball(self.tolerance) / (8 * 64**attempt), to_ball(self.tolerance) ** 2
                zero = (_powered(self._scale(segments) * tiny, power) * to_ball(extent)).upper()
                if absolute is None:
                    absolute = goal * sum((s.estimate(power) for s in segments), arb(0))
                effort = _Effort(goal, absolute.max(zero) / len(segments), to_ball(extent) * least_width(bits), extent)
                total = sum((s.integral(power, effort) for s in segments), arb(0))
                if not total.is_finite():
                    if effort.exhausted or attempt:
                        break
                    continue
                self._refuse_beyond(total)
                value = Enclosure(max(dyadic(total.lower()), Fraction(0)), max(dyadic(total.upper()), Fraction(0)))
                narrow = self._narrow(value, dyadic(zero.upper()))
                slow = effort.exhausted or (before is not None and 4 * value.width > before.width)
                if narrow or slow or attempt + 1 == _ATTEMPTS:
                    return enclosed(value.lower, value.upper, narrow)
                before = value
                absolute = goal / 2**20 * arb(total.lower()).max(zero)
        return self._crudely(indices, power)

    def _crudely(self, indices: Sequence[int], power: int) -> Enclosure:
        """The integral where quadrature has failed."""
        bits = self._bits(0)
        with precision(bits):
            segments = [s for s in self._segments(indices, bits) if s.low < s.high]
            estimate = sum((s.estimate(power) for s in segments), arb(0))
            total = crude_integral([s.stretch() for s in segments], power, estimate * to_ball(self.tolerance))
            if not total.is_finite():
                raise self._wild()
            self._refuse_beyond(total)
            return enclosed(max(dyadic(total.lower()), Fraction(0)), dyadic(total.upper()), False)

    def _refuse_beyond(self, size: arb) -> None:
        """Errors of millions of digits are no answer."""
        if size > _HUGE:
            found = f"{self.target.text!r:.60}, whose errors are beyond 10**{_MOST_DIGITS}"
            raise arguments.refusal("target", found, "are targets with smaller ones", TargetError)

    def _wild(self) -> TargetError:
        return arguments.refusal(
            "target",
            f"{self.target.text!r:.60}, which is too wild to bound",
            "are targets whose errors can be",
            TargetError,
        )

    def _scale(self, segments: Sequence[_Segment]) -> arb:
        """A size of target and function, for what counts as zero at the working precision."""
        sizes = [
            size for s in segments[:: len(segments) // 64 + 1] for size in s.sizes(self._formula) if size.is_finite()
        ]
        largest = sum(sizes, arb(0)).upper() / max(len(sizes), 1)
        usual = sorted((size for size in sizes if size > 0), key=float)
        # a pole that a sample happens to meet is no scale
        return largest.min(usual[(len(usual) - 1) // 2] * _OUTLIER) if usual else arb(1)

    def _narrow(self, value: Enclosure, zero: Fraction) -> bool:
        return value.width <= self.tolerance * value.lower or value.upper <= 64 * zero


@dataclass(frozen=True)
class HighDegreeErrors:
    """Errors against a polynomial whose roots are too long for exact numbers: L2 exact, sup and L1 enclosed."""

    certified: CertifiedErrors
    polynomial: PolynomialErrors

    exact = False

    @property
    def pieces(self) -> Sequence[Piece]:
        """The pieces that errors are asked of."""
        return self.certified.pieces

    def sup(self, indices: Sequence[int]) -> Sup[Enclosure]:
        """Largest magnitude of the error over some neighbouring pieces, and where it is taken."""
        return self.certified.sup(indices)

    def l1(self, indices: Sequence[int]) -> Enclosure:
        """Integral of the error's magnitude over some neighbouring pieces."""
        return self.certified.l1(indices)

    def l2_squared(self, indices: Sequence[int]) -> Fraction:
        """Integral of the squared error over some pieces."""
        return self.polynomial.l2_squared(indices)

    def size(self, indices: Sequence[int]) -> Fraction:
        """Length of some neighbouring pieces."""
        return self.certified.size(indices)


@dataclass(frozen=True, slots=True)
class _Effort:
    """How far integration goes: relative and absolute aims for a segment, the least width of a cell, the whole length.

    Who gives up tells so in `exhausted`.
    """

    relative: arb
    absolute: arb
    least_width: arb
    extent: Fraction
    exhausted: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of a piece on which one formula holds."""

    piece: Piece
    part: Part
    low: Fraction
    high: Fraction
    symbol: Symbol | None

    def stretch(self) -> Graph:
        """The error on the segment, as a function of balls at the working precision."""
        slope, intercept = to_ball(self.piece.slope), to_ball(self.piece.intercept)
        jet = jet_of(self.part.formula, self.symbol)

        def error(x: arb) -> Jet:
            value, first, second = jet(x)
            return value - (slope * x + intercept), first - slope, second

        def sides(x: arb) -> list[arb]:
            assert branches is not None
            return [value - (slope * x + intercept) for value in branches(x)]

        def series(x: arb) -> arb_series:
            assert expand is not None
            return expand(x) - arb_series([slope * x + intercept, slope])

        branches = None if self.part.smooth else branches_of(self.part.formula, self.symbol)
        expand = series_of(self.part.formula, self.symbol) if self.part.smooth else None
        ends = to_ball(self.low), to_ball(self.high)
        return Graph(*ends, error, series if expand else None, sides if branches else None)

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
        stretch, total = self.stretch(), arb(0)
        extent = stretch.high - stretch.low
        for node, weight in zip(_NODES, _WEIGHTS):
            value = stretch.error((stretch.low + extent * node).mid())[0]
            total += weight * extent * _powered(abs(value), power) if value.is_finite() else 0
        return arb(total.mid())

    def integral(self, power: int, effort: _Effort) -> arb:
        """Ball around the integral of a power (1 or 2) of the error's magnitude."""
        stretch = self.stretch()
        if not self.part.smooth:
            cell, width = stretch.low.union(stretch.high), to_ball(self.high - self.low)
            crude = (_powered(abs(stretch.error(cell)[0]).upper(), power) * width).union(arb(0))
            if crude.is_finite() and self.high - self.low <= _NARROW * effort.extent:
                return crude
        poly = poly_of(self.part.formula, self.symbol, MOST_DEGREE)
        if power == 2 and poly is not None:
            return _between((self._line - poly) ** 2, self.low, self.high)
        if power == 2:
            return self._quadrature(2, stretch.low, stretch.high, effort, _MOST_EVALUATIONS)
        signed = signed_intervals(stretch, effort.absolute, effort.least_width)
        total, most = signed.rest, max(_MOST_EVALUATIONS // (len(signed.intervals) + 1), _FEW // 10)
        if signed.exhausted:
            effort.exhausted.append(True)
        for kept in signed.intervals:
            if poly is not None:
                low = self.low if kept.low is stretch.low else dyadic(kept.low)
                high = self.high if kept.high is stretch.high else dyadic(kept.high)
                total += abs(_between(self._line - poly, low, high))
            else:
                total += abs(self._quadrature(1, kept.low, kept.high, effort, most))
        return total

    @property
    def _line(self) -> fmpq_poly:
        return fmpq_poly([to_fmpq(self.piece.intercept), to_fmpq(self.piece.slope)])

    def _quadrature(self, power: int, low: arb, high: arb, effort: _Effort, most: int) -> arb:
        slope, intercept = acb(to_ball(self.piece.slope)), acb(to_ball(self.piece.intercept))
        function = complex_of(self.part.formula, self.symbol)

        def integrand(z: acb, analytic: bool) -> acb:
            value = function(z, analytic) - (slope * z + intercept)
            return value * value if power == 2 else value

        whole = integrate(integrand, low, high, effort.relative, effort.absolute, most)
        return whole if whole.is_finite() or most < _FEW else self._in_steps(integrand, low, high, effort)

    def _in_steps(self, integrand: ComplexFunction, low: arb, high: arb, effort: _Effort) -> arb:
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


def _powered(size: arb, power: int) -> arb:
    return size * size if power == 2 else size


def _between(poly: fmpq_poly, low: Fraction, high: Fraction) -> arb:
    """The integral of a polynomial, rounded once."""
    primitive = poly.integral()
    return arb(primitive(to_fmpq(high)) - primitive(to_fmpq(low)))


def _clipped(place: Enclosure, low: Fraction, high: Fraction) -> Enclosure:
    """The part of a place that lies within the pieces."""
    return Enclosure(min(max(place.lower, low), high), max(min(place.upper, high), low))
