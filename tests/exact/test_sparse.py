"""Sparse exact matrices, against dense ones of Python's integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.integers import compact, wide
from pwlin.exact.sparse import SparseMatrix
from tests.strategies.effort import examples

LARGE = st.one_of(st.integers(-3, 3), st.sampled_from([2**62, -(2**62), 2**63 - 1, 10**30]))


@given(st.integers(1, 4), st.integers(1, 4), st.data())
@examples(50)
def test_entries_in_any_order(rows, columns, data):
    entries = data.draw(st.lists(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1), LARGE), max_size=12))
    expected = np.zeros((rows, columns), dtype=object)
    for i, j, value in entries:
        expected[i, j] += value
    at = np.array([e[:2] for e in entries], dtype=np.int64).reshape(-1, 2)
    values = np.array([e[2] for e in entries] + [None], dtype=object)[:-1]
    made = SparseMatrix.of_entries(at[:, 0], at[:, 1], compact(values), (rows, columns))
    assert wide(made.dense()).tolist() == expected.tolist() and made.size == np.count_nonzero(expected)
    assert made.rows.tolist() == np.nonzero(expected)[0].tolist()  # in order, without zeros
    vector = compact(np.array([1, *data.draw(st.lists(LARGE, min_size=columns, max_size=columns))], dtype=object)[1:])
    assert wide(made.dot(vector)).tolist() == expected.dot(wide(vector)).tolist()
    table = np.stack([vector, vector], axis=1)
    assert wide(made.dot(table)).tolist() == expected.dot(wide(table)).tolist()
    other = SparseMatrix.of_dense(compact(expected.T))
    assert wide(made.transposed().dense()).tolist() == expected.T.tolist()
    assert wide(made.after(other).dense()).tolist() == expected.dot(expected.T).tolist()


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 2)])
def test_of_nothing(shape):
    none = np.zeros(0, dtype=np.int64)
    made = SparseMatrix.of_entries(none, none, none, shape)
    assert made.size == 0 and made.dense().tolist() == np.zeros(shape, dtype=int).tolist()
    assert made.dot(np.ones(shape[1], dtype=np.int64)).tolist() == [0] * shape[0]
