"""Integrals over a complex in the plane between two bounds, from pairs of floats: what a float or a comparison asks of them.

A region is the sum of the triangles from the origin to its edges. At an edge what both sides integrate differs by the difference of
two maps times something, ``(g - h) (P + g + h)`` or ``(g - h) P``, which along rays from the origin is a polynomial.

The corners may be off by much more than the maps. Let each corner be moved by r at most, and let every region integrate its own map,
continued, over the polygon of its moved corners, with signs. All these polygons together still fill the domain once, as long as the
corners on its boundary stay. So only what a polygon sweeps over counts, no more than r (length + 2 r) at an edge; there two maps that
agree on the edge are apart by 2 r times their slopes at most: the error is of second order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.long_fractions import LongFraction
from pwlin.exact.pairs import Pairs
from pwlin.exact.planned import Planned
from pwlin.exact.rational import nearest_float
from pwlin.exact.rounding import Floats
from pwlin.functions.cells.near_plane import is_long

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND

Bools = NDArray[np.bool_]
Polynomial = Mapping[tuple[int, ...], Fraction]
_MOST_DEGREE = 4
_RULES = ((1, 1), (1, 4, 1), (7, 32, 12, 32, 7))
"""Rules of Newton and Cotes: weights at points in equal steps, which integrate degrees 1, 3 and 5 exactly."""


def planned(f: PiecewiseLinearND, polynomial: Polynomial, square: bool, make: Callable[[], Fraction]) -> Fraction:
    """An integral as in `near_integral`: made at once, or, where that is long work, when its digits are asked for."""
    degree = max([0, *map(sum, polynomial)])
    if f.dim != 2 or degree > _MOST_DEGREE or not is_long(f):
        return make()
    return LongFraction.of(Planned(partial(near_integral, f, polynomial, square), make))


def near_integral(f: PiecewiseLinearND, polynomial: Polynomial, square: bool) -> tuple[Fraction, Fraction] | None:
    """Bounds of the integral of ``F P``, or of ``F (F + P)``, over a bounded domain, P a polynomial up to `_MOST_DEGREE`.

    None where floats are of no use. Cost: near maps of all regions, and some thousand float operations for each facet.
    """
    plane, sides = f.measures.plane, f.complex.facet_cells
    with np.errstate(all="ignore"):
        first, second = plane.maps[:, sides[:, 0]], plane.maps[:, sides[:, 1]]
        start, end = plane.corners[:, plane.ends[:, 0]], plane.corners[:, plane.ends[:, 1]]
        found = _sum(start, end, first - second, first + second if square else None, polynomial).total()
        if found is None:
            return None
        radius, count = plane.radius[plane.ends].max(axis=1), np.where(sides[:, 1] >= 0, 2, 1)
        spare = _swept(plane.maps, start, end, radius, count, square, polynomial)
    return (found[0] - Fraction(spare), found[1] + Fraction(spare)) if np.isfinite(spare) else None


def _sum(start: Pairs, end: Pairs, jump: Pairs, both: Pairs | None, polynomial: Polynomial) -> Pairs:
    """What each edge adds: its determinant times the integral, along it and along rays, of `jump` times the rest.

    A form of degree k is multiplied by ``r**k`` along a ray to a point, and triangles count with r; so the product of a constant
    and a form of degree k is divided by k + 2, and that of a linear form by k + 3.
    """
    degree = max([1 if both is not None else 0, *map(sum, polynomial)])
    rule = _RULES[(degree + 1) // 2]
    coefficients = {e: Pairs.of(c) for e, c in polynomial.items() if c}
    whole = None
    for step, weight in enumerate(rule):
        share = Fraction(step, len(rule) - 1)
        x = [start[k] * Pairs.of(1 - share) + end[k] * Pairs.of(share) for k in range(2)]
        forms: list[Pairs | None] = [None] * (degree + 1)
        for (i, j), c in coefficients.items():
            term = c
            for factor in [x[0]] * i + [x[1]] * j:
                term = term * factor
            forms[i + j] = _plus(forms[i + j], term)
        if both is not None:
            forms[0], forms[1] = _plus(forms[0], both[2]), _plus(forms[1], both[0] * x[0] + both[1] * x[1])
        slope = jump[0] * x[0] + jump[1] * x[1]
        for k, form in enumerate(forms):
            if form is not None:
                along = jump[2] * Pairs.of(Fraction(weight, sum(rule) * (k + 2)))
                part = form * (along + slope * Pairs.of(Fraction(weight, sum(rule) * (k + 3))))
                whole = _plus(whole, part)
    size = start[0] * end[1] - end[0] * start[1]
    return size * whole if whole is not None else Pairs.exactly(np.zeros(1))


def _plus(total: Pairs | None, term: Pairs) -> Pairs:
    return term if total is None else total + term


def _swept(
    maps: Pairs, start: Pairs, end: Pairs, radius: Floats, sides: Integers, square: bool, polynomial: Polynomial
) -> float:
    """A bound of what moved corners change."""
    far = [float(1.01 * (max(start[k].bounds().max(), end[k].bounds().max()) + 1e-3)) for k in range(2)]
    slopes, most = maps.bounds(), [*far, 1.0]
    steep, high = float(slopes[:2].sum(axis=0).max()), float(sum(s * m for s, m in zip(slopes, most)).max())
    rest = (
        sum(abs(nearest_float(c)) * far[0] ** i * far[1] ** j for (i, j), c in polynomial.items()) + 2 * high * square
    )
    r = 1.5 * radius  # Euclid's distance
    length = np.abs(end.high - start.high).sum(axis=0) + 2 * r
    inside = sides * r * length * 2 * steep * r
    outside = np.where(sides == 1, r * length * high, 0)
    return float(1.01 * rest * (inside + outside).sum())
