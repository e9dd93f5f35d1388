"""One order of facets and vertices for every search, so that results agree to the last index."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import Integers, Ragged
from pwlin.geometry.cone import Vector


def facet_order(facet_cells: Integers, walls: Integers) -> Integers:
    """Facets by their cells; those on the boundary come after a cell's others, by the number of the domain's facet.

    Two cells share one facet at most, and a cell has one facet at most on each of the domain's, so nothing is left open.

    Parameters
    ----------
    facet_cells : ndarray of int64, shape (n_facets, 2)
    walls : ndarray of int64, shape (n_facets,)
        Number of the domain's facet for facets on the boundary; anything for others.
    """
    first, second = facet_cells.T
    outside = second < 0
    order: Integers = np.lexsort((np.where(outside, walls, second), outside, first))
    return order


def vertex_order(facets: Ragged, count: int, generators: Sequence[Vector]) -> Integers:
    """Vertices (and rays) by the first two facets that hold them, facets being in their order.

    In the plane that tells them apart. In space a hash of all their facets does; where it does not (a ray at infinity may
    have no facet at all), the exact coordinates decide.
    """
    facet = np.repeat(np.arange(len(facets)), facets.lengths())
    keys = np.full((3, count), len(facets), dtype=np.int64)
    keys[0, facets.ids[::-1]] = facet[::-1]  # of several values NumPy keeps the last: the first facet
    later = facet != keys[0, facets.ids]
    keys[1, facets.ids[later][::-1]] = facet[later][::-1]
    keys[2] = 0
    order, same = _sorted(keys[:2])
    if same.any():
        np.add.at(keys[2], facets.ids, _mixed(facet))
        order, same = _sorted(keys)
    if same.any():
        group = np.concatenate([[0], np.cumsum(~same)])
        tied = np.flatnonzero(np.concatenate([[False], same]) | np.concatenate([same, [False]]))
        for _, places in groupby(tied.tolist(), key=lambda i: int(group[i])):
            at = list(places)
            order[at] = sorted(order[at].tolist(), key=lambda v: tuple(generators[v]))
    return order


def _sorted(keys: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """The order of columns, the first row counting most, and which columns equal the next one in it."""
    order: Integers = np.lexsort(keys[::-1])
    there = keys[:, order]
    return order, (there[:, 1:] == there[:, :-1]).all(axis=0)


def _mixed(values: Integers) -> Integers:
    """Numbers spread over 64 bits (splitmix64, Steele, Lea and Flood 2014)."""
    z = (values.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))).view(np.int64)


def renumbered(rows: Ragged, new: Integers) -> Ragged:
    """The same rows with other ids, each row increasing."""
    row = np.repeat(np.arange(len(rows)), rows.lengths()) * len(new)
    return Ragged(rows.offsets, np.sort(row + new[rows.ids]) - row)


def reordered(rows: Ragged, order: Integers) -> Ragged:
    """The rows in another order."""
    lengths = rows.lengths()[order]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    shift = np.repeat(rows.offsets[order] - offsets[:-1], lengths)
    return Ragged(offsets, rows.ids[np.arange(offsets[-1]) + shift])


def inverse(order: Integers) -> Integers:
    """Where each entry has gone."""
    out = np.empty_like(order)
    out[order] = np.arange(len(order))
    return out


def facets_of_cells(facet_cells: Integers, count: int) -> Ragged:
    """The facets of each of so many cells, from the one or two cells of each facet."""
    facet, side = np.nonzero(facet_cells >= 0)
    cell = facet_cells[facet, side]
    order = np.argsort(cell, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=count))]).astype(np.int64)
    return Ragged(offsets, facet[order].astype(np.int64))
