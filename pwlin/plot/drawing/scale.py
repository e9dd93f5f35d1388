"""What part of a function is shown, and in which units: exact windows and axes for numbers of any magnitude."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import nearest_float
from pwlin.exact.text import SUPERSCRIPTS
from pwlin.geometry.interval import Interval
from pwlin.plot.drawing import style

_ORDINARY = range(-4, 6)  # other decimal exponents are taken out of an axis: Matplotlib writes them where legends are
_FLATTEST = 10**9  # an axis that is this much longer from zero than across is shifted


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit of an axis: what is drawn is ``(value - offset) / unit``, computed exactly, then rounded once.

    Ordinary values have offset 0 and unit 1. Very large and very small ones get a power of ten as unit,
    and a short interval far from zero gets an offset.
    """

    offset: Fraction = Fraction(0)
    unit: Fraction = Fraction(1)

    @staticmethod
    def spanning(values: Iterable[Fraction]) -> Scale:
        """The scale for an axis that shows all of `values`."""
        found = list(values)
        low, high = min(found), max(found)
        top = max(abs(low), abs(high))
        offset = Fraction(0)
        if 0 < (high - low) * _FLATTEST < top:
            middle = nearest_float((low + high) / 2)
            inside = np.isfinite(middle) and low <= Fraction(middle) <= high
            offset = Fraction(middle) if inside else (low + high) / 2
        size = max(abs(low - offset), abs(high - offset))
        exponent = _exponent(size) if size else 0
        return Scale(offset, Fraction(10) ** exponent if exponent not in _ORDINARY else Fraction(1))

    def __call__(self, value: Fraction) -> float:
        """Where an exact value is drawn."""
        if not self.offset and self.unit == 1:
            return nearest_float(value)
        return nearest_float((value - self.offset) / self.unit)

    def all(self, values: Iterable[Fraction]) -> NDArray[np.float64]:
        """Where exact values are drawn."""
        if not self.offset and self.unit == 1:
            return np.array([nearest_float(v) for v in values], dtype=np.float64)
        return np.array([self(v) for v in values], dtype=np.float64)

    def floats_or_gaps(self, values: Iterable[Fraction | None]) -> NDArray[np.float64]:
        """Where values are drawn; None is NaN, which leaves a gap."""
        return np.array([np.nan if v is None else self(v) for v in values], dtype=np.float64)

    def label(self, name: str) -> str:
        """The axis label."""
        if self.offset:
            sign = "−" if self.offset > 0 else "+"
            name = f"{name} {sign} {style.decimal(abs(self.offset), 17)}"
        if self.unit != 1:
            name = f"({name})" if self.offset else name
            return f"{name} / 10{str(_exponent(self.unit)).translate(SUPERSCRIPTS)}"
        return name


class Shown(Protocol):
    """What is asked of something to show."""

    @property
    def interval(self) -> Interval:
        """Where it is."""

    @property
    def breakpoints(self) -> Sequence[Fraction]:
        """What should be seen of it."""


def window(f: Shown, requested: object = None) -> tuple[Fraction, Fraction]:
    """The bounded interval to show: what was asked for, else the domain, else the neighbourhood of the breakpoints.

    Where the domain has no end, breakpoints far outside the bulk of the others (more than three times the distance between
    the quartiles away from them) stay outside, so that a distant one does not squeeze all the others together.
    """
    interval = f.interval
    if requested is not None:
        asked = Interval.parse(requested, "window").intersect(interval)
        if asked.left is not None and asked.right is not None:
            return asked.left, asked.right
        interval = asked
    left, right = interval.left, interval.right
    if left is not None and right is not None:
        return left, right
    points = [p for p in f.breakpoints if p in interval] or [e for e in (left, right) if e is not None] or [Fraction(0)]
    low, high = _bulk(points)
    ends = [low, high, *(e for e in (left, right) if e is not None)]
    pad = (max(ends) - min(ends)) * 3 / 10 or max(Fraction(1), abs(low) / 2)
    return (low - pad if left is None else left), (high + pad if right is None else right)


def _bulk(points: list[Fraction]) -> tuple[Fraction, Fraction]:
    """Ends of the sorted points without distant ones."""
    n = len(points)
    first, third = points[n // 4], points[(3 * n) // 4 if n > 3 else n - 1]
    reach = 3 * (third - first)
    kept = [p for p in points if first - reach <= p <= third + reach] if reach else points
    return kept[0], kept[-1]


def samples(left: Fraction, right: Fraction, count: int) -> list[Fraction]:
    """`count` + 1 equally spaced points from end to end, exact."""
    step = (right - left) / count
    return [left + i * step for i in range(count + 1)]


def _exponent(value: Fraction) -> int:
    """Decimal exponent of a positive value: exact for powers of ten, within one of it otherwise."""
    exponent = round((value.numerator.bit_length() - value.denominator.bit_length()) * math.log10(2))
    return next((e for e in (exponent - 1, exponent, exponent + 1) if value == Fraction(10) ** e), exponent)
