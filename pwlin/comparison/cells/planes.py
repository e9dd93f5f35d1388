"""Simplices cut by a plane, near which an error vanishes, in any number of variables.

The error is a linear function L and a rest of at most r. Where both differ in sign the error is at most r - |L|, and |L| at most
r. The values of L are distributed with a density of at most d over their range (a B-spline: Curry and Schoenberg, On Polya
frequency functions IV, 1966). So that happens on a share of ``2 d r / range`` at most, where the error's mean is at most r/2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.local import Local, taylor_rest
from pwlin.comparison.cells.rules import Rule
from pwlin.formulas.arithmetic.floats import Floats, up
from pwlin.formulas.arithmetic.intervals import Intervals

_ROUNDOFF = 2.0**-52


@final
@dataclass(frozen=True)
class Planes:
    """Simplices cut by a plane: equally many simplices of each are inside.

    Attributes
    ----------
    signs : ndarray, shape (count,)
        The error's sign inside, 1 or -1.
    wrong : ndarray, shape (count,)
        Shares of the simplices where the error's sign may be another than the plane says.
    residual : ndarray, shape (count,)
        Bounds of the mean of the error's magnitude there.
    corners : Intervals, shape (count, parts, d + 1, d + 1)
        Barycentric coordinates, the last axis, of the corners of the simplices inside.
    shares : Intervals, shape (count, parts)
        Their volumes, in those of the whole.
    """

    signs: Floats
    wrong: Floats
    residual: Floats
    corners: Intervals
    shares: Intervals

    def __getitem__(self, rows: NDArray[np.int64]) -> Planes:
        return Planes(self.signs[rows], self.wrong[rows], self.residual[rows], self.corners[rows], self.shares[rows])

    def inside(self, rule: Rule) -> tuple[Intervals, Intervals]:
        """Nodes and weights, shapes (count, points, d + 1) and (count, points), exact inside for what the rule is exact for."""
        count, parts = self.shares.shape
        middle, radius = _middle(self.corners)
        nodes, apart = _middle(rule.nodes)
        found = (nodes @ middle).reshape(count, -1, nodes.shape[1])
        # both are positive and the coordinates of a node add up to one
        off = up(up(radius + (nodes.shape[1] + 2) * (apart + _ROUNDOFF)) * 1.01)
        weights = self.shares.reshape(count, parts, 1) * rule.weights[None, None]
        return Intervals(found - off, found + off), weights.reshape(count, -1)

    def rest(self, rule: Rule, side: Local, power: int) -> Intervals:
        """What the rule leaves out inside."""
        share = up(self.shares.high.sum(axis=1) * 1.0000001)
        return taylor_rest(rule, side, power) * Intervals.points(np.minimum(share, 1.0))


def planes(local: Local) -> Iterator[tuple[NDArray[np.int64], Planes]]:
    """Simplices by how many simplices are inside, none where L has one sign, and how they are cut."""
    linear, distance = local.shape.nearest_linear
    low, high = linear.min(axis=1), linear.max(axis=1)
    rows = np.flatnonzero(np.isfinite(distance) & np.isfinite(high - low) & (high > low))
    d = linear.shape[1] - 1
    if not len(rows):
        return
    linear, low, high = linear[rows], low[rows], high[rows]
    off = up(
        distance[rows] + 16 * (d + 1) ** 2 * _ROUNDOFF * np.maximum(-low, high)
    )  # as L is zero at the cuts but for rounding
    least = np.maximum(np.maximum(low, -high), 0.0)
    off, sides = np.maximum(up(off - least), 0.0), np.where((low < 0) & (high > 0), 2.0, 1.0)
    wrong = up(up(sides * d * off) * (1 + 2 * _ROUNDOFF) / (high - low))
    few = 2 * (linear > 0).sum(axis=1) <= (linear != 0).sum(axis=1)
    signs = np.where(few, 1.0, -1.0)
    for some, corners, shares in _inside(linear * signs[:, None]):
        yield rows[some], Planes(signs[some], wrong[some], off[some] / 2, corners, shares)


def _inside(values: Floats) -> Iterator[tuple[NDArray[np.int64], Intervals, Intervals]]:
    """Simplices on which linear functions with these values at the corners are positive, by their number.

    Where signs differ, a simplex is cut at the zero on the edge from the largest to the smallest value; each half has one
    corner less whose value is not zero. A cut is exactly where its share says, so that the parts fill the whole.
    """
    count, m = values.shape
    owner, share = np.arange(count), Intervals.points(np.ones(count))
    corners = Intervals.points(np.repeat(np.eye(m)[None], count, axis=0))
    done: list[tuple[NDArray[np.int64], Intervals, Intervals]] = []
    while len(owner):
        i, j = values.argmax(axis=1), values.argmin(axis=1)
        rows = np.arange(len(owner))
        top, bottom = values[rows, i], values[rows, j]
        kept = np.flatnonzero((top > 0) & (bottom >= 0))
        done.append((owner[kept], corners[kept], share[kept]))
        mixed = np.flatnonzero((top > 0) & (bottom < 0))
        if not len(mixed):
            break
        rows, i, j, top, bottom = np.arange(len(mixed)), i[mixed], j[mixed], top[mixed], bottom[mixed]
        ahead = Intervals.points(top / (top - bottom))  # from the largest value to the cut
        behind = Intervals.points(1.0) - ahead
        owner, share, corners, values = owner[mixed], share[mixed], corners[mixed], values[mixed]
        cut = corners[rows, i] * behind[:, None] + corners[rows, j] * ahead[:, None]
        halves = []
        for gone, part in ((i, behind), (j, ahead)):
            low, high, left = corners.low.copy(), corners.high.copy(), values.copy()
            low[rows, gone], high[rows, gone], left[rows, gone] = cut.low, cut.high, 0.0
            halves.append((low, high, left, share * part))
        low, high, values = (np.concatenate([half[k] for half in halves]) for k in range(3))
        corners, owner = Intervals(low, high), np.tile(owner, 2)
        share = Intervals(*(np.concatenate([getattr(half[3], end) for half in halves]) for end in ("low", "high")))
    owners = np.concatenate([part[0] for part in done])
    order = np.argsort(owners, kind="stable")
    corners, share = (
        Intervals(*(np.concatenate([getattr(part[k], end) for part in done])[order] for end in ("low", "high")))
        for k in (1, 2)
    )
    times = np.bincount(owners, minlength=count)
    first = np.cumsum(times) - times
    for parts in np.unique(times).tolist():
        some = np.flatnonzero(times == parts)
        at = first[some][:, None] + np.arange(parts)
        yield some, corners[at], share[at]


def _middle(values: Intervals) -> tuple[Floats, float]:
    """Floats within intervals and how far these reach from them at most."""
    middle = (values.low + values.high) / 2
    return middle, float(up(np.maximum(up(middle - values.low), up(values.high - middle)).max(initial=0.0)))
