"""Networks side by side: the way to sums, differences and equality of functions whose complexes differ."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray
from pwlin.networks.activation import IDENTITY, RELU, TwoSlope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network


def beside(f: Network, g: Network) -> Network:
    """The network ``x -> (f(x), g(x))`` of two networks on the same inputs; the shallower one is lengthened by linear units."""
    depth = max(len(f.hidden), len(g.hidden))
    left, right = _lengthened(f, depth), _lengthened(g, depth)
    hidden: list[Layer] = []
    columns: NDArray[np.int64] | None = None
    for p, q in zip(left.hidden, right.hidden):
        rows = _units_first(p, q)
        hidden.append(_beside(p, q, rows, columns))
        columns = rows
    p, q = left.readout, right.readout
    return Network(hidden, _beside(p, q, np.arange(p.n_out + q.n_out), columns))


def linear_combination(f: Network, a: Fraction, g: Network, b: Fraction) -> Network:
    """The network ``a f + b g`` of two networks with one output each on the same inputs."""
    return Network.from_arrays([[[a, b]]]) @ beside(f, g)


def scaled(f: Network, factor: Fraction, shift: Fraction) -> Network:
    """The network ``factor f + shift``, for one output."""
    return Network.from_arrays([[[factor]]], [[shift]]) @ f


def absolute(f: Network) -> Network:
    """The network ``|f|``, for one output: one more hidden layer."""
    return Network.from_arrays([[[1]], [[1]]], None, "abs") @ f


def farther(f: Network, g: Network, side: int) -> Network:
    """The network ``max(f, g)`` for side 1, ``min(f, g)`` for -1: g is carried along one more unit, which adds what is beyond it."""
    unit = Layer.from_arrays([[side, -side], [0, 1]]).with_activations((RELU, IDENTITY), 1)
    return Network([unit], Layer.from_arrays([[side, 1]])) @ beside(f, g)


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
