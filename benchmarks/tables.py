"""The lines that are printed."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cases import BY_NAME
from benchmarks.machine import Figures

COLUMNS = ("network", "regions", "vertices", "ms", "regions/s", "yardstick ms", "ratio", "limit", "MB", "in rationals")
WIDTHS = (21, 10, 10, 9, 11, 13, 7, 14, 6, 13)
RELUCENT = ("network", "regions", "of pwlin", "s", "pwlin ms", "ratio")


def line(cells: Sequence[str]) -> str:
    """The first cell to the left, the others to the right."""
    return "".join([cells[0].ljust(WIDTHS[0]), *(c.rjust(w) for c, w in zip(cells[1:], WIDTHS[1:]))])


def case_line(found: Figures) -> str:
    """The line of a case."""
    case = BY_NAME[found["name"]]
    limits = [
        f"{value:g}{unit}"
        for value, unit in ((case.most_ratio, " x"), (case.most_seconds, " s"), (case.most_megabytes, " MB"))
        if value is not None
    ]
    share = f"{found['rational_signs'] / max(found['signs'], 1):.1e}" if "signs" in found else ""
    return line(
        (
            found["name"],
            f"{found['regions']:,}",
            f"{found['vertices']:,}",
            f"{1e3 * found['seconds']:.1f}",
            f"{found['regions_per_second']:,.0f}",
            f"{1e3 * found['yardstick']:.2f}",
            f"{found['ratio']:.2f}",
            ", ".join(limits),
            f"{found['peak_megabytes']:,.0f}",
            share,
        )
    )


def relucent_line(found: Figures, ours: Figures) -> str:
    """The line of a case that relucent was measured on: both counts, both times, relucent's time over ours."""
    if "seconds" not in found:
        seconds = "failed" if found.get("failed") else f"> {found['more_than']:.0f}"
        return line((found["name"], "", f"{ours['regions']:,}", seconds, f"{1e3 * ours['seconds']:.1f}"))
    return line(
        (
            found["name"],
            f"{found['regions']:,}",
            f"{ours['regions']:,}",
            f"{found['seconds']:.2f}",
            f"{1e3 * ours['seconds']:.1f}",
            f"{found['seconds'] / ours['seconds']:,.0f}",
        )
    )


def use(found: Figures) -> str:
    """The first questions to a fresh function: seconds, and the ratio to what floats need for about the same."""
    rows = [("first question", "ms", "against", "ms", "ratio")]
    for row in found["questions"]:
        yardstick = found["yardsticks"][row["yardstick"]]
        rows.append(
            (
                row["name"],
                f"{1e3 * row['seconds']:.1f}",
                row["yardstick"],
                f"{1e3 * yardstick:.1f}",
                f"{row['ratio']:.2f}",
            )
        )
    sizes = [f"{found[size]:,} {size}" for size in ("regions", "pieces") if size in found]
    title = ", ".join([found["name"], *sizes[:1]])
    return "\n".join([title, *(row[0].ljust(24) + "".join(cell.rjust(12) for cell in row[1:]) for row in rows)])


def threads_line(found: Figures) -> str:
    """Seconds by number of threads."""
    seconds = ", ".join(f"{n}: {s:.2f} s" for n, s in found["seconds_by_threads"].items())
    return f"{found['name']} by threads: {seconds}"
