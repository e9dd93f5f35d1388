"""Errors against polynomials in floats with bounds, which say in what few cells the largest may be."""

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

    Between a cell's vertices v, at ``x = sum of l v``, the error is theirs, averaged, but for ``sum of l D^2 p (v - x)^2 / 2``. There
    a product of two coordinates of ``v - x`` has a mean of at most a quarter of that of the cell's extents (Popoviciu 1935).
    """
    cells, (points, radius) = function.complex, (function.complex.places.points, function.complex.places.radius)
    terms = [(np.array(exponents), nearest_float(c)) for exponents, c in coefficients.items() if c]
    least, most = np.zeros(len(cells)), np.full(len(cells), np.inf)
    if any(abs(c) < _TINY for _, c in terms):
        return NearErrors(least, most)
    lengths, offsets, ids = cells.cells.lengths(), cells.cells.offsets, cells.cells.ids
    with np.errstate(all="ignore"):
        target, off = _polynomial(terms, points, radius)
        heights, doubt = function.heights.near
        errs = doubt + off + 4 * _ROUNDOFF * (np.abs(heights) + np.abs(target)) + _TINY
        size = np.abs(heights - target)
        for count in np.unique(lengths).tolist():
            here = np.flatnonzero(lengths == count)
            corners = ids[offsets[here][:, None] + np.arange(count)]
            least[here] = np.nanmax((size - errs)[corners], axis=1, initial=0)
            places, wider = points[corners], 1.01 * radius[corners].max(axis=1, keepdims=True)
            reach, extent = np.abs(places).max(axis=1) + wider, np.ptp(places, axis=1) + 2 * wider
            most[here] = (size + errs)[corners].max(axis=1) + _between(terms, reach, extent)
    return NearErrors(np.where(np.isfinite(least), least, 0), np.where(np.isnan(most), np.inf, most))


Terms = Sequence[tuple[NDArray[np.int64], float]]


def _between(terms: Terms, reach: Floats, extent: Floats) -> Floats:
    """How far an error is at most from averages of those at vertices, in cells of some extents."""
    found, each = np.zeros(len(reach)), np.eye(reach.shape[1], dtype=np.int64)
    for exponents, c in terms:
        for j, k in np.argwhere(np.outer(exponents, exponents)):
            rest = exponents - each[j] - each[k]
            if rest.min() >= 0:
                times = exponents[j] * (exponents[k] - (j == k))
                found += abs(c) * times * extent[:, j] * extent[:, k] * _size(rest, reach)
    return 0.126 * found + _lost(terms, np.maximum(reach, extent))


def _polynomial(terms: Terms, points: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Values within `radius` of float points, and how far they may be off."""
    value, size, wider = np.zeros((3, len(points)))
    reach = np.abs(points) + (1 + 4 * _ROUNDOFF) * radius[:, None]
    for exponents, c in terms:
        value += c * np.prod(points**exponents, axis=1)
        size += abs(c) * _size(exponents, np.abs(points))
        wider += abs(c) * _size(exponents, reach)
    return value, 1.01 * (wider - size) + (4 * len(terms) + 16) * _ROUNDOFF * wider + _lost(terms, reach)


def _size(exponents: NDArray[np.int64], reach: Floats) -> Floats:
    return np.asarray(np.prod(reach**exponents, axis=1))


def _lost(terms: Terms, reach: Floats) -> Floats:
    """What products too small for floats may come to."""
    sizes = (np.sum(exponents) ** 2 * abs(c) * _size(exponents, np.maximum(reach, 1)) for exponents, c in terms)
    return _TINY * sum(sizes, np.ones(len(reach)))
