"""Algebraic numbers that leave the library: sympy's own in every way, but that their floats are correctly rounded."""

import math
import pickle
import random
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import fmpq

from pwlin.exact.algebraic import RealRoot
from pwlin.exact.digits import integer
from pwlin.exact.radicals import radicals_to_sympy, root_to_sympy, sum_to_sympy, sympy_text
from pwlin.exact.rational import nearest_float
from pwlin.exact.surds import Surd
from pwlin.exact.sympy_numbers import well_rounded
from pwlin.exact.text import decimal, in_full
from tests.strategies.effort import EFFORT

X = sympy.Symbol("x")
ROOT = sympy.CRootOf(X**3 - X - 1, 0)


@pytest.mark.parametrize(
    "number", [sympy.sqrt(2) + 1, 3 * sympy.sqrt(2), sympy.sqrt(2), 2 * ROOT + 1, ROOT / 7], ids=str
)
def test_they_are_sympys_own_numbers(number):
    ours = well_rounded(number)
    assert type(ours) is not type(number)
    assert ours == number and number == ours and hash(ours) == hash(number) and ours - number == 0
    assert ours != number + 1 and ours != "x" and {ours: 1}[number] == 1
    for printed in (str, sympy.latex, sympy.srepr):
        assert printed(ours) == printed(number)
    assert ours.func(*ours.args) == number and ours + 1 == number + 1 and type(ours + X) is type(number + X)
    assert ours.is_positive == number.is_positive and (ours - 10**9).is_negative and ours.is_comparable
    assert ours.evalf(40) == number.evalf(40) and sympy.expand(ours) == number and ours.is_real
    assert sympy.minimal_polynomial(ours, X) == sympy.minimal_polynomial(number, X)
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours and type(again) is type(ours)


def mpmath_float(value):
    """The float nearest to an irrational number with 60 certain digits."""
    return nearest_float(Fraction(int(mpmath.floor(value * mpmath.mpf(2) ** 160)), 2**160))


def test_floats_of_surds_are_the_nearest():
    """Of these sympy itself rounds about one in a hundred to a neighbour."""
    rng = random.Random(0)
    with mpmath.workdps(70):
        for _ in range(round(800 * EFFORT)):
            p, q, s = (Fraction(rng.randint(1, 10**4), rng.randint(1, 10**3)) for _ in range(3))
            found = Surd(p if rng.random() < 0.9 else Fraction(0), q, s)
            exact = mpmath.mpf(found.rational.numerator) / found.rational.denominator
            exact += mpmath.mpf(q.numerator) / q.denominator * mpmath.sqrt(mpmath.mpf(s.numerator) / s.denominator)
            number = found.to_sympy()
            assert float(number) == float(number._eval_evalf(53)) == mpmath_float(exact)


def test_floats_of_sums_of_roots_are_the_nearest():

    rng = random.Random(1)
    with mpmath.workdps(70):
        for _ in range(100):
            prime = rng.choice([2, 3, 5, 7, 11])
            degree, times, shift = rng.choice([2, 3, 5]), rng.randint(1, 99), Fraction(rng.randint(1, 99), 97)
            root = RealRoot((-prime, *[0] * (degree - 1), 1), 0 if degree % 2 else 1)
            number = sum_to_sympy(fmpq(shift.numerator, shift.denominator), {root: times})
            exact = mpmath.mpf(shift.numerator) / shift.denominator + times * mpmath.root(prime, degree)
            assert float(number) == mpmath_float(exact)


@pytest.mark.parametrize("digits", [12, 60, 200])
def test_what_cancels_keeps_its_digits_and_its_sign(digits):
    """(sqrt(n**2 + 1) - n) n is 1/2 as nearly as can be; sympy's evalf gives up at a hundred digits that cancel."""
    n = 10**digits
    number = well_rounded(sympy.expand((sympy.sqrt(n**2 + 1) - n) * n))
    assert number.is_positive and number.is_nonnegative and not number.is_negative and not number.is_zero
    assert abs(number.evalf(20) - sympy.Rational(1, 2)) < 1e-20 and float(round(number, 3)) == 0.5
    sums = number + 1, 2 - number, -number / 2
    assert [float(v) for v in sums] == pytest.approx([1.5, 1.5, -0.25]) and int(3 * number) == 1
    assert float(sympy.sqrt(number)) == pytest.approx(0.5**0.5) and number < 1 and number > 0


