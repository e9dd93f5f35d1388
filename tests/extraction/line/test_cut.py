"""Orders of roots in regions: exact, though rounded quotients sort them first."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.affine import Points
from pwlin.extraction.line.cut import _MANY, _order, _running
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


@pytest.mark.parametrize("width", [1, _MANY - 1, _MANY, _MANY + 1, 2 * _MANY])
@pytest.mark.parametrize("rows", [1, 9])
def test_changes_add_up_row_by_row(width, rows):
    changes = np.random.default_rng(width).random((rows, width)) < 0.3
    found = _running(changes)
    assert found.dtype == bool and (found == (np.cumsum(changes, axis=0) % 2 == 1)).all()
