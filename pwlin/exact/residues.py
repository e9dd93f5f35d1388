"""Integers modulo primes in float64, so that BLAS multiplies them: where residues differ, so do the integers.

A residue is a float64 integer of at most ``2**20`` in magnitude, of either sign, like a limb: products stay below 2**40, and
float64 adds `limbs.TERMS` of them without rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.limbs import BITS, TERMS, Limbs

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PRIMES = (2097143, 2097133)
"""The two largest primes below 2**21."""

Residues = NDArray[np.float64]


def reduced(values: NDArray[np.float64], prime: int) -> Residues:
    """Residues of float64 integers below 2**53 in magnitude; one integer may have two of them, a prime apart."""
    return values - np.rint(values * (1 / prime)) * prime


def canonical(residues: Residues, prime: int) -> NDArray[np.int32]:
    """The residues from 0 to prime - 1: one for each integer."""
    return np.mod(residues, prime).astype(np.int32)


def of_limbs(limbs: Limbs, prime: int) -> Residues:
    """Residues of integers in limbs."""
    out = np.zeros(limbs.shape[1:])
    for limb in limbs[::-1]:
        out = reduced(out * (1 << BITS) + limb, prime)
    return out


def multiply_transposed(a: Residues, b: Residues | csr_matrix, prime: int) -> Residues:
    """The matrix product ``a @ b.T``."""
    inner = a.shape[1]
    if inner <= TERMS:
        return reduced(np.asarray((b @ a.T).T), prime)
    out = np.zeros((len(a), b.shape[0]))
    for start in range(0, inner, TERMS):
        part = slice(start, start + TERMS)
        out = reduced(out + reduced(np.asarray((b[:, part] @ a[:, part].T).T), prime), prime)
    return out
