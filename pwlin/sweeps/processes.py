"""Runs of a sweep on several processes, or in this one; Ctrl-C keeps what is finished."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from pwlin.base.errors import TrainingError
from pwlin.sweeps.table import SweepRow
from pwlin.sweeps.task import Task

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
Rows = tuple[list[SweepRow | None], bool]
"""The rows of the tasks, None for those that were not finished, and whether Ctrl-C ended the work."""


def here(tasks: Sequence[Task], advance: Callable[[], None]) -> Rows:
    found: list[SweepRow | None] = []
    try:
        for task in tasks:
            row = task()
            if row is None:
                return found, True
            found.append(row)
            advance()
    except KeyboardInterrupt:
        return found, True
    return found, False


def spread(tasks: Sequence[Task], workers: int, advance: Callable[[], None]) -> Rows:
    try:
        pickle.dumps(tasks[0])
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TrainingError(
            f"target: found something that cannot be sent to other processes ({error}); accepted are formulas and "
            "functions that can be imported, or workers=0"
        ) from None
    found: list[SweepRow | None] = [None] * len(tasks)
    interrupted = False
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)
    try:
        with _one_thread():  # the first submission starts the processes
            futures: dict[Future[Any], int] = {pool.submit(_run, task): i for i, task in enumerate(tasks)}
        try:
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                interrupted |= found[futures[future]] is None
                advance()
        except KeyboardInterrupt:
            interrupted = True
            pool.shutdown(wait=True, cancel_futures=True)
            for future, i in futures.items():
                found[i] = _result(future)
    except BrokenProcessPool:
        raise TrainingError(
            'workers: found that a process ended unexpectedly; a script needs `if __name__ == "__main__":` around its '
            "main part; accepted is also workers=0"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return found, interrupted


def _result(future: Future[Any]) -> SweepRow | None:
    """What a future came to, or None if it was cancelled or interrupted."""
    try:
        return future.result()
    except (CancelledError, KeyboardInterrupt):
        return None


_busy = False


def _run(task: Task) -> SweepRow | None:
    """In a worker: the task, or None if Ctrl-C ends it."""
    global _busy
    try:
        _busy = True
        return task()
    except KeyboardInterrupt:
        return None
    finally:
        _busy = False


def _prepare() -> None:
    """In a worker: Ctrl-C, which reaches all processes of a terminal, ends the run in progress and not the worker."""

    def interrupt(number: int, frame: Any) -> None:
        if _busy:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes that start within this block compute with one thread each."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
