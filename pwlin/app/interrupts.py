"""Ctrl-C while a command runs: noticed wherever it comes, held back while finished files get their names."""

from __future__ import annotations

import _thread
import atexit
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SOON = 0.05
"""Seconds after which a Ctrl-C that came within a destructor comes again."""


class Interrupts:
    """Within ``with``, whether Ctrl-C has come, even if a library has made another error of it.

    What comes within a destructor or a callback is no error to who runs then; it comes once more a little later.
    """

    def __init__(self) -> None:
        self.came = False
        self._again: threading.Timer | None = None

    def __enter__(self) -> Interrupts:
        self._before = signal.getsignal(signal.SIGINT)
        self._here = threading.current_thread() is threading.main_thread() and callable(self._before)
        self._hook = sys.unraisablehook
        if self._here:
            signal.signal(signal.SIGINT, self._notice)
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # nothing is left to be interrupted then
        return self

    def __exit__(self, *_: object) -> None:
        if self._again is not None:
            self._again.cancel()
        if self._here:
            signal.signal(signal.SIGINT, self._before)
        sys.unraisablehook = self._hook

    def _notice(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        sys.unraisablehook = self._lost
        raise KeyboardInterrupt

    def _lost(self, what: sys.UnraisableHookArgs) -> None:
        """Destructors and callbacks say nothing of it."""
        if issubclass(what.exc_type, KeyboardInterrupt) and self._here:
            self._again = threading.Timer(_SOON, _thread.interrupt_main)
            self._again.start()


@contextmanager
def held() -> Iterator[None]:
    """Within the block Ctrl-C waits; it comes at the end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came and callable(before):
        before(signal.SIGINT, None)
