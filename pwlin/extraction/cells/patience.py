"""How long to search in rationals before the kernel takes over: no time is lost by waiting for a compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.rational import Until
from pwlin.networks.network import Network

_LOADING = 0.05
"""Seconds for a search in rationals that may be done sooner than a compiled kernel is loaded, which takes ten times that."""
_COMPILING = 1.0
"""Seconds for one that may be done without a compiler."""
_GROWTH = 2.2
"""How many times longer a cell takes with one more input."""
_OFTEN = 16
"""Cells after which to look again whether the compiler is done."""
_COMMAND = "from pwlin.extraction.cells.kernel import warm_up; warm_up()"


def patience(net: Network) -> Until | None:
    """When to stop a search in rationals: soon, if the kernel is compiled; else as soon as it is. None: at once.

    The compiler starts after about a second, in a process of its own. What was found till then is found again by the
    kernel, in about a thousandth of the time.
    """
    if kernel.is_ready():
        return None
    weights = sum(layer.n_weights for layer in net.layers)
    seconds = 80e-6 * _GROWTH ** (net.input_dim - 2) + 13e-9 * weights  # for each cell, about
    if kernel.is_compiled():
        few = int(_LOADING / seconds)
        return lambda cells: cells >= few
    return _Compilation(int(_COMPILING / seconds)).is_done


class _Compilation:
    """A compiler that works beside a search, if the search takes long."""

    def __init__(self, few: int) -> None:
        self._next = few
        self._process: subprocess.Popen[bytes] | None = None

    def is_done(self, cells: int) -> bool:
        """Whether the kernel can take over; asked with the number of cells so far."""
        if cells < self._next:
            return False
        self._next = cells + _OFTEN
        if self._process is None:
            self._process = _compiler()
            return self._process is None  # then it is compiled here
        return self._process.poll() is not None


def _compiler() -> subprocess.Popen[bytes] | None:
    """A process that compiles the kernel, also if this one ends meanwhile; None if there can be none."""
    path = [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            [sys.executable or "", "-c", _COMMAND],
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))},
            start_new_session=True,
        )
    except (OSError, ValueError):  # no interpreter, or no process allowed
        return None
