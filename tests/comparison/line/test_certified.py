"""Certified comparison with targets in elementary functions."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import ExactnessError, TargetError
from pwlin.comparison.errors import WideEnclosure
from pwlin.comparison.line.certified_sup import Graph
from pwlin.comparison.line.crude import crude_integral
from pwlin.comparison.line.sharp_ends import is_largest_at
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.balls import compile_jet
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D
from tests.strategies.effort import examples, few

X = sympy.Symbol("x", real=True)
F = PiecewiseLinear1D.from_points([0, 1, 2, Q(7, 2)], [0, 1, Q(1, 3), 2])
TARGETS = [
    "exp(x)",
    "sin(3*x)",
    "log(x + 1)",
    "sqrt(x)",
    "tan(x/4)",
    "atan(x - 1)*x",
    "tanh(2*x - 1)",
    "x**(1/3)",
    "2**x - x**2",
    "1/(1 + 25*(x - 1)**2)",
    "abs(x - 1)*x",
    "abs(x - sqrt(2))",
    "Max(x, exp(-x)/3)",
    "Min(x**2, exp(-x), 1/2)",
    "Piecewise((x, x < 1), (2, True))",
    "Piecewise((0, x**2 < 2), (log(x), True))",
    "cbrt(x - 1)",
    "asin(x/3.5)",
    "sqrt(x*(3.5 - x))",
    "pi*x**2 - x",
    "abs(sin(20*x))",
]


def check_against_samples(f, c, count=20001):
    a, b = (float(end) for end in c.domain)
    x = np.linspace(a, b, count)
    with np.errstate(all="ignore"):
        error = np.abs(f(x) - c.target(x))
    size = float(np.max(np.abs(c.target(x)))) + 1
    assert error.max() <= float(c.sup.upper) + 1e-14 * size
    near = abs(float(f(float(c.argsup))) - float(c.target(float(c.argsup))))
    jumps = "Piecewise" in c.target.text
    assert jumps or near == pytest.approx(float(c.sup), abs=1e-7 * size)  # a float away from the place
    for power, value in ((1, c.l1), (2, c.l2_squared)):
        rough = float(np.trapezoid(error**power, x))
        assert float(value) == pytest.approx(rough, rel=2e-3, abs=1e-3 * size**power / count * (b - a) + 1e-13)
    for value in (c.sup, c.l1, c.l2_squared, c.mse):
        assert isinstance(value, Enclosure)
        assert value.lower >= 0 and value.width <= max(Q(1, 10**12) * value.lower, Q(1, 10**25))
    assert c.mse.contains(c.l2_squared.midpoint / c.length)


@pytest.mark.parametrize("text", TARGETS)
def test_enclosures_are_narrow_and_hold_sampled_values(text):
    c = F.compare(text)
    assert not c.exact
    check_against_samples(F, c)
    pieces = c.per_piece
    assert sum(p.l1.lower for p in pieces) <= c.l1.upper and c.l1.lower <= sum(p.l1.upper for p in pieces)
    assert max(p.sup.upper for p in pieces) >= c.sup.lower and c.sup.upper >= max(p.sup.lower for p in pieces)


@examples(25)
@given(st.data())
def test_random_functions_and_targets(data):
    small = st.fractions(min_value=-3, max_value=3, max_denominator=8)
    xs = sorted(data.draw(st.lists(small, min_size=2, max_size=7, unique=True)))
    f = PiecewiseLinear1D.from_points(xs, data.draw(st.lists(small, min_size=len(xs), max_size=len(xs))))
    a, b = data.draw(small), data.draw(small)
    form = data.draw(
        st.sampled_from(["exp({a}*x + {b})", "sin({a}*x)*cos({b}*x)", "tanh(x - {a}) + {b}*x", "abs(x - {a}) - {b}",
                         "Max(x, {a}, {b}*x)", "x/(x**2 + 1) + {a}", "sqrt(x**2 + 1)*({a})", "exp(-x**2)*({b})"])
    )  # fmt: skip
    target = parse_target(form.format(a=f"({a})", b=f"({b})"))
    c = f.compare(target)
    if not c.exact:
        check_against_samples(f, c, 5001)


def test_known_values():
    line = PiecewiseLinear1D.from_points([0, 1], [1, 1])
    c = line.compare("exp(x)")
    assert c.sup.contains(sympy.E - 1) and c.argsup.contains(1)
    assert c.l1.contains(sympy.E - 2)
    assert c.l2_squared.contains((sympy.E**2 - 1) / 2 - 2 * (sympy.E - 1) + 1)
    c = PiecewiseLinear1D.from_points([-3, 3], [0, 0]).compare("sin(x)")
    assert c.sup.contains(1) and [p.contains(s * sympy.pi / 2) for p, s in zip(c.argsups, (-1, 1))] == [True, True]
    assert c.l1.contains(2 - 2 * sympy.cos(3))
    c = PiecewiseLinear1D.from_points([-1, 1], [0, 0]).compare("sqrt(1 - x**2)")
    assert c.l1.contains(sympy.pi / 2) and c.l2_squared.contains(Q(4, 3))


def test_the_tolerance_is_adjustable():
    c = F.compare("exp(x)", tolerance="1e-50")
    for value in (c.sup, c.l1, c.l2_squared):
        assert 0 < value.width <= value.lower / 10**50
    assert F.compare("exp(x)").l1.contains(c.l1)


PIECEWISE_LINEAR = [
    ("Max(x, 0)", [-1, 0, 1], [0, 0, 1]),
    ("abs(x - 1/3)", [0, Q(1, 3), 1], [Q(1, 3), 0, Q(2, 3)]),
    (
        "Min(abs(x), abs(x - 1), 1/4)",
        [-1, Q(-1, 4), 0, Q(1, 4), Q(3, 4), 1],
        [Q(1, 4), Q(1, 4), 0, Q(1, 4), Q(1, 4), 0],
    ),
    ("Piecewise((x, x < 1/2), (1 - x, True))", [0, Q(1, 2), 2], [0, Q(1, 2), -1]),
    ("abs(x) - x", [-1, 0, 1], [2, 0, 0]),
    ("Max(x, -x/10) + abs(2*x - 1)/3", [-1, 0, Q(1, 2), 1], [Q(11, 10), Q(1, 3), Q(1, 2), Q(4, 3)]),
]


@pytest.mark.parametrize(("text", "xs", "ys"), PIECEWISE_LINEAR)
def test_text_that_is_piecewise_linear_is_compared_exactly(text, xs, ys):
    f = PiecewiseLinear1D.from_points(xs, ys)
    c = f.compare(text)
    assert c.exact and (c.sup, c.l1, c.l2_squared, c.mse) == (0, 0, 0, 0)
    line = PiecewiseLinear1D.from_points([xs[0], xs[-1]], [Q(1, 7), 3])
    by_text, by_function = line.compare(text), line.compare(f)
    for name in ("sup", "argsups", "l1", "l2_squared", "mse"):
        assert getattr(by_text, name) == getattr(by_function, name)
    assert all(isinstance(v, Q) for v in (by_text.sup, by_text.l1, by_text.mse))


TOUCHING = [  # function, target, and what is known: (sup, l1, l2 squared)
    ([-5, 5], [-5, 5], "Max(x, sin(x))", (5 - sympy.sin(5), Q(25, 2) - 1 + sympy.cos(5), None)),
    ([0, 5], [0, 5], "Max(x, sin(x))", (0, 0, 0)),
    ([-1, 1], [0, 1], "Min(x**2, sin(x)**2)", (sympy.sin(1) ** 2, None, sympy.Float("0.369366510709922", 15))),
    ([0, 1], [1, 1], "sin(x)**2 + cos(x)**2", (0, 0, 0)),
    ([-1, 1], [0, 0], "Max(0, cos(x) - 1 + x**2/2 - x**4/24)", (0, 0, 0)),
    ([-1, 1], [0, 0], "Max(x**2, sin(x)*sinh(x)) - x**2", (0, 0, 0)),
    ([-1, 2], [0, 0], "Max(0, -(exp(x) - 1 - x)**2)", (0, 0, 0)),
    ([0, 2], [0, 0], "Max((x - 1)**3, (x - 1)**5)", (1, Q(1, 4) + Q(1, 6), Q(1, 7) + Q(1, 11))),
    ([0, 2], [0, 0], "Max(x**2 - 2, 0)", (2, Q(8, 3) - 4 + sympy.Rational(4, 3) * sympy.sqrt(2), None)),
    ([-1, 1], [0, 0], "sign(x**2)", (1, 2, 2)),
    ([-1, 1], [0, 0], "Piecewise((5, Eq(x, 0)), (x*exp(0*x), True))", (5, 1, Q(2, 3))),
    ([-1, 1], [0, 0], "Piecewise((3, x**2 <= 0), (exp(x) - exp(x), True))", (3, 0, 0)),
    ([0, 1], [5, 5], "sign(x)", (5, 4, 16)),
    ([0, 2], [0, 0], "abs(exp(x) - exp(1))", (sympy.exp(2) - sympy.E, sympy.exp(2) - 2 * sympy.E + 1, None)),
    ([-2, 2], [0, 0], "sqrt(x**2) - abs(x)", (0, 0, 0)),
]


@pytest.mark.parametrize(("xs", "ys", "text", "known"), TOUCHING, ids=[t[2] for t in TOUCHING])
def test_branches_that_touch(xs, ys, text, known):
    c = PiecewiseLinear1D.from_points(xs, ys).compare(text)
    for name, value in zip(("sup", "l1", "l2_squared"), known):
        found = getattr(c, name)
        assert not isinstance(found, WideEnclosure)
        if value is None or isinstance(value, sympy.Float):
            assert found.width <= found.lower / 10**12
            assert value is None or abs(float(found) - float(value)) < 1e-14
        else:
            assert value == found if isinstance(found, Q) else found.contains(value)
            assert value != 0 or upper(found) < Q(1, 10**23)


@pytest.mark.parametrize("text", ["sin(2*x) - 2*sin(x)*cos(x)", "exp(x)*exp(-x) - 1", "cosh(x)**2 - sinh(x)**2 - 1"])
def test_targets_that_vanish_as_far_as_balls_tell(text):
    c = PiecewiseLinear1D.from_points([0, 1], [0, 0]).compare(text)
    for value in (c.sup, c.l1, c.l2_squared):
        assert upper(value) < Q(1, 10**23) and not isinstance(value, WideEnclosure)


SHAPES = [
    "exp(x)",
    "sin(3*x)",
    "abs(x - 1/3)*exp(x)",
    "Max(x**2, exp(-x)/2)",
    "sqrt(x + 1)",
    "tanh(5*x)",
    "Piecewise((x, x < 1/2), (exp(x), True))",
    "1/(1 + 25*x**2)",
]


@pytest.mark.parametrize("text", few(SHAPES, 4))
@pytest.mark.parametrize(
    ("size", "shift", "stretch"),
    [(Q(1, 10**100), 0, 1), (Q(1, 10**60), 0, 1), (Q(10) ** 60, 0, 1), (1, 0, Q(10) ** 60), (1, 0, Q(1, 10**60)),
     (1, Q(10) ** 30, 1), (Q(1, 10**200), 7, 3), (Q(10) ** 300, Q(-10) ** 61, Q(1, 7))],
)  # fmt: skip
def test_scale_does_not_matter(text, size, shift, stretch):
    xs, ys = [0, Q(1, 3), 1], [1, Q(1, 2), 1]
    one = PiecewiseLinear1D.from_points(xs, ys).compare(text)
    moved = parse_target(text).expression.subs(X, (X - rational(shift)) / rational(stretch)) * rational(size)
    c = PiecewiseLinear1D.from_points([shift + x * stretch for x in xs], [y * size for y in ys]).compare(moved)
    for name, unit in (("sup", size), ("l1", size * stretch), ("l2_squared", size**2 * stretch), ("mse", size**2)):
        found, expected = getattr(c, name), getattr(one, name)
        assert type(found) is Enclosure and found.width <= found.lower / 10**12
        assert found.lower / unit <= expected.upper and expected.lower <= found.upper / unit


@pytest.mark.parametrize("text", ["sin(3*x)", "x*exp(-x**2)", "tanh(3*x)"])
def test_scale_does_not_matter_where_function_and_target_are_odd(text):
    size, line = Q(1, 10**100), PiecewiseLinear1D.from_points([-1, 1], [-1, 1])
    one, small = line.compare(text), (size * line).compare(f"({text})*({size})")
    assert small.l2_squared.width <= small.l2_squared.lower / 10**12
    assert float(small.l2_squared.lower / size**2) == pytest.approx(float(one.l2_squared), rel=1e-12)
    assert float(small.l1.lower / size) == pytest.approx(float(one.l1), rel=1e-11)


def rational(value):
    return sympy.Rational(value.numerator, value.denominator)


def upper(value):
    return value.upper if isinstance(value, Enclosure) else value


@pytest.mark.parametrize(
    ("text", "low", "high", "name", "place"),
    [
        ("log(x)", 0, 1, "log", "x = 0:"),
        ("log(x)", -1, 1, "log", "x = -1:"),
        ("1/x", -1, 1, "division", "x = 0:"),
        ("1/(3*x - 1)", 0, 1, "division", "x = 1/3:"),
        ("1/(x - sqrt(2))", 0, 2, "division", "x = 1.41421:"),
        ("tan(x)", 0, 2, "tan", "x = 1.5708:"),
        ("sqrt(x)", -1, 1, "sqrt", "x = -1:"),
        ("sqrt(1 - x**2)", 0, "1.1", "sqrt", "undefined"),
        ("asin(x)", 0, 2, "asin", "undefined"),
        ("x**(-1/2)", 0, 1, "positive base", "x = 0:"),
        ("Piecewise((x, x > 1))", 0, 2, "Piecewise", "x = 0:"),
    ],
)
def test_undefined_targets_are_refused_by_name_and_place(text, low, high, name, place):
    f = PiecewiseLinear1D.from_points([low, high], [0, 0])
    with pytest.raises(TargetError, match=name) as caught:
        f.compare(text)
    assert place in str(caught.value)


def test_branches_that_are_not_taken_may_be_undefined():
    f = PiecewiseLinear1D.from_points([-1, 2], [0, 0])
    assert f.compare("Piecewise((log(x), x > 1), (0, True))").sup.contains(sympy.log(2))


def test_enclosures_order_only_what_is_certain():
    e = Enclosure(1, 2)
    assert e < 3 and e <= 2 and not e < 1 and e > 0 and e < Enclosure(3, 4)
    for undecided in (lambda: e < 2, lambda: e > 1, lambda: e < Enclosure(1, 2), lambda: e >= Q(3, 2)):
        with pytest.raises(ExactnessError, match="settle"):
            undecided()
    assert e == Enclosure(1, 2) and hash(e) == hash(Enclosure(1, 2)) and e != Enclosure(1, 3)
    assert e.contains(sympy.sqrt(2)) and not e.contains(sympy.pi) and 1 in e and e.contains(Enclosure(1, Q(3, 2)))
    assert (e.width, e.midpoint, float(e)) == (1, Q(3, 2), 1.5)
    with pytest.raises(ExactnessError):
        Enclosure(2, 1)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("0.33333333", "0.33333334", "0.3333333"),
        (0, 0, "0"),
        (2, 2, "2"),
        ("0.99999999999", "1.0000000001", "1.00000000"),
        ("-3.14159", "-3.14158", "-3.1416"),
        (1, 2, "[1, 2]"),
        (0, "1e-40", "0 ± 1.0e-40"),
    ],
)
def test_enclosures_print_certain_digits(low, high, text):
    assert str(Enclosure(low, high)).startswith(text)
    assert math.isfinite(float(Enclosure(low, high)))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("sin(50*x)", 0, 3),
        ("sqrt(1 - x**2)", -1, 1),
        ("abs(abs(x) - 1/2)", -1, 1),
        ("Min(abs(x), abs(x - 1), 1/4)", -1, 2),
        ("Max(x**2, exp(-x), 1/3)", -1, 1),
        ("exp(50*x)", 0, 1),
        ("tan(x)", -1, "1.5"),
        ("x**0.1", 0, 1),
        ("1/(x**2 + 1e-6)", -1, 1),
        ("atan(1000*x)", -1, 1),
        ("x/3 + 0*sin(x) + abs(x)*0 + log(e**x)", -1, 2),
    ],
)
@pytest.mark.parametrize("size", [1, Q(10) ** 30, Q(1, 10**30)])
def test_steep_bent_and_badly_scaled(text, low, high, size):
    low, high = Q(low), Q(high)
    f = PiecewiseLinear1D.from_points([low, (2 * low + high) / 3, high], [0, size / 2, size])
    c = f.compare(text)
    values = [c.sup, c.l1, c.l2_squared]
    if not c.exact:
        assert all(v.lower > 0 and v.width <= v.lower / 10**12 for v in values)
    length = high - low
    top = [v.upper if isinstance(v, Enclosure) else Q(float(v)) for v in values]
    assert top[1] <= top[0] * length * (1 + Q(1, 10**9)) and top[2] <= top[0] * top[1] * (1 + Q(1, 10**9))
    assert top[1] ** 2 <= top[2] * length * (1 + Q(1, 10**9))  # Cauchy and Schwarz


@pytest.mark.parametrize(
    ("text", "sup"),
    [
        ("Piecewise((0, x < 1/3), (1, True))", Q(1, 2)),
        ("Piecewise((0, x <= 1/3), (1, True))", Q(1, 2)),
        ("Piecewise((0, x < 1/pi), (1, True))", 1 - Q(3, 2) / sympy.pi),
        ("sign(x - 1/2)", Q(13, 8)),
        ("3*x/2 - 3*sign(x - 1/3)", Q(3)),
    ],
)
def test_jumps_are_sharp(text, sup):
    c = PiecewiseLinear1D.from_points([0, Q(1, 3), 1], [0, Q(1, 2), 1]).compare(text)
    assert c.sup.contains(sup) and c.sup.width <= c.sup.lower / 10**12


def test_poles_just_outside_of_the_domain():
    f = PiecewiseLinear1D.from_points([0, 2], [0, 0])
    c = f.compare("log(x + 1e-300)")
    logarithm = Q(str((300 * sympy.log(10)).evalf(400)))
    assert c.sup.contains(logarithm) and c.l1.width <= c.l1.lower / 10**12
    assert abs(float(c.l2_squared) - 2 * (math.log(2) ** 2 - 2 * math.log(2) + 2)) < 1e-14
    huge = PiecewiseLinear1D.from_points([1, Q(10) ** 300], [0, 0]).compare("log(x)")
    assert abs(huge.sup.midpoint - logarithm) < Q(1, 10**9) and type(huge.l1) is Enclosure
    steep = PiecewiseLinear1D.from_points([0, 1], [0, 0]).compare("1/(x + 1e-30)")
    assert steep.sup.contains(Q(10) ** 30) and abs(float(steep.l1) - 30 * math.log(10)) < 1e-12


TINY = "1e-300"
LN = 300 * math.log(10)


@pytest.mark.parametrize(
    ("text", "low", "high", "sup", "l1"),
    few(
        [
            ("log(x)", TINY, 1, LN, 1),
            ("-log(-x)", -1, "-" + TINY, LN, 1),
            ("1/x", TINY, 1, 1e300, LN),
            ("1/(x + 1e-300)", 0, 1, 1e300, LN),
            ("-1/(x - 1e-300)", -1, 0, 1e300, LN),
            ("1/sqrt(x)", TINY, 1, 1e150, 2),
            ("x*log(x)", TINY, 1, math.exp(-1), 0.25),
            ("sqrt((x - 1)**2 + 1e-40)", 0, 2, 1, 1),
        ],
        5,
    ),
)
def test_ends_that_are_orders_of_magnitude_apart(text, low, high, sup, l1):
    c = PiecewiseLinear1D.from_points([low, high], [0, 0]).compare(text)
    for found, known in ((c.sup, sup), (c.l1, l1)):
        assert type(found) is Enclosure and found.width <= found.lower / 10**9
        assert float(found) == pytest.approx(known, rel=1e-13)


def on(low, high, text):
    return PiecewiseLinear1D.from_points([low, high], [0, 0]).compare(text)


PI = math.pi


@pytest.mark.parametrize(
    ("text", "low", "high", "sup", "l1"),
    few(
        [
            ("1/(x**2 - 2*x + 1 + 1e-20)", 0, 2, 1e20, 2e10 * math.atan(1e10)),
            ("1/(x**2 - 2*x + 1 + 1e-60)", 0, 2, 1e60, PI * 1e30),
            ("log(x**2 - 2*x + 1 + 1e-20)", 0, 2, 20 * math.log(10), 4 - 2e-10 * PI),
            ("1/(1 - cos(x - 1) + 1e-20)", 0, 2, 1e20, PI * math.sqrt(2) * 1e10),
            ("log(1 + 1e-200 - x)", -1, 1, 200 * math.log(10), 2 * math.log(2)),
            ("1/(1 + 1e-200 - x)", -1, 1, 1e200, math.log(2) + 200 * math.log(10)),
        ],
        4,
    ),
)
def test_poles_close_by_are_seen_with_sharp_divisors(text, low, high, sup, l1):
    c = on(low, high, text)
    assert float(c.sup) == pytest.approx(sup, rel=1e-12) and c.sup.width <= c.sup.lower / 10**9
    assert float(c.l1) == pytest.approx(l1, rel=1e-9) and c.l1.width <= c.l1.lower / 10**9


@pytest.mark.parametrize(
    ("text", "sup", "l1"),  # L1 by mpmath's quadrature, cut at the bends
    few(
        [
            ("asin(sin(x))", PI / 2, 4.91475372099408),
            ("acos(cos(2*x + 1))", PI, 9.58641909390977),
            ("asin(cos(5*x))", PI / 2, 4.5902181579777),
            ("acos(sin(x**2))", PI, 7.54218631558074),
            ("asin(2*x/(1 + x**2))", PI / 2, 5.69358811650802),
            ("acos((1 - x**2)/(1 + x**2))", 2.49809154479651, 10.383379082791),
            ("asin(cos(x)**3)", PI / 2, 2.81623496678863),
        ],
        4,
    ),
)
def test_arcs_that_touch_their_ends_bend_there(text, sup, l1):
    c = on(-3, 3, text)
    assert float(c.sup) == pytest.approx(sup, rel=1e-13) and c.sup.width <= c.sup.lower / 10**9
    assert float(c.l1) == pytest.approx(l1, rel=1e-12) and c.l1.width <= c.l1.lower / 10**9


def test_a_folded_wave_is_piecewise_linear():
    identity = PiecewiseLinear1D.from_points([-1, 1], [-1, 1])
    c = identity.compare("asin(sin(x))")
    assert c.sup.upper == c.l1.upper == c.mse.upper == 0
    c = on(-3, 3, "acos(cos(x))")
    assert (c.sup.lower, c.l1.lower, c.mse.lower) == (c.sup.upper, c.l1.upper, c.mse.upper) == (3, 9, 3)
    assert on(-1, 1, "asin(sin(20*x))").sup.contains(sympy.pi / 2)


@pytest.mark.parametrize(("power", "true"), [(1, 4 / PI), (2, 1)])
def test_upper_and_lower_sums_hold_the_integral(power, true):
    error = compile_jet(parse_target("sin(pi*x)").expression, X)
    total = crude_integral([Graph(arb(0), arb(1), error), Graph(arb(1), arb(2), error)], power, arb(1e-2))
    assert total.rad() < 1e-2 and total.contains(true) and total > true - 0.02
    pole = compile_jet(parse_target("1/x").expression, X)
    assert not crude_integral([Graph(arb(-1), arb(2), pole)], power, arb(1)).is_finite()


def test_errors_of_millions_of_digits_are_refused():
    with pytest.raises(TargetError, match="beyond 10"):
        _ = on(0, 3, "exp(exp(exp(x)))").sup


def test_next_to_a_zero_of_order_four_within_a_logarithm():
    """cosh(x) - 1 - x²/2 + 10^-15 is smallest at 0, and there the magnitude of its logarithm largest."""
    sup = on(-1, 1, "log(cosh(x)-1-x**2/2+1e-15)").sup
    assert sup.contains(15 * sympy.log(10)) and sup.relative_width < Q(1, 10**11)


@pytest.mark.parametrize(
    ("text", "domain", "line", "end"),
    [
        ("sqrt(x)", (0, 1), (0, 1), 0),
        ("cbrt(x)", (0, 1), (0, 1), 0),
        ("sqrt(sin(x))", (0, 1), (0, 2), 0),
        ("sqrt(9 - x**2)", (-1, 3), (0, 4), 3),
        ("sqrt(abs(x - 1/3))", (-1, 1), (0, 1), Q(1, 3)),
        ("abs(x - 1/3)*exp(x)", (-1, 1), (0, 2), Q(1, 3)),
        ("exp(x)", (Q(-1, 3), Q(1, 7)), (0, 0), Q(1, 7)),
    ],
)
def test_ends_and_corners_where_errors_are_largest_are_exact_points(text, domain, line, end):
    slope, intercept = line
    ends = [Q(x) for x in domain]
    f = PiecewiseLinear1D.from_points(ends, [slope * x + intercept for x in ends])
    assert f.compare(text).argsups == (Enclosure(end, end),)


def test_what_has_no_slope_at_its_end_is_not_always_largest_there():
    x, reach = sympy.Symbol("x", real=True), Q(1, 2**100)
    assert is_largest_at(sympy.sqrt(x), x, (Q(0), Q(1)), Q(0), reach)
    assert not is_largest_at(sympy.sqrt(x), x, (Q(0), Q(-1)), Q(0), reach)  # |-1 - sqrt(x)| rises
    assert not is_largest_at(sympy.sqrt(x) - 2**60 * x, x, (Q(0), Q(1)), Q(0), reach)  # falls, and rises again
    assert not is_largest_at(sympy.exp(x), x, (Q(0), Q(9)), Q(0), reach)  # cells tell
    assert not is_largest_at(sympy.asin(x) ** sympy.Rational(1, 13), x, (Q(0), Q(9)), Q(0), reach)


def test_points_beside_which_errors_are_larger_are_no_places():
    f = PiecewiseLinear1D.from_points([0, 1], [1, 1])
    assert len(f.compare("sqrt(x)*sin(x)").argsups) == 1  # nearer than precision tells, by the hundred
