"""The tour and the folding: each task can be done, by keys alone; places on the stack are exact."""

from fractions import Fraction as Q

import pytest

import pwlin
from pwlin.app.touch import playground
from tests.app.touch.pages import needs_browser, opened, tool

_, pytestmark = needs_browser()


@pytest.fixture(scope="module")
def tour_page(browser, tmp_path_factory):
    with opened(
        browser, tmp_path_factory.mktemp("page") / "page.html", playground("x**2", hidden=1), reduced_motion="reduce"
    ) as page:
        yield page


@pytest.fixture
def page(tour_page):
    tour_page.reset()
    return tour_page


def done(page):
    page.settle()
    return page.text("tour-task").startswith("✓")


def test_keys_alone_complete_the_tour(page):
    press = page.page.keyboard.press
    page.page.locator(".tour-next").focus()
    press("Enter")
    assert not done(page) and "Drag the kink to 2" in page.text("tour-task")
    page.page.locator(".handle.dot").first.focus()
    for _ in range(2):
        press("Shift+ArrowRight")
    assert done(page) and page.kinks == [2] and "sideways is b" in page.text("tour-task")

    page.page.locator(".tour-next").focus()
    press("Enter")
    assert not done(page) and page.slopes == [-1, 0, 1]
    for dot in (0, 1):
        page.page.locator(".handle.dot").nth(dot).focus()
        for _ in range(6):
            press("Shift+ArrowUp")
    assert done(page) and page.slopes == [-7, 0, 7]

    page.page.locator(".tour-next").focus()
    press("Enter")
    page.settle()
    assert page.sup == Q(29, 2) and not done(page)
    for _ in range(2):
        page.page.locator("[data-act=best]").focus()
        press("Enter")
        page.settle()
        page.page.locator("[data-act=add]").focus()
        press("Enter")
    assert done(page)

    page.page.locator(".tour-next").focus()
    press("Enter")
    page.page.locator(".run-tally").focus()
    press("Enter")
    page.page.wait_for_function(
        "document.querySelector('.playground').playground.tally.results.length >= 20", timeout=60_000
    )
    assert done(page)
    page.page.locator(".run-tally").focus()
    press("Enter")

    page.page.locator(".tour-next").focus()
    press("Enter")
    page.settle()  # what is not shown yet takes no focus
    page.page.locator(".fold-depth").focus()
    for _ in range(3):
        press("ArrowRight")
    assert not done(page) and "16 pieces" in page.text("fold-text")
    page.page.locator(".fold-time").focus()
    press("End")
    press("Home")
    assert done(page)
    page.page.click(".tour-next")
    page.settle()
    assert page.page.locator(".tour-dot.done").count() == 5


def test_answers_never_block_and_one_undo_brings_the_old_network_back(page):
    before = page.net()
    page.page.click(".tour-dot >> nth=1")
    page.page.click(".tour-answers button >> nth=0")
    page.settle()
    assert page.net() != before and page.page.locator(".tour-answers [aria-pressed=true]").inner_text() == "w"
    page.page.click("[data-act=undo]")
    assert page.net() == before


def test_a_wrong_answer_is_taken_and_keeps_the_tick_away(page):
    page.page.click(".tour-dot >> nth=0")
    page.page.click(".tour-answers button >> nth=0")
    page.settle()
    assert "You say “w”. Now try it." in page.text("tour-task")
    page.page.locator(".handle.dot").first.focus()
    for _ in range(2):
        page.page.keyboard.press("Shift+ArrowRight")
    assert not done(page) and page.text("tour-task").endswith("You say “w”. Not yet: try it.")
    assert page.page.locator(".tour-dot.done").count() == 0
    page.page.click(".tour-answers button >> nth=1")
    assert done(page) and page.page.locator(".tour-dot.done").count() == 1


def test_the_best_of_one_relu_says_what_its_neuron_does_and_training_what_it_follows(page):
    page.page.click("[data-act=best]")
    page.settle()
    assert "Off everywhere, for it cannot lessen this error: neuron 1." in page.text("message")
    assert "1 ReLU alone cannot make every 2 pieces" in page.text("bar-note")
    page.page.click(".train .once")
    page.settle()
    assert page.state("store.ui.norm") == "mse" and "Training follows the mean square" in page.text("message")


def test_other_targets_have_no_tour(browser, tmp_path):
    with opened(browser, tmp_path / "page.html", playground("x**2", domain=(0, 1))) as page:
        assert page.page.locator(".tour").count() == 0


@pytest.mark.parametrize(("kind", "depth", "made"), [("tent", 4, "tent"), ("zigzag", 2, "zigzag")])
def test_folding_makes_sixteen_pieces(page, kind, depth, made):
    page.page.click(".fold-button")
    page.page.select_option(".fold-kind", kind)
    page.do(f"app.fold.depth.value = {depth}; app.fold.change()")
    f = pwlin.extract(getattr(pwlin.constructions, made)(depth), (0, 1))
    assert f.n_pieces == 16 and "16 pieces" in page.text("fold-text")
    assert f"20 layers make {f.n_pieces ** (20 // depth):,} pieces" in page.text("fold-text")
    corners = page.state(f"app.fold.corners('{kind}', {depth})")
    assert [x for x, _ in corners[1:-1]] == pytest.approx([float(k.location) for k in f.kinks], abs=1e-15)
    assert [y for _, y in corners[1:-1]] == [f(k.location) for k in f.kinks]
    for x in (Q(1, 7), Q(3, 7), Q(5, 64)):
        found = tool(
            page,
            "return T.unfolded(data[0], data[1], T.folded(data[0], data[1], Q.parse(data[2]))).map(Q.text)",
            [kind, depth, str(x)],
        )
        assert len(found) == 16 and str(x) in found and {f(Q(y)) for y in found} == {f(x)}


def test_an_open_strip_is_the_identity(page):
    page.page.click(".fold-button")
    page.do("app.fold.depth.value = 3; app.fold.time.value = 0; app.fold.change()")
    assert page.page.locator(".sheet:not([style*=none])").count() == 1
    page.do("app.fold.time.value = 3; app.fold.update()")
    assert page.page.locator(".sheet:not([style*=none])").count() == 8
    box = page.page.locator(".fold-picture").bounding_box()
    page.page.mouse.move(box["x"] + 30 + 0.3 * (box["width"] - 50), box["y"] + 300)
    page.settle()
    assert page.state("app.fold.together.length") == 8
    page.page.mouse.move(5, 5)
    assert page.state("app.fold.together.length") == 0
    page.page.locator(".fold-picture").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.page.keyboard.press(key)
    image = [Q(k, 4) + side * Q(1, 32) for k in range(5) for side in (-1, 1)]  # 1/32 and what lies on it
    assert page.fractions("app.fold.together") == [x for x in image if 0 < x < 1]


def test_square_by_folding_says_its_error(page):
    page.page.click(".fold-button")
    page.page.check(".fold-square")
    page.do("app.fold.depth.value = 3; app.fold.change()")
    net = pwlin.constructions.yarotsky_square(3)
    assert sum(net.widths) == 8 and pwlin.extract(net, (0, 1)).compare("x**2").sup == Q(1, 256)
    assert "with 8 neurons in 3 layers: largest error 4^−4 = 0.003906" in page.text("fold-text")
    shallow = pwlin.constructions.shallow_square_error(8, (0, 1))
    assert f"off by {float(shallow):.4}" in page.text("fold-text")
