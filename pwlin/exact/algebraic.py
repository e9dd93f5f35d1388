"""Real algebraic numbers: certified root isolation, exact equality, and a canonical form as Fraction or sympy number.

Balls (FLINT's arb) separate what differs; where they cannot, minimal polynomials decide. No tolerance anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key, lru_cache
from numbers import Rational
from typing import Any

from flint import arb, arb_poly, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz_poly

_START_BITS = 64
_RADICAND_BITS = 200


@Rational.register
@dataclass(frozen=True, slots=True)
class _Coprime:
    """Numerator and denominator known to be coprime, so that `Fraction` need not take the gcd of huge integers again."""

    numerator: int
    denominator: int


def to_fmpq(value: Fraction) -> Any:
    """FLINT rational of a Fraction."""
    return fmpq(value.numerator, value.denominator)


def from_fmpq(value: Any) -> Fraction:
    """Fraction of a FLINT rational, at no cost beyond the copy."""
    return Fraction(_Coprime(int(value.p), int(value.q)))  # type: ignore[call-overload, no-any-return]


def rational_poly(coefficients: tuple[Fraction, ...]) -> Any:
    """FLINT polynomial from coefficients, lowest degree first."""
    return fmpq_poly([to_fmpq(c) for c in coefficients])


def exact_sum(terms: list[Any]) -> Any:
    """Sum of FLINT rationals, in a balanced tree: fast also when the denominators have nothing in common."""
    level = terms or [fmpq(0)]
    while len(level) > 1:
        paired = [level[i] + level[i + 1] for i in range(0, len(level) - 1, 2)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
    return level[0]


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

    def ball(self, bits: int) -> Any:
        """Certified enclosure, about `bits` bits relative."""
        return _real_balls(self.minpoly, bits)[self.index]

    def polynomial(self) -> Any:
        """The minimal polynomial as a FLINT object."""
        return fmpq_poly(list(self.minpoly))

    def to_sympy(self) -> Any:
        """Radical expression for degree 2, `sympy.CRootOf` beyond."""
        import sympy

        if len(self.minpoly) == 3:
            return sum_to_sympy(fmpq(0), {self: 1})
        x = sympy.Symbol("x")
        return sympy.CRootOf(sympy.Poly(list(reversed(self.minpoly)), x), self.index, radicals=False)

    def surd(self) -> tuple[Any, Any, int]:
        """A number of degree 2 as (p, q, D), meaning ``p + q * sqrt(D)``."""
        c, b, a = self.minpoly
        return fmpq(-b, 2 * a), fmpq(1 if self.index else -1, 2 * a), b * b - 4 * a * c


def sum_to_sympy(rational: Any, factors: dict[RealRoot, int]) -> Any:
    """A rational plus integer multiples of irrational roots, as a sympy number with equal radicals collected.

    Radicands too long to look for square factors in stay as they are.
    """
    import sympy

    terms, raw = [], False
    for root, factor in factors.items():
        if len(root.minpoly) > 3:
            terms.append(factor * root.to_sympy())
            continue
        p, q, radicand = root.surd()
        rational += factor * p
        coefficient = sympy.Rational(int(factor * q.p), int(q.q))
        if radicand.bit_length() <= _RADICAND_BITS:
            terms.append(coefficient * sympy.sqrt(radicand))
        else:
            raw = True
            radical = sympy.Pow(sympy.Integer(radicand), sympy.Rational(1, 2), evaluate=False)
            terms.append(sympy.Mul(coefficient, radical, evaluate=False))
    constant = sympy.Rational(int(rational.p), int(rational.q))
    return sympy.Add(*([constant] if rational else []), *terms, evaluate=not raw)


def to_number(value: Any) -> Any:
    """What users get: `Fraction` if rational, else a sympy algebraic number (``evalf()`` gives decimals)."""
    return value.to_sympy() if isinstance(value, RealRoot) else from_fmpq(value)


def ball_of(value: Any, bits: int) -> Any:
    """Certified enclosure of a rational or an irrational root."""
    if isinstance(value, RealRoot):
        return value.ball(bits)
    with ctx.workprec(bits):
        return arb(value)


def evaluate(poly: Any, point: Any, bits: int) -> Any:
    """Certified enclosure of a rational polynomial at a point."""
    with ctx.workprec(bits):
        return arb_poly(poly)(ball_of(point, bits))


def roots_between(poly: Any, low: Any, high: Any) -> list[tuple[Any, int]]:
    """All real roots of a non-zero rational polynomial strictly between two rationals, ascending, with multiplicity."""
    if poly.degree() < 1:
        return []
    found: list[tuple[Any, int]] = []
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
        for index in range(len(_real_balls(key, _START_BITS))):
            candidate = RealRoot(key, index)
            if _compare_rational(candidate, low) > 0 and _compare_rational(candidate, high) < 0:
                found.append((candidate, multiplicity))
    return _sorted_points(found)


def value_at(poly: Any, root: RealRoot) -> Any:
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
        hits = [i for i, ball in enumerate(_real_balls(key, bits)) if ball.overlaps(value)]
        if len(hits) == 1:
            return RealRoot(key, hits[0])
    raise AssertionError("unreachable: balls shrink to distinct roots")


def sign_at(poly: Any, point: Any) -> int:
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


def _key(factor: Any) -> tuple[int, ...]:
    coefficients = [int(c) for c in factor.coeffs()]
    return tuple(coefficients if coefficients[-1] > 0 else [-c for c in coefficients])


@lru_cache(maxsize=4096)
def _real_balls(key: tuple[int, ...], bits: int) -> tuple[Any, ...]:
    """Disjoint certified balls of the real roots, ascending (FLINT tells real roots by an exactly zero imaginary part)."""
    with ctx.workprec(bits):
        roots = [z.real for z, _ in fmpz_poly(list(key)).complex_roots() if z.imag == 0]
        return tuple(sorted(roots, key=cmp_to_key(_ball_order)))


def _ball_order(a: Any, b: Any) -> int:
    """Order of disjoint balls."""
    return -1 if a < b else 1


def _compare_rational(root: RealRoot, value: Any) -> int:
    for bits in precisions():
        ball = root.ball(bits)
        with ctx.workprec(bits):
            if ball < value:
                return -1
            if ball > value:
                return 1
    raise AssertionError("unreachable: an irrational number differs from a rational one")


def _separate(a: Any, b: Any) -> int:
    """Order of two different numbers."""
    for bits in precisions():
        with ctx.workprec(bits):
            first, second = ball_of(a, bits), ball_of(b, bits)
            if first < second:
                return -1
            if first > second:
                return 1
    raise AssertionError("unreachable: different numbers separate")


def _sorted_points(found: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    return sorted(found, key=cmp_to_key(_root_order))


def _root_order(a: tuple[Any, int], b: tuple[Any, int]) -> int:
    return _separate(a[0], b[0])
