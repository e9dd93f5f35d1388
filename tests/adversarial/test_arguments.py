"""Odd values at every parameter of every public function and method: an answer, or a `PwlinError`; nothing else."""

import inspect

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pytest

import pwlin
from pwlin import PwlinError, bounds, constructions, plot, symbolic, theory
from tests.strategies import doors


@pytest.fixture(autouse=True)
def no_figures_stay():
    yield
    plt.close("all")


def parameters(function, valid):
    """The parameters that can be given by name, without ``**options``."""
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return dict.fromkeys(
        [n for n, p in inspect.signature(function).parameters.items() if p.kind not in kinds] + [*valid]
    )


def findings(door, function, valid):
    """What came out of odd values other than an answer or a `PwlinError`, and pictures that were left behind unfinished."""
    function(**valid)
    found = []
    for name in set(parameters(function, valid)) - doors.LONG:
        for what, value in doors.odd(door, name):
            plt.close("all")
            try:
                function(**{**valid, name: value})
            except PwlinError:
                if plt.get_fignums():
                    found.append(f"{name}={what}: refused, and left a figure behind")
            except OSError:
                if name != "path":  # no such file, or a folder
                    raise
            except Exception as error:  # noqa: BLE001
                found.append(f"{name}={what}: {type(error).__name__}: {error}"[:160])
    return found


@pytest.mark.filterwarnings("ignore::pwlin.base.errors.PwlinWarning")
@pytest.mark.parametrize("name", [name for name in doors.DOORS if name not in doors.CLOSED])
def test_odd_values_are_taken_or_refused_in_words(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert findings(name, *doors.DOORS[name](tmp_path)) == []


def test_every_public_function_is_here(tmp_path):
    rooms = {pwlin: pwlin.__all__, plot: plot.__all__, theory: theory.__all__, constructions: constructions.__all__,
             symbolic: symbolic.__all__, bounds: [n for n in vars(bounds) if getattr(vars(bounds)[n], "__module__", "") == bounds.__name__]}  # fmt: skip
    known = {id(make(tmp_path)[0]) for make in doors.DOORS.values()}
    for room, names in rooms.items():
        for name in set(names) - doors.NONE_TO_PASS:
            thing = getattr(room, name)
            if inspect.isfunction(thing) and not name.startswith("_"):
                assert id(thing) in known, f"{room.__name__}.{name}: give it a door in tests/strategies/doors.py"
