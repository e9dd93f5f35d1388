"""Where the corners of a complex in the plane are, in pairs of floats with bounds.

Two jumps of the maps cross at nearly every corner, and tell where it is far more closely than the floats of the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.pairs import Pairs
from pwlin.exact.rounding import Floats, rounded_quotients
from pwlin.functions.cells.planar import turned

if TYPE_CHECKING:
    from pwlin.functions.cells.complex import CellComplex
    from pwlin.functions.cells.function import PiecewiseLinearND

Bools = NDArray[np.bool_]
_MANY = 1 << 17
"""Sums over regions are made at once up to about so many bits of maps."""
_CLOSE = 2.0**-44
"""Corners that are known to less are made exactly."""


def is_long(f: PiecewiseLinearND) -> bool:
    """Whether exact sums over all regions have so many digits that they should wait until they are asked for."""
    return f.n_regions * f.complex.denominator.bit_length() > _MANY


@final
@dataclass(frozen=True, eq=False)
class NearPlane:
    """A function on a bounded complex in the plane, in pairs of floats.

    Attributes
    ----------
    maps : Pairs, shape (3, n_regions + 1)
        Gradient and offset of each region, and then zero, as it is outside.
    ends : ndarray of int64, shape (n_facets, 2)
        The corners of each facet, its first cell on the left.
    corners : Pairs, shape (2, n_corners)
        Some points near the corners; for those on the boundary of the domain as near as pairs can be.
    radius : ndarray, shape (n_corners,)
        Every coordinate of a corner is that close to its point's.
    """

    maps: Pairs
    ends: Integers
    corners: Pairs
    radius: Floats

    @staticmethod
    def of(f: PiecewiseLinearND) -> NearPlane:
        """Cost: near maps of all regions, and some hundred float operations for each facet and corner."""
        cells = f.complex
        parts = Pairs.of_parts(cells.rounded_maps(np.arange(len(cells)), f.output))
        maps = Pairs(*(np.column_stack([part, np.zeros(len(part))]) for part in (parts.high, parts.low, parts.off)))
        ends = turned(cells)
        with np.errstate(all="ignore"):
            jump = maps[:, cells.facet_cells[:, 0]] - maps[:, cells.facet_cells[:, 1]]
            return NearPlane(maps, ends, *_places(cells, jump, ends))


def _places(cells: CellComplex, jump: Pairs, ends: Integers) -> tuple[Pairs, Floats]:
    """Corners, and how far each may be off along each axis: floats, or what is known of exact ones on the boundary."""
    points, radius = cells.places.points.T.copy(), np.full(len(cells.generators), np.inf)
    inside = cells.facet_cells[:, 1] >= 0
    crossing, (steepest, most) = _crossings(jump, inside, ends, len(radius))
    lows = np.zeros_like(points)
    met, radius[crossing] = _met(jump[:, steepest], jump[:, most], points[:, crossing])
    points[:, crossing], lows[:, crossing] = met.high, met.low
    wanted = ~(radius < _CLOSE)
    wanted[ends[~inside]] = True
    exact = np.flatnonzero(wanted)
    vectors = cells.vectors(exact.tolist())
    found = Pairs.of_parts(rounded_quotients([[(v[k], v[-1]) for v in vectors] for k in range(2)]))
    points[:, exact], lows[:, exact], radius[exact] = found.high, found.low, found.off.max(axis=0)
    return Pairs.exactly(points, lows), radius


def _met(first: Pairs, second: Pairs, near: Floats) -> tuple[Pairs, Floats]:
    """Where lines meet, from about where that is, by two of Newton's steps, and how far it may be from there along each axis.

    The point is as far off as what is left at it of the two forms makes it: Cramer's rule with the exact determinant, which is
    at least half the float if that is clear of zero.
    """
    (a, b, _), (p, q, _) = first, second
    det = a.high * q.high - b.high * p.high
    points = Pairs.exactly(near)
    for _ in range(2):
        left, right = _at(first, points), _at(second, points)
        step = np.stack([q.high * left.high - b.high * right.high, a.high * right.high - p.high * left.high]) / det
        points = points - Pairs.exactly(np.where(np.isfinite(step), step, 0))
        points = Pairs.exactly(points.high, points.low)
    off = _at(first, points).bounds() * np.maximum(p.bounds(), q.bounds())
    off += _at(second, points).bounds() * np.maximum(a.bounds(), b.bounds())
    doubt = a.bounds() * q.off + q.bounds() * a.off + b.bounds() * p.off + p.bounds() * b.off
    doubt += 2.0**-50 * (a.bounds() * q.bounds() + b.bounds() * p.bounds())
    return points, np.where(np.abs(det) > 4 * doubt, 2.01 * off / np.abs(det), np.inf)


def _at(form: Pairs, point: Pairs) -> Pairs:
    (a, b, c), (x, y) = form, point
    return a * x + b * y + c


def _crossings(jump: Pairs, inside: Bools, ends: Integers, count: int) -> tuple[Integers, tuple[Integers, Integers]]:
    """Corners, and for each two facets with jumps, of different slopes where there are any: the steepest, and what crosses it most."""
    size = np.hypot(jump.high[0], jump.high[1])
    facets = np.flatnonzero(inside & (size > 4 * jump.off[:2].sum(axis=0)))
    corner, facet = ends[facets].ravel(), np.repeat(facets, 2)
    steepest = _last(corner, size[facet], count)
    reference = facet[steepest[corner]]
    with np.errstate(all="ignore"):
        crossed = np.abs(jump.high[0][facet] * jump.high[1][reference] - jump.high[1][facet] * jump.high[0][reference])
    most = _last(corner, crossed / size[facet], count)
    found = np.flatnonzero(np.bincount(corner, minlength=count))
    return found, (facet[steepest[found]], facet[most[found]])


def _last(groups: Integers, values: Floats, count: int) -> Integers:
    """Where the largest value of each group is."""
    order = np.lexsort((values, groups))
    out = np.zeros(count, dtype=np.int64)
    out[groups[order]] = order  # of several values NumPy keeps the last
    return out
