"""Algebraic numbers as sympy writes them, and back to certified balls."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from pwlin.exact.algebraic import Point, RealRoot, real_balls
from pwlin.exact.bridges import from_fmpq, to_sympy
from pwlin.exact.digits import integer

if TYPE_CHECKING:
    import sympy

_RADICAND_BITS = 200


def root_to_sympy(root: RealRoot) -> sympy.Expr:
    """Radical expression for degree 2, a `sympy.CRootOf` beyond."""
    if len(root.minpoly) == 3:
        return sum_to_sympy(fmpq(0), {root: 1})
    from pwlin.exact.sympy_root import CertifiedRoot

    return CertifiedRoot.of(root.minpoly, root.index)


def sum_to_sympy(rational: fmpq, factors: dict[RealRoot, int]) -> sympy.Expr:
    """A rational plus integer multiples of irrational roots, as a sympy number with equal radicals collected.

    Radicands too long to look for square factors in stay as they are.
    """
    import sympy

    terms, raw = [], False
    for root, factor in factors.items():
        if len(root.minpoly) > 3:
            terms.append(factor * root_to_sympy(root))
            continue
        p, q, radicand = root.surd()
        rational += factor * p
        coefficient = to_sympy(factor * q)
        if radicand.bit_length() <= _RADICAND_BITS:
            terms.append(coefficient * sympy.sqrt(radicand))
        else:
            raw = True
            radical = sympy.Pow(sympy.Integer(radicand), sympy.Rational(1, 2), evaluate=False)
            terms.append(sympy.Mul(coefficient, radical, evaluate=False))
    return sympy.Add(*([to_sympy(rational)] if rational else []), *terms, evaluate=not raw)


def to_number(value: Point) -> Fraction | sympy.Expr:
    """What users get: `Fraction` if rational, else a sympy algebraic number (`exact.text.decimal` gives its decimals)."""
    return root_to_sympy(value) if isinstance(value, RealRoot) else from_fmpq(value)


def sympy_text(number: sympy.Expr) -> str:
    """The text of a sympy number, with integers of any length."""
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_Integer(self, expr: sympy.Integer) -> str:
            return integer(expr.p)

        def _print_Rational(self, expr: sympy.Rational) -> str:
            return f"{integer(expr.p)}/{integer(expr.q)}"

    return str(Printer().doprint(number))


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
