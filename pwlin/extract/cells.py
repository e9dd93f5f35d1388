"""Exact cells in d >= 2 dimensions, by the search that suits the network."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from pwlin.complexnd.raw import CellComplex
from pwlin.domain import Polytope, as_polytope
from pwlin.errors import PwlinError
from pwlin.extract import kernel
from pwlin.extract.rational_cells import Found, cell_complex
from pwlin.functionnd import PiecewiseLinearND
from pwlin.network import Network

METHODS = ("auto", "exact", "fast")
PATIENCE = 1000
"""So many cells are searched in rationals before a kernel that is not in memory is loaded, or even compiled."""

TOO_MUCH = "its numbers are beyond float64, or a cell has more than 63 facets"


def extract_cells(
    net: Network,
    domain: Any = None,
    progress: bool = False,
    method: str = "auto",
    workers: int | None = None,
) -> tuple[PiecewiseLinearND, ...]:
    """The functions that a network's outputs are, one per output, on one complex that they share.

    Parameters
    ----------
    net : Network
    domain : None, list of pairs, or Polytope
        See `pwlin.domain.as_polytope`.
    progress : bool
        Show a bar that counts cells.
    method : {"auto", "exact", "fast"}
        ``"exact"`` searches in rationals. ``"fast"`` searches with a compiled float64 kernel whose every sign carries a
        rigorous error bound, and settles in rationals what the bound cannot; for bounded domains. ``"auto"`` takes the
        kernel where it can, unless there are few cells. The result is the same, to the order of regions and vertices.
    workers : int, optional
        Threads for the kernel; by default as many as there are processors if there is much to do. The result does not
        depend on it.

    Returns
    -------
    tuple of PiecewiseLinearND
        Exact. With the kernel, exact vertices, gradients and volumes are made from integers when they are asked for.

    Raises
    ------
    PwlinError
        For an unknown method, or ``"fast"`` where the kernel cannot be used.

    Notes
    -----
    Cost in rationals: a few products of integer matrices per cell of each layer's complex and a few vertex operations
    per cut, 1,000 to 10,000 cells a second. The kernel makes 100,000 to a million cells a second; the first time it runs
    on a machine it is compiled, which takes about half a minute. Memory is that of the result.

    Examples
    --------
    >>> cross = Network.from_arrays([[[1, 0], [0, 1]], [[1, -1]]], None, "abs")
    >>> (f,) = extract_cells(cross, [(-1, 1), (-1, 1)])
    >>> f.n_regions, f.f_vector(), f.max().value, f.integral()
    (4, (9, 12, 4), Fraction(1, 1), Fraction(0, 1))
    """
    polytope = as_polytope(domain, net.input_dim)
    check_method(method)
    check_workers(workers)
    with counting(progress, "extract", " cells") as bar:
        cells = _search(net, polytope, method, workers, teller(bar))
    if net.output_dim == 1:
        return (PiecewiseLinearND(cells, net),)
    return tuple(PiecewiseLinearND(cells, net.output(i), i) for i in range(net.output_dim))


def _search(net: Network, polytope: Polytope, method: str, workers: int | None, found: Found | None) -> CellComplex:
    cells: CellComplex | None = None
    if method != "exact" and (why := kernel.obstacle(net, polytope)):
        refuse(method, why)
        method = "exact"
    if method == "auto" and not kernel.is_ready():
        cells = cell_complex(net, polytope, at_most=PATIENCE)
    if cells is None and method != "exact":
        cells = kernel.cell_complex(net, polytope, workers, found)
        if cells is None:
            refuse(method, TOO_MUCH)
    if cells is None:
        cells = cell_complex(net, polytope, found)
    assert cells is not None  # without a limit the search ends
    return cells


def check_method(method: str) -> None:
    """Refuse a method that there is not."""
    if method not in METHODS:
        raise PwlinError(f"method: found {method!r}; accepted are {', '.join(map(repr, METHODS))}")


def check_workers(workers: int | None) -> None:
    """Refuse what is no number of threads."""
    whole = isinstance(workers, (int, np.integer)) and not isinstance(workers, bool)
    if workers is not None and not (whole and workers >= 1):
        raise PwlinError(f"workers: found {workers!r}; accepted are None and integers from 1 on")


def refuse(method: str, why: str) -> None:
    """Say why the kernel cannot be used, if nothing else was asked for."""
    if method == "fast":
        raise PwlinError(
            f"method: found 'fast' where the kernel cannot be used: {why}; accepted are 'auto' and 'exact'"
        )


def teller(bar: Any) -> Found | None:
    """What tells a progress bar, if there is one, of new cells; until the first come it says why that may take long."""
    if bar is None:
        return None
    if not kernel.is_ready():
        bar.set_postfix_str("a search of many regions compiles its kernel, once for this machine")

    def tell(cells: int) -> None:
        if bar.postfix:
            bar.set_postfix_str("", refresh=False)
        bar.update(cells)

    return tell


def counting(progress: bool, title: str, unit: str) -> AbstractContextManager[Any]:
    """A progress bar without end, or nothing."""
    if not progress:
        return nullcontext()
    from tqdm import tqdm

    bar: AbstractContextManager[Any] = tqdm(desc=title, unit=unit, leave=False)
    return bar
