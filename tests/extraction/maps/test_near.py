"""Float maps of many regions are within their bound."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.extraction.maps import near as near_maps
from pwlin.extraction.maps.near import NearMaps
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


@examples(80)
@given(st.one_of(networks(2, 4, 5, outputs=2), hard_networks(2, outputs=2)), st.integers(0, 2**32))
def test_maps_are_within_the_bound(net, seed):
    rng = np.random.default_rng(seed)
    bits = [rng.random((6, n)) < 0.5 for n in net.sizes]
    for output in range(2):
        near = NearMaps(net, output)
        if not net.hidden:
            assert near.bound == math.inf
        if near.bound < math.inf:
            for values, exact in zip(near(bits), (maps(net, bits, row)[output] for row in range(6))):
                assert all(abs(Q(v) - e) <= Q(near.bound) for v, e in zip(values.tolist(), exact))


def maps(net, bits, row):
    """Row by row in Fractions."""
    d = net.input_dim
    found = [[Q(int(i == j)) for j in range(d + 1)] for i in range(d)]
    for k, layer in enumerate(net.layers):
        unit = [Q(0)] * d + [Q(1)]
        found = [
            [(sum(w * m[c] for w, m in zip(ws, found)) + b * u) / layer.denominator for c, u in enumerate(unit)]
            for ws, b in zip(layer.weight_integers.tolist(), layer.bias_integers.tolist())
        ]
        if k < len(net.hidden):
            slopes = [a.right if on else a.left for a, on in zip(layer.activations, bits[k][row])]
            found = [[s * v for v in m] for s, m in zip(slopes, found)]
    return found


@pytest.mark.parametrize("sizes", [(2, 9, 1), (2, 7, 7, 1), (2, 6, 5, 6, 1), (3, 5, 4, 5, 4, 1)])
def test_bounds_of_ordinary_networks_are_small_in_blocks_of_any_size(sizes, monkeypatch):
    net = pytorch_style(sizes, 3)
    f = extract(net, [(-1, 1)] * sizes[0], method="fast")
    bits = f.complex.neurons.arrays(list(f.complex.patterns))
    near = NearMaps(net)
    found = near(bits)
    assert near.bound < 1e-11
    assert np.abs(near([b[::3] for b in bits]) - found[::3]).max() <= 2 * near.bound
    monkeypatch.setattr(near_maps, "_AT_ONCE", 1)
    assert np.abs(near(bits) - found).max() <= 2 * near.bound
    assert np.abs(np.column_stack(f.numpy()) - found).max() <= near.bound


@pytest.mark.parametrize("factor", [1e-200, 1e200])
def test_numbers_far_from_one_have_no_bound(factor):
    net = pytorch_style((2, 4, 4, 1), 0)
    far = Network.from_arrays([layer.weight_float * factor for layer in net.layers])
    assert NearMaps(far).bound == math.inf
