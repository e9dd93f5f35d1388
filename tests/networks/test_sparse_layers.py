"""Layers whose weights are sparse: the same network, on every road that has one of its own for them."""

import pickle
from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin import Network, extract
from pwlin.exact.sparse import SparseMatrix
from pwlin.extraction.line.exact import extract_line
from pwlin.networks.activation import IDENTITY, RELU
from pwlin.networks.compose import beside
from pwlin.networks.layer import Layer
from pwlin.networks.maps import SingleMaps


def sparsened(net):
    layers = [
        Layer(SparseMatrix.of_dense(k.compact_weight), k.compact_bias, k.denominator, k.activations, k.units)
        for k in net.layers
    ]
    return Network(layers[:-1], layers[-1])


def make(sizes, seed, big=False):
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        w = rng.normal(size=(n_out, n_in)) * (rng.random((n_out, n_in)) < 0.6)
        weights.append(w * 2.0**-70 if big else w.astype(np.float32))
        biases.append(rng.normal(size=n_out))
    return Network.from_arrays(weights, biases, ("leaky_relu", Q(1, 3)) if seed % 2 else "relu")


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_network(seed, big):
    dense = make((3, 9, 7, 2), seed, big)
    sparse = sparsened(dense)
    assert sparse == dense and hash(sparse) == hash(dense) and pickle.loads(pickle.dumps(sparse)) == dense
    assert all(layer.sparse is not None for layer in sparse.layers)
    x = np.random.default_rng(seed).normal(size=(5, 3))
    assert np.allclose(sparse(x), dense(x), rtol=1e-12)
    for point in x:
        assert sparse.exact(point) == dense.exact(point) and sparse.pattern(point) == dense.pattern(point)
    assert sparse.restrict(x[0], x[1]) == dense.restrict(x[0], x[1])
    assert sparse.output(1) == dense.output(1)
    assert sparse.rationalize(100) == dense.rationalize(100)
    both = beside(sparse, sparse.rationalize(9))
    assert both == beside(dense, dense.rationalize(9)) and all(layer.sparse is not None for layer in both.layers)
    for a, b in zip(sparse.layers, dense.layers):
        assert np.array_equal(a.weight_float, b.weight_float) and a.bits == b.bits and a.sparse.size == a.n_weights


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_on_the_line(seed, filtered):
    dense = make((3, 12, 9, 8, 2), seed).restrict((0, 0, 1), (1, 2, -1))
    sparse = sparsened(dense)
    for f, g in zip(extract_line(sparse, (-3, 3), filtered=filtered), extract_line(dense, (-3, 3))):
        assert f == g and f.kinks == g.kinks and f.neuron_status() == g.neuron_status()
        assert [r.pattern for r in f.regions] == [r.pattern for r in g.regions]


@pytest.mark.parametrize("method", ["exact", "fast"])
def test_in_cells(method):
    dense = make((2, 7, 6, 1), 3)
    f, g = (extract(net, [(-1, 1), (-1, 1)], method=method) for net in (sparsened(dense), dense))
    assert f == g and f.f_vector() == g.f_vector()


def test_a_large_layer_of_floats_stays_floats():
    rng = np.random.default_rng(0)
    net = Network.from_arrays([rng.normal(size=(256, 300)), rng.normal(size=(1, 256))], [rng.normal(size=256), None])
    line = net.restrict(rng.normal(size=300), rng.normal(size=300))
    assert "compact_weight" not in net.hidden[0].__dict__
    integers = net.hidden[0].weight_integers  # the same product, in Python integers
    first = Layer.from_arrays(np.zeros((300, 1)) + 0.5, np.full(300, 0.25))
    merged = net._after(first).hidden[0]
    assert merged.weight[:, 0].tolist() == [Q(int(sum(row)), 2 * net.hidden[0].denominator) for row in integers]
    assert line.input_dim == 1


def test_neurons_that_nothing_reaches():
    weights = [np.eye(40, 1, dtype=int), np.zeros((40, 40), dtype=int), np.eye(1, 40, dtype=int)]
    weights[1][0, 0] = 1
    dense = Network.from_arrays(weights, [[k - 20 for k in range(40)], [-1] * 40, [0]])
    for f, g in zip(extract_line(sparsened(dense), (-3, 3), filtered=True), extract_line(dense, (-3, 3))):
        assert f == g and f.neuron_status() == g.neuron_status()


def pooled(seed, bias=0.0):
    """Two max-pools of ReLUs, whose units are differences of values that are often both exactly zero; ten outputs."""
    rng = np.random.default_rng(seed)
    first = Layer.from_arrays(rng.normal(size=(24, 1)), rng.normal(size=24) - bias).with_activations((RELU,) * 24)
    layers = [first]
    for n in (12, 6, 3):  # max(a, b) = relu(a - b) + b, with b carried along
        pair = np.kron(np.eye(n, dtype=int), [1, -1]), np.kron(np.eye(n, dtype=int), [0, 1])
        rows = np.concatenate(pair)
        if len(layers) > 1:  # what came before are units and what is carried
            rows = rows @ np.kron([1, 1], np.eye(2 * n, dtype=int))
        matrix = SparseMatrix.of_dense(rows)
        layers.append(Layer(matrix, np.zeros(2 * n, dtype=int), 1, (RELU,) * n + (IDENTITY,) * n, n))
    return Network(layers, Layer.from_arrays(rng.normal(size=(10, 6)), rng.normal(size=10)))


@pytest.mark.parametrize("bias", [0.0, 1.5])
@pytest.mark.parametrize("seed", range(3))
def test_units_that_are_exactly_zero(seed, bias):
    net = pooled(seed, bias)
    for domain in ((-3, 3), None):
        for f, g in zip(
            extract_line(net, domain, filtered=True), extract_line(net, domain, filtered=False), strict=True
        ):
            assert f.regions == g.regions and f.kinks == g.kinks and f.neuron_status() == g.neuron_status()


def test_zeros_that_are_known_need_no_exact_maps(monkeypatch):
    asked = []
    entries = SingleMaps.entries
    monkeypatch.setattr(
        SingleMaps, "entries", lambda self, k, *rest: (asked.append(len(rest[1])), entries(self, k, *rest))[1]
    )
    net = pooled(0, 1.5)
    regions = extract_line(net, (-3, 3), filtered=True)[0].regions
    assert sum(asked) < 10 + 6 * len(regions)  # of 21 differences at each end of a region most are zero
