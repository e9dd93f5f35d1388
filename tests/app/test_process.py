"""The `pwlin` command as a process of its own: closed streams, odd names, and Ctrl-C at any time."""

import os
import subprocess
import sys

import pytest

import pwlin
from tests.strategies.effort import few

HAT = pwlin.Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and streams as POSIX has them")


@pytest.fixture
def hat(tmp_path):
    HAT.save(tmp_path / "hat.npz")
    return tmp_path / "hat.npz"


def command(*arguments):
    return [sys.executable, "-m", "pwlin", *arguments]


def shell(text, folder, **environment):
    """A line of shell, in which $pwlin is the command, in a folder."""
    values = os.environ | {"pwlin": f"{sys.executable} -m pwlin"} | environment
    return subprocess.run(["bash", "-c", text], cwd=folder, env=values, capture_output=True, timeout=120)


def test_names_that_the_locale_cannot_write(hat):
    name = "Größe" + b"\xff\xfe".decode("utf-8", "surrogateescape")
    line = [os.fsencode(a) for a in command("extract", "hat.npz", "--out", name)]
    done = subprocess.run(line, cwd=hat.parent, env=os.environ | ASCII, capture_output=True, timeout=120)
    assert done.returncode == 0 and done.stderr == b"" and b"report.html" in done.stdout
    page = (hat.parent / name / "report.html").read_text(encoding="utf-8")
    assert "pwlin extract hat.npz" in page and len(list((hat.parent / name).iterdir())) == 8


@pytest.mark.parametrize("closing", few(["<&- >&- 2>&-", "2>&-", "| true"], 2))
def test_closed_streams_and_pipes_lose_no_file(hat, closing):
    done = shell(f"$pwlin extract hat.npz --out out {closing}", hat.parent)
    assert done.returncode == 0 and b"Traceback" not in done.stderr and b"Error" not in done.stderr
    assert len(list((hat.parent / "out").iterdir())) == 8


def test_a_full_standard_output_is_named_and_loses_no_file_without_a_window_system_too(hat):
    done = shell("$pwlin extract hat.npz --out out > /dev/full", hat.parent, MPLBACKEND="nowhere")
    assert done.returncode == 1 and done.stderr == b"pwlin extract: error: standard output: No space left on device\n"
    assert len(list((hat.parent / "out").iterdir())) == 8


@pytest.mark.parametrize("asked", few(["--help", "extract --help", "--version"], 1))
def test_so_it_is_when_help_is_asked_for(tmp_path, asked):
    done = shell(f"$pwlin {asked} > /dev/full", tmp_path)
    assert done.returncode == 1 and done.stderr == b"pwlin: error: standard output: No space left on device\n"
    assert shell(f"$pwlin {asked} | head -c 0", tmp_path).stderr == b""


@pytest.mark.parametrize("closing", few(["2>/dev/full", "2>&-"], 1))
def test_an_error_that_nobody_can_read_has_its_status(hat, closing):
    assert shell(f"$pwlin extract nowhere.npz {closing}", hat.parent).returncode == 2


PRESSED = """
import os, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["PRESSED"]:  # in code from text, as that of dataclasses is: Python remembers such a Ctrl-C
            exec("import signal; signal.raise_signal(signal.SIGINT)")

sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    "module", few(["numpy", "flint", "pwlin.training.descent", "sympy", "matplotlib.backends.backend_agg"], 3)
)
def test_ctrl_c_during_imports_is_one_line_and_leaves_nothing_half_written(module, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(PRESSED)
    places = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    line = command("explain", "x**2", "--hidden", "2", "--steps", "20", "--out", "out")
    values = os.environ | {"PYTHONPATH": places, "PRESSED": module}
    done = subprocess.run(line, cwd=tmp_path, env=values, capture_output=True, text=True, timeout=120)
    assert done.returncode == 130 and done.stderr.count("\n") == 1 and "interrupted" in done.stderr
    left = {"network.npz"} if module.startswith("matplotlib") else set()  # training is over by then
    assert {p.name for p in tmp_path.glob("out/*")} == left
