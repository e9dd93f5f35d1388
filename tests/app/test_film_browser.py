"""The page of an animation in a browser: no errors, no requests; slider, views and neurons work."""

import pytest

import pwlin
from tests.app.touch.pages import needs_browser

_, pytestmark = needs_browser()


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """The page, which must neither complain nor ask for anything."""
    path = tmp_path_factory.mktemp("page") / "run.html"
    run = pwlin.train("x**2", (-2, 2), (3, 2), steps=300, seed=1, progress=False)
    pwlin.animate(run, path, frames=8, progress=False)
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    yield page
    assert complaints == [] and requests == [path.as_uri()]
    page.close()


def picture(page):
    return page.locator("#film-picture").inner_html()


def slide(page, value):
    page.locator("#film-step").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", str(value)
    )


@pytest.mark.parametrize("view", ["fit", "layers", "kinks"])
def test_slider_moves_every_view_but_no_axis(page, view):
    page.click(f"[data-view={view}]")
    assert page.locator(f"[data-view={view}]").get_attribute("aria-pressed") == "true"
    slide(page, 0)
    before, ticks = picture(page), page.locator("#film-picture text").all_text_contents()
    assert page.locator("#film-label").text_content().startswith("step 0")
    slide(page, 7)
    assert page.locator("#film-label").text_content().startswith("step 300")
    assert picture(page) != before and page.locator("#film-picture text").all_text_contents() == ticks
    assert "NaN" not in picture(page) and page.locator("#film-picture .line").count() > 0


def test_a_neuron_can_be_followed(page):
    page.click("[data-view=layers]")
    page.click("[data-neuron='1']")
    lines = page.locator("#film-picture .neuron")
    assert lines.count() == 5 and page.locator("#film-picture .aside").count() == 4
    page.click("[data-neuron='1']")
    assert page.locator("#film-picture .aside").count() == 0


def test_it_plays_to_the_end(page):
    page.click("[data-view=fit]")
    page.click("#film-play")
    page.wait_for_function("document.getElementById('film-play').textContent.includes('play')", timeout=15000)
    assert page.locator("#film-step").input_value() == "7"


def test_a_kink_tells_its_neuron_and_is_followed(page):
    page.click("[data-view=fit]")
    slide(page, 0)
    kink = page.locator("#film-picture .kink").first
    name = kink.get_attribute("aria-label").removeprefix("kink of neuron ")
    kink.focus()
    kink.press("Enter")
    assert f"neuron {name}" in page.locator("#film-kink").inner_text()
    assert page.locator("#film-picture .kink.chosen").count() >= 1
    page.click("[data-view=kinks]")
    assert page.locator("#film-picture .path.chosen").count() == 1
    page.locator("#film-legend [aria-pressed=true]").click()
    assert page.locator("#film-picture .chosen").count() == 0


def test_small_screens(page):
    for view in ("fit", "layers", "kinks"):
        page.set_viewport_size({"width": 360, "height": 700})
        page.click(f"[data-view={view}]")
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
