"""The whole that parts make up: each is put in order for itself, in its own run of the whole, on threads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pwlin.base.sequences import Ragged
from pwlin.extraction.kernel.ordering import WORD, order_facets, order_vertices, renumber
from pwlin.extraction.kernel.parallel import at_once
from pwlin.extraction.kernel.parts import Fit, Part, fitted, mend
from pwlin.extraction.kernel.plan import Integers
from pwlin.functions.cells.order import inverse, renumbered

Whole = tuple[Ragged, Ragged, Integers, Integers]
Decide = Callable[[Ragged, Ragged, Integers, Integers], Integers]


def in_order(
    parts: list[Part], d: int, decide: Decide, workers: int = 1
) -> tuple[Ragged, Ragged, Integers, Integers, int]:
    """The whole that parts make up, in the order of `pwlin.functions.cells.order`.

    Parameters
    ----------
    parts : list of Part
        In their order; emptied, so that the memory of each is given back as soon as it is in the whole.
    d : int
        Dimension of the space.
    decide : callable
        The order of vertices, if their facets do not tell them apart, from what would be returned but for that.
    workers : int
        Threads.

    Returns
    -------
    cells, facets : Ragged
        Vertices of each, increasing.
    facet_cells : ndarray, shape (n_facets, 2)
    facet_neuron : ndarray, shape (n_facets,)
        For facets on the boundary -1 minus the number of the domain's facet.
    count : int
        Vertices.
    """
    fit = fitted(parts)
    n_cells, n_cell_ids, n_facets, n_facet_ids, n = fit.starts[-1].tolist()
    sizes = [n_cells + 1, n_cell_ids, n_facets + 1, n_facet_ids, 2 * n_facets, n_facets]
    # One piece of memory: large ones come in large pages.
    ends = np.cumsum(sizes).tolist()
    memory = np.empty(ends[-1], dtype=np.int64)
    cell_offsets, cell_ids, offsets, ids, facet_cells, facet_neuron = (memory[e - m : e] for e, m in zip(ends, sizes))
    cell_offsets[0] = offsets[0] = 0
    whole = Ragged(cell_offsets, cell_ids), Ragged(offsets, ids), facet_cells.reshape(-1, 2), facet_neuron
    common = np.empty(fit.n_common, dtype=np.int64)
    pieces = [_Piece(i, part, fit, d, whole, common) for i, part in enumerate(parts)]
    parts.clear()
    large_first = sorted(pieces, key=lambda piece: -len(piece.part.cell_ends))
    if d == 2:  # facets of other parts say nothing of a vertex
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
    if all(piece.told_apart for piece in pieces):
        return *whole, n
    new = inverse(decide(*whole))
    cells, facets, facet_cells, facet_neuron = whole
    return renumbered(cells, new), renumbered(facets, new), facet_cells, facet_neuron, n


class _Piece:
    """A part on its way into the whole."""

    def __init__(self, number: int, part: Part, fit: Fit, d: int, whole: Whole, common: Integers) -> None:
        self.part = part
        self.starts = fit.starts[number].tolist()
        self.ends = fit.starts[number + 1].tolist()
        self.total = len(whole[0])
        self.shared, self.second = fit.vertices[number], fit.facets[number]
        self.columns = 1 if d == 2 else 2
        self.whole = whole
        self.common = common
        self.told_apart = False

    def facets_and_vertices(self) -> None:
        self.facets()
        self.vertices()

    def facets(self) -> None:
        """Put facets in order, and see which vertices come with them."""
        part, (_, facets, facet_cells, facet_neuron) = self.part, self.whole
        cell, _, facet, facet_id, vertex = self.starts
        # Room to work is of int32: less of it is faster, and there are fewer than 2**31 of anything.
        self.order = np.empty(self.ends[2] - facet, dtype=np.int32)
        self.by_vertex = np.empty(self.ends[4] - vertex, dtype=np.int32)
        self.keys = np.empty((part.n_vertices, self.columns), dtype=np.int64)
        mend(part.common_facets, self.second, cell, part.facet_cells)
        meet = (part.common_vertices, self.shared, self.keys, self.by_vertex)
        rows = (part.facet_cells, part.on, part.neuron, part.facet_ends, part.facet_ids, self.order)
        out = (facet_cells, facet_neuron, facets.offsets)
        found = order_facets(self.total, cell, facet, facet_id, *rows, *meet, *out)
        assert found == len(self.by_vertex), "each vertex of a bounded cell is on facets of it"

    def give(self, hashes: Integers) -> None:
        """Add what the facets here say of common vertices."""
        hashes[self.shared[:, 0]] += self.keys[self.part.common_vertices[:, 0], 1]

    def take(self, hashes: Integers) -> None:
        """Know what the facets of all parts say of common vertices."""
        self.keys[self.part.common_vertices[:, 0], 1] = hashes[self.shared[:, 0]]

    def vertices(self) -> None:
        """Number the vertices that no earlier part has."""
        self.new = np.empty(self.part.n_vertices, dtype=np.int32)
        own = (self.part.common_vertices, self.shared, self.common)
        self.told_apart = order_vertices(self.starts[4], self.keys, self.by_vertex, self.new, *own)

    def rows(self) -> None:
        """Put the vertices of cells and facets in order, once all have their numbers."""
        part, (cells, facets, facet_cells, _) = self.part, self.whole
        longest = int(np.diff(part.cell_ends, prepend=0).max())
        room = (
            np.empty(part.n_vertices, dtype=np.int32),
            *np.empty((2, longest), dtype=np.int32),
            np.zeros(longest // WORD + 1, dtype=np.int64),
        )
        old = (part.cell_ends, part.cell_ids, self.order, part.facet_ends, part.facet_ids)
        own = (self.new, part.common_vertices, self.shared, self.common)
        out = (cells.offsets, cells.ids, facet_cells, facets.offsets, facets.ids)
        renumber(*self.starts[:3], *own, *old, *out, *room)
        del self.part, self.order, self.by_vertex, self.keys, self.new
