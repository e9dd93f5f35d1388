"""Certified errors in several variables: enclosures hold what is known exactly, and what sampling finds."""

from fractions import Fraction as Q

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given

from pwlin.base.errors import PwlinError, PwlinWarning, TargetError
from pwlin.comparison.cells import certified
from pwlin.comparison.errors import WideEnclosure
from pwlin.exact.enclosure import Enclosure
from pwlin.extraction.cells.extract import extract_cells
from pwlin.formulas.arithmetic import floats as elementary_nd
from pwlin.formulas.budget import Budget
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network
from tests.strategies.effort import examples, few, narrow
from tests.strategies.networks import networks, pytorch_style, rationals

SQUARE = [(-1, 1), ("-1/2", 1)]
FUNCTIONS = {
    "exp(-x**2-y**2)": lambda x, y: np.exp(-(x**2) - y**2),
    "sin(x)*cos(2*y)": lambda x, y: np.sin(x) * np.cos(2 * y),
    "sqrt(x**2+y**2+1/10)": lambda x, y: np.sqrt(x**2 + y**2 + 0.1),
    "log(x+y+3)/(2+x*y)": lambda x, y: np.log(x + y + 3) / (2 + x * y),
    "atan(3*x)-tanh(y)": lambda x, y: np.arctan(3 * x) - np.tanh(y),
    "Max(x, y)*abs(x-y)": lambda x, y: np.maximum(x, y) * np.abs(x - y),
}


def of(net, domain=SQUARE):
    return extract_cells(net, domain)[0]


def grid(n):
    """Midpoints of n * n equal boxes of the domain."""
    x, y = np.meshgrid((np.arange(n) + 0.5) / n * 2 - 1, (np.arange(n) + 0.5) / n * 1.5 - 0.5)
    return x.ravel(), y.ravel()


@pytest.mark.parametrize(("seed", "target"), few([(seed, t) for t in FUNCTIONS for seed in (1, 2)], 6))
def test_enclosures_hold_what_sampling_finds(seed, target):
    f = of(pytorch_style((2, 6, 3, 1), seed))
    tolerance = narrow("1e-5")
    c = f.compare(target, tolerance=tolerance)
    x, y = grid(500)
    errors = np.abs(f(np.stack([x, y], axis=-1)).ravel() - FUNCTIONS[target](x, y))
    assert c.sup.upper >= Q(float(errors.max())) - Q(1, 10**12)
    assert c.sup.lower <= errors.max() + 0.02  # neighbours on the grid are close
    for found, value in ((c.l1, errors.mean() * 3), (c.l2_squared, (errors**2).mean() * 3)):
        assert found.lower - Q(1, 10**4) <= value <= found.upper + Q(1, 10**4)  # the midpoint rule's own error
        assert found.relative_width <= tolerance
    assert c.sup.relative_width <= tolerance
    exact = [Q(v) for v in c.argsup]
    there = abs(f(exact) - Q(float(FUNCTIONS[target](*map(float, exact)))))
    assert there >= c.sup.lower - Q(1, 10**12)
    assert c.mse.lower == c.l2_squared.lower / 3


@given(networks(2, 2, 3, entries=rationals))
@examples(4)
def test_a_polynomial_in_disguise(net):
    f = of(net)
    text = "x**2 + y**2 + 1 + (tanh(x) - sinh(x)/cosh(x))"
    disguised, plain = f.compare(text, tolerance="1e-2"), f.compare("x**2 + y**2 + 1")
    assert isinstance(disguised.sup, Enclosure)
    assert disguised.l2_squared.lower <= plain.l2_squared <= disguised.l2_squared.upper
    exact = plain.sup
    low, high = (exact.lower, exact.upper) if isinstance(exact, Enclosure) else (exact, exact)
    assert sympy.sympify(disguised.sup.lower) <= sympy.sympify(high)
    assert sympy.sympify(low) <= sympy.sympify(disguised.sup.upper)


