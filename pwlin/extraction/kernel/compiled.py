"""Open hash tables from non-negative int64 keys, in arrays whose length is a power of two; -1 marks a free place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# Without Numba's reference counting: the kernel allocates nothing. Inlined: a call would hand over hundreds of words, the
# arrays of the store one by one. Products may be added without rounding them first, which no error bound minds.
_OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False, "forceinline": True, "fastmath": {"contract"}}


def compiled(function: Any, **options: bool) -> Any:
    """Compile a function that Python calls, once for this machine if there is a place to keep machine code."""
    try:
        return njit(cache=True, **_OPTIONS, **options)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return njit(**_OPTIONS, **options)(function)


def inner(function: Any) -> Any:
    """Compile a function that only compiled ones call: without the door for Python, which takes longer than the function."""
    return compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


@inner  # type: ignore[untyped-decorator]
def copy_into(target: Any, source: Any) -> None:
    """Copy one row into another that does not overlap it."""
    for i in range(len(target)):
        target[i] = source[i]


@compiled  # type: ignore[untyped-decorator]
def place(keys: Any, key: int) -> int:
    """Where `key` is, or the free place where it belongs."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    at = np.int64((mixed ^ (mixed >> np.uint64(29))) & np.uint64(0x7FFFFFFFFFFFFFFF)) & (len(keys) - 1)
    while keys[at] != key and keys[at] != -1:
        at = (at + 1) & (len(keys) - 1)
    return at  # type: ignore[return-value]


@compiled  # type: ignore[untyped-decorator]
def refill(keys: Any, values: Any, new_keys: Any, new_values: Any) -> None:
    """Copy all entries into a larger table."""
    for i in range(len(keys)):
        if keys[i] != -1:
            at = place(new_keys, keys[i])
            new_keys[at] = keys[i]
            new_values[at] = values[i]
