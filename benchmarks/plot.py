"""The plot of a record: speed and ratio against width, depth, dimension and number of regions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.cases import BY_NAME

STYLES = {
    "plane": ("o", "#0072b2", "two inputs"),
    "space": ("s", "#d55e00", "more inputs"),
    "structured": ("^", "#009e73", "structured"),
}
AXES = (
    ("width", "hidden width, 3 layers", lambda sizes: sizes[1]),
    ("depth", "hidden layers of 32", lambda sizes: len(sizes) - 2),
    ("dimension", "inputs, two layers of 12", lambda sizes: sizes[0]),
)


def draw(record: dict[str, Any], path: Path) -> None:
    """Draw a record of ``python -m benchmarks`` into a PNG file."""
    from matplotlib.figure import Figure

    found = {case["name"]: case for case in record["cases"]}
    figure = Figure(figsize=(10, 6.4), layout="constrained")
    axes = figure.subplots(2, 3)
    for ax, (family, label, place) in zip(axes[0], AXES):
        names = sorted((n for n in found if family in BY_NAME[n].families), key=lambda n: place(BY_NAME[n].sizes))
        at = [place(BY_NAME[n].sizes) for n in names]
        ax.plot(at, [found[n]["regions_per_second"] for n in names], "o-", color="#0072b2")
        ax.set(xlabel=label, ylabel="regions per second", yscale="log", xscale="log" if family == "width" else "linear")
        ax.set_xticks(at, [str(v) for v in at])
        ax.minorticks_off()
    for ax, key, label in zip(
        axes[1],
        ("ratio", "regions_per_second", "megabytes"),
        ("time over yardstick", "regions per second", "memory used, MB"),
    ):
        for family, (marker, colour, name) in STYLES.items():
            cases = [case for n, case in found.items() if family in BY_NAME[n].families]
            if cases:
                values = [_value(case, key) for case in cases]
                ax.plot([case["regions"] for case in cases], values, marker, color=colour, label=name, mec="white")
        ax.set(xlabel="regions", ylabel=label, xscale="log", yscale="log")
    axes[1, 0].axhline(1, color="0.5", lw=1, ls="--")
    axes[1, 0].legend(frameon=False)
    figure.savefig(path, dpi=110)


def _value(case: dict[str, Any], key: str) -> float:
    if key == "megabytes":
        return max(case["peak_megabytes"] - case["megabytes_before"], 1)
    return float(case[key])
