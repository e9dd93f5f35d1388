"""Frames: reading and writing them, and cutting a cell in two by a neuron."""

from __future__ import annotations

from typing import Any

from pwlin.extract.fast.bits import bit_of, lowest, popcount, set_bit
from pwlin.extract.fast.signs import ask, sign_at, threshold, value_at
from pwlin.extract.fast.store import (
    ALIVE,
    EDGES,
    EVALUATED,
    HEAD,
    LAYER,
    LEVEL,
    LOOKS,
    N_CROSSING,
    N_VERTICES,
    SLOTS,
    TOP,
    UNKNOWN,
)
from pwlin.extract.fast.tables import compiled, copy_into, place
from pwlin.extract.fast.vertices import new_facet, new_vertex

FITS, ASKED, TOO_LONG, FULL = range(4)


@compiled  # type: ignore[untyped-decorator]
def read_frame(plan: Any, st: Any, room: Any) -> None:
    """Unpack the frame on top of the stack, which stays there."""
    pattern, vertices, masks, slots, crossing = room.pattern, room.vertices, room.masks, room.slots, room.crossing
    top = st.counts[TOP]
    start = top - st.stack[top - 1]
    head = st.stack[start : start + HEAD]
    copy_into(room.head, head)
    at = start + HEAD
    for i in range(plan.words):
        pattern[i] = st.stack[at + i]
    at += plan.words
    m = head[N_VERTICES]
    for i in range(m):
        vertices[i] = st.stack[at + i]
        masks[i] = st.stack[at + m + i]
    at += 2 * m
    alive = head[ALIVE]
    while alive:
        slots[lowest(alive)] = st.stack[at]
        alive &= alive - 1
        at += 1
    for i in range(head[N_CROSSING]):
        crossing[i] = st.stack[at + i]


@compiled  # type: ignore[untyped-decorator]
def write_frame(
    plan: Any, st: Any, head: Any, pattern: Any, vertices: Any, masks: Any, slots: Any, crossing: Any
) -> None:
    """Push a frame."""
    start = st.counts[TOP]
    copy_into(st.stack[start : start + HEAD], head)
    at = start + HEAD
    for i in range(plan.words):
        st.stack[at + i] = pattern[i]
    at += plan.words
    m = head[N_VERTICES]
    for i in range(m):
        st.stack[at + i] = vertices[i]
        st.stack[at + m + i] = masks[i]
    at += 2 * m
    alive = head[ALIVE]
    while alive:
        st.stack[at] = slots[lowest(alive)]
        alive &= alive - 1
        at += 1
    for i in range(head[N_CROSSING]):
        st.stack[at + i] = crossing[i]
    at += head[N_CROSSING]
    st.stack[at] = at + 1 - start
    st.counts[TOP] = at + 1


@compiled  # type: ignore[untyped-decorator]
def _vertex_on_edge(
    plan: Any, st: Any, k: int, j: int, u: int, v: int, at_u: float, at_v: float, common: int, slots: Any
) -> int:
    """The vertex that cuts edge (u, v): every cell at the edge is cut there by the same neuron, so edges name vertices."""
    if plan.d == 2:
        f = slots[lowest(common)]
        if st.facet_children[f, 2] < 0:
            st.facet_children[f, 2] = new_vertex(plan, st, k, j, u, v, at_u, at_v, common, slots)
        return st.facet_children[f, 2]
    key = (min(u, v) << 31) | max(u, v)
    at = place(st.edge_key, key)
    if st.edge_key[at] != key:
        st.edge_key[at] = key
        st.edge_vertex[at] = new_vertex(plan, st, k, j, u, v, at_u, at_v, common, slots)
        st.counts[EDGES] += 1
    return st.edge_vertex[at]


@compiled  # type: ignore[untyped-decorator]
def _cut_edges(plan: Any, st: Any, k: int, j: int, room: Any, zeros: int) -> int:
    """Add to the vertices at zero those where the neuron cuts an edge; their number, or -1 if there is no room."""
    m, d, below = room.head[N_VERTICES], plan.d, 0
    masks, down, down_masks = room.masks, room.half, room.half_mask
    for b in range(m):
        if room.side[b] < 0:
            down[below], down_masks[below] = b, masks[b]
            below += 1
    for a in range(m):
        if room.side[a] <= 0:
            continue
        mask = masks[a]
        simple = popcount(mask) == d
        for i in range(below):
            common = mask & down_masks[i]
            if popcount(common) < d - 1:
                continue
            if not simple:
                holders = 0
                for c in range(m):
                    if masks[c] & common == common:
                        holders += 1
                if holders > 2:
                    continue
            if zeros == len(room.zero):
                return -1
            b = down[i]
            u, v = room.vertices[a], room.vertices[b]
            room.zero[zeros] = _vertex_on_edge(plan, st, k, j, u, v, room.value[a], room.value[b], common, room.slots)
            room.zero_mask[zeros] = common
            zeros += 1
    return zeros


