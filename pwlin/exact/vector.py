"""Vectors of exact rationals: numerators and denominators in two integer arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Literal, final

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from pwlin.base.frozen import Frozen
from pwlin.exact.arrays import plain
from pwlin.exact.digits import ratio
from pwlin.exact.integers import LIMIT, add, compact, is_small, multiply, signs, wide
from pwlin.exact.long_fractions import presentable, total
from pwlin.exact.rational import ExactArray, nearest_quotient, reduced_fraction, to_fraction_array
from pwlin.exact.text import brief

_LENGTH = 64
_PLAIN = re.compile(r"(?:-?\d{1,4000}+(?:/\d{1,4000}+)?(?:\n|\Z))*+", re.ASCII)


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
        common = _common_factors(numerators, denominators)
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
    def of(values: Iterable[Fraction | int]) -> RationalVector:
        """The vector of the given Fractions or integers."""
        items = list(values)
        num, den = np.empty(len(items), dtype=object), np.empty(len(items), dtype=object)
        num[:] = [v.numerator for v in items]
        den[:] = [v.denominator for v in items]
        return RationalVector(num, den)

    @staticmethod
    def read(values: object, name: str = "values") -> RationalVector:
        """The vector of anything that `to_fraction_array` takes; floats and integers at some 0.3 µs an entry."""
        entries: object = values if isinstance(values, (list, tuple)) else plain(values, name)
        if isinstance(entries, (list, tuple)):
            kinds = set(map(type, entries))
            if kinds <= {Fraction, int}:
                return RationalVector.of(entries)
            if kinds == {str}:
                return _of_texts(entries) or RationalVector.of(to_fraction_array(entries, 1, name).tolist())
            entries = np.asarray(entries) if kinds == {float} else entries
        if isinstance(entries, np.ndarray) and entries.ndim == 1 and entries.dtype == np.float64:
            pairs = [v.as_integer_ratio() for v in entries.tolist()] if np.isfinite(entries).all() else []
            if pairs:
                num, den = np.array(pairs, dtype=object).T
                return RationalVector.reduced(num, den)
        return RationalVector.of(to_fraction_array(values, 1, name).tolist())

    @staticmethod
    def joined(parts: Sequence[RationalVector]) -> RationalVector:
        """The entries of some vectors, one after the other."""
        return RationalVector.reduced(
            _concatenated([v.numerators for v in parts]), _concatenated([v.denominators for v in parts])
        )

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

    def inserted(self, where: NDArray[np.int64], values: RationalVector) -> RationalVector:
        """With each of some values put before the entry at its index, as `numpy.insert` has it."""
        order = np.insert(np.arange(len(self)), where, len(self) + np.arange(len(values)))
        return RationalVector.joined([self, values]).take(order)

    def equal_next(self) -> NDArray[np.bool_]:
        """For each entry but the last, whether the next one is equal."""
        n, d = self.numerators, self.denominators
        return np.asarray((n[1:] == n[:-1]) & (d[1:] == d[:-1]), dtype=bool)

    def __add__(self, other: RationalVector) -> RationalVector:
        common = _common_factors(self.denominators, other.denominators)
        first, second = other.denominators // common, self.denominators // common
        num = compact(add(multiply(self.numerators, first), multiply(other.numerators, second)))
        left = _common_factors(num, common)  # Knuth: nothing else can be taken out
        den = multiply(self.denominators // left, first)
        return RationalVector.reduced(num // left, den)

    def __neg__(self) -> RationalVector:
        return RationalVector.reduced(-self.numerators, self.denominators)

    def __abs__(self) -> RationalVector:
        return RationalVector.reduced(abs(self.numerators), self.denominators)

    def __sub__(self, other: RationalVector) -> RationalVector:
        return self + (-other)

    def __mul__(self, other: RationalVector) -> RationalVector:
        return _product(self.numerators, self.denominators, other.numerators, other.denominators)

    def __truediv__(self, other: RationalVector) -> RationalVector:
        """The quotients by entries that are not zero."""
        sign = signs(other.numerators)
        return _product(self.numerators, self.denominators, other.denominators * sign, other.numerators * sign)

    def signs(self) -> NDArray[np.int8]:
        """The entries' signs."""
        return signs(self.numerators)

    def compare(self, other: RationalVector) -> NDArray[np.int8]:
        """The signs of the differences, entry by entry."""
        first, second = multiply(self.numerators, other.denominators), multiply(other.numerators, self.denominators)
        return (first > second).astype(np.int8) - (first < second).astype(np.int8)

    def locate(self, values: RationalVector, side: Literal["left", "right"] = "left") -> NDArray[np.int64]:
        """As `numpy.searchsorted` has it: how many entries, which increase, are below (or not above) each value."""
        keys, sought = self.floats(), values.floats()
        low, high = (np.searchsorted(keys, sought, side=s) for s in ("left", "right"))
        after = side == "left"
        open_rows = np.flatnonzero(low < high)  # rounding is monotone: only equal floats are left to settle
        while len(open_rows):
            middle = (low[open_rows] + high[open_rows]) // 2
            below = self.take(middle).compare(values.take(open_rows)) < int(not after)
            low[open_rows[below]] = middle[below] + 1
            high[open_rows[~below]] = middle[~below]
            open_rows = open_rows[low[open_rows] < high[open_rows]]
        return low

    def largest(self) -> Fraction:
        """The largest entry of a vector that has one."""
        keys = self.floats()
        rest = self.take(keys == keys.max())
        while len(rest) > 1:
            half = len(rest) // 2
            first, second = rest.take(slice(half)), rest.take(slice(half, 2 * half))
            ahead = np.arange(half) + half * (second.compare(first) > 0)
            rest = rest.take(np.append(ahead, np.arange(2 * half, len(rest))))
        return rest[0]

    def common(self) -> tuple[ExactArray, int] | None:
        """Integers over one denominator, unless that is much longer than those of the entries."""
        found, longest = 1, 0
        for den in set(self.denominators.tolist()):
            found, longest = math.lcm(found, den), max(longest, den.bit_length())
            if found.bit_length() > 4 * longest + _LENGTH:
                return None
        factors = np.array(found, dtype=object) // self.denominators
        return compact(multiply(self.numerators, compact(factors))), found

    def total(self) -> Fraction:
        """The sum of the entries: over one denominator, or in a balanced tree where they have little in common."""
        shared = self.common()
        if shared is not None:
            return presentable(Fraction(sum(shared[0].tolist()), shared[1]))
        return total(fmpq(n, d) for n, d in zip(self.numerators.tolist(), self.denominators.tolist()))

    def floats(self) -> NDArray[np.float64]:
        """The entries rounded to the nearest float64 each; beyond its range they are infinite."""
        return quotient_keys(self.numerators, self.denominators)

    def ratios(self) -> list[str]:
        """The entries in full, ``p/q`` in lowest terms or ``p``."""
        if not is_small(self.numerators) or not is_small(self.denominators):
            return [ratio(v) for v in self]
        pairs = zip(self.numerators.tolist(), self.denominators.tolist())
        return [f"{n}/{d}" if d != 1 else str(n) for n, d in pairs]

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


