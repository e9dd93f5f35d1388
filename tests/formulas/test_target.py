"""Targets: what text means, what is refused, and that expression, polynomial and values agree."""

from __future__ import annotations

import pickle
import warnings
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import ShapeError, TargetError
from pwlin.formulas.kinds import CallableTarget, Formula, LinearTarget, Target
from pwlin.formulas.target import parse_target, read_target
from pwlin.functions.line.function import PiecewiseLinear1D
from tests.strategies.effort import examples


@pytest.mark.parametrize(
    ("text", "coefficients"),
    [
        ("x**2", (0, 0, 1)),
        ("x^2 + 1", (1, 0, 1)),
        ("x² − 2·x", (0, -2, 1)),
        ("0.65", (Q(13, 20),)),
        (".5*x", (0, Q(1, 2))),
        ("1e-3*x", (0, Q(1, 1000))),
        ("0.1*x + 0.2", (Q(1, 5), Q(1, 10))),
        ("-x**2", (0, 0, -1)),
        ("2^3^2", (512,)),
        ("1/3 - -x/7", (Q(1, 3), Q(1, 7))),
        ("x - x", (0,)),
        ("(x + sqrt(2))*(x - sqrt(2))", (-2, 0, 1)),
        ("12345678901234567890123*x", (0, 12345678901234567890123)),
        ("x - 1 - 2*3/4*x", (-1, Q(-1, 2))),
        ("t**3", (0, 0, 0, 1)),
    ],
)
def test_polynomials_are_read_exactly(text, coefficients):
    target = parse_target(text)
    assert target.is_polynomial
    assert target.polynomial() == tuple(map(Q, coefficients))
    assert all(type(c) is Q for c in target.polynomial())


def test_several_variables():
    target = parse_target("x**2*y - 0.5*y + 3")
    assert list(map(str, target.variables)) == ["x", "y"]
    assert target.polynomial() == {(2, 1): 1, (0, 1): Q(-1, 2), (0, 0): 3}
    assert target.exact(("1/3", 2)) == Q(2, 9) - 1 + 3
    assert target([[1.0, 2.0], [0.0, 0.0]]).tolist() == [4.0, 3.0]
    with pytest.raises(ShapeError, match=r"\(\.\.\., 2\)"):
        target([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("text", "variables", "names"),
    [
        ("x1 + x2", None, "x1 x2"),
        ("x0 + x3", None, "x0 x1 x2 x3"),
        ("x1", 3, "x1 x2 x3"),
        ("x0", 2, "x0 x1"),
        ("x", 3, "x y z"),
        ("x + t", 2, "x t"),
        ("y", 1, "y"),
        ("3", None, "x"),
        ("3", 5, "x1 x2 x3 x4 x5"),
        ("u*v", ("v", "u"), "v u"),
        ("x", ("x", "y"), "x y"),
        (sympy.Symbol("a") + 1, None, "a"),
        (Q(1, 3), 2, "x y"),
    ],
)
def test_names_of_variables(text, variables, names):
    assert list(map(str, parse_target(text, variables).variables)) == names.split()


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("exp(x) + e**x + E", lambda x: 2 * np.exp(x) + np.e),
        ("log(x + 4) * ln(9)", lambda x: np.log(x + 4) * np.log(9)),
        ("sin(pi*x) + cos(x) - tan(x)", lambda x: np.sin(np.pi * x) + np.cos(x) - np.tan(x)),
        ("asin(x/4) + arccos(x/4) + atan(x)", lambda x: np.arcsin(x / 4) + np.arccos(x / 4) + np.arctan(x)),
        ("sinh(x) - cosh(x) + tanh(x)", lambda x: np.sinh(x) - np.cosh(x) + np.tanh(x)),
        ("cbrt(x) + sqrt(x + 3)", lambda x: np.cbrt(x) + np.sqrt(x + 3)),
        ("abs(x) + sign(x - 1) + relu(x)", lambda x: np.abs(x) + np.sign(x - 1) + np.maximum(x, 0)),
        ("max(x, min(1, x**2), -1) + Max(x, 0)", lambda x: np.maximum(x, np.minimum(1, x**2)) + np.maximum(x, 0)),
        ("floor(3*x) + heaviside(x) - step(x - 1)",
         lambda x: np.floor(3 * x) + np.heaviside(x, 0.5) - np.heaviside(x - 1, 0.5)),
        ("tan(x + pi/2)", lambda x: -1 / np.tan(x)),
        ("1/(1 + 25*x**2)", lambda x: 1 / (1 + 25 * x**2)),
        ("10**30*x + sin(10**30)", lambda x: 1e30 * x + np.sin(1e30)),
        ("Piecewise((x, x < 0 and x != -1), (x**2, (x > 1) | (x == 1)), (7, True))",
         lambda x: np.where((x < 0) & (x != -1), x, np.where(x >= 1, x**2, 7))),
    ],
)  # fmt: skip
def test_functions_evaluate_as_numpy_does(text, function):
    x = np.linspace(-2.9, 3, 41)
    target = parse_target(text)
    assert not target.is_polynomial
    np.testing.assert_allclose(target(x), function(x), rtol=1e-12, atol=1e-14)
    assert target(x.reshape(1, 41, 1)).shape == (1, 41, 1)
    assert target(0.5).shape == ()


