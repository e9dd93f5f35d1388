"""Nothing waits for a compiler: the search in rationals goes on until the kernel can take over."""

import subprocess
import sys

import pytest

from pwlin.extraction.cells import kernel, patience
from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.rational import cell_complex
from pwlin.geometry.domain import as_polytope
from tests.strategies.networks import pytorch_style

SQUARE = [(-1, 1)] * 2


@pytest.fixture
def state(monkeypatch):
    """Say how far the kernel is."""

    def say(ready, compiled):
        monkeypatch.setattr(kernel, "is_ready", lambda: ready)
        monkeypatch.setattr(kernel, "is_compiled", lambda: compiled)

    return say


def stops(until):
    """The first number of cells at which a search would stop."""
    return next(cells for cells in range(10**6) if until(cells))


def test_expensive_cells_make_less_patience(state):
    small, large = pytorch_style((2, 8, 1), 1), pytorch_style((2, 300, 300, 1), 1)
    state(True, True)
    assert patience.patience(small) is None
    state(False, True)
    assert 1000 > stops(patience.patience(small)) > stops(patience.patience(large)) > 0


class Process:
    """One that ends after so many looks at it."""

    def __init__(self, looks):
        self.looks = looks

    def poll(self):
        self.looks -= 1
        return 0 if self.looks < 0 else None


@pytest.mark.parametrize("ask", [lambda *a: extract_cells(*a)[0].n_regions, count_regions])
def test_rationals_go_on_until_the_compiler_is_done(state, monkeypatch, ask, capsys):
    net = pytorch_style((2, 24, 24, 1), 1)
    expected = count_regions(net, SQUARE, method="fast")
    state(False, False)
    monkeypatch.setattr(patience, "_COMPILING", 0.001)
    asked = []
    monkeypatch.setattr(patience, "_compiler", lambda: asked.append(1) or Process(3))
    taken = []
    for name in ("cell_complex", "count"):
        whole = getattr(kernel, name)
        monkeypatch.setattr(kernel, name, lambda *a, whole=whole: taken.append(1) or whole(*a))
    monkeypatch.setattr(kernel, "_say_that_it_is_compiled", lambda found: None)
    assert ask(net, SQUARE) == expected > 200
    assert asked == taken == [1]
    monkeypatch.setattr(patience, "_compiler", lambda: Process(10**9))
    assert ask(net, SQUARE) == expected  # all in rationals
    assert taken == [1]
    monkeypatch.setattr(patience, "_compiler", lambda: None)
    assert ask(net, SQUARE) == expected  # no process to be had: compiled here
    assert taken == [1, 1]


def test_what_is_given_up_is_not_counted():
    net, told = pytorch_style((2, 8, 1), 1), []
    assert cell_complex(net, as_polytope(SQUARE, 2), told.append, lambda cells: cells >= 5) is None
    assert sum(told) == 0 < len(told)


def test_a_process_of_its_own_compiles():
    process = patience._compiler()
    assert process is not None and process.wait(300) == 0
    assert kernel.is_compiled()


def test_there_may_be_no_interpreter(monkeypatch):
    for nowhere in (None, "/nowhere/python"):
        monkeypatch.setattr(sys, "executable", nowhere)
        assert patience._compiler() is None
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        patience._compiler()
