"""Areas and centroids of all regions in the plane as correctly rounded floats, from corners in pairs of floats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.pairs import Pairs
from pwlin.exact.rounding import Floats, rounded_pairs, rounded_quotients
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.planar import turned


def sizes(cells: CellComplex) -> tuple[Floats, NDArray[np.bool_]]:
    """Area and centroid of each region of a bounded complex in the plane, shape (3, n_regions), and in which all three are certain.

    A facet adds to the region on its left what it takes from the one on its right.
    """
    vectors, ends = cells.vectors(range(len(cells.generators))), turned(cells).T
    corners = Pairs.of_parts(rounded_quotients([[(v[k], v[-1]) for v in vectors] for k in range(2)]))
    lists, lengths = cells.cell_facets, cells.cell_facets.lengths()
    with np.errstate(all="ignore"):
        starts, stops = (corners[:, end] for end in ends)
        (x, y), (u, v) = starts, stops
        cross = x * v - u * y
        parts = [cross, *(cross * both for both in starts + stops)]
        sums = Pairs.exactly(np.zeros((3, len(cells))))  # twice the area, six times the moments
        for place in range(int(lengths.max())):
            longer = np.flatnonzero(lengths > place)
            facets = lists.ids[lists.offsets[longer] + place]
            signs = np.where(cells.facet_cells[facets, 0] == longer, 1.0, -1.0)
            more = [Pairs(signs * p.high[facets], signs * p.low[facets], p.off[facets]) for p in parts]
            total = sums[:, longer] + Pairs(
                *(np.stack([getattr(p, part) for p in more]) for part in ("high", "low", "off"))
            )
            sums.high[:, longer], sums.low[:, longer], sums.off[:, longer] = total.high, total.low, total.off
        area, third = sums[0], Pairs.exactly(np.full(len(cells), 3.0))
        half = Pairs(area.high / 2, area.low / 2, area.off / 2)
        found = [half, *(sums[1 + k].over(third * area) for k in range(2))]
        rounded = [rounded_pairs(p.high, p.low, p.off) for p in found]
        floats = np.stack([high for (high, _, _), _ in rounded])
        sure: NDArray[np.bool_] = np.all([known for _, known in rounded], axis=0)
    return floats, sure
