"""The edges of a cell that a neuron cuts: from vertices where it is positive to vertices where it is negative.

Two vertices are adjacent if d - 1 facets are at both, unless a third vertex is on all these facets too. A vertex on just d
facets is simple: each d - 1 of them make an edge, and no third vertex is there. So two simple ones are adjacent if two facets
are at one of them only, and of many simple ones the edges are found in a table by their facets.
"""

from __future__ import annotations

from pwlin.extraction.kernel.bits import popcount
from pwlin.extraction.kernel.compiled import Integers, Small, inner, integer
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.scratch import BLOCK, Room

_PAIRS = 24
"""So many pairs are compared while an edge of a vertex is put in the table or looked up, about: a matter of speed only."""
_SHORT = 31
"""With so many facets masks are compared in short integers, which is twice as fast."""
_FEW = 6
"""So few are looked at one by one."""
_SPARSE = 2
"""Places of the table for each entry and each that is looked up: most places that are looked at are free."""


@inner
def find_edges(plan: Plan, room: Room, both: int, zeros: int) -> int:
    """Put the ends of the edges in `edge_above` and `edge_below`, their facets in `zero_mask`, after `zeros` others.

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
    d, above, below, below_mask, below_bits = plan.d, room.above, room.below, room.below_mask, room.below_bits
    # vertices on enough of these facets: simple ones from the front on, others from the back on
    simple_above, others_above = integer(0), len(above)
    simple, others = integer(0), len(below)
    keys = integer(0)
    for i in range(room.head.n_vertices):
        mask = room.masks[i]
        holding = popcount(mask & both)
        if room.side[i] == 0 or holding < d - 1:
            continue
        is_simple = popcount(mask) == d
        keys += (d if holding == d else 1) if is_simple else 0
        if room.side[i] > 0:
            others_above -= 0 if is_simple else 1
            above[simple_above if is_simple else others_above] = i
            simple_above += 1 if is_simple else 0
        else:
            others -= 0 if is_simple else 1
            at = simple if is_simple else others
            below[at], below_mask[at], below_bits[at] = i, mask, mask
            simple += 1 if is_simple else 0
    bits = 0
    if simple * simple_above > _PAIRS * keys:
        bits = _make_table(room, both, simple, keys)
    else:
        for i in range(simple, (simple + BLOCK - 1) // BLOCK * BLOCK):
            below_mask[i] = below_bits[i] = -1
    short = room.head.alive >> _SHORT == 0
    for i in range(simple_above if zeros >= 0 else 0):
        a = above[i]
        if bits:
            zeros = _look_up(room, a, both, bits, zeros)
        elif short:
            zeros = _compare_simple(room, below_bits, a, simple, zeros)
        else:
            zeros = _compare_simple(room, below_mask, a, simple, zeros)
        zeros = _compare(plan, room, a, others, len(below), zeros)
    for i in range(others_above, len(above)):
        zeros = _compare(plan, room, above[i], 0, simple, zeros)
        zeros = _compare(plan, room, above[i], others, len(below), zeros)
    return zeros


@inner
def _add(room: Room, a: int, b: int, found: int) -> int:
    """Add an edge, unless there is no room."""
    if found < 0 or found == len(room.zero):
        return -1
    room.edge_above[found], room.edge_below[found], room.zero_mask[found] = a, b, room.masks[a] & room.masks[b]
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
def _compare_simple(room: Room, masks: Integers | Small, a: int, simple: int, found: int) -> int:
    """Add the edges from a simple vertex to simple ones: those whose masks differ from its mask in two bits, no more."""
    kind = masks.dtype.type
    mask = kind(room.masks[a])
    for start in range(0, simple, BLOCK):
        hits = simple <= _FEW
        for i in range(start, start if hits else start + BLOCK):
            left = kind(mask ^ masks[i])
            left = kind(left & kind(left - 1))
            hits |= kind(left & kind(left - 1)) == 0
        if hits:
            for i in range(start, min(start + BLOCK, simple)):
                left = kind(mask ^ masks[i])
                left = kind(left & kind(left - 1))
                if kind(left & kind(left - 1)) == 0:
                    found = _add(room, a, room.below[i], found)
    return found


@inner
def _left_out(mask: int, both: int) -> int:
    """Facets without which a simple vertex may be on an edge that is cut: the one that is on one side only, if it has one."""
    return mask & ~both if mask & ~both else mask


@inner
def _make_table(room: Room, both: int, simple: int, keys: int) -> int:
    """Put the simple vertices below in the table once for each of their edges; it has so many places, as a power of two."""
    table, bits = room.table, 4
    while 1 << bits < _SPARSE * keys:
        bits += 1
    for i in range(1 << bits):
        table[i] = -1
    for i in range(simple):
        left = _left_out(room.below_mask[i], both)
        while left:
            at = _place(room.below_mask[i] & ~(left & -left), bits)
            left &= left - 1
            while table[at] >= 0:
                at = (at + 1) & ((1 << bits) - 1)
            table[at] = room.below[i]
    return bits


@inner
def _look_up(room: Room, a: int, both: int, bits: int, found: int) -> int:
    """Add the edges from a simple vertex to simple ones, which are in the table."""
    table, left = room.table, _left_out(room.masks[a], both)
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
