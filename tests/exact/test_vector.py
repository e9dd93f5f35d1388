"""Vectors of rationals do what lists of Fractions do, entry by entry, whether floats tell their entries apart or not."""

from bisect import bisect_left, bisect_right
from fractions import Fraction as Q
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.vector import RationalVector
from tests.strategies.effort import examples

close = st.builds(lambda a, k: a + Q(k, 2**80), st.sampled_from([Q(1), Q(-3)]), st.integers(-9, 9))
plain = st.fractions(-4, 4, max_denominator=6)
far = st.builds(lambda p, q: Q(p, q), st.integers(-(10**400), 10**400), st.sampled_from([1, 2**70, 3**50]))
entries = st.one_of(plain, close, far)


@given(st.lists(st.tuples(entries, entries), min_size=1, max_size=8))
@examples(40)
def test_arithmetic_is_that_of_fractions(pairs):
    a, b = (list(values) for values in zip(*pairs))
    v, w = RationalVector.of(a), RationalVector.of(b)
    assert list(v + w) == [x + y for x, y in pairs] and list(v - w) == [x - y for x, y in pairs]
    assert (
        list(v * w) == [x * y for x, y in pairs] and list(-v) == [-x for x in a] and list(abs(v)) == list(map(abs, a))
    )
    divisors = [y or Q(1, 3) for y in b]
    assert list(v / RationalVector.of(divisors)) == [x / y for x, y in zip(a, divisors)]
    assert v.compare(w).tolist() == [(x > y) - (x < y) for x, y in pairs]
    assert v.signs().tolist() == [(x > 0) - (x < 0) for x in a]
    assert v.largest() == max(a) and v.total() == sum(a)
    assert v == RationalVector.of(a) and (v == w) == (a == b)


@given(st.lists(entries, min_size=1, max_size=12), st.data())
@examples(40)
def test_places_are_those_of_lists(values, data):
    v = RationalVector.of(values)
    assert v.equal_next().tolist() == [x == y for x, y in pairwise(values)]
    where = data.draw(st.lists(st.integers(0, len(values)), max_size=4))
    more = [Q(k, 7) for k in range(len(where))]
    expected = list(values)
    for k, value in sorted(zip(where, more), key=lambda pair: pair[0], reverse=True):
        expected.insert(k, value)
    found = v.inserted(np.array(where, dtype=np.int64), RationalVector.of(more))
    assert sorted(found) == sorted(expected)
    if len(set(where)) == len(where):
        assert list(found) == expected


@given(st.lists(entries, max_size=20), st.lists(entries, min_size=1, max_size=5))
@examples(40)
def test_entries_that_floats_cannot_tell_apart_are_located(values, sought):
    values = sorted(values) + [Q(10) ** 400 + k for k in range(9)]
    sought = [*sought, values[-2], values[-1] + 1, values[len(values) // 2]]
    v, w = RationalVector.of(values), RationalVector.of(sought)
    assert v.locate(w).tolist() == [bisect_left(values, x) for x in sought]
    assert v.locate(w, "right").tolist() == [bisect_right(values, x) for x in sought]
