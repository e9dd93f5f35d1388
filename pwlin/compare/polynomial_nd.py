"""How far a piecewise-linear function of several variables is from a polynomial or from another such function."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol, final

from pwlin.compare.comparison import decimal_text, exact_text
from pwlin.compare.records import Sup
from pwlin.compare.supremum_nd import ErrorOnCells, supremum
from pwlin.compare.targets import parse_target
from pwlin.complexnd import measure
from pwlin.complexnd.records import Records
from pwlin.errors import DomainError, TargetError
from pwlin.functionnd import PiecewiseLinearND
from pwlin.rational import to_fraction


class _Errors(Protocol):
    @property
    def function(self) -> PiecewiseLinearND: ...
    def sup(self, regions: Sequence[int]) -> Sup: ...
    def l1(self, regions: Sequence[int]) -> Fraction: ...
    def l2_squared(self, regions: Sequence[int]) -> Fraction: ...


@final
@dataclass(frozen=True)
class RegionError:
    """Errors on one region, each computed when it is asked for."""

    region: int
    _errors: _Errors

    @cached_property
    def _sup(self) -> Sup:
        return self._errors.sup((self.region,))

    @property
    def sup(self) -> Any:
        """Largest magnitude of the error on the region."""
        return self._sup.value

    @property
    def argsup(self) -> Any:
        """The first point, in order of coordinates, where it is taken."""
        return self._sup.points[0]

    @cached_property
    def l2_squared(self) -> Fraction:
        """Integral of the squared error over the region."""
        return self._errors.l2_squared((self.region,))

    @cached_property
    def mse(self) -> Fraction:
        """Mean squared error over the region."""
        return self.l2_squared / Fraction(self._errors.function.regions[self.region].volume)


@final
@dataclass(frozen=True, repr=False)
class ComparisonND:
    """Errors against a target on a bounded domain; get one from ``F.compare(target)``.

    Attributes
    ----------
    function : PiecewiseLinearND
        The function on the domain of the comparison. Against another function: the difference, so that the regions of
        `per_region` are those of both.
    target : Target or PiecewiseLinearND

    Notes
    -----
    Every number is computed when it is first asked for. `l2_squared`, `mse` and `l1` are exact. `sup` is an exact
    `Fraction` against polynomials of degree at most 2 and piecewise-linear functions, an `Enclosure` otherwise.
    """

    function: PiecewiseLinearND
    target: Any
    _errors: _Errors

    @cached_property
    def _sup(self) -> Sup:
        return self._errors.sup(self._all)

    @property
    def _all(self) -> range:
        return range(self.function.n_regions)

    @property
    def sup(self) -> Any:
        """Largest magnitude of the error."""
        return self._sup.value

    @property
    def argsup(self) -> tuple[Fraction, ...]:
        """The first of `argsups`."""
        point: tuple[Fraction, ...] = self._sup.points[0]
        return point

    @property
    def argsups(self) -> tuple[tuple[Fraction, ...], ...]:
        """Points where the error is as large as `sup`; if that is an enclosure, one where it is at least the lower end.

        If the error is that large along whole faces, some points of each.
        """
        return self._sup.points

    @cached_property
    def l1(self) -> Fraction:
        """Integral of the error's magnitude; only against piecewise-linear functions (`TargetError` otherwise)."""
        return self._errors.l1(self._all)

    @cached_property
    def l2_squared(self) -> Fraction:
        """Integral of the squared error."""
        return self._errors.l2_squared(self._all)

    @cached_property
    def mse(self) -> Fraction:
        """Mean squared error over the domain."""
        return self.l2_squared / self.function.volume()

    @property
    def per_region(self) -> Sequence[RegionError]:
        """The errors on each region, computed when asked for."""
        return Records(self._region_error, self._all)

    def _region_error(self, region: int) -> RegionError:
        return RegionError(region, self._errors)

    def __repr__(self) -> str:
        text = str(getattr(self.target, "text", self.target))
        return f"ComparisonND({self.function.n_regions} regions with {text:.60})"

    def __str__(self) -> str:
        rows = [("sup", self.sup), ("L2 squared", self.l2_squared), ("MSE", self.mse)]
        lines = [f"  {name:<11} {decimal_text(value):<24} {exact_text(value)}".rstrip() for name, value in rows]
        place = ", ".join(decimal_text(v) for v in self.argsup)
        return "\n".join([repr(self), *lines[:1], f"  {'at':<11} ({place})", *lines[1:]])


