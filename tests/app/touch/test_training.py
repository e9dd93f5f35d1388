"""Training on the page: bits that Python repeats, starts that end as they did, stops, and the tally."""

import math

import numpy as np
import pytest

from pwlin.app.touch import playground
from pwlin.networks.activation import RELU
from pwlin.training.backprop import Architecture, Backprop
from pwlin.training.optimizers import Adam, Sgd
from tests.app.touch.pages import needs_browser, opened, tool
from tests.reference import playground_training as reference

_, pytestmark = needs_browser()
TRAIN = """const run = (seed, n, steps, settings) => {
  const { net, random } = T.seeded(seed, n), trainer = new T.Trainer(goal, net, random, { optimizer: "adam", lr: 0.01, momentum: 0.9, batch: 64, ...settings });
  const losses = []; for (let k = 0; k < steps; k++) losses.push(trainer.step());
  return { theta: [...trainer.theta], losses }; };
const goal = document.querySelector('.playground').playground.goal;"""


@pytest.fixture(scope="module")
def two(browser, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "page.html"
    with opened(browser, file, playground("x**2", hidden=2)) as page:
        yield page


@pytest.fixture
def page(two):
    two.reset()
    return two


def test_the_generator_and_the_starts(page):
    expected = [3739678614, 2725338478, 3923878172, 2212199553]
    assert tool(page, "const r = new T.Random(1); return [r.next(), r.next(), r.next(), r.next()]") == expected
    random = reference.Random(1)
    assert [random.next() for _ in range(4)] == expected
    theta, _ = reference.start(1, 2)
    assert (theta[0], theta[-1]) == (0.7414235575124621, -0.6615439490430917)
    assert tool(page, TRAIN + "return run(1, 2, 0).theta") == theta


@pytest.mark.parametrize(
    "settings", [{}, {"optimizer": "sgd", "lr": 0.003}, {"optimizer": "momentum", "lr": 0.0005, "batch": 7}]
)
def test_two_hundred_steps_have_the_same_bits_in_python(page, settings):
    theta, random = reference.start(4, 2)
    trainer = reference.Trainer(theta, random, lambda x: x * x, (-5.0, 5.0), **settings)
    losses = [trainer.step() for _ in range(200)]
    found = tool(page, TRAIN + "return run(4, 2, 200, data)", settings)
    assert (found["theta"], found["losses"]) == (trainer.theta, losses)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_a_step_is_that_of_pwlin(name):
    theta, random = reference.start(5, 3)
    trainer = reference.Trainer(theta, random, lambda x: x * x, (-5.0, 5.0), optimizer=name, lr=0.01, batch=16)
    flat = np.array(theta)
    backprop = Backprop(Architecture(1, ((RELU,) * 3,), True), flat, 16)
    rule = Adam(len(flat), 0.01) if name == "adam" else Sgd(len(flat), 0.01, 0.9 if name == "momentum" else 0.0)
    for _ in range(3):
        xs = list(trainer.points())
        trainer.points = lambda xs=xs: xs
        trainer.step()
        del trainer.points
        backprop.loss_and_gradient(np.transpose(xs), np.square(xs)[:, 0])
        rule.step(flat, backprop.gradient)
        assert trainer.theta == pytest.approx(flat.tolist(), rel=1e-12, abs=1e-12)


def test_the_starts_of_the_tour_end_as_told(page):
    found = tool(page, TRAIN + "return run(4, 2, 3000).theta")
    assert (found[0], found[1], found[-1]) == (2.190909080145919, -6.206554715881127, 6.217249452361764)
    page.do("store.set({ norm: 'mse' })")
    for seed, pieces in ((12, 2.99), (3, None), (4, 1.121)):
        page.do(f"app.training.load({seed}); app.training.advance(3000)")
        assert page.state("app.training.step") == 3000
        if pieces is None:
            assert "dead" in page.state("app.derived.parts.map(p => p.state)") and "Dead: neuron" in page.text(
                "train-text"
            )
        else:
            assert page.state("app.numbers.effective") == pytest.approx(pieces, abs=5e-3)
    page.do("app.act('flip', 1); app.training.limit = 6000; app.training.advance(3000)")
    assert page.state("app.numbers.effective") == pytest.approx(2.998, abs=1e-3)


def test_a_hundred_starts_are_counted(page):
    page.page.click(".run-tally")
    page.page.wait_for_function("!document.querySelector('.playground').playground.tally.running", timeout=120_000)
    assert page.state("app.tally.counts") == [31, 45, 24]
    assert "31 reached the best of 2 ReLUs" in page.text("tally-text")
    shown = page.page.locator(".histogram .tick:visible").all_text_contents()
    assert "effective pieces of so many starts" in shown
    counts = page.state("app.tally.bins.map(b => b.seeds.length)")
    assert sum(counts) <= 100 and set(map(str, counts)) <= set(shown)
    page.page.locator(".tally-bar").first.click()
    seed = page.state("app.training.number")
    assert page.net()[1][0][0] == reference.start(seed, 2)[0][0]


def test_play_and_once_more_give_the_same_losses(page):
    page.page.fill(".train .seed", "7")
    page.page.press(".train .seed", "Enter")
    page.page.select_option(".train .speed", "16")
    losses = []
    for _ in range(2):
        page.page.click(".train .play")
        page.page.wait_for_function("document.querySelector('.playground').playground.training.step > 40")
        page.page.click(".train .play")
        losses.append(page.state("app.training.losses.slice(0, 40)"))
        page.page.click(".train .again")
        assert page.net()[1][0][0] == reference.start(7, 2)[0][0]
    assert losses[0] == losses[1]
    theta, random = reference.start(7, 2)
    trainer = reference.Trainer(theta, random, lambda x: x * x, (-5.0, 5.0))
    assert losses[0] == [trainer.step() for _ in range(40)]


def test_it_stops_at_its_limit_and_goes_on(page):
    page.do("app.training.load(12); app.training.advance(2990)")
    page.page.click(".train .play")
    page.page.wait_for_function("!document.querySelector('.playground').playground.training.playing")
    page.settle()
    assert page.state("app.training.step") == 3000 and page.text("steps") == "step 3,000/3,000"
    assert page.page.locator(".train .play").inner_text() == "▶ go on"


def test_a_rate_that_is_too_large_says_so(page):
    page.page.select_option(".train .optimizer", "sgd")
    page.page.fill(".train .rate", "1e6")
    page.page.click(".train .play")
    page.page.wait_for_function("!document.querySelector('.playground').playground.training.playing")
    page.settle()
    assert "The rate 1000000 was too large" in page.text("message")
    c, neurons = page.net()
    assert all(math.isfinite(x) for x in (c, *(x for n in neurons for x in n)))
    assert "NaN" not in page.page.locator(".app").inner_text() and "NaN" not in page.page.locator(".app").inner_html()


def test_a_hidden_page_does_not_train(page):
    page.page.click(".train .play")
    page.page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true }); document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert not page.state("app.training.playing")


def test_arrows_are_the_gradient(page):
    found = tool(
        page,
        """const app = document.querySelector('.playground').playground, { goal } = app;
      const net = T.seeded(3, 3).net, d = T.derive(net, goal), loss = net => T.errorsOf(T.derive(net, goal), goal).mse, out = [];
      T.fullGradient(d, goal).forEach((g, i) => ["w", "b", "v"].forEach(name => {
        const move = h => ({ ...net, neurons: net.neurons.map((n, j) => (i === j ? { ...n, [name]: n[name] + h } : n)) });
        out.push([g[name], (loss(move(1e-5)) - loss(move(-1e-5))) / 2e-5]); }));
      return out;""",
    )
    for exact, sampled in found:
        assert exact == pytest.approx(sampled, rel=1e-5, abs=1e-6)
    page.do("app.training.once()")
    assert page.page.locator(".gradient[d^=M]").count() > 0
