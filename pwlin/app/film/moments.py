"""The moments of a training run that a film shows, and what stands beside each."""

from __future__ import annotations

import numpy as np

from pwlin.app.reporting.prose import counted
from pwlin.exact.text import decimal
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.training.run import TrainingRun


def chosen(count: int, wanted: int) -> list[int]:
    """Which of `count` snapshots to show: more of the early ones, where most happens; the last, and if more
    than one the first, are among them."""
    places = 1 - np.linspace(1, 0, min(wanted, count)) if wanted > 1 else np.ones(1)
    return sorted(set(np.round(places**1.5 * (count - 1)).astype(int).tolist()))


def caption(
    f: PiecewiseLinear1D | PiecewiseLinearND, run: TrainingRun | None, step: int | None, error: str = ""
) -> str:
    """The step, the counts, and the `error`; where none is known, the loss of that step's batch."""
    parts = [] if step is None else [f"step {step:,}"]
    parts += [counted(f.n_regions, "region"), counted(f.n_pieces, "piece"), counted(len(f.kinks), "kink")]
    if error:
        parts.append(error)
    elif run is not None and step is not None and step < len(run.losses):
        parts.append(f"loss on a batch {decimal(float(run.losses[step]), 4)}")
    return " · ".join(parts)
