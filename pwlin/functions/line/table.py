"""The pieces of a function of one variable as arrays of rationals: cut, laid over one another, with their corners."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.vector import RationalVector
from pwlin.geometry.interval import Interval

Rows = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Table:
    """Affine maps ``slope * x + intercept`` on neighbouring cells of an interval, which agree where two cells meet.

    Attributes
    ----------
    interval : Interval
    breaks : RationalVector of length n
        Where cells meet, increasing.
    slopes, intercepts : RationalVector of length n + 1
    """

    interval: Interval
    breaks: RationalVector
    slopes: RationalVector
    intercepts: RationalVector

    def __len__(self) -> int:
        return len(self.slopes)

    def merged(self) -> Table:
        """Without the breaks at which the slope stays."""
        bends = np.flatnonzero(~self.slopes.equal_next())
        if len(bends) == len(self.breaks):
            return self
        starts = np.append(0, bends + 1)
        return Table(self.interval, self.breaks.take(bends), self.slopes.take(starts), self.intercepts.take(starts))

    def within(self, interval: Interval) -> Table:
        """The cells in a part of the interval."""
        if interval == self.interval:
            return self
        chosen = self.cells_in(interval)
        inner = slice(chosen.start, chosen.stop - 1)
        return Table(interval, self.breaks.take(inner), self.slopes.take(chosen), self.intercepts.take(chosen))

    def cells_in(self, interval: Interval) -> slice:
        """Which cells have more than a point in common with a part of the interval."""
        left, right = interval.left, interval.right
        low = 0 if left is None else self.breaks.locate(RationalVector.of([left]), "right")[0]
        high = len(self.breaks) if right is None else self.breaks.locate(RationalVector.of([right]), "left")[0]
        return slice(int(low), int(high) + 1)

    def over(self, other: Table) -> tuple[Table, Table]:
        """This and another table, both cut at the breaks of either, on what their intervals share."""
        interval = self.interval.intersect(other.interval)
        a, b = self.within(interval), other.within(interval)
        if a.breaks == b.breaks:
            return a, b
        where = a.breaks.locate(b.breaks)
        shared = np.zeros(len(where), dtype=bool)
        near = np.flatnonzero(where < len(a.breaks))
        shared[near] = a.breaks.take(where[near]).compare(b.breaks.take(near)) == 0
        breaks = a.breaks.inserted(where[~shared], b.breaks.take(~shared))
        # an entry of b was put behind as many of a's and of its own as come before it
        of_a, of_b = np.ones((2, len(breaks)), dtype=np.int64)
        of_a[where[~shared] + np.arange(len(breaks) - len(a.breaks))] = 0
        of_b[np.flatnonzero(of_a)] = 0
        of_b[np.flatnonzero(of_a)[where[shared]]] = 1
        return a._finer(breaks, of_a), b._finer(breaks, of_b)

    def _finer(self, breaks: RationalVector, own: Rows) -> Table:
        """The same with more breaks, told which of them were here."""
        rows = np.append(0, np.cumsum(own))
        return Table(self.interval, breaks, self.slopes.take(rows), self.intercepts.take(rows))

    @cached_property
    def corners(self) -> RationalVector:
        """The breaks, and the interval's ends that are finite."""
        return self._with_ends(self.breaks, self.interval.left, self.interval.right)

    @cached_property
    def corner_values(self) -> RationalVector:
        """The values there."""
        inner = self.slopes.take(slice(1, None)) * self.breaks + self.intercepts.take(slice(1, None))
        left, right = (
            None if end is None else self.slopes[k] * end + self.intercepts[k]
            for end, k in ((self.interval.left, 0), (self.interval.right, -1))
        )
        return self._with_ends(inner, left, right)

    @staticmethod
    def _with_ends(inner: RationalVector, left: Fraction | None, right: Fraction | None) -> RationalVector:
        first, last = (RationalVector.of([] if end is None else [end]) for end in (left, right))
        return RationalVector.joined([first, inner, last])

    @cached_property
    def signs(self) -> NDArray[np.int8]:
        """Signs of the values at the left end, at each break and at the right end; at infinity those of the limits."""
        signs = self.corner_values.signs()
        if self.interval.left is None:
            signs = np.append(_sign(-self.slopes[0], self.intercepts[0]), signs)
        if self.interval.right is None:
            signs = np.append(signs, _sign(self.slopes[-1], self.intercepts[-1]))
        return signs.astype(np.int8)

    @cached_property
    def crossings(self) -> Rows:
        """The cells inside which the function changes its sign."""
        return np.flatnonzero(self.signs[:-1] * self.signs[1:] < 0)

    def roots(self, cells: Rows) -> RationalVector:
        """Where the maps of some cells, none constant, are zero."""
        return -self.intercepts.take(cells) / self.slopes.take(cells)


def _sign(slope: Fraction, intercept: Fraction) -> int:
    value = slope or intercept
    return (value > 0) - (value < 0)
