"""From a one-input network to its exact regions: layer by layer, all regions of a layer at once.

In a region the input of every layer is one affine map of the line's coordinate. Its coefficients are integers over one
denominator, so their bits grow linearly with depth. A neuron divides a region exactly where its affine map changes sign
strictly inside; the signs at the region's two ends decide that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import ShapeError
from pwlin.exact.integers import add, content, divide, multiply, scale, signs
from pwlin.exact.rational import ExactArray
from pwlin.exact.vector import RationalVector
from pwlin.extraction.line.cut import Cut, Regions, Splits, crossings, roots_of, whole_line
from pwlin.extraction.line.filtered import filtered_regions
from pwlin.functions.line.activity import LineActivity, affine
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import Interval
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_HEAVY = 140  # weights for each hidden layer from which certified floats pay in deep networks
_SMALL = 62  # bits of the results up to which int64 is faster
_LONG = 168  # bits of the weights beyond which limbs are slower


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
        Whether signs come from certified floats first, and exact maps are made of few neurons only; None decides by
        size. The result is the same.

    Returns
    -------
    tuple of PiecewiseLinear1D
        One per output; they share their regions.

    Notes
    -----
    Cost with certified floats: evaluation in float64 at all breakpoints, and for each breakpoint one exact product of a
    vector with every weight matrix but two. Without: one exact matrix product per layer with two rows for each region,
    plus one exact evaluation per neuron and breakpoint; while all numbers fit 64 bits (dyadic and small-integer
    weights) everything is vectorised.
    """
    if network.input_dim != 1:
        raise ShapeError(f"network: found {network.input_dim} inputs; accepted is one (see Network.restrict)")
    interval = Interval.parse(domain)
    regions = None
    if is_heavy(network) if filtered is None else filtered:
        regions = filtered_regions(network, interval, always=filtered is True)
    if regions is None:
        regions = exact_regions(network, interval)
    ends = RationalVector.reduced(regions.p[1:-1], regions.q[1:-1])
    return tuple(
        PiecewiseLinear1D(
            interval,
            ends,
            RationalVector.over(regions.a[:, i], regions.den),
            RationalVector.over(regions.b[:, i], regions.den),
            LineActivity(network.output(i), regions.patterns),
        )
        for i in range(network.output_dim)
    )


def exact_regions(network: Network, interval: Interval) -> Regions:
    """The regions, with exact maps of all neurons in all regions."""
    cut = whole_line(interval)
    levels: list[tuple[NDArray[np.int64], NDArray[np.bool_]]] = []
    for layer in network.hidden:
        cut, parents, active = _through(layer, cut)
        levels.append((parents, active))
    a, b, den = affine(network.readout, cut.a, cut.b, cut.den)
    patterns: list[NDArray[np.bool_]] = []
    ancestors = np.arange(len(cut.a))
    for parents, active in reversed(levels):
        patterns.append(np.take(active, ancestors, axis=0) if patterns else active)
        ancestors = np.take(parents, ancestors)
    return Regions(cut.p, cut.q, tuple(reversed(patterns)), a, b, den)


def is_heavy(network: Network) -> bool:
    """Whether certified floats and few exact maps pay: for much work with integers beyond 64 bits, but not too long."""
    depth = len(network.hidden)
    work = sum(layer.n_weights for layer in network.layers)
    if depth == 0 or (depth > 1 and work < _HEAVY * depth):
        return False
    bits = [layer.bits for layer in network.layers]
    return sum(bits) > _SMALL and max(bits) < _LONG


def _through(layer: Layer, cut: Cut) -> tuple[Cut, NDArray[np.int64], NDArray[np.bool_]]:
    """Pass one hidden layer: the finer cut, each new region's parent, and the layer's patterns."""
    a, b, den = affine(layer, cut.a, cut.b, cut.den)
    p, q, parents, active = _divided(layer, a, b, cut)
    a, b = (_sloped(np.take(v, parents, axis=0), active, layer) for v in (a, b))
    den *= layer.integer_slopes[2]
    common = content(den, a, b)
    return Cut(p, q, divide(a, common), divide(b, common), den // common), parents, active


def _divided(
    layer: Layer, a: ExactArray, b: ExactArray, cut: Cut
) -> tuple[ExactArray, ExactArray, NDArray[np.int64], NDArray[np.bool_]]:
    """The new regions' ends, parents and patterns. What finding them needs is large, and freed on return."""
    left, right = _end_signs(a, b, cut)
    rows, neurons = crossings(layer, left, right)
    splits = Splits.of(rows, neurons, *roots_of(a[rows, neurons], b[rows, neurons])[:2], len(a))
    return *splits.ends(cut), splits.parents, splits.patterns(layer, left, right)


def _sloped(values: ExactArray, active: NDArray[np.bool_], layer: Layer) -> ExactArray:
    """Preactivations (or their coefficients) times the slopes of their units; ReLUs need no multiplication."""
    if layer.is_relu:
        return np.where(active, values, 0)
    low, high, _ = layer.integer_slopes
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
