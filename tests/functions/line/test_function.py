"""The algebra, questions and other forms of a 1-D function, as laws and golden answers."""

import json
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import Interval, Network, PiecewiseLinear1D, extract
from pwlin.functions.line.formats import subset_with_sum
from tests.strategies.effort import examples
from tests.strategies.networks import networks

coarse = st.fractions(min_value=-6, max_value=6, max_denominator=4)


@st.composite
def functions(draw, bounded=None):
    """Functions on bounded and unbounded domains, with flat parts and integer kinks more often than not."""
    net = draw(networks(max_depth=2, max_width=3, entries=st.sampled_from([Q(-1), Q(0), Q(1), Q(1, 2), Q(2)])))
    bounded = draw(st.booleans()) if bounded is None else bounded
    left = draw(st.integers(-6, 0))
    return extract(net, (left, left + draw(st.integers(1, 9))) if bounded else None)


def inside(f, q):
    left, right = f.domain
    low, high = -20 if left is None else left, 20 if right is None else right
    return low + (high - low) * (q + 6) / 12


@examples(100)
@given(functions(), functions(bounded=False), coarse)
def test_composition_and_functions_on_other_domains(f, g, q):
    x = inside(f, q)
    assert (g @ f)(x) == g(f(x)) and (f + g).domain == f.domain and (g + f)(x) == g(x) + f(x)
    assert (f.maximum(g) + f.minimum(g)) == f + g


@examples(100)
@given(functions(), coarse)
def test_roots_are_all_the_zeros(f, q):
    x = inside(f, q)
    in_roots = any(x in r if isinstance(r, Interval) else x == r for r in f.roots())
    assert (f(x) == 0) == in_roots
    places = [e for r in f.roots() for e in ((r.left, r.right) if isinstance(r, Interval) else (r,)) if e is not None]
    assert all(f(e) == 0 for e in places) and places == sorted(places)
    for piece in f.pieces:  # a strict sign change holds a root
        if piece.left is not None and piece.right is not None and f(piece.left) * f(piece.right) < 0:
            assert any(piece.left < e < piece.right for e in places)


@examples(100)
@given(functions(bounded=True), coarse)
def test_integral_is_additive(f, q):
    left, right = f.domain
    m = inside(f, q)
    assert f.integral() == f.integral(left, m) + f.integral(m, right) == -f.integral(right, left)
    if left < m < right:
        part = f.restrict(left, m)
        assert part.integral() == f.integral(left, m) and part.domain == (left, m)
        assert all(r.pattern == f.network.pattern((r.left + r.right) / 2) for r in part.regions)


@examples(150)
@given(functions())
def test_other_forms_are_the_same_function(f):
    assert PiecewiseLinear1D.from_json(f.to_json()) == f
    net = f.to_network()
    assert extract(net, f.domain) == f
    n = len(f.kinks)
    assert sum(net.widths) in (n, n + 1)
    x = inside(f, Q(1, 3))
    symbol = sympy.Symbol("u")
    assert sympy.sympify(f.to_sympy(symbol)).subs(symbol, sympy.Rational(x.numerator, x.denominator)) == f(x)
    if f.domain[0] is not None:
        assert f.to_ppoly()(float(x)) == pytest.approx(float(f(x)), rel=1e-9, abs=1e-9)
        ends = [f.domain[0], *(k.location for k in f.kinks), f.domain[1]]
        assert PiecewiseLinear1D.from_points(ends, [f(e) for e in ends]) == f


@examples(100)
@given(st.lists(coarse, max_size=6), coarse)
def test_subset_with_sum_against_enumeration(values, total):
    sums = {sum((v for i, v in enumerate(values) if m >> i & 1), Q(0)) for m in range(2 ** len(values))}
    found = subset_with_sum(values, total)
    assert (found is not None) == (total in sums)
    assert found is None or sum((values[i] for i in found), Q(0)) == total


