"""The whole complex of a bounded domain in the plane, from the floats that it keeps: nothing is cut, little is made exact."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Ragged
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.function import PiecewiseLinearND

Floats = NDArray[np.float64]
FINE = 1e-6
"""Corners and heights are off by no more than this, over the extent of the picture; others are made exact and rounded."""
FEW = 500
"""Of so few vertices all are made exact and rounded."""
_LEAST, _MOST = 1e-90, 1e90


def points_and_heights(f: PiecewiseLinearND) -> tuple[Floats, Floats] | None:
    """Corners, shape (n, 2), and the function there; None for numbers that need an axis of their own."""
    cells = f.complex
    points, heights = cells.places.points.copy(), f.heights.near[0].copy()
    off = np.column_stack([cells.places.radius, cells.places.radius, f.heights.near[1]])
    fine = (off <= FINE * _extents(points, heights)).all(axis=1) & (len(points) > FEW)
    coarse, some = np.flatnonzero(~fine).tolist(), np.zeros(3, dtype=bool)  # where something is not zero
    for g, height in zip(coarse, f.heights.exact(coarse)):
        *x, t = cells.generators[g]
        points[g] = [nearest_float(Fraction(v, t)) for v in x]
        heights[g] = nearest_float(Fraction(height, t * cells.denominator))
        some |= np.array([*x, height], dtype=object) != 0
    every = np.column_stack([points, heights])
    top, spread = np.abs(every).max(axis=0), _extents(points, heights)
    plain = ((top == 0) & ~some) | ((top > _LEAST) & (top < _MOST) & ((spread == 0) | (spread > top / 1e9)))
    return (points, heights) if plain.all() and np.isfinite(every).all() else None


def _extents(points: Floats, heights: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ptp(np.column_stack([points, heights]), axis=0)


def outlines(cells: CellComplex) -> Ragged:
    """The vertices of each cell of a bounded complex in the plane, counterclockwise from the one of least id."""
    left = _left_first(cells)
    ends = np.sort(cells.facets.ids.reshape(-1, 2), axis=1)
    ends[~left] = ends[~left, ::-1]
    first, second = cells.facet_cells.T
    inner = second >= 0
    cell = np.concatenate([first, second[inner]])
    start = np.concatenate([ends[:, 0], ends[inner, 1]])
    stop = np.concatenate([ends[:, 1], ends[inner, 0]])
    count = len(cells.generators)
    order = np.argsort(cell * count + start)
    keys = (cell * count + start)[order]
    following = np.searchsorted(keys, (cell * count + stop)[order])
    lengths = np.bincount(cell, minlength=len(cells))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids, at = np.empty(offsets[-1], dtype=np.int64), offsets[:-1].copy()
    for k in range(int(lengths.max())):
        here = lengths > k
        ids[offsets[:-1][here] + k] = start[order[at[here]]]
        at[here] = following[at[here]]
    return Ragged(offsets, ids)


def _left_first(cells: CellComplex) -> NDArray[np.bool_]:
    """Whether each facet's first cell lies left of it, seen from its vertex of less id to the other: exact."""
    places, ends = cells.places, np.sort(cells.facets.ids.reshape(-1, 2), axis=1)
    p, q, _ = places.walls.T
    with np.errstate(over="ignore", invalid="ignore"):
        (dx, dy), reach = (places.points[ends[:, 1]] - places.points[ends[:, 0]]).T, places.radius[ends].sum(axis=1)
        side = dx * q - dy * p
        off = (reach + 2.0**-50 * (np.abs(dx) + np.abs(dy))) * (np.abs(p) + np.abs(q) + places.errors)
        off += (np.abs(dx) + np.abs(dy)) * places.errors + 2.0**-1000
        out, known = side > 0, np.abs(side) > 2 * off
    for f in np.flatnonzero(~known).tolist():
        (x, y, t), (u, v, s) = (cells.generators[g] for g in ends[f].tolist())
        p_, q_, _r = cells.facet_normals[f]
        out[f] = (u * t - x * s) * q_ - (v * t - y * s) * p_ > 0
    return np.asarray(out)
