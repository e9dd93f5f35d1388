"""Convex domains: constructors agree with each other, and what is no domain is refused."""

import math
import pickle
from fractions import Fraction as Q
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import DomainError, PwlinError, ShapeError
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope
from tests.strategies.effort import examples

points = st.lists(st.tuples(*[st.fractions(-3, 3, max_denominator=4)] * 2), min_size=3, max_size=8)


def test_box_with_all_kinds_of_ends():
    box = Polytope.box([(-1, "1/3"), (0.5, Q(2, 3))])
    assert box.vertices == tuple(product((Q(-1), Q(1, 3)), (Q(1, 2), Q(2, 3))))
    assert box.is_bounded and not box.rays and not box.lines
    assert len(box.halfspaces) == 4
    corner = box.vertices[0]
    assert sorted(corner in h for h in box.halfspaces) == [True] * 4  # two of them touch it
    assert sorted((-2, 0) in h for h in box.halfspaces) == [False, False, True, True]


@pytest.mark.parametrize("side", [(0, None), (0, math.inf), (0, float("inf"))])
def test_open_sides(side):
    corner = Polytope.box([side, (None, 1)])
    assert corner.vertices == ((0, 1),) and corner.rays == ((0, -1), (1, 0)) and not corner.is_bounded
    assert (5, -7) in corner and (-1, 0) not in corner


def test_half_plane_and_strip_have_lines_but_no_vertices():
    strip = Polytope.box([(0, 1), None])
    assert strip.vertices == () and strip.lines == ((0, 1),)
    assert Polytope.whole_space(3).lines == ((1, 0, 0), (0, 1, 0), (0, 0, 1))


def test_equal_sets_are_equal_however_they_are_given():
    square = Polytope.box([(0, 1), (0, 1)])
    assert square == Polytope.from_vertices([(0, 0), (1, 0), (1, 1), (0, 1), ("1/2", "1/2"), ("1/2", 0)])
    again = Polytope.from_halfspaces([[1, 0], [2, 0], [-1, 0], [0, 3], [0, -1], [1, 1], [0, 0]], [1, 2, 0, 3, 0, 2, 5])
    assert square == again and hash(square) == hash(again)
    assert pickle.loads(pickle.dumps(square)) == square


def test_cross_polytope_and_cube_are_dual_in_number():
    corners = [[s * int(i == k) for i in range(4)] for k in range(4) for s in (1, -1)]
    cross = Polytope.from_vertices(corners)
    assert len(cross.vertices) == 8 and len(cross.normals) == 16
    assert Polytope.simplex(dim=4).vertices == tuple(
        sorted([(Q(0),) * 4] + [tuple(Q(int(i == k)) for i in range(4)) for k in range(4)])
    )


def test_rays_in_a_hull():
    quadrant = Polytope.from_vertices([[0, 0]], [[1, 0], [0, 1], [2, 3]])
    assert quadrant == Polytope.box([(0, None), (0, None)])
    assert Polytope.from_vertices([[0, 0]], [[1, 0], [-1, 0], [0, 1], [0, -1]]) == Polytope.whole_space(2)


@given(points)
@examples(60)
def test_hull_holds_its_points_and_its_vertices_are_some_of_them(corners):
    try:
        hull = Polytope.from_vertices(corners)
    except DomainError:
        (x0, y0), *rest = corners  # refused: then all points are on one line
        first = next(((x - x0, y - y0) for x, y in rest if (x, y) != (x0, y0)), (0, 0))
        assert all(first[0] * (y - y0) == first[1] * (x - x0) for x, y in rest)
        return
    assert all(p in hull for p in corners)
    assert set(hull.vertices) <= set(corners)
    assert Polytope.from_halfspaces([h.normal for h in hull.halfspaces], [h.offset for h in hull.halfspaces]) == hull
    assert hull.interior_point() in hull
    floats = np.array(corners, dtype=float)
    exact = [p.tolist() in hull for p in floats]
    assert hull.contains(floats).tolist() == exact


@pytest.mark.parametrize(
    "make",
    [
        lambda: Polytope.box([(1, 1), (0, 1)]),
        lambda: Polytope.box([(1, 0), (0, 1)]),
        lambda: Polytope.box([(math.nan, 0), (0, 1)]),
        lambda: Polytope.box([(math.inf, None), (0, 1)]),
        lambda: Polytope.box(["ab", (0, 1)]),
        lambda: Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, 0]),
        lambda: Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1]),
        lambda: Polytope.from_halfspaces([[0, 0]], [-1]),
        lambda: Polytope.from_vertices([[0, 0], [1, 1], [2, 2]]),
        lambda: Polytope.simplex([[0, 0], [1, 0], [0, 1], [1, 1]]),
        lambda: Polytope.whole_space(0),
        lambda: as_polytope([(0, 1)], 2),
        lambda: as_polytope("R2", 2),
        lambda: as_polytope(Polytope.whole_space(3), 2),
    ],
)
def test_what_is_no_domain_is_refused(make):
    with pytest.raises(DomainError):
        make()


def test_wrong_shapes_are_refused():
    with pytest.raises(ShapeError):
        Polytope.from_halfspaces([[1, 0]], [1, 2])
    with pytest.raises(ShapeError):
        Polytope.whole_space(2).homogeneous([1, 2, 3])
    with pytest.raises(PwlinError):
        Polytope.box([("1/0", 1)])


def test_many_floats_are_in_or_out_for_certain_where_a_wall_is_nearly_an_axis():
    tilted = Polytope.from_halfspaces([[-1, -Q(1, 2**1080)], [1, 0], [0, 1], [0, -1]], [Q(-1, 2**90), 1, 2**1001, 0])
    assert tilted.contains([[0.0, 2.0**1000], [0.0, 1.0], [1.0, 0.0]]).tolist() == [True, False, True]
