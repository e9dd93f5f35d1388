"""Where formulas of several variables are defined: proved, refused by name and place, or said to be open; in seconds."""

from __future__ import annotations

import re
from fractions import Fraction as Q

import pytest

from pwlin import Network, extract
from pwlin.base.errors import PwlinWarning, TargetError
from pwlin.comparison.cells import defined
from pwlin.comparison.cells.defined import check_defined_on
from pwlin.comparison.cells.switches import split_regions
from pwlin.formulas.quadratics import Minimum, quadratic_minimum
from pwlin.formulas.target import parse_target

NET = Network.from_arrays([[[1, 0.5], [0, 1], [1, -1]], [[1, -1, 0.5]]], [[0, 0.25, 0], [0.5]])
AROUND, POSITIVE = extract(NET, [(-1, 1), (-1, 1)]), extract(NET, [(0, 1), (0, 1)])


def check(text, function):
    target = parse_target(text, 2)
    for formula, simplices in split_regions(function, range(function.n_regions), target.expression, target.variables):
        check_defined_on(formula, target.variables, simplices, repr(text))


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(x**2-2*x*y+y**2)",
        "sqrt(x**2+x*y+y**2)",
        "sqrt(x**4+y**4-x**2*y**2)",
        "1/(x**2+y**2+1e-6)",
        "log(x**2+x*y+y**2+1/1000)",
        "log(x*y+2)",
        "sqrt(1-sin(x*y))",
        "asin(sin(x+y))",
        "acos(x*y)",
        "sqrt(2-x**2-y**2)",
        "sqrt(cosh(x)-cos(y))",
        "Piecewise((sqrt(x*y), x*y>=0), (0, True))",
        "1/(sin(x)-y+2)",
        "1/(floor(x)+5/2)",
    ],
)
def test_what_is_defined_is_proved(text):
    check(text, AROUND)


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(exp(x)-1+y)",
        "sqrt(x*y)",
        "sqrt(y*sin(x))",
        "sqrt(sin(x)+sin(y))",
        "sqrt(1-exp(-x-y))",
        "sqrt(x+y**2*sin(x))",
        "1/(x+y+1e-20)",
        "(x+1)**y",
    ],
)
def test_a_zero_at_a_corner_or_along_a_side_is_not_negative(text):
    check(text, POSITIVE)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1/(x**2+y**2)", "(0, 0)"),
        ("1/(x**2+y**4)", "(0, 0)"),
        ("log(x**4+y**4-x**2*y**2)", "(0, 0)"),
        ("1/(x**2*y**2+(x-y)**2)", "(0, 0)"),
        ("log(1-cos(x*y))", "(0, 0)"),
        ("log(x*y+1)", "(-1, 1)"),
        ("1/(x-y)", ""),
        ("log(1-cos(x-y))", ""),
        ("1/(exp(x*y)-1)", ""),
        ("sqrt(exp(x)-1+y**2)", ""),
        ("tan(2*x)", ""),
        ("1/(sin(x)*y+1/2)", ""),
        ("1/floor(x)", ""),
    ],
)
def test_what_is_undefined_is_refused_at_a_place(text, place):
    with pytest.raises(TargetError, match=r"undefined at \(x, y\) = ") as caught:
        check(text, AROUND)
    assert place in str(caught.value)


@pytest.mark.parametrize(
    ("text", "plain", "where"),
    [
        ("x**2*y/x", "x*y", "x = 0"),
        ("(x**2-y**2)/(x-y)", "x+y", "x - y = 0"),
        ("(x**3-y**3)/(x**2+x*y+y**2) + exp(x)", "x-y+exp(x)", "x**2 + x*y + y**2 = 0"),
        ("exp((x**2-x*y)/x)", "exp(x-y)", "x = 0"),
    ],
)
def test_common_factors_are_cancelled_and_that_is_said(text, plain, where):
    F = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]]), [(-1, 1), (-1, 1)])
    with pytest.warns(PwlinWarning, match=re.escape(f"has no value where {where}; its limit is taken there")):
        c = F.compare(text)
    assert c.sup == F.compare(plain).sup and c.l2_squared == F.compare(plain).l2_squared


def test_a_pole_beside_common_factors_is_refused():
    F = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]]), [(-1, 1), (-1, 1)])
    with pytest.raises(TargetError, match=r"undefined at \(x, y\) = .*: division by"):
        F.compare("(x**2-y**2)/(x-y)**2")


def test_an_open_question_says_where(monkeypatch):
    monkeypatch.setattr(defined, "_MOST", 500)
    # zero on the curve x e^x = y e^y + 1/3, always to the second order, and no form shows it
    hidden = "(x*exp(x)-y*exp(y))**2 - 2/3*(x*exp(x)-y*exp(y)) + sin(x*y)**2/9 + cos(x*y)**2/9"
    with pytest.raises(TargetError, match=r"could not be settled near \(x, y\) = "):
        check(f"log({hidden})", AROUND)


def test_the_minimum_of_a_quadratic():
    def minimum(text):
        target = parse_target(text, 2)
        return quadratic_minimum(target.expression, target.variables)

    assert minimum("x**2 + x*y + y**2 - 3*x") == Minimum(Q(-3), (Q(2), Q(-1)))
    assert minimum("x**4 - x**2*y**2 + y**4") == Minimum(Q(0), (Q(0), Q(0)))
    assert minimum("x**4 + y**4 - 2*x**2 + 3") == Minimum(Q(2), None)
    assert minimum("x*y") is minimum("x**2 - 2*x*y + y**2") is minimum("x**3") is minimum("exp(x)") is None


def test_floors_are_cut_exactly():
    flat = extract(Network.from_arrays([[[0, 0]]]), [(0, "3/4"), (0, 1)])
    c = flat.compare("floor(2*x)*y")
    assert (c.l1, c.l2_squared) == (Q(1, 8), Q(1, 12)) or (c.l1.contains(Q(1, 8)) and c.l2_squared.contains(Q(1, 12)))
