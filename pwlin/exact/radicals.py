"""Algebraic numbers as sympy writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq

from pwlin.exact.algebraic import Point, RealRoot
from pwlin.exact.bridges import from_fmpq, to_sympy
from pwlin.exact.digits import SHORT, integer
from pwlin.exact.enclosure import Enclosure, short_ends
from pwlin.exact.long_fractions import LongFraction
from pwlin.exact.rational import rational_root

if TYPE_CHECKING:
    import sympy

_RADICAND_BITS = 200


def root_to_sympy(root: RealRoot) -> sympy.Expr:
    """Radical expression for degree 2, a `sympy.CRootOf` beyond; ``float`` of it is correctly rounded."""
    if len(root.minpoly) == 3:
        return sum_to_sympy(fmpq(0), {root: 1})
    from pwlin.exact.sympy_numbers import CertifiedRoot, well_rounded

    return well_rounded(CertifiedRoot.of(root.minpoly, root.index))


def sum_to_sympy(rational: fmpq, factors: dict[RealRoot, int]) -> sympy.Expr:
    """A rational plus integer multiples of irrational roots, as a sympy number with equal radicals collected.

    Radicands too long to look for square factors in stay as they are. ``float`` of it is correctly rounded.
    """
    terms, surds = [], []
    for root, factor in factors.items():
        if len(root.minpoly) > 3:
            terms.append(factor * root_to_sympy(root))
            continue
        p, q, radicand = root.surd()
        rational += factor * p
        surds.append((factor * q, radicand))
    return radicals_to_sympy(rational, surds, terms)


def radicals_to_sympy(
    rational: fmpq, surds: Iterable[tuple[fmpq, int]], terms: Sequence[sympy.Expr] = ()
) -> sympy.Expr:
    """A rational, plus factors times square roots of positive integers, plus other terms; see `sum_to_sympy`."""
    import sympy

    from pwlin.exact.sympy_numbers import well_rounded

    parts, raw = [to_sympy(rational)] if rational else [], False
    for factor, radicand in surds:
        coefficient = to_sympy(factor)
        if radicand.bit_length() <= _RADICAND_BITS:
            parts.append(coefficient * sympy.sqrt(radicand))
        else:
            raw = True
            radical = sympy.Pow(sympy.Integer(radicand), sympy.Rational(1, 2), evaluate=False)
            parts.append(sympy.Mul(coefficient, radical, evaluate=False))
    return well_rounded(sympy.Add(*parts, *terms, evaluate=not raw))


def square_root(value: Fraction | sympy.Expr | Enclosure) -> Fraction | sympy.Expr | Enclosure:
    """The square root of a number from 0, as exact as the number is; an `Enclosure` of one of so many digits that none are made."""
    if isinstance(value, LongFraction) and value.brief() is None:
        value = Enclosure(*short_ends(value))
    if isinstance(value, Enclosure):
        return value.sqrt()
    if isinstance(value, Fraction):
        if (root := rational_root(value)) is not None:
            return root
        value = to_sympy(value)
    import sympy

    from pwlin.exact.sympy_numbers import well_rounded

    return well_rounded(sympy.Pow(value, sympy.Rational(1, 2), evaluate=False))


def to_number(value: Point) -> Fraction | sympy.Expr:
    """What users get: `Fraction` if rational, else a sympy algebraic number (`exact.text.decimal` gives its decimals)."""
    return root_to_sympy(value) if isinstance(value, RealRoot) else from_fmpq(value)


def sympy_text(number: sympy.Expr) -> str:
    """The text of a sympy number, with integers of any length."""
    import sympy
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_Integer(self, expr: sympy.Integer) -> str:
            return integer(expr.p)

        def _print_Rational(self, expr: sympy.Rational) -> str:
            return f"{integer(expr.p)}/{integer(expr.q)}"

    # to order factors sympy writes them out its own way, which fails at such a length
    sizes = (max(abs(q.p), q.q).bit_length() for q in number.atoms(sympy.Rational))
    return str(Printer({"order": "none"} if max(sizes, default=0) > SHORT else {}).doprint(number))
