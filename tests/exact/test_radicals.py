"""Real roots as sympy numbers: the same numbers that sympy makes, without its cost."""

import pickle

import pytest
import sympy
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.algebraic import RealRoot, real_balls
from pwlin.exact.radicals import root_to_sympy
from pwlin.exact.sympy_balls import real_ball

X = sympy.Symbol("x")


def irreducible(coefficients):
    poly = fmpz_poly(coefficients)
    content, factors = poly.factor()
    return poly.degree() >= 3 and abs(content) == 1 and len(factors) == 1 and factors[0][1] == 1


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=6), st.integers(1, 9))
def test_they_are_sympys_own_numbers(lower, leading):
    key = (*lower, leading)
    if not irreducible(list(key)):
        return
    for index in range(len(real_balls(key, 64))):
        ours, theirs = root_to_sympy(RealRoot(key, index)), sympy.CRootOf(sympy.Poly(list(reversed(key)), X), index)
        assert ours == theirs and theirs == ours and hash(ours) == hash(theirs)
        assert ours - theirs == 0 and str(ours) == str(theirs)
        assert ours.is_real and not ours.is_imaginary
        assert float(ours) == pytest.approx(float(theirs), rel=1e-14)
        assert real_ball(theirs, 80).overlaps(real_balls(key, 80)[index])


def test_they_travel():
    root = root_to_sympy(RealRoot((-2, 0, 0, 1), 0))
    again = pickle.loads(pickle.dumps(root))
    assert again == root and type(again) is type(root)
    assert root != root_to_sympy(RealRoot((-3, 0, 0, 1), 0)) and root != sympy.Integer(1) and root != "x"
    assert root.evalf(30) == sympy.cbrt(2).evalf(30)
    assert (root > sympy.Rational(5, 4)) is sympy.true
    assert sympy.minimal_polynomial(root + 1, X) == ((X - 1) ** 3 - 2).expand() and root.func(*root.args) == root


def test_high_degrees_are_cheap():
    key = (-2, *[0] * 298, 1)  # 2^(1/299), by Eisenstein; sympy alone takes minutes to tell its roots apart
    root = root_to_sympy(RealRoot(key, 0))
    assert float(root) == pytest.approx(2 ** (1 / 299), rel=1e-15) and root < 2


def test_what_has_no_ball():
    for number in (
        sympy.EulerGamma,
        sympy.log(-2),
        sympy.zeta(3) + 1,
        sympy.sqrt(-2),
        sympy.CRootOf(X**3 - 2, 1),
    ):
        assert real_ball(number, 64) is None
