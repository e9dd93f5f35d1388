"""A target cut where it switches, for its integrals: stretches with one analytic formula each, and short places between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import acb, arb

from pwlin.comparison.best.frame import continued
from pwlin.comparison.line.smooth_parts import Part, smooth_parts
from pwlin.exact.bridges import to_ball
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.balls import precision
from pwlin.formulas.arithmetic.complex_balls import ComplexFunction, compile_complex, integrate
from pwlin.formulas.budget import PER_BALL, Budget
from pwlin.formulas.kinds import Formula
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece

if TYPE_CHECKING:
    from pwlin.comparison.best.approximation import Goal

Weight = Callable[[acb, acb], acb]
"""From a target's value and the place to what is integrated."""
_WORK = 40_000_000
_MOST, _LEAST, _SHARE = 50_000, 64, 8
"""Evaluations that an integral may take: at most and at least so many, and else so many times its share of what is left."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval with a function for `integrate`, analytic there if it is `smooth`; a value takes so much work."""

    low: Fraction
    high: Fraction
    function: ComplexFunction
    smooth: bool
    work: int = PER_BALL


@lru_cache(64)
def parts_of(target: Formula, domain: tuple[Fraction, Fraction], bits: int) -> tuple[Part, ...]:
    """`smooth_parts` of a target, which several ask for."""
    with precision(bits):
        return tuple(smooth_parts(continued(target, domain), target.symbol, *domain, bits))


def switching_places(target: Goal, domain: tuple[Fraction, Fraction], bits: int) -> list[Fraction | Enclosure]:
    """Where a target bends or jumps, as far as it is known, left to right."""
    if isinstance(target, PiecewiseLinear1D):
        return [kink.location for kink in target.kinks]
    parts = parts_of(target, domain, bits)
    short = [Enclosure(part.low, part.high) for part in parts if not part.smooth and part.low < part.high]
    smooth = [part for part in parts if part.smooth and part.low < part.high]
    return [*(after.low for before, after in zip(smooth, smooth[1:]) if before.high == after.low), *short]


def stretches(target: Goal, domain: tuple[Fraction, Fraction], bits: int) -> list[Stretch]:
    """The stretches of a domain, left to right; `bits` of precision say how short places between them are."""
    if isinstance(target, PiecewiseLinear1D):
        return [Stretch(*_ends(piece), _line(piece), True) for piece in target.pieces]
    return [
        Stretch(
            *(part.low, part.high, compile_complex(part.formula, target.symbol), part.smooth),
            PER_BALL * sum(1 for _ in sympy.preorder_traversal(part.formula)),
        )
        for part in parts_of(target, domain, bits)
        if part.low < part.high
    ]


def without(line: Piece, parts: Sequence[Stretch]) -> list[Stretch]:
    """The same less a line."""
    taken = _line(line)

    def less(function: ComplexFunction) -> ComplexFunction:
        return lambda z, analytic: function(z, analytic) - taken(z, analytic)

    return [replace(part, function=less(part.function)) for part in parts]


def _ends(piece: Piece) -> tuple[Fraction, Fraction]:
    assert piece.left is not None and piece.right is not None  # the domain is bounded
    return piece.left, piece.right


def _line(piece: Piece) -> ComplexFunction:
    return lambda z, analytic: to_ball(piece.slope) * z + to_ball(piece.intercept)


class Integrals:
    """Integrals over parts of a domain of length 1 around 0, onto which that of the stretches is mapped.

    The work of all together is counted: where it is spent, balls around integrals are wide.
    """

    def __init__(self, parts: Sequence[Stretch], unit: Fraction, goal: arb, count: int) -> None:
        low, high = parts[0].low, parts[-1].high
        self._length, self._middle = high - low, (low + high) / 2
        self._scale, self._shift, self._unit = acb(to_ball(self._length)), acb(to_ball(self._middle)), to_ball(unit)
        self._parts, self._goal, self._left, self._budget = list(parts), goal, count, Budget(_WORK)
        self._lows = [part.low for part in parts]

    def place(self, x: Fraction) -> Fraction:
        """Where a point of the domain is mapped to."""
        return (x - self._middle) / self._length

    def integral(self, low: Fraction, high: Fraction, weight: Weight) -> arb:
        """A ball around the integral of what a weight makes of the target's values, in units, and of places."""
        left, right = (end * self._length + self._middle for end in (low, high))
        total, k = arb(0), max(bisect_right(self._lows, left) - 1, 0)
        while k < len(self._parts) and self._parts[k].low < right:
            part = self._parts[k]
            ends = (self.place(max(part.low, left)), self.place(min(part.high, right)))
            if ends[0] < ends[1]:
                total += self._over(part, *ends, weight)
            k += 1
        self._left = max(self._left - 1, 1)
        return total

    def _over(self, part: Stretch, low: Fraction, high: Fraction, weight: Weight) -> arb:
        def integrand(z: acb, analytic: bool) -> acb:
            self._budget.spend(part.work)
            return weight(acb(part.function(z * self._scale + self._shift, analytic)) / self._unit, z)

        start, end = to_ball(low), to_ball(high)
        if part.smooth and not self._budget.is_spent:
            most = max(min(_SHARE * self._budget.left // (part.work * self._left), _MOST), _LEAST)
            found = integrate(integrand, start, end, self._goal, self._goal * (end - start), most)
            if found.is_finite():
                return found
        return integrand(acb(start.union(end)), False).real * to_ball(high - low)
