"""Counting regions without keeping them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

from pwlin.base.crew import check_executor
from pwlin.base.progress import progress_bar
from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.extract import TOO_MUCH, announce, refuse, teller
from pwlin.extraction.cells.patience import patience
from pwlin.extraction.cells.rational import Found, Until
from pwlin.extraction.cells.spread import Spread
from pwlin.extraction.cells.subtrees import SearchTree
from pwlin.extraction.cells.tree import Search
from pwlin.extraction.line.exact import extract_line
from pwlin.extraction.options import FILTERED, check
from pwlin.extraction.ways import Part
from pwlin.geometry.domain import DomainLike, as_polytope
from pwlin.geometry.interval import LineDomain
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_LARGEST = 1 << 18
"""A part that has more cells than this is divided."""


def count_regions(
    net: object,
    domain: LineDomain | DomainLike = None,
    executor: Executor | None = None,
    progress: bool = False,
    method: str = "auto",
    workers: int | None = None,
) -> int:
    """The exact number of activation regions of a network on a domain; no cell is kept.

    Parameters
    ----------
    net : Network, or anything that `pwlin.as_network` takes
        With any number of inputs, also one.
    domain : None, list of pairs, or Polytope
        See `pwlin.geometry.domain.as_polytope`.
    executor : concurrent.futures.Executor, optional
        Whose workers count parts of the search tree, for example a `ProcessPoolExecutor`, or Dask's ``client.get_executor()``;
        `workers` then has no meaning. Only its `submit` and the futures' `result` are used. No part keeps more than some
        hundred thousand cells at a time, so that the memory that a worker needs does not grow with the count.
    progress : bool
        Show a bar that counts regions.
    method : {"auto", "exact", "fast"}
        As in `pwlin.extraction.cells.extract.extract_cells`: in rationals, or with the compiled kernel.
    workers : int, optional
        Threads for the kernel; by default as many as there are processors if there is much to do.

    Returns
    -------
    int
        Full-dimensional regions with one pattern each (not linear pieces, which may be fewer). It depends neither on the
        method nor on how the work is split.

    Raises
    ------
    WorkerError
        If a part of the tree failed twice; the message names it.

    Notes
    -----
    No cell is kept. In rationals memory follows the depth of the search; the kernel keeps the vertices and facets that
    cells share, about 0.3 KB for each region in the plane and 2 KB in six dimensions.

    Examples
    --------
    >>> lines = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> count_regions(lines)
    7
    """
    if not isinstance(net, Network):
        from pwlin.networks.importers import as_network

        net = as_network(net)
    check(method, workers, progress)
    check_executor(executor)
    if net.input_dim == 1 and executor is None and not isinstance(domain, Polytope):
        return extract_line(net, domain, filtered=FILTERED[method])[0].n_regions
    polytope = as_polytope(domain, net.input_dim)
    with progress_bar("count_regions", " regions", wanted=progress) as bar:
        found = teller(bar)
        if executor is not None:
            tree = SearchTree(net, polytope, method != "exact")
            if tree.kernel is None:
                refuse(method, kernel.obstacle(net, polytope) or TOO_MUCH)
            return _spread(executor, tree, found)
        if method != "exact" and (why := kernel.obstacle(net, polytope)):
            refuse(method, why)
            method = "exact"
        total: int | None = None
        if method == "auto" and (until := patience(net)) is not None:
            total = _total(_one_by_one(net, polytope), found, until)
        if total is None and method != "exact":
            announce(bar)
            total = kernel.count(net, polytope, workers, found)
            if total is None:
                refuse(method, TOO_MUCH)
        if total is None:
            total = _total(_one_by_one(net, polytope), found)
        assert total is not None  # without a limit the search ends
        return total


def _total(counts: Iterable[int], found: Found | None, until: Until | None = None) -> int | None:
    """The sum, or None if it was given up."""
    total = 0
    for n in counts:
        if until is not None and until(total):
            if found is not None:
                found(-total)
            return None
        total += n
        if found is not None:
            found(n)
    return total


def _one_by_one(net: Network, polytope: Polytope) -> Iterator[int]:
    search = Search(net, polytope)
    return search.count(search.root())


def _spread(executor: Executor, tree: SearchTree, found: Found | None) -> int:
    """The number of cells, counted by an executor's workers."""
    total = parts = 0
    spread: Spread[Part, int] = Spread(executor, tree, SearchTree.count, _LARGEST)
    try:
        for _, cells in spread:
            total, parts = total + cells, parts + 1
            if found is not None:
                found(cells)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{total} regions found in {parts} parts, {spread.left} parts were left") from None
    return total
