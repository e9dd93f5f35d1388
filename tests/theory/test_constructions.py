"""Constructions with known pieces and errors, checked as equalities."""

import itertools
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import DomainError, PwlinError, ShapeError
from pwlin.extraction import extract
from pwlin.theory.bounds import serra_upper
from pwlin.theory.constructions import (
    box_tower,
    folded_square,
    hat,
    shallow_square,
    shallow_square_error,
    staircase,
    step,
    tent,
    tower,
    yarotsky_square,
    zigzag,
)
from tests.strategies.effort import examples

small = st.fractions(min_value=-3, max_value=3, max_denominator=6)
domains = st.tuples(small, small).filter(lambda d: d[0] < d[1])


def square_errors(f):
    """Sup and integral of the square of f − x², exactly, from the pieces."""
    sup, l2 = Q(0), Q(0)
    for p in f.pieces:
        points = [p.left, p.right] + ([p.slope / 2] if p.left < p.slope / 2 < p.right else [])
        sup = max([sup, *(abs(p(x) - x * x) for x in points)])

        def primitive(x, s=p.slope, c=p.intercept):  # of (s x + c - x²)²
            return x**5 / 5 - s * x**4 / 2 + (s * s - 2 * c) * x**3 / 3 + s * c * x * x + c * c * x

        l2 += primitive(p.right) - primitive(p.left)
    return sup, l2


def l1_error(f):
    """The integral of |f − x²|, exact up to sympy's algebra."""
    x = sympy.Symbol("x", real=True)
    total = sympy.Integer(0)
    for p in f.pieces:
        left, right, s, c = (
            sympy.Rational(v.numerator, v.denominator) for v in (p.left, p.right, p.slope, p.intercept)
        )
        difference = s * x + c - x**2
        ends = sorted([left, right, *(r for r in sympy.roots(difference, x) if r.is_real and left < r < right)])
        total += sum(abs(sympy.integrate(difference, (x, a, b))) for a, b in itertools.pairwise(ends))
    return sympy.nsimplify(sympy.simplify(total))


def test_hat():
    f = extract(hat())
    assert [(k.location, k.jump) for k in f.kinks] == [(-1, Q(1, 2)), (0, -1), (1, Q(1, 2))]
    assert f.slopes == (0, Q(1, 2), Q(-1, 2), 0) and f.integral(-1, 1) == Q(1, 2)


def test_powers_are_compositions_and_may_be_very_deep():
    for made in (tent, zigzag):
        assert made(3) == made(1) @ made(1) @ made(1) == made(2) @ made(1)
        assert len(made(20_000).hidden) == 20_000


@pytest.mark.parametrize("depth", range(6))
def test_tent(depth):
    net = tent(depth)
    f = extract(net, (0, 1))
    assert net.widths == (2,) * depth
    assert f.n_pieces == 2**depth and {abs(s) for s in f.slopes} == {2**depth}
    assert [f(Q(i, 2**depth)) for i in range(2**depth + 1)] == [i % 2 for i in range(2**depth + 1)]
    assert f.integral() == Q(1, 2)
    whole = extract(tent(depth))
    assert (whole(Q(-3)), whole(Q(3))) == {0: (-3, 3), 1: (0, -4)}.get(depth, (0, 0))


@pytest.mark.parametrize("depth", range(5))
def test_zigzag_reaches_the_bound(depth):
    net = zigzag(depth)
    f = extract(net, (0, 1))
    assert net.widths == (3,) * depth and f.n_pieces == 4**depth == serra_upper(1, net.widths)
    assert all({p(p.left), p(p.right)} == {0, 1} for p in f.pieces)
    assert extract(net).n_pieces == 4**depth


@pytest.mark.parametrize("m", range(1, 11))
def test_yarotsky(m):
    net = yarotsky_square(m)
    assert len(net.widths) == m and sum(net.widths) == 3 * m - 1
    f = extract(net, (0, 1))
    assert f.n_pieces == 2**m
    assert square_errors(f) == (Q(1, 2 ** (2 * m + 2)), Q(1, 30 * 16**m))
    assert all(f(x) == x * x for x in (Q(i, 2**m) for i in range(2**m + 1)))


