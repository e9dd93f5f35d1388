"""Means of errors on simplices that the error's zeros cross, or those at which a formula switches.

The zeros are nearly a curve or a plane, which cuts the simplices in two; over each of the parts the error is integrated
without its magnitude. Only between there and the true zeros the sign is wrong: the mean magnitude is more by at most twice the
share of the simplex where that is so, times the mean of the error's magnitude there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.curves import Curves, curves
from pwlin.comparison.cells.leaves import Lead
from pwlin.comparison.cells.local import Local
from pwlin.comparison.cells.planes import Planes, planes
from pwlin.comparison.cells.rules import Rule, rules, simplex_rule, weighted
from pwlin.formulas.arithmetic.floats import Floats, down, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.steps import Steps


def mean_across_zeros(local: Local, goal: float, width: Floats) -> Intervals:
    """Enclosures of the mean magnitude of the error over simplices, unknown where its zeros are not found.

    Parameters
    ----------
    goal : float
        How narrow enclosures need be.
    width : ndarray, shape (count,)
        How wide they are without this one.
    """
    out, worth = _unknown(len(width)), np.maximum(goal / 2, width / 8)
    for every, cuts in _cuts(local):
        more = up(up(2 * cuts.residual) * cuts.wrong)
        rows, cuts, more = _some(more < worth[every], every, cuts, more)
        for rule, some, margin in _by_rule([(3, local[rows])], 1, np.fmax(goal / 4, more), worth[rows] - more):
            here, cut = local[rows[some]], cuts[some]
            nodes, weights = cut.inside(rule)
            inner, whole = weighted(here.at(nodes), weights), weighted(here.at(rule.places), rule.weights)
            found = (inner * 2.0 - whole) * Intervals.points(cut.signs)
            out.low[rows[some]] = down(found.low - margin)
            out.high[rows[some]] = up(up(found.high + margin) + more[some])
    return out


def mean_across_switch(local: Local, lead: Lead, power: int, goal: float, width: Floats) -> Intervals:
    """Enclosures of the mean of a power of the error over simplices that a formula's switch crosses, as above.

    On each side of the cut the formula is one or the other; between it and the true zeros it is wrong by no more than both
    differ. Of a floor that is where it takes two values.
    """
    out, worth = _unknown(len(width)), np.maximum(goal / 2, width / 8)
    crossed, levels = np.arange(len(width)), None
    if lead.steps is not None:
        first, last = floors_of(local.instead(lead.quantity, True), lead.steps)
        crossed = np.flatnonzero(last - first == 1)
        levels = last[crossed]
    if not len(crossed):
        return out
    for places, cuts in _cuts(local[crossed].instead(lead.difference, True, levels)):
        # the lead's sign is turned: where it is positive the difference is negative
        for sign, (near, far) in ((1, (lead.negative, lead.positive)), (-1, (lead.positive, lead.negative))):
            place, cut = _some(cuts.signs == sign, places, cuts)
            rows = crossed[place]
            if not len(rows):
                continue
            here = None if levels is None else levels[place]
            one, two = (local[rows].instead(leaves, local.plain, here) for leaves in (near, far))
            powers = [_sized(side.shape.range, power) for side in (one, two)]
            more = up((powers[0] - powers[1]).magnitude * cut.wrong)
            if power == 1:
                more = up(up(more + one.slack) + two.slack)
            rows, cut, one, two, more = _some(more < worth[rows], rows, cut, one, two, more)
            sides = [(1, one), (2, two)]
            for rule, some, margin in _by_rule(sides, power, np.fmax(goal / 4, more), worth[rows] - more):
                inside, outside, off = one[some], two[some], up(margin + more[some])
                nodes, weights = cut[some].inside(rule)
                inner = weighted(inside.powered(nodes, power) - outside.powered(nodes, power), weights)
                found = inner + outside.mean_by(rule, power)
                out.low[rows[some]], out.high[rows[some]] = down(found.low - off), up(found.high + off)
    return out


def floors_of(quantity: Local, steps: Steps) -> tuple[Floats, Floats]:
    """The least and the largest value that a floor of a plain formula may have on each part; the widest where unknown."""
    found, (first, last) = -quantity.shape.range, steps.ends
    low, high = np.floor(found.low).clip(first, last), np.floor(found.high).clip(first, last)
    return np.where(np.isnan(low), first, low), np.where(np.isnan(high), last, high)


def _sized(values: Intervals, power: int) -> Intervals:
    return values.square() if power == 2 else values.absolute()


def _unknown(n: int) -> Intervals:
    return Intervals(np.full(n, np.nan), np.full(n, np.nan))


def _some(mask: NDArray[np.bool_], *parts: Any) -> tuple[Any, ...]:
    kept = np.flatnonzero(mask)
    return tuple(part[kept] for part in parts)


def _cuts(local: Local) -> Iterator[tuple[NDArray[np.int64], Curves | Planes]]:
    """The simplices that can be cut, and how: along curves in two variables."""
    return curves(local) if local.dim == 2 else planes(local)


@lru_cache(maxsize=16)
def _rules(d: int) -> Sequence[Rule]:
    return [simplex_rule(2, 5)] if d == 2 else rules(d)[:3]


def _by_rule(
    sides: Sequence[tuple[int, Local]], power: int, wanted: Floats, allowed: Floats
) -> Iterator[tuple[Rule, NDArray[np.int64], Floats]]:
    """The first rule for each simplex whose remainder is small enough, or the last if that helps, and the remainder.

    The rule is used so many times for each of the sides, on all of the simplex or inside a cut.
    """
    left = np.arange(len(wanted))
    every = _rules(sides[0][1].dim)
    for rule in every:
        if not len(left):
            return
        widths = (k * side[left].powered_series(rule.order, power)[rule.order].width for k, side in sides)
        margin = up((1 + rule.growth) / 2 * up(sum(widths)))
        good = margin < (allowed[left] if rule is every[-1] else np.fmin(wanted, allowed)[left])
        if good.any():
            yield rule, left[good], margin[good]
        left = left[~good]
