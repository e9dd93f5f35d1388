"""Fractions whose digits are made on demand are, in every respect but their text, the ordinary fractions that they are."""

import copy
import json
import math
import operator
import pickle
import statistics
from decimal import Decimal, localcontext
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.bridges import exact_sum, from_fmpq, to_fmpq, to_sympy
from pwlin.exact.long_fractions import LongFraction, presentable, total
from pwlin.exact.planned import Planned
from pwlin.exact.rational import nearest_float, to_fraction
from pwlin.exact.text import brief, decimal, exact_text, in_full, shortened
from tests.strategies.effort import examples

HUGE = 3**9000
"""A number that Python does not write out."""


def late(value, *noise):
    """A number as the sum of itself and of terms that cancel."""
    terms = [to_fmpq(Q(value)), *(s * to_fmpq(Q(v)) for v in noise for s in (1, -1))]
    return LongFraction.of(Planned(lambda: None, lambda: total([*terms, fmpq(1, HUGE), fmpq(-1, HUGE)])))


def long_sum(count=300):
    """A sum of which the digits are many."""
    terms = [fmpq(7**100 + 1, k * 7**100 + 11) for k in range(count)]
    return total(terms), from_fmpq(exact_sum(terms))


rationals = st.one_of(
    st.fractions(-5, 5, max_denominator=12),
    st.floats(allow_nan=False, allow_infinity=False).map(Q),
    st.builds(lambda p, e: Q(p) * Q(2) ** e, st.integers(-(2**60), 2**60), st.integers(-1100, 900)),
    # halfway between two floats, and next to that
    st.builds(lambda p, e, d: (Q(2 * p + 1, 2) + Q(d, 3**400)) * Q(2) ** e, st.integers(2**52, 2**53), st.integers(-1130, 960), st.integers(-1, 1)),
)  # fmt: skip


@examples(60)
@given(rationals)
def test_floats_are_correctly_rounded(value):
    x = late(value)
    assert x.__class__ is LongFraction
    try:
        expected = float(value)
    except OverflowError:
        with pytest.raises(OverflowError):
            float(x)
        assert nearest_float(x) == math.copysign(math.inf, value)
    else:
        assert float(late(value, Q(1, 3))) == expected == nearest_float(x)


@examples(60)
@given(rationals, rationals)
def test_each_operation_is_that_of_fractions(a, b):
    for op in (operator.add, operator.sub, operator.mul, operator.truediv):
        for x, y in ((late(a), b), (a, late(b)), (late(a), late(b))):
            if op is operator.truediv and not b:
                with pytest.raises(ZeroDivisionError):
                    op(x, y)
                continue
            found = op(x, y)
            assert isinstance(found, LongFraction) and found == op(a, b) and Q(found) == op(a, b)
    for op in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        assert op(late(a), b) == op(a, late(b)) == op(late(a), late(b)) == op(a, b)
        assert op(late(a), a) == op(late(a), late(a, 5)) == op(a, a)
        if abs(b) < 1e300:
            assert op(late(a), float(b)) == op(a, float(b)) and op(float(b), late(a)) == op(float(b), a)
        assert op(late(a), math.inf) == op(a, math.inf) and op(late(a), math.nan) == op(a, math.nan)


@examples(40)
@given(rationals)
def test_each_function_is_that_of_fractions(a):
    for function in (math.floor, math.ceil, math.trunc, round, int, bool, abs, operator.neg, operator.pos, hash):
        assert function(late(a)) == function(a)
    assert round(late(a), 3) == round(a, 3)
    assert (late(a).numerator, late(a).denominator) == (a.numerator, a.denominator) == late(a).as_integer_ratio()
    assert Q(late(a)) == a and type(Q(late(a))) is Q and to_fraction(late(a)) == a
    assert pickle.loads(pickle.dumps(late(a))) == a and copy.deepcopy(late(a)) == copy.copy(late(a)) == a
    assert decimal(late(a)) == decimal(a) and in_full(late(a)) == in_full(a) and shortened(late(a)) == shortened(a)
    assert to_fmpq(late(a)) == to_fmpq(a) and to_sympy(late(a)) == to_sympy(a)
    assert late(a) ** 2 == a**2 and late(a) // Q(2, 3) == a // Q(2, 3) and late(a) % 3 == a % 3


