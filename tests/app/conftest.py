"""One browser for all pages of these tests: its driver must not run twice at once."""

import pytest

from tests.app.touch.pages import launched, needs_browser


@pytest.fixture(scope="session")
def browser():
    driver, _ = needs_browser()
    with driver.sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
