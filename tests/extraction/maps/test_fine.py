"""Maps in two floats are within their bound, which is small enough for correct rounding."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.extraction.maps import fine
from pwlin.extraction.maps.fine import FineMaps
from tests.extraction.maps.test_near import maps
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def assert_within(net, seed, output=0):
    rng = np.random.default_rng(seed)
    bits = [rng.random((5, n)) < 0.5 for n in net.sizes]
    found = FineMaps(net, output)
    if found.bound < math.inf:
        for row, (high, low) in enumerate(zip(*found(bits))):
            for a, b, exact in zip(high.tolist(), low.tolist(), maps(net, bits, row)[output]):
                assert abs(Q(a) + Q(b) - exact) <= Q(found.bound)
    return found.bound


@examples(60)
@given(st.one_of(networks(2, 4, 5, outputs=2), hard_networks(2, outputs=2)), st.integers(0, 2**32))
def test_maps_are_within_the_bound(net, seed):
    for output in range(2):
        assert_within(net, seed, output)


@pytest.mark.parametrize("activation", ["relu", "abs", ("leaky_relu", 0.1), ("leaky_relu", "1/4")])
@pytest.mark.parametrize("sizes", [(2, 9, 1), (2, 7, 7, 1), (2, 6, 5, 6, 1), (3, 5, 4, 5, 4, 6, 1)])
def test_bounds_of_ordinary_networks_are_far_below_roundoff(sizes, activation):
    net = pytorch_style(sizes, 3)
    layers = [layer.weight_float for layer in net.layers], [layer.bias_float for layer in net.layers]
    assert assert_within(Network.from_arrays(*layers, activation=activation), 0) < 1e-23


@pytest.mark.parametrize("at_once", [1, 1 << 17])
@pytest.mark.parametrize("sizes", [(2, 40, 1), (2, 9, 9, 1), (2, 8, 8, 8, 1), (2, 7, 7, 7, 7, 1), (3, 5, 5, 1)])
def test_numpy_rounds_correctly(sizes, at_once, monkeypatch):
    monkeypatch.setattr(fine, "_AT_ONCE", at_once)
    f = extract(pytorch_style(sizes, 5), [(-3, 3)] * sizes[0], method="fast")
    assert f.n_regions > 32
    gradients, offsets = f.numpy()
    for region, row, offset in zip(f.regions, gradients.tolist(), offsets.tolist()):
        assert (*row, offset) == (*map(float, region.gradient), float(region.offset))


def test_what_bounds_leave_open_is_made_exactly(monkeypatch):
    f = extract(pytorch_style((2, 9, 9, 1), 1), [(-1, 1)] * 2, method="fast")
    wanted = f.numpy()
    monkeypatch.setattr(FineMaps, "__call__", lambda self, bits: fine.Pair(*np.zeros((2, len(bits[0]), 3))))
    monkeypatch.setattr(FineMaps, "_prepared", lambda self: 1.0)
    again = extract(pytorch_style((2, 9, 9, 1), 1), [(-1, 1)] * 2, method="fast")
    for a, b in zip(again.numpy(), wanted):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    "net",
    [
        Network.from_arrays([np.full((4, 2), 1e-200), np.ones((1, 4))]),
        Network.from_arrays([np.full((4, 2), 1e200), np.ones((1, 4))]),
        Network.from_arrays([[[Q(1, 3), 1], [1, 1]], [[1, 1]]]),
        Network.from_arrays([[[1.0, 1], [1, 1]], [[1.0, 1]]], activation=("leaky_relu", "1/3")),
        Network.from_arrays([[[1.0, 2.0]]]),
    ],
)
def test_other_numbers_have_no_bound(net):
    assert FineMaps(net).bound == math.inf
