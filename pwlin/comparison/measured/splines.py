"""Least squares by lines that meet: which points each line takes, and where neighbours meet.

Neighbours may meet anywhere between the last point of one and the first of the next. At an optimum they do so in the open
gap, where the condition does not bind and the lines on both sides are as free as if nothing joined them, or at one of its
ends (Hudson, "Fitting segmented curves whose join points have to be estimated", 1966). So each joint is *free* or pinned
to the point at the left or right end of its gap, and lines between free joints are least squares splines by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

FREE, LEFT, RIGHT = 0, 1, 2
Number = Any
"""Floats, which search, or Fractions, which decide."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the first so many heaps: 1, x, x^2, y, x y, y^2; and the abscissae."""

    xs: Sequence[Number]
    rows: Sequence[tuple[Number, ...]]

    @staticmethod
    def of(xs: Sequence[Number], counts: Sequence[Number], sums: Sequence[Number], squares: Sequence[Number]) -> Sums:
        """From the number of values at each abscissa, their sum and the sum of their squares."""
        rows = [(0 * xs[0],) * 6]
        for x, n, y, yy in zip(xs, counts, sums, squares, strict=True):
            new = (n, n * x, n * x * x, y, x * y, yy)
            rows.append(tuple(a + b for a, b in zip(rows[-1], new)))
        return Sums(xs, rows)

    def over(self, first: int, last: int) -> list[Number]:
        """The sums over heaps `first` up to, not including, `last`."""
        return [b - a for a, b in zip(self.rows[first], self.rows[last])]

    def line_error(self, first: int, last: int) -> Number:
        """The least sum of squares of one line through these heaps."""
        n, x, xx, y, xy, yy = self.over(first, last)
        spread = xx - x * x / n
        rest = yy - y * y / n
        return rest if last - first == 1 or not spread else rest - (xy - x * y / n) ** 2 / spread


@dataclass(frozen=True, slots=True)
class Spline:
    """Knots, values there, and the sum of squares of a run of lines that are pinned to one another."""

    knots: tuple[Number, ...]
    values: tuple[Number, ...]
    error: Number

    def at_end(self, x: Number, last: bool) -> Number:
        """The first or last line at x."""
        i = len(self.knots) - 2 if last else 0
        share = (x - self.knots[i]) / (self.knots[i + 1] - self.knots[i])
        return self.values[i] + (self.values[i + 1] - self.values[i]) * share


def spline(sums: Sums, at: Sequence[int]) -> Spline | None:
    """The least squares spline with knots at heaps `at`, over all heaps from the first of them to the last.

    None where it is not unique, or floats cannot tell.
    """
    if len(at) < 2 or any(a >= b for a, b in pairwise(at)):
        return None
    size = len(at)
    zero = 0 * sums.xs[0]
    diagonal, beside, right = [zero] * size, [zero] * size, [zero] * size
    for k, (a, b) in enumerate(pairwise(at)):
        start, width = sums.xs[a], sums.xs[b] - sums.xs[a]
        if not width * width:  # of floats
            return None
        n, x, xx, y, xy, _ = sums.over(a, b + (k == size - 2))
        first, second = (x - start * n) / width, (xx - 2 * start * x + start * start * n) / (width * width)
        moment = (xy - start * y) / width
        diagonal[k] += n - 2 * first + second
        diagonal[k + 1] += second
        beside[k] += first - second
        right[k] += y - moment
        right[k + 1] += moment
    values = list(right)
    pivots = list(diagonal)
    for k in range(size):
        if k:
            if not pivots[k - 1] > 0:
                return None
            factor = beside[k - 1] / pivots[k - 1]
            pivots[k] = pivots[k] - factor * beside[k - 1]
            values[k] = values[k] - factor * values[k - 1]
    if not pivots[-1] > 0:
        return None
    for k in reversed(range(size)):
        known = beside[k] * values[k + 1] if k + 1 < size else zero
        values[k] = (values[k] - known) / pivots[k]
    error = sums.over(at[0], at[-1] + 1)[5] - sum((b * v for b, v in zip(right, values)), zero)
    return Spline(tuple(sums.xs[a] for a in at), tuple(values), error)


@dataclass(frozen=True, slots=True)
class Chain:
    """Runs of lines, left to right, the sum of their errors, and the free joints at which neighbours do not meet."""

    runs: tuple[Spline, ...]
    error: Number
    apart: tuple[int, ...]

    def corners(self, gaps: Sequence[tuple[Number, Number]]) -> tuple[list[Number], list[Number]]:
        """Where lines meet, ends of the runs' outer lines included; `gaps` are those of the free joints in order."""
        xs, ys = list(self.runs[0].knots[:-1]), list(self.runs[0].values[:-1])
        for (one, two), (left, right) in zip(pairwise(self.runs), gaps, strict=True):
            before = one.at_end(left, True) - two.at_end(left, False)
            after = one.at_end(right, True) - two.at_end(right, False)
            x = left if before == after else left + (right - left) * before / (before - after)
            xs += [x, *two.knots[1:-1]]
            ys += [one.at_end(x, True), *two.values[1:-1]]
        return [*xs, self.runs[-1].knots[-1]], [*ys, self.runs[-1].values[-1]]


def chain(sums: Sums, cuts: Sequence[int], joints: Sequence[int]) -> Chain | None:
    """Lines whose heaps begin at 0 and at `cuts`, with joints of these kinds; None where lines are not unique."""
    runs: list[Spline] = []
    start, pins = 0, list[int]()
    for cut, joint in zip((*cuts, len(sums.xs)), (*joints, FREE)):
        if joint == FREE:
            found = spline(sums, [start, *pins, cut - 1])
            if found is None:
                return None
            runs.append(found)
            start, pins = cut, []
        else:
            pins.append(cut - 1 if joint == LEFT else cut)
    apart = []
    free = [k for k, joint in enumerate(joints) if joint == FREE]
    for k, (one, two) in zip(free, pairwise(runs)):
        left, right = sums.xs[cuts[k] - 1], sums.xs[cuts[k]]
        before = one.at_end(left, True) - two.at_end(left, False)
        after = one.at_end(right, True) - two.at_end(right, False)
        if (before > 0 and after > 0) or (before < 0 and after < 0):
            apart.append(k)
    return Chain(tuple(runs), sum((run.error for run in runs), 0 * sums.xs[0]), tuple(apart))
