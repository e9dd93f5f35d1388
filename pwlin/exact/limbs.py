"""Exact products of long integers in float64, by BLAS.

An array of limbs has one more axis in front: ``limbs[i]`` counts ``2**(21 i)``, and each limb is a float64 integer of at
most ``2**20`` in magnitude, of either sign. Products of two limbs stay below 2**40, so that float64 adds `TERMS` of them
without rounding, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.dyadic import dyadic_integers
from pwlin.exact.integers import is_small, magnitude
from pwlin.exact.rational import ExactArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Limbs = NDArray[np.float64]
BITS = 21
TERMS = 1 << 12
"""So many products of limbs are added before carries are made."""
_NARROW = 32
"""Columns, those of all limbs together, up to which one product is made of them."""
_BASE = 1 << BITS
_HALF = _BASE >> 1
_FEW = 64
"""Limbs up to which integers are put together without arrays."""
_PLACES = 1000
"""Up to so many powers of two floats are moved without a loss."""
_SHORT = 18
"""Limbs up to which integers are put together by shifts; longer ones from their bytes."""


def split(values: ExactArray) -> Limbs:
    """The limbs of integers."""
    if is_small(values):
        return np.stack(_small_limbs(values))
    if not values.size:
        return np.zeros((1, *values.shape))
    count = magnitude(values).bit_length() // BITS + 1
    size, raised = _bytes(count), _raised(count)  # digits from 0 instead of balanced ones
    words = np.frombuffer(b"".join([(v + raised).to_bytes(size, "little") for v in values.ravel().tolist()]), "<u8")
    words = np.ascontiguousarray(words.reshape(-1, size // 8).T)
    out = np.empty((count, values.size))
    for i in range(count):
        word, place = divmod(BITS * i, 64)
        digit = words[word] >> np.uint64(place)
        if place + BITS + (i == count - 1) > 64:  # the last one may be 2**21
            digit = digit | words[word + 1] << np.uint64(64 - place)
        out[i] = digit & np.uint64(_BASE - 1 if i < count - 1 else 2 * _BASE - 1)
    out -= _HALF
    return out.reshape(count, *values.shape)


def _bytes(count: int) -> int:
    """Bytes, in whole words of 64 bits, that hold so many limbs and a bit."""
    return (BITS * count // 64 + 1) * 8


def _raised(count: int) -> int:
    """What makes so many balanced limbs digits from 0 on: half a limb's range in each place."""
    return int(sum(_HALF << BITS * i for i in range(count)))


def split_floats(parts: Sequence[NDArray[np.float64]], exponent: int, bits: int) -> Limbs:
    """The limbs of floats times ``2**exponent``, integers of at most so many bits; the floats are below 2**1000.

    They are put together along their last axis.
    """
    count = max(bits, 0) // BITS + 1
    places = exponent - BITS * (count - 1)
    if abs(places) >= _PLACES or count >= _PLACES // BITS:
        return split(dyadic_integers(np.concatenate(parts, axis=-1), exponent))
    out = np.empty((count, *parts[0].shape[:-1], sum(part.shape[-1] for part in parts)))
    rest = np.concatenate(parts, axis=-1, out=out[0])
    rest *= 2.0**places
    for i in range(count - 1, 0, -1):
        rest -= np.rint(rest, out=out[i])
        rest *= _BASE
    return out


def _small_limbs(values: NDArray[np.int64]) -> list[Limbs]:
    """The limbs of int64 integers below 2**62 in magnitude (or -2**62)."""
    out = []
    largest = magnitude(values)
    while largest > _HALF:
        values = values + _HALF
        low = (values & (_BASE - 1)).astype(np.float64)
        low -= _HALF
        out.append(low)
        values >>= BITS
        largest = (largest + _HALF) >> BITS
    return [*out, values.astype(np.float64)]


