"""Golden answers: counts that are known, or that agree between independent exact programs."""

import math
from fractions import Fraction as Q
from itertools import pairwise

import numpy as np
import pytest

from pwlin.base.errors import DomainError
from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.cells.extract import extract_cells
from pwlin.networks.network import Network
from tests.strategies.networks import pytorch_style


def cube(d):
    return [(-1, 1)] * d


@pytest.mark.parametrize(
    ("widths", "seed", "regions", "pieces"),
    [
        ((2, 10, 5, 1), 1004, 41, None),
        ((2, 32, 32, 1), 1005, 805, None),
        ((2, 64, 64, 64, 1), 1006, 3548, None),
        ((3, 16, 16, 1), 1009, 2143, None),
        ((5, 10, 10, 1), 1013, 1355, 1318),
    ],
)
def test_uniform_networks(widths, seed, regions, pieces):
    (f,) = extract_cells(pytorch_style(widths, seed), cube(widths[0]))
    assert f.n_regions == regions
    assert f.n_pieces == (pieces or f.n_pieces)
    if widths[0] <= 3:
        assert sum((-1) ** k * n for k, n in enumerate(f.f_vector())) == 1
    if regions < 1000:
        assert sum(r.volume for r in f.regions) == 2 ** widths[0]


def arrangement(normals, offsets):
    n = len(normals)
    return Network.from_arrays([normals, [[1] * n]], [offsets, [0]])


@pytest.mark.parametrize(("n", "d"), [(0, 2), (1, 2), (5, 2), (8, 2), (2, 3), (6, 3), (6, 4), (7, 5)])
def test_generic_hyperplanes(n, d):
    """Zaslavsky 1975: the sum of C(n, j) for j <= d regions; on the moment curve they are generic."""
    normals = [[Q(t) ** k for k in range(d)] for t in range(1, n + 1)] or [[0] * d]
    net = arrangement(normals, [Q(t) ** d for t in range(1, n + 1)] or [1])
    (f,) = extract_cells(net)
    assert f.n_regions == sum(math.comb(n, j) for j in range(d + 1))
    faces = [
        sum(math.comb(n, d - k) * math.comb(n - d + k, j) for j in range(k + 1)) if n >= d - k else 0
        for k in range(d + 1)
    ]
    assert f.f_vector() == tuple(faces)
    assert count_regions(net) == f.n_regions


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_lines_through_a_point(n):
    net = arrangement([[1, t] for t in range(n)], [-t for t in range(n)])
    (f,) = extract_cells(net)
    assert f.f_vector() == ((1, 2 * n, 2 * n) if n > 1 else (0, 1, 2))


def test_parallel_lines_have_no_vertices():
    (f,) = extract_cells(arrangement([[1, 2], [2, 4], [-1, -2]], [0, 1, 3]))
    assert f.f_vector() == (0, 3, 4) and f.vertices == () and f.regions[0].lines == ((2, -1),)
    assert all(facet.lines == ((2, -1),) and len(facet.regions) == 2 for facet in f.facets)
    assert f.min().value == Q(7, 2) and f.min().where[0].lines == ((2, -1),)
    with pytest.raises(DomainError, match="unbounded above"):
        f.max()


def tents_in_the_plane(levels):
    """x and y each through `levels` tents 2 relu(x) - 4 relu(x - 1/2)."""
    first = [[1, 0], [1, 0], [0, 1], [0, 1]]
    inner = [[2, -4, 0, 0], [2, -4, 0, 0], [0, 0, 2, -4], [0, 0, 2, -4]]
    bias = [0, Q(-1, 2), 0, Q(-1, 2)]
    return Network.from_arrays([first, *[inner] * (levels - 1), [[2, -4, 2, -4]]], [bias] * levels + [[0]])


@pytest.mark.parametrize("counts", [(2, 1), (1, 2), (3, 2), (2, 1, 1), (1, 2, 2), (2, 2, 2)])
@pytest.mark.parametrize("slanted", [False, True])
def test_parallel_hyperplanes_on_all_of_space(counts, slanted):
    d = len(counts)
    axes = [[int(i == j or (slanted and j < i)) for j in range(d)] for i in range(d)]
    weight = [axes[i] for i, n in enumerate(counts) for _ in range(n)]
    bias = [shift for n in counts for shift in range(n)]
    (f,) = extract_cells(Network.from_arrays([weight, [[1] * len(weight)]], [bias, [0]]))
    # the faces of a product are products of faces: n points and n + 1 intervals on every axis
    by_dimension = np.array([1])
    for n in counts:
        by_dimension = np.convolve(by_dimension, [n, n + 1])
    assert f.f_vector() == tuple(by_dimension.tolist())


def test_tents_in_the_plane():
    (f,) = extract_cells(tents_in_the_plane(3), [(0, 1), (0, 1)])
    assert f.n_regions == f.n_pieces == 64 and f.f_vector() == (81, 144, 64)
    assert {r.volume for r in f.regions} == {Q(1, 64)} and f.integral() == 1
    assert count_regions(tents_in_the_plane(5), [(0, 1), (0, 1)]) == 1024


