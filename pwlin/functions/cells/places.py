"""Where the vertices and walls of a complex are, in floats with bounds: what chooses, so that rationals only confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_quotient
from pwlin.exact.rounding import scaled_form
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Point

Floats = NDArray[np.float64]
FAR = 1e290
"""Coordinates beyond this are not told apart."""


@final
@dataclass(frozen=True, eq=False)
class Places:
    """Floats of a complex.

    Attributes
    ----------
    points : ndarray, shape (n_generators, d)
        The coordinates of vertices; of rays some multiple of the direction.
    radius : ndarray, shape (n_generators,)
        Every coordinate of a vertex is that close to its float. Infinite where nothing is known, and for rays.
    walls : ndarray, shape (n_facets, d + 1)
        ``(a, b)``, with ``a . x + b`` positive inside a facet's first cell, the largest entry of a of magnitude 1/2 to 1.
    errors : ndarray, shape (n_facets,)
        In the domain a wall's value is off from that of the exact one, scaled by some positive number, by so much at most,
        and by the rounding of the value itself (see `pwlin.exact.rounding.doubt`). In unbounded domains that is for coordinates
        up to 1, and as many times more as they are larger.
    """

    points: Floats
    radius: Floats
    walls: Floats
    errors: Floats

    @staticmethod
    def of_exact(generators: Sequence[Vector], normals: Sequence[Vector], dim: int) -> Places:
        """Exact vertices and normals, rounded."""
        points, radius = np.zeros((len(generators), dim)), np.full(len(generators), np.inf)
        for g, vector in enumerate(generators):
            size = vector[-1] or max(map(abs, vector))
            points[g] = np.clip([nearest_quotient(v, size) for v in vector[:-1]], -FAR, FAR)
            if vector[-1]:
                radius[g] = 2.0**-53 * np.abs(points[g]).max() + 2.0**-1074
        radius[np.abs(points).max(axis=1, initial=0) >= FAR] = np.inf
        walls = np.array([scaled_form(normal) for normal in normals]).reshape(-1, dim + 1)
        return Places(points, radius, walls, np.zeros(len(walls)))

    def ascending(self, chosen: Integers, exact: Callable[[list[int]], Sequence[Point]]) -> Integers:
        """Some vertices in the order of their coordinates; `exact` makes those of vertices that floats do not tell apart."""
        x, reach = self.points[chosen, 0], self.radius[chosen]
        order = np.argsort(x - reach, kind="stable")
        low, high = (x - reach)[order], np.maximum.accumulate((x + reach)[order])
        group = np.concatenate([[0], np.cumsum(low[1:] > high[:-1])]) if len(order) else order
        out = chosen[order]
        starts = np.flatnonzero(np.diff(group, prepend=-1, append=len(group)))
        for start, stop in pairwise(starts.tolist()):
            if stop > start + 1:
                ids = out[start:stop].tolist()
                points = exact(ids)
                out[start:stop] = [ids[k] for k in sorted(range(len(ids)), key=points.__getitem__)]
        return out
