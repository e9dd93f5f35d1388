"""The integral of a function of two variables, exact, as a sum over the vertices at which kinks bend or end.

On a region F is affine, and its integral is that of ``H dy`` around it, where H is the integral of F by x. Both regions at a facet
have the same values there, so that what they leave of H is half the jump of the slope by x times x^2. On the line
``a x + b y + c = 0`` the integral of ``x^2 dy`` is ``-a x^3 / 3 b`` at one end less that at the other, or ``x^2 y`` if b is 0. Where kinks
go straight on, parts cancel before a coordinate is needed; the other vertices are where the differences of the maps around them vanish.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from flint import fmpq

from pwlin.base.sequences import Integers
from pwlin.exact.long_fractions import total
from pwlin.geometry.cone import Vector, dot

if TYPE_CHECKING:
    from pwlin.functions.cells.complex import CellComplex
    from pwlin.functions.cells.function import PiecewiseLinearND

Place = tuple[fmpq, fmpq]
Lines = dict[int, list[Vector]]
"""Normals of lines through some vertices."""


def integral(f: PiecewiseLinearND) -> Fraction:
    """The integral over a bounded domain.

    Cost: the exact maps of all regions, some rational operations per facet, and the sum of as many long fractions as there are vertices.
    """
    cells = f.complex
    maps = cells.exact_maps(np.arange(len(cells)), f.output)
    ends = turned(cells)
    inside = cells.facet_cells[:, 1] >= 0
    outer = np.flatnonzero(~inside).tolist()
    lines: Lines = {}
    for facet in outer:
        for vertex in ends[facet].tolist():
            lines.setdefault(vertex, []).append(cells.facet_normals[facet])
    cubes, products = _bent(maps, cells.facet_cells[inside].tolist(), ends[inside].tolist(), lines)
    places = _places(cells, sorted({*cubes, *products, *ends[outer].ravel().tolist()}), lines)
    terms = [factor * places[vertex][0] ** 3 for vertex, factor in cubes.items()]
    for vertex, factor in products.items():
        x, y = places[vertex]
        terms.append(x * x * y * factor / 2)
    for facet in outer:
        start, end = ends[facet].tolist()
        terms.append(_along(maps[int(cells.facet_cells[facet, 0])], places[start], places[end]))
    return total(terms) / cells.denominator


def _bent(
    maps: list[Vector], sides: list[list[int]], ends: list[list[int]], lines: Lines
) -> tuple[dict[int, fmpq], dict[int, int]]:
    """What x^3, and x^2 y / 2, at vertices are multiplied with, from facets between regions; zeros are left out.

    Adds the lines of kinks.
    """
    cubes: dict[int, fmpq] = {}
    products: dict[int, int] = {}
    for (first, second), (start, end) in zip(sides, ends):
        (a, b, c), (p, q, r) = maps[first], maps[second]
        a, b, c = jump = a - p, b - q, c - r
        if not any(jump):
            continue
        lines.setdefault(start, []).append(jump)
        lines.setdefault(end, []).append(jump)
        if a and b:
            part = fmpq(a * a, 6 * b)
            cubes[end] = cubes[end] + part if end in cubes else part
            cubes[start] = cubes[start] - part if start in cubes else -part
        elif a:
            products[end] = products.get(end, 0) - a
            products[start] = products.get(start, 0) + a
    return {k: v for k, v in cubes.items() if v}, {k: v for k, v in products.items() if v}


def _places(cells: CellComplex, chosen: list[int], lines: Lines) -> dict[int, Place]:
    """Coordinates of vertices, from two lines that are not parallel; where what ends at the boundary is no kink, there are none."""
    found: dict[int, Place] = {}
    others = []
    for vertex in chosen:
        (a, b, c), *rest = lines[vertex]
        for p, q, r in rest:
            if t := a * q - b * p:
                found[vertex] = fmpq(b * r - c * q, t), fmpq(c * p - a * r, t)
                break
        else:
            others.append(vertex)
    return found | {vertex: (fmpq(x, t), fmpq(y, t)) for vertex, (x, y, t) in zip(others, cells.vectors(others))}


def _along(row: Vector, start: Place, end: Place) -> fmpq:
    """The integral of ``H dy`` on a way."""
    (x, y), (u, v), (a, b, c) = start, end, row
    middle = (x + u) / 2, (y + v) / 2
    first, half, last = (p * (a * p / 2 + b * q + c) for p, q in (start, middle, end))
    return (v - y) * (first + 4 * half + last) / 6  # Simpson's rule: H is a polynomial of degree 2


def turned(cells: CellComplex) -> Integers:
    """The ends of each facet, its first cell on the left."""
    places, ends = cells.places, cells.facets.ids.reshape(-1, 2)
    points, radius = places.points[ends], places.radius[ends].sum(axis=1)
    a, b = places.walls[:, 0], places.walls[:, 1]
    steep = np.abs(a) >= np.abs(b)
    with np.errstate(invalid="ignore"):
        along = points[:, 1] - points[:, 0]
        rounding = 2.0**-52 * np.abs(points).sum(axis=(1, 2))
        forward = np.where(steep, along[:, 1] * np.sign(-a), along[:, 0] * np.sign(b))
        sure = (np.abs(forward) > radius + rounding) & (places.errors < 0.25)
    for facet in np.flatnonzero(~sure).tolist():
        p, q = cells.vectors(ends[facet].tolist())
        n, m, _ = cells.facet_normals[facet]
        forward[facet] = 1 if dot((-m, n), _from(p, q)) < 0 else -1
    return np.where((forward > 0)[:, None], ends, ends[:, ::-1])


def _from(start: Vector, end: Vector) -> Vector:
    """A positive multiple of the way from one point to another."""
    return tuple([v * start[-1] - u * end[-1] for u, v in zip(start[:-1], end[:-1])])
