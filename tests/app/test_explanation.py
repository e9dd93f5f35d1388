"""Every sentence of an explanation is true: each must be one of those below, and each of those is checked another way."""

import dataclasses
import re
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy

import pwlin
from pwlin.app.reporting.cells import explanation as in_cells
from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.line import explanation as on_line
from pwlin.app.reporting.line.findings import LineFindings, ratio

N = r"(-?[\d.,]*\d(?:e-?\d+)?)"
EXACT = r"(?:\S+ = |\S+ ≈ )?" + N
VECTOR = r"\(([-\d., e]+)\)"
NEURON = r"\(\d+, \d+\)"


def near(text, value, digits=4):
    return float(text.replace(",", "")) == pytest.approx(float(value), rel=6 * 10.0**-digits, abs=1e-300)


def vector(text, value):
    return all(near(a, b, 3) for a, b in zip(text.split(", "), value, strict=True))


def audit(found, paragraphs, sentences, name):
    """Read the text sentence by sentence; returns which were read."""
    table = [(re.compile(pattern.replace("TARGET", re.escape(name))), holds) for pattern, holds in sentences.items()]
    read = set()
    for part in paragraphs:
        rest = part.text
        while rest:
            fits = [(m, holds) for pattern, holds in table if (m := pattern.match(rest))]
            assert fits, f"nobody checks: {rest}"
            for match, holds in fits[:1]:
                assert holds(found, *match.groups()), match[0]
                read.add(match.re.pattern)
                rest = rest[match.end() :].lstrip()
    return read


# -- one variable -----------------------------------------------------------------------------------


def ends(found):
    return found.function.domain


def values(found, count=400):
    """The network, the target, and the error at many points."""
    x = np.linspace(*map(float, ends(found)), count + 1)
    y, t = found.network(x[:, None])[:, 0], found.target(x)
    return x, y, t, np.abs(y - t)


def flat_target(found, pieces=None):
    """Whether the target's second differences vanish, but for so many places."""
    t = values(found)[2]
    bends = np.abs(np.diff(t, 2)) > 1e-6 * max(np.ptp(t), 1e-300)
    return pieces is None or np.count_nonzero(bends) <= 2 * (pieces - 1)


def slope_at(found, place, step=1e-6):
    h = step * float(ends(found)[1] - ends(found)[0])
    here = float(place)
    h = h if here + h <= float(ends(found)[1]) else -h
    return float((found.target(here + h) - found.target(here)) / h)


def same_slope(found, text, place):
    scale = max(1e-12, np.ptp(values(found)[2]) / float(ends(found)[1] - ends(found)[0]))
    return abs(float(text) - slope_at(found, place)) < 1e-2 * max(abs(float(text)), scale)


def status(found, name):
    return list(found.function.neuron_status().values()).count(name)


def widest(found):
    return max(found.function.pieces, key=lambda p: p.right - p.left)


def jump_of(found, text):
    """The largest difference of neighbouring values of the target, far closer than the domain is wide."""
    x = np.linspace(*map(float, ends(found)), 39_998)
    return near(text, np.abs(np.diff(found.target(x))).max(), 3)


def best_bound(found, text):
    return near(text, found.comparison.best.sup, 3) and float(text) <= float(found.comparison.sup) * 1.001


def falls(found):
    losses, tenth = found.run.losses, len(found.run.losses) // 10
    return np.mean(losses[-tenth:]) < 0.9 * np.mean(losses[-2 * tenth : -tenth])


def straight(found, slope, intercept):
    a, b = ends(found)
    return all(
        near(slope, found.function.slopes[0], 6) and found.network.exact(x) == found.function(x)
        for x in (a, b, (a + b) / 2)
    ) and near(intercept, found.function.intercepts[0], 6)


def bends(found):
    return any(a.left != a.right for layer in found.network.hidden for a in layer.activations)


def linear(found):
    return found.target.is_polynomial and len(found.target.polynomial()) <= 2


def outside(found, kinks):
    whole = pwlin.extract(found.network)
    return int(kinks) == sum(not ends(found)[0] < k.location < ends(found)[1] for k in whole.kinks)


def relu(found):
    return {a.name for layer in found.network.hidden for a in layer.activations} == {"relu"}


