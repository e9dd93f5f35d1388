"""Best approximation with free knots: closed forms, certified bounds, and the yardstick for every target."""

import math
import random
from fractions import Fraction as Q
from functools import cache

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import best_approximation
from pwlin.base.errors import DomainError, PwlinError, TargetError
from pwlin.comparison.best import best_l1, best_l2, best_sup, lower_bounds, stretches
from pwlin.comparison.best.equal import alternating
from pwlin.comparison.best.frame import FloatTarget, Frame
from pwlin.comparison.best.gates import corners, links_through
from pwlin.comparison.best.linear_formulas import piecewise_linear_form
from pwlin.comparison.best.spline import Spline, extremes
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.target import parse_target
from pwlin.functions.line.function import PiecewiseLinear1D
from tests.strategies.effort import examples, few

small = st.fractions(min_value=-4, max_value=4, max_denominator=6)
lengths = st.fractions(min_value=Q(1, 6), max_value=5, max_denominator=6)


def errors(function, target, tolerance="1e-12"):
    c = function.compare(target, tolerance=tolerance)
    return {"sup": c.sup, "l2": c.l2_squared, "l1": c.l1}


def upper(value):
    return value.upper if isinstance(value, Enclosure) else value


# -- closed forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [1, 2, 3, 20, 21])
def test_the_square_reproduces_the_closed_forms(pieces):
    a, b = Q(-5), Q(5)
    h = (b - a) / pieces
    expected = {
        "sup": h**2 / 8,
        "l2": (b - a) ** 5 / (180 * pieces**4),
        "l1": (b - a) ** 3 / (16 * pieces**2),
    }
    for norm, value in expected.items():
        best = best_approximation("x**2", domain=(a, b), pieces=pieces, norm=norm)
        function, error = best
        assert error == value and isinstance(error, Q)
        assert best.lower == best.upper == value and best.is_optimal and best.gap == 0
        assert function.n_pieces == pieces and function.domain == (a, b)
        assert errors(function, "x**2")[norm] == value
        assert best.asymptotic.contains(value)  # for a quadratic the law holds for every number of pieces


@examples(25)
@given(small.filter(bool), small, small, small, lengths, st.integers(1, 7), st.sampled_from(["sup", "l2", "l1"]))
def test_quadratics_exactly(c, d, e, a, length, pieces, norm):
    x = sympy.Symbol("x")
    c2, d2, e2 = (sympy.Rational(v.numerator, v.denominator) for v in (c, d, e))
    function, error = best_approximation(c2 * x**2 + d2 * x + e2, (a, a + length), pieces, norm)
    assert errors(function, c2 * x**2 + d2 * x + e2)[norm] == error
    scaled = best_approximation("x**2", (0, 1), pieces, norm).error
    power, root = {"sup": (2, 1), "l2": (5, 2), "l1": (3, 1)}[norm]
    assert error == abs(c) ** root * length**power * scaled


@examples(20)
@given(small, small, small, lengths, st.integers(1, 5), st.sampled_from(["sup", "l2", "l1"]))
def test_lines_make_no_error(d, e, a, length, pieces, norm):
    best = best_approximation(f"({d})*x + ({e})", (a, a + length), pieces, norm)
    assert best.error == 0 and best.is_optimal and best.function.n_pieces == 1
    assert best.function(a) == d * a + e


@pytest.mark.parametrize("norm", ["sup", "l2", "l1"])
def test_piecewise_linear_targets_with_enough_pieces(norm):
    target = PiecewiseLinear1D.from_points([-1, 0, Q(1, 3), 2], [1, 0, 5, 5])
    assert best_approximation(target, (-1, 2), 3, norm).function == target
    inner = best_approximation(target, (Q(1, 2), 2), 1, norm)
    assert inner.error == 0 and inner.is_optimal and inner.function == target.restrict(Q(1, 2), 2)
    for text, needed in [
        ("abs(x)", 2),
        ("Max(x, 1/3, -2*x) + abs(x - 1/7)/2", 4),
        ("Piecewise((x, x < 1/2), (1 - x, True))", 2),
        ("Piecewise((x, (x > 0) & (x < 1)), (0, x <= 0), (1, True))", 3),
        ("Min(abs(x), abs(x - 1))", 4),
    ]:
        best = best_approximation(text, (-1, 2), needed, norm)
        assert best.error == 0 and best.is_optimal and best.function.n_pieces == needed


