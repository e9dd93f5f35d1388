"""Neurons of like size: the same function with the same patterns, of shorter integers."""

from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin import Network
from pwlin.extraction.line.exact import extract_line
from pwlin.networks.balance import balanced
from tests.strategies.networks import pytorch_style


def spread(places, seed, activation="relu", undone=True):
    """A network whose neurons are in units of their own, up to so many powers of two apart; undone in the layer above or not."""
    rng = np.random.default_rng(seed)
    layers = pytorch_style((1, 6, 5, 6, 2), seed).layers
    weights, biases = [layer.weight_float.copy() for layer in layers], [layer.bias_float.copy() for layer in layers]
    for k in range(3):
        units = 2.0 ** rng.integers(-places, places + 1, len(biases[k]))
        weights[k], biases[k] = weights[k] * units[:, None], biases[k] * units
        if undone:
            weights[k + 1] = weights[k + 1] / units
    weights[1][2], biases[1][2] = 0, 0
    return Network.from_arrays(weights, biases, activation=activation)


@pytest.mark.parametrize("activation", ["relu", "abs", ("two_slope", "-1/2", "3/2")])
@pytest.mark.parametrize("places", [40, 100, 160])
def test_the_same_function_of_shorter_integers(activation, places):
    net = spread(places, places, activation)
    alike = balanced(net)
    assert max(layer.bits for layer in alike.layers) < 80 < max(layer.bits for layer in net.layers)
    for x in (Q(1, 3), Q(-7, 5), Q(0)):
        assert alike.exact(x) == net.exact(x) and alike.pattern(x) == net.pattern(x)
    for f, g in zip(*(extract_line(net, (-3, 3), filtered=choice) for choice in (True, False)), strict=True):
        assert f.regions == g.regions and f.kinks == g.kinks and f.network is not alike


def test_networks_are_left_as_they_are():
    fractions = Network.from_arrays([[["1/3"], [2**200]], [[1, 1]]])
    far = Network.from_arrays([np.array([[1e-300], [1.0]]), np.array([[1e300, 1e-300], [1.0, 1.0]]), np.ones((1, 2))])
    for net in (spread(3, 0), spread(150, 1, undone=False), fractions, far):
        assert balanced(net) is net


def test_certified_floats_take_no_longer_integers(monkeypatch):
    from pwlin.extraction.line import exact

    given = []
    monkeypatch.setattr(exact, "filtered_regions", lambda net, *_, always: given.append(net))
    extract_line(spread(100, 2), filtered=True)
    assert max(layer.bits for layer in given[0].layers) < 100
