"""Questions about a function on a complex: extremes, slopes, level sets, lines through it, what its neurons do."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, ShapeError
from pwlin.exact.bridges import to_sympy
from pwlin.functions.cells import level
from pwlin.functions.cells.records import Extremum, LevelSet
from pwlin.geometry.cone import dot

if TYPE_CHECKING:
    from sympy import Expr

    from pwlin.functions.cells.function import PiecewiseLinearND


def heights(f: PiecewiseLinearND) -> tuple[int, ...]:
    """See `PiecewiseLinearND.heights`."""
    cells, generators = f.complex, list(f.complex.generators)
    out: list[int | None] = [None] * len(generators)
    for c, row in enumerate(cells.output_maps(f.output)):
        for g in cells.cells[c]:
            if out[g] is None:
                out[g] = dot(row, generators[g])
    return tuple(h for h in out if h is not None)


def _varies_along_lines(f: PiecewiseLinearND) -> bool:
    row = f.complex.output_map(0, f.output)
    return any(dot(row, v) for v in f.complex.lineality)


def extremum(f: PiecewiseLinearND, sign: int) -> Extremum:
    """The maximum for sign 1, the minimum for -1."""
    cells, h, den = f.complex, f.heights, f.complex.denominator
    found = None
    if not _varies_along_lines(f):
        found = level.highest(cells, lambda g: (sign * h[g], den * (cells.generators[g][-1] or 1)))
    if found is None:
        raise DomainError(f"F: {f} is unbounded {'above' if sign > 0 else 'below'}; choose a bounded domain")
    return Extremum(sign * found.value, found.where)


def lipschitz(f: PiecewiseLinearND, norm: float | str) -> Fraction | Expr:
    """See `PiecewiseLinearND.lipschitz`."""
    rows = {row[:-1] for row in f.complex.output_maps(f.output)}
    den = f.complex.denominator
    if not isinstance(norm, (int, float, str)) or norm not in (1, 2, math.inf, "inf"):
        raise refusal("norm", shown(norm), "are 1, 2 and math.inf", ShapeError)
    if norm == 1:
        return Fraction(max(max(map(abs, r)) for r in rows), den)
    if norm in (math.inf, "inf"):
        return Fraction(max(sum(map(abs, r)) for r in rows), den)
    square = Fraction(max(dot(r, r) for r in rows), den * den)
    roots = [math.isqrt(square.numerator), math.isqrt(square.denominator)]
    if roots[0] ** 2 == square.numerator and roots[1] ** 2 == square.denominator:
        return Fraction(*roots)
    import sympy

    return sympy.Pow(to_sympy(square), sympy.Rational(1, 2), evaluate=False)


def level_set(f: PiecewiseLinearND, value: Fraction) -> LevelSet:
    """See `PiecewiseLinearND.level_set`."""
    cells, h = f.complex, f.heights
    if _varies_along_lines(f):
        raise DomainError(f"F: {f} varies along lines in all regions; choose a bounded domain")
    a, b = value.denominator, value.numerator * cells.denominator
    height = [a * h[g] - b * v[-1] for g, v in enumerate(cells.generators)]
    return level.level_set(cells, height.__getitem__)


def decision_boundary(f: PiecewiseLinearND, other: PiecewiseLinearND) -> LevelSet:
    """See `PiecewiseLinearND.decision_boundary`."""
    if not isinstance(other, type(f)):
        raise refusal("other", shown(other), "is a PiecewiseLinearND on the same domain", ShapeError)
    if f.complex is not other.complex or f.complex.lineality:
        return level_set(f - other, Fraction(0))
    p, q = f.heights, other.heights
    return level.level_set(f.complex, lambda k: p[k] - q[k])
