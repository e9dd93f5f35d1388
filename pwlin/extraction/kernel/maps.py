"""The maps of a layer's preactivations in the current cell, from those of the layer before, and which neurons cross it."""

from __future__ import annotations

import numpy as np

from pwlin.extraction.kernel.bits import bit_of, bits_between, lowest, popcount
from pwlin.extraction.kernel.compiled import Floats, Integers, copy_into, inner, integer
from pwlin.extraction.kernel.error_bounds import FLOOR, ROUNDOFF
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.signs import at_most, threshold
from pwlin.extraction.kernel.store import Store
from pwlin.extraction.kernel.two_floats import add_fine_products, fused
from pwlin.extraction.kernel.vector_sums import add_products

_HUGE = 2.0**500
"""Beyond all coordinates of vertices and all entries of maps; products of smaller ones are finite, and so are their sums."""


@inner
def note_factors(plan: Plan, st: Store, k: int, count: int, i: int, slope: float, inputs: Floats) -> None:
    """Input i of layer k as number `count` of a sum of products: its weights, and its map times a slope."""
    state, before = st.memo.layers[k], st.memo.layers[k - 1]
    st.scratch.starts[count] = state.weight_at + i * state.stride
    below = plan.layers[k - 1].map_at + i
    for c in range(plan.d + 1):
        st.scratch.factors[count, c] = slope * inputs[below + c * before.stride]


@inner
def add_noted(plan: Plan, st: Store, k: int, count: int, maps: Floats) -> None:
    """Add the sum of products that was noted to layer k's maps."""
    weight, starts, factors = st.memo.weight, st.scratch.starts, st.scratch.factors
    add_products(weight, starts, factors, count, plan.d + 1, maps, plan.layers[k].map_at, st.memo.layers[k].stride)


@inner
def _note(plan: Plan, st: Store, k: int, count: int, i: int, slope: float) -> None:
    """As `note_factors`, with the maps at hand, in two floats if they are."""
    note_factors(plan, st, k, count, i, slope, st.memo.maps)
    if plan.fine:
        below, stride = plan.layers[k - 1].map_at + i, st.memo.layers[k - 1].stride
        for c in range(plan.d + 1):
            exactly = fused(slope, st.memo.maps[below + c * stride], -st.scratch.factors[count, c])
            st.scratch.factor_tails[count, c] = exactly + slope * st.memo.tails[below + c * stride]


@inner
def _add_noted(plan: Plan, st: Store, k: int, count: int) -> None:
    """Add what was noted to the maps at hand."""
    memo, work, at, stride = st.memo, st.scratch, plan.layers[k].map_at, st.memo.layers[k].stride
    if plan.fine:
        add_fine_products(
            memo.weight,
            work.starts,
            (work.factors, work.factor_tails),
            count,
            memo.maps[at : at + (plan.d + 1) * stride],
            memo.tails[at : at + (plan.d + 1) * stride],
            plan.d + 1,
            stride,
        )
        _measure(plan, st, k)
    else:
        add_noted(plan, st, k, count, memo.maps)


@inner
def _measure(plan: Plan, st: Store, k: int) -> None:
    """The errors of the maps at hand, which are in two floats, and of signs that are read from the first ones."""
    layer, state, maps, d = plan.layers[k], st.memo.layers[k], st.memo.maps, plan.d
    at, n = layer.map_at, state.stride
    top, steep = 0.0, 0.0
    for j in range(state.block):
        slope = 0.0
        for c in range(d):
            slope += abs(maps[at + c * n + j])
        steep = max(steep, at_most(slope))
        top = max(top, at_most(plan.beta * slope + abs(maps[at + d * n + j])))
    state.map_error = 0.0 if layer.exact_up_to > 0.0 else 1.01 * (ROUNDOFF * top + layer.fine_error)
    state.tau_map = 1.01 * (state.map_error + 8 * (d + 2) * ROUNDOFF * top) + FLOOR
    if plan.infinity < 0:
        steep = top / plan.beta  # weights of vertices are not exact
    state.tau_point = 1.01 * (steep + state.map_error / plan.beta)


