"""Affine maps and points of the projective line in arrays of integers, against Fractions one by one."""

from fractions import Fraction as Q

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.affine import AffineMaps, Points, roots_of, signs_at
from pwlin.exact.integers import compact

integers = st.one_of(st.integers(-5, 5), st.integers(-(2**80), 2**80))


def array(values, shape=None):
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return compact(out if shape is None else out.reshape(shape))


@given(st.lists(st.tuples(integers, integers), min_size=1, max_size=6), st.integers(1, 2**70))
def test_maps_and_their_roots(rows, den):
    maps = AffineMaps(array([a for a, _ in rows])[:, None], array([b for _, b in rows])[:, None], den)
    slopes, intercepts = maps.column(0)
    assert list(slopes) == [Q(a, den) for a, _ in rows] and list(intercepts) == [Q(b, den) for _, b in rows]
    doubled = maps.each(lambda v: v, 1).through(lambda v: 2 * v.astype(object), array([3]), 7)
    assert list(doubled.column(0)[1]) == [Q(2 * b, 7 * den) + Q(3, 7) for _, b in rows]
    steep = [(a, b) for a, b in rows if a]
    if steep:
        a, b = array([a for a, _ in steep]), array([b for _, b in steep])
        roots, content = roots_of(a, b)
        assert [Q(int(p), int(q)) for p, q in zip(roots.p, roots.q)] == [Q(-v, u) for u, v in steep]
        whole = zip(content.tolist(), roots.p.tolist(), roots.q.tolist())
        assert [(c * q, -c * p) for c, p, q in whole] == steep
        assert all(q > 0 for q in roots.q) and roots.finite.all()


@given(
    st.lists(st.tuples(integers, integers), min_size=1, max_size=5), st.lists(st.fractions(), min_size=1, max_size=4)
)
def test_signs_at_points_and_at_infinity(columns, places):
    places = sorted(set(places))
    ends = Points(array([-1, *(x.numerator for x in places), 1]), array([0, *(x.denominator for x in places), 0]))
    a, b = (array([c[k] for c in columns] * len(ends.p), (len(ends.p), len(columns))) for k in (0, 1))

    def sign(u, v, x):
        value = u * x + v if x is not None else 0
        return (value > 0) - (value < 0)

    expected = [[sign(-u, 0, 1) or sign(0, v, 0) for u, v in columns]]
    expected += [[sign(u, v, x) for u, v in columns] for x in places]
    expected += [[sign(u, 0, 1) or sign(0, v, 0) for u, v in columns]]
    assert signs_at(a, b, ends, each=True).tolist() == expected
    assert signs_at(a[:, 0], b[:, 0], ends).tolist() == [row[0] for row in expected]
    assert ends.keys()[[0, -1]].tolist() == [-1, 1] and list(ends.inner()) == places
    left, right = AffineMaps(a[1:], b[1:], 1).signs_between(ends)
    assert left.tolist() == expected[:-1] and right.tolist() == expected[1:]
