"""What the command `pwlin explain` takes, from the first to the last: ``python -m benchmarks.command_use``.

The yardstick is a Python process that imports NumPy, sympy and Matplotlib, and draws and saves as many figures of the same size
with as many axes, each with a curve, labels and a legend, once (`figures`). Both are what a user waits for, on all cores.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import pwlin
from benchmarks.machine import Figures, blas
from benchmarks.measure import timed
from benchmarks.processes import environment

REPEATS = 3
NAME = "commands"
_FIGURES = """
import numpy, sympy
from matplotlib import pyplot
for rows, columns, height in ((1, 1, 5.2), (1, 1, 4.6), (1, 1, 4.2), (9, 3, 12.9), (1, 1, 4.6), (1, 1, 3.6)):
    figure, axes = pyplot.subplots(rows, columns, figsize=(9, height), squeeze=False)
    for ax in axes.flat[:25]:
        ax.plot(numpy.linspace(-5, 5, 601), numpy.linspace(-5, 5, 601) ** 2, label="target")
    ax.set(xlabel="x", ylabel="f(x)", title="a network")
    ax.legend()
    figure.savefig(f"{rows}-{height}.png", dpi=160)
"""


@dataclass(frozen=True)
class Question:
    """A command, what it is measured against, and its most ratio."""

    name: str
    arguments: tuple[str, ...]
    most: float
    yardstick: str = "figures"


QUESTIONS = (
    Question("explain x**2", ("-m", "pwlin", "explain", "x**2", "--quiet", "--out", "out"), 2.5),
    Question("explain x**2 + y**2", ("-m", "pwlin", "explain", "x**2 + y**2", "--quiet", "--out", "out"), 3),
)


def measure() -> Figures:
    """Least seconds of every command, and the ratio to its yardstick."""
    with tempfile.TemporaryDirectory() as kept:
        yardstick = min(_seconds(kept, "-c", _FIGURES) for _ in range(REPEATS))
        least = [min(_seconds(kept, *question.arguments) for _ in range(REPEATS)) for question in QUESTIONS]
    rows = []
    for question, seconds in zip(QUESTIONS, least):
        rows.append({"name": question.name, "seconds": seconds, "yardstick": question.yardstick})
        rows[-1]["ratio"] = seconds / yardstick
    return {"name": NAME, "yardsticks": {"figures": yardstick}, "questions": rows}


def _seconds(kept: str, *arguments: str) -> float:
    """Seconds of a Python process in a folder of its own; `kept` is where byte code is, as beside what is installed."""
    values = {**environment(), "MPLBACKEND": "agg", "PYTHONPYCACHEPREFIX": kept, "PYTHONDONTWRITEBYTECODE": ""}
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, *arguments]
        return timed(lambda: subprocess.run(line, cwd=folder, env=values, check=True), time.perf_counter)[0]


def main() -> None:
    """Measure both commands."""
    print(json.dumps({"pwlin": pwlin.__version__, "blas": blas(), **measure()}))


if __name__ == "__main__":
    main()
