"""Arrays of real numbers as sums of two floats, each with a bound of what they are off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import numpy as np

from pwlin.exact.rounding import Floats, Parts, float_product, float_sum, rounded_quotients

_ROUNDOFF = 2.0**-51
_LEAST = 2.0**-1060
"""More than what is lost where parts of a product are subnormal."""
_MORE = 1.0001
_ORDINARY = 2.0**400
"""`pwlin.exact.rounding` keeps but one float of larger numbers."""


@final
@dataclass(frozen=True, eq=False)
class Pairs:
    """Numbers ``high + low``, off by `off` at most; where anything overflows that is infinite or NaN."""

    high: Floats
    low: Floats
    off: Floats

    @staticmethod
    def of_parts(parts: Parts) -> Pairs:
        """Numbers as `RoundedMaps.make` has them."""
        high, low, left = parts
        known = np.abs(high) < _ORDINARY
        return Pairs(high, low, np.where(known, _MORE * left + 2.0**-52 * np.abs(low), np.inf))

    @staticmethod
    def of(value: Fraction) -> Pairs:
        """One number."""
        high, low, left = rounded_quotients([[(value.numerator, value.denominator)]])
        return Pairs.of_parts((high[0], low[0], left[0]))

    @staticmethod
    def exactly(high: Floats, low: Floats | None = None) -> Pairs:
        """Floats, or sums of two."""
        return Pairs(high, np.zeros_like(high) if low is None else low, np.zeros_like(high))

    def __getitem__(self, key: Any) -> Pairs:
        return Pairs(self.high[key], self.low[key], self.off[key])

    def __iter__(self) -> Iterator[Pairs]:
        return (self[k] for k in range(len(self.high)))

    def __add__(self, other: Pairs) -> Pairs:
        total, lost = float_sum(self.high, other.high)
        low = lost + (self.low + other.low)
        off = self.off + other.off + _ROUNDOFF * (np.abs(lost) + np.abs(self.low) + np.abs(other.low))
        return Pairs(*float_sum(total, low), _MORE * off)

    def __neg__(self) -> Pairs:
        return Pairs(-self.high, -self.low, self.off)

    def __sub__(self, other: Pairs) -> Pairs:
        return self + -other

    def __mul__(self, other: Pairs) -> Pairs:
        product, lost = float_product(self.high, other.high)
        first, second = self.high * other.low, self.low * other.high
        size, more = np.abs(self.high) + np.abs(self.low), np.abs(other.high) + np.abs(other.low)
        off = size * other.off + more * self.off + self.off * other.off + np.abs(self.low * other.low)
        off += _ROUNDOFF * (np.abs(lost) + np.abs(first) + np.abs(second)) + _LEAST
        return Pairs(*float_sum(product, lost + (first + second)), _MORE * off)

    def over(self, other: Pairs) -> Pairs:
        """Quotients, by long division: what is left after two digits bounds what they are off."""
        high = self.high / other.high
        rest = self - other * Pairs.exactly(high)
        low = rest.high / other.high
        left = (rest - other * Pairs.exactly(low)).bounds()
        least = np.abs(other.high) - 1.001 * (np.abs(other.low) + other.off)
        return Pairs(*float_sum(high, low), np.where(least > 0, _MORE * left / least + _LEAST, np.inf))

    def bounds(self) -> Floats:
        """No magnitude is larger."""
        return np.asarray(_MORE * (np.abs(self.high) + np.abs(self.low) + self.off))

    def total(self) -> tuple[Fraction, Fraction] | None:
        """The sum of all of them between two bounds; None if nothing is known."""
        off, most = 2 * float(self.off.sum()), float(self.bounds().sum())
        if not (math.isfinite(off) and math.isfinite(most)):
            return None
        parts = [*self.high.ravel().tolist(), *self.low.ravel().tolist()]
        high = math.fsum(parts)
        low = math.fsum([*parts, -high])
        middle, rounding = Fraction(high) + Fraction(low), Fraction(abs(low)) / (1 << 52) + Fraction(_LEAST)
        return middle - Fraction(off) - rounding, middle + Fraction(off) + rounding
