"""Convex polyhedral domains in R^d, bounded or not, exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import items, refusal, whole
from pwlin.base.doors import doors
from pwlin.base.errors import DomainError, ShapeError
from pwlin.exact.arrays import to_floats
from pwlin.exact.rational import to_fraction_array
from pwlin.exact.rounding import doubt, scaled_form
from pwlin.exact.text import brief, field
from pwlin.geometry.cone import Vector, dot, facet_masks, intersect, primitive
from pwlin.geometry.interval import Interval
from pwlin.geometry.linear import rank, reduce_modulo, row_echelon

Point = tuple[Fraction, ...]
_FULL = "full-dimensional convex polyhedra"


class HalfSpace(NamedTuple):
    """The half-space ``normal . x <= offset``."""

    normal: Point
    offset: Fraction

    def __contains__(self, point: object) -> bool:
        coordinates = to_fraction_array(point, 1, "point")
        return sum((a * x for a, x in zip(self.normal, coordinates)), Fraction(0)) <= self.offset

    def __repr__(self) -> str:
        return f"HalfSpace(normal=({', '.join(map(brief, self.normal))}), {field('offset', self.offset)})"


@final
@doors
@dataclass(frozen=True)
class Polytope:
    """A closed full-dimensional convex polyhedron, by its facets; it may be unbounded.

    Build one with `box`, `from_halfspaces`, `from_vertices`, `simplex` or `whole_space`.

    Attributes
    ----------
    dim : int
    normals : tuple of integer tuples of length dim + 1, sorted
        One per facet and none redundant: ``(a, b)`` stands for ``a . x + b >= 0``, without common divisor.
        They determine the polyhedron and are determined by it, so equality and hash are those of point sets.

    Examples
    --------
    >>> square = Polytope.box([(-1, 1), (0, "1/3")])
    >>> square.vertices[0], square == Polytope.from_vertices(square.vertices)
    ((Fraction(-1, 1), Fraction(0, 1)), True)
    """

    dim: int
    normals: tuple[Vector, ...]

    # -- constructors -----------------------------------------------------------------------------

    @staticmethod
    def whole_space(dim: int) -> Polytope:
        """All of R^dim."""
        return Polytope(_dimension(dim), ())

    @staticmethod
    def box(sides: Sequence[object]) -> Polytope:
        """The product of intervals.

        Parameters
        ----------
        sides : sequence of pairs (low, high), or None for a whole axis
            Ends: anything `to_fraction` takes; None and infinities leave that side open.

        Raises
        ------
        DomainError
            If a pair is no pair, or reversed, or of length zero.
        """
        sides = items(sides, "domain", "is a list of pairs", DomainError)
        normals: list[Vector] = []
        for k, side in enumerate(sides):
            interval = Interval.parse(side, f"domain[{k}]")
            unit = [0] * len(sides)
            for end, sign in ((interval.left, 1), (interval.right, -1)):
                if end is not None:
                    unit[k] = sign * end.denominator
                    normals.append(primitive([*unit, -sign * end.numerator]))
        return Polytope(_dimension(len(sides)), tuple(sorted(normals)))

    @staticmethod
    def from_halfspaces(normals: object, offsets: object) -> Polytope:
        """The points x with ``normals @ x <= offsets``; redundant half-spaces are dropped.

        Parameters
        ----------
        normals : array_like, shape (m, d), of numbers as in `to_fraction`
        offsets : array_like, shape (m,)

        Raises
        ------
        DomainError
            If the points are none, or lie in a hyperplane.
        """
        a, b = to_fraction_array(normals, 2, "normals"), to_fraction_array(offsets, 1, "offsets")
        if len(a) != len(b):
            raise refusal("offsets", f"{len(b)} entries", f"are {len(a)}, one per row of the normals", ShapeError)
        rows = [_integers([*(-v for v in row), end]) for row, end in zip(a, b)]
        return _from_constraints(_dimension(a.shape[1]), rows)

    @staticmethod
    def from_vertices(points: object, rays: object = ()) -> Polytope:
        """The convex hull of points, plus the cone of `rays` if any; points inside may be among them.

        Parameters
        ----------
        points : array_like, shape (n, d)
        rays : array_like, shape (m, d)

        Raises
        ------
        DomainError
            If all points lie in a hyperplane.
        """
        corners = to_fraction_array(points, 2, "points")
        if not len(corners):
            raise refusal("points", "none", "are at least dim + 1", DomainError)
        d = _dimension(corners.shape[1])
        generators = [homogenize(p) for p in corners]
        if len(given := items(rays, "rays", "are vectors", DomainError)):
            directions = to_fraction_array(given, 2, "rays")
            if directions.shape[1] != d:
                raise refusal("rays", f"{directions.shape[1]} coordinate(s)", f"are {d}", ShapeError)
            generators += [_integers([*r, Fraction(0)]) for r in directions]
        if rank(generators, d + 1) <= d:
            raise refusal("points", f"all in a hyperplane of R^{d}", "are full-dimensional polytopes", DomainError)
        extreme, _, _ = intersect(generators, d + 1)
        infinity = (0,) * d + (1,)
        return _from_constraints(d, [g.vector for g in extreme if g.vector != infinity])

    @staticmethod
    def simplex(vertices: object = None, *, dim: int | None = None) -> Polytope:
        """The simplex with d + 1 given vertices, or the standard one (x >= 0, sum x <= 1) of dimension `dim`."""
        if vertices is None:
            if dim is None:
                raise refusal("simplex", "neither vertices nor dim", "is one of them", DomainError)
            vertices = [[int(i == k) for i in range(dim)] for k in range(-1, _dimension(dim))]
        corners = to_fraction_array(vertices, 2, "vertices")
        if len(corners) != corners.shape[1] + 1:
            raise refusal("vertices", str(len(corners)), f"are {corners.shape[1] + 1} for a simplex", DomainError)
        return Polytope.from_vertices(corners)

    # -- what it is -------------------------------------------------------------------------------

    @cached_property
    def generators(self) -> tuple[tuple[Vector, ...], tuple[Vector, ...]]:
        """Homogeneous integer generators: (extreme rays of the cone over the polyhedron, basis of its lineality)."""
        corners = _corners_of_box(self.dim, self.normals)
        if corners:
            return corners, ()
        extreme, lines, _ = intersect([(0,) * self.dim + (1,), *self.normals], self.dim + 1)
        basis, pivots = row_echelon([g.vector for g in lines], self.dim + 1)
        return tuple(sorted(reduce_modulo(g.vector, basis, pivots) for g in extreme)), tuple(basis)

    @cached_property
    def vertices(self) -> tuple[Point, ...]:
        """The vertices, sorted; none if the polyhedron contains a line."""
        extreme, lines = self.generators
        return () if lines else tuple(sorted(dehomogenize(g) for g in extreme if g[-1]))

    @cached_property
    def rays(self) -> tuple[Point, ...]:
        """Directions of the extreme rays (integers without common divisor), modulo `lines`."""
        return tuple(sorted(tuple(map(Fraction, g[:-1])) for g in self.generators[0] if not g[-1]))

    @cached_property
    def lines(self) -> tuple[Point, ...]:
        """A basis of the directions in which the polyhedron contains whole lines."""
        return tuple(tuple(map(Fraction, g[:-1])) for g in self.generators[1])

    @property
    def halfspaces(self) -> tuple[HalfSpace, ...]:
        """The half-spaces, none redundant."""
        return tuple(halfspace(n) for n in self.normals)

    @cached_property
    def is_bounded(self) -> bool:
        """Whether it is a polytope."""
        extreme, lines = self.generators
        return not lines and all(g[-1] for g in extreme)

    def __contains__(self, point: object) -> bool:
        """Whether a point lies in the closed polyhedron; exact."""
        p = self.homogeneous(point)
        return all(dot(n, p) >= 0 for n in self.normals)

    def contains(self, points: object) -> NDArray[np.bool_]:
        """Whether each of many float points lies in the closed polyhedron; exact, fast where floats can decide.

        Parameters
        ----------
        points : array_like of float, shape (..., dim)

        Returns
        -------
        ndarray of bool, shape (...,)
        """
        x = to_floats(points, "points")
        if x.ndim == 0 or x.shape[-1] != self.dim:
            raise refusal("points", f"shape {x.shape}", f"is (..., {self.dim})", ShapeError)
        flat = x.reshape(-1, self.dim)
        inside: NDArray[np.bool_] = np.all(np.isfinite(flat), axis=1)
        unsure: NDArray[np.bool_] = np.zeros(len(flat), dtype=np.bool_)
        with np.errstate(over="ignore", invalid="ignore"):
            size = np.abs(flat).sum(axis=1)
            for normal in self.normals:
                *a, b = scaled_form(normal)
                value = flat @ np.array(a) + b
                bound = doubt(size, np.abs(b), self.dim)
                inside &= ~(value < -bound)
                unsure |= ~(np.abs(value) > bound)
        for k in np.flatnonzero(inside & unsure):
            inside[k] = flat[k].tolist() in self
        return inside.reshape(x.shape[:-1])

    def homogeneous(self, point: object) -> Vector:
        """A point as an integer vector (x t, t) with t > 0; checks its dimension."""
        coordinates = to_fraction_array(point, 1, "point")
        if len(coordinates) != self.dim:
            raise refusal("point", f"{len(coordinates)} coordinate(s)", f"are {self.dim}", ShapeError)
        return homogenize(coordinates.tolist())

    def interior_point(self) -> Point:
        """Some rational point in the interior; the same for equal polyhedra."""
        extreme, _ = self.generators
        corners = [dehomogenize(g) for g in extreme if g[-1]]
        total = [sum(c, Fraction(0)) / len(corners) for c in zip(*corners)]
        for g in extreme:
            if not g[-1]:
                total = [x + r for x, r in zip(total, g)]
        return tuple(total)

    def __repr__(self) -> str:
        if not self.normals:
            return f"Polytope(R^{self.dim})"
        kind = "" if self.is_bounded else ", unbounded"
        return f"Polytope(dim={self.dim}, {len(self.normals)} facets, {len(self.vertices)} vertices{kind})"


def halfspace(normal: Vector) -> HalfSpace:
    """The half-space ``a . x + b >= 0`` of an integer normal (a, b), written ``-a . x <= b``."""
    return HalfSpace(tuple(Fraction(-v) for v in normal[:-1]), Fraction(normal[-1]))


def homogenize(point: Sequence[Fraction]) -> Vector:
    """The primitive integer vector of a point, with last entry > 0."""
    return _integers([*point, Fraction(1)])


def dehomogenize(vector: Sequence[int]) -> Point:
    """The point of a homogeneous vector with last entry > 0."""
    *x, t = vector
    return tuple(Fraction(v, t) for v in x)


def _from_constraints(dim: int, rows: Iterable[Vector]) -> Polytope:
    infinity = (0,) * dim + (1,)
    proper = [r for r in map(primitive, rows) if any(r[:-1]) or r[-1] < 0]
    extreme, lines, used = intersect([infinity, *sorted(set(proper))], dim + 1)
    if not any(g.vector[-1] for g in extreme):
        raise refusal("domain", "the empty set", f"are {_FULL}", DomainError)
    if rank([g.vector for g in (*extreme, *lines)], dim + 1) <= dim:
        raise refusal("domain", "a set that lies in a hyperplane", f"are {_FULL}", DomainError)
    facets = [used[c] for c, _ in facet_masks(extreme, len(used))]
    return Polytope(dim, tuple(sorted(n for n in facets if n != infinity)))


def _corners_of_box(dim: int, normals: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """The sorted corners, homogeneous, if these are the normals of a bounded box; else none."""
    ends: dict[tuple[int, bool], tuple[int, int]] = {}
    for normal in normals:
        axes = [k for k in range(dim) if normal[k]]
        if len(axes) != 1:
            return ()
        a, b = normal[axes[0]], normal[dim]
        ends[axes[0], a > 0] = (-b, a) if a > 0 else (b, -a)
    if len(ends) < 2 * dim:
        return ()
    common = math.lcm(*[den for _, den in ends.values()])
    sides = [[ends[k, low][0] * (common // ends[k, low][1]) for low in (True, False)] for k in range(dim)]
    return tuple(sorted([primitive((*corner, common)) for corner in product(*sides)]))


def _dimension(dim: int) -> int:
    return whole(dim, "dim", 1, error=DomainError)


def _integers(values: Sequence[Fraction]) -> Vector:
    den = math.lcm(*(v.denominator for v in values))
    return primitive([v.numerator * (den // v.denominator) for v in values])
