"""The maps of a layer's preactivations in the current cell, from those of the layer before, and which neurons cross it."""

from __future__ import annotations

from typing import Any

from pwlin.extract.fast.bits import lowest
from pwlin.extract.fast.signs import threshold
from pwlin.extract.fast.store import EVALUATED
from pwlin.extract.fast.tables import compiled, copy_into


@compiled  # type: ignore[untyped-decorator]
def bit_of(pattern: Any, g: int) -> int:
    """Bit g of a pattern."""
    return (pattern[g // 63] >> (g % 63)) & 1


@compiled  # type: ignore[untyped-decorator]
def _rebuild(plan: Any, st: Any, k: int, pattern: Any) -> None:
    """All of layer k's maps as one product with the weight, four inputs at a time."""
    d, n, m = plan.d, plan.width[k], plan.width[k - 1]
    at, below, first = plan.map_at[k], plan.map_at[k - 1], plan.first[k - 1]
    for c in range(d):
        st.maps[at + c * n : at + (c + 1) * n] = 0.0
    copy_into(st.maps[at + d * n : at + (d + 1) * n], plan.bias[plan.first[k] : plan.first[k] + n])
    rows = (0, 0, 0, 0)
    slopes = (0.0, 0.0, 0.0, 0.0)
    filled = 0
    for i in range(m + 3):
        row, slope = 0, 0.0
        if i < m:
            slope = plan.right[first + i] if bit_of(pattern, first + i) else plan.left[first + i]
            if slope == 0.0:
                continue
            row = i
        elif filled == 0:
            break
        rows = (row, rows[0], rows[1], rows[2])
        slopes = (slope, slopes[0], slopes[1], slopes[2])
        filled += 1
        if filled == 4:
            filled = 0
            w0, w1 = plan.weight_at[k] + rows[0] * n, plan.weight_at[k] + rows[1] * n
            w2, w3 = plan.weight_at[k] + rows[2] * n, plan.weight_at[k] + rows[3] * n
            a0, a1 = plan.weight[w0 : w0 + n], plan.weight[w1 : w1 + n]
            a2, a3 = plan.weight[w2 : w2 + n], plan.weight[w3 : w3 + n]
            for c in range(d + 1):
                z = st.maps[at + c * n : at + (c + 1) * n]
                base = below + c * m
                s0, s1 = slopes[0] * st.maps[base + rows[0]], slopes[1] * st.maps[base + rows[1]]
                s2, s3 = slopes[2] * st.maps[base + rows[2]], slopes[3] * st.maps[base + rows[3]]
                for j in range(n):
                    z[j] += (a0[j] * s0 + a1[j] * s1) + (a2[j] * s2 + a3[j] * s3)


@compiled  # type: ignore[untyped-decorator]
def _update(plan: Any, st: Any, k: int, i: int, active: bool) -> None:
    """Input i of layer k has flipped: a rank-one update."""
    d, n, m = plan.d, plan.width[k], plan.width[k - 1]
    g = plan.first[k - 1] + i
    jump = plan.right[g] - plan.left[g] if active else plan.left[g] - plan.right[g]
    start = plan.weight_at[k] + i * n
    row = plan.weight[start : start + n]
    for c in range(d + 1):
        z = st.maps[plan.map_at[k] + c * n : plan.map_at[k] + (c + 1) * n]
        change = jump * st.maps[plan.map_at[k - 1] + c * m + i]
        for j in range(n):
            z[j] += change * row[j]


@compiled  # type: ignore[untyped-decorator]
def make_maps(plan: Any, st: Any, k: int, pattern: Any) -> None:
    """Bring layer k's maps to the given pattern of the layers below."""
    if k == 0:
        return
    start, stop = plan.first[k - 1], plan.first[k]
    limit = plan.update_limit[k]
    low, high = start // 63, (stop - 1) // 63
    if st.map_tag[k] == st.entry[k - 1] and st.map_updates[k] <= limit:
        for word in range(low, high + 1):
            flips = pattern[word] ^ st.map_pattern[k, word]
            while flips:
                g = word * 63 + lowest(flips)
                flips &= flips - 1
                if start <= g < stop:
                    _update(plan, st, k, g - start, bit_of(pattern, g) == 1)
                    if plan.exact_up_to[k] == 0.0:
                        st.map_updates[k] += 1
    else:
        _rebuild(plan, st, k, pattern)
        st.map_tag[k], st.map_updates[k] = st.entry[k - 1], 0
    copy_into(st.map_pattern[k], pattern)


@compiled  # type: ignore[untyped-decorator]
def scan(plan: Any, st: Any, k: int, vertices: Any, m: int) -> None:
    """For each neuron of layer k, bounds: low > 0 if it is certainly positive at all vertices, high < 0 if negative."""
    d, n, at = plan.d, plan.width[k], plan.map_at[k]
    st.counts[EVALUATED] += n * m
    low, high = st.low[:n], st.high[:n]
    low[:], high[:] = 1e300, -1e300
    if d == 2:
        za, zb, zc = st.maps[at : at + n], st.maps[at + n : at + 2 * n], st.maps[at + 2 * n : at + 3 * n]
        for i in range(m):
            v = vertices[i]
            x, y, t, tau = st.vertex[v, 0], st.vertex[v, 1], st.vertex[v, 2], threshold(plan, st, k, v)
            for j in range(n):
                z = za[j] * x + zb[j] * y + zc[j] * t
                a, b = z - tau, z + tau
                low[j] = a if a < low[j] else low[j]
                high[j] = b if b > high[j] else high[j]
        return
    z = st.scanned
    for i in range(m):
        v = vertices[i]
        tau = threshold(plan, st, k, v)
        for c in range(d + 1):
            row, x = st.maps[at + c * n : at + (c + 1) * n], st.vertex[v, c]
            if c == 0:
                for j in range(n):
                    z[j] = row[j] * x
            else:
                for j in range(n):
                    z[j] += row[j] * x
        for j in range(n):
            a, b = z[j] - tau, z[j] + tau
            low[j] = a if a < low[j] else low[j]
            high[j] = b if b > high[j] else high[j]