def test_piecewise_linear_targets_with_a_piece_too_few():
    best = best_approximation("Max(x, 1/3, -2*x) + abs(x - 1/7)/2", (-1, 2), 3)
    assert 0 < best.lower <= best.upper < best.lower * (1 + Q(1, 1000)) and isinstance(best.error, Q)


def test_bounds_for_a_piecewise_linear_target():
    zigzag = PiecewiseLinear1D.from_points([0, 1, 2, 3, 4], [0, 1, 0, 1, 0])
    for norm in ("sup", "l2", "l1"):
        best = best_approximation(zigzag, (0, 4), 2, norm)
        assert isinstance(best.error, Q) and 0 < best.lower <= best.upper <= errors(zigzag * 0, zigzag)[norm]


def test_the_best_line_for_a_corner():
    best = best_approximation("abs(x)", (-1, 1), 1)
    assert abs(best.error - Q(1, 2)) < Q(1, 10**12) and best.gap < Q(1, 10**10)
    best = best_approximation(PiecewiseLinear1D.from_points([-1, 0, 1], [1, 0, 1]), (-1, 1), 1, "l2")
    assert isinstance(best.error, Q) and abs(best.error - Q(1, 6)) < Q(1, 10**4) and best.error >= Q(1, 6)


# -- what is known of others ------------------------------------------------------------------------


def test_exp_tends_to_its_law():
    law = (math.sqrt(math.e) - 1) ** 2 / 4
    scaled = []
    for pieces in (1, 3, 9):
        best = best_approximation("exp(x)", (0, 1), pieces)
        assert best.gap < Q(1, 10**7) and not best.is_optimal
        assert float(best.asymptotic) * pieces**2 == pytest.approx(law, rel=1e-12)
        scaled.append(float(best.error) * pieces**2 / law - 1)
    assert all(0 < after < before / 5 for before, after in zip(scaled, scaled[1:]))
    one = best_approximation("exp(x)", (0, 1), 1)  # the best line: slope e - 1, error by Chebyshev's alternation
    slope = math.e - 1
    assert float(one.error) == pytest.approx((1 - (slope - slope * math.log(slope))) / 2, rel=1e-9)


def test_square_root_in_closed_form():
    # on [a, b] the best line errs by (sqrt b - sqrt a)^2 / (8 (sqrt a + sqrt b)): 1/8, 1/24 for knots at 0, 1/9 ...
    for pieces, error in [(1, Q(1, 8)), (2, Q(1, 24)), (5, Q(1, 120))]:
        best = best_approximation("sqrt(x)", (0, 1), pieces)
        assert abs(best.lower - error) < error / 10**6 and abs(best.upper - error) < error / 10**6
        assert best.lower <= error <= best.upper


CASES = [
    ("sin(3*x)", -2, 2),
    ("x**3 - x", -2, 2),
    ("tanh(5*x)", -1, 1),
    ("Max(x**2, exp(-x))", -1, 1),
    ("x**(1/3)", 0, 1),
    ("abs(x)*cos(x)", -2, 3),
]


@pytest.mark.parametrize(("text", "a", "b"), few(CASES, 4))
def test_bounds_of_the_least_error(text, a, b):
    for norm in ("sup", "l2", "l1"):
        before = None
        for pieces in (1, 5):
            best = best_approximation(text, (a, b), pieces, norm)
            assert best.function.n_pieces <= pieces and best.function.domain == (a, b)
            assert 0 <= best.lower <= best.upper == upper(best.error)
            if norm == "sup":
                exact = best.function.compare(text).sup
                assert exact == best.error or best.error.contains(exact)
            assert norm != "sup" or best.gap < Q(1, 10**4)
            assert before is None or best.upper <= before * (1 + Q(1, 10**6))
            before = best.upper


@pytest.mark.parametrize("norm", ["l2", "l1"])
def test_mean_errors_of_a_cubed_line_are_near_the_law_and_above_the_bound(norm):
    best = best_approximation("exp(x)", (0, 1), 8, norm)
    assert float(best.error) == pytest.approx(float(best.asymptotic), rel=1e-3)
    assert Q(1, 3) * best.upper < best.lower < best.upper
    # stationary: where the target is convex the best lines meet the ends of pieces with equal errors
    f = best.function
    at = [f(x) - Q(math.exp(x)) for x in f.breakpoints]
    assert all(e < 0 for e in at)


@cache
def least(text, pieces, norm):
    return best_approximation(text, (-1, 1), pieces, norm).lower


