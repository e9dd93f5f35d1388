"""Exact vertices and normals of the domain as floats, with bounds of what they lose."""

from __future__ import annotations

import numpy as np

from pwlin.extraction.kernel.compiled import Floats
from pwlin.extraction.kernel.error_bounds import EXACT_LIMIT, ROUNDOFF
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Polytope


def walls_of(domain: Polytope) -> tuple[Vector, ...]:
    """The normals of a domain's facets, the one at infinity last if it is unbounded."""
    return domain.normals if domain.is_bounded else (*domain.normals, (*[0] * domain.dim, 1))


def rounded_normal(normal: Vector, beta: float) -> tuple[Floats, float]:
    """A facet of the domain as floats of size about one, and a bound of the error."""
    d = len(normal) - 1
    shift = max(abs(v) for v in normal).bit_length()
    row = np.array([_ratio(v, 1 << shift) for v in normal])
    size = beta * np.abs(row[:d]).sum() + abs(row[d])
    return row, float(4 * ROUNDOFF * size)


def rounded_vertex(vector: Vector, beta: float) -> tuple[Floats, float, float]:
    """A vertex or ray as floats, with its radius and scale (see `Mesh`).

    Its own integers with radius 0 if they are small; else its coordinates rounded, or, far out, a multiple of scale 1.
    """
    side, largest = int(beta), max(abs(v) for v in vector[:-1])
    if max(largest, vector[-1]) <= EXACT_LIMIT:
        far = largest > side * vector[-1]
        return np.array(vector, dtype=np.float64), 0.0, largest / beta if far else vector[-1]
    common = max(largest, side * vector[-1])
    point = [_ratio(v * side, common) for v in vector[:-1]]
    weight = _ratio(vector[-1] * side, common)
    return np.array([*point, weight or 2.0**-1074 * bool(vector[-1])]), 2 * ROUNDOFF * beta, 1.0  # only a ray's is 0


def _ratio(a: int, b: int) -> float:
    return a / b
