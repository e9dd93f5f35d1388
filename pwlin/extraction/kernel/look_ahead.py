"""Looking ahead: neurons of later layers that have one sign on all of a cell are settled for all cells below it at once.

On a cell of layer k the later preactivations are enclosed between affine maps. A neuron that crosses the cell is replaced
by the chord of its graph over its range there, with slope s, and a remainder: what is left, ``f(z) - s z``, lies between its
values at the ends of the range and 0. The chords make one affine map for each later neuron, the remainders an interval
around it, spread through the layers by absolute weights. (The relaxation is the one of bound propagation in verification:
Singh et al., "Fast and effective robustness certification", 2018.) It holds for any slope s, so s needs no error bound.

What is settled goes into the cell's pattern, which its parts inherit. The others are *open*. Of the last hidden layer, whose
maps nothing else needs, only the open neurons keep weights and maps: its *block*, in arrays of their own.
"""

from __future__ import annotations

from pwlin.extraction.kernel.bits import bit_of, set_bit
from pwlin.extraction.kernel.compiled import Floats, Integers, copy_into, inner, integer
from pwlin.extraction.kernel.error_bounds import FLOOR
from pwlin.extraction.kernel.maps import (
    add_noted,
    begin_ranges,
    end_ranges,
    make_maps,
    note_factors,
    start_maps,
    widen,
)
from pwlin.extraction.kernel.plan import VECTOR, Plan
from pwlin.extraction.kernel.scratch import Room
from pwlin.extraction.kernel.signs import at_least, at_most, threshold, value_at
from pwlin.extraction.kernel.store import HEAD, Look, Store
from pwlin.extraction.kernel.vector_sums import add_interval

_WIDER = 1.0 + 1e-9
"""Covers the rounding of all sums of remainders over up to a million neurons."""
_SHRINK = 0.75
"""A block is made anew if so many of its neurons are left."""
_RANGE = 1.01
"""Neurons are scaled to size one, so that their values are no larger, whatever else is known."""


@inner
def leave(plan: Plan, st: Store, start: int) -> None:
    """Forget what was seen from cells whose parts are all done: the cell at hand starts below them on the stack."""
    looks, look = st.stack.n.looks, st.stack.look
    if look[looks - 1].mark <= start:
        return
    while look[looks - 1].mark > start:
        looks -= 1
    st.stack.n.looks = looks
    _use_block(plan, st)


