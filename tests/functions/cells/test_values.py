"""Values and gradients in several variables: exact for exact points, correctly rounded for floats, also in slivers."""

import math
from fractions import Fraction as Q
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, PiecewiseLinear1D, Polytope, extract
from pwlin.base.errors import DomainError, ExactnessError, ShapeError
from pwlin.exact.rational import nearest_float
from tests.strategies.effort import examples
from tests.strategies.networks import networks

SQUARE = [(-1, 1), (-1, 1)]
inside = st.one_of(st.floats(-1, 1), st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0**-60, -(2.0**-1074), 1 - 2.0**-53]))


def check(f, net, points):
    """Float values and gradients are those of real arithmetic, rounded once."""
    exact = [[Q(v) for v in p] for p in np.asarray(points).tolist()]
    values = [nearest_float(net.exact(p)) for p in exact]
    assert f(np.array(points)).tolist() == values
    assert f(np.array([*points] * 9)).tolist() == values * 9  # few are made in rationals, many by floats first
    gradients = [[nearest_float(v) for v in f.region_at(p).gradient] for p in exact]
    assert f.gradient(np.array(points)).tolist() == gradients
    assert f.gradient(exact * 9).tolist() == [list(f.region_at(p).gradient) for p in exact] * 9
    assert f(exact).tolist() == [f(p) for p in exact] == [net.exact(p) for p in exact]


@examples(150)
@given(networks(inputs=2, max_depth=2, max_width=4), st.lists(st.tuples(inside, inside), min_size=1, max_size=5))
def test_values_and_gradients_are_those_of_the_network(net, points):
    check(extract(net, SQUARE, method="exact"), net, points)


@examples(60)
@given(
    st.lists(st.tuples(st.integers(40, 70), st.integers(-2, 2), st.integers(-3, 3)), min_size=2, max_size=4),
    st.lists(st.tuples(inside, inside), min_size=1, max_size=5),
)
def test_values_in_slivers(walls, points):
    weight = [[2**k, s] for k, s, _ in walls] + [[0, 1], [0, -1]]
    bias = [Q(t, 8) - (2**k if t else 0) for k, _, t in walls] + [0, Q(-1, 2)]
    out = [0] * len(walls) + [1, 1000]
    out[0] = 3
    net = Network.from_arrays([weight, [out]], [bias, [0]])
    check(extract(net, SQUARE, method="exact"), net, [*points, (1.0, -1.0), (1.0, 1.0)])


def test_a_sliver_of_nearly_parallel_walls():
    net = Network.from_arrays([[[2**60, 1], [0, 1], [0, -1]], [[0, 1, 1000]]], [[Q(1, 8) - 2**60, 0, Q(-1, 2)], [0]])
    f = extract(net, SQUARE)
    assert f([1.0, -1.0]) == 500 and f.gradient([1.0, -1.0]).tolist() == [0, -1000]


def test_a_triangle_with_a_neuron_along_its_side():
    rng = np.random.default_rng(5)
    for _ in range(12):
        corners = rng.normal(size=(3, 2))
        a, b, c = ([Q(v) for v in p] for p in corners.tolist())
        normal = [b[1] - a[1], a[0] - b[0]]
        weight = [normal, *rng.normal(size=(3, 2)).tolist()]
        bias = [-(normal[0] * a[0] + normal[1] * a[1]) + Q(1, 2**90), *rng.normal(size=3).tolist()]
        net = Network.from_arrays([weight, [rng.normal(size=4).tolist()]], [bias, [0.5]])
        f = extract(net, Polytope.from_vertices([a, b, c]))
        middles = [[(p + q) / 2 for p, q in zip(u, v)] for u, v in ((a, b), (b, c), (a, c))]
        floats = [p for p in ([nearest_float(v) for v in m] for m in [a, b, c, *middles]) if p in f.domain]
        check(f, net, [corners[0].tolist(), *floats])


def test_gradients_beyond_floats():
    net = Network.from_arrays([[[1e200, 0], [0, 1]], [[1e200, 1]]], [[0, 0], [0]])
    f = extract(net, SQUARE)
    assert f([0.0, 0.5]) == 0.5 and f((1e-300, 0.0)) == nearest_float(Q(1e200) ** 2 * Q(1e-300))
    assert f([0.5, 0.0]) == math.inf and f.gradient([0.5, 0.5]).tolist() == [math.inf, 1.0]


def test_cancellation_far_out():
    net = Network.from_arrays([[[1, 1]], [[1]]], [[-(10**8) - 0.1], [0]])
    f = extract(net, [(0, 10**9)] * 2)
    points = [(1e8 + 0.1, 0.0), (1e8, 0.1), (5e7, 5e7 + 0.125), (1e8 + 0.25, 0.25)]
    check(f, net, points)


