"""The triangles of a function in the plane, in floats with bounds, as there are many: exact ones are made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, final, overload

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.cells.simplices import Simplex, distinct, simplices
from pwlin.exact.pairs import Pairs
from pwlin.formulas.arithmetic.floats import Floats
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.near_plane import NearPlane, is_long
from pwlin.geometry.polytope import Point, dehomogenize

if TYPE_CHECKING:
    from sympy import Symbol

_CLOSE = 2.0**-50
"""Corners and values whose intervals are wider, in the largest, are rounded from exact ones."""
_NARROW = 2.0**-41
"""Relative widths of areas, at most, or a sixteenth of that of the mean area."""


def triangulated(function: PiecewiseLinearND, regions: Sequence[int]) -> Sequence[Simplex]:
    """Some regions, each listed once, as simplices."""
    if function.dim == 2 and len(regions) == function.n_regions and is_long(function):
        return Triangles(function)
    return list(simplices(function, regions))


def box_of(symbols: Sequence[Symbol], parts: Sequence[Simplex]) -> dict[Symbol, Range]:
    """The ranges of all variables on some simplices."""
    corners = parts.outermost if isinstance(parts, Triangles) else distinct(s.corners for s in parts)[0]
    return {symbol: Range(min(column), max(column)) for symbol, column in zip(symbols, zip(*corners))}


@final
class Triangles(Sequence[Simplex]):
    """All regions of a function on a bounded domain in the plane, each cut in triangles at its vertex of least id.

    Attributes
    ----------
    corners, values, volumes : Intervals, shapes (count, 3, 2), (count, 3) and (count,)
        As `Whole` has them of simplices. Corners are where the domain ends those of floats around the exact ones, so that none lies
        outside of a target's domain.
    """

    def __init__(self, function: PiecewiseLinearND) -> None:
        self._function = function
        self._known: dict[int, tuple[Point, Fraction]] = {}

    @cached_property
    def _parts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids of corners, shape (count, 3), and regions."""
        cells, ends = self._function.complex, np.sort(self._plane.ends, axis=1)
        apex = np.minimum.reduceat(cells.cells.ids, cells.cells.offsets[:-1])
        region, facet = cells.facet_cells.T.ravel(), np.tile(np.arange(len(ends)), 2)
        away = (region >= 0) & (ends[facet] != apex[region][:, None]).all(axis=1)
        region, facet = region[away], facet[away]
        order = np.argsort(region, kind="stable")
        region, facet = region[order], facet[order]
        return np.column_stack([apex[region], ends[facet]]), region

    @property
    def regions(self) -> NDArray[np.int64]:
        """Of which region each is part."""
        return self._parts[1]

    def __len__(self) -> int:
        return len(self.regions)

    @overload
    def __getitem__(self, key: int) -> Simplex: ...
    @overload
    def __getitem__(self, key: slice) -> list[Simplex]: ...
    def __getitem__(self, key: int | slice) -> Simplex | list[Simplex]:
        if isinstance(key, slice):
            return [self[k] for k in range(*key.indices(len(self)))]
        ids = self._parts[0][key].tolist()
        self._know(ids)
        corners, values = zip(*(self._known[g] for g in ids))
        return Simplex(corners, values, int(self.regions[key]))

    def __iter__(self) -> Iterator[Simplex]:
        self._know(range(len(self._function.complex.generators)))
        return (self[k] for k in range(len(self)))

    def _know(self, generators: Iterable[int]) -> None:
        f, fresh = self._function, [g for g in generators if g not in self._known]
        if fresh:
            for g, vector, height in zip(fresh, f.complex.vectors(fresh), f.heights.exact(fresh)):
                self._known[g] = dehomogenize(vector), Fraction(height, f.complex.denominator * vector[-1])

    @property
    def outermost(self) -> list[Point]:
        """The vertices of the domain."""
        return [dehomogenize(vector) for vector in self._function.domain.generators[0]]

    @property
    def _plane(self) -> NearPlane:
        return self._function.measures.plane

    @cached_property
    def corners(self) -> Intervals:
        """Boxes around them."""
        plane, facets = self._plane, self._function.complex.facet_cells
        size = np.abs(plane.corners.high).max()
        exact = ~(plane.radius <= _CLOSE * size)
        exact[plane.ends[facets[:, 1] < 0]] = True
        with np.errstate(all="ignore"):
            found = _intervals(plane.corners, plane.radius)
        columns = [self._rounded(found[k], exact, lambda g, k=k: self._known[g][0][k]) for k in range(2)]  # type: ignore[misc]
        return Intervals(
            *(np.stack([getattr(c, end)[self._parts[0]] for c in columns], axis=-1) for end in ("low", "high"))
        )

    @cached_property
    def values(self) -> Intervals:
        """The function there."""
        plane = self._plane
        a, b, c = plane.maps[:, self._function.complex.first_cells]
        x, y = plane.corners
        with np.errstate(all="ignore"):
            found = _intervals(a * x + b * y + c, (a.bounds() + b.bounds()) * plane.radius)
            size = found.magnitude
            wide = ~(found.width <= _CLOSE * size.max(where=np.isfinite(size), initial=0))
        return self._rounded(found, wide, lambda g: self._known[g][1])[self._parts[0]]

    def _rounded(self, found: Intervals, wide: NDArray[np.bool_], exact: Callable[[int], Fraction]) -> Intervals:
        ids = np.flatnonzero(wide)
        self._know(ids.tolist())
        with np.errstate(all="ignore"):
            tight = Intervals.of([exact(g) for g in ids.tolist()])
        found.low[ids], found.high[ids] = tight.low, tight.high
        return found

    @cached_property
    def volumes(self) -> Intervals:
        """Their areas."""
        plane, ids = self._plane, self._parts[0]
        (a, p), (b, q), (c, r) = (plane.corners[:, ids[:, k]] for k in range(3))
        radius = plane.radius[ids].max(axis=1)
        with np.errstate(all="ignore"):
            along = b - a, q - p, c - a, r - p
            reach = sum((part.bounds() for part in along), 8 * radius)
            area = _intervals(along[0] * along[3] - along[1] * along[2], 2.01 * radius * reach).absolute() / 2.0
            wide = area.high - area.low
            rows = np.flatnonzero(~((wide <= _NARROW * area.low) | (wide <= _NARROW / 16 * area.low.mean())))
            exact = Intervals.of([self[k].volume for k in rows.tolist()])
        area.low[rows], area.high[rows] = exact.low, exact.high
        return area


def _intervals(values: Pairs, off: Floats) -> Intervals:
    margin = Intervals.points(values.off) + Intervals.points(off)
    return Intervals.points(values.high) + (Intervals.points(values.low) + Intervals(-margin.high, margin.high))