def _of_texts(texts: Sequence[str]) -> RationalVector | None:
    """The vector of texts such as "3" and "-1/2"; None if there are others."""
    together = "\n".join(texts)
    if together.count("\n") != len(texts) - 1 or _PLAIN.fullmatch(together) is None or "" in texts:
        return None
    parts = [text.partition("/") for text in texts]
    num, den = (np.array([int(part[k] or 1) for part in parts], dtype=object) for k in (0, 2))
    return RationalVector(num, den) if den.all() else None


def quotient_keys(numerators: ExactArray, denominators: ExactArray) -> NDArray[np.float64]:
    """Quotients, each correctly rounded, so that none are ordered wrongly: ``a/b < c/d`` implies ``key(a/b) <= key(c/d)``.

    Equal keys are the only cases left to settle exactly.
    """
    if is_small(numerators) and is_small(denominators):
        exact = max(abs(numerators).max(initial=0), denominators.max(initial=0)) <= 2**53
        if exact or not (denominators & (denominators - 1)).any():  # powers of two only move the point
            return numerators / denominators
    pairs = list(zip(numerators.tolist(), denominators.tolist()))
    try:
        return np.array([n / d for n, d in pairs], dtype=np.float64)
    except OverflowError:
        return np.array([nearest_quotient(n, d) for n, d in pairs])


def _common_factors(values: ExactArray, positive: ExactArray) -> ExactArray:
    """The greatest common divisors with positive integers, which are powers of two more often than not."""
    if positive.size and not positive[0] & (positive[0] - 1) and not (positive & (positive - 1)).any():
        lowest = values & -values
        return np.minimum(np.where(lowest == 0, positive, lowest), positive)
    return np.gcd(values, positive)


def _product(n: ExactArray, d: ExactArray, m: ExactArray, e: ExactArray) -> RationalVector:
    """``n/d * m/e``, both in lowest terms: what they have in common is taken out before, while numbers are short."""
    first, second = _common_factors(n, e), _common_factors(m, d)
    return RationalVector.reduced(multiply(n // first, m // second), multiply(d // second, e // first))


def _concatenated(parts: Sequence[ExactArray]) -> ExactArray:
    small = all(map(is_small, parts))
    return np.concatenate([part if small else wide(part) for part in parts])
