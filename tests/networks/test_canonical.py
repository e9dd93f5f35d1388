"""Networks that differ in the scale and the order of neurons have one form; those that are other functions do not."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.networks.canonical import canonical_form
from tests.strategies.effort import examples
from tests.strategies.networks import networks


def rearranged(net, rng):
    """The same function, its neurons scaled and shuffled."""
    weights, biases, activations = [], [], []
    columns, factors = np.arange(net.input_dim), [Q(1)] * net.input_dim
    for k, layer in enumerate(net.layers):
        hidden = k < len(net.hidden)
        order = rng.permutation(layer.n_out) if hidden else np.arange(layer.n_out)
        scale = [Q(int(v), 7) for v in rng.integers(1, 30, layer.n_out)] if hidden else [Q(1)] * layer.n_out
        w, b, den = layer.weight_integers, layer.bias_integers, layer.denominator
        weights.append([[scale[i] * w[i, j] * factors[j] / den for j in columns] for i in order])
        biases.append([scale[i] * Q(int(b[i]), den) for i in order])
        activations.append([layer.activations[i] for i in order])
        columns, factors = order, [1 / s for s in scale]
    return Network.from_arrays(weights, biases, activation=activations[:-1])


@examples(60)
@given(networks(2, 3, 5), st.integers(0, 2**32))
def test_scale_and_order_do_not_matter(net, seed):
    other = rearranged(net, np.random.default_rng(seed))
    rows = [[key[0] for key in layer] for layer in canonical_form(net)[:-1]]
    if all(len(set(layer)) == len(layer) for layer in rows):
        assert canonical_form(other) == canonical_form(net)
    point = [Q(1, 3), Q(-2, 7)]
    assert other.exact(point) == net.exact(point)


@examples(60)
@given(networks(2, 2, 3), networks(2, 2, 3))
def test_networks_of_one_form_are_one_function(a, b):
    for p in ([Q(1, 3), Q(-2, 7)], [Q(-5), Q(11, 2)], [Q(0), Q(0)]):
        assert canonical_form(a) != canonical_form(b) or a.exact(p) == b.exact(p)


@pytest.mark.parametrize("change", [0, Q(1, 10**30)])
def test_functions_of_rescaled_neurons_are_equal(change):
    net = Network.from_arrays([[[1, 2], [3, -1]], [[1, -2]]], [[0, 1], [0]])
    other = Network.from_arrays([[[6, -2], [2, 4]], [[-1, Q(1, 2) + change]]], [[2, 0], [0]])
    f, g = (extract(n, [(-1, 1)] * 2) for n in (net, other))
    assert (f == g) == (change == 0) and (canonical_form(net) == canonical_form(other)) == (change == 0)
