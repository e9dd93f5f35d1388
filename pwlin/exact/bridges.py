"""Bridges between our numbers and those of FLINT and sympy; both ways without loss."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, fmpq

from pwlin.exact.rational import reduced_fraction

if TYPE_CHECKING:
    import sympy

_LONG = 1 << 16
"""Bits from which it takes longer to find common factors than to do without."""


def to_fmpq(value: Fraction) -> fmpq:
    """FLINT rational of a Fraction."""
    return fmpq(value.numerator, value.denominator)


def from_fmpq(value: fmpq) -> Fraction:
    """Fraction of a FLINT rational, at no cost beyond the copy."""
    return reduced_fraction(int(value.p), int(value.q))


def exact_sum(terms: Iterable[fmpq]) -> fmpq:
    """Sum of FLINT rationals, in pairs, so that long denominators are met as late as possible.

    Long ones are added without a thought to common factors, of which most have been taken out by then; the last are at the end.
    """
    level = list(terms)
    while len(level) > 1 and level[0].q.bit_length() < _LONG:
        paired = [a + b for a, b in zip(level[::2], level[1::2])]
        level = paired + level[len(paired) * 2 :]
    pairs = [(v.p, v.q) for v in level]
    while len(pairs) > 1:
        joined = [(a * d + b * c, c * d) for (a, c), (b, d) in zip(pairs[::2], pairs[1::2])]
        pairs = joined + pairs[len(joined) * 2 :]
    return fmpq(*pairs[0]) if pairs else fmpq(0)


def to_sympy(value: Fraction | fmpq) -> sympy.Rational:
    """Sympy number of a Fraction or a FLINT rational."""
    import sympy

    top, bottom = (value.numerator, value.denominator) if isinstance(value, Fraction) else (value.p, value.q)
    return sympy.Rational(int(top), int(bottom))


def to_ball(value: Fraction) -> arb:
    """A real ball around a rational, a single point if it fits the working precision."""
    return arb(to_fmpq(value))


def dyadic(end: arb) -> Fraction:
    """A ball that is a single point as a Fraction."""
    mantissa, exponent = (int(v) for v in end.man_exp())
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
