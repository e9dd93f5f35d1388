"""Which regions' maps differ, from residues, is what exact maps say."""

from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest

import pwlin
from pwlin import Network
from pwlin.exact.residues import PRIMES
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.layer import Layer


def pairs(sizes, seed, integers=False):
    rng = np.random.default_rng(seed)
    draw = (lambda shape: rng.integers(-2, 3, shape)) if integers else (lambda shape: rng.normal(size=shape))
    return [draw((n, m)) for m, n in zip(sizes, sizes[1:])], [draw(n) for n in sizes[1:]]


def sparse(net):
    layers = [
        Layer(SparseMatrix.of_dense(a.compact_weight), a.compact_bias, a.denominator, a.activations) for a in net.layers
    ]
    return Network(layers[:-1], layers[-1])


NETWORKS = {
    "floats": Network.from_arrays(*pairs((2, 6, 5, 3), 0)),
    "many silent facets": Network.from_arrays(*pairs((2, 7, 6, 2), 1, integers=True)),
    "sparse": sparse(Network.from_arrays(*pairs((2, 7, 6, 2), 2, integers=True))),
    "leaky": Network.from_arrays(*pairs((2, 5, 5, 2), 3, integers=True), activation=("leaky_relu", Q(1, 3))),
    "abs": Network.from_arrays(*pairs((2, 4, 4, 1), 4, integers=True), activation="abs"),
    "space": Network.from_arrays(*pairs((3, 5, 4, 2), 5, integers=True)),
    "extreme": Network.from_arrays([w * 1e30 for w in pairs((2, 5, 4, 1), 6)[0]], pairs((2, 5, 4, 1), 6)[1]),
    "a prime's multiples": Network.from_arrays(
        [[[1, 0], [0, 1]], [[PRIMES[0] * PRIMES[1], 0], [0, 1]]], [[0, 0], [0, 0]]
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_kinks_are_those_of_the_exact_maps(name):
    net = NETWORKS[name]
    functions = pwlin.extract(net, [(-3, 3)] * net.input_dim, method="fast")
    for f in functions if isinstance(functions, tuple) else (functions,):
        assert f.complex.residues.shape[:2] == (f.n_regions, net.output_dim)
        slow = type(f)(replace(f.complex, map_residues=None), f.network, f.output)
        assert np.array_equal(f.bends, slow.bends) and np.array_equal(f.piece_of_region, slow.piece_of_region)
        assert list(f.pieces) == list(slow.pieces)
        maps = list(f.complex.output_maps(f.output))
        for (a, b), bends in zip(f.complex.facet_cells[f.complex.interior].tolist(), f.bends.tolist()):
            assert bends == (maps[a] != maps[b])


def test_residues_are_those_of_the_maps():
    f = pwlin.extract(NETWORKS["leaky"], [(-3, 3)] * 2, method="fast")[1]
    for cell, row in enumerate(f.complex.output_maps(1)):
        assert f.complex.residues[cell, 1].tolist() == [v % prime for prime in PRIMES for v in row]
