"""A form in which networks agree that differ only in the scale and the order of their neurons."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TypeAlias

from pwlin.networks.network import Network

Row: TypeAlias = "tuple[int | Fraction, ...]"
Form: TypeAlias = "tuple[tuple[tuple[object, ...], ...], ...]"


def canonical_form(network: Network) -> Form:
    """Layer by layer the neurons' rows of integers without common divisor, bias last, with their slopes, in ascending order.

    Two-slope units are positively homogeneous: a row may be divided by a positive number if what it leads to is multiplied by
    it, and neurons may be listed in any order. Networks with the same form are the same function, on all of R^d. The converse
    does not hold: there are other ways to be the same function, and neurons with the same row are left in their order.

    Cost: a product of rationals for every weight.
    """
    factors = [Fraction(1)] * network.input_dim  # the old input is so many times the new one
    order = list(range(network.input_dim))
    out: list[tuple[tuple[object, ...], ...]] = []
    for layer in network.hidden:
        rows, scales = [], []
        for weights, bias in zip(layer.weight_integers.tolist(), layer.bias_integers.tolist()):
            row = [weights[j] * factors[j] for j in order] + [Fraction(bias)]
            unit = math.lcm(*(v.denominator for v in row))
            integers = [int(v * unit) for v in row]
            common = math.gcd(*integers)  # 0 for a neuron that is zero everywhere
            rows.append(tuple([v // (common or 1) for v in integers]))
            scales.append(Fraction(common, unit * layer.denominator))
        keys = [(row, a.left, a.right) for row, a in zip(rows, layer.activations)]
        order, factors = sorted(range(len(keys)), key=keys.__getitem__), scales
        out.append(tuple(keys[i] for i in order))
    last = network.readout
    out.append(
        tuple(
            (*(weights[j] * factors[j] / last.denominator for j in order), Fraction(bias, last.denominator))
            for weights, bias in zip(last.weight_integers.tolist(), last.bias_integers.tolist())
        )
    )
    return tuple(out)
