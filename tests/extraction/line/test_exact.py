"""Extraction on the line: laws over random and degenerate networks, and golden answers."""

from fractions import Fraction as Q
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import Network, extract
from pwlin.extraction.line.exact import extract_line, is_heavy
from pwlin.extraction.line.signs import UNSURE, FloatLayer, FloatPoints, Places, certain_signs
from pwlin.networks import maps as single_maps
from tests.reference.line import reference_regions
from tests.strategies.effort import examples
from tests.strategies.networks import floats, networks, pytorch_style

floats32 = st.floats(-2, 2, width=32)
DOMAINS = (None, (-1, 1), (0, "1/3"), (None, 0), (0, None), (-2, 5))
TENT = Network.from_arrays([[[1], [1]], [[2, -4]]], [[0, "-1/2"], [0]])
HAT = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])


def tent(times):
    net = TENT
    for _ in range(times - 1):
        net = TENT @ net
    return net


@examples(300)
@given(networks(outputs=2), st.sampled_from(DOMAINS), st.sampled_from([None, False, True]))
def test_equals_the_all_rational_reference(net, domain, filtered):
    expected = reference_regions(net, domain)
    for i, f in enumerate(extract_line(net, domain, filtered=filtered)):
        found = [(r.left, r.right, r.pattern, (r.slope, r.intercept)) for r in f.regions]
        assert found == [(r.left, r.right, r.pattern, r.outputs[i]) for r in expected]


@examples(100)
@given(networks(entries=floats | floats32, max_width=8), st.sampled_from(DOMAINS))
def test_certified_floats_change_nothing(net, domain):
    plain, filtered = (extract_line(net, domain, filtered=choice)[0] for choice in (False, True))
    assert plain.regions == filtered.regions
    assert plain == filtered and hash(plain) == hash(filtered) and plain.kinks == filtered.kinks


@pytest.mark.parametrize(
    ("domain", "activation"), [(None, "relu"), ((-1, 1), ("leaky_relu", 0.01)), (("1/3", None), "abs")]
)
@pytest.mark.parametrize("sizes", [(1, 25, 25, 1), (1, 20, 20, 20, 2), (1, 70, 3)])
def test_wide_networks_equal_the_all_rational_reference(sizes, domain, activation, monkeypatch):
    monkeypatch.setattr(single_maps, "_MOST", 7)  # in several parts
    plain = pytorch_style(sizes, 5)
    net = Network.from_arrays(
        [layer.weight for layer in plain.layers], [layer.bias for layer in plain.layers], activation=activation
    )
    assert is_heavy(net)
    expected = reference_regions(net, domain)
    for i, f in enumerate(extract_line(net, domain)):
        found = [(r.left, r.right, r.pattern, (r.slope, r.intercept)) for r in f.regions]
        assert found == [(r.left, r.right, r.pattern, r.outputs[i]) for r in expected]


@pytest.mark.parametrize("outputs", [1, 3])
def test_degenerate_wide_networks_equal_the_all_rational_reference(outputs):
    # twins everywhere: all breakpoints have several flips; opposite twins without bias: dead sums; and a zero layer
    rng = np.random.default_rng(0)
    first, bias = rng.normal(size=(12, 1)), rng.normal(size=12)
    second = np.repeat(rng.normal(size=(12, 12)), 2, axis=1)
    for last in (rng.normal(size=(24, 12)), np.repeat([[1.0], [-1.0]], 12, axis=0) * rng.normal(size=(24, 12))):
        weights = [np.repeat(first, 2, axis=0), second, last, rng.normal(size=(outputs, 24))]
        net = Network.from_arrays(weights, [np.repeat(bias, 2), np.zeros(12), np.zeros(24), np.zeros(outputs)])
        assert is_heavy(net)
        expected = reference_regions(net, (-3, 3))
        for choice in (None, True, False):
            for i, f in enumerate(extract_line(net, (-3, 3), filtered=choice)):
                found = [(r.left, r.right, r.pattern, (r.slope, r.intercept)) for r in f.regions]
                assert found == [(r.left, r.right, r.pattern, r.outputs[i]) for r in expected]


