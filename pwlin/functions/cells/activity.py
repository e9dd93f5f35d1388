"""What single neurons do on a complex: zero sets and parts of gradient jumps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray
from pwlin.functions.cells.complex import CellComplex
from pwlin.networks.network import Network, Pattern


def zeros_at_generators(cells: CellComplex, net: Network) -> list[NDArray[np.bool_]]:
    """Per hidden layer, at which generators each unit's preactivation vanishes: shape (width, n_generators); exact.

    Along a ray it is the growth of the preactivation that counts: that of the network without biases.
    """
    table = np.array(list(cells.generators), dtype=object).reshape(-1, cells.dim + 1).T
    values, unit = table[:-1], table[-1]
    out = []
    for layer in net.hidden:
        values = layer.weight_integers.dot(values) + np.multiply.outer(layer.bias_integers, unit)
        out.append(values[: layer.units] == 0)
        low, high, scale = integer_slopes(net, len(out) - 1)
        values = np.where(values > 0, values * high[:, None], values * low[:, None])
        unit = unit * (layer.denominator * scale)
    return out


def integer_slopes(net: Network, layer: int) -> tuple[ExactArray, ExactArray, int]:
    """Left and right slopes of a hidden layer's units over one denominator."""
    units = net.hidden[layer].activations
    scale = math.lcm(*(s.denominator for a in units for s in (a.left, a.right)))
    low = np.array([int(a.left * scale) for a in units], dtype=object)
    high = np.array([int(a.right * scale) for a in units], dtype=object)
    return low, high, scale


def jump_parts(
    net: Network, before: Pattern, after: Pattern, neurons: Sequence[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], tuple[Fraction, ...]]]:
    """Each flipping neuron's part of the gradient jump from one region to the next, for a network with one output.

    Layers below have the pattern `after`, layers above the pattern `before`, so that the parts telescope to the whole.
    """
    above = net.readout.weight_integers[0]
    den = net.readout.denominator
    upper: list[tuple[ExactArray, int]] = []
    for k in range(len(net.hidden) - 1, -1, -1):
        upper.append((above, den))
        low, high, scale = integer_slopes(net, k)
        above = (above * np.where(np.array(before[k]), high, low)).dot(net.hidden[k].weight_integers)
        den *= scale * net.hidden[k].denominator
    upper.reverse()
    below = np.array([[int(i == j) for j in range(net.input_dim)] for i in range(net.input_dim)], dtype=object)
    den = 1
    for k, layer in enumerate(net.hidden):
        below = layer.weight_integers.dot(below)
        den *= layer.denominator
        low, high, scale = integer_slopes(net, k)
        gradient, gradient_den = upper[k]
        for layer_index, i in neurons:
            if layer_index == k:
                change = (high[i] - low[i]) * (int(after[k][i]) - int(before[k][i])) * gradient[i]
                yield (k, i), tuple(Fraction(int(change * v), den * scale * gradient_den) for v in below[i])
        below = below * np.where(np.array(after[k]), high, low)[:, None]
        den *= scale
