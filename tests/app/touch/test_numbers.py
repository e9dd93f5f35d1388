"""The page's rationals, kinks, regions and errors against pwlin's, on random and degenerate networks."""

import json
import math
import random
from fractions import Fraction as Q

import numpy as np
import pytest

import pwlin
from pwlin.app.touch.goals import Goal
from tests.app.touch.pages import needs_browser, network, tool
from tests.strategies.effort import EFFORT

_, pytestmark = needs_browser()
COUNT = max(6, round(40 * EFFORT))
GOALS = {
    "x**2": 80,
    "x**3": 30,
    "abs(x)": 40,
    "sign(x)": 30,
    "x**2/2 - 3*x + 1/3": 24,
    "sin(x)": 4,
}


def test_doubles_survive_rationals(play):
    doubles = [
        1 / 3,
        5e-324,
        -5e-324,
        1e300,
        -1e300,
        0.1,
        2.0**60 + 2.0**10,
        2.2250738585072014e-308,
        1.5e-310,
        -0.3,
        1.7976931348623157e308,
    ]
    texts = tool(play, "return data.map(x => Q.text(Q.of(x)))", doubles)
    assert [Q(t) for t in texts] == [Q(x) for x in doubles]
    assert tool(play, "return data.map(x => Q.float(Q.of(x)))", doubles) == doubles
    assert tool(play, "return Q.text(Q.of(-0)) + ' ' + Object.is(Q.float(Q.of(-0)), 0)") == "0 true"


def test_rationals_are_rounded_to_the_nearest_double(play):
    draw = random.Random(7)
    pairs = [
        (
            draw.getrandbits(draw.choice((5, 60, 200))) - draw.getrandbits(50),
            draw.getrandbits(draw.choice((4, 60, 150))) + 1,
        )
        for _ in range(200)
    ]
    pairs += [
        (2**53 + 1, 1),
        (2**54 + 2, 2),
        (2**53 + 3, 1),
        (-(2**53) - 1, 1),
        (2**120 + 1, 2**67),
        (1, 3 * 2**1074),
        (2, 3 * 2**1074),
        (3, 2**1075),
        (5, 2**1076),
        (2**53 - 1, 2**1075),
    ]
    found = tool(
        play, "return data.map(([n, d]) => Q.float([BigInt(n), BigInt(d)]))", [[str(n), str(d)] for n, d in pairs]
    )
    assert [float(x) for x in found] == [n / d for n, d in pairs]


def test_decimals_are_the_numbers_that_they_stand_for(play):
    draw = random.Random(11)
    doubles = [1e-10, 1.25e-10, -2.5e-200, 1e100, 1e20, 1e21, 100.0, 1234567890.0, 0.1, 0.5, 0.0, 5e-324, 1e300, 10.0]
    doubles += [draw.uniform(-1, 1) * 10.0 ** draw.randint(-300, 300) for _ in range(300)]
    for digits in (3, 7):
        found = tool(play, f"return data.map(x => T.decimal(x, {digits}))", doubles)
        assert [float(t.replace("−", "-")) for t in found] == [float(f"{x:.{digits - 1}e}") for x in doubles]


@pytest.mark.parametrize(
    ("text", "value"),
    [("5/3", Q(5, 3)), (" -1.25 ", Q(-5, 4)), ("2e-3", Q(1, 500)), ("−7", -7), (".5", Q(1, 2)), ("1e3/7", Q(1000, 7))],
)
def test_text_is_read_exactly(play, text, value):
    assert Q(tool(play, "return Q.text(Q.parse(data))", text)) == value


def test_other_text_is_refused(play):
    assert (
        tool(play, "return data.map(Q.parse)", ["", "x", "1/0", "1e9999", "--1", "alert(1)", "1 2", "/"]) == [None] * 8
    )


def test_a_kink_is_the_quotient_of_its_doubles(play):
    play.do("store.apply({ c: 0, neurons: [{ w: 3, b: -0.3, v: 1 }] })")
    assert play.kinks == [Q(5404319552844595, 54043195528445952)]


def weights(draw):
    """A network with coincident, cancelling, dead and always active neurons among its own."""
    kinks = [draw.choice((-6, -5, -2, 0, 0.1, 1 / 3, 1, 2.5, 5, 7)) for _ in range(draw.randint(0, 5))]
    neurons = []
    for k in kinks:
        w = draw.choice((1, -1, 2, -0.5, 3, 0.1, 0, 1e-200, draw.uniform(-2, 2)))
        b = draw.choice((-(w * k), draw.uniform(-6, 6), 0))
        neurons.append((float(w), float(b) + 0.0, float(draw.choice((1, -1, 4, 0, 0.1, draw.uniform(-3, 3))))))
    if neurons and draw.random() < 0.4:
        w, b, v = neurons[0]
        neurons.append((-2 * w, -2 * b + 0.0, draw.choice((-v / 2, v))))
    return float(draw.choice((0, 1, -0.7))), neurons


