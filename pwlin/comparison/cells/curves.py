"""Triangles cut by a parabola where an error vanishes, once on every ray from a corner.

Where the error is monotone along every ray from a corner, and has one sign there and another at both other corners, each ray
meets its zeros once. The parabola goes through three of these zeros. Between it and the true curve the error is at most r, its
bound on the parabola, and the rays are at most r/m long, m being the least slope along them: that is a share of 2 r/m of the
triangle. On the parabola the error is, up to three tiny values, the remainder of its interpolation at three points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.local import Local, taylor_rest
from pwlin.comparison.cells.rules import Rule, gauss
from pwlin.formulas.arithmetic.floats import Floats, up
from pwlin.formulas.arithmetic.intervals import Intervals

_STEPS = 3
AMPLITUDE = 0.0481126
"""More than the largest magnitude of t (t - 1/2) (t - 1) on [0, 1], which is sqrt(3)/36."""
LEBESGUE = 1.25
"""Of interpolation at 0, 1/2 and 1."""


def curves(local: Local) -> Iterator[tuple[NDArray[np.int64], Curves]]:
    """The triangles that can be cut, and how."""
    corners = local.at(Intervals.points(np.eye(3)[None]))
    apex, slopes = _apexes(local, (corners.low + corners.high) / 2)
    rows = np.flatnonzero(apex >= 0)
    if len(rows):
        yield rows, Curves.of(local[rows], apex[rows], slopes[rows])


@final
@dataclass(frozen=True)
class Curves:
    """Triangles cut by a parabola from one edge at the apex to the other.

    In barycentric coordinates of the other two corners it is Bezier's curve from (p, 0) by (u p, u q) to (0, q): it starts and
    ends on the edges, is within the triangle as its control points are, and meets every ray from the apex once.

    Attributes
    ----------
    local : Local
    apex : ndarray of int, shape (count,)
        The corners; inside is the side of the curve where they are.
    slopes : ndarray, shape (count,)
        The error's slope along the rays that is closest to zero.
    p, q, u : ndarray, shape (count,)
    """

    local: Local
    apex: NDArray[np.int64]
    slopes: Floats
    p: Floats
    q: Floats
    u: Floats

    def __getitem__(self, rows: NDArray[np.int64]) -> Curves:
        floats = (part[rows] for part in (self.slopes, self.p, self.q, self.u))
        return Curves(self.local[rows], self.apex[rows], *floats)

    @staticmethod
    def of(local: Local, apex: NDArray[np.int64], slopes: Floats) -> Curves:
        """By some steps of the secant method along both edges and the ray between where they end."""
        zero, one = np.zeros(len(apex)), np.ones(len(apex))
        start = Curves(local, apex, slopes, one, one, one / 2)
        p, q = start._zero(one, zero), start._zero(zero, one)
        u = np.clip(start._zero(p / 2, q / 2, 1.5), 0.55, 1.45) - 0.5
        return Curves(local, apex, slopes, p, q, np.minimum(u, 1 / (p + q)) * (1 - 2.0**-40))

    @cached_property
    def signs(self) -> Floats:
        """The error's sign inside: where it falls along the rays it is positive at the apex."""
        return np.where(self.slopes < 0, 1.0, -1.0)

    @cached_property
    def wrong(self) -> Floats:
        """The share of the triangle where the error's sign may be another than the curve says."""
        return up(up(2 * self.residual) / np.abs(self.slopes))

    def _zero(self, a: Floats, b: Floats, most: float = 1.0) -> Floats:
        """About where the error vanishes on the ray through (a, b), in units of that point."""
        return zero_on(lambda x: self._error(a * x, b * x), len(a), most)

    def _error(self, a: Floats, b: Floats) -> Floats:
        found = self.local.at(self._weights(Intervals.points(a[:, None]), Intervals.points(b[:, None])))
        return (found.low[:, 0] + found.high[:, 0]) / 2

    def _weights(self, a: Intervals, b: Intervals) -> Intervals:
        """Barycentric coordinates, shape (count, points, 3), from those of the other two corners, in the corners' order."""
        rest = Intervals.points(1.0) - a - b
        out = np.empty((2, *a.shape, 3))
        rows = np.arange(len(self.apex))
        for shift, weight in enumerate((rest, a, b)):
            for end, source in enumerate((weight.low, weight.high)):
                out[end][rows, :, (self.apex + shift) % 3] = source
        return Intervals(out[0], out[1])

    def _curve(self, t: Intervals) -> tuple[Intervals, Intervals, Intervals]:
        """Both coordinates of the parabola, shape (count, points), at parameters t, and the determinant with its tangent."""
        one = Intervals.points(1.0)
        first, last, middle = (one - t) * (one - t), t * t, t * (one - t) * 2.0
        p, q, u = (Intervals.points(v[:, None]) for v in (self.p, self.q, self.u))
        first, middle, last = (Intervals(v.low[None], v.high[None]) for v in (first, middle, last))
        turn = (u * (first + last) + middle / 2.0) * p * q * 2.0
        return (first + middle * u) * p, (last + middle * u) * q, turn

    @cached_property
    def residual(self) -> Floats:
        """Bounds of the error's magnitude there."""
        a, b, _ = self._curve(Intervals.points(np.array([0.0, 0.5, 1.0])))
        at_nodes = self.local.at(self._weights(a, b)).magnitude.max(axis=1)
        rows = np.arange(len(self.apex))
        one, two = (self.apex + 1) % 3, (self.apex + 2) % 3
        p, q, u = (Intervals.points(v) for v in (self.p, self.q, self.u))
        tilt, bend = (u * 2.0 - 2.0).union(u * -2.0), Intervals.points(1.0) - u * 2.0
        back = -tilt
        columns = []
        for box, corners in zip(self.local.box, self.local.corners):
            to_one, to_two = (corners[rows, end] - corners[rows, self.apex] for end in (one, two))
            slope = to_one * p * tilt + to_two * q * back
            curve = (to_one * p + to_two * q) * bend
            parts = [box, slope, curve, Intervals.points(np.zeros(len(rows)))]
            columns.append(Intervals(np.stack([v.low for v in parts]), np.stack([v.high for v in parts])))
        third = self.local.series(columns)[3].magnitude
        return up(1.0000001 * (LEBESGUE * at_nodes + AMPLITUDE * third))

    def inside(self, rule: Rule) -> tuple[Intervals, Intervals]:
        """Nodes and weights, shapes (count, points, 3) and (count, points), exact inside for what the rule is exact for.

        By a product of Gauss' rules in coordinates along the rays and the parabola.
        """
        (across, across_weights), (along, along_weights) = gauss(rule.order + 1, 0), gauss(rule.order // 2, 1)
        n, m = len(across.low), len(along.low)
        i, j = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
        a, b, turn = self._curve(across)
        sigma = along[None, j]
        weights = turn[:, i] * (across_weights[i] * along_weights[j] * 2.0)[None]
        return self._weights(a[:, i] * sigma, b[:, i] * sigma), weights

    def rest(self, rule: Rule, side: Local, power: int) -> Intervals:
        """What the rule leaves out inside."""
        return taylor_rest(rule, side, power)


def _apexes(local: Local, values: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The corner with whose rays the zeros are met once, or -1; and the slope along them that is closest to zero."""
    edges = {(i, j): local.slopes(i, j) for i, j in ((0, 1), (1, 2), (2, 0))}
    apex, least, senses = np.full(len(local.part), -1), np.zeros(len(local.part)), np.ones(len(local.part))
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        ways = edges[k, i], -edges[j, k]
        low = np.minimum(ways[0].low, ways[1].low)
        high = np.maximum(ways[0].high, ways[1].high)
        size = np.where(low > 0, low, np.where(high < 0, -high, 0.0))
        sense = np.where(low > 0, 1.0, -1.0)
        crosses = (values[:, k] * sense <= 0) & (values[:, i] * sense >= 0) & (values[:, j] * sense >= 0)
        better = crosses & (size > least)
        apex, least, senses = np.where(better, k, apex), np.where(better, size, least), np.where(better, sense, senses)
    return apex, least * senses


def zero_on(error: Callable[[Floats], Floats], count: int, most: float) -> Floats:
    """About where so many errors vanish, at most at `most`, by some steps of the secant method from 0 and 1."""
    low, x = np.zeros(count), np.ones(count)
    below = error(low)
    for _ in range(_STEPS):
        above = error(x)
        step = above * (x - low) / (above - below)
        low, below = x, above
        x = np.clip(np.where(np.isfinite(step), x - step, x), 2.0**-40, most)
    return x
