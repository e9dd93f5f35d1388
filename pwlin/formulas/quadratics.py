"""The least value of a quadratic polynomial in several variables, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.formulas.allowed import polynomial_coefficients

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Coefficients = Mapping[tuple[int, ...], Fraction]


@dataclass(frozen=True, slots=True)
class Minimum:
    """A value that a function is nowhere below, and the only point that may take it, if one is known."""

    value: Fraction
    point: tuple[Fraction, ...] | None


def quadratic_minimum(expression: Expr, symbols: Sequence[Symbol]) -> Minimum | None:
    """The minimum of a strictly convex quadratic polynomial, in variables or in their squares; None for anything else.

    In squares, the minimum over all numbers is a lower bound, which is taken if the squares are.
    """
    coefficients = polynomial_coefficients(expression, symbols)
    if coefficients is None:
        return None
    if all(e % 2 == 0 for exponents in coefficients for e in exponents):
        found = _minimum({tuple(e // 2 for e in exponents): c for exponents, c in coefficients.items()}, len(symbols))
        if found is not None:
            return Minimum(found.value, found.point if not any(found.point or ()) else None)
    return _minimum(coefficients, len(symbols))


def _minimum(coefficients: Coefficients, n: int) -> Minimum | None:
    """By Gauss' elimination: convex if all pivots of the matrix of second derivatives are positive."""
    if max(map(sum, coefficients), default=0) != 2:
        return None
    units = [tuple(int(i == k) for k in range(n)) for i in range(n)]
    rows = []
    for i, one in enumerate(units):
        pairs = [tuple(a + b for a, b in zip(one, other)) for other in units]
        row = [coefficients.get(pair, Fraction(0)) * (1 + (i == k)) for k, pair in enumerate(pairs)]
        rows.append([*row, -coefficients.get(one, Fraction(0))])
    for k in range(n):
        if rows[k][k] <= 0:
            return None
        for i in range(k + 1, n):
            share = rows[i][k] / rows[k][k]
            rows[i] = [a - share * b for a, b in zip(rows[i], rows[k])]
    point = [Fraction(0)] * n
    for k in reversed(range(n)):
        point[k] = (rows[k][n] - sum(rows[k][i] * point[i] for i in range(k + 1, n))) / rows[k][k]
    value = Fraction(0)
    for exponents, coefficient in coefficients.items():
        for x, exponent in zip(point, exponents):
            coefficient *= x**exponent
        value += coefficient
    return Minimum(value, tuple(point))
