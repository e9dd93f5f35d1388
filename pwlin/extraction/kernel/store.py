"""The arrays that the kernel works in. They are grown between calls: the kernel stops when one might overflow."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pwlin.extraction.kernel.plan import EXACT_LIMIT, LINEAR, NORMAL, ROUNDOFF, VECTOR, Floats, Integers, Plan, padded
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Polytope

SLOTS = 63
"""A cell has at most so many facets: they are bits of a non-negative int64."""

# Places in `counts`.
VERTICES, FACETS, TOP, CELLS, CELL_IDS, OUT_FACETS, FACET_IDS, EDGES, QUERIES, EXPORT, SETTLED, SIGNS = range(12)
TRUNK_VERTICES, TRUNK_FACETS, EVALUATED, LOOKS = 12, 13, 14, 15

# Why the kernel returns.
DONE, GROW, UNSURE, PAUSE, TOO_MANY_FACETS = range(5)

# A frame: a cell inside a layer with the neurons that still cross it. Facets are in the order of their slots; then come
# pattern, vertices, their masks, facets, crossing neurons, and last the length of the frame.
LAYER, LEVEL, N_VERTICES, ALIVE, N_CROSSING, HEAD = range(6)

# A look ahead: where the frame starts that it was made from, its layer and number of crossing neurons, and the last layer's
# block: places of its neurons and weights, and their number.
MARK, SEEN_FROM, CROSSING, BLOCK_IDS, BLOCK_WEIGHTS, BLOCK, LOOK = range(7)

UNKNOWN = 2


class Store(NamedTuple):
    """Vertices, facets, the stack of frames, what was found, and room to work.

    Vertices are (x, weight) with radius: the vertex is within `radius` of ``x / weight`` in every coordinate; if it is 0
    then x and weight are its integers. Facet f lies on the zero set of a neuron, or on facet ``-1 - neuron`` of the domain;
    its halves and the vertex that cuts it (in the plane) are its children. Layer k has ``block[k]`` neurons with weights and
    maps, all or, in the last layer, those of its block: neuron ``ids[ids_at[k] + j]`` is number j. The rows of its weights
    and maps have length ``stride[k]``.
    """

    vertex: Floats
    radius: Floats
    vertex_parents: Integers
    facet: Floats
    facet_error: Floats
    facet_neuron: Integers
    facet_children: Integers
    facet_parent: Integers
    facet_out: Integers
    edge_key: Integers
    edge_vertex: Integers
    sign_key: Integers
    sign_value: NDArray[np.int8]
    stack: Integers
    export: Integers
    query: Integers
    cell_end: Integers
    cell_ids: Integers
    pattern: Integers
    out_facet: Integers
    out_cells: Integers
    out_end: Integers
    out_ids: Integers
    counts: Integers
    maps: Floats
    block: Integers
    stride: Integers
    weight_at: Integers
    weight: Floats
    ids_at: Integers
    ids: Integers
    places: Integers
    look: Integers
    open: Integers
    soft: Floats
    starts: Integers
    factors: Floats
    slope: Floats
    middle: Floats
    spread: Floats
    around_middle: Floats
    around_radius: Floats
    map_tag: Integers
    map_pattern: Integers
    map_updates: Integers
    entry: Integers
    low: Floats
    high: Floats
    scanned: Floats
    rows: Floats
    row_errors: Floats
    left: Floats
    free: Integers
    chosen: Integers
    inverse: Floats
    point: Floats
    off: Floats


_GROWTH = 8
"""Large steps: room that is not used costs no memory, but copies do."""

_GROWING = {
    "vertex": VERTICES,
    "radius": VERTICES,
    "vertex_parents": VERTICES,
    "facet": FACETS,
    "facet_error": FACETS,
    "facet_neuron": FACETS,
    "facet_children": FACETS,
    "facet_parent": FACETS,
    "facet_out": FACETS,
    "stack": TOP,
    "export": EXPORT,
    "cell_end": CELLS,
    "pattern": CELLS,
    "cell_ids": CELL_IDS,
    "out_facet": OUT_FACETS,
    "out_cells": OUT_FACETS,
    "out_end": OUT_FACETS,
    "out_ids": FACET_IDS,
}


def make_store(plan: Plan, corners: int = 0) -> Store:
    """An empty store with room for a domain of so many corners."""
    room = (1 << 14) + plan.words + 4 * corners
    d, wide, total = plan.d, int(plan.width.max()), int(plan.first[-1])
    i64 = np.int64
    look = np.zeros((4 + 12 * plan.depth, LOOK), dtype=i64)
    look[0] = (0, 0, plan.width[0], plan.first[-2], plan.weight_at[-1], plan.width[-1])
    undecided = np.zeros((len(look), plan.words), dtype=i64)
    undecided[0] = packed(plan.kind == NORMAL, plan.words)
    below = int(plan.width[-2]) if plan.depth > 1 else 0
    blocks = (3 * int(plan.width[-1]) + VECTOR * len(look)) * below  # each at most 3/4 of the one before
    wide = padded(wide)
    return Store(
        vertex=np.empty((room, d + 1)),
        radius=np.empty(room),
        vertex_parents=np.empty((room, 2), dtype=i64),
        facet=np.empty((room, d + 1)),
        facet_error=np.empty(room),
        facet_neuron=np.empty(room, dtype=i64),
        facet_children=np.empty((room, 3), dtype=i64),
        facet_parent=np.empty(room, dtype=i64),
        facet_out=np.empty(room, dtype=i64),
        edge_key=np.full(64, -1, dtype=i64),
        edge_vertex=np.empty(64, dtype=i64),
        sign_key=np.full(64, -1, dtype=i64),
        sign_value=np.empty(64, dtype=np.int8),
        stack=np.empty(room, dtype=i64),
        export=np.empty(room, dtype=i64),
        query=np.empty((64, SLOTS + 3), dtype=i64),
        cell_end=np.zeros(room, dtype=i64),
        cell_ids=np.empty(room, dtype=i64),
        pattern=np.empty((room, plan.words), dtype=i64),
        out_facet=np.empty(room, dtype=i64),
        out_cells=np.empty((room, 2), dtype=i64),
        out_end=np.zeros(room, dtype=i64),
        out_ids=np.empty(room, dtype=i64),
        counts=np.array([0] * LOOKS + [1]),
        maps=np.concatenate([plan.first_map, np.empty((d + 1) * int(plan.stride.sum()) - len(plan.first_map))]),
        block=plan.width.copy(),
        stride=plan.stride.copy(),
        weight_at=plan.weight_at.copy(),
        weight=_enlarged(plan.weight, len(plan.weight) + blocks),
        ids_at=plan.first[:-1].copy(),
        ids=_enlarged(np.arange(total), total + 4 * wide),
        places=np.empty(wide, dtype=i64),
        look=look,
        open=undecided,
        soft=np.empty((d + 1) * int(plan.stride.sum())),
        starts=np.empty(wide, dtype=i64),
        factors=np.empty((d + 3) * wide),
        slope=np.empty(wide),
        middle=np.empty(wide),
        spread=np.empty(wide),
        around_middle=np.empty(wide),
        around_radius=np.empty(wide),
        map_tag=np.full(plan.depth, -1, dtype=i64),
        map_pattern=np.zeros((plan.depth, plan.words), dtype=i64),
        map_updates=np.zeros(plan.depth, dtype=i64),
        entry=np.zeros(plan.depth, dtype=i64),
        low=np.empty(wide),
        high=np.empty(wide),
        scanned=np.empty(wide),
        rows=np.empty((SLOTS + 1, d + 1)),
        row_errors=np.empty(SLOTS + 1),
        left=np.empty((SLOTS + 1, d)),
        free=np.empty(SLOTS + 1, dtype=i64),
        chosen=np.empty(d, dtype=i64),
        inverse=np.empty((d, 2 * d)),
        point=np.empty(d),
        off=np.empty(d),
    )


def copied(trunk: Store) -> Store:
    """A store of its own for a part: the trunk's vertices and facets, and an empty stack."""
    used = {name: int(trunk.counts[counter]) for name, counter in _GROWING.items()}
    used |= {"stack": 0, "export": 0, "weight": _whole_weight(trunk), "look": 1, "open": 1}
    arrays = trunk._asdict().items()
    part = trunk._replace(**{k: _enlarged(a[: used[k]], len(a)) if k in used else a.copy() for k, a in arrays})
    counts = part.counts
    counts[TRUNK_VERTICES], counts[TRUNK_FACETS] = counts[VERTICES], counts[FACETS]
    counts[TOP] = counts[EXPORT] = counts[SETTLED] = 0
    counts[LOOKS] = 1
    part.ids_at[-1], part.weight_at[-1], part.block[-1] = part.look[0, [BLOCK_IDS, BLOCK_WEIGHTS, BLOCK]]
    part.stride[-1] = padded(int(part.block[-1]))
    part.map_tag[-1] = -1
    return part


