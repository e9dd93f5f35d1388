"""A function on a complex as a graph and as a table; networkx and pandas are imported only here, when asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pwlin.base import arguments
from pwlin.base.errors import PwlinError
from pwlin.exact.rational import nearest_float
from pwlin.exact.rounding import Floats
from pwlin.functions.cells.sizes import sizes
from pwlin.networks.neurons import Neuron

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
    cells, packed = f.complex, list(f.complex.patterns)
    graph.add_nodes_from((c, {"pattern": pattern}) for c, pattern in enumerate(cells.neurons.patterns(packed)))
    known: dict[int, tuple[Neuron, ...]] = {}
    for facet, (a, b), kink in zip(
        cells.interior.tolist(), cells.facet_cells[cells.interior].tolist(), f.bends.tolist()
    ):
        flips = packed[a] ^ packed[b]
        if flips not in known:
            known[flips] = cells.neurons.among(flips)
        graph.add_edge(a, b, facet=facet, neurons=known[flips], kink=kink)
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
    maps: Sequence[object]
    if exact:
        maps = list(zip(*([Fraction(v, cells.denominator) for v in row] for row in cells.output_maps(f.output))))
    else:
        gradients, offsets = f.numpy()
        maps = [*gradients.T, offsets]
    columns: dict[str, object] = {
        "region": np.arange(len(cells)),
        "piece": f.piece_of_region,
        "pattern": cells.neurons.texts(list(cells.patterns)),
        **dict(zip(names, maps)),
    }
    measures = list(zip(*_sizes(f, range(len(cells))))) if exact else _rounded_sizes(f)
    columns |= dict(zip(["volume", *(f"centroid_{k}" for k in range(f.dim))], measures))
    columns |= {"vertices": vertices, "rays": corners - vertices, "facets": cells.cell_facets.lengths()}
    return pandas.DataFrame(columns)


def _rounded_sizes(f: PiecewiseLinearND) -> Floats:
    """Volumes and centroids of all regions, shape (1 + d, n), each number correctly rounded."""
    if f.domain.is_bounded:
        found, sure = sizes(f.complex)
    else:
        found, sure = np.empty((1 + f.dim, f.n_regions)), np.zeros(f.n_regions, dtype=bool)
    doubtful = np.flatnonzero(~sure)
    exact = [list(map(_rounded, size)) for size in _sizes(f, doubtful.tolist())]
    found[:, doubtful] = np.array(exact).reshape(-1, 1 + f.dim).T
    return found


def _sizes(f: PiecewiseLinearND, chosen: Sequence[int]) -> Iterator[list[Fraction | float | None]]:
    """Volumes and centroids of regions."""
    for volume, centroid in zip(f.measures.volumes.take(chosen), f.measures.centroids.take(chosen)):
        yield [volume, *(centroid or [None] * f.dim)]


def _rounded(value: Fraction | float | None) -> float:
    return math.nan if value is None else nearest_float(value) if isinstance(value, Fraction) else value