@examples(12)
@given(st.data())
def test_nothing_beats_the_lower_bound(data):
    text = data.draw(st.sampled_from(["exp(x)", "sin(3*x)", "x**3 - x"]))
    pieces, norm = data.draw(st.integers(1, 3)), data.draw(st.sampled_from(["sup", "l2", "l1"]))
    xs = sorted(data.draw(st.lists(st.floats(-0.99, 0.99), min_size=pieces - 1, max_size=pieces - 1, unique=True)))
    ys = data.draw(st.lists(st.floats(-3, 3), min_size=pieces + 1, max_size=pieces + 1))
    rival = PiecewiseLinear1D.from_points([-1, *xs, 1], ys)
    reached = upper(errors(rival, text, "1e-6")[norm])
    assert (reached if isinstance(reached, Q) else Q(float(reached)) + Q(1, 10**9)) >= least(text, pieces, norm)


def test_scaling_and_reflection():
    for norm in ("sup", "l2", "l1"):
        one = best_approximation("exp(x)", (0, 1), 4, norm).error
        other = best_approximation("-7*exp(-x) + 3*x - 2", (-1, 0), 4, norm).error
        assert float(other) == pytest.approx(float(one) * (49 if norm == "l2" else 7), rel=1e-6)


JUMPS = [  # text, domain, half the largest jump
    ("Piecewise((0, x < 1/3), (1, True))", (0, 1), Q(1, 2)),
    ("sign(x)", (-5, 5), 1),
    ("sign(x - 1/3) + sign(x + 1/2)", (-2, 2), 1),
    ("sign(x) + sign(x - 1)/2 + abs(x)", (-2, 2), 1),
    ("x + sign(x**2 - 2)", (-3, 3), 1),
    ("floor(x)", (0, 3), Q(1, 2)),
    ("Piecewise((exp(x), x < 0), (sin(x) - 1, True))", (-1, 2), 1),
]


@pytest.mark.parametrize(
    ("norm", "text", "domain", "half"),
    [*(("sup", *jump) for jump in JUMPS), *few([(norm, *jump) for norm in ("l2", "l1") for jump in JUMPS], 4)],
)
def test_more_pieces_never_do_worse_where_a_target_jumps(norm, text, domain, half):
    before = None
    for pieces in (1, 2, 4) if norm == "sup" else (1, 3):
        best = best_approximation(text, domain, pieces, norm)
        assert best.pieces == pieces and best.function.n_pieces <= pieces
        assert before is None or best.upper <= before
        assert norm != "sup" or half * (1 - Q(1, 10**12)) <= best.lower <= best.upper
        before = best.upper
    assert norm != "sup" or best.upper <= half * (1 + Q(1, 10**6))


@pytest.mark.parametrize("text", few(["sin(20*x)", "abs(sin(5*x))", "sign(x)*abs(x)"], 1))
def test_more_pieces_never_do_worse_where_some_do_not_help(text):
    least = [best_approximation(text, (-1, 1), pieces).upper for pieces in range(1, 6)]
    assert all(more <= fewer for fewer, more in zip(least, least[1:]))


def test_two_jumps_that_lie_closer_than_balls_tell_are_not_one():
    near = "sign(x - sqrt(2)) + sign(x - sqrt(2) - 1e-100)"
    best = best_approximation(near, (0, 2), 1)
    assert best._half_jump in (0, 1) and best.lower <= 2


def test_jumps_in_the_mean_vanish():
    assert best_approximation(JUMPS[0][0], (0, 1), 5, "l2").upper < Q(1, 1000)


@pytest.mark.parametrize("size", few([Q(10) ** 60, Q(1, 10**60), Q(1, 10**100)], 2))
@pytest.mark.parametrize("norm", ["sup", "l2", "l1"])
def test_scale_does_not_matter(size, norm):
    one = best_approximation("exp(x)", (0, 1), 4, norm)
    power = 2 if norm == "l2" else 1
    tall = best_approximation(f"exp(x)*({size})", (0, 1), 4, norm)
    assert float(tall.upper / size**power) == pytest.approx(float(one.upper), rel=1e-6)
    assert float(tall.lower / size**power) == pytest.approx(float(one.lower), rel=1e-3)
    assert float(tall.asymptotic.upper / size**power) == pytest.approx(float(one.asymptotic), rel=1e-9)
    wide = best_approximation(f"exp(x/({size}))", (0, size), 4, norm)
    length = 1 if norm == "sup" else size
    assert float(wide.upper / length) == pytest.approx(float(one.upper), rel=1e-6)
    assert float(wide.lower / length) == pytest.approx(float(one.lower), rel=1e-3)


