"""Jobs for somebody else's executor: results in their order, a second try for what failed, an end that leaves nothing behind."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import PwlinError, WorkerError

N = TypeVar("N", bound=Hashable)
R = TypeVar("R")


class Failure(NamedTuple):
    """What a job came to that failed twice: the last error."""

    error: Exception


class _Job(NamedTuple, Generic[N, R]):
    name: N
    call: Callable[[], Future[R]]
    future: Future[R] | Exception
    by: Executor


class Crew(Generic[N, R]):
    """Jobs, and the executor that does them, of which only `submit` and its futures' `result` are used.

    As a context it takes back, at its end, what has not been started; `cancel` is used for that where futures have it.

    Parameters
    ----------
    executor : Executor
        It is not shut down.
    window : int
        So many jobs at most are with the executor; the others wait here.
    renew : callable, optional
        Makes another executor when one is broken. What was under way then is done again, each for itself, so that a job
        that breaks it takes no other with it.
    """

    def __init__(self, executor: Executor, window: int = 256, renew: Callable[[], Executor] | None = None) -> None:
        self.executor = executor
        self._window = window
        self._renew = renew
        self._waiting: deque[tuple[N, Callable[[], Future[R]]]] = deque()
        self._running: deque[_Job[N, R]] = deque()

    def __enter__(self) -> Crew[N, R]:
        return self

    def __exit__(self, raised: object = None, *_: object) -> None:
        if raised is KeyboardInterrupt and (queue := getattr(self.executor, "_call_queue", None)) is not None:
            queue.cancel_join_thread()  # the end need not wait for what processes that are gone would have read
        for job in self._running:
            if not isinstance(job.future, Exception):
                with suppress(AttributeError):
                    job.future.cancel()

    def add(self, name: N, function: Callable[..., R], *arguments: object) -> None:
        """One more job; it may be added while results come."""
        self._waiting.append((name, lambda: self.executor.submit(function, *arguments)))

    def under_way(self) -> Iterable[tuple[N, Future[R]]]:
        """The jobs that the executor has."""
        return [(job.name, job.future) for job in self._running if not isinstance(job.future, Exception)]

    def __iter__(self) -> Iterator[tuple[N, R | Failure]]:
        """Each job's name and result, in the order in which they were added; a `Failure` if it failed twice.

        Errors that pwlin raises on purpose are raised at once: they would come again.
        """
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self._window:
                self._running.append(self._submitted(*self._waiting.popleft()))
            job = self._running[0]
            try:
                outcome: R | Failure = _result(job.future)
            except PwlinError:
                raise
            except Exception as error:  # noqa: BLE001 whatever the executor or the work ran into
                outcome = self._again(job, error)
            self._running.popleft()
            yield job.name, outcome

    def _submitted(self, name: N, call: Callable[[], Future[R]]) -> _Job[N, R]:
        try:
            return _Job(name, call, call(), self.executor)
        except (RuntimeError, OSError) as error:  # such as a pool that is broken
            return _Job(name, call, error, self.executor)

    def _again(self, job: _Job[N, R], error: Exception) -> R | Failure:
        """The second try; with an executor of our own, alone if the first one broke it."""
        self._replace_broken(job, error)
        again = self._submitted(job.name, job.call)
        try:
            return _result(again.future)
        except PwlinError:
            raise
        except Exception as second:  # noqa: BLE001
            self._replace_broken(again, second)
            return Failure(second)

    def _replace_broken(self, job: _Job[N, R], error: Exception) -> None:
        if self._renew is not None and isinstance(error, BrokenExecutor) and job.by is self.executor:
            self.executor = self._renew()


def _result(future: Future[R] | Exception) -> R:
    if isinstance(future, Exception):
        raise future
    try:
        return future.result()
    except CancelledError as error:  # by whoever has the executor
        raise RuntimeError("it was cancelled") from error


def check_executor(executor: object, error: type[PwlinError] = PwlinError) -> Executor | None:
    """Refuse what cannot be asked to do anything."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise refusal("executor", shown(executor), "are None and executors as those of concurrent.futures", error)
    return executor  # type: ignore[return-value]


def jobs_at_once(executor: Executor) -> int | None:
    """How many jobs an executor does at once, as far as is known of those of concurrent.futures, Dask and MPI."""
    client = getattr(executor, "_client", None)
    try:
        found = sum(client.nthreads().values()) if client else getattr(executor, "_max_workers", None)
    except (AttributeError, TypeError, OSError):
        return None
    return found if isinstance(found, int) and found > 0 else None


def lost(what: str, failure: Failure) -> WorkerError:
    """The error for work that cannot go on without a job."""
    reason = f"{type(failure.error).__name__}: {failure.error}".rstrip(": ")
    return WorkerError(
        f"executor: found that {what} failed twice, the last time with {reason:.300}; "
        "accepted are workers that stay alive and have the memory for it"
    )