def test_what_other_libraries_make_of_it():
    x, value = long_sum()
    number = float(value)
    assert type(x) is LongFraction and isinstance(x, Q)
    assert np.float64(x) == np.array([x, 1], dtype=float)[0] == np.asarray(x, dtype=float) == number
    assert math.fsum([x]) == statistics.fmean([x, x]) == number and math.sqrt(x) == math.sqrt(number)
    assert json.dumps(float(x)) == json.dumps(number) and complex(x) == number
    assert sympy.Rational(x) == sympy.sympify(x) == sympy.Rational(value.numerator, value.denominator)
    assert x + 0.5 == number + 0.5 and 0.5 - x == 0.5 - number and 2.0 * x == 2 * number and 1.0 / x == 1 / number
    assert x + 1j == number + 1j and np.float64(2) * x == 2 * number and {value: 1}[x] == 1
    assert sum([x, x, 1]) == statistics.mean([x, x, x + 1]) * 3 - x == 2 * value + 1
    assert type(pickle.loads(pickle.dumps(x))) is LongFraction and type(pickle.loads(pickle.dumps(late(Q(1, 3))))) is Q
    with pytest.raises(TypeError):
        x + "1"
    with pytest.raises(ZeroDivisionError):
        x / 0


def test_digits_are_made_only_where_they_are_asked_for():
    made = []

    def make():
        made.append(1)
        return Q(1, 3)

    x = LongFraction.of(Planned(lambda: (Q(1, 3) - Q(1, 2**80), Q(1, 3) + Q(1, 2**80)), make))
    assert float(x / 7 + 1) == 22 / 21 and 1 > x > Q(33, 100) and x != 0 and round(100 * x) == 33 and -x < abs(-x)
    assert f"{x:.3f}" == "0.333" and f"{-x:e} {x:>10g}" == "-3.333333e-01   0.333333" and decimal(x, 20) and not made
    assert x == Q(1, 3) and hash(x) == hash(Q(1, 3)) and made == [1]


def test_chains_are_as_long_as_one_likes():
    x, value = long_sum(2)
    assert x == value
    x = late(Q(1, 3))
    many = sum([x] * 50_000)
    assert float(many) == float(Q(50_000, 3)) and many == Q(50_000, 3)
    power = x
    for _ in range(200):
        power = power * x
    assert float(power) == float(Q(1, 3) ** 201) and power == Q(1, 3) ** 201
    del many, power


def test_text_fits_a_line_and_never_fails():
    for value in (HUGE, -HUGE, Q(HUGE, HUGE + 1), Q(1, HUGE)):
        x = presentable(Q(value))
        assert len(repr(x)) < 80 and len(str(x)) < 80 and len(brief(x)) < 40 and "≈" in str(x) and exact_text(x) == ""
        assert len(f"{x:.5g}") < 20
    x, value = long_sum()
    assert repr(x) == f"LongFraction({brief(value)})" and str(x).startswith(repr(x)[13:19]) and f"{x}" == str(x)
    assert (
        str(late(Q(-2, 3))) == exact_text(late(Q(-2, 3))) == "-2/3"
        and str(late(0)) == "0"
        and f"{late(0):.1f}" == "0.0"
    )
    assert presentable(Q(1, 3)) == Q(1, 3) and type(presentable(Q(1, 3))) is Q
    assert repr(late(Q(1, 3))) == "LongFraction(1/3)"


def test_short_sums_are_ordinary():
    assert type(total([fmpq(1, 3)] * 1000)) is Q and total([]) == 0


