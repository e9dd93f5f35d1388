"""The orders of `pwlin.functions.cells.order`, compiled: facets by their cells, vertices by their facets, each row increasing.

Parts of the tree are put in order each for itself, in its own run of the whole: a facet's place is with its first cell, a
vertex' with its first two facets, which have the same first cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import Floats, Integers, Small, compiled, inner, integer
from pwlin.extraction.kernel.parts import Part

_WORD_BITS = 6
WORD = 1 << _WORD_BITS
_VECTOR = 8
"""Loops of fewer steps are not worth to be vector instructions."""
_MANY = 192
"""Rows that are longer are sorted by their digits."""
DIGIT = 8
_NONE = (1 << 31) - 1


class Start(NamedTuple):
    """Where a part's cells, their vertices, its facets, their vertices, and the vertices that are its own begin in the whole."""

    cell: int
    cell_id: int
    facet: int
    facet_id: int
    vertex: int


class Rows(NamedTuple):
    """The whole: where each cell's vertices begin, these, the same of facets, and each facet's cells and neuron."""

    cell_offsets: Integers
    cell_ids: Small
    facet_offsets: Integers
    facet_ids: Small
    facet_cells: Integers
    facet_neuron: Integers


class Sorting(NamedTuple):
    """A part on its way into the whole.

    Attributes
    ----------
    shared : ndarray, shape (n_common, 2)
        Numbers of common vertices that are the same in all parts, and which of them are the part's.
    order : ndarray, shape (n_facets,)
        The order of the part's facets.
    by_vertex : ndarray
        The part's own vertices in their order, at first in that of their first facets.
    keys : ndarray, shape (n_vertices, 1 or 2)
        The first two facets of each vertex in one number, and, if that does not tell vertices apart, a hash of all its
        facets.
    new : ndarray, shape (n_vertices,)
        New numbers of vertices.
    """

    shared: Integers
    order: Small
    by_vertex: Small
    keys: Integers
    new: Small


@compiled
def order_both(total: int, start: Start, part: Part, work: Sorting, whole: Rows, numbers: Integers) -> tuple[int, bool]:
    """`order_facets`, then `order_vertices`, in one call: what each has to read of its arguments takes longer than a small part."""
    found = order_facets(total, start, part, work, whole)
    return found, order_vertices(start, part, work, numbers)


@compiled
def order_facets(total: int, start: Start, part: Part, work: Sorting, whole: Rows) -> int:
    """As `facet_order`: facets come by their first cells, so that those of each are to be sorted only.

    Parameters
    ----------
    total : int
        Cells of the whole.
    start : Start
    part : Part
        Facets with a negative first cell are left out.
    work : Sorting
        Out: `order`, `by_vertex` and `keys`.
    whole : Rows
        Out: the part's facets there, but for their vertices.

    Returns
    -------
    int
        Vertices that were found.
    """
    cells, ends, ids, order = part.facet_cells, part.facet_ends, part.facet_ids, work.order
    shared, keys, by_vertex = work.shared, work.keys, work.by_vertex
    hashed, last = keys.shape[1] == 2, keys.shape[1] - 1
    keys[:, last] = 0
    keys[:, 0] = _NONE << 32 | _NONE
    for i in range(len(shared)):
        if not shared[i, 1]:
            keys[part.common_vertices[i, 0], 0] = 0  # not to be found
    f = found = k = 0
    at = start.facet_id
    while k < len(order):
        begin = k
        cell = np.int64(-1)
        while f < len(cells):
            c = cells[f, 0]
            if c >= 0:
                if cell >= 0 and c != cell:
                    break
                cell = c
                key = _second_cell(part, f, total)
                j = k
                while j > begin and _second_cell(part, order[j - 1], total) > key:
                    order[j] = order[j - 1]
                    j -= 1
                order[j] = f
                k += 1
            f += 1
        for i in range(begin, k):
            g, place = order[i], start.facet + i
            second = cells[g, 1]
            whole.facet_cells[place, 0] = start.cell + cell
            whole.facet_cells[place, 1] = start.cell + second if second >= 0 else -1
            whole.facet_neuron[place] = part.neuron[part.on[g]]
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
            whole.facet_offsets[place + 1] = at
    return found


@compiled
def _second_cell(part: Part, f: int, total: int) -> int:
    """A facet's second cell, or a number after all cells on the boundary."""
    second = part.facet_cells[f, 1]
    return second if second >= 0 else total - 1 - part.neuron[part.on[f]]  # type: ignore[no-any-return]


@compiled
def order_vertices(start: Start, part: Part, work: Sorting, numbers: Integers) -> bool:
    """As `vertex_order`, but for exact coordinates.

    Parameters
    ----------
    start : Start
    part : Part
    work : Sorting
        From `order_facets`; out: `by_vertex`, and `new` for the part's own vertices.
    numbers : ndarray
        Out: the new numbers of common vertices that are the part's.

    Returns
    -------
    bool
        Whether that tells all vertices apart; else some are in any order.
    """
    keys, order, new, shared = work.keys, work.by_vertex, work.new, work.shared
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
        new[order[i]] = start.vertex + i
    for i in range(len(shared)):
        if shared[i, 1]:
            numbers[shared[i, 0]] = new[part.common_vertices[i, 0]]
    return told_apart


