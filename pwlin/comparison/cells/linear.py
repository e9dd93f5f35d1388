"""Exact errors on cells against formulas that are piecewise linear: affine on simplices, once these are cut at the switches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, final

from flint import fmpq

from pwlin.comparison.cells.defined import check_defined_on
from pwlin.comparison.cells.gaps import check_cancelled, check_hidden
from pwlin.comparison.cells.simplices import Simplex, magnitude_integral, value_at, volume
from pwlin.comparison.cells.simplices import simplices as simplices_of
from pwlin.comparison.cells.switches import affine_form, split_regions
from pwlin.comparison.errors import Sup
from pwlin.exact.bridges import from_fmpq, to_fmpq
from pwlin.exact.long_fractions import total
from pwlin.formulas.kinds import Formula
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Point

if TYPE_CHECKING:
    from sympy import Expr

Split = list[tuple["Expr", Sequence[Simplex]]]


@final
@dataclass(frozen=True)
class LinearErrors:
    """Errors that are affine on each of the simplices of each region, by their values at the corners.

    Where the formula jumps the values beside the jump count.
    """

    function: PiecewiseLinearND
    parts: dict[int, list[tuple[Simplex, list[fmpq]]]]

    exact = True

    def sup(self, regions: Sequence[int]) -> Sup[Point]:
        """Largest magnitude of the error on some regions and the corners where it is taken."""
        best, points = fmpq(-1), set()
        for simplex, values in self._of(regions):
            for corner, value in zip(simplex.corners, values):
                if abs(value) > best:
                    best, points = abs(value), {corner}
                elif abs(value) == best:
                    points.add(corner)
        return Sup(from_fmpq(best), tuple(sorted(points)))

    def l1(self, regions: Sequence[int]) -> Fraction:
        """Integral of the error's magnitude over some regions."""
        return total(magnitude_integral(v, to_fmpq(s.volume)) for s, v in self._of(regions))

    def l2_squared(self, regions: Sequence[int]) -> Fraction:
        """Integral of the squared error over some regions."""
        n = (self.function.dim + 1) * (self.function.dim + 2)
        found = (to_fmpq(s.volume) * (sum(v * v for v in e) + sum(e) ** 2) / n for s, e in self._of(regions))
        return total(found)

    def size(self, regions: Sequence[int]) -> Fraction:
        """Volume of some regions."""
        return volume(self.function, regions)

    def _of(self, regions: Sequence[int]) -> list[tuple[Simplex, list[fmpq]]]:
        return [part for region in regions for part in self.parts[region]]


def check_target_nd(target: Formula, function: PiecewiseLinearND) -> None:
    """Return if a target is certainly defined on the domain of a function, but perhaps at removable points.

    Raises
    ------
    TargetError
        With the operation and the place.
    """
    check_cancelled_nd(function, target)
    split(function, target)


def check_cancelled_nd(function: PiecewiseLinearND, target: Formula) -> None:
    """Return if the parts of a target that have cancelled are defined on the domain of a function, as on the line."""
    if target.cancelled_needs:
        check_cancelled(target, list(simplices_of(function, range(function.n_regions))))


def split(function: PiecewiseLinearND, target: Formula) -> Split:
    """The formulas that a target is on the simplices of a function, cut where it switches at hyperplanes.

    Raises
    ------
    TargetError
        If the target is not defined and finite everywhere on the domain.
    """
    parts = split_regions(function, range(function.n_regions), target.simplified, target.variables)
    check_hidden(target, parts)
    for formula, simplices in parts:
        check_defined_on(formula, target.variables, simplices, repr(target.text))
    return parts


def linear_errors(function: PiecewiseLinearND, target: Formula, pieces: Split) -> LinearErrors | None:
    """Exact errors if all formulas are affine with rational coefficients, else None."""
    found: dict[int, list[tuple[Simplex, list[fmpq]]]] = defaultdict(list)
    for formula, parts in pieces:
        form = affine_form(formula, target.variables)
        if form is None:
            return None
        for simplex in parts:
            errors = [to_fmpq(v - value_at(form, c)) for v, c in zip(simplex.values, simplex.corners)]
            found[simplex.region].append((simplex, errors))
    return LinearErrors(function, dict(found))
