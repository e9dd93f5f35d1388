"""The same function from neurons of like size, so that the integers of a layer are no longer than they must be."""

from __future__ import annotations

import numpy as np

from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_LONG = 96
"""Bits of a layer's integers from which it is worth while to look at them."""
_FAR = 900
"""Powers of two within which floats and their products with one another's units stay normal."""


def balanced(network: Network) -> Network:
    """A network with the same regions, patterns and outputs, whose neurons' largest weights are between 1/2 and 1.

    Two-slope units are positively homogeneous: a neuron's row, bias included, may be multiplied by a power of two if what it leads
    to is divided by it; floats stay floats. The network itself where its weights are no floats, or become none, or no shorter.
    Cost: some passes over the weights, of networks with long integers only.
    """
    if not all(layer.is_float for layer in network.layers) or max(layer.bits for layer in network.layers) < _LONG:
        return network
    layers: list[Layer] = []
    units = np.zeros(network.input_dim, dtype=np.int64)  # the old input is so many powers of two times the new one
    for layer in network.layers:
        rows = np.concatenate([layer.weight_float, layer.bias_float[:, None]], axis=1)
        there, sizes = rows != 0, np.frexp(rows)[1] + np.append(units, 0)
        largest = sizes.max(axis=1, where=there, initial=-(2**20))
        largest[~there.any(axis=1)] = 0
        if layer is network.readout:
            largest[:] = 0
        if (np.abs(sizes - largest[:, None])[there] > _FAR).any():
            return network
        rows = np.ldexp(rows, np.append(units, 0) - largest[:, None])
        layers.append(Layer._of_floats(rows[:, :-1], rows[:, -1], layer.activations, layer.units))
        units = largest
    found = Network(layers[:-1], layers[-1])
    return found if sum(layer.bits for layer in layers) < sum(layer.bits for layer in network.layers) else network
