"""The maps of a layer's preactivations in the current cell, from those of the layer before, and which neurons cross it."""

from __future__ import annotations

from typing import Any

import numpy as np

from pwlin.extraction.kernel.bits import bit_of, bits_between, lowest, popcount
from pwlin.extraction.kernel.compiled import copy_into, inner
from pwlin.extraction.kernel.signs import at_least, at_most, threshold
from pwlin.extraction.kernel.store import EVALUATED
from pwlin.extraction.kernel.vector_sums import add_products


@inner  # type: ignore[untyped-decorator]
def note_factors(plan: Any, st: Any, k: int, count: int, i: int, slope: float, inputs: Any, width: int) -> None:
    """Input i of layer k as number `count` of a sum of products: its weights, and its map times a slope."""
    st.starts[count] = st.weight_at[k] + i * st.stride[k]
    below = plan.map_at[k - 1] + i
    for c in range(plan.d + 1):
        st.factors[count * width + c] = slope * inputs[below + c * st.stride[k - 1]]


@inner  # type: ignore[untyped-decorator]
def start_maps(plan: Any, st: Any, k: int, maps: Any) -> None:
    """Layer k's maps without any input: the biases."""
    d, n, at, ids = plan.d, st.stride[k], plan.map_at[k], st.ids_at[k]
    maps[at : at + (d + 1) * n] = 0.0
    for j in range(st.block[k]):
        maps[at + d * n + j] = plan.bias[st.ids[ids + j]]


@inner  # type: ignore[untyped-decorator]
def _rebuild(plan: Any, st: Any, k: int, pattern: Any) -> None:
    """All of layer k's maps as one product with the weight; inputs of slope 0 may have no row in the block."""
    first, stop, count, width = plan.first[k - 1], plan.first[k], np.int64(0), plan.d + 1
    start_maps(plan, st, k, st.maps)
    if plan.rectified[k - 1]:
        for word in range(first >> 6, ((stop - 1) >> 6) + 1):
            active = pattern[word] & bits_between(word, first, stop)
            while active:
                g = 64 * word + lowest(active)
                active &= active - 1
                if plan.right[g] != 0.0:
                    note_factors(plan, st, k, count, g - first, plan.right[g], st.maps, width)
                    count += 1
    else:
        for g in range(first, stop):
            slope = plan.right[g] if bit_of(pattern, g) else plan.left[g]
            if slope != 0.0:
                note_factors(plan, st, k, count, g - first, slope, st.maps, width)
                count += 1
    add_products(st.weight, st.starts, count, st.factors, width, width, st.maps, plan.map_at[k], st.stride[k])


@inner  # type: ignore[untyped-decorator]
def make_maps(plan: Any, st: Any, k: int, pattern: Any) -> None:
    """Bring layer k's maps to the given pattern of the layers below, by a rank-one update for each neuron that flipped."""
    if k == 0:
        return
    start, stop = plan.first[k - 1], plan.first[k]
    words = range(start >> 6, ((stop - 1) >> 6) + 1)
    updates = 0
    for word in words:
        updates += popcount((pattern[word] ^ st.map_pattern[k, word]) & bits_between(word, start, stop))
    total = updates + st.map_updates[k] if plan.exact_up_to[k] == 0.0 else 0
    if st.map_tag[k] == st.entry[k - 1] and updates <= plan.update_limit[k] and total <= plan.update_limit[k]:
        count = np.int64(0)
        for word in words:
            flips = (pattern[word] ^ st.map_pattern[k, word]) & bits_between(word, start, stop)
            while flips:
                g = word * 64 + lowest(flips)
                flips &= flips - 1
                jump = plan.right[g] - plan.left[g]
                note_factors(plan, st, k, count, g - start, jump if bit_of(pattern, g) else -jump, st.maps, plan.d + 1)
                count += 1
        at, n = plan.map_at[k], st.stride[k]
        add_products(st.weight, st.starts, count, st.factors, plan.d + 1, plan.d + 1, st.maps, at, n)
        st.map_updates[k] = total
    else:
        _rebuild(plan, st, k, pattern)
        st.map_tag[k], st.map_updates[k] = st.entry[k - 1], 0
    copy_into(st.map_pattern[k], pattern)


@inner  # type: ignore[untyped-decorator]
def scan(plan: Any, st: Any, k: int, vertices: Any, m: int) -> None:
    """For each of layer k's block, bounds: low > 0 if it is certainly positive at all vertices, high < 0 if negative."""
    d, n, at = plan.d, st.stride[k], plan.map_at[k]
    st.counts[EVALUATED] += n * m
    low, high = st.low[:n], st.high[:n]
    low[:], high[:] = np.inf, -np.inf
    for i in range(m):
        v = vertices[i]
        tau = threshold(plan, st, k, v)
        if d == 2:
            za, zb, zc = st.maps[at : at + n], st.maps[at + n : at + 2 * n], st.maps[at + 2 * n : at + 3 * n]
            x, y, t = st.vertex[v, 0], st.vertex[v, 1], st.vertex[v, 2]
            for j in range(n):
                z = za[j] * x + zb[j] * y + zc[j] * t
                a, b = at_least(z - tau), at_most(z + tau)
                low[j] = low[j] if low[j] < a else a
                high[j] = high[j] if high[j] > b else b
        else:
            widen(st, st.maps, at, n, d, v, 1.0, tau)


@inner  # type: ignore[untyped-decorator]
def widen(st: Any, maps: Any, at: int, n: int, d: int, v: int, scale: float, tau: float) -> None:
    """Widen the ranges from low to high to the values of n maps at a vertex times `scale`, give or take tau."""
    low, high, z = st.low[:n], st.high[:n], st.scanned[:n]
    z[:] = 0.0
    for c in range(d + 1):
        row, x = maps[at + c * n : at + (c + 1) * n], st.vertex[v, c] * scale
        for j in range(n):
            z[j] += row[j] * x
    for j in range(n):
        a, b = at_least(z[j] - tau), at_most(z[j] + tau)
        low[j] = low[j] if low[j] < a else a
        high[j] = high[j] if high[j] > b else b
