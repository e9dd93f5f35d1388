"""What the best continuous function with so many pieces can do against a quadratic, in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


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
    """The least errors for ``leading * x**2 + ...`` on an interval, with equal knots h = length / pieces.

    On a stretch of length h the best line leaves ``|c| h^2 / 8`` in sup, ``c^2 h^5 / 180`` in L2 squared (Legendre) and
    ``|c| h^3 / 16`` in L1 (sign changes at the quarter points). Each is convex in h, so equal stretches are best; the
    lines miss the target by the same amount at both ends, so together they are continuous.
    """
    c, h = abs(leading), length / pieces
    l2_squared = c**2 * h**5 / 180 * pieces
    return BestErrors(pieces, c * h**2 / 8, c * h**3 / 16 * pieces, l2_squared, l2_squared / length)


def quadratic_coefficient(target: Any) -> Fraction | None:
    """The coefficient of x**2 if the target is a polynomial of degree at most 2, else None."""
    if not getattr(target, "is_polynomial", False):
        return None
    coefficients = target.polynomial()
    if len(coefficients) > 3 and any(coefficients[3:]):
        return None
    return coefficients[2] if len(coefficients) > 2 else Fraction(0)


def exact_fourth_root(value: Any) -> int | None:
    root = math.isqrt(math.isqrt(int(value)))
    return root if root**4 == value else None
