"""From a one-input network to its exact regions: layer by layer, all regions of a layer at once.

In a region the input of every layer is one affine map of the line's coordinate. Its coefficients are integers over one
denominator, so their bits grow linearly with depth. A neuron divides a region exactly where its affine map changes sign
strictly inside; the signs at the region's two ends decide that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import ShapeError
from pwlin.exact.affine import AffineMaps, Points
from pwlin.exact.integers import multiply
from pwlin.exact.rational import ExactArray
from pwlin.extraction.line.cut import Regions, Splits, crossings, line_ends
from pwlin.extraction.line.filtered import filtered_regions
from pwlin.functions.line.activity import LineActivity
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.geometry.interval import Interval
from pwlin.networks.balance import balanced
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_HEAVY = 140  # weights for each hidden layer from which certified floats pay in deep networks
_SMALL = 62  # bits of the results up to which int64 is faster
_LONG = 168  # bits of the weights, on the average of layers, beyond which limbs are slower


def extract_line(
    network: Network, domain: object = None, *, filtered: bool | None = None
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
        raise refusal("network", f"{network.input_dim} inputs", "is one (see Network.restrict)", ShapeError)
    interval = Interval.parse(domain)
    alike, regions = network if filtered is False else balanced(network), None
    if is_heavy(alike) if filtered is None else filtered:
        regions = filtered_regions(alike, interval, always=filtered is True)
    if regions is None:
        regions = exact_regions(alike, interval)
    breaks, first = regions.ends.inner(), LineActivity(network, regions.patterns)
    return tuple(
        PiecewiseLinear1D(interval, breaks, *regions.outputs.column(i), replace(first, output=i))
        for i in range(network.output_dim)
    )


def exact_regions(network: Network, interval: Interval) -> Regions:
    """The regions, with exact maps of all neurons in all regions."""
    ends, one = line_ends(interval), np.ones((1, 1), dtype=np.int64)
    maps = AffineMaps(one, np.zeros_like(one), 1)
    levels: list[tuple[NDArray[np.int64], NDArray[np.bool_]]] = []
    for layer in network.hidden:
        ends, maps, parents, active = _through(layer, ends, maps)
        levels.append((parents, active))
    patterns: list[NDArray[np.bool_]] = []
    ancestors = np.arange(len(maps))
    for parents, active in reversed(levels):
        patterns.append(np.take(active, ancestors, axis=0) if patterns else active)
        ancestors = np.take(parents, ancestors)
    return Regions(ends, tuple(reversed(patterns)), _fed(network.readout, maps))


def is_heavy(network: Network) -> bool:
    """Whether certified floats and few exact maps pay: for much work with integers beyond 64 bits, but not too long."""
    depth = len(network.hidden)
    work = sum(layer.n_weights for layer in network.layers)
    if depth == 0 or (depth > 1 and work < _HEAVY * depth):
        return False
    bits = [layer.bits for layer in network.layers]
    return _SMALL < sum(bits) < _LONG * len(bits)


def _fed(layer: Layer, maps: AffineMaps) -> AffineMaps:
    return maps.through(layer.forward, layer.compact_bias, layer.denominator)


def _through(
    layer: Layer, ends: Points, maps: AffineMaps
) -> tuple[Points, AffineMaps, NDArray[np.int64], NDArray[np.bool_]]:
    """Pass one hidden layer: the finer ends and maps, each new region's parent, and the layer's patterns."""
    maps = _fed(layer, maps)
    ends, parents, active = _divided(layer, ends, maps)
    low, high, unit = layer.integer_slopes

    def bent(coefficients: ExactArray) -> ExactArray:
        values = np.take(coefficients, parents, axis=0)
        return np.where(active, values, 0) if layer.is_relu else multiply(values, np.where(active, high, low))

    return ends, maps.each(bent, unit), parents, active


def _divided(layer: Layer, ends: Points, maps: AffineMaps) -> tuple[Points, NDArray[np.int64], NDArray[np.bool_]]:
    """The new regions' ends, parents and patterns. What finding them needs is large, and freed on return."""
    left, right = maps.signs_between(ends)
    rows, neurons = crossings(layer, left, right)
    splits = Splits.of(rows, neurons, maps.roots(rows, neurons), len(maps))
    return splits.ends(ends), splits.parents, splits.patterns(layer, left, right)
