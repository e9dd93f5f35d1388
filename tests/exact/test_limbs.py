"""Limbs: products in float64 are those of the integers."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pwlin.exact import limbs
from pwlin.exact.integers import compact, wide
from pwlin.exact.sparse import SparseMatrix
from tests.strategies.effort import examples


@st.composite
def tables(draw, *shape):
    top = (1 << draw(st.integers(1, 200))) - 1
    entry = st.integers(-top, top) | st.sampled_from([0, 1, -1, top, -top, (top + 1) // 2, -(top + 1) // 2])
    size = int(np.prod(shape))
    values = np.empty(size, dtype=object)
    values[:] = draw(st.lists(entry, min_size=size, max_size=size))
    return compact(values.reshape(shape))


@given(tables(7))
def test_split_and_join(values):
    parts = limbs.split(values)
    assert np.abs(parts).max() <= 2**20
    assert limbs.join(parts).tolist() == values.tolist()
    assert limbs.join(np.repeat(parts, 64, axis=1)).tolist() == np.repeat(values, 64).tolist()  # in arrays
    assert limbs.join(parts.reshape(len(parts), 1, -1)).tolist() == [values.tolist()]


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 20), st.sampled_from([1, 2, 3, 1 << 12]), st.data())
@examples(100)
def test_products(rows, columns, inner, terms, data):
    a, b = data.draw(tables(rows, inner)), data.draw(tables(inner, columns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limbs, "TERMS", terms)  # carries between, and long sums in blocks
        found = limbs.product(limbs.split(a), limbs.split(b))
    assert np.abs(found).max(initial=0) <= 2**20
    assert limbs.join(found).tolist() == wide(a).dot(wide(b)).tolist()


@given(tables(5), tables(5))
def test_elementwise(a, b):
    assert limbs.join(limbs.multiply(limbs.split(a), limbs.split(b))).tolist() == (wide(a) * wide(b)).tolist()


@pytest.mark.parametrize("bits", [21, 42, 62, 63, 84, 105])
def test_the_largest_integers(bits):
    values = np.array([s * ((1 << bits) - d) for s in (1, -1) for d in (0, 1, 2)] + [0, 1, -1], dtype=object)
    assert limbs.join(limbs.split(compact(values))).tolist() == values.tolist()


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=5))
@example([5e-324, 1e300, -(2.0**-1074 * (2**53 - 1)), 2.0**990 - 2.0**937])
@examples(200)
def test_floats(values):
    ratios = [v.as_integer_ratio() for v in values]
    den = max(q for _, q in ratios)
    integers = [p * (den // q) for p, q in ratios]
    bits = max(abs(v) for v in integers).bit_length()
    parts = limbs.split_floats((np.array(values),), den.bit_length() - 1, bits)
    assert np.abs(parts).max() <= 2**20
    assert limbs.join(parts).tolist() == integers


def test_sums_at_the_limit_are_exact():
    inner = limbs.TERMS
    values = np.full((1, inner), (1 << 62) - 1, dtype=np.int64)
    found = limbs.join(limbs.product(limbs.split(values), limbs.split(values.T)))
    assert found.tolist() == [[inner * ((1 << 62) - 1) ** 2]]


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 30), st.sampled_from([6, 40, 1 << 12]), st.data())
@examples(40)
def test_sparse_products(rows, columns, inner, terms, data):
    a, b = data.draw(tables(rows, inner)), data.draw(tables(inner, columns))
    thin = SparseMatrix.of_dense(compact(np.where(np.arange(b.size).reshape(b.shape) % 3, 0, b)))
    dense = thin.dense()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limbs, "TERMS", max(terms, inner))
        parts = [csr_matrix(limb) for limb in limbs.split(dense)]
        found = limbs.sparse_product(limbs.split(a), parts)
    assert limbs.join(found).tolist() == wide(a).dot(wide(dense)).tolist()