@pytest.mark.parametrize("size", [1, Q(10) ** 60, Q(1, 10**100)])
def test_effective_pieces_at_any_scale(size):
    f = PiecewiseLinear1D.from_points([-1, 0, 1], [size, 0, size])
    assert float(f.compare(f"exp(x)*({size})").effective_pieces) == pytest.approx(0.4156, abs=1e-4)


# -- gates ------------------------------------------------------------------------------------------


def test_fewest_links_forwards_backwards_and_upside_down():
    rng = random.Random(1)
    for _ in range(120):
        xs = [Q(x) for x in sorted(rng.sample(range(40), rng.randint(2, 14)))]
        lows = [Q(rng.randint(-6, 6)) for _ in xs]
        highs = [low + Q(rng.randint(1, 6), rng.choice([1, 2])) for low in lows]
        links = links_through(xs, lows, highs, len(xs))
        back = links_through([-x for x in xs[::-1]], lows[::-1], highs[::-1], len(xs))
        flipped = links_through(xs, [-h for h in highs], [-low for low in lows], len(xs))
        assert len(links) == len(back) == len(flipped)
        assert len(links) == 1 or links_through(xs, lows, highs, len(links) - 1) is None
        turns, _ = corners(links)
        assert turns == sorted(turns)
        for x, low, high in zip(xs, lows, highs):
            assert low <= links[sum(t < x for t in turns)].line(x) <= high


def test_fewest_links_known():
    xs, ys = [Q(k) for k in range(5)], [Q(v) for v in (0, 1, 0, 1, 0)]

    def count(e):
        return len(links_through(xs, [y - e for y in ys], [y + e for y in ys], 9))

    assert [count(e) for e in (Q(1, 8), Q(1, 4) + Q(1, 100), Q(1, 2))] == [4, 3, 1] or count(Q(1, 2)) == 1


def test_splines_know_their_slopes():
    spline = Spline(np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 1.0]))
    assert spline.pieces == 2 and spline.slopes.tolist() == [2.0, -0.5]
    assert spline.on(np.array([0, 1]), np.array([0.5, 2.0])).tolist() == [1.0, 1.5]


@pytest.mark.parametrize("text", ["x**2", "abs(x)*x", "sin(x)", "Piecewise((0, x < 0), (1, True))", "sign(x)", "pi*x"])
def test_formulas_that_are_not_piecewise_linear(text):
    target = parse_target(text)
    assert piecewise_linear_form(target.expression, target.variables[0], Q(-1), Q(1)) is None


# -- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("x**2", None, 3), DomainError, "bounded"),
        (("x**2", (0, None), 3), DomainError, "bounded"),
        (("x**2", (1, 0), 3), DomainError, "accepted"),
        (("x**2", (0, 1), 0), TargetError, "pieces: found 0"),
        (("x**2", (0, 1), -2), TargetError, "pieces"),
        (("x**2", (0, 1), 2.5), TargetError, "pieces: found 2.5"),
        (("x**2", (0, 1), True), TargetError, "pieces"),
        (("x**2", (0, 1), "3"), TargetError, "pieces"),
        (("x**2", (0, 1), 3, "max"), TargetError, "'sup', 'l2', 'l1'"),
        (("x**2", (0, 1), 3, None), TargetError, "norm"),
        (("x**2", (0, 1), 3, np.array([])), TargetError, "norm"),
        (("x**2", (0, 1), 3, np.array(["sup", "l2"])), TargetError, "norm"),
        (("x**2", (0, 1), 10**12), TargetError, "pieces"),
        (("exp(x)", (0, 1), 10**5000), TargetError, "pieces"),
        (("exp(x)", (0, 1), 3, "sup", 0), TargetError, "tolerance"),
        (("exp(x)", (0, 1), 3, "sup", "much"), PwlinError, "tolerance"),
        (("x*y", (0, 1), 3), TargetError, "one variable"),
        (("x*y", None, 3), TargetError, "one variable"),
        (("1/x", (-1, 1), 3), TargetError, "x = 0"),
        (("log(x)", (0, 1), 3, "l2"), TargetError, "log"),
        (("exp(1000*x)", (0, 1), 3), TargetError, "overflow"),
        (("exp(x)", (0, Q(10) ** 400), 3), DomainError, "longer"),
        (("exp(x)", (Q(10) ** 20, Q(10) ** 20 + 1), 3), TargetError, "overflow"),
    ],
)
def test_refusals(arguments, error, words):
    with pytest.raises(error, match=words) as caught:
        best_approximation(*arguments)
    assert isinstance(caught.value, PwlinError)


