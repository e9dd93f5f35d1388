"""The algebra of functions on cells, as `PiecewiseLinearND` has it: what keeps the regions is done here, the rest by a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, final, overload

from pwlin.exact.rational import Number, as_number
from pwlin.geometry.cone import Vector
from pwlin.networks import compose

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND
    from pwlin.functions.line.function import PiecewiseLinear1D

    Operand: TypeAlias = PiecewiseLinearND | Number


def add(self: PiecewiseLinearND, other: Operand) -> PiecewiseLinearND:
    """The sum with another function on the same domain, on the common refinement of the regions, or with a number."""
    from pwlin.extraction import arithmetic

    return arithmetic.add(self, other)


def subtract(self: PiecewiseLinearND, other: Operand) -> PiecewiseLinearND:
    """The difference to another function on the same domain, on the common refinement of the regions, or to a number."""
    from pwlin.extraction import arithmetic

    return arithmetic.subtract(self, other)


def subtract_from(self: PiecewiseLinearND, other: Number) -> PiecewiseLinearND:
    """The number minus the function."""
    return add(negative(self), other)


def negative(self: PiecewiseLinearND) -> PiecewiseLinearND:
    """Minus the function, on its regions."""
    return affine_image(self, Fraction(-1), Fraction(0))


def positive(self: PiecewiseLinearND) -> PiecewiseLinearND:
    """The function itself."""
    return self


def multiply(self: PiecewiseLinearND, other: Number) -> PiecewiseLinearND:
    """The function times a number, on its regions."""
    factor = as_number(other)
    return NotImplemented if factor is None else affine_image(self, factor, Fraction(0))


def divide(self: PiecewiseLinearND, other: Number) -> PiecewiseLinearND:
    """The function divided by a number, on its regions."""
    divisor = as_number(other)
    return NotImplemented if divisor is None else affine_image(self, 1 / divisor, Fraction(0))


def absolute(self: PiecewiseLinearND) -> PiecewiseLinearND:
    """The magnitude, on regions that are also cut where the function is zero."""
    from pwlin.extraction import arithmetic

    return arithmetic.absolute(self)


def maximum(self: PiecewiseLinearND, other: Operand) -> PiecewiseLinearND:
    """The pointwise maximum with another function on the same domain, or a number; regions are also cut where both agree."""
    from pwlin.extraction import arithmetic

    return arithmetic.farther(self, other, 1)


def minimum(self: PiecewiseLinearND, other: Operand) -> PiecewiseLinearND:
    """The pointwise minimum with another function on the same domain, or a number; regions are also cut where both agree."""
    from pwlin.extraction import arithmetic

    return arithmetic.farther(self, other, -1)


def composed(self: PiecewiseLinearND, outer: PiecewiseLinear1D) -> PiecewiseLinearND:
    """The composition ``x -> outer(self(x))``, on regions that are also cut where the outer function has kinks."""
    from pwlin.extraction import arithmetic

    return arithmetic.composed(outer, self)


def affine_image(f: PiecewiseLinearND, factor: Fraction, shift: Fraction) -> PiecewiseLinearND:
    """``factor * f + shift``, on the regions of f; at no cost until its maps are asked for."""
    cells, size = f.complex, f.dim + 1
    unit = factor.denominator * shift.denominator
    maps = Images(
        cells.maps,
        slice(f.output * size, (f.output + 1) * size),
        factor.numerator * shift.denominator,
        shift.numerator * factor.denominator * cells.denominator,
    )
    image = replace(
        cells,
        maps=maps,
        denominator=cells.denominator * unit,
        make_near_maps=None,
        make_maps=None,
        map_residues=None,
        map_parts=None,
    )
    return type(f)(image, compose.scaled(f.network, factor, shift))


@final
@dataclass(frozen=True, eq=False)
class Images(Sequence[Vector]):
    """Integer maps of one output of a complex, times a factor, with something added to their offsets; made when asked for."""

    maps: Sequence[Vector]
    part: slice
    factor: int
    shift: int

    def __len__(self) -> int:
        return len(self.maps)

    @overload
    def __getitem__(self, cell: int) -> Vector: ...
    @overload
    def __getitem__(self, cell: slice) -> list[Vector]: ...
    def __getitem__(self, cell: int | slice) -> Vector | list[Vector]:
        if isinstance(cell, slice):
            return [self[i] for i in range(*cell.indices(len(self)))]
        return self._image(self.maps[cell])

    def __iter__(self):  # type: ignore[no-untyped-def]
        return map(self._image, self.maps)

    def _image(self, rows: Vector) -> Vector:
        *slopes, offset = rows[self.part]
        return (*(v * self.factor for v in slopes), offset * self.factor + self.shift)