def _whole_weight(store: Store) -> int:
    """How much of `weight` is not blocks."""
    inputs = int(store.block[-2]) if len(store.block) > 1 else 0
    return int(store.look[0, BLOCK_WEIGHTS]) + inputs * padded(int(store.look[0, BLOCK]))


def packed(bits: NDArray[np.bool_], words: int) -> Integers:
    """Bits as a pattern, 64 to a word."""
    padded = np.zeros(64 * words, dtype=np.bool_)
    padded[: len(bits)] = bits
    return np.packbits(padded, bitorder="little").view("<i8").astype(np.int64)


def add_domain(plan: Plan, store: Store, domain: Polytope) -> bool:
    """Put the domain's corners, facets and the first frame in; False if there are too many facets."""
    corners, normals = domain.generators[0], domain.normals
    if len(normals) > SLOTS:
        return False
    for f, normal in enumerate(normals):
        store.facet[f], store.facet_error[f] = rounded_normal(normal, plan.beta)
        store.facet_neuron[f] = -1 - f
        store.facet_children[f] = store.facet_parent[f] = store.facet_out[f] = -1
    for v, corner in enumerate(corners):
        store.vertex[v], store.radius[v] = rounded_vertex(corner, plan.beta)
        store.vertex_parents[v] = -1
    store.counts[VERTICES], store.counts[FACETS] = len(corners), len(normals)
    masks = [sum(1 << f for f, n in enumerate(normals) if not sum(a * x for a, x in zip(n, c))) for c in corners]
    linear = packed(plan.kind == LINEAR, plan.words)  # linear units count as active, whatever the cell
    frame = [-1, 0, len(corners), (1 << len(normals)) - 1, 0, *linear.tolist()]
    frame += [*range(len(corners)), *masks, *range(len(normals))]
    push(store, [*frame, len(frame) + 1])
    return True