# -- the yardstick ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["sin(3*x)", "abs(x) + x**2"])
def test_effective_pieces_of_the_best_functions(text):
    for pieces in (1, 4):
        best = best_approximation(text, (-2, 2), pieces, "l2")
        found = best.function.compare(text).effective_pieces
        assert isinstance(found, float) and found == pytest.approx(pieces, rel=1e-6)
    worse = (best.function + Q(1, 5)).compare(text)
    assert 0 < worse.effective_pieces < 4


def test_yardstick_for_targets_without_a_closed_form():
    f = PiecewiseLinear1D.from_points([-1, 0, 1], [Q(1, 2), 0, 1])
    c = f.compare("exp(x) - 1")
    best = c.best
    assert best.pieces == 2 and not best.exact and best.approximation("sup").gap < Q(1, 10**6)
    for name in ("sup", "l1", "l2_squared", "mse"):
        assert upper(getattr(best, name)) <= getattr(c, name).lower
    assert "2 pieces" in repr(best) and "2 pieces" in repr(best.approximation("l2"))


def test_yardstick_for_piecewise_linear_targets():
    target = PiecewiseLinear1D.from_points([-1, 0, 1], [1, 0, 1])
    line = PiecewiseLinear1D.from_points([-1, 1], [0, Q(1, 2)])
    c = line.compare(target)
    assert 0 < c.effective_pieces < 1 and c.best.sup < c.sup
    assert target.compare(target).effective_pieces == math.inf and target.compare(target).best.sup == 0
    bent = PiecewiseLinear1D.from_points([-1, 0, 1], [1, Q(1, 100), 1])
    assert (
        bent.compare(target).effective_pieces == 1
    )  # no function with one piece does as well, and one with two errs nowhere


def test_lazy_name():
    assert pwlin.best_approximation is best_approximation


# -- asymptotic laws --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "a", "b", "integral"),
    [  # f'' is 2 on a stretch of known length, 0 elsewhere
        ("x**2", 0, 3, 3),
        ("Max(x**2, abs(x - 1/2))", 0, 1, (3 - sympy.sqrt(3)) / 2),
        ("abs(x)*x + abs(x)", -1, 2, 3),
        ("Piecewise((5*x - 6, x < 2), (x**2, True))", 0, 3, 1),
        ("Max(x - 1, abs(x))", 0, 1, 0),
    ],
)
def test_laws_see_the_curved_parts_only(text, a, b, integral):
    for norm, power, divisor in (("sup", 2, 8), ("l2", 5, 180), ("l1", 3, 16)):
        pieces = 2
        law = best_approximation(text, (a, b), pieces, norm).asymptotic
        order = 4 if norm == "l2" else 2
        expected = sympy.sympify(integral) ** power / divisor / pieces**order
        assert law.contains(expected) and law.width <= Q(1, 10**11) * law.upper


def test_no_law_without_a_bounded_second_derivative():
    with pytest.raises(TargetError, match="second derivative"):
        _ = best_approximation("sqrt(x)", (0, 1), 2).asymptotic


@pytest.mark.parametrize("text", ["sign(x)", "floor(x)", "Piecewise((x**2, x < 0), (2, True))"])
def test_no_law_for_targets_that_jump(text):
    with pytest.raises(TargetError, match="jumps on the domain"):
        _ = best_approximation(text, (-1, "3/2"), 2).asymptotic


@pytest.mark.parametrize(
    ("norm", "power", "start", "size"),
    few(
        [
            ("sup", 0, Q(10) ** 300, Q(10) ** 280),
            ("l1", 1, Q(1), Q(1, 10**20)),
            ("l2", 1, Q(1, 3), Q(1, 10**15)),
        ],
        2,
    ),
)
def test_domains_too_narrow_for_floats_are_moved_exactly(norm, power, start, size):
    best = best_approximation("exp(x)", (0, 1), 2, norm)
    found = best_approximation(f"exp((x - {start})/({size}))", (start, start + size), 2, norm)
    assert found.function.n_pieces == 2 and found.lower <= found.upper
    assert float(found.upper / size**power / best.upper) == pytest.approx(1, rel=1e-6)
    assert float(found.lower / size**power / best.upper) == pytest.approx(float(best.lower / best.upper), rel=1e-2)


