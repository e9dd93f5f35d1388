"""Where a search on simplices starts: corners and volumes in floats."""

import math
import random
from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin.comparison.cells.batch import Whole
from pwlin.comparison.cells.simplices import Simplex, cut, distinct
from pwlin.exact.rational import nearest_float


def some(d, thinness):
    """Simplices on d + 2 points, the last of which is next to another."""
    r = random.Random(d)
    points = [tuple(Q(r.randint(-90, 90), r.randint(1, 30)) for _ in range(d)) for _ in range(d + 1)]
    points.append(tuple(v + thinness * Q(r.randint(-9, 9), 7) for v in points[0]))
    return [Simplex(tuple(p for p in points if p is not gone), (Q(1, 3),) * (d + 1), 0) for gone in points]


@pytest.mark.parametrize("thinness", [Q(1), Q(1, 10**9), Q(1, 2**1100), Q(0)])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_volumes_in_floats_hold_the_exact_ones(d, thinness):
    whole = Whole(some(d, thinness), np.zeros(d + 2, dtype=np.int64))
    for simplex, low, high in zip(whole.simplices, whole.volumes.low.tolist(), whole.volumes.high.tolist()):
        assert Q(low) <= simplex.volume <= Q(high)
        assert high - low <= 2.0**-40 * nearest_float(simplex.volume) + 2.0**-1000
    corners = [[[nearest_float(v) for v in c] for c in s.corners] for s in whole.simplices]
    assert np.array_equal(np.clip(corners, whole.corners.low, whole.corners.high), corners)


def test_a_volume_is_that_of_its_halves():
    simplex = some(3, Q(1))[0]
    parts = [part for _, part in cut(simplex, (Q(1, 7), Q(-2), Q(3), Q(0)))]
    assert len(parts) > 1 and sum(part.volume for part in parts) == simplex.volume
    unit = Simplex(((Q(0), Q(0)), (Q(1), Q(0)), (Q(0), Q(1))), (Q(0),) * 3, 0)
    assert unit.volume == Q(1, math.factorial(2))


def test_distinct_objects_stand_where_they_stood():
    one, two = (1, 2), (1, 3)
    found, where = distinct([[one, two], [two, one], []])
    assert found == [one, two] and where.tolist() == [0, 1, 1, 0]