def push(store: Store, frame: Any) -> None:
    """Put a frame on the stack, which must have room."""
    top = int(store.counts[TOP])
    store.stack[top : top + len(frame)] = frame
    store.counts[TOP] = top + len(frame)


def rounded_normal(normal: Vector, beta: float) -> tuple[Floats, float]:
    """A facet of the domain as floats of size about one, and a bound of the error."""
    d = len(normal) - 1
    largest = max(abs(v) for v in normal)
    shift = largest.bit_length()
    row = np.array([_ratio(v, 1 << shift) for v in normal])
    size = beta * np.abs(row[:d]).sum() + abs(row[d])
    return row, float(4 * ROUNDOFF * size)


def rounded_vertex(vector: Vector, beta: float) -> tuple[Floats, float]:
    """A vertex as floats: its own integers with radius 0 if they are small, else its rounded coordinates."""
    if max(abs(v) for v in vector) <= EXACT_LIMIT:
        return np.array(vector, dtype=np.float64), 0.0
    point = [_ratio(v, vector[-1]) for v in vector[:-1]]
    return np.array([*point, 1.0]), 2 * ROUNDOFF * beta


def _ratio(a: int, b: int) -> float:
    return a / b


def grown(store: Store, plan: Plan, most: int) -> Store:
    """The store with room for one more step of cells with up to `most` vertices."""
    margin = step_margin(plan, most)
    changes: dict[str, Any] = {}
    for name, counter in _GROWING.items():
        array = getattr(store, name)
        if len(array) < store.counts[counter] + margin:
            changes[name] = _enlarged(array[: store.counts[counter]], _GROWTH * len(array) + margin)
    if changes:
        store = store._replace(**changes)
    if 2 * (store.counts[EDGES] + most) > len(store.edge_key):
        store = _rehashed(store, "edge", 4 * (int(store.counts[EDGES]) + most))
    return store


def with_room_for_signs(store: Store, more: int) -> Store:
    """The store with room for `more` settled signs."""
    need = 2 * (int(store.counts[SIGNS]) + more)
    return _rehashed(store, "sign", 2 * need) if need > len(store.sign_key) else store


def step_margin(plan: Plan, most: int) -> int:
    """How many entries of any array one step may use for cells with at most `most` vertices."""
    return SLOTS * (most + 4) + 2 * (HEAD + plan.words + 2 * most + SLOTS + int(plan.width.max()) + 1)


def _enlarged(array: Any, size: int) -> Any:
    out = np.empty((size, *array.shape[1:]), dtype=array.dtype)
    out[: len(array)] = array
    return out


def _rehashed(store: Store, name: str, least: int) -> Store:
    key_name, value_name = ("edge_key", "edge_vertex") if name == "edge" else ("sign_key", "sign_value")
    keys, values = getattr(store, key_name), getattr(store, value_name)
    size = 1 << least.bit_length()
    new_keys, new_values = np.full(size, -1, dtype=np.int64), np.empty(size, dtype=values.dtype)
    from pwlin.extraction.kernel.compiled import refill

    refill(keys, values, new_keys, new_values)
    return store._replace(**{key_name: new_keys, value_name: new_values})
