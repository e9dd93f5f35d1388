"""What the kernel found in a part of the tree, and the whole that parts make up.

Parts that meet at a facet of the trunk make its halves and the vertices on it each for themselves. A facet is told by the
facet that it is a half of, a vertex by the ends of the edge that it cuts: both sides divide them by the same neurons.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pwlin.complexnd.order import reordered
from pwlin.complexnd.raw import Ragged
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
from pwlin.extract.fast.tables import compiled


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


def joined(parts: list[Part]) -> Part:
    """The whole that parts of one trunk make up, in their order."""
    if len(parts) == 1:
        return parts[0]
    n_vertices, n_facets = parts[0].trunk
    vertices: dict[tuple[int, int], int] = {}
    halves: dict[int, int] = {}
    cell_rows, facet_rows, facet_cells, facet_ids = [], [], [], []
    cells = 0
    for part in parts:
        vertex, n_vertices = _vertices(part, vertices, n_vertices)
        facet, n_facets = _facets(part, halves, n_facets)
        cell_rows.append(Ragged(part.cells.offsets, vertex[part.cells.ids]))
        facet_rows.append(Ragged(part.facets.offsets, vertex[part.facets.ids]))
        facet_cells.append(np.where(part.facet_cells >= 0, part.facet_cells + cells, -1))
        facet_ids.append(facet[part.facet_ids])
        cells += len(part.words)
    of_cells, ids = np.concatenate(facet_cells), np.concatenate(facet_ids)
    order = np.argsort(ids, kind="stable")
    twice = ids[order[1:]] == ids[order[:-1]]
    first, second = order[:-1][twice], order[1:][twice]
    of_cells[first, 1] = of_cells[second, 0]
    keep = np.ones(len(ids), dtype=bool)
    keep[second] = False
    kept = np.flatnonzero(keep)
    return parts[0]._replace(
        words=np.concatenate([part.words for part in parts]),
        cells=_stacked(cell_rows),
        facets=reordered(_stacked(facet_rows), kept),
        facet_cells=of_cells[kept],
        facet_ids=ids[kept],
        facet_neuron=np.concatenate([part.facet_neuron for part in parts])[kept],
        n_vertices=n_vertices,
    )


def _vertices(part: Part, known: dict[tuple[int, int], int], count: int) -> tuple[Integers, int]:
    """The number of each of a part's vertices in the whole, and how many there are now."""
    first = part.trunk[0]
    shared = np.ones(part.n_vertices, dtype=np.bool_)
    _mark_vertices(part.vertex_parents, first, shared)
    out = np.arange(part.n_vertices)
    own = np.flatnonzero(~shared)
    out[own] = count + np.arange(len(own))
    count += len(own)
    parents = part.vertex_parents
    for w in (first + np.flatnonzero(shared[first:])).tolist():
        u, v = sorted(out[parents[w]].tolist())
        out[w] = number = known.setdefault((u, v), count)
        count += number == count
    return out, count


def _facets(part: Part, known: dict[int, int], count: int) -> tuple[Integers, int]:
    """The same for facets; `known` holds halves as in `Store.facet_parent`."""
    first = part.trunk[1]
    shared = np.ones(len(part.facet_parent), dtype=np.bool_)
    _mark_facets(part.facet_parent, first, shared)
    out = np.arange(len(part.facet_parent))
    own = np.flatnonzero(~shared)
    out[own] = count + np.arange(len(own))
    count += len(own)
    for f in (first + np.flatnonzero(shared[first:])).tolist():
        parent, side = divmod(int(part.facet_parent[f]), 2)
        out[f] = number = known.setdefault(2 * int(out[parent]) + side, count)
        count += number == count
    return out, count


@compiled  # type: ignore[untyped-decorator]
def _mark_vertices(parents: Any, first: int, shared: Any) -> None:
    """A vertex may lie at other parts if both ends of its edge do."""
    for w in range(first, len(shared)):
        shared[w] = shared[parents[w, 0]] and shared[parents[w, 1]]


@compiled  # type: ignore[untyped-decorator]
def _mark_facets(parents: Any, first: int, shared: Any) -> None:
    """A facet may lie at other parts if the one that it is a half of does."""
    for f in range(first, len(shared)):
        shared[f] = parents[f] >= 0 and shared[parents[f] >> 1]


def _ragged(ends: Integers, ids: Integers) -> Ragged:
    offsets = np.empty(len(ends) + 1, dtype=np.int64)
    offsets[0], offsets[1:] = 0, ends
    return Ragged(offsets, ids)


def _stacked(rows: list[Ragged]) -> Ragged:
    lengths = np.concatenate([[0], *(r.lengths() for r in rows)])
    return Ragged(np.cumsum(lengths).astype(np.int64), np.concatenate([r.ids for r in rows]))
