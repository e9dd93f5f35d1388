"""Networks side by side: the way to sums, differences and equality of functions whose complexes differ."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.activation import IDENTITY, RELU, TwoSlope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network, UnitNames, unnamed


def beside(f: Network, g: Network) -> Network:
    """The network ``x -> (f(x), g(x))`` of two networks on the same inputs; the shallower one is lengthened by linear units.

    The first layers are there once, as far as they are the same.
    """
    depth = max(len(f.hidden), len(g.hidden))
    left, right = _lengthened(f, depth), _lengthened(g, depth)
    shared = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(left.hidden, right.hidden)))
    hidden = list(left.hidden[:shared])
    columns: NDArray[np.int64] | None = None
    for p, q in zip(left.hidden[shared:], right.hidden[shared:]):
        rows = _units_first(p, q)
        hidden.append(_beside(p, q, rows, columns))
        columns = rows
    p, q = left.readout, right.readout
    readout = _beside(p, q, np.arange(p.n_out + q.n_out), columns)
    return Network(hidden, readout, _names_beside(left, right, shared), [*dict.fromkeys((*f.notes, *g.notes))])


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
    names = net.unit_names and net.unit_names + unnamed([k.units for k in hidden[len(net.hidden) :]])
    return Network(hidden, net.readout, names, net.notes)


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
    first, second, n_in = _entries(p), _entries(q), p.n_in
    if columns is not None:
        n_in = p.n_in + q.n_in
        places = np.argsort(columns)
        first, second = first.on_columns(places[: p.n_in], n_in), second.on_columns(places[p.n_in :], n_in)
    weight = SparseMatrix.stacked([first.scaled(a), second.scaled(b)]).take(rows)
    kept = p.sparse is not None or q.sparse is not None
    return Layer(weight if kept else weight.dense(), bias, den, activations, p.units + q.units)


def _entries(layer: Layer) -> SparseMatrix:
    """The integers of a layer's weight without zeros."""
    places, values = layer.nonzero()
    rows, columns = np.divmod(places, layer.n_in)
    return layer.sparse or SparseMatrix.of_entries(rows, columns, values, (layer.n_out, layer.n_in))


def _names_beside(f: Network, g: Network, shared: int) -> UnitNames:
    """The names of two networks of one depth, layer by layer; those of the first one for layers that they share."""
    if not f.unit_names and not g.unit_names:
        return ()
    first, second = (net.unit_names or unnamed(net.widths) for net in (f, g))
    return (*first[:shared], *(a + b for a, b in zip(first[shared:], second[shared:], strict=True)))
