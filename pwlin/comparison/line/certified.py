"""Certified errors of a piecewise-linear function against a target in elementary functions.

The target is cut where it switches, so that on each segment the error is smooth. Largest errors come from branch and bound,
integrals of polynomials from primitives, others from FLINT's rigorous quadrature.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import arb

from pwlin.base import arguments
from pwlin.base.errors import TargetError
from pwlin.comparison.errors import Sup, enclosed
from pwlin.comparison.line.certified_sup import LargestMagnitude
from pwlin.comparison.line.crude import crude_integral
from pwlin.comparison.line.ends import ends, length
from pwlin.comparison.line.rough import RoughErrors
from pwlin.comparison.line.segments import Effort, Segment, powered
from pwlin.comparison.line.smooth_parts import Part, least_width, smooth_parts
from pwlin.exact.bridges import dyadic, to_ball
from pwlin.exact.enclosure import Enclosure, from_ball
from pwlin.formulas.arithmetic.balls import precision
from pwlin.formulas.budget import Budget, cost_of_ball, size_of
from pwlin.formulas.defined import defined_form
from pwlin.formulas.kinds import Formula
from pwlin.functions.line.records import Piece

if TYPE_CHECKING:
    from sympy import Expr

_GUARD_BITS = 160
_OUTLIER = 2**64
_MOST_DIGITS = 20_000
_HUGE = arb(10) ** _MOST_DIGITS
_SHORT, _MOST_BITS = 64, 4096  # numbers such as 1 + 1e-200 are told from 1
_ATTEMPTS = 4
_WORK = 36_000_000
"""The work that a number may take in balls, about two seconds, besides a first look at each piece; the largest error half."""
_PER_PIECE = 20
"""Values that a first look at a piece takes."""
_PER_PART = 2_000

parts_of = lru_cache(256)(smooth_parts)


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

    def _cut(self, bits: int) -> list[Part]:
        return parts_of(self._formula, self.target.symbol, *ends(self.pieces[0], self.pieces[-1]), bits)

    def _segments(self, indices: Sequence[int], bits: int) -> list[Segment]:
        """Where pieces and parts of the target overlap, left to right."""
        parts, found, first = self._cut(bits), [], 0
        for piece in (self.pieces[i] for i in indices):
            left, right = ends(piece)
            while parts[first].high < left:
                first += 1
            k = first
            while k < len(parts) and parts[k].low <= right:
                low, high = max(parts[k].low, left), min(parts[k].high, right)
                if low < high or parts[k].low == parts[k].high:
                    found.append(Segment(piece, parts[k], low, high, self.target.symbol))
                k += 1
        return found

    def _budget(self, indices: Sequence[int], work: int) -> Budget:
        """The work that a number may take: for some of the pieces less than for all."""
        share = float(self.size(indices) / length(self.pieces, range(len(self.pieces))))
        return Budget(int(work * (1 + 3 * share) / 4) + _PER_PIECE * cost_of_ball(self._formula) * len(indices))

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
        budget, known = self._budget(indices, _WORK // 2), _Known()
        places: tuple[Enclosure, ...] = (Enclosure(low, high),)
        for attempt in range(_ATTEMPTS):
            bits = self._bits(attempt)
            with precision(bits):
                segments = self._segments(indices, bits)
                relative, tiny = to_ball(self.tolerance) / 2, to_ball(self.tolerance) ** 2
                zero = self._scale(segments) * tiny
                width = to_ball(high - low) * least_width(bits)
                found = LargestMagnitude([s.stretch(budget) for s in segments], relative, zero, width, budget)
                if found.upper.is_finite():
                    self._refuse_beyond(found.upper)
                    if known.narrowed(dyadic(found.lower), dyadic(found.upper)):
                        places = tuple(
                            _named(_clipped(from_ball(p), low, high), is_end, segments) for p, is_end in found.places
                        )
                    if self._narrow(known, dyadic(zero.upper())):
                        return Sup(known.enclosure(True), places)
            given_up = found.exhausted or any(s.part.given_up for s in segments)
            if given_up or self._is_spent(budget, segments):
                break
        rough = self._roughly(segments).sup(float(self.tolerance))
        if rough is not None:
            known.narrowed(rough.lower, rough.upper)
        if known.upper is None:
            raise self._wild()
        return Sup(known.enclosure(self._narrow(known, Fraction(0))), places)

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
        absolute, extent, known, budget = None, self.size(indices), _Known(), self._budget(indices, _WORK)
        for attempt in range(_ATTEMPTS):
            bits, before = self._bits(attempt), known.width
            with precision(bits):
                segments = [s for s in self._segments(indices, bits) if s.low < s.high]
                goal, tiny = to_ball(self.tolerance) / (8 * 64**attempt), to_ball(self.tolerance) ** 2
                zero = (powered(self._scale(segments) * tiny, power) * to_ball(extent)).upper()
                if absolute is None:
                    absolute = goal * sum((s.estimate(power) for s in segments), arb(0))
                effort = Effort(goal, absolute.max(zero) / len(segments), to_ball(extent) * least_width(bits), extent)
                total, given_up = self._summed(segments, power, effort, budget)
                if total.is_finite():
                    self._refuse_beyond(total)
                    known.narrowed(dyadic(total.lower()), dyadic(total.upper()))
                    if self._narrow(known, dyadic(zero.upper())):
                        return known.enclosure(True)
                    absolute = goal / 2**20 * arb(total.lower()).max(zero)
            slow = before is not None and known.width is not None and 4 * known.width > before
            if slow or given_up or self._is_spent(budget, segments):
                break
        return known.enclosure(False)

    def _summed(self, segments: Sequence[Segment], power: int, effort: Effort, budget: Budget) -> tuple[arb, bool]:
        """Ball around the integral over some segments, and whether any of them was given up.

        Each has its share of the work; those that need more have what is left.
        """
        balls, open_ = [arb(0)] * len(segments), list(range(len(segments)))
        for parts in (2, 1) if len(segments) > 1 else (1,):
            share, waiting = max(budget.left, 0) // (parts * max(len(open_), 1)), open_
            open_ = []
            for k in waiting:
                least = _PER_PIECE * segments[k].cost
                if parts == 1 < len(segments) and share < 2 * least:
                    open_.append(k)
                    continue
                allowed = Budget(max(share, least))
                balls[k], given_up = segments[k].integral(power, effort, allowed)
                budget.spend(max(share, least) - allowed.left)
                if given_up:
                    open_.append(k)
        if not open_:
            return sum(balls, arb(0)), False
        rest = sum((balls[k] for k in open_), arb(0))
        some = [segments[k] for k in open_]
        rough = self._roughly(some).integral(power, float(self.tolerance))
        if rough is not None:
            found = to_ball(rough.lower).union(to_ball(rough.upper))
            rest = rest.intersection(found) if rest.is_finite() else found
        elif not rest.is_finite():
            graphs = [s.stretch(Budget()) for s in some]
            goal = to_ball(self.tolerance) * sum((s.estimate(power) for s in some), arb(0))
            rest = crude_integral(graphs, power, goal)
            if not rest.is_finite():
                raise self._wild()
        done = set(open_)
        return sum((ball for k, ball in enumerate(balls) if k not in done), rest), True

    def _roughly(self, segments: Sequence[Segment]) -> RoughErrors:
        return RoughErrors(self._formula, self.target.symbol, [(s.low, s.high, s.piece) for s in segments])

    def _is_spent(self, budget: Budget, segments: Sequence[Segment]) -> bool:
        """Whether too little is left for cutting the target anew, at a higher precision."""
        budget.spend(_PER_PART * len({id(s.part) for s in segments}) * size_of(self._formula))
        return budget.is_spent

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

    def _scale(self, segments: Sequence[Segment]) -> arb:
        """A size of target and function, for what counts as zero at the working precision."""
        sizes = [
            size for s in segments[:: len(segments) // 64 + 1] for size in s.sizes(self._formula) if size.is_finite()
        ]
        largest = sum(sizes, arb(0)).upper() / max(len(sizes), 1)
        usual = sorted((size for size in sizes if size > 0), key=float)
        # a pole that a sample happens to meet is no scale
        return largest.min(usual[(len(usual) - 1) // 2] * _OUTLIER) if usual else arb(1)

    def _narrow(self, known: _Known, zero: Fraction) -> bool:
        assert known.upper is not None
        return known.upper - known.lower <= self.tolerance * known.lower or known.upper <= 64 * zero


class _Known:
    """What several attempts tell of a number that is not negative."""

    def __init__(self) -> None:
        self.lower = Fraction(0)
        self.upper: Fraction | None = None

    @property
    def width(self) -> Fraction | None:
        """Of what is known so far."""
        return None if self.upper is None else self.upper - self.lower

    def narrowed(self, lower: Fraction, upper: Fraction) -> bool:
        """Take an enclosure into account; whether it is narrower than what was known."""
        better = self.width is None or upper - lower < self.width
        self.lower = max(self.lower, lower)
        self.upper = upper if self.upper is None else min(self.upper, upper)
        return better

    def enclosure(self, narrow: bool) -> Enclosure:
        """All that is known, and whether that is as narrow as was asked."""
        assert self.upper is not None
        return enclosed(self.lower, self.upper, narrow)


def _named(place: Enclosure, is_end: bool, segments: Sequence[Segment]) -> Enclosure:
    """A place where the error may be largest: the end of a segment, if it is no other point than that."""
    first = bisect_left(segments, place.lower, key=lambda segment: segment.high)
    near = segments[first : bisect_right(segments, place.upper, key=lambda segment: segment.low)]
    ends = {end for segment in near for end in (segment.low, segment.high) if place.contains(end)}
    if len(ends) == 1:
        end = ends.pop()
        if is_end or all(segment.falls_from(end, place) for segment in near if segment.low < segment.high):
            return Enclosure(end, end)
    return place


def _clipped(place: Enclosure, low: Fraction, high: Fraction) -> Enclosure:
    """The part of a place that lies within the pieces."""
    return Enclosure(min(max(place.lower, low), high), max(min(place.upper, high), low))
