"""Integers modulo primes, in float64."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pwlin.exact.limbs import TERMS, split
from pwlin.exact.residues import PRIMES, canonical, multiply_transposed, of_limbs, reduced


def integers(shape, bits, seed=0):
    rng = np.random.default_rng(seed)
    out = np.empty(int(np.prod(shape)), dtype=object)
    out[:] = [int.from_bytes(rng.bytes(bits // 8), "little") - (1 << bits - 1) for _ in out]
    return out.reshape(shape)


def test_primes():
    for prime in PRIMES:
        assert prime < 1 << 21 and all(prime % n for n in range(2, 1449))


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("bits", [8, 64, 200, 1000])
def test_of_limbs(prime, bits):
    values = integers(50, bits)
    found = of_limbs(split(values), prime)
    assert canonical(found, prime).tolist() == [v % prime for v in values]
    assert np.abs(found).max() <= 1 << 20


@pytest.mark.parametrize("prime", PRIMES)
def test_reduced_to_the_ends(prime):
    values = [k * prime // 2 + i for k in (-(1 << 31), -1, 0, 1, 3, (1 << 32) - 1) for i in (-1, 0, 1)]
    found = reduced(np.array(values, dtype=np.float64), prime)
    assert canonical(found, prime).tolist() == [v % prime for v in values] and np.abs(found).max() <= 1 << 20


@pytest.mark.parametrize("inner", [1, 30, TERMS, TERMS + 1, 3 * TERMS + 5])
def test_products(inner):
    prime, extreme = PRIMES[0], 1 << 20
    rng = np.random.default_rng(1)
    a = rng.choice([-extreme, extreme, extreme - 1, 0], size=(3, inner)).astype(np.float64)
    b = rng.choice([extreme, extreme, 5], size=(4, inner)).astype(np.float64)
    want = (a.astype(object) @ b.astype(object).T % prime).astype(np.int64).tolist()
    assert canonical(multiply_transposed(a, b, prime), prime).tolist() == want
    assert canonical(multiply_transposed(a, csr_matrix(b), prime), prime).tolist() == want
