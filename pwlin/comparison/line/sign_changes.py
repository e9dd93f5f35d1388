"""Where a function of one variable keeps its sign, with certainty: the groundwork of L1 and of formulas that switch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cmp_to_key

from flint import arb

from pwlin.comparison.line.certified_sup import Graph, halfway
from pwlin.formulas.budget import Budget

_MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An interval within which the sign does not change; its ends are exact, or those of the stretch themselves."""

    sign: int
    low: arb
    high: arb


@dataclass(frozen=True, slots=True)
class Signed:
    """Intervals on which the error keeps one sign, left to right, and a bound for the rest.

    Attributes
    ----------
    intervals : list of Kept
    rest : ball
        Integral of the error's magnitude over everything else: a short stretch around each sign change, and stretches
        along which the error is as good as zero.
    exhausted : bool
        Whether the search was given up.
    """

    intervals: list[Kept]
    rest: arb
    exhausted: bool


def signed_intervals(
    stretch: Graph, absolute: arb, least_width: arb, strict: bool = False, budget: Budget | None = None
) -> Signed:
    """Split a stretch at the sign changes of its error.

    A sign change where the derivative does not vanish is isolated by the interval Newton method; elsewhere cells are
    halved, all in turn, until what is left contributes less than `absolute`, is narrower than `least_width`, or vanishes
    as far as rounding lets us see. `strict` makes an interval that only touches zero no interval of one sign.
    `budget`, if there is one, is spent by the stretch.
    """
    length = stretch.high - stretch.low
    parts: list[Kept] = []
    rest = arb(0)
    waiting = deque([(stretch.low, stretch.high)])
    cells, given_up = 0, False
    while waiting:
        low, high = waiting.popleft()
        cells += 1
        cell, width = low.union(high), high - low
        middle = halfway(low, high)
        bound, slope, _ = stretch.bounds(low, high)
        if bound > 0 or bound < 0 or (not strict and (bound >= 0 or bound <= 0)):
            parts.append(Kept(1 if bound >= 0 else -1, low, high))
            continue
        size = abs(bound).upper()
        small = size * length <= absolute or size * width * 1024 <= absolute
        small = small or (
            width < least_width and bound.is_finite() and not (absolute > 0 and stretch.has_pole_near(low, high))
        )
        given_up = cells > _MOST_CELLS or (budget is not None and budget.is_spent)
        if small or given_up:
            rest += (size * width).union(arb(0))
            continue
        if slope > 0 or slope < 0:
            root = _newton(stretch, cell, least_width)
            if root.rad() * 4 < cell.rad():
                # beyond the root's ball the error has one sign on either side: it is monotone
                sign, start, end = 1 if slope > 0 else -1, arb(root.lower()), arb(root.upper())
                if end < low or start > high:  # a ball's radius has thirty bits: it sticks out of the cell
                    parts.append(Kept(sign if end < low else -sign, low, high))
                    continue
                if start > low:
                    parts.append(Kept(-sign, low, start))
                if end < high:
                    parts.append(Kept(sign, end, high))
                root = root if start > low else root.union(low)
                root = root if end < high else root.union(high)
                rest += (abs(stretch.error(root)[0]).upper() * (2 * root.rad())).union(arb(0))
                continue
        value = stretch.error(middle)[0]
        if value.contains(0) and bound.rad() <= 8 * value.rad():  # as good as zero
            rest += (size * width).union(arb(0))
            continue
        waiting += [(low, middle), (middle, high)]
    return Signed(_joined(parts), rest, given_up)


def _newton(stretch: Graph, cell: arb, least_width: arb) -> arb:
    """A ball, within `cell`, that holds the zero of a monotone error if there is one; an end's surroundings if not."""
    while True:
        middle = cell.mid()
        image = middle - stretch.error(middle)[0] / stretch.error(cell)[1]
        if not image.overlaps(cell):
            return arb(cell.upper() if image > cell else cell.lower())
        smaller = image.intersection(cell)
        if not smaller.rad() * 2 < cell.rad() or smaller.rad() < least_width:
            return smaller
        cell = smaller


def _joined(parts: list[Kept]) -> list[Kept]:
    """From left to right, neighbouring intervals of one sign as one."""
    out: list[Kept] = []
    for part in sorted(parts, key=cmp_to_key(_by_low)):
        if out and out[-1].sign == part.sign and out[-1].high is part.low:
            out[-1] = Kept(part.sign, out[-1].low, part.high)
        else:
            out.append(part)
    return out


def _by_low(a: Kept, b: Kept) -> int:
    return -1 if a.low < b.low else 1
