"""Open hash tables from non-negative int64 keys, in arrays whose length is a power of two; -1 marks a free place."""

from __future__ import annotations

import numpy as np

from pwlin.extraction.kernel.compiled import Integers, Signs, compiled


@compiled
def place(keys: Integers, key: int) -> int:
    """Where `key` is, or the free place where it belongs."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    at = np.int64((mixed ^ (mixed >> np.uint64(29))) & np.uint64(0x7FFFFFFFFFFFFFFF)) & (len(keys) - 1)
    while keys[at] != key and keys[at] != -1:
        at = (at + 1) & (len(keys) - 1)
    return at  # type: ignore[return-value]


@compiled
def refill(keys: Integers, values: Integers | Signs, new_keys: Integers, new_values: Integers | Signs) -> None:
    """Copy all entries into a larger table."""
    for i in range(len(keys)):
        if keys[i] != -1:
            at = place(new_keys, keys[i])
            new_keys[at] = keys[i]
            new_values[at] = values[i]
