"""Networks side by side: the way to sums, differences and equality of functions whose complexes differ."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from pwlin.exact.rational import ExactArray
from pwlin.networks.activation import ABS, IDENTITY, TwoSlope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network


def linear_combination(f: Network, a: Fraction, g: Network, b: Fraction) -> Network:
    """The network ``a f + b g`` of two networks on the same inputs; the shallower one is lengthened by linear units."""
    depth = max(len(f.hidden), len(g.hidden))
    left, right = _lengthened(f, depth), _lengthened(g, depth)
    hidden = [_beside(p, q, first=k == 0) for k, (p, q) in enumerate(zip(left.hidden, right.hidden))]
    den = math.lcm(f.readout.denominator * a.denominator, g.readout.denominator * b.denominator)
    parts = []
    for net, factor in ((left, a), (right, b)):
        unit = factor * den / net.readout.denominator
        parts.append((net.readout.weight_integers * int(unit), net.readout.bias_integers * int(unit)))
    (w, u), (v, t) = parts
    weight = np.concatenate([w, v], axis=1) if depth else w + v
    return Network(hidden, Layer(weight, u + t, den, left.readout.activations))


def absolute(f: Network) -> Network:
    """The network ``|f|``: one more hidden layer."""
    r = f.readout
    last = Layer(r.weight_integers, r.bias_integers, r.denominator, (ABS,) * r.n_out)
    return Network([*f.hidden, last], Layer.from_arrays(np.eye(r.n_out, dtype=int)))


def _lengthened(net: Network, depth: int) -> Network:
    hidden = list(net.hidden)
    while len(hidden) < depth:
        hidden.append(_identity(hidden[-1].n_out if hidden else net.input_dim))
    return Network(hidden, net.readout)


def _identity(n: int) -> Layer:
    return Layer.from_arrays(np.eye(n, dtype=int), None, (IDENTITY,) * n)


def _beside(p: Layer, q: Layer, first: bool) -> Layer:
    den = math.lcm(p.denominator, q.denominator)
    a, b = den // p.denominator, den // q.denominator
    activations: tuple[TwoSlope, ...] = (*p.activations, *q.activations)
    bias: ExactArray = np.concatenate([p.bias_integers * a, q.bias_integers * b])
    if first:
        return Layer(np.concatenate([p.weight_integers * a, q.weight_integers * b]), bias, den, activations)
    weight = np.zeros((p.n_out + q.n_out, p.n_in + q.n_in), dtype=object)
    weight[: p.n_out, : p.n_in] = p.weight_integers * a
    weight[p.n_out :, p.n_in :] = q.weight_integers * b
    return Layer(weight, bias, den, activations)
