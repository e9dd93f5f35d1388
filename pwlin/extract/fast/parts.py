"""What the kernel found in a part of the tree, and the whole that parts make up.

Parts that meet at a facet of the trunk make its halves and the vertices on it each for themselves. A facet is told by the
facet that it is a half of, a vertex by the ends of the edge that it cuts: both sides divide them by the same neurons.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pwlin.complexnd.raw import Ragged
from pwlin.extract.fast.parallel import at_once
from pwlin.extract.fast.plan import Integers
from pwlin.extract.fast.store import (
    CELL_IDS,
    CELLS,
    FACET_IDS,
    FACETS,
    OUT_FACETS,
    TRUNK_FACETS,
    TRUNK_VERTICES,
    VERTICES,
    Store,
)
from pwlin.extract.fast.tables import compiled, place


class Part(NamedTuple):
    """Cells with their vertices, facets with theirs and the cells at them, and where vertices and facets come from."""

    words: Integers
    cells: Ragged
    facets: Ragged
    facet_cells: Integers
    facet_ids: Integers
    facet_neuron: Integers
    n_vertices: int
    trunk: tuple[int, int]
    vertex_parents: Integers
    facet_parent: Integers


def part_of(store: Store) -> Part:
    """The finished part that a store holds, in the store's own memory."""
    counts = store.counts.tolist()
    n, m = counts[CELLS], counts[OUT_FACETS]
    store.pattern.resize((n, store.pattern.shape[1]), refcheck=False)  # kept for good: what was not used is given back
    ids = store.out_facet[:m]
    return Part(
        words=store.pattern,
        cells=_ragged(store.cell_end[:n], store.cell_ids[: counts[CELL_IDS]]),
        facets=_ragged(store.out_end[:m], store.out_ids[: counts[FACET_IDS]]),
        facet_cells=store.out_cells[:m],
        facet_ids=ids,
        facet_neuron=store.facet_neuron.take(ids),
        n_vertices=counts[VERTICES],
        trunk=(counts[TRUNK_VERTICES], counts[TRUNK_FACETS]),
        vertex_parents=store.vertex_parents[: counts[VERTICES]],
        facet_parent=store.facet_parent[: counts[FACETS]],
    )


def joined(parts: list[Part], workers: int = 1) -> Part:
    """The whole that parts of one trunk make up, in their order; without what says where it comes from."""
    if len(parts) == 1:
        return parts[0]
    n_vertices, n_facets = parts[0].trunk
    marks = (
        [np.empty(p.n_vertices, dtype=np.bool_) for p in parts],
        [np.empty(len(p.facet_parent), np.bool_) for p in parts],
    )
    more_vertices = sum([_mark_vertices(p.vertex_parents, n_vertices, mark) for p, mark in zip(parts, marks[0])])
    more_facets = sum([_mark_facets(p.facet_parent, n_facets, mark) for p, mark in zip(parts, marks[1])])
    cells, facets = sum(len(p.words) for p in parts), sum(len(p.facet_ids) for p in parts)
    whole = _Whole(
        counts=np.array([n_vertices, n_facets, 0, 0]),
        edges=_table(more_vertices),
        halves=_table(more_facets),
        met=np.full(n_facets + more_facets, -1),
        cell_offsets=np.zeros(cells + 1, dtype=np.int64),
        cell_ids=np.empty(sum(len(p.cells.ids) for p in parts), dtype=np.int64),
        facet_offsets=np.zeros(facets + 1, dtype=np.int64),
        facet_ids=np.empty(sum(len(p.facets.ids) for p in parts), dtype=np.int64),
        facet_cells=np.empty((facets, 2), dtype=np.int64),
        facet_neuron=np.empty(facets, dtype=np.int64),
    )
    words = np.empty((cells, parts[0].words.shape[1]), dtype=np.int64)

    def append_all() -> None:
        vertex = np.empty(max(p.n_vertices for p in parts), dtype=np.int64)
        facet = np.empty(max(len(p.facet_parent) for p in parts), dtype=np.int64)
        for part, shared_vertices, shared_facets in zip(parts, *marks):
            _number_vertices(part.vertex_parents, n_vertices, shared_vertices, whole, vertex)
            _number_facets(part.facet_parent, n_facets, shared_facets, whole, facet)
            rows = (part.cells.offsets, part.cells.ids, part.facets.offsets, part.facets.ids)
            _append(*rows, part.facet_cells, part.facet_ids, part.facet_neuron, vertex, facet, whole)

    at_once([append_all, lambda: np.concatenate([part.words for part in parts], out=words)], workers)
    count, _, _, m = whole.counts.tolist()
    return parts[0]._replace(
        words=words,
        cells=Ragged(whole.cell_offsets, whole.cell_ids),
        facets=Ragged(whole.facet_offsets[: m + 1], whole.facet_ids[: whole.facet_offsets[m]]),
        facet_cells=whole.facet_cells[:m],
        facet_ids=np.empty(0, dtype=np.int64),
        facet_neuron=whole.facet_neuron[:m],
        n_vertices=count,
        vertex_parents=np.empty((0, 2), dtype=np.int64),
        facet_parent=np.empty(0, dtype=np.int64),
    )


