"""Errors over points: exact, and by pieces that add up."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, PiecewiseLinear1D, extract
from pwlin.base.errors import DomainError, TargetError
from tests.strategies.effort import examples

HAT = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])
TENTS = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1], [1, -2]]], None, "abs")
OUTPUTS = extract(TENTS, [(-1, 1), (-1, 1)])
PAIRS = st.lists(st.tuples(st.fractions(0, 2, max_denominator=6), st.integers(-3, 3)), min_size=1, max_size=12)


def test_three_points():
    c = HAT.compare(([2, 1, 0], [1, "1/2", -1]))
    assert c.errors == (-1, Q(1, 2), 1)
    assert (c.sup, c.worst, c.argsup, c.argsups) == (1, (0, 2), 2, (2, 0))
    assert (c.sum_squared, c.mse, c.sum_absolute, c.mae) == (Q(9, 4), Q(3, 4), Q(5, 2), Q(5, 6))
    assert [(p.rows, p.count) for p in c.per_piece] == [((1, 2), 2), ((0,), 1)]  # a kink counts on its left
    assert c.exact and "3 points" in repr(c) and "0.75" in str(c)
    assert not hasattr(c, "l1") and not hasattr(c, "l2_squared")


def test_a_piece_without_points_has_no_errors():
    piece = HAT.compare(([0], [1])).per_piece[1]
    assert (piece.count, piece.sum_squared, piece.sup, piece.argsup, piece.mse, piece.mae) == (
        0,
        0,
        None,
        None,
        None,
        None,
    )


@examples(30)
@given(PAIRS)
def test_sums_of_pieces_are_those_of_the_whole(pairs):
    xs, ys = zip(*pairs)
    c = HAT.compare((xs, ys))
    assert list(c.errors) == [HAT(x) - y for x, y in pairs]
    assert sum(p.count for p in c.per_piece) == c.count == len(pairs)
    assert sum(p.sum_squared for p in c.per_piece) == c.sum_squared
    assert max(p.sup for p in c.per_piece if p.count) == c.sup
    assert c.mae**2 <= c.mse == c.rmse**2 <= c.sup**2  # means of powers
    assert c.best.sup <= c.sup and c.best.by_squares.lower <= c.best.sum_squared <= c.sum_squared


@examples(30)
@given(st.lists(st.tuples(*[st.fractions(-1, 1, max_denominator=4)] * 3), min_size=1, max_size=5))
def test_several_variables_and_outputs(rows):
    points, values = [r[:2] for r in rows], [r[2] for r in rows]
    for k, f in enumerate(OUTPUTS):
        c = f.compare((points, values))
        assert list(c.errors) == [TENTS.exact(p)[k] - y for p, y in zip(points, values)]
        assert sum(p.sum_squared for p in c.per_piece) == c.sum_squared
        for piece, part in zip(f.pieces, c.per_piece):
            for row in part.rows:
                gradient, offset = f.affine_map(piece.regions[0])
                assert sum((a * x for a, x in zip(gradient, points[row])), offset) - values[row] == c.errors[row]
    with pytest.raises(TargetError, match="best: found 2 variables"):
        _ = c.best


def test_a_domain_says_which_points_count():
    c = HAT.compare(([0, 1, 2], [0, 0, 5]), domain=(0, 1))
    assert c.count == 2 and c.sup == 1 and c.function.n_pieces == 1
    with pytest.raises(DomainError, match="no point"):
        HAT.compare(([2], [0]), domain=(0, 1))
    with pytest.raises(DomainError, match="3 in row 1"):
        HAT.compare(([0, 3], [0, 0]))
    F = OUTPUTS[0]
    assert F.compare(np.array([[0, 0, 1], [1, 1, 1]]), domain=[(0, "1/2"), (0, 1)]).errors == (-1,)
    with pytest.raises(DomainError, match="row 0"):
        F.compare(([[2, 0]], [0]))
    with pytest.raises(TargetError, match="points of 2 variable"):
        HAT.compare(([[2, 0]], [0]))


def test_a_point_beside_a_kink_by_less_than_floats_can_tell():
    f = PiecewiseLinear1D.from_points([-1, 0, 1], [0, 0, 10**40])
    c = f.compare(([Q(1, 10**30)], [0]))
    assert c.sup == 10**10 and [p.count for p in c.per_piece] == [0, 1]
