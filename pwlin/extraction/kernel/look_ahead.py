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

from typing import Any

import numpy as np

from pwlin.extraction.kernel.bits import bit_of, set_bit
from pwlin.extraction.kernel.compiled import copy_into, inner
from pwlin.extraction.kernel.maps import make_maps, note_factors, start_maps, widen
from pwlin.extraction.kernel.plan import FLOOR, VECTOR
from pwlin.extraction.kernel.signs import at_least, at_most, threshold, value_at
from pwlin.extraction.kernel.store import (
    BLOCK,
    BLOCK_IDS,
    BLOCK_WEIGHTS,
    CROSSING,
    EVALUATED,
    HEAD,
    LAYER,
    LOOKS,
    MARK,
    N_CROSSING,
    N_VERTICES,
    SEEN_FROM,
)
from pwlin.extraction.kernel.vector_sums import add_absolute, add_column, add_products

_WIDER = 1.0 + 1e-9
"""Covers the rounding of all sums of remainders over up to a million neurons."""
_SHRINK = 0.75
"""A block is made anew if so many of its neurons are left."""
_RANGE = 1.01
"""Neurons are scaled to size one, so that their values are no larger, whatever else is known."""


@inner  # type: ignore[untyped-decorator]
def leave(plan: Any, st: Any, start: int) -> None:
    """Forget what was seen from cells whose parts are all done: the cell at hand starts below them on the stack."""
    looks = st.counts[LOOKS]
    if st.look[looks - 1, MARK] <= start:
        return
    while st.look[looks - 1, MARK] > start:
        looks -= 1
    st.counts[LOOKS] = looks
    _use_block(plan, st)


