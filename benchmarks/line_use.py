"""What the algebra of functions of one variable takes, in a process of its own: ``python -m benchmarks.line_use NAME``.

A function of many pieces, folded by tents or through random points, is added, composed, asked for its roots and compared. The
yardsticks are what NumPy needs in float64, in the same run and on one thread: the sum of the two by interpolation at all
breakpoints of either, sorted together (`merge`), and the JSON text of the same numbers (`text`).
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

import pwlin
from benchmarks.machine import Figures, blas
from benchmarks.measure import timed
from pwlin import PiecewiseLinear1D

REPEATS = 5
TENTS, RANDOM = "tents", "random points"
MEASURED = 1 << 16
"""Pieces of what has limits."""
SIZES = {TENTS: (1 << 10, MEASURED, 1 << 20), RANDOM: (1 << 10, MEASURED)}
"""How times grow with the number of pieces."""
Pair = tuple[PiecewiseLinear1D, PiecewiseLinear1D]
_HAT = PiecewiseLinear1D.from_points([0, "1/3", 1], [0, 1, 0])


@dataclass(frozen=True)
class Question:
    """What is asked of two functions, what it is measured against, and its most ratio for tents and for random points."""

    name: str
    ask: Callable[[Pair], object]
    yardstick: str
    most: dict[str, float]


QUESTIONS = (
    Question("f + g", lambda p: p[0] + p[1], "merge", {TENTS: 4, RANDOM: 150}),
    Question("f.maximum(g)", lambda p: p[0].maximum(p[1]), "merge", {TENTS: 10, RANDOM: 350}),
    Question("hat @ f", lambda p: _HAT @ p[0], "merge", {TENTS: 65, RANDOM: 350}),
    Question("f @ hat", lambda p: p[0] @ _HAT, "merge", {TENTS: 30, RANDOM: 90}),
    Question("f.roots()", lambda p: (p[0] - Fraction(1, 3)).roots(), "merge", {TENTS: 30, RANDOM: 120}),
    Question("f.max()", lambda p: p[0].max(), "merge", {TENTS: 20, RANDOM: 130}),
    Question("f.integral()", lambda p: p[0].integral(), "merge", {TENTS: 13, RANDOM: 80}),
    Question("len(f.kinks)", lambda p: len(p[0].kinks), "merge", {TENTS: 0.2, RANDOM: 0.2}),
    Question("f.compare(x²).sup", lambda p: p[0].compare("x**2").sup, "merge", {TENTS: 6, RANDOM: 14}),
    Question("f.compare(x²).mse", lambda p: p[0].compare("x**2").mse, "merge", {TENTS: 45, RANDOM: 160}),
    Question("f.compare(x²).l1", lambda p: p[0].compare("x**2").l1, "merge", {TENTS: 600, RANDOM: 600}),
    Question("f.to_json()", lambda p: p[0].to_json(), "text", {TENTS: 14, RANDOM: 3}),
)


def _same(f: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """The function, with nothing computed yet."""
    return PiecewiseLinear1D(f._interval, f._breaks, f._slopes, f._intercepts, f._activity)


def _pair(kind: str, pieces: int) -> Pair:
    if kind == TENTS:
        f = pwlin.extract(pwlin.constructions.tent(pieces.bit_length() - 1), (0, 1))
        return f, f * Fraction(1, 3)
    rng = np.random.default_rng(7)
    xs = np.sort(rng.uniform(0, 1, (2, pieces + 1)))
    xs[:, 0], xs[:, -1] = 0, 1
    return tuple(PiecewiseLinear1D.from_points(x, rng.uniform(0, 1, pieces + 1)) for x in xs)  # type: ignore[return-value]


def measure(kind: str, pieces: int) -> Figures:
    """Least seconds of every question, and the ratio to its yardstick."""
    f, g = _pair(kind, pieces)
    _HAT.compare("x**2").sup  # noqa: B018  sympy is loaded
    yardsticks = {name: min(work() for _ in range(REPEATS)) for name, work in _yardsticks(f, g).items()}
    rows = []
    for question in QUESTIONS:
        seconds = []
        for _ in range(REPEATS if pieces <= MEASURED else 1):
            pair = _same(f), _same(g)
            seconds.append(timed(lambda pair=pair, ask=question.ask: ask(pair))[0])
        rows.append({"name": question.name, "seconds": min(seconds), "yardstick": question.yardstick})
        rows[-1]["ratio"] = min(seconds) / yardsticks[question.yardstick]
    return {"name": kind, "pieces": f.n_pieces, "yardsticks": yardsticks, "questions": rows}


def _yardsticks(f: PiecewiseLinear1D, g: PiecewiseLinear1D) -> dict[str, Callable[[], float]]:
    """What measures each yardstick once."""
    ends = [[0.0, *h.numpy()[0].tolist(), 1.0] for h in (f, g)]
    (x, y), (u, v) = ((np.array(e), h(np.array(e))) for e, h in zip(ends, (f, g)))
    numbers = [column.tolist() for column in f.numpy()]
    return {
        "merge": lambda: timed(lambda: (z := np.union1d(x, u), np.interp(z, x, y) + np.interp(z, u, v)))[0],
        "text": lambda: timed(lambda: json.dumps(numbers))[0],
    }


def main() -> None:
    """Measure functions of one kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=tuple(SIZES))
    parser.add_argument("--pieces", type=int, default=MEASURED)
    options = parser.parse_args()
    result = measure(options.kind, options.pieces)
    print(json.dumps({"pwlin": pwlin.__version__, "blas": blas(), **result}))


if __name__ == "__main__":
    main()
