"""The progress bar: what it shows, and that it is silent where nobody can see it."""

import sys

from pwlin.base.progress import progress_bar


def test_a_bar_shows_what_is_done(capsys):
    with progress_bar("training", "step", 4) as bar:
        assert bar
        bar.advance(0, "compiling")
        bar.advance(3, "loss 1")
        bar.advance()
    shown = capsys.readouterr().err
    assert "training: 100%" in shown and "4/4" in shown and "compiling" in shown


def test_a_bar_without_an_end_counts_and_vanishes(capsys):
    with progress_bar("extract", " cells") as bar:
        bar.advance(7)
    shown = capsys.readouterr().err
    assert shown.startswith("\rextract: 0 cells") and shown.endswith("\r")


def test_nobody_sees_it(capsys, monkeypatch):
    with progress_bar("training", "step", 4, wanted=False) as bar:
        bar.advance(2, "note")
        assert not bar
    monkeypatch.setattr(sys, "stderr", None)
    with progress_bar("training", "step", 4) as bar:
        bar.advance()
        assert not bar
    assert capsys.readouterr() == ("", "")