@examples(150)
@given(networks(max_width=6), st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_certain_signs_are_the_exact_ones(net, xs):
    points = FloatPoints.on_line(Places(np.array(xs), np.ones(len(xs), dtype=bool)))
    for k, layer in enumerate(net.hidden):
        above = FloatLayer.of(layer, unit=points.unit)
        z, error = above.preactivations(points)
        points = above.outputs(z.copy(), error, points.finite)
        below = Network(net.hidden[:k], layer.with_activations([pwlin.networks.activation.IDENTITY] * layer.n_out))
        for x, row in zip(xs, certain_signs(z, error)):
            values = below.exact(x)
            for value, sign in zip(values if isinstance(values, tuple) else (values,), row):
                assert sign in (UNSURE, (value > 0) - (value < 0))


def test_hat():
    f = extract(HAT)
    assert [k.location for k in f.kinks] == [-1, 0, 1]
    assert f.slopes == (0, Q(1, 2), Q(-1, 2), 0)
    assert [k.neurons[0].neuron for k in f.kinks] == [(0, 0), (0, 1), (0, 2)]


@pytest.mark.parametrize("t", range(1, 15))
def test_tents_have_dyadic_kinks(t):
    # Telgarsky 2015: the tent map composed t times has 2^t monotone pieces
    f = extract(tent(t), (0, 1))
    assert f.n_pieces == 2**t
    breaks, slopes, _ = f.numpy()
    assert np.array_equal(breaks * 2**t, np.arange(1, 2**t))
    assert np.array_equal(slopes, np.where(np.arange(2**t) % 2 == 0, 2**t, -(2**t)))


@examples(100)
@given(networks(max_width=5))
def test_no_more_pieces_than_the_product_of_widths_plus_one(net):
    assert extract(net).n_regions <= prod(n + 1 for n in net.widths)


def test_golden_count_on_a_wide_network():
    f = extract(pytorch_style((1, 256, 256, 256, 1), 1002), (-1, 1))
    assert f.n_regions == f.n_pieces == 357
    q = Q(1, 7)
    assert f(q) == f.network.exact(q)


def test_flips_of_different_layers_at_one_point_add_up():
    # both layers flip at 0: h = relu(x), then relu(h - 0) and relu(x) again through a second path
    net = Network.from_arrays([[[1], [-1]], [[1, 2], [1, -1]], [[1, 3]]], None)
    (kink,) = extract(net).kinks
    assert kink.location == 0
    assert {flip.neuron for flip in kink.neurons} == {(0, 0), (0, 1), (1, 1)}
    assert sum(flip.jump for flip in kink.neurons) == kink.jump == 4 + 2


def test_silent_breakpoint_of_cancelling_twins():
    net = Network.from_arrays([[[1], [1]], [[1, -1]]], [[-1, -1], [0]])
    f = extract(net)
    (point,) = f.silent_breakpoints
    assert (point.location, f.kinks, f.n_regions, f.n_pieces) == (1, (), 2, 1)
    assert [flip.jump for flip in point.neurons] == [1, -1]
    assert f.neuron_status() == {(0, 0): "active", (0, 1): "active"}


def test_silent_neuron_dead_downstream():
    net = Network.from_arrays([[[1], [1]], [[-1, 0], [0, 1]], [[1, 1]]], [[0, 5], [-1, 1], [0]])
    assert extract(net).neuron_status() == {(0, 0): "silent", (0, 1): "active", (1, 0): "dead", (1, 1): "always_on"}


def test_breakpoint_on_the_domains_end_is_none():
    f = extract(HAT, (-1, 1))
    assert f.breakpoints == (0,)
    assert [r.pattern for r in f.regions] == [((True, False, False),), ((True, True, False),)]


def test_extreme_weights():
    net = Network.from_arrays([[[1e300], [1e-300]], [[1e-300, 1e300]]], [[-1e-300, -1e300], [0]])
    f = extract(net)
    first, second = Q(1e-300) / Q(1e300), Q(1e300) / Q(1e-300)
    assert f.breakpoints == (first, second)
    assert f.slopes == (0, Q(1e300) * Q(1e-300), 2 * Q(1e300) * Q(1e-300))


def test_the_largest_floats():
    weights = [np.array([[1.7976931348623157e308], [5e-324]]), np.array([[1.797e308, -1.0]])]
    net = Network.from_arrays(weights, [np.array([-1.0, 5e-324]), np.zeros(1)])
    plain, filtered = (extract_line(net, filtered=choice)[0] for choice in (False, True))
    assert plain.regions == filtered.regions
    assert plain.n_regions == 3


def test_linear_network_and_constant():
    assert extract(Network.from_arrays([[[3]]], [[1]])).pieces[0].slope == 3
    f = extract(Network.from_arrays([[[0], [0]], [[1, 1]]], [[1, -1], [0]]), (0, 1))
    assert (f.n_regions, f.slopes, f.intercepts) == (1, (0,), (1,))


def test_depth_ten_width_one():
    net = Network.from_arrays([[[1]]] * 10 + [[[1]]], [[-1]] * 10 + [[0]])
    f = extract(net)
    assert [k.location for k in f.kinks] == [10] and f.n_regions == 11


def test_one_output_of_several():
    net = Network.from_arrays([[[1], [-1]], [[1, 0], [0, 1], [1, 1]]])
    fs = extract(net, (-1, 1))
    assert len(fs) == 3
    assert fs[2] == extract(net.output(2), (-1, 1)) == fs[0] + fs[1]


@pytest.mark.parametrize("domain", [(1, 1), (2, 1), (0,), "ab", (float("nan"), 1), (None, -float("inf")), 5])
def test_bad_domains_are_refused(domain):
    with pytest.raises(pwlin.PwlinError, match="domain"):
        extract(HAT, domain)


def test_overflow_decides_no_sign():
    # the first product overflows to +inf, the exact sum is negative
    wide = Network.from_arrays([[[1e10]] * 11, [[1e299] + [-1.7e298] * 10], [[1]]], [[0] * 11, [1], [0]])
    plain, filtered = (extract_line(wide, (-1, 1), filtered=choice)[0] for choice in (False, True))
    assert plain.regions == filtered.regions
    points = FloatPoints.on_line(Places(np.array([1.0]), np.array([True])))
    for layer in wide.hidden:
        above = FloatLayer.of(layer, unit=points.unit)
        z, error = above.preactivations(points)
        points = above.outputs(z.copy(), error, points.finite)
    assert certain_signs(z, error)[0, 0] in (-1, UNSURE)
