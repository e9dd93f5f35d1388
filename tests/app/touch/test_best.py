"""Best networks for the page: exact where they are the target, and never called so because an error is small."""

import random
from fractions import Fraction as Q

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin.app.touch import goals
from pwlin.app.touch.goals import PIECES, Goal
from pwlin.app.touch.points import DRAWN, Points
from pwlin.app.touch.relus import Relus
from pwlin.app.touch.start import _Start
from pwlin.base.progress import progress_bar
from pwlin.formulas.target import read_target
from tests.app.touch import pages
from tests.strategies.effort import examples


def network(relus):
    """Of f(x) = c + sum of jump * max(side * (x - kink), 0)."""
    sides, kinks, jumps = zip(*relus.neurons)
    return pwlin.Network.from_arrays(
        [[[s] for s in sides], [jumps]], [[-s * k for s, k in zip(sides, kinks)], [relus.c]]
    )


def best(target, n, ends=(-1, 2)):
    return Goal(read_target(target, 1), Q(ends[0]), Q(ends[1]))._search(n)


@given(st.lists(st.fractions(-3, 3, max_denominator=7), min_size=2, max_size=5), st.integers(0, 2))
@examples(40)
def test_piecewise_linear_targets_are_met_exactly(values, more):
    places = [Q(-1) + Q(3 * i, len(values) - 1) for i in range(len(values))]
    f = pwlin.PiecewiseLinear1D.from_points(places, values)
    found = best(f, len(f.kinks) + 1 + more)
    assert found.proved and found.error == 0 and len(found.neurons) == len(f.kinks) + 1 + more
    assert pwlin.extract(network(found), (-1, 2)) == f


@pytest.mark.parametrize(
    ("target", "n", "exact"),
    [
        ("abs(x)", 1, False), ("abs(x)", 2, True), ("Max(x, 0)", 1, True), ("Max(-x, 0) + 3", 1, True), ("x", 1, True),
        ("abs(x - 1/3)", 2, True), ("abs(x) + abs(x - 1)", 2, True), ("abs(x) + abs(x - 1) + x/2", 2, False), ("abs(x) + 2*abs(x - 1) - x", 2, True),
        ("abs(x) + x**2/10**30", 2, False), ("sign(x)", 2, False), ("abs(x)/10**200", 2, True), ("sin(x)/10**30", 1, False),
    ],
)  # fmt: skip
def test_what_is_called_exact(target, n, exact):
    found = best(target, n)
    assert (found.proved and not found.error) == exact
    if exact:
        assert pwlin.extract(network(found), (-1, 2)).compare(target).sup == 0


def test_the_table_has_a_polygon_s_own_pieces(monkeypatch):
    monkeypatch.setattr(goals, "PIECES", (1, 12))
    f = pwlin.PiecewiseLinear1D.from_points(range(4), [0, 1, 0, 2])
    with progress_bar("", "", 1, wanted=False) as bar:
        for rows in Goal(read_target(f, 1), Q(0), Q(3))._table(bar).values():
            assert [(n, error > 0) for n, error in rows] == [(1, True), (2, True), (3, False), (12, False)]
    assert Goal(read_target("x**3", 1), Q(0), Q(1))._sizes == [1, 12]


def test_a_network_that_is_its_own_target_is_known_to_be_the_best():
    draw = random.Random(5)
    neurons = [(draw.choice((-2, -1, 1, 3)), draw.uniform(-4, 4), draw.uniform(-1, 1)) for _ in range(14)]
    net = pages.network([*neurons, (0, 2, 0.5), (0, -1, 0.5)], 0.1)
    start = _Start.read(net, None, None, 0, None)
    exact = Relus.of_weights(*start.net)
    assert pwlin.extract(network(exact), (-5, 5)) == pwlin.extract(net, (-5, 5))
    assert start.known({"networks": {"mse": {}}})["networks"]["mse"] == {"16": exact.data()}
    assert start.known({"kind": "domain"}) == {"kind": "domain"}
    other = _Start.read(net, "x**2", None, 0, None)
    assert other.known({"networks": {"mse": {}}}) == {"networks": {"mse": {}}}


@pytest.mark.parametrize("more", [[], [(2, -3)]])  # the second time two values at one place: nothing goes through both
def test_the_best_for_points_is_that_of_best_approximation(more):
    xs, ys = zip(*[(x, (7 * x * x) % 11) for x in range(8)], *more)
    goal = Points.read((xs, ys)).data()
    sup, mse = goal["best"]["sup"], goal["best"]["mse"]
    assert [row[0] for row in sup] == [row[0] for row in mse] == list(PIECES) and goal["best"]["proved"] == ["sup"]
    for n, error, text in sup:
        assert Q(text) == pwlin.best_approximation((xs, ys), pieces=n).error == pytest.approx(error)
    assert mse[-1][1] == pytest.approx((6 + 3) ** 2 / 2 / 9 if more else 0)  # at 2 there are 6 and -3
    for n, error, *_ in mse[:4]:
        assert error <= float(pwlin.best_approximation((xs, ys), pieces=n, norm="l2").error) / len(xs) * (1 + 1e-12)
    assert [int(n) for n in goal["networks"]["mse"]] == [1, 2, 3, 4, 5, 6]
    for n, (error, proved, c, neurons) in goal["networks"]["mse"].items():
        sides, kinks, jumps = zip(*neurons)
        f = pwlin.Network.from_arrays(
            [[[s] for s in sides], [list(map(Q, jumps))]], [[-s * Q(k) for s, k in zip(sides, kinks)], [Q(c)]]
        )
        errors = [float(f.exact(x)) - y for x, y in zip(xs, ys)]
        assert not proved and len(neurons) == int(n) and sum(e * e for e in errors) / len(xs) == pytest.approx(error)
        assert next(row[1] for row in mse if row[0] > int(n)) <= error * (1 + 1e-12)


def test_many_points_have_no_search():
    xs = range(DRAWN + 1)
    assert "best" not in Points.read((xs, xs)).data()
    assert "best" not in Points.read(([0, 1, 2], [0, 1, 0])).data(search=False)
    assert "best" not in Points.read(([0, 1, 2], [1e300, -1e300, 0])).data()  # whose squares are no doubles


@pytest.mark.parametrize(
    ("target", "bar"),
    [
        ("1e200*x**2", False), ("1e200*x*(1 - x)", False), ("1e200*sin(x)", False), ("sin(x)/10**200", False), ("x**2/10**200", False),
        ("0", True), ("1e100*x**2", True), ("1 + abs(x)/10**170", True),
    ],
)  # fmt: skip
def test_squares_that_are_no_doubles_have_no_bar(target, bar):
    goal = Goal(read_target(target, 1), Q(0), Q(1))
    assert ("best" in goal.data()) == bar == (not goal.notes)


def test_what_is_rounded_to_nothing_is_not_called_nothing():
    [one, two, *_] = Goal(read_target("1 + abs(x)/10**170", 1), Q(-1), Q(1)).data()["best"]["mse"]
    assert 0 < one[1] < 1e-300 and two[1] == 0