@pytest.mark.parametrize("text", GOALS)
def test_the_page_agrees_with_pwlin(play, text):
    draw = random.Random(text)
    cases = [weights(draw) for _ in range(max(2, min(GOALS[text], round(GOALS[text] * COUNT / 40))))]
    if text == "x**2":
        cases += [
            (0.0, []),
            (0.1, [(draw.uniform(-2, 2), draw.uniform(-6, 6), draw.uniform(-1, 1)) for _ in range(30)]),
        ]
    target = pwlin.parse_target(text, 1)
    data = Goal(target, Q(-5), Q(5)).data() if text == "x**2" else _bare(target)
    found = tool(
        play,
        """const goal = T.readGoal(data.goal), text = x => (x === null ? null : Q.text(x));
        return data.cases.map(([c, ns]) => {
          const net = { c, neurons: ns.map(([w, b, v]) => ({ w, b, v })) }, d = T.derive(net, goal), e = T.errorsOf(d, goal);
          let exact = null;
          if (!goal.epsilon) for (const work = T.exactErrors(d, goal);;) { const s = work.next(); if (s.done) { exact = s.value; break; } }
          return { joints: d.joints.map(j => text(j.exact)), kinks: d.kinks.map(j => [text(j.exact), text(j.jump)]),
            slopes: d.regions.map(r => text(r.exactSlope)), pieces: d.pieces, floats: e,
            sup: exact && text(exact.sup), mse: exact && text(exact.mse) };
        });""",
        {"goal": data, "cases": cases},
    )
    for (c, neurons), page in zip(cases, found):
        f = pwlin.extract(network(neurons, c), (-5, 5))
        assert [Q(t) for t in page["joints"]] == list(f.breakpoints)
        assert [(Q(x), Q(j)) for x, j in page["kinks"]] == [(k.location, k.jump) for k in f.kinks]
        assert [Q(s) for s in page["slopes"]] == [r.slope for r in f.regions] and page["pieces"] == f.n_pieces
        truth = f.compare(target)
        close = {"rel_tol": 1e-9, "abs_tol": 1e-9 * (1 + float(truth.sup))}
        assert math.isclose(page["floats"]["sup"], float(truth.sup), **close)
        assert math.isclose(page["floats"]["mse"], float(truth.mse), **close)
        if page["mse"] is not None:
            assert Q(page["mse"]) == truth.mse if isinstance(truth.mse, Q) else truth.mse.contains(Q(page["mse"]))
            if page["sup"] is not None and isinstance(truth.sup, Q):
                assert Q(page["sup"]) == truth.sup
            assert page["sup"] is not None or text == "x**3"


@pytest.mark.parametrize("text", ["x**2", "abs(x)"])
def test_exact_errors_survive_what_floats_lose(play, text):
    cases = [
        [(1, 5, 1e15), (3, 15, -1e15 / 3)],
        [(1, 5.1, 1e14), (1, 5.1, -1e14), (1, 0, 2)],
        [(-1, 6, 1e12), (1, 6, 1e12)],
    ]
    found = tool(
        play,
        """const goal = T.readGoal(data.goal);
        return data.cases.map(ns => {
          const d = T.derive({ c: 0, neurons: ns.map(([w, b, v]) => ({ w, b, v })) }, goal), work = T.exactErrors(d, goal);
          for (;;) { const s = work.next(); if (s.done) return [Q.text(s.value.sup), Q.text(s.value.mse)]; }
        });""",
        {"goal": _bare(pwlin.parse_target(text, 1)), "cases": cases},
    )
    for neurons, (sup, mse) in zip(cases, found):
        truth = pwlin.extract(network(neurons, 0), (-5, 5)).compare(text)
        assert (Q(sup), Q(mse)) == (truth.sup, truth.mse)


def _bare(target):
    """The goal without the best possible, which takes time."""
    goal = Goal(target, Q(-5), Q(5))
    return {**json.loads(json.dumps(goal.bare())), "best": None, "networks": None}


def test_points_are_met_exactly(play):
    draw, generator = random.Random(3), np.random.default_rng(1)
    cases = [weights(draw) for _ in range(max(3, round(12 * EFFORT)))]
    xs, ys = np.sort(generator.uniform(-5, 5, 30)), generator.normal(size=30)
    xs[5:8] = xs[5]  # several values at one place
    goal = {"kind": "points", "name": "points", "text": "", "domain": ["-5", "5"], "points": [xs.tolist(), ys.tolist()]}
    found = tool(
        play,
        """const goal = T.readGoal(data.goal);
        return data.cases.map(([c, ns]) => {
          const d = T.derive({ c, neurons: ns.map(([w, b, v]) => ({ w, b, v })) }, goal), e = T.errorsOf(d, goal);
          for (const work = T.exactErrors(d, goal);;) { const s = work.next(); if (s.done) return [Q.text(s.value.sup), Q.text(s.value.mse), e.sup, e.mse]; }
        });""",
        {"goal": goal, "cases": cases},
    )
    for (c, neurons), page in zip(cases, found):
        net = network(neurons, c)
        errors = [net.exact(x) - Q(y) for x, y in zip(xs.tolist(), ys.tolist())]
        sup, mse = max(map(abs, errors)), sum(e * e for e in errors) / len(errors)
        assert [Q(page[0]), Q(page[1])] == [sup, mse]
        assert math.isclose(page[2], sup, rel_tol=1e-12) and math.isclose(page[3], mse, rel_tol=1e-12)
