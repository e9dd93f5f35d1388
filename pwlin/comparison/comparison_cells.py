"""Comparison in several variables: how far a function on a complex is from a target, in whole and by parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol, final

from pwlin.base.errors import TargetError
from pwlin.base.sequences import Records
from pwlin.comparison.errors import Sup
from pwlin.exact.rational import reduced_fraction
from pwlin.exact.text import decimal_text, exact_text
from pwlin.functions.cells import measure
from pwlin.functions.cells.function import PiecewiseLinearND


class ErrorsND(Protocol):
    """What a way of measuring errors offers; regions go by index."""

    @property
    def function(self) -> PiecewiseLinearND:
        """The function on the domain."""

    @property
    def exact(self) -> bool:
        """Whether the numbers are exact (up to what `ComparisonND` says) rather than enclosures."""

    def sup(self, regions: Sequence[int]) -> Sup:
        """Largest magnitude of the error."""

    def l1(self, regions: Sequence[int]) -> Any:
        """Integral of the error's magnitude."""

    def l2_squared(self, regions: Sequence[int]) -> Any:
        """Integral of the squared error."""

    def divide(self, value: Any, volume: Fraction) -> Any:
        """A value over a volume."""


class _Measured:
    """Errors on some regions, each computed when it is first asked for."""

    _errors: ErrorsND

    @property
    def _chosen(self) -> Sequence[int]:
        raise NotImplementedError

    @cached_property
    def _sup(self) -> Sup:
        return self._errors.sup(self._chosen)

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
    def l1(self) -> Any:
        """Integral of the error's magnitude."""
        return self._errors.l1(self._chosen)

    @cached_property
    def l2_squared(self) -> Any:
        """Integral of the squared error."""
        return self._errors.l2_squared(self._chosen)

    @cached_property
    def volume(self) -> Fraction:
        """Volume of where the errors are taken."""
        cells = self._errors.function.complex
        total = measure.total(measure.volume(cells, c) for c in self._chosen)
        return reduced_fraction(int(total.p), int(total.q))

    @cached_property
    def mse(self) -> Any:
        """Mean squared error: `l2_squared` over the volume."""
        return self._errors.divide(self.l2_squared, self.volume)


@final
@dataclass(frozen=True, repr=False)
class RegionError(_Measured):
    """Errors on one region: `sup`, `argsup`, `argsups`, `l1`, `l2_squared` and `mse` as for `ComparisonND`."""

    region: int
    _errors: ErrorsND

    @property
    def _chosen(self) -> Sequence[int]:
        return (self.region,)

    def __repr__(self) -> str:
        return f"RegionError(region {self.region})"


@final
@dataclass(frozen=True, repr=False)
class PieceErrorND(_Measured):
    """Errors on one linear piece: `sup`, `argsup`, `argsups`, `l1`, `l2_squared` and `mse` as for `ComparisonND`.

    Attributes
    ----------
    index : int
        Number of the piece in ``function.pieces``.
    regions : tuple of int
        The regions that make it up.
    """

    index: int
    regions: tuple[int, ...]
    _errors: ErrorsND

    @property
    def _chosen(self) -> Sequence[int]:
        return self.regions

    def __repr__(self) -> str:
        return f"PieceErrorND(piece {self.index}, {len(self.regions)} regions)"


@final
@dataclass(frozen=True, repr=False)
class ComparisonND(_Measured):
    """Errors against a target on a bounded domain; get one from ``F.compare(target)``.

    Attributes
    ----------
    function : PiecewiseLinearND
        The function on the domain of the comparison. Against another function: the difference, so that the regions of
        `per_region` are those of both.
    target : Target or PiecewiseLinearND
    tolerance : Fraction
        Relative width asked of enclosures. Where the true value is zero, or not above rounding in float64 (about 1e-13 of
        the function's and the target's size), the width is absolute instead.

    Notes
    -----
    Every number is computed when it is first asked for. Against polynomials and piecewise-linear functions `l2_squared` and
    `mse` are exact, and so is `sup` up to degree 2; `l1` is exact against piecewise-linear functions. Everything else is an
    `Enclosure` that contains the true value. It is wider than `tolerance` if that would take more simplices than a fixed
    budget of 400,000 per number: ask for its ``relative_width``. That happens for tolerances near those of float64, in
    high dimension, and where a target has kinks along curved sets.

    Where a target jumps (``sign``, `Piecewise`), `sup` is that of the values beside the jump: values that it takes only on a
    set without volume do not count.
    """

    function: PiecewiseLinearND
    target: Any
    tolerance: Fraction
    _errors: ErrorsND

    @property
    def _chosen(self) -> range:
        return range(self.function.n_regions)

    @property
    def exact(self) -> bool:
        """Whether the target is a polynomial or piecewise linear (True), or all errors are enclosures (False)."""
        return self._errors.exact

    @property
    def per_region(self) -> Sequence[RegionError]:
        """The errors on each region, computed when asked for."""
        return Records(lambda region: RegionError(region, self._errors), self._chosen)

    @cached_property
    def per_piece(self) -> tuple[PieceErrorND, ...]:
        """The errors on each linear piece, computed when asked for."""
        return tuple(PieceErrorND(p.index, p.regions, self._errors) for p in self.function.pieces)

    @property
    def best(self) -> Any:
        """`TargetError`: the best function with as many pieces is known in one variable only."""
        raise TargetError(
            f"best: found {self.function.dim} variables; accepted is one, where best approximations are known"
        )

    @property
    def effective_pieces(self) -> Any:
        """`TargetError`, as for `best`."""
        raise TargetError(
            f"effective_pieces: found {self.function.dim} variables; accepted is one, where best approximations are known"
        )

    def __repr__(self) -> str:
        text = str(getattr(self.target, "text", self.target))
        return f"ComparisonND({self.function.n_regions} regions with {text:.60})"

    def __str__(self) -> str:
        rows = [("sup", self.sup), ("L2 squared", self.l2_squared), ("MSE", self.mse)]
        lines = [f"  {name:<11} {decimal_text(value):<24} {exact_text(value)}".rstrip() for name, value in rows]
        place = ", ".join(decimal_text(v) for v in self.argsup)
        return "\n".join([repr(self), *lines[:1], f"  {'at':<11} ({place})", *lines[1:]])