def join(limbs: Limbs) -> ExactArray:
    """The integers, as Python objects."""
    count, shape = len(limbs), limbs.shape[1:]
    assert count, "there is at least one limb"
    if limbs.size <= _FEW:
        few = np.empty(limbs[0].size, dtype=object)
        few[:] = [joined(row) for row in limbs.reshape(count, -1).T.astype(np.int64).tolist()]
        return few.reshape(shape)
    if count <= _SHORT:
        out = None
        for top in range((count - 1) // 3 * 3, -1, -3):
            part = np.zeros(shape, dtype=np.int64)
            for limb in limbs[top : top + 3][::-1]:
                part = part * _BASE + limb.astype(np.int64)
            out = part.astype(object) if out is None else (out << 3 * BITS) + part
        return np.asarray(out)
    size = _bytes(count + 1)
    words = np.zeros((size // 8, limbs[0].size), dtype="<u8")
    carry = np.zeros(words.shape[1], dtype=np.int64)
    for i in range(count + 1):
        digit = carry + (limbs[i].ravel().astype(np.int64) + _HALF if i < count else 0)
        carry = digit >> BITS
        unsigned = (digit & (_BASE - 1)).astype(np.uint64)
        word, place = divmod(BITS * i, 64)
        words[word] |= unsigned << np.uint64(place)
        if place + BITS > 64:
            words[word + 1] |= unsigned >> np.uint64(64 - place)
    assert not carry.any(), "no limb exceeds 2**20"
    text, raised = words.T.tobytes(), _raised(count)
    found = np.empty(words.shape[1], dtype=object)
    found[:] = [int.from_bytes(text[k : k + size], "little") - raised for k in range(0, len(text), size)]
    return found.reshape(shape)


def joined(limbs: Sequence[int]) -> int:
    """One integer."""
    out = 0
    for limb in reversed(limbs):
        out = (out << BITS) + limb
    return out


def sparse_product(a: Limbs, b: Sequence[csr_matrix]) -> Limbs:
    """The matrix product; `a` has shape (limbs, n, inner), the limbs of `b` are sparse, with inner rows.

    Rows of `b` that meet zeros only are left alone, so that the cost follows what `a` reaches.
    """
    count, rows, _ = a.shape
    used = np.flatnonzero(a.any(axis=(0, 1)))
    flat = np.ascontiguousarray(a[:, :, used].reshape(count * rows, len(used)).T)
    reached = np.unique(np.concatenate([limb[used].indices for limb in b]))  # a limb may be zero where others are not
    if len(reached) == 0:
        return np.zeros((1, rows, b[0].shape[1]))
    sums = np.zeros((len(reached), (count + len(b) - 1) * rows))  # limb after limb along the second axis
    added = 0
    for i, limb in enumerate(b):
        part = limb[used].T.tocsr()[reached]
        terms = int(np.diff(part.indptr).max(initial=1))
        assert terms <= TERMS, "longer sums are not for sparse matrices"
        if added + terms > TERMS:
            done = carried(np.moveaxis(sums.reshape(len(reached), -1, rows), 1, 0).copy())
            sums = np.moveaxis(done, 0, 1).reshape(len(reached), -1)
            added = 1
        width = i * rows + count * rows
        sums[:, i * rows : width] += part @ flat
        added += terms
    found = carried(np.moveaxis(sums.reshape(len(reached), -1, rows), 0, 2).copy())
    out = np.zeros((*found.shape[:2], b[0].shape[1]))
    out[:, :, reached] = found
    return out


def product(a: Limbs, b: Limbs) -> Limbs:
    """The matrix product; `a` has shape (limbs, n, inner) and `b` (limbs, inner, m)."""
    count, rows, inner = a.shape
    if len(b) * b.shape[2] <= _NARROW and inner <= TERMS:
        return folded((apart(a, b), inner))
    out = np.zeros((count + len(b) - 1, rows, b.shape[2]))
    step, added = min(max(inner, 1), TERMS), 0
    for start in range(0, inner, step):
        block = a[:, :, start : start + step]
        flat = block.reshape(count * rows, block.shape[2])
        for i, limb in enumerate(b[:, start : start + step]):
            if added + step > TERMS:
                out = carried(out)
                added = 1
            out[i : i + count] += (flat @ limb).reshape(count, rows, b.shape[2])
            added += step
    return carried(out)


def apart(a: Limbs, b: Limbs) -> Limbs:
    """Matrix products of each limb of `b`, shape (limbs, inner, m), with each of `a`, shape (limbs, n, inner), for `folded`."""
    limbs, rows, inner = a.shape
    (count, _, columns), flat = b.shape, a.reshape(limbs * rows, inner)
    if count * columns <= _NARROW:  # one product for all limbs
        together = flat @ b.transpose(1, 0, 2).reshape(inner, count * columns)
        return together.reshape(limbs, rows, count, columns).transpose(2, 0, 1, 3)
    return (flat @ b).reshape(count, limbs, rows, columns)


def folded(*sums: tuple[Limbs, int]) -> Limbs:
    """The limbs of a sum of what is in parts, ``parts[i, j]`` counting ``2**(21 (i + j))``, each of so many products of limbs."""
    added, shape = 0, sums[0][0].shape[2:]
    out = np.zeros((max(sum(parts.shape[:2]) - 1 for parts, _ in sums), *shape))
    for parts, terms in sums:
        for i, part in enumerate(parts if len(parts) <= parts.shape[1] else parts.swapaxes(0, 1)):
            if added + terms > TERMS:
                out, added = carried(out), 1
            out[i : i + len(part)] += part
            added += terms
    return carried(out)


def multiply(a: Limbs, b: Limbs) -> Limbs:
    """The elementwise product, for arrays of the same shape but for the number of limbs."""
    out = np.zeros((len(a) + len(b) - 1, *a.shape[1:]))
    for i, limb in enumerate(b):
        out[i : i + len(a)] += a * limb
    return carried(out)


def concatenated(parts: Sequence[Limbs]) -> Limbs:
    """Arrays put together along their first axis but that of limbs, of which they may have more and fewer."""
    out = np.zeros((max(map(len, parts)), sum(part.shape[1] for part in parts), *parts[0].shape[2:]))
    start = 0
    for part in parts:
        out[: len(part), start : start + part.shape[1]] = part
        start += part.shape[1]
    return out


def carried(sums: Limbs) -> Limbs:
    """Limbs again, from sums of products; overwrites them."""
    for i in range(len(sums) - 1):
        carry = sums[i] * (1 / _BASE)
        sums[i + 1] += np.rint(carry, out=carry)
        carry *= _BASE
        sums[i] -= carry
    more = []
    top = sums[-1]
    while max(top.max(initial=0), -top.min(initial=0)) > _HALF:
        carry = np.rint(top * (1 / _BASE))
        top -= carry * _BASE
        more.append(carry)
        top = carry
    return np.concatenate([sums, more]) if more else sums
