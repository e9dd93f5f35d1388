"""What the studies share: arguments, tables with quantiles, and figures."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from pwlin.base.files import atomic_open
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.text import in_full

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
QUANTILES = ("q10", "q25", "median", "q75", "q90")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#332288", "#E69F00", "#56B4E9", "#882255")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
INK, FAINT = "#222222", "#8C8C8C"
STYLE = {
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
}


@dataclass(frozen=True)
class Study:
    """The arguments of a study, and where its results go.

    Attributes
    ----------
    out : Path
        A folder that exists.
    quick : bool
        Whether a few seconds' worth of runs is enough.
    seed : int
        The first of the seeds.
    workers : int or None
        As in `pwlin.sweep`.
    """

    out: Path
    quick: bool
    seed: int
    workers: int | None

    def seeds(self, full: int, quick: int) -> range:
        """So many consecutive seeds."""
        return range(self.seed, self.seed + (quick if self.quick else full))

    def table(self, name: str, rows: Iterable[Mapping[str, Any]]) -> Path:
        """Write ``name.csv`` from rows with equal keys."""
        path = self.out / f"{name}.csv"
        found = [dict(row) for row in rows]
        with atomic_open(path, newline="") as stream:
            writer = csv.DictWriter(stream, list(found[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: cell(value) for key, value in row.items()} for row in found)
        return path

    def figure(self, name: str, draw: Callable[[Any], None], size: tuple[float, float] = (9.0, 4.6)) -> Path:
        """Write ``name.png``: `draw` gets a figure of `size` inches."""
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        path = self.out / f"{name}.png"
        with rc_context(STYLE):
            figure = Figure(figsize=size, layout="constrained")
            FigureCanvasAgg(figure)
            draw(figure)
            if self.quick:  # said in a strip of its own above everything else
                height = figure.get_figheight() + 0.2
                figure.set_figheight(height)
                figure.get_layout_engine().set(rect=(0, 0, 1, 1 - 0.2 / height))
                note = "quick run: few seeds, short training"
                figure.text(0.996, 1 - 0.03 / height, note, ha="right", va="top", fontsize=8, color=FAINT)
            with atomic_open(path, "wb") as stream:
                figure.savefig(stream, format="png", dpi=110, facecolor="white")
        return path


def study(name: str, description: str | None, argv: Sequence[str] | None) -> Study:
    """Read the arguments of a study and make its folder (default: ``results/NAME``)."""
    parser = argparse.ArgumentParser(
        prog=f"python -m analysis.{name}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"folder to write to (default: results/{name})")
    parser.add_argument("--quick", action="store_true", help="few and short runs, in this process: a few seconds")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the first seed (default: 0)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: one a core; 0 with --quick)")
    options = parser.parse_args(argv)
    if options.seed < 0:
        parser.error(f"--seed: found {options.seed}; accepted are whole numbers from 0")
    workers = options.workers if options.workers is not None else 0 if options.quick else None
    out = options.out or Path("results") / name
    out.mkdir(parents=True, exist_ok=True)
    return Study(out, options.quick, options.seed, workers)


def finished(found: Study, headline: str) -> int:
    """Say in a sentence what was found, and where the results are; the exit status."""
    print(f"{'Quick run, little evidence: ' if found.quick else ''}{headline}")
    names = sorted(p.name for p in found.out.iterdir() if p.suffix in (".csv", ".png"))
    print(f"{', '.join(names)} in {found.out}")
    return 0


def each(found: Study, function: Callable[..., Any], jobs: Iterable[tuple[Any, ...]], name: str) -> list[Any]:
    """The results of ``function(*job)`` for all jobs, in order, over the study's processes, with a bar."""
    todo = list(jobs)
    if found.workers == 0:
        return [function(*job) for job in tqdm(todo, desc=name)]
    with ProcessPoolExecutor(found.workers, mp_context=get_context("spawn")) as pool:
        try:
            return list(tqdm(pool.map(function, *zip(*todo, strict=True)), desc=name, total=len(todo)))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def cell(value: Any) -> Any:
    """A value as it stands in a table: fractions exactly, enclosures as their midpoint, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, Enclosure):
        return repr(float(value))
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, Fraction):
        return in_full(value)
    return repr(value) if isinstance(value, float) else value


def summary(values: Iterable[Any], name: str = "") -> dict[str, float]:
    """The quantiles 10, 25, 50, 75 and 90 % of numbers, as columns; empty without numbers."""
    found = sorted(float(v) for v in values)
    prefix = f"{name}_" if name else ""
    quantiles = np.quantile(found, SHARES).tolist() if found else [None] * len(SHARES)
    return {f"{prefix}{q}": v for q, v in zip(QUANTILES, quantiles, strict=True)}


def band(
    ax: Any, x: Sequence[float], rows: Sequence[Mapping[str, Any]], name: str, colour: str, label: str, **line: Any
) -> None:
    """A median line with the 10 to 90 % band, from rows with the columns of `summary`."""
    prefix = f"{name}_" if name else ""
    low, middle, high = ([row[f"{prefix}{q}"] for row in rows] for q in ("q10", "median", "q90"))
    ax.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    ax.plot(x, middle, color=colour, label=label, **({"lw": 1.8} | line))
