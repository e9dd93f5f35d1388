"""New vertices: where a neuron's zero set cuts an edge, in exact integers or in floats with a radius."""

from __future__ import annotations

import math

import numpy as np

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import Floats, Integers, copy_into, inner
from pwlin.extraction.kernel.error_bounds import EXACT_LIMIT, ROUNDOFF
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.scratch import Room
from pwlin.extraction.kernel.store import Store

LOST = 1e300
"""Radius of a vertex that floats cannot place; rationals will."""

_NEAR = 2.0**-37
"""Beside the size of the domain, a radius up to which a vertex is near enough: signs seldom ask for less."""
_LEAST = 2.0**-900
"""Quotients of smaller values may lose bits."""


@inner
def _gcd(a: float, b: float) -> float:
    x, y = np.int64(a), np.int64(b)
    while y:
        x, y = y, x % y
    return np.float64(x)  # type: ignore[return-value]


@inner
def _cut_exactly(plan: Plan, st: Store, room: Room, a: int, b: int, w: int) -> bool:
    """The integer vertex ``|at b| a + |at a| b``, if everything is exact and it stays small."""
    k, vertex, radius = room.head.layer, st.mesh.vertex, st.mesh.radius
    d, limit, u, v, scale = plan.d, plan.layers[k].exact_up_to, room.vertices[a], room.vertices[b], st.mesh.scale
    if radius[u] != 0.0 or radius[v] != 0.0 or scale[u] > limit or scale[v] > limit:
        return False
    unit = plan.unit[st.memo.ids[st.memo.layers[k].ids_at + room.crossing[0]]]
    of_u, of_v = abs(room.value[b]) / unit, abs(room.value[a]) / unit
    common = _gcd(of_u, of_v)
    of_u, of_v = of_u / common, of_v / common
    for c in range(d + 1):
        if abs(of_u * vertex[u, c]) + abs(of_v * vertex[v, c]) > EXACT_LIMIT:
            return False
    common = 0.0
    for c in range(d + 1):
        vertex[w, c] = of_u * vertex[u, c] + of_v * vertex[v, c]
        common = _gcd(abs(vertex[w, c]), common)
    for c in range(d + 1):
        vertex[w, c] /= common
    radius[w] = 0.0
    _set_scale(plan, st, w)
    return True


@inner
def _set_scale(plan: Plan, st: Store, w: int) -> None:
    """The scale of a vertex, from its coordinates; beta is a power of two where it is not the weight."""
    scale = st.mesh.vertex[w, plan.d]
    if plan.infinity < 0:
        for c in range(plan.d):
            scale = max(scale, abs(st.mesh.vertex[w, c]) / plan.beta)
    st.mesh.scale[w] = scale


@inner
def _cut_in_plane(plan: Plan, st: Store, room: Room, f: int, w: int) -> None:
    """Intersect the neuron's line with the edge's.

    The radius is that of the exact solution of the exact system, from the residuals of its float solution: each residual
    bounds the exact line there by its own rounding plus the line's error.
    """
    k, mesh, maps = room.head.layer, st.mesh, st.memo.maps
    n, at = st.memo.layers[k].stride, plan.layers[k].map_at + room.crossing[0]
    p, q, r = maps[at], maps[at + n], maps[at + 2 * n]
    a, b, c = mesh.facet[f, 0], mesh.facet[f, 1], mesh.facet[f, 2]
    beta = plan.beta
    error, error_f = st.memo.layers[k].map_error, mesh.facet_error[f]
    det = a * q - b * p
    x, y = (b * r - c * q) / det, (c * p - a * r) / det
    steep, steep_f = abs(p) + abs(q) + error / beta, abs(a) + abs(b) + error_f / beta
    uncertain = 1.01 * ((error * steep_f + error_f * steep) / beta + 8 * ROUNDOFF * steep * steep_f)
    off = abs(p * x + q * y + r) + error + 8 * ROUNDOFF * (beta * steep + abs(r))
    off_f = abs(a * x + b * y + c) + error_f + 8 * ROUNDOFF * (beta * steep_f + abs(c))
    radius = 1.02 * (steep * off_f + steep_f * off) / (abs(det) - uncertain) + 4 * ROUNDOFF * beta
    good = abs(det) > 2 * uncertain and abs(x) <= 1.01 * beta and abs(y) <= 1.01 * beta and radius < 0.01 * beta
    mesh.vertex[w, 0], mesh.vertex[w, 1], mesh.vertex[w, 2] = (x, y, 1.0) if good else (0.0, 0.0, 1.0)
    mesh.radius[w] = radius if good else LOST
    mesh.scale[w] = 1.0


