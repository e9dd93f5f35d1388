"""The maps of many regions at once are those of the product of the layers, whatever regions there are."""

from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin import Network
from pwlin.exact.limbs import join
from pwlin.extraction.maps import many
from pwlin.extraction.maps.many import AllMaps, suits


def pairs(sizes, seed, draw=None):
    rng = np.random.default_rng(seed)
    draw = draw or (lambda shape: rng.normal(size=shape))
    return [draw((n, m)) for m, n in zip(sizes, sizes[1:])], [draw(n) for n in sizes[1:]]


def integers(seed):
    rng = np.random.default_rng(seed)
    return lambda shape: rng.integers(-2, 3, shape)


NETWORKS = {
    "one layer": Network.from_arrays(*pairs((3, 6, 2), 0)),
    "two layers": Network.from_arrays(*pairs((2, 5, 7, 2), 1)),
    "three layers": Network.from_arrays(*pairs((2, 5, 6, 4, 1), 2)),
    "five layers": Network.from_arrays(*pairs((2, 4, 3, 5, 4, 3, 2), 3)),
    "integers": Network.from_arrays(*pairs((2, 6, 5, 4, 2), 4, integers(4))),
    "thirds": Network.from_arrays(*[[v / Q(3) for v in part] for part in pairs((2, 4, 4, 3, 1), 5, integers(5))]),
    "far apart": Network.from_arrays([w * 1e200 for w in pairs((2, 4, 3, 4, 1), 6)[0]], pairs((2, 4, 3, 4, 1), 6)[1]),
    "no bias": Network.from_arrays(pairs((2, 4, 3, 1), 7)[0]),
}


def exact(net, bits, row):
    """Row by row in Fractions."""
    maps = [[Q(int(i == j)) for j in range(net.input_dim + 1)] for i in range(net.input_dim)]
    for k, layer in enumerate(net.layers):
        unit = [Q(0)] * net.input_dim + [Q(1)]
        weights, biases = layer.weight_integers.tolist(), layer.bias_integers.tolist()
        maps = [
            [(sum(w * m[c] for w, m in zip(ws, maps)) + b * u) / layer.denominator for c, u in enumerate(unit)]
            for ws, b in zip(weights, biases)
        ]
        if k < len(net.hidden):
            maps = [m if on else [Q(0)] * len(m) for m, on in zip(maps, bits[k][row])]
    return maps


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("at_once", [1, 1 << 16])
def test_maps_are_products_of_the_layers(name, at_once, monkeypatch):
    monkeypatch.setattr(many, "_AT_ONCE", at_once)
    net = NETWORKS[name]
    if not suits(net):
        assert name == "far apart"
        monkeypatch.setattr(many, "_MOST_BITS", 10**4)
        assert suits(net)
    rng = np.random.default_rng(8)
    bits = [rng.random((40, width)) < 0.5 for width in net.widths]
    for k, layer in enumerate(bits):  # long runs that share their first masks
        layer[:] = np.repeat(layer, 2 ** (3 - min(k, 3)), axis=0)[:40]
    expected = [exact(net, bits, row) for row in range(40)]
    den = net.denominators[-1]
    for output in (None, *range(net.output_dim)):
        wanted = slice(None) if output is None else slice(output, output + 1)
        found = join(AllMaps(net, output).limbs(bits)).tolist()
        assert [[[Q(v, den) for v in row] for row in rows] for rows in found] == [rows[wanted] for rows in expected]


@pytest.mark.parametrize(
    ("net", "why"),
    [
        (Network.from_arrays([[[1, 2]]]), "no hidden layer"),
        (Network.from_arrays(*pairs((2, 3, 1), 0), activation="abs"), "another activation"),
    ],
)
def test_others_are_left_alone(net, why):
    assert not suits(net), why
