"""Integrals in two variables: rules, cuts along curves, and values in closed form or from mpmath's integrals on the line."""

import math
from fractions import Fraction as Q
from functools import reduce

import mpmath
import numpy as np
import pytest
import sympy

from pwlin.comparison.cells.batch import Placed
from pwlin.comparison.cells.leaves import leaves_of
from pwlin.comparison.cells.local import Local
from pwlin.comparison.cells.patches import patches
from pwlin.comparison.cells.planes import planes
from pwlin.comparison.cells.rules import gauss, simplex_rule, weighted
from pwlin.comparison.errors import WideEnclosure
from pwlin.extraction.cells.extract import extract_cells
from pwlin.formulas.allowed import real_symbol
from pwlin.formulas.arithmetic.floats import down, up
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.taylor import integer_power, multiply, variable
from pwlin.formulas.budget import Budget
from pwlin.networks.network import Network
from tests.strategies.effort import narrow

SQUARE = [(-1, 1), (-1, 1)]
X, Y, Z = (real_symbol(name) for name in "xyz")


@pytest.fixture(scope="module")
def zero():
    """0 on the square, in four regions."""
    net = Network.from_arrays([[[1, 0], [0, 1], [0, 0]], [[0, 0, 1]]], None)
    return extract_cells(net, SQUARE)[0]


def on_line(function, *places):
    with mpmath.workdps(20):
        return mpmath.quad(function, [mpmath.mpf(p) for p in places])


def steep(function):
    """The integral over the square of a function of x - y."""
    return on_line(lambda u: (2 - abs(u)) * function(u), -2, -0.1, -0.01, 0, 0.01, 0.1, 2)


VALUES = {
    "tanh(200*(x-y))": (
        lambda: steep(lambda u: abs(mpmath.tanh(200 * u))),
        lambda: steep(lambda u: mpmath.tanh(200 * u) ** 2),
    ),
    "atan(1000*x)*y": (
        lambda: 2 * on_line(lambda x: mpmath.atan(1000 * x), 0, 0.001, 0.01, 0.1, 1),
        lambda: mpmath.mpf(2) / 3 * 2 * on_line(lambda x: mpmath.atan(1000 * x) ** 2, 0, 0.001, 0.01, 0.1, 1),
    ),
    "sin(5*x)*cos(3*y)": (
        lambda: (
            4
            * on_line(lambda x: abs(mpmath.sin(5 * x)), *(0, mpmath.pi / 5), 1)
            * on_line(lambda y: abs(mpmath.cos(3 * y)), 0, mpmath.pi / 6, 1)
        ),
        lambda: 4 * on_line(lambda x: mpmath.sin(5 * x) ** 2, 0, 1) * on_line(lambda y: mpmath.cos(3 * y) ** 2, 0, 1),
    ),
    # the circle of radius 1/2 has its zeros; over the disk 1/2 - r has the integral pi/24
    "sqrt(x**2+y**2)-1/2": (
        lambda: mpmath.mpf(4) / 3 * (mpmath.sqrt(2) + mpmath.log(1 + mpmath.sqrt(2))) - 2 + mpmath.pi / 12,
        lambda: mpmath.mpf(8) / 3 + 1 - mpmath.mpf(4) / 3 * (mpmath.sqrt(2) + mpmath.log(1 + mpmath.sqrt(2))),
    ),
    # kinks and jumps along the circle whose radius squared is 1/2
    "abs(x**2+y**2-1/2)+exp(0*x)": (lambda: mpmath.mpf(2) / 3 + mpmath.pi / 4 + 4, None),
    "sign(x**2+y**2-1/2)*exp(x)": (lambda: 2 * (mpmath.e - 1 / mpmath.e), lambda: mpmath.e**2 - mpmath.e**-2),
    # switches where products of lines vanish
    "Max(x*y, -x*y)": (lambda: mpmath.mpf(1), lambda: mpmath.mpf(4) / 9),
    "abs(x**2-y**2)*exp(x-x)": (lambda: mpmath.mpf(4) / 3, None),
}


@pytest.mark.parametrize("target", VALUES)
def test_integrals_are_narrow_and_hold_the_value(zero, target):
    tolerance = narrow("1e-4")
    comparison = zero.compare(target, tolerance=tolerance)
    for found, value in zip((comparison.l1, comparison.l2_squared), VALUES[target]):
        if value is not None and isinstance(found, Q):
            assert found == sympy.nsimplify(value())
        elif value is not None:
            exact, margin = Q(str(value())), Q(1, 10**9)
            assert found.lower - margin <= exact <= found.upper + margin, (float(found.lower), float(exact))
            assert not isinstance(found, WideEnclosure) and found.relative_width <= tolerance


