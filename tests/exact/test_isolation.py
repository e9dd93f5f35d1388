"""Descartes' rule finds the real roots that FLINT finds among all complex ones, and those of high degree fast."""

from fractions import Fraction as Q

from flint import fmpq, fmpq_poly, fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.algebraic import RealRoot, real_balls, roots_between
from pwlin.exact.enclosure import from_ball
from pwlin.exact.isolation import isolated, refined

coefficients = st.lists(st.integers(-50, 50), min_size=3, max_size=12)


def irreducible(key):
    _, factors = fmpz_poly(key).factor()
    return key[0] and len(factors) == 1 and factors[0][1] == 1 and factors[0][0].degree() >= 2


@given(coefficients, st.integers(1, 9), st.integers(1, 200))
def test_the_same_roots_as_among_the_complex_ones(lower, leading, bits):
    key = (*lower, leading)
    if not irreducible(list(key)):
        return
    poly = fmpz_poly(list(key))
    balls = [from_ball(ball) for ball in real_balls(key, 300)]
    found = isolated(key)
    assert len(found) == len(balls)
    assert all(a[1] <= b[0] for a, b in zip(found, found[1:]))
    for ends, ball in zip(found, balls):
        low, high = refined(key, ends, bits)
        assert low <= ball.upper and ball.lower <= high
        assert (high - low) * 2**bits <= min(abs(low), abs(high))
        values = [sum(c * x**k for k, c in enumerate(key)) for x in (low, high)]
        assert values[0] * values[1] < 0 and poly.degree() == len(key) - 1


def test_all_roots_of_a_polynomial_of_chebyshev():
    rows = [fmpz_poly([1]), fmpz_poly([0, 1])]
    for _ in range(60):
        rows.append(fmpz_poly([0, 2]) * rows[-1] - rows[-2])
    factor = max((f for f, _ in rows[53].factor()[1]), key=lambda f: f.degree())
    key = tuple(int(c) for c in factor.coeffs())
    balls = real_balls(key, 128)  # T_53(x) / x: cosines, all real, mirrored
    assert len(balls) == factor.degree() == 52
    assert all(a < b for a, b in zip(balls, balls[1:]))
    assert all((a + b).contains(0) for a, b in zip(balls, reversed(balls)))


def test_high_degree_and_any_size():
    for shift in (0, 40, -40):  # roots of (x / 2^shift)^299 = 2
        key = (-2 << max(299 * shift, 0), *[0] * 298, 1 << max(-299 * shift, 0))
        ((low, high),) = (refined(key, ends, 60) for ends in isolated(key))
        assert low**299 < 2 * Q(2) ** (299 * shift) < high**299
    assert isolated((1, *[0] * 99, 1)) == ()
    ball = RealRoot((-2, *[0] * 98, 1), 0).ball(500)
    assert ball**99 > 1.999 and ball.rel_accuracy_bits() >= 490


def test_roots_of_a_high_power_within_an_interval():
    power = fmpz_poly([1, 1]) ** 299  # 300 (x + 1)^299 = 7 at one place alone
    poly = fmpq_poly([300 * int(c) for c in power.coeffs()]) - 7
    ((root, multiplicity),) = roots_between(poly, fmpq(-1), fmpq(0))
    assert multiplicity == 1 and roots_between(poly, fmpq(0), fmpq(1)) == []
    ball = root.ball(100)
    assert (300 * (ball + 1) ** 299 - 7).contains(0) and ball.rel_accuracy_bits() >= 95
