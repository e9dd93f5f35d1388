"""Cones in double description, against all choices of tight constraints."""

from itertools import permutations

import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin.geometry.cone import crosses, cut, dot, facet_masks, intersect, primitive
from tests.strategies.effort import examples

normals = st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=7)


def brute(constraints):
    """Extreme rays of a pointed cone in space: the lines on two constraints, where they meet the others."""
    crossings = [
        (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        for a, b in permutations(constraints, 2)
    ]
    return {primitive(ray) for ray in crossings if any(ray) and all(dot(n, ray) >= 0 for n in constraints)}


@given(normals)
@examples(80)
def test_rays_and_their_masks(constraints):
    generators, lines, used = intersect(constraints, 3)
    assert set(used) <= set(constraints)
    assert len(lines) == 3 - sympy.Matrix(constraints).rank()
    assert all(dot(n, g.vector) == 0 for n in constraints for g in lines)
    for g in generators:
        assert all(dot(n, g.vector) >= 0 for n in constraints)
        assert g.mask == sum(1 << c for c, n in enumerate(used) if dot(n, g.vector) == 0)
    if not lines:
        assert sorted(g.vector for g in generators) == sorted(brute(constraints))


def test_a_constraint_that_only_touches_is_tight_where_it_does():
    quadrant = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    generators, lines, used = intersect([*quadrant, (1, 1, 0), (1, 1, 1), (0, 0, 0)], 3)
    assert not lines and used == [*quadrant, (1, 1, 0)]  # the fifth touches nothing but the tip
    assert {g.vector: g.mask for g in generators} == {(1, 0, 0): 0b0110, (0, 1, 0): 0b0101, (0, 0, 1): 0b1011}
    assert facet_masks(generators, 4) == facet_masks(intersect(quadrant, 3)[0], 3)


def test_facets_count_once():
    square = [(1, 0, 1), (-1, 0, 1), (0, 1, 1), (0, -1, 1)]
    generators, _, used = intersect([*square, (2, 0, 2), (1, 1, 2)], 3)
    assert [c for c, _ in facet_masks(generators, len(used))] == [0, 1, 2, 3]
    assert all(mask.bit_count() == 2 for _, mask in facet_masks(generators, len(used)))


def test_both_halves_of_a_cut():
    square = [(1, 0, 1), (-1, 0, 1), (0, 1, 1), (0, -1, 1)]
    generators, lines, used = intersect(square, 3)
    diagonal, beyond = (1, -1, 0), (1, 1, 2)
    known = [g._replace(values={7: dot(diagonal, g.vector), 8: dot(beyond, g.vector)}) for g in generators]
    assert crosses(7, known, lines) == 0 and crosses(8, known, lines) == 1
    assert crosses(8, [g._replace(values={8: -g.values[8]}) for g in known], lines) == -1
    halves = cut(known, lines, 7, 1 << len(used), 1, {8: beyond})
    for sign, half in ((1, halves.positive), (-1, halves.negative)):
        assert {g.vector for g in half} == {(1, 1, 1), (-1, -1, 1), (sign, -sign, 1)}
        assert all(g.values[8] == dot(beyond, g.vector) for g in half)
        assert {g.vector for g in half if g.mask >> 4 & 1} == {(1, 1, 1), (-1, -1, 1)}
