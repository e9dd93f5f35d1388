"""A cell near each point, from one place inside every cell: what walks start from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers

Floats = NDArray[np.float64]


@final
class Strips:
    """Places in strips by their first coordinate, each of these in strips by the second, and so on: all hold as many.

    Made by sorting, which for a hundred thousand cells takes some 15 ms; a place is looked for by bisection.

    Parameters
    ----------
    places : ndarray of float64, shape (n, d)
    """

    def __init__(self, places: Floats) -> None:
        count, dim = places.shape
        self._many = next(m for m in range(1, count + 1) if m**dim >= count)
        self.order: Integers = np.arange(count)
        self._firsts: list[Floats] = []
        for k in range(dim):
            size = min(self._many ** (dim - k), count)
            strips = np.full((-(-count // size), size), np.inf)
            strips.ravel()[:count] = places[self.order, k]
            within = np.argsort(strips, axis=1) + size * np.arange(len(strips))[:, None]
            self.order = self.order[within.ravel()[:count]]
            self._firsts.append(places[self.order, k][:: self._many ** (dim - 1 - k)])
        last = self._firsts[-1]
        last[1:] = last[1:] / 2 + last[:-1] / 2  # the nearer of two; the first of a strip is not asked for

    def near(self, point: Sequence[float]) -> int:
        """A place near a point."""
        at = 0
        for firsts, x in zip(self._firsts, point):
            start = at * self._many
            at = bisect_right(firsts, x, start + 1, min(start + self._many, len(firsts))) - 1
        return int(self.order[at])

    def near_all(self, points: Floats) -> Integers:
        """The same for many points, shape (n, d)."""
        at = np.zeros(len(points), dtype=np.int64)
        for firsts, x in zip(self._firsts, points.T):
            at *= self._many
            stop = np.minimum(at + self._many, len(firsts))
            for _ in range(self._many.bit_length()):
                middle = at + stop >> 1
                beyond = firsts[middle] > x
                at, stop = np.where(beyond, at, middle), np.where(beyond, middle, stop)
        return self.order[at]
