"""Errors on cells against polynomials; another piecewise-linear function is the polynomial 0 for the difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, final

from flint import fmpz

from pwlin.comparison.cells import simplices
from pwlin.comparison.cells.certified import CertifiedErrorsND
from pwlin.comparison.cells.linear import split
from pwlin.comparison.cells.polynomial_sup import ErrorOnCells, supremum
from pwlin.comparison.cells.square import integral_of_square
from pwlin.comparison.errors import Sup
from pwlin.exact.bridges import to_fmpq
from pwlin.exact.long_fractions import total
from pwlin.formulas.kinds import Formula
from pwlin.functions.cells import volumes
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.near_integrals import planned
from pwlin.functions.cells.volumes import polytope_integral
from pwlin.geometry.polytope import Point

if TYPE_CHECKING:
    from pwlin.comparison.errors import Value

POLYNOMIAL, CERTIFIED = Fraction(1, 10**12), Fraction(1, 10**6)
"""Default relative widths of enclosures, from rational and from float arithmetic."""


@final
@dataclass(frozen=True)
class PolynomialErrors:
    """Errors against a polynomial: exact, but for L1 beyond degree 1 and sup beyond degree 2.

    Attributes
    ----------
    target : Formula or None
        The polynomial; None for the polynomial 0.
    """

    function: PiecewiseLinearND
    target: Formula | None
    tolerance: Fraction
    progress: bool = False

    exact = True

    @cached_property
    def _coefficients(self) -> Mapping[tuple[int, ...], Fraction]:
        return {} if self.target is None else self.target.polynomial()

    @cached_property
    def _error(self) -> ErrorOnCells:
        return ErrorOnCells(self.function, self._coefficients)

    @cached_property
    def _certified(self) -> CertifiedErrorsND:
        assert self.target is not None, "errors against 0 are affine"
        parts, relative = split(self.function, self.target), max(self.tolerance, CERTIFIED)
        return CertifiedErrorsND(self.function, self.target, relative, parts, self.progress)

    def sup(self, regions: Sequence[int]) -> Sup[Point]:
        """Largest magnitude of the error on some regions and where it is taken."""
        return supremum(self._error, regions, self.tolerance)

    def l1(self, regions: Sequence[int]) -> Value:
        """Integral of the error's magnitude over some regions."""
        if self._error.degree > 1:
            return self._certified.l1(regions)
        cells, error = self.function.complex, self._error
        values = {g: to_fmpq(v) for g, v in error.at_vertices(regions).items()}
        parts = []
        for c in regions:
            for ids in volumes.simplices(cells, c):
                size = volumes.simplex_volume([cells.generators[g] for g in ids])
                parts.append(simplices.magnitude_integral([values[g] for g in ids], size))
        return total(parts)

    def l2_squared(self, regions: Sequence[int]) -> Fraction:
        """Integral of the squared error over some regions."""
        if len(regions) < self.function.n_regions:
            return self._l2_squared(regions)
        # F (F - 2 p) is what depends on the function
        whole = polytope_integral(self.function.domain, lambda x: self._target_at(x) ** 2, 2 * self._error.degree)
        twice = {exponents: -2 * c for exponents, c in self._coefficients.items()}
        return planned(self.function, twice, True, lambda: self._l2_squared(regions) - whole) + whole

    def _target_at(self, x: Sequence[Fraction]) -> Fraction:
        terms = self._coefficients.items()
        return sum((c * math.prod(map(pow, x, exponents), start=Fraction(1)) for exponents, c in terms), Fraction(0))

    def _l2_squared(self, regions: Sequence[int]) -> Fraction:
        degree = self._error.degree
        if degree <= 2:
            return integral_of_square(self.function, self._coefficients, regions)
        den = math.lcm(*(c.denominator for c in self._coefficients.values()))
        terms = [(e, int(c * den), degree - sum(e)) for e, c in self._coefficients.items()]

        def square(x: list[fmpz], y: fmpz, unit: fmpz) -> fmpz:
            error = den * y * unit ** (degree - 1)
            for exponents, c, missing in terms:
                term = c * unit**missing
                for v, e in zip(x, exponents):
                    if e:
                        term *= v**e
                error -= term
            return error * error

        f = self.function
        return volumes.integrate(f.complex, regions, f.heights.all, square, 2 * degree) / den**2

    def size(self, regions: Sequence[int]) -> Fraction:
        """Volume of some regions."""
        return simplices.volume(self.function, regions)
