"""Simplified formulas: the same function, in the form that says most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.formulas.target import parse_target
from tests.strategies.effort import examples


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("sin(x)**2 + cos(x)**2", "1"),
        ("3*sin(x*y)**2 + 3*cos(x*y)**2 + x", "x + 3"),
        ("cosh(x)**2 - sinh(x)**2", "1"),
        ("sqrt(x**2 - 2*x + 1)", "abs(x - 1)"),
        ("sqrt(x**2 - 2*x*y + y**2)", "abs(x - y)"),
        ("sqrt(x**4 - 2*x**2 + 1)", "abs(x - 1)*abs(x + 1)"),
        ("sqrt(x**3 - 3*x + 2)", "sqrt(x + 2)*abs(x - 1)"),
        ("sqrt(x - 2*sqrt(x) + 1)", "abs(sqrt(x) - 1)"),
        ("sqrt(exp(2*x) - 2*exp(x) + 1)", "abs(exp(x) - 1)"),
        ("(x**2 - 2*x + 1)**(-1/2)", "1/abs(x - 1)"),
        ("sqrt(2 - 2*cos(x))", "2*abs(sin(x/2))"),
        ("sqrt(1 - sin(x)**2)", "abs(cos(x))"),
        ("sin(x)*cos(x)", "sin(x)*cos(x)"),
        ("x*sin(x)**2 + cos(x)**2", "x*sin(x)**2 + cos(x)**2"),
        ("sqrt(2*x - x**2 - 1)", "sqrt(2*x - x**2 - 1)"),
    ],
)
def test_simpler_forms(text, shorter):
    target = parse_target(text)
    names = tuple(map(str, target.variables))
    assert target.simplified == parse_target(shorter, names).expression
    assert target.expression == parse_target(text).expression


def test_what_simplifies_to_a_polynomial_is_one():
    target = parse_target("x*sin(x)**2 + x*cos(x)**2 - 1/2")
    assert target.is_polynomial and target == parse_target("x - 1/2") and hash(target) == hash(parse_target("x - 1/2"))
    assert target.exact("1/3") == -parse_target("1/6").exact(0)


FACTORS = st.sampled_from(["x - 1", "x + 2", "exp(x) - 2", "1 - sin(x)", "1 + cos(3*x)", "sqrt(x) - 1", "x", "2"])


@examples(60)
@given(
    st.lists(st.tuples(FACTORS, st.integers(1, 3)), min_size=1, max_size=3),
    st.sampled_from(["1/2", "3/2", "1/4", "1/3"]),
)
def test_simplified_formulas_have_the_same_values(factors, power):
    text = "*".join(f"({factor})**{times}" for factor, times in factors)
    target, x = parse_target(f"({text})**({power})"), np.linspace(0.1, 6, 60)
    simple = parse_target(target.simplified, ("x",))
    np.testing.assert_allclose(simple(x), target(x), rtol=1e-6, atol=1e-6)
