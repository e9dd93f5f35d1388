"""Certified balls around real numbers of sympy, and the floats and decimals nearest to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from flint import arb, ctx, fmpq

from pwlin.exact.algebraic import precisions, real_balls
from pwlin.exact.bridges import dyadic
from pwlin.exact.digits import fixed, rounded
from pwlin.exact.formats import signed
from pwlin.exact.rational import nearest_float, to_fraction

if TYPE_CHECKING:
    import sympy

T = TypeVar("T")
_MOST_PLACES = 1 << 12
"""Balls that still hold a border between two decimals with so many more places are taken to be on it."""
_SLACK = 64
_FUNCTIONS: dict[str, Callable[[arb], arb]] = {
    **{name: getattr(arb, name) for name in ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: getattr(arb, name) for name in ("sinh", "cosh", "tanh")},
    "Abs": abs,
}


def real_ball(number: sympy.Expr, bits: int) -> arb | None:
    """A certified enclosure of a real number made of rationals, powers, real roots of polynomials, pi and functions.

    Returns
    -------
    arb or None
        None for what holds anything else: complex numbers, infinite sums. Not finite where more bits are needed.
    """
    with ctx.workprec(bits):
        return _ball(number, bits)


def _ball(number: sympy.Expr, bits: int) -> arb | None:
    from sympy import CRootOf, Rational

    late = getattr(number, "ball_at", None)
    if late is not None:
        found: arb = late(bits)
        return found
    if number.is_Float:
        number = Rational(number)
    if number.is_Rational:
        return arb(fmpq(int(number.p), int(number.q)))
    if isinstance(number, CRootOf):
        balls = real_balls(tuple(int(c) for c in reversed(number.poly.all_coeffs())), bits)
        return balls[number.index] if number.index < len(balls) else None
    if number.is_NumberSymbol:
        constant = {"pi": arb.pi, "E": arb.const_e}.get(str(number))
        return constant() if constant is not None else None
    function = _FUNCTIONS.get(type(number).__name__) if len(number.args) == 1 else None
    if not (number.is_Add or number.is_Mul or number.is_Pow or function):
        return None
    first, *rest = (_ball(part, bits) for part in number.args)
    if first is None or any(part is None for part in rest):
        return None
    if function is not None:
        return function(first)
    if number.is_Pow:
        return _power(first, number.exp, *rest)
    for part in rest:
        first = first + part if number.is_Add else first * part
    return first


def _power(base: arb, exponent: sympy.Expr, ball: arb) -> arb | None:
    if exponent.is_Integer:
        return base ** int(exponent)
    if base < 0:
        return None
    return base**ball if base > 0 else arb.nan()


def real_ends(number: sympy.Expr, bits: int) -> tuple[Fraction, Fraction] | None:
    """Rational ends of a ball as `real_ball` makes it, all its bits kept; None where it is none, or not finite."""
    ball = real_ball(number, bits)
    if ball is None or not ball.is_finite():
        return None
    with ctx.workprec(bits):  # the ends of a ball are rounded as everything is
        return dyadic(ball.lower()), dyadic(ball.upper())


def narrowing_ends(number: sympy.Expr, digits: int = 0) -> Iterator[tuple[Fraction, Fraction]]:
    """Rational ends of ever smaller balls around a real number, until they have plenty of bits behind so many decimal places.

    None where no ball is known.
    """
    whole = 0
    for bits in precisions():
        if real_ball(number, bits) is None:
            return
        ends = real_ends(number, bits)
        if ends is not None:
            yield ends
            whole = math.floor(max(map(abs, ends))).bit_length()
        if bits >= 10 * (_MOST_PLACES + digits) // 3 + whole + _SLACK:
            return


def float_of_real(number: sympy.Expr) -> float | None:
    """The float64 nearest to a real number; None where balls do not tell which it is."""
    for low, high in narrowing_ends(number):
        if nearest_float(low) == nearest_float(high):
            return nearest_float(low)
    return None


def rounded_real(number: sympy.Expr, digits: int) -> Decimal:
    """A real number with so many significant digits; what no ball is known of from 15 more by sympy."""
    if number.is_Rational:
        return rounded(to_fraction(number), digits)
    found = _agreed(number, lambda end: rounded(end, digits), digits)
    return rounded(Fraction(str(number.evalf(digits + 15))), digits) if found is None else found


def fixed_real(number: sympy.Expr, places: int) -> str:
    """A real number with so many decimal places, ``-0.00`` if it is negative; what no ball is known of by sympy."""
    found = _agreed(number, lambda end: signed(end, places), places)
    if found is not None:
        return found
    before = max(rounded_real(number, 1).adjusted(), 0)
    return signed(Fraction(str(number.evalf(before + places + 15))), places)


def _agreed(number: sympy.Expr, rounding: Callable[[Fraction], T], digits: int) -> T | None:
    """What a rounding to so many digits makes of all of a ball, however narrow it has to be; None where no ball is known."""
    ends = None
    for ends in narrowing_ends(number, digits):
        low, high = map(rounding, ends)
        if low == high:
            return low
    # on a border, or zero, as far as can be told
    return None if ends is None else rounding(Fraction(fixed(sum(ends, Fraction(0)) / 2, _MOST_PLACES + digits)))
