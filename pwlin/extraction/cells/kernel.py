"""The door to the compiled kernel: whether it can be used, and whether it is there already."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pwlin.base import memory
from pwlin.base.crew import jobs_at_once
from pwlin.base.version import __version__
from pwlin.extraction import ration
from pwlin.extraction.cells.rational_search import Search
from pwlin.extraction.machine_code import is_there
from pwlin.extraction.watch import Watch
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from pwlin.extraction.kernel.subtrees import KernelTree

R = TypeVar("R")
_ENTRY = "pwlin.extraction.kernel.entry"
WAIT = "about half a minute, once"
"""How long a compiler takes."""
_MANY_INPUTS, _VERY_MANY = 5, 8
"""Inputs from which vertices are better not made, and from which even a few cells in rationals take long."""
_WIDE = 96
"""Hidden neurons from which there are threads."""
_LONGEST = 180.0
"""Seconds after which nobody waits any more for another one's compiler."""


_SMALL = Network.from_arrays([[[1, -1]], [[1]], [[1]]], [[0], [-1], [0]]), Polytope.box([(0, 1), (0, 1)])
"""A search that needs all the code but for what counts in many dimensions."""
_MANY = Network.from_arrays([np.eye(5), np.ones((1, 5))]), Polytope.box([(-1, 1)] * 5)


def obstacle(net: Network, polytope: Polytope) -> str:
    """Why the kernel is not for this network and domain; empty if it may be."""
    if not net.hidden:
        return "the network has no hidden layer"
    if find_spec("numba") is None:
        return "numba is not installed"
    if net.input_dim == 1 and not polytope.is_bounded:  # the vertex at infinity lies on no facet
        return "of one input it searches bounded domains only"
    if polytope.generators[1] and Search(net, polytope).lineality:
        return "every region contains a line"
    return ""


def is_ready() -> bool:
    """Whether the kernel is in memory, so that nothing waits for it."""
    return _ENTRY in sys.modules


def is_compiled() -> bool:
    """Whether there is machine code of the kernel, so that it is loaded soon."""
    return is_there()


def cell_complex(
    net: Network, polytope: Polytope, workers: int | None = None, found: Watch | None = None
) -> CellComplex | None:
    """The complex, as `pwlin.extraction.cells.rational.cell_complex` makes it; None if the kernel cannot hold it."""
    workers = _begin(net, workers, found)
    from pwlin.extraction.kernel.entry import fast_complex

    return fast_complex(net, polytope, workers, found)


def count(net: Network, polytope: Polytope, workers: int | None = None, found: Watch | None = None) -> int | None:
    """The number of cells; none is kept. None if the kernel cannot hold one."""
    workers = _begin(net, workers, found)
    from pwlin.extraction.kernel.entry import fast_count

    return fast_count(net, polytope, workers, found)


def count_signs(net: Network, polytope: Polytope, found: Watch | None = None, soon: bool = False) -> int | None:
    """The number of cells without their vertices; None where they are needed, or where what takes less might be done before
    the kernel is loaded, unless it is wanted `soon`."""
    many = net.input_dim >= _MANY_INPUTS and len(net.hidden) == 1
    if not many or not (soon or is_ready() or (net.input_dim >= _VERY_MANY and is_compiled())):
        return None
    _say_that_it_is_compiled(found)
    load(found)
    from pwlin.extraction.kernel import sign_vectors

    return sign_vectors.count_signs(net, polytope, found)


def _begin(net: Network, workers: int | None, found: Watch | None) -> int | None:
    """Have the kernel there, and memory for it; how many threads there is enough for, if nobody asked for a number."""
    _say_that_it_is_compiled(found)
    load(found)
    if found is None:
        return workers
    if workers is None and not found.allows(memory_to_begin(net, workers)):
        workers = 1
    found.needs(memory_to_begin(net, workers))
    return workers


def load(found: Watch | None = None) -> None:
    """Have the kernel's code in memory, and compiled; what that takes is no part of a search's memory."""
    if is_ready():
        return
    had = memory.resident()
    warm_up()
    from pwlin.extraction.kernel.entry import fast_count

    fast_count(*_SMALL)
    for leave_out in (ration.leave_out, *([found.leave_out] if found is not None else [])):
        leave_out(memory.resident() - had)


def memory_to_begin(net: Network, workers: int | None) -> int:
    """About how many bytes a search takes before there are cells.

    Each thread has the weights, and room for parts of them; all share those of rationals, which the first sign asks for that
    floats leave open.
    """
    threads = workers or (os.cpu_count() or 1 if sum(net.sizes) >= _WIDE else 1)
    return (5 * threads + 6) * 8 * sum(layer.n_weights for layer in net.layers)


def memory_to_begin_by(executor: Executor, net: Network) -> int:
    """The same for this process and an executor's workers together."""
    jobs = jobs_at_once(executor) or 1
    if isinstance(executor, ThreadPoolExecutor):
        return memory_to_begin(net, jobs)
    return (1 + jobs) * memory_to_begin(net, 1)


def _say_that_it_is_compiled(found: Watch | None) -> None:
    """Whoever waits for a compiler knows it: from a progress bar, or else from a line on stderr."""
    if not found and not is_ready() and not is_compiled():
        print(f"pwlin: the search is compiled for this machine, {WAIT}", file=sys.stderr)


def tree(net: Network, polytope: Polytope) -> KernelTree | None:
    """The search tree, of which the kernel searches parts; None if it cannot hold it."""
    if obstacle(net, polytope):
        return None
    load()
    from pwlin.extraction.kernel.drive import Unsuited
    from pwlin.extraction.kernel.subtrees import KernelTree

    try:
        return KernelTree(net, polytope)
    except Unsuited:
        return None


def attempt(function: Callable[..., R], *arguments: object) -> R | None:
    """What a method of a kernel's tree returns, or None if the kernel cannot hold a cell there."""
    from pwlin.extraction.kernel.drive import Unsuited

    try:
        return function(*arguments)
    except Unsuited:
        return None


@contextmanager
def _only_here() -> Iterator[None]:
    """Workers of one machine that all miss the machine code wait here for the one of them that compiles it."""
    mark = Path(tempfile.gettempdir(), f"pwlin-{__version__}-{os.getuid() if hasattr(os, 'getuid') else 0}.compiling")
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end and not is_compiled():
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:  # by one who is at work, or was killed
            time.sleep(0.1)
            continue
        except OSError:  # there is no place for a mark
            break
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)
        return
    yield


def warm_up() -> None:
    """Have everything compiled that a search needs, if it is not; one process of a machine does it, others wait for that."""
    if is_compiled():
        return
    with _only_here():
        _compile_all()


def _compile_all() -> None:
    from pwlin.extraction.kernel.entry import fast_complex, fast_count
    from pwlin.extraction.kernel.sign_vectors import count_signs
    from pwlin.extraction.kernel.subtrees import KernelTree

    count_signs(*_MANY), fast_count(*_SMALL)
    if (found := fast_complex(*_SMALL, 2)) is not None:
        found.near_maps(0), found.maps[0]
    small = KernelTree(*_SMALL)
    small.count(("0",)), small.cells("")
