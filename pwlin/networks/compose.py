"""Networks side by side: the way to sums, differences and equality of functions whose complexes differ."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray
from pwlin.networks.activation import ABS, IDENTITY, TwoSlope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network


def linear_combination(f: Network, a: Fraction, g: Network, b: Fraction) -> Network:
    """The network ``a f + b g`` of two networks on the same inputs; the shallower one is lengthened by linear units."""
    depth = max(len(f.hidden), len(g.hidden))
    left, right = _lengthened(f, depth), _lengthened(g, depth)
    hidden: list[Layer] = []
    columns: NDArray[np.int64] | None = None
    for p, q in zip(left.hidden, right.hidden):
        rows = _units_first(p, q)
        hidden.append(_beside(p, q, rows, columns))
        columns = rows
    den = math.lcm(f.readout.denominator * a.denominator, g.readout.denominator * b.denominator)
    parts = []
    for net, factor in ((left, a), (right, b)):
        unit = factor * den / net.readout.denominator
        parts.append((net.readout.weight_integers * int(unit), net.readout.bias_integers * int(unit)))
    (w, u), (v, t) = parts
    weight = w + v if columns is None else np.concatenate([w, v], axis=1)[:, columns]
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


def _units_first(p: Layer, q: Layer) -> NDArray[np.int64]:
    """The order of the entries of both layers in which all units come before what is carried along."""
    return np.argsort([*(i >= p.units for i in range(p.n_out)), *(i >= q.units for i in range(q.n_out))], kind="stable")


def _beside(p: Layer, q: Layer, rows: NDArray[np.int64], columns: NDArray[np.int64] | None) -> Layer:
    """Both layers, their entries in an order; in the order `columns` of the layers below, or on the same inputs."""
    den = math.lcm(p.denominator, q.denominator)
    a, b = den // p.denominator, den // q.denominator
    activations: list[TwoSlope] = [(*p.activations, *q.activations)[i] for i in rows]
    bias: ExactArray = np.concatenate([p.bias_integers * a, q.bias_integers * b])[rows]
    units = p.units + q.units
    if columns is None:
        weight = np.concatenate([p.weight_integers * a, q.weight_integers * b])
        return Layer(weight[rows], bias, den, activations, units)
    weight = np.zeros((p.n_out + q.n_out, p.n_in + q.n_in), dtype=object)
    weight[: p.n_out, : p.n_in] = p.weight_integers * a
    weight[p.n_out :, p.n_in :] = q.weight_integers * b
    return Layer(weight[rows][:, columns], bias, den, activations, units)