def test_effective_pieces_do_not_depend_on_where_and_how_large_the_domain_is():
    found = []
    for middle, size in [(0, Q(1)), (Q(7, 3), Q(1, 10**15))]:
        f = PiecewiseLinear1D.from_points([middle - size, middle, middle + size], [1, 0, 1])
        found.append(f.compare(f"exp((x - {middle})*{size.denominator})").effective_pieces)
    assert found == pytest.approx([found[0]] * 2, rel=1e-6) and found[0] == pytest.approx(0.4156, abs=1e-4)


def test_on_narrow_domains_the_tangent_is_taken_off():
    end = Q(1, 10**20)
    found = best_approximation("exp(x)", (1, 1 + end), 3)
    assert float(found.upper / end**2) == pytest.approx(math.e / 144, rel=1e-12) and found.gap < Q(1, 10**9)
    line = PiecewiseLinear1D.from_points([1, 1 + end / 3, 1 + end / 2, 1 + end], [0, 1, 0, 2])
    assert best_approximation(line, (1, 1 + end), 1).error > 0 and best_approximation(line, (1, 1 + end), 3).error == 0


def test_the_law_of_what_does_not_bend_is_zero():
    roof = PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 0])
    for target in (roof, "3", "2*x - 1"):
        assert best_approximation(target, (0, 2), 1).asymptotic == Enclosure(0, 0)


@pytest.mark.parametrize("pieces", [1, 2, 7, 40])
def test_the_reciprocal_in_closed_form(pieces):
    # a chord of 1/x on [u, v] errs by (1/sqrt(u) - 1/sqrt(v))^2 at most: equal steps of 1/sqrt(x) are best
    error = Q(9, 4) / pieces**2  # half of (sqrt(8) - 1/sqrt(2))^2, over the square of their number
    found = best_approximation("1/x", domain=("1/8", 2), pieces=pieces)
    assert error <= found.upper <= error * (1 + Q(1, 10**8))
    assert found.function.n_pieces == pieces and found.gap < Q(1, 10**7)


@pytest.mark.parametrize("text", ["-cosh(2*x)", "x**3 - x", "exp(-8*x**2)", "x*sin(9*x)"])
def test_pieces_that_err_alike_err_as_little_as_what_the_search_finds(text, monkeypatch):
    errors = [best_approximation(text, domain=(-1, 1), pieces=n).upper for n in (3, 8)]
    assert errors == sorted(errors, reverse=True)
    monkeypatch.setattr(best_sup, "alternating", lambda *_: None)
    for n, error in zip((3, 8), errors):
        assert error <= best_approximation(text, domain=(-1, 1), pieces=n).upper * (1 + Q(1, 10**10))


def test_where_newtons_equations_say_nothing_the_search_goes_on(monkeypatch):
    def singular(*_):
        raise np.linalg.LinAlgError

    best = best_approximation("x**3", (-1, 1), 4)
    monkeypatch.setattr(np.linalg, "solve", singular)
    found = best_approximation("x**3", (-1, 1), 4)
    assert best.lower <= found.error.upper and found.lower <= best.error.upper


def test_lines_across_an_inflection_in_closed_form():
    # s*x - x^3 is largest at t = sqrt(s/3), by 2 t^3, and as small as that at -2t; chords from 2t to 1 err by twice as much
    low, high = 0.0, 0.5
    for _ in range(60):
        t = (low + high) / 2
        top = math.sqrt((1 + 2 * t + 4 * t * t) / 3)
        chord = 8 * t**3 + 3 * top**2 * (top - 2 * t) - top**3
        low, high = (t, high) if chord > 4 * t**3 else (low, t)
    best = best_approximation("x**3", domain=(-1, 1), pieces=3)
    assert float(best.upper) == pytest.approx(2 * t**3, rel=1e-12) and best.gap < Q(1, 10**10)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1/(1 + 25*x**2)", 64),
        ("sin(50*x)*(x + 2)", 60),
        ("sqrt(x + 1)", 30),
        ("x**7*sin(3*x)", 40),
        ("tanh(50*x)", 17),
        ("abs(x)*exp(x)", 32),
        ("exp(-5*abs(x))", 24),
        ("abs(x**3 - x/2 + 1)*abs(x)", 24),
        ("abs(x)*x", 9),
        ("abs(x) - x**2", 7),
    ],
)
def test_pieces_that_err_alike_are_shown_best_by_their_points(text, pieces):
    floats = FloatTarget(parse_target(text), Frame((Q(-1), Q(1))))
    found = alternating(floats, -1.0, 1.0, pieces, np.zeros(int("abs" in text)))
    assert found.spline.pieces <= pieces
    assert extremes(found.spline, floats).largest <= found.error * (1 + 1e-8)
    values = floats(found.points)
    for error, passes in ((found.error * (1 - 1e-8), False), (found.error * (1 + 1e-8), True)):
        gates = found.points.tolist(), (values - error).tolist(), (values + error).tolist()
        assert (links_through(*gates, pieces) is not None) is passes


