"""Regions and linear pieces through training, against the bounds of the literature, for one and two inputs.

Counts are exact at every snapshot. A bound holds for every network of its architecture; trained networks stay far below,
and training changes their counts little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pwlin
from analysis import _common as common
from pwlin.exact.text import formula

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "region_counts"


@dataclass(frozen=True)
class Case:
    """What is trained: a target, its domain, and the widths of the network."""

    name: str
    target: str
    domain: Any
    hidden: tuple[int, ...]

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return len(self.domain) if isinstance(self.domain, list) else 1

    @property
    def bounds(self) -> dict[str, int]:
        """What is known of the most regions of this architecture."""
        most = pwlin.bounds.serra_upper(self.inputs, self.hidden)
        if len(self.hidden) == 1:  # the same number, known for longer
            return {"no network has more (Zaslavsky)": most}
        return {
            "no network has more (Serra et al.)": most,
            "some network has as many (Serra et al.)": pwlin.bounds.serra_lower(self.inputs, self.hidden),
        }


SQUARE = [(-1, 1), (-1, 1)]
CASES = (
    Case("1-16-1", "sin(3*x)", (-2, 2), (16,)),
    Case("1-8-8-1", "sin(3*x)", (-2, 2), (8, 8)),
    Case("2-12-1", "x**2 + y**2", SQUARE, (12,)),
    Case("2-8-8-1", "x**2 + y**2", SQUARE, (8, 8)),
)


def counts(case: Case, seed: int, steps: int, snapshots: int) -> list[dict[str, Any]]:
    """A row for each snapshot of one run."""
    run = pwlin.train(
        case.target,
        case.domain,
        case.hidden,
        steps=steps,
        batch=128,
        seed=seed,
        record_every=max(steps // snapshots, 1),
        progress=False,
    )
    rows = []
    for step, f in zip(run.steps.tolist(), run.functions(), strict=True):
        rows.append({"case": case.name, "seed": seed, "step": step, "regions": f.n_regions, "pieces": f.n_pieces})
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the study."""
    found = common.study(NAME, __doc__, argv)
    steps, snapshots = (400, 4) if found.quick else (6000, 20)
    seeds = found.seeds(20, 2)
    jobs = [(case, seed, steps, snapshots) for case in CASES for seed in seeds]
    rows = [row for run in common.each(found, counts, jobs, NAME) for row in run]
    found.table("counts", rows)
    found.table("bounds", [{"case": c.name, "bound": k, "value": v} for c in CASES for k, v in c.bounds.items()])
    quantiles = []
    for case in CASES:
        for step in sorted({row["step"] for row in rows}):
            here = [row for row in rows if (row["case"], row["step"]) == (case.name, step)]
            head = {"case": case.name, "step": step, "runs": len(here)}
            regions, pieces = ([row[kind] for row in here] for kind in ("regions", "pieces"))
            quantiles.append(head | common.summary(regions, "regions") | common.summary(pieces, "pieces"))
    found.table("quantiles", quantiles)
    found.figure(NAME, lambda figure: draw(figure, quantiles), (10.0, 7.0))
    parts = []
    for case in CASES:
        last = [row for row in quantiles if row["case"] == case.name][-1]
        parts.append(f"{last['regions_median']:.0f} of {min(case.bounds.values()):,} ({case.name})")
    return common.finished(
        found, f"Median regions of trained networks, of what the least bound allows: {', '.join(parts)}."
    )


def draw(figure: Figure, quantiles: Sequence[dict[str, Any]]) -> None:
    """A panel for each case."""
    axes = figure.subplots(2, 2)
    for ax, case in zip(axes.flat, CASES, strict=True):
        rows = [row for row in quantiles if row["case"] == case.name]
        steps = [row["step"] for row in rows]
        common.band(ax, steps, rows, "regions", common.COLOURS[0], "regions: median, 10–90 % of seeds")
        common.band(ax, steps, rows, "pieces", common.COLOURS[1], "linear pieces", ls="--")
        bounds = list(case.bounds.items())
        for k, (label, value) in enumerate(bounds):
            ax.axhline(value, color=common.INK, lw=1.2, ls=("-", ":")[k], label=label.split(" (")[0])
        equal = len({value for _, value in bounds}) == 1
        for k, (label, value) in enumerate(bounds[:1] if equal else bounds):
            who = label[label.index("(") :]
            ax.annotate(
                f"{value:,} {who}",
                (0.99, value),
                (0, -3 if k else 3),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                va="top" if k else "bottom",
                fontsize=8.5,
            )
        ax.set(yscale="log", ylabel="count", title=f"{case.name} on {formula(case.target)}")
        ax.set_ylim(1, 2.2 * max(case.bounds.values()))
        ax.grid(alpha=0.25)
        ax.set_xlabel("training step")
    figure.legend(*axes[0, 1].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle(f"Counts through training, {quantiles[0]['runs']} seeds", x=0.01, ha="left", fontsize=11)


if __name__ == "__main__":
    raise SystemExit(main())