def test_pieces_add_up():
    f = of(pytorch_style((2, 5, 1), 3))
    c = f.compare("exp(x*y)", tolerance="1e-4")
    for name in ("l1", "l2_squared"):
        parts = [getattr(p, name) for p in c.per_piece]
        whole = getattr(c, name)
        assert sum(p.lower for p in parts) <= whole.upper
        assert whole.lower <= sum(p.upper for p in parts)
    assert max(p.sup.lower for p in c.per_piece) <= c.sup.upper
    assert c.sup.lower <= max(p.sup.upper for p in c.per_piece)
    assert len(c.per_region) == f.n_regions


def test_no_error_at_all():
    cone = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
    for text in ("sqrt(x**2) + sqrt(y**2)", "abs(x)*(1 + y) - abs(x)*y + abs(y)"):
        c = of(cone).compare(text)
        assert (c.sup, c.l1, c.l2_squared) == (0, 0, 0)


def test_three_variables():
    f = of(pytorch_style((3, 4, 1), 4), [(-1, 1)] * 3)
    c = f.compare("exp(x)+sin(y)*z", tolerance="1e-2")
    points = np.random.default_rng(0).uniform(-1, 1, (20000, 3))
    errors = np.abs(f(points).ravel() - (np.exp(points[:, 0]) + np.sin(points[:, 1]) * points[:, 2]))
    assert errors.max() <= c.sup.upper and c.sup.lower <= errors.max() * 1.2
    assert abs(float(c.mse.lower) - (errors**2).mean()) < 0.05 * float(c.mse.upper)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("1/(x-y)", "division by x - y"),
        ("log(x+y)", "not positive"),
        ("sqrt(x-2)", "sqrt"),
        ("tan(2*x)", "tan"),
    ],
)
def test_targets_undefined_somewhere_are_refused_by_name_and_place(target, said):
    with pytest.raises(TargetError, match=r"undefined at \(x, y\)") as caught:
        of(pytorch_style((2, 3, 1), 5)).compare(target)
    assert said.split()[0] in str(caught.value)


def test_what_cannot_be_compared():
    net = pytorch_style((2, 3, 1), 5)
    with pytest.raises(PwlinError, match="bounded"):
        of(net, None).compare("exp(x+y)")
    c = of(net).compare("exp(x+y)")
    for name in ("best", "effective_pieces"):
        with pytest.raises(TargetError, match="accepted is one"):
            getattr(c, name)


@pytest.mark.parametrize("size", few([1e160, 1e300, 10**400], 2))
def test_values_beyond_float64(size):
    c = of(Network.from_arrays([[[size, 1]]])).compare("exp(x+y)", tolerance="1e-2")
    with pytest.raises(TargetError, match="beyond the range"):
        _ = c.l2_squared
    if size < 1e200:
        assert c.sup.lower <= Q(size) + 10 and c.sup.upper >= Q(size) - 10


def test_on_a_triangle():
    f = of(pytorch_style((2, 3, 1), 6), Polytope.simplex(dim=2))
    zero = f - f
    c = zero.compare("exp(x+y)", tolerance="1e-6")
    # over the triangle, exp(x + y) integrates to the integral of s exp(s) over [0, 1], which is 1
    assert c.l1.lower <= 1 <= c.l1.upper
    assert float(c.sup.lower) <= np.e <= float(c.sup.upper)


@pytest.mark.parametrize("name", ["exp", "log", "atan", "sin_cos"])
def test_elementary_functions_enclose(name):
    rng = np.random.default_rng(7)
    x = np.concatenate([rng.uniform(-4, 4, 300), rng.uniform(-600, 600, 100), 10.0 ** rng.uniform(-12, 2, 100)])
    if name == "log":
        x = np.abs(x)
    found = getattr(elementary_nd, name)(x)
    ends = dict(zip(("sin", "cos"), found)) if name == "sin_cos" else {name: found}
    with mpmath.workdps(40):
        for function, (low, high) in ends.items():
            for a, v, b in zip(low.tolist(), x.tolist(), high.tolist(), strict=True):
                exact = getattr(mpmath, function)(mpmath.mpf(v))
                assert mpmath.mpf(a) <= exact <= mpmath.mpf(b), (function, v)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("abs(x) + abs(y)", [[[1, 0], [0, 1]], [[1, 1]]]),
        ("Max(x - y/2, y/2 - x)", [[[1, Q(-1, 2)]], [[1]]]),
        ("abs(x + y) - abs(x - y)/3", [[[1, 1], [1, -1]], [[1, Q(-1, 3)]]]),
    ],
)
def test_text_that_is_piecewise_linear_is_compared_exactly(text, other):
    g = of(Network.from_arrays(other, None, "abs"))
    assert (g.compare(text).sup, g.compare(text).l1, g.compare(text).l2_squared) == (0, 0, 0)
    f = of(pytorch_style((2, 3, 2, 1), 8))
    by_text, by_function = f.compare(text), f.compare(g)
    assert by_text.exact
    for name in ("sup", "argsups", "l1", "l2_squared", "mse"):
        assert getattr(by_text, name) == getattr(by_function, name), name


