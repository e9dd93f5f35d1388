"""The playground of two inputs: what its gestures change, and its regions and errors against pwlin's."""

import json
import math
import random
from fractions import Fraction as Q

import pytest

import pwlin
from pwlin.app.touch import playground
from tests.app.touch.pages import needs_browser, opened, tool
from tests.reference import playground_training as reference
from tests.strategies.effort import EFFORT

_, pytestmark = needs_browser()
SQUARE = [(-1, 1), (-1, 1)]


def network(neurons, c=0):
    return pwlin.Network.from_arrays(
        [[n[:2] for n in neurons], [[n[3] for n in neurons]]], [[n[2] for n in neurons], [c]]
    )


START = network([(1, 0, -0.25, 1), (-1, 2, 0.5, 2), (0, 1, 0.5, -1)], 0.5)


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    with opened(
        browser, tmp_path_factory.mktemp("page") / "page.html", playground(START, "x**2 + y**2", domain=SQUARE)
    ) as page:
        yield page


@pytest.fixture
def plane(page):
    page.do("while (store.past.length) store.undo(); store.select(0)")
    return page


def neuron(plane, i):
    n = plane.state("store.net")["neurons"][i]
    return n["x"], n["y"], n["b"], n["v"]


def place(plane, x, y):
    return plane.page.evaluate(
        f"""(() => {{ const map = document.querySelector('.playground').playground.map, b = map.overlay.getBoundingClientRect();
        return [b.left + map.X({x}), b.top + map.Y({y})]; }})()"""
    )


@pytest.fixture(autouse=True)
def without_exact_numbers(monkeypatch):
    monkeypatch.setattr(
        "tests.app.touch.pages.Opened.settle",
        lambda self: self.page.wait_for_function("!document.querySelector('.playground').playground.waiting"),
    )


def test_a_line_is_shifted_by_its_body(plane):
    plane.drag(place(plane, 0.25, 0.1), place(plane, 0.5, 0.1))
    assert neuron(plane, 0) == (1, 0, -0.5, 1)
    plane.page.click("[data-act=undo]")
    assert neuron(plane, 0) == (1, 0, -0.25, 1)


def test_a_line_is_turned_at_its_ends(plane):
    plane.drag(place(plane, 0.25, 0.97), place(plane, 0.25 - 0.97 * math.tan(math.radians(30)), 0.97))
    x, y, b, v = neuron(plane, 0)
    assert (x, y) == pytest.approx((math.cos(math.radians(30)), math.sin(math.radians(30))), abs=1e-12)
    assert (b, v) == (pytest.approx(-0.25 * x, abs=1e-12), 1)
    assert x * 0.25 + y * 0.0 + b == 0  # still through the middle of what was seen of it


def test_flips_and_keys(plane):
    line = plane.page.locator(".line-handle").nth(0)
    line.focus()
    for key, expected in (
        ("f", (-1, 0, 0.25, 1)),
        ("f", (1, 0, -0.25, 1)),
        ("ArrowRight", (1, 0, -0.28125, 1)),
        ("ArrowUp", (1, 0, -0.28125, 1.03125)),
        ("ArrowDown", (1, 0, -0.28125, 1)),
    ):
        line.press(key)
        assert neuron(plane, 0) == expected
    line.press("Shift+ArrowRight")
    assert neuron(plane, 0)[:2] == pytest.approx((math.cos(math.pi / 180), math.sin(math.pi / 180)), abs=1e-15)
    line.press("Delete")
    assert len(plane.state("store.net.neurons")) == 2
    plane.page.click("[data-act=add]")
    assert neuron(plane, 2) == (1, 0, 0, 0)


def test_the_surface_turns_by_keys(plane):
    canvas = plane.page.locator(".surface canvas")
    before = plane.state("[app.surface.yaw, app.surface.pitch]")
    picture = plane.page.evaluate("document.querySelector('.surface canvas').toDataURL()")
    canvas.focus()
    canvas.press("ArrowRight")
    canvas.press("ArrowDown")
    plane.settle()
    after = plane.state("[app.surface.yaw, app.surface.pitch]")
    assert [q - p for p, q in zip(before, after)] == pytest.approx([math.pi / 36] * 2)
    assert plane.page.evaluate("document.querySelector('.surface canvas').toDataURL()") != picture
    canvas.dblclick()
    assert plane.state("[app.surface.yaw, app.surface.pitch]") == before


def test_an_arm_is_pulled_on_the_surface(plane):
    box = plane.page.locator(".surface canvas").bounding_box()
    x, y, _ = plane.state("app.surface.arm().at")
    rise = plane.state("app.surface.rise * app.surface.arm().reach")  # pixels for each unit of v
    start = (box["x"] + x, box["y"] + y)
    plane.drag(start, (start[0] + 2, start[1] - rise / 2))
    assert neuron(plane, 0) == (1, 0, -0.25, 1.5)
    plane.page.click("[data-act=undo]")
    assert neuron(plane, 0) == (1, 0, -0.25, 1)


