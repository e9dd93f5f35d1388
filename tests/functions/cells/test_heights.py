"""What floats choose and rationals confirm is what rationals say alone."""

import math
import pickle
from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import Network
from pwlin.base.errors import DomainError
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.layer import Layer
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def in_rationals(f):
    """The same function on a complex that knows no floats: all bounds are infinite."""
    cells = replace(
        f.complex,
        make_near_maps=lambda _: (np.zeros((0, 0)), math.inf),
        make_maps=None,
        map_parts=None,
        make_places=None,
    )
    slow = type(f)(cells, f.network, f.output)
    vars(slow)["near_maps"] = np.zeros((f.n_regions, f.dim + 1)), math.inf
    return slow


def check(f, g):
    """All questions that floats help with."""
    slow, other = in_rationals(f), in_rationals(g)
    object.__setattr__(other, "complex", slow.complex)
    assert np.array_equal(f.bends, slow.bends) and np.array_equal(f.piece_of_region, slow.piece_of_region)
    assert list(f.pieces) == list(slow.pieces)
    assert [f.lipschitz(p) for p in (1, 2, math.inf)] == [slow.lipschitz(p) for p in (1, 2, math.inf)]
    assert list(f.vertices) == list(slow.vertices) == sorted(slow.vertices)
    levels = [Q(0), Q(1, 3)]
    for end in ("max", "min"):
        try:
            expected = getattr(slow, end)()
        except DomainError:
            with pytest.raises(DomainError):
                getattr(f, end)()
            continue
        assert getattr(f, end)() == expected
        levels.append(expected.value)
    if not f.complex.lineality:
        for level in levels:
            assert f.level_set(level) == slow.level_set(level)
        assert f.decision_boundary(g) == slow.decision_boundary(other)


@examples(40)
@given(st.one_of(networks(2, 3, 5, outputs=2), hard_networks(2, outputs=2)), st.sampled_from([1, 3, 10**6]))
def test_questions_on_squares(net, side):
    check(*pwlin.extract(net, [(-side, side)] * 2))


@examples(15)
@given(networks(2, 2, 4, outputs=2))
def test_questions_on_the_plane(net):
    check(*pwlin.extract(net))


def integers(sizes, seed):
    rng = np.random.default_rng(seed)
    shapes = list(zip(sizes[1:], sizes))
    return [rng.integers(-2, 3, shape) for shape in shapes], [rng.integers(-2, 3, n) for n, _ in shapes]


def sparse(net):
    layers = [
        Layer(SparseMatrix.of_dense(a.compact_weight), a.compact_bias, a.denominator, a.activations) for a in net.layers
    ]
    return Network(layers[:-1], layers[-1])


NETWORKS = {
    "floats": pytorch_style((2, 6, 5, 2), 0),
    "deep": pytorch_style((2, 5, 5, 5, 5, 2), 0),
    "many silent facets": Network.from_arrays(*integers((2, 7, 6, 2), 1)),
    "sparse": sparse(Network.from_arrays(*integers((2, 7, 6, 2), 2))),
    "leaky": Network.from_arrays(*integers((2, 5, 5, 2), 3), activation=("leaky_relu", Q(1, 3))),
    "abs": Network.from_arrays(*integers((2, 4, 4, 2), 4), activation="abs"),
    "space": Network.from_arrays(*integers((3, 5, 4, 2), 5)),
    "far from one": Network.from_arrays([w * 1e30 for w in integers((2, 5, 4, 2), 6)[0]], integers((2, 5, 4, 2), 6)[1]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_questions_to_the_kernel_s_complex(name):
    net = NETWORKS[name]
    check(*pwlin.extract(net, [(-3, 3)] * net.input_dim, method="fast"))


def test_vertices_one_at_a_time_come_in_the_order_of_all():
    net = Network.from_arrays(*integers((2, 5, 4, 1), 1))  # many with the same first coordinate
    f, g = (pwlin.extract(net, [(-2, 2)] * 2, method="fast") for _ in range(2))
    few = range(0, len(f.vertices), 16)
    assert [f.vertices[i] for i in few] == [list(g.vertices)[i] for i in few]
    assert pickle.loads(pickle.dumps(f)).vertices[0] == f.vertices[0]


@pytest.mark.parametrize("method", ["exact", "fast"])
def test_signs_of_values_below_all_floats_that_bounds_know(method):
    corner, tiny = [(-1, "1/3"), (-1, "1/7")], Q(1, 2**1040)
    one, small = (Network.from_arrays([[[1, 0], [0, 1]], [[s, s], [s, -s]]], [[0, 0], [0, s]]) for s in (1, tiny))
    f, g = pwlin.extract(one, corner, method=method), pwlin.extract(small, corner, method=method)
    for level in (Q(0), f[0].max().value, f[1].max().value):
        assert list(f[0].heights.signs(level)[0]) == list(g[0].heights.signs(level * tiny)[0])
    assert list(f[0].heights.signs_beside(f[1].heights)[0]) == list(g[0].heights.signs_beside(g[1].heights)[0])


def test_floats_leave_few_vertices_and_regions_to_rationals():
    f = pwlin.extract(pytorch_style((2, 16, 16, 1), 4), [(-1, 1)] * 2, method="fast")
    f.max(), f.lipschitz(), len(f.kinks), f.level_set(0), f.volume()
    assert len(f.heights._known) < f.n_vertices / 2
    assert len(f.complex.maps._made) <= 1
