"""Unbounded domains: the kernel gives what the all-rational search gives, rays and all, to the last index."""

import random
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import PwlinError
from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.kernel import obstacle
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.kernel import plan as plans
from pwlin.extraction.kernel.entry import fast_complex
from pwlin.extraction.kernel.rounding import rounded_vertex
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from tests.extraction.kernel.test_cells import check
from tests.extraction.kernel.test_look_ahead import eager as eager  # a fixture
from tests.strategies.effort import examples
from tests.strategies.networks import networks, pytorch_style


def domains(d):
    """The whole space, a half-space, a strip, a cone, an orthant that is cut off, and one around a corner far away."""
    free = [(None, None)] * (d - 1)
    return {
        "space": None,
        "half-space": Polytope.from_halfspaces([[1, 2, *[0] * (d - 2)]], [1]),
        "strip": [(Q(-1, 3), Q(1, 2)), *free],
        "cone": Polytope.from_halfspaces([[2, -1, *[0] * (d - 2)], [-3, 1, *[0] * (d - 2)]], [0, 0]),
        "orthant": [(0, None)] * d,
        "half-strip": [(0, None), *[(-1, 1)] * (d - 1)],
        "far": [(10**6, None), *[(None, 7)] * (d - 1)],
    }


def same(net, domain, workers=1):
    """Whether the kernel takes it; if so, it gives the same."""
    polytope = as_polytope(domain, net.input_dim)
    return not obstacle(net, polytope) and check(net, polytope, workers)


@pytest.mark.parametrize("name", domains(2))
@pytest.mark.parametrize("d", [2, 3])
def test_domains(name, d):
    sizes = (2, 7, 6, 1) if d == 2 else (3, 5, 3, 1)
    for workers in (1, 2):
        assert same(pytorch_style(sizes, workers), domains(d)[name], workers)


@given(st.data())
@examples(60)
def test_any_network_in_the_plane(data):
    net = data.draw(networks(2, 3, 5, outputs=data.draw(st.integers(1, 2))))
    same(net, domains(2)[data.draw(st.sampled_from(list(domains(2))))], data.draw(st.sampled_from([1, 1, 2])))


@given(st.data())
@examples(30)
def test_any_network_in_space(data):
    d = data.draw(st.sampled_from([3, 3, 4]))
    net = data.draw(networks(d, max_depth=2, max_width=4))
    same(net, domains(d)[data.draw(st.sampled_from(list(domains(d))))], data.draw(st.sampled_from([1, 2])))


@pytest.mark.parametrize("family", ["ternary", "eighths", "no biases", "parallel", "scales", "late"])
@pytest.mark.parametrize("d", [2, 3])
def test_degenerate_families(eager, family, d):
    r = random.Random(f"{family} {d}")
    for workers in (1, 2, 1):
        sizes = (d, *((6, 4) if d == 2 else (4, 3)), 1)
        entry = {
            "ternary": lambda: r.choice([-1, 0, 1]),
            "eighths": lambda: Q(r.randint(-16, 16), 8),
            "scales": lambda: r.choice([1e-8, 1.0, 1e8]) * r.uniform(-1, 1),
        }.get(family, lambda: r.uniform(-1, 1))
        weights = [[[entry() for _ in range(n)] for _ in range(m)] for n, m in zip(sizes, sizes[1:])]
        biases = [[0 if family == "no biases" else entry() for _ in range(m)] for m in sizes[1:]]
        kinds = ["relu", "relu"]
        if family == "parallel":  # only the last neuron of the first layer ends the lines
            weights[0][:-1] = [[Q(k + 1, 3), *[0] * (d - 1)] for k in range(len(weights[0]) - 1)]
        if family == "late":  # the first layer cuts into strips, the second one ends them
            kinds[0] = ["relu", *["identity"] * (len(weights[0]) - 1)]
        net = Network.from_arrays(weights, biases, activation=kinds)
        assert same(net, None, workers) or obstacle(net, as_polytope(None, d))


def test_deep_networks(monkeypatch):
    monkeypatch.setattr(plans, "FINE_FROM", 0.0)
    for seed in range(4):
        assert same(pytorch_style((2, *[4] * 6, 1), seed), None)


@pytest.mark.parametrize("d", [2, 3])
def test_of_a_network_without_biases_all_cells_are_cones(d):
    plain = pytorch_style((d, 6, 4, 1), 3)
    net = Network.from_arrays([layer.weight for layer in plain.layers], None)
    assert same(net, None)
    (f,) = extract_cells(net, method="fast")
    assert f.n_vertices == 1 and f.n_regions == count_regions(net, method="exact")


