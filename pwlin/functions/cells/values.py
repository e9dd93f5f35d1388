"""Values and gradients of a function on a complex: exact for exact points, correctly rounded for float points."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import DomainError, ShapeError
from pwlin.base.sequences import Integers
from pwlin.exact.rational import ExactArray, Numbers, nearest_quotient
from pwlin.exact.rounding import RoundedMaps
from pwlin.exact.text import brief
from pwlin.functions.inputs import Floats, fractions, is_exact, read_points
from pwlin.geometry.cone import Vector, dot
from pwlin.geometry.polytope import Point, dehomogenize, homogenize

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def value(f: PiecewiseLinearND, x: ArrayLike | object) -> Fraction | float | Floats | ExactArray:
    """See `PiecewiseLinearND.__call__`."""
    points = _points(f, x)
    if points.ndim == 1:
        return _single(f, points)
    flat = points.reshape(-1, f.dim)
    if is_exact(points):
        out: Floats | ExactArray = np.empty(len(flat), dtype=object)
        out[:] = _many_exact(f, flat)
    else:
        known = _known(f, flat)
        cells, _ = f.locator.walk(flat[known])
        out = np.full(len(flat), np.nan)
        out[known] = f._float_maps.values(cells, flat[known])
    return out.reshape(points.shape[:-1])


def _single(f: PiecewiseLinearND, point: Floats | ExactArray) -> Fraction | float:
    """The value at one point, without arrays; in rationals for floats too."""
    if is_exact(point):
        vector = _inside(f, homogenize(point.tolist()))
    elif np.isnan(point).any():
        return math.nan
    elif not np.isfinite(point).all() or not _holds(f, vector := homogenize(fractions(point))):
        raise _outside(f, point)
    (row,) = f.complex.exact_maps(np.array([f.locator.cell(vector)]), f.output)
    found = dot(row, vector), f.complex.denominator * vector[-1]
    return Fraction(*found) if is_exact(point) else nearest_quotient(*found)


def inside(f: PiecewiseLinearND, point: Numbers) -> Vector:
    """See `PiecewiseLinearND.inside`."""
    return _inside(f, f.domain.homogeneous(point))


def _holds(f: PiecewiseLinearND, p: Vector) -> bool:
    return all(dot(n, p) >= 0 for n in f.domain.normals)


def _inside(f: PiecewiseLinearND, p: Vector) -> Vector:
    if not _holds(f, p):
        where = f"({', '.join(map(brief, dehomogenize(p)))})"
        raise refusal("point", where, f"are points of {f.domain}", DomainError)
    return p


def gradient(f: PiecewiseLinearND, x: ArrayLike | object) -> Point | Floats | ExactArray:
    """See `PiecewiseLinearND.gradient`."""
    points = _points(f, x)
    flat = points.reshape(-1, f.dim)
    if is_exact(points):
        vectors = [f.inside(p) for p in flat.tolist()]
        cells, inside = f.locator.near(vectors)
        for k in np.flatnonzero(~inside).tolist():
            cells[k] = f.region_at(flat[k].tolist()).index
        maps, den = _maps(f, cells), f.complex.denominator
        rows = [tuple([Fraction(v, den) for v in maps[cell][:-1]]) for cell in cells.tolist()]
        if points.ndim == 1:
            return rows[0]
        out: Floats | ExactArray = np.empty((len(rows), f.dim), dtype=object)
        out[:] = rows
    else:
        known = _known(f, flat)
        there = flat[known]
        cells, inside = f.locator.walk(there)
        for k in np.flatnonzero(~inside).tolist():
            cells[k] = f.region_at(fractions(there[k])).index
        f._float_maps.learn(cells)
        out = np.full(flat.shape, np.nan)
        out[known] = f._float_maps.high[:-1, cells].T
    return out.reshape(points.shape)


def _many_exact(f: PiecewiseLinearND, points: ExactArray) -> list[Fraction]:
    vectors = [_inside(f, homogenize(p)) for p in points.tolist()]
    cells, den = f.locator.cells_of(vectors), f.complex.denominator
    maps = _maps(f, cells)
    return [Fraction(dot(maps[k], v), den * v[-1]) for k, v in zip(cells.tolist(), vectors)]


def _maps(f: PiecewiseLinearND, cells: Integers) -> dict[int, Vector]:
    """The exact maps of some cells, over the complex' denominator."""
    some = sorted(set(cells.tolist()))
    return dict(zip(some, f.complex.exact_maps(np.array(some), f.output))) if some else {}


def _points(f: PiecewiseLinearND, x: ArrayLike | object) -> Floats | ExactArray:
    points = read_points(x)
    if points.ndim == 0 or points.shape[-1] != f.dim:
        raise refusal("x", f"shape {points.shape}", f"is (..., {f.dim})", ShapeError)
    return points


def _known(f: PiecewiseLinearND, flat: Floats) -> NDArray[np.bool_]:
    """Which points have no NaN among their coordinates; raises `DomainError` if one of these is outside or infinite."""
    known: NDArray[np.bool_] = ~np.any(np.isnan(flat), axis=1)
    there = flat[known]
    inside: NDArray[np.bool_] = np.all(np.isfinite(there), axis=1)
    inside[inside] = f.domain.contains(there[inside])
    if not inside.all():
        raise _outside(f, there[~inside][0])
    return known


def _outside(f: PiecewiseLinearND, point: Floats) -> DomainError:
    return refusal("x", f"{point.tolist()}", f"are finite points of {f.domain}", DomainError)


def float_maps(f: PiecewiseLinearND) -> RoundedMaps:
    """Gradients and offsets of regions, for values in float64."""

    def exact(region: int) -> Point:
        (row,) = f.complex.exact_maps(np.array([region]), f.output)
        return tuple([Fraction(v, f.complex.denominator) for v in row])

    shape = f.dim + 1, f.n_regions
    return RoundedMaps.on_demand(shape, lambda cells: f.complex.rounded_maps(cells, f.output), exact)
