"""Text of numbers: digits against integer arithmetic, at any length and any size, and never a digit too many."""

import math
from decimal import Decimal
from fractions import Fraction as Q

import pytest
import sympy
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import ExactnessError
from pwlin.exact.algebraic import RealRoot
from pwlin.exact.digits import away, fixed, integer, magnitude, ratio, read_integer, rounded, tidy
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.radicals import root_to_sympy, sympy_text
from pwlin.exact.text import brief, decimal, decimal_column, exact_text, field, in_full, shortened, with_exact

LONG = 10**5000 + 7  # Python's own str refuses integers of more than 4300 digits
LONG_TEXT = "1" + "0" * 4999 + "7"
rationals = st.builds(
    lambda p, q, e: Q(p, q) * Q(10) ** e, st.integers(-(10**12), 10**12), st.integers(1, 10**12), st.integers(-400, 400)
)


@given(rationals, st.integers(1, 20))
def test_rounding_is_correct(value, digits):
    found = rounded(value, digits)
    if not value:
        assert found == 0
        return
    assert len(found.as_tuple().digits) == digits
    unit = Q(10) ** found.as_tuple().exponent
    error = abs(Q(found) - value)
    assert error * 2 <= unit
    if error * 2 == unit:  # a tie goes to the even neighbour
        assert found.as_tuple().digits[-1] % 2 == 0
    low, high = rounded(value, digits, math.floor), rounded(value, digits, math.ceil)
    assert Q(low) <= value <= Q(high) and (Q(high) - Q(low)) <= unit * 10
    assert abs(Q(rounded(value, digits, away))) >= abs(value)
    assert 10 ** Q(magnitude(value)) <= abs(value) < 10 ** Q(magnitude(value) + 1)


