"""Maps of single neurons, and what these do to the outputs, are products of the layers, however few units are on."""

from fractions import Fraction as Q
from itertools import product
from math import prod

import numpy as np
import pytest

from pwlin.extraction.maps import SingleMaps
from tests.extraction.maps.test_many import NETWORKS, exact

REGIONS = 7


def patterns(net, share, seed):
    rng = np.random.default_rng(seed)
    return [rng.random((REGIONS, width)) < share for width in net.widths]


def upwards(net, bits, row, k, unit):
    """What the outputs gain from a neuron's output, layer by layer in Fractions."""
    gains = [Q(int(i == unit)) for i in range(net.widths[k])]
    for i, layer in enumerate(net.layers[k + 1 :], k + 1):
        gains = [sum(w * g for w, g in zip(ws, gains)) / layer.denominator for ws in layer.weight_integers.tolist()]
        if i < len(net.hidden):
            gains = [g if on else Q(0) for g, on in zip(gains, bits[i][row])]
    return gains


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_they_are_products_of_the_layers(name, share, monkeypatch):
    net = NETWORKS[name]
    maps, bits = SingleMaps(net), patterns(net, share, 3)
    monkeypatch.setattr(maps, "_together", 4)  # each time others are on
    rows, units = (np.array(each) for each in zip(*product(range(REGIONS), range(net.output_dim))))
    found = np.stack(maps.entries(len(net.hidden), bits, rows, units), axis=1).tolist()
    expected = [row for r in range(REGIONS) for row in exact(net, bits, r)]
    assert [[Q(v, net.denominators[-1]) for v in row] for row in found] == expected
    for k, width in enumerate(net.widths):
        rows, units = (np.array(each) for each in zip(*product(range(REGIONS), range(width))))
        den = prod(layer.denominator for layer in net.layers[k + 1 :])
        found = [[Q(v, den) for v in row] for row in maps.effects(k, bits, rows, units).tolist()]
        assert found == [upwards(net, bits, r, k, unit) for r, unit in zip(rows.tolist(), units.tolist())]
