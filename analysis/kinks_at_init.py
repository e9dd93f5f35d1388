"""Where the kinks of untrained networks fall: the laws of initialisation against exact counts.

Each network has one input and one hidden layer of ReLUs. A neuron bends at −b/w; its law, the share of kinks inside the
domain, and the share of dead neurons are known exactly, and counted exactly in drawn networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import pwlin
from analysis import _common as common
from pwlin.theory import initialisation
from pwlin.theory.initialisation import KinkLaw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
NAME, WIDTH, DOMAIN, BINS = "kinks_at_init", 20, (-3, 3), 48

Draw = Callable[[np.random.Generator], tuple[Floats, Floats]]
"""Weights and biases of a layer of `WIDTH` neurons."""


@dataclass(frozen=True)
class Start:
    """A way to draw the first layer, and the law of its kinks."""

    name: str
    law: KinkLaw
    draw: Draw


def _uniform(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return rng.uniform(-1, 1, WIDTH), rng.uniform(-1, 1, WIDTH)


def _gaussian(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return rng.normal(size=WIDTH), rng.normal(size=WIDTH)


def _slash(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return rng.normal(0, math.sqrt(2), WIDTH), rng.uniform(-1, 1, WIDTH)


def _zero(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return rng.normal(0, math.sqrt(2), WIDTH), np.zeros(WIDTH)


STARTS = (
    Start("PyTorch's default", initialisation.pytorch_default(), _uniform),
    Start("Gaussian weights and biases", initialisation.gaussian(), _gaussian),
    Start("He weights, uniform biases", initialisation.SlashKinks("1/2"), _slash),
    Start("He weights, zero biases", initialisation.he(), _zero),
)


def drawn(start: Start, seed: int) -> pwlin.PiecewiseLinear1D:
    """The function of one untrained network on the domain; the readout is random too."""
    rng = np.random.default_rng([seed, STARTS.index(start)])
    weight, bias = start.draw(rng)
    readout = rng.uniform(-1, 1, (1, WIDTH))
    network = pwlin.Network.from_arrays([weight[:, None], readout], [bias, [0]])
    return pwlin.extract(network, DOMAIN)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    seeds = found.seeds(2000, 80)
    here = replace(found, workers=0)  # each network takes a millisecond
    rows, places = [], {}
    for start in STARTS:
        functions = common.each(here, drawn, [(start, seed) for seed in seeds], start.name)
        places[start.name] = [float(k.location) for f in functions for k in f.kinks]
        for seed, f in zip(seeds, functions, strict=True):
            status = list(f.neuron_status().values())
            flips = sum(len(k.neurons) for k in (*f.kinks, *f.silent_breakpoints))
            rows.append(
                {
                    "start": start.name,
                    "seed": seed,
                    "neurons": WIDTH,
                    "kinks": len(f.kinks),
                    "flips": flips,
                    "pieces": f.n_pieces,
                    "dead": status.count("dead"),
                    "always_on": status.count("always_on"),
                }
            )
    found.table("networks", rows)
    laws = [_compared(start, [row for row in rows if row["start"] == start.name]) for start in STARTS]
    found.table("laws", laws)
    found.figure("kink_density", lambda figure: draw_density(figure, places), (10.0, 6.4))
    found.figure("kink_counts", lambda figure: draw_counts(figure, rows), (10.0, 6.4))
    farthest = max(
        abs(row["mean_flips"] - row["expected_flips"]) / row["standard_error_flips"]
        for row in laws
        if row["standard_error_flips"]
    )
    inside = ", ".join(f"{row['expected_flips']:.1f} ({row['start']})" for row in laws)
    return common.finished(
        found,
        f"Of {WIDTH} neurons so many bend in {list(DOMAIN)} at the start: {inside}; {len(seeds)} networks of each kind agree "
        f"with their laws to {farthest:.1f} standard errors.",
    )


def _compared(start: Start, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the law expects of a network, against the mean of the counts with its standard error."""
    probability = start.law.probability(DOMAIN)
    dead = start.law.dead(DOMAIN)
    flips, deads = ([row[kind] for row in rows] for kind in ("flips", "dead"))
    return {
        "start": start.name,
        "networks": len(rows),
        "expected_flips": float(WIDTH * probability),
        "expected_flips_exact": str(WIDTH * probability),
        "mean_flips": sum(flips) / len(flips),
        "standard_error_flips": _error(float(probability), len(rows)),
        "expected_dead": float(WIDTH * dead),
        "expected_dead_exact": str(WIDTH * dead),
        "mean_dead": sum(deads) / len(deads),
        "standard_error_dead": _error(float(dead), len(rows)),
        **common.summary((row["kinks"] for row in rows), "kinks"),
    }


def _error(probability: float, networks: int) -> float:
    """The standard error of the mean of binomial counts."""
    return math.sqrt(WIDTH * probability * (1 - probability) / networks)


def draw_density(figure: Figure, places: dict[str, list[float]]) -> None:
    """Histograms of kinks with the densities of the laws."""
    import sympy

    t = sympy.Symbol("t", real=True)
    for ax, start in zip(figure.subplots(2, 2, sharex=True).flat, STARTS, strict=True):
        drawn_here = places[start.name]
        edges = np.linspace(*DOMAIN, BINS + 1)
        heights = np.histogram(drawn_here, edges)[0] / (edges[1] - edges[0])
        if start.law == initialisation.he():
            ax.bar([0], [len(drawn_here)], width=0.1, color=common.COLOURS[0], label="exact count: all at 0")
            ax.set_ylabel("kinks")
            ax.set_ylim(0, 1.4 * len(drawn_here))
        else:
            total = len(drawn_here) / float(start.law.probability(DOMAIN))
            ax.stairs(
                heights / total, edges, fill=True, color=common.COLOURS[0], alpha=0.45, label="exact kinks of networks"
            )
            xs = np.linspace(*DOMAIN, 400)
            density = sympy.lambdify(t, start.law.formula(t), "numpy")
            ax.plot(xs, density(xs), color=common.INK, lw=1.8, label="law")
            ax.set_ylabel("density")
            ax.set_ylim(0, 1.4 * max((heights / total).max(), density(0.0001)))
        ax.set_xlabel("x")
        ax.set_title(start.name)
        ax.legend(loc="upper right")


def draw_counts(figure: Figure, rows: Sequence[dict[str, Any]]) -> None:
    """How many neurons flip inside the domain: counts against the binomial law."""
    k = np.arange(WIDTH + 1)
    for ax, start in zip(figure.subplots(2, 2).flat, STARTS, strict=True):
        here = [row["flips"] for row in rows if row["start"] == start.name]
        shares = np.bincount(here, minlength=WIDTH + 1) / len(here)
        p = float(start.law.probability(DOMAIN))
        binomial = [math.comb(WIDTH, j) * p**j * (1 - p) ** (WIDTH - j) for j in k.tolist()]
        ax.bar(k, shares, color=common.COLOURS[0], alpha=0.5, label=f"{len(here)} networks, exact counts")
        ax.plot(k, binomial, "o", color=common.INK, ms=4, label=f"binomial, {WIDTH} × {p:.4f}")
        ax.set(title=start.name, ylabel="share")
        ax.set_xlabel(f"neurons that flip inside {list(DOMAIN)}")
        ax.legend(loc="upper left")


if __name__ == "__main__":
    raise SystemExit(main())
