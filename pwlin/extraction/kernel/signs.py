"""Certain signs of neurons at vertices, and the maps that they are read from."""

from __future__ import annotations

from typing import Any

import numpy as np

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import inner, place
from pwlin.extraction.kernel.store import QUERIES, SETTLED, UNKNOWN


@inner  # type: ignore[untyped-decorator]
def value_at(plan: Any, st: Any, k: int, j: int, v: int) -> float:
    """Float value of number j of layer k's block at a vertex, times the vertex's weight."""
    n, at = st.stride[k], plan.map_at[k] + j
    out = st.maps[at + plan.d * n] * st.vertex[v, plan.d]
    for c in range(plan.d):
        out += st.maps[at + c * n] * st.vertex[v, c]
    return out


@inner  # type: ignore[untyped-decorator]
def threshold(plan: Any, st: Any, k: int, v: int) -> float:
    """A value beyond this is certain; 0 if all values are exact."""
    weight = st.vertex[v, plan.d]
    if st.radius[v] == 0.0 and weight <= plan.exact_up_to[k]:
        return 0.0
    return weight * (plan.tau_map[k] + plan.tau_point[k] * st.radius[v])


@inner  # type: ignore[untyped-decorator]
def at_least(value: float) -> float:
    """The value, or minus infinity if it is no number: a lower bound that nothing is known of."""
    return value if value > -np.inf else -np.inf


@inner  # type: ignore[untyped-decorator]
def at_most(value: float) -> float:
    """The value, or infinity if it is no number."""
    return value if value < np.inf else np.inf


@inner  # type: ignore[untyped-decorator]
def sign_at(plan: Any, st: Any, k: int, j: int, v: int, value: float) -> int:
    """Certain sign of number j of layer k's block at vertex v, given its float value there, or UNKNOWN."""
    bound = threshold(plan, st, k, v)
    if value > bound:
        return 1
    if value < -bound:
        return -1
    if bound == 0.0 and value == 0.0:
        return 0
    key = (v << 24) | st.ids[st.ids_at[k] + j]
    at = place(st.sign_key, key)
    if st.sign_key[at] == key:
        st.counts[SETTLED] += 1
        return st.sign_value[at]
    return UNKNOWN


@inner  # type: ignore[untyped-decorator]
def ask(st: Any, v: int, neuron: int, mask: int, slots: Any, extra: int) -> None:
    """Note that a sign is needed: vertex, neuron, and the neurons of the facets at the vertex."""
    q = st.counts[QUERIES]
    if q == len(st.query):
        return
    st.counts[QUERIES] = q + 1
    m = 3
    while mask:
        st.query[q, m] = st.facet_neuron[slots[lowest(mask)]]
        mask &= mask - 1
        m += 1
    if extra >= 0:
        st.query[q, m] = extra
        m += 1
    st.query[q, 0], st.query[q, 1], st.query[q, 2] = v, neuron, m
