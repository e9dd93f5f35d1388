"""Errors in float intervals, many cells at once: for what balls would take too long to tell, to few digits but soon."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import sympy
from numpy.typing import NDArray

from pwlin.base.errors import TargetError
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.floats import Floats
from pwlin.formulas.arithmetic.intervals import Intervals, where
from pwlin.formulas.arithmetic.series import evaluate
from pwlin.formulas.arithmetic.taylor import variable
from pwlin.formulas.budget import Budget, size_of
from pwlin.functions.line.records import Piece

if TYPE_CHECKING:
    from sympy import Expr, Symbol

WORK = 24_000_000
"""The work that a number may take in float intervals."""
_PER_CALL, _BESIDE, _DEGREES = 1200, 12, 5
_FIRST, _AT_ONCE = 512, 8192
_HUGE = 1e300

Stretch = tuple[Fraction, Fraction, Piece]
"""Where, and the piece of the function there."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Intervals, by enclosures of their ends, each with the number of its stretch."""

    left: Intervals
    right: Intervals
    number: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> _Cells:
        return _Cells(self.left[rows], self.right[rows], self.number[rows])

    @property
    def middle(self) -> Floats:
        """A float within each, unless there is none."""
        return self.left.high / 2 + self.right.low / 2

    @property
    def width(self) -> Intervals:
        """Their lengths."""
        found = self.right - self.left
        return Intervals(np.maximum(found.low, 0.0), found.high)

    def halves(self) -> _Cells:
        """All first halves, then all others."""
        cut = Intervals.points(self.middle)
        return _Cells(_both(self.left, cut), _both(cut, self.right), np.tile(self.number, 2))


@dataclass(frozen=True, slots=True)
class _Local:
    """The error on cells: all its values, those in the middle, its mean value, and the mean of its square."""

    range: Intervals
    middle: Intervals
    mean: Intervals
    square: Intervals


