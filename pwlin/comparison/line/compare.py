"""From what users pass to a `Comparison`: reads the target and the domain and picks the way to measure."""

from __future__ import annotations

from fractions import Fraction

from pwlin.comparison.best.linear_formulas import piecewise_linear_form
from pwlin.comparison.line.certified import CertifiedErrors
from pwlin.comparison.line.comparison import Comparison
from pwlin.comparison.line.high_degree import HighDegreeErrors
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.exact.enclosure import read_tolerance
from pwlin.formulas.cancelled import check_cancelled
from pwlin.formulas.kinds import Formula, LinearTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import bounded

_MOST_DEGREE = 40
"""Of polynomials against which all errors are exact: the algebraic numbers of higher ones take seconds each."""


def compare_line(function: PiecewiseLinear1D, target: TargetLike, domain: object, tolerance: object) -> Comparison:
    """Implements `pwlin.compare` on the line."""
    relative = read_tolerance(tolerance)
    ends = bounded(function.domain if domain is None else domain)
    part = function.restrict(*ends)
    goal = read_target(target)
    if isinstance(goal, LinearTarget):
        assert isinstance(goal.function, PiecewiseLinear1D)  # it has one variable
        other = goal.function.restrict(*ends)
        return Comparison(part, other, ends, relative, _difference(part, other))
    assert isinstance(goal, Formula)
    check_cancelled(goal, *ends)
    if goal.is_polynomial:
        polynomial = PolynomialErrors(part, goal.polynomial())
        if len(polynomial.coefficients) <= _MOST_DEGREE + 1:
            return Comparison(part, goal, ends, relative, polynomial)
        certified = CertifiedErrors(part.pieces, goal, relative)
        return Comparison(part, goal, ends, relative, HighDegreeErrors(certified, polynomial))
    lines = piecewise_linear_form(goal.simplified, goal.symbol, *ends)
    errors = CertifiedErrors(part.pieces, goal, relative) if lines is None else _difference(part, lines)
    return Comparison(part, goal, ends, relative, errors)


def _difference(f: PiecewiseLinear1D, g: PiecewiseLinear1D) -> PolynomialErrors:
    """Errors of one function against another: those of the difference against 0."""
    return PolynomialErrors(f - g, (Fraction(0),))
