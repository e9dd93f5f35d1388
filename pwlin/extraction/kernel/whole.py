"""The whole that parts make up: each is put in order for itself, in its own run of the whole, on threads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Ragged
from pwlin.extraction.kernel.compiled import Floats, Integers
from pwlin.extraction.kernel.floats import PartFloats
from pwlin.extraction.kernel.ordering import (
    DIGIT,
    WORD,
    RowRoom,
    Rows,
    Sorting,
    Start,
    order_both,
    order_facets,
    order_vertices,
    renumber,
)
from pwlin.extraction.kernel.parallel import at_once
from pwlin.extraction.kernel.parts import Fit, Part, fitted, mend
from pwlin.functions.cells.order import inverse, renumbered


class Ordered(NamedTuple):
    """The cells and facets of a complex.

    Attributes
    ----------
    cells, facets : Ragged
        Vertices of each, increasing.
    facet_cells : ndarray, shape (n_facets, 2)
    facet_neuron : ndarray, shape (n_facets,)
        For facets on the boundary -1 minus the number of the domain's facet.
    n_vertices : int
    vertices : ndarray, shape (n_vertices, d + 2)
        (x, weight, radius), as `Mesh` has them.
    walls : ndarray, shape (n_facets, d + 2)
        (a, b, error), as `Mesh` has them: positive where the neuron is active, or inside the domain.
    """

    cells: Ragged
    facets: Ragged
    facet_cells: Integers
    facet_neuron: Integers
    n_vertices: int
    vertices: Floats
    walls: Floats


N = TypeVar("N", np.int64, np.int32)
Decide = Callable[[Ordered], Integers]


def in_order(parts: list[Part], floats: list[PartFloats], d: int, decide: Decide, workers: int = 1) -> Ordered:
    """The whole that parts make up, in the order of `pwlin.functions.cells.order`.

    Parameters
    ----------
    parts : list of Part
        In their order; emptied, so that the memory of each is given back as soon as it is in the whole.
    floats : list of PartFloats
        Of each part; emptied likewise.
    d : int
        Dimension of the space.
    decide : callable
        The order of vertices, if their facets do not tell them apart, from what would be returned but for that.
    workers : int
        Threads.
    """
    fit = fitted(parts)
    n_cells, n_cell_ids, n_facets, n_facet_ids, n = fit.starts[-1].tolist()
    # Few pieces of memory: large ones come in large pages.
    cell_offsets, offsets, facet_cells, facet_neuron = _cut_up(
        [n_cells + 1, n_facets + 1, 2 * n_facets, n_facets], np.int64
    )
    cell_ids, ids = _cut_up([n_cell_ids, n_facet_ids], np.int32)
    cell_offsets[0] = offsets[0] = 0
    whole = Rows(cell_offsets, cell_ids, offsets, ids, facet_cells.reshape(-1, 2), facet_neuron)
    common = np.empty(fit.n_common, dtype=np.int64)
    vertices, walls = np.empty((n, d + 2)), np.empty((n_facets, d + 2))
    pieces = [_Piece(i, part, fit, d, whole, common) for i, part in enumerate(parts)]
    for piece, own in zip(pieces, floats, strict=True):
        piece.floats, piece.vertex_rows, piece.wall_rows = own, vertices, walls
    parts.clear()
    floats.clear()
    large_first = sorted(pieces, key=lambda piece: -len(piece.part.cell_ends))
    if d == 2 or len(pieces) == 1:  # facets of other parts say nothing of a vertex
        at_once([piece.facets_and_vertices for piece in large_first], workers)
    else:
        at_once([piece.facets for piece in large_first], workers)
        hashes = np.zeros(fit.n_common, dtype=np.int64)
        for piece in pieces:
            piece.give(hashes)
        for piece in pieces:
            piece.take(hashes)
        at_once([piece.vertices for piece in large_first], workers)
    at_once([piece.rows for piece in large_first], workers)
    cells, facets = Ragged(cell_offsets, cell_ids), Ragged(offsets, ids)
    ordered = Ordered(cells, facets, whole.facet_cells, facet_neuron, n, vertices, walls)
    if all(piece.told_apart for piece in pieces):
        return ordered
    order = decide(ordered)
    new = inverse(order)
    return ordered._replace(cells=renumbered(cells, new), facets=renumbered(facets, new), vertices=vertices[order])


def _cut_up(sizes: list[int], kind: type[N]) -> list[NDArray[N]]:
    """Arrays of these sizes in one piece of memory."""
    ends = list(accumulate(sizes))
    memory = np.empty(ends[-1], dtype=kind)
    return [memory[end - size : end] for end, size in zip(ends, sizes)]


class _Piece:
    """A part on its way into the whole."""

    floats: PartFloats
    vertex_rows: Floats
    wall_rows: Floats

    def __init__(self, number: int, part: Part, fit: Fit, d: int, whole: Rows, common: Integers) -> None:
        self.part = part
        self.start, end = Start(*fit.starts[number].tolist()), Start(*fit.starts[number + 1].tolist())
        self.n_facets, self.n_vertices = end.facet - self.start.facet, end.vertex - self.start.vertex
        self.shared, self.second = fit.vertices[number], fit.facets[number]
        self.columns = 1 if d == 2 else 2
        self.whole = whole
        self.common = common
        self.told_apart = False

    def facets_and_vertices(self) -> None:
        """Both of what follows."""
        self._begin()
        n = len(self.whole.cell_offsets) - 1
        found, self.told_apart = order_both(n, self.start, self.part, self.work, self.whole, self.common)
        assert found == self.n_vertices, "each vertex of a bounded cell is on facets of it"

    def facets(self) -> None:
        """Put facets in order, and see which vertices come with them."""
        self._begin()
        found = order_facets(len(self.whole.cell_offsets) - 1, self.start, self.part, self.work, self.whole)
        assert found == self.n_vertices, "each vertex of a bounded cell is on facets of it"

    def _begin(self) -> None:
        part = self.part
        # Room to work is of int32: less of it is faster, and there are fewer than 2**31 of anything.
        self.work = Sorting(
            self.shared,
            order=np.empty(self.n_facets, dtype=np.int32),
            by_vertex=np.empty(self.n_vertices, dtype=np.int32),
            keys=np.empty((part.n_vertices, self.columns), dtype=np.int64),
            new=np.empty(part.n_vertices, dtype=np.int32),
        )
        mend(part.common_facets, self.second, self.start.cell, part.facet_cells)

    def give(self, hashes: Integers) -> None:
        """Add what the facets here say of common vertices."""
        hashes[self.shared[:, 0]] += self.work.keys[self.part.common_vertices[:, 0], 1]

    def take(self, hashes: Integers) -> None:
        """Know what the facets of all parts say of common vertices."""
        self.work.keys[self.part.common_vertices[:, 0], 1] = hashes[self.shared[:, 0]]

    def vertices(self) -> None:
        """Number the vertices that no earlier part has."""
        self.told_apart = order_vertices(self.start, self.part, self.work, self.common)

    def rows(self) -> None:
        """Put the vertices of cells and facets in order, once all have their numbers."""
        part = self.part
        longest = part.n_vertices  # what is not used costs nothing
        rank, row, smaller, queue, next_queue = np.empty((5, longest), dtype=np.int32)
        digits, bits = np.empty(1 << DIGIT, dtype=np.int32), np.zeros(longest // WORD + 1, dtype=np.int64)
        room = RowRoom(rank, row, smaller, queue, next_queue, digits, bits)
        renumber(self.start, part, self.work, self.common, self.whole, room)
        vertices = self.vertex_rows[self.start.vertex : self.start.vertex + self.n_vertices]
        walls = self.wall_rows[self.start.facet : self.start.facet + self.n_facets]
        self.floats.copy(self.work.by_vertex, self.work.order, part.on, vertices, walls)
        del self.part, self.work, self.floats
