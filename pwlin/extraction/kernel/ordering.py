"""The orders of `pwlin.functions.cells.order`, compiled: facets by their cells, vertices by their facets, each row increasing.

Parts of the tree are put in order each for itself, in its own run of the whole: a facet's place is with its first cell, a
vertex' with its first two facets, which have the same first cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import compiled

_WORD_BITS = 6
WORD = 1 << _WORD_BITS
_VECTOR = 8
"""Loops of fewer steps are not worth to be vector instructions."""
_NONE = (1 << 31) - 1


@compiled  # type: ignore[untyped-decorator]
def order_facets(
    total: int,
    first_cell: int,
    first_facet: int,
    first_id: int,
    cells: Any,
    on: Any,
    neuron: Any,
    ends: Any,
    ids: Any,
    order: Any,
    common: Any,
    shared: Any,
    keys: Any,
    by_vertex: Any,
    new_cells: Any,
    new_neuron: Any,
    new_offsets: Any,
) -> int:
    """As `facet_order`: facets come by their first cells, so that those of each are to be sorted only.

    Parameters
    ----------
    total : int
        Cells of the whole.
    first_cell, first_facet, first_id : int
        Where the part's cells, facets and their vertices begin in the whole.
    cells, on, neuron, ends, ids : ndarray
        The part's facets; those with a negative first cell are left out.
    order : ndarray, shape (n_facets,)
        Out: the order of the part's facets.
    common, shared : ndarray
        Which vertices other parts have, and which of them are the part's.
    keys : ndarray, shape (n_vertices, 1 or 2)
        Out: the first two facets of each vertex in one number, and, if that does not tell vertices apart, a hash of all
        its facets.
    by_vertex : ndarray
        Out: the part's vertices in the order of their first facets.
    new_cells, new_neuron, new_offsets : ndarray
        Out: the whole's facets.

    Returns
    -------
    int
        Vertices that were found.
    """
    hashed, last = keys.shape[1] == 2, keys.shape[1] - 1
    keys[:, last] = 0
    keys[:, 0] = _NONE << 32 | _NONE
    for i in range(len(shared)):
        if not shared[i, 1]:
            keys[common[i, 0], 0] = 0  # not to be found
    f = found = k = 0
    at = first_id
    while k < len(order):
        start = k
        cell = np.int64(-1)
        while f < len(cells):
            c = cells[f, 0]
            if c >= 0:
                if cell >= 0 and c != cell:
                    break
                cell = c
                key = _second_cell(cells, on, neuron, f, total)
                j = k
                while j > start and _second_cell(cells, on, neuron, order[j - 1], total) > key:
                    order[j] = order[j - 1]
                    j -= 1
                order[j] = f
                k += 1
            f += 1
        for i in range(start, k):
            g, place = order[i], first_facet + i
            second = cells[g, 1]
            new_cells[place, 0] = first_cell + cell
            new_cells[place, 1] = first_cell + second if second >= 0 else -1
            new_neuron[place] = neuron[on[g]]
            mixed = _mixed(place)
            low = ends[g - 1] if g else 0
            for j in range(low, ends[g]):
                v = ids[j]
                key = keys[v, 0]
                if key & _NONE == _NONE:
                    if key >> 32 == _NONE:
                        keys[v, 0] = i << 32 | _NONE
                        by_vertex[found] = v
                        found += 1
                    else:
                        keys[v, 0] = key ^ _NONE | i
                if hashed:
                    keys[v, last] += mixed
            at += ends[g] - low
            new_offsets[place + 1] = at
    return found


@compiled  # type: ignore[untyped-decorator]
def _second_cell(cells: Any, on: Any, neuron: Any, f: int, total: int) -> int:
    """A facet's second cell, or a number after all cells on the boundary."""
    second = cells[f, 1]
    return second if second >= 0 else total - 1 - neuron[on[f]]  # type: ignore[no-any-return]


@compiled  # type: ignore[untyped-decorator]
def order_vertices(start: int, keys: Any, order: Any, new: Any, common: Any, shared: Any, numbers: Any) -> bool:
    """As `vertex_order`, but for exact coordinates.

    Parameters
    ----------
    start : int
        The new number of the part's first vertex.
    keys, order : ndarray
        From `order_facets`; out: the order.
    new : ndarray, shape (n_vertices,)
        Out: the new numbers of the part's vertices.
    common, shared : ndarray
        Which vertices other parts have, and which of them are the part's.
    numbers : ndarray
        Out: the new numbers of common vertices that are the part's.

    Returns
    -------
    bool
        Whether that tells all vertices apart; else some are in any order.
    """
    hashed, last = keys.shape[1] == 2, keys.shape[1] - 1
    told_apart = True
    # Vertices are in the order of their first facets already; those with the same one are few.
    for i in range(1, len(order)):
        v, j = order[i], i
        while j > 0:
            u = order[j - 1]
            if keys[u, 0] < keys[v, 0]:
                break
            if keys[u, 0] == keys[v, 0]:
                if not hashed or keys[u, last] == keys[v, last]:
                    told_apart = False
                    break
                if keys[u, last] < keys[v, last]:
                    break
            order[j] = u
            j -= 1
        order[j] = v
    for i in range(len(order)):
        new[order[i]] = start + i
    for i in range(len(shared)):
        if shared[i, 1]:
            numbers[shared[i, 0]] = new[common[i, 0]]
    return told_apart


