"""Pieces and kinks: which regions share an affine map, and where it changes from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers
from pwlin.functions.cells.records import Piece
from pwlin.geometry.cone import Vector

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def bends(f: PiecewiseLinearND) -> NDArray[np.bool_]:
    """Which interior facets are kinks: those between regions of different maps."""
    known: dict[Vector, int] = {}
    ids = np.array([known.setdefault(m, len(known)) for m in f.complex.output_maps(f.output)], dtype=np.int64)
    sides = ids[f.complex.facet_cells[f.complex.interior]]
    return np.asarray(sides[:, 0] != sides[:, 1])


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


def pieces(f: PiecewiseLinearND) -> list[Piece]:
    """See `PiecewiseLinearND.pieces`."""
    order = np.argsort(f.piece_of_region, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(f.piece_of_region))[:-1])
    return [Piece(k, tuple(own.tolist()), *f.affine_map(int(own[0]))) for k, own in enumerate(members)]