@inner
def _use_block(plan: Plan, st: Store) -> None:
    """Let the last layer use the block of the latest look."""
    last, seen = st.memo.layers[plan.depth - 1], st.stack.look[st.stack.n.looks - 1]
    if last.weight_at != seen.weight_at:
        last.weight_at, last.ids_at, last.block = seen.weight_at, seen.ids_at, seen.block
        last.stride = -(-seen.block // VECTOR) * VECTOR
        last.made_for = -1


@inner
def pays(plan: Plan, st: Store, room: Room) -> bool:
    """Whether to look ahead from the cell.

    It is not far out; it has at most half as many crossing neurons as the latest look's, or is in another layer; neither they nor the open
    neurons of the last layer are few; and there is room for a look.
    """
    looks, crossing = st.stack.n.looks, room.head.n_crossing
    seen = st.stack.look[looks - 1]
    if plan.infinity < 0 and crossing >= plan.look_crossing:
        for i in range(room.head.n_vertices):
            v = room.vertices[i]
            if st.mesh.scale[v] != st.mesh.vertex[v, plan.d]:
                return False
    return (
        crossing >= plan.look_crossing
        and (2 * crossing <= seen.crossing or seen.layer != room.head.layer)
        and st.memo.layers[plan.depth - 1].block >= plan.look_open
        and looks < len(st.stack.look)
    )


@inner
def look_ahead(plan: Plan, st: Store, room: Room, start: int) -> None:
    """Settle what can be settled below the cell that `room` holds, whose frame starts at `start`."""
    stack, k, last, looks = st.stack, room.head.layer, plan.depth - 1, st.stack.n.looks
    copy_into(stack.open[looks], stack.open[looks - 1])
    seen, before, open_bits = stack.look[looks], stack.look[looks - 1], stack.open[looks]
    seen.mark, seen.layer, seen.crossing = start, k, room.head.n_crossing
    seen.ids_at, seen.weight_at, seen.block = before.ids_at, before.weight_at, before.block
    stack.n.looks = looks + 1
    _relax_crossing(plan, st, k, room)
    make_maps(plan, st, k + 1, room.pattern)
    _bent_maps(plan, st, k + 1, room)
    _settle(plan, st, k + 1, room, open_bits)
    for layer in range(k + 2, last + 1):
        _relaxed_maps(plan, st, layer)
        _settle(plan, st, layer, room, open_bits)
    for i in range(plan.words):
        stack.frames[start + HEAD + i] = room.pattern[i]
    _shrink(plan, st, seen, open_bits)


@inner
def _relax(plan: Plan, st: Store, k: int, i: int, low: float, high: float) -> None:
    """Replace neuron i of layer k, with range [low, high] around 0, by its chord; widen its interval by the remainder."""
    g, work = plan.layers[k].first + i, st.scratch
    left, right = plan.left[g], plan.right[g]
    low, high = low if low > -_RANGE else -_RANGE, high if high < _RANGE else _RANGE
    slope = (right * high - left * low) / (high - low)
    slope = min(max(slope, min(left, right)), max(left, right))
    below, above = (left - slope) * low, (right - slope) * high
    least, most = min(0.0, below, above), max(0.0, below, above)
    work.slope[i] = slope
    work.middle[i] = slope * work.middle[i] + 0.5 * (least + most)
    work.spread[i] = (
        abs(slope) * work.spread[i] + 0.5 * _WIDER * (most - least) + FLOOR
    )  # never 0, as that of settled ones


@inner
def _relax_crossing(plan: Plan, st: Store, k: int, room: Room) -> None:
    """Slopes, and remainders with their middle, of all neurons of the cell's own layer."""
    layer, work = plan.layers[k], st.scratch
    for i in range(layer.width):
        g = layer.first + i
        work.slope[i] = plan.right[g] if bit_of(room.pattern, g) else plan.left[g]
        work.middle[i] = work.spread[i] = 0.0
    for crossing in range(room.head.n_crossing):
        i = room.crossing[crossing]
        low, high = 0.0, 0.0
        for c in range(room.head.n_vertices):
            v = room.vertices[c]
            value, tau, weight = value_at(plan, st, k, i, v), threshold(plan, st, k, v), st.mesh.vertex[v, plan.d]
            a, b = at_least((value - tau) / weight), at_most((value + tau) / weight)
            low, high = a if a < low else low, b if b > high else high
        if high > low:
            _relax(plan, st, k, i, low - layer.tau_soft, high + layer.tau_soft)


@inner
def _bent_maps(plan: Plan, st: Store, k: int, room: Room) -> None:
    """Layer k's maps with chords for the neurons that cross the cell in the layer before, and the interval around each.

    They come from the exact maps with these neurons inactive, by rank-one updates.
    """
    maps, soft, count, first = st.memo.maps, st.scratch.soft, room.head.n_crossing, plan.layers[k - 1].first
    at, size = plan.layers[k].map_at, (plan.d + 1) * st.memo.layers[k].stride
    copy_into(soft[at : at + size], maps[at : at + size])
    for crossing in range(count):
        i = room.crossing[crossing]
        _note(plan, st, k, crossing, i, st.scratch.slope[i] - plan.left[first + i], maps)
    _add_inputs(plan, st, k, count)


@inner
def _relaxed_maps(plan: Plan, st: Store, k: int) -> None:
    """The same from the relaxed maps of the layer before."""
    count, slope, spread = integer(0), st.scratch.slope, st.scratch.spread
    start_maps(plan, st, k, st.scratch.soft)
    for i in range(plan.layers[k - 1].width):
        if slope[i] != 0.0 or spread[i] != 0.0:
            _note(plan, st, k, count, i, slope[i], st.scratch.soft)
            count += 1
    _add_inputs(plan, st, k, count)


@inner
def _note(plan: Plan, st: Store, k: int, count: int, i: int, slope: float, inputs: Floats) -> None:
    """As `note_factors`, with the remainder."""
    note_factors(plan, st, k, count, i, slope, inputs)
    factors = st.scratch.factors
    factors[count, plan.d + 1], factors[count, plan.d + 2] = st.scratch.middle[i], st.scratch.spread[i]


@inner
def _add_inputs(plan: Plan, st: Store, k: int, count: int) -> None:
    """Add all inputs that were noted to layer k's maps; their remainders make the interval around these."""
    work, n = st.scratch, st.memo.layers[k].stride
    middle, radius = work.around_middle[:n], work.around_radius[:n]
    middle[:], radius[:] = 0.0, 0.0
    add_noted(plan, st, k, count, work.soft)
    add_interval(st.memo.weight, work.starts, work.factors, count, plan.d + 1, middle, radius)


@inner
def _settle(plan: Plan, st: Store, k: int, room: Room, open_bits: Integers) -> None:
    """Find the range of layer k's open neurons on the cell; set the bits of those that are settled, relax the others."""
    layer, state, work, m = plan.layers[k], st.memo.layers[k], st.scratch, room.head.n_vertices
    d, n, at, first = plan.d, state.stride, layer.map_at, layer.first
    low, high, maps = work.low[:n], work.high[:n], work.soft[at : at + (d + 1) * n]
    st.memo.n.evaluated += n * m
    begin_ranges(st, n)
    for c in range(m):
        v = room.vertices[c]
        tau = layer.tau_soft + layer.tau_point * st.mesh.radius[v]
        widen(st, maps, n, v, 1.0 / st.mesh.vertex[v, d], tau)
    end_ranges(st, maps, n, d)
    goes_on = k < plan.depth - 1
    for j in range(state.block):
        g = st.memo.ids[state.ids_at + j]
        middle, radius = work.around_middle[j], _WIDER * work.around_radius[j] + FLOOR
        a, b = low[j] + middle - radius, high[j] + middle + radius
        settled = not bit_of(open_bits, g)
        if not settled and (a > 0.0 or b < 0.0):
            settled = True
            open_bits[g >> 6] &= ~(1 << (g & 63))
            if a > 0.0:
                set_bit(room.pattern, g)
        if goes_on:
            i = g - first
            work.middle[i], work.spread[i] = middle, radius
            if settled:
                slope = plan.right[g] if bit_of(room.pattern, g) else plan.left[g]
                work.slope[i], work.middle[i], work.spread[i] = slope, slope * middle, abs(slope) * radius
            else:
                _relax(plan, st, k, i, -FLOOR if a > -FLOOR else a, FLOOR if b < FLOOR else b)


@inner
def _shrink(plan: Plan, st: Store, seen: Look, open_bits: Integers) -> None:
    """Give the last layer a smaller block if many of its neurons are settled.

    Weights of inputs that are zero below the cell are left out: nothing reads them there.
    """
    memo, work, state = st.memo, st.scratch, st.memo.layers[plan.depth - 1]
    n, m, ids, stride = state.block, plan.layers[plan.depth - 2].width, state.ids_at, state.stride
    weights, kept, new_ids = state.weight_at, 0, seen.ids_at + n
    for j in range(n):
        if bit_of(open_bits, memo.ids[ids + j]):
            memo.ids[new_ids + kept], work.places[kept] = memo.ids[ids + j], j
            kept += 1
    if kept > _SHRINK * n:
        return
    new_weights = weights + m * stride
    seen.ids_at, seen.weight_at, seen.block = new_ids, new_weights, kept
    _use_block(plan, st)
    new_stride = state.stride
    for i in range(m):
        if work.slope[i] == 0.0 and work.spread[i] == 0.0:
            continue
        row, out = weights + i * stride, new_weights + i * new_stride
        for j in range(kept):
            memo.weight[out + j] = memo.weight[row + work.places[j]]
        for j in range(kept, new_stride):
            memo.weight[out + j] = 0.0