def test_undefined_values_are_nan_or_infinite_without_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(parse_target("log(x)")([-1, 0, 1]), [np.nan, -np.inf, 0])
        np.testing.assert_array_equal(parse_target("1/x")([0, 2]), [np.inf, 0.5])
        np.testing.assert_array_equal(parse_target("Piecewise((x, x < 0))")([-1, 1]), [-1, np.nan])
        np.testing.assert_array_equal(parse_target("x**1000")([10.0]), [np.inf])


BAD = {
    "9**9**9**9": "exponent",
    "x**100000": "exponent",
    "(x**1000)**1000": "exponent",
    "((2*x)**1000)**1000": "huge",
    "(1 + 1/10**100)**1000": "huge",
    "1e999999999": "beyond the range",
    "1" * 400: "beyond the range",
    "exp(exp(exp(exp(10))))": "character 9: .*beyond the range",
    "(x + y + z)**1000": "501501 terms",
    "x" * 2001: "2001 characters",
    "(" * 300 + "x" + ")" * 300: "character 201",
    "-" * 1999 + "x": "levels of nesting",
    "abs(" * 60 + "x" + ")" * 60: "levels of nesting",
    "": "empty",
    " \n": "empty",
    "x + foo": "character 5: .*'foo'; accepted are the variables x, y",
    "x + x1": "x, x1",
    "__import__('os').system('true')": "character 12",
    "x.__class__": "dot",
    "(x).real": "dot",
    "x[0]": "square brackets",
    "lambda: x": "lambda",
    "[x for x in x]": "ListComp",
    "x if x > 0 else 1": "if-else",
    "x > 0": "comparison",
    "x, y": "comma",
    "x := 1": "character",
    "x; y": "character 2",
    "x # y": "'#'",
    "f'x'": "character 2",
    "0x10": "0x10",
    "1j": "1j",
    "True": "True",
    "2x": r"2\*x",
    "2(x)": r"2\*",
    "x(x + 1)": r"x\*",
    "sin": r"sin\(\.\.\.\)",
    "sin(x, x)": "2 argument",
    "max()": "0 argument",
    "sin(x=1)": "named argument",
    "sin(*x)": "Starred",
    "prod(x)": "'prod'; accepted are exp",
    "x +* 2": "character 4",
    "x % 2": "not arithmetic",
    "~x": "not arithmetic",
    "1/0": "division by zero",
    "x/(x - x)": "division by zero",
    "0**-1": "no real number",
    "log(-1)": "no real number",
    "(-8)**(1/3)": "cbrt",
    "asin(2)": "no real number",
    "tan(pi/2)": "no real number",
    "sqrt(-x**2)": "imaginary",
    "Piecewise(x)": "pairs",
    "Piecewise((x, x))": "conditions",
    "x\0": "character 2",
    "x\ud800": "character 2",
    "αβ + x": "αβ",
    "é + foo": "character 1: .*'é'",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_text_is_refused_at_once_with_its_place(text):
    with pytest.raises(TargetError, match=BAD[text]):
        parse_target(text)


def test_position_counts_characters_of_the_given_text():
    with pytest.raises(TargetError, match="character 9: "):
        parse_target("  x² + \tfoo")


@pytest.mark.parametrize(
    "thing",
    [
        sympy.Symbol("x") * sympy.I,
        sympy.gamma(sympy.Symbol("x")),
        sympy.oo,
        sympy.Symbol("x") ** 100000,
        sympy.Function("f")(sympy.Symbol("x")),
        sympy.Symbol("x") + sympy.Symbol("x", positive=True),
        sympy.Integral(sympy.Symbol("x")),
        True,
        float("nan"),
        1j,
        None,
        [1, 2],
        b"x",
        np.sin,
    ],
)
def test_other_things_are_refused(thing):
    with pytest.raises(TargetError, match="target"):
        parse_target(thing)


@pytest.mark.parametrize("variables", [0, 101, (), ("x", "x"), ("pi",), ("sin",), ("x y",), 1.5, ("__a",)])
def test_bad_variables(variables):
    with pytest.raises(TargetError, match="variables"):
        parse_target("1", variables)


def test_sympy_expressions_and_numbers():
    x, y = sympy.symbols("x y")
    assert parse_target(x**2) == parse_target("x*x") == parse_target(sympy.Poly(x**2))
    assert parse_target(0.1 * x).polynomial() == (0, Q(0.1))
    assert parse_target(0.1).polynomial() == (Q(0.1),)
    assert parse_target(sympy.Rational(1, 3)).polynomial() == (Q(1, 3),)
    assert parse_target(sympy.cot(x)) == parse_target("cos(x)/sin(x)")
    assert parse_target(sympy.Heaviside(y)) == parse_target("(1 + sign(y))/2")
    assert parse_target(sympy.Piecewise((x, x < 1), (1, True)))([0.5, 2.0]).tolist() == [0.5, 1.0]
    assert parse_target(sympy.sqrt(x**2)) == parse_target("abs(x)")


def test_callables_only_where_allowed():
    target = parse_target(np.sin, allow_callable=True)
    assert not target.is_symbolic and not target.is_polynomial and repr(target) == "Target(sin)"
    assert target([0.0, 1.0]).tolist() == np.sin([0.0, 1.0]).tolist()
    with pytest.raises(TargetError, match="no expression"):
        _ = target.expression
    plane = parse_target(lambda p: p[..., :1] + p[..., 1:], 2, allow_callable=True)
    assert plane(np.ones((5, 2))).tolist() == [2.0] * 5
    with pytest.raises(TargetError, match="shape"):
        parse_target(lambda p: 1.0, allow_callable=True)([1.0, 2.0])


def test_a_target_is_of_one_of_three_kinds():
    tent = PiecewiseLinear1D.from_points([-1, 0, 1], [0, 1, 0])
    kinds = [type(read_target(t, allow_callable=True)) for t in ("x**2", tent, np.sin)]
    assert kinds == [Formula, LinearTarget, CallableTarget]
    goal = read_target(tent)
    assert read_target(goal) is goal and goal == read_target(tent) and goal != read_target("1 - abs(x)")
    assert (
        goal([-0.5, 1.0]).tolist() == [0.5, 0.0] and goal.exact("1/3") == Q(2, 3) and repr(goal) == f"Target({tent!r})"
    )
    assert not goal.is_symbolic and not goal.is_polynomial
    with pytest.raises(TargetError, match="callable"):
        read_target(np.sin)
    with pytest.raises(TargetError, match="accepted are 2"):
        read_target(tent, 2)
    with pytest.raises(TargetError, match="accepted is one variable, or a domain with a pair for each"):
        read_target("x*y")


def test_a_target_is_made_by_reading_it():
    with pytest.raises(TargetError, match="parse_target"):
        Target((), "x**2")


def test_equality_is_mathematical_for_polynomials():
    a, b = parse_target("(x + 1)**2"), parse_target("x**2 + 2*x + 1")
    assert a == b and hash(a) == hash(b) and a != parse_target("x**2") and a != parse_target("(y + 1)**2")
    assert parse_target("sin(x)") == parse_target(sympy.sin(sympy.Symbol("x"))) and a != "x"
    assert a.text == "(x + 1)**2" and repr(a) == "Target((x + 1)**2)"


def test_frozen_picklable_and_passed_through():
    target = parse_target("max(0, x)*exp(y)")
    assert pickle.loads(pickle.dumps(target)) == target
    with pytest.raises(AttributeError, match="cannot assign"):
        target.text = "y"
    assert parse_target(target) is target and parse_target(target, 2) is target
    assert parse_target(parse_target("x"), 2) == parse_target("x", 2)
    with pytest.raises(TargetError, match="accepted"):
        parse_target(target, ("x",))


def test_exact_values():
    assert parse_target("max(x, 1/(1 + x)) + abs(x)").exact(Q(-1, 2)) == Q(5, 2)
    assert parse_target("x**1000").exact(2) == 2**1000
    with pytest.raises(TargetError, match="no rational value at 1"):
        parse_target("sin(x)").exact(1)
    with pytest.raises(TargetError, match="no rational value"):
        parse_target("1/x").exact(0)
    with pytest.raises(ShapeError, match="2 coordinate"):
        parse_target("x").exact((1, 2))


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("x**3", "3*x**2"),
        ("exp(2*x)", "2*exp(2*x)"),
        ("max(0, x)", "(1 + sign(x))/2"),
        ("sign(x)", "0"),
        ("5", "0"),
        ("x*floor(x) + x*sign(x - 1)", "floor(x) + sign(x - 1)"),
    ],
)
def test_derivatives(text, derivative):
    assert parse_target(text).derivative() == parse_target(derivative)


