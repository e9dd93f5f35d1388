"""A formula of one variable, cut where it switches: on each part it is smooth.

``Abs``, ``sign``, ``Min``, ``Max`` and the conditions of ``Piecewise`` give way to the branch that holds. Where a switch is
cannot always be told exactly; around it a short part keeps the formula as it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq_poly
from sympy.core.relational import Relational

from pwlin.comparison.line.certified_sup import Graph
from pwlin.comparison.line.compiled import jet_of, poly_of, series_of
from pwlin.comparison.line.level_crossings import Level, levels, levels_of_line, turning_places
from pwlin.comparison.line.polynomial import sign_after
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.exact.algebraic import RealRoot, roots_between
from pwlin.exact.bridges import dyadic, from_fmpq, to_ball, to_fmpq
from pwlin.formulas.arithmetic.balls import Jet
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.formulas.budget import Budget, cost_of_ball, size_of
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.steps import Steps
from pwlin.formulas.switches import Switch, replaced, switches, unfolded

if TYPE_CHECKING:
    from sympy import Basic, Expr, Symbol

MOST_DEGREE = 40
"""Of polynomials whose roots and primitives are worth their exact numbers."""
_WIDE = Fraction(1, 2**20)


PARTS_WORK = 36_000_000
"""The work that cutting may take, about a second."""
_PER_STRETCH = 1_000
"""What looking at a stretch takes for each part of its formula: sympy's work."""
_PER_FORMULA = 1_500
"""What making a new formula takes, likewise."""


@dataclass(frozen=True, slots=True)
class Part:
    """A formula on an interval (or a point), smooth there or not; `given_up` where it might be cut, but at too much work."""

    low: Fraction
    high: Fraction
    formula: Expr
    smooth: bool
    given_up: bool = False


def smooth_parts(formula: Expr, symbol: Symbol | None, low: Fraction, high: Fraction, bits: int) -> list[Part]:
    """The parts of [low, high], left to right; `bits` of precision say how short those around switches are.

    The widest are cut first: what is left when the budget is spent is short.
    """
    steps = unfolded(formula, {symbol: Range(low, high)} if symbol is not None else {})
    if symbol is None:
        return [Part(low, high, steps, first_switch(steps) is None and not steps.has(sympy.floor))]
    return _Cutting(symbol, bits, (high - low, low, high, steps)).parts()


class _Cutting:
    """The stretches that are still to be cut, and the parts that are made."""

    def __init__(self, symbol: Symbol, bits: int, whole: tuple[Fraction, Fraction, Fraction, Expr]) -> None:
        self._symbol, self._bits, self._budget = symbol, bits, Budget(PARTS_WORK)
        self._parts: list[Part] = []
        self._waiting: list[tuple[Fraction, int, Fraction, Fraction, Expr]] = []
        self._push(*whole[1:])

    def _push(self, low: Fraction, high: Fraction, formula: Expr) -> None:
        heapq.heappush(self._waiting, (low - high, len(self._parts) + len(self._waiting), low, high, formula))

    def parts(self) -> list[Part]:
        """All of them, left to right."""
        while self._waiting:
            _, _, low, high, formula = heapq.heappop(self._waiting)
            self._budget.spend(_PER_STRETCH * size_of(formula))
            if self._budget.is_spent and (formula.has(sympy.floor) or first_switch(formula) is not None):
                self._parts.append(Part(low, high, formula, False, True))
                continue
            here = _settled(formula, self._symbol, low, high)
            switch = first_switch(here)
            if switch is None:
                self._parts.append(Part(low, high, here, not here.has(sympy.floor)))
            else:
                self._cut(low, high, here, switch)
        return sorted(self._parts, key=lambda part: (part.low, part.high))

    def _cut(self, low: Fraction, high: Fraction, here: Expr, switch: Switch) -> None:
        """Make stretches on which a switch is settled, and parts of what lies between them."""
        reached = low
        for left, right, taken in [*self._sides(switch, low, high, here), (high, high, here)]:
            if reached < left or switch.jumps:  # at a jump itself the formula may be far from both sides
                stop = max(left, reached)
                given_up = self._budget.is_spent and stop - reached > _WIDE * (high - low)
                self._budget.spend(_PER_STRETCH * size_of(here))
                between = here if given_up else _settled(here, self._symbol, reached, stop)
                self._parts.append(Part(reached, stop, between, False, given_up))
            if left < right:
                self._push(left, right, taken)
            reached = max(right, reached)

    def _sides(
        self, switch: Switch, low: Fraction, high: Fraction, here: Expr
    ) -> Iterator[tuple[Fraction, Fraction, Expr]]:
        """Intervals, left to right, and what the formula is there."""
        if isinstance(switch.part, Steps):
            taken: dict[int, Expr] = {}
            for level in self._levels(switch.part, low, high):
                if level.value not in taken:
                    self._budget.spend(_PER_FORMULA * size_of(here))
                    taken[level.value] = replaced(here, {switch.part: sympy.Integer(level.value)})
                yield level.low, level.high, taken[level.value]
        else:
            for left, right, sign in _zones(switch, self._symbol, (low, high), self._bits, self._budget):
                yield left, right, switch.taken(here, sign)

    def _levels(self, part: Steps, low: Fraction, high: Fraction) -> Iterator[Level]:
        inner, steps = part.args[0], part.ends
        poly = poly_of(inner, self._symbol, MOST_DEGREE)
        if poly is not None and poly.degree() == 1:
            yield from levels_of_line(poly, low, high, steps)
            return
        places = [low, high] if poly is None else turning_places(poly, low, high)
        width = to_ball(high - low) * least_width(self._bits)
        graph = _counted(inner, self._symbol, to_ball(low), to_ball(high), self._budget)
        yield from levels(graph, places, steps, width, self._budget)


