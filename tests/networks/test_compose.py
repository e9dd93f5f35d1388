"""Networks side by side have the values of both, and the layers that they share once."""

from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin import Network, extract
from pwlin.networks.compose import beside, linear_combination


def make(seed, below=(), depth=3):
    rng = np.random.default_rng(seed)
    sizes = [2, *[4] * depth, 1]
    arrays = [(rng.normal(size=(n, m)), rng.normal(size=n)) for m, n in zip(sizes, sizes[1:])]
    return Network.from_arrays(*zip(*(*below, *arrays[len(below) :])), activation="abs")


def arrays(net, count):
    return [(layer.weight_float, layer.bias_float) for layer in net.hidden[:count]]


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("shared", range(4))
def test_layers_that_are_shared_are_there_once(shared, depth):
    f = make(1)
    g = make(2, arrays(f, min(shared, depth)), depth)
    both = beside(f, g)
    assert both.widths == tuple(4 if k < min(shared, depth) else 8 for k in range(3))
    for point in np.random.default_rng(3).normal(size=(5, 2)):
        assert both.exact(point) == (f.exact(point), g.exact(point))
        assert linear_combination(f, Q(2), g, Q(-1, 3)).exact(point) == 2 * f.exact(point) - g.exact(point) / 3


def test_functions_with_the_same_layers_keep_their_regions():
    f = make(1)
    g = make(2, arrays(f, 3))
    square = [(-1, 1)] * 2
    first, second = extract(f, square), extract(g, square)
    total, boundary = first + second, first.decision_boundary(second)
    assert total.n_regions == first.n_regions and total.complex.neurons == first.complex.neurons
    two = Network.from_arrays(
        *zip(
            *arrays(f, 3),
            (
                np.vstack([n.readout.weight_float for n in (f, g)]),
                np.concatenate([n.readout.bias_float for n in (f, g)]),
            ),
        ),
        activation="abs",
    )
    a, b = extract(two, square)
    assert boundary == a.decision_boundary(b) and boundary.faces
