"""A report from Python: the same folder as the command's, for functions of one variable and of several."""

import pytest

import pwlin
from pwlin import PiecewiseLinear1D, PwlinError
from pwlin.app import page
from pwlin.theory.constructions import hat


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    for kind in ("line", "cells"):
        monkeypatch.setattr(f"pwlin.app.reporting.{kind}.pictures.stems", lambda found: [])


def test_a_function_is_shown_and_explained(tmp_path):
    path = pwlin.report(pwlin.extract(hat(), (-2, 2)), "1/2 - abs(x)/2", out=tmp_path / "new")
    text = path.read_text(encoding="utf-8")
    assert path == tmp_path / "new" / "report.html" and "1/2 = 0.5" in text and "4 straight pieces" in text
    assert pwlin.Network.load(path.with_name("network.npz")) == hat()
    with pytest.raises(PwlinError, match=r"^out: found .* already holds .*force=True"):
        pwlin.report(pwlin.extract(hat(), (-2, 2)), out=tmp_path / "new")
    assert pwlin.report(pwlin.extract(hat()), out=tmp_path / "new", force=True) == path


def test_a_run_tells_its_target_and_how_it_went(tmp_path):
    run = pwlin.train("x*y", [(-1, 1), (-1, 1)], (2,), steps=120, progress=False)
    page = pwlin.report(run.functions()[-1], run=run, out=tmp_path / "plane").read_text(encoding="utf-8")
    assert "x*y" in page and "Training only ever saw random points" in page and "--seed" not in page


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"f": PiecewiseLinear1D.from_points([0, 1], [0, 1])}, "f: found"),
        ({"f": 3}, "f: found 3"),
        ({"run": 3}, "run: found 3"),
        ({"target": "x**2"}, "unbounded"),
        ({"out": 3}, "out: found"),
        ({"out": "/proc/nowhere/here"}, "out: found '/proc/nowhere/here', which cannot be made"),
        ({"picture_format": "pdf"}, "picture_format"),
        ({"force": 1}, "force"),
    ],
)
def test_what_is_refused(arguments, word, tmp_path):
    usual = {"f": pwlin.extract(hat()), "out": tmp_path / "out"}
    with pytest.raises(PwlinError, match=word):
        pwlin.report(**(usual | arguments))
    assert not (tmp_path / "out").exists()


def test_points_are_reported_with_exact_errors_and_the_best_possible(tmp_path):
    # the hat misses (0, 3) by 5/2; two values at one place leave 2 to any function
    points = ([-1, 0, 0, 1], [0, 3, -1, "1/2"])
    page = pwlin.report(pwlin.extract(hat(), (-2, 2)), points, out=tmp_path / "line").read_text(encoding="utf-8")
    assert "How ReLUs follow 4 points" in page and "off by 2.5 at most, at x = 0" in page
    assert "can come as close as 2 to every point, and no closer" in page
    exact = pwlin.report(pwlin.extract(hat(), (-2, 2)), ([-1, 0], [0, "1/2"]), out=tmp_path / "exact")
    assert "At every point the network takes the very value" in exact.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("batch", "words"), [(4, "Each step took all 3 points"), (2, "Each step drew 2 points from the 3")]
)
def test_a_run_on_points_says_what_it_saw(tmp_path, batch, words):
    run = pwlin.train(([[0, 0], [1, 0], [0, 2]], [1, 2, 3]), hidden=(2,), steps=3, batch=batch, progress=False)
    page = pwlin.report(run.functions()[-1], run=run, out=tmp_path / "plane").read_text(encoding="utf-8")
    assert words in page and "Over the 3 points the network is off by" in page and "random points" not in page


def test_numbers_on_a_page_have_minus_signs_and_commands_keep_theirs():
    assert (
        page.written("from -2.5 to -1/3, [-5, 5], 1e-05, 1-20-1, x-2")
        == "from −2.5 to −1/3, [−5, 5], 1e-05, 1-20-1, x-2"
    )
    made = page.Page("f on [-1, 1]", "", (), (), settings=(("command", "pwlin explain x --domain -1 1"),)).html()
    assert "<title>f on [−1, 1]</title>" in made and "--domain -1 1" in made