@inner
def _cut_between(plan: Plan, st: Store, room: Room, a: int, b: int, w: int) -> bool:
    """Divide the edge of vertices a and b as the neuron's values there do; False if that is not near enough.

    Both ends' radii are passed on, so that a linear system is solved now and then; in between this takes a tenth of it.
    """
    d, mesh, vertex, u, v = plan.d, st.mesh, st.mesh.vertex, room.vertices[a], room.vertices[b]
    of_u, of_v = abs(room.value[a]) / vertex[u, d], abs(room.value[b]) / vertex[v, d]
    doubt_u, doubt_v = room.bounds[a] / vertex[u, d], room.bounds[b] / vertex[v, d]
    whole, length = of_u + of_v, 0.0
    share = of_u / whole
    for c in range(d):
        begin = vertex[u, c] / vertex[u, d]
        step = vertex[v, c] / vertex[v, d] - begin
        vertex[w, c] = begin + share * step
        length = max(length, abs(step))
    unsure = 2.02 * (share * (doubt_v / whole) + of_v / whole * (doubt_u / whole)) + 8 * ROUNDOFF
    radius = 1.01 * (max(mesh.radius[u], mesh.radius[v]) + unsure * length + 8 * ROUNDOFF * plan.beta)
    mesh.radius[w], mesh.scale[w], vertex[w, d] = radius, 1.0, 1.0
    return _LEAST <= whole < math.inf and 2 * (doubt_u + doubt_v) <= whole and radius <= _NEAR * plan.beta


@inner
def _cut_far_out(plan: Plan, st: Store, room: Room, a: int, b: int, common: int, w: int) -> None:
    """The vertex or ray where the neuron cuts the edge of vertices a and b, wherever it is in an unbounded domain.

    The coordinate that is likely to be the largest beside beta times the weight changes places with the weight; the vertex is then
    the one or the other of two opposite vectors: the one that has a positive weight, or is on the side of the bisector of
    the edge's ends, which make an angle of less than 180 degrees. Between two rays there are rays only, elsewhere there are none.
    """
    d, beta, mesh, vertex = plan.d, plan.beta, st.mesh, st.mesh.vertex
    u, v = room.vertices[a], room.vertices[b]
    at_infinity = vertex[u, d] == 0.0 and vertex[v, d] == 0.0
    of_u, of_v = abs(room.value[b]), abs(room.value[a])
    large, size = d, of_u * vertex[u, d] + of_v * vertex[v, d]
    length_u, length_v = vertex[u, d] ** 2, vertex[v, d] ** 2
    for c in range(d):
        length_u += (vertex[u, c] / beta) ** 2
        length_v += (vertex[v, c] / beta) ** 2
        value = abs(of_u * vertex[u, c] + of_v * vertex[v, c]) / beta
        if value > size or (large == d and at_infinity):
            large, size = c, value
    _cut_in_space(plan, st, room, common, w, large)
    radius = mesh.radius[w]
    mesh.scale[w] = 1.0
    if large == d:
        return
    side, length_u, length_v = 0.0, math.sqrt(length_u), math.sqrt(length_v)
    weight = vertex[w, large] / beta
    vertex[w, large], vertex[w, d] = beta, 0.0 if at_infinity else weight
    for c in range(d + 1):
        along = vertex[u, c] / length_u + vertex[v, c] / length_v
        side += vertex[w, c] * along if c == d else vertex[w, c] * along / beta**2
    unsure = (
        16 * (d + 1) * (radius + mesh.radius[u] / length_u + mesh.radius[v] / length_v + 64 * ROUNDOFF * beta) / beta
    )
    if side < -unsure or (not at_infinity and weight < -radius / beta):
        for c in range(d + 1):
            vertex[w, c] = -vertex[w, c]
    elif not (side > unsure or (not at_infinity and weight > radius / beta)):
        mesh.radius[w] = LOST
    if not (at_infinity or vertex[w, d] > 0.0) or not mesh.radius[w] < LOST:
        for c in range(d):
            vertex[w, c] = 0.0
        vertex[w, d], mesh.radius[w] = 0.0 if at_infinity else 1.0, LOST


