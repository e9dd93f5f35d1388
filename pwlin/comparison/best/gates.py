"""Fewest linear pieces through gates: continuous piecewise-linear functions that pass given vertical segments.

The greedy method carries the two extreme lines of each link as far as they go. Where the last link cannot pass a gate, its
extreme line is the window through which every path must cross, and the next link starts anywhere on it. Sources: Imai and
Iri, "An optimal algorithm for approximating a piecewise linear function" (1986); Hakimi and Schmeichel, "Fitting polygonal
functions to a set of points in the plane" (1991). The arithmetic is that of the numbers passed in: floats are fast, exact
rationals make a proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """The line of some slope through (x, y)."""

    x: Any
    y: Any
    slope: Any

    def __call__(self, x: Any) -> Any:
        return self.y + self.slope * (x - self.x)


@dataclass(frozen=True, slots=True)
class Link:
    """A linear piece of a path; the next one crosses its line somewhere in [`earliest`, `latest`]."""

    line: Line
    earliest: Any
    latest: Any


def links_through(xs: Sequence[Any], lows: Sequence[Any], highs: Sequence[Any], most: int) -> list[Link] | None:
    """A path with as few links as possible whose value at xs[i] lies in [lows[i], highs[i]] for all i.

    Parameters
    ----------
    xs : increasing numbers, at least 2
    lows, highs : numbers, ``lows[i] < highs[i]``
    most : int
        The number of links allowed.

    Returns
    -------
    list of Link, left to right, or None if no continuous path has `most` links or fewer

    Notes
    -----
    Why it is optimal: let k links pass the gates up to j at best, and let L be the lowest of all k-th lines at the next
    gate, still above it (the other case is its mirror image). L touches the lower end of some gate p and, left of that,
    an upper end or the previous window, so that no path of k links gets below L to the right of p. So every path must
    cross L at or after p with its link k + 1 or a later one, and crossing with link k + 1 leaves the most freedom. A line
    that crosses L downwards there lies above the lower ends of the gates from p on, and their upper ends do not bind it:
    it meets them only where it lies below L.
    """
    links: list[Link] = []
    above, below = _Hull(1), _Hull(-1)  # what lines must lie above, and below
    above.append(xs[0], lows[0])
    below.append(xs[0], highs[0])
    # the line that is lowest to the right, the one that is highest, and their last touching gates
    falls = rises = False
    fall_x = fall_y = fall_slope = rise_x = rise_y = rise_slope = xs[0]
    fall_at = rise_at = i = 0
    for i in range(1, len(xs)):
        x, low, high = xs[i], lows[i], highs[i]
        falling = fall_y + fall_slope * (x - fall_x) if falls else None
        rising = rise_y + rise_slope * (x - rise_x) if rises else None
        if (falls and falling > high) or (rises and rising < low):
            if len(links) + 1 >= most:
                return None
            blocked_above = falls and falling > high
            line, start = (
                (Line(fall_x, fall_y, fall_slope), fall_at)
                if blocked_above
                else (Line(rise_x, rise_y, rise_slope), rise_at)
            )
            links.append(Link(line, xs[start], x))
            above, below = _Hull(1), _Hull(-1)
            hull, heights = (above, lows) if blocked_above else (below, highs)
            for k in range(start, i):
                hull.append(xs[k], heights[k])
            falls = rises = False
        if below.xs and (not falls or falling < low):
            falls, fall_x, fall_y, fall_slope, fall_at = True, x, low, below.tangent(x, low), i
        if above.xs and (not rises or rising > high):
            rises, rise_x, rise_y, rise_slope, rise_at = True, x, high, above.tangent(x, high), i
        above.append(x, low)
        below.append(x, high)
    first = Line(fall_x, fall_y, fall_slope) if falls else None
    second = Line(rise_x, rise_y, rise_slope) if rises else None
    links.append(Link(_between(first, second, xs[-1]), xs[-1], xs[-1]))
    return links


class _Hull:
    """The upper (side 1) or lower (side -1) convex hull of points that come from left to right."""

    __slots__ = ("_first", "_side", "xs", "ys")

    def __init__(self, side: int) -> None:
        self._side, self._first = side, 0
        self.xs: list[Any] = []
        self.ys: list[Any] = []

    def append(self, x: Any, y: Any) -> None:
        """Add a point to the right of all others."""
        xs, ys, upper = self.xs, self.ys, self._side > 0
        last = len(xs) - 1
        while last > self._first:
            x0, y0 = xs[last - 1], ys[last - 1]
            turn = (xs[last] - x0) * (y - y0) - (ys[last] - y0) * (x - x0)
            if (turn < 0) if upper else (turn > 0):
                break
            del xs[last], ys[last]
            last -= 1
        xs.append(x)
        ys.append(y)

    def tangent(self, x: Any, y: Any) -> Any:
        """Slope of the tangent from a point to the right. Later tangents touch no further left: each is tighter."""
        xs, ys, k, upper = self.xs, self.ys, self._first, self._side > 0
        slope, last = (y - ys[k]) / (x - xs[k]), len(xs) - 1
        while k < last:
            other = (y - ys[k + 1]) / (x - xs[k + 1])
            if (other > slope) if upper else (other < slope):
                break
            k, slope = k + 1, other
        self._first = k
        return slope


def _between(first: Line | None, second: Line | None, x: Any) -> Line:
    """The mean of two lines, or the one that there is."""
    if first is None or second is None:
        line = second if first is None else first
        assert line is not None, "a link passes two gates at least"
        return line
    return Line(x, (first(x) + second(x)) / 2, (first.slope + second.slope) / 2)


def corners(links: Sequence[Link]) -> tuple[list[Any], list[Any]]:
    """Abscissae and values of a path where its links meet, each kept within the window where they must."""
    xs, ys = [], []
    for link, after in zip(links, links[1:]):
        one, two = link.line, after.line
        turn = two.slope - one.slope
        x = one.x + (one.y - two(one.x)) / turn if turn else link.earliest
        x = min(max(x, link.earliest), link.latest)
        xs.append(x)
        ys.append((one(x) + two(x)) / 2)
    return xs, ys