def test_absolute_values():
    """relu(|x| - |y|) + 2 relu(|x| + |y| - 1): zero above and below the origin, each time in two regions."""
    net = Network.from_arrays([[[1, 0], [0, 1]], [[1, -1], [1, 1]], [[1, 2]]], [[0, 0], [0, -1], [0]], ["abs", "relu"])
    (f,) = extract_cells(net, [(-2, 2), (-2, 2)])
    assert (f.n_regions, f.n_pieces) == (16, 14)
    assert sorted(len(p.regions) for p in f.pieces) == [1] * 12 + [2] * 2
    (g,) = extract_cells(net)
    assert (g.n_regions, g.n_pieces) == (16, 14)
    assert f.min().value == 0 and f.max().value == 6 and len(f.silent_facets) == 2
    assert {p for face in f.min().where for p in face.vertices} == {(0, 0), (0, 1), (0, -1)} | {
        (Q(a, 2), Q(b, 2)) for a in (-1, 1) for b in (-1, 1)
    }


def test_twins_dead_and_constant_units_change_patterns_only():
    base = Network.from_arrays([[[1, 0], [1, 1]], [[1, 1], [1, -1]], [[1, -2]]], [[0, "1/3"], [-1, 0], [0]])
    more = Network.from_arrays(
        [
            [[1, 0], [1, 1], [2, 2], [-1, -1], [0, 0], [0, 0], [0, 0]],
            [[1, 1, 0, 0, 0, 5, 9], [1, -1, 0, 0, 0, 5, 7], [1, 1, 0, 0, 0, 0, 3]],
            [[1, -2, 0]],
        ],
        [[0, "1/3", "2/3", "-1/3", 0, -1, 0], [-1, 0, -1], [0]],
    )
    domain = [(-1, 1), (-1, 1)]
    (f,), (g,) = extract_cells(base, domain), extract_cells(more, domain)
    assert f == g and hash(f) == hash(g)
    assert f.f_vector() == g.f_vector() and set(f.vertices) == set(g.vertices)
    assert sorted(r.vertices for r in f.regions) == sorted(r.vertices for r in g.regions)
    status = g.neuron_status()
    assert status[0, 4] == status[0, 5] == status[0, 6] == "dead" and status[1, 2] == "silent"
    both = next(x for x in g.facets if (0, 1) in x.neurons)
    assert both.neurons[:3] == ((0, 1), (0, 2), (0, 3))


@pytest.mark.parametrize("scale", [1e-8, 1e8, 1e-300, 1e300])
def test_scaled_weights(scale):
    weights = [np.array([[1.0, 0.5], [0.25, -1.0], [1.0, 1.0]]) * scale, np.array([[1.0, -1.0, 0.5]]) * scale]
    (f,) = extract_cells(Network.from_arrays(weights, [np.array([0.0, 0.125, -0.25]) * scale, [0.0]]), cube(2))
    (g,) = extract_cells(Network.from_arrays([w / scale for w in weights], [[0, 0.125, -0.25], [0]]), cube(2))
    assert f.f_vector() == g.f_vector() == (13, 19, 7)  # 4 corners, 6 ends, 3 crossings


@pytest.mark.parametrize(
    "change",
    [np.sign, np.round, lambda w: np.round(w * 4) / 4, lambda w: np.round(w * 8) / 8],
    ids=["ternary", "integer", "quarters", "eighths"],
)
@pytest.mark.parametrize("biased", [True, False])
def test_structured_weights(change, biased):
    rng = np.random.default_rng(7)
    weights = [change(rng.normal(size=(b, a))) for a, b in pairwise((2, 8, 8, 1))]
    biases = [change(rng.normal(size=b)) * biased for b in (8, 8, 1)]
    (f,) = extract_cells(Network.from_arrays(weights, biases), cube(2))
    v = f.f_vector()
    assert v[0] - v[1] + v[2] == 1 and sum(r.volume for r in f.regions) == 4
    if not biased:
        assert all(max(map(abs, p)) == 1 or not any(p) for p in f.vertices)  # cones from the origin


def test_a_bent_hyperplane_along_a_facet():
    """relu(|x|) of the second layer touches zero along x = 0 and flips nowhere."""
    net = Network.from_arrays([[[1, 0]], [[1]], [[1]]], [[0], [0], [0]], ["abs", "relu"])
    (f,) = extract_cells(net, cube(2))
    assert f.n_regions == 2 and [x.neurons for x in f.kinks] == [((0, 0),)]
    assert [x.index for x in f.bent_hyperplane(1, 0)] == [x.index for x in f.bent_hyperplane(0, 0)]
    assert f.neuron_status() == {(0, 0): "active", (1, 0): "always_on"}


def test_known_neighbours():
    """198 true adjacencies on R^2, where pairing patterns that differ in one place gets one wrong."""
    (f,) = extract_cells(pytorch_style((2, 10, 5, 1), 1004))
    shared = len(f.complex.interior)
    close = sum((a ^ b).bit_count() == 1 for i, a in enumerate(f.complex.patterns) for b in f.complex.patterns[:i])
    assert shared == len(f.facets) < close + 2
    graph = f.dual_graph()
    assert graph.number_of_edges() == shared and graph.number_of_nodes() == f.n_regions
