"""A report from Python: the same folder as the command's, for functions of one variable and of several."""

import pytest

import pwlin
from pwlin import PiecewiseLinear1D, PwlinError
from pwlin.theory.constructions import hat


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    for kind in ("line", "cells"):
        monkeypatch.setattr(f"pwlin.app.reporting.{kind}.pictures.draw", lambda found, picture_format: iter(()))


def test_a_function_is_shown_and_explained(tmp_path):
    path = pwlin.report(pwlin.extract(hat(), (-2, 2)), "1/2 - abs(x)/2", out=tmp_path / "new")
    page = path.read_text(encoding="utf-8")
    assert path == tmp_path / "new" / "report.html" and "1/2 = 0.5" in page and "4 straight pieces" in page
    assert pwlin.Network.load(path.with_name("network.npz")) == hat()
    with pytest.raises(PwlinError, match="already holds"):
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
        ({"picture_format": "pdf"}, "picture_format"),
        ({"force": 1}, "force"),
    ],
)
def test_what_is_refused(arguments, word, tmp_path):
    usual = {"f": pwlin.extract(hat()), "out": tmp_path / "out"}
    with pytest.raises(PwlinError, match=word):
        pwlin.report(**(usual | arguments))
    assert not (tmp_path / "out").exists()
