"""What best approximations of formulas take, in a process of its own: ``python -m benchmarks.best_use TARGET``.

The yardstick is what SciPy needs in float64, in the same run and on one thread, to fit a spline of degree 1 with 64 pieces
by least squares to a hundred values for each piece, with knots that are given (`spline`): here knots are best ones, and the
error is proved.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import pwlin
from benchmarks.arrays import Floats
from benchmarks.machine import Figures, blas
from benchmarks.measure import timed

REPEATS = 3
DOMAIN, PIECES = (-1, 1), 64
EXP, RUNGE = "exp(x)", "1/(1 + 25*x**2)"
TARGETS: dict[str, Callable[[Floats], Floats]] = {EXP: np.exp, RUNGE: lambda x: 1 / (1 + 25 * x**2)}


def _best(target: str, pieces: int, norm: str) -> object:
    return pwlin.best_approximation(target, DOMAIN, pieces, norm=norm)


@dataclass(frozen=True)
class Question:
    """What is asked of a target, what it is measured against, and its most ratio for each target."""

    name: str
    ask: Callable[[str], object]
    yardstick: str
    most: dict[str, float]


QUESTIONS = (
    Question("sup, 64 pieces", lambda t: _best(t, PIECES, "sup"), "spline", {EXP: 25, RUNGE: 75}),
    Question("l2, 16 pieces", lambda t: _best(t, PIECES // 4, "l2"), "spline", {EXP: 60, RUNGE: 60}),
)


def measure(target: str) -> Figures:
    """Least seconds of every question, and the ratio to its yardstick."""
    _best(target, 2, "l2")  # sympy and SciPy are loaded
    yardstick = min(timed(lambda: _spline(TARGETS[target]))[0] for _ in range(20))
    rows = []
    for question in QUESTIONS:
        seconds = min(timed(lambda ask=question.ask: ask(target))[0] for _ in range(REPEATS))
        rows.append({"name": question.name, "seconds": seconds, "yardstick": question.yardstick})
        rows[-1]["ratio"] = seconds / yardstick
    return {"name": target, "pieces": PIECES, "yardsticks": {"spline": yardstick}, "questions": rows}


def _spline(target: Callable[[Floats], Floats]) -> object:
    from scipy.interpolate import make_lsq_spline

    x = np.linspace(*DOMAIN, 100 * PIECES)
    knots = np.linspace(*DOMAIN, PIECES + 1)
    return make_lsq_spline(x, target(x), np.concatenate([knots[:1], knots, knots[-1:]]), k=1)


def main() -> None:
    """Measure one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=tuple(TARGETS))
    result = measure(parser.parse_args().target)
    print(json.dumps({"pwlin": pwlin.__version__, "blas": blas(), **result}))


if __name__ == "__main__":
    main()
