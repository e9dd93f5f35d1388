"""From what users pass to a `Comparison`: reads the target and the domain and picks the way to measure."""

from __future__ import annotations

from fractions import Fraction

from pwlin.comparison.line.comparison import Comparison
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.exact.enclosure import read_tolerance
from pwlin.formulas.kinds import LinearTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import bounded


def compare_line(function: PiecewiseLinear1D, target: TargetLike, domain: object, tolerance: object) -> Comparison:
    """Implements `pwlin.compare` on the line."""
    relative = read_tolerance(tolerance)
    ends = bounded(function.domain if domain is None else domain)
    part = function.restrict(*ends)
    goal = read_target(target)
    if isinstance(goal, LinearTarget):
        assert isinstance(goal.function, PiecewiseLinear1D)  # it has one variable
        other = goal.function.restrict(*ends)
        zero = (Fraction(0),)
        return Comparison(part, other, ends, relative, PolynomialErrors((part - other).pieces, zero))
    if goal.is_polynomial:
        return Comparison(part, goal, ends, relative, PolynomialErrors(part.pieces, goal.polynomial()))
    from pwlin.comparison.line.certified import CertifiedErrors

    return Comparison(part, goal, ends, relative, CertifiedErrors(part.pieces, goal, relative))
