"""Certified largest magnitude of an error on intervals: best-first branch and bound on balls.

On a cell, the mean value form bounds the error. Where the derivative cannot vanish, the ends decide; where the second
derivative cannot vanish, the interval Newton method finds the only critical point to working precision (certified root
isolation); elsewhere the cell is halved. Cells that stay ambiguous down to the least width, such as kinks and jumps of the
target, still count with a valid upper bound, so the result always contains the true value.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import arb

from pwlin.formulas.arithmetic.balls import Jet

_SHARPENING_STEPS = 400
_MOST_STEPS = 30_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval (thin balls as ends) and the error on it, as a function from a ball to a jet.

    `sides`, if there is one, gives the errors of all branches that may hold on a ball, for where a target jumps.
    """

    low: Any
    high: Any
    error: Callable[[Any], Jet]
    sides: Callable[[Any], list[Any]] | None = None


@dataclass(order=True, slots=True)
class _Cell:
    """A part of a stretch; `key` orders a heap by upper bound, largest first."""

    key: float
    number: int
    low: Any = field(compare=False)
    high: Any = field(compare=False)
    stretch: Stretch = field(compare=False)
    upper: Any = field(compare=False)

    @property
    def place(self) -> Any:
        return self.low.union(self.high)


class LargestMagnitude:
    """Search for ``max |error|`` over stretches, at the current precision.

    Parameters
    ----------
    stretches : sequence of Stretch
        Left to right, errors finite on each.
    relative, absolute : balls
        The search goes on until the gap is below either (times the value found, for `relative`).
    least_width : ball
        Cells are not halved below this width.

    Attributes
    ----------
    lower, upper : exact balls
        Certified bounds of the maximum.
    exhausted : bool
        Whether the search was given up before the gap was small enough; more precision would not help.
    places : list of balls
        Left to right; together they contain every point where the maximum is taken.
    """

    def __init__(self, stretches: Sequence[Stretch], relative: Any, absolute: Any, least_width: Any) -> None:
        self.lower, self._least_width = arb(0), least_width
        self._heap: list[_Cell] = []
        self._settled: list[tuple[Any, Any]] = []  # (place, upper bound)
        self._count = 0
        for stretch in stretches:
            self._point(stretch, stretch.low)
            self._point(stretch, stretch.high)
        for stretch in stretches:
            self._push(stretch, stretch.low, stretch.high)
        sharpening = _SHARPENING_STEPS
        self.exhausted = True
        for _ in range(_MOST_STEPS):
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
        self.places = _merged([place for place, _ in alive])

    def _point(self, stretch: Stretch, x: Any) -> None:
        """Take the value at a point of the stretch into account."""
        magnitude = abs(stretch.error(x)[0])
        if magnitude.is_finite():
            self.lower = _largest([magnitude.lower()], self.lower)
        self._settled.append((x, _of_sides(stretch, x, magnitude.upper())))

    def _push(self, stretch: Stretch, low: Any, high: Any) -> None:
        cell = low.union(high)
        jet = stretch.error(cell)
        upper = self._bound(stretch, jet, low, high).upper()
        if upper < self.lower:
            return
        key = -float(upper) if upper.is_finite() else -float("inf")
        self._count += 1
        heapq.heappush(self._heap, _Cell(key, self._count, low, high, stretch, upper))

    def _bound(self, stretch: Stretch, jet: Jet, low: Any, high: Any) -> Any:
        """Magnitude of the error on a cell: the plain bound or the mean value form, whichever is less."""
        plain = abs(jet[0])
        if not jet[1].is_finite():
            return plain
        middle = ((low + high) / 2).mid()
        value = stretch.error(middle)[0]
        if low <= middle <= high and value.is_finite():
            self.lower = _largest([abs(value).lower()], self.lower)
        mean = abs(value + jet[1] * (low.union(high) - middle))
        return mean if not plain.is_finite() or mean.upper() < plain.upper() else plain

    def _refine(self, cell: _Cell) -> None:
        low, high, stretch = cell.low, cell.high, cell.stretch
        _, slope, bend = stretch.error(cell.place)
        if slope == 0:  # constant along the cell
            self._settled.append((cell.place, cell.upper))
            return
        if slope > 0 or slope < 0:
            self._point(stretch, low)
            self._point(stretch, high)
            return
        if bend > 0 or bend < 0:
            critical = _newton(stretch, cell.place, self._least_width)
            if critical is not None:
                jet = stretch.error(critical)
                middle = critical.mid()
                value = stretch.error(middle)[0] + jet[1] * (critical - middle)
                inside = bool(low <= middle <= high)
                self._settled.append((critical, abs(value).upper()))
                if inside:
                    self.lower = _largest([abs(stretch.error(middle)[0]).lower()], self.lower)
            self._point(stretch, low)
            self._point(stretch, high)
            return
        if high - low < self._least_width:
            self._settled.append((cell.place, _of_sides(stretch, cell.place, cell.upper)))
            return
        middle = ((low + high) / 2).mid()
        self._point(stretch, middle)
        self._push(stretch, low, middle)
        self._push(stretch, middle, high)


def _of_sides(stretch: Stretch, place: Any, upper: Any) -> Any:
    """Upper bound of the error on a tiny place: that of each branch alone, where a target jumps, or else `upper`."""
    sides = [abs(side).upper() for side in stretch.sides(place)] if stretch.sides else []
    if not sides or not all(side.is_finite() for side in sides):
        return upper
    return _largest(sides, arb(0)).min(upper)


def _newton(stretch: Stretch, cell: Any, least_width: Any) -> Any:
    """Small ball with the only zero of the derivative in `cell`, where the second derivative does not vanish; or None."""
    while True:
        middle = cell.mid()
        _, slope, _ = stretch.error(middle)
        bend = stretch.error(cell)[2]
        image = middle - slope / bend
        if not image.overlaps(cell):
            return None
        smaller = image.intersection(cell)
        if not smaller.rad() * 2 < cell.rad() or smaller.rad() < least_width:
            return smaller
        cell = smaller


def _largest(values: list[Any], start: Any) -> Any:
    for value in values:
        if value > start or not value.is_finite():
            start = value
    return start


def _merged(places: list[Any]) -> list[Any]:
    """The places left to right, with overlapping ones united."""
    out: list[Any] = []
    for place in sorted(places, key=lambda p: float(p.mid())):
        if out and out[-1].overlaps(place):
            out[-1] = out[-1].union(place)
        else:
            out.append(place)
    return out
