"""Real algebraic numbers: certified root isolation, exact equality, and a canonical form.

Balls (FLINT's arb) separate what differs; where they cannot, minimal polynomials decide. No tolerance anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key, lru_cache
from typing import TypeAlias

from flint import arb, arb_poly, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz_poly

from pwlin.exact.bridges import to_fmpq
from pwlin.exact.isolation import isolated, refined

_START_BITS = 64
_COMPLEX_DEGREE = 32
"""Beyond it, to find all complex roots takes longer than to tell the real ones apart."""
_COMPLEX_BITS = 2000
"""Coefficients that are longer may have roots so near to one another that the search for complex ones does not end."""


def rational_poly(coefficients: tuple[Fraction, ...]) -> fmpq_poly:
    """FLINT polynomial from coefficients, lowest degree first."""
    return fmpq_poly([to_fmpq(c) for c in coefficients])


def precisions() -> Iterator[int]:
    """Working precisions in bits, doubling without end; the caller's exact test makes each loop finite."""
    bits = _START_BITS
    while True:
        yield bits
        bits *= 2


@dataclass(frozen=True, slots=True)
class RealRoot:
    """Irrational real root number `index` (from the left, from 0) of an irreducible primitive integer polynomial.

    The leading coefficient is positive, so that equal numbers have equal records.
    """

    minpoly: tuple[int, ...]
    index: int

    def ball(self, bits: int) -> arb:
        """Certified enclosure, about `bits` bits relative."""
        return real_balls(self.minpoly, bits)[self.index]

    def polynomial(self) -> fmpq_poly:
        """The minimal polynomial as a FLINT object."""
        return fmpq_poly(list(self.minpoly))

    def surd(self) -> tuple[fmpq, fmpq, int]:
        """A number of degree 2 as (p, q, D), meaning ``p + q * sqrt(D)``."""
        c, b, a = self.minpoly
        return fmpq(-b, 2 * a), fmpq(1 if self.index else -1, 2 * a), b * b - 4 * a * c


Point: TypeAlias = RealRoot | fmpq
"""A real algebraic number: irrational, or a FLINT rational."""


def ball_of(value: Point, bits: int) -> arb:
    """Certified enclosure of a rational or an irrational root."""
    if isinstance(value, RealRoot):
        return value.ball(bits)
    with ctx.workprec(bits):
        return arb(value)


def evaluate(poly: fmpq_poly, point: Point, bits: int) -> arb:
    """Certified enclosure of a rational polynomial at a point."""
    with ctx.workprec(bits):
        return arb_poly(poly)(ball_of(point, bits))


def roots_between(poly: fmpq_poly, low: fmpq, high: fmpq) -> list[tuple[Point, int]]:
    """All real roots of a non-zero rational polynomial strictly between two rationals, ascending, with multiplicity."""
    if poly.degree() < 1:
        return []
    found: list[tuple[Point, int]] = []
    if poly.degree() == 1:
        root = -poly[0] / poly[1]
        return [(root, 1)] if low < root < high else []
    _, factors = poly.numer().factor()
    for factor, multiplicity in factors:
        if factor.degree() == 1:
            root = fmpq(-factor[0], factor[1])
            if low < root < high:
                found.append((root, multiplicity))
            continue
        key = _key(factor)
        for index in range(len(real_balls(key, _START_BITS))):
            candidate = RealRoot(key, index)
            if _compare_rational(candidate, low) > 0 and _compare_rational(candidate, high) < 0:
                found.append((candidate, multiplicity))
    return _sorted_points(found)


def value_at(poly: fmpq_poly, root: RealRoot) -> Point:
    """The number ``poly(root)`` in canonical form: equal numbers give equal results."""
    modulus = root.polynomial()
    rest = poly % modulus
    if rest.degree() < 1:
        return rest[0]
    n = modulus.degree()
    rows = []
    power = rest
    shift = fmpq_poly([0, 1])
    for _ in range(n):  # multiplication by poly(root) in Q(root)
        rows.append([power[k] for k in range(n)])
        power = (power * shift) % modulus
    _, factors = fmpq_mat(rows).charpoly().numer().factor()
    [(factor, _multiplicity)] = factors  # the root's field is a field: one irreducible factor, perhaps repeated
    key = _key(factor)
    for bits in precisions():
        value = evaluate(rest, root, bits)
        hits = [i for i, ball in enumerate(real_balls(key, bits)) if ball.overlaps(value)]
        if len(hits) == 1:
            return RealRoot(key, hits[0])
    raise AssertionError("unreachable: balls shrink to distinct roots")


def sign_at(poly: fmpq_poly, point: Point) -> int:
    """Sign of a rational polynomial at a point, exactly."""
    if not isinstance(point, RealRoot):
        value = poly(point)
        return (value > 0) - (value < 0)
    rest = poly % point.polynomial()
    if rest == 0:
        return 0
    for bits in precisions():
        ball = evaluate(rest, point, bits)
        if ball > 0:
            return 1
        if ball < 0:
            return -1
    raise AssertionError("unreachable: a non-zero number has a sign")


def _key(factor: fmpz_poly) -> tuple[int, ...]:
    coefficients = [int(c) for c in factor.coeffs()]
    return tuple(coefficients if coefficients[-1] > 0 else [-c for c in coefficients])


@lru_cache(maxsize=4096)
def real_balls(key: tuple[int, ...], bits: int) -> tuple[arb, ...]:
    """Disjoint certified balls of the real roots, ascending (FLINT tells real roots by an exactly zero imaginary part)."""
    if len(key) > _COMPLEX_DEGREE or (len(key) > 2 and max(abs(c).bit_length() for c in key) > _COMPLEX_BITS):
        ends = (refined(key, ends, bits) for ends in isolated(key))
        with ctx.workprec(bits + 4):
            return tuple(arb(to_fmpq(low)).union(arb(to_fmpq(high))) for low, high in ends)
    with ctx.workprec(bits):
        roots = [z.real for z, _ in fmpz_poly(list(key)).complex_roots() if z.imag == 0]
        return tuple(sorted(roots, key=cmp_to_key(_ball_order)))


def _ball_order(a: arb, b: arb) -> int:
    """Order of disjoint balls."""
    return -1 if a < b else 1


def _compare_rational(root: RealRoot, value: fmpq) -> int:
    for bits in precisions():
        ball = root.ball(bits)
        with ctx.workprec(bits):
            if ball < value:
                return -1
            if ball > value:
                return 1
    raise AssertionError("unreachable: an irrational number differs from a rational one")


def _separate(a: Point, b: Point) -> int:
    """Order of two different numbers."""
    for bits in precisions():
        with ctx.workprec(bits):
            first, second = ball_of(a, bits), ball_of(b, bits)
            if first < second:
                return -1
            if first > second:
                return 1
    raise AssertionError("unreachable: different numbers separate")


def _sorted_points(found: list[tuple[Point, int]]) -> list[tuple[Point, int]]:
    return sorted(found, key=cmp_to_key(_root_order))


def _root_order(a: tuple[Point, int], b: tuple[Point, int]) -> int:
    return _separate(a[0], b[0])
