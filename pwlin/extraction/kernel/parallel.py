"""Parts of the tree of cells on threads: the kernel holds no lock of Python's while it runs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from pwlin.extraction.kernel.compiled import Integers, plain
from pwlin.extraction.kernel.drive import drive
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.plan import Plan
from pwlin.extraction.kernel.store import N_CROSSING, StackCounts, Store, copied, push
from pwlin.extraction.watch import Found

R = TypeVar("R")
_PARTS_EACH = 4
"""Parts per thread, so that large ones even out; each costs a copy of the trunk."""
_FRAMES_EACH = 8
"""Frames per part, for parts of about the same size."""
_WORTHWHILE = 96
"""Hidden neurons from which threads are used unless told otherwise."""


def spread(
    plan: Plan,
    store: Store,
    oracle: Oracle,
    work: Callable[[Store, Oracle, Found | None], R],
    workers: int,
    found: Found | None,
) -> list[R]:
    """Do `work` on parts that make up the whole, and return what comes out in the order of the whole.

    Each part has a store of its own, which starts with the vertices and facets of the trunk. Parts that are likely to take
    long are the first to be worked on.
    """
    if workers <= 1:
        return [work(store, oracle, found)]
    trunk, groups = divided(plan, store, oracle, _PARTS_EACH * workers, found)
    failed: list[BaseException] = []

    def tell(cells: int, share: float = 0.0, soon: int = 0, /) -> None:
        if failed:
            raise KeyboardInterrupt
        if found is not None:
            found(cells, share, soon)

    def task(trunk: Store, frames: list[Integers]) -> R:
        try:
            tell(0)
            return work(store_of(plan, trunk, frames), oracle.fresh(), tell)
        except BaseException as error:  # the others are not to go on until each has met the same
            if not failed:
                failed.append(error)
            raise

    with ThreadPoolExecutor(workers) as pool:
        futures: dict[int, Future[R]] = {}
        for i in sorted(range(len(groups)), key=lambda i: -sum(map(_work, groups[i]))):
            futures[i] = pool.submit(task, trunk, groups[i])
        try:
            return [futures[i].result() for i in range(len(groups))]
        except BaseException as error:  # noqa: BLE001 the first that failed is raised
            if not failed:
                failed.append(error)
            for future in futures.values():
                future.cancel()
            futures.clear()  # with what their searches had
            raise failed[0] from None


def divided(
    plan: Plan, store: Store, oracle: Oracle, count: int, found: Found | None = None
) -> tuple[Store, list[list[Integers]]]:
    """The trunk of a tree, and the frames of about so many parts that make up the whole. It depends on nothing else.

    `found` is told now and then that there are no cells yet, so that it can look at the memory.
    """

    def tell(cells: int, share: float = 0.0, soon: int = 0, /) -> None:
        if found is not None:
            found(0, 0.0, soon)

    # A cell is a frame after so many cuts in the first layer.
    trunk = drive(plan, store, oracle, aside_level=(_FRAMES_EACH * count - 1).bit_length(), found=tell)
    return trunk, _groups(frames_in(trunk.stack.aside[: plain(StackCounts, trunk.stack.n).aside]), count)


def store_of(plan: Plan, trunk: Store, frames: list[Integers]) -> Store:
    """A store for the part that begins with these frames."""
    part = copied(trunk, plan)
    need = sum(map(len, frames))
    if need > len(part.stack.frames):
        part = part._replace(stack=part.stack._replace(frames=np.empty(need, dtype=np.int64)))
    for frame in reversed(frames):  # the first on top
        push(part.stack, frame)
    return part


def at_once(tasks: Sequence[Callable[[], object]], workers: int) -> None:
    """Do all of these, in their order or, if there may be several threads, about so; this thread is one of them."""
    left = deque(tasks)

    def work() -> None:
        while True:
            try:
                task = left.popleft()
            except IndexError:
                return
            task()

    helpers = min(workers, len(tasks)) - 1
    if helpers < 1:
        work()
        return
    with ThreadPoolExecutor(helpers) as pool:
        started = [pool.submit(work) for _ in range(helpers)]
        work()
        for future in started:
            future.result()


def threads_for(plan: Plan, workers: int | None) -> int:
    """How many threads to use: as many as asked for, else all that there are if that is likely to help."""
    if workers is not None:
        return max(1, workers)
    return processors() if len(plan.bias) >= _WORTHWHILE else 1


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def frames_in(words: Integers) -> list[Integers]:
    """The frames that were put there one after the other; each ends with its length."""
    out, end = [], len(words)
    while end:
        size = int(words[end - 1])
        out.append(words[end - size : end].copy())
        end -= size
    return out[::-1]


def _work(frame: Integers) -> int:
    """About how much work a frame is, in no unit: lines make about half their number squared of cells in the plane."""
    return (1 + int(frame[N_CROSSING])) ** 2


def _groups(frames: list[Integers], count: int) -> list[list[Integers]]:
    """Frames that are next to each other together, in about so many groups of about the same work."""
    most = sum(map(_work, frames)) / count
    out: list[list[Integers]] = []
    size = most
    for frame in frames:
        work = _work(frame)
        if size + work > most:
            out.append([])
            size = 0
        out[-1].append(frame)
        size += work
    return out
