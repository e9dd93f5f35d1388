"""Exact comparison with polynomials and piecewise-linear functions."""

import math
from fractions import Fraction as Q

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import DomainError, TargetError
from pwlin.comparison import compare
from pwlin.exact.enclosure import Enclosure
from pwlin.functions.line.function import PiecewiseLinear1D
from tests.strategies.effort import examples

X = sympy.Symbol("x")
small = st.fractions(min_value=-4, max_value=4, max_denominator=6)
coefficients = st.lists(small, min_size=1, max_size=6)


@st.composite
def functions(draw, most=5):
    xs = sorted(draw(st.lists(small, min_size=2, max_size=most, unique=True)))
    return PiecewiseLinear1D.from_points(xs, draw(st.lists(small, min_size=len(xs), max_size=len(xs))))


def polynomial(values):
    return sympy.Add(*(sympy.Rational(c.numerator, c.denominator) * X**k for k, c in enumerate(values)))


def value(values, x):
    return sum(c * x**k for k, c in enumerate(values))


def test_best_mean_square_fit_of_the_square_with_three_pieces():
    knots = [Q(-5), Q(-5, 3), Q(5, 3), Q(5)]
    c = PiecewiseLinear1D.from_points(knots, [k**2 - Q(50, 27) for k in knots]).compare("x**2")
    assert c.exact
    assert c.mse == Q(10**4, 180 * 81)
    assert c.effective_pieces == 3 and isinstance(c.effective_pieces, Q)
    assert c.l2_squared == c.best.l2_squared == Q(10) ** 5 / (180 * 81)
    assert c.sup == Q(50, 27) and c.argsup == -5 and c.argsups == tuple(knots)
    assert c.l1 == 1000 * sympy.sqrt(3) / 243
    assert c.best.sup == Q(10, 3) ** 2 / 8 and c.best.l1 == Q(10) ** 3 / (16 * 9)
    assert [p.mse for p in c.per_piece] == [c.mse] * 3


@pytest.mark.parametrize(("shift", "norm"), [(Q(1, 8), "sup"), (Q(1, 6), "l2_squared"), (Q(3, 16), "l1")])
def test_shifted_interpolants_reach_the_best_errors_of_quadratics(shift, norm):
    h = Q(7, 4)
    knots = [Q(-3) + k * h for k in range(5)]
    lead = Q(-5, 3)
    f = PiecewiseLinear1D.from_points(knots, [lead * k**2 - k + 2 - lead * shift * h**2 for k in knots])
    c = f.compare("-5*x**2/3 - x + 2")
    assert getattr(c, norm) == getattr(c.best, norm)


def test_irrational_values_are_algebraic_numbers():
    f = PiecewiseLinear1D.from_points([0, 2], [0, 4])
    c = f.compare(X**3 - X)  # error 3x - x^3: largest at 1, zero at 0 and sqrt(3)
    assert c.sup == 2 and c.argsups == (1, 2)
    assert c.l1 == Q(5, 2)
    c = PiecewiseLinear1D.from_points([0, 1], [0, 1]).compare(X**3)
    assert c.argsup == sympy.sqrt(3) / 3 and c.sup == 2 * sympy.sqrt(3) / 9
    c = PiecewiseLinear1D.from_points([0, 1], [0, 1]).compare(X**5 - X)
    assert sympy.minimal_polynomial(c.argsup, X) == 5 * X**4 - 2
    assert float(c.sup) == pytest.approx(2 * 0.4**0.25 - 0.4**1.25, abs=1e-14)
    assert "1.27" in str(c)


def test_a_tie_between_irrational_points_is_found_exactly():
    f = PiecewiseLinear1D.from_points([-1, 0, 1], [0, 0, 0])
    c = f.compare(X**3 - X)
    assert c.argsups == (-sympy.sqrt(3) / 3, sympy.sqrt(3) / 3)
    assert c.argsup == -sympy.sqrt(3) / 3
    f = PiecewiseLinear1D.from_points([-1, 1], [0, 0])
    assert f.compare(X**5 - X).argsups == (
        sympy.CRootOf(5 * X**4 - 1, 0),
        sympy.CRootOf(5 * X**4 - 1, 1),
    )


def test_a_rational_value_at_an_irrational_point_ties_with_a_rational_point():
    f = PiecewiseLinear1D.from_points([-1, 0], [Q(1, 4), Q(1, 4)])
    c = f.compare(2 * (X**2 - Q(1, 2)) ** 2 - Q(1, 4))  # 1/2 at the irrational double root, no more at the ends
    assert c.argsups == (-sympy.sqrt(2) / 2,) and c.sup == Q(1, 2)
    c = f.compare(4 * (X**2 - Q(1, 2)) ** 2 - Q(1, 4))
    assert c.argsups == (-1, -sympy.sqrt(2) / 2, 0) and c.sup == Q(1, 2)
    g = PiecewiseLinear1D.from_points([0, 1], [0, 0]).compare(X**4 - X**2)
    assert g.sup == Q(1, 4) and isinstance(g.sup, Q) and g.argsup == sympy.sqrt(2) / 2


def test_zero_error_and_linear_targets():
    f = PiecewiseLinear1D.from_points([0, 1, 3], [1, 3, 7])
    c = f.compare("2*x + 1")
    assert (c.sup, c.argsup, c.l1, c.l2_squared, c.mse) == (0, 0, 0, 0, 0)
    assert c.effective_pieces == math.inf
    assert c.best.sup == 0
    assert f.compare("2*x").effective_pieces == 0
    assert f.compare(7).sup == 6


