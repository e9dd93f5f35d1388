"""Algebra of functions on cells: golden answers, the regions that each verb leaves, and composition with the line."""

import pickle
from fractions import Fraction as Q
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, PiecewiseLinear1D, PwlinError, extract
from pwlin.base.errors import DomainError, ExactnessError, ShapeError
from pwlin.networks.compose import farther
from tests.strategies.effort import examples
from tests.strategies.functions import coarse, functions, points_of

SQUARE = [(-1, 1), (-1, 1)]
X = extract(Network.from_arrays([[[1, 0]]]), SQUARE)
Y = extract(Network.from_arrays([[[0, 1]]]), SQUARE)
CROSS = extract(Network.from_arrays([[[1, 0], [0, 1]], [[1, -1]]], None, "abs"), SQUARE)  # |x| - |y|


@examples(40)
@given(data=st.data())
def test_affine_images_keep_the_regions(data):
    f, c = data.draw(functions(2, bounded=True)), data.draw(coarse)
    p = data.draw(points_of(f))
    for h, factor, shift in ((-f, -1, 0), (c * f, c, 0), (f / 3, Q(1, 3), 0), (f + c, 1, c), (c - f, -1, c)):
        assert [r.pattern for r in h.regions] == [r.pattern for r in f.regions]
        assert h(p) == factor * f(p) + shift == h.network.exact(p)
        assert h([float(v) for v in p]) == float(h([Q(float(v)) for v in p]))
        assert h.integral() == factor * f.integral() + shift * f.volume()
        assert [k.flips for k in h.facets] == [
            tuple(type(x)(*x.neuron, tuple(factor * v for v in x.jump)) for x in k.flips) for k in f.facets
        ]
        again = pickle.loads(pickle.dumps(h))
        assert again == h and list(again.complex.maps) == [h.complex.maps[i] for i in range(h.n_regions)]
    minus = -f
    assert (2 * f) / 2 == f == -minus == f + 1 - 1 and +f is f


def test_maximum_and_minimum_are_cut_where_both_agree():
    top, low = X.maximum(Y), X.minimum(Y)
    assert top.n_regions == low.n_regions == top.n_pieces == 2 and top.network.widths == (1,)
    assert top.integral() == Q(4, 3) and low.integral() == Q(-4, 3) and top + low == X + Y
    (kink,) = top.kinks
    assert {tuple(v) for v in kink.vertices} == {(-1, -1), (1, 1)}
    assert X.maximum(0) == (X + abs(X)) / 2 and X.maximum("1/2").min().value == Q(1, 2)
    assert X.minimum(X) == X and X.minimum(X).n_regions == 1


def test_composition_with_a_function_of_one_variable():
    hat = PiecewiseLinear1D.from_points([-2, 0, 2], [0, 1, 0])
    h = hat @ (X + Y)
    assert h([0, 0]) == 1 and h(["1/2", "1/4"]) == hat("3/4") and h.n_pieces == 2
    assert h.integral() == 4 - abs(X + Y).integral() / 2
    assert (3 * hat) @ X == 3 * (hat @ X)
    line = PiecewiseLinear1D.from_points([-1, 1], [5, 7])
    assert line @ X == X + 6 and (line @ X).n_regions == 1
    with pytest.raises(DomainError, match="inner: found the value -2;"):
        line @ (2 * X)
    with pytest.raises(DomainError, match=r"inner: found the value -1\.333333, rounded;"):
        line @ ((Q(4, 3) + Q(1, 10**12)) * X)
    with pytest.raises(DomainError, match="inner: its values are unbounded"):
        line @ extract(X.network)


@examples(30)
@given(data=st.data())
def test_composition_is_pointwise(data):
    f = data.draw(functions(2, bounded=True))
    g = data.draw(functions(1, None))
    p = data.draw(points_of(f))
    assert (g @ f)(p) == g(f(p))
    assert abs(f) == abs_on_the_line(f) @ f


def abs_on_the_line(f):
    top = max(abs(f.max().value), abs(f.min().value), 1)
    return PiecewiseLinear1D.from_points([-top, 0, top], [top, 0, top])


def test_equality_of_other_networks():
    f = Network.from_arrays([[[1, 2], [3, -1]], [[1, 1]]], [[1, 0], [0]])
    g = Network.from_arrays([[[3, -1], ["1/2", 1]], [[1, 2]]], [[0, "1/2"], [0]])  # permuted, one neuron rescaled
    h = Network.from_arrays([[[3, -1], ["1/2", 1]], [[1, 2]]], [[0, Q(1, 2) + Q(1, 2**80)], [0]])
    for domain in (SQUARE, None, [(0, None), (None, 1)]):
        F, G, H = (extract(net, domain) for net in (f, g, h))
        assert F == G and hash(F) == hash(G) and F != H and F != -G and F - G == 0 * F


def test_a_bump_that_corners_do_not_see():
    bump = Network.from_arrays([[[1, 0], [1, 0], [1, 0]], [[1, -2, 1]]], [[Q(1, 4), 0, Q(-1, 4)], [0]])
    assert extract(bump, SQUARE) != 0 * X and extract(bump, [("1/2", 1), (0, 1)]) == 0 * extract(
        X.network, [("1/2", 1), (0, 1)]
    )


@pytest.mark.parametrize("verb", ["maximum", "minimum"])
def test_what_is_no_operand(verb):
    for other in ("a", None, [1], PiecewiseLinear1D.from_points([0, 1], [0, 1]), X.network):
        with pytest.raises(ShapeError, match="other: found"):
            getattr(X, verb)(other)
    with pytest.raises(DomainError, match="other: found"):
        getattr(X, verb)(extract(X.network, [(0, 1), (0, 1)]))
    for ask in (lambda: X + float("nan"), lambda: X * float("inf"), lambda: float("nan") - X):
        with pytest.raises(ExactnessError):
            ask()
    for ask in (lambda: X + "a", lambda: X * Y, lambda: X / Y, lambda: X + [1], lambda: X @ Y, lambda: 3 @ X):
        with pytest.raises(TypeError):
            ask()
    with pytest.raises((ZeroDivisionError, PwlinError)):
        X / 0
    assert np.float64(2) * X == 2 * X and (X + np.int64(1))([0, 0]) == 1


def test_entries_that_are_carried_along_go_through_the_kernel():
    rng = np.random.default_rng(3)
    for depths in ((0, 2), (1, 1), (2, 0), (2, 1)):
        nets = []
        for depth in depths:
            sizes = [2, *[4] * depth, 1]
            weights = [np.round(rng.normal(size=(b, a)) * 3) / 2 for a, b in pairwise(sizes)]
            nets.append(Network.from_arrays(weights, [rng.normal(size=b) for b in sizes[1:]]))
        net = farther(*nets, 1)
        slow, fast = (extract(net, SQUARE, method=method).complex for method in ("exact", "fast"))
        for name in ("patterns", "generators", "facet_normals"):
            assert list(getattr(slow, name)) == list(getattr(fast, name)), name
        assert list(map(tuple, slow.maps)) == list(map(tuple, fast.maps)) and slow.denominator == fast.denominator
        assert np.array_equal(slow.facet_cells, fast.facet_cells) and np.array_equal(slow.cells.ids, fast.cells.ids)
