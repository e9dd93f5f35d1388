"""The integral of the error's magnitude against a quadratic, on all pieces together.

On a piece [l, r] of width h the error is the line between its values u and v at the ends, plus ``a (x - l)(r - x)``, where a is the
quadratic's leading coefficient. With ``x = l + h s``, ``A = a h^2`` and ``b = v - u + A`` it is ``u + b s - A s^2``, its
discriminant ``D = b^2 + 4 A u``, its mean ``m = (u + v) / 2 + A / 6``, and its primitive at a root s0 ``(s0 D + b u) / (6 A)``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from pwlin.comparison.errors import Value
from pwlin.exact.bridges import to_fmpq
from pwlin.exact.radicals import radicals_to_sympy
from pwlin.exact.vector import RationalVector
from pwlin.functions.line.table import Table

_HALF, _SIXTH, _THIRD, _TWO, _FOUR = (
    RationalVector.of([Fraction(*pair)]) for pair in ((1, 2), (1, 6), (1, 3), (2, 1), (4, 1))
)

_FEW = 64


@dataclass(frozen=True, slots=True)
class Magnitude:
    """The number ``rational + sum of factors[k] * sqrt(radicands[k])``: all positive but the first, no radicand a square."""

    rational: Fraction
    factors: RationalVector
    radicands: RationalVector

    def number(self) -> Value:
        """A Fraction, or as a sympy number; where radicals are many they are only written out when sympy asks."""
        if not len(self.factors):
            return self.rational
        terms: dict[Fraction, fmpq] = defaultdict(fmpq)
        for factor, radicand in zip(self.factors, self.radicands):
            terms[radicand] += to_fmpq(factor)
        surds = [(q / d.denominator, d.numerator * d.denominator) for d, q in terms.items()]
        if len(surds) <= _FEW:
            return radicals_to_sympy(to_fmpq(self.rational), surds)
        from pwlin.exact.sympy_numbers import LateSum

        return LateSum.of(self._ball, lambda: radicals_to_sympy(to_fmpq(self.rational), surds))

    def _ball(self, bits: int) -> arb:
        """A certified enclosure."""
        with ctx.workprec(bits):
            total = arb(to_fmpq(self.rational))
            for factor, radicand in zip(self.factors, self.radicands):
                total += arb(to_fmpq(factor)) * arb(to_fmpq(radicand)).sqrt()
            return total


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Errors on some pieces: widths h, values u and v at the ends, A and b as above."""

    h: RationalVector
    u: RationalVector
    v: RationalVector
    a: RationalVector
    b: RationalVector

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> _Pieces:
        return _Pieces(*(part.take(rows) for part in (self.h, self.u, self.v, self.a, self.b)))

    @property
    def mean(self) -> RationalVector:
        return (self.u + self.v) * _HALF + self.a * _SIXTH

    @property
    def discriminant(self) -> RationalVector:
        return self.b * self.b + self.a * self.u * _FOUR


def magnitude(table: Table, coefficients: Sequence[Fraction]) -> Magnitude:
    """The integral of the error's magnitude against a polynomial of degree 2, on a bounded interval.

    Notes
    -----
    Let t be the error's sign right after l. If it changes once, the integral over the piece is
    ``h (t (b (D + 2 A u) / (6 A^2) - m) + D sqrt(D) / (6 A^2))``. If it changes twice, that is
    ``h (t m + D sqrt(D) / (3 A^2))``, and ``h |m|`` if it never does.
    """
    pieces = _pieces(table, coefficients)
    once, twice = _changes(pieces)
    start = np.where(pieces.u.signs() != 0, pieces.u.signs(), pieces.b.signs())
    never, one, two = pieces.take(~(once | twice)), pieces.take(once), pieces.take(twice)
    of_one, of_two = one.discriminant, two.discriminant
    sixths = one.h * _SIXTH / (one.a * one.a)
    mixed = one.b * (of_one + one.a * one.u * _TWO)
    rational = [
        abs(never.h * never.mean),
        _signed(mixed * sixths - one.h * one.mean, start[once]),
        _signed(two.h * two.mean, start[twice]),
    ]
    factors = RationalVector.joined([of_one * sixths, of_two * two.h * _THIRD / (two.a * two.a)])
    radicands = RationalVector.joined([of_one, of_two])
    square, roots = _square_roots(radicands)
    rational.append(factors.take(square) * roots)
    return Magnitude(
        sum((part.total() for part in rational), Fraction(0)), factors.take(~square), radicands.take(~square)
    )


def _pieces(table: Table, coefficients: Sequence[Fraction]) -> _Pieces:
    constant, linear, bend = (RationalVector.of([c]) for c in coefficients)
    x = table.corners
    errors = table.corner_values - ((x * bend + linear) * x + constant)
    before, after = slice(None, -1), slice(1, None)
    h, u, v = x.take(after) - x.take(before), errors.take(before), errors.take(after)
    a = h * h * bend
    return _Pieces(h, u, v, a, v - u + a)


def _changes(pieces: _Pieces) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """On which pieces the error changes its sign once inside, and on which twice."""
    u, v, a = pieces.u.signs(), pieces.v.signs(), pieces.a.signs()
    size = abs(pieces.a)
    once = u * v < 0
    # a root at one end: the other one is b / A from the left, or -u / A
    once |= (u == 0) & (v != 0) & (pieces.b.signs() == a) & (abs(pieces.b).compare(size) < 0)
    once |= (v == 0) & (u == -a) & (abs(pieces.u).compare(size) < 0)
    # both ends on one side: the extreme point is inside, and on the other side
    twice = (u * v > 0) & (u == -a)
    rows = np.flatnonzero(twice)
    rest = pieces.take(rows)
    twice[rows] = (abs(rest.v - rest.u).compare(abs(rest.a)) < 0) & (rest.discriminant.signs() > 0)
    return once, twice


def _signed(values: RationalVector, signs: NDArray[np.int8]) -> RationalVector:
    return RationalVector.reduced(values.numerators * signs, values.denominators)


def _square_roots(values: RationalVector) -> tuple[NDArray[np.bool_], RationalVector]:
    """Which of some positive rationals are squares, and the roots of those."""
    roots = [(isqrt(n), isqrt(d)) for n, d in zip(values.numerators.tolist(), values.denominators.tolist())]
    square = np.array(
        [
            p * p == n and q * q == d
            for (p, q), n, d in zip(roots, values.numerators.tolist(), values.denominators.tolist())
        ],
        dtype=bool,
    )
    return square, RationalVector.of(Fraction(p, q) for (p, q), fits in zip(roots, square.tolist()) if fits)
