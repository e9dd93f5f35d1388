"""Exact and certified comparison of piecewise-linear functions with targets, and best approximation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pwlin.compare.comparison import Comparison

__all__ = ["compare"]


def compare(function: Any, target: Any, domain: Any = None, tolerance: Any = "1e-12") -> Comparison:
    """Measure how far a piecewise-linear function of one variable is from a target.

    Parameters
    ----------
    function : PiecewiseLinear1D
    target : str, sympy expression, number, Target or PiecewiseLinear1D
        Text is read by `pwlin.compare.targets.parse_target` and never evaluated as code.
    domain : pair of exact numbers, optional
        A bounded interval within the function's domain; default: all of the function's domain.
    tolerance : exact number
        Relative width asked of enclosures, for targets that are no polynomials.

    Returns
    -------
    Comparison
        Exact against polynomials and piecewise-linear functions, enclosures otherwise.

    Raises
    ------
    DomainError
        If the domain is unbounded, or not within the function's (and the piecewise-linear target's) domain.
    TargetError
        If the target cannot be read, has more than one variable, or is undefined somewhere in the domain.

    Examples
    --------
    >>> from pwlin.function1d import PiecewiseLinear1D
    >>> c = compare(PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 4]), "x**2")
    >>> c.sup, c.argsup, c.l1, c.mse
    (Fraction(1, 4), Fraction(1, 2), Fraction(1, 3), Fraction(1, 30))
    """
    from pwlin.compare.facade import compare_1d

    return compare_1d(function, target, domain, tolerance)