@examples(30)
@given(rationals, rationals.filter(bool), st.integers(-9, 70))
def test_powers_and_remainders_are_those_of_fractions(a, b, exponent):
    if a or exponent >= 0:
        assert late(a) ** exponent == a**exponent and isinstance(late(a) ** exponent, LongFraction)
    for x, y in ((late(a), b), (a, late(b)), (late(a), late(b))):
        whole, rest = divmod(x, y)
        assert (whole, rest) == divmod(a, b) == (x // y, x % y) and isinstance(rest, LongFraction)
    assert (
        late(a) ** Q(1, 1) == a
        and late(2) ** 0.5 == 2**0.5
        and divmod(late(7), 2.0) == (3.0, 1.0)
        and 7.5 % late(2) == 1.5
    )


def test_what_is_made_of_long_numbers_fits_a_line():
    x = presentable(Q(HUGE, 2**15000))
    for found in (x**2, x**-1, x**1, x % 1, divmod(x, 1)[1], 5 % x, round(x, 5000), pickle.loads(pickle.dumps(x)), pickle.loads(pickle.dumps(1 / x))):  # fmt: skip
        assert type(found) is LongFraction and len(repr(found)) < 40
    with pytest.raises(ZeroDivisionError):
        late(0) ** -1


FORMATS = st.tuples(*map(st.sampled_from, (["", "<", "*>", "0=", "="], ["", "-", "+", " "], ["", "#"], ["", "1", "19"], ["", ",", "_"], ["", ".0", ".3", ".17"], "eEfFgG"))).map("".join)  # fmt: skip


@examples(60)
@given(st.one_of(rationals.map(nearest_float).filter(math.isfinite), st.integers(-999, 999).map(float)), FORMATS)
def test_floats_are_written_as_python_does(value, spec):
    """Which rounds floats once, from the binary number itself."""
    if value or "=" not in spec:  # 0.0 has a sign
        assert format(late(Q(value)), spec) == format(value + 0.0, spec)


@examples(60)
@given(rationals, st.integers(0, 30))
def test_digits_are_those_of_a_decimal_with_plenty(value, precision):
    with localcontext() as many:
        many.prec, many.Emin, many.Emax = 3000, -9999, 9999
        exact = Decimal(value.numerator) / value.denominator
        fixed, percent = f"{late(value):.{precision}f}", f"{late(value):.{precision}%}"
        assert fixed == f"{exact:.{precision}f}".replace("E+", "e+") and percent == f"{exact * 100:.{precision}f}%"
        places = f"{late(value):.{precision}e}"
        assert len(places.partition("e")[0].lstrip("-").replace(".", "")) == precision + 1
        if value:
            many.prec = precision + 1
            assert (
                Decimal(places) == +exact and f"{late(value):.{precision + 1}g}".partition("e")[0].lstrip("-0.") != ""
            )


def test_formats_are_rounded_once():
    assert f"{late(Q(5, 2) + Q(1, 10**30)):.0f}" == "3" and f"{late(Q(5, 2)):.0f}" == "2"
    assert f"{late(Q(10**30, 3)):,.2f}" == "333,333,333,333,333,333,333,333,333,333.33"
    assert f"{late(Q(2, 3)):.30g}" == "0." + "6" * 29 + "7" and f"{late(Q(-2, 3)):.20e}" == "-6." + "6" * 19 + "7e-01"
    assert f"{late(Q(10) ** 400):g}" == "1e+400"
    assert f"{late(Q(1, 3)):>20}" == " " * 17 + "1/3" and f"{late(0):08.3f}" == "0000.000"
    assert (
        f"{late(Q(-1, 3)):z.0f} {late(Q(-1, 3)):.0f} {late(Q(10**7)):_.0f} {late(Q(1, 8)):.3}"
        == "0 -0 10_000_000 0.125"
    )
    assert f"{late(Q(-2, 3)):012,.2f} {late(Q(5)):+#.0f} {late(Q(1, 3)):*^9}" == "-0,000,000.67 +5. ***1/3***"
    for spec in ("d", "x", "n", "<09.2f", "+", ","):
        for number in (1, HUGE, Q(1, HUGE), Q(1, 3)):
            with pytest.raises(ValueError, match=r"[Ff]ormat"):
                format(late(number), spec)
