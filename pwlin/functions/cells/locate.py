"""Which cell a point lies in: exact for one point, vectorised and as certain for many float points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from operator import mul
from typing import TYPE_CHECKING, final

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_quotient
from pwlin.exact.rounding import Floats, doubt
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.places import FAR
from pwlin.geometry.cone import Vector, dot
from pwlin.geometry.linear import matrix
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

_STEPS = 64
_FEW = 16
"""So many points walk one by one, without the tables that many need."""
_BLOCK = 1 << 14
"""So many points walk at a time, so that what they need stays in the cache."""


@final
class Locator:
    """Point location: by the pattern of one exact point, by walking through facets for many float points.

    Float points walk in float64, all together. One has arrived where every wall of a cell is farther away than rounding
    can move it; what floats leave open is settled in integers, so that no point is put into a cell that does not hold it.
    """

    def __init__(self, cells: CellComplex, network: Network) -> None:
        self.cells = cells
        self.network = network

    # -- exact points -----------------------------------------------------------------------------

    def all_cells(self, point: Vector) -> list[int]:
        """All cells that hold a homogeneous point of the domain (closed cells), exact."""
        (cell,), (inside,) = self.near([point])
        return [int(cell)] if inside else self._around(point, self._beside(point))

    def _around(self, point: Vector, cell: int) -> list[int]:
        """All cells that hold a point, from one that does."""
        seen, stack = {cell}, [cell]
        while stack:
            here = stack.pop()
            for f in self.cells.cell_facets[here]:
                for other in self.cells.facet_cells[f].tolist():
                    if other >= 0 and other not in seen and dot(self.cells.facet_normals[f], point) == 0:
                        seen.add(other)
                        stack.append(other)
        return sorted(seen)

    def cell(self, point: Vector) -> int:
        """Some cell that holds a homogeneous point of the domain, exact."""
        return int(self.cells_of([point])[0])

    def cells_of(self, points: Sequence[Vector]) -> Integers:
        """The same for many points."""
        at, inside = self.near(points)
        for k in np.flatnonzero(~inside).tolist():
            at[k] = self._beside(points[k])
        return at

    def _beside(self, point: Vector) -> int:
        """The cell by the pattern beside a point."""
        return self._cell_of_pattern[self._pattern_beside(point)]

    def near(self, points: Sequence[Vector]) -> tuple[Integers, NDArray[np.bool_]]:
        """A cell near each of some exact points of the domain, and whether floats are certain that the point lies inside it."""
        rounded = np.array([[nearest_quotient(v, p[-1]) for v in p[:-1]] for p in points])
        return self._arrived(rounded.reshape(-1, self.cells.dim))  # `doubt` covers the rounding of points too

    def _walked(self, x: list[float]) -> tuple[int, bool]:
        """As `_walk` for one point, for which arrays would take longer."""
        cells, places, size, cell = self.cells, self.cells.places, sum(map(abs, x)), self._start(x)
        lists, inside = cells.cell_facets, len(cells) == 1
        for _ in range(0 if inside else _STEPS):
            facets = lists.ids[lists.offsets[cell] : lists.offsets[cell + 1]]
            sides, walls, errors = (
                cells.facet_cells[facets].tolist(),
                places.walls[facets].tolist(),
                places.errors[facets],
            )
            inside, lowest, next_cell = True, 0.0, -1
            for (first, second), (*normal, offset), error in zip(sides, walls, errors.tolist()):
                value = offset + sum(map(mul, normal, x))
                if first != cell:
                    value, second = -value, first
                bound = error + doubt(size, abs(offset), cells.dim)
                inside &= value > bound
                if second >= 0 and value < -bound and value < lowest:
                    lowest, next_cell = value, second
            if inside or next_cell < 0:
                break
            cell = next_cell
        return cell, inside

    def _start(self, point: list[float]) -> int:
        """A cell near a point."""
        if len(self.cells) == 1:
            return 0
        nearest = int(self._tree.query([min(max(v, -FAR), FAR) for v in point])[1])
        return min(nearest, len(self.cells) - 1)

    @cached_property
    def _pattern_beside(self) -> PatternsBeside:
        domain = self.cells.domain
        return PatternsBeside(self.network, domain.homogeneous(domain.interior_point()))

    @cached_property
    def _cell_of_pattern(self) -> dict[int, int]:
        """A pattern has one cell at most: where its neurons are active and no others is a convex set."""
        return {bits: cell for cell, bits in enumerate(self.cells.patterns)}

    # -- float points -----------------------------------------------------------------------------

    @cached_property
    def _tables(self) -> tuple[Floats, Floats, Integers]:
        """Walls as `Places` has them, inward, shape (d + 1, cells, k), their errors, and the cells behind them.

        Cells with fewer facets repeat their first one.
        """
        cells, places = self.cells, self.cells.places
        lists = cells.cell_facets
        lengths = lists.lengths()
        place = np.arange(int(lengths.max()))
        walls = lists.ids[lists.offsets[:-1, None] + np.where(place < lengths[:, None], place, 0)]
        first = cells.facet_cells[walls, 0] == np.arange(len(cells))[:, None]
        inward = np.where(first[:, :, None], places.walls[walls], -places.walls[walls])
        behind = np.where(first, cells.facet_cells[walls, 1], cells.facet_cells[walls, 0])
        return np.ascontiguousarray(np.moveaxis(inward, 2, 0)), places.errors[walls], behind

    @cached_property
    def _tree(self) -> cKDTree:
        """Nearest-neighbour tree over one float point inside each cell."""
        from scipy.spatial import cKDTree

        rows, lists = np.clip(self.cells.places.points, -FAR, FAR), self.cells.cells
        sums = [np.add.reduceat(column[lists.ids], lists.offsets[:-1]) for column in rows.T]
        middles = np.stack(sums, axis=1) / lists.lengths()[:, None]
        return cKDTree(middles, balanced_tree=False, compact_nodes=False)  # that are soon made

    def walk(self, points: Floats) -> tuple[Integers, NDArray[np.bool_]]:
        """A cell that holds each of some float points of the domain, shape (n, d), and whether it is known to lie inside.

        Both are certain; a point that is not known to lie inside may lie on the border of its cell.
        """
        at, inside = self._arrived(points)
        for k in np.flatnonzero(~inside).tolist():
            at[k] = self._settled(self.cells.domain.homogeneous(points[k].tolist()), int(at[k]))
        return at, inside

    def _arrived(self, points: Floats) -> tuple[Integers, NDArray[np.bool_]]:
        """Where the walks of float points end, and whether that is certain: the cell has the point in its interior."""
        count = len(points)
        if len(self.cells) == 1:
            return np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)
        if count <= _FEW:
            found = [self._walked(point) for point in points.tolist()]
            return np.array([cell for cell, _ in found], dtype=np.int64), np.array(
                [inside for _, inside in found], dtype=bool
            )
        # a start only: far out all squared distances overflow, and the tree says that nothing is near
        nearest = np.asarray(self._tree.query(np.clip(points, -FAR, FAR))[1], dtype=np.int64)
        at = np.minimum(nearest, len(self.cells) - 1)
        inside = np.zeros(count, dtype=bool)
        for start in range(0, count, _BLOCK):
            part = slice(start, start + _BLOCK)
            self._walk(points[part], at[part], inside[part])
        return at, inside

    def _walk(self, points: Floats, at: Integers, inside: NDArray[np.bool_]) -> None:
        """Move from cell to cell until no wall is known to be crossed; put down who has arrived for certain."""
        normals, errors, behind = self._tables
        active = np.arange(len(points))
        with np.errstate(over="ignore", invalid="ignore"):
            size = np.abs(points).sum(axis=1)
            for _ in range(_STEPS):
                here = at[active]
                value = normals[-1][here]
                bound = errors[here] + doubt(size[active, None], np.abs(value), self.cells.dim)
                for normal, x in zip(normals, points[active].T):
                    value = value + normal[here] * x[:, None]
                inside[active] = (value > bound).all(axis=1)
                worst = np.argmin(value, axis=1)
                rows = np.arange(len(active))
                moving = value[rows, worst] < -bound[rows, worst]
                following = behind[here, worst]
                moving &= following >= 0
                active = active[moving]
                at[active] = following[moving]
                if not len(active):
                    return

    def _settled(self, point: Vector, cell: int) -> int:
        """A cell that holds a point, near the one where its walk ended; exact."""
        cells = self.cells
        for _ in range(_STEPS):
            crossed = next((f for f in cells.cell_facets[cell] if dot(cells.inward(f, cell), point) < 0), None)
            if crossed is None:
                return cell
            a, b = cells.facet_cells[crossed].tolist()
            cell = b if a == cell else a
        return self.cell(point)


@final
class PatternsBeside:
    """The patterns of regions that hold given points of a domain, for a network and a point in the domain's interior; exact.

    It is the region that holds ``point + e (inside - point) + e^2 u_1 + e^3 u_2 + ...`` for all small e > 0, where the u_i
    are the unit vectors: no preactivation vanishes there unless it does in the whole region. Each is a polynomial in e,
    whose first coefficient that is not zero has its sign.

    Cost: a product of d + 2 integer columns with every weight matrix.
    """

    def __init__(self, network: Network, inside: Vector) -> None:
        self.inside = inside
        self.layers = []
        for layer in network.hidden:
            low, high, unit = layer.integer_slopes
            rows = np.column_stack([layer.compact_weight, layer.compact_bias]).tolist()
            states = list(zip(layer.is_linear.tolist(), low.tolist(), high.tolist()))
            self.layers.append((matrix(rows, layer.n_in + 1), states, layer.denominator * unit))

    def __call__(self, point: Vector) -> int:
        """The pattern beside a homogeneous point."""
        d, (*x, t), (*y, unit) = len(point) - 1, point, self.inside
        columns = [point, (*(t * v - unit * u for u, v in zip(x, y)), 0)]
        columns += [tuple(int(i == k) for i in range(d + 1)) for k in range(d)]
        values, den, pattern, bit = matrix(columns, d + 1).transpose(), t, 0, 1
        for weight, states, factor in self.layers:
            bent = []
            for row, (linear, left, right) in zip((weight * values).tolist(), states):
                active = linear or next((v > 0 for v in row if v), False)
                pattern |= bit if active else 0
                bit <<= 1
                slope = right if active else left
                bent.append([v * slope for v in row])
            den *= factor
            values = fmpz_mat([*bent, [den] + [0] * (d + 1)])
        return pattern
