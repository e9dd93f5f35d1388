"""The one progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from tqdm import tqdm


@final
class Bar:
    """What long work tells of its steps; it shows them, or nothing if nobody asked."""

    __slots__ = ("_bar",)

    def __init__(self, bar: tqdm[None] | None) -> None:
        self._bar = bar

    def __bool__(self) -> bool:
        """Whether anybody sees it."""
        return self._bar is not None

    def advance(self, steps: int = 1, note: str = "") -> None:
        """So many more steps are done; `note` stands behind the bar until the next call."""
        if self._bar is not None:
            self._bar.set_postfix_str(note, refresh=not steps)
            self._bar.update(steps)


@contextmanager
def progress_bar(title: str, unit: str, total: int | None = None, *, wanted: bool = True) -> Iterator[Bar]:
    """A bar on stderr, for as long as the block runs.

    Parameters
    ----------
    title, unit : str
        What is done, and what is counted.
    total : int, optional
        How many steps there are; a bar without an end vanishes when the work is done.
    wanted : bool
        Without it, and where stderr is closed, the bar is silent.
    """
    if not wanted or sys.stderr is None or sys.stderr.closed:
        yield Bar(None)
        return
    from tqdm import tqdm

    class Unwatched(tqdm):  # type: ignore[type-arg]
        monitor_interval = 0  # no thread: it is for bars that do not look at the clock at each step

    with Unwatched(total=total, desc=title, unit=unit, leave=total is not None, miniters=1) as bar:
        yield Bar(bar)
