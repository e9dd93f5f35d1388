"""The table of a sweep: one row for each training run, with exact errors, and what became of the runs that failed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from pwlin.base import arguments
from pwlin.base.doors import doors
from pwlin.base.errors import PwlinError, TrainingError
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.text import in_full

if TYPE_CHECKING:
    import pandas
    import sympy

Measure: TypeAlias = "Fraction | sympy.Expr | Enclosure | None"


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One training run and what its network is on the domain.

    Attributes
    ----------
    hidden, optimizer, steps, seed
        What was asked for.
    regions, pieces : int
        Activation regions and linear pieces on the domain.
    mse, sup : exact number, Enclosure or None
        Exact errors as in `pwlin.compare`; None for a target that is no formula.
    effective_pieces : Fraction, Enclosure, float or None
        As `Comparison.effective_pieces`; None where that is not defined, and for several inputs.
    dead, always_on, silent : int or None
        How many neurons have this status (see `PiecewiseLinear1D.neuron_status`); None for several inputs.
    diverged : bool
        Whether the run diverged; the row then describes its last good network.
    seconds : float
        Time taken; not part of a row's equality.
    """

    hidden: tuple[int, ...]
    optimizer: str
    steps: int
    seed: int
    regions: int
    pieces: int
    mse: Measure
    sup: Measure
    effective_pieces: Measure | float
    dead: int | None
    always_on: int | None
    silent: int | None
    diverged: bool
    seconds: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run that has no row.

    Attributes
    ----------
    hidden, optimizer, steps, seed
        What was asked for.
    reason : str
        The error that ended it.
    """

    hidden: tuple[int, ...]
    optimizer: str
    steps: int
    seed: int
    reason: str


COLUMNS = tuple(f.name for f in fields(SweepRow))
_EXACT = ("mse", "sup", "effective_pieces")


@doors
@dataclass(frozen=True, repr=False)
class Sweep:
    """The table of `sweep`: a sequence of `SweepRow`, in the order of sizes, then optimizers, then seeds.

    Attributes
    ----------
    rows : tuple of SweepRow
    interrupted : bool
        Whether Ctrl-C ended it; `rows` are then the runs that were finished.
    failed : tuple of FailedRun
        The runs that have no row because an error, or the end of a process, stopped them.
    """

    rows: tuple[SweepRow, ...]
    interrupted: bool = False
    failed: tuple[FailedRun, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SweepRow]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> SweepRow:
        return self.rows[index]

    def where(self, **values: object) -> Sweep:
        """The rows whose columns have these values, such as ``hidden=(20,)``."""
        for name, value in values.items():
            if name not in COLUMNS:
                raise TrainingError(f"where: found the column {name!r}; accepted are {', '.join(COLUMNS)}")
            if isinstance(value, np.ndarray):
                raise arguments.refusal(name, "an array", "is one value", TrainingError)
        kept = (row for row in self.rows if all(getattr(row, name) == v for name, v in values.items()))
        return Sweep(tuple(kept), self.interrupted, self.failed)

    def to_dataframe(self, exact: bool = False) -> pandas.DataFrame:
        """A pandas DataFrame with one row for each run; errors as float64, or with `exact` as they are."""
        try:
            import pandas
        except ImportError:
            raise PwlinError(
                "to_dataframe: found no pandas; accepted is an installation with it (pip install pandas), or to_csv"
            ) from None
        data = {name: [getattr(row, name) for row in self.rows] for name in COLUMNS}
        if not arguments.flag(exact, "exact"):
            data |= {name: [np.nan if v is None else float(v) for v in data[name]] for name in _EXACT}
        return pandas.DataFrame(data, columns=list(COLUMNS))

    def to_csv(self, path: str | os.PathLike[str], seconds: bool = False) -> None:
        """Write a CSV file, whole or not at all.

        Errors have two columns: decimals, and the exact fraction or algebraic number (empty for enclosures). Times are
        left out unless asked for, so that equal sweeps make equal files.
        """
        import csv

        from pwlin.base.files import atomic_open

        file = arguments.path(path)
        last = ["seconds"] if arguments.flag(seconds, "seconds") else []
        plain = [name for name in COLUMNS if name not in (*_EXACT, "seconds")]
        with atomic_open(file, newline="") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow([*plain, *(c for name in _EXACT for c in (name, f"{name}_exact")), *last])
            for row in self.rows:
                cells = [_plain(getattr(row, name)) for name in plain]
                cells += [cell for name in _EXACT for cell in _both(getattr(row, name))]
                out.writerow(cells + ([f"{row.seconds:.3f}"] if last else []))

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return f"Sweep({len(self.rows)} runs{failed}{', interrupted' if self.interrupted else ''})"


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _both(value: Measure | float) -> tuple[str, str]:
    """A number in decimals, and exactly if it is exact."""
    if value is None:
        return "", ""
    return repr(float(value)), "" if isinstance(value, (Enclosure, float)) else in_full(value)
