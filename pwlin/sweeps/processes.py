"""Runs of a sweep in this process, on processes of its own, or by an executor; what is finished is kept, whatever happens."""

from __future__ import annotations

import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from pwlin.base.crew import Crew, Failure
from pwlin.base.errors import TrainingError
from pwlin.base.threads import one_thread
from pwlin.sweeps.table import FailedRun, SweepRow
from pwlin.sweeps.task import Task

Outcome: TypeAlias = SweepRow | FailedRun | None
"""What a run came to; None if Ctrl-C came before its end."""
Outcomes: TypeAlias = tuple[list[Outcome], bool]
"""Those of all tasks, and whether Ctrl-C ended the work."""
_ENDED = "its process ended unexpectedly, twice"
_NO_MAIN = (
    'workers: found that processes end as soon as they start; a script needs `if __name__ == "__main__":` '
    "around its main part; accepted is also workers=0"
)
_AHEAD = 4
"""Tasks for each process that are with it, so that it need not wait."""


def here(tasks: Sequence[Task], advance: Callable[[], None]) -> Outcomes:
    """One run after the other."""
    found: list[Outcome] = [None] * len(tasks)
    try:
        for i, task in enumerate(tasks):
            found[i] = task()
            if found[i] is None:
                return found, True
            advance()
    except KeyboardInterrupt:
        return found, True
    return found, False


def submitted(tasks: Sequence[Task], executor: Executor, advance: Callable[[], None]) -> Outcomes:
    """By somebody's executor; a run that it loses is tried once more."""
    return _by(Crew(executor, len(tasks)), tasks, advance)


def spread(tasks: Sequence[Task], workers: int, advance: Callable[[], None]) -> Outcomes:
    """On so many processes; a run whose process ends is tried once more, alone, in a new one."""
    try:
        pickle.dumps(tasks[0])
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TrainingError(
            f"target: found something that cannot be sent to other processes ({error}); accepted are formulas and "
            "functions that can be imported, or workers=0"
        ) from None
    if _is_read_again():
        raise TrainingError(_NO_MAIN)
    pools: list[ProcessPoolExecutor] = []

    def renew() -> ProcessPoolExecutor:
        """Processes that are known to start, in place of those that ended."""
        pools[-1].shutdown()
        pools.append(_processes(workers))
        try:
            pools[-1].submit(_prepare).result()
        except BrokenExecutor:
            raise TrainingError(_NO_MAIN) from None
        return pools[-1]

    pools.append(_processes(workers))
    try:
        return _by(Crew(pools[0], _AHEAD * workers, renew), tasks, advance)
    finally:
        pools[-1].shutdown(wait=True, cancel_futures=True)


def _is_read_again() -> bool:
    """Whether the script that runs would do all again in each process, to begin with this: it never asks for its name."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path is None or getattr(main, "__spec__", None) is not None:
        return False
    try:
        return "__name__" not in Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)


def _by(crew: Crew[int, Outcome], tasks: Sequence[Task], advance: Callable[[], None]) -> Outcomes:
    found: list[Outcome] = [None] * len(tasks)
    with crew:
        for i, task in enumerate(tasks):
            crew.add(i, _run, task)
        try:
            for i, outcome in crew:
                found[i] = _failed(tasks[i], outcome) if isinstance(outcome, Failure) else outcome
                advance()
        except KeyboardInterrupt:
            crew.__exit__()
            for i, future in crew.under_way():
                found[i] = _last(future)
            return found, True
    return found, any(outcome is None for outcome in found)


def _failed(task: Task, failure: Failure) -> FailedRun:
    kind = type(failure.error).__name__
    if "__main__" in str(failure.error):  # by multiprocessing, in a process that reads the script again
        raise TrainingError(_NO_MAIN)
    return task.failed(
        f"{_ENDED} ({kind})" if isinstance(failure.error, BrokenExecutor) else f"{kind}: {failure.error}"
    )


def _last(future: Future[Outcome]) -> Outcome:
    """What a run came to that was under way at Ctrl-C."""
    try:
        return future.result()
    except (CancelledError, KeyboardInterrupt):
        return None
    except Exception:  # noqa: BLE001 it ended with the interrupt
        return None


_busy = _stopped = False


def _run(task: Task) -> Outcome:
    """In a worker: the task, or None if Ctrl-C ends it, or did before: some tasks are with the worker already."""
    global _busy
    if _stopped:
        return None
    try:
        _busy = True
        with one_thread():
            return task()
    except KeyboardInterrupt:
        return None
    finally:
        _busy = False


def _prepare() -> None:
    """In a worker: Ctrl-C, which reaches all processes of a terminal, ends its runs and not the worker."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        global _stopped
        _stopped = True
        if _busy:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
