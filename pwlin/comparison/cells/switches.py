"""A smooth formula for each part of a complex: cells in simplices, cut exactly where a target switches along a hyperplane.

``Abs``, ``sign``, ``Min``, ``Max`` and the conditions of ``Piecewise`` that switch where an affine form with rational
coefficients vanishes are taken out: simplices are cut there, in rationals, and each half has its own formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy

from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.measure import simplex_volume, simplices
from pwlin.geometry.polytope import Point

Affine = tuple[Fraction, ...]
"""Coefficients of the variables, then the constant."""


@dataclass(frozen=True, slots=True)
class Simplex:
    """A simplex with the function's values at its corners and the region that it is part of."""

    corners: tuple[Point, ...]
    values: tuple[Fraction, ...]
    region: int
    volume: Fraction


def split_regions(
    function: PiecewiseLinearND, regions: Sequence[int], expression: Any, symbols: Sequence[Any]
) -> list[tuple[Any, list[Simplex]]]:
    """Formulas without affine switches, and the simplices on which each equals the expression almost everywhere."""
    waiting = {expression: list(_simplices(function, regions))}
    found: dict[Any, list[Simplex]] = {}
    while waiting:
        formula, parts = waiting.popitem()
        switch = _first_switch(formula, symbols)
        if switch is None:
            found.setdefault(formula, []).extend(parts)
            continue
        node, form, positive, negative = switch
        sides: tuple[list[Simplex], list[Simplex]] = ([], [])
        for part in parts:
            for side, piece in _cut(part, form):
                sides[side].append(piece)
        for half, replacement in zip(sides, (positive, negative)):
            if half:
                waiting.setdefault(formula.xreplace({node: replacement}), []).extend(half)
    return sorted(found.items(), key=lambda item: str(item[0]))


def affine_form(expression: Any, symbols: Sequence[Any]) -> Affine | None:
    """The coefficients of an expression that is affine with rational coefficients."""
    coefficients = polynomial_coefficients(expression, symbols)
    if coefficients is None or any(sum(e) > 1 for e in coefficients):
        return None
    units = [tuple(int(i == k) for i in range(len(symbols))) for k in range(len(symbols) + 1)]
    return tuple(coefficients.get(unit, Fraction(0)) for unit in units)


def value_at(form: Affine, point: Point) -> Fraction:
    """An affine form at a point."""
    return sum((a * v for a, v in zip(form, point)), form[-1])


def _simplices(function: PiecewiseLinearND, regions: Sequence[int]) -> Iterator[Simplex]:
    cells = function.complex
    for region in regions:
        for ids in simplices(cells, region):
            homogeneous = [cells.generators[g] for g in ids]
            corners = tuple(tuple(Fraction(v, g[-1]) for v in g[:-1]) for g in homogeneous)
            values = tuple(Fraction(function.heights[g], cells.denominator * cells.generators[g][-1]) for g in ids)
            volume = simplex_volume(homogeneous)
            yield Simplex(corners, values, region, Fraction(int(volume.p), int(volume.q)))


def _cut(simplex: Simplex, form: Affine) -> Iterator[tuple[int, Simplex]]:
    """The parts on which a form is not negative (0) and those on which it is not positive (1)."""
    at = [value_at(form, corner) for corner in simplex.corners]
    high, low = max(range(len(at)), key=at.__getitem__), min(range(len(at)), key=at.__getitem__)
    if not at[high] > 0 > at[low]:
        yield (0 if at[high] > 0 or at[low] == 0 else 1), simplex
        return
    share = at[high] / (at[high] - at[low])
    middle = tuple(a + share * (b - a) for a, b in zip(simplex.corners[high], simplex.corners[low]))
    value = simplex.values[high] + share * (simplex.values[low] - simplex.values[high])
    for gone, part in ((high, 1 - share), (low, share)):
        corners = tuple(middle if k == gone else c for k, c in enumerate(simplex.corners))
        values = tuple(value if k == gone else v for k, v in enumerate(simplex.values))
        yield from _cut(Simplex(corners, values, simplex.region, simplex.volume * part), form)


def _first_switch(expression: Any, symbols: Sequence[Any]) -> tuple[Any, Affine, Any, Any] | None:
    """A part that switches at an affine form: the part, the form, and what it is where the form is > 0 and < 0."""
    for node in sympy.postorder_traversal(expression):
        for difference, positive, negative in _alternatives(node):
            form = affine_form(difference, symbols)
            if form is not None and not any(form) and isinstance(node, sympy.core.relational.Relational):
                positive = negative = sympy.true if node.rel_op in ("<=", ">=", "==") else sympy.false
            if form is not None:
                return node, form, positive, negative
    return None


def _alternatives(node: Any) -> Iterator[tuple[Any, Any, Any]]:
    if isinstance(node, sympy.Abs):
        yield node.args[0], node.args[0], -node.args[0]
    elif isinstance(node, sympy.sign):
        yield node.args[0], sympy.Integer(1), sympy.Integer(-1)
    elif isinstance(node, (sympy.Max, sympy.Min)):
        for a, b in combinations(node.args, 2):
            rest = [c for c in node.args if c not in (a, b)]
            kept = [node.func(c, *rest, evaluate=False) if rest else c for c in (a, b)]
            yield a - b, *(kept if isinstance(node, sympy.Max) else kept[::-1])
    elif isinstance(node, sympy.core.relational.Relational):
        above = node.rel_op in (">", ">=", "!=")
        below = node.rel_op in ("<", "<=", "!=")
        yield node.lhs - node.rhs, sympy.true if above else sympy.false, sympy.true if below else sympy.false
