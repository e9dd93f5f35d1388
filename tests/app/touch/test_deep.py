"""Networks of several layers on the page: shown exactly, kinks by layer, and left as they are."""

import json

import pytest

import pwlin
from pwlin.app.touch import playground
from tests.app.touch.pages import needs_browser, opened

_, pytestmark = needs_browser()
NET = pwlin.Network.from_arrays([[[1], [-1], [2]], [[1, 2, -1], ["1/3", 0, 1]], [[1, -2]]], [[0, 1, -1], [-1, 0], [1]])
DOMAIN = (-2, 3)


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "page.html"
    with opened(browser, file, playground(NET, "x**2", domain=DOMAIN)) as page:
        page.settle()
        yield page


def test_it_is_what_pwlin_extracts(page):
    f = pwlin.extract(NET, DOMAIN)
    c = f.compare("x**2")
    assert page.slopes == [r.slope for r in f.regions] and (page.sup, page.mse) == (c.sup, c.mse)
    assert page.fractions("app.derived.kinks.map(k => k.exact)") == [k.location for k in f.kinks]


def test_kinks_are_marked_by_layer(page):
    f = pwlin.extract(NET, DOMAIN)
    layers = page.state("app.derived.kinks.map(k => k.layers)")
    assert layers == [sorted({n.layer for n in k.neurons}) for k in f.kinks] and {0, 1} == {
        k for some in layers for k in some
    }
    assert page.page.locator(".layer-mark:visible").count() == len(f.kinks)
    assert f"Network 1-3-2-1: {len(f.kinks)} kinks" in page.text("notes")


def test_nothing_changes_it(page):
    before = page.slopes
    x, y = page.place("fit", 0, 3)
    page.page.mouse.dblclick(x, y)
    page.do("app.act('add', 1); app.act('best'); app.act('undo')")
    assert page.slopes == before and page.net() == (0, [])
    for name in ("[data-act=add]", ".train", ".card", ".handle.c", ".tour"):
        assert page.page.locator(f"{name}:visible").count() == 0
    assert "#" not in page.page.url


def test_it_comes_back_as_it_was(page):
    assert pwlin.Network.from_json(json.dumps(page.json())) == NET


def test_points_and_runs_open_too(browser, tmp_path):
    run = pwlin.train(([-2, -1, 0, 1, 2], [4, 1, 0, 1, 4]), hidden=(3, 2), steps=20, progress=False)
    with opened(browser, tmp_path / "page.html", playground(run)) as page:
        page.settle()
        c = run.functions()[-1].compare(run.target)
        assert (page.sup, page.mse) == (c.sup, c.mse)
