"""The door to the compiled kernel: whether it can be used, and whether it is there already."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from pwlin.extraction.cells.rational import Found
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_ENTRY = "pwlin.extraction.kernel.entry"
MOST_PATIENCE = 1000
"""No more cells than this are searched in rationals first."""


def obstacle(net: Network, polytope: Polytope) -> str:
    """Why the kernel is not for this network and domain; empty if it may be."""
    if not polytope.is_bounded:
        return "the domain is unbounded"
    if not net.hidden:
        return "the network has no hidden layer"
    if find_spec("numba") is None:
        return "numba is not installed"
    return ""


def is_ready() -> bool:
    """Whether the kernel is in memory, so that nothing waits for it."""
    return _ENTRY in sys.modules


def is_compiled() -> bool:
    """Whether machine code of the kernel lies beside the package, or where the environment says, so that it is loaded soon."""
    folder = Path(__file__).parent.parent / "kernel"
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    places = Path(elsewhere).glob("*") if elsewhere else [folder / "__pycache__"]
    return any(any(place.glob("run.run-*.nbi")) for place in places)


def patience(net: Network) -> int:
    """How many cells to search in rationals before the kernel is loaded, or even compiled: few if they are expensive.

    They take about as long as loading does, or some seconds before compilation.
    """
    if is_ready():
        return 0
    weights = sum(layer.n_weights for layer in net.layers)
    seconds = 80e-6 + 13e-9 * weights  # for each cell, about
    return min(MOST_PATIENCE, int((0.5 if is_compiled() else 4.0) / seconds))


def cell_complex(
    net: Network, polytope: Polytope, workers: int | None = None, found: Found | None = None
) -> CellComplex | None:
    """The complex, as `pwlin.extraction.cells.rational.cell_complex` makes it; None if the kernel cannot hold it."""
    _say_that_it_is_compiled(found)
    from pwlin.extraction.kernel.entry import fast_complex

    return fast_complex(net, polytope, workers, found)


def count(net: Network, polytope: Polytope, workers: int | None = None, found: Found | None = None) -> int | None:
    """The number of cells; none is kept. None if the kernel cannot hold one."""
    _say_that_it_is_compiled(found)
    from pwlin.extraction.kernel.entry import fast_count

    return fast_count(net, polytope, workers, found)


def _say_that_it_is_compiled(found: Found | None) -> None:
    """Whoever waits for a compiler knows it: from a progress bar, or else from a line on stderr."""
    if found is None and not is_ready() and not is_compiled():
        print("pwlin: the search is compiled for this machine, about 30 s, once", file=sys.stderr)
