"""Errors of the parts of a domain make up those of the whole: every norm, every kind of target, line and cells."""

from fractions import Fraction as Q

import pytest
import sympy

from pwlin import Network, PiecewiseLinear1D, extract
from pwlin.exact.enclosure import Enclosure
from tests.strategies.networks import pytorch_style

F1 = PiecewiseLinear1D.from_points([-1, Q(-1, 3), Q(1, 2), 2], [1, Q(-1, 2), Q(1, 3), 0])
G1 = PiecewiseLinear1D.from_points([-1, 0, 2], [0, 1, -1])
TENTS = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
RIDGE = Network.from_arrays([[[1, 1]], [[1]]], None, "abs")
SQUARE = [(-1, 1), (-1, 1)]


def cells(net, domain=SQUARE):
    return extract(net, domain)


LINE = [G1, "x/2 - 1/5", "x**2 - x/3", "x**3 - x", "exp(x)", "abs(x - 1/3)", "abs(x**2 - 1/2)", "sign(x - 1/7)"]
PLANE = [
    (TENTS, RIDGE),
    (TENTS, "x - y/2 + 1/3"),
    (TENTS, "x**2 + y**2"),
    (TENTS, "x**3 - y"),
    (TENTS, "exp(x*y)"),
    (TENTS, "abs(x - y/3)"),
    (pytorch_style((2, 5, 1), 3), "sign(x + y)"),
]


def ends(value):
    if isinstance(value, Enclosure):
        return value.lower, value.upper
    return value, value


def agree(parts, whole, combine):
    """Whether a number that is the sum (or the largest) of others is that: exactly, or as far as enclosures say."""
    if not isinstance(whole, Enclosure):
        return sympy.simplify(sympy.sympify(combine(parts)) - sympy.sympify(whole)) == 0
    low, high = (combine([ends(p)[k] for p in parts]) for k in (0, 1))
    return low <= whole.upper and whole.lower <= high


def check(c, groups):
    for parts in groups:
        for name in ("l1", "l2_squared"):
            assert agree([getattr(p, name) for p in parts], getattr(c, name), sum), name
        assert agree([p.sup for p in parts], c.sup, lambda values: sympy.Max(*values) if c.exact else max(values))
        sizes = [p.volume if hasattr(p, "volume") else p.right - p.left for p in parts]
        assert sum(sizes) == (c.volume if hasattr(c, "volume") else c.length)
        mean = [Q(1) * s * ends(p.mse)[0] for s, p in zip(sizes, parts)]
        assert sum(mean) <= ends(c.l2_squared)[1] and (not c.exact or sum(mean) == c.l2_squared)


@pytest.mark.parametrize("target", LINE, ids=str)
def test_pieces_of_a_line_add_up(target):
    c = F1.compare(target)
    assert len(c.per_piece) > 1
    check(c, [c.per_piece])


@pytest.mark.parametrize(("net", "target"), PLANE, ids=str)
def test_regions_and_pieces_of_a_plane_add_up(net, target):
    f = cells(net)
    c = f.compare(cells(target) if isinstance(target, Network) else target, tolerance="1e-2")
    assert len(c.per_region) >= len(c.per_piece) > 1
    check(c, [c.per_region, c.per_piece])


def test_a_solid_adds_up():
    f = extract(pytorch_style((3, 3, 1), 2), [(0, 1)] * 3)
    c = f.compare(extract(pytorch_style((3, 2, 1), 5), [(0, 1)] * 3))
    check(c, [c.per_region, c.per_piece])


def test_parts_of_the_difference_of_a_tent_and_a_ridge():
    c = cells(TENTS).compare(cells(RIDGE))  # |x| + |y| - |x + y| is 2 min(|x|, |y|) where signs differ
    assert c.l1 == Q(4, 3)
    assert sorted(r.l1 for r in c.per_region) == [0, 0, *[Q(1, 3)] * 4]
    assert sorted(p.l1 for p in c.per_piece) == [0, 0, *[Q(1, 3)] * 4]


@pytest.mark.parametrize("target", ["x + y/2", "1/3", "0"])
def test_affine_targets_have_exact_l1(target):
    f = cells(pytorch_style((2, 4, 2, 1), 7))
    g = cells(
        Network.from_arrays([[[Q(1), Q(1, 2)]]], None)
        if "x" in target
        else Network.from_arrays([[[0, 0]]], [[Q(target)]])
    )
    c = f.compare(target)
    assert isinstance(c.l1, Q) and c.l1 == f.compare(g).l1 == abs(f - g).integral()
