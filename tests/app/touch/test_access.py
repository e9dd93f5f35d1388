"""Everybody can use the pages: axe-core finds nothing, and the keyboard goes through them in the order in which they are read."""

from itertools import groupby
from pathlib import Path

import pytest

import pwlin
from pwlin.app.touch import playground
from tests.app.touch.pages import needs_browser, network, opened

_, pytestmark = needs_browser()


def findings(page):
    """What axe-core finds on an open page, by rule."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed (pip install 'pwlin[browser]')")
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) >= 10  # it has looked
    return {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found["violations"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_playground(browser, s_page, tmp_path, scheme):
    with opened(browser, tmp_path / "page.html", s_page, color_scheme=scheme) as play:
        play.do("store.select(1); app.training.advance(20)")
        assert findings(play.page) == {}


def test_axe_finds_nothing_where_a_table_is_wider_than_the_page(browser, tmp_path):
    net = network([(1, k / 2 - 5, 0.5 + k / 7) for k in range(20)])
    with opened(browser, tmp_path / "page.html", playground(net, "x**2"), 600) as play:
        play.settle()
        assert play.page.locator(".who-is-on .scroll").evaluate("n => n.scrollWidth > n.clientWidth")
        assert findings(play.page) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_plane(browser, tmp_path, scheme):
    page = playground("x**2 + y**2", hidden=2)
    with opened(browser, tmp_path / "page.html", page, color_scheme=scheme) as play:
        assert findings(play.page) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("target", ["x**2", "x*y"])
def test_axe_finds_nothing_in_a_report(browser, tmp_path, monkeypatch, target, scheme):
    monkeypatch.setattr("pwlin.app.reporting.line.pictures.stems", lambda found: ["fit"])
    monkeypatch.setattr("pwlin.app.reporting.cells.pictures.stems", lambda found: ["loss"])
    domain = (-1, 1) if target == "x**2" else [(-1, 1), (-1, 1)]
    run = pwlin.train(target, domain, (3,), steps=60, progress=False)
    file = pwlin.report(pwlin.extract(run.network, domain), run=run, out=tmp_path / "report")
    page = browser.new_page(color_scheme=scheme)
    page.goto(file.as_uri())
    assert findings(page) == {}
    page.close()


def test_tab_goes_through_the_page_in_reading_order(browser, s_page, tmp_path):
    where = """(() => { const e = document.activeElement, part = [".tour", ".toolbar", ".fit", ".slopes", ".error", ".train",
        ".numbers", ".neuron-list", ".card", ".who-is-on"].find(name => e.closest(name));
        return [part || e.tagName, e.getBoundingClientRect().width > 0]; })()"""
    with opened(browser, tmp_path / "page.html", s_page) as play:
        play.do("store.select(1)")
        seen = []
        for _ in range(80):
            play.page.keyboard.press("Tab")
            seen.append(tuple(play.page.evaluate(where)))
        around = [part for part, _ in groupby(part for part, _ in seen)]
        once = around[: around.index("BODY")] if "BODY" in around else around
        assert [part for part in once if part != ".who-is-on"] == [
            ".tour",
            ".toolbar",
            ".fit",
            ".train",
            ".numbers",
            ".neuron-list",
            ".card",
        ]
        assert all(shown for part, shown in seen if part != "BODY")