@final
@dataclass(frozen=True)
class _PolynomialErrors:
    function: PiecewiseLinearND
    coefficients: Mapping[tuple[int, ...], Fraction]
    tolerance: Fraction

    def sup(self, regions: Sequence[int]) -> Sup:
        return supremum(ErrorOnCells(self.function, self.coefficients), regions, self.tolerance)

    def l1(self, regions: Sequence[int]) -> Fraction:
        raise TargetError("l1: found a polynomial target in several variables; accepted are piecewise-linear functions")

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
        return Fraction(int(value.p), int(value.q))


@final
@dataclass(frozen=True)
class _DifferenceErrors:
    function: PiecewiseLinearND

    def sup(self, regions: Sequence[int]) -> Sup:
        return supremum(ErrorOnCells(self.function, {}), regions, Fraction(1))

    def l1(self, regions: Sequence[int]) -> Fraction:
        return abs(self.function).integral()

    def l2_squared(self, regions: Sequence[int]) -> Fraction:
        f = self.function
        value = measure.integrate(f.complex, regions, f.heights, lambda x, y, unit: y * y, 2)
        return Fraction(int(value.p), int(value.q))


def compare_nd(function: PiecewiseLinearND, target: Any, domain: Any = None, tolerance: Any = "1e-12") -> ComparisonND:
    """Measure how far a function of several variables is from a polynomial or from another function.

    Parameters
    ----------
    function : PiecewiseLinearND
    target : str, sympy expression, number, Target or PiecewiseLinearND
        Text is read by `pwlin.compare.targets.parse_target`; it must be a polynomial with rational coefficients in as
        many variables as the function has.
    domain : list of pairs or Polytope, optional
        Bounded; the function (and a piecewise-linear target) is restricted to it first. Default: all of its domain.
    tolerance : exact number
        Relative width asked of the enclosure of the sup error, where that is not exact.

    Raises
    ------
    DomainError
        If the domain is unbounded or reaches beyond the function's.
    TargetError
        If the target is neither.

    Examples
    --------
    >>> from pwlin import Network
    >>> from pwlin.extract.cells import extract_cells
    >>> tents = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
    >>> c = extract_cells(tents, [(-1, 1), (-1, 1)])[0].compare("x**2 + y**2")
    >>> c.sup, c.argsup, c.mse
    (Fraction(1, 2), (Fraction(-1, 2), Fraction(-1, 2)), Fraction(11, 90))
    """
    relative = to_fraction(tolerance, "tolerance")
    if not 0 < relative < 1:
        raise TargetError(f"tolerance: found {tolerance}; accepted are numbers between 0 and 1")
    f = function if domain is None else function.restrict(domain)
    if not f.domain.is_bounded:
        raise DomainError(f"domain: found {f.domain}, where errors may be infinite; accepted are bounded domains")
    if isinstance(target, PiecewiseLinearND):
        other = target if target.domain == f.domain else target.restrict(f.domain)
        difference = f - other
        return ComparisonND(difference, target, _DifferenceErrors(difference))
    goal = parse_target(target, f.dim)
    if not goal.is_polynomial:
        raise TargetError(f"target: found {goal.text:.60}; accepted in several variables are polynomials")
    return ComparisonND(f, goal, _PolynomialErrors(f, goal.polynomial(), relative))