@examples(25)
@given(st.integers(0, 4), domains)
def test_yarotsky_on_any_interval(m, domain):
    length = domain[1] - domain[0]
    expected = {
        None: (length**2 / 2 ** (2 * m + 2), length**5 / (30 * 16**m)),
        "sup": (length**2 / 2 ** (2 * m + 3), 7 * length**5 / (960 * 16**m)),
        "l2": (length**2 / (6 * 4**m), length**5 / (180 * 16**m)),
        "l1": (3 * length**2 / (16 * 4**m), 23 * length**5 / (3840 * 16**m)),
    }
    for norm, errors in expected.items():
        net = yarotsky_square(m, domain, norm)
        f = extract(net, domain)
        assert f.n_pieces == 2**m and sum(net.widths) == max(3 * m - 1, 0)
        assert square_errors(f) == errors


def test_l1_shift():
    assert l1_error(extract(yarotsky_square(2, (0, 1), "l1"), (0, 1))) == sympy.Rational(1, 16 * 16)  # L³/(16 N²)
    assert extract(yarotsky_square(2, (0, 1), "sup"), (0, 1)).compare("x**2").l1 > Q(1, 16 * 16)


@examples(25)
@given(st.integers(1, 3), st.integers(1, 4), domains)
def test_folding_first_and_following_after_makes_equal_pieces(folds, width, domain):
    net = folded_square(folds, width, domain)
    f, count = extract(net, domain), 2**folds * width
    assert net.widths == (2, *[3] * (folds - 1), width)
    assert {p.right - p.left for p in f.pieces} == {(domain[1] - domain[0]) / count}
    assert square_errors(f)[0] == (domain[1] - domain[0]) ** 2 / (8 * count**2)


def test_two_layers_beat_one_from_five_neurons_on():
    for n, deep, one in ((5, 288, 242), (6, 512, 338), (8, 1152, 578)):
        found = square_errors(extract(folded_square(1, n - 2), (0, 1)))[0]
        assert (found, shallow_square_error(n, (0, 1))) == (Q(1, deep), Q(1, one))
    assert square_errors(extract(folded_square(1, 2), (0, 1)))[0] > shallow_square_error(4, (0, 1))
    # as wide and deep as Yarotsky's network of three layers, which has 8 pieces and the error 1/512
    assert folded_square(2, 3).widths == yarotsky_square(3).widths
    assert square_errors(extract(folded_square(2, 3), (0, 1)))[0] == Q(1, 1152)


@examples(25)
@given(st.integers(1, 6), domains)
def test_shallow_square_with_skip(n, domain):
    net = shallow_square(n, domain, skip=True)
    f = extract(net, domain)
    error = ((domain[1] - domain[0]) / (n + 1)) ** 2 / 8
    assert net.widths == (n + 1,) and f.n_pieces == n + 1
    assert square_errors(f)[0] == error == shallow_square_error(n, domain, skip=True)


@examples(40)
@given(st.integers(1, 6), domains)
def test_shallow_square_without_skip(n, domain):
    error = shallow_square_error(n, domain)
    net = shallow_square(n, domain, slack="1e-9")
    found = square_errors(extract(net, domain))[0]
    assert net.widths == (n,)
    if isinstance(error, Q):
        assert found == error
    else:
        assert error < found < error * (1 + sympy.Rational(1, 10**9))
        with pytest.raises(PwlinError, match="irrational"):
            shallow_square(n, domain)
    length = domain[1] - domain[0]
    assert (length / (n + 1)) ** 2 / 8 <= found * (1 + Q(1, 10**9))
    assert found <= max((length / n) ** 2 / 8, 0) * (1 + Q(1, 10**9))
    mirrored = shallow_square_error(n, (-domain[1], -domain[0]))
    assert mirrored == error


def test_shallow_square_closed_forms():
    for n in range(1, 9):
        c = Q(5)
        on_both_sides = c**2 / 2 / {0: Q(n + 1), 1: Q(n) + (Q(1, 4) if n > 1 else 0)}[n % 2] ** 2
        assert shallow_square_error(n, (-c, c)) == on_both_sides
        assert square_errors(extract(shallow_square(n, (-c, c)), (-c, c)))[0] == on_both_sides
        assert shallow_square_error(n, (0, c)) == shallow_square_error(n, (-c, 0)) == c**2 / (8 * (n + Q(1, 2)) ** 2)
        assert square_errors(extract(shallow_square(n, (-c, 0)), (-c, 0)))[0] == shallow_square_error(n, (0, c))


