"""Parts of the tree of cells on threads: the kernel holds no lock of Python's while it runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from pwlin.extract.fast.drive import drive
from pwlin.extract.fast.oracle import Oracle
from pwlin.extract.fast.plan import Plan
from pwlin.extract.fast.store import EXPORT, Store, copied, push

Found = Callable[[int], object]
R = TypeVar("R")
_PARTS_EACH = 4
"""Parts per thread, so that large ones even out; each costs a copy of the trunk."""
_WORTHWHILE = 96
"""Hidden neurons from which threads are used unless told otherwise."""


def spread(
    plan: Plan,
    store: Store,
    oracle: Oracle,
    work: Callable[[Store, Oracle, Found | None], R],
    workers: int | None,
    found: Found | None,
) -> list[R]:
    """Do `work` on parts that make up the whole, and return what comes out in the order of the whole.

    Each part has a store of its own, which starts with the vertices and facets of the trunk.
    """
    count = workers if workers is not None else processors() if int(plan.width.sum()) >= _WORTHWHILE else 1
    if count <= 1:
        return [work(store, oracle, found)]
    level = (_PARTS_EACH * count - 1).bit_length()  # cuts in the first layer after which a cell is a part
    trunk = drive(plan, store, oracle, export_level=level)
    frames = _frames(trunk.export[: int(trunk.counts[EXPORT])])
    stop = False

    def tell(cells: int) -> None:
        if stop:
            raise KeyboardInterrupt
        if found is not None:
            found(cells)

    def task(frame: np.ndarray) -> R:
        part = copied(trunk)
        push(part, frame)
        return work(part, oracle.fresh(), tell)

    with ThreadPoolExecutor(count) as pool:
        futures: list[Future[R]] = [pool.submit(task, frame) for frame in frames]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop = True
            for future in futures:
                future.cancel()
            raise


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _frames(export: np.ndarray) -> list[np.ndarray]:
    """The frames that the trunk has put aside, in the order in which it met them; each ends with its length."""
    out, end = [], len(export)
    while end:
        size = int(export[end - 1])
        out.append(export[end - size : end].copy())
        end -= size
    return out[::-1]
