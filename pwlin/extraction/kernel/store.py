"""The arrays that the kernel works in. They are grown between calls: the kernel stops when one might overflow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from pwlin.extraction.kernel.compiled import Bools, Floats, Integers, Signs, Small, plain, put, record, records, share
from pwlin.extraction.kernel.layers import LayerPlan, LayerState
from pwlin.extraction.kernel.plan import NORMAL, VECTOR, Plan, layers_of, padded
from pwlin.extraction.kernel.scratch import Scratch, make_scratch, usual_vertices
from pwlin.extraction.kernel.tables import refill

A = TypeVar("A", Floats, Integers, Small, Signs)
V = TypeVar("V", Integers, Signs)
P = TypeVar("P", "Mesh", "Memo", "Stack", "Found")

SLOTS = 63
"""A cell has at most so many facets: they are bits of a non-negative int64."""

# A frame: a cell inside a layer with the neurons that still cross it. It begins with these five numbers; facets are in the
# order of their slots; then come pattern, vertices, their masks, facets, crossing neurons, and last the length of the frame.
LAYER, LEVEL, N_VERTICES, ALIVE, N_CROSSING, HEAD = range(6)


@dataclass(slots=True)
class MeshCounts:
    """How many there are, and how many of them the trunk has that the parts of a tree share."""

    vertices: int
    facets: int
    edges: int
    trunk_vertices: int
    trunk_facets: int


class Mesh(NamedTuple):
    """Vertices, facets and edges that have been met.

    Vertices are (x, weight) with radius: the vertex is within `radius` of ``x / weight`` in every coordinate; if it is 0
    then x and weight are its integers. `scale` is the least number with ``|x| <= beta scale``, ``weight <= scale``: on
    bounded domains the weight. In unbounded ones vertices may be far out, and rays are vertices of weight 0: there x is within
    `radius` and the weight within ``radius / beta`` of some multiple of the vertex. A vertex that cuts an edge has its ends as parents. Facet f lies on the zero set of a
    neuron, or on facet ``-1 - neuron`` of the domain, within `facet_error`; its halves and the vertex that cuts it (in the
    plane) are its children; `facet_out` is its number among those found. Edges are a table from pairs of vertices to the
    vertex that cuts them (in space).
    """

    vertex: Floats
    radius: Floats
    scale: Floats
    parents: Integers
    facet: Floats
    facet_error: Floats
    facet_neuron: Integers
    facet_children: Integers
    facet_out: Integers
    edge_key: Integers
    edge_vertex: Integers
    n: MeshCounts


@dataclass(slots=True)
class MemoCounts:
    """Signs that rationals settled, signs that are asked for, and values that were computed."""

    signs: int
    queries: int
    evaluated: int


class Memo(NamedTuple):
    """What is known for later: signs that rationals settled, and the maps of all layers with what they were made for.

    Neuron ``ids[ids_at + j]`` is number j of a layer's block; `ids_at` and the places of its weights are in its state.
    Layer k's maps were made for the patterns in ``map_pattern[k]``. If they are in two floats, the second ones are `tails`.
    """

    sign_key: Integers
    sign_value: Signs
    query: Integers
    layers: Sequence[LayerState]
    ids: Integers
    weight: Floats
    maps: Floats
    tails: Floats
    map_pattern: Integers
    n: MemoCounts


@dataclass(slots=True)
class Look:
    """A look ahead: where the frame starts that it was made from, its layer and number of crossing neurons, and the last
    layer's block.
    """

    mark: int
    layer: int
    crossing: int
    ids_at: int
    weight_at: int
    block: int


@dataclass(slots=True)
class StackCounts:
    """Words of frames, words of frames put aside, and looks ahead."""

    top: int
    aside: int
    looks: int


class Stack(NamedTuple):
    """Frames of cells that wait, frames put aside for other threads, and the looks ahead that hold below their marks.

    ``open[i]`` has the bits of neurons whose signs the looks up to number i have not settled.
    """

    frames: Integers
    aside: Integers
    look: Sequence[Look]
    open: Integers
    n: StackCounts


@dataclass(slots=True)
class FoundCounts:
    """Cells and facets, and vertices in the rows of each."""

    cells: int
    cell_ids: int
    facets: int
    facet_ids: int


class Found(NamedTuple):
    """Finished cells, and their facets by their first cells. Row i of vertices is ``ids[end[i - 1] : end[i]]``, from 0."""

    pattern: Integers
    cell_end: Integers
    cell_ids: Small
    facet: Integers
    facet_cells: Integers
    facet_end: Integers
    facet_ids: Small
    n: FoundCounts


class Store(NamedTuple):
    """All that a search has made and needs."""

    mesh: Mesh
    memo: Memo
    stack: Stack
    found: Found
    scratch: Scratch


_GROWTH = 8
"""Large steps: room that is not used costs no memory, but copies do."""

_VERTICES, _CELLS = ("vertex", "radius", "scale", "parents"), ("pattern", "cell_end")
_FACETS = ("facet", "facet_error", "facet_neuron", "facet_children", "facet_out")
_FOUND_FACETS = ("facet", "facet_cells", "facet_end")
_GROWING: dict[type, dict[str, str]] = {
    Mesh: dict.fromkeys(_VERTICES, "vertices") | dict.fromkeys(_FACETS, "facets"),
    Stack: {"frames": "top", "aside": "aside"},
    Found: dict.fromkeys(_CELLS, "cells")
    | dict.fromkeys(_FOUND_FACETS, "facets")
    | {"cell_ids": "cell_ids", "facet_ids": "facet_ids"},
}
"""The counts of arrays that grow."""


def make_store(plan: Plan, corners: int = 0) -> Store:
    """An empty store with room for a domain of so many corners."""
    room, layers = (1 << 14) + plan.words + 4 * corners, layers_of(plan)
    return Store(
        _mesh(room, plan.d), _memo(plan, layers), _stack(plan, layers, room), _found(plan, room), make_scratch(plan)
    )


def _integers(*shape: int) -> Integers:
    return np.empty(shape, dtype=np.int64)


def _mesh(room: int, d: int) -> Mesh:
    edges = 4 * usual_vertices(d)
    return Mesh(
        vertex=np.empty((room, d + 1)),
        radius=np.empty(room),
        scale=np.empty(room),
        parents=_integers(room, 2),
        facet=np.empty((room, d + 1)),
        facet_error=np.empty(room),
        facet_neuron=_integers(room),
        facet_children=_integers(room, 3),
        facet_out=_integers(room),
        edge_key=np.full(edges, -1, dtype=np.int64),
        edge_vertex=_integers(edges),
        n=record(MeshCounts),
    )


def _memo(plan: Plan, layout: list[LayerPlan]) -> Memo:
    layers, n = records(LayerState, plan.depth), len(plan.bias)
    share(
        layers,
        [
            LayerState(at.width, at.stride, at.first, at.weight_at, -1, 0, 0, at.tau_map, at.tau_point, at.map_error)
            for at in layout
        ],
    )
    below = layout[-2].width if plan.depth > 1 else 0
    blocks = (3 * layout[-1].width + VECTOR * _looks(plan)) * below  # each at most 3/4 of the one before
    return Memo(
        sign_key=np.full(64, -1, dtype=np.int64),
        sign_value=np.empty(64, dtype=np.int8),
        query=_integers(64, SLOTS + 3),
        layers=layers,
        ids=enlarged(np.arange(n), n + 4 * plan.widest),
        weight=enlarged(plan.weight, len(plan.weight) + blocks),
        maps=enlarged(plan.first_map, plan.map_size),
        tails=np.zeros(plan.map_size if plan.fine else 0),
        map_pattern=np.zeros((plan.depth, plan.words), dtype=np.int64),
        n=record(MemoCounts),
    )


def _looks(plan: Plan) -> int:
    """Room for looks ahead, the first of which is none."""
    return 4 + 12 * plan.depth


def _stack(plan: Plan, layers: list[LayerPlan], room: int) -> Stack:
    look, last = records(Look, _looks(plan)), layers[-1]
    share(look[:1], [Look(0, 0, layers[0].width, last.first, last.weight_at, last.width)])
    undecided = np.zeros((len(look), plan.words), dtype=np.int64)
    undecided[0] = packed(plan.kind == NORMAL, plan.words)
    count = record(StackCounts)
    put(count, looks=1)
    return Stack(_integers(room), _integers(room), look, undecided, count)


def _found(plan: Plan, room: int) -> Found:
    return Found(
        pattern=_integers(room, plan.words),
        cell_end=_integers(room),
        cell_ids=np.empty(room, dtype=np.int32),
        facet=_integers(room),
        facet_cells=_integers(room, 2),
        facet_end=_integers(room),
        facet_ids=np.empty(room, dtype=np.int32),
        n=record(FoundCounts),
    )


def copied(trunk: Store, plan: Plan) -> Store:
    """A store of its own for a part: the trunk's vertices and facets, and an empty stack."""
    memo, frames = trunk.memo, len(trunk.stack.frames)
    part = Store(
        _own(trunk.mesh),
        _own(memo._replace(weight=memo.weight[:0]))._replace(weight=enlarged(plan.weight, len(memo.weight))),
        _stack(plan, layers_of(plan), frames),
        _own(trunk.found),
        make_scratch(plan),
    )
    count, first = plain(MeshCounts, part.mesh.n), plain(Look, part.stack.look[0])
    put(part.mesh.n, trunk_vertices=count.vertices, trunk_facets=count.facets)
    put(part.memo.layers[-1], ids_at=first.ids_at, weight_at=first.weight_at, block=first.block, made_for=-1)
    put(part.memo.layers[-1], stride=padded(first.block))
    return part