def test_an_arrow_turns_its_line_round(plane):
    x, y = place(plane, 0.25, 0)
    plane.page.mouse.click(x + 8, y)
    assert neuron(plane, 0) == (-1, 0, 0.25, 1)
    plane.page.click("[data-act=undo]")


def test_pointing_at_the_surface_tells_the_region(plane):
    box = plane.page.locator(".surface canvas").bounding_box()
    k = plane.state("app.surface.faces.at(-1).k")  # the last that is drawn is in front of all
    corners = plane.state("app.surface.faces.at(-1).points")
    x, y = (sum(p[i] for p in corners) / len(corners) for i in (0, 1))
    plane.page.mouse.move(box["x"] + x, box["y"] + y)
    plane.settle()
    assert plane.state("app.pointed") == k and plane.page.locator(".cell.pointed").count() == 1
    assert "Here f =" in plane.page.locator(".region-text").inner_text()


def test_regions_and_errors_are_those_of_pwlin(plane):
    draw = random.Random(5)
    goal = {"domain": [["-1", "1"], ["-1", "1"]], "form": ["1/3", "0", "-1", "1", "1/2", "2"]}
    text = "1/3 - y + x**2 + x*y/2 + 2*y**2"
    cases = []
    for _ in range(max(4, round(12 * EFFORT))):
        neurons = [
            [float(draw.choice((1, -1, 0, 2, 0.1, draw.uniform(-1, 1)))) for _ in range(2)]
            + [float(draw.choice((0, 0.5, -0.5, 1, draw.uniform(-1, 1)))), float(draw.choice((1, -2, 0.3)))]
            for _ in range(draw.randint(1, 6))
        ]
        if draw.random() < 0.5:
            neurons.append([-2 * x for x in neurons[0][:3]] + [1.0])
        cases.append([0.25, neurons])
    cases.append([0.0, [[math.cos(k), math.sin(k), 0.0, 1.0] for k in range(8)]])  # many lines through one point
    found = plane.page.evaluate(
        """data => { const T = document.querySelector('.playground').playground.constructor.tools, { Q } = T;
        const sides = data.goal.domain.map(s => s.map(Q.parse)), goal = { sides, a: -1, b: 1, c: -1, d: 1, form: data.goal.form.map(t => Q.float(Q.parse(t))) };
        return data.cases.map(([c, ns]) => { const net = { c, neurons: ns.map(([x, y, b, v]) => ({ x, y, b, v })) }, regions = T.cutPlane(net, goal);
          return [regions.map(r => r.corners.map(p => [Q.text(p.X), Q.text(p.Y)])), T.planeErrors(regions, goal)]; }); }""",
        {"goal": goal, "cases": cases},
    )
    for (c, neurons), (regions, errors) in zip(cases, found):
        F = pwlin.extract(network(neurons, c), SQUARE)
        expected = {frozenset(r.vertices) for r in F.regions}
        got = {_corners(corners) for corners in regions}
        assert len(regions) == F.n_regions and got == expected
        truth = F.compare(text)
        assert errors["sup"] == pytest.approx(float(truth.sup), rel=1e-9)
        assert errors["mse"] == pytest.approx(float(truth.mse), rel=1e-9)


def _corners(texts):
    """The corners, without those that lie on a straight edge."""
    points = [(Q(x), Q(y)) for x, y in texts]
    points = [p for i, p in enumerate(points) if p != points[i - 1]]
    n = len(points)

    def turns(i):
        (a, b), (c, d), (e, f) = points[i - 1], points[i], points[(i + 1) % n]
        return (c - a) * (f - d) != (d - b) * (e - c)

    return frozenset(points[i] for i in range(n) if turns(i))


def form(x, y):
    """The target of `TRAIN` in the page's order of operations."""
    return 0.5 + 0.0 * x + -1.0 * y + 1.0 * x * x + 0.25 * x * y + 2.0 * y * y


TRAIN = """const goal = Object.create(document.querySelector('.playground').playground.goal, { form: { value: [0.5, 0, -1, 1, 0.25, 2] } });
goal.sample = (random, at) => T.planeSample(goal, random, at);
const { net, random } = T.seeded(4, 3, goal.inputs);"""