@compiled  # type: ignore[untyped-decorator]
def _mixed(value: int) -> int:
    """As in `pwlin.functions.cells.order`."""
    z = (np.uint64(value) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(z ^ (z >> np.uint64(31)))  # type: ignore[return-value]


@compiled  # type: ignore[untyped-decorator]
def renumber(
    first_cell: int,
    first_id: int,
    first_facet: int,
    new: Any,
    common: Any,
    shared: Any,
    numbers: Any,
    cell_ends: Any,
    cell_ids: Any,
    order: Any,
    facet_ends: Any,
    facet_ids: Any,
    new_cell_offsets: Any,
    new_cell_ids: Any,
    new_facet_cells: Any,
    new_offsets: Any,
    new_ids: Any,
    rank: Any,
    row: Any,
    smaller: Any,
    bits: Any,
) -> None:
    """Put a part's cells and facets into the whole, with the new numbers of vertices, each row increasing.

    A vertex' place in its cell's row is the number of smaller ones there: for so few that is faster than to sort, as no
    branch depends on the numbers. A facet's vertices are among those of its cell: as bits they come out in order.

    Parameters
    ----------
    first_cell, first_id, first_facet : int
        Where the part's cells, their vertices, and its facets begin in the whole.
    new, common, shared, numbers : ndarray
        As of `order_vertices`; out: also the numbers of other parts' vertices.
    cell_ends, cell_ids, facet_ends, facet_ids : ndarray
        The part's cells and facets.
    order : ndarray, shape (n_facets,)
        The order of the part's facets.
    new_cell_offsets, new_cell_ids, new_ids : ndarray
        Out: the vertices of the whole's cells and facets.
    new_facet_cells, new_offsets : ndarray
        The whole's facets.
    rank : ndarray, shape (n_vertices,)
        Room for the place of each vertex in its cell's row.
    row, smaller, bits : ndarray
        Room for the longest row, twice, and zeros: one bit for each of its entries, in words of 64.
    """
    for i in range(len(shared)):
        new[common[i, 0]] = numbers[shared[i, 0]]
    k = end = 0
    for c in range(len(cell_ends)):
        low, begin = first_id + end, end
        size = cell_ends[c] - end
        end += size
        new_cell_offsets[first_cell + c + 1] = first_id + end
        for i in range(size):
            row[i] = new[cell_ids[begin + i]]
        for i in range(size):
            smaller[i] = 0
        for i in range(size):
            value = row[i]
            if size > _VECTOR:
                for j in range(size):
                    smaller[j] += value < row[j]
            else:
                for j in range(i):
                    less = value < row[j]
                    smaller[j] += less
                    smaller[i] += 1 - less
        for i in range(size):
            new_cell_ids[low + smaller[i]] = row[i]
            rank[cell_ids[begin + i]] = smaller[i]
        words = (size + WORD - 1) >> _WORD_BITS
        while k < len(order) and new_facet_cells[first_facet + k, 0] == first_cell + c:
            at, f = new_offsets[first_facet + k], order[k]
            old = facet_ends[f - 1] if f else 0
            count = facet_ends[f] - old
            k += 1
            if count == 2:
                u, v = new[facet_ids[old]], new[facet_ids[old + 1]]
                new_ids[at], new_ids[at + 1] = min(u, v), max(u, v)
            elif words == 1:
                left = 0
                for i in range(old, old + count):
                    left |= 1 << rank[facet_ids[i]]
                for i in range(at, at + count):
                    new_ids[i] = new_cell_ids[low + lowest(left)]
                    left &= left - 1
            else:
                for i in range(old, old + count):
                    place = rank[facet_ids[i]]
                    bits[place >> _WORD_BITS] |= 1 << (place & (WORD - 1))
                for word in range(words):
                    left = bits[word]
                    bits[word] = 0
                    while left:
                        new_ids[at] = new_cell_ids[low + word * WORD + lowest(left)]
                        left &= left - 1
                        at += 1
