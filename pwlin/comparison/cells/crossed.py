"""Mean magnitudes of errors on triangles that the error's zeros cross, once, along a curve that is nearly a parabola.

Where the error is monotone along every ray from a corner k, and has one sign at k and another at both other corners, each ray
meets its zeros once. A parabola through three of these zeros cuts the triangle in two; over each of the parts the error is
integrated without its magnitude, by a product of Gauss' rules in coordinates along the rays and the parabola. Only between
the parabola and the true curve the sign is wrong. There, if r bounds the error on the parabola and m its slope along the rays,
the error is at most r and the rays are at most r/m long: the mean magnitude is more by at most 4 r^2/m. On the parabola the
error is, up to three tiny values, the remainder of its interpolation at three points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.leaves import Lead
from pwlin.comparison.cells.local import Local
from pwlin.comparison.cells.rules import Rule, gauss, simplex_rule, weighted
from pwlin.formulas.arithmetic.floats import Floats, down, up
from pwlin.formulas.arithmetic.intervals import Intervals, where
from pwlin.formulas.steps import Steps

_STEPS = 3
_ORDER = 12
_AMPLITUDE = 0.0481126
"""More than the largest magnitude of t (t - 1/2) (t - 1) on [0, 1], which is sqrt(3)/36."""
_LEBESGUE = 1.25
"""Of interpolation at 0, 1/2 and 1."""


def mean_across_curve(local: Local, goal: float, width: Floats) -> Intervals:
    """Enclosures of the mean magnitude of the error over triangles, unknown where the zeros are no such curve.

    Parameters
    ----------
    goal : float
        How narrow enclosures need be.
    width : ndarray, shape (count,)
        How wide they are without this one.
    """
    out, worth = _unknown(len(width)), np.maximum(goal / 2, width / 8)
    rows, cut, slope, residual = _cuts(local)
    more = up(up(4 * residual * residual) / np.abs(slope))
    rows, cut, slope, more = _some(more < worth[rows], rows, cut, slope, more)
    if len(rows):
        margin = up(3 * local[rows].box_series(_ORDER)[_ORDER].width)
        rows, cut, slope, more, margin = _some(more + margin < worth[rows], rows, cut, slope, more, margin)
    if len(rows):
        nodes, weights = cut.inside()
        inner, whole = weighted(local[rows].at(nodes), weights), weighted(local[rows].at(_whole()), _rule().weights)
        total = inner * 2.0 - whole
        found = where(slope < 0, total, -total)  # where the error falls along the rays it is positive at the apex
        out.low[rows], out.high[rows] = down(found.low - margin), up(up(found.high + margin) + more)
    return out


def mean_across_switch(local: Local, lead: Lead, power: int, goal: float, width: Floats) -> Intervals:
    """Enclosures of the mean of a power of the error over triangles that a formula's switch crosses, as above.

    On each side of the parabola the formula is one or the other; between it and the true curve it is wrong by no more than
    both differ.

    Of a floor that is where it takes two values.
    """
    out, worth = _unknown(len(width)), np.maximum(goal / 2, width / 8)
    crossed, levels = np.arange(len(width)), None
    if lead.steps is not None:
        first, last = floors_of(local.instead(lead.quantity, True), lead.steps)
        crossed = np.flatnonzero(last - first == 1)
        levels = last[crossed]
    if not len(crossed):
        return out
    met = local[crossed]
    places, cuts, slopes, residuals = _cuts(met.instead(lead.difference, True, levels))
    every = crossed[places]
    for falls, (near, far) in ((True, (lead.negative, lead.positive)), (False, (lead.positive, lead.negative))):
        # the lead's sign is turned: where it falls along the rays the difference is negative at the apex
        rows, cut, slope, residual, place = _some((slopes < 0) == falls, every, cuts, slopes, residuals, places)
        if not len(rows):
            continue
        here = None if levels is None else levels[place]
        one, two = (local[rows].instead(leaves, local.plain, here) for leaves in (near, far))
        powers = [_sized(side.shape.range, power) for side in (one, two)]
        apart = (powers[0] - powers[1]).magnitude
        more = up(up(2 * apart * residual) / np.abs(slope))
        margin = up(sum(k * side.powered_series(_ORDER, power)[_ORDER].width for k, side in ((1, one), (2, two))))
        if power == 1:
            margin = up(up(margin + one.slack) + two.slack)
        useful = more + margin < worth[rows]
        one, two = one[useful], two[useful]
        rows, cut, more, margin = _some(useful, rows, cut, more, margin)
        if len(rows):
            nodes, weights = cut.inside()
            inner = weighted(one.powered(nodes, power) - two.powered(nodes, power), weights)
            found = inner + two.mean_by(_rule(), power)
            out.low[rows], out.high[rows] = down(found.low - up(margin + more)), up(found.high + up(margin + more))
    return out


def floors_of(quantity: Local, steps: Steps) -> tuple[Floats, Floats]:
    """The least and the largest value that a floor of a plain formula may have on each part; the widest where unknown."""
    found, (first, last) = -quantity.shape.range, steps.ends
    low, high = np.floor(found.low).clip(first, last), np.floor(found.high).clip(first, last)
    return np.where(np.isnan(low), first, low), np.where(np.isnan(high), last, high)


def _sized(values: Intervals, power: int) -> Intervals:
    return values.square() if power == 2 else values.absolute()


def _unknown(n: int) -> Intervals:
    return Intervals(np.full(n, np.nan), np.full(n, np.nan))


def _rule() -> Rule:
    return simplex_rule(2, _ORDER // 2 - 1)


def _whole() -> Intervals:
    return Intervals(_rule().nodes.low[None], _rule().nodes.high[None])


def _some(mask: NDArray[np.bool_], *parts: Any) -> tuple[Any, ...]:
    kept = np.flatnonzero(mask)
    return tuple(part[kept] for part in parts)


def _cuts(local: Local) -> tuple[NDArray[np.int64], _Cut, Floats, Floats]:
    """The triangles that can be cut, how, the error's slope along the rays, and bounds of the error on the parabolas."""
    corners = local.at(Intervals.points(np.eye(3)[None]))
    apex, slope = _apexes(local, (corners.low + corners.high) / 2)
    rows = np.flatnonzero(apex >= 0)
    cut = _Cut.of(local[rows], apex[rows])
    return rows, cut, slope[rows], cut.residual()


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


