"""Exact cells in d >= 2 dimensions, by the search that suits the network."""

from __future__ import annotations

from concurrent.futures import Executor

from pwlin.base.crew import check_executor
from pwlin.base.errors import PwlinError
from pwlin.base.progress import Bar, progress_bar
from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.estimate import quick_estimate
from pwlin.extraction.cells.gathered import fast_complex_by, leaves_by
from pwlin.extraction.cells.patience import patience
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.cells.search_tree import SearchTree
from pwlin.extraction.options import check
from pwlin.extraction.ration import Gauge
from pwlin.extraction.watch import Limits, Watch
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.domain import as_polytope
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_RESERVE = 1.75
"""How many times the memory that it has a search takes when cells are put in order: up to 1.6 were measured."""
_INSTEAD = ", count_regions for their number, or write_regions, which keeps them on disk"
TOO_MUCH = "its numbers are beyond float64, a cell has more than 63 facets, or thousands of cells of an unbounded domain have no vertex"


def extract_cells(
    net: Network,
    domain: object = None,
    progress: bool = False,
    method: str = "auto",
    workers: int | None = None,
    executor: Executor | None = None,
    limits: Limits | None = None,
) -> tuple[PiecewiseLinearND, ...]:
    """The functions that a network's outputs are, one per output, on one complex that they share.

    Parameters
    ----------
    net : Network
    domain : None, list of pairs, or Polytope
        See `pwlin.geometry.domain.as_polytope`.
    progress : bool
        Show a bar that counts cells.
    method : {"auto", "exact", "fast"}
        ``"exact"`` searches in rationals. ``"fast"`` searches with a compiled float64 kernel whose every sign carries a
        rigorous error bound, and settles in rationals what the bound cannot. ``"auto"`` takes the
        kernel where it can, unless there are few cells. The result is the same, to the order of regions and vertices.
    workers : int, optional
        Threads for the kernel; by default as many as there are processors if there is much to do. The result does not
        depend on it.
    executor : concurrent.futures.Executor, optional
        Whose workers search parts of the tree; they are put together here, by `workers` threads. The result is the same.
    limits : Limits, optional
        Cells and memory that there may be; see `pwlin.extract`.

    Returns
    -------
    tuple of PiecewiseLinearND
        Exact. With the kernel, exact vertices, gradients and volumes are made from integers when they are asked for.

    Raises
    ------
    PwlinError
        For an unknown method, or ``"fast"`` where the kernel cannot be used.
    WorkerError
        If a worker failed twice.
    LimitError
        If there are more cells, or they take more memory, than may be.

    Notes
    -----
    Cost in rationals: a few products of integer matrices per cell of each layer's complex and a few vertex operations
    per cut, 1,000 to 10,000 cells a second for networks of some dozen neurons. The kernel makes about a million cells a
    second in the plane, and 50,000 in six dimensions; the first time it is needed on a machine it is compiled, which
    takes about half a minute: ``"auto"`` goes on in rationals meanwhile. Memory is that of the result: about 1 KB for each
    cell in the plane, and several KB in six dimensions.
    Where there may be millions of cells, `count_regions` tells first how many.

    Examples
    --------
    >>> cross = Network.from_arrays([[[1, 0], [0, 1]], [[1, -1]]], None, "abs")
    >>> (f,) = extract_cells(cross, [(-1, 1), (-1, 1)])
    >>> f.n_regions, f.f_vector(), f.max().value, f.integral()
    (4, (9, 12, 4), Fraction(1, 1), Fraction(0, 1))
    """
    polytope = as_polytope(domain, net.input_dim)
    check(method, workers, progress)
    check_executor(executor)
    with progress_bar("extract", " cells", wanted=progress) as bar:
        may = limits or Limits()
        watch = Watch(bar, may, _RESERVE, lambda gauge: expected(net, polytope, method, gauge), _INSTEAD)
        with watch.limited():
            cells = _search(net, polytope, method, workers, bar, executor, watch)
            watch.check(len(cells))
    if net.output_dim == 1:
        return (PiecewiseLinearND(cells, net),)
    return tuple(PiecewiseLinearND(cells, net.output(i), i) for i in range(net.output_dim))


def _search(
    net: Network,
    polytope: Polytope,
    method: str,
    workers: int | None,
    bar: Bar,
    executor: Executor | None,
    watch: Watch,
) -> CellComplex:
    cells: CellComplex | None = None
    if method != "exact" and (why := kernel.obstacle(net, polytope)):
        refuse(method, why)
        method = "exact"
    if method == "auto" and (until := patience(net)) is not None:
        cells = cell_complex(net, polytope, watch, until)
    if cells is None and method != "exact":
        announce(bar)
        watch.announce_expected()
        if executor is None:
            cells = kernel.cell_complex(net, polytope, workers, watch)
        else:
            watch.needs(kernel.memory_to_begin_by(executor, net))
            cells = fast_complex_by(executor, net, polytope, workers, watch)
        if cells is None:
            refuse(method, TOO_MUCH)
    if cells is None:
        watch.begin_again()
        leaves = None if executor is None else leaves_by(executor, net, polytope, watch)
        cells = cell_complex(net, polytope, watch, leaves=leaves)
    assert cells is not None  # without a limit the search ends
    return cells


def expected(net: Network, polytope: Polytope, method: str, gauge: Gauge) -> str:
    """How many cells are expected, in words, from some walks down the search tree.

    Raises
    ------
    TooLarge
        If that takes more memory than `gauge` allows.
    """
    fast = method != "exact" and kernel.is_compiled()
    gauge.check(0, kernel.memory_to_begin(net, 2) if fast else 0)  # for the tree, and for a walk
    tree = SearchTree(net, polytope, fast)
    return f"{quick_estimate(tree, gauge=gauge)} expected"


def refuse(method: str, why: str) -> None:
    """Say why the kernel cannot be used, if nothing else was asked for."""
    if method == "fast":
        raise PwlinError(
            f"method: found 'fast' where the kernel cannot be used: {why}; accepted are 'auto' and 'exact'"
        )


def announce(bar: Bar) -> None:
    """Let a progress bar say that the kernel is compiled before the first cell comes."""
    if bar and not kernel.is_ready() and not kernel.is_compiled():
        bar.advance(0, f"compiling, {kernel.WAIT}")
