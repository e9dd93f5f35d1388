"""Formulas cut where they switch."""

from fractions import Fraction as Q

import pytest
import sympy

from pwlin.comparison.line.smooth_parts import smooth_parts
from pwlin.formulas.switches import switches
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D


@pytest.mark.parametrize(
    ("text", "jumps"),
    [("floor(2*x)/3 + x**2/10", 19), ("sign(x) + 2*sign(x - 1) + abs(x - 2)", 2), ("sign(sin(x))", 3)],
)
def test_around_a_jump_one_switch_is_left(text, jumps):
    target = parse_target(text)
    parts = smooth_parts(target.expression, target.symbol, Q(-5), Q(5), 200)
    rough = [part for part in parts if not part.smooth and -5 < part.low < 5]
    assert all(len({switch.part for switch in switches(part.formula)}) <= 1 for part in rough)
    assert len({round(part.low, 30) for part in rough}) == jumps
    assert all(a.high == b.low for a, b in zip(parts, parts[1:]))


def test_parts_of_some_length_have_the_values_of_the_formula():
    target = parse_target("floor(x) + Piecewise((x, x < 1/2), (Max(x**2, 3 - x), True))*sign(x - 2)")
    parts = smooth_parts(target.expression, target.symbol, Q(-2), Q(4), 200)
    for part in (part for part in parts if part.low < part.high):
        middle = sympy.Rational((part.low + part.high) / 2)
        assert part.formula.xreplace({target.symbol: middle}) == target.expression.xreplace({target.symbol: middle})


def test_floors_of_many_steps():
    """Each of ninety steps is a switch of its own; the mean of floor(90 x) on [0, 1] is 89/2."""
    c = PiecewiseLinear1D.from_points([0, 1], [0, 0]).compare("floor(90*x)")
    assert c.l1.contains("89/2") and c.l1.relative_width < Q(1, 10**11)
    assert c.l2_squared.contains(sum(Q(k * k, 90) for k in range(90)))


def test_floors_of_many_steps_and_of_magnitudes():
    c = PiecewiseLinear1D.from_points([0, 1], [0, 0]).compare("floor(150*x) + floor(abs(7*x - 1))/2")
    assert c.sup.contains(153) and c.sup.relative_width < Q(1, 10**11)
    halves = sum(Q(k, 2) * w for k, w in ((0, Q(2, 7)), *((k, Q(1, 7)) for k in range(1, 6))))
    assert c.l1.contains(Q(149, 2) + halves) and c.l1.relative_width < Q(1, 10**11)
