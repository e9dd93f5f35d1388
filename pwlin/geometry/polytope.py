"""Convex polyhedral domains in R^d, bounded or not, exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import DomainError, ExactnessError, ShapeError
from pwlin.exact.rational import to_fraction, to_fraction_array
from pwlin.exact.rounding import doubt, scaled_form
from pwlin.geometry.cone import Vector, dot, facet_masks, intersect, primitive
from pwlin.geometry.interval import Ends
from pwlin.geometry.linear import rank, reduce_modulo, row_echelon

Point = tuple[Fraction, ...]
ACCEPTED = "None (all of R^d), a list of d pairs such as [(-1, 1), ('1/3', None)], or a pwlin.Polytope"


class HalfSpace(NamedTuple):
    """The half-space ``normal . x <= offset``."""

    normal: Point
    offset: Fraction

    def __contains__(self, point: object) -> bool:
        coordinates = to_fraction_array(point, 1, "point")
        return sum((a * x for a, x in zip(self.normal, coordinates)), Fraction(0)) <= self.offset


@final
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
    def box(sides: Sequence[Any]) -> Polytope:
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
        normals: list[Vector] = []
        for k, side in enumerate(sides):
            low, high = _ends(side, f"domain[{k}]")
            unit = [0] * len(sides)
            for end, sign in ((low, 1), (high, -1)):
                if end is not None:
                    unit[k] = sign * end.denominator
                    normals.append(primitive([*unit, -sign * end.numerator]))
        return Polytope(_dimension(len(sides)), tuple(sorted(normals)))

    @staticmethod
    def from_halfspaces(normals: Any, offsets: Any) -> Polytope:
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
            raise ShapeError(f"offsets: found {len(b)} entries; accepted are {len(a)}, one per row of the normals")
        rows = [_integers([*(-v for v in row), end]) for row, end in zip(a, b)]
        return _from_constraints(_dimension(a.shape[1]), rows)

    @staticmethod
    def from_vertices(points: Any, rays: Any = ()) -> Polytope:
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
            raise DomainError("points: found none; accepted are at least dim + 1")
        d = _dimension(corners.shape[1])
        generators = [_integers([*p, Fraction(1)]) for p in corners]
        if len(rays):
            directions = to_fraction_array(rays, 2, "rays")
            if directions.shape[1] != d:
                raise ShapeError(f"rays: found {directions.shape[1]} coordinate(s); accepted are {d}")
            generators += [_integers([*r, Fraction(0)]) for r in directions]
        if rank(generators, d + 1) <= d:
            raise DomainError(f"points: found all in a hyperplane of R^{d}; accepted are full-dimensional polytopes")
        extreme, _, _ = intersect(generators, d + 1)
        infinity = (0,) * d + (1,)
        return _from_constraints(d, [g.vector for g in extreme if g.vector != infinity])

    @staticmethod
    def simplex(vertices: Any = None, *, dim: int | None = None) -> Polytope:
        """The simplex with d + 1 given vertices, or the standard one (x >= 0, sum x <= 1) of dimension `dim`."""
        if vertices is None:
            if dim is None:
                raise DomainError("simplex: found neither vertices nor dim; accepted is one of them")
            vertices = [[int(i == k) for i in range(dim)] for k in range(-1, _dimension(dim))]
        corners = to_fraction_array(vertices, 2, "vertices")
        if len(corners) != corners.shape[1] + 1:
            raise DomainError(f"vertices: found {len(corners)}; accepted are {corners.shape[1] + 1} for a simplex")
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

    def contains(self, points: Any) -> NDArray[np.bool_]:
        """Whether each of many float points lies in the closed polyhedron; exact, fast where floats can decide.

        Parameters
        ----------
        points : array_like of float, shape (..., dim)

        Returns
        -------
        ndarray of bool, shape (...,)
        """
        x = np.asarray(points, dtype=np.float64)
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

    def homogeneous(self, point: Any) -> Vector:
        """A point as an integer vector (x t, t) with t > 0; checks its dimension."""
        coordinates = to_fraction_array(point, 1, "point")
        if len(coordinates) != self.dim:
            raise ShapeError(f"point: found {len(coordinates)} coordinate(s); accepted are {self.dim}")
        return _integers([*coordinates, Fraction(1)])

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


DomainLike = Polytope | Sequence[Ends | None] | None
"""What `as_polytope` reads; None is all of R^d."""


def as_polytope(domain: object, dim: int) -> Polytope:
    """Read a domain for `dim` inputs: None, a list of pairs (for one input also a bare pair), or a `Polytope`.

    Raises
    ------
    DomainError
        If it is something else, or of another dimension.
    """
    if domain is None:
        return Polytope.whole_space(dim)
    if isinstance(domain, Polytope):
        if domain.dim != dim:
            raise DomainError(f"domain: found a polytope of dimension {domain.dim}; accepted is dimension {dim}")
        return domain
    if isinstance(domain, (str, bytes, dict)) or not hasattr(domain, "__len__"):
        raise DomainError(f"domain: found {domain!r:.80}; accepted are {ACCEPTED}")
    sides = [domain] if dim == 1 and len(domain) == 2 else list(domain)  # type: ignore[call-overload]
    if len(sides) != dim:
        raise DomainError(f"domain: found {len(sides)} interval(s); accepted are {dim}, one per input")
    return Polytope.box(sides)


def halfspace(normal: Vector) -> HalfSpace:
    """The half-space ``a . x + b >= 0`` of an integer normal (a, b), written ``-a . x <= b``."""
    return HalfSpace(tuple(Fraction(-v) for v in normal[:-1]), Fraction(normal[-1]))


def dehomogenize(vector: Sequence[int]) -> Point:
    """The point of a homogeneous vector with last entry > 0."""
    *x, t = vector
    return tuple(Fraction(v, t) for v in x)


def _from_constraints(dim: int, rows: Iterable[Vector]) -> Polytope:
    infinity = (0,) * dim + (1,)
    proper = [r for r in map(primitive, rows) if any(r[:-1]) or r[-1] < 0]
    extreme, lines, used = intersect([infinity, *sorted(set(proper))], dim + 1)
    if not any(g.vector[-1] for g in extreme):
        raise DomainError("domain: found the empty set; accepted are full-dimensional convex polyhedra")
    if rank([g.vector for g in (*extreme, *lines)], dim + 1) <= dim:
        raise DomainError("domain: found a set that lies in a hyperplane; accepted are full-dimensional ones")
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
    if not isinstance(dim, (int, np.integer)) or isinstance(dim, bool) or dim < 1:
        raise DomainError(f"dim: found {dim!r}; accepted are integers from 1")
    return int(dim)


def _ends(side: Any, name: str) -> tuple[Fraction | None, Fraction | None]:
    if side is None:
        return None, None
    if isinstance(side, (str, bytes, dict)) or not hasattr(side, "__len__") or len(side) != 2:
        raise DomainError(f"{name}: found {side!r:.80}; accepted is a pair (low, high) or None")
    low, high = (_end(v, f"{name}[{k}]", open_sign) for k, (v, open_sign) in enumerate(zip(side, (-1, 1))))
    if low is not None and high is not None and low >= high:
        raise DomainError(f"{name}: found low {low} and high {high}; accepted is low < high")
    return low, high


def _end(value: Any, name: str, open_sign: int) -> Fraction | None:
    if value is None or (isinstance(value, (float, np.floating)) and value == open_sign * math.inf):
        return None
    try:
        return to_fraction(value, name)
    except ExactnessError as error:
        raise DomainError(f"{error}; None leaves the side open") from None


def _integers(values: Sequence[Fraction]) -> Vector:
    den = math.lcm(*(v.denominator for v in values))
    return primitive([v.numerator * (den // v.denominator) for v in values])