@pytest.mark.parametrize("digits", [20, 150, 5000])
def test_text_fits_a_line_and_nothing_is_lost(digits):
    big = sympy.Integer(10**digits + 1)
    for number in (sympy.sqrt(2) + sympy.Rational(7, big), big * sympy.sqrt(3), radicals_to_sympy(fmpq(2), [(fmpq(3), 4 * int(big))])):  # fmt: skip
        ours = well_rounded(number)
        full, short = in_full(ours), digits < 200
        assert full == sympy_text(number) and (len(full) <= 200) == short
        assert str(ours) == f"{ours}" == (full if short else f"≈{decimal(ours, 17)}")
        assert repr(ours) == (full if short else f"≈{decimal(ours, 6)}")
        assert sympy.latex(ours) == (sympy.latex(number) if short else rf"\approx {decimal(ours, 17)}")
        assert pickle.loads(pickle.dumps(ours)) == number and ours.evalf(30) == number.evalf(30)
    assert str(well_rounded(sympy.sqrt(2) + sympy.Rational(7, big)) + 1)
    root = root_to_sympy(RealRoot((-(10**digits) - 3, 1, 0, 1), 0))
    assert str(root).startswith("≈") is (digits > 150) and pickle.loads(pickle.dumps(root)) == root


def test_formats_are_rounded_once():
    a, b, near = map(well_rounded, (sympy.sqrt(2) + 1, 5 * sympy.sqrt(3), sympy.sqrt(10**40 + 1) - 10**20))
    assert (
        f"{a:>14}" == "   1 + sqrt(2)" and f"{-a:+012.3e} {b:,.2f} {a:.1%} {a:g}" == "-002.414e+00 8.66 241.4% 2.41421"
    )
    assert f"{a:.40f}" == "2.4142135623730950488016887242096980785697" and f"{-near:.2f} {-near:z.2f}" == "-0.00 0.00"
    assert f"{root_to_sympy(RealRoot((-1, -1, 0, 1), 0)):.4f} {near:.3e}" == "1.3247 5.000e-21"
    half = near * 10**20 + 2  # 2.5 less about 1e-41
    assert f"{half:.0f} {float(half):.0f}" == "2 2" and f"{5 - half:.0f} {float(5 - half):.0f}" == "3 2"
    root = sympy.sqrt(2)
    zero, far = well_rounded(sympy.sqrt(3 + 2 * root) - root - 1), well_rounded(10**5000 * root + 1)
    assert decimal(zero) == "0" and f"{zero:.2e} {zero:.1f} {zero + sympy.Rational(5, 2):.0f}" == "0.00e+00 0.0 2"
    digits = integer(math.isqrt(2 * 10**10018))  # of 10**5009 sqrt(2)
    assert f"{far:.2f}"[-8:] == f"{int(digits[4996:5008]) / 10**7 + 1:.2f}"
    assert f"{well_rounded(1 + root):.5000f}"[:-1] == "2." + digits[1:5000]
    with pytest.raises(ValueError, match="an exact number"):
        format(a, "d")


def test_real_roots_print_as_sympys_own():
    ours = root_to_sympy(RealRoot((-1, -1, 0, 1), 0))
    for number, own in ((ours, ROOT), (well_rounded(2 * ours + 1), 2 * ROOT + 1), (well_rounded(ours**2), ROOT**2)):
        for printed in (str, sympy.latex, sympy.srepr, sympy.pretty):
            assert printed(number) == printed(own)
        assert number._repr_latex_() == own._repr_latex_()
