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
    joined = f.complex.facet_cells[f.complex.interior[~f.bends]]
    return np.unique(_least_joined(joined, f.n_regions), return_inverse=True)[1]


def _least_joined(pairs: Integers, count: int) -> Integers:
    """The least of those that each of `count` is joined with by pairs, directly or through others."""
    least = np.arange(count, dtype=np.int64)
    low, high = np.sort(pairs, axis=1).T
    while len(low):
        np.minimum.at(least, high, low)
        while np.any((further := least[least]) != least):
            least = further
        ends = np.sort(least[[low, high]], axis=0)
        low, high = ends[:, ends[0] < ends[1]]
    return least


def pieces(f: PiecewiseLinearND) -> Sequence[Piece]:
    """See `PiecewiseLinearND.pieces`; their maps are made when they are asked for."""
    order = np.argsort(f.piece_of_region, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(f.piece_of_region))[:-1])

    def piece(k: int) -> Piece:
        own = tuple(members[k].tolist())
        return Piece(k, own, *f.affine_map(own[0]))

    return OnDemand(len(members), piece)
