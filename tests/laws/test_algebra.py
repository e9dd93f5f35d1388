"""Algebra and order: pointwise, additive, and equality is that of functions."""

import pickle
from operator import add, sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.effort import examples
from tests.strategies.functions import coarse, domains_about_zero, functions, points_of

DIMS = pytest.mark.parametrize("dim", [1, 2])
BINARY = {
    "+": (add, add),
    "-": (sub, sub),
    "maximum": (lambda f, g: f.maximum(g), max),
    "minimum": (lambda f, g: f.minimum(g), min),
}
UNARY = {
    "abs": (abs, abs),
    "neg": (lambda f: -f, lambda v: -v),
    "pos": (lambda f: +f, lambda v: v),
}
SCALAR = {
    "c * f": (lambda f, c: c * f, lambda v, c: c * v),
    "f * c": (lambda f, c: f * c, lambda v, c: c * v),
    "f / c": (lambda f, c: f / (c or 1), lambda v, c: v / (c or 1)),
    "f + c": (lambda f, c: f + c, lambda v, c: v + c),
    "c + f": (lambda f, c: c + f, lambda v, c: v + c),
    "f - c": (lambda f, c: f - c, lambda v, c: v - c),
    "c - f": (lambda f, c: c - f, lambda v, c: c - v),
    "maximum": (lambda f, c: f.maximum(c), max),
    "minimum": (lambda f, c: f.minimum(c), min),
}
VERBS = [(table, name) for table in (BINARY, UNARY, SCALAR) for name in table]


@DIMS
@examples(60)
@given(data=st.data())
def test_algebra_is_pointwise(dim, data):
    domain = data.draw(domains_about_zero(dim))
    f, g = (data.draw(functions(dim, domain, max_width=3 if dim == 1 else 2)) for _ in range(2))
    c = data.draw(coarse)
    points = [data.draw(points_of(f)) for _ in range(2)]
    for table, name in VERBS:
        on_functions, on_values = table[name]
        other = {id(BINARY): (g,), id(UNARY): (), id(SCALAR): (c,)}[id(table)]
        h = on_functions(f, *other)
        for p in points:
            values = (g(p),) if table is BINARY else other
            assert h(p) == on_values(f(p), *values), name
        assert h.domain == f.domain


@DIMS
@examples(40)
@given(data=st.data())
def test_equality_is_that_of_functions(dim, data):
    domain = data.draw(domains_about_zero(dim))
    f, g = (data.draw(functions(dim, domain, max_width=3 if dim == 1 else 2)) for _ in range(2))
    same = f + g - g
    assert same == f and hash(same) == hash(f)
    assert abs(f) + abs(f) == abs(f + f) and hash(f - f) == hash(g - g)
    back = pickle.loads(pickle.dumps(f))
    assert back == f and hash(back) == hash(f)
    assert f != "f" and f != 3
    difference = abs(f - g)
    if domain is not None:
        assert (f == g) == (difference.max().value == 0)
    p = data.draw(points_of(f))
    assert f != g or f(p) == g(p)


@DIMS
@examples(40)
@given(data=st.data())
def test_extrema_bound_every_value_and_are_taken(dim, data):
    f = data.draw(functions(dim, bounded=True))
    p, q = data.draw(points_of(f)), data.draw(points_of(f))
    top, low = f.max(), f.min()
    assert low.value <= f(p) <= top.value
    for extremum in (top, low):
        assert extremum.where
        for place in extremum.where:
            ends = (getattr(place, "left", place), getattr(place, "right", place))
            assert all(f(x) == extremum.value for x in (ends if dim == 1 else place.vertices))
    sides = [abs(p - q)] if dim == 1 else [abs(a - b) for a, b in zip(p, q)]
    for norm, distance in ((1, sum(sides)), ("inf", max(sides))):
        steepest = f.lipschitz() if dim == 1 else f.lipschitz(norm)
        assert abs(f(p) - f(q)) <= steepest * distance


@DIMS
@examples(30)
@given(data=st.data())
def test_integrals_add_up(dim, data):
    domain = data.draw(domains_about_zero(dim, bounded=True))
    f, g = (data.draw(functions(dim, domain, max_width=3 if dim == 1 else 2)) for _ in range(2))
    assert (f + g).integral() == f.integral() + g.integral()
    assert (f - g).integral() == f.integral() - g.integral()
    assert abs(f).integral() >= abs(f.integral())
    low, high = domain if dim == 1 else domain[0]
    cut = low + (high - low) * data.draw(st.fractions("1/4", "3/4", max_denominator=6))
    halves = [f.restrict(*side) if dim == 1 else f.restrict([side, *domain[1:]]) for side in ((low, cut), (cut, high))]
    assert sum(h.integral() for h in halves) == f.integral()
    assert max(h.max().value for h in halves) == f.max().value
    for h in halves:
        for region in h.regions:
            assert region.pattern in {r.pattern for r in f.regions}
