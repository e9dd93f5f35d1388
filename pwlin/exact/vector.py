"""Vectors of exact rationals: numerators and denominators in two integer arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.frozen import Frozen
from pwlin.exact.integers import LIMIT, add, compact, is_small, multiply, signs, wide
from pwlin.exact.rational import ExactArray, nearest_float, reduced_fraction
from pwlin.exact.text import brief


@final
class RationalVector(Frozen):
    """An immutable vector of rationals in lowest terms, denominators positive.

    A million entries that fit 64 bits take 16 MB; records (`Fraction`) are made when they are asked for.

    Parameters
    ----------
    numerators, denominators : ndarray of int64 or Python int, shape (n,)
        Denominators positive. Common factors are taken out here.
    """

    __slots__ = ("denominators", "numerators")
    numerators: ExactArray
    denominators: ExactArray

    def __init__(self, numerators: ExactArray, denominators: ExactArray) -> None:
        numerators, denominators = compact(numerators), compact(denominators)
        common = np.gcd(numerators, denominators)
        if (common != 1).any():
            numerators, denominators = compact(numerators // common), compact(denominators // common)
        self._set(numerators, denominators)

    def _set(self, numerators: ExactArray, denominators: ExactArray) -> None:
        numerators.flags.writeable = False
        denominators.flags.writeable = False
        self._fill(numerators=numerators, denominators=denominators)

    def __reduce__(self) -> tuple[object, ...]:
        return RationalVector, (self.numerators, self.denominators)

    @staticmethod
    def of(values: Iterable[Fraction]) -> RationalVector:
        """The vector of the given Fractions."""
        items = list(values)
        num, den = np.empty(len(items), dtype=object), np.empty(len(items), dtype=object)
        num[:] = [v.numerator for v in items]
        den[:] = [v.denominator for v in items]
        return RationalVector(num, den)

    @staticmethod
    def over(numerators: ExactArray, denominator: int) -> RationalVector:
        """Integers over one common positive denominator."""
        if denominator & (denominator - 1) == 0:  # common factors are powers of two as well
            whole = np.array(denominator, dtype=np.int64 if denominator < LIMIT else object)
            lowest = numerators & -numerators
            common = np.minimum(np.where(lowest == 0, whole, lowest), whole)
            return RationalVector.reduced(numerators // common, whole // common)
        den = np.empty(len(numerators), dtype=object)
        den[:] = denominator
        return RationalVector(numerators, den)

    @staticmethod
    def reduced(numerators: ExactArray, denominators: ExactArray) -> RationalVector:
        """Numerators and positive denominators that are in lowest terms already."""
        vector = RationalVector.__new__(RationalVector)
        vector._set(compact(numerators), compact(denominators))
        return vector

    def __len__(self) -> int:
        return len(self.numerators)

    def __getitem__(self, index: int) -> Fraction:
        return reduced_fraction(int(self.numerators[index]), int(self.denominators[index]))

    def __iter__(self) -> Iterator[Fraction]:
        return map(reduced_fraction, self.numerators.tolist(), self.denominators.tolist())

    def take(self, indices: NDArray[np.int64] | NDArray[np.bool_] | slice) -> RationalVector:
        """The entries at `indices` (an index or boolean array, or a slice)."""
        return RationalVector.reduced(self.numerators[indices], self.denominators[indices])

    def equal_next(self) -> NDArray[np.bool_]:
        """For each entry but the last, whether the next one is equal."""
        n, d = self.numerators, self.denominators
        return np.asarray((n[1:] == n[:-1]) & (d[1:] == d[:-1]), dtype=bool)

    def __add__(self, other: RationalVector) -> RationalVector:
        num = add(multiply(self.numerators, other.denominators), multiply(other.numerators, self.denominators))
        return RationalVector(num, multiply(self.denominators, other.denominators))

    def __neg__(self) -> RationalVector:
        return RationalVector.reduced(-self.numerators, self.denominators)

    def __sub__(self, other: RationalVector) -> RationalVector:
        return self + (-other)

    def __mul__(self, other: RationalVector) -> RationalVector:
        return RationalVector(
            multiply(self.numerators, other.numerators), multiply(self.denominators, other.denominators)
        )

    def signs(self) -> NDArray[np.int8]:
        """The entries' signs."""
        return signs(self.numerators)

    def floats(self) -> NDArray[np.float64]:
        """The entries rounded to the nearest float64 each."""
        n, d = self.numerators, self.denominators
        if is_small(n) and is_small(d) and max(abs(n).max(initial=0), d.max(initial=0)) <= 2**53:
            return n / d
        return np.fromiter((nearest_float(v) for v in self), dtype=np.float64, count=len(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RationalVector):
            return NotImplemented
        return np.array_equal(self.numerators, other.numerators) and np.array_equal(
            self.denominators, other.denominators
        )

    def __hash__(self) -> int:
        return hash((tuple(self.numerators.tolist()), tuple(self.denominators.tolist())))

    def __repr__(self) -> str:
        shown = ", ".join(brief(self[i]) for i in range(min(len(self), 4)))
        return f"RationalVector({len(self)}: {shown}{', ...' if len(self) > 4 else ''})"


def quotient_keys(numerators: ExactArray, denominators: ExactArray) -> NDArray[np.float64]:
    """Floats that never order two quotients wrongly: ``a/b < c/d`` implies ``key(a/b) <= key(c/d)``.

    Correct rounding is monotone, so equal keys are the only cases left to settle exactly.
    """
    if is_small(numerators) and is_small(denominators):
        exact = max(abs(numerators).max(initial=0), denominators.max(initial=0)) <= 2**53
        if exact:
            return numerators / denominators
    num, den = wide(numerators), wide(denominators)
    out = np.empty(len(num))
    for i, (n, d) in enumerate(zip(num, den, strict=True)):
        try:
            out[i] = n / d
        except OverflowError:
            out[i] = math.inf if n > 0 else -math.inf
    return out
