"""From what users pass to a `ComparisonND`: reads target, domain and tolerance, and picks the way to measure."""

from __future__ import annotations

from pwlin.comparison.cells.certified import CertifiedErrorsND
from pwlin.comparison.cells.comparison import ComparisonND
from pwlin.comparison.cells.linear import check_cancelled_nd, linear_errors, split
from pwlin.comparison.cells.polynomial import CERTIFIED, POLYNOMIAL, PolynomialErrors
from pwlin.exact.enclosure import read_tolerance
from pwlin.formulas.kinds import Formula, LinearTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.interval import require_bounded


def compare_cells(
    function: PiecewiseLinearND, target: TargetLike, domain: object, tolerance: object, progress: bool
) -> ComparisonND:
    """Implements `pwlin.compare` in several variables."""
    f = function if domain is None else function.restrict(domain)
    require_bounded(f.domain)
    goal = read_target(target, f.dim)
    if isinstance(goal, LinearTarget):
        other = goal.function
        assert isinstance(other, PiecewiseLinearND)
        difference = f - (other if other.domain == f.domain else other.restrict(f.domain))
        relative = read_tolerance(tolerance, POLYNOMIAL)
        return ComparisonND(difference, other, relative, PolynomialErrors(difference, None, relative))
    assert isinstance(goal, Formula)
    check_cancelled_nd(f, goal)
    if goal.is_polynomial:
        relative = read_tolerance(tolerance, POLYNOMIAL)
        return ComparisonND(f, goal, relative, PolynomialErrors(f, goal, relative, progress))
    relative, parts = read_tolerance(tolerance, CERTIFIED), split(f, goal)
    exact = linear_errors(f, goal, parts)
    return ComparisonND(f, goal, relative, exact or CertifiedErrorsND(f, goal, relative, parts, progress))