def _own(part: P) -> P:
    """A copy of what is used, with as much room."""
    arrays: dict[str, Any] = {name: enlarged(array[:used], len(array)) for name, array, used in _used(part)}
    return part._replace(
        **{name: array.copy() for name, array in part._asdict().items() if name not in arrays}, **arrays
    )


def _used(part: P) -> Iterator[tuple[str, Integers, int]]:
    """The arrays that grow, and how much of them is used."""
    record = cast("np.void", part.n)
    numbers = dict(zip(record.dtype.names or (), record.item()))
    for name, counter in _GROWING.get(type(part), {}).items():
        yield name, getattr(part, name), numbers[counter]


def packed(bits: Bools, words: int) -> Integers:
    """Bits as a pattern, 64 to a word."""
    out, found = np.zeros(8 * words, dtype=np.uint8), np.packbits(bits, bitorder="little")
    out[: len(found)] = found
    return out.view("<i8").astype(np.int64, copy=False)


def cells_in(store: Store) -> int:
    """How many cells have been found."""
    return plain(FoundCounts, store.found.n).cells


def push(stack: Stack, frame: Sequence[int] | Integers) -> None:
    """Put a frame on the stack, which must have room."""
    top = plain(StackCounts, stack.n).top
    stack.frames[top : top + len(frame)] = frame
    put(stack.n, top=top + len(frame))


