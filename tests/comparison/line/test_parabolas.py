"""The integral of the error's magnitude against a quadratic, on all pieces together: as piece by piece."""

import pickle
import random
from fractions import Fraction as Q

import pytest
import sympy
from flint import ctx

import pwlin
from pwlin.comparison.line import parabolas
from pwlin.comparison.line.parabolas import magnitude
from pwlin.comparison.line.polynomial import PolynomialErrors
from pwlin.exact.sympy_balls import real_ball
from pwlin.exact.text import decimal
from pwlin.functions.line.function import PiecewiseLinear1D


def rational(rng):
    return Q(rng.randint(-6, 6), rng.choice([1, 1, 2, 3, 4]))


@pytest.mark.parametrize("seed", range(2))
def test_as_piece_by_piece(seed):
    """Corners on the parabola, tangents, double zeros, zeros at ends and rational ones are frequent among these."""
    rng, irrational = random.Random(seed), 0
    for _ in range(40):
        xs = sorted({rational(rng) for _ in range(6)} | {Q(0), Q(1)})
        c = (rational(rng), rational(rng), rational(rng) or Q(1))
        ys = [c[0] + c[1] * x + c[2] * x * x + rng.choice([Q(0), Q(0), rational(rng), rational(rng) / 4]) for x in xs]
        f = PiecewiseLinear1D.from_points(xs, ys)
        found, expected = magnitude(f._table, c), PolynomialErrors(f, c).l1(range(f.n_pieces))
        assert found.number() == expected
        assert all(q > 0 and r > 0 for q, r in zip(found.factors, found.radicands))
        assert bool(len(found.factors)) == (not isinstance(expected, Q))
        irrational += len(found.factors)
    assert irrational > 20


def test_a_tent_of_many_pieces(monkeypatch):
    f = pwlin.extract(pwlin.constructions.tent(7), (0, 1))
    late = f.compare("x**2").l1
    with monkeypatch.context() as patch:
        patch.setattr(parabolas, "_FEW", 1000)
        at_once = f.compare("x**2").l1
    apart = PolynomialErrors(f, (Q(0), Q(0), Q(1)))
    monkeypatch.setattr(type(apart), "_together", lambda self, indices: False)
    slow = apart.l1(range(128))
    assert late._terms is None and type(late) is not type(slow)
    with ctx.workprec(400):
        assert (late.ball_at(400) - real_ball(slow, 400)).contains(0)
    assert float(late) == float(slow) and decimal(late, 40) == decimal(slow, 40)
    assert late._terms is None  # nothing of it needs the terms
    assert late == slow == at_once and slow == late and hash(late) == hash(slow) and late - slow == 0
    assert isinstance(late, sympy.Add) and late.args == slow.args and str(late) == str(slow)
    assert pickle.loads(pickle.dumps(late)) == slow
    assert sympy.N(late, 30) == sympy.N(slow, 30)


def test_equal_radicals_are_collected():
    n = 80
    xs = [Q(k, n) for k in range(n + 1)]
    best = PiecewiseLinear1D.from_points(xs, [x * x - Q(1, 8 * n * n) for x in xs])
    found = best.compare("x**2").l1
    # on a piece of width h the error is (s^2 - s + 1/8) h^2, whose magnitude has the integral (sqrt(2)/6 - 1/24 ... ) h^3
    s = sympy.Symbol("s")
    root = sympy.solve(s**2 - s + sympy.Rational(1, 8), s)[0]
    inner = sympy.integrate(s**2 - s + sympy.Rational(1, 8), s)
    one = 2 * inner.subs(s, root) + inner.subs(s, 1) - 2 * inner.subs(s, 1 - root)
    assert sympy.simplify(found - one / n**2) == 0
