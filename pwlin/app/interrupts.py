"""Ctrl-C while a command runs: noticed wherever it comes, held back while finished files get their names."""

from __future__ import annotations

import atexit
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Within ``with``, whether Ctrl-C has come, even if a library has made another error of it."""

    def __init__(self) -> None:
        self.came = False

    def __enter__(self) -> Interrupts:
        self._before = signal.getsignal(signal.SIGINT)
        self._here = threading.current_thread() is threading.main_thread() and callable(self._before)
        self._hook = sys.unraisablehook
        if self._here:
            signal.signal(signal.SIGINT, self._notice)
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # nothing is left to be interrupted then
        return self

    def __exit__(self, *_: object) -> None:
        if self._here:
            signal.signal(signal.SIGINT, self._before)
        sys.unraisablehook = self._hook

    def _notice(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        sys.unraisablehook = lambda _: None  # what destructors and callbacks say of it
        raise KeyboardInterrupt


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
