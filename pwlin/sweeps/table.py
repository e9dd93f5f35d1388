"""The table of a sweep: one row for each training run, with exact errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from pwlin.base.errors import TrainingError


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
    mse: Any
    sup: Any
    effective_pieces: Any
    dead: int | None
    always_on: int | None
    silent: int | None
    diverged: bool
    seconds: float = field(compare=False)


COLUMNS = tuple(f.name for f in fields(SweepRow))
_EXACT = ("mse", "sup", "effective_pieces")


@dataclass(frozen=True, repr=False)
class Sweep:
    """The table of `sweep`: a sequence of `SweepRow`, in the order of sizes, then optimizers, then seeds.

    Attributes
    ----------
    rows : tuple of SweepRow
    interrupted : bool
        Whether Ctrl-C ended it; `rows` are then the runs that were finished.
    """

    rows: tuple[SweepRow, ...]
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SweepRow]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> SweepRow:
        return self.rows[index]

    def where(self, **values: Any) -> Sweep:
        """The rows whose columns have these values, such as ``hidden=(20,)``."""
        for name in values:
            if name not in COLUMNS:
                raise TrainingError(f"where: found the column {name!r}; accepted are {', '.join(COLUMNS)}")
        kept = (row for row in self.rows if all(getattr(row, name) == v for name, v in values.items()))
        return Sweep(tuple(kept), self.interrupted)

    def to_dataframe(self, exact: bool = False) -> Any:
        """A pandas DataFrame with one row for each run; errors as float64, or with `exact` as they are."""
        import pandas

        data = {name: [getattr(row, name) for row in self.rows] for name in COLUMNS}
        if not exact:
            data |= {name: [np.nan if v is None else float(v) for v in data[name]] for name in _EXACT}
        return pandas.DataFrame(data, columns=list(COLUMNS))

    def to_csv(self, path: str | os.PathLike[str], seconds: bool = False) -> None:
        """Write a CSV file, whole or not at all.

        Errors have two columns: decimals, and the exact fraction or algebraic number (empty for enclosures). Times are
        left out unless asked for, so that equal sweeps make equal files.
        """
        import csv

        from pwlin.base.files import atomic_open

        plain = [name for name in COLUMNS if name not in (*_EXACT, "seconds")]
        with atomic_open(path, newline="") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow(
                [*plain, *(c for name in _EXACT for c in (name, f"{name}_exact")), *(["seconds"] if seconds else [])]
            )
            for row in self.rows:
                cells = [_plain(getattr(row, name)) for name in plain]
                cells += [cell for name in _EXACT for cell in _both(getattr(row, name))]
                out.writerow(cells + ([f"{row.seconds:.3f}"] if seconds else []))

    def __repr__(self) -> str:
        return f"Sweep({len(self.rows)} runs{', interrupted' if self.interrupted else ''})"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else value


def _both(value: Any) -> tuple[str, str]:
    """A number in decimals, and exactly if it is exact."""
    from pwlin.exact.enclosure import Enclosure

    if value is None:
        return "", ""
    return repr(float(value)), "" if isinstance(value, (Enclosure, float)) else str(value)
