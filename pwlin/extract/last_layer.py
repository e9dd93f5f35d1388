"""The last hidden layer and the readout in one pass, for wide networks with long integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.extract.cut import Cut, Splits, crossings, roots_of
from pwlin.extract.float_signs import UNSURE, preactivation_signs
from pwlin.integers import add, multiply, multiply_transposed, scale, signs, wide
from pwlin.layer import Layer
from pwlin.network import Network
from pwlin.rational import ExactArray
from pwlin.rationalvector import quotient_keys


def through_last(network: Network, cut: Cut) -> tuple[Cut, NDArray[np.int64], NDArray[np.bool_]]:
    """Pass the last hidden layer and the readout together.

    Nothing needs that layer's affine maps but its few crossing neurons and the output, so signs come from floats where
    these are certain, exact maps are made for the crossing neurons and for unsure signs only, and the output's maps
    come from the readout backwards, with half the rows and fewer bits.
    """
    layer, readout = network.hidden[-1], network.readout
    left, right = _end_signs(network.hidden, cut)
    rows, neurons = np.nonzero(crossings(layer, left, right))
    splits = Splits.of(rows, neurons, *roots_of(*_entries(layer, cut, rows, neurons)), len(cut.a))
    active = splits.patterns(layer, left, right)
    p, q = splits.ends(cut)
    low, high, unit = layer.integer_slopes
    outer = multiply(np.where(active, high, low), readout.compact_weight[0][None, :])
    inner = multiply_transposed(outer, layer.compact_weight.T)
    bias = scale(layer.compact_bias, cut.den)
    a = wide(multiply(inner, cut.a[splits.parents])).sum(axis=1)
    b = wide(multiply(inner, cut.b[splits.parents])).sum(axis=1)
    b = b + wide(multiply(outer, bias[None, :])).sum(axis=1)
    den = cut.den * layer.denominator * unit
    b = b + int(readout.bias_integers[0]) * den
    return Cut(p, q, a[:, None], b[:, None], den * readout.denominator), splits.parents, active


def _entries(
    layer: Layer, cut: Cut, rows: NDArray[np.int64], neurons: NDArray[np.int64]
) -> tuple[ExactArray, ExactArray]:
    """The affine maps (up to the common denominator) of some neurons in some regions."""
    weight = layer.weight_integers[neurons]
    a = wide(multiply(weight, cut.a[rows])).sum(axis=1)
    b = wide(multiply(weight, cut.b[rows])).sum(axis=1)
    return a, b + layer.bias_integers[neurons] * cut.den


def _end_signs(layers: Sequence[Layer], cut: Cut) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Like `_end_signs`, with certain float signs first and exact ones where these are unsure."""
    finite = cut.q != 0
    x = np.zeros(len(cut.p))
    x[finite] = quotient_keys(cut.p[finite], cut.q[finite])
    found = preactivation_signs(layers, x)
    found[~finite] = UNSURE
    left, right = found[:-1].copy(), found[1:].copy()
    for signs_there, p, q in ((left, cut.p[:-1], cut.q[:-1]), (right, cut.p[1:], cut.q[1:])):
        rows, neurons = np.nonzero(signs_there == UNSURE)
        a, b = _entries(layers[-1], cut, rows, neurons)
        exact = signs(add(multiply(a, p[rows]), multiply(b, q[rows])))
        signs_there[rows, neurons] = np.where((q[rows] == 0) & (a == 0), signs(b), exact)
    return left, right