@inner  # type: ignore[untyped-decorator]
def _use_block(plan: Any, st: Any) -> None:
    """Let the last layer use the block of the latest look."""
    last, seen = plan.depth - 1, st.look[st.counts[LOOKS] - 1]
    if st.weight_at[last] != seen[BLOCK_WEIGHTS]:
        st.weight_at[last], st.ids_at[last], st.block[last] = seen[BLOCK_WEIGHTS], seen[BLOCK_IDS], seen[BLOCK]
        st.stride[last] = -(-seen[BLOCK] // VECTOR) * VECTOR
        st.map_tag[last] = -1


@inner  # type: ignore[untyped-decorator]
def pays(plan: Any, st: Any, room: Any) -> bool:
    """Whether to look ahead from the cell.

    It has at most half as many crossing neurons as the latest look's, or is in another layer; neither they nor the open
    neurons of the last layer are few; and there is room for a look.
    """
    seen = st.look[st.counts[LOOKS] - 1]
    crossing = room.head[N_CROSSING]
    return (
        crossing >= plan.look_crossing
        and (2 * crossing <= seen[CROSSING] or seen[SEEN_FROM] != room.head[LAYER])
        and st.block[plan.depth - 1] >= plan.look_open
        and st.counts[LOOKS] < len(st.look)
    )


@inner  # type: ignore[untyped-decorator]
def look_ahead(plan: Any, st: Any, room: Any, start: int) -> None:
    """Settle what can be settled below the cell that `room` holds, whose frame starts at `start`."""
    k, last, looks = room.head[LAYER], plan.depth - 1, st.counts[LOOKS]
    copy_into(st.look[looks], st.look[looks - 1])
    copy_into(st.open[looks], st.open[looks - 1])
    seen, open_bits = st.look[looks], st.open[looks]
    seen[MARK], seen[SEEN_FROM], seen[CROSSING] = start, k, room.head[N_CROSSING]
    st.counts[LOOKS] = looks + 1
    _relax_crossing(plan, st, k, room)
    make_maps(plan, st, k + 1, room.pattern)
    _bent_maps(plan, st, k + 1, room)
    _settle(plan, st, k + 1, room, open_bits)
    for layer in range(k + 2, last + 1):
        _relaxed_maps(plan, st, layer)
        _settle(plan, st, layer, room, open_bits)
    for i in range(plan.words):
        st.stack[start + HEAD + i] = room.pattern[i]
    _shrink(plan, st, seen, open_bits)


@inner  # type: ignore[untyped-decorator]
def _relax(plan: Any, st: Any, g: int, i: int, low: float, high: float, middle: float, radius: float) -> None:
    """Replace neuron g, number i of its layer, with range [low, high] around 0, by its chord and the remainder."""
    left, right = plan.left[g], plan.right[g]
    low, high = low if low > -_RANGE else -_RANGE, high if high < _RANGE else _RANGE
    slope = (right * high - left * low) / (high - low)
    slope = min(max(slope, min(left, right)), max(left, right))
    below, above = (left - slope) * low, (right - slope) * high
    least, most = min(0.0, below, above), max(0.0, below, above)
    st.slope[i] = slope
    st.middle[i] = slope * middle + 0.5 * (least + most)
    st.spread[i] = abs(slope) * radius + 0.5 * _WIDER * (most - least) + FLOOR  # never 0, as that of settled ones


@inner  # type: ignore[untyped-decorator]
def _relax_crossing(plan: Any, st: Any, k: int, room: Any) -> None:
    """Slopes, and remainders with their middle, of all neurons of the cell's own layer."""
    first = plan.first[k]
    for i in range(plan.width[k]):
        g = first + i
        st.slope[i] = plan.right[g] if bit_of(room.pattern, g) else plan.left[g]
        st.middle[i] = st.spread[i] = 0.0
    for crossing in range(room.head[N_CROSSING]):
        i = room.crossing[crossing]
        low, high = 0.0, 0.0
        for c in range(room.head[N_VERTICES]):
            v = room.vertices[c]
            value, tau, weight = value_at(plan, st, k, i, v), threshold(plan, st, k, v), st.vertex[v, plan.d]
            a, b = at_least((value - tau) / weight), at_most((value + tau) / weight)
            low, high = a if a < low else low, b if b > high else high
        if high > low:
            _relax(plan, st, first + i, i, low - plan.tau_soft[k], high + plan.tau_soft[k], 0.0, 0.0)


@inner  # type: ignore[untyped-decorator]
def _bent_maps(plan: Any, st: Any, k: int, room: Any) -> None:
    """Layer k's maps with chords for the neurons that cross the cell in the layer before, and the interval around each.

    They come from the exact maps with these neurons inactive, by rank-one updates.
    """
    at, size, count = plan.map_at[k], (plan.d + 1) * st.stride[k], room.head[N_CROSSING]
    copy_into(st.soft[at : at + size], st.maps[at : at + size])
    for crossing in range(count):
        i = room.crossing[crossing]
        _note(plan, st, k, crossing, i, st.slope[i] - plan.left[plan.first[k - 1] + i], st.maps)
    _add_inputs(plan, st, k, count)


@inner  # type: ignore[untyped-decorator]
def _relaxed_maps(plan: Any, st: Any, k: int) -> None:
    """The same from the relaxed maps of the layer before."""
    count = np.int64(0)
    start_maps(plan, st, k, st.soft)
    for i in range(plan.width[k - 1]):
        if st.slope[i] != 0.0 or st.spread[i] != 0.0:
            _note(plan, st, k, count, i, st.slope[i], st.soft)
            count += 1
    _add_inputs(plan, st, k, count)


@inner  # type: ignore[untyped-decorator]
def _note(plan: Any, st: Any, k: int, count: int, i: int, slope: float, inputs: Any) -> None:
    """As `note_factors`, with the remainder."""
    width = plan.d + 3
    note_factors(plan, st, k, count, i, slope, inputs, width)
    st.factors[count * width + plan.d + 1], st.factors[count * width + plan.d + 2] = st.middle[i], st.spread[i]


@inner  # type: ignore[untyped-decorator]
def _add_inputs(plan: Any, st: Any, k: int, count: int) -> None:
    """Add all inputs that were noted to layer k's maps; their remainders make the interval around these."""
    d, n, width = plan.d, st.stride[k], plan.d + 3
    st.around_middle[:n], st.around_radius[:n] = 0.0, 0.0
    add_products(st.weight, st.starts, count, st.factors, width, d + 1, st.soft, plan.map_at[k], n)
    add_column(st.weight, st.starts, count, st.factors, width, d + 1, st.around_middle, n)
    add_absolute(st.weight, st.starts, count, st.factors, width, d + 2, st.around_radius, n)


@inner  # type: ignore[untyped-decorator]
def _settle(plan: Any, st: Any, k: int, room: Any, open_bits: Any) -> None:
    """Find the range of layer k's open neurons on the cell; set the bits of those that are settled, relax the others."""
    d, n, m = plan.d, st.stride[k], room.head[N_VERTICES]
    at, ids, first = plan.map_at[k], st.ids_at[k], plan.first[k]
    low, high = st.low[:n], st.high[:n]
    low[:], high[:] = np.inf, -np.inf
    st.counts[EVALUATED] += n * m
    for c in range(m):
        v = room.vertices[c]
        tau = plan.tau_soft[k] + plan.tau_point[k] * st.radius[v]
        widen(st, st.soft, at, n, d, v, 1.0 / st.vertex[v, d], tau)
    goes_on = k < plan.depth - 1
    for j in range(st.block[k]):
        g = st.ids[ids + j]
        middle, radius = st.around_middle[j], _WIDER * st.around_radius[j] + FLOOR
        a, b = low[j] + middle - radius, high[j] + middle + radius
        settled = not bit_of(open_bits, g)
        if not settled and (a > 0.0 or b < 0.0):
            settled = True
            open_bits[g >> 6] &= ~(1 << (g & 63))
            if a > 0.0:
                set_bit(room.pattern, g)
        if goes_on and settled:
            i = g - first
            slope = plan.right[g] if bit_of(room.pattern, g) else plan.left[g]
            st.slope[i], st.middle[i], st.spread[i] = slope, slope * middle, abs(slope) * radius
        elif goes_on:
            _relax(plan, st, g, g - first, -FLOOR if a > -FLOOR else a, FLOOR if b < FLOOR else b, middle, radius)


@inner  # type: ignore[untyped-decorator]
def _shrink(plan: Any, st: Any, seen: Any, open_bits: Any) -> None:
    """Give the last layer a smaller block if many of its neurons are settled.

    Weights of inputs that are zero below the cell are left out: nothing reads them there.
    """
    last = plan.depth - 1
    n, m, ids, weights = st.block[last], plan.width[last - 1], st.ids_at[last], st.weight_at[last]
    stride, kept, new_ids = st.stride[last], 0, seen[BLOCK_IDS] + n
    for j in range(n):
        if bit_of(open_bits, st.ids[ids + j]):
            st.ids[new_ids + kept], st.places[kept] = st.ids[ids + j], j
            kept += 1
    if kept > _SHRINK * n:
        return
    new_weights = weights + m * stride
    seen[BLOCK_IDS], seen[BLOCK_WEIGHTS], seen[BLOCK] = new_ids, new_weights, kept
    _use_block(plan, st)
    new_stride = st.stride[last]
    for i in range(m):
        if st.slope[i] == 0.0 and st.spread[i] == 0.0:
            continue
        row, out = weights + i * stride, new_weights + i * new_stride
        for j in range(kept):
            st.weight[out + j] = st.weight[row + st.places[j]]
        for j in range(kept, new_stride):
            st.weight[out + j] = 0.0
