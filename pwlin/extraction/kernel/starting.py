"""What a search starts from: exact vertices, facets and cells put into a store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.compiled import plain, put
from pwlin.extraction.kernel.plan import LINEAR, Plan
from pwlin.extraction.kernel.rounding import rounded_normal, rounded_vertex, walls_of
from pwlin.extraction.kernel.store import SLOTS, MeshCounts, Store, packed, push
from pwlin.geometry.cone import Vector, dot
from pwlin.geometry.polytope import Polytope


def add_domain(plan: Plan, store: Store, domain: Polytope) -> bool:
    """Put the domain's corners, facets and the first frame in; False if there are too many facets."""
    corners, normals = domain.generators[0], walls_of(domain)
    if len(normals) > SLOTS:
        return False
    add_facets(plan, store, [(-1 - f, normal) for f, normal in enumerate(normals)])
    add_vertices(plan, store, corners)
    masks = [sum([1 << f for f, n in enumerate(normals) if not dot(n, c)]) for c in corners]
    push_cell(plan, store, Start(-1, 0, range(len(corners)), masks, range(len(normals))))
    return True


def add_facets(plan: Plan, store: Store, facets: Collection[tuple[int, Vector]]) -> None:
    """Put facets in, each the zero set of a neuron, or told by -1 minus its number in the domain, with its exact normal."""
    mesh, first = store.mesh, plain(MeshCounts, store.mesh.n).facets
    new = slice(first, first + len(facets))
    mesh.facet_neuron[new], normals = zip(*facets)
    mesh.facet[new], mesh.facet_error[new] = zip(*[rounded_normal(normal, plan.beta) for normal in normals])
    mesh.facet_children[new] = mesh.facet_out[new] = -1
    put(mesh.n, facets=new.stop)


def add_vertices(plan: Plan, store: Store, vertices: Collection[Vector]) -> None:
    """Put exact vertices in that cut no edge."""
    mesh, first = store.mesh, plain(MeshCounts, store.mesh.n).vertices
    new = slice(first, first + len(vertices))
    rows = zip(*[rounded_vertex(vertex, plan.beta) for vertex in vertices])
    mesh.vertex[new], mesh.radius[new], mesh.scale[new] = rows
    mesh.parents[new] = -1
    put(mesh.n, vertices=new.stop)


class Start(NamedTuple):
    """A cell to start from: a layer that it has passed or is in, its pattern, vertices with the places of their facets as bits,
    its facets, neurons of the layer that cross it, and how often the domain was cut for it.
    """

    layer: int
    pattern: int
    vertices: Sequence[int]
    masks: Sequence[int]
    facets: Sequence[int]
    crossing: Sequence[int] = ()
    level: int = 0


def push_cell(plan: Plan, store: Store, cell: Start) -> None:
    """Put a cell on the stack."""
    m, n = len(cell.vertices), len(cell.facets)
    pattern = np.frombuffer(cell.pattern.to_bytes(8 * plan.words, "little"), dtype="<i8")
    if (linear := plan.kind == LINEAR).any():
        pattern = pattern | packed(linear, plan.words)  # they count as active, whatever the cell
    frame = [cell.layer, cell.level, m, (1 << n) - 1, len(cell.crossing), *pattern.tolist()]
    frame += [*cell.vertices, *cell.masks, *cell.facets, *cell.crossing]
    push(store.stack, [*frame, len(frame) + 1])
