"""Values of affine maps at floats: correctly rounded, whatever the coefficients."""

from fractions import Fraction as Q

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.limbs import split
from pwlin.exact.rational import nearest_float
from pwlin.exact.rounding import RoundedMaps, doubt, rounded_limbs, rounded_quotients
from tests.strategies.effort import examples

near_one = st.tuples(st.sampled_from([1, -1, 3]), st.integers(40, 130)).map(lambda p: p[0] * (1 + Q(1, 2 ** p[1])))
coefficients = st.one_of(
    st.integers(-3, 3).map(Q),
    st.floats(allow_nan=False, allow_infinity=False).map(Q),
    st.fractions(-9, 9, max_denominator=9),
    st.integers(-500, 500).map(lambda n: Q(10) ** n),
    near_one,
)
points = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-2, 2),
    st.integers(-4, 4).map(float),
    st.sampled_from([1 + 2.0**-52, 1 - 2.0**-53, 2.0**-400, 2.0**400, 5e-324]),
)


def maps_of(columns, exact):
    """The maps whose k-th coefficients are the numerators and denominators in column k."""
    shape = len(columns), len(columns[0])
    return RoundedMaps.on_demand(shape, lambda rows: rounded_quotients([[c[i] for i in rows] for c in columns]), exact)


@examples(400)
@given(st.integers(1, 4).flatmap(lambda d: st.tuples(st.tuples(*[coefficients] * (d + 1)), st.tuples(*[points] * d))))
def test_values_are_rounded_correctly(case):
    row, x = case
    maps = maps_of([[(c.numerator, c.denominator)] for c in row], lambda _: row)
    exact = sum((c * Q(v) for c, v in zip(row, x)), row[-1])
    for many in (1, 9):  # in rationals, and by floats first
        assert set(maps.values(np.zeros(many, dtype=int), np.array([x] * many)).tolist()) == {nearest_float(exact)}


def test_floats_settle_nearly_all_values_without_help():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(50, 3))
    exact = [[Q(v) / 3 for v in row] for row in rows.tolist()]
    asked = []
    maps = maps_of(
        [[(row[k].numerator, row[k].denominator) for row in exact] for k in range(3)],
        lambda i: asked.append(i) or exact[i],
    )
    maps.values(rng.integers(0, 50, 20_000), rng.normal(size=(20_000, 2)))
    assert len(asked) <= 2


def test_ties_between_two_floats_are_settled_without_help():
    maps = maps_of([[(3, 2)], [(0, 1)]], lambda _: 1 / 0)
    x = np.random.default_rng(1).integers(2**52, 2**53, 1000).astype(float)
    values = maps.values(np.zeros(1000, dtype=int), x[:, None])
    assert values.tolist() == [nearest_float(Q(3, 2) * Q(v)) for v in x.tolist()]


@examples(300)
@given(st.lists(st.tuples(coefficients, points), min_size=1, max_size=4), coefficients)
def test_a_sign_beyond_doubt_is_right(terms, offset):
    size = max(abs(c) for c, _ in terms)
    if not size:
        return
    a, b = [nearest_float(c / size) for c, _ in terms], nearest_float(offset / size)
    x = np.array([v for _, v in terms])
    with np.errstate(all="ignore"):
        value = b + sum(np.float64(c) * v for c, v in zip(a, x))
        bound = doubt(np.abs(x).sum(), np.abs(b), len(a))
    exact = offset + sum(c * Q(v) for c, v in terms)
    assert not value > bound or exact > 0
    assert not value < -bound or exact < 0


whole = st.one_of(
    st.integers(-4, 4),
    st.integers(-(2**60), 2**60),
    st.tuples(st.integers(0, 400), st.integers(0, 330), st.integers(-2, 2)).map(lambda t: 2 ** t[0] + t[2] * 2 ** t[1]),
    st.integers(-(2**500), 2**500),
)


@examples(300)
@given(st.lists(whole, min_size=1, max_size=6), st.one_of(st.integers(0, 600), st.sampled_from([1000, 1500])))
def test_limbs_are_rounded_correctly_or_left_open(values, places):
    (high, low, left), sure = rounded_limbs(split(np.array(values, dtype=object)), places)
    for v, h, lo, rest, certain in zip(values, high.tolist(), low.tolist(), left.tolist(), sure.tolist()):
        exact = Q(v, 2**places)
        if certain:
            assert h == nearest_float(exact)
            assert abs(exact - Q(h) - Q(lo)) <= Q(rest)
        else:
            assert places >= 1000 or abs(exact - Q(h) - Q(lo)) <= Q(rest)


def test_limbs_of_ordinary_numbers_are_not_left_open():
    rng = np.random.default_rng(2)
    values = np.array([int(v) ** 3 for v in rng.integers(-(2**62), 2**62, 2000)], dtype=object)
    assert rounded_limbs(split(values), 180)[1].all()
