"""Regions as sums of cones from the origin to their facets, each counted with the side that the origin is on.

Both regions at a facet count its cone. What they integrate differs there by the difference of the maps' offsets times the
barycentric coordinate of the origin, whose denominators are those of the facet's corners alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from flint import fmpq

from pwlin.base.sequences import Integers
from pwlin.exact.long_fractions import total
from pwlin.functions.cells import volumes
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.cone import dot
from pwlin.geometry.linear import determinant

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def sides(cells: CellComplex, facets: Integers) -> Integers:
    """Whether the origin is on the side of a facet's first region (1), on the other one (-1), or on its hyperplane (0)."""
    places = cells.places
    offset = places.walls[facets, -1]
    found = np.sign(offset).astype(np.int64)
    for k in np.flatnonzero(~(np.abs(offset) > places.errors[facets] + 2.0**-50)).tolist():
        value = cells.facet_normals[int(facets[k])][-1]
        found[k] = (value > 0) - (value < 0)
    return found


def simplices(cells: CellComplex, facet: int) -> Iterator[Sequence[int]]:
    """A triangulation of a bounded facet without new vertices, as generator ids."""
    ids = cells.facets[facet]
    if len(ids) == cells.dim:
        yield ids
    else:
        yield from volumes.facet_simplices(cells, facet)


def integral(f: PiecewiseLinearND) -> Fraction:
    """The integral over a bounded domain.

    Cost: all exact maps and vertices, and a determinant for each simplex of the facets.
    """
    cells, d = f.complex, f.dim
    maps = cells.exact_maps(np.arange(len(cells)), f.output)
    corners = cells.vectors(range(len(cells.generators)))
    facets = np.arange(len(cells.facets))
    origin = (*[0] * d, 1)

    def parts() -> Iterator[fmpq]:
        for facet, side, (first, second) in zip(
            facets.tolist(), sides(cells, facets).tolist(), cells.facet_cells.tolist()
        ):
            jump = maps[first][-1] - maps[second][-1] if second >= 0 else None
            if not side or jump == 0:
                continue
            for simplex in simplices(cells, facet):
                points = [corners[g] for g in simplex]
                size, whole = side * abs(determinant([origin, *points])), math.prod([p[-1] for p in points])
                if jump is not None:
                    yield fmpq(size * jump, whole)
                else:
                    heights = maps[first][-1] * whole + sum(dot(maps[first], p) * (whole // p[-1]) for p in points)
                    yield fmpq(size * heights, whole * whole)

    return total(parts()) / (math.factorial(d + 1) * cells.denominator)
