"""One browser for all pages of these tests."""

import pytest

from tests.app.touch.pages import S, launched, needs_browser, opened


@pytest.fixture(scope="session")
def browser():
    driver, _ = needs_browser()
    with driver.sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def s_page():
    from pwlin.app.touch import playground

    return playground(S, "x**2").html()


@pytest.fixture
def play(browser, s_page, tmp_path):
    """The playground of S against x**2."""
    with opened(browser, tmp_path / "page.html", s_page) as page:
        page.settle()
        yield page
