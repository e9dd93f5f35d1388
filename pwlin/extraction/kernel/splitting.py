"""Frames: reading and writing them, and cutting a cell in two by a neuron."""

from __future__ import annotations

from pwlin.extraction.kernel.bits import bit_of, bits_between, lowest, set_bit
from pwlin.extraction.kernel.compiled import copy_into, inner, integer
from pwlin.extraction.kernel.edges import find_edges
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.scratch import Room
from pwlin.extraction.kernel.signs import UNKNOWN, ask, sign_at, threshold, value_at
from pwlin.extraction.kernel.store import ALIVE, HEAD, LAYER, LEVEL, N_CROSSING, N_VERTICES, SLOTS, Store
from pwlin.extraction.kernel.tables import place
from pwlin.extraction.kernel.vertices import make_halves, new_facet, new_vertex

FITS, ASKED, TOO_LONG, FULL = range(4)

# What has been seen of a neuron at the vertices of both halves: bits for its signs in the upper one and in the lower one.
_ABOVE_IN_UPPER, _BELOW_IN_UPPER, _ABOVE_IN_LOWER, _BELOW_IN_LOWER = 1, 2, 4, 8
_ABOVE, _BELOW = _ABOVE_IN_UPPER | _ABOVE_IN_LOWER, _BELOW_IN_UPPER | _BELOW_IN_LOWER
_UPPER, _LOWER = _ABOVE_IN_UPPER | _BELOW_IN_UPPER, _ABOVE_IN_LOWER | _BELOW_IN_LOWER
_ALL = _UPPER | _LOWER


@inner
def read_frame(plan: Plan, st: Store, room: Room) -> None:
    """Unpack the frame on top of the stack, which stays there."""
    frames, head, top = st.stack.frames, room.head, st.stack.n.top
    start = top - frames[top - 1]
    head.layer, head.level, head.n_vertices = frames[start + LAYER], frames[start + LEVEL], frames[start + N_VERTICES]
    head.alive, head.n_crossing = frames[start + ALIVE], frames[start + N_CROSSING]
    at = start + HEAD
    for i in range(plan.words):
        room.pattern[i] = frames[at + i]
    at += plan.words
    m = head.n_vertices
    for i in range(m):
        room.vertices[i] = frames[at + i]
        room.masks[i] = frames[at + m + i]
    at += 2 * m
    alive = head.alive
    while alive:
        room.slots[lowest(alive)] = frames[at]
        alive &= alive - 1
        at += 1
    for i in range(head.n_crossing):
        room.crossing[i] = frames[at + i]


@inner
def enter_frame(plan: Plan, st: Store, room: Room) -> None:
    """Let the frame on top enter the layer, with the pattern and crossing neurons that `room` holds."""
    frames, n, top = st.stack.frames, room.head.n_crossing, st.stack.n.top
    start = top - frames[top - 1]
    frames[start + LAYER], frames[start + N_CROSSING] = room.head.layer, n
    for i in range(plan.words):
        frames[start + HEAD + i] = room.pattern[i]
    end = top - 1  # it had no crossing neurons
    for i in range(n):
        frames[end + i] = room.crossing[i]
    frames[end + n] = end + n + 1 - start
    st.stack.n.top = end + n + 1


@inner
def _vertex_on_edge(plan: Plan, st: Store, room: Room, a: int, b: int, common: int) -> int:
    """The vertex that cuts the edge of vertices a and b of the cell, which is on its facets `common`.

    Every cell at the edge is cut there by the same neuron, so edges name vertices.
    """
    mesh = st.mesh
    if plan.d == 2:
        f = room.slots[lowest(common)]
        if mesh.facet_children[f, 2] < 0:
            mesh.facet_children[f, 2] = new_vertex(plan, st, room, a, b, common)
        return mesh.facet_children[f, 2]  # type: ignore[no-any-return]
    u, v = room.vertices[a], room.vertices[b]
    key = (min(u, v) << 31) | max(u, v)
    at = place(mesh.edge_key, key)
    if mesh.edge_key[at] != key:
        mesh.edge_key[at] = key
        mesh.edge_vertex[at] = new_vertex(plan, st, room, a, b, common)
        mesh.n.edges += 1
    return mesh.edge_vertex[at]  # type: ignore[no-any-return]


@inner
def _gather(plan: Plan, st: Store, k: int, room: Room, v: int, i: int) -> None:
    """Put a vertex in row i, with the threshold of its signs in layer k."""
    vertex, points = st.mesh.vertex, room.points
    for c in range(plan.d + 1):
        points[i, c] = vertex[v, c]
    room.bounds[i] = threshold(plan, st, k, v)


