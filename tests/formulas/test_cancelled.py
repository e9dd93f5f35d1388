"""A formula is defined where its own parts are, whatever cancels while it is read."""

from __future__ import annotations

import pickle
import warnings
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.base.errors import PwlinWarning, TargetError
from pwlin.formulas.cancelled import check_target
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D
from tests.strategies.effort import examples


def check(text, low, high):
    check_target(parse_target(text), Q(low), Q(high))


REFUSED = [
    ("exp(log(x))", -1, 1, "log(x) of a number that is not positive"),
    ("sqrt(x)**2", -1, 1, "sqrt(x) of a negative number"),
    ("log(x)/log(x)", -1, 1, "log(x) of"),
    ("0*log(x)", -1, 1, "log(x) of"),
    ("log(x) - log(x) + x", -1, 1, "log(x) of"),
    ("log2(x) - log2(x)", -1, 1, "log(x) of"),
    ("0*asin(x) + x", -2, 2, "asin(x) outside"),
    ("sin(asin(x))", -2, 2, "asin(x) outside"),
    ("sqrt(x-1)**2*0 + x", 0, 2, "of a negative number"),
    ("sin(log(x))**2 + cos(log(x))**2", -1, 1, "log(x) of"),
    ("min(log(x), 3) - min(log(x), 3)", -1, 1, "log(x) of"),
    ("Piecewise((exp(log(x)), x > -1/2), (0, True))", -1, 1, "log(x) of"),
    ("0/(abs(x) - x)", -1, 1, "division by"),
    ("0/(sin(x)**2 + cos(x)**2 - 1)", -1, 1, "division by"),
    ("x/abs(x)", -1, 1, "division by"),
    ("abs(x)/x", -1, 1, "division by"),
    ("max(x, 0)/x", -1, 1, "division by"),
    ("abs(x**2 - 2)/(x**2 - 2)", 0, 2, "division by"),
    ("step(x)*x**2/x", -1, 1, "division by"),
    ("floor(x)*x**2/x", -1, 1, "division by"),
]


@pytest.mark.parametrize(("text", "low", "high", "reason"), REFUSED)
def test_what_has_cancelled_must_be_defined(text, low, high, reason):
    with pytest.raises(TargetError, match="undefined at") as caught:
        check(text, low, high)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("text", "low", "high", "reason"), REFUSED)
def test_so_it_must_at_every_door(text, low, high, reason):
    f = PiecewiseLinear1D.from_points([low, high], [0, 0])
    with pytest.raises(TargetError, match="undefined at"):
        f.compare(text)


@pytest.mark.parametrize(
    ("text", "low", "high", "places"),
    [
        ("exp(log(x))", 0, 1, "0"),
        ("0*log(x)", 0, 1, "0"),
        ("log(x)/log(x)", "1/2", 2, "1"),
        ("log(x)/log(x)", 0, 2, "0; and at x = 1"),
        ("x**2/x", -1, 1, "0"),
        ("x*(1/x)", -1, 1, "0"),
        ("1/(1/x)", -1, 1, "0"),
        ("1/(1/(x-1)) - x", -1, 3, "1"),
        ("0*tan(x)", 0, 3, "1.5708"),
        ("abs(x)/abs(x)", -1, 1, "0"),
        ("step(x-1)*x**2/x", -1, 3, "0"),
        ("floor(x+1/2)*x**2/x", -1, 3, "0"),
    ],
)
def test_a_point_where_the_rest_is_continuous_is_removable_and_that_is_said(text, low, high, places):
    with pytest.warns(PwlinWarning, match="where its limit is taken") as caught:
        check(text, low, high)
    assert f"no value at x = {places}, where" in str(caught[0].message)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("exp(log(x))", 1, 2),
        ("sqrt(x)**2", 0, 1),
        ("sin(asin(x))", -1, 1),
        ("exp(x)/exp(x)", -1, 1),
        ("x/abs(x)", 0, 1),
        ("abs(x)/x", 0, 1),
        ("x/abs(x)", 1, 2),
        ("x*sin(x)/abs(x)", -1, 1),
        ("log(exp(x))", -1, 1),
    ],
)
def test_what_is_defined_is_taken_without_a_word(text, low, high):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(text, low, high)


PLANE = [
    ("x*y/y", None),
    ("0/(x-y) + x", None),
    ("x*sin(x)/abs(x)", None),
    ("exp(log(x))*y", "log"),
    ("log(y) - log(y) + x", "log"),
    ("sqrt(x)**2 + y", "negative"),
    ("x/abs(x) + y", "division"),
    ("abs(x)/x + y", "division"),
    ("abs(x-y)/(y-x)", "division"),
]


@pytest.mark.parametrize(("text", "reason"), PLANE)
def test_so_it_is_in_two_variables(text, reason):
    plane = extract(Network.from_arrays([[[0, 0]]], [[0]]), [(-1, 1), (-1, 1)])
    if reason is None:
        with pytest.warns(PwlinWarning, match="its limit is taken there"):
            assert plane.compare(text, tolerance="1/10").sup
    else:
        with pytest.raises(TargetError, match=f"undefined at .*{reason}"):
            plane.compare(text)


def test_values_are_those_of_the_text():
    target = parse_target("exp(log(x)) + 1")
    assert np.array_equal(target([-1.0, 0.5, 2.0]), [np.nan, 1.5, 3.0], equal_nan=True)
    assert (
        target.exact("1/2") == Q(3, 2) and target != parse_target("x + 1") and target == parse_target("1+exp(log(x))")
    )
    assert pickle.loads(pickle.dumps(target)) == target
    with pytest.raises(TargetError, match="undefined at -1"):
        target.exact(-1)
    assert parse_target("x**2/x") == parse_target("x")
    assert np.isnan(target.derivative()(-1.0)) and target.derivative()(1.0) == 1


@examples(30)
@given(
    st.sampled_from(["exp(log({}))", "sqrt({})**2", "0*log({})", "({0})*log({0})/log({0})"]),
    st.sampled_from([("x", 0), ("x-1", 1), ("2*x+1", Q(-1, 2)), ("x**3", 0)]),
    st.fractions(-3, 2, max_denominator=7),
)
def test_it_is_defined_right_of_the_zero_only(form, inner, low):
    text, zero = inner
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if low >= zero:
            check(form.format(text), low, 3)
        else:
            with pytest.raises(TargetError, match="undefined at"):
                check(form.format(text), low, 3)
