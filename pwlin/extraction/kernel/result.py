"""The finished complex: integers at once, exact numbers when they are asked for."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import accumulate

import numpy as np

from pwlin.base.sequences import OnDemand, Ragged
from pwlin.exact.limbs import join
from pwlin.exact.rounding import Parts, rounded_limbs, rounded_pairs, rounded_quotients
from pwlin.extraction.kernel.compiled import Bools, Floats, Integers
from pwlin.extraction.kernel.exact_rows import ExactRows
from pwlin.extraction.kernel.fine_maps import FineMaps
from pwlin.extraction.kernel.floats import PartFloats, places
from pwlin.extraction.kernel.oracle import Oracle, meet, unpack
from pwlin.extraction.kernel.parts import Part
from pwlin.extraction.kernel.whole import Ordered, in_order
from pwlin.extraction.maps import AllMaps, SingleMaps, map_residues, suits
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.order import facets_of_cells, reordered, vertex_order
from pwlin.functions.cells.places import Places
from pwlin.geometry.cone import Vector, dot, primitive
from pwlin.geometry.linear import null_space
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_MANY = 1024
"""Cells that are worked on at a time when all are."""
_FEW = 32
"""Fewer cells are as soon worked on one by one."""
_BRIEF = 100
"""Of fewer bits in all products are made in full rather than rounded."""
_SHORT = 168
"""Bits of weights up to which limbs are faster than one product after the other."""


class _Exact:
    """Makes exact entries from the integers of a complex."""

    def __init__(self, oracle: Oracle, net: Network, words: list[Integers], ordered: Ordered) -> None:
        self.oracle = oracle
        self.net = net
        self.words = words
        self.starts = list(accumulate(map(len, words), initial=0))
        self.cells, self.facets, self.facet_cells, self.facet_neuron, self.count, self.vertices, self.walls = ordered

    def word(self, cell: int) -> Integers:
        """The pattern of a cell, 64 bits to a word."""
        part = bisect_right(self.starts, cell) - 1
        return self.words[part][cell - self.starts[part]]

    def pattern(self, cell: int) -> int:
        return unpack(self.word(cell))

    def row(self, cell: int, output: int) -> Vector:
        """The map of one output in a cell."""
        if self.single_rows is None:
            return self.oracle.row(len(self.net.hidden), output, self.pattern(cell))
        return self.single_rows(len(self.net.hidden), output, self.word(cell))

    def map(self, cell: int) -> Vector:
        return tuple([v for output in range(self.net.output_dim) for v in self.row(cell, output)])

    def inward(self, facet: int, cell: int) -> Vector:
        """The normal of a facet of a cell that is positive inside: a neuron is, where it is active."""
        neuron, word = int(self.facet_neuron[facet]), self.word(cell)
        if neuron < 0:
            return self.oracle.wall(neuron)
        if self.single_rows is None:
            normal = self.oracle.normal(neuron, unpack(word))
        else:
            normal = self.single_rows.normal(neuron, word)
        return normal if word[neuron >> 6] >> (neuron & 63) & 1 else tuple([-v for v in normal])

    def normal(self, facet: int) -> Vector:
        """Positive inside the facet's first cell."""
        return self.inward(facet, int(self.facet_cells[facet, 0]))

    @cached_property
    def owner(self) -> Integers:
        """A cell at each vertex: the first."""
        return self.cells.first_rows(self.count)

    @cached_property
    def cell_facets(self) -> Ragged:
        return facets_of_cells(self.facet_cells, len(self.cells))

    @cached_property
    def corner_facets(self) -> Ragged:
        """The facets of each vertex' owner that meet at it."""
        lengths = self.facets.lengths()
        vertex, facet = self.facets.ids, np.repeat(np.arange(len(self.facets)), lengths)
        own = (self.facet_cells[facet] == self.owner[vertex][:, None]).any(axis=1)
        vertex, facet = vertex[own], facet[own]
        order = np.argsort(vertex, kind="stable")
        offsets = np.concatenate([[0], np.cumsum(np.bincount(vertex, minlength=self.count))]).astype(np.int64)
        return Ragged(offsets, facet[order])

    def vertex(self, index: int) -> Vector:
        return self._corner(index, partial(self.inward, cell=int(self.owner[index])))

    def _corner(self, index: int, inward: Callable[[int], Vector]) -> Vector:
        """The vertex or ray on its owner's facets, whose normals are positive inside the owner."""
        normals = [inward(f) for f in self.corner_facets[index]]
        if self.oracle.bounded:
            return meet(normals)
        d = len(normals[0]) - 1  # in the plane two facets of a cell are on two lines
        if len(normals) < d or (d > 2 and len(null_space(normals, d + 1)) > 1):
            normals.append((*[0] * d, 1))  # the facet at infinity
        point = meet(normals)
        if point[-1]:
            return point
        values = (dot(inward(f), point) for f in self.cell_facets[int(self.owner[index])])
        return point if next(filter(None, values)) > 0 else tuple([-v for v in point])

    def all_patterns(self) -> Iterator[int]:
        """The patterns of all cells."""
        for words in self.words:
            data, size = words.astype("<i8").tobytes(), 8 * words.shape[1]
            yield from (int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size))

    def all_maps(self) -> Iterator[Vector]:
        """The maps of all cells, many at a time."""
        return self.some_maps(np.arange(len(self.cells)))

    def some_maps(self, cells: Integers) -> Iterator[Vector]:
        """The maps of some cells, which are in ascending order."""
        if suits(self.net):
            maps = AllMaps(self.net)
            for _, bits in self._parts(cells):
                yield from map(tuple, join(maps.limbs(bits)).reshape(len(bits[0]), -1).tolist())
            return
        outputs = np.arange(self.net.output_dim)
        for some, bits in self._parts(cells):
            rows = np.repeat(np.arange(len(some)), len(outputs)), np.tile(outputs, len(some))
            table = np.stack(self.single_maps.entries(len(bits), bits, *rows), axis=1)
            yield from map(tuple, table.reshape(len(some), -1).tolist())

    def map_parts(self, cells: Integers, output: int) -> Parts:
        """The maps of one output in some cells, rounded; see `RoundedMaps.make`."""
        near = self._near_parts(cells, output) if len(cells) >= _FEW else None
        parts, sure = near or (None, np.zeros(len(cells), dtype=np.bool_))
        doubtful = np.flatnonzero(~sure)
        den, rows = self.net.denominators[-1], self.exact_maps(cells[doubtful], output)
        exact = rounded_quotients([[(row[c], den) for row in rows] for c in range(self.net.input_dim + 1)])
        if parts is None:
            return exact
        for part, better in zip(parts, exact):
            part[:, doubtful] = better
        return parts

    def _near_parts(self, cells: Integers, output: int) -> tuple[Parts, Bools] | None:
        """The same from few bits, and in which cells that is certain."""
        places = self.net.denominators[-1].bit_length() - 1
        short = sum(layer.bits for layer in self.net.layers) < _BRIEF
        if short and self.net.denominators[-1] == 1 << places and suits(self.net):
            limbs = AllMaps(self.net, output).limbs(self.bits(cells)).reshape(-1, len(cells), self.net.input_dim + 1)
            parts, sure = rounded_limbs(np.moveaxis(limbs, 2, 1), places)
        else:
            fine = FineMaps(self.net, output)
            if fine.bound == math.inf:
                return None
            high, low = fine(self.patterns(cells))
            parts, sure = rounded_pairs(high.T, low.T, np.full(high.T.shape, fine.bound))
        everywhere: Bools = np.all(sure, axis=0)
        return parts, everywhere

    def exact_maps(self, cells: Integers, output: int) -> list[Vector]:
        """The integers of one output's maps in some cells."""
        if len(cells) >= _FEW and suits(self.net):
            limbs = AllMaps(self.net, output).limbs(self.bits(cells))
            return list(map(tuple, join(limbs).reshape(len(cells), -1).tolist()))
        if len(cells) < _FEW or not self.limbs_pay:
            return [self.row(cell, output) for cell in cells.tolist()]
        every = np.arange(len(cells)), np.full(len(cells), output)
        columns = self.single_maps.entries(len(self.net.hidden), self.bits(cells), *every)
        return list(zip(*(column.tolist() for column in columns)))

    def map_residues(self, cells: Integers, output: int) -> Integers:
        """The maps of one output in some cells, modulo a prime."""
        return map_residues(self.net, output, self.bits(cells))

    def vertex_mask(self) -> Bools:
        """Which generators are points and no rays."""
        mask: Bools = self.vertices[:, -2] != 0
        return mask

    def places(self) -> Places:
        """The floats of vertices and walls."""
        neuron, first = np.maximum(self.facet_neuron, 0), self.facet_cells[:, 0]
        active = np.zeros(len(first), dtype=np.bool_)
        for start, stop, words in zip(self.starts, self.starts[1:], self.words):
            part = slice(*np.searchsorted(first, (start, stop)))
            active[part] = words[first[part] - start, neuron[part] >> 6] >> (neuron[part] & 63) & 1
        return places(self.vertices, self.walls, active | (self.facet_neuron < 0))

    def near_maps(self, output: int) -> tuple[Floats, float]:
        """The maps of one output in all cells as floats, and their bound; no maps if that is infinite."""
        fine = FineMaps(self.net, output)
        if fine.bound == math.inf:
            return np.zeros((0, 0)), math.inf
        high, low = fine(self.patterns(np.arange(len(self.cells))))
        return high, fine.bound + float(np.abs(low).max())

    def all_normals(self) -> Iterator[Vector]:
        """The normals of all facets."""
        return self.some_normals(np.arange(len(self.facets)))

    def some_normals(self, facets: Integers) -> Iterator[Vector]:
        """The normals of some facets in ascending order, which is that of their first cells."""
        first, owners = np.array(self.net.numbering.first), self.facet_cells[facets, 0]
        for some, bits in self._parts(np.unique(owners)):
            here = facets[slice(*np.searchsorted(owners, (some[0], some[-1] + 1)))]
            neurons, cells = self.facet_neuron[here], np.searchsorted(some, self.facet_cells[here, 0])
            layers = np.searchsorted(first, neurons, side="right") - 1
            found: list[Vector] = [self.oracle.wall(g) if g < 0 else () for g in neurons.tolist()]
            changes = np.zeros(len(bits[0]), dtype=np.bool_)
            for k, active in enumerate(bits):
                at = np.flatnonzero(layers == k)
                rows, indices = cells[at], neurons[at] - first[k]
                # cells with the same patterns below have the same normals
                _, once, which = np.unique(
                    np.cumsum(changes)[rows] * active.shape[1] + indices, return_index=True, return_inverse=True
                )
                columns = self.single_maps.entries(k, bits, rows[once], indices[once])
                normals = [primitive(vector) for vector in zip(*(column.tolist() for column in columns))]
                for i, j, up in zip(at.tolist(), which.tolist(), active[rows, indices].tolist()):
                    found[i] = normals[j] if up else tuple([-v for v in normals[j]])
                changes[1:] |= (active[1:] != active[:-1]).any(axis=1)
            yield from found

    def all_vertices(self) -> Iterator[Vector]:
        """All vertices, from the normals of all facets."""
        return self.some_vertices(np.arange(self.count))

    def some_vertices(self, vertices: Integers) -> Iterator[Vector]:
        """Some vertices, from the normals of their owners' facets."""
        bounded = self.oracle.bounded
        if bounded and self.net.input_dim == 2:
            yield from self._plane_vertices(vertices)
            return
        around = (
            reordered(self.corner_facets, vertices) if bounded else reordered(self.cell_facets, self.owner[vertices])
        )
        needed = np.unique(around.ids)
        normals = dict(zip(needed.tolist(), self.normals.take(needed.tolist())))
        first = dict(zip(needed.tolist(), self.facet_cells[needed, 0].tolist()))
        for index, owner in zip(vertices.tolist(), self.owner[vertices].tolist()):

            def inward(facet: int, owner: int = owner) -> Vector:
                normal = normals[facet]
                return normal if first[facet] == owner else tuple([-v for v in normal])

            yield self._corner(index, inward)

    def _plane_vertices(self, vertices: Integers) -> Iterator[Vector]:
        """The same in a bounded plane, where two facets of a cell meet at a corner, in arrays; see `meet`."""
        needed, which = np.unique(reordered(self.corner_facets, vertices).ids, return_inverse=True)
        normals = np.array(self.normals.take(needed.tolist()), dtype=object)[which.reshape(-1, 2)]
        (a, b, c), (p, q, r) = normals.transpose(1, 2, 0)
        x, y, t = b * r - c * q, c * p - a * r, a * q - b * p
        common = np.gcd(np.gcd(x, y), t) * np.where(t > 0, 1, -1).astype(object)
        yield from zip((x // common).tolist(), (y // common).tolist(), (t // common).tolist())

    @cached_property
    def normals(self) -> OnDemand[Vector]:
        """The normals of the facets."""
        return self._on_demand(len(self.facets), self.normal, self.all_normals, self.some_normals)

    def _on_demand(
        self,
        length: int,
        make: Callable[[int], Vector],
        make_all: Callable[[], Iterator[Vector]],
        make_some: Callable[[Integers], Iterator[Vector]],
    ) -> OnDemand[Vector]:
        """Where limbs pay many entries are made together."""
        return OnDemand(length, make, make_all, make_some) if self.limbs_pay else OnDemand(length, make)

    def maps(self) -> OnDemand[Vector]:
        """The maps of the cells."""
        return self._on_demand(len(self.cells), self.map, self.all_maps, self.some_maps)

    def generators(self) -> OnDemand[Vector]:
        """The vertices and rays."""
        return self._on_demand(self.count, self.vertex, self.all_vertices, self.some_vertices)

    @cached_property
    def limbs_pay(self) -> bool:
        """Whether integers are short enough for products in limbs."""
        return max(layer.bits for layer in self.net.layers) <= _SHORT

    @cached_property
    def single_rows(self) -> ExactRows | None:
        return ExactRows(self.net) if ExactRows.suits(self.net) else None

    @cached_property
    def single_maps(self) -> SingleMaps:
        return SingleMaps(self.net)

    def patterns(self, cells: Integers) -> Integers:
        """The patterns of some cells in ascending order, 64 bits to a word."""
        bounds = np.searchsorted(cells, self.starts)
        return np.concatenate(
            [words[cells[i:j] - start] for words, start, i, j in zip(self.words, self.starts, bounds, bounds[1:])]
        )

    def bits(self, cells: Integers) -> list[Bools]:
        """The same, layer by layer."""
        return self.net.numbering.unpacked(self.patterns(cells).astype("<i8").view(np.uint8))

    def _parts(self, cells: Integers) -> Iterator[tuple[Integers, list[Bools]]]:
        """Some cells, in ascending order, many at a time, with their patterns layer by layer."""
        for start in range(0, len(cells), _MANY):
            some = cells[start : start + _MANY]
            yield some, self.bits(some)


def make_complex(
    net: Network, domain: Polytope, oracle: Oracle, parts: list[Part], floats: list[PartFloats], workers: int = 1
) -> CellComplex:
    """The complex that parts make up, put in order on so many threads.

    Patterns, maps, generators and normals are exact and made on demand: one by one with a few products of integers per
    neuron of the layers below, of which neighbours in the order of the cells share most; all at once in matrix products.
    """
    words = [part.words for part in parts]  # the largest array by far: it stays where it is

    def exact_order(found: Ordered) -> Integers:
        return vertex_order(
            found.facets, found.n_vertices, OnDemand(found.n_vertices, _Exact(oracle, net, words, found).vertex)
        )

    exact = _Exact(oracle, net, words, in_order(parts, floats, net.input_dim, exact_order, workers))
    return CellComplex(
        domain=domain,
        neurons=net.numbering,
        patterns=OnDemand(len(exact.cells), exact.pattern, exact.all_patterns),
        maps=exact.maps(),
        denominator=net.denominators[-1],
        generators=exact.generators(),
        cells=exact.cells,
        facets=exact.facets,
        facet_cells=exact.facet_cells,
        facet_normals=exact.normals,
        lineality=(),
        make_near_maps=exact.near_maps,
        make_maps=exact.exact_maps,
        map_residues=exact.map_residues,
        map_parts=exact.map_parts,
        make_places=exact.places,
        make_vertex_mask=exact.vertex_mask,
    )