@compiled  # type: ignore[untyped-decorator]
def _gather(plan: Any, st: Any, k: int, room: Any, zeros: int) -> None:
    """Put the vertices of the cell and the new ones in rows, each with the threshold of its signs in layer k."""
    d, m = plan.d, room.head[N_VERTICES]
    for i in range(m + zeros):
        v = room.vertices[i] if i < m else room.zero[i - m]
        for c in range(d + 1):
            room.points[i, c] = st.vertex[v, c]
        room.bounds[i] = threshold(plan, st, k, v)


@compiled  # type: ignore[untyped-decorator]
def _still_cross(plan: Any, st: Any, k: int, room: Any, zeros: int) -> tuple[int, int, bool]:
    """Which crossing neurons also cross each half; their numbers, and whether all signs are known."""
    d, ids = plan.d, st.ids_at[k]
    cut = st.ids[ids + room.crossing[0]]
    n, at = st.stride[k], plan.map_at[k]
    m = room.head[N_VERTICES]
    n_up = n_down = signs = 0
    known = True
    if room.head[N_CROSSING] > 1:
        _gather(plan, st, k, room, zeros)
    normal, points, bounds = room.normal, room.points, room.bounds
    for crossing in range(1, room.head[N_CROSSING]):
        j = room.crossing[crossing]
        g = st.ids[ids + j]
        twin, other = plan.twin[g], plan.twin[cut]
        if twin == other:
            set_bit(room.up_pattern, g)
            continue
        if twin == -other:
            set_bit(room.down_pattern, g)
            continue
        for c in range(d + 1):
            normal[c] = st.maps[at + c * n + j]
        up_plus = up_minus = down_plus = down_minus = False
        for i in range(m + zeros):
            side = room.side[i] if i < m else 0
            if (side > 0 and up_plus and up_minus) or (side < 0 and down_plus and down_minus) or (i < m and side == 0):
                continue
            signs += 1
            value = normal[d] * points[i, d]
            for c in range(d):
                value += normal[c] * points[i, c]
            bound = bounds[i]
            sign = 1 if value > bound else -1
            if not abs(value) > bound:
                v = room.vertices[i] if i < m else room.zero[i - m]
                sign = sign_at(plan, st, k, j, v, value)
                if sign == UNKNOWN:
                    mask, extra = (room.masks[i], -1) if i < m else (room.zero_mask[i - m], cut)
                    ask(st, v, g, mask, room.slots, extra)
                    known = False
                    continue
            if sign > 0:
                up_plus |= side >= 0
                down_plus |= side <= 0
            elif sign < 0:
                up_minus |= side >= 0
                down_minus |= side <= 0
            if up_plus and up_minus and down_plus and down_minus:
                break
        if up_plus and up_minus:
            room.up_crossing[n_up] = j
            n_up += 1
        elif up_plus:
            set_bit(room.up_pattern, g)
        if down_plus and down_minus:
            room.down_crossing[n_down] = j
            n_down += 1
        elif down_plus:
            set_bit(room.down_pattern, g)
    st.counts[EVALUATED] += signs
    return n_up, n_down, known


@compiled  # type: ignore[untyped-decorator]
def _push_half(
    plan: Any,
    st: Any,
    room: Any,
    zeros: int,
    side: int,
    keep: int,
    slots: Any,
    facet: int,
    pattern: Any,
    crossing: Any,
    n: int,
) -> bool:
    """Push the half on one side; False if it has too many facets. Its new facet takes the lowest free slot."""
    m, count = room.head[N_VERTICES], 0
    slot = lowest(~keep)
    if slot >= SLOTS:
        return False
    for i in range(m):
        if room.side[i] == side:
            room.half[count], room.half_mask[count] = room.vertices[i], room.masks[i]
            count += 1
    for i in range(zeros):
        room.half[count], room.half_mask[count] = room.zero[i], (room.zero_mask[i] & keep) | (1 << slot)
        count += 1
    slots[slot] = facet
    room.half_head[LAYER], room.half_head[LEVEL] = room.head[LAYER], room.head[LEVEL] + 1
    room.half_head[N_VERTICES], room.half_head[ALIVE], room.half_head[N_CROSSING] = count, keep | (1 << slot), n
    write_frame(plan, st, room.half_head, pattern, room.half, room.half_mask, slots, crossing)
    return True


