"""The orders of `pwlin.complexnd.order`, compiled: facets by their cells, vertices by their facets, each row increasing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from pwlin.complexnd.order import inverse, reordered
from pwlin.complexnd.raw import Ragged
from pwlin.extract.fast.bits import lowest
from pwlin.extract.fast.parallel import at_once
from pwlin.extract.fast.parts import Part
from pwlin.extract.fast.plan import Integers
from pwlin.extract.fast.tables import compiled

_WORD_BITS = 6
_WORD = 1 << _WORD_BITS
_VECTOR = 8
"""Loops of fewer steps are not worth to be vector instructions."""
_NONE = (1 << 31) - 1


def in_order(
    found: Part, d: int, decide: Callable[[Ragged, Integers, Integers], Integers], workers: int = 1
) -> tuple[Ragged, Ragged, Integers, Integers]:
    """What was found, in the order of `pwlin.complexnd.order`.

    Parameters
    ----------
    found : Part
        The whole.
    d : int
    decide : callable
        The order of vertices, if their facets do not tell them apart, from the facets, their cells and their neurons.
    workers : int
        Threads.

    Returns
    -------
    cells, facets : Ragged
        Vertices of each, increasing.
    facet_cells : ndarray, shape (n_facets, 2)
    facet_neuron : ndarray, shape (n_facets,)
    """
    n_cells, n_facets, n = len(found.words), len(found.facet_neuron), found.n_vertices
    cells, facets = found.cells, found.facets
    # Room to work is of int32: less of it is faster, and there are fewer than 2**31 of anything.
    start, order = np.zeros(n_cells + 2, dtype=np.int32), np.empty(n_facets, dtype=np.int32)
    order_facets(found.facet_cells, found.facet_neuron, start, order)
    facet_cells, facet_neuron = np.empty_like(found.facet_cells), np.empty_like(found.facet_neuron)
    offsets, keys = np.empty(n_facets + 1, dtype=np.int64), np.empty((n, 1 if d == 2 else 2), dtype=np.int64)
    by_vertex, new = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    told_apart = False

    def vertices() -> None:
        nonlocal told_apart
        told_apart = order_vertices(facets.offsets, facets.ids, order, offsets, keys, by_vertex, new)

    def move_facets() -> None:
        found.facet_cells.take(order, axis=0, out=facet_cells, mode="clip")  # other modes copy twice
        found.facet_neuron.take(order, out=facet_neuron, mode="clip")

    at_once([vertices, move_facets], workers)
    if not told_apart:
        new = inverse(decide(reordered(facets, order.astype(np.int64)), facet_cells, facet_neuron)).astype(np.int32)
    cell_ids, facet_ids = np.empty_like(cells.ids), np.empty_like(facets.ids)
    longest = int(cells.lengths().max())

    def rows(first: int, last: int) -> None:
        rank, bits = np.empty(n, dtype=np.int32), np.zeros(longest // _WORD + 1, dtype=np.int64)
        row, smaller = np.empty((2, longest), dtype=np.int32)
        old = (cells.offsets, cells.ids, start, order, facets.offsets, facets.ids)
        renumber(first, last, new, *old, offsets, cell_ids, facet_ids, rank, row, smaller, bits)

    ends = [n_cells * i // workers for i in range(workers + 1)]
    at_once([partial(rows, *pair) for pair in pairwise(ends)], workers)
    return Ragged(cells.offsets, cell_ids), Ragged(offsets, facet_ids), facet_cells, facet_neuron


@compiled  # type: ignore[untyped-decorator]
def order_facets(facet_cells: Any, facet_neuron: Any, start: Any, order: Any) -> None:
    """As `facet_order`: count the facets of each first cell, and sort those few.

    Parameters
    ----------
    facet_cells : ndarray, shape (n_facets, 2)
    facet_neuron : ndarray, shape (n_facets,)
        For facets on the boundary -1 minus the number of the domain's facet.
    start : ndarray, shape (n_cells + 2,)
        Zeros; out: the facets whose first cell is c are ``order[start[c] : start[c + 1]]``.
    order : ndarray, shape (n_facets,)
        Out.
    """
    n_cells = len(start) - 2
    for f in range(len(order)):
        start[facet_cells[f, 0] + 2] += 1
    for c in range(n_cells):
        start[c + 2] += start[c + 1]
    for f in range(len(order)):
        c = facet_cells[f, 0] + 1
        order[start[c]] = f
        start[c] += 1
    for c in range(n_cells):
        for i in range(start[c] + 1, start[c + 1]):
            f = order[i]
            key = _second_cell(facet_cells, facet_neuron, f, n_cells)
            j = i
            while j > start[c] and _second_cell(facet_cells, facet_neuron, order[j - 1], n_cells) > key:
                order[j] = order[j - 1]
                j -= 1
            order[j] = f


@compiled  # type: ignore[untyped-decorator]
def _second_cell(facet_cells: Any, facet_neuron: Any, f: int, n_cells: int) -> int:
    """A facet's second cell, or a number after all cells on the boundary."""
    second = facet_cells[f, 1]
    return second if second >= 0 else n_cells - 1 - facet_neuron[f]  # type: ignore[no-any-return]