@pytest.mark.parametrize(("text", "pieces"), [("x", 4), ("sin(3*x)", 2), ("sin(1/(x + 11/10))", 9), ("abs(x)", 3)])
def test_what_does_not_bend_smoothly_or_too_often_is_left_to_the_search(text, pieces):
    assert alternating(parse_target(text), -1.0, 1.0, pieces, np.empty(0)) is None


def test_lower_bounds_in_the_mean_of_what_switches_often(monkeypatch):
    zigzag, law = "asin(sin(100*x))", 2 * (math.pi / 2) ** 2 / 3  # its mean square: few pieces are hardly better than 0
    best = best_approximation(zigzag, (-1, 1), 4, "l2")
    assert 0.6 * law < best.lower <= best.upper < law
    monkeypatch.setattr(stretches, "_WORK", 100_000)  # where work is spent bounds get worse, and stay bounds
    less = best_approximation(zigzag, (-1, 1), 4, "l2")
    assert 0 <= less.lower < best.lower and less.upper == best.upper


@pytest.mark.parametrize("norm", ["l2", "l1"])
def test_lower_bounds_of_a_formula_are_those_of_the_function_that_it_is(norm):
    text, line = "Piecewise((x, x < 1/3), (2/3 - x, x < 2/3), (2*x - 4/3, True))", [0, Q(1, 3), Q(2, 3), 1]
    function = PiecewiseLinear1D.from_points(line, [0, Q(1, 3), 0, Q(2, 3)])
    near = f"{text} + sin(x)/10**12"  # no piecewise-linear formula
    one, other = (float(best_approximation(t, (0, 1), 1, norm).lower) for t in (function, near))
    assert one == pytest.approx(other, rel=1e-6) and one > 0


@pytest.mark.filterwarnings("ignore::pwlin.base.errors.PwlinWarning")
def test_a_removable_point_does_not_stop_the_search():
    for norm in ("sup", "l2", "l1"):  # sin(x)/x and its series
        best = best_approximation("sin(x)/x", (-1, 1), 2, norm)
        series = best_approximation("1 - x**2/6 + x**4/120 - x**6/5040 + x**8/362880", (-1, 1), 2, norm)
        assert 0 < best.lower <= best.upper and float(best.upper) == pytest.approx(float(series.upper), rel=1e-4)
        assert float(best.lower) == pytest.approx(float(series.lower), rel=1e-3)


def test_kinks_right_beside_knots_are_seen():
    """Best functions put knots next to kinks of the target: points are kept there, so floats tell the true error."""
    best = best_approximation("abs(sin(5*x))", (-1, 1), 6)
    assert best.gap < Q(1, 10**9) and float(best.upper) == pytest.approx(0.162913752, rel=1e-7)
    for text in ("asin(sin(20*x))", "floor(20*x)"):  # few pieces are no better than a constant
        best = best_approximation(text, (-1, 1), 8)
        half = math.pi / 2 if "asin" in text else 0.5
        assert best.gap < Q(1, 10**9) and float(best.upper) == pytest.approx(half, rel=1e-9)


def test_tops_between_samples_are_found():
    spline = Spline(np.array([-1.0, 1.0]), np.array([0.0, 0.0]))
    found = extremes(spline, lambda x: 1 - (x - 0.123) ** 2)
    assert abs(found.points[1] - 0.123) < 1e-9 and found.largest == pytest.approx(1, rel=1e-15)


def test_of_a_narrow_peak_two_and_three_pieces_see_one_side():
    """The line that falls to an end bounds the error: v - x (v + e) is at most e + 1/x**2 near the peak, where v = 10**9 - e."""
    x = np.linspace(0.001, 0.1, 10**5)
    least = np.max((1e9 * (1 - x) - 1 / (x**2 + 1e-9)) / 2)
    for pieces in (2, 3):
        best = best_approximation("1/(x**2 + 1e-9)", (-1, 1), pieces)
        assert best.gap < Q(1, 10**8) and float(best.upper) == pytest.approx(least, rel=1e-8)


