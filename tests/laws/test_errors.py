"""Errors: parts add up, norms bound one another, scaling scales, and the order of the two does not matter."""

from fractions import Fraction as Q

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Enclosure, Network, compare, extract
from tests.strategies.effort import examples, narrow
from tests.strategies.functions import coarse, functions

SIDES = {1: (-2, "3/2"), 2: [(-1, 1), ("-1/2", 1)]}
SIZE = {1: Q(7, 2), 2: Q(3)}
TARGETS = {
    1: {"polynomial": ["x**2", "x**3 - x/2", "2*x + 1", "3"], "formula": ["exp(x)", "abs(x - 1/3)", "sin(3*x)"]},
    2: {"polynomial": ["x**2 + y**2", "x*y - y/2", "x - 1"], "formula": ["exp(x*y)", "Max(x, y)*x"]},
}
CASES = [(dim, kind) for dim in (1, 2) for kind in ("polynomial", "formula", "function")]


def ends(value):
    """Lower and upper end of an exact number or an enclosure, as Fractions; algebraic numbers to 30 digits."""
    if isinstance(value, Enclosure):
        return value.lower, value.upper
    if isinstance(value, (int, Q)):
        return Q(value), Q(value)
    middle = Q(str(sympy.sympify(value).evalf(40)))
    return middle - abs(middle) / 10**30, middle + abs(middle) / 10**30


def agree(value, other):
    (a, b), (c, d) = ends(value), ends(other)
    return a <= d and c <= b


def summed(values):
    values = [ends(v) for v in values]
    return Enclosure(sum(v[0] for v in values), sum(v[1] for v in values))


def largest(values):
    values = [ends(v) for v in values]
    return Enclosure(max(v[0] for v in values), max(v[1] for v in values))


@st.composite
def comparisons(draw, dim, kind):
    f = draw(functions(dim, SIDES[dim], max_width=2))
    target = draw(
        functions(dim, SIDES[dim], max_width=2) if kind == "function" else st.sampled_from(TARGETS[dim][kind])
    )
    return f, target, compare(f, target, **options(dim, kind))


def options(dim, kind):
    return {"tolerance": narrow("1e-5")} if dim == 2 and kind != "function" else {}


def scaled_by(network, factor):
    last, hidden = network.readout, network.hidden
    return Network.from_arrays(
        [*(layer.weight for layer in hidden), last.weight * factor],
        [*(layer.bias for layer in hidden), last.bias * factor],
        activation=[list(layer.activations) for layer in hidden],
    )


@pytest.mark.parametrize(("dim", "kind"), CASES)
@examples(6)
@given(data=st.data())
def test_parts_add_up_and_norms_bound_one_another(dim, kind, data):
    """Both on the same comparisons, which take the time."""
    _, _, c = data.draw(comparisons(dim, kind))
    for parts in (c.per_piece,) if dim == 1 else (c.per_piece, c.per_region):
        parts = list(parts)
        assert agree(c.sup, largest([p.sup for p in parts]))
        assert agree(c.l1, summed([p.l1 for p in parts]))
        assert agree(c.l2_squared, summed([p.l2_squared for p in parts]))
        sizes = [p.right - p.left if dim == 1 else p.volume for p in parts]
        assert sum(sizes) == SIZE[dim]
        for p, size in zip(parts, sizes):
            low, high = ends(p.mse)
            assert agree(p.l2_squared, Enclosure(low * size, high * size))
    for part in (c, *c.per_piece):
        size = SIZE[dim] if part is c else (part.right - part.left if dim == 1 else part.volume)
        (sup_low, sup), (l1_low, l1), (l2_low, l2) = ends(part.sup), ends(part.l1), ends(part.l2_squared)
        assert min(sup_low, l1_low, l2_low) >= 0
        assert agree(part.rmse * part.rmse, part.mse) and isinstance(part.rmse, Enclosure) == isinstance(
            part.mse, Enclosure
        )
        assert l1_low <= sup * size and l2_low <= sup * l1
        assert l1_low**2 <= l2 * size  # Cauchy and Schwarz
        assert sup_low == 0 or sup > 0


@pytest.mark.parametrize(("dim", "kind"), CASES)
@examples(6)
@given(data=st.data())
def test_errors_scale_with_function_and_target(dim, kind, data):
    f, target, c = data.draw(comparisons(dim, kind))
    factor = data.draw(coarse.filter(bool))
    if kind == "function":
        goal = extract(scaled_by(target.network, factor), SIDES[dim])
    else:
        goal = f"({factor})*({target})"
    d = compare(extract(scaled_by(f.network, factor), SIDES[dim]), goal, **options(dim, kind))
    size = abs(factor)
    for name, power in (("sup", 1), ("l1", 1), ("l2_squared", 2), ("mse", 2)):
        low, high = ends(getattr(c, name))
        assert agree(getattr(d, name), Enclosure(low * size**power, high * size**power)), name


@pytest.mark.parametrize("dim", [1, 2])
@examples(15)
@given(data=st.data())
def test_errors_against_functions_are_those_of_the_difference(dim, data):
    f, g = (data.draw(functions(dim, SIDES[dim], max_width=2)) for _ in range(2))
    c, back, d = compare(f, g), compare(g, f), abs(f - g)
    assert c.exact and c.sup == back.sup == d.max().value and c.l1 == back.l1 == d.integral()
    assert d(c.argsup) == c.sup and c.l2_squared == back.l2_squared and c.mse == c.l2_squared / SIZE[dim]
    assert (c.l2_squared == 0) == (f == g)
