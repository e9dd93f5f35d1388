"""The fold in every arithmetic: each elementary function is enclosed, with its derivatives, and jumps are seen."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from flint import acb, arb

from pwlin.base.errors import TargetError
from pwlin.exact.bridges import to_ball
from pwlin.formulas.arithmetic.balls import compile_jet, precision
from pwlin.formulas.arithmetic.complex_balls import compile_complex
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.series import evaluate
from pwlin.formulas.arithmetic.taylor import variable
from pwlin.formulas.elementary import ROWS
from pwlin.formulas.target import parse_target

X = sympy.Symbol("x", real=True)
PLACE = Q(3, 7)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.names[0])
def test_a_row_is_the_same_function_in_every_arithmetic(row):
    expression = row.head(X)
    steps = [expression, *([sympy.S.Zero] * 2 if row.jumps else [expression.diff(X, k) for k in (1, 2)])]
    true = [e.subs(X, sympy.Rational(3, 7)).evalf(40) for e in steps]
    with precision(128):
        value = [arb(str(v)) for v in true]
        cell = to_ball(PLACE) + arb(0, 0.01)
        jet = compile_jet(expression, X)(cell)
        assert all(ball.overlaps(v) and ball.rad() < 0.5 for ball, v in zip(jet, value))
        for analytic in (False, True):
            assert compile_complex(expression, X)(acb(to_ball(PLACE)), analytic).real.overlaps(value[0])
        assert compile_complex(expression, X)(acb(to_ball(PLACE), arb(0.01)), True).is_finite()
    box = Intervals(np.array([float(PLACE) - 0.01]), np.array([float(PLACE) + 0.01]))
    series = evaluate(expression, {X: variable(box, Intervals.points(np.ones(1)), 2)})
    for k, v in enumerate(true):
        coefficient = float(v) / (2 if k == 2 else 1)
        assert series.low[k, 0] <= coefficient <= series.high[k, 0] and series.high[k, 0] - series.low[k, 0] < 0.5
    assert row.head(sympy.Symbol("y")).func is row.head and parse_target(f"{row.names[0]}(x)").expression == expression


@pytest.mark.parametrize(("text", "low", "high"), [("floor(2*x)", 1, 2), ("sign(x - 1)", -1, 1), ("step(x - 1)", 0, 1)])
def test_a_jump_is_the_hull_of_both_sides_and_has_no_derivative(text, low, high):
    expression = parse_target(text).expression
    value, first, _ = compile_jet(expression, X)(arb(0.95, 0.06) if "floor" in text else arb(1, 0.06))
    assert (float(value.lower()), float(value.upper())) == pytest.approx((low, high), abs=1e-8)
    assert not first.is_finite()
    assert not compile_complex(expression, X)(acb(arb(1, 0.06), arb(0.1)), True).is_finite()


def test_the_largest_of_several_is_chosen_by_pairs():
    function = compile_complex(parse_target("max(x, sin(x), 0)").expression, X)
    assert function(acb(arb(0.5, 0.1), arb(0, 0.01)), True).is_finite()
    assert not function(acb(arb(0, 0.1), arb(0, 0.01)), True).is_finite()


def test_other_variables_are_refused_by_name():
    y = sympy.Symbol("y", real=True)
    for read, argument in ((compile_jet, arb(1)), (lambda *a: lambda z: compile_complex(*a)(z, True), acb(1))):
        with pytest.raises(TargetError, match="found the variable y; accepted is x"):
            read(X + y, X)(argument)


def test_unlisted_functions_are_refused_by_name():
    with pytest.raises(TargetError, match="gamma"):
        compile_jet(sympy.gamma(X), X)
