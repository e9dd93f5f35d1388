import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.functions.cells.strips import Strips
from tests.strategies.effort import examples

COORDINATES = st.sampled_from([-1e290, -1.5, -1.0, -0.0, 0.5, 1.0, 3.0, 1e290])


@st.composite
def places(draw):
    dim = draw(st.integers(1, 4))
    return np.array(draw(st.lists(st.tuples(*[COORDINATES] * dim), min_size=1, max_size=40)))


@examples(100)
@given(places())
def test_many_points_find_what_each_one_finds(some):
    strips = Strips(some)
    assert sorted(strips.order.tolist()) == list(range(len(some)))
    points = np.concatenate([some, some + 0.25, -2 * some[:, ::-1]])
    assert strips.near_all(points).tolist() == [strips.near(p) for p in points.tolist()]


@examples(50)
@given(st.integers(1, 80), st.integers(1, 5))
def test_a_place_finds_itself(count, dim):
    apart = np.random.default_rng(count).normal(size=(count, dim))
    assert Strips(apart).near_all(apart).tolist() == list(range(count))