@dataclass(frozen=True)
class _Cut:
    """Triangles cut by a parabola from one edge at the apex to the other.

    In barycentric coordinates of the other two corners it is Bezier's curve from (p, 0) by (u p, u q) to (0, q): it starts and
    ends on the edges, is within the triangle as its control points are, and meets every ray from the apex once.
    """

    local: Local
    apex: NDArray[np.int64]
    p: Floats
    q: Floats
    u: Floats

    def __getitem__(self, rows: NDArray[np.int64]) -> _Cut:
        return _Cut(self.local[rows], self.apex[rows], self.p[rows], self.q[rows], self.u[rows])

    @staticmethod
    def of(local: Local, apex: NDArray[np.int64]) -> _Cut:
        """By some steps of the secant method along both edges and the ray between where they end."""
        start = _Cut(local, apex, np.ones(len(apex)), np.ones(len(apex)), np.full(len(apex), 0.5))
        zero, one = np.zeros(len(apex)), np.ones(len(apex))
        p, q = start._zero(one, zero), start._zero(zero, one)
        u = np.clip(start._zero(p / 2, q / 2, 1.5), 0.55, 1.45) - 0.5
        return _Cut(local, apex, p, q, np.minimum(u, 1 / (p + q)) * (1 - 2.0**-40))

    def _zero(self, a: Floats, b: Floats, most: float = 1.0) -> Floats:
        """About where the error vanishes on the ray through (a, b), in units of that point."""
        low, x = np.zeros_like(a), np.ones_like(a)
        below = self._error(a * 0, b * 0)
        for _ in range(_STEPS):
            above = self._error(a * x, b * x)
            step = above * (x - low) / (above - below)
            low, below = x, above
            x = np.clip(np.where(np.isfinite(step), x - step, x), 2.0**-40, most)
        return x

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

    def residual(self) -> Floats:
        """Bounds of the error's magnitude on the parabola."""
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
        return up(1.0000001 * (_LEBESGUE * at_nodes + _AMPLITUDE * third))

    def inside(self) -> tuple[Intervals, Intervals]:
        """Nodes and weights, shapes (count, points, 3) and (count, points), for integrals between apex and parabola."""
        (across, across_weights), (along, along_weights) = gauss(_ORDER + 1, 0), gauss(_ORDER // 2, 1)
        n, m = len(across.low), len(along.low)
        i, j = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
        a, b, turn = self._curve(across)
        sigma = along[None, j]
        weights = turn[:, i] * (across_weights[i] * along_weights[j] * 2.0)[None]
        return self._weights(a[:, i] * sigma, b[:, i] * sigma), weights
