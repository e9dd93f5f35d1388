"""Affine maps with exact coefficients at float points: signs with a certain bound, values correctly rounded.

Values come from error-free transformations (Dekker 1971; Ogita, Rump and Oishi 2005, "Accurate sum and dot product"): a
product of two floats is a sum of two, and so is a sum, so that only coefficients that take more than two floats, and the
last of the rounding errors, leave an error, which is bounded as it is made. Where rounding may go either way, rationals decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.limbs import BITS
from pwlin.exact.rational import nearest_float, nearest_quotient

Floats = NDArray[np.float64]
F = TypeVar("F", float, Floats)
_SPLITTER = 2.0**27 + 1
_LEAST, _MOST = 2.0**-400, 2.0**400
"""Between these, and for zero, no product below overflows, and none of its parts is subnormal."""
_FEW = 8
"""So few values are as soon made in rationals."""
_BLOCK = 1 << 13
"""So many points are worked on at a time, so that intermediate results stay in the cache."""


Parts = tuple[Floats, Floats, Floats]
"""Of exact numbers: each correctly rounded, what is left of it, rounded, and a bound of what is left then."""


@final
@dataclass(frozen=True, eq=False)
class RoundedMaps:
    """Many affine maps ``x -> c[0] x[0] + ... + c[d - 1] x[d - 1] + c[d]`` with exact rational coefficients.

    Those of a map are made when it is asked for, and then kept.

    Attributes
    ----------
    high, low, left : ndarray of float64, shape (d + 1, n)
        Each coefficient correctly rounded, what is left of it, rounded, and a bound of what is left then, but for the
        rounding of `low`; where `known`.
    known, ordinary : ndarray of bool, shape (n,)
        Which maps have been made, and whether floats can do with them: no coefficient is too large or too small.
    make : callable
        These of some maps: three arrays of shape (d + 1, m).
    exact : callable
        The coefficients of one map as Fractions.
    """

    high: Floats
    low: Floats
    left: Floats
    known: NDArray[np.bool_]
    ordinary: NDArray[np.bool_]
    make: Callable[[NDArray[np.int64]], Parts]
    exact: Callable[[int], Sequence[Fraction]]

    @staticmethod
    def on_demand(
        shape: tuple[int, int], make: Callable[[NDArray[np.int64]], Parts], exact: Callable[[int], Sequence[Fraction]]
    ) -> RoundedMaps:
        """So many coefficients of so many maps, none of them made yet."""
        high, low, left = np.zeros((3, *shape))
        known, ordinary = np.zeros((2, shape[1]), dtype=bool)
        return RoundedMaps(high, low, left, known, ordinary, make, exact)

    def learn(self, rows: NDArray[np.int64]) -> None:
        """Make those of some maps that have not been made."""
        wanted = np.zeros(len(self.known), dtype=bool)
        wanted[rows] = True
        fresh = np.flatnonzero(wanted & ~self.known)
        if not len(fresh):
            return
        self.high[:, fresh], self.low[:, fresh], self.left[:, fresh] = self.make(fresh)
        size = np.abs(self.high[:, fresh])
        self.ordinary[fresh] = ((size == 0) | ((size > _LEAST) & (size < _MOST))).all(axis=0)
        self.known[fresh] = True

    def all(self) -> Floats:
        """All coefficients, correctly rounded, shape (d + 1, n)."""
        self.learn(np.arange(len(self.known)))
        return self.high

    def values(self, rows: NDArray[np.int64], points: Floats) -> Floats:
        """The value of map ``rows[i]`` at ``points[i]``, finite floats, shape (n, d); each correctly rounded.

        Cost: some 100 float operations for each point and coordinate; an exact value where they do not settle the last bit.
        """
        self.learn(rows if len(rows) > _FEW else rows[:0])
        out, sure = np.empty(len(rows)), np.zeros(len(rows), dtype=bool)
        with np.errstate(all="ignore"):
            for start in range(0, len(rows) if len(rows) > _FEW else 0, _BLOCK):
                part = slice(start, start + _BLOCK)
                out[part], sure[part] = self._rounded(rows[part], points[part])
        for i in np.flatnonzero(~sure).tolist():
            *slopes, offset = self.exact(int(rows[i]))
            out[i] = nearest_float(sum((c * Fraction(x) for c, x in zip(slopes, points[i].tolist())), offset))
        return out

    def _rounded(self, rows: NDArray[np.int64], points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Values, and whether they are known to be rounded correctly."""
        size = np.abs(points)
        sure = self.ordinary[rows] & ((size == 0) | ((size > _LEAST) & (size < _MOST))).all(axis=1)
        total, tail = self.high[-1][rows], self.low[-1][rows]
        small = np.zeros_like(total)  # the errors of the sums above, and of the products
        tails, spare = np.abs(tail), self.left[-1][rows]
        for high, low, left, x in zip(self.high, self.low, self.left, points.T):
            product, error = float_product(high[rows], x)
            total, lost = float_sum(total, product)
            for part in (error, lost):
                small, rest = float_sum(small, part)
                spare += np.abs(rest)
            tail = tail + low[rows] * x
            tails += np.abs(low[rows] * x)
            spare += left[rows] * np.abs(x)
        small, rest = float_sum(small, tail)
        spare = 1.001 * spare + np.abs(rest) + (len(self.high) + 4) * 2.0**-52 * tails
        spare += np.where((spare > 0) | (tails > 0), 2.0**-1000, 0)  # what is rounded to a subnormal number
        total, rest = float_sum(total, small)
        doubt = np.where(spare > 0, 1.001 * spare + 2.0**-52 * np.abs(rest), 0)
        return total, sure & (total + (rest + doubt) == total) & (total + (rest - doubt) == total)