@inner
def _unsettled(plan: Plan, st: Store, room: Room, j: int, i: int, first: int, value: float) -> int:
    """The sign of number j of the layer's block at gathered point i, from rationals or still UNKNOWN, then asked for.

    Those after the cell's vertices are new, from number `first` of those at zero on.
    """
    k, m = room.head.layer, room.head.n_vertices
    new = first + i - m
    v = room.vertices[i] if i < m else room.zero[new]
    sign = sign_at(plan, st, k, j, v, value)
    if sign == UNKNOWN:
        ids, at = st.memo.ids, st.memo.layers[k].ids_at
        mask, extra = (room.masks[i], -1) if i < m else (room.zero_mask[new], ids[at + room.crossing[0]])
        ask(st, v, ids[at + j], mask, room.slots, extra)
    return sign


@inner
def _still_cross(plan: Plan, st: Store, room: Room, first: int, zeros: int) -> bool:
    """Which crossing neurons also cross each half; whether all signs are known.

    The vertices at zero are new from number `first` on.
    """
    k, d, maps, n_crossing = room.head.layer, plan.d, st.memo.maps, room.head.n_crossing
    ids, n, at = st.memo.layers[k].ids_at, st.memo.layers[k].stride, plan.layers[k].map_at
    cut = st.memo.ids[ids + room.crossing[0]]
    n_up = n_down = 0
    known = True
    count = room.head.n_vertices + zeros - first
    for i in range(room.head.n_vertices, count if n_crossing > 1 else 0):
        room.reach[i] = _ALL
        _gather(plan, st, k, room, room.zero[first + i - room.head.n_vertices], i)
    normal, points, bounds, reach = room.normal, room.points, room.bounds, room.reach
    for crossing in range(1, n_crossing):
        j = room.crossing[crossing]
        g = st.memo.ids[ids + j]
        twin, other = plan.twin[g], plan.twin[cut]
        if twin == other:
            set_bit(room.half_pattern[0], g)
            continue
        if twin == -other:
            set_bit(room.half_pattern[1], g)
            continue
        for c in range(d + 1):
            normal[c] = maps[at + c * n + j]
        seen = 0
        for i in range(count):
            value = normal[d] * points[i, d]
            for c in range(d):
                value += normal[c] * points[i, c]
            bound = bounds[i]
            signs = (_ABOVE if value > bound else 0) | (_BELOW if value < -bound else 0)
            if signs == 0 and (bound != 0.0 or value != 0.0):
                sign = _unsettled(plan, st, room, j, i, first, value)
                known = known and sign != UNKNOWN
                signs = (_ABOVE if sign == 1 else 0) | (_BELOW if sign == -1 else 0)
            seen |= signs & reach[i]
            if seen == _ALL and (i & 7) == 7:
                break
        if seen & _UPPER == _UPPER:
            room.half_crossing[0, n_up] = j
            n_up += 1
        elif seen & _ABOVE_IN_UPPER:
            set_bit(room.half_pattern[0], g)
        if seen & _LOWER == _LOWER:
            room.half_crossing[1, n_down] = j
            n_down += 1
        elif seen & _ABOVE_IN_LOWER:
            set_bit(room.half_pattern[1], g)
    st.memo.n.evaluated += count * (n_crossing - 1)
    room.half[0].n_crossing, room.half[1].n_crossing = n_up, n_down
    return known


@inner
def _push_half(plan: Plan, st: Store, room: Room, zeros: int, which: int, halved: int, facet: int) -> None:
    """Push half 0 (upper) or 1: its vertices, its facets, those in `halved` halved, and the new facet in a free slot."""
    side, pattern, crossing = 1 - 2 * which, room.half_pattern[which], room.half_crossing[which]
    facets, n, frames, start = room.half[which].facets, room.half[which].n_crossing, st.stack.frames, st.stack.n.top
    slot = lowest(~facets)
    new = 1 << slot
    at = start + HEAD
    for i in range(plan.words):
        frames[at + i] = pattern[i]
    at += plan.words
    count = zeros
    for i in range(room.head.n_vertices):
        count += 1 if room.side[i] == side else 0
    end = at + count
    for i in range(room.head.n_vertices):
        frames[at], frames[at + count] = room.vertices[i], room.masks[i]
        at += 1 if room.side[i] == side else 0
    for i in range(zeros):
        frames[at], frames[at + count] = room.zero[i], (room.zero_mask[i] & facets) | new
        at += 1
    at = end + count
    alive = facets | new
    while alive:
        b = lowest(alive)
        f = room.slots[b]
        if (halved >> b) & 1:
            f = st.mesh.facet_children[f, which]
        frames[at] = facet if b == slot else f
        alive &= alive - 1
        at += 1
    for i in range(n):
        frames[at + i] = crossing[i]
    at += n
    frames[start + LAYER], frames[start + LEVEL] = room.head.layer, room.head.level + 1
    frames[start + N_VERTICES], frames[start + ALIVE], frames[start + N_CROSSING] = count, facets | new, n
    frames[at] = at + 1 - start
    st.stack.n.top = at + 1


