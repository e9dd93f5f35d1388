"""The kernel: depth first through the tree of cells."""

from __future__ import annotations

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import compiled, copy_into, inner
from pwlin.extraction.kernel.look_ahead import leave, look_ahead, pays
from pwlin.extraction.kernel.maps import make_maps, scan
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.references import reference
from pwlin.extraction.kernel.scratch import Room
from pwlin.extraction.kernel.splitting import ASKED, FULL, TOO_LONG, classify, enter_frame, read_frame, split
from pwlin.extraction.kernel.store import N_VERTICES, Store

# Why the kernel returns.
DONE, GROW, UNSURE, PAUSE, TOO_MANY_FACETS = range(5)


@inner
def _has_room(st: Store, margin: int, most: int) -> bool:
    mesh, stack, found = st.mesh, st.stack, st.found
    return (
        mesh.n.vertices + margin <= len(mesh.radius)
        and mesh.n.facets + margin <= len(mesh.facet_error)
        and stack.n.top + margin <= len(stack.frames)
        and stack.n.aside + margin <= len(stack.aside)
        and found.n.cells + margin <= len(found.cell_end)
        and found.n.cell_ids + margin <= len(found.cell_ids)
        and found.n.facets + margin <= len(found.facet_end)
        and found.n.facet_ids + margin <= len(found.facet_ids)
        and 2 * (mesh.n.edges + most) <= len(mesh.edge_key)  # so many vertices at zero has a cell
    )


@inner
def _enter(plan: Plan, st: Store, room: Room) -> bool:
    """Turn a cell that is finished in its layer into one of the next layer; False if a sign is unknown."""
    k = room.head.layer + 1
    make_maps(plan, st, k, room.pattern)
    scan(plan, st, k, room.vertices, room.bounds, room.head.n_vertices)
    found, known = classify(plan, st, k, room)
    if not known:
        return False
    room.head.layer, room.head.n_crossing = k, found
    st.memo.layers[k].entry += 1
    enter_frame(plan, st, room)
    return True


@inner
def _emit(plan: Plan, st: Store, room: Room) -> None:
    """Hand out a finished cell and take its frame off."""
    found, count, facet_out, stack = st.found, st.found.n, st.mesh.facet_out, st.stack
    cell, m = count.cells, room.head.n_vertices
    for i in range(plan.words):
        found.pattern[cell, i] = room.pattern[i]
    at = count.cell_ids
    for i in range(m):
        found.cell_ids[at + i] = room.vertices[i]
    count.cell_ids = found.cell_end[cell] = at + m
    count.cells = cell + 1
    alive = room.head.alive
    while alive:
        b = lowest(alive)
        alive &= alive - 1
        f = room.slots[b]
        if plan.infinity < 0 and st.mesh.facet_neuron[f] == plan.infinity:
            continue
        out = facet_out[f]
        if out >= 0:
            found.facet_cells[out, 1] = cell
            continue
        out, end = count.facets, count.facet_ids
        for i in range(m):  # without a branch, which would be taken at random
            found.facet_ids[end] = room.vertices[i]
            end += (room.masks[i] >> b) & 1
        count.facet_ids = found.facet_end[out] = end
        found.facet_cells[out, 0], found.facet_cells[out, 1] = cell, -1
        found.facet[out] = f
        facet_out[f] = out
        count.facets = out + 1
    stack.n.top -= stack.frames[stack.n.top - 1]


@compiled
def run(plan: Plan, st: Store, room: Room, margin: int, steps: int, aside_level: int, keep: bool) -> int:
    """Work on the stack until it is empty or something is needed.

    Parameters
    ----------
    margin : int
        Entries of any array that one step may use.
    steps : int
        Pause after so many.
    aside_level : int
        Cells of the first layer that are finished, or cut so often, are put aside instead; -1: none.
    keep : bool
        Keep the cells, or only count them.
    """
    return _run(reference(plan), reference(st), reference(room), margin, steps, aside_level, keep)


@inner
def _run(plan: Plan, st: Store, room: Room, margin: int, steps: int, aside_level: int, keep: bool) -> int:
    last, stack, frames = plan.depth - 1, st.stack, st.stack.frames
    while stack.n.top:
        if steps == 0:
            return PAUSE
        steps -= 1
        top = stack.n.top
        size = frames[top - 1]
        if frames[top - size + N_VERTICES] > len(room.vertices) or not _has_room(st, margin, len(room.vertices)):
            return GROW
        leave(plan, st, top - size)
        read_frame(plan, st, room)
        if not keep and aside_level < 0 and room.head.layer == last and room.head.n_crossing == 1:
            st.found.n.cells += 2  # nobody asks for the vertices of its halves
            stack.n.top = top - size
            continue
        aside = room.head.layer == 0 and (room.head.level >= aside_level or not room.head.n_crossing)
        if aside_level >= 0 and aside:
            at = stack.n.aside
            copy_into(stack.aside[at : at + size], frames[top - size : top])
            stack.n.aside, stack.n.top = at + size, top - size
        elif room.head.n_crossing:
            if room.head.layer < last and pays(plan, st, room):
                look_ahead(plan, st, room, top - size)
            result = split(plan, st, room)
            if result == ASKED:
                return UNSURE
            if result == TOO_LONG:
                return GROW
            if result == FULL:
                return TOO_MANY_FACETS
        elif room.head.layer < last:
            if not _enter(plan, st, room):
                return UNSURE
        elif keep:
            _emit(plan, st, room)
        else:
            st.found.n.cells += 1
            stack.n.top = top - size
    return DONE
