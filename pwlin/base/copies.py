"""Jobs that copies of this process help with: who is free takes the next one, and what no copy brings back is done here."""

from __future__ import annotations

import os
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
from typing import IO, NoReturn

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


def _pipe(stack: ExitStack) -> tuple[FileIO, FileIO]:
    ends = os.pipe()
    first, second = (stack.enter_context(FileIO(end, mode)) for end, mode in zip(ends, "rw", strict=True))
    return first, second


def _copy(work: Callable[[], object]) -> int:
    """Start a copy of this process that does some work and ends; returns its number."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # no Ctrl-C may send a copy up the stack
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads of a BLAS stop by themselves, and start anew
            number = os.fork()
        if not number:
            _alone(work)
        return number
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _alone(work: Callable[[], object]) -> NoReturn:
    """All that a copy does; nothing of what this process has begun is ended by it."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
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