def test_shallow_square_beats_random_networks_of_its_size():
    rng = np.random.default_rng(0)
    xs = np.linspace(-1, 1, 101)
    for n in (1, 2, 3):
        best = float(shallow_square_error(n))
        for _ in range(200):
            w, t = rng.choice([-1, 1], n), rng.uniform(-1, 1, n)
            features = np.column_stack([np.maximum(w * (xs[:, None] - t), 0), np.ones_like(xs)])
            fit = features @ np.linalg.lstsq(features, xs**2, rcond=None)[0]
            assert np.abs(fit - xs**2).max() > best * 0.98


@examples(40)
@given(
    st.lists(st.fractions(-5, 5, max_denominator=4), min_size=1, max_size=5, unique=True).map(sorted),
    st.data(),
)
def test_staircase(edges, data):
    heights = data.draw(st.lists(st.integers(-2, 2), min_size=len(edges) + 1, max_size=len(edges) + 1))
    ramp = min([b - a for a, b in itertools.pairwise(edges)], default=Q(1)) * data.draw(
        st.sampled_from([Q(1, 3), Q(1)])
    )
    net = staircase(edges, heights, ramp)
    f = extract(net)
    assert len(f.kinks) == sum(net.widths) <= 2 * len(edges)
    ends = [edges[0] - 2 * ramp, *edges, edges[-1] + 2 * ramp]
    for i, height in enumerate(heights):
        assert f((ends[i] + ends[i + 1]) / 2) == height
    for i, edge in enumerate(edges):
        assert f(edge) == Q(heights[i] + heights[i + 1], 2)
        assert f(edge - ramp / 2) == heights[i] and f(edge + ramp / 2) == heights[i + 1]


def test_step_and_tower():
    f = extract(step(at=1, ramp="1/10", height=3))
    assert f.slopes == (0, 30, 0) and f(1) == Q(3, 2)
    g = extract(tower(0, 1, height=2, ramp="1/4"), (-1, 2))
    assert g.n_pieces == 5 and g.integral() == 2 and g.max().value == 2
    assert tower(0, 1, ramp=1).widths == (3,)
    assert staircase([0], [1, 1]).widths == ()


def test_box_tower():
    net = box_tower([0, 0, 0], [1, 2, 3], height=5, ramp="1/2")
    assert net.input_dim == 3 and net.widths == (12, 1)
    assert net.exact(["1/2", 1, 1]) == 5
    for outside in ([-1, 1, 1], ["1/2", 2, 1], [0, 0, 0], ["1/2", 1, 100]):
        assert net.exact(outside) == 0
    assert extract(box_tower([0], [1], ramp="1/4")).integral(-1, 2) == Q(3, 4)


@pytest.mark.parametrize(
    ("call", "kind", "word"),
    [
        (lambda: tent(-1), PwlinError, "depth: found -1"),
        (lambda: zigzag(1.0), PwlinError, "depth: found 1.0"),
        (lambda: yarotsky_square(True), PwlinError, "depth: found True"),
        (lambda: yarotsky_square(2, norm="l3"), PwlinError, "norm: found 'l3'"),
        (lambda: yarotsky_square(2, None), DomainError, "domain"),
        (lambda: folded_square(0, 2), PwlinError, "folds: found 0"),
        (lambda: folded_square(1, 0), PwlinError, "width: found 0"),
        (lambda: shallow_square(0), PwlinError, "neurons: found 0"),
        (lambda: shallow_square(2, slack=-1), PwlinError, "slack: found -1"),
        (lambda: step(ramp=0), PwlinError, "ramp: found 0"),
        (lambda: tower(1, 0), DomainError, "edges"),
        (lambda: tower(0, 1, ramp=2), PwlinError, "at most 1"),
        (lambda: staircase([0, 1], [1, 2]), ShapeError, "heights: found 2"),
        (lambda: box_tower([0], [1, 2]), ShapeError, "upper: found 2"),
        (lambda: box_tower([0], [0]), DomainError, r"upper\[0\]"),
        (lambda: box_tower([0], [1], ramp=1), PwlinError, "ramp: found 1"),
    ],
)
def test_what_is_refused(call, kind, word):
    with pytest.raises(kind, match=word):
        call()
