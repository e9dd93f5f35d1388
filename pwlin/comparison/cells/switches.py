"""A smooth formula for each part of a complex: cells in simplices, cut exactly where a target switches along a hyperplane.

``Abs``, ``sign``, ``Min``, ``Max`` and the conditions of ``Piecewise`` that switch where a product of affine forms with rational
coefficients vanishes are taken out: simplices are cut there, in rationals, and each half has its own formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.comparison.cells.simplices import AffineForm, Simplex, cut
from pwlin.comparison.cells.triangles import box_of, triangulated
from pwlin.formulas.allowed import polynomial_coefficients
from pwlin.formulas.needs import factors_of
from pwlin.formulas.steps import Steps
from pwlin.formulas.switches import Switch, switches, unfolded
from pwlin.functions.cells.function import PiecewiseLinearND

if TYPE_CHECKING:
    from sympy import Expr, Symbol


_MOST_STEPS = 100
"""Most steps of a floor at which simplices are cut exactly."""


def split_regions(
    function: PiecewiseLinearND, regions: Sequence[int], expression: Expr, symbols: Sequence[Symbol]
) -> list[tuple[Expr, Sequence[Simplex]]]:
    """Formulas without affine switches, and the simplices on which each equals the expression almost everywhere."""
    whole = triangulated(function, regions)
    waiting = {unfolded(expression, box_of(symbols, whole), almost=True): whole}
    found: dict[Expr, Sequence[Simplex]] = {}
    while waiting:
        formula, parts = waiting.popitem()
        first = _first_straight(formula, symbols)
        if first is None:
            _add(found, formula, parts)
            continue
        switch, sign, forms = first
        if not sign:
            _add(waiting, switch.taken(formula, 0), parts)
            continue
        sides: tuple[list[Simplex], list[Simplex]] = ([], [])
        for part in parts:
            pieces = [(sign < 0, part)]
            for form in forms:
                pieces = [
                    (negative ^ bool(side), half) for negative, piece in pieces for side, half in cut(piece, form)
                ]
            for negative, piece in pieces:
                sides[negative].append(piece)
        for half, sign in zip(sides, (1, -1)):
            if half:
                _add(waiting, switch.taken(formula, sign), half)
    return sorted(found.items(), key=lambda item: str(item[0]))


def _add(known: dict[Expr, Sequence[Simplex]], formula: Expr, parts: Sequence[Simplex]) -> None:
    known[formula] = [*known[formula], *parts] if formula in known else parts


def affine_form(expression: Expr, symbols: Sequence[Symbol]) -> AffineForm | None:
    """The coefficients of an expression that is affine with rational coefficients."""
    coefficients = polynomial_coefficients(expression, symbols) if expression.free_symbols <= set(symbols) else None
    if coefficients is None or any(sum(e) > 1 for e in coefficients):
        return None
    units = [tuple(int(i == k) for i in range(len(symbols))) for k in range(len(symbols) + 1)]
    return tuple(coefficients.get(unit, Fraction(0)) for unit in units)


def _first_straight(formula: Expr, symbols: Sequence[Symbol]) -> tuple[Switch, int, list[AffineForm]] | None:
    """The first switch at a product of affine forms, with the sign of its constant and the forms that count."""
    for switch in switches(formula):
        if isinstance(switch.part, Steps) and switch.part.ends[1] - switch.part.ends[0] > _MOST_STEPS:
            continue
        form = affine_form(switch.difference, symbols)
        if form is not None:
            return switch, int(any(form)), [form]
        if polynomial_coefficients(switch.difference, symbols) is None:
            continue
        constant, factors = factors_of(switch.difference)
        forms = [affine_form(factor, symbols) for factor, times in factors if times % 2]
        if all(form is not None for form in forms) and len(forms) == len(factors):
            return switch, 1 if constant.is_positive else -1, [form for form in forms if form is not None]
    return None
