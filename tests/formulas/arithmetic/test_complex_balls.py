"""Certified integrals, and what comes out of them when something is raised on the way."""

import pytest
import sympy
from flint import arb

from pwlin import PiecewiseLinear1D
from pwlin.comparison.line import segments
from pwlin.formulas.arithmetic import complex_balls
from pwlin.formulas.arithmetic.complex_balls import integrate

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
