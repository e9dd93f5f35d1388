"""A function on a complex as a graph and as a table; networkx and pandas are imported only here, when asked for."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.base import arguments
from pwlin.base.errors import PwlinError
from pwlin.exact.rational import nearest_float
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

    def number(value: Fraction | float | None) -> Fraction | float | None:
        if value is None:
            return None if exact else math.nan
        return value if exact or not isinstance(value, Fraction) else nearest_float(value)

    rows = []
    for r, piece in zip(f.regions, f.piece_of_region.tolist()):
        row: dict[str, object] = {"region": r.index, "piece": piece, "pattern": pattern_text(r.pattern)}
        row |= {f"gradient_{k}": number(v) for k, v in enumerate(r.gradient)}
        row |= {"offset": number(r.offset), "volume": number(r.volume)}
        centre = r.centroid or (None,) * f.dim
        row |= {f"centroid_{k}": number(v) for k, v in enumerate(centre)}
        row |= {"vertices": len(r.vertices), "rays": len(r.rays), "facets": len(r.facets)}
        rows.append(row)
    return pandas.DataFrame(rows)
