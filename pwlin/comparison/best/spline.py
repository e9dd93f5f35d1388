"""Splines that are being fitted: knots and values in float64, with what the searches for best ones share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FloatFunction = Callable[[Any], Any]

_LEAST_NODES, _ALL_NODES = 33, 1200
_ZOOM = np.linspace(-1.0, 1.0, 13)
_ZOOMS = 4


@dataclass(frozen=True, slots=True)
class Spline:
    """The interpolant of (knots[k], values[k]), k = 0..N: N linear pieces."""

    knots: Array
    values: Array

    @property
    def pieces(self) -> int:
        """Number of pieces."""
        return len(self.knots) - 1

    @property
    def slopes(self) -> Array:
        """The slope of each piece."""
        return np.diff(self.values) / np.diff(self.knots)

    def on(self, piece: Any, x: Any) -> Any:
        """Values at points x of the given pieces."""
        return self.values[piece] + self.slopes[piece] * (x - self.knots[piece])


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of some slopes through (x, y)."""

    x: Array
    y: Array
    slope: Array

    def above(self, target: FloatFunction, x: Array, signs: Array) -> Array:
        """How far each is above the target at the points of its row, times its sign."""
        on = self.y[:, None] + self.slope[:, None] * (x - self.x[:, None])
        return np.asarray(signs[:, None] * (on - target(x)))


@dataclass(frozen=True, slots=True)
class Extremes:
    """Where the error of a spline is locally largest in magnitude, ends of pieces included.

    Attributes
    ----------
    points : points, piece after piece
    pieces : the piece of each point
    errors : spline minus target there
    """

    points: Array
    pieces: NDArray[np.int64]
    errors: Array

    @property
    def largest(self) -> float:
        """The largest magnitude found."""
        return float(np.max(np.abs(self.errors)))


def extremes(spline: Spline, target: FloatFunction, watched: Array | None = None) -> Extremes:
    """Local extremes of the error, by sampling every piece and zooming in on what is found, and it at the points `watched`."""
    steps = np.diff(spline.knots)
    counts = _LEAST_NODES + (_ALL_NODES * steps / np.sum(steps)).astype(np.int64)
    which = np.repeat(np.arange(spline.pieces), counts)
    firsts = np.cumsum(counts) - counts
    lasts = firsts + counts - 1
    even = (np.arange(len(which)) - firsts[which]) / (counts[which] - 1)
    share = (
        1 - np.cos(np.pi * even)
    ) / 2  # close to an end they are dense: what a target does right beside a knot is seen
    grid = spline.knots[which] + steps[which] * share
    grid[lasts] = spline.knots[1:]
    errors = spline.on(which, grid) - target(grid)
    size = np.abs(errors)
    inner = np.zeros(len(grid), dtype=bool)
    inner[1:-1] = (size[1:-1] > size[:-2]) & (size[1:-1] >= size[2:])  # of a plateau one is enough
    inner[firsts] = inner[lasts] = False
    at = np.flatnonzero(inner)
    row, points, signs = which[at], grid[at], np.sign(errors[at])
    reach = np.maximum(grid[at] - grid[at - 1], grid[np.minimum(at + 1, len(grid) - 1)] - grid[at])
    low, high = spline.knots[row], spline.knots[row + 1]
    lines = Lines(spline.knots[row], spline.values[row], spline.slopes[row])
    points = tops(lines, target, points, reach, low, high, signs) if len(at) else points
    all_points = np.concatenate([grid[firsts], grid[lasts], points])
    all_pieces = np.concatenate([which[firsts], which[lasts], row]).astype(np.int64)
    if watched is not None and len(watched):
        where = np.clip(np.searchsorted(spline.knots, watched, side="right") - 1, 0, spline.pieces - 1)
        all_points, all_pieces = np.append(all_points, watched), np.append(all_pieces, where)
    order = np.lexsort((all_points, all_pieces))
    all_points, all_pieces = all_points[order], all_pieces[order]
    return Extremes(all_points, all_pieces, spline.on(all_pieces, all_points) - target(all_points))


def tops(
    lines: Lines, target: FloatFunction, points: Array, reach: Array, low: Array, high: Array, signs: Array
) -> Array:
    """From points to where lines, each times its sign, are highest above the target: not further than `reach`, within [low, high]."""
    each = np.arange(len(points))
    for _ in range(_ZOOMS):
        near = np.clip(points[:, None] + reach[:, None] * _ZOOM, low[:, None], high[:, None])
        points = near[each, np.argmax(lines.above(target, near, signs), axis=1)]
        reach = reach * (_ZOOM[1] - _ZOOM[0])
    near = points[:, None] + reach[:, None] * np.array([-1.0, 0.0, 1.0])
    around = np.clip(near, low[:, None], high[:, None])
    left, middle, right = lines.above(target, around, signs).T
    with np.errstate(all="ignore"):  # the top of the parabola through them, where it is higher there
        share = (left - right) / (2 * (left - 2 * middle + right))
    moved = np.clip(points + reach * np.where(np.abs(share) <= 1, share, 0.0), around[:, 0], around[:, 2])
    return np.where(lines.above(target, moved[:, None], signs)[:, 0] > middle, moved, points)


def bend_density(
    target: FloatFunction, low: float, high: float, power: float, count: int = 2048
) -> tuple[Array, Array]:
    """Points and the cumulated ``|f''|**power`` up to them, scaled to [0, 1]; evenly rising where f'' is as good as zero."""
    x = np.linspace(low, high, count + 1)
    y = target(x)
    bends = np.abs(np.diff(y, 2))
    noise = 8 * np.finfo(float).eps * max(float(np.max(np.abs(y))), np.finfo(float).tiny)
    weights = np.where(bends > noise, bends, 0.0) ** power
    per_cell = 0.5 * (np.concatenate([[weights[0]], weights]) + np.concatenate([weights, [weights[-1]]]))
    total = float(np.sum(per_cell))
    if not total > 0 or not np.isfinite(total):
        per_cell, total = np.ones(count), float(count)
    return x, np.concatenate([[0.0], np.cumsum(per_cell)]) / total


def tangents(spline: Spline, target: FloatFunction, steps: Array) -> Array:
    """Slopes of the target at the left and right end of each piece, from inside."""
    h = steps * 1e-5
    left, right = spline.knots[:-1], spline.knots[1:]
    return np.stack([(target(left + h) - target(left)) / h, (target(right) - target(right - h)) / h], axis=1)
