"""Rows of maps in single regions are those that arrays make of many."""

import numpy as np
import pytest

from pwlin import Network, extract
from pwlin.extraction.kernel.exact_rows import ExactRows
from pwlin.networks.maps import SingleMaps
from tests.extraction.kernel.test_fine_maps import words
from tests.strategies.networks import pytorch_style


@pytest.mark.parametrize("activation", ["relu", "abs", "identity"])
@pytest.mark.parametrize("sizes", [(2, 9, 1), (2, 7, 7, 2), (3, 5, 4, 5, 4, 6, 1), (2, 20, 17, 33, 40, 1)])
@pytest.mark.parametrize("scale", [0, -40, 30])
def test_rows_are_those_of_many(sizes, activation, scale):
    plain, rng = pytorch_style(sizes, 3), np.random.default_rng(4)
    weights = [layer.weight_float * 2.0 ** (scale * k) for k, layer in enumerate(plain.layers)]
    net = Network.from_arrays(weights, [layer.bias_float for layer in plain.layers], activation)
    bits = [rng.random((3, n)) < 0.6 for n in net.sizes]
    bits[0][0], bits[-1][1] = True, False
    rows, many, patterns = ExactRows(net), SingleMaps(net), words(net, bits)
    for k, layer in enumerate(net.layers):
        for i, r in ((0, 0), (layer.n_out - 1, 1), (layer.n_out // 2, 2)):
            (wanted,) = zip(*many.entries(k, bits, np.array([r]), np.array([i])))
            assert ExactRows.suits(net) and rows(k, i, patterns[r]) == wanted


def test_other_networks_are_left_to_arrays():
    plain = pytorch_style((2, 5, 5, 1), 0)
    weights = [layer.weight_float for layer in plain.layers]
    assert not ExactRows.suits(Network.from_arrays(weights, activation=("leaky_relu", 0.1)))
    assert not ExactRows.suits(Network.from_arrays([[[1, 2]]]))
    wide = [np.full((2000, 2), 0.1), np.full((1, 2000), 0.1)]
    assert not ExactRows.suits(Network.from_arrays(wide))


@pytest.mark.parametrize("activation", ["relu", "abs", ("leaky_relu", 0.1)])
def test_single_entries_of_a_complex_are_those_of_all(activation):
    plain = pytorch_style((2, 8, 8, 2), 2)
    net = Network.from_arrays(
        [layer.weight_float for layer in plain.layers], [layer.bias_float for layer in plain.layers], activation
    )
    one, all_ = (extract(net, [(-2, 2)] * 2, method="fast")[1].complex for _ in range(2))
    for name in ("maps", "generators", "facet_normals"):
        entries = list(getattr(all_, name))
        assert [getattr(one, name)[i] for i in range(len(entries) - 1, -1, -7)] == entries[::-7]
    rows = list(all_.output_maps(1))
    assert one.exact_maps(np.array([0, 3]), 1) == [rows[0], rows[3]]