class _Whole(NamedTuple):
    """What parts are put together in, one after the other.

    `counts` holds the numbers of vertices, of facets that parts may share, of cells, and of facets that are out; `edges` and
    `halves` are tables of what parts may share, keys first; `met` says where a facet that parts may share is, once it is out.
    """

    counts: Integers
    edges: Integers
    halves: Integers
    met: Integers
    cell_offsets: Integers
    cell_ids: Integers
    facet_offsets: Integers
    facet_ids: Integers
    facet_cells: Integers
    facet_neuron: Integers


def _table(most: int) -> Integers:
    return np.full((2, 1 << (2 * most).bit_length()), -1, dtype=np.int64)


@compiled  # type: ignore[untyped-decorator]
def _number(table: Any, key: int, count: int) -> int:
    """The number of `key`; it is `count` if the key is new."""
    at = place(table[0], key)
    if table[0, at] == -1:
        table[0, at], table[1, at] = key, count
    return table[1, at]  # type: ignore[no-any-return]


@compiled  # type: ignore[untyped-decorator]
def _mark_vertices(parents: Any, first: int, shared: Any) -> int:
    """A vertex may lie at other parts if both ends of its edge do; the number of such vertices beyond the trunk's."""
    count = 0
    shared[:first] = True
    for w in range(first, len(shared)):
        shared[w] = shared[parents[w, 0]] and shared[parents[w, 1]]
        count += shared[w]
    return count


@compiled  # type: ignore[untyped-decorator]
def _mark_facets(parents: Any, first: int, shared: Any) -> int:
    """A facet may lie at other parts if the one that it is a half of does; their number as for vertices."""
    count = 0
    shared[:first] = True
    for f in range(first, len(shared)):
        shared[f] = parents[f] >= 0 and shared[parents[f] >> 1]
        count += shared[f]
    return count


@compiled  # type: ignore[untyped-decorator]
def _number_vertices(parents: Any, first: int, shared: Any, whole: Any, out: Any) -> None:
    """The number of each of a part's vertices in the whole."""
    count = whole.counts[0]
    for w in range(len(shared)):
        number = count
        if w < first:
            number = w
        elif shared[w]:
            u, v = out[parents[w, 0]], out[parents[w, 1]]
            number = _number(whole.edges, min(u, v) << 31 | max(u, v), count)
        out[w] = number
        count += number == count
    whole.counts[0] = count


@compiled  # type: ignore[untyped-decorator]
def _number_facets(parents: Any, first: int, shared: Any, whole: Any, out: Any) -> None:
    """The number of each of a part's facets among those that parts may share, or -1."""
    count = whole.counts[1]
    for f in range(len(shared)):
        out[f] = -1
        if f < first:
            out[f] = f
        elif shared[f]:
            out[f] = _number(whole.halves, 2 * out[parents[f] >> 1] + (parents[f] & 1), count)
            count += out[f] == count
    whole.counts[1] = count


@compiled  # type: ignore[untyped-decorator]
def _append(
    cell_offsets: Any,
    cell_ids: Any,
    facet_offsets: Any,
    facet_ids: Any,
    facet_cells: Any,
    facets: Any,
    facet_neuron: Any,
    vertex: Any,
    number: Any,
    whole: Any,
) -> None:
    """Append a part; a facet that is there already gets its second cell."""
    before, out = whole.counts[2], whole.counts[3]
    start = whole.cell_offsets[before]
    for c in range(len(cell_offsets)):
        whole.cell_offsets[before + c] = start + cell_offsets[c]
    for i in range(len(cell_ids)):
        whole.cell_ids[start + i] = vertex[cell_ids[i]]
    for i in range(len(facets)):
        shared = number[facets[i]]
        if shared >= 0:
            if whole.met[shared] >= 0:
                whole.facet_cells[whole.met[shared], 1] = before + facet_cells[i, 0]
                continue
            whole.met[shared] = out
        whole.facet_cells[out, 0] = before + facet_cells[i, 0]
        whole.facet_cells[out, 1] = before + facet_cells[i, 1] if facet_cells[i, 1] >= 0 else -1
        whole.facet_neuron[out] = facet_neuron[i]
        at = whole.facet_offsets[out]
        for j in range(facet_offsets[i], facet_offsets[i + 1]):
            whole.facet_ids[at] = vertex[facet_ids[j]]
            at += 1
        out += 1
        whole.facet_offsets[out] = at
    whole.counts[2], whole.counts[3] = before + len(cell_offsets) - 1, out


def _ragged(ends: Integers, ids: Integers) -> Ragged:
    offsets = np.empty(len(ends) + 1, dtype=np.int64)
    offsets[0], offsets[1:] = 0, ends
    return Ragged(offsets, ids)
