"""The orders of `pwlin.complexnd.order`, compiled: facets by their cells, vertices by their facets, each row increasing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pwlin.complexnd.order import inverse, reordered
from pwlin.complexnd.raw import Ragged
from pwlin.extract.fast.bits import lowest
from pwlin.extract.fast.parts import Part
from pwlin.extract.fast.plan import Integers
from pwlin.extract.fast.tables import compiled

_LONG = 8
"""Longer rows of facets are sorted by way of their cell's."""
_WORD = 63
_SMALL_FACETS = 3
"""Up to this dimension most facets have a few vertices only."""


def in_order(
    found: Part, d: int, decide: Callable[[Ragged, Integers, Integers], Integers]
) -> tuple[Ragged, Ragged, Integers, Integers]:
    """What was found, in the order of `pwlin.complexnd.order`.

    Parameters
    ----------
    found : Part
        The whole.
    d : int
    decide : callable
        The order of vertices, if their facets do not tell them apart, from the facets, their cells and their neurons.

    Returns
    -------
    cells, facets : Ragged
        Vertices of each, increasing.
    facet_cells : ndarray, shape (n_facets, 2)
    facet_neuron : ndarray, shape (n_facets,)
    """
    n_cells, n_facets, n = len(found.words), len(found.facet_neuron), found.n_vertices
    cells, facets = found.cells, found.facets
    start, order = np.zeros(n_cells + 2, dtype=np.int64), np.empty(n_facets, dtype=np.int64)
    order_facets(found.facet_cells, found.facet_neuron, start, order)
    facet_cells, facet_neuron = found.facet_cells.take(order, axis=0), found.facet_neuron.take(order)
    keys, offsets = np.empty((n, 3), dtype=np.int64), np.empty(n_facets + 1, dtype=np.int64)
    by_vertex, new = np.empty((2, n), dtype=np.int64)
    if not order_vertices(facets.offsets, facets.ids, order, d > 2, offsets, keys, by_vertex, new):
        new = inverse(decide(reordered(facets, order), facet_cells, facet_neuron))
    cell_ids, facet_ids = np.empty_like(cells.ids), np.empty_like(facets.ids)
    rank = np.empty(n if d > _SMALL_FACETS else 0, dtype=np.int64)
    bits = np.zeros((int(cells.lengths().max()) + _WORD - 1) // _WORD, dtype=np.int64)
    renumber(
        0,
        n_cells,
        new,
        cells.offsets,
        cells.ids,
        start,
        order,
        facets.offsets,
        facets.ids,
        offsets,
        cell_ids,
        facet_ids,
        rank,
        bits,
    )
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
def order_vertices(
    offsets: Any, ids: Any, facets: Any, hashed: bool, new_offsets: Any, keys: Any, order: Any, new: Any
) -> bool:
    """As `vertex_order`, but for exact coordinates.

    Parameters
    ----------
    offsets, ids : ndarray
        The vertices of each facet.
    facets : ndarray, shape (n_facets,)
        The order of facets.
    hashed : bool
        Whether vertices that agree in their first two facets are told apart by all their facets.
    new_offsets : ndarray, shape (n_facets + 1,)
        Out: where facets begin when they are in their order.
    keys : ndarray, shape (n_vertices, 3)
        Room for the first facet of each vertex, the second, and the hash.
    order, new : ndarray, shape (n_vertices,)
        Out: the order of vertices, and where each has gone.

    Returns
    -------
    bool
        Whether that tells all vertices apart; else the order is good for nothing.
    """
    n_facets, found = len(facets), 0
    for v in range(len(order)):
        keys[v, 0] = keys[v, 1] = n_facets
        keys[v, 2] = 0
    new_offsets[0] = 0
    for k in range(n_facets):
        f = facets[k]
        mixed = _mixed(k) if hashed else 0
        for i in range(offsets[f], offsets[f + 1]):
            v = ids[i]
            if keys[v, 0] == n_facets:
                keys[v, 0] = k
                order[found] = v
                found += 1
            elif keys[v, 1] == n_facets:
                keys[v, 1] = k
            keys[v, 2] += mixed
        new_offsets[k + 1] = new_offsets[k] + offsets[f + 1] - offsets[f]
    if found < len(order):
        return False
    # Vertices are in the order of their first facets already; those with the same one are few.
    for i in range(1, len(order)):
        v, j = order[i], i
        a, b, c = keys[v, 0], keys[v, 1], keys[v, 2]
        while j > 0:
            u = order[j - 1]
            if keys[u, 0] < a or keys[u, 1] < b:
                break
            if keys[u, 1] == b:
                if keys[u, 2] < c:
                    break
                if keys[u, 2] == c:
                    return False
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
def _sort(row: Any) -> None:
    """Shell's sort with Ciura's gaps (2001): rows are short, and often nearly in order."""
    for gap in (132, 57, 23, 10, 4, 1):
        if gap > 1 and 2 * gap > len(row):
            continue
        for i in range(gap, len(row)):
            value, j = row[i], i
            while j >= gap and row[j - gap] > value:
                row[j] = row[j - gap]
                j -= gap
            row[j] = value


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
    bits: Any,
) -> None:
    """Put facets in their order and vertices by their new numbers, each row increasing, for some of the cells.

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
    rank : ndarray, shape (n_vertices,) or (0,)
        Room for the place of each vertex in its cell's row, where facets have many vertices.
    bits : ndarray
        Zeros, one bit for each vertex of a cell, in words of 63.
    """
    for c in range(first, last):
        low, high = cell_offsets[c], cell_offsets[c + 1]
        row = new_cell_ids[low:high]
        for i in range(low, high):
            new_cell_ids[i] = new[cell_ids[i]]
        _sort(row)
        if len(rank) > 0:
            for i in range(high - low):
                rank[row[i]] = i
        words = (high - low + _WORD - 1) // _WORD
        for k in range(start[c], start[c + 1]):
            at, old = facet_offsets[k], old_offsets[facets[k]]
            n = facet_offsets[k + 1] - at
            if len(rank) == 0 or n <= _LONG:
                for i in range(n):
                    new_ids[at + i] = new[old_ids[old + i]]
                _sort(new_ids[at : at + n])
                continue
            # A facet's vertices are among its cell's: their places there, as bits, come out in order.
            for i in range(n):
                place = rank[new[old_ids[old + i]]]
                bits[place // _WORD] |= 1 << (place % _WORD)
            for word in range(words):
                left = bits[word]
                bits[word] = 0
                while left:
                    new_ids[at] = row[word * _WORD + lowest(left)]
                    left &= left - 1
                    at += 1
