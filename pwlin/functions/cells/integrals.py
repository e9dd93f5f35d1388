"""Integrals of a function on a complex, exact."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pwlin.base.errors import ShapeError
from pwlin.exact.rational import reduced_fraction
from pwlin.functions.cells import measure
from pwlin.geometry.interval import require_bounded

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def volume(f: PiecewiseLinearND) -> Fraction:
    """The volumes of the regions, added up."""
    require_bounded(f.domain)
    return _fraction(measure.total(measure.volume(f.complex, c) for c in range(f.n_regions)))


def integrate(f: PiecewiseLinearND, integrand: Callable[[list[Any], Any, Any], Any], degree: int) -> Fraction:
    """The integral of a polynomial of the given total degree in x and F(x); see `measure.integrate`.

    Cost: linear in the number of regions, and about degree**d / d!.
    """
    require_bounded(f.domain)
    return _fraction(measure.integrate(f.complex, range(f.n_regions), f.heights, integrand, degree))


def moment(f: PiecewiseLinearND, exponents: tuple[int, ...]) -> Fraction:
    """The integral of a monomial times the function."""
    if len(exponents) != f.dim or not all(isinstance(e, int) and e >= 0 for e in exponents):
        raise ShapeError(f"exponents: found {exponents}; accepted are {f.dim} integers from 0")

    def integrand(x: list[Any], y: Any, unit: Any) -> Any:
        for v, e in zip(x, exponents):
            y = y * v**e
        return y

    return integrate(f, integrand, 1 + sum(exponents))


def _fraction(value: Any) -> Fraction:
    return reduced_fraction(int(value.p), int(value.q))  # FLINT keeps lowest terms
