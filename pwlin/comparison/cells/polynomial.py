"""Errors on cells against polynomials and against other piecewise-linear functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

from pwlin.comparison.cells.supremum import ErrorOnCells, supremum
from pwlin.comparison.comparison_cells import ErrorsND
from pwlin.comparison.errors import Sup
from pwlin.exact.rational import reduced_fraction
from pwlin.formulas.target import Target
from pwlin.functions.cells import measure
from pwlin.functions.cells.function import PiecewiseLinearND

POLYNOMIAL, CERTIFIED = Fraction(1, 10**12), Fraction(1, 10**6)
"""Default relative widths of enclosures, from rational and from float arithmetic."""


@final
@dataclass(frozen=True)
class PolynomialErrors:
    """Errors against a polynomial: exact but for L1, and sup beyond degree 2."""

    function: PiecewiseLinearND
    target: Target
    tolerance: Fraction
    progress: bool

    exact = True

    @property
    def coefficients(self) -> Mapping[tuple[int, ...], Fraction]:
        coefficients: Mapping[tuple[int, ...], Fraction] = self.target.polynomial()
        return coefficients

    @cached_property
    def _certified(self) -> ErrorsND:
        from pwlin.comparison.cells.certified import CertifiedErrorsND

        return CertifiedErrorsND(self.function, self.target, max(self.tolerance, CERTIFIED), self.progress)

    def sup(self, regions: Sequence[int]) -> Sup:
        return supremum(ErrorOnCells(self.function, self.coefficients), regions, self.tolerance)

    def l1(self, regions: Sequence[int]) -> Any:
        return self._certified.l1(regions)

    def l2_squared(self, regions: Sequence[int]) -> Fraction:
        degree = max([1, *map(sum, self.coefficients)])
        den = math.lcm(*(c.denominator for c in self.coefficients.values()))
        terms = [(e, int(c * den), degree - sum(e)) for e, c in self.coefficients.items()]

        def square(x: list[Any], y: Any, unit: Any) -> Any:
            error = den * y * unit ** (degree - 1)
            for exponents, c, missing in terms:
                term = c * unit**missing
                for v, e in zip(x, exponents):
                    if e:
                        term *= v**e
                error -= term
            return error * error

        f = self.function
        value = measure.integrate(f.complex, regions, f.heights, square, 2 * degree) / den**2
        return reduced_fraction(int(value.p), int(value.q))

    def divide(self, value: Fraction, volume: Fraction) -> Fraction:
        return value / volume


@final
@dataclass(frozen=True)
class DifferenceErrors:
    """Errors that are a piecewise-linear function themselves, the difference of two."""

    function: PiecewiseLinearND

    exact = True

    def sup(self, regions: Sequence[int]) -> Sup:
        return supremum(ErrorOnCells(self.function, {}), regions, Fraction(1))

    def l1(self, regions: Sequence[int]) -> Fraction:
        return abs(self.function).integral()

    def l2_squared(self, regions: Sequence[int]) -> Fraction:
        f = self.function
        value = measure.integrate(f.complex, regions, f.heights, lambda x, y, unit: y * y, 2)
        return reduced_fraction(int(value.p), int(value.q))

    def divide(self, value: Fraction, volume: Fraction) -> Fraction:
        return value / volume
