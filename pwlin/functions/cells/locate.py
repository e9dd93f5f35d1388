"""Which cell a point lies in: exact for one point, vectorised and as certain for many float points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import mul
from typing import final

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_quotient
from pwlin.exact.rounding import Floats, doubt
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.places import FAR
from pwlin.functions.cells.strips import Strips
from pwlin.geometry.cone import Vector, dot
from pwlin.geometry.linear import matrix
from pwlin.networks.network import Network

Walls = tuple[Floats, Floats, Integers]
_STEPS = 64
_EXACT_STEPS = 8
"""After so many a point's pattern tells its cell sooner."""
_FEWER = 4
"""Tables of all cells are made for points that are so many times fewer at most."""
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
        self._bounded = cells.domain.is_bounded

    # -- exact points -----------------------------------------------------------------------------

    def all_cells(self, point: Vector) -> list[int]:
        """All cells that hold a homogeneous point of the domain (closed cells), exact."""
        x = _rounded(point)
        cell, inside = self._walked(x)
        return [cell] if inside else self._around(point, x, self._settled(point, x, cell))

    def _around(self, point: Vector, x: list[float], cell: int) -> list[int]:
        """All cells that hold a point, from one that does."""
        seen, stack = {cell}, [cell]
        while stack:
            for facet, other, value, bound in self._walls(stack.pop(), x):
                if value > bound or other < 0 or other in seen:  # what is no number is not above its bound
                    continue
                if dot(self.cells.facet_normals[facet], point) == 0:
                    seen.add(other)
                    stack.append(other)
        return sorted(seen)

    def cell(self, point: Vector) -> int:
        """Some cell that holds a homogeneous point of the domain, exact."""
        x = _rounded(point)
        cell, inside = self._walked(x)
        return cell if inside else self._settled(point, x, cell)

    def near(self, points: Sequence[Vector]) -> tuple[Integers, NDArray[np.bool_]]:
        """A cell near each of some exact points of the domain, and whether floats are certain that the point lies inside it."""
        rounded = np.array(list(map(_rounded, points)))
        return self._arrived(rounded.reshape(-1, self.cells.dim))  # `doubt` covers the rounding of points too

    def cells_of(self, points: Sequence[Vector]) -> Integers:
        """Some cell that holds each of many points, as `cell` does."""
        at, inside = self.near(points)
        for k in np.flatnonzero(~inside).tolist():
            at[k] = self._settled(points[k], _rounded(points[k]), int(at[k]))
        return at

    def _walked(self, x: list[float]) -> tuple[int, bool]:
        """As `_walk` for one point, for which arrays would take longer."""
        if len(self.cells) == 1:
            return 0, True
        cell, inside = self._starts.near(x), False
        for _ in range(_STEPS):
            inside, lowest, following = True, 0.0, -1
            for _, other, value, bound in self._walls(cell, x):
                inside &= value > bound
                if other >= 0 and value < -bound and value < lowest:
                    lowest, following = value, other
            if inside or following < 0:
                break
            cell = following
        return cell, inside

    def _walls(self, cell: int, x: list[float]) -> Iterator[tuple[int, int, float, float]]:
        """Of a cell's facets: each one, the cell behind it, the inward wall's value at a point, and a bound of that one's error."""
        lists, places, dim = self.cells.cell_facets, self.cells.places, self.cells.dim
        facets, size = lists.ids[lists.offsets[cell] : lists.offsets[cell + 1]], sum(map(abs, x))
        sides, walls = self.cells.facet_cells[facets].tolist(), places.walls[facets].tolist()
        errors, reach = places.errors[facets].tolist(), 1.0 if self._bounded else max(1.0, *map(abs, x))
        for facet, (first, second), (*normal, offset), error in zip(facets.tolist(), sides, walls, errors):
            value, bound = offset + sum(map(mul, normal, x)), error * reach + doubt(size, abs(offset), dim)
            yield (facet, second, value, bound) if first == cell else (facet, first, -value, bound)

    def _settled(self, point: Vector, x: list[float], cell: int) -> int:
        """A cell that holds a point, near the one where its walk ended; exact."""
        for _ in range(_EXACT_STEPS):
            for facet, other, value, bound in self._walls(cell, x):
                if not value > bound and dot(self.cells.inward(facet, cell), point) < 0:
                    cell = other
                    break
            else:
                return cell
        return self._cell_of_pattern[self._pattern_beside(point)]

    @cached_property
    def _starts(self) -> Strips:
        """One float place inside each cell."""
        rows, lists = np.clip(self.cells.places.points, -FAR, FAR), self.cells.cells
        sums = [np.add.reduceat(column[lists.ids], lists.offsets[:-1]) for column in rows.T]
        return Strips(np.stack(sums, axis=1) / lists.lengths()[:, None])

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
    def _tables(self) -> Walls:
        """`_walls_of` all cells."""
        return self._walls_of(np.arange(len(self.cells)))

    def _walls_of(self, chosen: Integers) -> Walls:
        """Walls as `Places` has them, inward, shape (d + 1, cells, k), their errors, and the cells behind them.

        Cells with fewer facets repeat their first one.
        """
        cells, places, lists = self.cells, self.cells.places, self.cells.cell_facets
        starts, lengths = lists.offsets[chosen], lists.offsets[chosen + 1] - lists.offsets[chosen]
        place = np.arange(int(lengths.max()))
        walls = lists.ids[starts[:, None] + np.where(place < lengths[:, None], place, 0)]
        sides = cells.facet_cells[walls]
        first = sides[:, :, 0] == chosen[:, None]
        inward = np.where(first[:, :, None], places.walls[walls], -places.walls[walls])
        return np.moveaxis(inward, 2, 0).copy(), places.errors[walls], np.where(first, sides[:, :, 1], sides[:, :, 0])

    def walk(self, points: Floats) -> tuple[Integers, NDArray[np.bool_]]:
        """A cell that holds each of some float points of the domain, shape (n, d), and whether it is known to lie inside.

        Both are certain; a point that is not known to lie inside may lie on the border of its cell.
        """
        at, inside = self._arrived(points)
        for k in np.flatnonzero(~inside).tolist():
            x = points[k].tolist()
            at[k] = self._settled(self.cells.domain.homogeneous(x), x, int(at[k]))
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
        at, inside = np.empty(count, dtype=np.int64), np.zeros(count, dtype=bool)
        for start in range(0, count, _BLOCK):
            part = slice(start, start + _BLOCK)
            at[part] = self._starts.near_all(points[part])
            self._walk(points[part], at[part], inside[part], count * _FEWER > len(self.cells))
        return at, inside

    def _walk(self, points: Floats, at: Integers, inside: NDArray[np.bool_], many: bool) -> None:
        """Move from cell to cell until no wall is known to be crossed; put down who has arrived for certain."""
        active = np.arange(len(points))
        with np.errstate(over="ignore", invalid="ignore"):
            size = np.abs(points).sum(axis=1)
            reach = np.ones(len(points)) if self._bounded else np.abs(points).max(axis=1, initial=1)
            for _ in range(_STEPS):
                here = at[active]
                normals, errors, behind = self._tables if many else self._walls_of(here)
                rows = here if many else np.arange(len(here))
                value = normals[-1][rows]
                bound = errors[rows] * reach[active, None] + doubt(size[active, None], np.abs(value), self.cells.dim)
                for normal, x in zip(normals, points[active].T):
                    value = value + normal[rows] * x[:, None]
                inside[active] = (value > bound).all(axis=1)
                worst = np.argmin(value, axis=1)
                each = np.arange(len(active))
                moving = value[each, worst] < -bound[each, worst]
                following = behind[rows, worst]
                moving &= following >= 0
                active = active[moving]
                at[active] = following[moving]
                if not len(active):
                    return


def _rounded(point: Vector) -> list[float]:
    """The coordinates of a homogeneous point."""
    *x, t = point
    return [nearest_quotient(v, t) for v in x]


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
