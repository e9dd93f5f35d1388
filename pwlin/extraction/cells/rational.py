"""Exact cells in d >= 2 dimensions, all in rationals: the specification that faster searches must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from pwlin.base.sequences import Ragged
from pwlin.extraction.cells.rational_search import Leaf, Search
from pwlin.extraction.watch import Found
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.order import facet_order, inverse, renumbered, reordered, vertex_order
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

Until = Callable[[int], bool]


def cell_complex(
    net: Network,
    polytope: Polytope,
    found: Found | None = None,
    until: Until | None = None,
    leaves: Iterable[Leaf] | None = None,
) -> CellComplex | None:
    """The raw complex of a network on a domain, searched in rationals only.

    Parameters
    ----------
    net : Network
    polytope : Polytope
        Also unbounded ones.
    found : callable, optional
        Told the number of new cells, now and then.
    until : callable, optional
        Asked with the number of cells before each one more: give up if it says so.
    leaves : iterable of Leaf, optional
        The finished cells, if somebody else searches; also those of a part of the tree.

    Returns
    -------
    CellComplex or None
        Exact; None if it was given up. Cost: a few products of integer matrices per cell of each layer's complex and a few vertex
        operations per cut; the memory is that of the result.
    """
    search = Search(net, polytope)
    generator_ids: dict[Vector, int] = {}
    facet_ids: dict[tuple[int, ...], int] = {}
    patterns: list[int] = []
    maps: list[Vector] = []
    same_map: dict[Vector, Vector] = {}
    cells: list[list[int]] = []
    facets: list[tuple[int, ...]] = []
    facet_cells: list[list[int]] = []
    normals: list[Vector] = []
    for leaf in search.leaves(search.root()) if leaves is None else leaves:
        if until is not None and until(len(cells)):
            if found is not None:
                found(-len(cells))
            return None
        if found is not None:
            found(1)
        cell = len(cells)
        patterns.append(leaf.pattern)
        maps.append(same_map.setdefault(leaf.image, leaf.image))
        ids = [generator_ids.setdefault(v, len(generator_ids)) for v in leaf.generators]
        cells.append(ids)
        for normal, positions in leaf.facets:
            on = tuple(sorted([g for k, g in enumerate(ids) if positions >> k & 1]))
            known = facet_ids.pop(on, None)  # a facet has two cells at most
            if known is not None:
                facet_cells[known][1] = cell
            elif any(leaf.generators[k][-1] for k in range(len(ids)) if positions >> k & 1):
                facet_ids[on] = len(facets)
                facets.append(on)
                facet_cells.append([cell, -1])
                normals.append(normal)
    of_cells = np.array(facet_cells, dtype=np.int64).reshape(-1, 2)
    wall = {normal: i for i, normal in enumerate(polytope.normals)}
    by_facet = facet_order(of_cells, np.array([wall.get(n, -1) for n in normals], dtype=np.int64))
    ordered_facets = reordered(Ragged.from_rows(facets), by_facet)
    generators = list(generator_ids)
    by_vertex = vertex_order(ordered_facets, len(generators), generators)
    places = inverse(by_vertex)
    return CellComplex(
        domain=polytope,
        neurons=net.numbering,
        patterns=patterns,
        maps=maps,
        denominator=search.denominator,
        generators=[generators[i] for i in by_vertex.tolist()],
        cells=renumbered(Ragged.from_rows(cells), places),
        facets=renumbered(ordered_facets, places),
        facet_cells=of_cells[by_facet],
        facet_normals=[normals[i] for i in by_facet.tolist()],
        lineality=tuple(search.lineality),
    )
