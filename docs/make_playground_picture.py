"""Make the README's picture of the playground: x² and three ReLUs, of which the left one still has to be pulled.

Run it as ``python docs/make_playground_picture.py`` when the page changes; it needs ``pip install "pwlin[browser]"`` and Chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import pwlin

IMAGE = Path(__file__).resolve().parent / "images" / "playground.png"
MOVES = """() => {
  const app = document.querySelector(".playground").playground, { store } = app;
  store.apply({ c: 1, neurons: [{ w: -1, b: -2, v: 4 }, { w: 1, b: 0, v: 2 }, { w: 1, b: -2, v: 4.5 }] });
  store.select(1);
}"""


def main() -> None:
    """Write the picture."""
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = Path(folder) / "page.html"
        pwlin.playground("x**2").save(path)
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(path.as_uri())
        page.evaluate(MOVES)
        page.wait_for_function(
            "(() => { const app = document.querySelector('.playground').playground; return app.exact && !app.waiting; })()"
        )
        page.wait_for_timeout(600)  # the page says its sentence
        page.screenshot(path=IMAGE)
        browser.close()


if __name__ == "__main__":
    main()