def test_formulas_that_jump_at_lines_are_compared_exactly():
    zero = of(Network.from_arrays([[[0, 0]]], None), [(-1, 1), (-1, 1)])
    c = zero.compare("sign(x + y) + Piecewise((1, x > 1/2), (0, True))")
    # 1 below the diagonal, 1 above it, 2 or 0 where x > 1/2 (areas 7/8 and 1/8)
    assert (c.sup, c.l1, c.l2_squared) == (2, 3 + Q(7, 4), 3 + Q(7, 2))


@pytest.mark.parametrize("size", [Q(1, 10**100), Q(1, 10**60), Q(10) ** 60])
def test_scale_does_not_matter(size):
    net = pytorch_style((2, 3, 1), 5)
    tall = Network.from_arrays(*map(list, zip(*[(w, b) for w, b in scaled(net, size)])))
    one, other = of(net).compare("exp(x*y)", tolerance="1e-3"), of(tall).compare(f"({size})*exp(x*y)", tolerance="1e-3")
    for name, power in (("sup", 1), ("l1", 1), ("l2_squared", 2)):
        found, expected = getattr(other, name), getattr(one, name)
        assert found.relative_width <= Q(1, 1000)
        assert found.lower / size**power <= expected.upper and expected.lower <= found.upper / size**power


def scaled(net, size):
    """The layers of a network whose output is so many times as large."""
    *inner, last = net.layers
    for layer in inner:
        yield layer.weight, layer.bias
    yield last.weight * size, last.bias * size


def test_what_one_norm_knows_the_others_use(monkeypatch):
    monkeypatch.setattr(certified, "Budget", lambda: Budget(200_000))
    zero = of(Network.from_arrays([[[0, 0]]], None), [(0, 1), (0, 1)])
    c = zero.compare("sqrt(sin(9*x)**2 + sin(9*y)**2 + 1e-9)*sin(40*x*y)", tolerance="1e-9")
    with pytest.warns(PwlinWarning, match="wider than asked"):
        wide = c.l1
    with pytest.warns(PwlinWarning, match="wider than asked"):
        assert isinstance(c.mse, WideEnclosure)
    assert isinstance(wide, WideEnclosure) and "wider than asked" in str(wide)
    assert wide.upper <= c.volume * c.sup.upper and c.l2_squared.upper <= c.volume * c.sup.upper**2
    assert wide.upper**2 <= c.volume * c.l2_squared.upper * (1 + Q(1, 10**6))
    assert c.l1.lower >= c.l2_squared.lower / c.sup.upper


@pytest.mark.parametrize(("text", "sup"), [("floor(10*x*y)", 9), ("sign(1 - x*y)", 1)])
def test_steps_along_curves(text, sup):
    """The mean of floor(10 xy) on [0, 1]^2 is the sum of P(10 xy >= k), 1 - t + t log t for t = k/10."""
    zero = of(Network.from_arrays([[[0, 0]]], None), [(0, 1), (0, 1)])
    c = zero.compare(text)
    assert c.sup.contains(sup) and c.sup.relative_width < Q(1, 10**6)
    assert c.l1.relative_width < Q(1, 10**6)
    shares = [1 - mpmath.mpf(k) / 10 + mpmath.mpf(k) / 10 * mpmath.log(mpmath.mpf(k) / 10) for k in range(1, 10)]
    assert c.l1.contains(Q(str(sum(shares)))) if "floor" in text else c.l1.contains(1)
