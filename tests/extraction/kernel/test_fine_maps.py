"""Maps in two floats are within their bound, which is small enough for correct rounding."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.extraction.kernel import fine_maps
from pwlin.extraction.kernel.fine_maps import FineMaps, Pair
from tests.reference.maps import maps
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def words(net, bits):
    """Patterns as the kernel has them."""
    packed = [net.numbering.packed([layer[row] for layer in bits]) for row in range(len(bits[0]))]
    count = net.numbering.first[-1] // 64 + 1
    data = b"".join(p.to_bytes(8 * count, "little") for p in packed)
    return np.frombuffer(data, dtype="<i8").reshape(-1, count).astype(np.int64)


def assert_within(net, seed, output=0):
    rng = np.random.default_rng(seed)
    bits = [rng.random((5, n)) < 0.5 for n in net.sizes]
    found = FineMaps(net, output)
    if found.bound < math.inf:
        for row, (high, low) in enumerate(zip(*found(words(net, bits)))):
            for a, b, exact in zip(high.tolist(), low.tolist(), maps(net, bits, row)[output]):
                assert abs(Q(a) + Q(b) - exact) <= Q(found.bound)
                assert a + b == a
    return found.bound


@examples(80)
@given(st.one_of(networks(2, 4, 5, outputs=2), hard_networks(2, outputs=2)), st.integers(0, 2**32))
def test_maps_are_within_the_bound(net, seed):
    for output in range(2):
        assert_within(net, seed, output)


@pytest.mark.parametrize(
    "activation", ["relu", "abs", ("leaky_relu", 0.1), ("leaky_relu", "1/4"), ("leaky_relu", "1/3")]
)
@pytest.mark.parametrize("sizes", [(2, 9, 1), (2, 7, 7, 1), (2, 6, 5, 6, 1), (3, 5, 4, 5, 17, 6, 1)])
def test_bounds_of_ordinary_networks_are_far_below_roundoff(sizes, activation):
    net = pytorch_style(sizes, 3)
    layers = [layer.weight_float for layer in net.layers], [layer.bias_float for layer in net.layers]
    bound = assert_within(Network.from_arrays(*layers, activation=activation), 0)
    assert bound < (1e-23 if activation != ("leaky_relu", "1/3") else 1e-13)


@pytest.mark.parametrize("sizes", [(2, 40, 1), (2, 9, 9, 1), (2, 8, 8, 8, 1), (2, 7, 7, 7, 7, 1), (3, 5, 5, 1)])
def test_numpy_rounds_correctly(sizes, monkeypatch):
    monkeypatch.setattr(fine_maps, "_AT_ONCE", 3)
    f = extract(pytorch_style(sizes, 5), [(-3, 3)] * sizes[0], method="fast")
    assert f.n_regions > 32
    gradients, offsets = f.numpy()
    for region, row, offset in zip(f.regions, gradients.tolist(), offsets.tolist()):
        assert (*row, offset) == (*map(float, region.gradient), float(region.offset))
    near, bound = f.near_maps
    assert bound < 1e-11 and np.abs(near - np.column_stack([gradients, offsets])).max() <= bound


def test_what_bounds_leave_open_is_made_exactly(monkeypatch):
    f = extract(pytorch_style((2, 9, 9, 1), 1), [(-1, 1)] * 2, method="fast")
    wanted = f.numpy()
    monkeypatch.setattr(FineMaps, "__call__", lambda self, patterns: Pair(*np.zeros((2, len(patterns), 3))))
    monkeypatch.setattr(FineMaps, "_prepared", lambda self, size: 1.0)
    again = extract(pytorch_style((2, 9, 9, 1), 1), [(-1, 1)] * 2, method="fast")
    for a, b in zip(again.numpy(), wanted):
        assert np.array_equal(a, b)


def test_rows_are_one_after_another_or_any():
    net = pytorch_style((2, 6, 5, 6, 1), 3)
    f = extract(net, [(-1, 1)] * 2, method="fast")
    patterns = words(net, f.complex.neurons.arrays(list(f.complex.patterns)))
    found = FineMaps(net)
    for every, some in zip(found(patterns), found(patterns[::-3])):
        assert np.abs(every[::-3] - some).max() <= 2.0**-53


@pytest.mark.parametrize(
    "net",
    [
        Network.from_arrays([np.full((4, 2), 1e-200), np.ones((1, 4))]),
        Network.from_arrays([np.full((4, 2), 1e200), np.ones((1, 4))]),
        Network.from_arrays([[[1.0, 2.0]]]),
    ],
)
def test_other_numbers_have_no_bound(net):
    assert FineMaps(net).bound == math.inf


def test_numbers_that_are_no_floats_have_one_for_choosing_only():
    third = Network.from_arrays(
        [[[Q(1, 3), 1], [1, 1], [Q(-2, 7), 3]], [[1, Q(1, 9), 1]]], activation=("leaky_relu", "1/3")
    )
    for seed in range(9):
        assert 1e-17 < assert_within(third, seed) < 1e-14


@pytest.mark.parametrize("large", [2.0**95, Q(9, 7 * 2**1074)])
@pytest.mark.parametrize("slopes", [(0, 1), (2.0**90, 2.0**-1070), (Q(1, 7 * 2**1074), 3)])
def test_numbers_below_all_floats_beside_large_ones(slopes, large):
    tiny = Q(3, 7 * 2**1074)
    weights = [
        [[tiny, large], [large, tiny]],
        [[tiny, large], [large, -tiny]],
        [[2.0**90, 5 * tiny], [1, 1]],
        [[2.0**90, tiny]],
    ]
    net = Network.from_arrays(weights, [[0, 2], [tiny, 1], [1, 0], [tiny]], ("two_slope", *slopes))
    for depth in range(1, 4):
        for seed in range(3):
            assert_within(Network(net.hidden[:depth], net.readout), seed)