def grown(store: Store, plan: Plan, most: int) -> Store:
    """The store with room for one more step of cells with up to `most` vertices."""
    margin = step_margin(plan, most)
    mesh, found, stack = _grown(store.mesh, margin), _grown(store.found, margin), _grown(store.stack, margin)
    if least := _edges_to_hold(store.mesh, most):
        keys, values = _rehashed(mesh.edge_key, mesh.edge_vertex, least)
        mesh = mesh._replace(edge_key=keys, edge_vertex=values)
    if mesh is store.mesh and found is store.found and stack is store.stack:
        return store
    return store._replace(mesh=mesh, found=found, stack=stack)


def growth(store: Store, plan: Plan, most: int) -> int:
    """The bytes that `grown` fills, beside what there is."""
    margin = step_margin(plan, most)
    parts = _too_small(store.mesh, margin), _too_small(store.found, margin), _too_small(store.stack, margin)
    return sum(array[:used].nbytes for part in parts for _, array, used in part) + 16 * _places(
        _edges_to_hold(store.mesh, most)
    )


def _too_small(part: P, margin: int) -> Iterator[tuple[str, Integers, int]]:
    return (row for row in _used(part) if len(row[1]) < row[2] + margin)


def _grown(part: P, margin: int) -> P:
    changes: dict[str, Any] = {
        name: enlarged(array[:used], _GROWTH * len(array) + margin) for name, array, used in _too_small(part, margin)
    }
    return part._replace(**changes) if changes else part


def _edges_to_hold(mesh: Mesh, most: int) -> int:
    """How many the table of edges is to have places for, if it is too small for one more step; else 0."""
    edges = plain(MeshCounts, mesh.n).edges
    return 4 * (edges + most) if 2 * (edges + most) > len(mesh.edge_key) else 0


def with_room_for_signs(store: Store, more: int) -> Store:
    """The store with room for `more` settled signs."""
    memo = store.memo
    need = 2 * (plain(MemoCounts, memo.n).signs + more)
    if need <= len(memo.sign_key):
        return store
    keys, values = _rehashed(memo.sign_key, memo.sign_value, 2 * need)
    return store._replace(memo=memo._replace(sign_key=keys, sign_value=values))


def step_margin(plan: Plan, most: int) -> int:
    """How many entries of any array one step may use for cells with at most `most` vertices."""
    return SLOTS * (most + 4) + 2 * (HEAD + plan.words + 2 * most + SLOTS + plan.widest + 1)


def enlarged(array: A, size: int) -> A:
    """The same at the beginning of more memory."""
    out = np.empty((size, *array.shape[1:]), dtype=array.dtype)
    out[: len(array)] = array
    return out


def _places(least: int) -> int:
    """The size of a table with at least so many places."""
    return 1 << least.bit_length()


def _rehashed(keys: Integers, values: V, least: int) -> tuple[Integers, V]:
    """A table with the same entries in at least so many places."""
    size = _places(least)
    new_keys, new_values = np.full(size, -1, dtype=np.int64), np.empty(size, dtype=values.dtype)
    refill(keys, values, new_keys, new_values)
    return new_keys, new_values
