"""The last hidden layer and the readout in one pass, for wide networks with long integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.extract.cut import Cut, Splits, crossings, roots_of
from pwlin.extract.float_signs import UNSURE, preactivation_signs
from pwlin.integers import add, multiply, multiply_transposed, signs, wide
from pwlin.layer import Layer
from pwlin.network import Network
from pwlin.rational import ExactArray
from pwlin.rationalvector import quotient_keys


def through_last(network: Network, cut: Cut) -> tuple[Cut, NDArray[np.int64], NDArray[np.bool_]]:
    """Pass the last hidden layer and the readout together.

    Nothing needs that layer's affine maps but its few crossing neurons and the output, so signs come from floats where
    these are certain, and exact maps are made for the crossing neurons and for unsure signs only. The output's map in
    the first part of each old region comes from the readout backwards; each crossing then adds its jump.
    """
    layer, readout = network.hidden[-1], network.readout
    left, right = _end_signs(network.hidden, cut)
    rows, neurons = np.nonzero(crossings(layer, left, right))
    entries = _entries(layer, cut, rows, neurons)
    splits = Splits.of(rows, neurons, *roots_of(*entries), len(cut.a))
    active = splits.patterns(layer, left, right)
    p, q = splits.ends(cut)
    low, high, unit = layer.integer_slopes
    readout_weight = readout.compact_weight[0]

    first = multiply(np.where(active[splits.starts], high, low), readout_weight[None, :])
    inner = multiply_transposed(first, np.concatenate([layer.compact_weight.T, layer.compact_bias[None, :]]))
    bias = wide(inner[:, -1]) * cut.den
    a = wide(multiply(inner[:, :-1], cut.a)).sum(axis=1)
    b = wide(multiply(inner[:, :-1], cut.b)).sum(axis=1) + bias

    turned_on = np.where(left[rows, neurons] < 0, 1, -1)
    factors = multiply(multiply(readout_weight, add(high, -low))[neurons], turned_on)
    a, b = (
        _running(firsts, wide(multiply(factors, entry))[splits.order], splits)
        for firsts, entry in ((a, entries[0]), (b, entries[1]))
    )
    den = cut.den * layer.denominator * unit
    b = b + int(readout.bias_integers[0]) * den
    return Cut(p, q, a[:, None], b[:, None], den * readout.denominator), splits.parents, active


def _running(firsts: ExactArray, changes: ExactArray, splits: Splits) -> ExactArray:
    """Coefficients of all new regions, from those of the first in each old region and the change at each crossing."""
    out = np.zeros(len(splits.parents), dtype=object)
    if len(changes):
        groups = np.flatnonzero(splits.fresh)
        out[splits.after[groups]] = np.add.reduceat(changes, groups)
    total = np.add.accumulate(out)
    return np.asarray(total + (firsts - total[splits.starts])[splits.parents])


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
