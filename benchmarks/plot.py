"""The plot of a record: nine panels of speed, ratio, memory, threads, signs, and relucent."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import BY_NAME, MOST_OF_ONE_THREAD
from benchmarks.machine import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

STYLES = {
    "line": ("D", "#cc79a7", "one input (pieces)"),
    "plane": ("o", "#0072b2", "two inputs"),
    "space": ("s", "#d55e00", "more inputs"),
    "structured": ("^", "#009e73", "structured"),
}
AXES = (
    ("width", "hidden width, two inputs, 3 layers", lambda sizes: sizes[1]),
    ("depth", "hidden layers of 32, two inputs", lambda sizes: len(sizes) - 2),
    ("dimension", "inputs, two layers of 12", lambda sizes: sizes[0]),
)
OURS, THEIRS = "#0072b2", "#e69f00"
Found = dict[str, Figures]


def draw(record: Figures, path: Path) -> None:
    """Draw a record of ``python -m benchmarks`` into a PNG file."""
    from matplotlib.figure import Figure

    found = {case["name"]: case for case in record["cases"]}
    figure = Figure(figsize=(11, 10), layout="constrained")
    figure.get_layout_engine().set(hspace=0.04, wspace=0.04)  # type: ignore[union-attr, call-arg]
    axes = figure.subplots(3, 3)
    for ax, (family, label, place) in zip(axes[0], AXES):
        names = sorted((n for n in found if family in BY_NAME[n].families), key=lambda n: place(BY_NAME[n].sizes))
        speed_along(ax, found, names, [place(BY_NAME[n].sizes) for n in names], label)
    _same_range([ax for ax in axes[0] if ax.lines])
    ratios(axes[1, 0], found)
    by_regions(axes[1, 1], found, lambda case: case["regions_per_second"], "regions per second")
    _plain(axes[1, 1].yaxis)
    memory = "memory used, MB (1 if less)"
    by_regions(axes[1, 2], found, lambda case: max(case["peak_megabytes"] - case["megabytes_before"], 1), memory)
    _plain(axes[1, 2].yaxis)
    threads(axes[2, 0], record.get("threads"))
    rational_signs(axes[2, 1], found)
    beside_relucent(axes[2, 2], found, record.get("relucent", []))
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
    figure.legend(*axes[1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, dpi=110)


def speed_along(ax: Axes, found: Found, names: list[str], at: list[int], label: str) -> None:
    """Regions per second along width, depth or dimension."""
    if not names:
        _not_measured(ax, label)
        return
    ax.plot(at, [found[n]["regions_per_second"] for n in names], "o-", color=OURS)
    ax.set(xlabel=label, ylabel="regions per second", yscale="log", xscale="log" if "width" in label else "linear")
    ax.set_xticks(at, [str(v) for v in at])
    ax.minorticks_off()


def by_regions(ax: Axes, found: Found, value: Callable[[Figures], float], label: str) -> None:
    """A mark for each case, by family."""
    for family, (marker, colour, name) in STYLES.items():
        cases = [case for n, case in found.items() if family in BY_NAME[n].families]
        if cases:
            places = [case["regions"] for case in cases], [value(case) for case in cases]
            ax.plot(*places, marker, color=colour, label=name, mec="white", ms=7)
    ax.set(xlabel="regions", ylabel=label, xscale="log", yscale="log")


def ratios(ax: Axes, found: Found) -> None:
    """Times over the yardstick, each joined to its limit."""
    by_regions(ax, found, lambda case: case["ratio"], "time / NumPy evaluating the vertices")
    ax.axhline(1, color="0.5", lw=1, ls="--", zorder=0)
    limited = [(case, BY_NAME[n].most_ratio) for n, case in found.items() if BY_NAME[n].most_ratio is not None]
    for case, limit in limited:
        ax.plot([case["regions"]] * 2, [case["ratio"], limit], color="0.6", lw=1, zorder=0)
    if limited:
        ax.plot(
            [case["regions"] for case, _ in limited],
            [m for _, m in limited],
            "k_",
            ms=9,
            mew=1.8,
            label="limit of the ratio",
        )
    _plain(ax.yaxis)


def threads(ax: Axes, record: Figures | None) -> None:
    """Speed-up by threads, with the ideal and the least that is asked."""
    if not record:
        _not_measured(ax, "speed-up by threads")
        return
    seconds = {int(n): s for n, s in record["seconds_by_threads"].items()}
    counts = sorted(seconds)
    ax.plot(counts, counts, "--", color="0.5", lw=1.2, label="ideal")
    ax.plot(counts, [seconds[1] / seconds[n] for n in counts], "o-", color=OURS, label=record["name"])
    if 2 in seconds:
        ax.plot([2], [1 / MOST_OF_ONE_THREAD], "k_", ms=12, mew=1.8, label="limit, two threads")
    for n in counts:
        place = {"xytext": (4, -26), "ha": "center", "textcoords": "offset points"}
        ax.annotate(f"{seconds[n]:.3g} s", (n, seconds[1] / seconds[n]), **place)
    ax.set(xlabel="threads", ylabel="speed-up over one thread", ylim=(0, counts[-1] * 1.08))
    ax.set_xlim(counts[0] - 0.12 * counts[-1], counts[-1] * 1.2)
    ax.set_xticks(counts)
    ax.legend(frameon=False, loc="upper left", fontsize="small")


def rational_signs(ax: Axes, found: Found) -> None:
    """Share of signs that rationals settle; where there are none, on a row at the bottom."""
    counted = {n: case for n, case in found.items() if case.get("signs")}
    if not counted:
        _not_measured(ax, "signs settled in rationals")
        return
    shares = {n: case["rational_signs"] / case["signs"] for n, case in counted.items()}
    digits = [log10(share) for share in shares.values() if share] or [-6]
    lowest, highest = floor(min(digits)), floor(max(digits)) + 1
    none = 10.0 ** (lowest - 1)
    by_regions(ax, counted, lambda case: shares[case["name"]] or none, "share of signs settled in rationals")
    ax.axhline(10 ** (lowest - 0.5), color="0.8", lw=1)
    powers = range(lowest, highest + 1)
    ax.set_yticks([none, *(10.0**k for k in powers)], ["none", *(f"$10^{{{k}}}$" for k in powers)])
    ax.minorticks_off()
    ax.xaxis.minorticks_on()
    ax.set_ylim(none / 2, 1.5 * 10.0**highest)


def beside_relucent(ax: Axes, found: Found, record: list[Figures]) -> None:
    """Regions per second of pwlin and of relucent on the same networks."""
    both = [(other, found[other["name"]]) for other in record if "seconds" in other and other["name"] in found]
    if not both:
        _not_measured(ax, "beside relucent")
        return
    rows = range(len(both))[::-1]
    for row, (other, ours) in zip(rows, both):
        speeds = other["regions"] / other["seconds"], ours["regions_per_second"]
        ax.plot(speeds, [row, row], color="0.8", lw=2, zorder=0)
        middle = (speeds[0] * speeds[1]) ** 0.5
        text = f"{_two_digits(speeds[1] / speeds[0])} times"
        ax.annotate(text, (middle, row), (0, 3), textcoords="offset points", ha="center", fontsize="small")
    ax.plot([other["regions"] / other["seconds"] for other, _ in both], rows, "X", color=THEIRS, ms=8, label="relucent")
    ax.plot([ours["regions_per_second"] for _, ours in both], rows, "o", color=OURS, ms=7, label="pwlin")
    ax.set(xlabel="regions per second, on one worker", xscale="log", ylim=(-0.6, len(both) + 0.1))
    ax.set_yticks(rows, [other["name"] for other, _ in both])
    ax.margins(x=0.12)
    ax.legend(frameon=False, loc="upper center", ncols=2, fontsize="small", borderaxespad=0)


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.0f}"


def _not_measured(ax: Axes, what: str) -> None:
    ax.set(xticks=[], yticks=[])
    ax.text(0.5, 0.5, f"{what}:\nnot measured", ha="center", va="center", transform=ax.transAxes, color="0.4")


def _same_range(axes: list[Axes]) -> None:
    """One range of a logarithmic axis for panels that stand side by side."""
    ends = [ax.get_ylim() for ax in axes]
    for ax in axes:
        ax.set_ylim(min(low for low, _ in ends) / 1.1, max(high for _, high in ends) * 1.1)
        _plain(ax.yaxis)


def _plain(axis: Axis) -> None:
    """Logarithmic ticks at 1, 2 and 5, written out: 200, 50k, 1M."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 200 * low else (1,)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(_written))


def _written(value: float, _: object = None) -> str:
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:g}"
