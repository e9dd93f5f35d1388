"""Errors of all pieces together are those of the pieces one by one."""

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from pwlin import PiecewiseLinear1D
from pwlin.comparison.line import polynomial
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.comparison.line.together import contenders
from pwlin.exact.sympy_balls import real_ball
from tests.strategies.effort import examples

small = st.fractions(-3, 3, max_denominator=4)
ugly = st.builds(Q, st.integers(-(10**6), 10**6), st.integers(1, 10**6))
extreme = st.sampled_from([Q(0), Q(1e300), Q(-1e300), Q(5e-324), Q(10**400), Q(1, 10**400), Q(1), Q(-1)])


@st.composite
def cases(draw):
    """A function of few or of many pieces and a polynomial; values repeat, and often lie on the polynomial."""
    kind = draw(st.sampled_from([small, ugly, extreme]))
    coefficients = tuple(draw(st.lists(kind, min_size=1, max_size=5)))
    xs = sorted(draw(st.lists(kind, min_size=2, max_size=30, unique=True)))
    heights = draw(st.lists(st.one_of(st.just(Q(0)), kind), min_size=1, max_size=3))
    ys = [sum(c * x**k for k, c in enumerate(coefficients)) + heights[i % len(heights)] for i, x in enumerate(xs)]
    return PiecewiseLinear1D.from_points(xs, ys), coefficients


@examples(50)
@given(cases())
def test_all_pieces_together_are_the_pieces_one_by_one(case):
    errors = PolynomialErrors(*case)
    parts = range(len(errors.pieces))
    slow = errors.sup(parts), errors.l2_squared(parts)
    slow_l1 = errors.l1(parts) if len(errors.coefficients) <= 3 else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polynomial, "_MANY", 1)
        together = PolynomialErrors(*case)
        assert (together.sup(parts), together.l2_squared(parts)) == slow
        l1 = together.l1(parts)
        if isinstance(l1, Q) or len(errors.coefficients) > 3:
            assert slow_l1 is None or l1 == slow_l1
        else:  # radicands may be too long for one way of writing them
            one, other = (real_ball(number, 1 << 14) for number in (l1, slow_l1))
            assert one.overlaps(other) and one.rel_accuracy_bits() > 1000


def test_coefficients_of_thousands_of_digits_have_roots():
    """c x**4 against its chord on [0, c]: the error is largest, 3/4**(4/3) of c**5, at c/4**(1/3)."""
    c = Q(1e300)
    sup = PolynomialErrors(PiecewiseLinear1D.from_points([0, c], [0, c**5]), (Q(0),) * 4 + (c,)).sup(range(1))
    share = real_ball(sup.value, 200) / arb(int(c**5))
    assert abs(float(share) - 3 / 4 ** (4 / 3)) < 1e-15


def test_few_pieces_of_many_may_err_most():
    rng = np.random.default_rng(4)
    xs = np.sort(rng.uniform(-1, 1, 4001))
    f = PiecewiseLinear1D.from_points(xs, xs**2 + 1e-7 * rng.uniform(-1, 1, 4001))
    assert 1 <= len(contenders(f._table, [Q(0), Q(0), Q(1)])) <= 16
    c = f.compare("x**2")
    assert c.sup == max(part.sup for part in c.per_piece) and c.l2_squared == sum(p.l2_squared for p in c.per_piece)
    line = f.compare("x")
    assert line.l1 == sum(part.l1 for part in line.per_piece) and line.sup == max(p.sup for p in line.per_piece)