def _counted(formula: Expr, symbol: Symbol, low: arb, high: arb, budget: Budget) -> Graph:
    """The graph of a smooth formula, whose evaluations are counted."""
    jet, cost = jet_of(formula, symbol), cost_of_ball(formula)

    def error(x: arb) -> Jet:
        budget.spend(cost)
        return jet(x)

    return Graph(low, high, error, series_of(formula, symbol))


def _settled(formula: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> Expr:
    """The formula on [low, high] with every switch taken that has one side there: few are left to tell apart."""
    cell = to_ball(low).union(to_ball(high))
    while True:
        taken: dict[Basic, Basic] = {}
        for switch in switches(formula):
            if isinstance(switch.part, Steps):
                if not switch.part.args[0].has(*SWITCHES):
                    value = jet_of(switch.part.args[0], symbol)(cell)[0]
                    narrowed = switch.part.where(value)
                    if narrowed != switch.part:
                        taken[switch.part] = narrowed
            elif next(switches(switch.difference), None) is None:
                difference = jet_of(switch.difference, symbol)(cell)[0]
                if difference > 0 or difference < 0:
                    taken.setdefault(switch.part, switch.positive if difference > 0 else switch.negative)
        if not taken:
            return formula
        formula = replaced(formula, taken)


def first_switch(formula: Expr) -> Switch | None:
    """A switch whose difference is smooth; conditions come first, since formulas may be undefined where they fail."""
    smooth = [switch for switch in switches(formula) if next(switches(switch.difference), None) is None]
    conditions = [switch for switch in smooth if isinstance(switch.part, Relational)]
    return conditions[len(conditions) // 2] if conditions else next(iter(smooth), None)  # of many steps the middle one


def _zones(
    switch: Switch, symbol: Symbol, domain: tuple[Fraction, Fraction], bits: int, budget: Budget
) -> list[tuple[Fraction, Fraction, int]]:
    """Intervals, left to right, on which the difference has one sign (for jumps: strictly inside); sign 0: it is 0."""
    low, high = domain
    poly = poly_of(switch.difference, symbol, MOST_DEGREE)
    if poly is not None:
        return list(_polynomial_zones(poly, low, high, switch.jumps, bits))
    ends = to_ball(low), to_ball(high)
    width = (ends[1] - ends[0]) * least_width(bits)
    lead = _counted(switch.difference, symbol, *ends, budget)
    signed = signed_intervals(lead, arb(0), width, switch.jumps, budget)
    zones = []
    for kept in signed.intervals:
        left = low if kept.low is ends[0] else max(dyadic(kept.low.upper()), low)
        right = high if kept.high is ends[1] else min(dyadic(kept.high.lower()), high)
        if left < right:
            zones.append((left, right, kept.sign))
    covered = sum((right - left for left, right, _ in zones), Fraction(0))
    if high - low - covered > _WIDE * (high - low) and sympy.simplify(switch.difference) == 0:
        return [(low, high, 0)]
    return zones


def _polynomial_zones(
    poly: fmpq_poly, low: Fraction, high: Fraction, strict: bool, bits: int
) -> Iterator[tuple[Fraction, Fraction, int]]:
    if poly == 0:
        yield low, high, 0
        return
    reached = low
    cuts = [(high, high)]
    for root, multiplicity in reversed(roots_between(poly, to_fmpq(low), to_fmpq(high))):
        if strict or multiplicity % 2:
            cuts.append(_around(root, bits))
    for left, right in reversed(cuts):
        if reached < min(left, high):
            yield reached, min(left, high), sign_after(poly, to_fmpq(reached))
        reached = max(right, reached)


def _around(root: RealRoot | fmpq_poly, bits: int) -> tuple[Fraction, Fraction]:
    if not isinstance(root, RealRoot):
        return from_fmpq(root), from_fmpq(root)
    ball = root.ball(bits)
    return dyadic(ball.lower()), dyadic(ball.upper())


def least_width(bits: int) -> arb:
    """Narrowest cell, relative to the domain. Not below the square root of the rounding unit: where two branches of a
    target touch, rounding hides which is larger on stretches about that long."""
    return arb(2) ** (-(bits * 9) // 20)