def test_partial_derivatives():
    target = parse_target("x**2*y")
    assert target.derivative("y") == target.derivative(1) == target.derivative(target.variables[1])
    assert target.derivative("x") == parse_target("2*x*y")
    with pytest.raises(TargetError, match="variable"):
        target.derivative()


POINT = (Q(3, 7), Q(-2, 5))
numbers = st.decimals(-100, 100, places=3).map(str)
leaves = st.one_of(
    st.sampled_from([("x", POINT[0]), ("y", POINT[1])]), numbers.map(lambda s: (f"({s})", Q(s)))
)  # text with its exact value at POINT


def _joined(parts):
    (a, u), sign, (b, v) = parts
    return f"({a} {sign} {b})", {"+": u + v, "-": u - v, "*": u * v}[sign]


def _grow(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(_joined),
        st.tuples(inner, st.integers(0, 3)).map(lambda p: (f"({p[0][0]}**{p[1]})", p[0][1] ** p[1])),
        inner.map(lambda p: (f"(-{p[0]})", -p[1])),
    )


@examples(60)
@given(st.recursive(leaves, _grow, max_leaves=6))
def test_polynomial_text_agrees_with_its_exact_values(case):
    text, value = case
    target = parse_target(text, ("x", "y"))
    assert target.is_polynomial and target.exact(POINT) == value
    assert parse_target(str(target.expression), ("x", "y")) == target


@examples(150)
@given(st.text(alphabet="x y1.9e+-*/^()²,<=!:[]{}sinmaxlogPwTrue'\"\\#@~|&\n\0é", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        target = parse_target(text)
    except TargetError:
        pass
    else:
        assert isinstance(target, Target) and repr(target)


def test_conditions_of_all_kinds():
    target = parse_target("Piecewise((1, ~(x < 0) & (x < 1)), (2, Eq(x, 3) | Ne(x, x)), (x, not x > 5), (7, True))")
    assert [target(v) for v in (0.5, 3.0, -2.0, 6.0)] == [1.0, 2.0, -2.0, 7.0]
    with pytest.raises(TargetError, match="Piecewise without branches"):
        parse_target("Piecewise()")
    with pytest.raises(TargetError, match="levels of nesting"):
        parse_target(f"Piecewise((1, {'~' * 300}(x < 0)), (2, True))")


def test_a_function_that_is_no_polynomial_says_so():
    with pytest.raises(TargetError, match="accepted are polynomials with rational coefficients"):
        parse_target("sin(x)").polynomial()
    assert parse_target("sin(x)/2").to_latex() == r"\frac{\sin{\left(x \right)}}{2}"
