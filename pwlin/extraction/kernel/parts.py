"""What the kernel found in parts of the tree, and how they fit together.

Parts that meet at a facet of the trunk make its halves and the vertices on it each for themselves. A facet is told by the
facet that it is a half of, a vertex by the ends of the edge that it cuts: both sides divide them by the same neurons.

Each part lists what others may share while it is still hot; matching looks at these short lists only. A facet belongs to
the part of its first cell, a vertex to the first part that has it. So each part has its cells, facets and vertices in one
run of the whole, and can put them there without waiting for others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.compiled import Bools, Integers, Small, compiled, plain
from pwlin.extraction.kernel.store import FoundCounts, MeshCounts, Store
from pwlin.extraction.kernel.tables import place

_OURS, _NOT_OUT = -1, -2
_DROPPED = -3


class Part(NamedTuple):
    """Cells with their vertices, and facets with theirs, by their first cells; in the memory of the part's store.

    Row i of vertices is ``ids[ends[i - 1] : ends[i]]``, beginning at 0. Facet i lies on the zero set of ``neuron[on[i]]``.
    In the lists of what others may share all comes after its parents.

    Attributes
    ----------
    words, cell_ends, cell_ids
        Of cells: patterns and vertices.
    facet_ends, facet_ids, facet_cells, on, neuron
        Of facets: vertices, cells, and neurons.
    n_vertices : int
    trunk : tuple of int
        Vertices and facets in the trunk.
    common_vertices : ndarray, shape (n, 3)
        Vertex, and, if it is not in the trunk, the ends of the edge that it cuts (places in the list).
    common_facets : ndarray, shape (n, 4)
        Facet, or -1 if it has been divided; twice the place of its parent, plus its side, or -1 minus its number in the
        trunk; and if it has not been divided its first cell and number of vertices.
    """

    words: Integers
    cell_ends: Integers
    cell_ids: Small
    facet_ends: Integers
    facet_ids: Small
    facet_cells: Integers
    on: Integers
    neuron: Integers
    n_vertices: int
    trunk: tuple[int, int]
    common_vertices: Integers
    common_facets: Integers


def part_of(store: Store) -> Part:
    """The finished part that a store holds."""
    mesh, found = store.mesh, store.found
    counts, done = plain(MeshCounts, mesh.n), plain(FoundCounts, found.n)
    n, m, vertices, facets = done.cells, done.facets, counts.vertices, counts.facets
    found.pattern.resize((n, found.pattern.shape[1]), refcheck=False)  # kept for good: what was not used is given back
    trunk = counts.trunk_vertices, counts.trunk_facets
    facet_ends, facet_cells = found.facet_end[:m], found.facet_cells[:m]
    common_vertices = np.empty((vertices if any(trunk) else 0, 3), dtype=np.int64)
    common_facets = np.empty((facets if any(trunk) else 0, 4), dtype=np.int64)
    if any(trunk):  # most rows are not used, and what is not used costs nothing
        on_some, at = np.zeros(len(common_vertices), dtype=np.bool_), np.empty(len(common_vertices), dtype=np.int32)
        out = (mesh.facet_out, facet_cells, facet_ends, found.facet_ids)
        listed = _list_facets(mesh.facet_children, trunk[1], *out, on_some, common_facets)
        common_facets = common_facets[:listed].copy()
        listed = _list_vertices(mesh.parents, trunk[0], on_some, at, common_vertices)
        common_vertices = common_vertices[:listed].copy()
    return Part(
        words=found.pattern,
        cell_ends=found.cell_end[:n],
        cell_ids=found.cell_ids[: done.cell_ids],
        facet_ends=facet_ends,
        facet_ids=found.facet_ids[: done.facet_ids],
        facet_cells=facet_cells,
        on=found.facet[:m],
        neuron=mesh.facet_neuron[:facets],
        n_vertices=vertices,
        trunk=trunk,
        common_vertices=common_vertices,
        common_facets=common_facets,
    )


class Fit(NamedTuple):
    """Where parts are in the whole.

    Attributes
    ----------
    starts : ndarray, shape (n_parts + 1, 5)
        Where the cells, their vertices, the facets, their vertices, and the vertices of each part begin.
    vertices : list of ndarray, shape (n, 2)
        For each part's list of common vertices: a number that is the same in all parts, and whether the vertex is ours.
    facets : list of ndarray, shape (n,)
        For each part's list of common facets: the second cell in the whole if an other part has it, or a negative number.
    n_common : int
        Common vertices.
    """

    starts: Integers
    vertices: list[Integers]
    facets: list[Integers]
    n_common: int


def fitted(parts: list[Part]) -> Fit:
    """How parts of one trunk fit together."""
    if len(parts) == 1 and not any(parts[0].trunk):
        (p,) = parts
        ends = len(p.cell_ends), len(p.cell_ids), len(p.facet_ends), len(p.facet_ids), p.n_vertices
        none = np.empty((0, 2), dtype=np.int64)
        return Fit(np.array([(0,) * 5, ends]), [none], [none[:, 0]], 0)
    sizes = np.zeros((len(parts) + 1, 5), dtype=np.int64)
    for size, p in zip(sizes[1:], parts):
        unused = p.trunk[0] - int(np.count_nonzero(p.common_vertices[:, 0] < p.trunk[0]))
        size[:] = len(p.cell_ends), len(p.cell_ids), len(p.facet_ends), len(p.facet_ids), p.n_vertices - unused
    starts = np.cumsum(sizes, axis=0)
    vertex_rows = np.cumsum([0] + [len(p.common_vertices) for p in parts])
    facet_rows = np.cumsum([0] + [len(p.common_facets) for p in parts])
    vertices = np.empty((vertex_rows[-1], 2), dtype=np.int64)
    facets = np.empty(facet_rows[-1], dtype=np.int64)
    n_vertices, n_facets = parts[0].trunk
    n_common = _match_vertices(
        np.concatenate([p.common_vertices for p in parts]),
        vertex_rows,
        n_vertices,
        np.full((2, 1 << (2 * len(vertices)).bit_length()), -1),
        np.full(n_vertices + len(vertices), -1),
        vertices,
        sizes[1:, 4],
    )
    _match_facets(
        np.concatenate([p.common_facets for p in parts]),
        facet_rows,
        np.full(2 * (n_facets + len(facets)), -1, dtype=np.int32),
        np.full(n_facets + len(facets), -1),
        np.empty(len(facets), dtype=np.int64),
        starts[:, 0].copy(),
        facets,
        sizes[1:, 2:4],
    )
    return Fit(
        np.cumsum(sizes, axis=0),
        [vertices[i:j] for i, j in zip(vertex_rows, vertex_rows[1:])],
        [facets[i:j] for i, j in zip(facet_rows, facet_rows[1:])],
        n_common,
    )


@compiled
def mend(common: Integers, second: Integers, start: int, facet_cells: Integers) -> None:
    """Put in the second cells of facets that another part has, and mark what that has by a negative first cell.

    Parameters
    ----------
    common : ndarray, shape (n, 4)
        The part's list of common facets.
    second : ndarray, shape (n,)
        What `fitted` says of them.
    start : int
        Where the part's cells begin: all cells are counted from there.
    facet_cells : ndarray, shape (n_facets, 2)
        The part's; changed.
    """
    for i in range(len(second)):
        if second[i] >= 0:
            facet_cells[common[i, 0], 1] = second[i] - start
        elif second[i] == _DROPPED:
            facet_cells[common[i, 0], 0] = -1


@compiled
def _number(table: Integers, key: int, count: int) -> int:
    """The number of `key`; it is `count` if the key is new."""
    at = place(table[0], key)
    if table[0, at] == -1:
        table[0, at], table[1, at] = key, count
    return table[1, at]  # type: ignore[no-any-return]


@compiled
def _list_facets(
    children: Integers,
    first: int,
    facet_out: Integers,
    cells: Integers,
    ends: Integers,
    ids: Small,
    on_some: Bools,
    out: Integers,
) -> int:
    """List the facets of the trunk that are here and their halves, and theirs; their number.

    Vertices on such facets are marked: those are all that may lie at other parts.
    """
    count = 0
    for f in range(first):
        if facet_out[f] >= 0 or children[f, 0] >= first or children[f, 1] >= first:
            out[count, 0], out[count, 1] = f, -1 - f
            count += 1
    i = 0
    while i < count:
        f = out[i, 0]
        for side in range(2):
            if children[f, side] >= first:
                out[count, 0], out[count, 1] = children[f, side], 2 * i + side
                count += 1
        row = facet_out[f]
        out[i, 0] = row
        if row >= 0:
            low = ends[row - 1] if row else 0
            out[i, 2], out[i, 3] = cells[row, 0], ends[row] - low
            for j in range(low, ends[row]):
                on_some[ids[j]] = True
        i += 1
    return count


@compiled
def _list_vertices(parents: Integers, first: int, on_some: Bools, at: Small, out: Integers) -> int:
    """List the vertices on facets that other parts may share; their number. Both ends of edges there are listed too."""
    count = 0
    for w in range(len(out)):
        if on_some[w]:
            at[w] = count
            out[count, 0] = w
            if w >= first:
                out[count, 1], out[count, 2] = at[parents[w, 0]], at[parents[w, 1]]
            count += 1
    return count


@compiled
def _match_vertices(
    listed: Integers, rows: Integers, first: int, table: Integers, owner: Integers, out: Integers, sizes: Integers
) -> int:
    """Number common vertices, and count those of each part that no earlier part has."""
    count = first
    for p in range(len(sizes)):
        start = rows[p]
        sizes[p] -= rows[p + 1] - start
        for i in range(start, rows[p + 1]):
            number = listed[i, 0]
            if number >= first:
                u, v = out[start + listed[i, 1], 0], out[start + listed[i, 2], 0]
                number = _number(table, min(u, v) << 31 | max(u, v), count)
                count += number == count
            out[i, 0], out[i, 1] = number, owner[number] < 0
            if out[i, 1]:
                owner[number] = p
                sizes[p] += 1
    return count


@compiled
def _match_facets(
    listed: Integers,
    rows: Integers,
    halves: Small,
    met: Integers,
    number: Integers,
    cells: Integers,
    out: Integers,
    sizes: Integers,
) -> None:
    """Find the second cells of common facets, and leave out those that an earlier part has."""
    count = len(halves) // 2 - len(listed)
    for p in range(len(sizes)):
        start = rows[p]
        for i in range(start, rows[p + 1]):
            above = listed[i, 1]
            if above < 0:
                number[i] = -1 - above
            else:
                half = 2 * number[start + (above >> 1)] + (above & 1)
                if halves[half] < 0:
                    halves[half] = count
                    count += 1
                number[i] = halves[half]
            if listed[i, 0] < 0:
                out[i] = _NOT_OUT
            elif met[number[i]] < 0:
                met[number[i]] = i
                out[i] = _OURS
            else:
                out[met[number[i]]] = cells[p] + listed[i, 2]
                out[i] = _DROPPED
                sizes[p, 0] -= 1
                sizes[p, 1] -= listed[i, 3]
