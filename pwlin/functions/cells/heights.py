"""Values at the vertices of a complex: floats with bounds, which choose, and integers for those that floats leave open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.cone import dot

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND

Floats = NDArray[np.float64]
Signs = NDArray[np.int8]
Many = Callable[[Sequence[int]], list[int]]
"""Positive multiples of a function's homogeneous values at some generators."""
_ROUNDOFF = 2.0**-52


@final
class Heights:
    """A function's homogeneous values at the generators of its complex: F(x) t at (x t, t), the slope along (r, 0)."""

    def __init__(self, f: PiecewiseLinearND) -> None:
        self._f = f
        self._known: dict[int, int] = {}

    @cached_property
    def near(self) -> tuple[Floats, Floats]:
        """F at the vertices in float64, and how far that may be off: infinitely along rays, and where floats are of no use."""
        f, places = self._f, self._f.complex.places
        maps, bound = f.near_maps
        if bound == np.inf:
            return np.zeros(len(places.points)), np.full(len(places.points), np.inf)
        rows = maps[self._f.complex.first_cells]
        with np.errstate(all="ignore"):
            terms = rows * np.column_stack([places.points, np.ones(len(rows))])
            steep = np.abs(rows[:, :-1]).sum(axis=1) + f.dim * bound
            size = np.abs(places.points).sum(axis=1) + 1
            rounding = (f.dim + 4) * _ROUNDOFF * np.abs(terms).sum(axis=1)
            off = 1.001 * (bound * size + steep * places.radius + rounding) + 2.0**-1000
            value = terms.sum(axis=1)
        known = np.isfinite(value) & np.isfinite(off)
        return np.where(known, value, 0), np.where(known, off, np.inf)

    def exact(self, generators: Sequence[int]) -> list[int]:
        """Some of them, over the complex' denominator."""
        cells = self._f.complex
        fresh = np.array([g for g in generators if g not in self._known], dtype=np.int64)
        if len(fresh):
            owners, which = np.unique(cells.first_cells[fresh], return_inverse=True)
            maps = cells.exact_maps(owners, self._f.output)
            chosen = fresh.tolist()
            for g, at, vector in zip(chosen, which.tolist(), cells.vectors(chosen)):
                self._known[g] = dot(maps[at], vector)
        return [self._known[g] for g in generators]

    @cached_property
    def all(self) -> list[int]:
        """All of them, over the complex' denominator."""
        return self.exact(range(len(self._f.complex.generators)))

    def signs(self, value: Fraction) -> tuple[Signs, Many]:
        """Signs of F - value at the generators, and what makes positive multiples of it at some of them."""
        a, b = value.denominator, value.numerator * self._f.complex.denominator

        def many(chosen: Sequence[int]) -> list[int]:
            vectors = self._f.complex.vectors(chosen)
            return [a * h - b * v[-1] for h, v in zip(self.exact(chosen), vectors)]

        near, off = self.near
        level = nearest_float(value)
        with np.errstate(all="ignore"):
            found = near - level, off + _ROUNDOFF * (abs(level) + np.abs(near)) + 2.0**-1000
        return _certain(*found, many), many

    def signs_beside(self, other: Heights) -> tuple[Signs, Many]:
        """The same of the difference to a function on the same complex."""

        def many(chosen: Sequence[int]) -> list[int]:
            return [p - q for p, q in zip(self.exact(chosen), other.exact(chosen))]

        (p, p_off), (q, q_off) = self.near, other.near
        with np.errstate(all="ignore"):
            found = p - q, p_off + q_off + _ROUNDOFF * (np.abs(p) + np.abs(q)) + 2.0**-1000
        return _certain(*found, many), many

    def highest(self, sign: int) -> Integers:
        """The vertices where the largest value (for sign -1 the least) may be taken, by floats."""
        near, off = self.near
        vertices = np.flatnonzero(self._f.complex.vertex_mask)
        with np.errstate(all="ignore"):
            high, low = sign * near[vertices] + off[vertices], sign * near[vertices] - off[vertices]
        return vertices[~(high < low.max())]


def _certain(near: Floats, off: Floats, many: Many) -> Signs:
    with np.errstate(invalid="ignore"):
        out = (near > off).astype(np.int8) - (near < -off).astype(np.int8)
    open_ = np.flatnonzero(out == 0).tolist()
    out[open_] = [(exact > 0) - (exact < 0) for exact in many(open_)]
    return out


def any_of(cells: CellComplex, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cells have a generator of a set."""
    return np.logical_or.reduceat(mask[cells.cells.ids], cells.cells.offsets[:-1])