def test_values_of_very_many_digits_have_a_lower_bound():
    best = best_approximation("exp(-(10**9)*x**2)", (-1, 1), 1)
    assert best.gap < Q(1, 10**8) and float(best.upper) == pytest.approx(0.5, rel=1e-9)


def test_stairs_in_the_mean_take_two_pieces_a_jump():
    one = best_approximation(
        "floor(3*x)", (-1, 1), 1, "l2"
    ).upper  # a line: six steps of 1/3, each with 1/12 of its square
    best = best_approximation("floor(3*x)", (-1, 1), 7, "l2")
    assert float(one) == pytest.approx(1 / 6, abs=0.006) and best.upper < one / 2


def test_functions_on_narrow_domains_are_interpolated_where_the_search_takes_place():
    width = Q(1, 10**20)
    xs = [1 + width * Q(k, 12) for k in range(13)]
    target = PiecewiseLinear1D.from_points(xs, [width * (k * k * 7 % 11) + 5 * x for k, x in enumerate(xs)])
    frame = Frame(target.domain)
    assert frame.is_moved
    floats, points = FloatTarget(target, frame), np.linspace(-1, 1, 101)
    exact = [(target(frame.exact(t)) - floats.tangent(frame.exact(t))) / floats.scale for t in points]
    assert np.max(np.abs(floats(points) - np.array([float(v) for v in exact]))) < 1e-14
    best = best_approximation(target, target.domain, 4, "l2")
    assert isinstance(best.error, Q) and 0 < best.lower <= best.error < Q(36, 10) * width**3


def test_what_no_line_does_better_on_runs_of_cells():
    """Against sums in rationals: the integral of the target times a sign that changes at the quarters, or that of the parts."""
    knots = [Q(-1), Q(1, 3), Q(1)]
    costs = lower_bounds._magnitude_costs(
        stretches.stretches(parse_target("x**4 - 3*x"), (Q(-1), Q(1)), 256), knots, Q(4)
    )
    cells = len(costs) - 1
    ends = [Q(k, 2 * cells) - 1 for k in range(4 * cells + 1)]
    sums = [(x**5 / 5 - 3 * x**2 / 2) / 8 for x in ends]  # in units of 4, on a domain of length 1
    exact = {}
    for size in range(1, cells + 1):
        for i in range(cells + 1 - size):
            j = i + size
            best = abs(sums[4 * j] - 2 * sums[4 * j - size] + 2 * sums[4 * i + size] - sums[4 * i])
            exact[i, j] = max([best, *(exact[i, k] + exact[k, j] for k in range(i + 1, j))])
    for (i, j), value in exact.items():
        assert value * (1 - Q(1, 10**6)) <= Q(costs[i, j]) <= value * (1 + Q(1, 2**40))


@pytest.mark.parametrize("pieces", [1, 2, 3, 7])
def test_quarter_points_are_met_by_a_band_of_equations(pieces):
    by_left, by_right, rest = np.random.default_rng(pieces).normal(size=(3, pieces, 2))
    knots, values = best_l1._solved(by_left, by_right, rest)
    knots = np.concatenate([[0.0], knots, [0.0]])
    for row, share in enumerate((0.25, 0.75)):
        moved = (
            by_left[:, row] * knots[:-1] + by_right[:, row] * knots[1:] + (1 - share) * values[:-1] + share * values[1:]
        )
        assert np.max(np.abs(moved - rest[:, row])) < 1e-9


def test_of_all_splines_met_the_one_that_errs_least_is_kept():
    floats = FloatTarget(parse_target("sin(20*x)"), Frame((Q(-1), Q(1))))
    for pieces in (3, 5):  # Newton's method goes astray
        start = Spline(np.linspace(-1, 1, pieces + 1), floats(np.linspace(-1, 1, pieces + 1)))
        found, _ = best_l1._canonical(floats, start, 64)
        assert best_l1._magnitude_error(floats, found, 64)[0] <= best_l1._magnitude_error(floats, start, 64)[0]
    floats = FloatTarget(parse_target("floor(2*x) + x**2"), Frame((Q(-1), Q(1))))
    fits = best_l2.l2_fits(floats, -1.0, 1.0, 5, True, Q(2, 5))
    errors = [best_l2._square_error(floats, fit, 512)[0] for fit in fits]
    assert len(fits) == 2 and errors[0] < errors[1]
    assert np.array_equal(best_l2.l2_candidate(floats, -1.0, 1.0, 5, True).knots, fits[0].knots)