@inner
def start_maps(plan: Plan, st: Store, k: int, maps: Floats) -> None:
    """Layer k's maps without any input: the biases."""
    state = st.memo.layers[k]
    d, n, at, ids = plan.d, state.stride, plan.layers[k].map_at, state.ids_at
    maps[at : at + (d + 1) * n] = 0.0
    for j in range(state.block):
        maps[at + d * n + j] = plan.bias[st.memo.ids[ids + j]]


@inner
def _rebuild(plan: Plan, st: Store, k: int, pattern: Integers) -> None:
    """All of layer k's maps as one product with the weight; inputs of slope 0 may have no row in the block."""
    below, maps, count = plan.layers[k - 1], st.memo.maps, integer(0)
    first, stop = below.first, below.stop
    start_maps(plan, st, k, maps)
    if plan.fine:
        at = plan.layers[k].map_at
        st.memo.tails[at : at + (plan.d + 1) * st.memo.layers[k].stride] = 0.0
    if below.rectified:
        for word in range(first >> 6, ((stop - 1) >> 6) + 1):
            active = pattern[word] & bits_between(word, first, stop)
            while active:
                g = 64 * word + lowest(active)
                active &= active - 1
                if plan.right[g] != 0.0:
                    _note(plan, st, k, count, g - first, plan.right[g])
                    count += 1
    else:
        for g in range(first, stop):
            slope = plan.right[g] if bit_of(pattern, g) else plan.left[g]
            if slope != 0.0:
                _note(plan, st, k, count, g - first, slope)
                count += 1
    _add_noted(plan, st, k, count)


@inner
def make_maps(plan: Plan, st: Store, k: int, pattern: Integers) -> None:
    """Bring layer k's maps to the given pattern of the layers below, by a rank-one update for each neuron that flipped."""
    if k == 0:
        return
    memo, layer, state, entry = st.memo, plan.layers[k], st.memo.layers[k], st.memo.layers[k - 1].entry
    start, stop, made_for = plan.layers[k - 1].first, plan.layers[k - 1].stop, memo.map_pattern[k]
    words = range(start >> 6, ((stop - 1) >> 6) + 1)
    updates = 0
    for word in words:
        updates += popcount((pattern[word] ^ made_for[word]) & bits_between(word, start, stop))
    total = updates + state.updates if layer.exact_up_to == 0.0 else 0
    again = plan.fine and not plan.layers[k - 1].rectified  # differences of slopes are rounded
    if state.made_for == entry and updates <= layer.update_limit and total <= layer.update_limit and not again:
        count = integer(0)
        for word in words:
            flips = (pattern[word] ^ made_for[word]) & bits_between(word, start, stop)
            while flips:
                g = word * 64 + lowest(flips)
                flips &= flips - 1
                jump = plan.right[g] - plan.left[g]
                _note(plan, st, k, count, g - start, jump if bit_of(pattern, g) else -jump)
                count += 1
        _add_noted(plan, st, k, count)
        state.updates = total
    else:
        _rebuild(plan, st, k, pattern)
        state.made_for, state.updates = entry, 0
    copy_into(made_for, pattern)


@inner
def scan(plan: Plan, st: Store, k: int, vertices: Integers, thresholds: Floats, m: int) -> None:
    """For each of layer k's block, bounds: low > 0 if it is certainly positive at all vertices, high < 0 if negative.

    The thresholds of signs at the vertices are noted.
    """
    d, n, at = plan.d, st.memo.layers[k].stride, plan.layers[k].map_at
    maps = st.memo.maps[at : at + (d + 1) * n]
    st.memo.n.evaluated += n * m
    for i in range(m):
        thresholds[i] = threshold(plan, st, k, vertices[i])
    if d == 2:
        _scan_in_plane(st, maps, n, vertices, thresholds, m)
        return
    begin_ranges(st, n)
    for i in range(m):
        widen(st, maps, n, vertices[i], 1.0, thresholds[i])
    end_ranges(st, maps, n, d)


