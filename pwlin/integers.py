"""Integer arrays that are int64 while that provably suffices and Python integers beyond.

Every operation bounds its result from the operands' magnitudes first, so that nothing can overflow unseen.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.rational import ExactArray

Where = tuple[NDArray[np.int64], ...]
"""Row and column indices, as from ``np.nonzero``."""

LIMIT = 1 << 62
_LIMB = 21
_LIMB_MASK = (1 << _LIMB) - 1
_LIMB_TERMS = 1 << 10  # sums of so many products of limbs stay below 2**53
_LIMB_UPDATES = 1 << 18  # so many updates of three products of limbs each stay below 2**63
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

    Small integers go through float64 BLAS or int64 when a bound shows that this is exact, else in limbs; larger ones
    through FLINT. Rows of `a` that change little from one to the next (regions that differ in one neuron) are updated.
    """
    inner = a.shape[1]
    small = is_small(a) and is_small(b)
    if small:
        bound = inner * magnitude(a) * magnitude(b)
        if bound < _EXACT_FLOAT:
            return (a.astype(np.float64) @ b.astype(np.float64).T).astype(np.int64)
        if bound < LIMIT:
            return a @ b.T
    if a.shape[0] == 0 or inner == 0:
        return np.zeros((a.shape[0], b.shape[0]), dtype=np.int64)
    if not small:
        a, b = wide(a), wide(b)
    steps = a[1:] - a[:-1]
    where = np.nonzero(steps)
    few = len(where[0]) * _FLINT_ADVANTAGE < a.size
    if small and inner <= _LIMB_TERMS:
        if few and len(where[0]) <= _LIMB_UPDATES:
            return compact(_running_limbs(a, b, steps, where))
        return compact(_from_limbs(_limb_products(_limbs(a), _limbs(b)), a, b))
    if few:
        return compact(_running_product(wide(a), wide(b), wide(steps), where))
    return compact(_flint_product(wide(a), wide(b)))


def _limb_products(a: list[NDArray[np.float64]], b: list[NDArray[np.float64]]) -> list[NDArray[np.int64]]:
    """``a @ b.T`` in limbs: float64 BLAS gets their products and sums exactly."""
    out = [np.zeros((len(a[0]), len(b[0])), dtype=np.int64) for _ in range(len(a) + len(b) - 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            out[i + j] += (x @ y.T).astype(np.int64)
    return out


def _running_limbs(a: NDArray[np.int64], b: NDArray[np.int64], steps: NDArray[np.int64], where: Where) -> ExactArray:
    """`_running_product` in limbs."""
    rows, columns = where
    parts = _limbs(b)
    out = [np.zeros((len(a), len(b)), dtype=np.int64) for _ in range(len(parts) + 3)]
    for digit, first in zip(out, _limb_products(_limbs(a[:1]), parts)):
        digit[:1] = first
    if len(rows):
        starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
        for i, x in enumerate(_limbs(steps[rows, columns])):
            for j, y in enumerate(parts):
                update = np.add.reduceat(x[:, None] * y.T[columns], starts, axis=0)
                out[i + j][rows[starts] + 1] += update.astype(np.int64)
    for digit in out:
        np.add.accumulate(digit, axis=0, out=digit)
    return _from_limbs(out, a, b)


def _from_limbs(groups: list[NDArray[np.int64]], a: NDArray[np.int64], b: NDArray[np.int64]) -> ExactArray:
    """The Python integers of sums of limb products in ``a @ b.T``."""
    bound = a.shape[1] * magnitude(a) * magnitude(b)
    whole = bound.bit_length() // (3 * _LIMB)  # words of three digits below the highest, signed one
    groups = groups + [np.zeros_like(groups[0]) for _ in range(3 * whole + 1 - len(groups))]
    for low, high in zip(groups, groups[1:]):
        high += low >> _LIMB
        low &= _LIMB_MASK
    out = _joined(groups[3 * whole :]).astype(object)
    for word in range(whole - 1, -1, -1):
        out = (out << 3 * _LIMB) + _joined(groups[3 * word : 3 * word + 3]).astype(object)
    return np.asarray(out)


def _joined(digits: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The digits as one number that is known to fit: what overflows on the way is zero in the end."""
    value = digits[-1]
    for digit in digits[-2::-1]:
        value = (value << _LIMB) + digit
    return value


def _limbs(values: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Limbs from the lowest up; all but the highest are in [0, 2**21)."""
    out = []
    while magnitude(values) > _LIMB_MASK:
        out.append((values & _LIMB_MASK).astype(np.float64))
        values = values >> _LIMB
    return [*out, values.astype(np.float64)]


def _running_product(a: ExactArray, b: ExactArray, steps: ExactArray, where: Where) -> ExactArray:
    """``a @ b.T`` where neighbouring rows of `a` differ in few entries: one rank-one update for each difference."""
    rows, columns = where
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
