"""Exact vertices and normals of the domain as floats, with bounds of what they lose."""

from __future__ import annotations

import numpy as np

from pwlin.extraction.kernel.compiled import Floats
from pwlin.extraction.kernel.scaling import EXACT_LIMIT, ROUNDOFF
from pwlin.geometry.cone import Vector


def rounded_normal(normal: Vector, beta: float) -> tuple[Floats, float]:
    """A facet of the domain as floats of size about one, and a bound of the error."""
    d = len(normal) - 1
    shift = max(abs(v) for v in normal).bit_length()
    row = np.array([_ratio(v, 1 << shift) for v in normal])
    size = beta * np.abs(row[:d]).sum() + abs(row[d])
    return row, float(4 * ROUNDOFF * size)


def rounded_vertex(vector: Vector, beta: float) -> tuple[Floats, float]:
    """A vertex as floats: its own integers with radius 0 if they are small, else its rounded coordinates."""
    if max(abs(v) for v in vector) <= EXACT_LIMIT:
        return np.array(vector, dtype=np.float64), 0.0
    point = [_ratio(v, vector[-1]) for v in vector[:-1]]
    return np.array([*point, 1.0]), 2 * ROUNDOFF * beta


def _ratio(a: int, b: int) -> float:
    return a / b
