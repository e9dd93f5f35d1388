"""Affine maps of one variable over one denominator, and points of the projective line, in arrays of integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import add, compact, content, divide, multiply, scale, signs
from pwlin.exact.rational import ExactArray
from pwlin.exact.vector import RationalVector, quotient_keys


@final
@dataclass(frozen=True, eq=False)
class Points:
    """Points p / q of a line, its two ends among them: q is 0 and p is -1 or 1 at infinity, else q is positive."""

    p: ExactArray
    q: ExactArray

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which of them are not infinite."""
        return np.asarray(self.q != 0, dtype=bool)

    def keys(self) -> NDArray[np.float64]:
        """The points correctly rounded; -1 and 1 stand for the infinite ones."""
        finite = self.finite
        x = np.where(np.asarray(self.p > 0, dtype=bool), 1.0, -1.0)
        x[finite] = quotient_keys(self.p[finite], self.q[finite])
        return x

    def inner(self) -> RationalVector:
        """All but the first and the last, which are finite and in lowest terms."""
        return RationalVector.reduced(self.p[1:-1], self.q[1:-1])

    def at(self, indices: NDArray[np.int64] | slice) -> Points:
        """Some of them."""
        return Points(self.p[indices], self.q[indices])


@final
@dataclass(frozen=True, eq=False)
class AffineMaps:
    """The maps ``(a t + b) / den`` of a line's coordinate t; one row for each region, one column for each neuron."""

    a: ExactArray
    b: ExactArray
    den: int

    def __len__(self) -> int:
        return len(self.a)

    def through(self, forward: Callable[[ExactArray], ExactArray], bias: ExactArray, den: int) -> AffineMaps:
        """Fed through an affine map whose weight, applied by `forward`, and bias are integers over a denominator."""
        shift = scale(bias, self.den)
        return AffineMaps(forward(self.a), add(forward(self.b), shift[None, :]), self.den * den)

    def each(self, change: Callable[[ExactArray], ExactArray], unit: int = 1) -> AffineMaps:
        """Both coefficients changed alike, over so many times the denominator, without common factors."""
        a, b, den = change(self.a), change(self.b), self.den * unit
        common = content(den, a, b)
        return AffineMaps(divide(a, common), divide(b, common), den // common)

    def column(self, index: int) -> tuple[RationalVector, RationalVector]:
        """Slopes and intercepts of one column."""
        return RationalVector.over(self.a[:, index], self.den), RationalVector.over(self.b[:, index], self.den)

    def roots(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Points:
        """Where some of them, none constant, are zero."""
        return roots_of(self.a[rows, columns], self.b[rows, columns])[0]

    def signs_between(self, ends: Points) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Signs at the left and at the right end of every region, for continuous columns; `ends` are one more than regions."""
        left = signs_at(self.a, self.b, ends.at(slice(None, -1)), each=True)
        last = signs_at(self.a[-1:], self.b[-1:], ends.at(slice(-1, None)), each=True)
        return left, np.concatenate([left[1:], last])


def signs_at(a: ExactArray, b: ExactArray, points: Points, each: bool = False) -> NDArray[np.int8]:
    """Signs of ``a t + b`` at points, one for each map, or with `each` one for each row; a constant keeps its own at infinity."""
    p, q = (v[:, None] if each else v for v in (points.p, points.q))
    found = signs(add(multiply(a, p), multiply(b, q)))
    infinite = ~points.finite
    found[infinite] = np.where(a[infinite] == 0, signs(b[infinite]), found[infinite])
    return found


def roots_of(a: ExactArray, b: ExactArray) -> tuple[Points, ExactArray]:
    """Where a t + b = 0, in lowest terms, and c with a = c q and b = -c p; no a is zero."""
    common = np.gcd(a, b) * np.where(a > 0, 1, -1)
    return Points(compact(-(b // common)), compact(a // common)), common