def test_waves_that_were_wide():
    """The L2 norm of sin(50 x y) is that of its power series; its zeros are branches of hyperbolas."""
    net = Network.from_arrays([[[1, 0], [0, 1]], [[0, 0]]], None)
    found = extract_cells(net, [(0, "1/4"), (0, 1)])[0].compare("sin(50*x*y)", tolerance="1e-5")
    with mpmath.workdps(30):  # the mean over y of sin(50 x y)**2 is 1/2 - sin(100 x)/(200 x)
        value = mpmath.quad(lambda x: mpmath.mpf(1) / 2 - mpmath.sin(100 * x) / (200 * x), mpmath.linspace(0, 0.25, 9))
    assert found.l2_squared.contains(Q(str(value))) and found.l2_squared.relative_width <= Q(1, 10**5)
    assert found.l1.relative_width <= Q(1, 10**5) and found.l1.upper**2 <= found.l2_squared.upper / 4


def test_zeros_that_touch_an_edge_where_nothing_bends_beyond_degree_2():
    """2 y above and -y/2 below the line y = 0, which two circles touch at 0; halves along what rounding bends were slivers."""
    net = Network.from_arrays([[[0, 1], [0, -1]], [[2, "1/2"]]])
    found = extract_cells(net, [(-1, 1), ("-1/2", 1)])[0].compare("x**2+y**2").l1

    def above(x):
        return 2 / mpmath.mpf(3) - x**2 - 2 * whole(1 - mpmath.sqrt(1 - x**2), x, 1)

    def whole(y, x, half):
        return half * y**2 - x**2 * y - y**3 / 3

    def below(x):
        root = mpmath.sqrt(max(mpmath.mpf(1) / 16 - x**2, 0))
        ends = [whole(mpmath.mpf(1) / 4 + sign * root, x, mpmath.mpf(1) / 4) for sign in (1, -1)]
        return 2 * (ends[0] - ends[1]) - whole(mpmath.mpf(1) / 2, x, mpmath.mpf(1) / 4)

    value = 2 * (on_line(above, 0, 1) + on_line(below, 0, mpmath.mpf(1) / 4, 1))
    assert found.contains(Q(str(value))) and found.relative_width <= Q(1, 10**6)


SPACE = {
    # an eighth of the sphere of radius 1/2 has its zeros
    "x**2+y**2+z**2-1/4+sin(x-x)": ("1e-2", (6 + math.pi / 30) / 8, None),
    "Piecewise((1, x**2+y**2+z**2<1/4), (0, True))": ("1/2", math.pi / 48, None),
    "x*y-z+sin(x-x)": ("1e-2", 13 / 36, None),  # over z: x^2 y^2 - x y + 1/2
    "exp(x+y+z)-1": ("1e-6", math.expm1(1) ** 3 - 1, (math.expm1(2) / 2) ** 3 - 2 * math.expm1(1) ** 3 + 1),
    "sin(x)*y+z": ("1e-6", None, (1 / 2 - math.sin(2) / 4) / 3 + (1 - math.cos(1)) / 2 + 1 / 3),
}


@pytest.mark.parametrize("target", SPACE)
def test_integrals_in_space(target):
    net = Network.from_arrays([[[1, 0, 0], [0, 1, 0]], [[0, 0]]], None)
    tolerance, *values = SPACE[target]
    comparison = extract_cells(net, [(0, 1)] * 3)[0].compare(target, tolerance=tolerance)
    for name, value in zip(("l1", "l2_squared"), values):
        if value is not None:
            found = getattr(comparison, name)
            assert found.lower * (1 - Q(1, 10**12)) <= Q(value) <= found.upper * (1 + Q(1, 10**12))
            assert not isinstance(found, WideEnclosure) and found.relative_width <= Q(tolerance)


@pytest.mark.parametrize(("d", "steps"), [(2, 2), (2, 6), (2, 9), (3, 1), (3, 4), (4, 2), (5, 2)])
def test_rules_are_exact_for_polynomials(d, steps):
    rule = simplex_rule(d, steps)
    for exponents in ((0, 0), (2 * steps + 1, 0), (steps, steps + 1)):
        found = weighted(monomial(rule.nodes, exponents)[None], rule.weights)
        exact = mean_of_monomial(d, exponents)
        assert Q(float(found.low[0])) <= exact <= Q(float(found.high[0])) and found.width[0] < 1e-12
    nodes, weights = gauss(steps, 1)
    assert (nodes.low > 0).all() and (nodes.high < 1).all() and (weights.low > 0).all()


