"""The playground that most tests play with."""

import pytest

from tests.app.touch.pages import S, opened


@pytest.fixture(scope="session")
def s_page():
    from pwlin.app.touch import playground

    return playground(S, "x**2").html()


@pytest.fixture(scope="module")
def s_open(browser, s_page, tmp_path_factory):
    with opened(browser, tmp_path_factory.mktemp("page") / "page.html", s_page) as page:
        page.settle()
        yield page


@pytest.fixture
def play(s_open):
    """The playground of S against x**2, as it opens."""
    s_open.reset()
    return s_open
