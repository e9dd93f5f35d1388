"""Exact cells in d >= 2 dimensions, all in rationals: the specification that faster searches must meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from pwlin._cone import Vector
from pwlin.complexnd.raw import CellComplex, Ragged
from pwlin.domain import as_polytope
from pwlin.extract._search import Search
from pwlin.functionnd import PiecewiseLinearND
from pwlin.network import Network


def extract_cells(net: Network, domain: Any = None, progress: bool = False) -> tuple[PiecewiseLinearND, ...]:
    """The functions that a network's outputs are, one per output, on one complex that they share; see `cell_complex`.

    Examples
    --------
    >>> cross = Network.from_arrays([[[1, 0], [0, 1]], [[1, -1]]], None, "abs")
    >>> (f,) = extract_cells(cross, [(-1, 1), (-1, 1)])
    >>> f.n_regions, f.f_vector(), f.max().value, f.integral()
    (4, (9, 12, 4), Fraction(1, 1), Fraction(0, 1))
    """
    cells = cell_complex(net, domain, progress)
    if net.output_dim == 1:
        return (PiecewiseLinearND(cells, net),)
    return tuple(PiecewiseLinearND(cells, net.output(i), i) for i in range(net.output_dim))


def cell_complex(net: Network, domain: Any = None, progress: bool = False) -> CellComplex:
    """The raw complex of a network on a domain, searched in rationals only.

    Parameters
    ----------
    net : Network
    domain : None, list of pairs, or Polytope
        See `pwlin.domain.as_polytope`.
    progress : bool
        Show a bar that counts cells.

    Returns
    -------
    CellComplex
        Exact. Cost: a few products of integer matrices per cell of each layer's complex and a few vertex
        operations per cut; the memory is that of the result.
    """
    polytope = as_polytope(domain, net.input_dim)
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
    leaves: Any = search.leaves(search.root())
    if progress:
        from tqdm import tqdm

        leaves = tqdm(leaves, desc="extract", unit=" cells", leave=False)
    for leaf in leaves:
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
    return CellComplex(
        domain=polytope,
        widths=net.widths,
        patterns=patterns,
        maps=maps,
        denominator=search.denominator,
        generators=list(generator_ids),
        cells=Ragged.from_rows(cells),
        facets=Ragged.from_rows(facets),
        facet_cells=np.array(facet_cells, dtype=np.int64).reshape(-1, 2),
        facet_normals=normals,
        lineality=tuple(search.lineality),
    )