def monomial(nodes, exponents):
    """A product of powers of the last barycentric coordinates."""
    power = Intervals.points(np.ones(nodes.shape[0]))
    for column, exponent in enumerate(exponents, nodes.shape[1] - len(exponents)):
        for _ in range(exponent):
            power = power * nodes[:, column]
    return power


def mean_of_monomial(d, exponents):
    return Q(math.factorial(d) * math.prod(map(math.factorial, exponents)), math.factorial(d + sum(exponents)))


@pytest.mark.parametrize(("d", "n"), [(1, 2), (2, 2), (3, 1), (3, 3)])
def test_what_a_product_of_rules_leaves_out(d, n):
    """Of powers of a coordinate, and of products of two: the derivatives along the ways from corner k are exact."""
    rule = simplex_rule(d, n - 1)
    for exponents in ((2 * n,), (n, n), (2 * n, 1)):
        if len(exponents) > d:
            continue
        nodes, columns = rule.nodes, range(d + 1 - len(exponents), d + 1)
        found = weighted(monomial(nodes, exponents)[None], rule.weights)
        series = []
        for k in range(d):  # coordinates lie in [0, 1] and change by -1 to 1 along any way to the side of later corners
            ends = [
                (
                    float(min(j == c for j in range(k + 1, d + 1)) - (k == c)),
                    float(max(j == c for j in range(k + 1, d + 1)) - (k == c)),
                )
                for c in columns
            ]
            lines = [
                variable(Intervals(np.zeros(1), np.ones(1)), Intervals(np.array([a]), np.array([b])), rule.order)
                for a, b in ends
            ]
            series.append(reduce(multiply, [integer_power(line, e) for line, e in zip(lines, exponents)]))
        rest = rule.rest(series)
        exact = mean_of_monomial(d, exponents)
        assert Q(float((found + rest).low[0])) <= exact <= Q(float((found + rest).high[0]))
        if exponents == (2 * n,):
            assert rest.low[0] - 1e-15 <= float(exact) - float(found.low[0]) and rest.width[0] < 1


@pytest.mark.parametrize("cuts", [patches, planes])
def test_a_tetrahedron_cut_by_a_plane(cuts):
    """Inside, 1 - 2 x - 4 y - 4 z is positive: a tetrahedron of volume 1/32 of the whole, over which it has the mean 1/4."""
    leaves = leaves_of(sympy.cos(0 * X) * (2 * X + 4 * Y + 4 * Z), (X, Y, Z))
    corners = Intervals.points(np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]]))
    local = Local(Placed(corners, Intervals.points(np.ones((1, 4)))), leaves, False, Budget())
    rule = simplex_rule(3, 2)
    with np.errstate(all="ignore"):
        ((rows, cut),) = cuts(local)
    nodes, weights = cut.inside(rule)
    found = weighted(local.at(nodes), weights) + cut.rest(rule, local, 1)
    assert rows.tolist() == [0] and cut.signs.tolist() == [1] and cut.wrong[0] < 1e-6
    assert found.low[0] <= 1 / 128 <= found.high[0] and found.width[0] < 1e-10


def test_affine_parts_are_read_as_one():
    tilt = leaves_of(sympy.tanh(200 * X - 200 * Y) + sympy.sin(X) + X - Y, (X, Y))
    assert len(tilt.forms) == 4 and len(tilt.formula.free_symbols) == 3
    corners = Intervals.points(np.array([[[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]]]))
    assert all(
        (v.magnitude[0] < 1e-9).all() for v, form in zip(tilt.at(corners), tilt.forms.values()) if sum(form) == 0
    )


def test_rounding_outwards():
    values = np.array([0.0, -0.0, 1.0, -1.0, 1.5, 2.0**-1074, -(2.0**-1050), 1.7e308, 2.0**-1022, np.pi, -np.e])
    assert (down(values) <= np.nextafter(values, -np.inf)).all() and (up(values) >= np.nextafter(values, np.inf)).all()
    assert up(np.inf) == np.inf and down(-np.inf) == -np.inf and np.isnan(down(np.nan))
