"""Removable points: accepted where the limit is proved, and said; refused where there is none."""

from __future__ import annotations

import warnings
from fractions import Fraction as Q

import mpmath
import numpy as np
import pytest
import sympy
from flint import acb, arb

from pwlin.base.errors import PwlinWarning, TargetError
from pwlin.formulas.arithmetic.balls import compile_jet, precision
from pwlin.formulas.arithmetic.complex_balls import compile_complex
from pwlin.formulas.defined import defined_form
from pwlin.formulas.divided import Divided
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D

X = sympy.Symbol("x", real=True)


def form(text, low=-1, high=4):
    return defined_form(parse_target(text).expression, X, Q(low), Q(high), repr(text))


@pytest.mark.parametrize(
    ("text", "place", "limit"),
    [
        ("sin(x)/x", 0, 1),
        ("(1-cos(x))/x**2", 0, Q(1, 2)),
        ("(exp(x)-1)/x", 0, 1),
        ("x/(exp(x)-1)", 0, 1),
        ("sin(x)**2/x", 0, 0),
        ("tanh(3*x)/x", 0, 3),
        ("(x**3-1)/(x-1)", 1, 3),
        ("1/x - 1/(exp(x)-1)", 0, Q(1, 2)),
        ("sin(x)/(x-pi)", sympy.pi, -1),
        ("cos(x)/(x-pi/2)", sympy.pi / 2, -1),
        ("sqrt(sin(x)/x)", 0, 1),
        ("max(sin(2*x)/x, x)", 0, 2),
        ("sin(x)/x*asin(sin(x)) + 1", 0, 1),
        ("sin(x)*abs(x-1)*(x+2)/(x*exp(x))", 0, 2),
    ],
)
def test_a_quotient_with_a_limit_is_continued_and_that_is_said(text, place, limit):
    with pytest.warns(PwlinWarning, match="its limit .* is taken") as caught:
        found = form(text, -1, 3.5 if "pi)" in text else 2)
    assert f"x = {place}" in str(caught[0].message)
    with precision(128):
        where = arb(str(sympy.N(place, 50)))
        value = compile_jet(found, X)(where + arb(0, 1e-9))[0]
        assert value.contains(arb(limit.numerator) / limit.denominator if isinstance(limit, Q) else arb(limit))
        assert value.rad() < 1e-7


@pytest.mark.parametrize(
    ("text", "low", "high", "places", "value"),
    [
        ("sin(x**2-1)/(x**2-1)", -2, 3, "-1 1", lambda x: mpmath.sincpi((x * x - 1) / mpmath.pi)),
        ("sin(x**2-2)/(x**2-2)", -2, 2, "-sqrt(2) sqrt(2)", lambda x: mpmath.sincpi((x * x - 2) / mpmath.pi)),
        ("sin(3*x)/sin(x)", 0, 7, "0 pi 2*pi", lambda x: 1 + 2 * mpmath.cos(2 * x)),
        ("tan(x)*cos(x)", 0, 5, "pi/2", mpmath.sin),
        ("(1-x**2)/cos(pi*x/2)", -1.5, 1.5, "-1 1", None),
        ("sin(x**3-x)/(x**3-x)", -1, 1, "-1 0 1", lambda x: mpmath.sincpi((x**3 - x) / mpmath.pi)),
    ],
)
def test_several_removable_points(text, low, high, places, value):
    with pytest.warns(PwlinWarning, match="its limit .* is taken") as caught:
        found = form(text, low, high)
    message = str(caught[0].message)
    assert all(f"x = {place}, where" in message for place in places.split())
    plain = sympy.lambdify(X, parse_target(text).expression, "mpmath")
    for x in np.linspace(low, high, 23):
        true = value(mpmath.mpf(float(x))) if value else (4 / mpmath.pi if abs(x) == 1 else plain(mpmath.mpf(float(x))))
        got = compile_jet(found, X)(arb(float(x)))[0]
        assert abs(float(got.mid()) - float(true)) < 1e-12, (text, x)


