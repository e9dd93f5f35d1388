"""Playgrounds in a browser: how they are opened, and what is read from them."""

import json
import os
import shutil
from contextlib import contextmanager
from fractions import Fraction

import pytest

import pwlin

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DOMAIN = (-5, 5)


def needs_browser():
    """The driver, or the tests of a module are skipped: Playwright and Chromium are no requirements."""
    driver = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (pip install 'pwlin[browser]')"
    )
    return driver, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")


def launched(driver):
    """A browser, to be closed."""
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return driver.chromium.launch(executable_path=CHROMIUM, args=options)


def network(neurons, c=0):
    """The network c + sum of v relu(w x + b), from triples (w, b, v)."""
    if not neurons:
        return pwlin.Network.from_arrays([[[0]]], [[c]])
    w, b, v = zip(*neurons)
    return pwlin.Network.from_arrays([[[x] for x in w], [list(v)]], [list(b), [c]])


S = network([(-1, -2, 4), (1, 0, 2), (1, -2, 4.5)], 1)
"""Kinks at -2, 0 and 2; slopes -4, 0, 2 and 13/2."""


class Opened:
    """An open page with one playground, and short ways to what is on it."""

    def __init__(self, page):
        self.page = page

    def state(self, expression):
        """A JavaScript expression in `app` and its `store`."""
        return self.page.evaluate(
            f"(() => {{ const app = document.querySelector('.playground').playground, {{ store }} = app; return {expression}; }})()"
        )

    def do(self, statement):
        """Change something, and wait until it is drawn."""
        self.state(f"(() => {{ {statement}; }})()")
        self.settle()

    def settle(self):
        """Wait until sizes are seen, all is drawn, axes rest and exact numbers are there."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.page.wait_for_function(
            """() => { const app = document.querySelector('.playground').playground;
            return !app.waiting && !app.gliding && (app.exact || app.goal.epsilon || app.found === null); }"""
        )

    def reset(self):
        """As it opened, without a history."""
        self.do("app.reset()")

    def net(self):
        """The weights: c, and triples."""
        net = self.state("store.net")
        return net["c"], [(n["w"], n["b"], n["v"]) for n in net["neurons"]]

    def fractions(self, expression):
        return [Fraction(text) for text in self.state(f"{expression}.map(x => app.constructor.tools.Q.text(x))")]

    @property
    def kinks(self):
        return self.fractions("app.derived.parts.map(p => p.kink)")

    @property
    def slopes(self):
        return self.fractions("app.derived.regions.map(r => r.exactSlope)")

    @property
    def mse(self):
        self.settle()
        return self.fractions("[app.exact.mse]")[0]

    @property
    def sup(self):
        self.settle()
        return self.fractions("[app.exact.sup]")[0]

    def json(self):
        return json.loads(self.state("app.controls.json()"))

    def text(self, name):
        self.settle()
        return self.page.locator(f".{name}").first.inner_text()

    # -- the mouse -------------------------------------------------------------------------------

    def handle(self, picture, kind, index=0):
        """The middle of a handle, in pixels of the page."""
        box = self.page.evaluate(
            f"""(() => {{ const node = document.querySelector('.playground').playground.views.{picture}.handles.pools.{kind}[{index}];
            const b = node.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; }})()"""
        )
        return box

    def place(self, picture, x, y):
        """The pixel of the page at which a point of a picture is."""
        return self.page.evaluate(
            f"""(() => {{ const view = document.querySelector('.playground').playground.views.{picture}, b = view.overlay.getBoundingClientRect();
            return [b.left + view.X({x}), b.top + view.Y({y})]; }})()"""
        )

    def drag(self, start, end, steps=5):
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=steps)
        mouse.up()
        mouse.move(5, 5)
        self.settle()


@contextmanager
def opened(browser, file, playground, width=1400, height=900, **options):
    """A playground in a browser, where it must neither complain nor ask for anything."""
    file.write_text(playground if isinstance(playground, str) else playground.html(), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": height}, **options)
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    yield Opened(page)
    assert complaints == []
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    page.close()


def tool(play, body, argument=None):
    """Run JavaScript with the page's tools."""
    return play.page.evaluate(
        f"(data) => {{ const T = document.querySelector('.playground').playground.constructor.tools, {{ Q }} = T; {body} }}",
        argument,
    )