@inner
def _scan_in_plane(st: Store, maps: Floats, n: int, vertices: Integers, thresholds: Floats, m: int) -> None:
    """The ranges of n maps at m vertices, of which two are taken at a time; what is huge, or no number, as in `widen` and `end_ranges`."""
    low, high, vertex = st.scratch.low[:n], st.scratch.high[:n], st.mesh.vertex
    za, zb, zc = maps[:n], maps[n : 2 * n], maps[2 * n : 3 * n]
    size = 0.0
    for i in range(m):
        v = vertices[i]
        size += abs(vertex[v, 0]) + abs(vertex[v, 1]) + abs(vertex[v, 2]) + thresholds[i]
    if not size < _HUGE:
        low[:], high[:] = -np.inf, np.inf
        return
    for first in range(0, m, 2):
        v, last = vertices[first], min(first + 1, m - 1)
        w, tau, wide = vertices[last], thresholds[first], thresholds[last]
        x, y, t, p, q, r = vertex[v, 0], vertex[v, 1], vertex[v, 2], vertex[w, 0], vertex[w, 1], vertex[w, 2]
        if first == 0:
            for j in range(n):
                known = abs(za[j]) + abs(zb[j]) + abs(zc[j]) < _HUGE
                z, u = za[j] * x + zb[j] * y + zc[j] * t, za[j] * p + zb[j] * q + zc[j] * r
                a, b, e, f = z - tau, u - wide, z + tau, u + wide
                low[j], high[j] = a if a < b else b, e if e > f else f
                low[j], high[j] = low[j] if known else -np.inf, high[j] if known else np.inf
        else:
            for j in range(n):
                z, u = za[j] * x + zb[j] * y + zc[j] * t, za[j] * p + zb[j] * q + zc[j] * r
                a, b, e, f = z - tau, u - wide, z + tau, u + wide
                a, e = a if a < b else b, e if e > f else f
                low[j], high[j] = a if a < low[j] else low[j], e if e > high[j] else high[j]


@inner
def begin_ranges(st: Store, n: int) -> None:
    """No range yet of n maps, from low to high."""
    low, high = st.scratch.low[:n], st.scratch.high[:n]
    low[:], high[:] = np.inf, -np.inf


@inner
def widen(st: Store, maps: Floats, n: int, v: int, scale: float, tau: float) -> None:
    """Widen the ranges to the values of n maps at a vertex times `scale`, give or take tau.

    A vertex that has a huge number, or none, widens them to everything: sums of products are finite then, of maps that are no
    larger, which `end_ranges` sees to.
    """
    low, high, z, vertex = st.scratch.low[:n], st.scratch.high[:n], st.scratch.scanned[:n], st.mesh.vertex
    d = vertex.shape[1] - 1
    size = tau
    for c in range(d + 1):
        size += abs(vertex[v, c] * scale)
    if not size < _HUGE:
        low[:], high[:] = -np.inf, np.inf
        return
    # the loops for the first three coordinates and the weight are fused; those that there are not count as 0
    second, third = n if d > 1 else 0, 2 * n if d > 2 else 0
    x, y, t = vertex[v, 0] * scale, vertex[v, second // n] * scale, vertex[v, third // n] * scale
    y, t = y if d > 1 else 0.0, t if d > 2 else 0.0
    za, zb, zc = maps[:n], maps[second : second + n], maps[third : third + n]
    for c in range(3, d):
        row, u = maps[c * n : (c + 1) * n], vertex[v, c] * scale
        if c == 3:
            for j in range(n):
                z[j] = row[j] * u
        else:
            for j in range(n):
                z[j] += row[j] * u
    row, u = maps[d * n : (d + 1) * n], vertex[v, d] * scale
    for j in range(n):
        value = za[j] * x + zb[j] * y + (zc[j] * t + row[j] * u)
        value += z[j] if d > 3 else 0.0
        a, b = value - tau, value + tau
        low[j] = low[j] if low[j] < a else a
        high[j] = high[j] if high[j] > b else b


@inner
def end_ranges(st: Store, maps: Floats, n: int, d: int) -> None:
    """Nothing is known of maps that have a huge number, or none."""
    low, high, sizes = st.scratch.low[:n], st.scratch.high[:n], st.scratch.scanned[:n]
    sizes[:] = 0.0
    for c in range(d + 1):
        row = maps[c * n : (c + 1) * n]
        for j in range(n):
            sizes[j] += abs(row[j])
    for j in range(n):
        known = sizes[j] < _HUGE
        low[j], high[j] = low[j] if known else -np.inf, high[j] if known else np.inf
