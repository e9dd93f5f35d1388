"""The page of ``pwlin explain`` in a browser: no errors, no requests; slider, kinks, tables, colours, small screens."""

from contextlib import contextmanager
from fractions import Fraction
from itertools import product

import pytest

import pwlin
from pwlin.app import cli
from tests.app.touch.pages import needs_browser

_, pytestmark = needs_browser()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("pwlin.app.reporting.line.pictures.stems", lambda found: ["fit"])  # one still picture will do
    assert cli.main(["explain", "x**2", "--hidden", "3", "--steps", "400", "--out", str(folder), "--quiet"]) == 0
    monkeypatch.undo()
    return folder


@contextmanager
def opened(browser, file):
    """The page in a browser, where it must neither complain nor ask for anything."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    yield page
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [file.as_uri()]
    page.close()


@pytest.fixture
def page(browser, folder):
    with opened(browser, folder / "report.html") as page:
        yield page


def lines(page):
    return [path.get_attribute("d") for path in page.query_selector_all("#film-picture .piece")]


def slide(page, value):
    page.locator("#film-step").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", str(value)
    )


def test_the_last_moment_is_the_network(page, folder):
    f = pwlin.extract(pwlin.Network.load(folder / "network.npz"), domain=(-5, 5))
    assert len(lines(page)) == f.n_regions
    assert page.locator("#film-picture .kink").count() == len(f.kinks) > 0
    assert page.locator("#film-label").inner_text().startswith("step 400 ·")


def test_the_slider_moves_the_picture(page):
    last = lines(page)
    slide(page, 0)
    assert page.locator("#film-label").inner_text().startswith("step 0 ·") and lines(page) != last
    page.locator("#film-step").press("End")
    assert lines(page) == last


def test_play_runs_and_stops(page):
    before = page.locator("#film-label").inner_text()
    page.click("#film-play")
    page.wait_for_function("document.getElementById('film-step').value > 2")
    page.click("#film-play")
    assert page.locator("#film-play").inner_text() == "▶ play"
    assert page.locator("#film-label").inner_text() != before


def test_a_kink_tells_its_neuron_jump_and_exact_place(page, folder):
    kinks = pwlin.extract(pwlin.Network.load(folder / "network.npz"), domain=(-5, 5)).kinks
    for act in ("hover", "focus", "click"):
        for i in (0, -1):
            getattr(page.locator("#film-picture .kink").nth(i), act)()
            told = page.locator("#film-kink").inner_text()
            flip = kinks[i].neurons[0]
            assert f"neuron ({flip.layer}, {flip.index})" in told
            assert str(kinks[i].location) in told and str(kinks[i].jump) in told


def test_a_chosen_neuron_is_followed(page):
    page.locator("#film-picture .kink").last.click()
    name = page.locator("#film-kink b").inner_text()
    assert page.locator("#film-picture .chosen").count() == 1
    page.locator("#film-step").press("ArrowLeft")
    assert page.locator("#film-kink b").inner_text() == name


def test_views_show_slopes_and_errors(page):
    shown = [lines(page)]
    for view in ("slopes", "error"):
        page.click(f"button[data-view={view}]")
        shown.append(lines(page))
        assert page.locator("button[data-view][aria-pressed=true]").inner_text() == view
    assert len(set(map(tuple, shown))) == 3


def test_every_moment_lies_within_its_frame(page):
    for view in ("slopes", "error"):
        page.click(f"button[data-view={view}]")
        for value in (0, 1, 10**6):
            slide(page, value)
            top, bottom = page.locator("#film-picture rect.frame").first.evaluate(
                "r => [r.y.baseVal.value, r.y.baseVal.value + r.height.baseVal.value]"
            )
            for path in lines(page):
                heights = [float(point.split(",")[1]) for point in path.lstrip("M").replace("M", "L").split("L")]
                assert top - 0.01 <= min(heights) and max(heights) <= bottom + 0.01
            dots = [float(dot.get_attribute("cy")) for dot in page.query_selector_all("#film-picture .dot")]
            assert all(top - 0.01 <= dot <= bottom + 0.01 for dot in dots)


def test_what_is_pointed_at_is_named_beside_it(page, folder):
    kink = page.locator("#film-picture .kink").first
    kink.hover()
    flip = pwlin.extract(pwlin.Network.load(folder / "network.npz"), domain=(-5, 5)).kinks[0].neurons[0]
    tip = page.locator("#film-picture .tip")
    assert f"neuron ({flip.layer}, {flip.index})" in tip.text_content()
    box, dot, frame = tip.bounding_box(), kink.bounding_box(), page.locator("#film-picture").bounding_box()
    assert abs(box["x"] - dot["x"]) < box["width"] + 40 and abs(box["y"] - dot["y"]) < box["height"] + 40
    assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
    page.mouse.move(5, 5)
    assert tip.count() == 0


def test_tables_sort_by_number(page):
    table = page.locator("table.sortable").last
    headers = [h.inner_text() for h in table.locator("th").all()]
    column = next(i for i, text in enumerate(headers) if text.startswith("slope"))

    def column_values():
        return [
            Fraction(row.locator("td").nth(column).inner_text().replace("−", "-"))
            for row in table.locator("tbody tr").all()
        ]

    original = column_values()
    assert len(set(original)) > 2
    table.locator("th button").nth(column).click()
    assert column_values() == sorted(original)
    table.locator("th button").nth(column).click()
    assert column_values() == sorted(original, reverse=True)
    assert table.locator("th").nth(column).get_attribute("aria-sort") == "descending"
    table.locator("th button").first.click()
    assert column_values() == original


def test_light_dark_and_small_screens(page):
    for scheme, width in product(("light", "dark"), (1280, 400)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        channels = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (max(channels) < 80) == (scheme == "dark")
        still = page.locator(".picture img").first.bounding_box()
        assert still["x"] >= 0 and still["x"] + still["width"] <= width  # whole, not cut
        picture = page.locator("#film-picture").bounding_box()
        assert picture["width"] > 0.75 * width * (1 if width == 400 else 0.6)


def test_print_hides_what_paper_cannot_do(page):
    page.emulate_media(media="print", color_scheme="dark")
    assert not any(part.is_visible() for part in page.locator(".by-hand, .views, .legend, .details").all())
    assert not page.locator("#film-step").is_visible() and page.locator("#film-picture").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# -- two inputs -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plane")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("pwlin.app.reporting.cells.pictures.stems", lambda found: [])
    options = ["--hidden", "4", "--steps", "300", "--out", str(folder), "--quiet"]
    assert cli.main(["explain", "x**2 + y**2", *options]) == 0
    monkeypatch.undo()
    return folder


def test_the_map_moves_and_tells(browser, plane):
    F = pwlin.extract(pwlin.Network.load(plane / "network.npz"), domain=[(-2, 2), (-2, 2)])
    with opened(browser, plane / "report.html") as page:
        cells = page.locator("#film-picture .cell")
        assert cells.count() == F.n_regions and page.locator("#film-picture .crease").count() == len(F.kinks) > 0

        cells.first.focus()
        told = page.locator("#film-kink").inner_text()
        gradient = ", ".join(map(str, F.regions[0].gradient))
        assert f"Region 1 of {F.n_regions}" in told and f"({gradient})" in told and str(F.regions[0].offset) in told

        cells.first.press("Enter")
        outline = page.locator("#film-picture .outline")
        assert outline.get_attribute("points") == cells.first.get_attribute("points")
        crease = page.locator("#film-picture .crease").first
        crease.focus()
        crease.press("Enter")
        told = page.locator("#film-kink").inner_text()
        kink = F.kinks[0]
        assert f"neuron ({kink.neurons[0][0]}, {kink.neurons[0][1]})" in told
        assert all(f"({', '.join(map(str, v))})" in told for v in (kink.jump, *kink.vertices))
        chosen = sum(k.neurons == kink.neurons for k in F.kinks)
        assert page.locator("#film-picture .chosen").count() == chosen

        shown = [cell.get_attribute("points") for cell in cells.all()]
        slide(page, 0)
        assert page.locator("#film-label").inner_text().startswith("step 0 ·")
        assert [cell.get_attribute("points") for cell in cells.all()] != shown
        page.set_viewport_size({"width": 400, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
