"""Certified integrals, and what comes out of them when something is raised on the way."""

from fractions import Fraction

import pytest
import sympy
from flint import acb, arb

from pwlin import PiecewiseLinear1D
from pwlin.comparison.line import segments
from pwlin.exact.bridges import to_ball, to_fmpq
from pwlin.formulas.arithmetic import complex_balls
from pwlin.formulas.arithmetic.balls import compile_jet, precision
from pwlin.formulas.arithmetic.complex_balls import compile_complex, integrate

TINY = arb(2) ** -60


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), ValueError("no"), MemoryError(), SystemExit(3), GeneratorExit()]
)
@pytest.mark.parametrize("call", [1, 2, 7])
def test_what_is_raised_comes_out_as_it_is(error, call):
    calls = []

    def function(z, analytic):
        calls.append(z)
        if len(calls) == call:
            raise error
        return (50 * z).sin()

    with pytest.raises(type(error)) as caught:
        integrate(function, arb(0), arb(1), TINY, TINY)
    assert caught.value is error and len(calls) == call
    assert integrate(lambda z, analytic: z, arb(0), arb(1), TINY, TINY).contains(arb(0.5))  # nothing is left behind


def test_a_signal_between_two_calls(monkeypatch):
    """It is raised at the start of a call, outside of its ``try``; FLINT goes on and then finds an exception set."""

    class Interrupted:
        @staticmethod
        def integral(*arguments, **options):
            raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr(complex_balls, "acb", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        integrate(lambda z, analytic: z, arb(0), arb(1), TINY, TINY)


@pytest.mark.parametrize("name", ["l1", "l2_squared"])
def test_an_interrupted_comparison_can_be_asked_again(monkeypatch, name):
    comparison = PiecewiseLinear1D.from_points([0, 1], [0, 1]).compare("sqrt(x)")

    def impatient(formula, symbol):
        def function(z, analytic):
            raise KeyboardInterrupt

        return function

    with monkeypatch.context() as patch:
        patch.setattr(segments, "complex_of", impatient)
        with pytest.raises(KeyboardInterrupt):
            getattr(comparison, name)
    value = {"l1": sympy.Rational(1, 6), "l2_squared": sympy.Rational(1, 30)}[name]
    assert getattr(comparison, name).contains(value)


@pytest.mark.parametrize("offset", ["1/7", "3", "-2/3"])
def test_folds_within_folds_take_no_powers_of_two(offset):
    x, value, at = sympy.Symbol("x", real=True), sympy.Symbol("x", real=True), Fraction(offset)
    exact = at
    for k in range(28):
        value, exact = sympy.Abs(value - sympy.Rational(1, 2**k)), abs(exact - Fraction(1, 2**k))
    with precision(200):
        jet = compile_jet(value, x)(to_ball(at))
        assert jet[0].contains(to_fmpq(exact)) and abs(jet[1]) == 1
        assert compile_jet(value, x)(arb(0, 4))[0].contains(to_fmpq(exact))
        assert compile_complex(value, x)(acb(to_ball(at)), False).real.contains(to_fmpq(exact))
