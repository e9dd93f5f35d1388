"""One run of a sweep: train, extract, measure."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pwlin.base.errors import TargetError
from pwlin.extraction import extract
from pwlin.formulas.kinds import Formula
from pwlin.sweeps.table import SweepRow
from pwlin.training.train import train

STATUSES = ("dead", "always_on", "silent")


@dataclass(frozen=True)
class Task:
    """One run: the arguments of `train`."""

    target: Any
    domain: Any
    hidden: tuple[int, ...]
    optimizer: str
    steps: int
    seed: int
    options: tuple[tuple[str, Any], ...]

    def __call__(self) -> SweepRow | None:
        """Train, extract and measure; None if interrupted."""
        begin = perf_counter()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="training diverged")  # the row says so
            run = train(
                self.target,
                self.domain,
                self.hidden,
                optimizer=self.optimizer,
                steps=self.steps,
                seed=self.seed,
                record_every=max(self.steps, 1),
                progress=False,
                **dict(self.options),
            )
        if run.interrupted:
            return None
        return SweepRow(
            hidden=self.hidden,
            optimizer=self.optimizer,
            steps=self.steps,
            seed=self.seed,
            diverged=run.diverged,
            **_measured(run, self.target),
            seconds=perf_counter() - begin,
        )


def _measured(run: Any, target: Any) -> dict[str, Any]:
    """What the final network is."""
    f = extract(run.network, run.domain)
    out = {"regions": f.n_regions, "pieces": f.n_pieces, "mse": None, "sup": None, "effective_pieces": None}
    out |= dict.fromkeys(STATUSES)
    one = run.network.input_dim == 1
    if one:
        found = list(f.neuron_status().values())
        out |= {status: found.count(status) for status in STATUSES}
    if isinstance(target, Formula):
        comparison = f.compare(target)
        out |= {"mse": comparison.mse, "sup": comparison.sup}
        if one:
            with suppress(TargetError):  # not every target has a law of best approximation
                out["effective_pieces"] = comparison.effective_pieces
    return out
