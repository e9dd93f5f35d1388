"""A smooth formula for each part of a complex: cells in simplices, cut exactly where a target switches along a hyperplane.

``Abs``, ``sign``, ``Min``, ``Max`` and the conditions of ``Piecewise`` that switch where an affine form with rational
coefficients vanishes are taken out: simplices are cut there, in rationals, and each half has its own formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy

from pwlin.comparison.cells.simplices import Affine, Simplex, cut, simplices
from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.functions.cells.function import PiecewiseLinearND


def split_regions(
    function: PiecewiseLinearND, regions: Sequence[int], expression: Any, symbols: Sequence[Any]
) -> list[tuple[Any, list[Simplex]]]:
    """Formulas without affine switches, and the simplices on which each equals the expression almost everywhere."""
    waiting = {expression: list(simplices(function, regions))}
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
            for side, piece in cut(part, form):
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
