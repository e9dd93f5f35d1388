"""Values on the line: exact for exact numbers, correctly rounded for floats, whatever lies between two floats."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, PiecewiseLinear1D, extract
from pwlin.base.errors import DomainError, ExactnessError, ShapeError
from pwlin.exact.rational import nearest_float
from pwlin.functions.line import values
from tests.strategies.effort import examples
from tests.strategies.networks import networks

from_points = PiecewiseLinear1D.from_points
tiny = Q(1, 2**80)
offsets = st.sampled_from([-tiny, Q(0), tiny, -3 * tiny, Q(1, 3) * tiny])


@st.composite
def crowded(draw):
    """Functions with kinks closer than floats, and floats beside them."""
    centres = draw(st.lists(st.sampled_from([0.0, 1.0, -2.0, 0.1, 1e8, -1e300]), min_size=1, max_size=3, unique=True))
    xs = sorted({Q(c) + draw(offsets) for c in centres for _ in range(3)} | {Q(-(10**301)), Q(10**301)})
    ys = [draw(st.sampled_from([Q(0), Q(1), Q(10**6), Q(-1, 3), Q(10**16)])) for _ in xs]
    x = draw(st.sampled_from([v for c in centres for v in (c, np.nextafter(c, 9e9), np.nextafter(c, -9e9))]))
    return from_points(xs, ys), float(x)


@examples(200)
@given(crowded())
def test_floats_beside_kinks_are_rounded_correctly(case):
    f, x = case
    assert f(x) == f([x])[0] == nearest_float(f(Q(x))) and set(f([x] * 9).tolist()) == {f(x)}


@examples(150)
@given(networks(max_width=6), st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_float_values_of_networks_are_rounded_correctly(net, xs):
    (f,) = (extract(net),)
    assert f(xs).tolist() == [nearest_float(net.exact(Q(x))) for x in xs]
    assert f(np.array(xs * 9)).tolist() == [f(x) for x in xs] * 9


def test_single_floats_need_no_tables_of_many_regions():
    k = values._MANY
    f = from_points(range(k + 2), [Q(i * i % 7, 3) for i in range(k + 2)])
    places = [0.0, 0.5, 17.0, k + 0.75, k + 1.0]
    alone = [f(x) for x in places]
    assert "_float_tables" not in vars(f) and alone == [nearest_float(f(Q(x))) for x in places]
    for x in (-1.0, math.inf, np.float64(k + 2)):
        with pytest.raises(DomainError):
            f(x)
    assert math.isnan(f(math.nan)) and f(places).tolist() == alone == [f(x) for x in places]


def test_a_spike_between_two_floats():
    f = from_points([0, 1 - tiny, 1, 1 + tiny, 2], [0, 0, 10**6, 0, 0])
    assert f(1.0) == 1e6 and f([1.0, np.nextafter(1, 0), np.nextafter(1, 2)]).tolist() == [1e6, 0.0, 0.0]


def test_a_knot_beside_a_steep_piece():
    assert from_points([1, 2, 3], [10**16, 1, 1])(2.0) == 1.0
    assert from_points([1, 2, 3], ["1e300", "1e-300", 1])(2.0) == 1e-300


def test_values_at_infinity_are_limits():
    f = extract(Network.from_arrays([[[1], [1]], [[1, -1]]], [[0, -1], [3]]))
    assert f([-math.inf, math.inf]).tolist() == [3.0, 4.0]
    assert (2 * f)(math.inf) == 8.0 and math.isnan(f(math.nan))
    steep = extract(Network.from_arrays([[[-1]], [[5]]], None))
    assert steep(-math.inf) == math.inf and (-steep)(-math.inf) == -math.inf and steep(math.inf) == 0
    with pytest.raises(DomainError):
        from_points([0, 1], [0, 0])(math.inf)


def test_integers_are_exact_in_every_form():
    f = from_points([-(10**20), 10**20], [-(10**20), 10**20])
    n = 2**53 + 1
    assert f(n) == n and f([n])[0] == n and f(np.array([n]))[0] == n and f(np.int64(n)) == n
    assert f(np.arange(3)).dtype == object and f(np.arange(3.0)).dtype == np.float64
    assert f([[0.5, n]])[0, 1] == n  # a float beside an integer that is none
    assert f([0.5, 2]).dtype == np.float64


def test_what_stands_beside_text_is_exact():
    f = from_points([0, 1], [0, 1])
    assert f([0.1, "1/3"]).tolist() == [Q(0.1), Q(1, 3)]
    assert f(["0.1", Q(1, 3)]).tolist() == [Q(1, 10), Q(1, 3)]


def test_an_end_that_is_no_float_may_be_given_rounded():
    f = from_points(["1/10", "1/3", "2/3"], [5, 1, 7])
    assert f(0.1) == nearest_float(f(Q(0.1))) and f(2 / 3) == nearest_float(f(Q(2 / 3)))
    g = from_points(["-1/3", 0], [5, 1])
    assert Q(-1 / 3) > Q(-1, 3) and g(-1 / 3) == nearest_float(g(Q(-1 / 3)))
    h = from_points([0, "3/10"], [1, 5])
    assert Q(0.3) < Q(3, 10) and from_points([0, 1 - tiny], [1, 5])(1.0) == 5.0
    assert h(0.3) == nearest_float(h(Q(0.3)))
    with pytest.raises(DomainError):
        h(np.nextafter(0.3, 1))


@pytest.mark.parametrize(
    ("x", "error"),
    [
        (np.ma.array([0.5, 0.5], mask=[True, False]), ExactnessError),
        ({}, ShapeError),
        ({0.5: 1}, ShapeError),
        ({0.5}, ShapeError),
        ([[0.5], [0.5, 0.5]], ShapeError),
        ([[1], [1, 2]], ShapeError),
        (True, ExactnessError),
        ([True, 0.5], ExactnessError),
        ("a", ExactnessError),
        ([0.5, None], ExactnessError),
        (0.5j, ExactnessError),
        ([0.5, 1j], ExactnessError),
        (None, ExactnessError),
    ],
)
def test_what_is_no_number_is_refused(x, error):
    with pytest.raises(error, match="x: found"):
        from_points([0, 1], [0, 1])(x)
