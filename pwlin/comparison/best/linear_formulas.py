"""Formulas that are continuous piecewise-linear functions, as such functions: |x|, Max, Min, Piecewise of lines."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from pwlin.base.errors import ShapeError
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Piece
from pwlin.geometry.interval import Interval


def piecewise_linear_form(expression: Any, symbol: Any, low: Fraction, high: Fraction) -> PiecewiseLinear1D | None:
    """The expression on [low, high] as a piecewise-linear function with rational numbers; None if it does not show as one.

    Sums, rational multiples, Abs, Max, Min and Piecewise of such functions do.
    """
    if expression.is_Rational or expression == symbol:
        slope = Fraction(int(expression == symbol))
        intercept = Fraction(0) if slope else Fraction(int(expression.p), int(expression.q))
        return PiecewiseLinear1D.from_pieces([Piece(low, high, slope, intercept)])
    head = expression.func
    if head is sympy.Piecewise:
        return _chosen(expression, symbol, low, high)
    if head not in (sympy.Add, sympy.Mul, sympy.Abs, sympy.Max, sympy.Min):
        return None
    parts = []
    for argument in expression.args:
        part = piecewise_linear_form(argument, symbol, low, high)
        if part is None:
            return None
        parts.append(part)
    if head is sympy.Add:
        return reduce(lambda f, g: f + g, parts)
    if head is sympy.Mul:
        factor, rest = Fraction(1), [p for p in parts if p.slopes != (0,)]
        for part in parts:
            factor *= part.intercepts[0] if part.slopes == (0,) else 1
        return None if len(rest) > 1 else factor * (rest[0] if rest else parts[0] * 0 + 1)
    if head is sympy.Abs:
        return abs(parts[0])
    return reduce(lambda f, g: f.maximum(g) if head is sympy.Max else f.minimum(g), parts)


def _chosen(expression: Any, symbol: Any, low: Fraction, high: Fraction) -> PiecewiseLinear1D | None:
    """A Piecewise whose branches and conditions are piecewise linear, if it is continuous."""
    branches: list[tuple[PiecewiseLinear1D, Any]] = []
    cuts = {low, high}
    for branch, condition in expression.args:
        form = piecewise_linear_form(branch, symbol, low, high)
        if form is None:
            return None
        branches.append((form, condition))
        cuts.update(kink.location for kink in form.kinks)
        for relation in condition.atoms(sympy.core.relational.Relational):
            difference = piecewise_linear_form(relation.lhs - relation.rhs, symbol, low, high)
            if difference is None:
                return None
            cuts.update(kink.location for kink in difference.kinks)
            for root in difference.roots():
                cuts.update(
                    e for e in ((root.left, root.right) if isinstance(root, Interval) else (root,)) if e is not None
                )
    ends, pieces = sorted(cuts), []
    for left, right in zip(ends, ends[1:]):
        middle = (left + right) / 2
        form = _taken(branches, symbol, middle)
        if form is None:
            return None
        value, slope = form(middle), (form(right) - form(left)) / (right - left)
        pieces.append(Piece(left, right, slope, value - slope * middle))
    at_cuts = [_taken(branches, symbol, end) for end in ends]
    neighbours = [*pieces, pieces[-1]]
    if any(form is None or form(end) != piece(end) for form, end, piece in zip(at_cuts, ends, neighbours)):
        return None
    try:
        return PiecewiseLinear1D.from_pieces(pieces)
    except ShapeError:  # it jumps
        return None


def _taken(branches: list[tuple[PiecewiseLinear1D, Any]], symbol: Any, x: Fraction) -> PiecewiseLinear1D | None:
    place = sympy.Rational(x.numerator, x.denominator)
    return next((form for form, condition in branches if condition.subs(symbol, place) is sympy.true), None)
