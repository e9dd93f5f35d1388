"""Areas and centroids of all regions in the plane as correctly rounded floats, from corners in fixed-point integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pwlin.exact.rational import ExactArray, nearest_quotient
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.planar import turned

_PLACES = 256
"""Binary places of coordinates."""
Sizes = tuple[float | None, ...]
"""Area and centroid."""


def sizes(cells: CellComplex) -> Iterator[Sizes | None]:
    """Area and centroid of each region of a bounded complex in the plane, or None where that many places are too few.

    A region is the polygon of its corners, each rounded downwards by less than one unit. So its area and its moments lie between
    bounds, and where both of these round to one float, that is the right one.
    """
    points = np.array([_fixed(v) for v in cells.vectors(range(len(cells.generators)))], dtype=object)
    starts, ends = points[turned(cells).T]
    cross = starts[:, 0] * ends[:, 1] - ends[:, 0] * starts[:, 1]
    lists = cells.cell_facets
    sign = np.where(cells.facet_cells[lists.ids, 0] == np.repeat(np.arange(len(cells)), lists.lengths()), 1, -1)
    parts = np.column_stack([cross, cross[:, None] * (starts + ends)])[lists.ids] * sign.astype(object)[:, None]
    sums: ExactArray = np.add.reduceat(parts, lists.offsets[:-1], axis=0)  # twice the area, six times the moments
    most = max(map(abs, points.ravel().tolist())) + 1
    for (area, *moments), corners in zip(sums.tolist(), lists.lengths().tolist()):
        off, moved = 4 * most * corners, 12 * most * most * corners
        if area <= off:
            yield None
            continue
        found = [_common((area - off, area + off), (2 << 2 * _PLACES,))]
        for moment in moments:
            units = 3 * (area - off) << _PLACES, 3 * (area + off) << _PLACES
            found.append(_common((moment - moved, moment + moved), units))
        yield None if None in found else tuple(found)


def _common(tops: Sequence[int], bottoms: Sequence[int]) -> float | None:
    """What all quotients round to, if that is one float."""
    floats = {nearest_quotient(p, q) for p in tops for q in bottoms}
    return floats.pop() if len(floats) == 1 else None


def _fixed(vector: tuple[int, ...]) -> list[int]:
    return [(v << _PLACES) // vector[-1] for v in vector[:-1]]
