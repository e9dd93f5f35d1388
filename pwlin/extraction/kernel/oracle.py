"""Rationals for the kernel: signs that floats cannot settle, and exact maps, normals and vertices of a pattern."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import groupby
from operator import mul

import numpy as np
from flint import fmpz_mat

from pwlin.extraction.kernel.compiled import Integers, plain, put
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.rounding import rounded_vertex, walls_of
from pwlin.extraction.kernel.store import ALIVE, HEAD, N_VERTICES, MemoCounts, StackCounts, Store, with_room_for_signs
from pwlin.extraction.kernel.tables import place
from pwlin.extraction.maps import SingleMaps
from pwlin.geometry.cone import Vector, dot, primitive
from pwlin.geometry.linear import null_space
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from pwlin.networks.neurons import Neurons

_REMEMBERED = 64
_FLINT_ADVANTAGE = 32
"""About how many Python products cost as much as one of FLINT's in a matrix, with what surrounds it."""


class Oracle:
    """Exact rows of layers under given patterns; the inputs of the last few layers asked for are remembered."""

    def __init__(self, net: Network, domain: Polytope) -> None:
        self._net = net
        self._domain = domain
        self._forget()

    def _forget(self) -> None:
        self._images: OrderedDict[tuple[int, int], list[list[int]]] = OrderedDict()
        self._weights: dict[int, list[list[int]]] = {}
        self._matrices: dict[int, fmpz_mat] = {}
        self._latest: dict[int, tuple[int, list[list[int]]]] = {}
        self._settled: dict[int, Vector] = {}

    def fresh(self) -> Oracle:
        """Another one for the same network, for another thread; they share what they know of its weights."""
        other = Oracle(self._net, self._domain)
        other._weights, other._matrices, other._single_maps = self._weights, self._matrices, self._single_maps
        return other

    @cached_property
    def _single_maps(self) -> SingleMaps:
        return SingleMaps(self._net)

    def __getstate__(self) -> tuple[Network, Polytope]:
        return self._net, self._domain

    def __setstate__(self, state: tuple[Network, Polytope]) -> None:
        self._net, self._domain = state
        self._forget()

    @cached_property
    def _numbering(self) -> Neurons:
        return self._net.numbering

    @property
    def bounded(self) -> bool:
        """Whether the domain is."""
        return self._domain.is_bounded

    @cached_property
    def _walls(self) -> tuple[Vector, ...]:
        return walls_of(self._domain)

    @property
    def _first(self) -> tuple[int, ...]:
        return self._numbering.first

    @cached_property
    def _scales(self) -> tuple[int, ...]:
        """The factors of the layers' inputs."""
        return self._net.denominators

    def _weight(self, layer: int) -> list[list[int]]:
        """A layer's integer rows, the bias last."""
        if layer not in self._weights:
            data = self._net.layers[layer]
            rows = zip(data.compact_weight.tolist(), data.compact_bias.tolist())
            self._weights[layer] = [[*row, bias] for row, bias in rows]
        return self._weights[layer]

    def _slopes(self, layer: int, pattern: int) -> list[int]:
        """The slopes of a layer's neurons, as integers over the layer's denominator."""
        left, right = self._slope_pairs[layer]
        bits = pattern >> self._first[layer]
        return [high if bits >> i & 1 else low for i, (low, high) in enumerate(zip(left, right))]

    @cached_property
    def _slope_pairs(self) -> list[tuple[list[int], list[int]]]:
        pairs = [layer.integer_slopes[:2] for layer in self._net.hidden]
        return [(list(map(int, left)), list(map(int, right))) for left, right in pairs]

    def _below(self, layer: int, pattern: int) -> int:
        """The part of a pattern on which a layer's preactivations depend."""
        return pattern & ((1 << self._first[layer]) - 1)

    def _image(self, layer: int, pattern: int) -> list[list[int]]:
        """The columns of a layer's inputs as an affine map, and of the constant one, times the layer's scale."""
        pattern = self._below(layer, pattern)
        key = (layer, pattern)
        known = self._images.pop(key, None)  # back at the end, in a way that other threads may look on
        if known is not None:
            self._images[key] = known
            return known
        d = self._domain.dim
        if layer == 0:
            columns = [[int(i == c) for i in range(d)] for c in range(d)] + [[0] * d]
        else:
            slopes, rows = self._slopes(layer - 1, pattern), self.preactivations(layer - 1, pattern)
            columns = [[s and s * row[c] for s, row in zip(slopes, rows)] for c in range(d + 1)]
        for c, column in enumerate(columns):
            column.append(self._scales[layer] if c == d else 0)
        self._images[key] = columns
        if len(self._images) > _REMEMBERED:
            self._images.popitem(last=False)
        return columns

    def preactivations(self, layer: int, pattern: int) -> list[list[int]]:
        """A layer's preactivations where `pattern` holds, row by row, as in `row`.

        Those of the last pattern asked for are kept. If another one differs from it in few neurons of the layer before
        only, they are updated: one multiplication of every weight of each such neuron with its map.
        """
        pattern = self._below(layer, pattern)
        known, rows = self._latest.get(layer, (-1, []))
        if known != pattern or not rows:
            flips = [] if layer == 0 or not rows else self._flips(layer, known, pattern)
            if flips is None or not rows or layer == 0:
                rows = self._product(layer, pattern)
            else:
                rows = self._updated(layer, rows, flips, pattern)
            self._latest[layer] = (pattern, rows)
        return rows

    def _flips(self, layer: int, known: int, pattern: int) -> list[int] | None:
        """The neurons of the layer before in which two patterns differ; None if they differ below or in many."""
        change = known ^ pattern
        if self._below(layer - 1, change) or change.bit_count() * _FLINT_ADVANTAGE > self._net.sizes[layer - 1]:
            return None
        return [i for i in range(self._net.sizes[layer - 1]) if change >> self._first[layer - 1] + i & 1]

    def _product(self, layer: int, pattern: int) -> list[list[int]]:
        columns = self._image(layer, pattern)
        if layer not in self._matrices:
            weight = self._weight(layer)
            self._matrices[layer] = fmpz_mat(len(weight), len(weight[0]), [v for row in weight for v in row])
        inputs = fmpz_mat(len(columns[0]), len(columns), [v for row in zip(*columns) for v in row])
        size = len(columns)
        flat = list(map(int, (self._matrices[layer] * inputs).entries()))
        return [flat[i : i + size] for i in range(0, len(flat), size)]

    def _updated(self, layer: int, rows: list[list[int]], flips: list[int], pattern: int) -> list[list[int]]:
        left, right = self._slope_pairs[layer - 1]
        below = self.preactivations(layer - 1, pattern)
        for i in flips:
            sign = 1 if pattern >> self._first[layer - 1] + i & 1 else -1
            change = [sign * (right[i] - left[i]) * v for v in below[i]]
            rows = [
                [z + w[i] * c for z, c in zip(row, change)] if w[i] else row
                for row, w in zip(rows, self._weight(layer))
            ]
        return rows

    def row(self, layer: int, index: int, pattern: int) -> Vector:
        """A neuron's preactivation (a, b) where `pattern` holds, times a factor that depends on the layer only.

        The readout is the layer after the last hidden one; its factor is the complex's denominator.
        """
        weight = self._weight(layer)[index]
        return tuple([sum(map(mul, weight, column)) for column in self._image(layer, pattern)])

    def wall(self, facet: int) -> Vector:
        """The normal of a facet of the domain, which is told by -1 minus its number."""
        return self._walls[-1 - facet]

    def normal(self, neuron: int, pattern: int) -> Vector:
        """The primitive normal of a neuron's zero set where `pattern` holds, or of a facet of the domain."""
        if neuron < 0:
            return self.wall(neuron)
        layer = bisect_right(self._first, neuron) - 1
        return primitive(self.row(layer, neuron - self._first[layer], pattern))

    def _inside(self, ray: Vector, pattern: int, facets: Iterable[int]) -> Vector:
        """A ray of a cell, or its opposite if that is the one, from the cell's pattern and facets, as neurons or walls."""
        for facet in facets:
            value = dot(self.normal(facet, pattern), ray)
            if value:
                inside = value > 0 if facet < 0 or pattern >> facet & 1 else value < 0
                return ray if inside else tuple([-v for v in ray])
        raise AssertionError("a cell without lines has a facet that a ray of it is not on")

    def _normals(self, pattern: int, neurons: set[int]) -> dict[int, Vector]:
        """As `normal`, for several at once where nothing near was asked for before."""
        out = {g: self.wall(g) for g in neurons if g < 0}
        bits = self._numbering.arrays([pattern])
        for layer, group in groupby(sorted(g for g in neurons if g >= 0), lambda g: bisect_right(self._first, g) - 1):
            found = list(group)
            indices = np.array(found) - self._first[layer]
            columns = self._single_maps.entries(layer, bits, np.zeros(len(found), dtype=np.int64), indices)
            out.update({g: primitive(tuple(map(int, row))) for g, row in zip(found, zip(*columns))})
        return out

    def settle(self, plan: Plan, store: Store) -> Store:
        """Answer all that the kernel asked about the frame on top."""
        counts = plain(MemoCounts, store.memo.n)
        n, signs = counts.queries, counts.signs
        store = with_room_for_signs(store, n)
        mesh, memo, frames, top = store.mesh, store.memo, store.stack.frames, plain(StackCounts, store.stack.n).top
        frame = frames[top - int(frames[top - 1]) : top]
        pattern = unpack(frame[HEAD : HEAD + plan.words])
        queries = [(row[0], row[1], row[3 : row[2]]) for row in memo.query[:n].tolist()]
        normals = self._normals(pattern, {g for _, g, at in queries for g in (g, *at)})
        for v, g, at in queries:
            if v not in self._settled:
                point = meet([normals[f] for f in at])
                if not point[-1]:
                    point = self._inside(point, pattern, mesh.facet_neuron[facets_of(frame, plan.words)].tolist())
                self._settled[v] = point
                rounded, radius, scale = rounded_vertex(point, plan.beta)
                if radius < mesh.radius[v]:
                    mesh.vertex[v], mesh.radius[v], mesh.scale[v] = rounded, radius, scale
            value = dot(normals[g], self._settled[v])
            key = v << 24 | g
            slot = place(memo.sign_key, key)
            signs += int(memo.sign_key[slot] == -1)
            memo.sign_key[slot], memo.sign_value[slot] = key, (value > 0) - (value < 0)
        put(memo.n, signs=signs, queries=0)
        return store


def facets_of(frame: Integers, words: int) -> Integers:
    """The facets of a cell on the stack."""
    start = HEAD + words + 2 * int(frame[N_VERTICES])
    return frame[start : start + int(frame[ALIVE]).bit_count()]


def meet(normals: Sequence[Vector]) -> Vector:
    """The one point on all hyperplanes, as a primitive vector of positive weight, or a ray or its opposite."""
    if len(normals) == 2 and len(normals[0]) == 3:
        (a, b, c), (p, q, r) = normals
        line = primitive((b * r - c * q, c * p - a * r, a * q - b * p))
    else:
        (line,) = null_space(normals, len(normals[0]))
    return line if line[-1] > 0 else tuple([-v for v in line])


def unpack(words: Integers) -> int:
    """A pattern of the kernel as an integer."""
    return int.from_bytes(words.astype("<i8").tobytes(), "little")