@inner
def _cut_in_space(plan: Plan, st: Store, room: Room, common: int, w: int, large: int) -> None:
    """Intersect the neuron's hyperplane with d - 1 of the edge's, chosen by pivoting.

    The weight is 1; or, if `large` is not d, coordinate `large` is beta, and beta times the weight is found in its place.

    Verified as usual: with the approximate inverse C of the float matrix M, and ``alpha >= |I - C (M + dM)|`` below one,
    the exact solution is within ``|C| residual / (1 - alpha)`` of the float one (Rump 2010, "Verification methods", 10.1).
    """
    d, beta, work, vertex = plan.d, plan.beta, st.scratch, st.mesh.vertex
    rows, errors, inverse, point, off = work.rows, work.row_errors, work.inverse, work.point, work.off
    chosen, columns = work.chosen, work.columns
    m = _gather_rows(plan, st, room, common)
    if large < d:
        for i in range(m):
            rows[i, large], rows[i, d] = rows[i, d] / beta, rows[i, large] * beta
    _pivot_rows(rows, m, chosen, work.left, work.free)
    for c in range(d):
        vertex[w, c] = 0.0
    vertex[w, d] = st.mesh.scale[w] = 1.0
    st.mesh.radius[w] = LOST
    dense = _put_apart(rows, chosen, columns)
    if not _invert(rows, chosen, columns, dense, inverse):
        return
    for i in range(d):
        value = 0.0
        for r in range(0 if i < dense else i, d if i < dense else i + 1):
            value -= inverse[i, d + r] * rows[chosen[r], d]
        point[columns[i]] = value
    doubt = 0.0
    for r in range(d):
        row = chosen[r]
        value, size = rows[row, d], abs(rows[row, d])
        for j in range(0 if r < dense else r, d if r < dense else r + 1):
            c = columns[j]
            value += rows[row, c] * point[c]
            size += abs(rows[row, c]) * 1.01 * beta
        off[r] = abs(value) + errors[row] + 2 * (d + 2) * ROUNDOFF * size
        doubt = max(doubt, errors[row] / beta)
    alpha, radius, good = 0.0, 0.0, True
    for i in range(d):
        total, spread, size = 0.0, 0.0, 0.0
        first, stop = (0, d) if i < dense else (i, i + 1)
        for j in range(first, stop):
            spread += abs(inverse[i, d + j]) * off[j]
            size += abs(inverse[i, d + j])
            entry, weight, c = -1.0 if i == j else 0.0, 1.0, columns[j]
            for r in range(dense if i < dense else 0):
                term = inverse[i, d + r] * rows[chosen[r], c]
                entry += term
                weight += abs(term)
            if j >= dense:
                term = inverse[i, d + j] * rows[chosen[j], c]
                entry += term
                weight += abs(term)
            total += abs(entry) + 2 * (d + 2) * ROUNDOFF * weight
        row_alpha = 1.01 * (total + size * doubt)
        good = (
            good and row_alpha < 0.5 and spread < beta and abs(point[columns[i]]) <= 1.01 * beta
        )  # so all are numbers
        alpha, radius = max(alpha, row_alpha), max(radius, spread)
    radius = 1.02 * radius / (1.0 - alpha) + 4 * ROUNDOFF * beta
    good = good and radius < 0.01 * beta
    if good:
        for c in range(d):
            vertex[w, c] = point[c]
        st.mesh.radius[w] = radius


@inner
def _gather_rows(plan: Plan, st: Store, room: Room, common: int) -> int:
    """The neuron's hyperplane and those of the edge's facets, with their errors; their number."""
    k, mesh, rows, errors = room.head.layer, st.mesh, st.scratch.rows, st.scratch.row_errors
    n, at, d = st.memo.layers[k].stride, plan.layers[k].map_at + room.crossing[0], plan.d
    for c in range(d + 1):
        rows[0, c] = st.memo.maps[at + c * n]
    errors[0] = st.memo.layers[k].map_error
    m = 1
    while common:
        f = room.slots[lowest(common)]
        common &= common - 1
        for c in range(d + 1):
            rows[m, c] = mesh.facet[f, c]
        errors[m] = mesh.facet_error[f]
        m += 1
    return m


@inner
def _pivot_rows(rows: Floats, m: int, chosen: Integers, left: Floats, free: Integers) -> None:
    """Choose as many of the first m rows as there are dimensions, best first, by elimination with complete pivoting."""
    d = len(chosen)
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


