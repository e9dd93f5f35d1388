"""Watching a search: what it has found, how much of its tree is done, and whether it may go on."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Protocol

from pwlin.base import arguments, memory
from pwlin.base.errors import LimitError
from pwlin.base.progress import Bar
from pwlin.extraction.ration import Gauge, Ration, TooLarge, here

_LITTLE = 2**20
"""So many bytes are there, or the next look tells: small networks need not wait for a look."""


class Found(Protocol):
    """What a search tells: so many new cells, what share of the tree has been done for them, and how many bytes it is about
    to fill at once.
    """

    def __call__(self, cells: int, share: float = 0.0, soon: int = 0, /) -> object: ...


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
        self.given = None if max_memory is None else memory.size(max_memory, "max_memory")

    @cached_property
    def memory(self) -> int | None:
        """Bytes; None where the system does not tell what is free. Found out when it is first asked for."""
        return memory.may_take() if self.given is None else self.given

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
        How many times the memory of a search is taken when it ends.
    expected : callable, optional
        In words, how many regions there will be, found out within a `Gauge`; asked for the bar, and when a limit is reached.
    instead : str
        What to call instead.
    """

    def __init__(
        self,
        bar: Bar,
        limits: Limits,
        reserve: float = 1,
        expected: Callable[[Gauge], str] | None = None,
        instead: str = "",
    ) -> None:
        self._bar, self._limits, self._reserve = bar, limits, reserve
        self._expected, self._instead = expected, instead
        self._lock = Lock()
        self._before = memory.resident()
        self._gauge = Gauge(lambda: limits.memory, reserve, lambda: self._before, 0)
        self._note = ""
        self.found, self.share = 0, 0.0

    def __bool__(self) -> bool:
        """Whether anybody sees what is found."""
        return bool(self._bar)

    def begin_again(self) -> None:
        """Forget what was found: another search starts from the beginning."""
        self.found, self.share = 0, 0.0
        self._gauge.begin_again()

    def leave_out(self, size: int) -> None:
        """So many bytes were taken for something else than the search."""
        self._before += size

    def ration(self, workers: int | None) -> Ration:
        """What each of so many workers may take of what is left; of an unknown number each may take all."""
        limits, had = self._limits, max(0, memory.resident() - self._before)
        left = None if limits.memory is None else max(0, limits.memory - had)
        return Ration(left, workers or 1, limits.given is not None, self._reserve, self._before + had, here())

    def announce_expected(self) -> None:
        """Let the bar say how many are expected, if anybody sees it."""
        if self._bar and self._expected is not None:
            self._note = self._expects()

    def _expects(self) -> str:
        """How many are expected; nothing if finding that out takes more memory than there may be."""
        if self._expected is None:
            return ""
        try:
            return self._expected(Gauge(lambda: self._limits.memory, 1, lambda: self._before))
        except TooLarge as error:
            _let_go(error)
            return ""

    def __call__(self, cells: int, share: float = 0.0, soon: int = 0, /) -> None:
        with self._lock:
            self.found += cells
            self.share += share
            if self._bar:
                done = f"{self.share:.1%} of the tree" if self.share else ""
                self._bar.advance(cells, ", ".join(filter(None, (done, self._note))))
            self._check(soon)

    def check(self, total: int) -> None:
        """Hold a number that was found otherwise against the limit; within `limited`."""
        self.found = max(self.found, total)
        self._check()

    def _check(self, soon: int = 0) -> None:
        limits = self._limits
        if limits.regions is not None and self.found > limits.regions:
            raise _Reached("max_regions", "a larger number", "")
        self._gauge.check(self.found, soon)

    def allows(self, size: int) -> bool:
        """Whether the search may take so many bytes at once."""
        return size <= _LITTLE or self._limits.memory is None or size <= self._limits.memory

    def needs(self, size: int) -> None:
        """Hold what the search takes at once, in bytes, against the limit."""
        if not self.allows(size):
            what = f", {memory.words(size)} being needed to begin with and {memory.words(self._limits.memory or 0)} allowed"
            raise _Reached("max_memory", "more memory", what)

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Within the block limits hold.

        Raises
        ------
        LimitError
            When one is reached, here or by a worker. What the search has taken is given back before it is said how many cells are expected.
        """
        try:
            yield
            return
        except TooLarge as error:
            _let_go(error)
            used, most, found = error.args
            self.found = max(self.found, found)
            name, more, what = "max_memory", "more memory", f" in {memory.words(used)} of at most {memory.words(most)}"
        except _Reached as error:
            _let_go(error)
            name, more, what = error.args
        gc.collect()
        memory.give_back()
        share = f" after {self.share:.1%} of the search" if self.share else ""
        expected = self._expects()
        found = ", ".join(filter(None, (f"{self.found:,} regions{what}{share}", expected)))
        raise arguments.refusal(name, found, f"is {more}{self._instead}", LimitError)


def _let_go(error: BaseException | None) -> None:
    """Whoever called keeps the error as long as this block is not done: what the ended search had is not to stay with it."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


class _Reached(Exception):
    """A limit is reached: the argument, what is accepted of it, and what was found."""
