"""Orders of roots in regions: exact, though rounded quotients sort them first."""

from fractions import Fraction as Q

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.affine import Points
from pwlin.extraction.line.cut import _order
from tests.strategies.effort import examples

# closer to one another than floats are: their numerators, their denominators or both tell them apart
near = st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.sampled_from([1, 3])).map(
    lambda v: Q(v[2] * 2**80 + v[0], 3 * 2**80 + v[1])
)
roots = st.lists(st.tuples(st.integers(0, 2), near), min_size=1, max_size=8)


@examples(100)
@given(roots)
def test_roots_are_sorted_by_region_and_exactly(cases):
    rows = np.array([row for row, _ in cases])
    p, q = (np.array([getattr(x, n) for _, x in cases], dtype=object) for n in ("numerator", "denominator"))
    points = Points(p, q)
    assert [cases[i] for i in _order(rows, points, points.keys())] == sorted(cases)


def test_denominators_alone_tell_roots_apart():
    p, q = np.array([1, 1, 1], dtype=object), np.array([2**70, 2**70 + 1, 2**70 - 1], dtype=object)
    points = Points(p, q)
    assert len(set(points.keys())) == 1 and _order(np.zeros(3, dtype=np.int64), points, points.keys()).tolist() == [
        1,
        0,
        2,
    ]
