"""Which limits a record meets."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import best_use, command_use, line_use
from benchmarks.cases import BY_NAME, MOST_OF_ONE_THREAD
from benchmarks.machine import Figures
from benchmarks.use import LARGE, QUESTIONS

COLUMNS = ("limit of", "what", "at", "limit", "measured", "")
WIDTHS = (22, 34, 9, 9, 10, 9)


@dataclass(frozen=True)
class Limit:
    """A bound, and what was measured; `least` if it bounds from below."""

    name: str
    what: str
    bound: float
    measured: float
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return self.measured >= self.bound if self.least else self.measured <= self.bound


def limits(record: Figures) -> list[Limit]:
    """All limits that the record has the figures for."""
    found = {case["name"]: case for case in record["cases"]}
    out = []
    for name, figures in found.items():
        case = BY_NAME[name]
        for what, bound, key in (
            ("time / yardstick", case.most_ratio, "ratio"),
            ("seconds", case.most_seconds, "seconds"),
            ("peak MB", case.most_megabytes, "peak_megabytes"),
        ):
            if bound is not None:
                out.append(Limit(name, what, bound, figures[key]))
        if case.peer in found:
            speed, other = figures["regions_per_second"], found[case.peer]["regions_per_second"]
            out.append(Limit(name, f"regions/s / {case.peer}'s", case.least_share, speed / other, least=True))
    for asked in record.get("use", []):
        for question, figures in zip(QUESTIONS, asked["questions"], strict=True):
            most = question.most[asked["name"] == LARGE]
            if most is not None:
                out.append(Limit(asked["name"], f"{question.name} / {question.yardstick}", most, figures["ratio"]))
    for asked in record.get("line_use", []):
        if asked["pieces"] == line_use.MEASURED:
            for algebra, figures in zip(line_use.QUESTIONS, asked["questions"], strict=True):
                what = f"{algebra.name} / {algebra.yardstick}"
                out.append(Limit(asked["name"], what, algebra.most[asked["name"]], figures["ratio"]))
    for asked in record.get("best_use", []):
        for fit, figures in zip(best_use.QUESTIONS, asked["questions"], strict=True):
            out.append(Limit(asked["name"], f"{fit.name} / {fit.yardstick}", fit.most[asked["name"]], figures["ratio"]))
    for asked in record.get("command_use", []):
        for command, figures in zip(command_use.QUESTIONS, asked["questions"], strict=True):
            out.append(Limit(asked["name"], f"{command.name} / {command.yardstick}", command.most, figures["ratio"]))
    seconds = record.get("threads", {}).get("seconds_by_threads", {})
    if "2" in seconds:
        share = seconds["2"] / seconds["1"]
        out.append(Limit(record["threads"]["name"], "seconds on 2 threads / on 1", MOST_OF_ONE_THREAD, share))
    return out


def table(found: list[Limit]) -> str:
    """A line for each limit."""
    rows = [COLUMNS]
    for limit in found:
        figures = (f"{limit.bound:g}", f"{limit.measured:.3g}" if limit.measured < 100 else f"{limit.measured:.0f}")
        rows.append(
            (limit.name, limit.what, "least" if limit.least else "most", *figures, "met" if limit.met else "MISSED")
        )
    return "\n".join(
        "".join([cell.ljust(w) for cell, w in zip(row[:2], WIDTHS)] + [c.rjust(w) for c, w in zip(row[2:], WIDTHS[2:])])
        for row in rows
    )
