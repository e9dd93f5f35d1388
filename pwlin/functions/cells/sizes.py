"""Volumes and centroids of all regions as correctly rounded floats, from corners in pairs of floats."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.pairs import Pairs
from pwlin.exact.rounding import Floats, rounded_pairs, rounded_quotients
from pwlin.functions.cells import cones
from pwlin.functions.cells.complex import CellComplex

_BLOCK = 1 << 14
"""So many cones are measured at a time."""


def sizes(cells: CellComplex) -> tuple[Floats, NDArray[np.bool_]]:
    """Volume and centroid of each region of a bounded complex, shape (1 + d, n_regions), and in which all of these are certain.

    Regions are sums of cones from the origin to their facets: what one adds to the region on one side it takes from that on the other.
    """
    d, vectors = cells.dim, cells.vectors(range(len(cells.generators)))
    corners = Pairs.of_parts(rounded_quotients([[(v[k], v[-1]) for v in vectors] for k in range(d)]))
    facets, simplices = _simplices(cells)
    sides = cones.sides(cells, np.arange(len(cells.facets)))[facets].astype(np.float64)
    with np.errstate(all="ignore"):
        blocks = [slice(at, at + _BLOCK) for at in range(0, len(facets), _BLOCK)]
        parts = [_cones([corners[:, ids] for ids in simplices[part].T], sides[part]) for part in blocks]
        sums = _gathered(cells, facets, Pairs(*(np.concatenate(part, axis=1) for part in zip(*map(_arrays, parts)))))
        volume = sums[0].over(Pairs.exactly(np.full(len(cells), float(math.factorial(d)))))
        unit = sums[0] * Pairs.exactly(np.full(len(cells), d + 1.0))
        rounded = [rounded_pairs(*_arrays(p)) for p in [volume, *(moment.over(unit) for moment in sums[1:])]]
        floats = np.stack([high for (high, _, _), _ in rounded])
        sure: NDArray[np.bool_] = np.all([known for _, known in rounded], axis=0)
    return floats, sure


def _arrays(pairs: Pairs) -> tuple[Floats, Floats, Floats]:
    return pairs.high, pairs.low, pairs.off


def _simplices(cells: CellComplex) -> tuple[Integers, Integers]:
    """Simplices that make up the facets: the facet of each, and its corners, shape (n, d)."""
    if len(cells.facets.ids) == cells.dim * len(cells.facets):
        return np.arange(len(cells.facets)), cells.facets.ids.reshape(-1, cells.dim).astype(np.int64)
    found = [list(cones.simplices(cells, facet)) for facet in range(len(cells.facets))]
    return np.repeat(np.arange(len(found)), list(map(len, found))), np.array([s for some in found for s in some])


def _cones(corners: list[Pairs], sides: Floats) -> Pairs:
    """Volumes times d! of cones to simplices, as the regions on their left count them, and moments times (d + 1)!; shape (1 + d, n)."""
    size = _determinant(corners)
    turn = np.where(size.high < 0, -sides, sides)
    size = Pairs(turn * size.high, turn * size.low, np.abs(turn) * size.off)
    total = corners[0]
    for corner in corners[1:]:
        total = total + corner
    moments = total * size
    return Pairs(*(np.vstack(part) for part in zip(_arrays(size), _arrays(moments))))


def _determinant(rows: list[Pairs]) -> Pairs:
    """By minors of the first rows, of which each is made once."""
    minors = {1 << c: entry for c, entry in enumerate(rows[0])}
    for row in rows[1:]:
        longer: dict[int, Pairs] = {}
        for columns, minor in minors.items():
            for c, entry in enumerate(row):
                if not columns >> c & 1:
                    term = entry * minor if (columns >> c).bit_count() % 2 == 0 else -(entry * minor)
                    both = columns | 1 << c
                    longer[both] = longer[both] + term if both in longer else term
        minors = longer
    (found,) = minors.values()
    return found


def _gathered(cells: CellComplex, facets: Integers, parts: Pairs) -> Pairs:
    """Sums over the regions at each facet: the first one adds, the other one takes away."""
    owners = cells.facet_cells[facets]
    cone, side = np.nonzero(owners >= 0)
    order = np.argsort(owners[cone, side], kind="stable")
    cone, signs = cone[order], np.where(side[order], -1.0, 1.0)
    lengths = np.bincount(owners[owners >= 0], minlength=len(cells))
    starts, sums = np.cumsum(lengths) - lengths, Pairs.exactly(np.zeros((1 + cells.dim, len(cells))))
    for place in range(int(lengths.max())):
        longer = np.flatnonzero(lengths > place)
        at = starts[longer] + place
        more = parts[:, cone[at]]
        total = sums[:, longer] + Pairs(signs[at] * more.high, signs[at] * more.low, more.off)
        for mine, new in zip(_arrays(sums), _arrays(total)):
            mine[:, longer] = new
    return sums
