"""From what users pass to a `Comparison`: reads the target and the domain and picks the way to measure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pwlin.compare.comparison import Comparison
from pwlin.compare.polynomial import PolynomialErrors
from pwlin.compare.targets import Target, parse_target
from pwlin.errors import DomainError, TargetError
from pwlin.function1d import PiecewiseLinear1D
from pwlin.interval import Interval
from pwlin.rational import to_fraction


def compare_1d(function: Any, target: Any, domain: Any, tolerance: Any) -> Comparison:
    """Implements `pwlin.compare.compare`."""
    if not isinstance(function, PiecewiseLinear1D):
        raise TargetError(f"function: found {type(function).__name__}; accepted is a PiecewiseLinear1D")
    relative = read_tolerance(tolerance)
    ends = bounded(function.domain if domain is None else domain)
    part = function.restrict(*ends)
    if isinstance(target, PiecewiseLinear1D):
        other = target.restrict(*ends)
        zero = (Fraction(0),)
        return Comparison(part, other, ends, relative, PolynomialErrors((part - other).pieces, zero))
    goal = read_target(target)
    if goal.is_polynomial:
        return Comparison(part, goal, ends, relative, PolynomialErrors(part.pieces, goal.polynomial()))
    from pwlin.compare.certified import CertifiedErrors

    return Comparison(part, goal, ends, relative, CertifiedErrors(part.pieces, goal, relative))


def bounded(domain: Any) -> tuple[Fraction, Fraction]:
    """`domain` as a pair of Fractions, or a `DomainError` if an end is infinite."""
    interval = Interval.parse(domain)
    if interval.left is None or interval.right is None:
        raise DomainError(
            f"domain: found {interval}, where errors may be infinite; accepted are bounded intervals: pass domain=(a, b)"
        )
    return interval.left, interval.right


def read_target(target: Any) -> Target:
    """`target` as a `Target` of at most one variable."""
    goal = target if isinstance(target, Target) else parse_target(target)
    if len(goal.variables) > 1:
        names = ", ".join(map(str, goal.variables))
        raise TargetError(f"target: found the variables {names} in {goal.text!r}; accepted is one variable")
    return goal


def read_tolerance(tolerance: Any) -> Fraction:
    """A relative width strictly between 0 and 1."""
    relative = to_fraction(tolerance, "tolerance")
    if not 0 < relative < 1:
        raise TargetError(f"tolerance: found {tolerance}; accepted are numbers between 0 and 1")
    return relative
