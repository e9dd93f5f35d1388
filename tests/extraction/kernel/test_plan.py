"""What the kernel's plan claims about a network holds in rationals."""

from fractions import Fraction as Q
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.extraction.kernel.plan import LINEAR, NULL, layers_of, make_plan
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope, _corners_of_box
from pwlin.networks.network import Network
from tests.strategies.networks import networks


def proportional(a, b):
    """The sign of c with a = c b, or 0."""
    if any(x * v != y * u for (x, y), (u, v) in product(zip(a, b), repeat=2)):
        return 0
    if not any(a) or not any(b):
        return int(any(a) == any(b))
    at = next(k for k, v in enumerate(b) if v)
    return 0 if not a[at] else 1 if a[at] / b[at] > 0 else -1


def check_twins(net):
    plan = make_plan(net, as_polytope([(-1, 1)] * net.input_dim, net.input_dim)) if net.hidden else None
    if plan is None:
        return False
    for at, layer in zip(layers_of(plan), net.hidden):
        twins = plan.twin[at.first : at.stop].tolist()
        rows = [[*w, b] for w, b in zip(layer.weight.tolist(), layer.bias.tolist())]
        for i, j in product(range(len(rows)), repeat=2):
            if i != j:
                claimed = (twins[i] == twins[j]) - (twins[i] == -twins[j])
                assert claimed == proportional(rows[i], rows[j]), (rows[i], rows[j])
    return True


@given(networks(inputs=2, max_width=6))
def test_twins_are_the_neurons_with_proportional_rows(net):
    check_twins(net)


@pytest.mark.parametrize("factor", [1, -1, 3, -Q(1, 3), Q(10) ** 200, -(Q(10) ** -330)])
def test_twins_are_found_whatever_floats_do_to_them(factor):
    first = [[Q(1, 3), Q(2, 7)], [Q(1, 3), Q(2, 7) + Q(1, 10**30)], [0, Q(1, 10**320)], [0, 0]]
    bias = [Q(5, 11), Q(5, 11), Q(1, 10**321), 0]
    weight = [*first, *[[v * factor for v in row] for row in first]]
    assert check_twins(Network.from_arrays([weight, [[1] * 8]], [[*bias, *[b * factor for b in bias]], [0]]))


def test_twins_are_found_among_many_neurons_too():
    rows = [[i + 1, i * i] for i in range(200)]  # with a bias of 1 none is a multiple of another
    net = Network.from_arrays([[*rows, [-6, -3], [16, 98]], [[1] * 202]], [[*[1] * 200, -3, 2], [0]])
    twin = make_plan(net, as_polytope([(-1, 1)] * 2, 2)).twin.tolist()
    assert twin[200] == -twin[1] and twin[201] == twin[7] and len(set(map(abs, twin))) == 200


def test_weights_that_flushing_makes_zero_are_not():
    net = Network.from_arrays([[[5e-324, 0.0], [0.0, 0.0]], [[1.0, 1.0]]], [[0.0, 0.0], [0.0]])
    plan = make_plan(net, as_polytope([(-1, 1)] * 2, 2))
    assert plan.kind.tolist() == [0, NULL]


@given(networks(inputs=3, max_width=5))
def test_neurons_that_never_bend(net):
    plan = make_plan(net, as_polytope([(-1, 1)] * 3, 3)) if net.hidden else None
    if plan is None:
        return
    dead = [False] * 3
    for at, layer in zip(layers_of(plan), net.hidden):
        null = [
            not b and all(not v or gone for v, gone in zip(row, dead))
            for row, b in zip(layer.weight, layer.bias.tolist())
        ]
        for kind, zero, unit in zip(plan.kind[at.first :], null, layer.activations):
            assert kind == (LINEAR if unit.is_linear else NULL if zero else 0)
        dead = [zero or not (unit.left or unit.right) for zero, unit in zip(null, layer.activations)]


@given(
    st.lists(
        st.tuples(st.fractions(-5, 0, max_denominator=9), st.fractions(Q(1, 9), 5, max_denominator=9)),
        min_size=1,
        max_size=4,
    )
)
def test_corners_of_a_box_at_once(sides):
    box = Polytope.box(sides)
    general = Polytope.from_halfspaces([n.normal for n in box.halfspaces], [n.offset for n in box.halfspaces])
    assert general == box
    assert box.vertices == tuple(sorted(product(*sides)))
    assert _corners_of_box(box.dim, box.normals[1:]) == ()
