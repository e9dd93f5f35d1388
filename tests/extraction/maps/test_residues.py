"""Residues of maps are those of the exact maps, and pieces are the same whatever residues tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.extraction.maps import map_residues, residues
from tests.reference.maps import maps
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


@examples(80)
@given(st.one_of(networks(2, 4, 5, outputs=2), hard_networks(2, outputs=2)), st.integers(0, 2**32))
def test_residues_are_those_of_the_maps(net, seed):
    if not net.hidden:
        return
    rng = np.random.default_rng(seed)
    bits = [rng.random((6, n)) < 0.5 for n in net.sizes]
    prime = residues._prime_below(int((2**53 // (1 + max(layer.n_in for layer in net.layers))) ** 0.5))
    den = net.denominators[-1]
    for output in range(2):
        for row, found in enumerate(map_residues(net, output, bits).tolist()):
            assert found == [int(v * den) % prime for v in maps(net, bits, row)[output]]


def test_in_parts_too(monkeypatch):
    net = pytorch_style((2, 6, 5, 1), 0)
    bits = [np.random.default_rng(0).random((20, n)) < 0.5 for n in net.sizes]
    wanted = map_residues(net, 0, bits)
    monkeypatch.setattr(residues, "_AT_ONCE", 20)
    assert np.array_equal(map_residues(net, 0, bits), wanted) and len(np.unique(wanted, axis=0)) > 1


TERNARY = Network.from_arrays(
    *[[np.random.default_rng(0).integers(-1, 2, s) for s in shapes] for shapes in ([(9, 2), (9, 9), (2, 9)], [9, 9, 2])]
)


@pytest.mark.parametrize("net", [pytorch_style((2, 8, 8, 2), 1), TERNARY])
def test_pieces_are_the_same_with_residues_that_tell_nothing(net, monkeypatch):
    def pieces():
        return [p.regions for f in extract(net, [(-1, 1)] * 2, method="fast") for p in f.pieces]

    found = pieces()
    monkeypatch.setattr("pwlin.extraction.kernel.fine_maps.FineMaps._prepared", lambda self, size: np.inf)
    told = []

    def nothing(net, output, bits):
        told.append(output)
        return np.zeros((len(bits[0]), 3), dtype=np.int64)

    monkeypatch.setattr("pwlin.extraction.kernel.result.map_residues", nothing)
    assert pieces() == found and told == [0, 1]
