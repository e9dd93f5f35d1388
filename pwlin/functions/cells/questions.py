"""Questions about a function on a complex: extremes, slopes, level sets, lines through it, what its neurons do."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, ShapeError
from pwlin.base.sequences import Integers
from pwlin.exact.radicals import square_root
from pwlin.functions.cells import level
from pwlin.functions.cells.records import Extremum, LevelSet
from pwlin.geometry.cone import dot

if TYPE_CHECKING:
    from sympy import Expr

    from pwlin.functions.cells.function import PiecewiseLinearND


def _varies_along_lines(f: PiecewiseLinearND) -> bool:
    row = f.complex.output_map(0, f.output)
    return any(dot(row, v) for v in f.complex.lineality)


def extremum(f: PiecewiseLinearND, sign: int) -> Extremum:
    """The maximum for sign 1, the minimum for -1."""
    cells, heights, den = f.complex, f.heights, f.complex.denominator
    found = None
    if not _varies_along_lines(f):
        among = heights.highest(sign)
        heights.exact(among.tolist())  # all at once

        def value(g: int) -> Fraction:
            return Fraction(sign * heights.exact([g])[0], den * (cells.generators[g][-1] or 1))

        found = level.highest(cells, value, among)
    if found is None:
        raise DomainError(f"F: {f} is unbounded {'above' if sign > 0 else 'below'}; choose a bounded domain")
    return Extremum(sign * found.value, found.where)


def lipschitz(f: PiecewiseLinearND, norm: float | str) -> Fraction | Expr:
    """See `PiecewiseLinearND.lipschitz`."""
    if not isinstance(norm, (int, float, str)) or norm not in (1, 2, math.inf, "inf"):
        raise refusal("norm", shown(norm), "are 1, 2 and math.inf", ShapeError)
    rows = {row[:-1] for row in f.complex.exact_maps(_steepest(f, norm), f.output)}
    den = f.complex.denominator
    if norm == 1:
        return Fraction(max(max(map(abs, r)) for r in rows), den)
    if norm in (math.inf, "inf"):
        return Fraction(max(sum(map(abs, r)) for r in rows), den)
    return square_root(Fraction(max(dot(r, r) for r in rows), den * den))


def _steepest(f: PiecewiseLinearND, norm: float | str) -> Integers:
    """The regions whose gradients may have the largest dual norm, by floats."""
    near, bound = f.near_maps
    if bound == math.inf:
        return np.arange(f.n_regions)
    sizes = np.abs(near[:, :-1])
    with np.errstate(over="ignore"):
        if norm == 1:
            found = sizes.max(axis=1)
        elif norm == 2:
            largest = float(sizes.max()) or 1.0
            found = largest * np.sqrt(((sizes / largest) ** 2).sum(axis=1))
        else:
            found = sizes.sum(axis=1)
    off = f.dim * bound + (f.dim + 8) * 2.0**-52 * found.max()
    if not np.isfinite(off):
        return np.arange(f.n_regions)
    return np.flatnonzero(found >= found.max() - 2.001 * off)


def level_set(f: PiecewiseLinearND, value: Fraction) -> LevelSet:
    """See `PiecewiseLinearND.level_set`."""
    if _varies_along_lines(f):
        raise DomainError(f"F: {f} varies along lines in all regions; choose a bounded domain")
    return level.level_set(f.complex, *f.heights.signs(value))


def decision_boundary(f: PiecewiseLinearND, other: PiecewiseLinearND) -> LevelSet:
    """See `PiecewiseLinearND.decision_boundary`."""
    if not isinstance(other, type(f)):
        raise refusal("other", shown(other), "is a PiecewiseLinearND on the same domain", ShapeError)
    if f.complex is not other.complex or f.complex.lineality:
        return level_set(f - other, Fraction(0))
    return level.level_set(f.complex, *f.heights.signs_beside(other.heights))
