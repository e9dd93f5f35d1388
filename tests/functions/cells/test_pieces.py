"""Pieces: regions that are joined, directly or through others."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.functions.cells.pieces import _least_joined


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_all_that_are_joined_have_the_least_of_them_in_common(pairs):
    least = list(range(20))
    for _ in least:  # as far as the longest way
        for a, b in pairs:
            least[a] = least[b] = min(least[a], least[b])
    assert _least_joined(np.array(pairs, dtype=np.int64).reshape(-1, 2), 20).tolist() == least


def test_long_chains_in_any_order():
    order = np.random.default_rng(0).permutation(5000)
    chains = np.column_stack([order[:-1], order[1:]])[np.arange(4999) != 2500]  # two of them
    least = _least_joined(chains, 5000)
    assert set(least[order[:2501]].tolist()) == {order[:2501].min()}
    assert set(least[order[2501:]].tolist()) == {order[2501:].min()}
