"""New vertices: where a neuron's zero set cuts an edge, in exact integers or in floats with a radius."""

from __future__ import annotations

from typing import Any

import numpy as np

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import copy_into, inner
from pwlin.extraction.kernel.plan import EXACT_LIMIT, ROUNDOFF
from pwlin.extraction.kernel.store import FACETS, VERTICES

LOST = 1e300
"""Radius of a vertex that floats cannot place; rationals will."""


@inner  # type: ignore[untyped-decorator]
def _gcd(a: float, b: float) -> float:
    x, y = np.int64(a), np.int64(b)
    while y:
        x, y = y, x % y
    return np.float64(x)


@inner  # type: ignore[untyped-decorator]
def _cut_exactly(plan: Any, st: Any, k: int, g: int, u: int, v: int, at_u: float, at_v: float, w: int) -> bool:
    """The integer vertex ``|at_v| u + |at_u| v``, if everything is exact and it stays small."""
    d, limit = plan.d, plan.exact_up_to[k]
    if st.radius[u] != 0.0 or st.radius[v] != 0.0 or st.vertex[u, d] > limit or st.vertex[v, d] > limit:
        return False
    a, b = abs(at_v) / plan.unit[g], abs(at_u) / plan.unit[g]
    common = _gcd(a, b)
    a, b = a / common, b / common
    for c in range(d + 1):
        if abs(a * st.vertex[u, c]) + abs(b * st.vertex[v, c]) > EXACT_LIMIT:
            return False
    common = 0.0
    for c in range(d + 1):
        st.vertex[w, c] = a * st.vertex[u, c] + b * st.vertex[v, c]
        common = _gcd(abs(st.vertex[w, c]), common)
    for c in range(d + 1):
        st.vertex[w, c] /= common
    st.radius[w] = 0.0
    return True


@inner  # type: ignore[untyped-decorator]
def _cut_in_plane(plan: Any, st: Any, k: int, j: int, f: int, w: int) -> None:
    """Intersect the neuron's line with the edge's.

    The radius is that of the exact solution of the exact system, from the residuals of its float solution: each residual
    bounds the exact line there by its own rounding plus the line's error.
    """
    n, at = st.stride[k], plan.map_at[k]
    p, q, r = st.maps[at + j], st.maps[at + n + j], st.maps[at + 2 * n + j]
    a, b, c = st.facet[f, 0], st.facet[f, 1], st.facet[f, 2]
    beta = plan.beta
    error, error_f = plan.map_error[k], st.facet_error[f]
    det = a * q - b * p
    x, y = (b * r - c * q) / det, (c * p - a * r) / det
    steep, steep_f = abs(p) + abs(q) + error / beta, abs(a) + abs(b) + error_f / beta
    uncertain = 1.01 * ((error * steep_f + error_f * steep) / beta + 8 * ROUNDOFF * steep * steep_f)
    off = abs(p * x + q * y + r) + error + 8 * ROUNDOFF * (beta * steep + abs(r))
    off_f = abs(a * x + b * y + c) + error_f + 8 * ROUNDOFF * (beta * steep_f + abs(c))
    radius = 1.02 * (steep * off_f + steep_f * off) / (abs(det) - uncertain) + 4 * ROUNDOFF * beta
    good = abs(det) > 2 * uncertain and abs(x) <= 1.01 * beta and abs(y) <= 1.01 * beta and radius < 0.01 * beta
    st.vertex[w, 0], st.vertex[w, 1], st.vertex[w, 2] = (x, y, 1.0) if good else (0.0, 0.0, 1.0)
    st.radius[w] = radius if good else LOST


@inner  # type: ignore[untyped-decorator]
def _cut_in_space(plan: Any, st: Any, k: int, j: int, common: int, slots: Any, w: int) -> None:
    """Intersect the neuron's hyperplane with d - 1 of the edge's, chosen by pivoting.

    Verified as usual: with the approximate inverse C of the float matrix M, and ``alpha >= |I - C (M + dM)|`` below one,
    the exact solution is within ``|C| residual / (1 - alpha)`` of the float one (Rump 2010, "Verification methods", 10.1).
    """
    d, n, at, beta = plan.d, st.stride[k], plan.map_at[k], plan.beta
    rows, errors, inverse, point, off = st.rows, st.row_errors, st.inverse, st.point, st.off
    for c in range(d + 1):
        rows[0, c] = st.maps[at + c * n + j]
    errors[0] = plan.map_error[k]
    m = 1
    mask = common
    while mask:
        f = slots[lowest(mask)]
        mask &= mask - 1
        for c in range(d + 1):
            rows[m, c] = st.facet[f, c]
        errors[m] = st.facet_error[f]
        m += 1
    chosen = st.chosen
    _pivot_rows(rows, m, d, chosen, st.left, st.free)
    for c in range(d):
        st.vertex[w, c] = 0.0
    st.vertex[w, d] = 1.0
    st.radius[w] = LOST
    if not _invert(rows, chosen, d, inverse):
        return
    for i in range(d):
        point[i] = 0.0
        for c in range(d):
            point[i] -= inverse[i, d + c] * rows[chosen[c], d]
    doubt = 0.0
    for i in range(d):
        row = chosen[i]
        value, size = rows[row, d], abs(rows[row, d])
        for c in range(d):
            value += rows[row, c] * point[c]
            size += abs(rows[row, c]) * 1.01 * beta
        off[i] = abs(value) + errors[row] + 2 * (d + 2) * ROUNDOFF * size
        doubt = max(doubt, errors[row] / beta)
    alpha, radius, good = 0.0, 0.0, True
    for i in range(d):
        total, spread, size = 0.0, 0.0, 0.0
        for c in range(d):
            spread += abs(inverse[i, d + c]) * off[c]
            size += abs(inverse[i, d + c])
            entry, weight = -1.0 if i == c else 0.0, 1.0
            for e in range(d):
                entry += inverse[i, d + e] * rows[chosen[e], c]
                weight += abs(inverse[i, d + e] * rows[chosen[e], c])
            total += abs(entry) + 2 * (d + 2) * ROUNDOFF * weight
        row_alpha = 1.01 * (total + size * doubt)
        good = good and row_alpha < 0.5 and spread < beta and abs(point[i]) <= 1.01 * beta  # so all are numbers
        alpha, radius = max(alpha, row_alpha), max(radius, spread)
    radius = 1.02 * radius / (1.0 - alpha) + 4 * ROUNDOFF * beta
    good = good and radius < 0.01 * beta
    if good:
        for c in range(d):
            st.vertex[w, c] = point[c]
        st.radius[w] = radius


