"""The floats that the search knew of vertices and walls, kept with the complex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from pwlin.extraction.kernel.compiled import Bools, Floats, Integers, Small, plain
from pwlin.extraction.kernel.ordering import gather
from pwlin.extraction.kernel.store import Mesh, MeshCounts
from pwlin.extraction.kernel.vertices import LOST
from pwlin.functions.cells.places import Places

_ROUNDOFF = 2.0**-53


@final
@dataclass(frozen=True, eq=False)
class PartFloats:
    """Those of a part of the tree, in the memory of its store, so that they are copied once: into the whole."""

    mesh: Mesh

    def alone(self) -> PartFloats:
        """The same, without all else that the store has: small enough to be sent."""
        counts, mesh = plain(MeshCounts, self.mesh.n), self.mesh
        used = {name: getattr(mesh, name)[: counts.vertices] for name in ("vertex", "radius")}
        used |= {name: getattr(mesh, name)[: counts.facets] for name in ("facet", "facet_error")}
        none = {name: getattr(mesh, name)[:0] for name in Mesh._fields if name not in used and name != "n"}
        return PartFloats(mesh._replace(**used, **none))

    def copy(self, by_vertex: Small, order: Small, on: Integers, vertices: Floats, walls: Floats) -> None:
        """(x, weight, radius) of some vertices, and (a, b, error) of the walls that some facets are on."""
        mesh = self.mesh
        gather((mesh.vertex, mesh.radius), (mesh.facet, mesh.facet_error), by_vertex, order, on, (vertices, walls))


def places(vertices: Floats, walls: Floats, positive: Bools) -> Places:
    """What a complex knows, from the rows of all vertices and walls.

    Parameters
    ----------
    vertices, walls : ndarray
        As in `Ordered`.
    positive : ndarray of bool
        Whether a wall is positive inside its first cell.
    """
    rays = vertices[:, -2] == 0
    weight = np.where(rays, np.abs(vertices[:, :-2]).max(axis=1, initial=1), vertices[:, -2])[:, None]
    with np.errstate(over="ignore"):
        points, radius = vertices[:, :-2] / weight, vertices[:, -1]
    points[~np.isfinite(points)] = 0.0  # too far out for floats
    radius = np.where(rays | ((radius > 0) & (vertices[:, -2] != 1)), np.inf, radius)  # far out nothing is known
    # the quotient of integers is rounded; where the weight is 1 it is exact
    size = np.abs(points).max(axis=1, initial=0)
    radius = np.where(radius >= LOST, np.inf, radius + np.where(weight[:, 0] == 1, 0, 1.01 * _ROUNDOFF * size))
    largest = np.abs(walls[:, :-2]).max(axis=1, initial=0)
    shift = np.where(largest > 0, -np.frexp(largest)[1], 0)
    half = shift >> 1  # powers of two beyond the range of floats
    first, second = np.ldexp(1.0, half), np.ldexp(1.0, shift - half)
    with np.errstate(over="ignore"):  # of offsets that are far out, which decide nothing
        scaled = walls[:, :-1] * np.where(positive, first, -first)[:, None]
        scaled *= second[:, None]
        errors = walls[:, -1] * first * second
    return Places(points, radius, scaled, errors)
