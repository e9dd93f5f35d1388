"""Integer arrays that are int64 while that provably suffices and Python integers beyond.

Every operation bounds its result from the operands' magnitudes first, so that nothing can overflow unseen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray

LIMIT = 1 << 62


def is_small(values: ExactArray) -> bool:
    """Whether the array is of int64."""
    return values.dtype == np.int64


def wide(values: ExactArray) -> ExactArray:
    """The same integers as Python objects."""
    return values if values.dtype == object else values.astype(object)


def compact(values: ExactArray | Sequence[int]) -> ExactArray:
    """The same integers as int64 if each is below 2^62 in magnitude, else as Python objects."""
    array = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object)
    if is_small(array):
        return array
    if array.size == 0:
        return array.astype(np.int64)
    if abs(array.item(array.size // 2)) >= LIMIT:  # where most are long, one of them tells
        return array
    largest = max(abs(int(array.max())), abs(int(array.min())))
    return array.astype(np.int64) if largest < LIMIT else array


def magnitude(values: ExactArray) -> int:
    """The largest absolute value; 0 for an empty array."""
    return max(abs(int(values.max())), abs(int(values.min()))) if values.size else 0


def multiply(a: ExactArray, b: ExactArray) -> ExactArray:
    """Elementwise product with broadcasting."""
    if is_small(a) and is_small(b) and (magnitude(a) * magnitude(b) < LIMIT or _products_fit(a, b)):
        return a * b
    return wide(a) * wide(b)


def _products_fit(a: ExactArray, b: ExactArray) -> bool:
    """Whether each single product is small: in floats, whose few roundings are far less than the room that is left."""
    return bool((np.abs(a.astype(np.float64)) * np.abs(b.astype(np.float64))).max() < LIMIT)


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


def signs(values: ExactArray) -> NDArray[np.int8]:
    """Signs as int8."""
    return (values > 0).astype(np.int8) - (values < 0).astype(np.int8)


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
