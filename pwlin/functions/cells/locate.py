"""Which cell a point lies in: exact for one point, vectorised for many float points."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.cone import Vector, dot

_STEPS = 64


@final
class Locator:
    """Point location by walking through facets.

    Float points walk in float64, all together; where that leads only decides which of two regions that agree up to
    rounding is used. Exact points start where the float walk ends and are checked exactly.
    """

    def __init__(self, cells: CellComplex) -> None:
        self.cells = cells

    def all_cells(self, point: Vector) -> list[int]:
        """All cells that hold a homogeneous point of the domain (closed cells), exact."""
        *x, t = point
        rounded = np.array([[nearest_float(Fraction(v, t)) for v in x]])
        found = self._first(point, int(self.walk(rounded)[0]))
        seen, stack = {found}, [found]
        while stack:
            cell = stack.pop()
            for f in self.cells.cell_facets[cell]:
                for other in self.cells.facet_cells[f].tolist():
                    if other >= 0 and other not in seen and dot(self.cells.facet_normals[f], point) == 0:
                        seen.add(other)
                        stack.append(other)
        return sorted(seen)

    def _first(self, point: Vector, guess: int) -> int:
        """Some cell that holds the point: the guess, one next to it, or else by trying them all."""
        near = {c for f in self.cells.cell_facets[guess] for c in self.cells.facet_cells[f].tolist() if c >= 0}
        for cell in (guess, *sorted(near), *range(len(self.cells))):
            if self._holds(cell, point):
                return cell
        raise AssertionError("the cells do not cover the domain")

    def _holds(self, cell: int, point: Vector) -> bool:
        return all(dot(self.cells.inward(f, cell), point) >= 0 for f in self.cells.cell_facets[cell])

    @cached_property
    def _tables(self) -> tuple[NDArray[np.float64], Integers]:
        """Inward facet normals scaled to largest entry 1, shape (cells, k, d + 1), and the cells behind them."""
        cells = self.cells
        lists = cells.cell_facets
        most = int(lists.lengths().max(initial=1))
        normals = np.zeros((len(cells), most, cells.dim + 1))
        normals[:, :, -1] = 1.0  # padding: a half-space that holds everywhere
        behind = np.full((len(cells), most), -1, dtype=np.int64)
        scaled = np.zeros((len(cells.facets), cells.dim + 1))
        for f, normal in enumerate(cells.facet_normals):
            size = max(map(abs, normal))
            scaled[f] = [v / size for v in normal]
        owner = np.repeat(np.arange(len(cells)), lists.lengths())
        place = np.arange(len(owner)) - lists.offsets[owner]
        first = cells.facet_cells[lists.ids, 0] == owner
        normals[owner, place] = np.where(first[:, None], scaled[lists.ids], -scaled[lists.ids])
        behind[owner, place] = np.where(first, cells.facet_cells[lists.ids, 1], cells.facet_cells[lists.ids, 0])
        return normals, behind

    @cached_property
    def _tree(self) -> Any:
        """Nearest-neighbour tree over one float point inside each cell."""
        from scipy.spatial import cKDTree

        rows = np.zeros((len(self.cells.generators), self.cells.dim))
        for g, vector in enumerate(self.cells.generators):
            size = vector[-1] or max(map(abs, vector))
            rows[g] = [_ratio(v, size) for v in vector[:-1]]
        owner = np.repeat(np.arange(len(self.cells)), self.cells.cells.lengths())
        sums = np.zeros((len(self.cells), self.cells.dim))
        np.add.at(sums, owner, rows[self.cells.cells.ids])
        inside = sums / self.cells.cells.lengths()[:, None]
        return cKDTree(np.nan_to_num(np.clip(inside, -1e300, 1e300)))

    def walk(self, points: NDArray[np.float64]) -> Integers:
        """A cell for each float point of the domain, shape (n, d); right up to rounding."""
        if len(self.cells) == 1:
            return np.zeros(len(points), dtype=np.int64)
        normals, behind = self._tables
        # a start only: far out all squared distances overflow, and the tree says that nothing is near
        nearest = np.asarray(self._tree.query(np.clip(points, -1e300, 1e300))[1], dtype=np.int64)
        at = np.minimum(nearest, len(self.cells) - 1)
        active = np.arange(len(points))
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(_STEPS):
                here = at[active]
                value = np.einsum("nkd,nd->nk", normals[here][:, :, :-1], points[active]) + normals[here][:, :, -1]
                worst = np.argmin(value, axis=1)
                rows = np.arange(len(active))
                following = behind[here, worst]
                moving = (value[rows, worst] < 0) & (following >= 0)
                at[active[moving]] = following[moving]
                active = active[moving]
                if not len(active):
                    return at
        for k in active.tolist():  # a long way, or rounding that goes in circles
            exact = self.cells.domain.homogeneous(points[k].tolist())
            at[k] = self._first(exact, int(at[k]))
        return at


def _ratio(a: int, b: int) -> float:
    try:
        return a / b
    except OverflowError:
        return 1e300 if (a > 0) == (b > 0) else -1e300
