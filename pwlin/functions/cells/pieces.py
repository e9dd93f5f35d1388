"""Pieces and kinks: which regions share an affine map, and where it changes from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers, OnDemand
from pwlin.functions.cells.records import Piece
from pwlin.geometry.cone import Vector

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def bends(f: PiecewiseLinearND) -> NDArray[np.bool_]:
    """Which interior facets are kinks: those between regions of different maps.

    Where floats differ by more than their errors, the maps do, and where residues differ; they are compared themselves at the
    other facets only.
    """
    sides = f.complex.facet_cells[f.complex.interior]
    near, bound = f.near_maps
    with np.errstate(invalid="ignore", over="ignore"):
        found = np.any(np.abs(near[sides[:, 0]] - near[sides[:, 1]]) > 2.001 * bound, axis=1)
    if f.complex.map_residues is not None:
        cells, left, right = _at(sides[~found])
        rows = f.complex.map_residues(cells, f.output)
        found[~found] = np.any(rows[left] != rows[right], axis=1)
    cells, left, right = _at(sides[~found])
    known: dict[Vector, int] = {}
    maps = f.complex.exact_maps(cells, f.output)
    ids = np.array([known.setdefault(m, len(known)) for m in maps], dtype=np.int64)
    found[~found] = ids[left] != ids[right]
    return found


def _at(sides: Integers) -> tuple[Integers, Integers, Integers]:
    """The cells at facets, each once, and where those on both sides are among them."""
    cells = np.unique(sides)
    return cells, *np.searchsorted(cells, sides).T


def piece_of_region(f: PiecewiseLinearND) -> Integers:
    """See `PiecewiseLinearND.piece_of_region`: connected across the facets that are no kinks, by first regions."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    joined = f.complex.facet_cells[f.complex.interior[~f.bends]]
    graph = coo_matrix((np.ones(len(joined), dtype=np.int8), joined.T), shape=(f.n_regions,) * 2)
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[labels]


def pieces(f: PiecewiseLinearND) -> Sequence[Piece]:
    """See `PiecewiseLinearND.pieces`; their maps are made when they are asked for."""
    order = np.argsort(f.piece_of_region, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(f.piece_of_region))[:-1])

    def piece(k: int) -> Piece:
        own = tuple(members[k].tolist())
        return Piece(k, own, *f.affine_map(own[0]))

    return OnDemand(len(members), piece)
