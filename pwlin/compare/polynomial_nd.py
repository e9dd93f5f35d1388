"""How far a piecewise-linear function of several variables is from a target or from another such function."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

from pwlin.compare.comparison_nd import ComparisonND, ErrorsND
from pwlin.compare.records import Sup
from pwlin.compare.supremum_nd import ErrorOnCells, supremum
from pwlin.compare.targets import Target, parse_target
from pwlin.complexnd import measure
from pwlin.errors import DomainError, TargetError
from pwlin.functionnd import PiecewiseLinearND
from pwlin.rational import reduced_fraction, to_fraction

_POLYNOMIAL, _CERTIFIED = Fraction(1, 10**12), Fraction(1, 10**6)
"""Default relative widths of enclosures, from rational and from float arithmetic."""


@final
@dataclass(frozen=True)
class _PolynomialErrors:
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
        from pwlin.compare.certified_nd import CertifiedErrorsND

        return CertifiedErrorsND(self.function, self.target, max(self.tolerance, _CERTIFIED), self.progress)

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
class _DifferenceErrors:
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


def compare_nd(
    function: PiecewiseLinearND, target: Any, domain: Any = None, tolerance: Any = None, progress: bool = False
) -> ComparisonND:
    """Measure how far a function of several variables is from a target or from another function.

    Parameters
    ----------
    function : PiecewiseLinearND
    target : str, sympy expression, number, Target or PiecewiseLinearND
        Text is read by `pwlin.compare.targets.parse_target`, in as many variables as the function has.
    domain : list of pairs or Polytope, optional
        Bounded; the function (and a piecewise-linear target) is restricted to it first. Default: all of its domain.
    tolerance : exact number, optional
        Relative width asked of enclosures. Default: 1e-12 for the sup error against polynomials, 1e-6 for other enclosures
        (which float intervals narrow to about 1e-12, at a cost; see the notes of `ComparisonND`).
    progress : bool
        Whether to show a bar while enclosures are narrowed.

    Returns
    -------
    ComparisonND
        With exact numbers against polynomials with rational coefficients and piecewise-linear functions, and enclosures
        against targets in elementary functions.

    Raises
    ------
    DomainError
        If the domain is unbounded or reaches beyond the function's.
    TargetError
        If the target cannot be read, or has a pole or is undefined somewhere in the domain (or that cannot be excluded).

    Examples
    --------
    >>> from pwlin import Network
    >>> from pwlin.extract.cells import extract_cells
    >>> tents = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
    >>> F = extract_cells(tents, [(-1, 1), (-1, 1)])[0]
    >>> c = F.compare("x**2 + y**2")
    >>> c.sup, c.argsup, c.mse
    (Fraction(1, 2), (Fraction(-1, 2), Fraction(-1, 2)), Fraction(11, 90))
    >>> print(F.compare("cos(x) + cos(y)").sup)
    2.0000000000000
    """
    f = function if domain is None else function.restrict(domain)
    if not f.domain.is_bounded:
        raise DomainError(f"domain: found {f.domain}, where errors may be infinite; accepted are bounded domains")
    if isinstance(target, PiecewiseLinearND):
        other = target if target.domain == f.domain else target.restrict(f.domain)
        difference = f - other
        return ComparisonND(difference, target, _relative(tolerance, _POLYNOMIAL), _DifferenceErrors(difference))
    goal = parse_target(target, f.dim)
    if goal.is_polynomial:
        relative = _relative(tolerance, _POLYNOMIAL)
        return ComparisonND(f, goal, relative, _PolynomialErrors(f, goal, relative, progress))
    from pwlin.compare.certified_nd import CertifiedErrorsND

    relative = _relative(tolerance, _CERTIFIED)
    return ComparisonND(f, goal, relative, CertifiedErrorsND(f, goal, relative, progress))


def _relative(tolerance: Any, default: Fraction) -> Fraction:
    if tolerance is None:
        return default
    relative = to_fraction(tolerance, "tolerance")
    if not 0 < relative < 1:
        raise TargetError(f"tolerance: found {tolerance}; accepted are numbers between 0 and 1")
    return relative
