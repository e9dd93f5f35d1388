"""What the neurons that flip do to the outputs: one by one, or for all of them on one way down through the layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.limbs import Limbs, join
from pwlin.exact.rational import ExactArray
from pwlin.extraction.line.walks import Walk, gradients_above, pays
from pwlin.networks.maps import SingleMaps, Units
from pwlin.networks.network import Network

_AT_ONCE = 256
"""So many regions are worked on at a time."""

Flips = tuple[NDArray[np.int64], NDArray[np.int64]]


def effects_of(
    network: Network, maps: SingleMaps, patterns: Sequence[NDArray[np.bool_]], flips: Sequence[Flips]
) -> list[ExactArray]:
    """Gradients of the outputs by the outputs of neurons that flip, as `SingleMaps.effects` has them, layer by layer.

    Parameters
    ----------
    patterns : sequence of bool arrays, patterns[k] of shape (n_regions, widths[k])
    flips : sequence of pairs of int arrays
        For each layer regions, increasing, and neurons that flip at their right ends. Above the layer patterns are those of
        the region.

    Returns
    -------
    list of arrays of Python integers, shape (number of flips, outputs)
        An empty one where there are none.
    """
    sparse = any(layer.sparse is not None for layer in network.layers)
    walked = bool(flips) and not sparse and pays(network.hidden[-1], sum(len(at) for at, _ in flips[:-1]))
    if sparse or not _shared(network, flips, walked):
        above = gradients_above(network, maps, patterns) if walked else None
        return [_upwards(network, maps, above, k, patterns, each) for k, each in enumerate(flips)]
    parts = []
    for start in range(0, len(patterns[0]), _AT_ONCE):
        stop = start + _AT_ONCE
        inside = [slice(*np.searchsorted(at, (start, stop))) for at, _ in flips]
        here = [(at[part] - start, neurons[part]) for (at, neurons), part in zip(flips, inside)]
        parts.append(_swept(network, maps, [active[start:stop] for active in patterns], here))
    return [np.concatenate(found) for found in zip(*parts)]


def _upwards(
    network: Network,
    maps: SingleMaps,
    above: tuple[Walk, NDArray[np.int64]] | None,
    k: int,
    patterns: Sequence[NDArray[np.bool_]],
    flips: Flips,
) -> ExactArray:
    """The effects of neurons of a layer, from their weights up; or to the last hidden layer, from whose inputs a walk goes on."""
    (at, neurons), top = flips, len(patterns) - 1
    if len(at) == 0:
        return np.empty((0, network.output_dim), dtype=object)
    if above is None or k == top:
        return maps.effects(k, patterns, at, neurons)
    walk, counts = above[0], np.searchsorted(above[1], at)
    if k == top - 1:
        return join(walk.entries(counts, neurons))

    def others(part: slice) -> tuple[Limbs, Units]:
        found, on = maps.changes(k, patterns, at[part], neurons[part], top - 1)
        return maps.bent(found, top - 1, patterns[top - 1][at[part]], on), on

    return join(walk.dots(counts, others, k < top - 2))


def _shared(network: Network, flips: Sequence[Flips], walked: bool) -> bool:
    """Whether it is less work to go down with all outputs, once for all regions alike above, than up from each flip."""
    if not flips:
        return False
    counts = np.array([len(at) for at, _ in flips])
    sizes = np.array([layer.n_weights for layer in network.layers[1:]])
    rest = sizes[1:-2] if walked else sizes  # to the inputs of the last hidden layer
    up = float(counts[: len(rest)] @ np.cumsum(rest[::-1])[::-1])
    above = np.append(np.cumsum(counts[::-1])[::-1][1:], 0)
    return float((above + 1 + len(flips)) @ sizes) * network.output_dim < up


def _swept(
    network: Network, maps: SingleMaps, patterns: Sequence[NDArray[np.bool_]], flips: Sequence[Flips]
) -> list[ExactArray]:
    """From the outputs down: gradients by a layer's outputs for each run of regions that are alike above it."""
    count, outputs = len(patterns[0]), network.output_dim
    begins = np.arange(count) == 0
    gradients = maps.weight(len(patterns)).rows(np.arange(outputs))[:, None, :, :-1]  # limbs, runs, outputs, neurons
    found: list[ExactArray] = []
    for k in range(len(patterns) - 1, -1, -1):
        at, neurons = flips[k]
        run = np.cumsum(begins) - 1
        found.append(join(gradients[:, run[at], :, neurons].transpose(1, 0, 2)))
        if k:
            begins[1:] |= (patterns[k][1:] != patterns[k][:-1]).any(axis=1)
            starts = np.flatnonzero(begins)
            rows = np.repeat(starts, outputs)
            above = gradients[:, run[starts]].reshape(len(gradients), len(rows), -1)
            below = maps.weight(k).backward(maps.bent(above, k, patterns[k][rows]))[..., :-1]
            gradients = below.reshape(len(below), len(starts), outputs, -1)
    return found[::-1]