@compiled  # type: ignore[untyped-decorator]
def order_vertices(offsets: Any, ids: Any, facets: Any, new_offsets: Any, keys: Any, order: Any, new: Any) -> bool:
    """As `vertex_order`, but for exact coordinates.

    Parameters
    ----------
    offsets, ids : ndarray
        The vertices of each facet.
    facets : ndarray, shape (n_facets,)
        The order of facets.
    new_offsets : ndarray, shape (n_facets + 1,)
        Out: where facets begin when they are in their order.
    keys : ndarray, shape (n_vertices, 1 or 2)
        Room for the first two facets of each vertex in one number, and, if that does not tell vertices apart, for a hash
        of all its facets.
    order, new : ndarray, shape (n_vertices,)
        Out: the order of vertices, and where each has gone.

    Returns
    -------
    bool
        Whether that tells all vertices apart; else the order is good for nothing.
    """
    found, hashed = 0, keys.shape[1] == 2
    last = keys.shape[1] - 1
    keys[:, last] = 0
    keys[:, 0] = _NONE << 32 | _NONE
    new_offsets[0] = 0
    for k in range(len(facets)):
        f = facets[k]
        mixed = _mixed(k)
        for i in range(offsets[f], offsets[f + 1]):
            v = ids[i]
            key = keys[v, 0]
            if key & _NONE == _NONE:
                if key >> 32 == _NONE:
                    keys[v, 0] = k << 32 | _NONE
                    order[found] = v
                    found += 1
                else:
                    keys[v, 0] = key ^ _NONE | k
            if hashed:
                keys[v, last] += mixed
        new_offsets[k + 1] = new_offsets[k] + offsets[f + 1] - offsets[f]
    if found < len(order):
        return False
    # Vertices are in the order of their first facets already; those with the same one are few.
    for i in range(1, len(order)):
        v, j = order[i], i
        while j > 0:
            u = order[j - 1]
            if keys[u, 0] < keys[v, 0]:
                break
            if keys[u, 0] == keys[v, 0]:
                if not hashed or keys[u, last] == keys[v, last]:
                    return False
                if keys[u, last] < keys[v, last]:
                    break
            order[j] = u
            j -= 1
        order[j] = v
    for i in range(len(order)):
        new[order[i]] = i
    return True


@compiled  # type: ignore[untyped-decorator]
def _mixed(value: int) -> int:
    """As in `pwlin.complexnd.order`."""
    z = (np.uint64(value) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(z ^ (z >> np.uint64(31)))  # type: ignore[return-value]


@compiled  # type: ignore[untyped-decorator]
def renumber(
    first: int,
    last: int,
    new: Any,
    cell_offsets: Any,
    cell_ids: Any,
    start: Any,
    facets: Any,
    old_offsets: Any,
    old_ids: Any,
    facet_offsets: Any,
    new_cell_ids: Any,
    new_ids: Any,
    rank: Any,
    row: Any,
    smaller: Any,
    bits: Any,
) -> None:
    """Put facets in their order and vertices by their new numbers, each row increasing, for some of the cells.

    A vertex' place in its cell's row is the number of smaller ones there: for so few that is faster than to sort, as no
    branch depends on the numbers. A facet's vertices are among those of its cell: as bits they come out in order.

    Parameters
    ----------
    first, last : int
        The cells from `first` to before `last`, and the facets whose first cells these are.
    new : ndarray, shape (n_vertices,)
    cell_offsets, cell_ids : ndarray
        The vertices of each cell.
    start, facets : ndarray
        From `order_facets`.
    old_offsets, old_ids : ndarray
        The vertices of each facet.
    facet_offsets : ndarray
        From `order_vertices`.
    new_cell_ids, new_ids : ndarray
        Out: the vertices of each cell and facet.
    rank : ndarray, shape (n_vertices,)
        Room for the place of each vertex in its cell's row.
    row, smaller, bits : ndarray
        Room for the longest row, twice, and zeros: one bit for each of its entries, in words of 64.
    """
    for c in range(first, last):
        low, size = cell_offsets[c], cell_offsets[c + 1] - cell_offsets[c]
        for i in range(size):
            row[i] = new[cell_ids[low + i]]
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
            rank[cell_ids[low + i]] = smaller[i]
        words = (size + _WORD - 1) >> _WORD_BITS
        for k in range(start[c], start[c + 1]):
            at, end, old = facet_offsets[k], facet_offsets[k + 1], old_offsets[facets[k]]
            if end - at == 2:
                u, v = new[old_ids[old]], new[old_ids[old + 1]]
                new_ids[at], new_ids[at + 1] = min(u, v), max(u, v)
            elif words == 1:
                left = 0
                for i in range(old, old + end - at):
                    left |= 1 << rank[old_ids[i]]
                for i in range(at, end):
                    new_ids[i] = new_cell_ids[low + lowest(left)]
                    left &= left - 1
            else:
                for i in range(old, old + end - at):
                    place = rank[old_ids[i]]
                    bits[place >> _WORD_BITS] |= 1 << (place & (_WORD - 1))
                for word in range(words):
                    left = bits[word]
                    bits[word] = 0
                    while left:
                        new_ids[at] = new_cell_ids[low + word * _WORD + lowest(left)]
                        left &= left - 1
                        at += 1
