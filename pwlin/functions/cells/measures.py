"""Volumes and centroids of regions as records ask for them: one by one, or all of them from cones that neighbours share.

A bounded region is the sum of the cones from the origin to its facets (`pwlin.functions.cells.cones`), and so are its moments: what
a facet adds to the region on one side it takes from the one on the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, final

import numpy as np
from flint import fmpz, fmpz_mat

from pwlin.base.sequences import Integers, OnDemand, Ragged
from pwlin.exact.bridges import from_fmpq
from pwlin.exact.long_fractions import presentable, quotient
from pwlin.exact.rational import ExactArray
from pwlin.functions.cells import cones, volumes
from pwlin.functions.cells.heights import any_of
from pwlin.functions.cells.near_plane import NearPlane
from pwlin.functions.cells.order import reordered
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Point

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


_ZERO = fmpz(0)
Points = Mapping[int, list[fmpz]]
"""Homogeneous vectors of vertices."""
Sums = Iterator[tuple[list[int], int]]


@final
class Measures:
    """Volumes and centroids of the regions of a complex, exact.

    Attributes
    ----------
    volumes : sequence of Fraction or float
        ``math.inf`` for unbounded regions.
    centroids : sequence of points or None
        None for unbounded regions.
    """

    def __init__(self, f: PiecewiseLinearND) -> None:
        self._f, self._cells = f, f.complex
        count = len(self._cells)
        self.volumes: OnDemand[Fraction | float] = OnDemand(count, self._volume, None, self._volumes)
        self.centroids: OnDemand[Point | None] = OnDemand(count, self._centroid, None, self._centroids)

    @cached_property
    def plane(self) -> NearPlane:
        """Corners and maps in the plane, in pairs of floats."""
        return NearPlane.of(self._f)

    def _volume(self, cell: int) -> Fraction | float:
        return (
            presentable(from_fmpq(volumes.volume(self._cells, cell)))
            if volumes.is_bounded(self._cells, cell)
            else math.inf
        )

    def _centroid(self, cell: int) -> Point | None:
        if not volumes.is_bounded(self._cells, cell):
            return None
        return tuple([presentable(from_fmpq(v)) for v in volumes.centroid(self._cells, cell)[1]])

    def _volumes(self, chosen: Integers) -> Iterator[Fraction | float]:
        scale = math.factorial(self._cells.dim)
        for sums, whole in self._sums(chosen, moments=False):
            yield quotient(sums[0], scale * whole) if whole else math.inf

    def _centroids(self, chosen: Integers) -> Iterator[Point | None]:
        d = self._cells.dim
        for (size, *sums), whole in self._sums(chosen, moments=True):
            unit = (d + 1) * size * whole
            yield tuple([quotient(v, unit) for v in sums]) if whole else None

    def _sums(self, chosen: Integers, moments: bool) -> Sums:
        """Of some regions: volumes times d! over the product of all corners' weights, which is 0 for unbounded ones, and that.

        Moments times (d + 1)! are over its square.
        """
        cells, none = self._cells, [0] * (1 + moments * self._cells.dim)
        bounded = ~any_of(cells, ~cells.vertex_mask)[chosen] & (not cells.lineality)
        around, corners = (reordered(rows, chosen[bounded]) for rows in (cells.cell_facets, cells.cells))
        inward = cells.facet_cells[around.ids, 0] == np.repeat(chosen[bounded], around.lengths())
        signs, ids = np.where(inward, 1, -1), np.unique(corners.ids).astype(np.int64)
        vectors = cells.vectors(ids.tolist())
        if cells.dim == 2 and len(ids):
            found = self._sums_in_plane(around, corners, signs, ids, vectors, moments)
        else:
            points = {g: list(map(fmpz, vector)) for g, vector in zip(ids.tolist(), vectors)}
            found = self._sums_of_cones(around, corners, signs, points, moments)
        for inside in bounded.tolist():
            yield next(found) if inside else (none, 0)

    def _sums_in_plane(
        self, around: Ragged, corners: Ragged, signs: Integers, ids: Integers, vectors: list[Vector], moments: bool
    ) -> Sums:
        """Of bounded regions, in arrays of integers."""
        facets, edge = np.unique(around.ids, return_inverse=True)
        offsets = self._cells.facets.offsets[facets]
        table: ExactArray = np.array(vectors, dtype=object)
        (x, y, t), (u, v, w) = (table[np.searchsorted(ids, self._cells.facets.ids[offsets + k])].T for k in range(2))
        cross = cones.sides(self._cells, facets.astype(np.int64)).astype(object) * abs(x * v - u * y)
        whole = np.multiply.reduceat(table[np.searchsorted(ids, corners.ids), 2], corners.offsets[:-1])
        factor = np.repeat(whole, around.lengths()) // (t * w)[edge]
        parts = [cross[edge] * signs.astype(object) * factor]
        if moments:
            parts += [parts[0] * factor * (a * w + b * t)[edge] for a, b in ((x, u), (y, v))]
        sums = [np.add.reduceat(part, around.offsets[:-1]).tolist() for part in parts]
        yield from zip(map(list, zip(*sums)), whole.tolist())

    def _sums_of_cones(self, around: Ragged, corners: Ragged, signs_: Integers, points: Points, moments: bool) -> Sums:
        """Of bounded regions, one after the other."""
        cones_, weights = self._cones(np.unique(around.ids), points, moments), iter(corners.ids.tolist())
        facets, signs = iter(around.ids.tolist()), iter(signs_.tolist())
        for n_facets, n_corners in zip(around.lengths().tolist(), corners.lengths().tolist()):
            whole = math.prod([points[g][-1] for g in islice(weights, n_corners)])
            sums = [_ZERO] * (1 + moments * self._cells.dim)
            for facet, sign in zip(islice(facets, n_facets), islice(signs, n_facets)):
                part, size, *rest = cones_[facet]
                if part:
                    factor = sign * (whole // part)
                    square = factor * (whole // part)
                    sums = [sums[0] + size * factor, *(a + b * square for a, b in zip(sums[1:], rest))]
            yield list(map(int, sums)), int(whole)

    def _cones(self, facets: Integers, points: Points, moments: bool) -> dict[int, list[fmpz]]:
        """Of the cones to bounded facets: the product of the weights of the facet's corners (0 where there is no cone), the volume, as
        the first region counts it, times d! and that, and moments times (d + 1)! and the square of that.
        """
        cells, found = self._cells, dict[int, list[fmpz]]()
        for facet, side in zip(facets.tolist(), cones.sides(cells, facets).tolist()):
            parts = list(cones.simplices(cells, facet)) if side else []
            corners = {g: points[g] for part in parts for g in part}
            whole = math.prod([p[-1] for p in corners.values()]) if parts else _ZERO
            # added by the cones to simplices that hold a corner, and by all
            held, size = dict.fromkeys(corners, _ZERO), _ZERO
            for part in parts:
                weights = math.prod([corners[g][-1] for g in part])
                edges = fmpz_mat(cells.dim, cells.dim, [v for g in part for v in corners[g][:-1]])
                cone = side * abs(edges.det()) * (whole // weights)
                size += cone
                for g in part if moments else ():
                    held[g] += cone
            sums = [size]
            if moments:
                factors = [(held[g] * (whole // p[-1]), p) for g, p in corners.items()]
                sums += [sum([factor * p[k] for factor, p in factors], _ZERO) for k in range(cells.dim)]
            found[facet] = [whole, *sums]
        return found
