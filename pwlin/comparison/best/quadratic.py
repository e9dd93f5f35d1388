"""What the best continuous function with so many pieces can do against a quadratic, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pwlin.comparison.norm import L1, L2, SUP
from pwlin.formulas.kinds import Target


@dataclass(frozen=True, slots=True)
class BestErrors:
    """Errors of the best continuous piecewise-linear functions with `pieces` pieces, one function for each norm.

    Attributes
    ----------
    pieces : int
    sup, l1, l2_squared, mse : Fraction
        The least possible value of each error.
    """

    pieces: int
    sup: Fraction
    l1: Fraction
    l2_squared: Fraction
    mse: Fraction

    exact = True


def quadratic_best(leading: Fraction, length: Fraction, pieces: int) -> BestErrors:
    """The least errors for ``leading * x**2 + ...`` on an interval; see `pwlin.comparison.norm.Norm`."""
    sup, l1, l2_squared = (norm.quadratic_best(leading, length, pieces) for norm in (SUP, L1, L2))
    return BestErrors(pieces, sup, l1, l2_squared, l2_squared / length)


def quadratic_coefficient(target: object) -> Fraction | None:
    """The coefficient of x**2 if the target is a polynomial of degree at most 2, else None."""
    if not isinstance(target, Target) or not target.is_polynomial:
        return None
    coefficients = target.polynomial()
    if len(coefficients) > 3:
        return None
    return coefficients[2] if len(coefficients) > 2 else Fraction(0)