def rounded_quotients(columns: Sequence[Iterable[tuple[int, int]]]) -> Parts:
    """The parts of numerators and positive denominators, shape (number of columns, n)."""
    parts = [np.array([_two_floats(p, q) for p, q in column]).reshape(-1, 3) for column in columns]
    high, low, left = np.moveaxis(np.array(parts), 2, 0).copy()
    return high, low, left * 2.0**-1000


def rounded_limbs(limbs: Floats, places: int) -> tuple[Parts, NDArray[np.bool_]]:
    """The parts of integers over ``2**places``, in limbs as `pwlin.exact.limbs` has them, and where they are certain.

    Where they are not, which is rare but for numbers at the ends of the range of floats, they are to be made from the
    integers themselves.
    """
    pairs = np.zeros((len(limbs) // 2 + 3, *limbs.shape[1:]))
    pairs[2 : 2 + (len(limbs) + 1) // 2] = limbs[::2]
    pairs[2 : 2 + len(limbs) // 2] += limbs[1::2] * 2.0**BITS
    filled = pairs != 0
    top = len(pairs) - 1 - np.argmax(filled[::-1], axis=0)
    top = np.where(filled.any(axis=0), top, 2)
    first, second, third = (np.take_along_axis(pairs, (top - i)[None], axis=0)[0] for i in range(3))
    rest = np.argmax(filled, axis=0) < top - 2  # something is left below
    total, error = float_sum(first * 2.0 ** (4 * BITS), second * 2.0 ** (2 * BITS))
    error, lost = float_sum(error, third)
    left = np.abs(lost) + np.where(rest, 0.51, 0)  # pairs are at most 2**41 + 2**20
    (high, low, left), sure = rounded_pairs(total, error, left)
    exponent = 2 * BITS * (top - 4) - places
    sure &= (high == 0) | ((exponent > -900) & (exponent < 800))
    exponent = np.clip(exponent, -900, 800).astype(np.int32)
    return (np.ldexp(high, exponent), np.ldexp(low, exponent), np.ldexp(left, exponent)), sure


def rounded_pairs(high: Floats, low: Floats, left: Floats) -> tuple[Parts, NDArray[np.bool_]]:
    """The parts of numbers that are off from sums of two floats by `left` at most, and where they are certain."""
    high, low = float_sum(high, low)
    doubt = np.where(left > 0, 1.001 * left + 2.0**-52 * np.abs(low), 0)
    sure = (high + (low + doubt) == high) & (high + (low - doubt) == high)
    return (high, low, left), sure


def _two_floats(numerator: int, denominator: int) -> tuple[float, float, bool]:
    """A rational rounded, what is left, rounded, and whether anything is left then."""
    high = nearest_quotient(numerator, denominator)
    if abs(high) > _MOST:
        return high, 0.0, True
    p, q = high.as_integer_ratio()
    left, unit = numerator * q - p * denominator, denominator * q
    if not left:
        return high, 0.0, False
    low = left / unit
    p, q = low.as_integer_ratio()
    return high, low, p * unit != left * q


def float_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The rounded sum and its error (Knuth)."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def float_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The rounded product and its error (Dekker, Veltkamp); nothing may overflow or become subnormal."""
    product = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _halves(a: Floats) -> tuple[Floats, Floats]:
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def scaled_form(form: Sequence[int]) -> list[float]:
    """An affine form (a, b), a not zero, divided by the largest entry of a, each float correctly rounded."""
    size = max(map(abs, form[:-1]))
    return [nearest_quotient(v, size) for v in form]


def doubt(size: F, offset: F, dim: int) -> F:
    """How far the float value of ``a . x + b`` may be off, for forms as `scaled_form` makes them.

    Parameters
    ----------
    size : float, or ndarray of float64
        Sum of the coordinates' magnitudes.
    offset : float, or ndarray of float64
        Magnitude of b.

    Notes
    -----
    Every coefficient, product and sum errs by at most 2^-53 relatively or 2^-1075, so that d + 3 roundings of the sum of
    all magnitudes, and what underflows, are enough in any order of summation, with fused products or without. Where
    anything overflows the bound is infinite or NaN: nothing is above it.
    """
    return (dim + 4) * 2.0**-52 * (size + offset) + (2.0**-1060 * size + 2.0**-1000)
