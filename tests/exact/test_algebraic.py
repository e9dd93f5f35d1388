"""Roots of polynomials, and polynomials at roots, against sympy and against what they are by construction."""

from fractions import Fraction as Q

import pytest
import sympy
from flint import fmpq, fmpq_poly

from pwlin.exact.algebraic import RealRoot, roots_between, sign_at, value_at

X = sympy.Symbol("x")
SQRT2 = RealRoot((-2, 0, 1), 1)


def product(*factors):
    found = fmpq_poly([1])
    for factor in factors:
        found *= fmpq_poly(factor)
    return found


def test_lines_have_their_root_strictly_inside():
    line = fmpq_poly([-1, 3])
    third = fmpq(1, 3)
    assert roots_between(line, fmpq(0), fmpq(1)) == [(third, 1)]
    assert roots_between(line, third, fmpq(1)) == roots_between(line, fmpq(0), third) == []
    assert roots_between(line, fmpq(1), fmpq(2)) == roots_between(fmpq_poly([3]), fmpq(0), fmpq(1)) == []


@pytest.mark.parametrize("low, high", [(-3, 3), (1, 3), (Q(1, 2), 2), (-1, 1)])
def test_roots_with_multiplicity_strictly_between_two_numbers(low, high):
    factors = [
        [-1, 2],
        [-1, 2],
        [2, -1],
        [-2, 0, 1],
        [-2, 0, 1],
        [1, 0, 1],
        [-1, 1],
    ]  # 1/2 twice, 2, ±√2 twice, none, 1
    found = roots_between(product(*factors), fmpq(Q(low).numerator, Q(low).denominator), fmpq(high))
    whole = sympy.prod(sum(c * X**k for k, c in enumerate(f)) for f in factors)
    known = [(r, m) for r, m in sympy.roots(whole, X).items() if r.is_real and low < r < high]
    known.sort(key=lambda item: item[0])
    assert [m for _, m in found] == [m for _, m in known]
    for (point, _), (root, _) in zip(found, known, strict=True):
        if root.is_rational:
            assert (int(point.p), int(point.q)) == (root.p, root.q)
        else:
            assert point == RealRoot((-2, 0, 1), int(bool(root > 0)))


def test_values_at_a_root_are_canonical():
    assert value_at(fmpq_poly([3, 0, 1]), SQRT2) == 5  # a rational number is one
    assert value_at(fmpq_poly([0, -2, 0, 1]), SQRT2) == 0
    assert value_at(fmpq_poly([1, 1]), SQRT2) == RealRoot((-1, -2, 1), 1)  # 1 + √2
    assert value_at(fmpq_poly([1, -1]), SQRT2) == RealRoot((-1, -2, 1), 0)
    assert value_at(fmpq_poly([0, 0, 1]), RealRoot((-2, 0, 0, 0, 1), 1)) == SQRT2  # the fourth root of 2, squared


def test_signs_at_roots_and_rationals():
    assert [sign_at(fmpq_poly([c, 1]), SQRT2) for c in (-1, -2)] == [1, -1]
    assert sign_at(fmpq_poly([4, 0, -4, 0, 1]), SQRT2) == 0  # the square of its minimal polynomial
    assert [sign_at(fmpq_poly([-1, 2]), fmpq(n, 2)) for n in (0, 1, 2)] == [-1, 0, 1]
