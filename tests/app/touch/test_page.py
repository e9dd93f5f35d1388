"""The page as a whole: widths, dark, zoom, two on one page, frames, taking a network along, and how long a frame takes."""

import json
from itertools import product

import pytest

import pwlin
from pwlin.app import cli
from pwlin.app.touch import playground
from tests.app.touch.pages import S, needs_browser, network, opened

_, pytestmark = needs_browser()


@pytest.fixture(scope="module")
def thirty(browser, tmp_path_factory):
    net = network([((-1) ** i * (1 + i / 7), i - 14.3, (-1) ** (i // 3) * 0.3) for i in range(30)], 1)
    with opened(browser, tmp_path_factory.mktemp("page") / "page.html", playground(net, "x**2")) as page:
        yield page


def test_nothing_is_wider_than_the_page(thirty):
    page = thirty.page
    for width, scheme in product((400, 560, 900, 1400, 2000), ("light", "dark")):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        thirty.settle()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture = page.locator(".fit svg").bounding_box()
        assert picture["width"] > (0.9 * width if width <= 900 else 0.55 * width)
        channels = page.evaluate(
            "getComputedStyle(document.querySelector('.playground')).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert (max(channels) < 80) == (scheme == "dark")
    page.emulate_media(color_scheme="light")


def test_first_screen_holds_all_pictures_and_numbers(browser, s_page, tmp_path):
    with opened(browser, tmp_path / "page.html", s_page) as play:
        for name in (".fit svg", ".slopes svg", ".error svg", ".headline", ".neurons", ".card", ".onoff"):
            box = play.page.locator(name).bounding_box()
            assert box["y"] + box["height"] <= 900
        rails = [
            play.page.evaluate(f"document.querySelector('.{name} svg').getBoundingClientRect().left")
            for name in ("fit", "slopes", "error")
        ]
        assert len(set(rails)) == 1


def test_the_table_of_many_shows_all_columns_and_their_sums(browser, tmp_path):
    net = network([((-1) ** i * (1 + i / 7), i - 9.3, (-1) ** (i // 3) * 0.3) for i in range(20)], 1)
    with opened(browser, tmp_path / "page.html", playground(net, "x**2")) as play:
        play.settle()
        scroll = play.page.locator(".who-is-on .scroll")
        assert scroll.evaluate("n => n.scrollWidth - n.clientWidth") == 0
        box, sums = scroll.bounding_box(), play.page.locator(".onoff .sums").bounding_box()
        assert sums["y"] + sums["height"] <= box["y"] + box["height"] + 1


def test_ticks_differ_far_from_zero_too(browser, tmp_path):
    page = playground("x**2", domain=(10**9, 10**9 + 1), search=False)
    with opened(browser, tmp_path / "page.html", page) as play:
        play.settle()
        shown = play.page.locator(".fit .tick:visible").all_text_contents()
        assert {"1e9", "+0.5", "+1", "1e18", "+1e9"} <= set(shown) and len(shown) == len(set(shown))
        assert play.page.locator(".neurons td:nth-child(3)").all_inner_texts()[1] == "≈ 1000000000.5"


def test_no_element_is_replaced_while_something_moves(thirty):
    before, after = thirty.state(
        """(() => { const svgs = () => [...document.querySelectorAll('.app svg *')], nodes = svgs();
        for (let k = 1; k < 4; k++) { app.store.show(app.store.net); app.store.net = { ...app.store.net, c: k }; app.render(0); }
        return [nodes.length, svgs().filter((n, i) => n === nodes[i]).length]; })()"""
    )
    assert before == after


def test_touch_tabs_show_one_panel_beside_the_fit(browser, s_page, tmp_path):
    with opened(browser, tmp_path / "page.html", s_page, 400, 900) as play:
        panels = {"slopes": ".slopes", "error": ".error", "table": ".onoff", "train": ".train"}
        for name in panels:
            play.page.click(f".tabs button >> text={name}")
            play.settle()
            assert [n for n, p in panels.items() if play.page.locator(p).is_visible()] == [name]
        assert play.page.locator(".strip").is_visible()
        play.page.mouse.wheel(0, 400)
        play.page.wait_for_function("scrollY > 0")
        assert play.page.locator(".strip").bounding_box()["y"] >= 0


def test_twice_as_large_text_loses_nothing(browser, s_page, tmp_path):
    with opened(browser, tmp_path / "page.html", s_page, 700, 450, device_scale_factor=2) as play:
        assert play.page.evaluate("document.documentElement.scrollWidth") <= 700


def test_two_on_one_page_are_two(browser, tmp_path):
    one, two = playground("x**2", hidden=1), playground(S, "x**2")
    html = one.html().replace("</main>", f"{two.section()}</main>")
    with opened(browser, tmp_path / "page.html", html) as play:
        counts = play.page.evaluate(
            "[...document.querySelectorAll('.playground')].map(p => p.playground.store.net.neurons.length)"
        )
        assert counts == [1, 3]
        play.page.locator("[data-act=add]").nth(1).click()
        counts = play.page.evaluate(
            "[...document.querySelectorAll('.playground')].map(p => p.playground.store.net.neurons.length)"
        )
        assert counts == [1, 4]
        names = play.page.evaluate("[...document.querySelectorAll('[id]')].map(n => n.id)")
        assert len(names) == len(set(names))


def test_a_notebook_shows_it_in_a_frame(browser, tmp_path):
    body = f"<!DOCTYPE html><title>notebook</title>{playground(S, 'x**2')._repr_html_()}"
    (tmp_path / "page.html").write_text(body, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1000, "height": 1000})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".headline", has_text="largest error 12").wait_for()
    assert complaints == []
    page.close()


def test_what_is_taken_along_comes_back(browser, tmp_path):
    net = network([(0.1, 1 / 3, -2.5), (-3, 5e-300, 7)], 0.7)
    with opened(browser, tmp_path / "page.html", playground(net, "x**2"), accept_downloads=True) as play:
        play.settle()
        with play.page.expect_download() as waiting:
            play.page.click(".take")
        text = (waiting.value.path()).read_text(encoding="utf-8")
        seen = play.kinks, play.slopes, play.sup, play.mse
        assert pwlin.Network.from_json(text) == net
        assert json.loads(text)["playground"]["target"] == "x**2"
    f = pwlin.extract(net, (-5, 5))
    c = f.compare("x**2")
    assert seen[1:] == ([r.slope for r in f.regions], c.sup, c.mse)
    with opened(browser, tmp_path / "again.html", playground(pwlin.Network.from_json(text), "x**2")) as play:
        assert (play.kinks, play.slopes, play.sup, play.mse) == seen
        while play.net()[1]:
            play.page.click("[data-act=remove]")
        assert pwlin.Network.from_json(json.dumps(play.json())) == pwlin.Network.from_arrays([[[0]]], [[0.7]])


def test_a_report_lets_its_network_be_changed(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("pwlin.app.reporting.line.pictures.stems", lambda found: ["fit"])
    assert cli.main(["explain", "x**2", "--hidden", "3", "--steps", "60", "--out", str(tmp_path / "r"), "--quiet"]) == 0
    html = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    with opened(browser, tmp_path / "page.html", html) as play:
        play.page.click(".change summary")
        play.settle()
        assert play.page.locator(".fit svg").bounding_box()["width"] > 500
        assert pwlin.Network.from_json(json.dumps(play.json())) == pwlin.Network.load(tmp_path / "r" / "network.npz")
        assert play.page.locator(".tour").count() == 0
        play.page.emulate_media(color_scheme="dark")
        colours = "[...document.querySelectorAll('.playground .picture')].map(n => getComputedStyle(n).backgroundColor)"
        assert set(play.page.evaluate(colours)) == {"rgba(0, 0, 0, 0)"}


def test_print_leaves_pictures_and_tables(thirty):
    thirty.page.emulate_media(media="print")
    assert not thirty.page.locator(".toolbar").is_visible() and thirty.page.locator(".fit svg").is_visible()
    thirty.page.emulate_media(media="screen")


def test_every_control_has_a_name(thirty):
    nameless = thirty.page.evaluate(
        """[...document.querySelectorAll('button, input, select, [role=slider], svg[role=img]')].filter(n => n.getClientRects().length).filter(n =>
        !(n.textContent.trim() || n.getAttribute('aria-label') || n.title || n.closest('label'))).map(n => n.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
    assert thirty.page.locator("[aria-live]").count() == 1
    stops = thirty.page.locator(".handle.dot[tabindex='0']").count()
    assert stops == 1


CONTRASTS = """() => {
  const channels = text => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number), linear = v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = node => { for (let n = node; n; n = n.parentElement) { const c = channels(getComputedStyle(n).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const found = [];
  for (const node of document.querySelectorAll(".playground *")) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()), style = getComputedStyle(node);
    if (!own || !node.getClientRects().length || node.closest(":disabled, .sr, noscript, script, option") || style.visibility === "hidden") continue;
    const text = channels(node.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const [a, b] = [light(text), light(behind(node))].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push([node.className.baseVal ?? node.className, node.textContent.slice(0, 20), ratio]);
  }
  return found; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(browser, s_page, tmp_path, scheme):
    for html in (s_page, playground("x**2 + y**2", hidden=3).html()):
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme=scheme)
        page.goto(file.as_uri())
        page.locator(".headline", has_text="largest error").wait_for()
        assert page.evaluate(CONTRASTS) == []
        page.close()


def test_a_link_holds_the_network(browser, s_page, tmp_path):
    file = tmp_path / "page.html"
    with opened(browser, file, s_page) as play:
        assert "#" not in play.page.url
        play.do("store.apply({ c: 0.1, neurons: [{ w: 1 / 3, b: -5e-324, v: 1e300 / 1e299 }] })")
        play.page.wait_for_function("location.hash.length > 5")
        address, net = play.page.url, play.net()
        play.do("store.undo()")
        play.page.wait_for_function("!location.hash")
    for hash_, neurons in (
        (address.split("#")[1], net[1]),
        ("net=1;2,3", None),
        ("net=0;1,NaN,2", None),
        ("net=", None),
    ):
        page = browser.new_page()
        page.goto(f"{file.as_uri()}#{hash_}")
        found = page.evaluate("document.querySelector('.playground').playground.store.net.neurons")
        page.close()
        assert [(n["w"], n["b"], n["v"]) for n in found] == (neurons or [(-1, -2, 4), (1, 0, 2), (1, -2, 4.5)])


def test_points_are_drawn_and_trained_on(browser, tmp_path):
    page = playground(([-2, -1, 0, 1, 2], [4, 1, 0, 1, 4]), hidden=2)
    with opened(browser, tmp_path / "page.html", page) as play:
        play.settle()
        assert play.page.locator(".fit .point").count() == 5 and play.page.locator(".numbers .bar").is_visible()
        assert "3 pieces can go through all points" in play.text("exact")
        net = pwlin.Network.from_json(json.dumps(play.json()))
        errors = [net.exact(x) - x * x for x in range(-2, 3)]
        assert (play.sup, play.mse) == (max(map(abs, errors)), sum(e * e for e in errors) / 5)
        play.do("app.training.advance(2000)")
        assert play.state("app.errors.mse") < 0.3
        play.do("store.undo(); store.set({ norm: 'sup' })")
        play.page.click("[data-act=remove]")
        assert "2 pieces can do 1/2." in play.text("exact")
        assert "3 pieces can go through all points" in play.text("bar-note")
