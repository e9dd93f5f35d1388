"""Changes that leave the function alone leave kinks, pieces and errors alone, and do to patterns what is predicted."""

import json
from collections import Counter
from fractions import Fraction as Q

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import extract
from tests.strategies import disguises
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks

DIMS = pytest.mark.parametrize("dim", [1, 2])
SIDES = {1: (-1, "4/3"), 2: [(-1, 1), ("-1/2", "4/3")]}


def described(f, rename=lambda pattern: pattern):
    """Regions with patterns, ends or vertices, and maps, in an order of their own."""
    if hasattr(f, "interval"):
        return sorted(((r.left, r.right), rename(r.pattern), (r.slope, r.intercept)) for r in f.regions)
    return sorted((tuple(sorted(r.vertices)), rename(r.pattern), (*r.gradient, r.offset)) for r in f.regions)


def kinks(f):
    if hasattr(f, "interval"):
        return sorted((k.location, k.jump) for k in f.kinks)
    return sorted((tuple(sorted(k.vertices)), tuple(sorted((k.jump, tuple(-v for v in k.jump))))) for k in f.kinks)


def without_neurons(f):
    """What its JSON says of a function, whoever makes its kinks."""
    said = json.loads(f.to_json())
    said.pop("neurons", None)
    return said


def bends(f):
    """Kinks, however many regions cut them: places and jumps, or the ends of the segments along which there is one jump.

    Facets of one jump that meet lie on one line, to which the jump is normal; where one begins as another ends, neither does.
    """
    if hasattr(f, "interval"):
        return kinks(f)
    ends = Counter()
    for k in f.kinks:
        jump, (left, right) = max(k.jump, tuple(-v for v in k.jump)), sorted(k.vertices)
        ends[jump, left] += 1
        ends[jump, right] -= 1
    return {where: count for where, count in ends.items() if count}


def check(f, g, rename):
    """g is f with other patterns."""
    assert f == g and g == f and hash(f) == hash(g)
    assert described(f, rename) == described(g)
    assert kinks(f) == kinks(g) and f.n_pieces == g.n_pieces
    if hasattr(f, "interval"):
        assert without_neurons(f) == without_neurons(g)
    assert (f.max().value, f.min().value, f.integral()) == (g.max().value, g.min().value, g.integral())
    polynomial = "x**2 - x/3" if hasattr(f, "interval") else "x**2 + x*y/2"
    assert f.compare(polynomial).mse == g.compare(polynomial).mse


@st.composite
def cases(draw, dim):
    net = draw(hard_networks(dim, 1, 6))
    return net, draw(st.integers(0, len(net.hidden) - 1))


def changed(pattern, layer, row):
    return (*pattern[:layer], tuple(row), *pattern[layer + 1 :])


@DIMS
@examples(20)
@given(data=st.data())
def test_neurons_in_another_order(dim, data):
    net, k = data.draw(cases(dim))
    order = data.draw(st.permutations(range(net.widths[k])))
    f, g = extract(net, SIDES[dim]), extract(disguises.permuted(net, k, order), SIDES[dim])
    check(f, g, lambda p: changed(p, k, [p[k][i] for i in order]))
    place = {i: j for j, i in enumerate(order)}
    status = {(a, place[i] if a == k else i): said for (a, i), said in f.neuron_status().items()}
    assert status == g.neuron_status()


@DIMS
@examples(20)
@given(data=st.data())
def test_a_neuron_rescaled(dim, data):
    net, k = data.draw(cases(dim))
    i = data.draw(st.integers(0, net.widths[k] - 1))
    factor = data.draw(st.sampled_from([Q(1, 3), Q(7, 2), Q(2) ** 1000, Q(1e-300)]))
    f, g = extract(net, SIDES[dim]), extract(disguises.rescaled(net, k, i, factor), SIDES[dim])
    check(f, g, lambda p: p)
    assert f.neuron_status() == g.neuron_status()


@DIMS
@examples(20)
@given(data=st.data())
def test_a_dead_neuron_and_a_twin(dim, data):
    net, k = data.draw(cases(dim))
    f = extract(net, SIDES[dim])
    g = extract(disguises.with_dead(net, k, data.draw(st.sampled_from([0, 1, -(10**9)]))), SIDES[dim])
    check(f, g, lambda p: changed(p, k, [*p[k], False]))
    assert g.neuron_status() == {**f.neuron_status(), (k, net.widths[k]): "dead"}
    i = data.draw(st.integers(0, net.widths[k] - 1))
    g = extract(disguises.with_twin(net, k, i, data.draw(st.sampled_from([Q(1, 2), Q(1, 3), Q(-5)]))), SIDES[dim])
    check(f, g, lambda p: changed(p, k, [*p[k], p[k][i]]))


@DIMS
@examples(20)
@given(data=st.data())
def test_a_layer_between(dim, data):
    net, k = data.draw(cases(dim))
    f = extract(net, SIDES[dim])
    g = extract(disguises.with_identity(net, k), SIDES[dim])
    check(f, g, lambda p: (*p[: k + 1], (True,) * net.widths[k], *p[k + 1 :]))
    h = extract(disguises.with_passed_on(net, k), SIDES[dim])  # values that change sign make more regions, not pieces
    assert f == h and bends(f) == bends(h) and f.n_pieces == h.n_pieces and f.n_regions <= h.n_regions


@DIMS
@examples(20)
@given(data=st.data())
def test_a_moved_domain(dim, data):
    net, _ = data.draw(cases(dim))
    shift = [data.draw(st.sampled_from([Q(0), Q(1, 3), Q(-(10**30)), Q(1e-300)])) for _ in range(dim)]
    factor = data.draw(st.sampled_from([Q(1), Q(2, 3), Q(-1), Q(10**40), Q(1e-250)]))
    sides = [SIDES[1]] if dim == 1 else SIDES[2]
    there = [tuple(sorted((Q(end) - s) / factor for end in side)) for side, s in zip(sides, shift)]
    f, g = extract(net, SIDES[dim]), extract(disguises.moved(net, shift, factor), there[0] if dim == 1 else there)
    assert (f.n_regions, f.n_pieces, len(f.kinks)) == (g.n_regions, g.n_pieces, len(g.kinks))
    assert sorted(r.pattern for r in f.regions) == sorted(r.pattern for r in g.regions)
    assert f.neuron_status() == g.neuron_status()
    assert (f.max().value, f.min().value) == (g.max().value, g.min().value)
    assert f.integral() == g.integral() * abs(factor) ** dim
    if dim == 1:
        places = [k.location * factor + shift[0] for k in g.kinks]
        assert sorted(places) == [k.location for k in f.kinks]
        assert sorted(abs(k.jump) for k in f.kinks) == sorted(abs(k.jump / factor) for k in g.kinks)


@DIMS
@examples(20)
@given(data=st.data())
def test_signs_and_outputs(dim, data):
    net, _ = data.draw(cases(dim))
    w, b, units = disguises.parts(net)
    factor = data.draw(st.sampled_from([Q(-1), Q(3, 7), Q(-(10**50)), Q(1e-300)]))
    w[-1], b[-1] = [[factor * v for v in row] for row in w[-1]], [factor * v for v in b[-1]]
    f, g = extract(net, SIDES[dim]), extract(type(net).from_arrays(w, b, units), SIDES[dim])
    assert [r.pattern for r in f.regions] == [r.pattern for r in g.regions] and f.n_pieces == g.n_pieces
    values = sorted((factor * f.max().value, factor * f.min().value))
    assert values == [g.min().value, g.max().value] and g.integral() == factor * f.integral()
    assert (f == g) == (values == [0, 0])
