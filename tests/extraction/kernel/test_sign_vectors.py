"""Counting by sign vectors: the number of cells, or nothing where floats do not prove it."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, Polytope, bounds, count_regions
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.kernel import sign_vectors
from pwlin.extraction.kernel.sign_vectors import count_signs
from tests.strategies.effort import examples

CUBE = Polytope.box([(-1, 1)] * 5)


def one_layer(n, d, seed, **options):
    rng = np.random.default_rng(seed)
    return Network.from_arrays([rng.normal(size=(n, d)), np.ones((1, n))], [rng.normal(size=n), [0]], **options)


@pytest.mark.parametrize(("n", "d"), [(4, 5), (8, 5), (9, 7), (7, 40)])
def test_hyperplanes_in_general_position_make_as_many_cells_as_zaslavsky_says(n, d):
    box = Polytope.box([(-3000, 3000)] * d)  # about all their points of intersection
    told = []
    assert count_signs(one_layer(n, d, 0), box, lambda more: told.append(more)) == bounds.zaslavsky(n, d) == sum(told)


@pytest.mark.parametrize("activation", ["relu", "abs", ("leaky_relu", "1/4"), "identity"])
def test_it_is_the_number_of_cells(activation):
    net = one_layer(6, 5, 1, activation=activation)
    assert count_signs(net, CUBE) == len(cell_complex(net, CUBE)) == count_regions(net, CUBE, method="fast")


entries = st.sampled_from([-1.0, 0.0, 0.0, 1.0]) | st.floats(-2, 2) | st.sampled_from([1e-300, -1e300, 0.5, 1e-9])


@examples(60)
@given(st.data())
def test_it_is_right_or_not_told(data):
    d, n = data.draw(st.integers(2, 3)), data.draw(st.integers(1, 5))
    rows = data.draw(st.lists(st.lists(entries, min_size=d + 1, max_size=d + 1), min_size=n, max_size=n))
    if data.draw(st.booleans()):
        rows[-1] = [2 * v for v in rows[0]]
    net = Network.from_arrays([[row[:-1] for row in rows], [[1.0] * n]], [[row[-1] for row in rows], [0.0]])
    box = Polytope.box([data.draw(st.sampled_from([(-1, 1), (0, 1), (-0.1, 3), (-(2**70), 1)])) for _ in range(d)])
    assert count_signs(net, box) in (None, len(cell_complex(net, box)))


@pytest.mark.parametrize("factor", [1, -2])
def test_where_it_is_not_proved_vertices_are_counted(factor, monkeypatch):
    monkeypatch.setattr(sign_vectors, "_AT_ONCE", 3)
    first = one_layer(5, 5, 3).hidden[0]
    weights, biases = first.weight_float.copy(), first.bias_float.copy()
    weights[-1], biases[-1] = factor * weights[0], factor * biases[0]  # hyperplanes that coincide
    net = Network.from_arrays([weights, np.ones((1, 5))], [biases, [0]])
    told = []
    assert count_signs(net, CUBE, lambda more: told.append(more)) is None and sum(told) == 0
    assert count_regions(net, CUBE, method="fast") == len(cell_complex(net, CUBE))


def test_nobody_needs_the_corners_of_a_cube_of_many_dimensions():
    net = one_layer(6, 40, 2)  # the cube has a trillion
    assert count_regions(net, [(-1, 1)] * 40, method="fast") == 2**6


def test_others_are_left_alone():
    net = one_layer(3, 5, 4)
    thirds = Network.from_arrays([net.hidden[0].weight / Q(3), np.ones((1, 3))])
    zero = Network.from_arrays([np.zeros((1, 5)), [[1]]])
    deep = Network.from_arrays([np.eye(5), np.eye(5), np.ones((1, 5))])
    for other in (thirds, zero, deep):
        assert count_signs(other, Polytope.box([(-1, 1)] * other.input_dim)) is None
    for domain in (
        Polytope.whole_space(5),
        Polytope.simplex([[0] * 5, *np.eye(5, dtype=int).tolist()]),
        Polytope.box([(-1, "1/3")] * 5),
        Polytope.box([(0, 2**300)] * 5),
        Polytope.box([(None, 1), *[(0, 1)] * 4]),
        Polytope.from_halfspaces(
            [*np.eye(5, dtype=int).tolist(), *(-np.eye(5, dtype=int)).tolist(), [1] * 5], [1] * 11
        ),
    ):
        assert count_signs(net, domain) is None
