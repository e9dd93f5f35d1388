"""Watching a search: what it has found, how much of its tree is done, and whether it may go on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from time import perf_counter
from typing import Protocol

from pwlin.base import arguments, memory
from pwlin.base.errors import LimitError
from pwlin.base.progress import Bar

_FREE_SHARE = (3, 4)
"""So much of the memory that is free may be taken, if nothing else is said."""
_LOOK, _MANY = 0.02, 1024
"""Seconds, or cells, to the first look at the memory, and between two."""
_LITTLE = 2**20
"""So many bytes are there, or the next look tells: small networks need not wait for a look."""


class Found(Protocol):
    """What a search tells: so many new cells, and what share of the tree has been done for them."""

    def __call__(self, cells: int, share: float = 0.0, /) -> object: ...


class Limits:
    """What a search may find and take.

    Parameters
    ----------
    max_regions : int, optional
    max_memory : int or text, optional
        Bytes; by default three quarters of what is free.
    """

    def __init__(self, max_regions: object = None, max_memory: object = None) -> None:
        self.regions = None if max_regions is None else arguments.whole(max_regions, "max_regions", 1)
        self._given = None if max_memory is None else memory.size(max_memory, "max_memory")

    @cached_property
    def memory(self) -> int | None:
        """Bytes; None where the system does not tell what is free. Found out when it is first asked for."""
        if self._given is not None:
            return self._given
        left = memory.free()
        return None if left is None else left * _FREE_SHARE[0] // _FREE_SHARE[1]

    def hold(self, regions: int) -> None:
        """Refuse so many regions if there may be fewer only.

        Raises
        ------
        LimitError
        """
        watch = Watch(Bar(None), self)
        with watch.limited():
            watch.check(regions)


class Watch:
    """Told by a search what it finds; tells a bar, and ends the search when a limit is reached.

    Parameters
    ----------
    bar : Bar
    limits : Limits
    reserve : float
        How many times the memory of a search is taken at most: arrays are copied when they grow.
    expected : callable, optional
        In words, how many regions there will be; asked for the bar, and when a limit is reached.
    instead : str
        What to call instead.
    """

    def __init__(
        self, bar: Bar, limits: Limits, reserve: float = 1, expected: Callable[[], str] | None = None, instead: str = ""
    ) -> None:
        self._bar, self._limits, self._reserve = bar, limits, reserve
        self._expected, self._instead = expected, instead
        self._lock = Lock()
        self._before = memory.resident()
        self._note = ""
        self._looked = perf_counter()
        self.found, self._looked_at, self.share = 0, 0, 0.0

    def __bool__(self) -> bool:
        """Whether anybody sees what is found."""
        return bool(self._bar)

    def begin_again(self) -> None:
        """Forget what was found: another search starts from the beginning."""
        self.found, self._looked_at, self.share = 0, 0, 0.0

    def announce_expected(self) -> None:
        """Let the bar say how many are expected, if anybody sees it."""
        if self._bar and self._expected is not None:
            self._note = self._expected()

    def __call__(self, cells: int, share: float = 0.0, /) -> None:
        with self._lock:
            self.found += cells
            self.share += share
            if self._bar:
                done = f"{self.share:.1%} of the tree" if self.share else ""
                self._bar.advance(cells, ", ".join(filter(None, (done, self._note))))
        self._check()

    def check(self, total: int) -> None:
        """Hold a number that was found otherwise against the limit; within `limited`."""
        self.found = max(self.found, total)
        self._check()

    def _check(self) -> None:
        limits = self._limits
        if limits.regions is not None and self.found > limits.regions:
            raise _Reached("max_regions", "a larger number", "")
        now = perf_counter()
        due = now - self._looked > _LOOK or self.found - self._looked_at >= _MANY
        if due and limits.memory is not None:
            self._looked, self._looked_at = now, self.found
            used = max(0, memory.resident() - self._before)
            if used * self._reserve > limits.memory:
                what = f" in {memory.words(used)} of at most {memory.words(limits.memory)}"
                raise _Reached("max_memory", "more memory", what)

    def needs(self, size: int) -> None:
        """Hold what the search takes at once, in bytes, against the limit."""
        if size > _LITTLE and self._limits.memory is not None and size > self._limits.memory:
            what = f", {memory.words(size)} being needed to begin with and {memory.words(self._limits.memory)} allowed"
            raise _Reached("max_memory", "more memory", what)

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Within the block limits hold.

        Raises
        ------
        LimitError
            When one is reached. What the search has taken is given back before it is said how many cells are expected.
        """
        try:
            yield
            return
        except _Reached as error:
            name, more, what = error.args
        gc.collect()
        share = f" after {self.share:.1%} of the search" if self.share else ""
        expected = self._expected() if self._expected is not None else ""
        found = ", ".join(filter(None, (f"{self.found:,} regions{what}{share}", expected)))
        raise arguments.refusal(name, found, f"is {more}{self._instead}", LimitError)


class _Reached(Exception):
    """A limit is reached: the argument, what is accepted of it, and what was found."""
