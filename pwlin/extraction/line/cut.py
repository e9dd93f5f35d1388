"""A line cut into regions, and how one layer's neurons cut it further."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.affine import AffineMaps, Points
from pwlin.exact.integers import compact
from pwlin.geometry.interval import Interval
from pwlin.networks.layer import Layer

_MANY = 32
"""From so many columns on it pays to pack them."""

Entry = TypeVar("Entry", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Regions:
    """All regions of a network on a line."""

    ends: Points  # one more than regions
    patterns: tuple[NDArray[np.bool_], ...]  # one (regions, entries) for each hidden layer
    outputs: AffineMaps


def line_ends(interval: Interval) -> Points:
    """The interval's two ends."""
    left, right = interval.left, interval.right
    p = np.array([-1 if left is None else left.numerator, 1 if right is None else right.numerator], dtype=object)
    q = np.array([0 if left is None else left.denominator, 0 if right is None else right.denominator], dtype=object)
    return Points(compact(p), compact(q))


@dataclass(frozen=True, eq=False)
class Splits:
    """Where one layer's neurons divide the regions: crossings sorted by region and root."""

    rows: NDArray[np.int64]  # region of each crossing
    neurons: NDArray[np.int64]
    roots: Points
    fresh: NDArray[np.bool_]  # whether the root differs from the one before
    after: NDArray[np.int64]  # the new region to the right of the root
    parents: NDArray[np.int64]  # the old region of each new one
    starts: NDArray[np.int64]  # the first new region of each old one
    order: NDArray[np.int64]  # the crossings, as given, in their sorted order
    keys: NDArray[np.float64]  # the roots, correctly rounded

    @staticmethod
    def of(rows: NDArray[np.int64], neurons: NDArray[np.int64], roots: Points, count: int) -> Splits:
        """Sort the crossings of `count` regions and join those at one point."""
        keys = roots.keys()
        order = _order(rows, roots, keys)
        rows, neurons, roots, keys = rows[order], neurons[order], roots.at(order), keys[order]
        fresh = np.ones(len(rows), dtype=bool)
        fresh[1:] = (rows[1:] != rows[:-1]) | (roots.p[1:] != roots.p[:-1]) | (roots.q[1:] != roots.q[:-1])
        sizes = np.bincount(rows[fresh], minlength=count) + 1
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        after, parents = np.cumsum(fresh) + rows, np.repeat(np.arange(count), sizes)
        return Splits(rows, neurons, roots, fresh, after, parents, starts, order, keys)

    def ends(self, old: Points) -> Points:
        """The ends of the new regions, from those of the old ones."""
        return Points(compact(self.merged(old.p, self.roots.p)), compact(self.merged(old.q, self.roots.q)))

    def merged(self, old: NDArray[Entry], new: NDArray[Entry]) -> NDArray[Entry]:
        """What belongs to the new regions' ends, from what belongs to the old ends and to the crossings."""
        ends = np.empty((len(self.parents) + 1, *old.shape[1:]), dtype=old.dtype if old.dtype == new.dtype else object)
        # slices: a NumPy scalar must not get among Python integers
        ends[self.starts], ends[-1:] = old[:-1], old[-1:]
        ends[self.after[self.fresh]] = new[self.fresh]
        return ends

    def patterns(self, layer: Layer, left: NDArray[np.int8], right: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Which neurons are active in each new region, by running changes from left to right."""
        crossing = np.zeros(left.shape, dtype=bool)
        crossing[self.rows, self.neurons] = True
        first = np.where(crossing, left > 0, (left > 0) | (right > 0)) | layer.is_linear
        if len(self.rows) == 0:
            return np.asarray(first[self.parents])
        changes = np.zeros((len(self.parents), left.shape[1]), dtype=bool)
        changes[self.after, self.neurons] = True
        last = first ^ crossing
        changes[0] = first[0]
        changes[self.starts[1:]] = first[1:] ^ last[:-1]
        return _running(changes)


def _running(changes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether so far an odd number of rows have a change in a column, row by row; eight columns at a time if there are many."""
    if changes.shape[1] < _MANY:
        return np.asarray(np.logical_xor.accumulate(changes, axis=0))
    eight = np.bitwise_xor.accumulate(np.packbits(changes, axis=1), axis=0)
    return np.unpackbits(eight, axis=1, count=changes.shape[1]).view(np.bool_)


def crossings(
    layer: Layer, left: NDArray[np.int8], right: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Regions and neurons for each change of sign strictly inside a region."""
    return indices((left * right < 0) & ~layer.is_linear)


def indices(where: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column indices like ``np.nonzero``, which is slow in two dimensions."""
    rows, columns = np.divmod(np.flatnonzero(where), where.shape[1])
    return rows, columns


def _order(rows: NDArray[np.int64], roots: Points, keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """Indices that sort roots by region, then by value. Rounded quotients presort; their ties are settled exactly."""
    p, q = roots.p, roots.q
    order = np.lexsort((keys, rows))
    r, k = rows[order], keys[order]
    same = (r[1:] == r[:-1]) & (k[1:] == k[:-1])
    unequal = same & ((p[order][1:] != p[order][:-1]) | (q[order][1:] != q[order][:-1]))
    if unequal.any():
        starts = np.flatnonzero(~np.concatenate([[False], same]))
        stops = np.append(starts[1:], len(order))
        for index in np.unique(np.searchsorted(starts, np.flatnonzero(unequal), side="right") - 1):
            run = order[starts[index] : stops[index]].tolist()
            run.sort(key=lambda i: Fraction(int(p[i]), int(q[i])))
            order[starts[index] : stops[index]] = run
    return order