def test_regions_that_contain_lines_are_left_to_rationals():
    net = Network.from_arrays([[[1, 1], [2, 2]], [[1, 1]]], [[0, 1], [0]])
    assert count_regions(net) == 3
    assert extract_cells(net)[0].n_regions == 3
    with pytest.raises(PwlinError, match="every region contains a line"):
        count_regions(net, method="fast")
    assert fast_complex(net, as_polytope(None, 2)) is None
    assert count_regions(net, [(0, 1), (0, 1)], method="fast") == 1
    assert count_regions(net, [(0, None), (0, None)], method="fast") == 1


# cells that meet infinity in less than a facet: networks of one layer on strips; the counts are those of the rational search
STRIPS = [
    ([[0.3, 0.4, -0.8], [-0.1, 0.7, 0.6], [0.3, 0.0, 0.6]], [1, 1, 1], [0.2, 0.9, -0.3], (7, 24, 26, 8)),
    ([[0.9, 0.7, -0.3], [-0.1, -0.7, 0.6], [0.7, 0.6, 0.5]], [-1, 1, -1], [0.8, 0.0, -0.4], (6, 21, 23, 7)),
]


@pytest.mark.parametrize("rows, readout, biases, f_vector", STRIPS)
def test_strips_have_rays_without_a_facet_at_infinity(rows, readout, biases, f_vector):
    net = Network.from_arrays([rows, [readout]], [biases, [0]])
    polytope = as_polytope([(0, 1), (None, None), (None, None)], 3)
    fast, slow = (PiecewiseLinearND(make(net, polytope), net) for make in (fast_complex, cell_complex))
    assert fast.f_vector() == slow.f_vector() == f_vector
    assert list(fast.vertices) == list(slow.vertices) and len(fast.vertices) == f_vector[0]
    assert [r.is_bounded for r in fast.regions] == [r.is_bounded for r in slow.regions]
    for f in (fast, slow):
        with pytest.raises(PwlinError, match="unbounded"):
            f.max() if min(readout) < 0 else f.restrict([(0, 1), (0, None), (0, None)]).max()


def test_questions_have_the_same_answers():
    net = pytorch_style((2, 8, 6, 1), 2)
    polytope = as_polytope(None, 2)
    fast, slow = (PiecewiseLinearND(make(net, polytope), net) for make in (fast_complex, cell_complex))
    assert fast.n_vertices == slow.n_vertices and fast.f_vector() == slow.f_vector()
    assert fast.lipschitz() == slow.lipschitz() and fast == slow
    points = np.random.default_rng(0).normal(size=(200, 2)) * 10.0 ** np.arange(-2, 6).repeat(25)[:, None]
    assert fast(points).tolist() == slow(points).tolist()
    assert [r.vertices for r in fast.regions] == [r.vertices for r in slow.regions]


@given(st.lists(st.integers(-(10**20), 10**20), min_size=2, max_size=2), st.integers(0, 10**20), st.integers(0, 30))
def test_rounded_vertices_are_as_near_as_they_claim(x, weight, power):
    vector, beta = (*x, weight), 2.0**power
    if not any(vector):
        return
    row, radius, scale = rounded_vertex(vector, beta)
    largest = max(max(map(abs, x)), int(beta) * weight)
    true = [Q(v) * (1 if radius == 0 else Q(int(beta), largest)) for v in vector]
    assert all(abs(Q(a) - b) <= Q(radius) for a, b in zip(row[:2], true))
    assert abs(Q(row[2]) - true[2]) <= Q(radius) / int(beta)
    assert max(map(abs, row[:2])) <= beta * scale * (1 + 1e-15) and row[2] <= scale * (1 + 1e-15)


def test_no_kernel_where_thousands_of_cells_contain_lines():
    net = pytorch_style((20, 24, 1), 0)
    with pytest.raises(PwlinError, match="thousands of cells of an unbounded domain have no vertex"):
        extract_cells(net, None, method="fast")


@pytest.mark.filterwarnings("error")
def test_offsets_that_are_far_out_warn_of_nothing():
    tiny = Q(1, 2**1030)
    net = Network.from_arrays([[[tiny, 2 * tiny], [-tiny, tiny]], [[1, 1]]], [[-1, Q(5, 3)], [0]])
    fast, exact = (extract_cells(net, None, method=method)[0] for method in ("fast", "exact"))
    assert fast.n_regions == exact.n_regions == 4 and fast == exact
