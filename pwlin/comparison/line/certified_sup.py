"""Certified largest magnitude of an error on intervals: best-first branch and bound on balls.

On a cell, the mean value form bounds the error. Where the derivative cannot vanish, the ends decide; where the second
derivative cannot vanish, the interval Newton method finds the only critical point to working precision (certified root
isolation); elsewhere the cell is halved. Cells that stay ambiguous down to the least width, such as kinks and jumps of the
target, still count with a valid upper bound, so the result always contains the true value.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from flint import arb

from pwlin.formulas.arithmetic import expansion
from pwlin.formulas.arithmetic.balls import Jet
from pwlin.formulas.arithmetic.expansion import Series
from pwlin.formulas.budget import Budget

_ENDLESS = arb("inf")
_SHARPENING_STEPS = 400
_FAR_APART = 2**16
_POINTS = 12


def halfway(low: arb, high: arb) -> arb:
    """Where to halve a cell: at the geometric mean of ends that differ by orders of magnitude, next to a pole perhaps."""
    if high > _FAR_APART * low > 0 or low < _FAR_APART * high < 0:
        middle = (low * high).sqrt()
        return (middle if low > 0 else -middle).mid()
    return ((low + high) / 2).mid()


@dataclass(frozen=True, slots=True)
class Graph:
    """An interval (thin balls as ends) and a function on it, an error mostly, from a ball to a jet.

    `series`, if there is one, is its Taylor series about a ball. `sides`, if there is one, gives the errors of all branches
    that may hold on a ball, for where a target jumps.
    """

    low: arb
    high: arb
    error: Callable[[arb], Jet]
    series: Series | None = None
    sides: Callable[[arb], list[arb]] | None = None

    def has_pole_near(self, low: arb, high: arb) -> bool:
        """Whether halving a cell may still help, however narrow it is: it spans octaves, or a pole may lie beyond an end."""
        at_end = low is self.low or high is self.high
        return bool(high > 2 * low > 0 or low < 2 * high < 0) or (at_end and self.sides is None)

    def bounds(self, low: arb, high: arb) -> Jet:
        """Balls around the errors, their slopes and bends on [low, high], sharp also where they are small."""
        cell, middle = low.union(high), ((low + high) / 2).mid()
        plain, slope, bend = self.error(cell)
        value, tangent, _ = self.error(middle)
        better = tangent + bend * (cell - middle)
        slope = better if better.is_finite() and not better.rad() > slope.rad() else slope
        mean = value + slope * (cell - middle)
        close = mean.is_finite() and (not plain.is_finite() or mean.rad() < plain.rad())
        bound = mean if close else plain
        if close and self.series and bound.contains(0) and not (slope > 0 or slope < 0):
            sharp = expansion.bounds(self.series, low, high) or (bound, slope)
            bound = sharp[0] if sharp[0].rad() < bound.rad() else bound
            slope = sharp[1] if sharp[1].rad() < slope.rad() else slope
        return bound, slope, bend


@dataclass(slots=True)
class _Cell:
    """A part of a stretch; the least of a heap has the largest upper bound."""

    number: int
    low: arb
    high: arb
    stretch: Graph
    upper: arb
    bend: arb

    def __lt__(self, other: _Cell) -> bool:
        if self.upper == other.upper:
            return self.number < other.number
        return bool(self.upper > other.upper)

    @property
    def place(self) -> arb:
        return self.low.union(self.high)


class LargestMagnitude:
    """Search for ``max |error|`` over stretches, at the current precision.

    Parameters
    ----------
    stretches : sequence of Graph
        Left to right, errors finite on each.
    relative, absolute : balls
        The search goes on until the gap is below either (times the value found, for `relative`).
    least_width : ball
        Cells are not halved below this width, unless nothing is known there.
    budget : Budget
        Spent by the stretches.

    Attributes
    ----------
    lower, upper : exact balls
        Certified bounds of the maximum.
    exhausted : bool
        Whether the search was given up before the gap was small enough; more precision would not help.
    places : list of pairs
        Left to right; together they contain every point where the maximum is taken. A ball, and whether it stands for nothing but
        an end of a stretch.
    """

    def __init__(
        self, stretches: Sequence[Graph], relative: arb, absolute: arb, least_width: arb, budget: Budget
    ) -> None:
        self.lower, self._least_width = arb(0), least_width
        self._heap: list[_Cell] = []
        self._settled: list[tuple[arb, arb]] = []  # (place, upper bound)
        self._beaten: set[int] = set()  # points beside which the error is strictly larger, by the ids of their balls
        self._count = 0
        for stretch in stretches:
            self._point(stretch, stretch.low)
            self._point(stretch, stretch.high)
        for stretch in stretches:
            self._push(stretch, stretch.low, stretch.high)
        sharpening = _SHARPENING_STEPS
        self.exhausted = True
        while not budget.is_spent:
            if not self._heap or self._heap[0].upper <= self.lower:
                self.exhausted = False
                break
            if self._heap[0].upper <= self.lower * (1 + relative) + absolute:
                sharpening -= 1
                if sharpening < 0:
                    self.exhausted = False
                    break
            self._refine(heapq.heappop(self._heap))
        self._settled += [(cell.place, cell.upper) for cell in self._heap]
        alive = [(place, upper) for place, upper in self._settled if not upper < self.lower]
        self.upper = _largest([upper for _, upper in alive], self.lower)
        ends = {id(end) for stretch in stretches for end in (stretch.low, stretch.high)}
        self.places = _merged([(place, id(place) in ends) for place, _ in alive if id(place) not in self._beaten])

    def _point(self, stretch: Graph, x: arb) -> None:
        """Take the value at a point of the stretch into account."""
        magnitude = abs(stretch.error(x)[0])
        if magnitude.is_finite():
            self.lower = _largest([magnitude.lower()], self.lower)
        self._settled.append((x, _of_sides(stretch, x, magnitude.upper())))

    def _push(self, stretch: Graph, low: arb, high: arb) -> None:
        """Look at a cell, whose ends have been taken into account."""
        bound, slope, bend = stretch.bounds(low, high)
        upper = abs(bound).upper()
        if slope == 0:  # constant along the cell
            self._settled.append((low.union(high), upper))
        if slope >= 0 or slope <= 0:
            if (slope > 0 or slope < 0) and (bound > 0 or bound < 0):
                self._beaten.add(id(low if (slope > 0) == (bound > 0) else high))
            return
        middle = halfway(low, high)
        if low <= middle <= high:
            at = abs(stretch.error(middle)[0])
            self.lower = _largest([at.lower()], self.lower) if at.is_finite() else self.lower
        if upper < self.lower:
            return
        self._count += 1
        upper = upper if upper.is_finite() else _ENDLESS
        heapq.heappush(self._heap, _Cell(self._count, low, high, stretch, upper, bend))

    def _refine(self, cell: _Cell) -> None:
        low, high, stretch = cell.low, cell.high, cell.stretch
        if (cell.bend > 0 or cell.bend < 0) and self._settle_bent(cell):
            return
        if high - low < self._least_width and cell.upper.is_finite() and not stretch.has_pole_near(low, high):
            self._settled.append((cell.place, _of_sides(stretch, cell.place, cell.upper)))
            return
        middle = halfway(low, high)
        self._point(stretch, middle)
        self._push(stretch, low, middle)
        self._push(stretch, middle, high)

    def _settle_bent(self, cell: _Cell) -> bool:
        """Where the error bends to one side: by the ends and the only critical point; False if that is not found."""
        low, high, stretch = cell.low, cell.high, cell.stretch
        critical = _newton(stretch, cell, self._least_width)
        if critical is not None:
            middle = critical.mid()
            at = stretch.error(middle)[0]
            value = at + stretch.error(critical)[1] * (critical - middle)
            if not value.is_finite():
                return False
            self._settled.append((critical, abs(value).upper()))
            if low <= middle <= high:
                self.lower = _largest([abs(at).lower()], self.lower)
        return True


def _of_sides(stretch: Graph, place: arb, upper: arb) -> arb:
    """Upper bound of the error on a tiny place: that of each branch alone, where a target jumps, or else `upper`."""
    sides = [abs(side).upper() for side in stretch.sides(place)] if stretch.sides else []
    if not sides or not all(side.is_finite() for side in sides):
        return upper
    return _largest(sides, arb(0)).min(upper)


def _newton(stretch: Graph, cell: _Cell, least_width: arb) -> arb | None:
    """Small ball with the only zero of the derivative in a cell, where the second derivative does not vanish; or None.

    Newton's method goes from point to point, and the second derivative on all of the cell tells how far the zero may be. Where
    that is no help, it is taken anew on ever smaller balls.
    """
    place, middle = cell.place, cell.place.mid()
    for _ in range(_POINTS):
        _, slope, bend = stretch.error(middle)
        image = middle - slope / cell.bend
        if not image.is_finite():
            break
        if not image.overlaps(place):
            return None
        place = image.intersection(place)
        following = (middle - slope / bend).mid()
        if place.rad() < least_width:
            return place
        if not place.contains(following) or following == middle:
            break
        middle = following
    while True:
        middle = place.mid()
        _, slope, _ = stretch.error(middle)
        bend = stretch.error(place)[2]
        image = middle - slope / bend
        if not image.is_finite():
            return place
        if not image.overlaps(place):
            return None
        smaller = image.intersection(place)
        if not smaller.rad() * 2 < place.rad() or smaller.rad() < least_width:
            return smaller
        place = smaller


def _largest(values: list[arb], start: arb) -> arb:
    for value in values:
        if value > start or not value.is_finite():
            start = value
    return start


def _merged(places: list[tuple[arb, bool]]) -> list[tuple[arb, bool]]:
    """The places left to right, with overlapping ones united."""
    out: list[tuple[arb, bool]] = []
    for place, is_end in sorted(places, key=cmp_to_key(_by_middle)):
        if out and out[-1][0].overlaps(place):
            out[-1] = out[-1][0].union(place), out[-1][1] and is_end
        else:
            out.append((place, is_end))
    return out


def _by_middle(a: tuple[arb, bool], b: tuple[arb, bool]) -> int:
    return -1 if a[0].mid() < b[0].mid() else 1