@dataclass(frozen=True)
class RoughErrors:
    """Bounds of the errors of pieces against a formula of one variable on some stretches."""

    formula: Expr
    symbol: Symbol | None
    stretches: Sequence[Stretch]

    def sup(self, relative: float) -> Enclosure | None:
        """Around the largest magnitude, in so much work or as narrow as this; None where floats know no bound."""

        def measured(local: _Local, width: Intervals) -> Intervals:
            least = np.maximum(np.maximum(local.middle.low, -local.middle.high), 0.0)
            return Intervals(np.nan_to_num(least), local.range.magnitude)

        def chosen(known: Intervals) -> NDArray[np.int64]:
            best = known.low.max(initial=0.0)
            open_ = np.flatnonzero(known.high > best * (1 + relative))
            return open_[np.argsort(-known.high[open_], kind="stable")]

        known = self._refined(measured, chosen)
        return None if known is None else _enclosure(known.low.max(initial=0.0), known.high.max(initial=0.0))

    def integral(self, power: int, relative: float) -> Enclosure | None:
        """Around the integral of a power (1 or 2) of the magnitude, likewise."""

        def measured(local: _Local, width: Intervals) -> Intervals:
            size = local.range.absolute()
            if power == 2:
                mean = size.square().within(local.square)
            else:
                settled = (local.range.low >= 0) | (local.range.high <= 0)
                one_sided = local.mean.absolute()
                mean = where(settled, size.within(one_sided), Intervals(np.fmax(size.low, one_sided.low), size.high))
            found = Intervals(np.fmax(mean.low, 0.0), mean.high) * width
            return Intervals(np.nan_to_num(found.low), np.where(np.isnan(found.high), np.inf, found.high))

        def chosen(known: Intervals) -> NDArray[np.int64]:
            excess = np.minimum(known.high - known.low, _HUGE)
            order = np.argsort(-excess, kind="stable")
            rest = np.cumsum(excess[order][::-1])[::-1]
            return order[: int((rest > relative * known.low.sum() / 2).sum())]

        known = self._refined(measured, chosen)
        return None if known is None else _enclosure(_sum(known.low), _sum(known.high))

    def _refined(
        self, measured: Callable[..., Intervals], chosen: Callable[[Intervals], NDArray[np.int64]]
    ) -> Intervals | None:
        """What is known of each cell when nothing more is chosen, or the work is done."""
        budget, cells = Budget(WORK), self._start()
        try:
            with np.errstate(all="ignore"):
                known = measured(self._local(cells, budget), cells.width)
                while not budget.is_spent:
                    rows = chosen(known)
                    some = cells[rows]
                    cut = (some.left.high < some.middle) & (some.middle < some.right.low)
                    rows = rows[cut][:_AT_ONCE]
                    if not len(rows):
                        break
                    halves = cells[rows].halves()
                    kept = np.ones(len(cells), dtype=bool)
                    kept[rows] = False
                    cells = _joined(cells[kept], halves)
                    known = _both(known[kept], measured(self._local(halves, budget), halves.width))
        except TargetError:  # a function without series
            return None
        return known

    def _start(self) -> _Cells:
        """Some cells of equal length on each stretch."""
        parts = max(_FIRST // len(self.stretches), 1)
        ends = [low + (high - low) * Fraction(k, parts) for low, high, _ in self.stretches for k in range(parts + 1)]
        cuts = Intervals.of(ends).reshape(len(self.stretches), parts + 1)
        left, right = cuts[:, :-1].reshape(-1), cuts[:, 1:].reshape(-1)
        return _Cells(left, right, np.repeat(np.arange(len(self.stretches)), parts))

    @cached_property
    def _lines(self) -> tuple[Intervals, Intervals]:
        """Slopes and intercepts of the stretches."""
        known = {piece: k for k, piece in enumerate(dict.fromkeys(piece for _, _, piece in self.stretches))}
        rows = np.array([known[piece] for _, _, piece in self.stretches])
        return Intervals.of([p.slope for p in known])[rows], Intervals.of([p.intercept for p in known])[rows]

    def _local(self, cells: _Cells, budget: Budget) -> _Local:
        """By Taylor's formula of degrees 0, 1 and 2 about the middle."""
        budget.spend((len(cells) + _PER_CALL) * (size_of(self.formula) + _BESIDE) * _DEGREES)
        slope, intercept = (part[cells.number] for part in self._lines)
        box, middle = Intervals(cells.left.low, cells.right.high), Intervals.points(cells.middle)
        all_, at = self._series(box, 2), self._series(middle, 1)
        value, tangent = at[0] - (slope * middle + intercept), at[1] - slope
        plain, steep, bend = all_[0] - (slope * box + intercept), all_[1] - slope, all_[2]
        start, stop = cells.left - middle, cells.right - middle
        step = Intervals(start.low, stop.high)
        reach = plain.within(value + steep * step).within(value + tangent * step + bend * step.square())
        # the mean values of t and its square, t from the middle
        first = (start + stop) / 2.0
        second = (start.square() + start * stop + stop.square()) / 3.0
        mean = value + tangent * first + bend * second
        bent = steep.square() + reach * bend * 2.0
        square = value.square() + value * tangent * first * 2.0 + bent * second
        return _Local(reach, value, reach.within(mean), square)

    def _series(self, x: Intervals, order: int) -> Intervals:
        symbol = self.symbol or sympy.Dummy(real=True)
        one = Intervals.points(np.ones_like(x.low))
        found = evaluate(self.formula, {symbol: variable(x, one, order)})
        return found


def _both(one: Intervals, other: Intervals) -> Intervals:
    return Intervals(np.concatenate([one.low, other.low]), np.concatenate([one.high, other.high]))


def _joined(one: _Cells, other: _Cells) -> _Cells:
    return _Cells(
        _both(one.left, other.left), _both(one.right, other.right), np.concatenate([one.number, other.number])
    )


def _sum(values: Floats) -> float:
    return math.fsum(values.tolist()) if np.isfinite(values).all() else math.inf


def _enclosure(low: float, high: float) -> Enclosure | None:
    """Rounded outwards; None where there is no upper end."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    below, above = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    return Enclosure(max(Fraction(below), Fraction(0)), Fraction(above)) if math.isfinite(above) else None
