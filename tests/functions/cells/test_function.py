"""Golden answers to questions about functions of several variables: values, extremes, level sets, neurons, tables."""

import math
import pickle
from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin.base.errors import DomainError, PwlinError, ShapeError
from pwlin.extraction.cells.extract import extract_cells
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from tests.strategies.networks import pytorch_style


def cube(d):
    return [(-1, 1)] * d


def pyramid():
    """max(|x|, |y|) = (|x + y| + |x - y|) / 2."""
    net = Network.from_arrays([[[1, 1], [1, -1]], [["1/2", "1/2"]]], None, "abs")
    return extract_cells(net, cube(2))[0]


def test_exact_answers_on_a_pyramid():
    f = pyramid()
    assert f.integral() == Q(8, 3) and f.moment((2, 0)) == Q(16, 15) and f.moment((1, 0)) == 0
    assert f.lipschitz(1) == f.lipschitz(math.inf) == f.lipschitz(2) == 1
    assert f.min().value == 0 and f.min().where[0].vertices == ((0, 0),)
    value, where = f.max()
    assert value == 1 and len(where) == 4 and {w.dimension for w in where} == {1}
    ring = f.level_set("1/2")
    assert len(ring) == 4 and {p for s in ring for p in s.vertices} == {
        (a, b) for a in (-Q(1, 2), Q(1, 2)) for b in (-Q(1, 2), Q(1, 2))
    }
    assert f.level_set(0).faces[0].dimension == 0 and len(f.level_set(2)) == 0
    assert f((Q(1, 3), "1/7")) == Q(1, 3) and f([0.25, -0.5]) == 0.5
    assert f.gradient((Q(1, 3), 0)) == (1, 0)
    for r in f.regions:
        turn = [
            (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
            for a, b, c in zip(r.vertices, r.vertices[1:] + r.vertices[:1], r.vertices[2:] + r.vertices[:2])
        ]
        assert min(turn) > 0
    back = pickle.loads(pickle.dumps(f))
    assert (
        back == f
        and hash(back) == hash(f)
        and back.regions[0] == f.regions[0]
        and len({f.regions[0], back.regions[0]}) == 1
    )


@pytest.mark.parametrize("size", [1e-315, 1e-300, 1.5e308])
@pytest.mark.parametrize("method", ["fast", "exact"])
def test_lipschitz_constants_at_both_ends_of_the_floats(size, method):
    net = Network.from_arrays([[[1, 0], [0, 1]], [[size, size]]], [[0, 0], [1]])
    (f,) = extract_cells(net, cube(2), method=method)
    assert f.lipschitz(1) == Q(size) and f.lipschitz(math.inf) == 2 * Q(size)
    assert f.lipschitz() ** 2 == 2 * Q(size) ** 2


def test_lipschitz_constants():
    net = Network.from_arrays([[[1, 0], [0, 1]], [[3, 4]]])
    (f,) = extract_cells(net)
    assert f.lipschitz(1) == 4 and f.lipschitz(math.inf) == 7 and f.lipschitz() == 5
    (g,) = extract_cells(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]]))
    assert g.lipschitz() ** 2 == 2
    with pytest.raises(ShapeError, match="norm"):
        g.lipschitz(3)


def test_outputs_share_one_complex_and_have_a_boundary():
    net = Network.from_arrays([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], None, "abs")
    f, g = extract_cells(net, cube(2))
    assert f.complex is g.complex
    boundary = f.decision_boundary(g)
    assert {s.vertices for s in boundary} == {
        ((0, 0), (1, 1)),
        ((-1, -1), (0, 0)),
        ((-1, 1), (0, 0)),
        ((0, 0), (1, -1)),
    }
    again = f.decision_boundary(extract_cells(net.output(1), cube(2))[0])
    assert {s.vertices for s in again.of_dimension(1)} == {s.vertices for s in boundary}


