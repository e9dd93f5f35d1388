"""A function on a complex as a graph and as a table; networkx and pandas are imported only here, when asked for."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pwlin.base import arguments
from pwlin.base.errors import PwlinError
from pwlin.exact.bridges import from_fmpq
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells import volumes
from pwlin.functions.cells.complex import CellComplex
from pwlin.networks.neurons import pattern_text

if TYPE_CHECKING:
    from networkx import Graph
    from pandas import DataFrame

    from pwlin.functions.cells.function import PiecewiseLinearND


def _needed(name: str, error: ImportError) -> PwlinError:
    return PwlinError(f"{name}: not installed ({error}); `pip install 'pwlin[graphs]'` brings it")


def dual_graph(f: PiecewiseLinearND) -> Graph:
    """The dual graph: a networkx ``Graph`` whose nodes are region indices.

    Nodes have `pattern`; edges have `facet` (its index), `neurons` (those that flip) and `kink` (whether the gradient
    jumps). Two regions are joined exactly if they share a face of dimension d - 1.
    """
    try:
        import networkx
    except ImportError as error:
        raise _needed("networkx", error) from None
    graph = networkx.Graph()
    graph.add_nodes_from((r.index, {"pattern": r.pattern}) for r in f.regions)
    for kink, facets in ((True, f.kinks), (False, f.silent_facets)):
        for facet in facets:
            graph.add_edge(*facet.regions, facet=facet.index, neurons=facet.neurons, kink=kink)
    return graph


def to_dataframe(f: PiecewiseLinearND, exact: bool = False) -> DataFrame:
    """One row per region: pattern, gradient, offset, volume, centroid, numbers of vertices and facets, piece.

    Parameters
    ----------
    exact : bool
        Numbers as Fractions instead of float64 (nearest). Infinite volumes are ``inf``, their centroids missing.
    """
    try:
        import pandas
    except ImportError as error:
        raise _needed("pandas", error) from None

    arguments.flag(exact, "exact")

    cells, names = f.complex, [f"gradient_{k}" for k in range(f.dim)] + ["offset"]
    corners = cells.cells.lengths()
    vertices = np.add.reduceat(cells.vertex_mask[cells.cells.ids].astype(np.int64), cells.cells.offsets[:-1])
    if exact:
        maps = [[Fraction(v, cells.denominator) for v in row] for row in cells.output_maps(f.output)]
    else:
        gradients, offsets = f.numpy()
        maps = np.column_stack([gradients, offsets]).tolist()
    counts = zip(f.piece_of_region.tolist(), vertices.tolist(), (corners - vertices).tolist())
    rows = []
    for c, (piece, n_vertices, n_rays) in enumerate(counts):
        row: dict[str, object] = {"region": c, "piece": piece, "pattern": pattern_text(cells.pattern(c))}
        row |= dict(zip(names, maps[c]))
        volume, *centre = _size(cells, c) if exact else map(_rounded, _size(cells, c))
        row |= {"volume": volume, **{f"centroid_{k}": v for k, v in enumerate(centre)}}
        row |= {"vertices": n_vertices, "rays": n_rays, "facets": len(cells.cell_facets[c])}
        rows.append(row)
    return pandas.DataFrame(rows)


def _size(cells: CellComplex, cell: int) -> list[Fraction | float | None]:
    """Volume and centroid of a cell."""
    if not volumes.is_bounded(cells, cell):
        return [math.inf, *[None] * cells.dim]
    volume, centre = volumes.centroid(cells, cell)
    return list(map(from_fmpq, (volume, *centre)))


def _rounded(value: Fraction | float | None) -> float:
    return math.nan if value is None else nearest_float(value) if isinstance(value, Fraction) else value