def test_every_surd_is_rounded_once():
    """The largest distance of the chord from (0, 0) to (1, s) to x³ is 2 s/3 √(s/3), also where sympy rounds twice."""
    slopes = {Q(p, q) for q in range(1, 79) for p in range(q, 3 * q)}
    checked = 0
    for s in sorted(slopes):
        square = 4 * s**3 / 27
        top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
        if top * top == square.numerator and bottom * bottom == square.denominator:
            continue
        value = sympy.Pow(sympy.Rational(square.numerator, square.denominator), sympy.Rational(1, 2), evaluate=False)
        places = 6 if square >= 1 else 7 if square >= Q(1, 100) else 8
        twice = math.isqrt(4 * 10 ** (2 * places) * square.numerator // square.denominator)
        assert Q(decimal(value)) == Q((twice + 1) // 2, 10**places), s
        checked += 1
    assert checked > 2957
    s = Q(97, 59)
    assert decimal(sympy.sqrt(sympy.Rational(4 * s.numerator**3, 27 * s.denominator**3))) == "0.8113864"


@given(st.integers(2, 10**6), st.integers(3, 7), st.integers(1, 30))
def test_roots_of_higher_degree_are_rounded_once(radicand, degree, digits):
    _, factors = fmpz_poly([-radicand, *[0] * (degree - 1), 1]).factor()
    if len(factors) > 1:  # not irreducible
        return
    root = root_to_sympy(RealRoot((-radicand, *[0] * (degree - 1), 1), 0 if degree % 2 else 1))
    found = Q(decimal(root, digits))
    unit = Q(10) ** (magnitude(found) - digits + 1)
    assert (found - unit / 2) ** degree <= radicand <= (found + unit / 2) ** degree
    assert float(root) == pytest.approx(radicand ** (1 / degree), rel=1e-14)


def test_numbers_near_a_border():
    tie = Q(12345675, 10**7)  # 1.2345675, and the numbers next to it
    for shift, text in ((0, "1.234568"), (Q(1, 10**60), "1.234568"), (-Q(1, 10**60), "1.234567")):
        square = sympy.Rational((tie + shift).numerator, (tie + shift).denominator) ** 2
        assert decimal(sympy.sqrt(square + sympy.Rational(1, 10**200))) == text
    almost = sympy.sqrt(2) * sympy.sqrt(3) - sympy.sqrt(sympy.Rational(6) + sympy.Rational(1, 10**50))
    assert decimal(almost, 3) == "-2.04e-51"
    nothing = sympy.Add(sympy.sqrt(2 + sympy.sqrt(3)), -sympy.sqrt(6) / 2, -sympy.sqrt(2) / 2, evaluate=False)
    assert decimal(nothing) == "0"
    assert decimal(sympy.log(2)) == "0.6931472" and decimal(sympy.pi, 3) == "3.14"
    small = 50 * (1 - sympy.tanh(250) ** 2)  # 200/(e**250 + e**-250)**2, where evalf says 0
    assert decimal(small) == "1.424915e-215" and decimal(sympy.sqrt(2) ** sympy.sqrt(3)) == "1.822635"
    assert decimal(sympy.EulerGamma) == "0.5772157" and decimal(sympy.log(2) + sympy.log(3) - sympy.log(6)) == "0"


def test_any_length():
    assert integer(LONG) == LONG_TEXT and integer(-LONG) == f"-{LONG_TEXT}"
    assert read_integer(LONG_TEXT) == LONG == read_integer(f" +{LONG_TEXT} ") and read_integer(f"-{LONG_TEXT}") == -LONG
    assert ratio(Q(-3, LONG)) == f"-3/{LONG_TEXT}" == in_full(Q(-3, LONG))
    assert in_full(Enclosure(Q(1, LONG), LONG)) == f"[1/{LONG_TEXT}, {LONG_TEXT}]"
    assert decimal(LONG) == "1e5000" and decimal(Q(-1, LONG), 3) == "-1e-5000"
    assert brief(Q(1, LONG)) == "≈1e-5000" and field("x", Q(LONG)) == "x≈1e5000"
    assert with_exact(Q(LONG)) == "1e5000" and exact_text(Q(LONG)) == ""
    assert shortened(Q(LONG, 3 * LONG + 1), 5) == shortened(Q(LONG, 3 * LONG + 1), 11) == "10…07/30…22"
    assert shortened(Q(LONG, 3), 20) == "100000000…00000007/3" and shortened(Q(1, LONG)) == "1/10000000000…0000000007"
    assert decimal_column([Q(LONG), Q(1, LONG)]) == ["1e5000", "1e-5000"]
    surd = sympy.Pow(sympy.Integer(LONG), sympy.Rational(1, 2), evaluate=False)
    assert sympy_text(surd) == f"sqrt({LONG_TEXT})" == in_full(surd) and decimal(surd) == "1e2500"
    assert sympy_text(sympy.Rational(1, LONG) + sympy.sqrt(2)) == f"1/{LONG_TEXT} + sqrt(2)"


def test_exact_beside_decimals():
    assert exact_text(sympy.sqrt(2) / 3) == "sqrt(2)/3"
    assert exact_text(Q(1, 2)) == "1/2" and exact_text(Q(2)) == "" and exact_text(Enclosure(1, 2)) == ""
    assert with_exact(Q(1, 3)) == "1/3 ≈ 0.3333333" and with_exact(Q(7)) == "7"


@given(rationals, rationals)
def test_an_enclosure_shows_certain_digits_only(a, b):
    e = Enclosure(min(a, b), max(a, b))
    text = str(e)
    if text.startswith("0 ±"):
        assert max(abs(a), abs(b)) <= Q(text[4:])
    elif text.startswith("["):
        low, high = map(Q, text[1:-1].split(", "))
        assert low <= e.lower and e.upper <= high
    elif e.width:
        digits = len(text.lower().partition("e")[0].replace("-", "").replace(".", "").lstrip("0"))
        assert Q(rounded(e.lower, digits)) == Q(text) == Q(rounded(e.upper, digits))
    assert repr(e).startswith(f"Enclosure({text}")


def test_enclosures_of_any_size():
    huge, tiny = Q(2) * 10**400, Q(3, 10**400)
    assert str(Enclosure(huge, huge + 10**390)) == "2.000000000e+400"
    assert str(Enclosure(tiny, tiny + Q(1, 10**410))) == "3.000000000e-400"
    assert str(Enclosure(huge, huge)) == "2e400"
    assert str(Enclosure(0, tiny)) == "0 ± 3.0e-400"
    assert str(Enclosure(Q("1.01e-9"), 5)) == "[1.01e-9, 5]" and str(Enclosure("-1/3", "1/3")) == "0 ± 3.4e-01"
    assert repr(Enclosure(huge, huge + 10**390)) == "Enclosure(2.000000000e+400, width 1.0e+390)"
    assert f"{Enclosure(huge, huge):.3e}" == "2.000e+400" and f"{Enclosure(1, 2):.2f}" == "1.50"
    assert f"{Enclosure(-tiny, -tiny):.2g}" == "-3e-400"
    assert f"{Enclosure(0, 0):.1f}" == "0.0"


def test_words_about_enclosures_are_short_and_never_fail():
    wide = Enclosure(0, LONG)
    for refused in (
        lambda: wide < Q(LONG, 2),
        lambda: Enclosure(LONG, -LONG),
        lambda: Enclosure(-LONG, LONG).relative_width,
        lambda: wide < "a",
        lambda: Enclosure("a", 1),
        lambda: wide.contains("a"),
        lambda: wide.contains(math.nan),
    ):
        with pytest.raises(ExactnessError, match=r": found ") as caught:
            refused()
        assert len(str(caught.value)) < 250
    assert all(Enclosure(1, 2).contains(sympy.Float(end)) for end in (1, 2))
    assert wide.contains(sympy.sqrt(2)) and not wide.contains(-sympy.sqrt(2)) and wide.contains(Enclosure(1, 2))
    assert Q(1, 2) in wide and wide > Q(-1, 2) and wide >= 0 and not wide < 0 and wide <= LONG
    assert float(Enclosure(1, 2)) == 1.5 and hash(Enclosure(1, 2)) == hash(Enclosure(1, "2"))


def test_decimals_of_what_is_no_finite_number():
    assert (
        decimal(None) == "" and decimal(math.inf) == "∞" and decimal(-math.inf) == "-inf" and decimal(math.nan) == "nan"
    )
    assert decimal(sympy.Rational(1, 3), 4) == "0.3333" and decimal(sympy.pi, 5) == "3.1416"
    assert decimal(sympy.exp(-3), 4) == "0.04979"


def test_columns_of_other_things():
    assert decimal_column([Q(1, 3), None, sympy.sqrt(2)], 4) == ["0.3333", "", "1.414"]
    assert decimal_column([Q(1), Q(10) ** 20 + Q(1, 3)], 4) == ["1", "1.000e20"] or decimal_column(
        [Q(1), Q(10) ** 20], 4
    )
    same = decimal_column([Q(1, 3), Q(1, 3) + Q(1, 10**200)], 4)  # closer than any column is wide
    assert same == ["0.3333", "0.3333"]
    assert decimal_column([Q(10) ** 30, Q(10) ** 30 + 10**27], 2) != decimal_column([Q(10) ** 30, Q(10) ** 30], 2)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.0000010", "1e-6"),
        ("0.00001", "0.00001"),
        ("123456789012", "123456789012"),
        ("1230000000000", "1.23e12"),
        ("0.0", "0"),
    ],
)
def test_where_numbers_are_written_with_an_exponent(number, text):
    assert tidy(Decimal(number)) == text and tidy(-Decimal(number)) in ("-" + text, "0")


@given(st.fractions(-2, 2, max_denominator=10**4), st.integers(0, 6))
def test_decimal_places(value, places):
    found = fixed(value, places)
    assert abs(Q(found) - value) * 2 * 10**places <= 1 and found.lstrip("-")[0].isdigit()
    assert len(found.partition(".")[2]) == places
