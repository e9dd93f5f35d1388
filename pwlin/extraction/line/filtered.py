"""From a one-input network to its exact regions, for wide networks with long integers: only what is needed is exact.

Signs come from floats where these are certain. Exact maps are made only of neurons that cross zero inside a region, of
those whose sign is unsure, and of the outputs in the first region; their maps elsewhere follow from the jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pwlin.base.threads import one_thread
from pwlin.exact.affine import AffineMaps, Points, roots_of, signs_at
from pwlin.exact.integers import wide
from pwlin.exact.rational import ExactArray
from pwlin.extraction.line.cut import Regions, Splits, crossings, indices, line_ends
from pwlin.extraction.line.effects import effects_of
from pwlin.extraction.line.fixed import Ground
from pwlin.extraction.line.signs import UNSURE, FloatLayer, FloatPoints, Places, between, certain_signs
from pwlin.extraction.line.walks import LineMaps
from pwlin.geometry.interval import Interval
from pwlin.networks.maps import SingleMaps
from pwlin.networks.network import Network

_UNSURE_SHARE = 0.25
"""Unsure signs of a layer for each point, from which new ground is worth while."""
_GROWN = 2.0**-38
"""Errors beyond this share of the values have grown on the way through layers."""


@dataclass(frozen=True, eq=False)
class Ends:
    """The ends of the regions, and for each a content: the crossing neuron's map at p / q is content * (q, -p)."""

    points: Points
    content: ExactArray

    @property
    def regions(self) -> NDArray[np.int64]:
        """A region that each is an end of."""
        return np.minimum(np.arange(len(self.content)), len(self.content) - 2)

    def finer(self, splits: Splits, content: ExactArray) -> Ends:
        """With the roots between them."""
        return Ends(splits.ends(self.points), splits.merged(self.content, content[splits.order]))


@one_thread()  # products are small, and threads that wait for one another take many times as long where cores are busy
def filtered_regions(network: Network, interval: Interval, *, always: bool = False) -> Regions | None:
    """The regions, or None when the network is so degenerate that exact arithmetic throughout is faster.

    That is with many unsure signs, or many coincident flips and several outputs; with `always`, or where weights are sparse so
    that exact maps of few neurons cost little, None is never returned.
    """
    sparse = any(layer.sparse is not None for layer in network.hidden)
    always = always or sparse
    single = SingleMaps(network)
    maps = LineMaps(network, single)
    ends = Ends(line_ends(interval), np.zeros(2, dtype=object))
    patterns: list[NDArray[np.bool_]] = []
    places = Places(ends.points.keys(), ends.points.finite)
    points = FloatPoints.on_line(places)
    layers: list[FloatLayer] = []
    ground = Ground(single, layers)
    for k, above in enumerate(network.hidden):
        layer = FloatLayer.of(above, float(points.largest.max()), points.unit)
        values, error, found = _signs(layer, points)
        if not sparse and _loose(found, values, error):
            near = ground.under(k, ends.points, [active[ends.regions] for active in patterns])
            if np.isfinite(near.error).all():
                points = near
                layer = FloatLayer.of(above, float(points.largest.max()), points.unit)
                values, error, found = _signs(layer, points)
        layers.append(layer)
        if not _settle(found, maps, k, patterns, ends.points, always):
            return None
        left, right = found[:-1], found[1:]
        rows, neurons = crossings(above, left, right)
        roots, content = roots_of(*maps.entries(k, patterns, rows, neurons))
        splits = Splits.of(rows, neurons, roots, len(left))
        active = splits.patterns(above, left, right)
        patterns = [*(np.take(each, splits.parents, axis=0) for each in patterns), active]
        ends = ends.finer(splits, content)
        if k < len(network.hidden) - 1:
            new = places.at(splits)
            if (
                len(places.finite) == 2 and not places.finite.any()
            ):  # the whole line, from which nothing leads to a point
                z, off = _from_the_line(layers, new)
            else:
                z, off = between(values, error, places, splits)
            if sparse:  # where inputs are zero, so are some of their sums
                inner = np.where(left[splits.rows] == right[splits.rows], left[splits.rows], certain_signs(z, off))
                inner[np.arange(len(rows)), splits.neurons] = 0
                inputs = layer.outputs(values, error, places.finite, found)
                points = inputs.merged(layer.outputs(z, off, new.finite, inner), splits)
            else:
                inputs = layer.outputs(values, error, places.finite)
                points = inputs.merged(layer.outputs(z, off, new.finite), splits)
            places = places.merged(new, splits)
    outputs = _outputs(network, maps, tuple(patterns), ends, always)
    if outputs is None:
        return None
    return Regions(ends.points, tuple(patterns), outputs)


