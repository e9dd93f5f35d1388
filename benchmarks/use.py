"""What the first questions to a fresh complex take, in a process of their own: ``python -m benchmarks.use NAME``.

Each question is put to a function that has computed nothing yet. Its yardstick is what NumPy or SciPy needs for about the same in
float64, in the same run and likewise on one thread: the network at all vertices (`forward`) or at the points asked for (`points`), the
gradients of all regions (`gradients`), a sum over all regions (`forward` as well), or Matplotlib for the same polygons (`drawing`).
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
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import pwlin
from benchmarks.arrays import Arrays, Floats, evaluate
from benchmarks.cases import BY_NAME, Case
from benchmarks.machine import Figures, blas
from benchmarks.measure import domain, network, timed, warm_up

if TYPE_CHECKING:
    from pwlin import PiecewiseLinearND

SMALL, LARGE = "2-64-64-64", "2-256-256-256"
REPEATS = 3
FEW, MANY, MANY_REGIONS = 1000, 200_000, 10_000
ENOUGH = 1.0
"""Seconds after which a question is not asked again."""
BELL = "exp(-x**2 - y**2)"


@dataclass(frozen=True)
class Question:
    """What is asked, what it is measured against, and its most ratio on the small and on the large network; None: not asked."""

    name: str
    ask: Callable[[PiecewiseLinearND], object]
    yardstick: str
    most: tuple[float | None, float | None]


def _points(count: int) -> Floats:
    return np.random.default_rng(1).uniform(-1, 1, (count, 2))


def _picture(f: PiecewiseLinearND) -> None:
    import matplotlib.pyplot as plt

    plt.close(f.plot().figure)


def _sup(f: PiecewiseLinearND) -> object:
    return f.compare("x**2 + y**2").sup


@cache
def _other() -> PiecewiseLinearND:
    """Another function on the square."""
    return pwlin.extract(network(BY_NAME["2-16-16-16"]), [(-1, 1)] * 2)


@cache
def _rescaled(name: str) -> PiecewiseLinearND:
    """The same function, by a network whose first layer has other units and another order."""
    weights, biases = BY_NAME[name].make()
    weights[0], biases[0], weights[1] = 2 * weights[0][::-1], 2 * biases[0][::-1], weights[1][:, ::-1] / 2
    return pwlin.extract(pwlin.Network.from_arrays(weights, biases), domain(BY_NAME[name]))


def _equal(f: PiecewiseLinearND) -> None:
    assert f == _rescaled(SMALL if f.n_regions < MANY_REGIONS else LARGE)


def _exact_places(f: PiecewiseLinearND) -> None:
    for k in range(100):
        f((Fraction(1, 3), Fraction(k, 101)))


def _regions_at(f: PiecewiseLinearND) -> None:
    for k in range(100):
        f.region_at((Fraction(1, 3), Fraction(k, 101)))


QUESTIONS = (
    Question("numpy()", lambda f: f.numpy(), "gradients", (6, 0.8)),
    Question("len(kinks)", lambda f: len(f.kinks), "gradients", (6, 0.8)),
    Question("lipschitz()", lambda f: f.lipschitz(), "gradients", (6, 0.8)),
    Question("max()", lambda f: f.max(), "forward", (6, 0.8)),
    Question("level_set(0)", lambda f: f.level_set(0), "forward", (5, 0.7)),
    Question("1,000 float points", lambda f: f(_points(FEW)), "forward", (7, 0.5)),
    Question("200,000 float points", lambda f: f(_points(MANY)), "points", (1.5, 1)),
    Question("100 exact points", _exact_places, "forward", (17, 0.3)),
    Question("100 regions at exact points", _regions_at, "forward", (10, 0.25)),
    Question("float(integral())", lambda f: float(f.integral()), "forward", (20, 3)),
    Question("mse against x²+y²", lambda f: float(f.compare("x**2 + y**2").mse), "forward", (30, 4)),
    Question("volumes of all regions", lambda f: [r.volume for r in f.regions], "forward", (75, 8)),
    Question("dual_graph()", lambda f: f.dual_graph(), "forward", (30, 6)),
    Question("to_dataframe()", lambda f: f.to_dataframe(), "forward", (90, 16)),
    Question("len(vertices)", lambda f: len(f.vertices), "forward", (1, 1)),
    Question("sup against x²+y²", _sup, "forward", (18, 1.6)),
    Question("sup against x⁴+y⁴", lambda f: f.compare("x**4 + y**4").sup, "forward", (15, 1.2)),
    Question("sup against exp(-x²-y²)", lambda f: f.compare(BELL).sup, "forward", (120, None)),
    Question("L1 against exp(-x²-y²)", lambda f: f.compare(BELL).l1, "forward", (160, 14)),
    Question("L1 against x²+y²", lambda f: f.compare("x**2 + y**2").l1, "forward", (170, None)),
    Question("decision_boundary(other)", lambda f: f.decision_boundary(_other()), "forward", (20, 1.5)),
    Question("== with units rescaled", _equal, "forward", (6, 0.4)),
    Question("plot()", _picture, "drawing", (6, 4)),
)


def questions(name: str) -> list[Question]:
    """Those to a network."""
    return [question for question in QUESTIONS if question.most[name == LARGE] is not None]


def measure(case: Case) -> Figures:
    """Least seconds of every question, and the ratio to its yardstick."""
    warm_up(case)
    _other().compare(BELL).l1  # noqa: B018  sympy and SciPy are loaded
    _rescaled(case.name)
    net, arrays = network(case), case.make()
    first = pwlin.extract(net, domain(case), method="fast", workers=1)
    yardsticks = {name: min(work() for _ in range(REPEATS)) for name, work in _yardsticks(first, arrays).items()}
    rows = []
    for question in questions(case.name):
        seconds = []
        while len(seconds) < REPEATS and sum(seconds) < ENOUGH:
            f = pwlin.extract(network(case), domain(case), method="fast", workers=1)
            seconds.append(timed(lambda f=f, ask=question.ask: ask(f))[0])
        yardstick = yardsticks[question.yardstick]
        rows.append({"name": question.name, "seconds": min(seconds), "yardstick": question.yardstick})
        rows[-1]["ratio"] = min(seconds) / yardstick
    return {"name": case.name, "regions": first.n_regions, "yardsticks": yardsticks, "questions": rows}


def _yardsticks(f: PiecewiseLinearND, arrays: Arrays) -> dict[str, Callable[[], float]]:
    """What measures each yardstick once."""
    vertices, many = _points(f.n_vertices), _points(MANY)
    patterns = [np.array(layer) for layer in zip(*(f.regions[k].pattern for k in range(f.n_regions)))]
    rng = np.random.default_rng(2)
    polygons = [rng.uniform(-1, 1, (4, 2)) for _ in range(f.n_regions)]
    return {
        "forward": lambda: timed(lambda: evaluate(arrays, vertices))[0],
        "points": lambda: timed(lambda: evaluate(arrays, many))[0],
        "gradients": lambda: timed(lambda: _gradients(arrays, patterns))[0],
        "drawing": lambda: timed(lambda: _drawn(polygons))[0],
    }


def _gradients(arrays: Arrays, patterns: list[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]) -> Floats:
    """The gradients of all regions, backwards through the layers."""
    weights, _ = arrays
    rows = np.broadcast_to(weights[-1][0], patterns[-1].shape)
    for w, active in zip(weights[-2::-1], patterns[::-1]):
        rows = (rows * active) @ w
    return rows


def _drawn(polygons: list[Floats]) -> None:
    """Matplotlib's part of a picture: polygons of four corners, each with its colour, into axes."""
    import matplotlib.pyplot as plt
    from matplotlib.collections import PolyCollection

    figure, ax = plt.subplots()
    colours = np.random.default_rng(3).uniform(size=(len(polygons), 3))
    ax.add_collection(PolyCollection(polygons, facecolors=colours, edgecolors=colours, rasterized=True), autolim=False)
    plt.close(figure)


def main() -> None:
    """Measure one case."""
    import matplotlib

    matplotlib.use("Agg")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=(SMALL, LARGE))
    result = measure(BY_NAME[parser.parse_args().name])
    print(json.dumps({"pwlin": pwlin.__version__, "blas": blas(), **result}))


if __name__ == "__main__":
    main()
