"""The complex in the plane as arrays to draw: cells cut to a window exactly, then rounded once, or as floats with a bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.errors import PwlinError, ShapeError
from pwlin.base.sequences import Integers, Ragged
from pwlin.exact.rational import nearest_quotient
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.inputs import extract_first
from pwlin.geometry.cone import Vector, dot, primitive
from pwlin.geometry.interval import Interval
from pwlin.geometry.polytope import Polytope
from pwlin.plot.drawing import scale
from pwlin.plot.drawing.outlines import outlines, points_and_heights
from pwlin.plot.drawing.scale import Scale

Floats = NDArray[np.float64]
Ends = tuple[Fraction, Fraction]
_MANY_PLACES = 12


@final
@dataclass(frozen=True, eq=False)
class PlaneMesh:
    """What a picture of a function of two variables shows.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
        Corners, in the units of `scales`.
    heights : ndarray, shape (n,)
        The function there, in the units of ``scales[2]``.
    polygons : Ragged
        Corners (ids) of each cell inside the window, counterclockwise.
    cells : ndarray of int64
        The region of each polygon.
    segments : ndarray of int64, shape (m, 2)
        Ends (ids) of the parts of facets inside the window.
    facets : ndarray of int64, shape (m,)
        The facet of each segment.
    scales : tuple of Scale
        Of x, y and the function's values.
    window : pair of pairs of Fraction
    vertices : sequence of integer tuples (x t, y t, t)
        The corners, exact.
    """

    points: Floats
    heights: Floats
    polygons: Ragged
    cells: Integers
    segments: Integers
    facets: Integers
    scales: tuple[Scale, Scale, Scale]
    window: tuple[Ends, ...]
    vertices: Sequence[Vector]

    @property
    def corner_arrays(self) -> list[Floats]:
        """The corners of each polygon."""
        return np.split(self.points[self.polygons.ids], self.polygons.offsets[1:-1])

    @property
    def areas(self) -> Floats:
        """Area of each polygon."""
        following = np.arange(1, len(self.polygons.ids) + 1)
        following[self.polygons.offsets[1:] - 1] = self.polygons.offsets[:-1]
        (x, y), (u, v) = self.points[self.polygons.ids].T, self.points[self.polygons.ids[following]].T
        return np.asarray(np.abs(np.add.reduceat(x * v - u * y, self.polygons.offsets[:-1])) / 2)

    def triangles(self) -> tuple[Integers, Integers]:
        """A fan of triangles for each polygon, shape (k, 3), and the polygon of each."""
        counts = self.polygons.lengths() - 2
        owner = np.repeat(np.arange(len(counts)), counts)
        first = self.polygons.offsets[owner]
        step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = self.polygons.ids
        return np.column_stack([ids[first], ids[first + step + 1], ids[first + step + 2]]), owner


def require(f: object, dimension: int | None = 2) -> PiecewiseLinearND:
    """`f` itself if it is a function of so many variables (None: 2 or 3)."""
    wanted = (2, 3) if dimension is None else (dimension,)
    if not isinstance(f, PiecewiseLinearND):
        raise PwlinError(f"F: found {type(f).__name__}; accepted is a PiecewiseLinearND{extract_first(f)}")
    if f.dim not in wanted:
        names = " or ".join(map(str, wanted))
        raise ShapeError(
            f"F: found {f.dim} variables; accepted are {names}: extract the network on a plane (see Network.restrict)"
        )
    return f


@dataclass(frozen=True)
class _Axis:
    """What `scale.window` looks at."""

    interval: Interval
    breakpoints: list[Fraction]


def window_of(f: PiecewiseLinearND, requested: object = None) -> tuple[Ends, ...]:
    """The bounded box to show: what was asked for, else the domain's extent, else the neighbourhood of the vertices.

    Of 12 or more vertices those farther than 1.5 times the quartiles' distance from the quartiles may stay outside.
    """
    d = f.dim
    accepted = f"are {d} intervals, one per variable"
    asked = [None] * d if requested is None else arguments.items(requested, "window", accepted, ShapeError)
    if len(asked) != d:
        raise arguments.refusal("window", f"{len(asked)} interval(s)", accepted, ShapeError)
    extreme, lines = f.domain.generators
    corners = [g for g in extreme if g[-1]] if not lines else []
    out = []
    for k in range(d):
        ends: list[Fraction | None] = [None, None]
        if corners:
            along = [Fraction(g[k], g[-1]) for g in corners]
            free = [g[k] for g in extreme if not g[-1]]
            ends = [None if min(free, default=0) < 0 else min(along), None if max(free, default=0) > 0 else max(along)]
        points = [] if None not in ends else _places(f.complex, k)
        out.append(scale.window(_Axis(Interval(*ends), points), asked[k]))
    return tuple(out)


def _places(cells: CellComplex, axis: int) -> list[Fraction]:
    """Coordinates of the vertices along an axis, sorted; of many without those far from the bulk of the others."""
    points = sorted(Fraction(g[axis], g[-1]) for g in cells.generators if g[-1])
    n = len(points)
    if n < _MANY_PLACES:
        return points
    first, third = points[n // 4], points[(3 * n) // 4]
    reach = (third - first) * 3 / 2
    return [p for p in points if first - reach <= p <= third + reach] if reach else points


def plane_mesh(f: PiecewiseLinearND, window: object = None) -> PlaneMesh:
    """The cells and facets of a function of two variables inside a window."""
    shown = window_of(f, window)
    inside = f.domain.is_bounded and window is None
    if inside and (whole := _whole(f, shown)) is not None:
        return whole
    sides = () if inside else Polytope.box(shown).normals
    cutter = _Cutter(f, sides)
    polygons, cells = cutter.cells(shown)
    segments, facets = cutter.facets()
    if not len(cells):
        raise PwlinError(f"window: found {shown}, which does not meet the domain {f.domain}")
    corners = np.array([i for ring in polygons for i in ring], dtype=np.int64)
    ends = np.array(segments, dtype=np.int64).reshape(-1, 2)
    used, inverse = np.unique(np.concatenate([corners, ends.ravel()]), return_inverse=True)
    vertices = [cutter.vertices[i] for i in used.tolist()]
    x, xs = _floats([v[0] for v in vertices], [v[2] for v in vertices])
    y, ys = _floats([v[1] for v in vertices], [v[2] for v in vertices])
    den = f.complex.denominator
    z, zs = _floats([cutter.heights[i] for i in used.tolist()], [v[2] * den for v in vertices])
    offsets = np.concatenate([[0], np.cumsum([len(ring) for ring in polygons])]).astype(np.int64)
    return PlaneMesh(
        np.column_stack([x, y]),
        z,
        Ragged(offsets, inverse[: len(corners)].astype(np.int64)),
        np.array(cells, dtype=np.int64),
        inverse[len(corners) :].reshape(-1, 2).astype(np.int64),
        np.array(facets, dtype=np.int64),
        (xs, ys, zs),
        shown,
        vertices,
    )


def _whole(f: PiecewiseLinearND, window: tuple[Ends, ...]) -> PlaneMesh | None:
    """The mesh of a bounded domain, all of it; None for numbers that need an axis of their own."""
    placed = points_and_heights(f)
    if placed is None:
        return None
    cells = f.complex
    return PlaneMesh(
        *placed,
        outlines(cells),
        np.arange(len(cells)),
        cells.facets.ids.astype(np.int64).reshape(-1, 2),
        np.arange(len(cells.facets)),
        (Scale(), Scale(), Scale()),
        window,
        cells.generators,
    )


def clip(loop: Sequence[Vector], normals: Iterable[Vector]) -> list[Vector]:
    """The part of a convex polygon where all ``normal . p >= 0``; exact, in homogeneous integers.

    The polygon is the cyclic list of its corners (x t, t) and directions (r, 0). Empty if no interior is left.
    """
    ring = list(loop)
    for normal in normals:
        values = [dot(normal, v) for v in ring]
        if min(values) >= 0:
            continue
        if max(values) <= 0:
            return []
        out = []
        for k, (v, a) in enumerate(zip(ring, values)):
            w, b = ring[k + 1 - len(ring)], values[k + 1 - len(ring)]
            if a >= 0:
                out.append(v)
            if (a < 0 < b) or (b < 0 < a):
                out.append(between(v, a, w, b))
        ring = out
    return ring


def between(v: Vector, a: int, w: Vector, b: int) -> Vector:
    """The point of the segment from v to w where a function with values a and b of different signs there vanishes."""
    return primitive([abs(b) * p + abs(a) * q for p, q in zip(v, w)])


def clip_segment(v: Vector, w: Vector, normals: Iterable[Vector]) -> tuple[Vector, Vector] | None:
    """The part of a segment (or ray, or line) where all ``normal . p >= 0``; None if that is no segment."""
    for normal in normals:
        a, b = dot(normal, v), dot(normal, w)
        if max(a, b) <= 0 and min(a, b) < 0:
            return None
        if a < 0:
            v = between(v, a, w, b)
        elif b < 0:
            w = between(v, a, w, b)
    return v, w


class _Cutter:
    """Cuts cells and facets to a window, and numbers the corners that this makes."""

    def __init__(self, f: PiecewiseLinearND, sides: Sequence[Vector]) -> None:
        self.f = f
        self.complex = f.complex
        self.sides = sides
        self.vertices: list[Vector] = [tuple(v) for v in f.complex.generators]
        self.heights: list[int] = list(f.heights.all)
        self._new: dict[Vector, int] = {}
        self._inside = [v[-1] > 0 and all(dot(n, v) >= 0 for n in sides) for v in self.vertices]

    def _id(self, vector: Vector, cell: int) -> int:
        known = self._new.get(vector)
        if known is None:
            known = self._new[vector] = len(self.vertices)
            self.vertices.append(vector)
            self.heights.append(dot(self.f.complex.output_map(cell, self.f.output), vector))
        return known

    def cells(self, window: Sequence[Ends]) -> tuple[list[list[int]], list[int]]:
        """Corners of the cells inside the window, and which cells these are."""
        if len(self.complex.lineality) == 2:
            return [[self._id(v, 0) for v in _box_corners(window)]], [0]
        polygons, found = [], []
        loops = rings(self.complex) if not self.complex.lineality else None
        for cell in range(len(self.complex)):
            ids = loops[cell] if loops is not None else self.complex.cells[cell]
            if all(self._inside[i] for i in ids) and loops is not None:
                ring = ids
            else:
                loop = [self.vertices[i] for i in ids] if loops is not None else self._strip(ids, window)
                kept = clip(loop, self.sides)
                if not kept:
                    continue
                ring = [self._id(v, cell) for v in kept]
                ring = [i for i, j in pairwise([*ring, ring[0]]) if i != j]
            polygons.append(ring)
            found.append(cell)
        return polygons, found

    def _strip(self, ids: Sequence[int], window: Sequence[Ends]) -> list[Vector]:
        """Corners around a cell that contains lines: those of a parallelogram that covers its part in the window."""
        line = self.complex.lineality[0][:2]
        (x, y, t), (u, v, s) = sorted((self.vertices[i] for i in ids), key=lambda g: -g[2])  # a vertex comes first
        points = [Fraction(x, t), Fraction(y, t)]
        reach = sum((abs(end) for ends in (*window, points) for end in ends), Fraction(1))
        far = reach * (sum(map(abs, line)) + 1)
        across: list[Fraction] = [Fraction(u, s) - points[0], Fraction(v, s) - points[1]] if s else [far * u, far * v]
        along = [(reach + sum(abs(a) for a in across)) * v for v in line]
        corners = [
            [p + i * a + j * b for p, a, b in zip(points, across, along)] for i, j in ((0, -1), (1, -1), (1, 1), (0, 1))
        ]
        if across[0] * along[1] < across[1] * along[0]:
            corners.reverse()
        return [_homogeneous(*p) for p in corners]

    def facets(self) -> tuple[list[tuple[int, int]], list[int]]:
        """Ends of the facets' parts inside the window, and which facets these are."""
        segments, found = [], []
        cells = self.complex
        for facet, cell in enumerate(cells.facet_cells[:, 0].tolist()):
            ids = cells.facets[facet]
            if len(ids) == 2 and self._inside[ids[0]] and self._inside[ids[1]]:
                segments.append((ids[0], ids[1]))
                found.append(facet)
                continue
            ends = [self.vertices[i] for i in ids]
            if cells.lineality:
                line = cells.lineality[0]
                pieces = [(line, ends[0]), (ends[0], tuple(-v for v in line))]
            else:
                pieces = [(ends[0], ends[1])]
            for piece in pieces:
                kept = clip_segment(*piece, self.sides)
                if kept is not None and kept[0] != kept[1]:
                    segments.append((self._id(kept[0], cell), self._id(kept[1], cell)))
                    found.append(facet)
        return segments, found


