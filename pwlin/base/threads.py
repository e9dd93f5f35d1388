"""One thread for matrix products: their last digits do not depend on how many a machine has, and other threads have theirs."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

_HOLDERS = ("numpy._core._multiarray_umath", "numpy.core._multiarray_umath", "scipy.linalg._fblas")
"""Compiled modules that are linked with a BLAS; a symbol is looked up in them and in what they load."""
_CONTROLS = (
    ("scipy_openblas_get_num_threads64_", "scipy_openblas_set_num_threads64_"),
    ("scipy_openblas_get_num_threads", "scipy_openblas_set_num_threads"),
    ("openblas_get_num_threads64_", "openblas_set_num_threads64_"),
    ("openblas_get_num_threads", "openblas_set_num_threads"),
    ("MKL_Get_Max_Threads", "MKL_Set_Num_Threads"),
)

_lock = Lock()
_inside = 0
"""Blocks that are under way: all threads of the process share one BLAS, and its number is what the first one met."""
_before: list[Callable[[], object]] = []
"""What gives a BLAS its threads back."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Within the block OpenBLAS and MKL compute with one thread, in the whole process; blocks of several threads may overlap.

    Where the library that NumPy uses is another one, or does not let itself be found (as on Windows), nothing changes.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside
    with _lock:
        _inside += 1
        for get, change in [pair for name in _HOLDERS if name in sys.modules for pair in _controls(name)]:
            if (count := get()) != 1:
                _before.append(lambda change=change, count=count: change(count))  # type: ignore[misc]
                change(1)


def _leave() -> None:
    global _inside
    with _lock:
        _inside -= 1
        while _before and not _inside:
            _before.pop()()


@cache
def _controls(holder: str) -> list[tuple[ctypes._NamedFuncPointer, ctypes._NamedFuncPointer]]:
    path = getattr(sys.modules[holder], "__file__", None)
    try:
        library = ctypes.CDLL(path) if path else None
    except OSError:
        return []
    return [(library[get], library[change]) for get, change in _CONTROLS if library and hasattr(library, change)]
