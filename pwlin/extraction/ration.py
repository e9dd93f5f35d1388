"""What a worker may find and take: so many cells of a part, and its share of the memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import NamedTuple
from uuid import uuid4

from pwlin.base import memory

_LOOK, _MANY = 0.02, 1024
"""Seconds, or cells, to the first look at the memory, and between two."""
_LITTLE = 2**18
"""Bytes that are filled without a look."""
_HERE = uuid4().hex


class TooMany(Exception):
    """There are more cells than were asked for."""


class TooLarge(Exception):
    """There is less memory than the search takes: the bytes that it has, those that it may have, and the cells found."""


class Gauge:
    """Looks now and then how much memory a search has taken.

    Parameters
    ----------
    most : callable
        Bytes that it may take, or None for any number; asked at the first look.
    reserve : float
        How many times what it has the search takes when it ends.
    before : callable
        Bytes that the process has for something else.
    used : int, optional
        Bytes that it has taken, if that is known.
    """

    def __init__(
        self, most: Callable[[], int | None], reserve: float, before: Callable[[], int], used: int | None = None
    ) -> None:
        self._most, self._reserve, self._before = most, reserve, before
        self._looked, self._looked_at, self._used = perf_counter(), 0, self._taken() if used is None else used

    def check(self, found: int, soon: int = 0) -> None:
        """Told how many cells there are, and how many bytes are about to be filled at once.

        What the search took since the last look it may take again until the next one.

        Raises
        ------
        TooLarge
        """
        now = perf_counter()
        if not (soon > _LITTLE or now - self._looked > _LOOK or found - self._looked_at >= _MANY):
            return
        self._looked, self._looked_at = now, found
        most, used = self._most(), self._taken()
        step, self._used = max(0, used - self._used), used
        if most is not None and max(used * self._reserve, used + soon) + step > most:
            raise TooLarge(used, most, found)

    def _taken(self) -> int:
        return max(0, memory.resident() - self._before())

    def begin_again(self) -> None:
        """Cells are counted from 0 again."""
        self._looked, self._looked_at = perf_counter(), 0


class Ration(NamedTuple):
    """The memory that each worker may take; it is sent to them.

    Attributes
    ----------
    whole : int or None
        Bytes that the search may still take in all.
    workers : int
        So many share them.
    given : bool
        Whether that was asked for. If not, a worker elsewhere takes its share of what is free where it is.
    reserve : float
        As in `Gauge`.
    before : int
        Bytes that the process has that divides the work.
    home : str
        That process.
    """

    whole: int | None
    workers: int
    given: bool
    reserve: float
    before: int
    home: str

    def gauge(self) -> Gauge:
        """In a worker: what measures its memory. Threads of the process that divides the work share all of it."""
        if self.home == here():
            return Gauge(lambda: self.whole, self.reserve, lambda: self.before)
        return Gauge(cache(self._share), self.reserve, _at_first)

    def _share(self) -> int | None:
        if self.given:
            return None if self.whole is None else self.whole // self.workers
        left = memory.may_take()
        return None if left is None else left // min(self.workers, os.cpu_count() or 1)


def here() -> str:
    """What tells this process from others, on other machines too."""
    return f"{_HERE} {os.getpid()}"


_before: dict[str, int] = {}


def _at_first() -> int:
    """Bytes that this process had when it was first asked."""
    return _before.setdefault(here(), memory.resident())


def leave_out(size: int) -> None:
    """So many bytes were taken in this process for something else than a search."""
    if here() in _before:
        _before[here()] += size


class Meter:
    """Told by a search what it finds in a part; ends it when that is more than may be.

    Parameters
    ----------
    cells : int, optional
        So many may be found; if there are more, it raises `TooMany`.
    gauge : Gauge, optional
        If it takes more memory, that raises `TooLarge`.
    """

    def __init__(self, cells: int | None = None, gauge: Gauge | None = None) -> None:
        self.found, self.cells, self._gauge = 0, cells, gauge

    def __call__(self, more: int, share: float = 0.0, soon: int = 0, /) -> None:
        self.found += more
        if self.cells is not None and self.found > self.cells:
            raise TooMany
        if self._gauge is not None:
            self._gauge.check(self.found, soon)


class Allowance(NamedTuple):
    """What a worker may find in a part, and take for it; it is sent to them.

    Attributes
    ----------
    cells : int, optional
        So many may be found.
    ration : Ration, optional
    """

    cells: int | None = None
    ration: Ration | None = None

    def meter(self) -> Meter:
        """In a worker: what holds a part to it."""
        return Meter(self.cells, None if self.ration is None else self.ration.gauge())
