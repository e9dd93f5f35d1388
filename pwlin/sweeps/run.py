"""The sweep: which runs, and by whom."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import product

from pwlin.base import arguments
from pwlin.base.crew import check_executor
from pwlin.base.doors import door
from pwlin.base.errors import PwlinError, PwlinWarning, TrainingError
from pwlin.base.progress import progress_bar
from pwlin.formulas.target import TargetLike
from pwlin.sweeps.processes import here, spread, submitted
from pwlin.sweeps.table import FailedRun, Sweep, SweepRow
from pwlin.sweeps.task import Task
from pwlin.training.train import LEARNING_RATES, Settings, read_goal

_OWN = ("hidden", "optimizer", "seed", "record_every")
_SHARED = ("activation", "batch", "init", "lr", "momentum", "readout")
_MOST_SEEDS = 10**6
_ACCEPTED_SIZES = "are widths such as 20, (3, 4) or (), or a sequence of those"


@door
def sweep(
    target: TargetLike,
    domain: object = None,
    hidden: int | Iterable[int | Sequence[int]] = ((20,),),
    *,
    seeds: int | Iterable[int] = 10,
    optimizers: str | Iterable[str] = "adam",
    steps: int | Mapping[str, int] = 5000,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **options: object,
) -> Sweep:
    """Train and extract networks of many sizes, optimizers and seeds, over processes.

    Parameters
    ----------
    target, domain
        As in `pwlin.train`. A function must be one that other processes can import, unless `workers` is 0.
    hidden : iterable of sizes, or an int
        Each size is a sequence of widths such as ``(3, 4)``, or an int for one hidden layer; ``()`` or 0 is a linear model.
    seeds : int or iterable of int
        How many (0, 1, ...), or which.
    optimizers : name or iterable of names
    steps : int, or a mapping from optimizer to int
    workers : int, optional
        Processes to use; by default as many as there are cores to use, or runs. 0 computes in this process. The result
        does not depend on this number.
    executor : concurrent.futures.Executor, optional
        Who computes the runs, instead of `workers`; it is not shut down.
    progress : bool
        Show a bar.
    **options
        Passed on to `pwlin.train`: ``batch``, ``lr``, ``activation``, ``init``, ``momentum``, ``readout``.

    Returns
    -------
    Sweep
        Ctrl-C ends a sweep early and keeps the finished runs. A run that fails is in ``.failed``, with its error, and a
        warning says so; a run whose process ends (for want of memory, say) is tried once more, then it counts as failed.

    Raises
    ------
    TrainingError, TargetError, DomainError, ActivationError
        For arguments that no run could use, before the first one.

    Notes
    -----
    Processes are spawned: a script that calls this needs ``if __name__ == "__main__":`` around its main part, or
    ``workers=0``. Every process computes with one thread.

    Examples
    --------
    >>> table = sweep("x**2", hidden=[1, 2], seeds=3, steps=100, workers=0, progress=False)
    >>> table, [(row.hidden, row.seed) for row in table][:4]
    (Sweep(6 runs), [((1,), 0), ((1,), 1), ((1,), 2), ((2,), 0)])
    """
    tasks = _tasks(target, domain, hidden, seeds, optimizers, steps, options)
    count = _workers(workers, len(tasks))
    check_executor(executor, TrainingError)
    shown = arguments.flag(progress, "progress", TrainingError)
    if not tasks:
        return Sweep(())
    with progress_bar("sweep", "run", len(tasks), wanted=shown) as bar:
        if executor is not None:
            found, interrupted = submitted(tasks, executor, bar.advance)
        else:
            found, interrupted = here(tasks, bar.advance) if count == 0 else spread(tasks, count, bar.advance)
    failed = tuple(outcome for outcome in found if isinstance(outcome, FailedRun))
    if failed:
        first = f"{failed[0].optimizer}, hidden={failed[0].hidden}, seed {failed[0].seed}: {failed[0].reason}"
        text = f"{len(failed)} of {len(tasks)} runs failed, see .failed; the first is {first}"
        warnings.warn(text, PwlinWarning, stacklevel=3)
    return Sweep(tuple(outcome for outcome in found if isinstance(outcome, SweepRow)), interrupted, failed)


def _tasks(
    target: TargetLike,
    domain: object,
    hidden: object,
    seeds: object,
    optimizers: object,
    steps: object,
    options: Mapping[str, object],
) -> list[Task]:
    for name in options:
        if name in _OWN:
            raise TrainingError(f"sweep: found the option {name!r}; accepted are those that all runs share")
        if name not in _SHARED:
            raise TrainingError(f"sweep: found the option {name!r}; accepted are {', '.join(_SHARED)}")
    goal, box = read_goal(target, domain)
    names = (
        [optimizers] if isinstance(optimizers, str) else arguments.items(optimizers, "optimizers", error=TrainingError)
    )
    kinds = [arguments.choice(name, "optimizers", LEARNING_RATES, TrainingError) for name in names]
    counts = {}
    for kind in kinds:
        if isinstance(steps, Mapping) and kind not in steps:
            raise TrainingError(f"steps: found none for {kind!r}; accepted is a number for each optimizer")
        counts[kind] = steps[kind] if isinstance(steps, Mapping) else steps
    numbers = _seeds(seeds)
    out = []
    for widths, kind in product(_sizes(hidden), kinds):
        # every argument is checked before the first run
        checked = Settings.read(len(box), widths, optimizer=kind, steps=counts[kind], **options)
        where = box[0] if len(box) == 1 else list(box)
        shared = tuple(sorted(options.items()))
        out += [Task(goal, where, widths, kind, checked.steps, seed, shared) for seed in numbers]
    return out


def _sizes(hidden: object) -> list[tuple[int, ...]]:
    if (one := _one_size(hidden)) is not None:
        return [one]
    out = []
    for entry in arguments.items(hidden, "hidden", _ACCEPTED_SIZES, TrainingError):
        try:
            size = _one_size(entry)
            out.append(arguments.sizes(entry, "hidden", 1, TrainingError) if size is None else size)
        except TrainingError:
            found = f"{arguments.shown(entry)} among the sizes"
            raise arguments.refusal("hidden", found, _ACCEPTED_SIZES, TrainingError) from None
    return out


def _one_size(hidden: object) -> tuple[int, ...] | None:
    """A single number as the width of the only layer, 0 as none."""
    try:
        width = arguments.whole(hidden, "hidden", 0)
    except PwlinError:
        return None
    return (width,) if width else ()


def _seeds(seeds: object) -> Sequence[int]:
    try:
        return range(arguments.whole(seeds, "seeds", 0, _MOST_SEEDS))
    except PwlinError:
        accepted = f"are a number from 0 to {_MOST_SEEDS}, or a sequence of seeds"
        entries = arguments.items(seeds, "seeds", accepted, TrainingError)
        return [arguments.seed(entry, "seeds", TrainingError) for entry in entries]


def _workers(workers: object, tasks: int) -> int:
    if workers is None:
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return min(usable, tasks)
    return min(arguments.whole(workers, "workers", 0, None, TrainingError), tasks)
