"""The raw complex: what a search hands over, and all that the function object needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers, OnDemand, Ragged, taken
from pwlin.exact.rounding import Parts, rounded_quotients
from pwlin.functions.cells.order import facets_of_cells
from pwlin.functions.cells.places import Places
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Point, Polytope, dehomogenize
from pwlin.networks.neurons import Neurons, Pattern

NearMaps = tuple[NDArray[np.float64], float]


@final
@dataclass(frozen=True, eq=False)
class CellComplex:
    """A finished search: cells, their patterns, affine maps, generators and facets, and nothing derived.

    Any search may make one; large sequences may be lazy, as long as they can be indexed and have a length.

    Attributes
    ----------
    domain : Polytope
    neurons : Neurons
        The numbering of the bits of a pattern.
    patterns : sequence of int, one per cell
        Bit set: the preactivation is > 0 in the interior of the cell (linear units: always set).
    maps : sequence of integer tuples of length output_dim * (d + 1), one per cell
        Rows (gradient, offset) of each output, one after the other, over the common `denominator`.
    denominator : int
    generators : sequence of integer tuples of length d + 1
        Vertices (x t, t) with t > 0 and rays (r, 0), without common divisor, each once, modulo `lineality`.
    cells : Ragged
        Generators of each cell (ids).
    facets : Ragged
        Generators of each facet (ids, sorted). The complex is face to face, so a facet is a whole face of each cell
        at it. Facets at infinity are left out.
    facet_cells : ndarray of int64, shape (n_facets, 2)
        The cells at each facet; the second is -1 on the boundary of the domain.
    facet_normals : sequence of integer tuples of length d + 1
        ``(a, b)`` with ``a . x + b == 0`` on the facet and > 0 inside its first cell, without common divisor.
    lineality : tuple of integer tuples of length d + 1
        Reduced echelon basis of the directions (r, 0) along which every cell contains whole lines: it is the same for
        all cells of a network's complex. The generators vanish at the basis' pivots.
    make_near_maps : callable, optional
        Makes the maps of one output in all cells in float64, shape (n_cells, d + 1), and a bound of the error of every entry.
        It is much cheaper than the maps, where these are made when they are asked for.
    make_maps : callable, optional
        Makes what `exact_maps` returns.
    map_residues : callable, optional
        Makes the maps of one output in some cells modulo some number, shape (cells, d + 1): where these differ, the maps do.
    map_parts : callable, optional
        Makes the maps of one output in some cells (in ascending order), rounded: see `RoundedMaps.make`.
    make_places : callable, optional
        Makes floats of vertices and facets, likewise.
    make_vertex_mask : callable, optional
        Makes `vertex_mask`, likewise.
    """

    domain: Polytope
    neurons: Neurons
    patterns: Sequence[int]
    maps: Sequence[Vector]
    denominator: int
    generators: Sequence[Vector]
    cells: Ragged
    facets: Ragged
    facet_cells: Integers
    facet_normals: Sequence[Vector]
    lineality: tuple[Vector, ...]
    make_near_maps: Callable[[int], NearMaps] | None = None
    make_maps: Callable[[Integers, int], list[Vector]] | None = None
    map_residues: Callable[[Integers, int], Integers] | None = None
    map_parts: Callable[[Integers, int], Parts] | None = None
    make_places: Callable[[], Places] | None = None
    make_vertex_mask: Callable[[], NDArray[np.bool_]] | None = None

    @property
    def dim(self) -> int:
        """Dimension of the space."""
        return self.domain.dim

    @property
    def output_dim(self) -> int:
        """Number of outputs of the maps."""
        return len(self.maps[0]) // (self.dim + 1)

    def __len__(self) -> int:
        return len(self.cells)

    def is_vertex(self, generator: int) -> bool:
        """Whether a generator is a point and no ray."""
        return bool(self.vertex_mask[generator])

    @cached_property
    def vertex_mask(self) -> NDArray[np.bool_]:
        """Which generators are points and no rays."""
        if self.domain.is_bounded:
            return np.ones(len(self.generators), dtype=bool)
        if self.make_vertex_mask is not None:
            return self.make_vertex_mask()
        return np.array([v[-1] != 0 for v in self.generators], dtype=bool)

    @cached_property
    def first_cells(self) -> Integers:
        """The first cell at each generator."""
        return self.cells.first_rows(len(self.generators))

    @cached_property
    def n_vertices(self) -> int:
        """Number of vertices; cells that contain whole lines have none."""
        if self.lineality:
            return 0
        return len(self.generators) if self.domain.is_bounded else int(self.vertex_mask.sum())

    def sorted_vertices(self) -> OnDemand[Point]:
        """All vertices in the order of their coordinates, made when one is asked for."""

        def one(i: int) -> Point:
            return self.points([int(self.vertex_order[i])])[0]

        return OnDemand(self.n_vertices, one, lambda: self.points(self.vertex_order.tolist()))

    @cached_property
    def vertex_order(self) -> Integers:
        """The vertices (ids of generators) in the order of their coordinates."""
        return self.places.ascending(np.flatnonzero(self.vertex_mask), self.points)

    def points(self, chosen: Sequence[int]) -> list[Point]:
        """Some of the vertices (ids of generators) as points."""
        return [dehomogenize(v) for v in self.vectors(chosen)]

    @cached_property
    def interior(self) -> Integers:
        """The facets between two cells (ids)."""
        return np.flatnonzero(self.facet_cells[:, 1] >= 0)

    @cached_property
    def places(self) -> Places:
        """Floats of the vertices and walls, with bounds."""
        if self.make_places is not None:
            return self.make_places()
        return Places.of_exact(self.generators, self.facet_normals, self.dim)

    def near_maps(self, output: int) -> NearMaps:
        """The maps of one output in all cells in float64, shape (n_cells, d + 1), and a bound of the error of every entry."""
        if self.make_near_maps is not None:
            near, bound = self.make_near_maps(output)
            if bound < np.inf:
                return near, bound
        high, low, left = self.rounded_maps(np.arange(len(self)), output)
        return high.T, float(np.max(np.abs(low) + left, initial=0)) if np.isfinite(high).all() else np.inf

    def exact_maps(self, cells: Integers, output: int) -> list[Vector]:
        """Gradient and offset of one output in some cells (in ascending order), over `denominator`."""
        if self.make_maps is not None:
            return self.make_maps(cells, output)
        if 2 * len(cells) > len(self):
            every = list(self.output_maps(output))
            return [every[cell] for cell in cells.tolist()]
        return [self.output_map(cell, output) for cell in cells.tolist()]

    def vectors(self, chosen: Sequence[int]) -> list[Vector]:
        """Some of the generators."""
        return taken(self.generators, chosen)

    def rounded_maps(self, cells: Integers, output: int) -> Parts:
        """The parts of one output's maps in some cells, as `RoundedMaps.make` has them."""
        if self.map_parts is not None:
            return self.map_parts(cells, output)
        rows = self.exact_maps(cells, output)
        return rounded_quotients([[(v, self.denominator) for v in column] for column in zip(*rows)])

    @cached_property
    def cell_facets(self) -> Ragged:
        """The facets of each cell (ids)."""
        return facets_of_cells(self.facet_cells, len(self))

    def output_map(self, cell: int, output: int) -> Vector:
        """Gradient and offset of one output in a cell, over `denominator`."""
        n = self.dim + 1
        return tuple(self.maps[cell][output * n : (output + 1) * n])

    def fractions(self, cell: int, output: int) -> Point:
        """The same as Fractions."""
        return tuple([Fraction(v, self.denominator) for v in self.output_map(cell, output)])

    def output_maps(self, output: int) -> Iterator[Vector]:
        """Gradient and offset of one output in every cell, over `denominator`; all at once is cheaper than one by one."""
        n = self.dim + 1
        return (tuple(rows[output * n : (output + 1) * n]) for rows in self.maps)

    def inward(self, facet: int, cell: int) -> Vector:
        """The normal of a facet that is positive inside `cell`."""
        normal = self.facet_normals[facet]
        return tuple(normal) if self.facet_cells[facet, 0] == cell else tuple(-v for v in normal)

    def pattern(self, cell: int) -> Pattern:
        """The pattern of a cell, one tuple of booleans per hidden layer."""
        return self.neurons.pattern(self.patterns[cell])
