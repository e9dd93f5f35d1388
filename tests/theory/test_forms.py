"""Other exact forms of a 1-D function: each evaluates back to the function it came from."""

from fractions import Fraction as Q

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network
from pwlin.base.errors import DomainError, PwlinError
from pwlin.extraction import extract
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.theory.constructions import zigzag
from pwlin.theory.forms import (
    cheapest_network,
    difference_of_convex,
    hinges,
    lattice,
    representation_cost,
    smallest_width,
)
from tests.strategies.effort import examples

small = st.fractions(-3, 3, max_denominator=4)
domains = st.sampled_from([None, (-2, 3), (None, 1), (0, None)])


@st.composite
def networks(draw, max_width=5):
    n = draw(st.integers(1, max_width))
    rows = [draw(st.lists(small, min_size=n, max_size=n)) for _ in range(3)]
    return Network.from_arrays([[[w] for w in rows[0]], [rows[2]]], [rows[1], [draw(small)]])


functions = st.builds(extract, networks(), domains)


def probes(f):
    low, high = f.domain
    kinks = [k.location for k in f.kinks]
    ends = [
        low if low is not None else min([*kinks, high or Q(0)]) - 5,
        *kinks,
        high if high is not None else max([*kinks, low or Q(0)]) + 5,
    ]
    return [*ends, *((3 * a + b) / 4 for a, b in zip(ends, ends[1:], strict=False))]


def path_norm(net):
    hidden, readout = net.layers
    return sum(abs(v) * abs(w) for v, w in zip(readout.weight[0], hidden.weight[:, 0], strict=True))


@examples(60)
@given(functions)
def test_each_form_evaluates_to_the_function(f):
    as_lattice, as_hinges = lattice(f), hinges(f)
    for x in probes(f):
        assert as_lattice(x) == as_hinges(x) == f(x)
    g, h = difference_of_convex(f)
    assert g - h == f
    assert all(k.jump > 0 for k in (*g.kinks, *h.kinks)) and len(g.kinks) + len(h.kinks) == len(f.kinks)


@examples(20)
@given(functions)
def test_sympy_forms(f):
    x = sympy.Symbol("x", real=True)
    for form in (lattice(f).to_sympy(x), hinges(f).to_sympy(x)):
        for point in probes(f)[:4]:
            exact = sympy.Rational(point.numerator, point.denominator)
            value = sympy.Rational(f(point).numerator, f(point).denominator)
            assert form.subs(x, exact) == value


def test_lattice_of_convex_and_concave():
    convex = PiecewiseLinear1D.from_points([-2, -1, 1, 2], [4, 1, 1, 4])
    assert [len(term) for term in lattice(convex).terms] == [1, 1, 1]
    assert [len(term) for term in lattice(-convex).terms] == [3]


def test_lattice_of_a_zigzag():
    f = extract(zigzag(2), (0, 1))
    form = lattice(f)
    assert all(form(x) == f(x) for x in probes(f))


@examples(60)
@given(networks(), domains)
def test_representation_cost(net, domain):
    f = extract(net, domain)
    cost = representation_cost(f)
    assert cost <= path_norm(net)
    cheapest = cheapest_network(f)
    assert extract(cheapest, domain) == f
    assert cost == (path_norm(cheapest) if cheapest.widths else 0)


def test_representation_cost_on_the_line():
    line = extract(Network.from_arrays([[[1]]]))
    assert representation_cost(line) == 2  # σ(x) − σ(−x)
    assert representation_cost(line.restrict(0, None)) == 1
    absolute = extract(Network.from_arrays([[[1], [-1]], [[1, 1]]]))
    assert representation_cost(absolute) == 2
    hat = PiecewiseLinear1D.from_points([-1, 0, 1], [0, 1, 0])
    assert representation_cost(hat) == 2


@examples(40)
@given(networks(4), domains)
def test_no_network_is_smaller(net, domain):
    f = extract(net, domain)
    width = smallest_width(f)
    assert width <= sum(net.widths)
    assert len(f.kinks) <= width <= len(f.kinks) + (2 if not f.kinks and domain is None else 1)
    if f.kinks:
        smallest = f.to_network()
        assert smallest.widths == (width,) and extract(smallest, domain) == f


def test_smallest_width_when_which():
    def bent(slopes):  # unit pieces on [0, n]
        ys = [Q(0)]
        for s in slopes:
            ys.append(ys[-1] + s)
        return PiecewiseLinear1D.from_points(range(len(ys)), ys)

    assert smallest_width(bent([4, -4, 4, -4])) == 4  # jumps −8, 8, −8: no sum is −4
    assert smallest_width(bent([6, -6, 3, -3])) == 3  # jumps −12, 9, −6: the last
    assert smallest_width(bent([1, 0, 2])) == 2  # a flat piece
    assert smallest_width(bent([-1, 1, 2])) == 2  # jumps 2, 1: minus the first slope is 1
    assert smallest_width(bent([0])) == 0 and smallest_width(bent([2])) == 1
    assert smallest_width(extract(Network.from_arrays([[[2]]]))) == 2
    many = bent([(-1) ** i * (2 + Q(1, 3**i)) for i in range(45)])
    with pytest.raises(PwlinError, match="44 kinks"):
        smallest_width(many)


def test_points_outside_are_refused():
    f = PiecewiseLinear1D.from_points([0, 1], [0, 1])
    for form in (lattice(f), hinges(f)):
        with pytest.raises(DomainError, match="x: found 2"):
            form(2)