def rings(cells: CellComplex) -> list[list[int]]:
    """The generators of each plane cell in counterclockwise order; in an unbounded cell the two rays are neighbours.

    The complex must contain no lines.
    """
    follows: list[dict[int, int]] = [{} for _ in range(len(cells))]
    generators = cells.generators
    for facet, (first, second) in enumerate(cells.facet_cells.tolist()):
        a, b = cells.facets[facet]
        (x, y, t), (u, v, s) = generators[a], generators[b]
        p, q, r = cells.facet_normals[facet]
        # the plane through both generators has the facet's normal, up to a factor; its sign says which side is left
        side = (y * s - t * v) * p if p else (t * u - x * s) * q if q else (x * v - y * u) * r
        if side < 0:
            a, b = b, a
        follows[first][a] = b
        if second >= 0:
            follows[second][b] = a
    out = []
    for links in follows:
        start = next(iter(links.keys() - links.values()), None)  # the ray on which an unbounded cell's border comes in
        at = min(links) if start is None else start
        ring = [at]
        while (at := links.get(at, ring[0])) != ring[0]:
            ring.append(at)
        out.append(ring)
    return out


def _box_corners(window: Sequence[Ends]) -> list[Vector]:
    (a, b), (c, d) = window
    return [_homogeneous(x, y) for x, y in ((a, c), (b, c), (b, d), (a, d))]


def _homogeneous(x: Fraction, y: Fraction) -> Vector:
    t = x.denominator * y.denominator
    return primitive([int(x * t), int(y * t), t])


def _floats(numerators: Sequence[int], denominators: Sequence[int]) -> tuple[Floats, Scale]:
    """Quotients to draw, with their axis' scale; exact Fractions are made only if float64 will not do."""
    found = np.array([nearest_quotient(n, d) for n, d in zip(numerators, denominators)])
    top, spread = float(np.abs(found).max()), float(np.ptp(found)) if np.isfinite(found).all() else np.inf
    ordinary = 1e-90 < top < 1e90 and (spread == 0 or spread * 1e9 > top)
    if ordinary or not any(numerators):
        return found, Scale()
    exact = [Fraction(n, d) for n, d in zip(numerators, denominators)]
    scale = Scale.spanning(exact)
    return scale.all(exact), scale
