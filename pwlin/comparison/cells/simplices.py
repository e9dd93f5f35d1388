"""Simplices of a function on a complex: exact corners and values, cut along hyperplanes, and what integrates over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.bridges import from_fmpq, to_fmpq
from pwlin.exact.long_fractions import total
from pwlin.functions.cells import volumes
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.volumes import simplex_volume
from pwlin.geometry.polytope import Point, dehomogenize, homogenize

if TYPE_CHECKING:
    from flint import fmpq

T = TypeVar("T")
AffineForm = tuple[Fraction, ...]
"""Coefficients of the variables, then the constant."""


@dataclass(frozen=True, slots=True)
class Simplex:
    """A simplex with the function's values at its corners and the region that it is part of."""

    corners: tuple[Point, ...]
    values: tuple[Fraction, ...]
    region: int

    @property
    def volume(self) -> Fraction:
        """Its volume."""
        return from_fmpq(simplex_volume([homogenize(corner) for corner in self.corners]))


def simplices(function: PiecewiseLinearND, regions: Sequence[int]) -> Iterator[Simplex]:
    """Some regions of a function, triangulated; corners that are one vertex are one object, and so are values there."""
    cells = function.complex
    known: dict[int, tuple[Point, Fraction]] = {}
    for region in regions:
        for ids in volumes.simplices(cells, region):
            for g in ids:
                if g not in known:
                    vector = cells.generators[g]
                    value = Fraction(function.heights.all[g], cells.denominator * vector[-1])
                    known[g] = dehomogenize(vector), value
            corners, values = zip(*(known[g] for g in ids))
            yield Simplex(corners, values, region)


def distinct(rows: Iterable[Sequence[T]]) -> tuple[list[T], NDArray[np.int64]]:
    """The objects in rows, each once, and which of them stands at each place."""
    found: dict[int, tuple[int, T]] = {}
    where = [found.setdefault(id(v), (len(found), v))[0] for row in rows for v in row]
    return [v for _, v in found.values()], np.array(where, dtype=np.int64)


def value_at(form: AffineForm, point: Point) -> Fraction:
    """An affine form at a point."""
    return sum((a * v for a, v in zip(form, point)), form[-1])


def cut(simplex: Simplex, form: AffineForm) -> Iterator[tuple[int, Simplex]]:
    """The parts on which a form is not negative (0) and those on which it is not positive (1)."""
    at = [value_at(form, corner) for corner in simplex.corners]
    high, low = max(range(len(at)), key=at.__getitem__), min(range(len(at)), key=at.__getitem__)
    if not at[high] > 0 > at[low]:
        yield (0 if at[high] > 0 or at[low] == 0 else 1), simplex
        return
    share = at[high] / (at[high] - at[low])
    middle = tuple(a + share * (b - a) for a, b in zip(simplex.corners[high], simplex.corners[low]))
    value = simplex.values[high] + share * (simplex.values[low] - simplex.values[high])
    for gone in (high, low):
        corners = tuple(middle if k == gone else c for k, c in enumerate(simplex.corners))
        values = tuple(value if k == gone else v for k, v in enumerate(simplex.values))
        yield from cut(Simplex(corners, values, simplex.region), form)


def volume(function: PiecewiseLinearND, regions: Sequence[int]) -> Fraction:
    """Volume of some regions, each listed once."""
    if len(regions) == function.n_regions and function.domain.is_bounded:
        return function.volume()
    return total(to_fmpq(Fraction(function.measures.volumes[c])) for c in regions)


def magnitude_integral(values: Sequence[fmpq], volume: fmpq) -> fmpq:
    """The integral, over a simplex of some volume, of the magnitude of the affine function with these values at the corners.

    Where signs differ, the simplex is cut at the zero on the edge from the largest to the smallest value; each half has one
    corner less whose value is not zero.
    """
    high, low = (pick(range(len(values)), key=values.__getitem__) for pick in (max, min))
    top, bottom = values[high], values[low]
    if not top > 0 > bottom:
        return volume * abs(sum(values)) / len(values)
    share = top / (top - bottom)
    halves = ((high, 1 - share), (low, share))
    return sum(
        magnitude_integral([v * (k != gone) for k, v in enumerate(values)], volume * part) for gone, part in halves
    )
