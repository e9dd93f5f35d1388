"""Integer arrays: every road through a matrix product gives the integers themselves."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact import integers
from pwlin.exact import matrix as products
from pwlin.exact.vector import RationalVector
from tests.strategies.effort import examples


def schoolbook(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in b] for row in a]


@st.composite
def factors(draw):
    rows, inner, columns = draw(st.integers(1, 4)), draw(st.integers(1, 40)), draw(st.integers(1, 4))
    matrices = []
    for height in (rows, columns):
        top = (1 << draw(st.integers(1, 70))) - 1
        entry = st.integers(-top, top) | st.sampled_from([0, 1, -1, top, -top])
        first = draw(st.lists(entry, min_size=inner, max_size=inner))
        table = [first]
        for _ in range(height - 1):  # rows that change in few places, as those of neighbouring regions do
            row = list(table[-1])
            for _ in range(draw(st.integers(0, 2))):
                row[draw(st.integers(0, inner - 1))] = draw(entry)
            table.append(row)
        matrices.append(table)
    return matrices


@given(factors())
@examples(200)
def test_matrix_product(pair):
    a, b = pair
    expected = schoolbook(a, b)
    small = [integers.compact(np.array(m, dtype=object)) for m in pair]
    assert products.multiply_transposed(*small).tolist() == expected
    x, y = (integers.wide(m) for m in small)
    steps = x[1:] - x[:-1]
    assert products._running_product(x, y, steps, np.nonzero(steps)).tolist() == expected
    assert products._flint_product(x, y).tolist() == expected


@pytest.mark.parametrize("inner", [1, 1023, 4095, 4096, 4097])
def test_longest_sums(inner):
    a = np.full((2, inner), (1 << 62) - 1)
    assert products.multiply_transposed(a, -a).tolist() == [[-inner * ((1 << 62) - 1) ** 2] * 2] * 2


def test_sums_are_short_as_long_as_they_can_be():
    least, most = np.array([1, -1]), np.array([integers.LIMIT - 1, 1 - integers.LIMIT])
    assert integers.add(least, least).dtype == np.int64 and integers.add(most, most).dtype == object
    for a, b in ((most, most), (most, least), (most, integers.wide(most) << 9)):
        assert integers.add(a, b).tolist() == [x + y for x, y in zip(a.tolist(), b.tolist())]


@given(
    st.lists(st.integers(-(2**70), 2**70) | st.integers(-8, 8).map(lambda n: n << 30), max_size=5),
    st.sampled_from([1, 2, 3, 12, 1 << 40, 1 << 61, 1 << 62, 1 << 63, 1 << 200, 3 << 70]),
)
@examples(200)
def test_integers_over_one_denominator(numerators, denominator):
    array = np.empty(len(numerators), dtype=object)
    array[:] = numerators
    expected = [Fraction(n, denominator) for n in numerators]
    for values in (array, integers.compact(array)):
        vector = RationalVector.over(values, denominator)
        assert list(vector) == expected and [hash(v) for v in vector] == [hash(v) for v in expected]
        assert vector == RationalVector.of(expected) and hash(vector) == hash(RationalVector.of(expected))
        assert all(type(v.numerator) is int and v.denominator == e.denominator for v, e in zip(vector, expected))
