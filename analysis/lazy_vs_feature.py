"""Lazy against feature learning: how far kinks move, by the scale of the target relative to the start.

A network g starts at f₀ and learns f₀ + c·x². A small c is a large initial scale in disguise (scale the network's departure
from its start by 1/c): then weights hardly move, kinks stay where the initialisation put them, and only slopes are learnt.
With a large c the kinks travel. The learnt departure h = (g − f₀)/c is an exact function, and its error against x² is exact.
(Chizat, Oyallon, Bach: On lazy training in differentiable programming, NeurIPS 2019, for the scale.)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

import pwlin
from analysis import _common as common

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAME, DOMAIN = "lazy_vs_feature", (-2, 2)
WIDTH, RATE = 30, 0.005
SCALES = tuple(Fraction(2) ** k for k in range(-6, 5, 2))


def trained(
    scale: Fraction, seed: int, steps: int, snapshots: int
) -> tuple[pwlin.TrainingRun, pwlin.PiecewiseLinear1D]:
    """The run, and the function it started from."""
    start = pwlin.train("x", DOMAIN, (WIDTH,), steps=0, seed=seed, progress=False).network

    def target(x: Floats) -> Floats:
        return start(x) + float(scale) * x**2

    run = pwlin.train(
        target,
        DOMAIN,
        (WIDTH,),
        optimizer="sgd",
        lr=RATE,
        steps=steps,
        batch=64,
        seed=seed,
        record_every=max(steps // snapshots, 1),
        progress=False,
    )
    return run, pwlin.extract(start, DOMAIN)


def places(network: pwlin.Network) -> list[Fraction | None]:
    """Where each neuron flips, exactly; None for a weight of zero."""
    layer = network.hidden[0]
    pairs = zip(layer.weight_integers[:, 0].tolist(), layer.bias_integers.tolist(), strict=True)
    return [Fraction(-int(b), int(w)) if w else None for w, b in pairs]


def measure(scale: Fraction, seed: int, steps: int) -> dict[str, Any]:
    """One run's departure from its start."""
    run, before = trained(scale, seed, steps, 1)
    first, last = run.networks[0], run.network
    h = (pwlin.extract(last, DOMAIN) - before) / scale
    moved = [
        abs(b - a)
        for a, b in zip(places(first), places(last), strict=True)
        if a is not None and b is not None and DOMAIN[0] < a < DOMAIN[1]
    ]
    flat = [
        np.concatenate([layer.weight_integers.astype(float).ravel() / layer.denominator for layer in n.layers])
        for n in (first, last)
    ]
    compared = h.compare("x**2")
    return {
        "scale": scale,
        "seed": seed,
        "kinks_inside_at_start": len(moved),
        "moved_mean": float(sum(moved, Fraction(0)) / max(len(moved), 1)),
        "moved_most": float(max(moved, default=Fraction(0))),
        "weights_moved": float(np.linalg.norm(flat[1] - flat[0]) / np.linalg.norm(flat[0])),
        "mse": float(compared.mse),
        "effective_pieces": float(compared.effective_pieces),
        "diverged": run.diverged,
        "mse_exact": compared.mse,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    scales = SCALES[::2] if found.quick else SCALES
    steps = 1500 if found.quick else 20000
    seeds = found.seeds(12, 3)
    rows = common.each(found, measure, [(scale, seed, steps) for scale in scales for seed in seeds], NAME)
    found.table("runs", rows)
    quantiles = []
    for scale in scales:
        here = [row for row in rows if row["scale"] == scale]
        line: dict[str, Any] = {"scale": scale, "runs": len(here)}
        for name in ("moved_mean", "weights_moved", "mse", "effective_pieces"):
            line |= common.summary((row[name] for row in here), name)
        quantiles.append(line)
    found.table("quantiles", quantiles)
    ends = [trained(scale, seeds[0], steps, 20 if found.quick else 150)[0] for scale in (scales[0], scales[-1])]
    found.figure("by_scale", lambda figure: draw(figure, quantiles), (11.0, 3.9))
    found.figure("kink_paths", lambda figure: draw_paths(figure, ends, (scales[0], scales[-1])), (11.0, 4.6))
    low, high = quantiles[0], quantiles[-1]
    return common.finished(
        found,
        f"From c = {low['scale']} to {high['scale']} the median distance that a kink moves grows from "
        f"{low['moved_mean_median']:.2g} to {high['moved_mean_median']:.2g}, and effective pieces go from "
        f"{low['effective_pieces_median']:.1f} to {high['effective_pieces_median']:.1f}.",
    )


def draw(figure: Figure, quantiles: Sequence[dict[str, Any]]) -> None:
    """Movement and error against the scale."""
    scales = [float(row["scale"]) for row in quantiles]
    runs = quantiles[0]["runs"]
    titles = {
        "moved_mean": "kinks: mean distance moved",
        "weights_moved": "weights: relative change",
        "effective_pieces": "effective pieces of the departure",
    }
    for k, (ax, (name, title)) in enumerate(zip(figure.subplots(1, 3), titles.items(), strict=True)):
        common.band(
            ax, scales, quantiles, name, common.COLOURS[k], f"median, 10–90 % of {runs} seeds", marker="o", ms=4
        )
        ax.set(xscale="log", title=title, ylabel=title, xlabel="scale c: lazy ← → feature learning")
        if name != "effective_pieces":
            ax.set_yscale("log")
        ax.grid(alpha=0.25)
        ax.legend(loc="upper left" if name != "weights_moved" else "lower right")


def draw_paths(figure: Figure, runs: Sequence[pwlin.TrainingRun], scales: Sequence[Fraction]) -> None:
    """The kinks of one seed through training, at both ends of the scale."""
    for ax, run, scale in zip(figure.subplots(1, 2, sharey=True), runs, scales, strict=True):
        pwlin.plot.kink_paths(run, ax=ax, title=f"c = {scale}")


if __name__ == "__main__":
    raise SystemExit(main())
