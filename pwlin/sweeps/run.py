"""The sweep: which runs, on how many processes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from pwlin.base.errors import TrainingError
from pwlin.base.progress import progress_bar
from pwlin.formulas.target import parse_target
from pwlin.sweeps.processes import here, spread
from pwlin.sweeps.table import Sweep
from pwlin.sweeps.task import Task
from pwlin.training.train import LEARNING_RATES


def sweep(
    target: Any,
    domain: Any = (-5, 5),
    hidden: Iterable[Any] = ((20,),),
    *,
    seeds: int | Iterable[int] = 10,
    optimizers: str | Iterable[str] = "adam",
    steps: int | Mapping[str, int] = 5000,
    workers: int | None = None,
    progress: bool = True,
    **options: Any,
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
        does not depend on this number (with 0 NumPy may use several threads, which can change last digits of large
        products).
    progress : bool
        Show a bar.
    **options
        Passed on to `pwlin.train`: ``batch``, ``lr``, ``activation``, ``init``, ``momentum``, ``readout``.

    Returns
    -------
    Sweep
        Ctrl-C ends a sweep early and keeps the finished runs.

    Raises
    ------
    TrainingError, TargetError, DomainError

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
    if not tasks:
        return Sweep(())
    with progress_bar("sweep", "run", len(tasks), wanted=progress) as bar:
        found, interrupted = here(tasks, bar.advance) if count == 0 else spread(tasks, count, bar.advance)
    return Sweep(tuple(row for row in found if row is not None), interrupted)


def _tasks(
    target: Any, domain: Any, hidden: Any, seeds: Any, optimizers: Any, steps: Any, options: dict[str, Any]
) -> list[Task]:
    for name in ("hidden", "optimizer", "seed", "record_every"):
        if name in options:
            raise TrainingError(f"sweep: found the option {name!r}; accepted are those that all runs share")
    if not callable(target):
        target = parse_target(target)
    sizes = [hidden] if isinstance(hidden, (int, np.integer)) else list(hidden)
    names = [optimizers] if isinstance(optimizers, str) else list(optimizers)
    for name in names:
        if name not in LEARNING_RATES:
            raise TrainingError(f"optimizers: found {name!r}; accepted are {', '.join(LEARNING_RATES)}")
        if isinstance(steps, Mapping) and name not in steps:
            raise TrainingError(f"steps: found none for {name!r}; accepted is a number for each optimizer")
    numbers = list(range(seeds) if isinstance(seeds, (int, np.integer)) else seeds)
    return [
        Task(target, domain, size, name, steps[name] if isinstance(steps, Mapping) else steps, int(seed), shared)
        for shared in [tuple(sorted(options.items()))]
        for size, name, seed in product([_size(h) for h in sizes], names, numbers)
    ]


def _size(hidden: Any) -> tuple[int, ...]:
    if isinstance(hidden, (int, np.integer)):
        return (int(hidden),) if hidden else ()
    if isinstance(hidden, Sequence) and not isinstance(hidden, str):
        return tuple(hidden)
    raise TrainingError(f"hidden: found {hidden!r} among the sizes; accepted are widths such as 20 or (3, 4)")


def _workers(workers: Any, tasks: int) -> int:
    if workers is None:
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return min(usable, tasks)
    if not isinstance(workers, (int, np.integer)) or workers < 0:
        raise TrainingError(f"workers: found {workers!r}; accepted are whole numbers from 0, or None")
    return min(int(workers), tasks)