@pytest.mark.parametrize("settings", [{}, {"optimizer": "sgd", "lr": 0.05}, {"optimizer": "momentum", "batch": 7}])
def test_training_has_the_same_bits_in_python(plane, settings):
    theta, random = reference.start(4, 3, 2)
    trainer = reference.Trainer(theta, random, form, *SQUARE, **settings)
    losses = [trainer.step() for _ in range(100)]
    found = tool(
        plane,
        TRAIN
        + """const trainer = new T.Trainer(goal, net, random, { optimizer: "adam", lr: 0.01, momentum: 0.9, batch: 64, ...data }), losses = [];
        for (let k = 0; k < 100; k++) losses.push(trainer.step()); return { theta: [...trainer.theta], losses };""",
        settings,
    )
    assert (found["theta"], found["losses"]) == (trainer.theta, losses)


def test_arrows_are_the_gradient(plane):
    found = tool(
        plane,
        TRAIN
        + """const loss = net => T.planeErrors(T.cutPlane(net, goal), goal).mse, out = [];
        T.planeGradient(net, T.cutPlane(net, goal), goal).forEach((g, i) => ["x", "y", "b", "v"].forEach(name => {
          const move = h => ({ ...net, neurons: net.neurons.map((n, j) => (i === j ? { ...n, [name]: n[name] + h } : n)) });
          out.push([g[name], (loss(move(1e-5)) - loss(move(-1e-5))) / 2e-5]); })); return out;""",
    )
    assert len(found) == 12
    for exact, sampled in found:
        assert exact == pytest.approx(sampled, rel=1e-5, abs=1e-6)
    plane.page.click(".train .once")
    plane.settle()
    assert plane.page.locator(".gradient[d^=M]").count() > 0


def test_it_trains_and_starts_again(plane):
    before, error = plane.state("store.net"), plane.state("app.errors.mse")
    plane.page.select_option(".train .speed", "64")
    plane.page.click(".train .play")
    plane.page.wait_for_function("document.querySelector('.playground').playground.training.step >= 640")
    plane.page.click(".train .play")
    plane.settle()
    assert plane.state("app.errors.mse") < error / 2
    assert json.loads(plane.state("app.json()"))["playground"]["steps"] >= 640
    plane.page.click(".train .again")
    assert plane.state("store.net") == before
    plane.page.fill(".train .seed", "9")
    plane.page.press(".train .seed", "Enter")
    theta, _ = reference.start(9, 3, 2)
    assert neuron(plane, 0) == (*theta[:3], theta[9])


def test_a_seed_is_the_start_of_training():
    assert json.loads(playground("x*y", hidden=5, seed=7).data)["start"] == {"seed": 7, "hidden": 5}


def test_what_is_taken_along_comes_back(plane):
    assert pwlin.Network.from_json(json.dumps(plane.state("JSON.parse(app.json())"))) == START


def test_it_fits_every_width(plane):
    for width in (400, 560, 900, 1400, 2000):
        plane.page.set_viewport_size({"width": width, "height": 900})
        # pictures follow the window in the frames after
        plane.page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    plane.page.set_viewport_size({"width": 1400, "height": 900})


def test_lines_start_in_the_middle_of_any_rectangle():
    start = json.loads(playground("x*y", domain=[(0, Q(1, 2**20)), (1024, 2048)], hidden=5).data)["start"]["net"]
    for x, y, b, _ in start["neurons"]:
        middle = Q(x) / 2**21 + Q(y) * 1536 + Q(b)
        sides = [Q(x) * p + Q(y) * q + Q(b) for p in (0, Q(1, 2**20)) for q in (1024, 2048)]
        assert middle == Q(-1, 4) and min(sides) < 0 < max(sides)


def test_what_it_starts_from():
    page = playground("x**2 + y**2", hidden=4)
    assert json.loads(page.data)["goal"]["domain"] == [["-2", "2"], ["-2", "2"]]  # as for `pwlin explain`
    found = json.loads(page.data)
    assert found["goal"]["form"] == ["0", "0", "0", "1", "0", "1"] and len(found["start"]["net"]["neurons"]) == 4
    assert len(page.html()) < 100_000
    run = pwlin.train("x*y", SQUARE, (3,), steps=2, progress=False)
    assert json.loads(playground(run).data)["goal"]["form"] == ["0", "0", "0", "0", "1", "0"]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("x**3 + y",), {}, "degree 2"),
        (("sin(x) * y",), {}, "degree 2"),
        (("x*y",), {"hidden": 13}, "hidden"),
        (("x*y",), {"domain": [(-1, 1)] * 3}, "domain"),
        (("x*y",), {"seed": -1}, "seed"),
        ((pwlin.Network.from_arrays([[[1, 1]], [[1]]], None, "abs"), "x*y"), {}, "ReLUs"),
        ((pwlin.Network.from_arrays([[[1, 1]] * 13, [[1] * 13]]), "x*y"), {}, "13 neurons"),
    ],
)
def test_what_the_plane_cannot_hold_is_refused(arguments, options, message):
    with pytest.raises(pwlin.PwlinError, match=message):
        playground(*arguments, **options)
