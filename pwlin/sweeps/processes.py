"""Runs of a sweep in this process, on processes of its own, or by an executor; what is finished is kept, whatever happens."""

from __future__ import annotations

import pickle
import signal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import FrameType
from typing import TypeAlias

from pwlin.base.errors import TrainingError
from pwlin.sweeps.table import FailedRun, SweepRow
from pwlin.sweeps.task import Task
from pwlin.training.threads import one_thread

Outcome: TypeAlias = SweepRow | FailedRun | None
"""What a run came to; None if Ctrl-C came before its end."""
Outcomes: TypeAlias = tuple[list[Outcome], bool]
"""Those of all tasks, and whether Ctrl-C ended the work."""
_ENDED = "its process ended unexpectedly, twice"


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
    """By somebody's executor, of which only `submit` and its futures' `result` and `cancel` are used."""
    futures = [executor.submit(_run, task) for task in tasks]
    found: list[Outcome] = [None] * len(tasks)
    try:
        for i, future in enumerate(futures):
            found[i] = _outcome(future, tasks[i])
            advance()
    except KeyboardInterrupt:
        stopped = [future.cancel() for future in futures]
        for i, future in enumerate(futures):
            if not stopped[i]:
                found[i] = _outcome(future, tasks[i])
        return found, True
    return found, any(outcome is None for outcome in found)


def spread(tasks: Sequence[Task], workers: int, advance: Callable[[], None]) -> Outcomes:
    """On so many processes; a run whose process ends is tried once more, in one that it has for itself."""
    try:
        pickle.dumps(tasks[0])
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TrainingError(
            f"target: found something that cannot be sent to other processes ({error}); accepted are formulas and "
            "functions that can be imported, or workers=0"
        ) from None
    work = _Work(tasks, [None] * len(tasks), advance)
    waiting = deque(range(len(tasks)))
    while waiting and not work.interrupted:
        lost = work.round(waiting, workers)
        if lost:
            _check_processes()
        for i in lost:
            if not work.interrupted and work.round(deque([i]), 1):
                work.finish(i, tasks[i].failed(_ENDED))
    return work.found, work.interrupted


class _Work:
    """The outcomes as they come."""

    def __init__(self, tasks: Sequence[Task], found: list[Outcome], advance: Callable[[], None]) -> None:
        self.found, self.interrupted = found, False
        self._tasks, self._advance = tasks, advance

    def finish(self, index: int, outcome: Outcome) -> None:
        """Note an outcome."""
        self.found[index] = outcome
        self.interrupted |= outcome is None
        self._advance()

    def round(self, waiting: deque[int], workers: int) -> list[int]:
        """Take tasks from those that wait until all are done or a process ends; returns those that were under way then."""
        running: dict[Future[Outcome], int] = {}
        lost: list[int] = []
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)
        try:
            while not lost and (running or (waiting and not self.interrupted)):
                while waiting and not self.interrupted and len(running) < 2 * workers:
                    index = waiting.popleft()
                    lost.append(index)  # until it is under way
                    running[pool.submit(_run, self._tasks[index])] = lost.pop()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    lost += self._settle(future, running.pop(future))
        except BrokenProcessPool:
            pass
        except KeyboardInterrupt:
            self.interrupted = True
            pool.shutdown(wait=True, cancel_futures=True)
            for future, index in running.items():
                if not future.cancelled():
                    self.found[index] = _outcome(future, self._tasks[index])
            return []
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return lost + list(running.values())

    def _settle(self, future: Future[Outcome], index: int) -> list[int]:
        """Note what a future came to; the index, if its process ended."""
        try:
            future.result()
        except BrokenProcessPool:
            return [index]
        except Exception:  # noqa: BLE001 `_outcome` says what it was
            pass
        self.finish(index, _outcome(future, self._tasks[index]))
        return []


def _outcome(future: Future[Outcome], task: Task) -> Outcome:
    """What a future came to, whatever that is."""
    try:
        return future.result()
    except (CancelledError, KeyboardInterrupt):
        return None
    except Exception as error:  # noqa: BLE001 an executor's own failures; the other runs go on
        return task.failed(f"{type(error).__name__}: {error}")


def _check_processes() -> None:
    """Whether processes start at all."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            pool.submit(_prepare).result()
        except BrokenProcessPool:
            raise TrainingError(
                'workers: found that processes end as soon as they start; a script needs `if __name__ == "__main__":` '
                "around its main part; accepted is also workers=0"
            ) from None


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