@compiled
def _mixed(value: int) -> int:
    """As in `pwlin.functions.cells.order`."""
    z = (np.uint64(value) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(z ^ (z >> np.uint64(31)))  # type: ignore[return-value]


@compiled
def gather(
    vertices: tuple[Floats, Floats],
    walls: tuple[Floats, Floats],
    by_vertex: Small,
    order: Small,
    on: Integers,
    out: tuple[Floats, Floats],
) -> None:
    """The rows of a part's vertices and walls in their order, each with what belongs at its end; facet f is on wall ``on[f]``."""
    for i in range(len(by_vertex)):
        _copy_row(vertices, by_vertex[i], out[0][i])
    for i in range(len(order)):
        _copy_row(walls, on[order[i]], out[1][i])


@inner
def _copy_row(source: tuple[Floats, Floats], row: int, out: Floats) -> None:
    rows, ends = source
    last = rows.shape[1]
    for c in range(last):
        out[c] = rows[row, c]
    out[last] = ends[row]


class RowRoom(NamedTuple):
    """Room for the place of each vertex in its cell's row, the longest row, four times, how often each digit is met, and
    zeros: one bit for each entry of a row.
    """

    rank: Small
    row: Small
    smaller: Small
    queue: Small
    next_queue: Small
    digits: Small
    bits: Integers


@inner
def _places_by_digits(size: int, room: RowRoom) -> None:
    """How many entries of a long row are smaller than each: the row is sorted by one digit after the other."""
    row, queue, out, digits = room.row, room.queue, room.next_queue, room.digits
    largest = integer(0)
    for i in range(size):
        queue[i] = i
        largest = max(largest, row[i])
    shift = 0
    while largest >> shift:
        for digit in range(1 << DIGIT):
            digits[digit] = 0
        for i in range(size):
            digits[(row[i] >> shift) & ((1 << DIGIT) - 1)] += 1
        before = 0
        for digit in range(1 << DIGIT):
            before += digits[digit]
            digits[digit] = before - digits[digit]
        for j in range(size):
            digit = (row[queue[j]] >> shift) & ((1 << DIGIT) - 1)
            out[digits[digit]] = queue[j]
            digits[digit] += 1
        queue, out = out, queue
        shift += DIGIT
    for j in range(size):
        room.smaller[queue[j]] = j


@compiled
def renumber(start: Start, part: Part, work: Sorting, numbers: Integers, whole: Rows, room: RowRoom) -> None:
    """Put a part's cells and facets into the whole, with the new numbers of vertices, each row increasing.

    A vertex' place in its cell's row is the number of smaller ones there: for so few that is faster than to sort, as no
    branch depends on the numbers. Longer rows are sorted. A facet's vertices are among those of its cell: as bits they come out in order.

    Parameters
    ----------
    start : Start
    part : Part
    work : Sorting
        From `order_vertices`; out: `new` for other parts' vertices too.
    numbers : ndarray
        The new numbers of common vertices.
    whole : Rows
        Out: the part's cells and the vertices of its facets.
    room : RowRoom
    """
    shared, new, order, cell_ids, facet_ids = work.shared, work.new, work.order, part.cell_ids, part.facet_ids
    rank, row, smaller, bits = room.rank, room.row, room.smaller, room.bits
    for i in range(len(shared)):
        new[part.common_vertices[i, 0]] = numbers[shared[i, 0]]
    k = end = 0
    for c in range(len(part.cell_ends)):
        low, begin = start.cell_id + end, end
        size = part.cell_ends[c] - end
        end += size
        whole.cell_offsets[start.cell + c + 1] = start.cell_id + end
        for i in range(size):
            row[i] = new[cell_ids[begin + i]]
        for i in range(size):
            smaller[i] = 0
        if size > _MANY:
            _places_by_digits(size, room)
        for i in range(size if size <= _MANY else 0):
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
            whole.cell_ids[low + smaller[i]] = row[i]
            rank[cell_ids[begin + i]] = smaller[i]
        words = (size + WORD - 1) >> _WORD_BITS
        while k < len(order) and whole.facet_cells[start.facet + k, 0] == start.cell + c:
            at, f = whole.facet_offsets[start.facet + k], order[k]
            old = part.facet_ends[f - 1] if f else 0
            count = part.facet_ends[f] - old
            k += 1
            if count == 2:
                u, v = new[facet_ids[old]], new[facet_ids[old + 1]]
                whole.facet_ids[at], whole.facet_ids[at + 1] = min(u, v), max(u, v)
            elif words == 1:
                left = 0
                for i in range(old, old + count):
                    left |= 1 << integer(rank[facet_ids[i]])
                for i in range(at, at + count):
                    whole.facet_ids[i] = whole.cell_ids[low + lowest(left)]
                    left &= left - 1
            else:
                for i in range(old, old + count):
                    place = integer(rank[facet_ids[i]])
                    bits[place >> _WORD_BITS] |= 1 << (place & (WORD - 1))
                for word in range(words):
                    left = bits[word]
                    bits[word] = 0
                    while left:
                        whole.facet_ids[at] = whole.cell_ids[low + word * WORD + lowest(left)]
                        left &= left - 1
                        at += 1
