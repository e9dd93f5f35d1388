"""A form in which networks agree that differ only in the scale and the order of their neurons."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TypeAlias

from pwlin.networks.network import Network

Form: TypeAlias = "tuple[tuple[tuple[object, ...], ...], ...]"


def canonical_form(network: Network) -> Form:
    """Layer by layer the neurons' rows of integers without common divisor, bias last, with their slopes, in ascending order.

    Two-slope units are positively homogeneous: a row may be divided by a positive number if what it leads to is multiplied by
    it, and neurons may be listed in any order. Networks with the same form are the same function, on all of R^d. The converse
    does not hold: there are other ways to be the same function, and neurons with the same row are left in their order.

    Cost: a product of integers for every weight.
    """
    factors, unit = [1] * network.input_dim, 1  # the old input is so many units of the new one
    order = list(range(network.input_dim))
    out: list[tuple[tuple[object, ...], ...]] = []
    for layer in network.hidden:
        rows, scales = [], []
        for weights, bias in zip(layer.weight_integers.tolist(), layer.bias_integers.tolist()):
            row = [weights[j] * factors[j] for j in order]
            row.append(bias * unit)
            common = math.gcd(*row)  # 0 for a neuron that is zero everywhere
            rows.append(tuple([v // (common or 1) for v in row]))
            scales.append(common)
        keys = [(row, a.left, a.right) for row, a in zip(rows, layer.activations)]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        shared = math.gcd(unit * layer.denominator, *scales)
        factors, unit = [v // shared for v in scales], unit * layer.denominator // shared
        out.append(tuple(keys[i] for i in order))
    last = network.readout
    out.append(
        tuple(
            (
                *(Fraction(weights[j] * factors[j], unit * last.denominator) for j in order),
                Fraction(bias, last.denominator),
            )
            for weights, bias in zip(last.weight_integers.tolist(), last.bias_integers.tolist())
        )
    )
    return tuple(out)