def test_effective_pieces_that_are_irrational_are_enclosed():
    c = PiecewiseLinear1D.from_points([0, 1], [0, 1]).compare("x**2")
    assert isinstance(c.effective_pieces, Enclosure)
    assert c.effective_pieces.contains(sympy.root(sympy.Rational(30, 180), 4))


def test_unbounded_domains_need_a_bounded_one():
    f = PiecewiseLinear1D.from_points([-1, 1], [0, 1])
    from pwlin.functions.line.records import Piece

    line = PiecewiseLinear1D.from_pieces([Piece(None, None, Q(1), Q(0))])
    with pytest.raises(DomainError, match="bounded"):
        line.compare("x**2")
    assert line.compare("x**2", domain=(0, 1)).sup == Q(1, 4)
    with pytest.raises(DomainError):
        f.compare("x**2", domain=(-2, 2))
    with pytest.raises(TargetError, match="one variable"):
        f.compare("x*y")
    with pytest.raises(TargetError, match="tolerance"):
        f.compare("x**2", tolerance=0)


def same_number(a, b):
    """Whether algebraic numbers are equal; sympy's == tells whether they are written alike."""
    if isinstance(a, Q) and isinstance(b, Q):
        return a == b
    a, b = sympy.sympify(a), sympy.sympify(b)
    alike = sympy.minimal_polynomial(a, X) == sympy.minimal_polynomial(b, X)
    return alike and float(a) == pytest.approx(float(b), rel=1e-12)


@examples(40)
@given(functions(), coefficients, st.lists(small, min_size=1, max_size=5))
def test_laws_against_polynomials(f, values, points):
    c = f.compare(polynomial(values))
    a, b = c.domain
    per_piece = c.per_piece
    assert sum(p.l2_squared for p in per_piece) == c.l2_squared
    expected = Q(0)
    for piece in f.pieces:
        line = polynomial([piece.intercept, piece.slope]) - polynomial(values)
        ends = [sympy.Rational(e.numerator, e.denominator) for e in (piece.left, piece.right)]
        integral = sympy.Poly(line**2, X).integrate()
        part = integral.eval(ends[1]) - integral.eval(ends[0])
        expected += Q(int(part.p), int(part.q))
    assert c.l2_squared == expected and c.mse == expected / (b - a)
    sup, l1 = float(c.sup), float(c.l1)
    assert max(float(p.sup) for p in per_piece) == pytest.approx(sup, rel=1e-12, abs=1e-300)
    assert math.fsum(float(p.l1) for p in per_piece) == pytest.approx(l1, rel=1e-12, abs=1e-300)
    for x in [q for q in points if a <= q <= b] + [a, b]:
        assert abs(f(x) - value(values, x)) <= (c.sup if isinstance(c.sup, Q) else Q(sup) + Q(1, 10**9))
    if isinstance(c.argsup, Q):
        assert abs(f(c.argsup) - value(values, c.argsup)) == c.sup
    assert l1 <= sup * float(b - a) * (1 + 1e-12)
    assert float(c.l2_squared) <= l1 * sup * (1 + 1e-12)
    doubled = (2 * f).compare(2 * polynomial(values))
    assert doubled.argsups == c.argsups and same_number(doubled.sup, 2 * c.sup)


@examples(40)
@given(functions(), functions(), small)
def test_laws_against_piecewise_linear_functions(f, g, shift):
    low, high = max(f.domain[0], g.domain[0]), min(f.domain[1], g.domain[1])
    if low >= high:
        low, high = f.domain
        g = f + shift
    f, g = f.restrict(low, high), g.restrict(low, high)
    c = compare(f, g)
    d = abs(f - g)
    assert c.exact and c.sup == d.max().value and c.l1 == d.integral()
    assert d(c.argsup) == c.sup
    assert isinstance(c.l2_squared, Q) and isinstance(c.argsup, Q)
    assert (c.l2_squared == 0) == (f == g)
    assert compare(g, f).l2_squared == c.l2_squared
    assert compare(f, f + shift).sup == abs(shift)


def test_magnitudes_that_floats_cannot_tell_apart():
    tiny = Q(5e-324)
    c = PiecewiseLinear1D.from_points([-1, 1], [tiny, tiny]).compare(X**3 - X)
    assert c.argsups == (sympy.sqrt(3) / 3,)


@pytest.mark.parametrize("text", ["(x + 1)**41", "(x + 1)**300", "(x + 0.1)**100 - x/3"])
def test_polynomials_of_high_degree_are_enclosed(text):
    xs, ys = [-1, Q(1, 3), 1], [0, 1, Q(1, 2)]
    c = PiecewiseLinear1D.from_points(xs, ys).compare(text)
    assert not c.exact and isinstance(c.l2_squared, Q) and isinstance(c.mse, Q)
    for value in (c.sup, c.l1):
        assert type(value) is Enclosure and value.width <= value.lower / 10**12
    assert c.l1.lower <= c.sup.upper * 2 and c.l2_squared <= c.sup.upper * c.l1.upper
    assert c.l1.lower**2 <= c.l2_squared * 2
    degree = int(text.partition("**")[2].split()[0])
    if text.startswith("(x + 1)"):  # largest at 1: 2**n - 1/2
        assert c.sup.contains(Q(2) ** degree - Q(1, 2)) and c.argsup.contains(1)
    assert "sup" in str(c)


def test_algebraic_errors_of_degree_20():
    f = PiecewiseLinear1D.from_points([-1, Q(1, 3), 1], [0, 1, Q(1, 2)])
    c = f.compare("(x + 0.1)**20")
    near = f.compare("(x + 0.1)**20 + 1e-30*sin(x)")
    assert c.exact and abs(Q(float(c.l1)) - near.l1.midpoint) < Q(1, 10**15) and "1.32658174186" in str(c)