def test_fewest_neurons():
    # |x| is two neurons at one kink's place or one kink plus an affine part: its jump 2 is not minus the slope -1
    assert extract(Network.from_arrays([[[1]], [[1]]], activation="abs")).to_network().widths == (2,)
    assert extract(
        Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
    ).to_network().widths == (3,)
    assert PiecewiseLinear1D.from_points([0, 1], [3, 4]).to_network().widths == ()


def test_calls_choose_their_arithmetic():
    f = PiecewiseLinear1D.from_points(["0", "1/3", 1], [0, "1/7", 5])
    assert isinstance(f(0), Q) and f("1/3") == Q(1, 7) and isinstance(f(0.25), float)
    values = f(np.linspace(0, 1, 9))
    assert values.dtype == np.float64 and values.shape == (9,)
    assert f(np.array([Q(1, 3)], dtype=object))[0] == Q(1, 7)
    assert f([[0.0, 1.0]]).shape == (1, 2)
    assert np.isnan(f(float("nan")))


@examples(60)
@given(functions(), st.floats(0, 1))
def test_float_values_are_near_the_exact_ones(f, u):
    left, right = f.domain
    x = float(-20 if left is None else left) * (1 - u) + float(20 if right is None else right) * u
    assert f(x) == pytest.approx(float(f(Q(x))), rel=1e-12, abs=1e-12)


def test_float_values_with_huge_weights():
    f = extract(Network.from_arrays([[[1e300]], [[1e-300]]], [[-1e300], [0]]))
    assert f(2.0) == pytest.approx(1.0)
    g = extract(Network.from_arrays([[[1e200]], [[1e200]]]))
    assert g(1e-200) == pytest.approx(1e200) and g(1.0) == float("inf")


def test_numpy_is_correctly_rounded():
    f = PiecewiseLinear1D.from_points([0, "1/3", 1], [0, "1/7", 5])
    breaks, slopes, intercepts = f.numpy()
    assert breaks.tolist() == [1 / 3] and slopes.tolist() == [float(Q(3, 7)), float(Q(51, 7))]
    assert intercepts.tolist() == [0.0, float(Q(1, 7) - Q(51, 21))]


@pytest.mark.parametrize(
    "action",
    [
        lambda f: f(2),
        lambda f: f(2.0),
        lambda f: f.restrict(0, 2),
        lambda f: f.integral(0, 2),
        lambda f: f @ (f + 5),
        lambda f: f(float("nan").__class__("inf")),
        lambda f: f("x"),
        lambda f: f + float("nan"),
        lambda f: PiecewiseLinear1D.from_points([0, 0], [1, 1]),
        lambda f: PiecewiseLinear1D.from_points([0], [1]),
        lambda f: PiecewiseLinear1D.from_json("{}"),
        lambda f: PiecewiseLinear1D.from_json(f.to_json().replace('"0"', '"zero"')),
        lambda f: PiecewiseLinear1D.from_json("[1, 2"),
        lambda f: extract(Network.from_arrays([[[1]]])).max(),
        lambda f: extract(Network.from_arrays([[[1]]])).min(),
        lambda f: extract(Network.from_arrays([[[1]]])).integral(),
        lambda f: extract(Network.from_arrays([[[1]]])).to_ppoly(),
    ],
)
def test_misuse_is_a_clear_error(action):
    with pytest.raises(pwlin.PwlinError):
        action(PiecewiseLinear1D.from_points([0, 1], [0, 1]))


def test_objects_are_immutable_and_print_on_a_line():
    f = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])
    with pytest.raises(AttributeError):
        f.domain = (0, 1)
    assert repr(f) == "PiecewiseLinear1D(2 pieces on [0, 2])"
    assert "cases" in f._repr_latex_() and json.loads(f.to_json())["slopes"] == ["1", "-1"]
    many = PiecewiseLinear1D.from_points(range(40), [i % 2 for i in range(40)])
    assert "(27 more pieces)" in many._repr_latex_()
