"""The best few pieces for points: golden values, proofs, and laws."""

from fractions import Fraction as Q
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pwlin import PiecewiseLinear1D, best_approximation
from pwlin.base.errors import DomainError, TargetError
from pwlin.comparison.best.gates import links_through
from pwlin.comparison.measured import least_squares as least_squares_module
from pwlin.comparison.measured.best import least_errors
from pwlin.comparison.measured.heaps import heaps_of
from pwlin.comparison.measured.least_squares import least_squares
from pwlin.formulas.point_target import read_point_target
from tests.strategies.effort import examples

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(-6, 6)), min_size=1, max_size=10)
PIECES = st.integers(1, 4)


def columns(pairs):
    return tuple(x for x, _ in pairs), tuple(y for _, y in pairs)


def over(f, pairs):
    errors = [f(Q(x)) - y for x, y in pairs]
    return max(map(abs, errors)), sum(e * e for e in errors)


def test_three_points_and_one_line():
    # Chebyshev: half the height of the triangle; Legendre: y = 1/3 leaves -1/3, 2/3, -1/3
    points = ([0, 1, 2], [0, 1, 0])
    sup, l2 = best_approximation(points, pieces=1), best_approximation(points, pieces=1, norm="l2")
    assert (sup.error, sup.lower, sup.function.slopes) == (Q(1, 2), Q(1, 2), (0,))
    assert (l2.error, l2.lower, l2.function(0), l2.is_optimal) == (Q(2, 3), Q(2, 3), Q(1, 3), True)
    assert best_approximation(points, pieces=2).error == 0


def test_two_pieces_for_a_parabola_at_five_points():
    # each piece takes three points, which miss their line by 1/2; both pieces may take the one in the middle
    xs = [-2, -1, 0, 1, 2]
    best = best_approximation((xs, [x * x for x in xs]), pieces=2)
    assert best.error == best.lower == Q(1, 2) and best.gap == 0
    function, error = best
    assert over(function, [(x, x * x) for x in xs])[0] == error


def test_two_values_at_one_place_leave_half_their_distance():
    points = ([0, 1, 1, 2], [0, 0, 3, 7])
    assert best_approximation(points, pieces=5).error == Q(3, 2)
    l2 = best_approximation(points, pieces=5, norm="l2")
    assert l2.error == l2.lower == Q(9, 2)


@examples(40)
@given(PAIRS, PIECES)
@example([(0, 0), (1, 0), (2, 5), (3, 6)], 2)  # lines that would meet left of their points
@example([(3, 1)], 1)
@example([(3, 1), (3, 5)], 4)
def test_the_largest_error_is_that_of_the_function_and_the_least(pairs, pieces):
    best = best_approximation(columns(pairs), pieces=pieces)
    assert best.function.n_pieces <= pieces and best.is_optimal
    assert over(best.function, pairs)[0] == best.error
    heaps = heaps_of(best.target)
    if len(heaps) > 1 and best.error > max((h.high - h.low) / 2 for h in heaps):
        e = best.error * (1 - Q(1, 10**12))  # nothing passes gates that are a little narrower
        xs = [h.x for h in heaps]
        assert links_through(xs, [h.high - e for h in heaps], [h.low + e for h in heaps], pieces) is None


@examples(40)
@given(PAIRS, PIECES)
def test_sums_of_squares_are_those_of_the_function_and_no_other_is_below_the_bound(pairs, pieces):
    best = best_approximation(columns(pairs), pieces=pieces, norm="l2")
    assert best.function.n_pieces <= pieces
    assert over(best.function, pairs)[1] == best.error >= best.lower
    x, y = (np.array(c, dtype=float) for c in columns(pairs))
    for knots in combinations(np.linspace(x.min(), x.max(), 7), min(pieces, 3) - 1):
        basis = np.column_stack([np.ones_like(x), x, *(np.maximum(x - t, 0) for t in knots)])
        rest = basis @ np.linalg.lstsq(basis, y, rcond=None)[0] - y
        assert rest @ rest >= float(best.lower) - 1e-7


@examples(40)
@given(PAIRS, PIECES, st.sampled_from(["sup", "l2"]))
def test_more_pieces_are_never_worse_and_fewer_points_never_harder(pairs, pieces, norm):
    best, more = (best_approximation(columns(pairs), pieces=n, norm=norm) for n in (pieces, pieces + 1))
    assert more.error <= best.error
    if len(pairs) > 1:
        assert best_approximation(columns(pairs[1:]), pieces=pieces, norm=norm).lower <= best.error


@examples(40)
@given(PAIRS, PIECES)
def test_units_do_not_matter(pairs, pieces):
    scale = Q(3, 10**30)
    turned = [(1 - 10**20 * x, 5 + scale * y - x) for x, y in pairs]  # mirrored, and a line added
    best, other = (best_approximation(columns(p), pieces=pieces) for p in (pairs, turned))
    assert other.error == best.error * scale
    best, other = (best_approximation(columns(p), pieces=pieces, norm="l2") for p in (pairs, turned))
    assert other.lower <= best.error * scale**2 and best.lower * scale**2 <= other.error


@examples(40)
@given(PAIRS, PIECES)
def test_many_points_have_a_bound_in_parts(pairs, pieces):
    heaps = heaps_of(read_point_target(columns(pairs)))
    ends = heaps[0].x - 1, heaps[-1].x + 1
    whole = least_squares(heaps, pieces, ends)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(least_squares_module, "_MOST_BOUNDED", 4)
        parts = least_squares(heaps, pieces, ends)
    assert parts.lower <= whole.error and whole.lower <= parts.error == over_path(parts, heaps)


def over_path(path, heaps):
    f = PiecewiseLinear1D.from_points(path.xs, path.ys)
    return sum(h.squares - 2 * f(h.x) * h.sum + h.count * f(h.x) ** 2 for h in heaps)


def test_what_is_refused():
    points = ([0, 1, 2], [0, 1, 0])
    for arguments, words in (
        ({"pieces": 0}, "pieces: found 0"),
        ({}, "pieces: found None"),
        ({"pieces": 1, "norm": "l1"}, "norm: found 'l1'"),
    ):
        with pytest.raises(TargetError, match=words):
            best_approximation(points, **arguments)
    with pytest.raises(TargetError, match="points of 2 variables"):
        best_approximation(([[0, 1]], [1]), pieces=1)
    with pytest.raises(DomainError, match="no point"):
        best_approximation(points, (5, 6), 1)
    with pytest.raises(DomainError):
        best_approximation("x**2", pieces=2)


def test_a_domain_is_where_the_function_lives():
    best = best_approximation(([0, 1, 2], [0, 1, 0]), (-1, 1), 1)
    assert best.error == 0 and best.function.domain == (-1, 1) and len(best.target) == 2


@examples(25)
@given(PAIRS, st.sampled_from(["sup", "l2"]))
@example([(0, 1), (0, 3)], "l2")
@example([(0, 0), (1, 2), (2, 1), (3, 5), (3, 6)], "sup")
def test_errors_for_many_numbers_of_pieces_are_those_for_each(pairs, norm):
    target = read_point_target(columns(pairs), 1)
    found = list(least_errors(target, (1, 2, 3, 5, 12), norm))
    one_by_one = [best_approximation(target, (-1, 10), pieces=n, norm=norm) for n in (1, 2, 3, 5, 12)]
    assert found == sorted(found, reverse=True)
    for error, best in zip(found, one_by_one):
        assert best.lower <= error <= best.error if norm == "l2" else error == best.error
