"""Series of many boxes and bounds by form alone hold what formulas are, also where branches and kinks switch."""

import math
import random
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy

from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.ranges import Range, range_of
from pwlin.formulas.arithmetic.series import evaluate
from pwlin.formulas.arithmetic.taylor import variable
from pwlin.formulas.target import parse_target

X, Y = sympy.symbols("x y", real=True)
BENT = [
    "Piecewise((x, x < y), (y**2, x <= 1), (exp(y), x != 1), (3, True))",
    "Piecewise((x*y, (x > 0) & (y >= 0)), (sin(x), ~(x > y)), (x - y, Eq(x, 2)), (5, True))",
    "Piecewise((1, x*y < 1/2), (2, (x > y) | (x < -1)), (x, True))",
    "max(x, y) - min(x*y, 1)",
    "abs(x - y) + sign(x) * floor(2*y)",
    "min(x, y, x*y)**3",
]


@pytest.mark.parametrize("text", BENT)
def test_series_hold_values_and_first_coefficients(text):
    target, r = parse_target(text), random.Random(text)
    low = np.array([[r.uniform(-2, 2) for _ in range(60)] for _ in range(2)])
    width = np.array([[r.choice([0.0, 1e-3, 0.5, 2.0]) for _ in range(60)] for _ in range(2)])
    ones = Intervals.points(np.ones(60))
    boxes = [variable(Intervals(a, a + w), ones, 1) for a, w in zip(low, width)]
    found = evaluate(target.expression, dict(zip(target.variables, boxes)))
    settled = 0
    for k in range(60):
        for part in range(4):
            point = low[:, k] + width[:, k] * (part / 4)
            value = float(target(point)) if len(target.variables) == 2 else math.nan
            assert not found.low[0, k] > value + 1e-12 and not found.high[0, k] < value - 1e-12
            near = float(target(point + 1e-7)) - value
            if found.high[1, k] - found.low[1, k] < math.inf and part == 2:
                settled += 1
                if abs(near) < 1e-3:  # no jump between
                    assert found.low[1, k] - 1e-4 <= near / 1e-7 <= found.high[1, k] + 1e-4
    assert settled > 10


@pytest.mark.parametrize(
    "text", [*BENT, "1/(1 + x**2)", "-1/(x**2 + y**4)", "(x**2 + 2)**(1/3)", "(2 + x**2)**-3", "log(1 + x**4)"]
)
def test_bounds_by_form_hold_values(text):
    target, r = parse_target(text), random.Random(text)
    whole = range_of(target.expression)
    part = range_of(target.expression, {X: Range(Q(-1, 2), Q(3)), Y: Range(Q(0), Q(2), True)})
    assert whole.low <= part.low and part.high <= whole.high
    for _ in range(40):
        point = [r.uniform(-0.5, 3), r.uniform(1e-9, 2)][: len(target.variables)]
        value = float(target(point if len(point) > 1 else point[0]))
        assert part.low <= value <= part.high


def test_golden_bounds():
    positive = Range(Q(2), Q(3))
    assert range_of(1 / X, {X: positive}) == Range(Q(1, 3), Q(1, 2))
    assert range_of(1 / X, {X: -positive}) == Range(Q(-1, 2), Q(-1, 3))
    assert range_of(X**-2, {X: -positive}) == Range(Q(1, 9), Q(1, 4))
    assert range_of(sympy.sqrt(X), {X: positive}).low == 1
    logarithm = range_of(sympy.log(X), {X: positive})
    assert Q(69, 100) < logarithm.low < Q(7, 10) and Q(109, 100) < logarithm.high < Q(11, 10)
    assert range_of(sympy.log(X), {X: Range(Q(1), math.inf)}).low == 0
    assert range_of(1 / X, {X: Range(Q(0), math.inf, True)}).positive
    assert range_of(sympy.Min(X, Y), {X: positive, Y: Range(Q(1), Q(5))}) == Range(Q(1), Q(3))
    assert range_of(sympy.Piecewise((X, X > 1), (Y, True)), {X: positive, Y: Range(Q(1), Q(2))}) == Range(Q(1), Q(3))


@pytest.mark.parametrize("end", [Q(3, 2), Q(1, 2), Q(-3, 2)])
def test_powers_too_long_to_write_are_bounded(end):
    found = range_of(X**100_001, {X: Range(end, end)})
    assert found.low <= found.high and (found.low >= 0) == (end > 0)
    assert (found.high <= 1) == (end < 1) and (found.low == -math.inf) == (end < 0)