@compiled  # type: ignore[untyped-decorator]
def split(plan: Any, st: Any, room: Any) -> int:
    """Replace the frame on top, which `room` holds, by its halves at its first crossing neuron.

    Until all signs are known the stack stays as it is, and what was made is found again. A facet of the cell remains one of
    a half exactly if it has a vertex strictly inside that half; so slots always hold true facets, each once.
    """
    k, m = room.head[LAYER], room.head[N_VERTICES]
    j = room.crossing[0]
    g = st.ids[st.ids_at[k] + j]
    zeros = up_facets = down_facets = 0
    known = True
    st.counts[EVALUATED] += m
    for i in range(m):
        room.value[i] = value_at(plan, st, k, j, room.vertices[i])
        side = sign_at(plan, st, k, j, room.vertices[i], room.value[i])
        room.side[i] = side
        if side == UNKNOWN:
            ask(st, room.vertices[i], g, room.masks[i], room.slots, -1)
            known = False
        elif side > 0:
            up_facets |= room.masks[i]
        elif side < 0:
            down_facets |= room.masks[i]
        else:
            room.zero[zeros], room.zero_mask[zeros] = room.vertices[i], room.masks[i]
            zeros += 1
    if not known:
        return ASKED
    zeros = _cut_edges(plan, st, k, j, room, zeros)
    if zeros < 0:
        return TOO_LONG
    copy_into(room.up_pattern, room.pattern)
    copy_into(room.down_pattern, room.pattern)
    set_bit(room.up_pattern, g)
    n_up, n_down, known = _still_cross(plan, st, k, room, zeros)
    if not known:
        return ASKED
    if lowest(~up_facets) >= SLOTS or lowest(~down_facets) >= SLOTS:
        return FULL
    copy_into(room.up_slots, room.slots)
    copy_into(room.down_slots, room.slots)
    both = up_facets & down_facets
    while both:
        b = lowest(both)
        both &= both - 1
        f = room.slots[b]
        if st.facet_children[f, 0] < 0:
            new_facet(st, f, 0, 0)
        if st.facet_children[f, 1] < 0:
            new_facet(st, f, 1, 0)
        # The halves are those where the neuron is positive and negative, whichever cell asks.
        room.up_slots[b], room.down_slots[b] = st.facet_children[f, 0], st.facet_children[f, 1]
    facet = new_facet(st, -1, 0, g)
    n, at = st.stride[k], plan.map_at[k] + j
    for c in range(plan.d + 1):
        st.facet[facet, c] = st.maps[at + c * n]
    st.facet_error[facet] = plan.map_error[k]
    top = st.counts[TOP]
    st.counts[TOP] = top - st.stack[top - 1]
    # the last one pushed comes first: the negative half, as in the rational search
    up = (room.up_slots, facet, room.up_pattern, room.up_crossing, n_up)
    _push_half(plan, st, room, zeros, 1, up_facets, *up)
    down = (room.down_slots, facet, room.down_pattern, room.down_crossing, n_down)
    _push_half(plan, st, room, zeros, -1, down_facets, *down)
    return FITS


@compiled  # type: ignore[untyped-decorator]
def classify(plan: Any, st: Any, k: int, room: Any) -> tuple[int, bool]:
    """Set the bits of layer k's open neurons that do not cross the cell, list those that do; whether all signs are known."""
    found, known = 0, True
    ids, m = st.ids_at[k], room.head[N_VERTICES]
    open_bits, pattern, low, high = st.open[st.counts[LOOKS] - 1], room.pattern, st.low, st.high
    for j in range(st.block[k]):
        g = st.ids[ids + j]
        if not bit_of(open_bits, g):
            continue
        pattern[g >> 6] |= (1 if low[j] > 0.0 else 0) << (g & 63)
        if low[j] > 0.0 or high[j] < 0.0:
            continue
        plus = minus = False
        for i in range(m):
            v = room.vertices[i]
            sign = sign_at(plan, st, k, j, v, value_at(plan, st, k, j, v))
            if sign == UNKNOWN:
                ask(st, v, g, room.masks[i], room.slots, -1)
                known = False
            elif sign > 0:
                plus = True
            elif sign < 0:
                minus = True
        if plus and minus:
            room.crossing[found] = j
            found += 1
        elif plus:
            set_bit(room.pattern, g)
    return found, known
