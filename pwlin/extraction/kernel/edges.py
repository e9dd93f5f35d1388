"""The edges of a cell that a neuron cuts: from vertices where it is positive to vertices where it is negative.

Two vertices are adjacent if d - 1 facets are at both, unless a third vertex is on all these facets too. A vertex on just d
facets is simple: each d - 1 of them make an edge, and no third vertex is there. So two simple ones are adjacent if two facets
are at one of them only, and of many simple ones the edges are found in a table by their facets.
"""

from __future__ import annotations

from pwlin.extraction.kernel.bits import popcount
from pwlin.extraction.kernel.compiled import inner, integer
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.scratch import BLOCK, Room

_PAIRS = 24
"""So many pairs are compared while a facet of a vertex is looked up in the table, about: a matter of speed only."""
_FEW = 6
"""So few are looked at one by one."""
_SPARSE = 4
"""Places of the table for each entry: most places that are looked at are free."""


@inner
def find_edges(plan: Plan, room: Room, both: int, zeros: int) -> int:
    """Put the ends of the edges in `points_of` (positive ones) and `reach`, their facets in `zero_mask`, after `zeros` others.

    Parameters
    ----------
    plan : Plan
    room : Room
    both : int
        The facets that have vertices on both sides.
    zeros : int

    Returns
    -------
    int
        How many have been found then, with the others; or -1 if there is no room.
    """
    m, d, below, below_mask = room.head.n_vertices, plan.d, room.below, room.below_mask
    simple, others = integer(0), len(below)
    for i in range(m):  # vertices below that are simple from the front on, others from the back on
        if room.side[i] < 0:
            holding = popcount(room.masks[i] & both)
            if holding >= d - 1 and popcount(room.masks[i]) == d:
                below[simple], below_mask[simple] = i, room.masks[i]
                simple += 1
            elif holding >= d - 1:
                others -= 1
                below[others], below_mask[others] = i, room.masks[i]
    bits = 0
    if simple * (m - zeros - simple) > _PAIRS * d * m:
        bits = _make_table(plan, room, simple)
    else:
        for i in range(simple, (simple + BLOCK - 1) // BLOCK * BLOCK):
            below_mask[i] = -1
    for a in range(m):
        mask = room.masks[a]
        if room.side[a] > 0 and zeros >= 0 and popcount(mask & both) >= d - 1:
            if popcount(mask) != d:
                zeros = _compare(plan, room, a, 0, simple, zeros)
            elif bits:
                zeros = _look_up(room, a, bits, zeros)
            else:
                zeros = _compare_simple(room, a, simple, zeros)
            zeros = _compare(plan, room, a, others, len(below), zeros)
    return zeros


@inner
def _add(room: Room, a: int, b: int, found: int) -> int:
    """Add an edge, unless there is no room."""
    if found < 0 or found == len(room.zero):
        return -1
    room.points_of[found], room.reach[found], room.zero_mask[found] = a, b, room.masks[a] & room.masks[b]
    return found + 1


@inner
def _compare(plan: Plan, room: Room, a: int, first: int, stop: int, found: int) -> int:
    """Add the edges from vertex a to some vertices below."""
    d, mask = plan.d, room.masks[a]
    for i in range(first, stop):
        common = mask & room.below_mask[i]
        if popcount(common) >= d - 1 and (
            popcount(mask) == d or popcount(room.below_mask[i]) == d or _is_edge(room, common)
        ):
            found = _add(room, a, room.below[i], found)
    return found


@inner
def _is_edge(room: Room, common: int) -> bool:
    """Whether two vertices only are on all these facets."""
    holders = 0
    for c in range(room.head.n_vertices):
        holders += 1 if room.masks[c] & common == common else 0
    return holders == 2


@inner
def _compare_simple(room: Room, a: int, simple: int, found: int) -> int:
    """Add the edges from a simple vertex to simple ones: those whose masks differ from its mask in two bits, no more."""
    mask, below_mask = room.masks[a], room.below_mask
    for start in range(0, simple, BLOCK):
        hits = 1 if simple <= _FEW else 0
        for i in range(start, start if hits else start + BLOCK):
            left = mask ^ below_mask[i]
            left &= left - 1
            hits += (left & (left - 1)) == 0
        if hits:
            for i in range(start, min(start + BLOCK, simple)):
                left = mask ^ below_mask[i]
                left &= left - 1
                if left & (left - 1) == 0:
                    found = _add(room, a, room.below[i], found)
    return found


@inner
def _make_table(plan: Plan, room: Room, simple: int) -> int:
    """Put the simple vertices below in the table once for each of their edges; it has so many places, as a power of two."""
    table, bits = room.table, 4
    while 1 << bits < _SPARSE * plan.d * simple:
        bits += 1
    for i in range(1 << bits):
        table[i] = -1
    for i in range(simple):
        left = room.below_mask[i]
        while left:
            at = _place(room.below_mask[i] & ~(left & -left), bits)
            left &= left - 1
            while table[at] >= 0:
                at = (at + 1) & ((1 << bits) - 1)
            table[at] = room.below[i]
    return bits


@inner
def _look_up(room: Room, a: int, bits: int, found: int) -> int:
    """Add the edges from a simple vertex to simple ones, which are in the table."""
    table, left = room.table, room.masks[a]
    while left:
        common = room.masks[a] & ~(left & -left)
        left &= left - 1
        at = _place(common, bits)
        b = integer(table[at])
        while b >= 0 and room.masks[b] & common != common:
            at = (at + 1) & ((1 << bits) - 1)
            b = integer(table[at])
        if b >= 0:
            found = _add(room, a, b, found)
    return found


@inner
def _place(facets: int, bits: int) -> int:
    """A place in a table of ``1 << bits``."""
    return ((facets * 0x1E3779B97F4A7C15) >> (63 - bits)) & ((1 << bits) - 1)
