"""SGD, momentum, Adam and L-BFGS from the same starts: exact error and geometry on the way.

Every optimizer starts from the same networks (equal seeds give equal weights). At snapshots the network is extracted and
its mean squared error against x² is exact, so no noise of batches hides what a step has done. A step of L-BFGS costs
about one or two gradients; each has one fixed batch there, and fresh ones elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

import pwlin
from analysis import _common as common
from pwlin.comparison.best.quadratic import quadratic_best

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TARGET, DOMAIN, HIDDEN = "optimizers", "x**2", (-5, 5), (20,)


@dataclass(frozen=True)
class Method:
    """An optimizer with its settings, and the share of the other's steps that it gets."""

    name: str
    optimizer: str
    settings: tuple[tuple[str, float], ...] = ()
    share: float = 1.0


METHODS = (
    Method("SGD", "sgd", (("lr", 0.002),)),
    Method("SGD, momentum 0.9", "sgd", (("lr", 0.0005), ("momentum", 0.9))),
    Method("Adam", "adam", (("lr", 0.01),)),
    Method("L-BFGS", "lbfgs", (), 0.1),
)


def history(method: Method, seed: int, steps: int, snapshots: int) -> list[dict[str, Any]]:
    """A row for each of some snapshots of one run, about equally spaced on a logarithmic scale."""
    count = round(steps * method.share)
    every = max(count // 200, 1)
    run = pwlin.train(
        TARGET,
        DOMAIN,
        HIDDEN,
        optimizer=method.optimizer,
        steps=count,
        batch=64,
        seed=seed,
        record_every=every,
        progress=False,
        **dict(method.settings),  # type: ignore[arg-type]
    )
    wanted = [0, *(every * (count / every) ** (k / (snapshots - 1)) for k in range(snapshots))]
    rows = []
    for step in sorted({min(round(w / every) * every, count) for w in wanted}):
        index = int(np.searchsorted(run.steps, step, side="right")) - 1  # a run that ended early stays where it is
        f = run.functions()[index]
        compared = f.compare(TARGET)
        rows.append(
            {
                "method": method.name,
                "seed": seed,
                "step": step,
                "mse": float(compared.mse),
                "effective_pieces": float(compared.effective_pieces),
                "pieces": f.n_pieces,
                "dead": list(f.neuron_status().values()).count("dead"),
                "mse_exact": compared.mse,
            }
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    steps, snapshots = (600, 6) if found.quick else (20000, 24)
    seeds = found.seeds(20, 3)
    jobs = [(method, seed, steps, snapshots) for method in METHODS for seed in seeds]
    rows = [row for run in common.each(found, history, jobs, NAME) for row in run]
    found.table("history", rows)
    quantiles = []
    for method in METHODS:
        for step in sorted({row["step"] for row in rows if row["method"] == method.name}):
            here = [row for row in rows if (row["method"], row["step"]) == (method.name, step)]
            line: dict[str, Any] = {"method": method.name, "step": step, "runs": len(here)}
            for name in ("mse", "effective_pieces", "pieces", "dead"):
                line |= common.summary((row[name] for row in here), name)
            quantiles.append(line)
    found.table("quantiles", quantiles)
    found.figure(NAME, lambda figure: draw(figure, quantiles), (11.5, 4.4))
    ends = {row["method"]: row for row in quantiles}  # the last of each
    worth = ", ".join(f"{name} {row['effective_pieces_median']:.1f}" for name, row in ends.items())
    return common.finished(
        found, f"Median worth of the trained 1-20-1, in well-placed pieces of {HIDDEN[0] + 1}: {worth}."
    )


def draw(figure: Figure, quantiles: Sequence[dict[str, Any]]) -> None:
    """Error, effective pieces and pieces over the steps."""
    titles = {"mse": "mean squared error, exact", "effective_pieces": "effective pieces", "pieces": "linear pieces"}
    axes = figure.subplots(1, 3)
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        for k, method in enumerate(METHODS):
            rows = [row for row in quantiles if row["method"] == method.name and row["step"]]
            marker = {"marker": common.MARKERS[k], "ms": 4, "markevery": max(len(rows) // 6, 1)}
            common.band(ax, [row["step"] for row in rows], rows, name, common.COLOURS[k], method.name, **marker)
        ax.set(xscale="log", xlabel="step", ylabel=title, title=title)
        ax.grid(alpha=0.25)
    pieces = HIDDEN[0] + 1
    least = float(quadratic_best(Fraction(1), Fraction(DOMAIN[1] - DOMAIN[0]), pieces).mse)
    axes[0].set_yscale("log")
    for ax, level in zip(axes, (least, pieces, pieces), strict=True):
        ax.axhline(level, color=common.INK, ls="--", lw=1.2, label=f"best with {pieces} pieces")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle(f"1-20-1 on x²: median and 10–90 % of {quantiles[0]['runs']} seeds", x=0.01, ha="left", fontsize=11)


if __name__ == "__main__":
    raise SystemExit(main())
