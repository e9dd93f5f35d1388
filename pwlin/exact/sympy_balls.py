"""Certified balls around the algebraic numbers of sympy, and the floats nearest to them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from pwlin.exact.algebraic import precisions, real_balls
from pwlin.exact.bridges import dyadic
from pwlin.exact.rational import nearest_float

if TYPE_CHECKING:
    import sympy

_MOST_BITS = 1 << 14


def algebraic_ball(number: sympy.Expr, bits: int) -> arb | None:
    """A certified enclosure of a real number made of rationals, powers and real roots of polynomials.

    Returns
    -------
    arb or None
        None for what holds anything else: logarithms, pi, complex numbers. Not finite where more bits are needed.
    """
    with ctx.workprec(bits):
        return _ball(number, bits)


def _ball(number: sympy.Expr, bits: int) -> arb | None:
    from sympy import CRootOf

    late = getattr(number, "ball_at", None)
    if late is not None:
        found: arb = late(bits)
        return found
    if number.is_Rational:
        return arb(fmpq(int(number.p), int(number.q)))
    if isinstance(number, CRootOf):
        balls = real_balls(tuple(int(c) for c in reversed(number.poly.all_coeffs())), bits)
        return balls[number.index] if number.index < len(balls) else None
    if not (number.is_Add or number.is_Mul or number.is_Pow):
        return None
    first, *rest = (_ball(part, bits) for part in number.args)
    if first is None or any(part is None for part in rest):
        return None
    if number.is_Pow:
        return _power(first, number.exp)
    for part in rest:
        first = first + part if number.is_Add else first * part
    return first


def _power(base: arb, exponent: sympy.Expr) -> arb | None:
    if exponent.is_Integer:
        return base ** int(exponent)
    if not exponent.is_Rational or base < 0:
        return None
    return base ** arb(fmpq(int(exponent.p), int(exponent.q))) if base > 0 else arb.nan()


def algebraic_ends(number: sympy.Expr, bits: int) -> tuple[Fraction, Fraction] | None:
    """Rational ends of a ball as `algebraic_ball` makes it, all its bits kept; None where it is none, or not finite."""
    ball = algebraic_ball(number, bits)
    if ball is None or not ball.is_finite():
        return None
    with ctx.workprec(bits):  # the ends of a ball are rounded as everything is
        return dyadic(ball.lower()), dyadic(ball.upper())


def float_of_algebraic(number: sympy.Expr) -> float | None:
    """The float64 nearest to a real algebraic number; None where balls do not tell which it is."""
    for bits in precisions():
        ends = algebraic_ends(number, bits)
        if ends is not None and nearest_float(ends[0]) == nearest_float(ends[1]):
            return nearest_float(ends[0])
        if bits >= _MOST_BITS:
            return None
    raise AssertionError("unreachable: precisions have no end")
