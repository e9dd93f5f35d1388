"""What a search starts from: exact vertices, facets and cells put into a store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.compiled import Floats, plain, put
from pwlin.extraction.kernel.plan import LINEAR, Plan
from pwlin.extraction.kernel.rounding import rounded_normal, rounded_vertex, walls_of
from pwlin.extraction.kernel.store import SLOTS, MeshCounts, Store, packed, push
from pwlin.geometry.cone import Vector, dot
from pwlin.geometry.polytope import Polytope

Walls = tuple[Floats, Floats]
Corners = tuple[Floats, Floats, Floats]
"""Hyperplanes with bounds of their errors, and vertices with their radii and scales, as `Mesh` has them."""

_FEW = 64
"""Corners up to which a domain's floats are kept: networks come one after the other on the same one."""


def add_domain(plan: Plan, store: Store, domain: Polytope) -> bool:
    """Put the domain's corners, facets and the first frame in; False if there are too many facets."""
    few = len(domain.generators[0]) <= _FEW
    walls, corners, masks = (_known_rows if few else _rows)(domain, plan.beta)
    if len(walls[1]) > SLOTS:
        return False
    _put_facets(store, range(-1, -1 - len(walls[1]), -1), walls)
    _put_vertices(store, corners)
    push_cell(plan, store, Start(-1, 0, range(len(masks)), masks, range(len(walls[1]))))
    return True


def _rows(domain: Polytope, beta: float) -> tuple[Walls, Corners, list[int]]:
    """The domain's facets and corners as floats, and the facets at each corner as bits."""
    corners, normals = domain.generators[0], walls_of(domain)
    masks = [sum([1 << f for f, n in enumerate(normals) if not dot(n, c)]) for c in corners]
    return _walls(normals, beta), _corners(corners, beta), masks


def _walls(normals: Sequence[Vector], beta: float) -> Walls:
    rows, errors = zip(*[rounded_normal(normal, beta) for normal in normals])
    return np.array(rows), np.array(errors)


def _corners(vertices: Collection[Vector], beta: float) -> Corners:
    rows, radii, scales = zip(*[rounded_vertex(vertex, beta) for vertex in vertices])
    return np.array(rows), np.array(radii), np.array(scales, dtype=np.float64)


_known_rows = lru_cache(maxsize=64)(_rows)


def add_facets(plan: Plan, store: Store, facets: Collection[tuple[int, Vector]]) -> None:
    """Put facets in, each the zero set of a neuron, or told by -1 minus its number in the domain, with its exact normal."""
    neurons, normals = zip(*facets)
    _put_facets(store, neurons, _walls(normals, plan.beta))


def _put_facets(store: Store, neurons: Sequence[int], walls: Walls) -> None:
    mesh, first = store.mesh, plain(MeshCounts, store.mesh.n).facets
    new = slice(first, first + len(neurons))
    mesh.facet_neuron[new] = neurons
    mesh.facet[new], mesh.facet_error[new] = walls
    mesh.facet_children[new] = mesh.facet_out[new] = -1
    put(mesh.n, facets=new.stop)


def add_vertices(plan: Plan, store: Store, vertices: Collection[Vector]) -> None:
    """Put exact vertices in that cut no edge."""
    _put_vertices(store, _corners(vertices, plan.beta))


def _put_vertices(store: Store, corners: Corners) -> None:
    mesh, first = store.mesh, plain(MeshCounts, store.mesh.n).vertices
    new = slice(first, first + len(corners[1]))
    mesh.vertex[new], mesh.radius[new], mesh.scale[new] = corners
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
