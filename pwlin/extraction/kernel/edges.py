"""The edges of a cell that a neuron cuts: from vertices where it is positive to vertices where it is negative.

Two vertices are adjacent if d - 1 facets are at both, unless a third vertex is on all these facets too. A vertex on just d
facets is simple: each d - 1 of them make an edge, and no third vertex is there. So few vertices are compared pair by
pair; among many the edges of simple ones are found in a table by their facets.
"""

from __future__ import annotations

from pwlin.extraction.kernel.bits import popcount
from pwlin.extraction.kernel.compiled import inner, integer
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.scratch import Room

_PAIRS = 4
"""So many pairs are compared while a facet of a vertex is looked up in the table, about: a matter of speed only."""
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
    m, d, down, down_masks, below = room.head.n_vertices, plan.d, room.below, room.below_mask, 0
    for i in range(m):
        down[below], down_masks[below] = i, room.masks[i]
        below += 1 if room.side[i] < 0 and popcount(room.masks[i] & both) >= d - 1 else 0
    if below * (m - zeros - below) > _PAIRS * d * m:
        return _from_table(plan, room, both, below, zeros)
    for a in range(m):
        if room.side[a] > 0 and popcount(room.masks[a] & both) >= d - 1:
            zeros = _compare(plan, room, a, below, zeros)
    return zeros


@inner
def _compare(plan: Plan, room: Room, a: int, below: int, found: int) -> int:
    """Add the edges from vertex a to the first vertices in `below`; how many have been found then, or -1 for no room."""
    d, down, down_masks, mask = plan.d, room.below, room.below_mask, room.masks[a]
    if found < 0:
        return found
    simple = popcount(mask) == d
    for i in range(below):
        common = mask & down_masks[i]
        if popcount(common) < d - 1 or not (simple or popcount(down_masks[i]) == d or _is_edge(room, common)):
            continue
        if found == len(room.zero):
            return -1
        room.points_of[found], room.reach[found], room.zero_mask[found] = a, down[i], common
        found += 1
    return found


@inner
def _is_edge(room: Room, common: int) -> bool:
    """Whether two vertices only are on all these facets."""
    holders = 0
    for c in range(room.head.n_vertices):
        holders += 1 if room.masks[c] & common == common else 0
    return holders == 2


@inner
def _from_table(plan: Plan, room: Room, both: int, below: int, found: int) -> int:
    """As `find_edges`, for many vertices: simple ones below are put in the table once for each of their edges."""
    d, m, down, down_masks, table = plan.d, room.head.n_vertices, room.below, room.below_mask, room.table
    bits = 4
    while 1 << bits < _SPARSE * d * below:
        bits += 1
    last = (1 << bits) - 1
    for i in range(last + 1):
        table[i] = -1
    others = 0
    for i in range(below):
        mask, v = down_masks[i], down[i]
        if popcount(mask) != d:  # those that are not simple come to the front
            down[others], down_masks[others] = v, mask
            others += 1
            continue
        left = mask
        while left:
            at = _place(mask & ~(left & -left), bits)
            left &= left - 1
            while table[at] >= 0:
                at = (at + 1) & last
            table[at] = v
    for a in range(m):
        mask = room.masks[a]
        if room.side[a] <= 0 or popcount(mask & both) < d - 1 or found < 0:
            continue
        if popcount(mask) != d:
            found = _compare_with_simple(plan, room, a, found)
        else:
            left = mask
            while left:
                common = mask & ~(left & -left)
                left &= left - 1
                at = _place(common, bits)
                b = integer(table[at])
                while b >= 0:
                    if room.masks[b] & common == common:
                        if found == len(room.zero):
                            return -1
                        room.points_of[found], room.reach[found], room.zero_mask[found] = a, b, common
                        found += 1
                        break
                    at = (at + 1) & last
                    b = integer(table[at])
        found = _compare(plan, room, a, others, found)
    return found


@inner
def _compare_with_simple(plan: Plan, room: Room, a: int, found: int) -> int:
    """As `_compare`, with all simple vertices below."""
    for b in range(room.head.n_vertices):
        common = room.masks[a] & room.masks[b]
        if room.side[b] < 0 and popcount(common) >= plan.d - 1 and popcount(room.masks[b]) == plan.d:
            if found == len(room.zero):
                return -1
            room.points_of[found], room.reach[found], room.zero_mask[found] = a, b, common
            found += 1
    return found


@inner
def _place(facets: int, bits: int) -> int:
    """A place in a table of ``1 << bits``."""
    return ((facets * 0x1E3779B97F4A7C15) >> (63 - bits)) & ((1 << bits) - 1)
