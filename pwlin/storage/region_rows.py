"""Rows of regions on disk: exact numbers as text, and beside them floats that are correctly rounded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pwlin.base.errors import PwlinError
from pwlin.exact.bridges import from_fmpq
from pwlin.exact.digits import integer, ratio
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells import volumes
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.faces import polygon_order
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import dehomogenize

if TYPE_CHECKING:
    import pyarrow

UNBOUNDED = "inf"
"""The volume of an unbounded region, as text."""


def arrow() -> None:
    """Refuse to go on without pyarrow.

    Raises
    ------
    PwlinError
        If it is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise PwlinError(
            'pyarrow: found none; accepted is an installation with it (pip install "pwlin[parquet]")'
        ) from None


def schema() -> pyarrow.Schema:
    """The columns of a region; those called ``exact`` hold what the floats beside them round."""
    import pyarrow as pa

    number, exact = pa.float64(), pa.string()
    return pa.schema(
        {
            "pattern": pa.list_(pa.bool_()),
            "gradients": pa.list_(pa.list_(number)),
            "offsets": pa.list_(number),
            "vertices": pa.list_(pa.list_(number)),
            "volume": number,
            "gradients_exact": pa.list_(pa.list_(exact)),
            "offsets_exact": pa.list_(exact),
            "vertices_exact": pa.list_(pa.list_(exact)),
            "volume_exact": exact,
            "rays": pa.list_(pa.list_(exact)),
            "lines": pa.list_(pa.list_(exact)),
        }
    )


def table(cells: CellComplex) -> pyarrow.Table:
    """A row for each cell, in their order.

    Cost: some 10 microseconds for each number that is written.
    """
    import pyarrow as pa

    maps = [list(_maps(cells, row)) for row in cells.maps]
    shapes = list(_shapes(cells))
    sizes = [_volume(cells, cell) for cell in range(len(cells))]
    lines = [[integer(v) for v in line[:-1]] for line in cells.lineality]
    columns = {
        "pattern": _patterns(cells),
        "gradients": [[list(map(nearest_float, g)) for g, _ in row] for row in maps],
        "offsets": [[nearest_float(b) for _, b in row] for row in maps],
        "vertices": [[floats for floats, _ in vertices] for vertices, _ in shapes],
        "volume": [math.inf if v is None else nearest_float(v) for v in sizes],
        "gradients_exact": [[list(map(ratio, g)) for g, _ in row] for row in maps],
        "offsets_exact": [[ratio(b) for _, b in row] for row in maps],
        "vertices_exact": [[exact for _, exact in vertices] for vertices, _ in shapes],
        "volume_exact": [UNBOUNDED if v is None else ratio(v) for v in sizes],
        "rays": [rays for _, rays in shapes],
        "lines": [lines] * len(cells),
    }
    kinds = schema()
    return pa.table(
        [
            column if isinstance(column, pa.Array) else pa.array(column, kinds.field(name).type)
            for name, column in columns.items()
        ],
        schema=kinds,
    )


def _patterns(cells: CellComplex) -> pyarrow.Array:
    """The units of all layers, one after the other."""
    import pyarrow as pa

    bits = cells.neurons.arrays(list(cells.patterns))
    units = np.concatenate([b[:, :n] for b, n in zip(bits, cells.neurons.widths)], axis=1) if bits else None
    width = 0 if units is None else units.shape[1]
    flat = pa.array([], pa.bool_()) if units is None else pa.array(units.ravel())
    ends = np.arange(len(cells) + 1, dtype=np.int32) * width
    return pa.ListArray.from_arrays(pa.array(ends), flat)


def _maps(cells: CellComplex, row: Vector) -> Iterator[tuple[list[Fraction], Fraction]]:
    """Gradient and offset of each output."""
    n, den = cells.dim + 1, cells.denominator
    for start in range(0, len(row), n):
        *gradient, offset = (Fraction(int(v), den) for v in row[start : start + n])
        yield gradient, offset


def _shapes(cells: CellComplex) -> Iterator[tuple[list[tuple[list[float], list[str]]], list[list[str]]]]:
    """The vertices of each cell, in floats and exact, and its rays.

    Vertices of bounded cells in the plane go round counterclockwise, from the least one; others are sorted.
    """
    points = [dehomogenize(g) if g[-1] else None for g in cells.generators]
    texts = [None if point is None else (list(map(nearest_float, point)), list(map(ratio, point))) for point in points]
    for cell in range(len(cells)):
        ids = cells.cells[cell]
        if cells.dim == 2 and volumes.is_bounded(cells, cell):
            order = polygon_order(cells, cell)
            first = order.index(min(order, key=lambda g: points[g] or ()))
            order = order[first:] + order[:first]
        else:
            order = sorted((g for g in ids if points[g] is not None), key=lambda g: points[g] or ())
        rays = sorted(tuple(cells.generators[g][:-1]) for g in ids if points[g] is None)
        yield [t for g in order if (t := texts[g]) is not None], [list(map(integer, ray)) for ray in rays]


def _volume(cells: CellComplex, cell: int) -> Fraction | None:
    if not volumes.is_bounded(cells, cell):
        return None
    return from_fmpq(volumes.volume(cells, cell))


def joined(tables: Sequence[pyarrow.Table]) -> pyarrow.Table:
    """The rows of all of them."""
    import pyarrow as pa

    return pa.concat_tables([schema().empty_table(), *tables])
