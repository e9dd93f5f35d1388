"""What the best function with as many pieces could do: `Comparison.best` and `Comparison.effective_pieces`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpz

from pwlin.compare.algebraic import to_fmpq
from pwlin.compare.balls import to_enclosure
from pwlin.errors import TargetError


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


def best_errors(comparison: Any) -> Any:
    """Implements `Comparison.best`."""
    pieces = comparison.function.n_pieces
    leading = quadratic_coefficient(comparison.target)
    if leading is not None:
        return quadratic_best(leading, comparison.length, pieces)
    if not hasattr(comparison.target, "expression"):
        if pieces >= comparison.target.n_pieces:
            return BestErrors(pieces, Fraction(0), Fraction(0), Fraction(0), Fraction(0))
        raise TargetError(
            f"best: found a piecewise-linear target with {comparison.target.n_pieces} pieces for a function with "
            f"{pieces}; accepted are smooth targets, or piecewise-linear ones with no more pieces than the function"
        )
    raise TargetError(f"best: found the target {comparison.target}; accepted are polynomials of degree 2 at most")


def effective_pieces(comparison: Any) -> Any:
    """Implements `Comparison.effective_pieces`."""
    target = comparison.target
    leading = quadratic_coefficient(target)
    if leading is None and hasattr(target, "expression"):
        raise TargetError(f"effective_pieces: found the target {target}; accepted are polynomials of degree 2 at most")
    if not leading:
        return math.inf if comparison.mse == 0 else Fraction(0)
    fourth_power = to_fmpq(leading**2 * comparison.length**4 / 180) / to_fmpq(comparison.mse)
    roots = [_exact_fourth_root(fmpz(part)) for part in (fourth_power.p, fourth_power.q)]
    if roots[0] is not None and roots[1] is not None:
        return Fraction(roots[0], roots[1])
    with ctx.workprec(128):
        return to_enclosure(arb(fourth_power).root(4))


def quadratic_coefficient(target: Any) -> Fraction | None:
    """The coefficient of x**2 if the target is a polynomial of degree at most 2, else None."""
    if not getattr(target, "is_polynomial", False):
        return None
    coefficients = target.polynomial()
    if len(coefficients) > 3 and any(coefficients[3:]):
        return None
    return coefficients[2] if len(coefficients) > 2 else Fraction(0)


def _exact_fourth_root(value: Any) -> int | None:
    root = math.isqrt(math.isqrt(int(value)))
    return root if root**4 == value else None
