"""The kernel: depth first through the tree of cells."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import compiled, copy_into, inner
from pwlin.extraction.kernel.look_ahead import leave, look_ahead, pays
from pwlin.extraction.kernel.maps import make_maps, scan
from pwlin.extraction.kernel.plan import Floats, Integers, Plan
from pwlin.extraction.kernel.splitting import ASKED, FULL, TOO_LONG, classify, enter_frame, read_frame, split
from pwlin.extraction.kernel.store import (
    ALIVE,
    CELL_IDS,
    CELLS,
    DONE,
    EDGES,
    EXPORT,
    FACET_IDS,
    FACETS,
    GROW,
    HEAD,
    LAYER,
    LEVEL,
    N_CROSSING,
    N_VERTICES,
    OUT_FACETS,
    PAUSE,
    SLOTS,
    TOO_MANY_FACETS,
    TOP,
    UNSURE,
    VERTICES,
)


class Room(NamedTuple):
    """A frame unpacked, and what is made of it."""

    head: Integers
    pattern: Integers
    vertices: Integers
    masks: Integers
    slots: Integers
    crossing: Integers
    value: Floats
    side: NDArray[np.int8]
    zero: Integers
    zero_mask: Integers
    half_pattern: Integers
    half_crossing: Integers
    below: Integers
    below_mask: Integers
    points_of: Integers
    reach: Integers
    points: Floats
    bounds: Floats
    normal: Floats


def make_room(plan: Plan, most: int) -> Room:
    """Room for cells with up to `most` vertices."""
    i64 = np.int64
    wide, words = int(plan.width.max()), plan.words
    return Room(
        head=np.empty(HEAD, i64),
        pattern=np.empty(words, i64),
        vertices=np.empty(most, i64),
        masks=np.empty(most, i64),
        slots=np.zeros(SLOTS, i64),
        crossing=np.empty(wide, i64),
        value=np.empty(most),
        side=np.empty(most, np.int8),
        zero=np.empty(most, i64),
        zero_mask=np.empty(most, i64),
        half_pattern=np.empty((2, words), i64),
        half_crossing=np.empty((2, wide), i64),
        below=np.empty(most, i64),
        below_mask=np.empty(most, i64),
        points_of=np.empty(2 * most, i64),
        reach=np.empty(2 * most, i64),
        points=np.empty((2 * most, plan.d + 1)),
        bounds=np.empty(2 * most),
        normal=np.empty(plan.d + 1),
    )


@inner  # type: ignore[untyped-decorator]
def _has_room(st: Any, margin: int, most: int) -> bool:
    counts = st.counts
    return (
        counts[VERTICES] + margin <= len(st.radius)
        and counts[FACETS] + margin <= len(st.facet_error)
        and counts[TOP] + margin <= len(st.stack)
        and counts[EXPORT] + margin <= len(st.export)
        and counts[CELLS] + margin <= len(st.cell_end)
        and counts[CELL_IDS] + margin <= len(st.cell_ids)
        and counts[OUT_FACETS] + margin <= len(st.out_end)
        and counts[FACET_IDS] + margin <= len(st.out_ids)
        and 2 * (counts[EDGES] + most) <= len(st.edge_key)  # so many vertices at zero has a cell
    )


@inner  # type: ignore[untyped-decorator]
def _enter(plan: Any, st: Any, room: Any) -> bool:
    """Turn a cell that is finished in its layer into one of the next layer; False if a sign is unknown."""
    k = room.head[LAYER] + 1
    make_maps(plan, st, k, room.pattern)
    scan(plan, st, k, room.vertices, room.head[N_VERTICES])
    found, known = classify(plan, st, k, room)
    if not known:
        return False
    room.head[LAYER], room.head[N_CROSSING] = k, found
    st.entry[k] += 1
    enter_frame(plan, st, room)
    return True


@inner  # type: ignore[untyped-decorator]
def _emit(plan: Any, st: Any, room: Any) -> None:
    """Hand out a finished cell and take its frame off."""
    counts = st.counts
    cell, m = counts[CELLS], room.head[N_VERTICES]
    for i in range(plan.words):
        st.pattern[cell, i] = room.pattern[i]
    at = counts[CELL_IDS]
    for i in range(m):
        st.cell_ids[at + i] = room.vertices[i]
    counts[CELL_IDS] = st.cell_end[cell] = at + m
    counts[CELLS] = cell + 1
    alive = room.head[ALIVE]
    while alive:
        b = lowest(alive)
        alive &= alive - 1
        f = room.slots[b]
        out = st.facet_out[f]
        if out >= 0:
            st.out_cells[out, 1] = cell
            continue
        out, end = counts[OUT_FACETS], counts[FACET_IDS]
        for i in range(m):
            if (room.masks[i] >> b) & 1:
                st.out_ids[end] = room.vertices[i]
                end += 1
        counts[FACET_IDS] = st.out_end[out] = end
        st.out_cells[out, 0], st.out_cells[out, 1] = cell, -1
        st.out_facet[out] = f
        st.facet_out[f] = out
        counts[OUT_FACETS] = out + 1
    counts[TOP] -= st.stack[counts[TOP] - 1]


@compiled  # type: ignore[untyped-decorator]
def run(plan: Any, st: Any, room: Any, margin: int, steps: int, export_level: int, keep: bool) -> int:
    """Work on the stack until it is empty or something is needed.

    Parameters
    ----------
    margin : int
        Entries of any array that one step may use.
    steps : int
        Pause after so many.
    export_level : int
        Cells of the first layer that are finished, or cut so often, are moved to `export` instead; -1: none.
    keep : bool
        Keep the cells, or only count them.
    """
    last = plan.depth - 1
    while st.counts[TOP]:
        if steps == 0:
            return PAUSE
        steps -= 1
        top = st.counts[TOP]
        size = st.stack[top - 1]
        if st.stack[top - size + N_VERTICES] > len(room.vertices) or not _has_room(st, margin, len(room.vertices)):
            return GROW
        leave(plan, st, top - size)
        read_frame(plan, st, room)
        exported = room.head[LAYER] == 0 and (room.head[LEVEL] >= export_level or not room.head[N_CROSSING])
        if export_level >= 0 and exported:
            at = st.counts[EXPORT]
            copy_into(st.export[at : at + size], st.stack[top - size : top])
            st.counts[EXPORT], st.counts[TOP] = at + size, top - size
        elif room.head[N_CROSSING]:
            if room.head[LAYER] < last and pays(plan, st, room):
                look_ahead(plan, st, room, top - size)
            result = split(plan, st, room)
            if result == ASKED:
                return UNSURE
            if result == TOO_LONG:
                return GROW
            if result == FULL:
                return TOO_MANY_FACETS
        elif room.head[LAYER] < last:
            if not _enter(plan, st, room):
                return UNSURE
        elif keep:
            _emit(plan, st, room)
        else:
            st.counts[CELLS] += 1
            st.counts[TOP] = top - size
    return DONE
