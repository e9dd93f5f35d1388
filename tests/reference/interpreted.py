"""The compiled kernel as plain Python: ``NUMBA_DISABLE_JIT=1 python -m pytest tests/extraction/kernel``.

No tracer sees compiled functions, and compiled ones read beyond the end of an array in silence. Interpreted, their branches
are measured, and NumPy checks each index. Tests that are marked as large are left out.
"""

from __future__ import annotations

import math
import os
from fractions import Fraction
from functools import cache

import numpy as np

ASKED = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
WORD = 2**64 - 1
BITS = {  # what single instructions do in the compiled kernel
    "popcount": lambda value: (int(value) & WORD).bit_count(),
    "lowest": lambda value: 64 if value == 0 else ((int(value) & WORD) & -(int(value) & WORD)).bit_length() - 1,
    "reference": lambda value: value,
    "fused": lambda a, b, c: (
        float(Fraction(a) * Fraction(b) + Fraction(c)) if np.isfinite([a, b, c]).all() else a * b + c
    ),
}


def interpret():
    """Give Python what Numba has and it has not; before anything of the kernel is imported."""
    import numba.extending

    numba.extending.intrinsic = lambda function: BITS[function.__name__]
    math.ldexp = lambda number, power: float(np.ldexp(number, int(power)))  # inf beyond the range, no error
    np.seterr(all="ignore")  # as compiled: integers wrap around, floats become inf or NaN

    from pwlin.extraction.kernel import compiled

    plain = compiled._dtype
    compiled._dtype = cache(lambda kind: np.dtype((np.record, plain(kind))))  # its numbers are read by name