def _from_the_line(layers: Sequence[FloatLayer], places: Places) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Preactivations of the last layer at points, and bounds of their errors, layer by layer from the points themselves."""
    points = FloatPoints.on_line(places)
    for layer in layers[:-1]:
        points = layer.outputs(*layer.preactivations(points), places.finite)
    return layers[-1].preactivations(points)


def _signs(layer: FloatLayer, points: FloatPoints) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Preactivations, bounds of their errors, and their signs as far as these are certain."""
    values, error = layer.preactivations(points)
    found = certain_signs(values, error)
    found[:, layer.layer.is_linear] = 1  # nobody asks for these, and what is carried along is often exactly zero
    found[layer.zeros(points)] = 0
    return values, error, found


def _loose(found: NDArray[np.int8], values: NDArray[np.float64], error: NDArray[np.float64]) -> bool:
    """Whether many signs are unsure, and not because what they are of is as good as zero but because errors have grown."""
    return bool(
        np.count_nonzero(found == UNSURE) > _UNSURE_SHARE * len(found)
        and np.median(error[:, 0]) > _GROWN * np.median(np.abs(values))
    )


def _settle(
    found: NDArray[np.int8],
    maps: LineMaps,
    k: int,
    patterns: list[NDArray[np.bool_]],
    ends: Points,
    always: bool,
) -> bool:
    """Put exact signs for the unsure ones; False if these are too many."""
    at, neurons = indices(found == UNSURE)
    if len(at) == 0:
        return True
    if len(at) > 8 + len(found) and not always:
        return False
    a, b = maps.entries(k, patterns, np.minimum(at, len(found) - 2), neurons)
    found[at, neurons] = signs_at(a, b, ends.at(at))
    return True


def _outputs(
    network: Network, maps: LineMaps, patterns: tuple[NDArray[np.bool_], ...], ends: Ends, always: bool
) -> AffineMaps | None:
    """The outputs' maps in all regions, by adding jumps up; None if too few jumps are of one neuron only.

    In the first region, and where so many neurons flip at one point that their jumps cost more, the outputs' maps are made from
    the patterns. Of neurons that flip at one point the jump of each is taken with the layers below as they are on the right and
    those above as they are on the left, so that they add up.
    """
    outputs = np.arange(network.output_dim)
    count = len(ends.content) - 1
    flips = [indices(active[1:] != active[:-1]) for active in patterns]
    several = np.zeros(count - 1, dtype=np.int64)
    for at, _ in flips:
        several += np.bincount(at, minlength=count - 1)
    many = (several > 1) & (2 * several >= len(outputs))
    anchors = np.concatenate([[0], np.flatnonzero(many) + 1])
    cost = len(anchors) * len(outputs) + 2 * int(several[(several > 1) & ~many].sum())
    if cost > 8 + 2 * count and not always:
        return None
    known = maps.entries(len(patterns), patterns, np.repeat(anchors, len(outputs)), np.tile(outputs, len(anchors)))
    jumps = np.zeros((count, len(outputs)), dtype=object)
    alone = [(at[~many[at]], neurons[~many[at]]) for at, neurons in flips]
    effects = effects_of(network, maps.maps, patterns, alone)
    for k, (at, neurons) in enumerate(alone):
        if len(at) == 0:
            continue
        low, high, _ = network.hidden[k].integer_slopes
        bend = wide(high)[neurons] - wide(low)[neurons]
        content, shared = ends.content[at + 1], several[at] > 1
        if shared.any():
            right = at[shared] + 1
            content[shared] = maps.entries(k, patterns, right, neurons[shared])[0] // wide(ends.points.q[right])
        turn = bend * np.where(patterns[k][at + 1, neurons], 1, -1) * content
        np.add.at(jumps, at + 1, effects[k] * turn[:, None])
    segment = np.zeros(count, dtype=np.int64)
    segment[anchors[1:]] = 1
    segment = np.cumsum(segment)
    out = []
    for first, factor in zip(known, (ends.points.q, -ends.points.p)):
        total = np.add.accumulate(jumps * wide(factor)[:-1, None], axis=0)
        out.append(total + (first.reshape(len(anchors), -1) - total[anchors])[segment])
    return AffineMaps(out[0], out[1], network.denominators[-1])
