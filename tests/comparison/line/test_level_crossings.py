"""Where functions pass whole numbers."""

import math
from fractions import Fraction as Q

import pytest
import sympy

from pwlin.comparison.line.smooth_parts import smooth_parts
from pwlin.formulas.arithmetic.balls import precision
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D

FLAT = PiecewiseLinear1D.from_points([-1, 1], [0, 0])


@pytest.mark.parametrize(
    "text",
    [
        "floor(7*x)",
        "floor(-7*x + 1/2)",
        "floor(20*x**2 - 3)",
        "floor(9*sin(9*x))",
        "floor(exp(3*x))",
        "floor(4 - 4*x**2)",
    ],
)
def test_parts_have_the_values_of_the_floor(text):
    target = parse_target(text)
    with precision(200):
        parts = smooth_parts(target.expression, target.symbol, Q(-1), Q(1), 200)
    assert parts[0].low == -1 and parts[-1].high == 1 and all(a.high == b.low for a, b in zip(parts, parts[1:]))
    for part in parts:
        if part.high - part.low > Q(1, 10**6):
            middle = (part.low + part.high) / 2
            assert part.formula.is_Integer and int(part.formula) == math.floor(float(target(float(middle))) + 1e-12)
        else:
            assert part.high - part.low < Q(1, 10**20)


def test_a_floor_that_touches_its_largest_value_takes_it():
    """4 - 4 x^2 is 4 at 0 only, and there the floor is."""
    c = FLAT.compare("floor(4 - 4*x**2)")
    assert c.sup.contains(4) and c.sup.relative_width < Q(1, 10**12)
    area = 2 * sum(sympy.sqrt(sympy.Rational(4 - k, 4)) for k in (1, 2, 3))
    assert abs(c.l1.midpoint - Q(str(area.evalf(40)))) < Q(1, 10**20)


def test_floors_of_what_grows_are_cut():
    """The mean of floor(exp(3 x)) on [-1, 1]: it is at least k right of log(k) / 3."""
    true = sum(1 - sympy.log(k) / 3 for k in range(1, 21))
    c = FLAT.compare("floor(exp(3*x))")
    assert c.l1.relative_width < Q(1, 10**12) and abs(c.l1.midpoint - Q(str(true.evalf(40)))) < Q(1, 10**25)


@pytest.mark.parametrize(
    "text", ["floor(floor(8*x)*x)", "x*floor(9*cos(floor(5*x)))", "sign(floor(3*x) - 1/2)*(x + 2)"]
)
def test_floors_of_floors(text):
    """Steps and the points beside them are all among these; what is largest is narrow, though it jumps in jumps."""
    target = parse_target(text)
    c = FLAT.compare(text)
    largest = max(
        abs(float(target(k / 960 + side)))
        for k in range(-960, 961)
        for side in (-1e-13, 0, 1e-13)
        if abs(k) < 960 or not side
    )
    assert abs(float(c.sup) - largest) < 1e-10 * largest
    assert c.sup.relative_width < Q(1, 10**12) and c.l1.relative_width < Q(1, 10**12)