@pytest.mark.parametrize(
    ("text", "low", "high", "reason"),
    [
        ("(x**3-1)/(x**2-1)", -3, 3, r"x = -1: division by x \+ 1,"),
        ("x/sin(x)", 0, 4, r"x = 3.14159: division by sin\(x\)/x,"),
        ("sin(x**2-1)/(x**2-1)**2", -3, 3, "x = -?1: division by"),
        ("sin(x)/(x*(x-1))", -1, 2, "x = 1: division by x - 1,"),
        ("max(x, tan(x))", 0.5, 3, r"x = 1.5708: "),
        ("max(tanh(x)/x, tan(x)/x)", 0.5, 3, r"x = 1.5708: "),
    ],
)
def test_a_pole_beside_removable_points_is_refused(text, low, high, reason):
    with pytest.raises(TargetError, match=reason), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        form(text, low, high)


@pytest.mark.parametrize(
    "text", ["1/x", "sin(x)/x**2", "abs(x)/x", "(exp(x)-1)/x**3", "cos(x)/x", "abs(sin(x))/x", "1/x + 1/sin(x)"]
)
def test_what_has_no_limit_is_refused(text):
    with (
        pytest.raises(TargetError, match=r"undefined at x = 0|could not be settled near x = 0"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        form(text, -1, 1)


def test_a_gap_that_is_filled_is_none():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filled = form("Piecewise((sin(x)/x, x != 0), (1, True))")
        assert not filled.has(sympy.Piecewise)
        other = form("Piecewise((sin(x)/x, x != 0), (2, True))")
    assert other.has(sympy.Piecewise)
    f = PiecewiseLinear1D.from_points([-1, 1], [1, 1])
    assert f.compare("Piecewise((sin(x)/x, x != 0), (2, True))").sup.contains(1)


def test_jets_and_complex_values_of_a_divided_function_enclose():
    part = Divided(sympy.exp(X) - X - 1, X, sympy.Integer(0), sympy.Integer(2))
    with precision(128):
        for middle, radius in [(0, 0.1), (0.05, 0.1), (-1, 0.5), (2, 0.01), (1e-3, 1e-4), (0, 0)]:
            jet = compile_jet(part, X)(arb(middle, radius))
            for x in np.linspace(middle - radius, middle + radius, 7):
                with mpmath.workdps(60):
                    true = [mpmath.diff(_quotient, mpmath.mpf(float(x)), k) for k in range(3)]
                assert all(ball.overlaps(arb(mpmath.nstr(t, 20), 1e-15)) for ball, t in zip(jet, true))
        z = compile_complex(part, X)(acb(arb(0, 0.1), arb(0, 0.1)), True)
        assert z.is_finite() and z.contains(compile_complex(part, X)(acb(0.05, 0.05), True))


def _quotient(x):
    return (mpmath.exp(x) - x - 1) / x**2 if abs(x) > mpmath.mpf(10) ** -12 else mpmath.mpf(1) / 2 + x / 6 + x**2 / 24


def test_errors_against_a_continued_target():
    f = PiecewiseLinear1D.from_points([-1, 1], [1, 1])
    with pytest.warns(PwlinWarning, match="limit 1"):
        c = f.compare("sin(x)/x")
    exact = 2 - 2 * mpmath.si(1)
    assert c.sup.contains(1 - sympy.sin(1)) and abs(float(c.l1) - float(exact)) < 1e-12 and c.l1.width < Q(1, 10**10)


@pytest.mark.parametrize("text", ["sqrt(exp(x)-x-1)", "sqrt(x*sin(x))", "sqrt(cos(x)-1+x**2/2)"])
def test_a_double_zero_under_a_root_is_drawn_out(text):
    f = PiecewiseLinear1D.from_points([-1, 1], [0, 0])
    c = f.compare(text)
    with mpmath.workdps(60):
        g = lambda v: mpmath.sqrt(abs(v))  # noqa: E731
        value = {
            "sqrt(exp(x)-x-1)": lambda x: g(mpmath.exp(x) - x - 1),
            "sqrt(x*sin(x))": lambda x: g(x * mpmath.sin(x)),
            "sqrt(cos(x)-1+x**2/2)": lambda x: g(mpmath.cos(x) - 1 + x**2 / 2),
        }[text]
        true = mpmath.quad(value, [-1, -1e-3, 0, 1e-3, 1])
    assert c.l1.width < Q(1, 10**10) and abs(float(c.l1) - float(true)) < 1e-9
