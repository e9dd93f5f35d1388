"""Regions and facets of a function on a complex: records that look into its arrays."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, final

from pwlin.functions.cells import volumes
from pwlin.functions.cells.faces import polygon_order
from pwlin.functions.cells.records import Direction, Neighbor
from pwlin.functions.flips import Flip, jump_parts
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import HalfSpace, Point, Polytope, dehomogenize, halfspace
from pwlin.networks.neurons import Pattern

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


@dataclass(frozen=True, eq=False)
class _View:
    function: PiecewiseLinearND
    index: int

    @property
    def _corners(self) -> list[Vector]:
        """The homogeneous vectors of its generators."""
        raise NotImplementedError

    @property
    def _key(self) -> tuple[object, ...]:
        raise NotImplementedError

    @cached_property
    def vertices(self) -> tuple[Point, ...]:
        """The vertices, sorted; those of a bounded region in the plane counterclockwise.

        What contains whole lines has no vertices; then these are points, one on each of its least faces.
        """
        return tuple(sorted(dehomogenize(v) for v in self._corners if v[-1]))

    @cached_property
    def rays(self) -> tuple[Direction, ...]:
        """Directions of the extreme rays, as integers without common divisor; empty for what is bounded."""
        return tuple(sorted(tuple(v[:-1]) for v in self._corners if not v[-1]))

    @property
    def lines(self) -> tuple[Direction, ...]:
        """A basis of the directions of the lines in it (the same for all regions and facets); mostly empty."""
        return tuple(v[:-1] for v in self.function.complex.lineality)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._key == other._key)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._key)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Region(_View):
    """A full-dimensional closed cell with one activation pattern and one affine map. Everything in it is exact."""

    @cached_property
    def pattern(self) -> Pattern:
        """Which neurons are active inside, one tuple of booleans per hidden layer."""
        return self.function.complex.pattern(self.index)

    @property
    def gradient(self) -> Point:
        """The gradient of the function on the region."""
        return self.function.affine_map(self.index)[0]

    @property
    def offset(self) -> Fraction:
        """The function is ``gradient . x + offset`` on the region."""
        return self.function.affine_map(self.index)[1]

    @property
    def _corners(self) -> list[Vector]:
        cells = self.function.complex
        return [cells.generators[g] for g in cells.cells[self.index]]

    @cached_property
    def vertices(self) -> tuple[Point, ...]:
        cells = self.function.complex
        if cells.dim == 2 and self.is_bounded:
            return tuple(dehomogenize(cells.generators[g]) for g in polygon_order(cells, self.index))
        return super().vertices

    @cached_property
    def halfspaces(self) -> tuple[HalfSpace, ...]:
        """The half-spaces whose intersection it is, none redundant: one for each facet, in the order of `facets`."""
        cells = self.function.complex
        return tuple(halfspace(cells.inward(f, self.index)) for f in cells.cell_facets[self.index])

    @property
    def facets(self) -> tuple[int, ...]:
        """Indices of its facets."""
        return tuple(self.function.complex.cell_facets[self.index])

    @property
    def polytope(self) -> Polytope:
        """The region as a domain."""
        cells = self.function.complex
        normals = sorted(cells.inward(f, self.index) for f in cells.cell_facets[self.index])
        return Polytope(cells.dim, tuple(normals))

    @property
    def is_bounded(self) -> bool:
        """Whether it is a polytope."""
        return volumes.is_bounded(self.function.complex, self.index)

    @property
    def volume(self) -> Fraction | float:
        """The volume (in the plane: area), a Fraction; ``math.inf`` for an unbounded region."""
        return self.function.measures.volumes[self.index]

    @property
    def centroid(self) -> Point | None:
        """The centre of mass; None for an unbounded region."""
        return self.function.measures.centroids[self.index]

    @cached_property
    def neighbors(self) -> tuple[Neighbor, ...]:
        """The regions that share a facet with it, with that facet and the neurons that flip there."""
        cells = self.function.complex
        out = []
        for f in cells.cell_facets[self.index]:
            a, b = cells.facet_cells[f].tolist()
            if b >= 0:
                flips = cells.neurons.among(cells.patterns[a] ^ cells.patterns[b])
                out.append(Neighbor(b if a == self.index else a, f, flips))
        return tuple(out)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.pattern, self.gradient, self.offset, self.polytope

    def __contains__(self, point: object) -> bool:
        return point in self.polytope

    def __repr__(self) -> str:
        kind = "" if self.is_bounded else ", unbounded"
        return f"Region({self.index}, {len(self.facets)} facets{kind})"


@final
@dataclass(frozen=True, eq=False, repr=False)
class Facet(_View):
    """A face of codimension 1: between two regions, or on the boundary of the domain. Everything in it is exact."""

    @property
    def regions(self) -> tuple[int, ...]:
        """Indices of the two regions at it, or of the one if it lies on the boundary of the domain."""
        return tuple(c for c in self.function.complex.facet_cells[self.index].tolist() if c >= 0)

    @property
    def is_boundary(self) -> bool:
        """Whether it lies on the boundary of the domain."""
        return len(self.regions) == 1

    @property
    def _corners(self) -> list[Vector]:
        cells = self.function.complex
        return [cells.generators[g] for g in cells.facets[self.index]]

    @property
    def halfspace(self) -> HalfSpace:
        """The half-space ``normal . x <= offset`` that holds the first region; equality on the facet."""
        return halfspace(self.function.complex.facet_normals[self.index])

    @cached_property
    def neurons(self) -> tuple[tuple[int, int], ...]:
        """The neurons (layer, index) that flip across it; several if they coincide, none on the boundary."""
        if self.is_boundary:
            return ()
        patterns = self.function.complex.patterns
        a, b = self.regions
        return self.function.complex.neurons.among(patterns[a] ^ patterns[b])

    @cached_property
    def jump(self) -> Point:
        """Gradient on the second region minus gradient on the first; zeros on the boundary of the domain."""
        if self.is_boundary:
            return (Fraction(0),) * self.function.dim
        before, after = (self.function.affine_map(r)[0] for r in self.regions)
        return tuple(q - p for p, q in zip(before, after))

    @property
    def is_kink(self) -> bool:
        """Whether the gradient jumps across it."""
        return any(self.jump)

    @cached_property
    def flips(self) -> tuple[Flip[Point], ...]:
        """The neurons that flip with each one's part of the jump; the parts add up to `jump`."""
        if len(self.neurons) == 1:
            return (Flip(*self.neurons[0], self.jump),)
        if self.is_boundary:
            return ()
        cells = self.function.complex
        before, after = (cells.neurons.arrays([cells.patterns[r]]) for r in self.regions)
        (parts,) = jump_parts(self.function.network, before, after)
        return tuple(Flip(*n, parts[n]) for n in self.neurons)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.vertices, self.rays, self.lines, frozenset(self.neurons), self.halfspace

    def __repr__(self) -> str:
        kind = "boundary" if self.is_boundary else "kink" if self.is_kink else "silent"
        return f"Facet({self.index}, {kind}, regions {self.regions}, neurons {self.neurons})"
