"""From a one-input network to its exact regions: layer by layer, all regions of a layer at once.

In a region the input of every layer is one affine map of the line's coordinate. Its coefficients are integers over one
denominator, so their bits grow linearly with depth. A neuron divides a region exactly where its affine map changes sign
strictly inside; the signs at the region's two ends decide that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.activity1d import LineActivity, affine
from pwlin.errors import ShapeError
from pwlin.extract.cut import Cut, Splits, crossings, roots_of, whole_line
from pwlin.extract.last_layer import through_last
from pwlin.function1d import PiecewiseLinear1D
from pwlin.integers import LIMIT, add, content, divide, is_small, magnitude, multiply, scale, signs
from pwlin.interval import Interval
from pwlin.layer import Layer
from pwlin.network import Network
from pwlin.rational import ExactArray
from pwlin.rationalvector import RationalVector

_HEAVY = 100_000  # exact multiplications from which the filtered last layer pays


def extract_line(
    network: Network, domain: Any = None, *, filtered: bool | None = None
) -> tuple[PiecewiseLinear1D, ...]:
    """Extract every output of a network with one input, exactly.

    Parameters
    ----------
    network : Network
        With ``input_dim == 1``.
    domain : None or pair of ends
        None is all of R; an end that is None is infinite.
    filtered : bool or None
        Whether the last hidden layer takes its signs from certified floats first; None decides by size. The result is
        the same.

    Returns
    -------
    tuple of PiecewiseLinear1D
        One per output; they share their regions.

    Notes
    -----
    Cost: one exact matrix product per layer with two rows for each region, plus one exact evaluation per neuron and
    breakpoint. While all numbers fit 64 bits (dyadic and small-integer weights) everything is vectorised.
    """
    if network.input_dim != 1:
        raise ShapeError(f"network: found {network.input_dim} inputs; accepted is one (see Network.restrict)")
    interval = Interval.parse(domain)
    cut = whole_line(interval)
    patterns: list[NDArray[np.bool_]] = []
    before, last = network.hidden[:-1], network.hidden[-1:]
    for layer in before:
        cut, parents, active = _through(layer, cut)
        patterns = [*(p[parents] for p in patterns), active]
    if last and network.output_dim == 1 and (_is_heavy(network, cut) if filtered is None else filtered):
        cut, parents, active = through_last(network, cut)
        patterns = [*(p[parents] for p in patterns), active]
        a, b, den = cut.a, cut.b, cut.den
    else:
        for layer in last:
            cut, parents, active = _through(layer, cut)
            patterns = [*(p[parents] for p in patterns), active]
        a, b, den = affine(network.readout, cut.a, cut.b, cut.den)
    ends = RationalVector(cut.p[1:-1], cut.q[1:-1])
    return tuple(
        PiecewiseLinear1D(
            interval,
            ends,
            RationalVector.over(a[:, i], den),
            RationalVector.over(b[:, i], den),
            LineActivity(network.output(i), tuple(patterns)),
        )
        for i in range(network.output_dim)
    )


def _is_heavy(network: Network, cut: Cut) -> bool:
    """Whether the last hidden layer means much work with integers beyond 64 bits."""
    layer, readout = network.hidden[-1], network.readout
    work = len(cut.a) * layer.n_in * layer.n_out + layer.n_out**2
    if work < _HEAVY or not is_small(cut.a):
        return work >= _HEAVY
    inputs = max(magnitude(cut.a), magnitude(cut.b), cut.den)
    largest = inputs * magnitude(layer.compact_weight) * magnitude(readout.compact_weight) * layer.n_in * layer.n_out
    return largest >= LIMIT


def _through(layer: Layer, cut: Cut) -> tuple[Cut, NDArray[np.int64], NDArray[np.bool_]]:
    """Pass one hidden layer: the finer cut, each new region's parent, and the layer's patterns."""
    a, b, den = affine(layer, cut.a, cut.b, cut.den)
    left, right = _end_signs(a, b, cut)
    rows, neurons = np.nonzero(crossings(layer, left, right))
    splits = Splits.of(rows, neurons, *roots_of(a[rows, neurons], b[rows, neurons]), len(a))
    active = splits.patterns(layer, left, right)
    p, q = splits.ends(cut)
    low, high, unit = layer.integer_slopes
    a, b = (_sloped(v[splits.parents], active, low, high) for v in (a, b))
    den *= unit
    common = content(den, a, b)
    return Cut(p, q, divide(a, common), divide(b, common), den // common), splits.parents, active


def _sloped(values: ExactArray, active: NDArray[np.bool_], low: ExactArray, high: ExactArray) -> ExactArray:
    """Preactivations (or their coefficients) times the slopes of their units; ReLUs need no multiplication."""
    if np.all(low == 0) and np.all(high == 1):
        return np.where(active, values, 0)
    return multiply(values, np.where(active, high, low))


def _end_signs(a: ExactArray, b: ExactArray, cut: Cut) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Signs of every neuron at the left and right end of every region."""
    left = signs(add(multiply(a, cut.p[:-1, None]), multiply(b, cut.q[:-1, None])))
    last = signs(add(scale(a[-1], int(cut.p[-1])), scale(b[-1], int(cut.q[-1]))))
    right = np.concatenate([left[1:], last[None, :]])  # preactivations are continuous
    for signs_there, row in ((left, 0), (right, -1)):  # at an infinite end a constant keeps its own sign
        if cut.q[row] == 0:
            signs_there[row] = np.where(a[row] == 0, signs(b[row]), signs_there[row])
    return left, right
