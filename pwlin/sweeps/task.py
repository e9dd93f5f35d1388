"""One run of a sweep: train, extract, measure."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter

from pwlin.base.errors import TargetError
from pwlin.comparison.line.comparison import Comparison
from pwlin.formulas.kinds import CallableTarget, Target
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.sweeps.table import FailedRun, SweepRow
from pwlin.training.run import Ends, TrainingRun
from pwlin.training.train import train

STATUSES = ("dead", "always_on", "silent")


@dataclass(frozen=True)
class Task:
    """One run: the arguments of `train`."""

    target: Target
    domain: Ends | list[Ends]
    hidden: tuple[int, ...]
    optimizer: str
    steps: int
    seed: int
    options: tuple[tuple[str, object], ...]

    def __call__(self) -> SweepRow | FailedRun | None:
        """Train, extract and measure; None if interrupted. Whatever a run meets becomes a `FailedRun`: the others go on."""
        try:
            return self.row()
        except Exception as error:  # noqa: BLE001
            return self.failed(f"{type(error).__name__}: {error}")

    def failed(self, reason: str) -> FailedRun:
        """What is left of a run without a row."""
        return FailedRun(self.hidden, self.optimizer, self.steps, self.seed, reason)

    def row(self) -> SweepRow | None:
        """Train, extract and measure; None if interrupted."""
        begin = perf_counter()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="training (diverged|ended worse)")  # the row says so
            run = train(
                self.target,
                self.domain,
                self.hidden,
                optimizer=self.optimizer,
                steps=self.steps,
                seed=self.seed,
                record_every=max(self.steps, 1),
                progress=False,
                **dict(self.options),  # type: ignore[arg-type]  # `sweep` has checked them
            )
        if run.interrupted:
            return None
        return SweepRow(
            hidden=self.hidden,
            optimizer=self.optimizer,
            steps=self.steps,
            seed=self.seed,
            diverged=run.diverged,
            **_measured(run),  # type: ignore[arg-type]
            seconds=perf_counter() - begin,
        )


def _measured(run: TrainingRun) -> dict[str, object]:
    """What the final network is."""
    f = run.functions()[-1]
    out: dict[str, object] = {"regions": f.n_regions, "pieces": f.n_pieces}
    out |= dict.fromkeys(("mse", "sup", "effective_pieces", *STATUSES))
    line = isinstance(f, PiecewiseLinear1D)
    if line:
        found = list(f.neuron_status().values())
        out |= {status: found.count(status) for status in STATUSES}
    if not isinstance(run.target, CallableTarget):
        comparison = f.compare(run.target)
        out |= {"mse": comparison.mse, "sup": comparison.sup}
        if isinstance(comparison, Comparison):
            with suppress(TargetError):  # not every target has a law of best approximation
                out["effective_pieces"] = comparison.effective_pieces
    return out
