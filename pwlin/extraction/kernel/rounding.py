"""Exact vertices and normals of the domain as floats, with bounds of what they lose."""

from __future__ import annotations

from pwlin.extraction.kernel.error_bounds import EXACT_LIMIT, ROUNDOFF
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Polytope


def walls_of(domain: Polytope) -> tuple[Vector, ...]:
    """The normals of a domain's facets, the one at infinity last if it is unbounded."""
    return domain.normals if domain.is_bounded else (*domain.normals, (*[0] * domain.dim, 1))


def rounded_normal(normal: Vector, beta: float) -> tuple[list[float], float]:
    """A facet of the domain as floats of size about one, and a bound of the error."""
    unit = 1 << max(map(abs, normal)).bit_length()
    *a, b = [v / unit for v in normal]
    return [*a, b], 4 * ROUNDOFF * (beta * sum(map(abs, a)) + abs(b))


def rounded_vertex(vector: Vector, beta: float) -> tuple[list[float], float, float]:
    """A vertex or ray as floats, with its radius and scale (see `Mesh`).

    Its own integers with radius 0 if they are small; else its coordinates rounded, or, far out, a multiple of scale 1.
    """
    side, largest = int(beta), max(map(abs, vector[:-1]))
    if max(largest, vector[-1]) <= EXACT_LIMIT:
        far = largest > side * vector[-1]
        return list(map(float, vector)), 0.0, largest / beta if far else vector[-1]
    common = max(largest, side * vector[-1])
    *point, weight = [v * side / common for v in vector]
    return [*point, weight or 2.0**-1074 * bool(vector[-1])], 2 * ROUNDOFF * beta, 1.0  # only a ray's is 0
