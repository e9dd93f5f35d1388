"""Integer arrays that are int64 while that provably suffices and Python integers beyond.

Every operation bounds its result from the operands' magnitudes first, so that nothing can overflow unseen.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.rational import ExactArray

LIMIT = 1 << 62
_EXACT_FLOAT = 1 << 53
_FLINT_ADVANTAGE = 16  # about how much faster FLINT multiplies and adds than NumPy does Python integers


def is_small(values: ExactArray) -> bool:
    """Whether the array is of int64."""
    return values.dtype == np.int64


def wide(values: ExactArray) -> ExactArray:
    """The same integers as Python objects."""
    return values if values.dtype == object else values.astype(object)


def compact(values: Any) -> ExactArray:
    """The same integers as int64 if each is below 2^62 in magnitude, else as Python objects."""
    array = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object)
    if is_small(array):
        return array
    if array.size == 0:
        return array.astype(np.int64)
    largest = max(abs(int(array.max())), abs(int(array.min())))
    return array.astype(np.int64) if largest < LIMIT else array


def magnitude(values: ExactArray) -> int:
    """The largest absolute value; 0 for an empty array."""
    return max(abs(int(values.max())), abs(int(values.min()))) if values.size else 0


def multiply(a: ExactArray, b: ExactArray) -> ExactArray:
    """Elementwise product with broadcasting."""
    if is_small(a) and is_small(b):
        if magnitude(a) * magnitude(b) < LIMIT:
            return a * b
        return wide(a) * wide(b)
    return wide(a) * wide(b)


def scale(a: ExactArray, factor: int) -> ExactArray:
    """Product with one integer."""
    if factor == 1:
        return a
    if is_small(a) and abs(factor) < LIMIT and magnitude(a) * abs(factor) < LIMIT:
        return a * factor
    return compact(wide(a) * factor)


def add(a: ExactArray, b: ExactArray) -> ExactArray:
    """Elementwise sum with broadcasting."""
    if is_small(a) and is_small(b):
        if magnitude(a) + magnitude(b) < LIMIT:
            return a + b
        return wide(a) + wide(b)
    return wide(a) + wide(b)


def divide(a: ExactArray, divisor: int) -> ExactArray:
    """Quotient by one positive integer that divides every entry."""
    if divisor == 1:
        return a
    return a // divisor if is_small(a) and divisor < LIMIT else compact(wide(a) // divisor)


def signs(values: ExactArray) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Signs as int8."""
    return (values > 0).astype(np.int8) - (values < 0).astype(np.int8)


def multiply_transposed(a: ExactArray, b: ExactArray) -> ExactArray:
    """The matrix product ``a @ b.T``.

    Small integers go through float64 BLAS or int64 when a bound shows that this is exact. Of the others, rows that change
    little from one to the next (regions that differ in one neuron) are updated, and the rest goes through FLINT.
    """
    inner = a.shape[1]
    if is_small(a) and is_small(b):
        bound = inner * magnitude(a) * magnitude(b)
        if bound < _EXACT_FLOAT:
            return (a.astype(np.float64) @ b.astype(np.float64).T).astype(np.int64)
        if bound < LIMIT:
            return a @ b.T
    if a.shape[0] == 0 or inner == 0:
        return np.zeros((a.shape[0], b.shape[0]), dtype=np.int64)
    a, b = wide(a), wide(b)
    steps = a[1:] - a[:-1]
    rows, columns = np.nonzero(steps)
    if len(rows) * _FLINT_ADVANTAGE < a.size:
        return compact(_running_product(a, b, steps, rows, columns))
    return compact(_flint_product(a, b))


def _running_product(
    a: ExactArray, b: ExactArray, steps: ExactArray, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> ExactArray:
    """``a @ b.T`` where neighbouring rows of `a` differ in few entries: one rank-one update for each difference."""
    out = np.zeros((len(a), len(b)), dtype=object)
    out[:1] = _flint_product(a[:1], b)
    if len(rows):
        updates = steps[rows, columns][:, None] * b.T[columns]
        starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
        out[rows[starts] + 1] = np.add.reduceat(updates, starts, axis=0)
    return np.asarray(np.add.accumulate(out, axis=0))


def _flint_product(a: ExactArray, b: ExactArray) -> ExactArray:
    from flint import fmpz_mat

    used = np.flatnonzero((a != 0).any(axis=0))
    if len(used) < a.shape[1]:
        a, b = a[:, used], b[:, used]
    if len(used) == 0:
        return np.zeros((a.shape[0], b.shape[0]), dtype=object)
    product = fmpz_mat(a.tolist()) * fmpz_mat(b.T.tolist())
    out = np.empty(a.shape[0] * b.shape[0], dtype=object)
    out[:] = list(map(int, product.entries()))
    return out.reshape(a.shape[0], b.shape[0])


def content(den: int, *arrays: ExactArray) -> int:
    """The greatest common divisor of `den` and of all entries; stops early once it is 1."""
    common = den
    for array in arrays:
        flat = array.ravel()
        for start in range(0, len(flat), 4096):
            if common == 1:
                return 1
            common = math.gcd(int(np.gcd.reduce(flat[start : start + 4096])), common)
    return common