def test_planes_through_space_and_rays_of_level_sets():
    net = Network.from_arrays([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 1]]], None, "abs")
    (f,) = extract_cells(net)
    octahedron = f.level_set(1)
    assert len(octahedron) == 8 and all(t.dimension == 2 and t.is_bounded for t in octahedron)
    (g,) = extract_cells(Network.from_arrays([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 1]]]))
    assert {s.rays for s in g.level_set(1) if s.dimension == 2} >= {((0, -1, 0), (0, 0, -1))} or len(
        g.level_set(1)
    ) == 7
    assert f.f_vector() == (1, 6, 12, 8) and sum((-1) ** k * n for k, n in enumerate(f.f_vector())) == -1


def test_float_values_on_many_points():
    net = pytorch_style((3, 16, 16, 1), 1009)
    (f,) = extract_cells(net, cube(3))
    x = np.random.default_rng(0).uniform(-1, 1, (40, 50, 3))
    assert f(x).shape == (40, 50) and np.abs(f(x) - net(x)[..., 0]).max() < 1e-14
    assert f.gradient(x).shape == x.shape
    p = x[0, 0]
    assert f.gradient(x)[0, 0].tolist() == [float(v) for v in f.region_at(p.tolist()).gradient]
    for bad in ([0, 0, 2], [0.0, 0.0, 2.0], [[0.0, 0.0, math.inf]]):
        with pytest.raises(DomainError):
            f(bad)
    with pytest.raises(ShapeError):
        f([0.0, 0.0])


def test_bent_hyperplane_of_a_generic_neuron_is_where_it_flips():
    (f,) = extract_cells(pytorch_style((2, 10, 5, 1), 1004), cube(2))
    for neuron in f.network.neurons():
        assert [x.index for x in f.bent_hyperplane(*neuron)] == [x.index for x in f.facets if neuron in x.neurons]
    with pytest.raises(PwlinError, match="neuron"):
        f.bent_hyperplane(2, 0)


def test_tables():
    f = pyramid()
    table = f.to_dataframe()
    assert len(table) == 4 and table["volume"].sum() == 4 and set(table["gradient_0"]) == {-1.0, 0.0, 1.0}
    assert f.to_dataframe(exact=True)["centroid_0"].isin([Q(0), Q(2, 3), Q(-2, 3)]).all()
    half = extract_cells(f.network)[0].to_dataframe()
    assert np.isinf(half["volume"]).all() and half["centroid_0"].isna().all()
    assert repr(f) == "PiecewiseLinearND(4 regions on Polytope(dim=2, 4 facets, 4 vertices))"


def test_functions_on_other_domains_differ():
    f = pyramid()
    g = extract_cells(f.network, [(-1, 1), (-1, 2)])[0]
    assert f != g and f != 3 and isinstance(f, PiecewiseLinearND)
    with pytest.raises(DomainError, match="other"):
        f + g
    triangle = extract_cells(f.network, Polytope.simplex(dim=2))[0]
    assert triangle.n_regions == 2 and triangle.integral() == Q(1, 4)
    with pytest.raises(DomainError, match="bounded"):
        extract_cells(f.network)[0].integral()


def test_far_from_the_origin():
    (f,) = extract_cells(Network.from_arrays([[[1, 0]], [[1]]]))
    far = Q(10**160)
    assert f([far, 0]) == far and f([-far, 0]) == 0
    assert f.region_at([far, 0]).pattern == ((True,),)
    assert f(np.array([[1e200, 0.0], [-1e200, 3.0]])).ravel().tolist() == [1e200, 0.0]


def test_vertices_are_counted_before_they_are_made():
    (f,) = extract_cells(Network.from_arrays([[[1, 0], [0, 1]], [[1, 3]]]), [(-1, 1), (-1, "1/3")])
    assert len(f.vertices) == 9 and not f.vertices._made
    assert f.vertices[0] == (-1, -1) and f.vertices[-1] == (1, Q(1, 3)) and list(f.vertices) == sorted(f.vertices)
    (lines,) = extract_cells(Network.from_arrays([[[1, 0]], [[1]]]))
    assert len(lines.vertices) == 0 == lines.n_vertices and list(lines.vertices) == []
