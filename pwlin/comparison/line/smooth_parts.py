"""A formula of one variable, cut where it switches: on each part it is smooth.

``Abs``, ``sign``, ``Min``, ``Max`` and the conditions of ``Piecewise`` give way to the branch that holds. Where a switch is
cannot always be told exactly; around it a short part keeps the formula as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq_poly
from sympy.core.relational import Relational

from pwlin.comparison.line.certified_sup import Graph
from pwlin.comparison.line.polynomial import sign_after
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.exact.algebraic import RealRoot, roots_between
from pwlin.exact.bridges import dyadic, from_fmpq, to_ball, to_fmpq
from pwlin.formulas.arithmetic.balls import compile_jet
from pwlin.formulas.arithmetic.expansion import compile_series
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.steps import Steps
from pwlin.formulas.stretches import polynomial_of
from pwlin.formulas.switches import Switch, switches, unfolded

if TYPE_CHECKING:
    from sympy import Basic, Expr, Symbol

MOST_DEGREE = 40
"""Of polynomials whose roots and primitives are worth their exact numbers."""
_WIDE = Fraction(1, 2**20)


@dataclass(frozen=True, slots=True)
class Part:
    """A formula on an interval (or a point), smooth there or not."""

    low: Fraction
    high: Fraction
    formula: Expr
    smooth: bool


def smooth_parts(formula: Expr, symbol: Symbol | None, low: Fraction, high: Fraction, bits: int) -> list[Part]:
    """The parts of [low, high], left to right; `bits` of precision say how short those around switches are."""
    parts: list[Part] = []
    steps = unfolded(formula, {symbol: Range(low, high)} if symbol is not None else {})
    waiting = [(low, high, steps)]
    while waiting:
        start, end, here = waiting.pop()
        here = here if symbol is None else _settled(here, symbol, start, end)
        switch = first_switch(here)
        if switch is None or symbol is None:
            parts.append(Part(start, end, here, switch is None and not here.has(sympy.floor)))
            continue
        reached = start
        for left, right, sign in [*_zones(switch, symbol, start, end, bits), (end, end, 0)]:
            if reached < left or switch.jumps:  # at a jump itself the formula may be far from both sides
                stop = max(left, reached)
                parts.append(Part(reached, stop, _settled(here, symbol, reached, stop), False))
            if left < right:
                waiting.append((left, right, switch.taken(here, sign)))
            reached = max(right, reached)
    return sorted(parts, key=lambda part: (part.low, part.high))


def _settled(formula: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> Expr:
    """The formula on [low, high] with every switch taken that has one side there: few are left to tell apart."""
    cell = to_ball(low).union(to_ball(high))
    while True:
        taken: dict[Basic, Basic] = {}
        for switch in switches(formula):
            if isinstance(switch.part, Steps):
                if not switch.part.args[0].has(*SWITCHES):
                    value = compile_jet(switch.part.args[0], symbol)(cell)[0]
                    narrowed = switch.part.where(value)
                    if narrowed != switch.part:
                        taken[switch.part] = narrowed
            elif next(switches(switch.difference), None) is None:
                difference = compile_jet(switch.difference, symbol)(cell)[0]
                if difference > 0 or difference < 0:
                    taken.setdefault(switch.part, switch.positive if difference > 0 else switch.negative)
        if not taken:
            return formula
        formula = formula.xreplace(taken)


def first_switch(formula: Expr) -> Switch | None:
    """A switch whose difference is smooth; conditions come first, since formulas may be undefined where they fail."""
    smooth = [switch for switch in switches(formula) if next(switches(switch.difference), None) is None]
    conditions = [switch for switch in smooth if isinstance(switch.part, Relational)]
    return conditions[len(conditions) // 2] if conditions else next(iter(smooth), None)  # of many steps the middle one


def _zones(
    switch: Switch, symbol: Symbol, low: Fraction, high: Fraction, bits: int
) -> list[tuple[Fraction, Fraction, int]]:
    """Intervals, left to right, on which the difference has one sign (for jumps: strictly inside); sign 0: it is 0."""
    poly = polynomial_of(switch.difference, symbol, MOST_DEGREE)
    if poly is not None:
        return list(_polynomial_zones(poly, low, high, switch.jumps, bits))
    ends = to_ball(low), to_ball(high)
    width = (ends[1] - ends[0]) * least_width(bits)
    lead = Graph(*ends, compile_jet(switch.difference, symbol), compile_series(switch.difference, symbol))
    signed = signed_intervals(lead, arb(0), width, switch.jumps)
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