@inner
def _put_apart(rows: Floats, chosen: Integers, columns: Integers) -> int:
    """Put the chosen rows that have one entry only last, as the sides of boxes have, and their columns; the number of others."""
    d = dense = len(chosen)
    for c in range(d):
        columns[c] = c
    i = 0
    while i < dense:
        entries = place = 0
        for j in range(d):
            if rows[chosen[i], columns[j]] != 0.0:
                entries, place = entries + 1, j
        if entries == 1 and place < dense:
            dense -= 1
            chosen[i], chosen[dense] = chosen[dense], chosen[i]
            columns[place], columns[dense] = columns[dense], columns[place]
        else:
            i += 1
    return dense


@inner
def _invert(rows: Floats, chosen: Integers, columns: Integers, dense: int, a: Floats) -> bool:
    """The inverse of the chosen rows in the last columns of `a`; False if a pivot is zero. Row i there is coordinate ``columns[i]``.

    Gauss-Jordan with row pivoting for the first `dense` rows and columns; each later row has its one entry in its own column.
    What of the inverse is zero for that reason is not written: in row i of those, all but column i.
    """
    d = len(chosen)
    for i in range(dense):
        for j in range(dense):
            a[i, j] = rows[chosen[i], columns[j]]
            a[i, d + j] = 1.0 if i == j else 0.0
    for step in range(dense):
        pivot = step
        for i in range(step + 1, dense):
            if abs(a[i, step]) > abs(a[pivot, step]):
                pivot = i
        if not abs(a[pivot, step]) > 1e-200:
            return False
        if pivot != step:
            for j in range(dense):
                a[step, j], a[pivot, j] = a[pivot, j], a[step, j]
                a[step, d + j], a[pivot, d + j] = a[pivot, d + j], a[step, d + j]
        scale = 1.0 / a[step, step]
        for j in range(dense):
            a[step, j] *= scale
            a[step, d + j] *= scale
        for i in range(dense):
            factor = a[i, step]
            if i != step and factor != 0.0:
                for j in range(dense):
                    a[i, j] -= factor * a[step, j]
                    a[i, d + j] -= factor * a[step, d + j]
    for j in range(dense, d):
        entry = rows[chosen[j], columns[j]]
        if not abs(entry) > 1e-200:
            return False
        a[j, d + j] = 1.0 / entry
        for i in range(dense):
            value = 0.0
            for r in range(dense):
                value -= a[i, d + r] * rows[chosen[r], columns[j]]
            a[i, d + j] = value / entry
    return True


@inner
def new_vertex(plan: Plan, st: Store, room: Room, a: int, b: int, common: int) -> int:
    """Where the cell's first crossing neuron cuts the edge of vertices a and b of the cell, whose facets are `common`.

    Its values there have different signs.
    """
    mesh = st.mesh
    w = mesh.n.vertices
    mesh.n.vertices = w + 1
    mesh.parents[w, 0], mesh.parents[w, 1] = room.vertices[a], room.vertices[b]
    if _cut_exactly(plan, st, room, a, b, w):
        return w
    if plan.d == 2:
        _cut_in_plane(plan, st, room, room.slots[lowest(common)], w)
    elif plan.infinity == 0 and _cut_between(plan, st, room, a, b, w):
        return w
    else:
        _cut_in_space(plan, st, room, common, w, plan.d)
    if plan.infinity < 0 and mesh.radius[w] == LOST:
        _cut_far_out(plan, st, room, a, b, common, w)
    return w


@inner
def new_facet(st: Store, neuron: int) -> int:
    """A facet that is no half of another one."""
    mesh = st.mesh
    f = mesh.n.facets
    mesh.n.facets = f + 1
    for c in range(3):
        mesh.facet_children[f, c] = -1
    mesh.facet_out[f] = -1
    mesh.facet_neuron[f] = neuron
    return f


@inner
def make_halves(st: Store, parent: int) -> None:
    """The halves of a facet, unless it has them."""
    mesh = st.mesh
    for which in range(2):
        if mesh.facet_children[parent, which] < 0:
            f = new_facet(st, mesh.facet_neuron[parent])
            copy_into(mesh.facet[f], mesh.facet[parent])
            mesh.facet_error[f] = mesh.facet_error[parent]
            mesh.facet_children[parent, which] = f
