"""Many parts of simplices at once: corners by exact barycentric coordinates in whole simplices, and their bisection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from operator import add
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.simplices import Simplex, distinct
from pwlin.comparison.cells.triangles import Triangles
from pwlin.formulas.arithmetic.floats import Floats
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.geometry.polytope import Point

DEEPEST = 48
"""Most bisections of one simplex: barycentric coordinates stay exact floats, with 53 bits."""


_CLOSE = 2.0**-41
"""Relative widths of volumes, at most."""
_MOST_BY_FLOATS = 4


@final
@dataclass(frozen=True)
class Whole:
    """The simplices that a search starts from, each with the number of its formula."""

    simplices: Sequence[Simplex]
    formula: NDArray[np.int64]

    @cached_property
    def corners(self) -> Intervals:
        """Shape (count, d + 1, d)."""
        if isinstance(self.simplices, Triangles):
            return self.simplices.corners
        corners, where = distinct(s.corners for s in self.simplices)
        d = len(corners[0])
        return Intervals.of([v for c in corners for v in c]).reshape(-1, d)[where].reshape(-1, d + 1, d)

    @cached_property
    def values(self) -> Intervals:
        """The function at the corners, shape (count, d + 1)."""
        if isinstance(self.simplices, Triangles):
            return self.simplices.values
        values, where = distinct(s.values for s in self.simplices)
        return Intervals.of(values)[where].reshape(len(self.simplices), -1)

    @cached_property
    def volumes(self) -> Intervals:
        """Shape (count,); exact ones are rounded where floats say too little of them, or would take long."""
        if isinstance(self.simplices, Triangles):
            return self.simplices.volumes
        n, m, d = self.corners.shape
        found = Intervals(np.full(n, np.nan), np.full(n, np.nan))
        if d <= _MOST_BY_FLOATS:
            edges = [[self.corners[:, k, i] - self.corners[:, 0, i] for i in range(d)] for k in range(1, m)]
            found = _determinant(edges).absolute() / float(math.factorial(d))
        rows = np.flatnonzero(~(found.high - found.low <= _CLOSE * found.low))
        exact = Intervals.of([self.simplices[k].volume for k in rows.tolist()])
        found.low[rows], found.high[rows] = exact.low, exact.high
        return found

    @cached_property
    def regions(self) -> NDArray[np.int64]:
        """Of which region each is part."""
        if isinstance(self.simplices, Triangles):
            return self.simplices.regions
        return np.array([s.region for s in self.simplices], dtype=np.int64)

    @cached_property
    def extents(self) -> Floats:
        """Size of everything along each coordinate; it only steers bisection."""
        size = np.asarray(self.corners.high.max(axis=(0, 1)) - self.corners.low.min(axis=(0, 1)))
        return np.where(size > 0, size, 1.0)

    def point(self, root: int, weights: Sequence[Fraction]) -> Point:
        """The exact point with barycentric coordinates in a simplex."""
        return tuple(
            sum((w * v for w, v in zip(weights, column)), Fraction(0)) for column in zip(*self.simplices[root].corners)
        )

    def start(self) -> Batch:
        """All of it."""
        n, d = len(self.simplices), len(self.simplices[0].corners[0])
        every = np.repeat(np.eye(d + 1)[None], n, axis=0)
        return Batch(self, np.arange(n), every, np.zeros(n, dtype=np.int64), self.formula)


@final
@dataclass(frozen=True)
class Batch:
    """Parts of whole simplices.

    Attributes
    ----------
    root : ndarray of int, shape (count,)
    weights : ndarray of float, shape (count, d + 1, d + 1)
        Barycentric coordinates of the corners (middle axis), exact.
    depth : ndarray of int, shape (count,)
        How often the whole was halved.
    formula : ndarray of int, shape (count,)
        The number of the formula on the part: that of the whole, or what is left of it once switches are settled.
    """

    whole: Whole
    root: NDArray[np.int64]
    weights: Floats
    depth: NDArray[np.int64]
    formula: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.root)

    def __getitem__(self, key: Any) -> Batch:
        return Batch(self.whole, self.root[key], self.weights[key], self.depth[key], self.formula[key])

    @staticmethod
    def joined(parts: Sequence[Batch]) -> Batch:
        """Several as one."""
        return Batch(
            parts[0].whole,
            np.concatenate([p.root for p in parts]),
            np.concatenate([p.weights for p in parts]),
            np.concatenate([p.depth for p in parts]),
            np.concatenate([p.formula for p in parts]),
        )

    @cached_property
    def corners(self) -> Intervals:
        """Shape (count, d + 1, d)."""
        return combined(self.weights[..., None], self.whole.corners[self.root][:, None])

    @cached_property
    def values(self) -> Intervals:
        """The function at the corners, shape (count, d + 1)."""
        return combined(self.weights, self.whole.values[self.root][:, None])

    @cached_property
    def volumes(self) -> Intervals:
        """Shape (count,)."""
        whole = self.whole.volumes[self.root]
        return Intervals(np.ldexp(whole.low, -self.depth), np.ldexp(whole.high, -self.depth))

    @cached_property
    def longest(self) -> NDArray[np.int64]:
        """The longest edge of each part, as a number in the order of ``numpy.triu_indices``."""
        middle = (self.corners.low + self.corners.high) / 2 / self.whole.extents
        first, second = np.triu_indices(middle.shape[1], 1)
        edges = ((middle[:, first] - middle[:, second]) ** 2).sum(axis=-1)
        return np.argmax(edges, axis=1)

    def halves(self, edges: NDArray[np.int64] | None = None) -> Batch:
        """Both halves of each part: first all first halves, then the others.

        Each is cut in the middle of an edge: a pair of corners, shape (count, 2), or else the longest.
        """
        if edges is None:
            edges = np.stack(np.triu_indices(self.weights.shape[1], 1), axis=1)[self.longest]
        i, j = edges.T
        rows = np.arange(len(self))
        middle = (self.weights[rows, i] + self.weights[rows, j]) / 2
        one, two = self.weights.copy(), self.weights.copy()
        one[rows, i], two[rows, j] = middle, middle
        root, depth = np.tile(self.root, 2), np.tile(self.depth + 1, 2)
        return Batch(self.whole, root, np.concatenate([one, two]), depth, np.tile(self.formula, 2))

    def corner(self, part: int, k: int) -> Point:
        """A corner of a part, exactly."""
        return self.whole.point(int(self.root[part]), [Fraction(w) for w in self.weights[part, k].tolist()])


@final
@dataclass(frozen=True)
class Placed:
    """Parts of parts, whose corners are known in intervals: shape (count, d + 1, d), with the function there, (count, d + 1)."""

    corners: Intervals
    values: Intervals

    def __len__(self) -> int:
        return len(self.values.low)

    def __getitem__(self, key: Any) -> Placed:
        return Placed(self.corners[key], self.values[key])


def joined(parts: Sequence[Intervals]) -> Intervals:
    """Several as one."""
    return Intervals(np.concatenate([p.low for p in parts]), np.concatenate([p.high for p in parts]))


def _determinant(rows: Sequence[Sequence[Intervals]]) -> Intervals:
    """Of matrices whose entries are arrays, along their first rows."""
    first, *others = rows
    if not others:
        return first[0]
    minors = [_determinant([[*row[:k], *row[k + 1 :]] for row in others]) for k in range(len(first))]
    return reduce(add, [entry * (-minor if k % 2 else minor) for k, (entry, minor) in enumerate(zip(first, minors))])


def combined(weights: Any, corners: Intervals) -> Intervals:
    """Weighted sums of corners: the axis of the corners, which both have, is number 2 (or the last if there are no more)."""
    w = weights if isinstance(weights, Intervals) else Intervals.points(weights)
    total = w[:, :, 0] * corners[:, :, 0]
    for k in range(1, corners.shape[2]):
        total = total + w[:, :, k] * corners[:, :, k]
    return total
