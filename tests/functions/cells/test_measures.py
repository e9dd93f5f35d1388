"""Volumes and centroids that are made together are those that are made one by one, from triangulations."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.functions.cells.measures import Measures
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def agree(f, chosen):
    together, single = Measures(f), Measures(f)
    cells = chosen.tolist()
    assert list(together._volumes(chosen)) == [single._volume(c) for c in cells]
    assert list(together._centroids(chosen)) == [single._centroid(c) for c in cells]


@examples(15)
@given(
    st.integers(2, 3).flatmap(
        lambda d: st.tuples(
            st.one_of(networks(d, 2, 3), hard_networks(d, neurons=5)), st.one_of(domains(d, bounded=True), domains(d))
        )
    ),
    st.sampled_from(["exact", "auto"]),
    st.integers(1, 3),
)
def test_together_as_one_by_one(case, method, step):
    f = extract(*case, method=method)
    agree(f, np.arange(0, f.n_regions, step))
    if f.domain.is_bounded:
        assert sum(f.measures.volumes) == f.volume()


@pytest.mark.parametrize("domain", [[(-2, 2)] * 2, [(-2, 2), (0, None)]])
def test_records_in_their_order(domain):
    f = extract(pytorch_style((2, 9, 9, 1), 3), domain, method="fast")
    sizes = [r.volume for r in f.regions]
    assert sizes == [Measures(f)._volume(r) for r in range(f.n_regions)]
    assert [r.centroid is None for r in f.regions] == [size == math.inf for size in sizes]


def test_a_corner_at_the_origin():
    # |x| + |y| on [-1, 2] x [-1, 1]: its lines go through the origin
    f = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs"), [(-1, 2), (-1, 1)])
    assert sorted(f.measures.volumes[:]) == [1, 1, 2, 2]
    assert sorted(f.measures.centroids[:])[0] == (Q(-1, 2), Q(-1, 2))
