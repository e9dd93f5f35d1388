"""Certain signs of neurons at vertices, and the maps that they are read from."""

from __future__ import annotations

import numpy as np

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import Integers, inner
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.store import Store
from pwlin.extraction.kernel.tables import place

UNKNOWN = 2
"""No sign: rationals will tell."""


@inner
def value_at(plan: Plan, st: Store, k: int, j: int, v: int) -> float:
    """Float value of number j of layer k's block at a vertex, times the vertex's weight."""
    maps, vertex, n, at = st.memo.maps, st.mesh.vertex, st.memo.layers[k].stride, plan.layers[k].map_at + j
    out = maps[at + plan.d * n] * vertex[v, plan.d]
    for c in range(plan.d):
        out += maps[at + c * n] * vertex[v, c]
    return out  # type: ignore[no-any-return]


@inner
def threshold(plan: Plan, st: Store, k: int, v: int) -> float:
    """A value beyond this is certain; 0 if all values are exact."""
    state, radius, weight = st.memo.layers[k], st.mesh.radius[v], st.mesh.scale[v]
    if radius == 0.0 and weight <= plan.layers[k].exact_up_to:
        return 0.0
    return weight * (state.tau_map + state.tau_point * radius)  # type: ignore[no-any-return]


@inner
def at_least(value: float) -> float:
    """The value, or minus infinity if it is no number: a lower bound that nothing is known of."""
    return value if value > -np.inf else -np.inf


@inner
def at_most(value: float) -> float:
    """The value, or infinity if it is no number."""
    return value if value < np.inf else np.inf


@inner
def sign_at(plan: Plan, st: Store, k: int, j: int, v: int, value: float) -> int:
    """Certain sign of number j of layer k's block at vertex v, given its float value there, or UNKNOWN."""
    bound = threshold(plan, st, k, v)
    if value > bound:
        return 1
    if value < -bound:
        return -1
    if bound == 0.0 and value == 0.0:
        return 0
    memo = st.memo
    key = (v << 24) | memo.ids[memo.layers[k].ids_at + j]
    at = place(memo.sign_key, key)
    return memo.sign_value[at] if memo.sign_key[at] == key else UNKNOWN  # type: ignore[return-value]


@inner
def ask(st: Store, v: int, neuron: int, mask: int, slots: Integers, extra: int) -> None:
    """Note that a sign is needed: vertex, neuron, and the neurons of the facets at the vertex."""
    query, q = st.memo.query, st.memo.n.queries
    if q == len(query):
        return
    st.memo.n.queries = q + 1
    m = 3
    while mask:
        query[q, m] = st.mesh.facet_neuron[slots[lowest(mask)]]
        mask &= mask - 1
        m += 1
    if extra >= 0:
        query[q, m] = extra
        m += 1
    query[q, 0], query[q, 1], query[q, 2] = v, neuron, m