TRAINED = {
    f"Training only ever saw the target at {N} points, the same in every step, and pushed the weights downhill: the mean "
    f"squared error on them was {N} in the first step and {N} in the last\\.": lambda o, n, a, b: (
        dict(o.run.settings)["optimizer"] == "lbfgs" and near(a, o.run.losses[0]) and near(b, o.run.losses[-1])
    ),
    f"Training only ever saw random points, {N} fresh in each step, and pushed the weights downhill: the mean squared error "
    f"on them was {N} in the first step and {N} in the last\\.": lambda o, n, a, b: (
        dict(o.run.settings)["optimizer"] != "lbfgs" and near(a, o.run.losses[0]) and near(b, o.run.losses[-1])
    ),
    "(?:Regions and kinks|Kinks) are nothing that it knows of; they moved because the weights did\\.": lambda o: bool(
        o.network.widths
    ),
    "No neuron bends inside the domain: the start was unlucky\\.": lambda o: not o.function.kinks and bends(o),
    f"{N} neurons? (?:is|are) off on the whole domain, where training gives (?:it|them) no gradient: the start was unlucky, or "
    "a step too long\\.": lambda o, n: (
        int(n) == status(o, "dead") and all(a.left == 0 for layer in o.network.hidden for a in layer.activations)
    ),
    "--seed 1 begins elsewhere, and --tries 10 keeps the best of ten starts\\.": lambda o: True,
    "The loss was higher at the end than in the first step: a smaller (?:--)?lr may help\\.": lambda o: (
        o.run.losses[-(len(o.run.losses) // 10 or 1) :].mean() > o.run.losses[0]
    ),
    "The loss was still falling at the end: more steps \\(--steps N\\) may lead further\\.": falls,
}
DOINGS = {
    "Of (one|\\d+) hidden neurons?, ((?:[^.(]|\\()*?)\\.(?= |$)": lambda o, n, parts: (
        int(n.replace("one", "1")) == sum(o.network.widths)
        and {
            s: int(m[1]) if (m := re.search(rf"(\d+) (?:{words})", parts)) else 0
            for s, words in {
                "active": "makes? kinks here",
                "always_on": "(?:is|are) always on here and (?:does|do) not bend",
                "dead": "(?:is|are) dead here|stays? left of",
                "silent": "flips? without any effect",
            }.items()
        }
        == {s: status(o, s) for s in ("active", "always_on", "dead", "silent")}
        and ("off on the whole" not in parts or all(a.left == 0 for h in o.network.hidden for a in h.activations))
    ),
}
WHY = {
    "without hidden neurons a network is affine, whatever its weights\\.": lambda o: not o.network.widths,
    "neurons flip, but their bends are dead downstream or cancel\\.": lambda o: (
        o.function.n_regions > o.function.n_pieces == 1
    ),
    "its activations are linear, and so is the network, whatever its weights\\.": lambda o: not bends(o),
    "its one hidden neuron does not bend inside the domain\\.": lambda o: (
        o.network.widths == (1,) and o.function.n_regions == 1
    ),
    f"none of its {N} hidden neurons bends inside the domain\\.": lambda o, n: (
        o.function.n_regions == 1 and int(n) == sum(o.network.widths) > 1
    ),
}
LINE = {
    f"On this domain the network is the single straight line with slope {N} and intercept {N}:": straight,
    **WHY,
    f"A (ReLU|unit of two slopes|unit that bends) bends where its input is zero, and is straight on either side\\. Weighted sums "
    f"of straight lines are straight, so this network of {N} hidden neurons? cannot curve: here it is {N} straight pieces joined "
    f"at {N} kinks?\\.": lambda o, unit, n, p, k: (
        int(n) == sum(o.network.widths)
        and len(o.function.slopes) == int(p) == int(k) + 1
        and (unit == "ReLU") == relu(o)
        and (unit != "unit of two slopes" or all(a.left != a.right for h in o.network.hidden for a in h.activations))
    ),
    "It can follow TARGET only by laying the pieces along the graph\\.": lambda o: (
        bool(o.jump) or not flat_target(o, 2)
    ),
    "Nor can it jump, however steep a piece may be\\.": lambda o: o.jump > 0,
    "TARGET is one straight line, for which a single piece is enough\\.": linear,
    f"TARGET is {N} straight pieces itself, so that as many can match it exactly\\.": lambda o, n: flat_target(
        o, int(n)
    ),
    f"The neurons divide the x axis into {N} activation regions, more than there are pieces, because at {N} silent breakpoints? "
    "a neuron flips without changing the slope\\.": lambda o, r, s: (
        int(r) == len(o.function.breakpoints) + 1 > o.function.n_pieces and int(s) == int(r) - 1 - len(o.function.kinks)
    ),
    f"Here the pieces are also the activation regions: at every boundary the slope changes \\({N} of each\\)\\.": lambda o, n: (
        int(n) == len(o.function.breakpoints) + 1 == len(o.function.kinks) + 1
    ),
    f"The slope of TARGET is {N} everywhere\\.": lambda o, s: linear(o) and same_slope(o, s, ends(o)[0]),
    f"The slope of TARGET is a staircase too, from {N} to {N} with {N} steps?\\.": lambda o, a, b, n: (
        flat_target(o, int(n) + 1) and same_slope(o, a, ends(o)[0]) and same_slope(o, b, ends(o)[1])
    ),
    "What a curve does is told by its slope\\.": lambda o: not linear(o),
    f"The slope of TARGET goes from {N} at x = {N} to {N} at x = {N}, changing at a steady rate\\.": lambda o, a, p, b, q: (
        len(o.target.polynomial()) == 3 and same_slope(o, a, Q(p)) and same_slope(o, b, Q(q))
    ),
    f"The slope of TARGET is {N} at x = {N} and {N} at x = {N}\\.": lambda o, a, p, b, q: (
        same_slope(o, a, Q(p)) and same_slope(o, b, Q(q))
    ),
    f"The network's slope is a staircase: it starts at {N}, ends at {N}, and changes only at the kinks\\.": lambda o, a, b: (
        near(a, o.function.slopes[0], 6) and near(b, o.function.slopes[-1], 6)
    ),
    f"The one kink turns it by {N}\\.": lambda o, j: near(j, o.function.slopes[1] - o.function.slopes[0], 6),
    f"Each of the {N} kinks turns it (up|down), by {N} on average and by {N} at most, at x = {N}\\.": lambda o, n, way, m, j, x: (
        all((b > a) == (way == "up") for a, b in zip(o.function.slopes, o.function.slopes[1:]))
        and near(m, abs(o.function.slopes[-1] - o.function.slopes[0]) / int(n))
        and near(j, max(abs(b - a) for a, b in zip(o.function.slopes, o.function.slopes[1:])))
    ),
    f"{N} kinks? turns? it up and {N} down, the most at x = {N}, by {N}\\.": lambda o, up, down, x, j: (
        int(up) == sum(b > a for a, b in zip(o.function.slopes, o.function.slopes[1:]))
        and int(up) + int(down) == len(o.function.kinks)
        and near(str(abs(float(j))), max(abs(b - a) for a, b in zip(o.function.slopes, o.function.slopes[1:])))
    ),
    f"The target always turns (up|down), so {N} kinks? works? against it\\.": lambda o, way, n: (
        (np.diff(values(o)[2], 2) > 0).all() == (way == "up")
        and int(n) == sum((b > a) != (way == "up") for a, b in zip(o.function.slopes, o.function.slopes[1:]))
    ),
    **DOINGS,
    "In one hidden layer a neuron with input weight w and bias b bends at -b/w, and its jump is its output weight times \\|w\\| "
    "\\(times the step between its two slopes\\): training moves kinks by moving these numbers\\.": lambda o: (
        all(
            flip.jump
            == o.network.layers[-1].weight[0, flip.index]
            * abs(o.network.layers[0].weight[flip.index, 0])
            * ((a := o.network.hidden[0].activations[flip.index]).right - a.left)
            for k in o.function.kinks
            for flip in k.neurons
        )
        if len(o.network.widths) == 1
        else False
    ),
    "A neuron of the first layer bends in at most one place; one of a later layer sees an input that may have bent already, and "
    "can bend wherever that crosses zero\\.": lambda o: len(o.network.widths) > 1,
    f"At {N} kinks? several neurons flip, at the first {NEURON} and [^.]*\\.": lambda o, n: (
        int(n) == sum(len(k.neurons) > 1 for k in o.function.kinks)
    ),
    "On the domain the network is TARGET, exactly\\.": lambda o: all(
        o.network.exact(x) == o.target.exact(x) for x in (ends(o)[0], ends(o)[1], Q(1, 7), Q(1, 3))
    ),
    f"The network is off by at most {EXACT}, at x = (.*?)(?: and elsewhere)?; its mean squared error is {EXACT}\\.": lambda o, s, x, m: (
        values(o, 4000)[3].max() <= float(s) * (1 + 1e-6) + 1e-13 * np.abs(values(o)[2]).max()
        and float(s) <= max(values(o, 4000)[3].max() * 1.1, o.jump)
        and (o.jump or near(m, np.mean(values(o, 20000)[3] ** 2), 2) or float(m) < 1e-12)
    ),
    "Both are (exact|certified to the digits shown), over every point of the domain, not on a sample\\.": lambda o, kind: (
        (kind == "exact") == (not hasattr(o.comparison.sup, "lower"))
    ),
    f"The widest piece, from {N} to {N}, misses by {N} at most\\.": lambda o, a, b, s: (
        near(a, widest(o).left, 6)
        and near(b, widest(o).right, 6)
        and near(s, o.function.compare(o.target, domain=(widest(o).left, widest(o).right)).sup)
    ),
    "Where TARGET curves, every straight piece must miss it somewhere\\.": lambda o: not flat_target(o, 2),
    f"No straight piece of width h follows TARGET closer than (?:{N}·)?h²/8\\.": lambda o, c: near(
        c or "1", abs(o.target.polynomial()[2])
    ),
    f"The widest piece, from {N} to {N}, has h = {N}: it must miss by {N} at least, and it misses by {N}\\.": lambda o, a, b, h, low, s: (
        near(h, widest(o).right - widest(o).left)
        and near(low, pwlin.best_approximation(o.target, (widest(o).left, widest(o).right), pieces=1).error)
        and near(s, o.function.compare(o.target, domain=(widest(o).left, widest(o).right)).sup)
        and float(low) <= float(s) * 1.001
    ),
    "To get below that bound it has to become narrower, by moving kinks or by more of them; half the width divides the bound by "
    "four\\.": lambda o: True,
    f"TARGET jumps by {EXACT}, and a network cannot: beside the jump every continuous function is off by {EXACT} at least\\.": lambda o, j, h: (
        jump_of(o, j) and near(h, float(j) / 2) and float(h) <= float(o.comparison.sup) * (1 + 1e-6)
    ),
    "In mean square there is no best one: a ramp in place of the jump, with two kinks, gets closer the steeper it is\\.": lambda o: (
        o.jump > 0
    ),
    f"TARGET is made of {N} straight pieces?, and so is the network: nothing is better\\.": lambda o, n: (
        o.comparison.sup == 0
    ),
    f"TARGET is made of {N} straight pieces?, so the best that {N} pieces can do is to match it, with no error at all\\.": lambda o, n, p: (
        flat_target(o, int(n)) and int(n) <= int(p) == o.function.n_pieces
    ),
    "No number of times tells how far this network is from that\\.": lambda o: o.comparison.sup != 0,
    f"The best that {N} pieces? can do is a largest error of {EXACT}": lambda o, n, e: (
        o.target.is_polynomial and len(o.target.polynomial()) == 3 and best_bound(o, e)
    ),
    f"The best function found with {N} pieces? has a largest error of {EXACT}\\.": lambda o, n, e: best_bound(o, e),
    f": kinks spaced evenly, {EXACT} apart, each turning the slope by {EXACT}\\.": lambda o, h, turn: (
        near(h, (ends(o)[1] - ends(o)[0]) / o.function.n_pieces) and near(turn, 2 * o.target.polynomial()[2] * Q(h))
    ),
    f"Here the distances between neighbouring joints go from {N} to {N}\\.": lambda o, a, b: (
        near(a, min(p.right - p.left for p in o.function.pieces))
        and near(b, max(p.right - p.left for p in o.function.pieces))
    ),
    "\\.": lambda o: True,
    f"This network's largest error is {N} times(?: and its mean squared error is {N} times)? the best (possible|found)\\.": lambda o, s, m, kind: (
        near(s, float(o.comparison.sup) / float(o.comparison.best.sup), 3) and float(s) >= 0.999
    ),
    f"In mean square it does as well as (about )?{N} optimal pieces? would: that many of its {N} pieces (?:is|are), so to speak, "
    "effective\\.": lambda o, about, e, p: (
        1 <= float(e) <= int(p) * 1.001
        and (
            about
            or pwlin.best_approximation(o.target, ends(o), pieces=int(float(e)), norm="l2").error
            >= o.comparison.l2_squared
            >= pwlin.best_approximation(o.target, ends(o), pieces=int(float(e)) + 1, norm="l2").error
        )
    ),
    "In mean square it does less well than one optimal piece would\\.": lambda o: (
        pwlin.best_approximation(o.target, ends(o), pieces=1, norm="l2").upper <= Q(float(o.comparison.l2_squared))
    ),
    f"Nothing was asked of the network outside \\[{N}, {N}\\]\\.": lambda o, a, b: o.run is not None,
    f"The network was not compared outside \\[{N}, {N}\\]\\.": lambda o, a, b: o.run is None,
    "It has no more kinks there, ": lambda o: outside(o, 0),
    f"It has {N} more kinks? there, ": outside,
    f"and goes on as one straight line, with slope {N}\\.": lambda o, s: (
        not pwlin.extract(o.network).kinks and near(s, o.function.slopes[0], 6)
    ),
    f"and for \\|x\\| > {N} it is straight for good, with slope {N} on the left and {N} on the right\\.": lambda o, r, a, b: (
        all(abs(k.location) <= Q(r) * Q(10001, 10000) for k in pwlin.extract(o.network).kinks)
        and near(a, pwlin.extract(o.network).slopes[0], 6)
        and near(b, pwlin.extract(o.network).slopes[-1], 6)
    ),
    **TRAINED,
}

RELU, ABS, LEAKY = "relu", "abs", ("leaky_relu", "1/10")
ON_LINE = [
    ("5", RELU, (3,), "adam", (-2, 2)),
    ("x", ABS, (2, 2), "adam", (-2, 2)),
    ("1 - 2*x", LEAKY, (2,), "lbfgs", (-2, 2)),
    ("abs(x)", RELU, (4,), "lbfgs", (-2, 2)),
    ("abs(x)", "identity", (2,), "adam", (-2, 2)),
    ("max(x, 0)", ABS, (3,), "adam", (-2, 2)),
    ("abs(abs(x) - 1)", RELU, (1,), "adam", (-2, 2)),
    ("sign(x)", RELU, (4,), "adam", (-2, 2)),
    ("floor(x)", LEAKY, (2,), "adam", (-1, 2)),
    ("Piecewise((0, x < 0), (1, True))", RELU, (2, 2), "sgd", (-2, 2)),
    ("sin(3*x)", RELU, (3,), "adam", (-2, 2)),
    ("abs(sin(2*x))", ABS, (2,), "adam", (-1, 1)),
    ("x**2", RELU, (6,), "lbfgs", (-2, 2)),
    ("x**2", RELU, (1,), "adam", (0, 2)),
    ("-3*x**2 + x", LEAKY, (4,), "lbfgs", (-2, 2)),
    ("x**3", RELU, (), "adam", (-1, 1)),
    ("sqrt(x)", RELU, (2, 1), "adam", (0, 2)),
    ("exp(4*x)", RELU, (3,), "adam", (-1, 1)),
    ("x**2/10**9", RELU, (2,), "adam", (-1, 1)),
    ("10**9*x**2", [RELU, "identity"], (2, 2), "adam", (-1, 1)),
    ("max(x, x**2)", RELU, (2,), "adam", (-2, 2)),
    ("x**2", RELU, (2,), "adam", (-1000, 1000)),
]


def trained(target, activation, hidden, optimizer, domain, steps=110):
    run = pwlin.train(
        target,
        domain,
        hidden,
        activation=activation,
        optimizer=optimizer,
        steps=steps,
        batch=64,
        seed=1,
        progress=False,
    )
    return run, (("command", "pwlin explain"),)


@pytest.mark.parametrize("case", ON_LINE, ids=lambda c: f"{c[0]}-{c[1]}-{c[2]}")
def test_every_sentence_on_the_line_is_true(case):
    run, settings = trained(*case)
    f = pwlin.extract(run.network, case[-1])
    found = LineFindings(run.network, f, pwlin.parse_target(case[0]), run, settings)
    audit(found, on_line.explain(found), LINE, found.target_name)


def test_a_slope_that_is_tiny_is_not_said_to_be_zero():
    ramp = pwlin.extract(pwlin.Network.from_arrays([[[1]], [[1]]]), (-5, 5))
    found = LineFindings(ramp.network, ramp, pwlin.parse_target("tanh(50*x)"))
    slope = found.target_slope(Q(5))
    assert 0 < slope.lower < slope.upper < Q(1, 10**214) and slope.contains(50 / sympy.cosh(250) ** 2)
    assert any("The slope of tanh(50x) is 1.424915e-215 at x = -5" in part.text for part in on_line.explain(found))


def test_sentences_that_few_runs_have():
    square = pwlin.parse_target("x**2")
    hat = pwlin.constructions.hat()
    for network, target in (
        (hat, pwlin.parse_target("1/2 - abs(x)/2")),  # the very target
        (pwlin.Network.from_arrays([[[1], [-1]], [[1, 1]]], [[0, 0], [0]]), square),  # two neurons flip at one kink
        (pwlin.Network.from_arrays([[[1], [1]], [[1, -1]]], [[0, 0], [0]]), square),  # bends that cancel
        (pwlin.Network.from_arrays([[[1], [1]], [[1, 0]]], [[0, "1/2"], [0]]), square),  # a silent breakpoint
        (pwlin.Network.from_arrays([[[1], [-1]], [[1, 1]]], [[9, 9], [0]]), square),  # no kink inside
        (pwlin.Network.from_arrays([[[1]], [[1]]], [[9], [0]]), None),
    ):
        found = LineFindings(network, pwlin.extract(network, (-1, 1)), target)
        audit(found, on_line.explain(found), LINE, found.target_name)


@pytest.mark.parametrize(
    ("value", "other", "times"),
    [
        (Q(10) ** 700, Q(10) ** 699, 10),
        (Q(1), Q(0), None),
        (Q(10) ** 700, Q(1), None),
        (pwlin.Enclosure(Q(4), Q(6)), Q(2), 2.5),
        (sympy.sqrt(2), Q(1), 2**0.5),
        (Q(1), pwlin.Enclosure(Q(0), Q(1)), None),
    ],
)
def test_how_many_times(value, other, times):
    assert ratio(value, other) == (times if times is None else pytest.approx(times))


# -- several ----------------------------------------------------------------------------------------


def grid(found):
    sides = np.meshgrid(*[np.linspace(-1, 1, 41)] * found.function.dim)
    return np.stack([s.ravel() for s in sides], axis=1)


def error_in_cells(found):
    p = grid(found)
    return np.abs(found.network(p)[:, 0] - found.target(p))


def affine_target(found):
    return found.target.is_polynomial and max(map(sum, found.target.polynomial()), default=0) <= 1


def steepest(found):
    return max(sum(g * g for g in p.gradient) for p in found.function.pieces) ** 0.5


def facets_of(found):
    """How many facets each neuron flips at."""
    count = dict.fromkeys(found.function.neuron_status(), 0)
    for facet in (*found.function.kinks, *found.function.silent_facets):
        for neuron in facet.neurons:
            count[neuron] += 1
    return count


def in_box(found, value):
    return near(value, 2**found.function.dim)


CELLS = {
    f"On this domain the network is a single affine map: its gradient is {VECTOR} everywhere;": lambda o, g: (
        len(o.function.pieces) == 1 and vector(g, o.function.pieces[0].gradient)
    ),
    **WHY,
    "A neuron of the first layer bends along one straight (line|plane) at most, where its input is zero, and is affine on either "
    f"side\\. Sums of affine maps are affine, so this network of {N} hidden neurons? cannot curve: its (?:line|plane)s divide the "
    f"domain into {N} activation regions?, and on each the function is flat\\.": lambda o, border, n, r: (
        (border == "line") == (o.function.dim == 2)
        and int(n) == sum(o.network.widths)
        and int(r) == len({r.pattern for r in o.function.regions}) >= 2
    ),
    f"Some neighbours continue each other without a kink; together they make {N} linear pieces\\.": lambda o, n: (
        int(n) == o.function.n_pieces < o.function.n_regions
    ),
    f"No two neighbours continue each other: there are as many linear pieces, {N}\\.": lambda o, n: (
        int(n) == o.function.n_regions and not len(o.function.silent_facets)
    ),
    "For a neuron of a later layer the (?:line|plane) may itself be bent, where it crosses (?:line|plane)s of layers below\\.": lambda o: (
        len(o.network.widths) > 1
    ),
    f"No network with these widths and activations has more than {N} regions on the whole (?:plane|space); here there are {N} in "
    "the domain\\.": lambda o, most, r: int(most.replace(",", "")) >= pwlin.count_regions(o.network, None) >= int(r),
    f"The gradient of TARGET is {VECTOR} everywhere, for it is affine itself\\.": lambda o, g: (
        affine_target(o) and vector(g, [o.target.derivative(v).exact([0] * o.function.dim) for v in o.variables])
    ),
    "What a curved surface does is told by its gradient\\. That of TARGET is \\(.*?\\), which changes from point to point\\.": lambda o: (
        not affine_target(o)
    ),
    f"The network's gradient takes {N} values? on its {N} pieces, from {N} to {N} in x and {N} to {N} in y, and changes only at the "
    f"{N} kinks?: the facets between two pieces\\.": lambda o, n, p, a, b, c, d, k: (
        int(n) == len({r.gradient for r in o.function.regions})
        and near(b, max(r.gradient[0] for r in o.function.regions))
        and near(c, min(r.gradient[1] for r in o.function.regions))
        and int(k) == len(o.function.kinks)
    ),
    f"The network's gradient takes {N} values? on its {N} pieces, from .*? in z, and changes only at the {N} kinks?: the facets "
    "between two pieces\\.": lambda o, n, p, k: int(n) == len({r.gradient for r in o.function.regions}),
    f"The strongest of them, made by .*?, turns it by {VECTOR}, of length {N}\\.": lambda o, v, length: near(
        length, max(sum(j * j for j in k.jump) for k in o.function.kinks) ** 0.5, 3
    ),
    "With one hidden layer, a neuron turns the gradient by the same vector wherever it bends: output weight times input weights, "
    "times the step between its two slopes\\.": lambda o: all(
        abs(flip.jump[0])
        == abs(o.network.layers[-1].weight[0, i] * o.network.layers[0].weight[i, 0] * (a.right - a.left))
        for k in o.function.kinks
        for flip in k.flips
        for i in [flip.neuron[1]]
        for a in [o.network.hidden[0].activations[i]]
    ),
    "The graph is a surface of flat facets, without gaps\\.": lambda o: o.function.dim == 2,
    f"The function is lowest at {VECTOR}(?: and elsewhere)?, with {N}, and highest at {VECTOR}(?: and elsewhere)?, with {N}; both "
    "are taken at vertices, as always with such functions\\.": lambda o, p, low, q, high: (
        near(low, min(o.function(v) for v in o.function.vertices), 6)
        and near(high, max(o.function(v) for v in o.function.vertices), 6)
    ),
    f"Its values go from {N} to {N}\\.": lambda o, a, b: near(a, o.function.min().value, 6),
    **DOINGS,
    f"Neuron ({NEURON}) flips at {N} facets?, more than any other\\.": lambda o, n, c: (
        sorted(facets_of(o).values())[-2:][0] < int(c) == max(facets_of(o).values()) or sum(o.network.widths) == 1
    ),
    f"Neuron ({NEURON}) flips at {N} facets?, as many as {N} others?\\.": lambda o, n, c, k: (
        list(facets_of(o).values()).count(int(c)) == int(k) + 1 and int(c) == max(facets_of(o).values())
    ),
    f"Of the {N} kinks?, layer 0 has a part in {N} and layer 1 has a part in {N}\\.": lambda o, n, a, b: (
        int(n) == len(o.function.kinks) <= int(a) + int(b)
    ),
    f"Errors are not computed exactly here\\. At random points, TARGET is missed by {N} at most and by {N} in root mean square: "
    "estimates, no bounds\\.": lambda o, s, r: o.comparison is None,
    "On the domain the network is TARGET, exactly\\.": lambda o: error_in_cells(o).max() < 1e-12,
    f"The network is off by at most {EXACT}, at {VECTOR}; its mean squared error is {EXACT}\\.": lambda o, s, p, m: (
        float(s) * (1 + 1e-6) >= error_in_cells(o).max() >= 0.8 * float(s)
    ),
    "Both are (exact|certified to the digits shown), over every point of the domain, not over a sample\\.": lambda o, kind: (
        (kind == "exact") != hasattr(o.comparison.mse, "lower")
    ),
    "The first is certified to the digits shown, the second exact, over every point of the domain, not over a sample\\.": lambda o: (
        hasattr(o.comparison.sup, "lower") and not hasattr(o.comparison.mse, "lower")
    ),
    "TARGET is affine: one piece is enough to match it, and no number of times tells how far this is\\.": affine_target,
    "Along most lines TARGET is a parabola, which bends away from every affine map by an amount that grows with the square of the "
    "length\\. The "
    f"widest region in that sense is number {N}, {N} across: any affine map is off by {N} somewhere on it, and this network is off "
    f"by {N}\\.": lambda o, region, across, least, here: (
        float(least) <= float(here) * 1.001 and near(here, o.comparison.per_region[int(region) - 1].sup)
    ),
    "To get below that bound it has to become narrower; half the width divides the bound by four\\.": lambda o: True,
    f"The function is nowhere (?:on the domain )?steeper than {N} \\(its Lipschitz constant, exactly the length of the gradient "
    f"{VECTOR} of piece {N}\\); measured in the maximum norm, than {N}\\.": lambda o, s, g, p, m: (
        near(s, steepest(o)) and near(m, max(sum(map(abs, r.gradient)) for r in o.function.regions))
    ),
    f"The regions' (?:area|volume)s add up to {N}, the domain's (?:area|volume); the smallest is {N}, the median {N}, the largest "
    f"{N}\\.": lambda o, total, a, m, b: (
        in_box(o, total) and near(m, np.median([float(r.volume) for r in o.function.regions]), 3)
    ),
    **TRAINED,
}
IN_CELLS = [
    ("5", RELU, (3,), "lbfgs", 2),
    ("x + 2*y", ABS, (2, 2), "adam", 2),
    ("x*y", LEAKY, (3,), "adam", 2),
    ("x**2 + y**2", "identity", (3,), "adam", 2),
    ("x**2 + y**2", RELU, (), "adam", 2),
    ("(x + y)**2", RELU, (3, 2), "adam", 2),
    ("abs(x) + y", RELU, (1,), "adam", 2),
    ("sign(x)*y", RELU, (3,), "adam", 2),
    ("sin(x)*y", RELU, (2,), "adam", 2),
    ("x + y + z", RELU, (3,), "adam", 3),
]


@pytest.mark.parametrize("case", IN_CELLS, ids=lambda c: f"{c[0]}-{c[1]}-{c[2]}")
def test_every_sentence_in_cells_is_true(case):
    target, activation, hidden, optimizer, d = case
    box = [(-1, 1)] * d
    run, settings = trained(target, activation, hidden, optimizer, box)
    found = CellFindings(run.network, pwlin.extract(run.network, box), pwlin.parse_target(target, d), run, settings)
    audit(found, in_cells.explain(found), CELLS, found.target_name)


def test_units_that_never_switch_off_may_make_more_regions_than_relus():
    net = pwlin.Network.from_arrays([[[1, 0]], [[1]], [[1]]], [[0], [-1], [0]], activation="abs")  # ||x| - 1|
    found = CellFindings(net, pwlin.extract(net, [(-2, 2), (-2, 2)]))
    assert pwlin.bounds.serra_upper(2, (1, 1)) == 3 < found.function.n_regions == 4 == found.regions_at_most


@pytest.mark.parametrize(("last", "falls"), [(1e-3, True), (1e-60, False), (0.0, False)])
def test_a_loss_of_which_floats_know_nothing_falls_no_more(last, falls):
    losses = np.concatenate([np.ones(100), np.full(800, 2 * last), np.full(100, last)])
    run = dataclasses.replace(pwlin.train("x", (-1, 1), (1,), steps=1, progress=False), losses=losses)
    found = LineFindings(run.network, pwlin.extract(run.network, (-1, 1)), pwlin.parse_target("x"), run, ())
    assert found.still_falling == falls
