"""Jobs that copies of this process help with: who is free takes the next one, and what no copy brings back is done here."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import FileIO
from types import FrameType
from typing import IO, NoReturn, TypeVar

T = TypeVar("T")
_Handler = signal.Handlers | Callable[[int, FrameType | None], object]

_MOST_JOBS = 255
_MOST_COPIES = 3
_NEWS = struct.Struct("=BBQQ")
"""Which copy has done which job, and where in its file the result is: so short that a pipe takes it whole or not at all."""


def spare_cores() -> int:
    """How many copies of this process could work beside it.

    Only on Linux, and where no other thread runs: a copy would not have it, but what it holds.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, _MOST_COPIES)


@contextmanager
def shared(jobs: Sequence[Callable[[], bytes]], first: Sequence[int] = ()) -> Iterator[Iterator[bytes]]:
    """Results of jobs in their order; within the block copies of this process do some of them, if there are cores for that.

    Of these jobs the `first` are begun first, as the longest should be.

    Copies have everything as it is now, and nothing that they change is seen here. They are gone when the block ends, however
    it ends, and at Ctrl-C. A job that fails in a copy is done again here, where its error is raised.
    """
    count = min(spare_cores(), len(jobs) - 1)
    if count < 1 or len(jobs) > _MOST_JOBS:
        yield (job() for job in jobs)
        return
    with ExitStack() as stack:
        tokens, news = _pipe(stack), _pipe(stack)
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(count)]
        os.write(tokens[1].fileno(), bytes(dict.fromkeys([*first, *range(len(jobs))])))
        tokens[1].close()
        for number, file in enumerate(files):
            with suppress(OSError):  # no more processes are allowed
                stack.callback(_end, _copy(partial(_work, jobs, number, file, tokens, news)))
        news[1].close()
        yield _results(jobs, files, tokens[0].fileno(), news[0].fileno())


def beside(job: Callable[[], T], other: Callable[[], object]) -> tuple[T, bool]:
    """What a job returns, and whether Ctrl-C came: a copy of this process does it while this one does something else.

    Ctrl-C reaches the job as it would here, once; one that has nothing to return then leaves it to whoever calls. What the
    copy does not bring back, and all where there is no core for it, is done here, without the other.
    """
    if not spare_cores():
        return job(), False
    came = False
    with tempfile.TemporaryFile() as file:
        try:
            number = _copy(partial(_bring, job, file, os.getpid()), _once)
        except OSError:  # no more processes are allowed
            return job(), False
        try:
            try:
                other()
                os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
            except KeyboardInterrupt:
                came = True
                os.kill(number, signal.SIGINT)
                os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
        finally:
            _end(number)
        file.seek(0)
        with suppress(EOFError, pickle.UnpicklingError):
            # written by the copy of this very program into a file without a name, which nobody else can open
            return pickle.load(file), came
    if came:
        raise KeyboardInterrupt
    return job(), False


def _bring(job: Callable[[], object], file: IO[bytes], parent: int) -> None:
    """Do a job for a process, for as long as that is there."""

    def look(number: int, frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(0)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    with suppress(Exception, KeyboardInterrupt):  # it comes again where the job is done anew
        file.write(pickle.dumps(job()))
        file.flush()


def _once(number: int, frame: FrameType | None) -> NoReturn:
    # once, as a terminal tells all processes, and the one that waits tells its copy
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _pipe(stack: ExitStack) -> tuple[FileIO, FileIO]:
    ends = os.pipe()
    first, second = (stack.enter_context(FileIO(end, mode)) for end, mode in zip(ends, "rw", strict=True))
    return first, second


def _copy(work: Callable[[], object], interrupted: _Handler = signal.SIG_DFL) -> int:
    """Start a copy of this process that does some work and ends, or what it should at Ctrl-C; returns its number."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # no Ctrl-C may send a copy up the stack
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads of a BLAS stop by themselves, and start anew
            number = os.fork()
        if not number:
            _alone(work, interrupted)
        return number
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _alone(work: Callable[[], object], interrupted: _Handler) -> NoReturn:
    """All that a copy does; nothing of what this process has begun is ended by it."""
    try:
        signal.signal(signal.SIGINT, interrupted)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        work()
    finally:
        os._exit(0)


def _work(
    jobs: Sequence[Callable[[], bytes]],
    number: int,
    file: IO[bytes],
    tokens: tuple[FileIO, FileIO],
    news: tuple[FileIO, FileIO],
) -> None:
    end = 0
    while taken := tokens[0].read(1):
        made = jobs[taken[0]]()
        file.write(made)
        file.flush()
        news[1].write(_NEWS.pack(number, taken[0], end, len(made)))
        end += len(made)


def _results(
    jobs: Sequence[Callable[[], bytes]], files: Sequence[IO[bytes]], tokens: int, news: int
) -> Iterator[bytes]:
    done: dict[int, bytes] = {}
    for i, job in enumerate(jobs):
        while i not in done:
            if taken := os.read(tokens, 1):
                done[taken[0]] = jobs[taken[0]]()
            elif told := os.read(news, _NEWS.size):
                copy, number, start, size = _NEWS.unpack(told)
                done[number] = os.pread(files[copy].fileno(), size, start)
            else:  # all copies have ended without it
                done[i] = job()
        yield done.pop(i)


def _end(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)
    with suppress(ChildProcessError):  # somebody has asked for its end before
        os.waitpid(number, 0)
