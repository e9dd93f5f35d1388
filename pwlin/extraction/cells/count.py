"""Counting regions without keeping them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

from pwlin.base.crew import check_executor, jobs_at_once
from pwlin.base.doors import door
from pwlin.base.progress import Bar, progress_bar
from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.extract import TOO_MUCH, announce, expected, refuse
from pwlin.extraction.cells.patience import patience
from pwlin.extraction.cells.rational import Until
from pwlin.extraction.cells.rational_search import Search
from pwlin.extraction.cells.search_tree import FIRST_PARTS, SearchTree
from pwlin.extraction.cells.spread import Spread
from pwlin.extraction.line.exact import extract_line
from pwlin.extraction.options import FILTERED, check, network_of
from pwlin.extraction.ration import Allowance
from pwlin.extraction.watch import Found, Limits, Watch
from pwlin.extraction.ways import Part
from pwlin.geometry.domain import DomainLike, as_polytope
from pwlin.geometry.interval import LineDomain
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

_LARGEST = 1 << 18
"""A part that has more cells than this is divided."""
_EACH, _MOST = 8, 256
"""First parts for each worker, so that large ones even out, and in all: each costs a copy of the trunk."""
_INSTEAD = ", an executor (its workers forget each part when it is counted), or estimate_regions, which samples the search tree"


@door
def count_regions(
    net: object,
    domain: LineDomain | DomainLike = None,
    executor: Executor | None = None,
    progress: bool = False,
    method: str = "auto",
    workers: int | None = None,
    max_regions: int | None = None,
    max_memory: int | str | None = None,
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
    max_regions : int, optional
        Stop when there are more.
    max_memory : int or text such as ``"2 GB"``, optional
        Memory that the search may take in this process, or in an executor's workers together: each has its share, and parts
        that would take more are divided. By default three quarters of what is free. It is looked at 50 times a second
        and before arrays grow. What Python and the kernel's code take does not count; what a search takes to begin
        with, if more than a megabyte (about 90 bytes for each weight, 130 on two threads), is held against it at once.

    Returns
    -------
    int
        Full-dimensional regions with one pattern each (not linear pieces, which may be fewer). It depends neither on the
        method nor on how the work is split.

    Raises
    ------
    WorkerError
        If a part of the tree failed twice; the message names it.
    LimitError
        If there are more regions, or they take more memory, than may be; the message says how many were found, and about
        how many are expected.

    Notes
    -----
    No cell is kept. In rationals memory follows the depth of the search; the kernel keeps the vertices and facets that
    cells share, about 0.3 KB for each region in the plane and 2 KB in six dimensions. A cell that one neuron only of the
    last layer crosses is counted without being cut, so that counting takes about half the time of `pwlin.extract`. Of one layer in
    a box, from five dimensions on, cells are counted by their sign vectors, with linear programs whose answers are proved: 5 µs
    for each cell in sixteen dimensions, and no memory; where something is not proved, as where hyperplanes coincide, their
    vertices are made after all.

    Examples
    --------
    >>> lines = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> count_regions(lines)
    7
    """
    net = network_of(net)
    check(method, workers, progress)
    check_executor(executor)
    limits = Limits(max_regions, max_memory)
    if net.input_dim == 1 and executor is None and not isinstance(domain, Polytope):
        number = extract_line(net, domain, filtered=FILTERED[method])[0].n_regions
        limits.hold(number)
        return number
    polytope = as_polytope(domain, net.input_dim)
    with progress_bar("count_regions", " regions", wanted=progress) as bar:
        watch = Watch(bar, limits, expected=lambda gauge: expected(net, polytope, method, gauge), instead=_INSTEAD)
        with watch.limited():
            total = _counted(net, polytope, executor, method, workers, bar, watch)
            watch.check(total)
    return total


def _counted(
    net: Network,
    polytope: Polytope,
    executor: Executor | None,
    method: str,
    workers: int | None,
    bar: Bar,
    watch: Watch,
) -> int:
    if executor is not None:
        watch.announce_expected()
        watch.needs(0 if method == "exact" else kernel.memory_to_begin_by(executor, net))
        tree = SearchTree(net, polytope, method != "exact")
        if tree.kernel is None:
            refuse(method, kernel.obstacle(net, polytope) or TOO_MUCH)
        return _spread(executor, tree, watch)
    if method != "exact" and (found := kernel.count_signs(net, polytope, watch, soon=method == "fast")) is not None:
        return found
    if method != "exact" and (why := kernel.obstacle(net, polytope)):
        refuse(method, why)
        method = "exact"
    total: int | None = None
    if method == "auto" and (until := patience(net)) is not None:
        total = _total(_one_by_one(net, polytope), watch, until)
    if total is None and method != "exact":
        announce(bar)
        watch.announce_expected()
        total = kernel.count(net, polytope, workers, watch)
        if total is None:
            refuse(method, TOO_MUCH)
    if total is None:
        watch.begin_again()
        total = _total(_one_by_one(net, polytope), watch)
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


def _spread(executor: Executor, tree: SearchTree, found: Watch) -> int:
    """The number of cells, counted by an executor's workers."""
    total = parts = 0
    jobs = jobs_at_once(executor)
    allowed = Allowance(_LARGEST, found.ration(jobs))
    first = min(_MOST, _EACH * jobs) if jobs else FIRST_PARTS
    spread: Spread[Part, int] = Spread(executor, tree, SearchTree.count, allowed, parts=first)
    try:
        for _, cells in spread:
            total, parts = total + cells, parts + 1
            found(cells, spread.share)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{total} regions found in {parts} parts, {spread.left} parts were left") from None
    return total
