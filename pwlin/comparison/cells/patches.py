"""Tetrahedra cut by a curved triangle where an error vanishes, once on every ray from a corner, as triangles by a parabola.

A tetrahedron with one sign at two corners and another at the others is halved where an edge meets the zeros; in each half one
corner is alone with its sign. There the zeros are nearly a quadratic triangle through three of them on the edges at that corner
and three between. Between it and the true zeros the error is at most r, and the rays, whose length from the corner on has
a density of at most 3, are at most r/m long: that is a share of 3 r/m of the tetrahedron.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.batch import Placed, combined, joined
from pwlin.comparison.cells.curves import AMPLITUDE, LEBESGUE, zero_on
from pwlin.comparison.cells.local import Local
from pwlin.comparison.cells.rules import Rule, gauss, left_out
from pwlin.formulas.arithmetic.floats import Floats, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.taylor import multiply, variable

_PAIRS = ((0, 1), (0, 2), (1, 2))
_ALONE = 64
"""How many times as large the error is at a corner that is alone with its sign as it is, with that sign, elsewhere: zeros have rounding."""
_POWERS = (1, 0, 2)
"""Densities along s, t and the rays."""
_MINORS = ((0, 4, 8, 5, 7), (1, 3, 8, 5, 6), (2, 3, 7, 4, 6))
_NODES = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5), (0.5, 0.25, 0.25)]
"""Where both s and t are 0, 1/2 or 1, if the barycentric coordinates are 1 - s, s (1 - t), s t."""


@final
@dataclass(frozen=True)
class Patches:
    """Tetrahedra cut by a quadratic triangle in front of their first corner.

    In barycentric coordinates of the other three corners it is Bezier's, with the control points ``p_i e_i`` and
    ``u_ij (p_i e_i + p_j e_j)``. It is within the tetrahedron as these are. At barycentric coordinates l its point is
    ``x_i = p_i l_i (l_i + 2 sum of u_ij l_j)``, and the determinant of x and its derivatives is that of
    ``M = diag(l_i + sum of u_ij l_j) + (l_i u_ij)``, times ``4 p_1 p_2 p_3``. In each column of M the first entry outweighs the
    others, as long as u is positive: so every ray is met once.

    Attributes
    ----------
    local : Local
    slopes : ndarray, shape (count,)
        The error's slope along the rays that is closest to zero.
    p : ndarray, shape (count, 3)
    u : ndarray, shape (count, 3, 3)
        Symmetric, with 1/2 on the diagonal.
    """

    local: Local
    slopes: Floats
    p: Floats
    u: Floats

    def __getitem__(self, rows: NDArray[np.int64]) -> Patches:
        return Patches(self.local[rows], self.slopes[rows], self.p[rows], self.u[rows])

    @staticmethod
    def of(local: Local, slopes: Floats) -> Patches:
        """By some steps of the secant method along the edges and rays between where they end."""
        count = len(slopes)

        def on(ray: Floats, most: float) -> Floats:
            def error(x: Floats) -> Floats:
                found = local.at(_weights(Intervals.points((x[:, None] * ray)[:, None])))
                return (found.low[:, 0] + found.high[:, 0]) / 2

            return zero_on(error, count, most)

        p = np.stack([on(np.repeat(e[None], count, axis=0), 1.0) for e in np.eye(3)], axis=1)
        u = np.full((count, 3, 3), 0.5)
        for i, j in _PAIRS:
            ray = np.zeros((count, 3))
            ray[:, i], ray[:, j] = p[:, i] / 2, p[:, j] / 2
            middle = np.clip(on(ray, 1.5), 0.55, 1.45) - 0.5
            u[:, i, j] = u[:, j, i] = np.minimum(middle, 1 / (p[:, i] + p[:, j])) * (1 - 2.0**-40)
        return Patches(local, slopes, p, u)

    @cached_property
    def signs(self) -> Floats:
        """The error's sign inside: where it falls along the rays it is positive at the first corner."""
        return np.where(self.slopes < 0, 1.0, -1.0)

    @cached_property
    def wrong(self) -> Floats:
        """The share of the tetrahedron where the error's sign may be another than the patch says."""
        return up(up(3 * self.residual) / np.abs(self.slopes))

    @cached_property
    def residual(self) -> Floats:
        """Bounds of the error's magnitude there: interpolation in s, and in t where s is 0, 1/2 or 1."""
        nodes, _ = self._points(Intervals.points(np.array(_NODES)))
        at_nodes = self.local.at(_weights(nodes)).magnitude.max(axis=1)
        leaves = [self._ways(corners)[:2] for corners in self.local.corners]
        zero = [Intervals.points(np.zeros(len(self.p)))] * 2
        one, two = (self.local.composed(way, zero, 3, 1)[3].magnitude for way in zip(*leaves))
        return up(1.0000001 * (LEBESGUE**2 * at_nodes + AMPLITUDE * one + LEBESGUE * AMPLITUDE * two))

    def _ways(self, corners: Intervals) -> tuple[list[Intervals], list[Intervals], list[Intervals]]:
        """The coefficients of degrees 1 and 2 of an affine form on the patch, in s and in t, and of degree 1 along the rays.

        By the values at pairs of corners of a quadratic form. In t they are those of a way that is perhaps longer.
        """
        rise = [corners[:, k + 1] - corners[:, 0] for k in range(3)]
        p, u = (Intervals.points(v) for v in (self.p, self.u))
        b = {(i, i): p[:, i] * rise[i] for i in range(3)}
        for i, j in _PAIRS:
            b[i, j] = b[j, i] = u[:, i, j] * (b[i, i] + b[j, j])
        tilt = _union([b[i, j] - b[i, 0] for i in range(3) for j in (1, 2)])
        bend = _union([b[i, j] - b[i, 0] - b[0, j] + b[0, 0] for i, j in ((1, 1), (1, 2), (2, 2))])
        across = _union([b[i, 2] - b[i, 1] for i in range(3)])
        turn = b[2, 2] - b[1, 2] * 2.0 + b[1, 1]
        return [tilt * 2.0, bend], [across * 2.0, turn], [_union(list(b.values()))]

    def _points(self, places: Intervals) -> tuple[Intervals, Intervals]:
        """Points of the patch at barycentric coordinates, shape (points, 3), and the determinants divided by 4 p1 p2 p3."""
        at = [places[None, :, i] for i in range(3)]
        p, u = (Intervals.points(v) for v in (self.p[:, None], self.u[:, None]))
        met = {(i, j): at[i] * u[..., i, j] for i in range(3) for j in range(3) if i != j}
        sums = [sum((met[j, i] for j in range(3) if j != i), Intervals.points(0.0)) for i in range(3)]
        x = [p[..., i] * at[i] * (at[i] + sums[i] * 2.0) for i in range(3)]
        m = [[at[i] + sums[i] if i == j else met[i, j] for j in range(3)] for i in range(3)]
        turn = (
            m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
        )
        return _stack(x, -1), turn

    def inside(self, rule: Rule) -> tuple[Intervals, Intervals]:
        """Nodes and weights, shapes (count, points, 4) and (count, points): a product of Gauss' rules along s, t and the rays."""
        n = rule.order // 2
        ways = [gauss(n, power) for power in _POWERS]
        i, j = (v.ravel() for v in np.indices((n, n)))
        (s, t), one = (ways[0][0][i], ways[1][0][j]), Intervals.points(1.0)
        points, turn = self._points(_stack([one - s, s * (one - t), s * t], 1))
        k, r = (v.ravel() for v in np.indices((n * n, n)))
        weights = turn * self._size.reshape(-1, 1) * (ways[0][1][i] * ways[1][1][j])[None]
        return _weights(points[:, k] * ways[2][0][r].reshape(1, -1, 1)), weights[:, k] * ways[2][1][r][None]

    @property
    def _size(self) -> Intervals:
        """The volume of the tetrahedron is 1/6, in barycentric coordinates."""
        p = Intervals.points(self.p)
        return p[:, 0] * p[:, 1] * p[:, 2] * 24.0

    def rest(self, rule: Rule, side: Local, power: int) -> Intervals:
        """What the rule leaves out inside: Gauss' remainder along s, then along t at its nodes, then along the rays."""
        order, unit = rule.order, Intervals(np.zeros(1), np.ones(1))
        forms = [self._ways(corners) for corners in (side.values, *side.corners)]
        total = Intervals.points(np.zeros(len(self.p)))
        for k, density in enumerate(_POWERS):
            heights, *leaves = [[v * unit for v in form[k]] for form in forms]
            series = side.composed(leaves, heights, order, power)
            left = multiply(self._determinant(k, order), series)[order]
            masses = Fraction(math.prod(m + 1 for i, m in enumerate(_POWERS) if i != k))
            total = total + left * Intervals.of([left_out(order // 2, density) / masses])
        return total * self._size

    def _determinant(self, way: int, order: int) -> Intervals:
        """The series of the determinant of M along s, t or the rays, for all s and t."""
        count = len(self.p)
        unit, zero = Intervals(np.zeros(count), np.ones(count)), Intervals.points(np.zeros(count))
        m = []
        for i, j in np.ndindex(3, 3):  # an entry is linear in barycentric coordinates
            c = [Intervals.points(self.u[:, i, k] * (1 + (i == k)) if i == j or k == i else zero.low) for k in range(3)]
            if i != j:
                c[i] = Intervals.points(self.u[:, i, j])
            slopes = _union([c[1] - c[0], c[2] - c[0]]), unit * (c[2] - c[1]), zero
            m.append(variable(_union(c), slopes[way], order))
        first, second, third = (
            multiply(m[a], multiply(m[b], m[c]) - multiply(m[d], m[e])) for a, b, c, d, e in _MINORS
        )
        return first - second + third


def patches(local: Local) -> Iterator[tuple[NDArray[np.int64], Patches]]:
    """The tetrahedra that can be cut in front of their first corner, and how."""
    edges = [local.slopes(0, k) for k in (1, 2, 3)]
    low, high = np.min([e.low for e in edges], axis=0), np.max([e.high for e in edges], axis=0)
    slopes = np.where(low > 0, low, np.where(high < 0, high, 0.0))
    corners = local.at(Intervals.points(np.eye(4)[None]))
    values = (corners.low + corners.high) / 2 * np.sign(slopes)[:, None]
    rows = np.flatnonzero((values[:, 0] < 0) & (values[:, 1:].min(axis=1) > values[:, 0] / _ALONE))
    if len(rows):
        yield rows, Patches.of(local[rows], slopes[rows])


def wedges(local: Local) -> tuple[NDArray[np.int64], Intervals, Local]:
    """Tetrahedra with at most one corner, the first, that is alone with its sign: halves of some, with owners and shares."""
    corners = local.at(Intervals.points(np.eye(4)[None]))
    values = (corners.low + corners.high) / 2
    above = (values > 0).sum(axis=1)
    alone = np.flatnonzero(above != 2)
    apex = ((values[alone] > 0) == (above[alone] < 2)[:, None]).argmax(axis=1)
    places = Intervals.points(np.eye(4)[(apex[:, None] + np.arange(4)) % 4])
    found = [(alone, Intervals.points(np.ones(len(alone))), places)]
    pairs = np.flatnonzero(above == 2)
    if len(pairs):
        found += _halves(local[pairs], pairs, values[pairs])
    owner, share, places = (
        np.concatenate([f[0] for f in found]),
        joined([f[1] for f in found]),
        joined([f[2] for f in found]),
    )
    part, levels = local.part, None if local.levels is None else local.levels[owner]
    at = combined(places[..., None], part.corners[owner][:, None])
    heights = combined(places, part.values[owner][:, None])
    return owner, share, Local(Placed(at, heights), local.leaves, local.plain, local.budget, levels)


def _halves(
    local: Local, owner: NDArray[np.int64], values: Floats
) -> list[tuple[NDArray[np.int64], Intervals, Intervals]]:
    """Both halves of tetrahedra, cut about where the error vanishes between the corners with its second and third value.

    The zero takes the place of one of them. First comes the corner with the largest or smallest value: from there on the error
    changes most.
    """
    rows, order = np.arange(len(owner)), np.argsort(-values, axis=1)
    corners = np.eye(4)[order]
    way = Intervals.points(corners[:, 2] - corners[:, 1])
    first, second, third, last = (Intervals.points(corners[:, k]) for k in range(4))

    def error(x: Floats) -> Floats:
        found = local.at((second + way * Intervals.points(x[:, None]))[:, None])
        return (found.low[:, 0] + found.high[:, 0]) / 2

    ahead = Intervals.points(zero_on(error, len(rows), 1.0))
    behind = Intervals.points(1.0) - ahead
    zero = second * behind.reshape(-1, 1) + third * ahead.reshape(-1, 1)
    near, far = _stack([first, zero, third, last], 1), _stack([last, first, second, zero], 1)
    return [(owner, behind, near), (owner, ahead, far)]


def _weights(points: Intervals) -> Intervals:
    """Barycentric coordinates, shape (count, points, 4), from those of the last three corners."""
    parts = [points[..., k] for k in range(3)]
    return _stack([Intervals.points(1.0) - parts[0] - parts[1] - parts[2], *parts], -1)


def _stack(parts: Sequence[Intervals], axis: int = 0) -> Intervals:
    return Intervals(*(np.stack([getattr(p, end) for p in parts], axis=axis) for end in ("low", "high")))


def _union(parts: Sequence[Intervals]) -> Intervals:
    return reduce(lambda a, b: a.union(b), parts)