@inner
def split(plan: Plan, st: Store, room: Room) -> int:
    """Replace the frame on top, which `room` holds, by its halves at its first crossing neuron.

    Until all signs are known the stack stays as it is, and what was made is found again. A facet of the cell remains one of
    a half exactly if it has a vertex strictly inside that half; so slots always hold true facets, each once.
    """
    k, m, j, upper, lower = room.head.layer, room.head.n_vertices, room.crossing[0], room.half[0], room.half[1]
    g = st.memo.ids[st.memo.layers[k].ids_at + j]
    zeros = up_facets = down_facets = integer(0)
    known = True
    st.memo.n.evaluated += m
    d, maps, n, at = plan.d, st.memo.maps, st.memo.layers[k].stride, plan.layers[k].map_at + j
    for c in range(d + 1):
        room.normal[c] = maps[at + c * n]
    for i in range(m):
        _gather(plan, st, k, room, room.vertices[i], i)
        value, bound = room.normal[d] * room.points[i, d], room.bounds[i]
        for c in range(d):
            value += room.normal[c] * room.points[i, c]
        side = 1 if value > bound else -1 if value < -bound else 0
        if side == 0 and (bound != 0.0 or value != 0.0):
            side = sign_at(plan, st, k, j, room.vertices[i], value)
        room.value[i], room.side[i] = value, side
        room.reach[i] = _UPPER if side > 0 else _LOWER if side < 0 else _ALL
        if side == UNKNOWN:
            ask(st, room.vertices[i], g, room.masks[i], room.slots, -1)
            known = False
        up_facets |= room.masks[i] if side > 0 else 0
        down_facets |= room.masks[i] if side < 0 else 0
        room.zero[zeros], room.zero_mask[zeros] = room.vertices[i], room.masks[i]
        zeros += 1 if side == 0 else 0
    if not known:
        return ASKED
    at_vertices = zeros
    zeros = find_edges(plan, room, up_facets & down_facets, zeros)
    if zeros < 0:
        return TOO_LONG
    for i in range(at_vertices, zeros):
        room.zero[i] = _vertex_on_edge(plan, st, room, room.edge_above[i], room.edge_below[i], room.zero_mask[i])
    copy_into(room.half_pattern[0], room.pattern)
    copy_into(room.half_pattern[1], room.pattern)
    set_bit(room.half_pattern[0], g)
    upper.facets, lower.facets = up_facets, down_facets
    if not _still_cross(plan, st, room, at_vertices, zeros):
        return ASKED
    if lowest(~up_facets) >= SLOTS or lowest(~down_facets) >= SLOTS:
        return FULL
    both = halved = up_facets & down_facets
    while both:
        f = room.slots[lowest(both)]
        both &= both - 1
        make_halves(st, f)
    facet = new_facet(st, g)
    for c in range(d + 1):
        st.mesh.facet[facet, c] = maps[at + c * n]
    st.mesh.facet_error[facet] = st.memo.layers[k].map_error
    top = st.stack.n.top
    st.stack.n.top = top - st.stack.frames[top - 1]
    # the last one pushed comes first: the negative half, as in the rational search
    for which in range(2):
        _push_half(plan, st, room, zeros, which, halved, facet)
    return FITS


@inner
def classify(plan: Plan, st: Store, k: int, room: Room) -> tuple[int, bool]:
    """Set the bits of layer k's open neurons that do not cross the cell, list those that do; whether all signs are known."""
    found, known = 0, True
    memo, state, first, stop = st.memo, st.memo.layers[k], plan.layers[k].first, plan.layers[k].stop
    open_bits = st.stack.open[st.stack.n.looks - 1]
    if k == plan.depth - 1:
        for j in range(state.block):
            g = memo.ids[state.ids_at + j]
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


@inner
def _crosses(plan: Plan, st: Store, k: int, room: Room, j: int, g: int) -> tuple[bool, bool]:
    """Whether neuron g crosses the cell, and whether its signs are known; its bit is set if it does not but is active."""
    positive = st.scratch.low[j] > 0.0
    room.pattern[g >> 6] |= (1 if positive else 0) << (g & 63)
    if positive or st.scratch.high[j] < 0.0:
        return False, True
    plus = minus = False
    known = True
    for i in range(room.head.n_vertices):
        v, bound = room.vertices[i], room.bounds[i]
        value = value_at(plan, st, k, j, v)
        sign = 1 if value > bound else -1 if value < -bound else sign_at(plan, st, k, j, v, value)
        if sign == UNKNOWN:
            ask(st, v, g, room.masks[i], room.slots, -1)
            known = False
        plus |= sign == 1
        minus |= sign == -1
        if plus and minus:  # what else it is does not matter
            break
    if plus and not minus:
        set_bit(room.pattern, g)
    return plus and minus, known
