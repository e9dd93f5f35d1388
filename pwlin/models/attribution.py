"""Integrated gradients, exactly: what each input adds to the difference of two outputs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from pwlin.base.doors import door
from pwlin.exact.integers import wide
from pwlin.exact.rational import ExactArray
from pwlin.extraction.line.exact import extract_line
from pwlin.models.through_data import sample
from pwlin.networks import as_network
from pwlin.networks.maps import SingleMaps
from pwlin.networks.network import Network

Attribution = tuple[Fraction, ...]


@door
def attribute(net: object, baseline: object, x: object) -> Attribution | tuple[Attribution, ...]:
    """The integrated gradients of a network from a baseline to a sample.

    Parameters
    ----------
    net : Network, or anything that `pwlin.as_network` takes
    baseline, x : array_like
        Samples, of any shape with as many entries as the network has inputs.

    Returns
    -------
    tuple of Fractions, or a tuple of such tuples if there are several outputs
        One for each input: ``(x[i] - baseline[i])`` times the mean of the output's derivative by input i on the line between
        them. They add up to the difference of the outputs, exactly.

    Notes
    -----
    Gradients are constant on the regions of the line, so that the mean is a finite sum. Where the line runs within the zero set
    of a neuron, its slope there is that of the left side of its activation. Cost: an extraction on the line, and an exact
    gradient for each region and output.

    Source: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", ICML 2017.

    Examples
    --------
    >>> net = Network.from_arrays([[[1, 1]], [[1]]], [[-1], [0]])
    >>> [str(part) for part in attribute(net, (0, 0), (1, 2))]  # relu(a + b - 1), which begins to grow at a third of the way
    ['2/3', '4/3']
    """
    network = as_network(net)
    start, end = sample(network, baseline, "baseline"), sample(network, x, "x")
    way = end - start
    if not way.any():
        zeros = (Fraction(0),) * network.input_dim
        return zeros if network.output_dim == 1 else (zeros,) * network.output_dim
    functions = extract_line(network.restrict(start, way), (0, 1))
    patterns = [np.array(layer) for layer in zip(*(region.pattern for region in functions[0].regions))]
    patterns = [_with_carried(layer, size) for layer, size in zip(patterns, network.sizes)]
    lengths = _lengths(functions[0].breakpoints)
    means = _mean_gradients(network, patterns, lengths)
    parts = tuple(tuple(w * g for w, g in zip(way, row)) for row in means)
    return parts[0] if network.output_dim == 1 else parts


def _with_carried(
    active: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], size: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    whole = np.ones((len(active), size), dtype=bool)
    whole[:, : active.shape[1]] = active
    return whole


def _lengths(breakpoints: tuple[Fraction, ...]) -> list[Fraction]:
    ends = [Fraction(0), *breakpoints, Fraction(1)]
    return [b - a for a, b in zip(ends, ends[1:])]


def _mean_gradients(network: Network, patterns: list[ExactArray], lengths: list[Fraction]) -> list[list[Fraction]]:
    """The mean of each output's gradient over the regions, weighted by their lengths."""
    maps, count = SingleMaps(network), len(lengths)
    unit = int(np.lcm.reduce(np.array([v.denominator for v in lengths], dtype=object)))
    weights = np.array([int(v * unit) for v in lengths], dtype=object)
    out = []
    for k in range(network.output_dim):
        total = np.zeros(network.input_dim, dtype=object)
        for begin in range(0, count, 64):
            rows = np.arange(begin, min(begin + 64, count))
            *slopes, _ = maps.entries(len(patterns), patterns, rows, np.full(len(rows), k))
            for i, column in enumerate(slopes):
                total[i] += int(np.dot(wide(column), weights[rows]))
        out.append([Fraction(int(v), unit * maps.denominators[-1]) for v in total])
    return out