def test_lists_of_exact_points_stay_exact():
    f = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 3]]]), [(-1, "1/3"), (-1, 1)])
    points = [[Q(1, 3), 0], ["1/3", "1/7"], [0, 1]]
    assert f(points).tolist() == [Q(1, 3), Q(16, 21), 3] and f(points).dtype == object
    assert f.gradient(points).tolist() == [[1, 0], [1, 3], [0, 3]]
    assert f(np.array([[0, 1], [-1, 0]])).tolist() == [Q(3), Q(0)] and f([[[0, 1]]]).shape == (1, 1)
    assert f([["1/3", 0.1]])[0] == Q(1, 3) + 3 * Q(0.1)
    big = extract(Network.from_arrays([[[1, 1]], [[1]]]), [(0, 10**20)] * 2)
    assert big([[2**53 + 1, 0]])[0] == 2**53 + 1


def test_nan_in_is_nan_out_as_on_the_line():
    f = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 3]]]), SQUARE)
    here = [0.5, 0.25]
    assert math.isnan(f([math.nan, 0.0])) and np.isnan(f.gradient([0.0, math.nan])).all()
    assert np.array_equal(f([[math.nan, 9.0], here]), [np.nan, f(here)], equal_nan=True)
    assert np.array_equal(f.gradient([here, [math.nan, 0.0]]), [f.gradient(here), [np.nan] * 2], equal_nan=True)


def test_sparse_and_unmasked_points_are_taken_by_all_alike():
    net = Network.from_arrays([[[1, 0], [0, 1]], [[1, 3]]])
    points = np.array([[0.5, 0.0], [0.0, 0.25]])
    for x in (scipy.sparse.csr_matrix(points), scipy.sparse.coo_array(points), np.ma.array(points)):
        assert extract(net, SQUARE)(x).tolist() == extract(net, SQUARE)(points).tolist() == net(x)[:, 0].tolist()
        line = PiecewiseLinear1D.from_points([0, 1], [0, 2])
        assert line(x).tolist() == line(points).tolist()


def test_points_without_a_place_are_refused():
    f = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 3]]]), SQUARE)
    for bad in (5, 0.5, [], [0.5], [[0.5]], [0, 0, 0], {}, {0: 1, 1: 2}):
        with pytest.raises(ShapeError, match="x: found"):
            f(bad)
    for bad in (np.ma.array([0.5, 0.5], mask=[0, 1]), bytearray(b"ab"), b"ab", memoryview(b"ab")):
        with pytest.raises(ExactnessError, match="x: found"):
            f(bad)
    for outside in ([2, 2], [2.0, 2.0], [math.inf, 0.0], [[0.0, math.inf]], [["3", 0]]):
        with pytest.raises(DomainError, match="found"):
            f(outside)
    with pytest.raises(DomainError, match=r"^point: found \(2, 2\); accepted are points of"):
        f.region_at((2, 2))
    with pytest.raises(DomainError, match=r"≈1\.5"):
        f.region_at((Q(3, 2) * 10**5000, 0))


@examples(60)
@given(networks(inputs=2, max_depth=2, max_width=4), st.data())
def test_exact_points_find_a_closed_region_that_holds_them(net, data):
    f = extract(net, data.draw(st.sampled_from([None, SQUARE, [(0, None), (None, None)]])), method="exact")
    corners = [p for r in f.regions for p in r.vertices][:12]
    for p in [*corners, tuple(f.domain.interior_point())]:
        cells = [r.index for r in f.regions if p in r.polytope]
        assert f.locator.cell(f.inside(p)) in cells and [r.index for r in f.regions_at(p)] == cells


@pytest.mark.parametrize("reach", [1, 1e6, 1e100])
def test_floats_tell_where_points_lie_however_far_out_and_how_near_to_walls(reach):
    rng = np.random.default_rng(7)
    sizes = [2, 6, 5, 1]
    weights = [rng.normal(size=(n, m)) for m, n in pairwise(sizes)]
    net = Network.from_arrays(weights, [rng.normal(size=n) for n in sizes[1:]])
    f = extract(net, None, method="fast")
    corners = f.complex.places.points[f.complex.vertex_mask]
    walls = corners[:12] + rng.uniform(size=(12, 1)) * (corners[1:13] - corners[:12])  # few of them lie on walls
    points = np.concatenate([rng.normal(size=(20, 2)) * reach, walls, np.nextafter(walls, reach)])
    cells, sure = f.locator.walk(points)
    assert sure[:20].all()
    for point, cell, certain in zip(points.tolist(), cells.tolist(), sure.tolist()):
        found = [r.index for r in f.regions_at(list(map(Q, point)))]
        assert cell in found and (len(found) == 1 or not certain)
    assert f(points).tolist() == [nearest_float(net.exact([*map(Q, p)])) for p in points.tolist()]
