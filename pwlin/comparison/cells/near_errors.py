"""Errors against polynomials up to degree 2 in floats with bounds, which say in what few cells the largest may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import nearest_float
from pwlin.functions.cells.function import PiecewiseLinearND

Floats = NDArray[np.float64]
_ROUNDOFF = 2.0**-52
_TINY = 2.0**-1000


@final
@dataclass(frozen=True, eq=False)
class NearErrors:
    """What floats say of an error's magnitude.

    Attributes
    ----------
    least : ndarray, shape (n_regions,)
        Somewhere in each cell it is at least so much.
    most : ndarray, shape (n_regions,)
        It is nowhere in the cell more.
    """

    least: Floats
    most: Floats

    def largest_in(self, chosen: Sequence[int]) -> list[int]:
        """Those of some cells in which it may be largest."""
        ids = np.asarray(chosen, dtype=np.int64)
        return [int(c) for c in ids[self.most[ids] >= self.least[ids].max()]]


def near_errors(function: PiecewiseLinearND, coefficients: Mapping[tuple[int, ...], Fraction]) -> NearErrors:
    """Bounds for all cells.

    On a simplex a function of degree 2 lies between the least and the largest of its Bernstein coefficients: its values at
    the corners, and for each pair of corners ``2 e(middle) - (e(first) + e(second)) / 2``. All pairs of a cell's vertices
    have those of all its simplices among them.
    """
    cells, (points, radius) = function.complex, (function.complex.places.points, function.complex.places.radius)
    terms = [(exponents, nearest_float(c)) for exponents, c in coefficients.items()]
    least, most = np.zeros(len(cells)), np.full(len(cells), np.inf)
    lengths, offsets, ids = cells.cells.lengths(), cells.cells.offsets, cells.cells.ids
    with np.errstate(all="ignore"):
        target, off = _polynomial(terms, points, radius)
        heights, doubt = function.heights.near
        for size in np.unique(lengths).tolist():
            here = np.flatnonzero(lengths == size)
            corners = ids[offsets[here][:, None] + np.arange(size)]
            error = heights[corners] - target[corners]
            errs = doubt[corners] + off[corners] + 4 * _ROUNDOFF * (np.abs(heights) + np.abs(target))[corners] + _TINY
            low, high = np.abs(error) - errs, np.abs(error) + errs
            least[here], most[here] = np.nanmax(low, axis=1, initial=0), high.max(axis=1)
            if not terms:
                continue
            for i in range(size):
                for j in range(i):
                    a, b = corners[:, i], corners[:, j]
                    middle, middle_off = _polynomial(terms, (points[a] + points[b]) / 2, (radius[a] + radius[b]) / 2)
                    parts = (heights[a] / 2, heights[b] / 2, target[a] / 2, target[b] / 2, -2 * middle)
                    sizes = sum(np.abs(part) for part in parts)
                    pair = np.abs(sum(parts)) + (errs[:, i] + errs[:, j]) / 2 + 2 * middle_off + 8 * _ROUNDOFF * sizes
                    most[here] = np.maximum(most[here], pair)
    return NearErrors(np.where(np.isfinite(least), least, 0), np.where(np.isnan(most), np.inf, most))


def _polynomial(terms: list[tuple[tuple[int, ...], float]], points: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Values within `radius` of float points, and how far they may be off."""
    value, size, wider = np.zeros((3, len(points)))
    reach = np.abs(points) + (1 + 4 * _ROUNDOFF) * radius[:, None]
    for exponents, c in terms:
        powers = np.array(exponents)
        value += c * np.prod(points**powers, axis=1)
        size += abs(c) * np.prod(np.abs(points) ** powers, axis=1)
        wider += abs(c) * np.prod(reach**powers, axis=1)
    return value, 1.01 * (wider - size) + (4 * len(terms) + 16) * _ROUNDOFF * wider + _TINY
