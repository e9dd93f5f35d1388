"""Binary floats as integers over a power of two."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray


def is_float_array(values: object) -> bool:
    """Whether it is an array of binary floats, which take a vectorised road to integers."""
    return isinstance(values, np.ndarray) and values.dtype in (np.float16, np.float32, np.float64)


def dyadic(values: NDArray[np.float64]) -> tuple[ExactArray, int]:
    """Integers over the least power of two, as int64 if they are below 2^62."""
    places = dyadic_places(values)
    return dyadic_integers(values, places), 1 << places


def dyadic_places(values: NDArray[np.float64]) -> int:
    """The least n >= 0 so that all values times 2^n are integers."""
    mantissa, exponent = np.frexp(values)
    integers = (mantissa * 2.0**53).astype(np.int64)
    lowest = np.frexp((integers & -integers).astype(np.float64))[1]  # 0 for a zero, which needs no places
    needed = np.where(integers != 0, 54 - lowest - exponent, 0)
    return max(int(needed.max(initial=0)), 0)


def dyadic_integers(values: NDArray[np.float64], places: int) -> ExactArray:
    """All values times 2^places, integers, as int64 if they are below 2^62."""
    mantissa, exponent = np.frexp(values)
    integers = (mantissa * 2.0**53).astype(np.int64)
    shift = exponent.astype(np.int64) + (places - 53)
    if int(np.where(integers != 0, exponent, -places).max(initial=-places)) + places <= 62:
        right = np.minimum(np.maximum(-shift, 0), 63)
        return np.where(shift < 0, integers >> right, integers << np.clip(shift, 0, 62))
    wider = integers.astype(object)
    out = np.empty(values.shape, dtype=object)
    out.ravel()[:] = [v << s if s >= 0 else v >> -s for v, s in zip(wider.ravel().tolist(), np.ravel(shift).tolist())]
    return out


def dyadic_bits(largest: float, denominator: int) -> int:
    """Bits of integers over a power of two, of which the largest is so large as a number."""
    return math.frexp(largest)[1] + denominator.bit_length() - 1
