"""Arithmetic of enclosures: what comes out holds whatever the numbers within make."""

import math
import operator
from decimal import Decimal
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Enclosure
from pwlin.base.errors import ExactnessError, PwlinError
from pwlin.exact.bridges import exact_sum, from_fmpq, to_fmpq
from pwlin.exact.long_fractions import LongFraction, bounds_of, total
from pwlin.exact.radicals import square_root
from tests.strategies.effort import examples

numbers = st.fractions(-9, 9, max_denominator=60)
enclosures = st.tuples(numbers, numbers).map(lambda ends: Enclosure(*sorted(ends)))


@examples(40)
@given(enclosures, enclosures, st.integers(0, 7), st.integers(0, 7))
def test_what_comes_out_holds_what_the_numbers_make(a, b, i, j):
    x, y = a.lower + a.width * Q(i, 7), b.lower + b.width * Q(j, 7)
    for op in (operator.add, operator.sub, operator.mul, operator.truediv):
        for first, second in ((a, b), (a, y), (x, b), (a, float(y)), (int(x), b)):
            if op is operator.truediv and 0 in (second if second is b else Enclosure(second, second)):
                with pytest.raises(ExactnessError, match="divisor"):
                    op(first, second)
                continue
            found, ends = op(first, second), [first.lower, first.upper] if first is a else [first]
            others = [second.lower, second.upper] if second is b else [Q(second)]
            corners = [op(Q(v), w) for v in ends for w in others]
            assert type(found) is Enclosure and (found.lower, found.upper) == (min(corners), max(corners))
    for power in range(5):
        ends = [a.lower**power, a.upper**power, *([Q(0)] if power and a.contains(0) else [])]
        assert a**power == Enclosure(min(ends), max(ends)) and (a**power).contains(x**power)
    assert abs(a).contains(abs(x)) and abs(a) ** 2 == a**2
    assert -a + x == x - a and (-a).contains(-x) and (a - a).contains(0)
    positive = Enclosure(a.lower**2, a.lower**2 + a.width)
    root = positive.sqrt()
    assert root.lower**2 <= positive.lower and root.upper**2 >= positive.upper
    assert root.width**2 <= positive.width + Q(1, 2**100) and (root.lower == abs(a.lower))


def test_roots_are_narrow_at_any_size():
    for value in (Q(2), Q(1, 3), Q(10) ** 401, Q(3) / 10**401, Q(2**300 + 1)):
        root = Enclosure(value, value).sqrt()
        assert 0 < root.width < root.lower / 2**120 and root.lower**2 < value < root.upper**2
    assert Enclosure(Q(4, 9), 4).sqrt() == Enclosure(Q(2, 3), 2) and Enclosure(0, 0).sqrt() == Enclosure(0, 0)
    with pytest.raises(ExactnessError, match=r"sqrt: found .*accepted are enclosures from 0"):
        Enclosure(-1, 1).sqrt()


def test_other_numbers_and_other_things():
    e = Enclosure(1, 2)
    assert e + "1/3" == Enclosure("4/3", "7/3") and 2 * e == np.int64(2) * e == e * Decimal(2) == e + e
    assert sum([e, e]) == 2 * e and math.isclose(float(e / 3), 0.5)
    for other in (None, [1], 1j, sympy.Symbol("x"), sympy.I, sympy.oo):
        with pytest.raises(TypeError):
            e + other
        with pytest.raises(TypeError):
            other - e
    root = sympy.sqrt(2)
    for found in (e + root, root + e, e * root - 1, root / e, e / root, root - e):
        assert type(found) is Enclosure and 1 <= found.width + 1 <= 2.5
    assert (e * root).contains(3 * root / 2) and (root - e).contains(root - 2) and e + sympy.Rational(1, 3) == e + "1/3"
    zero = sympy.sqrt(3 + 2 * root) - root - 1
    assert (e + zero).contains(e) and (e + zero).width < 1 + Q(1, 10**4000) and (e * zero).contains(0)
    small = 1 / (Enclosure(1, 1) * (zero + sympy.Rational(1, 10**60)))
    assert (
        small.contains(10**60) and 0 < small.width < 1 and (sympy.sqrt(2 * 10**401) * e).lower ** 2 < 2 * Q(10) ** 401
    )
    with pytest.raises(ExactnessError, match="division"):
        e / zero
    with pytest.raises(ExactnessError):
        e * math.nan
    with pytest.raises(TypeError):
        e + "x"
    with pytest.raises(PwlinError, match="exponent: found -1; accepted are integers from 0"):
        e**-1


def test_square_roots_are_as_exact_as_the_number():
    assert square_root(Q(4, 9)) == Q(2, 3) and square_root(Q(2, 9)) ** 2 == sympy.Rational(2, 9)
    assert float(square_root(Q(1, 3))) == math.sqrt(1 / 3) and f"{square_root(Q(2)):.3f}" == "1.414"
    terms = [to_fmpq(Q(7**100 + 1, k * 7**100 + 11)) for k in range(300)]
    late, value = total(terms), from_fmpq(exact_sum(terms))
    root = square_root(late)
    assert type(late) is LongFraction and type(root) is Enclosure and root.lower**2 < value < root.upper**2
    small = square_root(late / 10**600)
    assert root.relative_width < Q(1, 2**50) > small.relative_width and small.contains(root.midpoint / 10**300)
    assert square_root(late * 0) == 0


def test_comparisons_with_irrational_numbers():
    root, e = square_root(Q(1, 30)), Enclosure("0.18", "0.1825")
    assert e < root and not root < e and sorted([root, e]) == [e, root] and e <= sympy.sqrt(2) > e
    with pytest.raises(ExactnessError, match="comparison"):
        assert Enclosure("0.18", "0.183") < root
    assert (e + sympy.Float("0.25")).lower == Q(43, 100)


def test_numbers_of_very_many_digits_count_by_their_first():
    """Whatever enclosures meet with is not worth all digits of a sum."""
    value = Q(10**40 + 7, 3 * 10**40 + 1)

    class Sum:
        def bounds(self, bits):
            assert bits <= 192
            return bounds_of(value, bits)

    late, e = LongFraction.of(Sum()), Enclosure(1, 2)
    assert (
        (e * late).contains(3 * value / 2)
        and (e / late).contains(1 / value)
        and (e + late - late).contains(2)
        and e > late
    )
    assert square_root(late).lower ** 2 < value < square_root(late).upper ** 2
