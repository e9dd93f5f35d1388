"""Frames: reading and writing them, and cutting a cell in two by a neuron."""

from __future__ import annotations

from typing import Any

import numpy as np

from pwlin.extraction.kernel.bits import bit_of, bits_between, lowest, popcount, set_bit
from pwlin.extraction.kernel.compiled import copy_into, inner, place
from pwlin.extraction.kernel.signs import ask, sign_at, threshold, value_at
from pwlin.extraction.kernel.store import (
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
from pwlin.extraction.kernel.vertices import make_halves, new_facet, new_vertex

FITS, ASKED, TOO_LONG, FULL = range(4)


@inner  # type: ignore[untyped-decorator]
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


@inner  # type: ignore[untyped-decorator]
def enter_frame(plan: Any, st: Any, room: Any) -> None:
    """Let the frame on top enter the layer, with the pattern and crossing neurons that `room` holds."""
    stack, n = st.stack, room.head[N_CROSSING]
    top = st.counts[TOP]
    start = top - stack[top - 1]
    copy_into(stack[start : start + HEAD], room.head)
    for i in range(plan.words):
        stack[start + HEAD + i] = room.pattern[i]
    end = top - 1  # it had no crossing neurons
    for i in range(n):
        stack[end + i] = room.crossing[i]
    stack[end + n] = end + n + 1 - start
    st.counts[TOP] = end + n + 1


@inner  # type: ignore[untyped-decorator]
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


@inner  # type: ignore[untyped-decorator]
def _cut_edges(plan: Any, st: Any, k: int, j: int, room: Any, zeros: int) -> int:
    """Add to the vertices at zero those where the neuron cuts an edge; their number, or -1 if there is no room."""
    m, d, below = room.head[N_VERTICES], plan.d, 0
    masks, down, down_masks = room.masks, room.below, room.below_mask
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


@inner  # type: ignore[untyped-decorator]
def _gather(plan: Any, st: Any, k: int, room: Any, zeros: int) -> int:
    """Put the vertices of both halves in rows, each with the threshold of its signs in layer k; their number.

    `reach` says what a sign there tells: its first two bits are for the upper half, the others for the lower one.
    """
    d, count = plan.d, 0
    for i in range(room.head[N_VERTICES]):
        room.points_of[count], room.reach[count] = i, 3 if room.side[i] > 0 else 12
        count += 1 if room.side[i] != 0 else 0
    for i in range(zeros):
        room.points_of[count], room.reach[count] = -1 - i, 15
        count += 1
    for i in range(count):
        which = room.points_of[i]
        v = room.vertices[which] if which >= 0 else room.zero[-1 - which]
        for c in range(d + 1):
            room.points[i, c] = st.vertex[v, c]
        room.bounds[i] = threshold(plan, st, k, v)
    return count


@inner  # type: ignore[untyped-decorator]
def _unsettled(plan: Any, st: Any, k: int, room: Any, j: int, i: int, value: float, cut: int) -> int:
    """The sign of number j of layer k's block at gathered point i, from rationals or still UNKNOWN, then asked for."""
    which = room.points_of[i]
    v = room.vertices[which] if which >= 0 else room.zero[-1 - which]
    sign = sign_at(plan, st, k, j, v, value)
    if sign == UNKNOWN:
        mask, extra = (room.masks[which], -1) if which >= 0 else (room.zero_mask[-1 - which], cut)
        ask(st, v, st.ids[st.ids_at[k] + j], mask, room.slots, extra)
    return sign


@inner  # type: ignore[untyped-decorator]
def _still_cross(plan: Any, st: Any, k: int, room: Any, zeros: int) -> tuple[int, int, bool]:
    """Which crossing neurons also cross each half; their numbers, and whether all signs are known."""
    d, ids = plan.d, st.ids_at[k]
    cut = st.ids[ids + room.crossing[0]]
    n, at = st.stride[k], plan.map_at[k]
    n_up = n_down = count = 0
    known = True
    if room.head[N_CROSSING] > 1:
        count = _gather(plan, st, k, room, zeros)
    normal, points, bounds, reach = room.normal, room.points, room.bounds, room.reach
    for crossing in range(1, room.head[N_CROSSING]):
        j = room.crossing[crossing]
        g = st.ids[ids + j]
        twin, other = plan.twin[g], plan.twin[cut]
        if twin == other:
            set_bit(room.half_pattern[0], g)
            continue
        if twin == -other:
            set_bit(room.half_pattern[1], g)
            continue
        for c in range(d + 1):
            normal[c] = st.maps[at + c * n + j]
        seen = 0
        for i in range(count):
            value = normal[d] * points[i, d]
            for c in range(d):
                value += normal[c] * points[i, c]
            bound = bounds[i]
            signs = (5 if value > bound else 0) | (10 if value < -bound else 0)
            if signs == 0 and (bound != 0.0 or value != 0.0):
                sign = _unsettled(plan, st, k, room, j, i, value, cut)
                known = known and sign != UNKNOWN
                signs = (5 if sign == 1 else 0) | (10 if sign == -1 else 0)
            seen |= signs & reach[i]
            if seen == 15 and (i & 7) == 7:
                break
        if seen & 3 == 3:
            room.half_crossing[0, n_up] = j
            n_up += 1
        elif seen & 1:
            set_bit(room.half_pattern[0], g)
        if seen & 12 == 12:
            room.half_crossing[1, n_down] = j
            n_down += 1
        elif seen & 4:
            set_bit(room.half_pattern[1], g)
    st.counts[EVALUATED] += count * (room.head[N_CROSSING] - 1)
    return n_up, n_down, known


@inner  # type: ignore[untyped-decorator]
def _push_half(
    plan: Any, st: Any, room: Any, zeros: int, which: int, facets: int, halved: int, facet: int, n: int
) -> None:
    """Push half 0 (upper) or 1: its vertices, its facets, those in `halved` halved, and the new facet in a free slot."""
    side, pattern, crossing = 1 - 2 * which, room.half_pattern[which], room.half_crossing[which]
    start, stack, layer = st.counts[TOP], st.stack, room.head[LAYER]
    slot = lowest(~facets)
    new = 1 << slot
    at = start + HEAD
    for i in range(plan.words):
        stack[at + i] = pattern[i]
    at += plan.words
    count = zeros
    for i in range(room.head[N_VERTICES]):
        count += 1 if room.side[i] == side else 0
    end = at + count
    for i in range(room.head[N_VERTICES]):
        stack[at], stack[at + count] = room.vertices[i], room.masks[i]
        at += 1 if room.side[i] == side else 0
    for i in range(zeros):
        stack[at], stack[at + count] = room.zero[i], (room.zero_mask[i] & facets) | new
        at += 1
    at = end + count
    alive = facets | new
    while alive:
        b = lowest(alive)
        f = room.slots[b]
        if (halved >> b) & 1:
            f = st.facet_children[f, which]
        stack[at] = facet if b == slot else f
        alive &= alive - 1
        at += 1
    for i in range(n):
        stack[at + i] = crossing[i]
    at += n
    stack[start + LAYER], stack[start + LEVEL], stack[start + N_VERTICES] = layer, room.head[LEVEL] + 1, count
    stack[start + ALIVE], stack[start + N_CROSSING] = facets | new, n
    stack[at] = at + 1 - start
    st.counts[TOP] = at + 1


@inner  # type: ignore[untyped-decorator]
def split(plan: Any, st: Any, room: Any) -> int:
    """Replace the frame on top, which `room` holds, by its halves at its first crossing neuron.

    Until all signs are known the stack stays as it is, and what was made is found again. A facet of the cell remains one of
    a half exactly if it has a vertex strictly inside that half; so slots always hold true facets, each once.
    """
    k, m = room.head[LAYER], room.head[N_VERTICES]
    j = room.crossing[0]
    g = st.ids[st.ids_at[k] + j]
    zeros = up_facets = down_facets = np.int64(0)  # functions would be compiled for a literal 0 too
    known = True
    st.counts[EVALUATED] += m
    for i in range(m):
        room.value[i] = value_at(plan, st, k, j, room.vertices[i])
        side = sign_at(plan, st, k, j, room.vertices[i], room.value[i])
        room.side[i] = side
        if side == UNKNOWN:
            ask(st, room.vertices[i], g, room.masks[i], room.slots, -1)
            known = False
        up_facets |= room.masks[i] if side > 0 else 0
        down_facets |= room.masks[i] if side < 0 else 0
        room.zero[zeros], room.zero_mask[zeros] = room.vertices[i], room.masks[i]
        zeros += 1 if side == 0 else 0
    if not known:
        return ASKED
    zeros = _cut_edges(plan, st, k, j, room, zeros)
    if zeros < 0:
        return TOO_LONG
    copy_into(room.half_pattern[0], room.pattern)
    copy_into(room.half_pattern[1], room.pattern)
    set_bit(room.half_pattern[0], g)
    n_up, n_down, known = _still_cross(plan, st, k, room, zeros)
    if not known:
        return ASKED
    if lowest(~up_facets) >= SLOTS or lowest(~down_facets) >= SLOTS:
        return FULL
    both = halved = up_facets & down_facets
    while both:
        f = room.slots[lowest(both)]
        both &= both - 1
        make_halves(st, f)
    facet = new_facet(st, g)
    n, at = st.stride[k], plan.map_at[k] + j
    for c in range(plan.d + 1):
        st.facet[facet, c] = st.maps[at + c * n]
    st.facet_error[facet] = plan.map_error[k]
    top = st.counts[TOP]
    st.counts[TOP] = top - st.stack[top - 1]
    # the last one pushed comes first: the negative half, as in the rational search
    for which in range(2):
        facets, n = (up_facets, n_up) if which == 0 else (down_facets, n_down)
        _push_half(plan, st, room, zeros, which, facets, halved, facet, n)
    return FITS


@inner  # type: ignore[untyped-decorator]
def classify(plan: Any, st: Any, k: int, room: Any) -> tuple[int, bool]:
    """Set the bits of layer k's open neurons that do not cross the cell, list those that do; whether all signs are known."""
    found, known = 0, True
    ids, first, stop = st.ids_at[k], plan.first[k], plan.first[k + 1]
    open_bits = st.open[st.counts[LOOKS] - 1]
    if k == plan.depth - 1:
        for j in range(st.block[k]):
            g = st.ids[ids + j]
            if bit_of(open_bits, g):
                crosses, certain = _crosses(plan, st, k, room, j, g)
                room.crossing[found] = j
                found += 1 if crosses else 0
                known = known and certain
        return found, known
    for word in range(first >> 6, ((stop - 1) >> 6) + 1):
        left = open_bits[word] & bits_between(word, first, stop)
        while left:
            g = 64 * word + lowest(left)
            left &= left - 1
            crosses, certain = _crosses(plan, st, k, room, g - first, g)
            room.crossing[found] = g - first
            found += 1 if crosses else 0
            known = known and certain
    return found, known


@inner  # type: ignore[untyped-decorator]
def _crosses(plan: Any, st: Any, k: int, room: Any, j: int, g: int) -> tuple[bool, bool]:
    """Whether neuron g crosses the cell, and whether its signs are known; its bit is set if it does not but is active."""
    positive = st.low[j] > 0.0
    room.pattern[g >> 6] |= (1 if positive else 0) << (g & 63)
    if positive or st.high[j] < 0.0:
        return False, True
    plus = minus = False
    known = True
    for i in range(room.head[N_VERTICES]):
        v = room.vertices[i]
        sign = sign_at(plan, st, k, j, v, value_at(plan, st, k, j, v))
        if sign == UNKNOWN:
            ask(st, v, g, room.masks[i], room.slots, -1)
            known = False
        plus |= sign == 1
        minus |= sign == -1
    if plus and not minus:
        set_bit(room.pattern, g)
    return plus and minus, known
