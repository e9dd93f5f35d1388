"""Integrals of a function on a complex, exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpz

from pwlin.base import arguments
from pwlin.base.arguments import refusal
from pwlin.base.errors import ShapeError
from pwlin.exact.bridges import from_fmpq
from pwlin.exact.long_fractions import presentable
from pwlin.functions.cells import cones, planar, volumes
from pwlin.functions.cells.near_integrals import planned
from pwlin.geometry.interval import require_bounded

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def volume(f: PiecewiseLinearND) -> Fraction:
    """The volume of the domain, which is that of all regions together."""
    require_bounded(f.domain)
    return presentable(from_fmpq(volumes.polytope_volume(f.domain)))


def integrate(f: PiecewiseLinearND, integrand: Callable[[list[fmpz], fmpz, fmpz], fmpz], degree: int) -> Fraction:
    """The integral of a polynomial of the given total degree in x and F(x); see `volumes.integrate`.

    Cost: linear in the number of regions, and about degree**d / d!.
    """
    require_bounded(f.domain)
    return volumes.integrate(f.complex, range(f.n_regions), f.heights.all, integrand, degree)


def moment(f: PiecewiseLinearND, exponents: Sequence[int]) -> Fraction:
    """The integral of a monomial times the function, exact.

    Over thousands of regions it has millions of digits, and is a `Fraction` that makes them when they are asked for (see
    `pwlin.exact.long_fractions.LongFraction`): a float of it costs some 10 µs a region in the plane, all digits about 100.
    """
    powers = [arguments.whole(e, "exponents", 0) for e in arguments.items(exponents, "exponents")]
    if len(powers) != f.dim:
        raise refusal("exponents", f"{len(powers)} integers", f"are {f.dim} integers from 0", ShapeError)

    require_bounded(f.domain)

    def integrand(x: list[fmpz], y: fmpz, unit: fmpz) -> fmpz:
        for v, e in zip(x, powers):
            y = y * v**e
        return y

    def make() -> Fraction:
        if any(powers):
            return integrate(f, integrand, 1 + sum(powers))
        return planar.integral(f) if f.dim == 2 else cones.integral(f)

    return planned(f, {tuple(powers): Fraction(1)}, False, make)