@inner  # type: ignore[untyped-decorator]
def _pivot_rows(rows: Any, m: int, d: int, chosen: Any, left: Any, free: Any) -> None:
    """Choose d of the first m rows, best first, by elimination with complete pivoting."""
    if m == d:
        for i in range(d):
            chosen[i] = i
        return
    for i in range(m):
        free[i] = 1
        for c in range(d):
            left[i, c] = rows[i, c]
    for step in range(d):
        best, row, column = -1.0, 0, 0
        for i in range(m):
            if free[i]:
                for c in range(d):
                    if abs(left[i, c]) > best:
                        best, row, column = abs(left[i, c]), i, c
        chosen[step], free[row] = row, 0
        if best > 0.0:
            for i in range(m):
                if free[i]:
                    factor = left[i, column] / left[row, column]
                    for c in range(d):
                        left[i, c] -= factor * left[row, c]


@inner  # type: ignore[untyped-decorator]
def _invert(rows: Any, chosen: Any, d: int, a: Any) -> bool:
    """Gauss-Jordan with row pivoting: the inverse in the last d columns of `a`; False if a pivot is zero."""
    for i in range(d):
        for c in range(d):
            a[i, c] = rows[chosen[i], c]
            a[i, d + c] = 1.0 if i == c else 0.0
    for step in range(d):
        pivot = step
        for i in range(step + 1, d):
            if abs(a[i, step]) > abs(a[pivot, step]):
                pivot = i
        if not abs(a[pivot, step]) > 1e-200:
            return False
        if pivot != step:
            for c in range(2 * d):
                a[step, c], a[pivot, c] = a[pivot, c], a[step, c]
        scale = 1.0 / a[step, step]
        for c in range(step, 2 * d):
            a[step, c] *= scale
        for i in range(d):
            if i != step and a[i, step] != 0.0:
                factor = a[i, step]
                for c in range(step, 2 * d):
                    a[i, c] -= factor * a[step, c]
    return True


@inner  # type: ignore[untyped-decorator]
def new_vertex(
    plan: Any, st: Any, k: int, j: int, u: int, v: int, at_u: float, at_v: float, common: int, slots: Any
) -> int:
    """Where number j of layer k's block cuts the edge (u, v), whose facets are `common`; its values there have different signs."""
    w = st.counts[VERTICES]
    st.counts[VERTICES] = w + 1
    st.vertex_parents[w, 0], st.vertex_parents[w, 1] = u, v
    if _cut_exactly(plan, st, k, st.ids[st.ids_at[k] + j], u, v, at_u, at_v, w):
        return w
    if plan.d == 2:
        _cut_in_plane(plan, st, k, j, slots[lowest(common)], w)
    else:
        _cut_in_space(plan, st, k, j, common, slots, w)
    return w


@inner  # type: ignore[untyped-decorator]
def new_facet(st: Any, neuron: int) -> int:
    """A facet that is no half of another one."""
    f = st.counts[FACETS]
    st.counts[FACETS] = f + 1
    for c in range(3):
        st.facet_children[f, c] = -1
    st.facet_out[f] = -1
    st.facet_neuron[f] = neuron
    st.facet_parent[f] = -1
    return f


@inner  # type: ignore[untyped-decorator]
def make_halves(st: Any, parent: int) -> None:
    """The halves of a facet, unless it has them."""
    for which in range(2):
        if st.facet_children[parent, which] < 0:
            f = new_facet(st, st.facet_neuron[parent])
            copy_into(st.facet[f], st.facet[parent])
            st.facet_error[f] = st.facet_error[parent]
            st.facet_parent[f] = 2 * parent + which
            st.facet_children[parent, which] = f
