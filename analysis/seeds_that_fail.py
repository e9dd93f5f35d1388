"""Why 1-2-1 networks get stuck on x²: every seed classified by the exact final state of its two neurons.

The best network has two kinks at ±5/3 that open outward, and mean squared error 10⁴/(180·81) ≈ 0.686 on [−5, 5]. A neuron
is lost when it is dead there, or always on (it only adds a line); two neurons that open to the same side can bend only one
arm of the parabola. A dead neuron of the first layer gets no gradient; the others can come back, but rarely do. States are
read off exactly: no thresholds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pwlin
from analysis import _common as common

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TARGET, DOMAIN = "seeds_that_fail", "x**2", (-5, 5)
OUTWARD = "two kinks, opening outward"
CLASSES = (
    OUTWARD,
    "two kinks, opening inward",
    "two kinks, opening to one side",
    "one kink, other neuron always on",
    "one kink, other neuron dead",
    "no kink",
)
OPTIMUM, BEST_LINE = Fraction(10**4, 180 * 81), Fraction(500, 9)
BEST_SINGLE = (84250 - 16250 * math.sqrt(13)) / 729
"""Least error with one ReLU and a readout: its kink is at (5√13 − 10)/3 ≈ 2.676 or the opposite."""


def classify(network: pwlin.Network) -> str:
    """The state of a 1-2-1 network on the domain, exactly."""
    f = pwlin.extract(network, DOMAIN)
    status = f.neuron_status()
    flipping = [neuron for neuron, state in status.items() if state in ("active", "silent")]
    if not flipping:
        return CLASSES[5]
    if len(flipping) == 1:
        other = next(state for neuron, state in status.items() if neuron not in flipping)
        return CLASSES[3] if other == "always_on" else CLASSES[4]
    (left, left_weight), (right, right_weight) = sorted(_flip(network, index) for _, index in flipping)
    if left_weight * right_weight > 0:
        return CLASSES[2]
    return OUTWARD if left_weight < 0 < right_weight or left == right else CLASSES[1]


def _flip(network: pwlin.Network, index: int) -> tuple[Fraction, int]:
    """Where a neuron flips, and the sign of its weight: +1 if it is active to the right."""
    layer = network.hidden[0]
    weight, bias = int(layer.weight_integers[index, 0]), int(layer.bias_integers[index])
    return Fraction(-bias, weight), 1 if weight > 0 else -1


def one(seed: int, steps: int, optimizer: str) -> dict[str, Any]:
    """Train one seed; its state before and after."""
    run = pwlin.train(
        TARGET, DOMAIN, (2,), optimizer=optimizer, steps=steps, batch=64, seed=seed, record_every=steps, progress=False
    )
    f = run.functions()[-1]
    mse = f.compare(TARGET).mse
    return {
        "optimizer": optimizer,
        "seed": seed,
        "start": classify(run.networks[0]),
        "end": classify(run.network),
        "pieces": f.n_pieces,
        "kinks": " ".join(f"{float(k.location):.6f}" for k in f.kinks),
        "mse": float(mse),
        "mse_exact": mse,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    optimizers = {"adam": 1000} if found.quick else {"adam": 12000, "sgd": 30000}
    seeds = found.seeds(200, 24)
    jobs = [(seed, steps, name) for name, steps in optimizers.items() for seed in seeds]
    rows = common.each(found, one, jobs, NAME)
    found.table("seeds", rows)
    table = []
    for name in optimizers:
        for state in CLASSES:
            here = [row for row in rows if row["optimizer"] == name and row["end"] == state]
            table.append(
                {"optimizer": name, "end": state, "runs": len(here), "of": len(seeds)}
                | common.summary((row["mse_exact"] for row in here), "mse")
            )
    found.table("states", table)
    moves = Counter((row["optimizer"], row["start"], row["end"]) for row in rows)
    found.table(
        "moves",
        [
            {"optimizer": name, "start": start, "end": end, "runs": moves[name, start, end]}
            for name in optimizers
            for start in CLASSES
            for end in CLASSES
        ],
    )
    found.figure("final_errors", lambda figure: draw_errors(figure, rows, list(optimizers)), (10.0, 5.2))
    found.figure("moves", lambda figure: draw_moves(figure, moves, list(optimizers)), (11.5, 5.4))
    good = ", ".join(f"{row['runs']} of {row['of']} ({row['optimizer']})" for row in table if row["end"] == OUTWARD)
    return common.finished(
        found, f"So many seeds end with two kinks that open outward, as the best network has: {good}."
    )


def draw_errors(figure: Figure, rows: Sequence[dict[str, Any]], optimizers: Sequence[str]) -> None:
    """The exact error of every seed, by final state."""
    axes = figure.subplots(1, len(optimizers), sharex=True, squeeze=False)[0]
    for ax, name in zip(axes, optimizers, strict=True):
        total = sum(row["optimizer"] == name for row in rows)
        labels = []
        for k, state in enumerate(CLASSES):
            errors = sorted(row["mse"] for row in rows if row["optimizer"] == name and row["end"] == state)
            labels.append(f"{state}\n{len(errors)} of {total} seeds")
            heights = [k + 0.5 * ((i + 1) / (len(errors) + 1) - 0.5) for i in range(len(errors))]
            ax.scatter(
                errors, heights, s=14, color=common.COLOURS[k], marker=common.MARKERS[k], linewidths=0, alpha=0.8
            )
        for level, name_of, side in (
            (float(OPTIMUM), " optimum", "left"),
            (BEST_SINGLE, "best with one ReLU ", "right"),
            (float(BEST_LINE), " best line", "left"),
        ):
            ax.axvline(level, color=common.FAINT, lw=1.1, ls="--", zorder=1)
            ax.text(level, -0.62, name_of, fontsize=8, va="center", ha=side)
        ax.set(
            xscale="log",
            xlim=(0.5, 160),
            xlabel="mean squared error (exact)",
            ylabel="state at the end",
            title=f"1-2-1 on x², {name}",
        )
        ax.set_yticks(range(len(CLASSES)), labels if ax is axes[0] else [_count(t) for t in labels])
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(len(CLASSES) - 0.4, -0.9)
        ax.grid(axis="x", alpha=0.25)


def _count(label: str) -> str:
    return label.split("\n")[1].removesuffix(" seeds")


def draw_moves(figure: Figure, moves: Counter[tuple[str, str, str]], optimizers: Sequence[str]) -> None:
    """From which state at the start to which at the end."""
    axes = figure.subplots(1, len(optimizers), sharey=True, squeeze=False)[0]
    for ax, name in zip(axes, optimizers, strict=True):
        counts = [[moves[name, start, end] for end in CLASSES] for start in CLASSES]
        top = max(map(max, counts)) or 1
        ax.imshow(counts, cmap="Blues", vmin=0, vmax=top)
        for i, row in enumerate(counts):
            for j, n in enumerate(row):
                if n:
                    ax.text(j, i, n, ha="center", va="center", color="white" if n > 0.55 * top else common.INK)
        short = [state.replace(", ", ",\n") for state in CLASSES]
        ax.set_xticks(range(len(CLASSES)), short, rotation=45, ha="right", rotation_mode="anchor", fontsize=8.5)
        ax.set_yticks(range(len(CLASSES)), short, fontsize=8.5)
        ax.set(title=f"seeds by state, {name}", xlabel="at the end")
    axes[0].set_ylabel("at the start")


if __name__ == "__main__":
    raise SystemExit(main())
