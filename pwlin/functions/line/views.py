"""What a function of one variable hands out: sequences of records that are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.base.sequences import OnDemand
from pwlin.functions.flips import Flip
from pwlin.functions.line.records import Breakpoint, Piece, Region
from pwlin.functions.line.table import Table

if TYPE_CHECKING:
    from pwlin.functions.line.function import PiecewiseLinear1D

T = TypeVar("T")
Point = TypeVar("Point", bound=Breakpoint)
Rows = NDArray[np.int64]
Cell = tuple[Fraction | None, Fraction | None, Fraction, Fraction]


def regions(f: PiecewiseLinear1D) -> Sequence[Region]:
    """The regions of a function with their patterns."""
    return _on_demand(partial(_regions, f), np.arange(f.n_regions))


def pieces(f: PiecewiseLinear1D) -> Sequence[Piece]:
    """The pieces of a function."""
    return _on_demand(partial(_pieces, f), np.arange(f.n_pieces))


def points(f: PiecewiseLinear1D, kind: type[Point], chosen: NDArray[np.bool_]) -> Sequence[Point]:
    """Those of a function's breakpoints that are chosen, with the neurons that flip there."""
    return _on_demand(partial(_points, f, kind), np.flatnonzero(chosen))


def _on_demand(make: Callable[[Rows], list[T]], rows: Rows) -> Sequence[T]:
    return OnDemand(len(rows), partial(_one, make, rows), partial(make, rows))


def _one(make: Callable[[Rows], list[T]], rows: Rows, index: int) -> T:
    return make(rows[index : index + 1])[0]


def _regions(f: PiecewiseLinear1D, rows: Rows) -> list[Region]:
    if f._activity is None:
        return [Region(*cell, ()) for cell in _cells(f._regions_table, rows)]
    patterns = f._activity.of_regions(rows)
    return [Region(*cell, pattern) for cell, pattern in zip(_cells(f._regions_table, rows), patterns, strict=True)]


def _pieces(f: PiecewiseLinear1D, rows: Rows) -> list[Piece]:
    return [Piece(*cell) for cell in _cells(f._table, rows)]


def _cells(table: Table, rows: Rows) -> list[Cell]:
    """Ends, slopes and intercepts of neighbouring cells, one at least."""
    first, last = int(rows[0]), int(rows[-1])
    ends: list[Fraction | None] = list(table.breaks.take(slice(max(first - 1, 0), last + 1)))
    if first == 0:
        ends.insert(0, table.interval.left)
    if last == len(table) - 1:
        ends.append(table.interval.right)
    return list(zip(ends[:-1], ends[1:], table.slopes.take(rows), table.intercepts.take(rows), strict=True))


def _points(f: PiecewiseLinear1D, kind: type[Point], where: Rows) -> list[Point]:
    before, after = f._slopes.take(where), f._slopes.take(where + 1)
    flips: list[tuple[Flip[Fraction], ...]] = [()] * len(where)
    if f._activity is not None:
        flips = f._activity.flips(where, list(after - before))
    return list(map(kind, f._breaks.take(where), before, after, flips))
