"""One thread for matrix products, so that their last digits do not depend on how many a machine has."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_HOLDERS = ("numpy._core._multiarray_umath", "numpy.core._multiarray_umath", "scipy.linalg._fblas")
"""Compiled modules that are linked with a BLAS; a symbol is looked up in them and in what they load."""
_CONTROLS = (
    ("scipy_openblas_get_num_threads64_", "scipy_openblas_set_num_threads64_"),
    ("scipy_openblas_get_num_threads", "scipy_openblas_set_num_threads"),
    ("openblas_get_num_threads64_", "openblas_set_num_threads64_"),
    ("openblas_get_num_threads", "openblas_set_num_threads"),
    ("MKL_Get_Max_Threads", "MKL_Set_Num_Threads"),
)


@contextmanager
def one_thread() -> Iterator[None]:
    """Within the block OpenBLAS and MKL compute with one thread, in the whole process.

    Where the library that NumPy uses is another one, or does not let itself be found (as on Windows), nothing changes.
    """
    found = [pair for name in _HOLDERS if name in sys.modules for pair in _controls(name)]
    before = [get() for get, _ in found]
    try:
        for _, change in found:
            change(1)
        yield
    finally:
        for (_, change), count in zip(found, before, strict=True):
            change(count)


def _controls(holder: str) -> list[tuple[ctypes._NamedFuncPointer, ctypes._NamedFuncPointer]]:
    path = getattr(sys.modules[holder], "__file__", None)
    try:
        library = ctypes.CDLL(path) if path else None
    except OSError:
        return []
    return [(library[get], library[change]) for get, change in _CONTROLS if library and hasattr(library, change)]
