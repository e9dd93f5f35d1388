"""The finished complex: integers at once, exact numbers when they are asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, Generic, TypeVar, overload

import numpy as np

from pwlin._cone import Vector
from pwlin.complexnd.order import vertex_order
from pwlin.complexnd.raw import CellComplex, Ragged
from pwlin.domain import Polytope
from pwlin.extract.fast.oracle import Oracle, meet, unpack
from pwlin.extract.fast.parts import Part
from pwlin.extract.fast.plan import Integers
from pwlin.extract.fast.whole import in_order
from pwlin.network import Network

T = TypeVar("T")


class OnDemand(Sequence[T], Generic[T]):
    """A sequence whose entries are made when they are asked for, and then kept.

    Parameters
    ----------
    length : int
    make : callable
        Makes entry i.
    order : callable, optional
        An order of all indices in which making all entries is cheap.
    """

    def __init__(self, length: int, make: Callable[[int], T], order: Callable[[], Sequence[int]] | None = None) -> None:
        self._length = length
        self._make = make
        self._order = order
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        i = range(self._length)[index]
        if i not in self._made:
            self._made[i] = self._make(i)
        return self._made[i]

    def __iter__(self) -> Iterator[T]:
        if len(self._made) < self._length and self._order is not None:
            for i in self._order():
                self[i]
        return (self[i] for i in range(self._length))


class _Exact:
    """Makes exact entries from the integers of a complex."""

    def __init__(
        self,
        oracle: Oracle,
        net: Network,
        words: list[Integers],
        facet_neuron: Integers,
        cells: Ragged,
        facets: Ragged,
        facet_cells: Integers,
        count: int,
    ) -> None:
        self.oracle = oracle
        self.net = net
        self.words = words
        self.starts = list(accumulate(map(len, words), initial=0))
        self.facet_neuron = facet_neuron
        self.cells = cells
        self.facets = facets
        self.facet_cells = facet_cells
        self.count = count

    def pattern(self, cell: int) -> int:
        part = bisect_right(self.starts, cell) - 1
        return unpack(self.words[part][cell - self.starts[part]])

    def map(self, cell: int) -> Vector:
        rows = self.oracle.preactivations(len(self.net.hidden), self.pattern(cell))
        return tuple([v for row in rows for v in row])

    def normal(self, facet: int) -> Vector:
        """Positive inside the facet's first cell: a neuron is, where it is active."""
        neuron, pattern = int(self.facet_neuron[facet]), self.pattern(int(self.facet_cells[facet, 0]))
        normal = self.oracle.normal(neuron, pattern)
        return normal if neuron < 0 or pattern >> neuron & 1 else tuple([-v for v in normal])

    @cached_property
    def owner(self) -> Integers:
        """A cell at each vertex: the first."""
        out = np.empty(self.count, dtype=np.int64)
        cell = np.repeat(np.arange(len(self.cells)), self.cells.lengths())
        out[self.cells.ids[::-1]] = cell[::-1]
        return out

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
        pattern = self.pattern(int(self.owner[index]))
        return meet([self.oracle.normal(int(self.facet_neuron[f]), pattern) for f in self.corner_facets[index]])

    def vertex_order(self) -> Sequence[int]:
        out: list[int] = np.argsort(self.owner, kind="stable").tolist()
        return out


def make_complex(net: Network, domain: Polytope, oracle: Oracle, parts: list[Part], workers: int = 1) -> CellComplex:
    """The complex that parts make up, put in order on so many threads.

    Patterns, maps, generators and normals are exact and made on demand, each with a few products of integers per neuron
    of the layers below; neighbours in the order of the cells share most of that work.
    """
    words = [part.words for part in parts]  # the largest array by far: it stays where it is

    def exact_order(cells: Ragged, facets: Ragged, facet_cells: Integers, facet_neuron: Integers) -> Integers:
        count = int(cells.ids.max()) + 1
        made = _Exact(oracle, net, words, facet_neuron, cells, facets, facet_cells, count)
        return vertex_order(facets, count, OnDemand(count, made.vertex))

    cells, facets, facet_cells, facet_neuron, count = in_order(parts, net.input_dim, exact_order, workers)
    exact = _Exact(oracle, net, words, facet_neuron, cells, facets, facet_cells, count)
    denominator = net.readout.denominator
    for layer in net.hidden:
        denominator *= layer.denominator * layer.integer_slopes[2]
    return CellComplex(
        domain=domain,
        widths=net.widths,
        patterns=OnDemand(len(cells), exact.pattern),
        maps=OnDemand(len(cells), exact.map),
        denominator=denominator,
        generators=OnDemand(count, exact.vertex, exact.vertex_order),
        cells=cells,
        facets=facets,
        facet_cells=facet_cells,
        facet_normals=OnDemand(len(facets), exact.normal),
        lineality=(),
    )
