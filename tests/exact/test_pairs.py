"""What pairs of floats stand for, and what is made of it, is no further off than they say."""

from fractions import Fraction as Q

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.pairs import Pairs
from tests.strategies.effort import examples

numbers = st.builds(
    lambda p, q, e: Q(p, q) * Q(2) ** e, st.integers(-(3**80), 3**80), st.integers(1, 3**40), st.integers(-700, 300)
)


def holds(pairs, values):
    """Whether pairs are that near to the numbers, or say that they know nothing."""
    for high, low, off, value in zip(*(part.tolist() for part in (pairs.high, pairs.low, pairs.off)), values):
        assert not np.isfinite([high, low, off]).all() or abs(Q(high) + Q(low) - value) <= Q(off)


@examples(100)
@given(numbers, numbers)
def test_sums_and_products(a, b):
    p, q = Pairs.of(a), Pairs.of(b)
    holds(p, [a])
    with np.errstate(all="ignore"):
        holds(p + q, [a + b])
        holds(p - q, [a - b])
        holds(p * q, [a * b])
        holds(p * q - q * (p + q), [-b * b])
        if b:
            holds(p.over(q), [a / b])
            holds((p * q).over(p - q), [a * b / (a - b)] if a != b else [])
        assert not np.isfinite(p.bounds()[0]) or p.bounds()[0] >= abs(a)


def test_sums_cancel():
    # 10^16 and 1 over all odd numbers up to 99, and the same subtracted
    values = [Q(10**16), *(Q(1, k) for k in range(1, 100, 2))]
    some = [Pairs.of(s * v) for v in values for s in (1, -1)] + [Pairs.of(Q(1, 7))]
    low, high = Pairs(*(np.array([getattr(p, part)[0] for p in some]) for part in ("high", "low", "off"))).total()
    assert low <= Q(1, 7) <= high and high - low < Q(1, 2**45)


def test_what_is_too_large_is_unknown():
    assert Pairs.of(Q(10) ** 400).total() is None and Pairs.of(Q(2) ** 500).total() is None
    with np.errstate(all="ignore"):
        huge = Pairs.of(Q(2) ** 390)
        assert (huge * huge * huge).total() is None


def test_quotients_are_as_near_as_pairs_can_be():
    values = [(Q(1), Q(3)), (Q(-7, 11), Q(10**30, 7)), (Q(0), Q(5))]
    first, second = (
        Pairs(*(np.array([getattr(Pairs.of(v), part)[0] for v in some]) for part in ("high", "low", "off")))
        for some in zip(*values)
    )
    found = first.over(second)
    holds(found, [a / b for a, b in values])
    assert (found.off <= 2.0**-98 * np.abs(found.high) + 2.0**-1000).all()
    assert np.isinf(first.over(Pairs(np.full(3, 1.0), np.zeros(3), np.ones(3))).off).all()
