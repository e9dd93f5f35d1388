"""Means of errors on simplices that the error's zeros cross, or those at which a formula switches.

The zeros are nearly a curve, a curved triangle or a plane, which cuts the simplices in two; over each of the parts the error is integrated
without its magnitude. Only between there and the true zeros the sign is wrong: the mean magnitude is more by at most twice the
share of the simplex where that is so, times the mean of the error's magnitude there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.curves import Curves, curves
from pwlin.comparison.cells.leaves import Lead
from pwlin.comparison.cells.local import Local
from pwlin.comparison.cells.patches import Patches, patches, wedges
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
    return _by_parts(local, lambda part, wide: _across_zeros(part, goal, wide), width)


def _across_zeros(local: Local, goal: float, width: Floats) -> Intervals:
    out, worth = _unknown(len(width)), np.maximum(goal / 2, width / 8)
    for every, cuts in _cuts(local):
        more = up(up(2 * cuts.residual) * cuts.wrong)
        rows, cuts, more = _some(more < worth[every], every, cuts, more)
        wanted, allowed = np.fmax(goal / 2, more), worth[rows] - more
        left_out = partial(_left_out_of_magnitude, cuts, local[rows])
        for rule, some, rest in _by_rule(local.dim, left_out, wanted, allowed):
            here, cut = local[rows[some]], cuts[some]
            nodes, weights = cut.inside(rule)
            inner, whole = weighted(here.at(nodes), weights), weighted(here.at(rule.places), rule.weights)
            found = (inner * 2.0 - whole + rest) * Intervals.points(cut.signs)
            out.low[rows[some]], out.high[rows[some]] = found.low, up(found.high + more[some])
    return out


def mean_across_switch(local: Local, lead: Lead, power: int, goal: float, width: Floats) -> Intervals:
    """Enclosures of the mean of a power of the error over simplices that a formula's switch crosses, as above.

    On each side of the cut the formula is one or the other; between it and the true zeros it is wrong by no more than both
    differ. Of a floor that is where it takes two values.
    """
    out, crossed, levels = _unknown(len(width)), np.arange(len(width)), None
    if lead.steps is not None:
        first, last = floors_of(local.instead(lead.quantity, True), lead.steps)
        crossed = np.flatnonzero(last - first == 1)
        levels = last[crossed]
    if len(crossed):
        met = local[crossed].instead(lead.difference, True, levels)
        found = _by_parts(
            met, lambda part, wide: _across_switch(part, lead, local.plain, power, goal, wide), width[crossed]
        )
        out.low[crossed], out.high[crossed] = found.low, found.high
    return out


def _across_switch(met: Local, lead: Lead, plain: bool, power: int, goal: float, width: Floats) -> Intervals:
    out, worth = _unknown(len(width)), np.maximum(goal / 2, width / 8)
    for every, cuts in _cuts(met):
        # the lead's sign is turned: where it is positive the difference is negative
        for sign, (near, far) in ((1, (lead.negative, lead.positive)), (-1, (lead.positive, lead.negative))):
            rows, cut = _some(cuts.signs == sign, every, cuts)
            if not len(rows):
                continue
            one, two = (met[rows].instead(leaves, plain, met[rows].levels) for leaves in (near, far))
            powers = [_sized(side.shape.range, power) for side in (one, two)]
            more = up((powers[0] - powers[1]).magnitude * cut.wrong)
            if power == 1:
                more = up(up(more + one.slack) + two.slack)
            rows, cut, one, two, more = _some(more < worth[rows], rows, cut, one, two, more)
            wanted, allowed = np.fmax(goal / 2, more), worth[rows] - more
            left_out = partial(_left_out_of_sides, cut, one, two, power)
            for rule, some, rest in _by_rule(met.dim, left_out, wanted, allowed):
                inside, outside = one[some], two[some]
                nodes, weights = cut[some].inside(rule)
                inner = weighted(inside.powered(nodes, power) - outside.powered(nodes, power), weights)
                found = inner + outside.mean_by(rule, power) + rest
                out.low[rows[some]], out.high[rows[some]] = down(found.low - more[some]), up(found.high + more[some])
    return out


Cuts: TypeAlias = Curves | Patches | Planes


def _left_out_of_magnitude(cuts: Cuts, side: Local, rule: Rule, some: NDArray[np.int64]) -> Intervals:
    here = side[some]
    return cuts[some].rest(rule, here, 1) * 2.0 - rule.rest(here.rest_of(rule, 1))


def _left_out_of_sides(
    cuts: Cuts, one: Local, two: Local, power: int, rule: Rule, some: NDArray[np.int64]
) -> Intervals:
    near, far, cut = one[some], two[some], cuts[some]
    signed = [side.signed(cut.rest(rule, side, power), power) for side in (near, far)]
    return signed[0] - signed[1] + far.signed(rule.rest(far.rest_of(rule, power)), power)


def _by_parts(vanishing: Local, means: Callable[[Local, Floats], Intervals], width: Floats) -> Intervals:
    """Means over simplices, in three variables by those of what `wedges` makes of them."""
    if vanishing.dim != 3:
        return means(vanishing, width)
    owner, share, parts = wedges(vanishing)
    found = means(parts, width[owner]) * share
    low, high = np.zeros(len(width)), np.zeros(len(width))
    np.add.at(low, owner, down(found.low))
    np.add.at(high, owner, up(found.high))
    return Intervals(down(low), up(high))


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


def _cuts(local: Local) -> Iterator[tuple[NDArray[np.int64], Cuts]]:
    """The simplices that can be cut, and how: along curves in two variables, along curved triangles in three, or by planes."""
    left = np.ones(len(local.part), dtype=bool)
    for rows, cut in curves(local) if local.dim == 2 else patches(local) if local.dim == 3 else ():
        left[rows] = False
        yield rows, cut
    others = np.flatnonzero(left & (local.dim > 2))
    for rows, flat in planes(local[others]):
        yield others[rows], flat


@lru_cache(maxsize=16)
def _rules(d: int) -> Sequence[Rule]:
    return [simplex_rule(2, 5)] if d == 2 else rules(d)[:3]


def _by_rule(
    d: int, left_out: Callable[[Rule, NDArray[np.int64]], Intervals], wanted: Floats, allowed: Floats
) -> Iterator[tuple[Rule, NDArray[np.int64], Intervals]]:
    """The first rule for each simplex that leaves out little enough, or the last if that helps, and what it leaves out."""
    left, every = np.arange(len(wanted)), _rules(d)
    for rule in every:
        if not len(left):
            return
        rest = left_out(rule, left)
        good = rest.width / 2 < (allowed[left] if rule is every[-1] else np.fmin(wanted, allowed)[left])
        if good.any():
            yield rule, left[good], rest[good]
        left = left[~good]
