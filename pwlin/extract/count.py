"""Counting regions without keeping them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from typing import Any

from pwlin.domain import Polytope, as_polytope
from pwlin.extract._search import Node, Search, Subtree
from pwlin.network import Network

_PARTS = 256


def count_regions(net: Network, domain: Any = None, executor: Executor | None = None, progress: bool = False) -> int:
    """The exact number of activation regions of a network on a domain; no cell is kept.

    Parameters
    ----------
    net : Network
        With any number of inputs, also one.
    domain : None, list of pairs, or Polytope
        See `pwlin.domain.as_polytope`.
    executor : concurrent.futures.Executor, optional
        Counts parts of the search tree, for example a `ProcessPoolExecutor`. The result does not depend on it.
    progress : bool
        Show a bar that counts regions.

    Returns
    -------
    int
        Full-dimensional regions with one pattern each (not linear pieces, which may be fewer).

    Notes
    -----
    Memory follows the depth of the search, not the count.

    Examples
    --------
    >>> lines = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> count_regions(lines)
    7
    """
    polytope = as_polytope(domain, net.input_dim)
    search = Search(net, polytope)
    counts: Iterable[int]
    if executor is None:
        counts = search.count(search.root())
    else:
        parts = search.spread(_PARTS)
        size = -(-len(parts) // (_PARTS // 8))
        counts = _counts_of(executor, net, polytope, [parts[k : k + size] for k in range(0, len(parts), size)])
    if not progress:
        return sum(counts)
    from tqdm import tqdm

    total = 0
    with tqdm(desc="count_regions", unit=" regions", leave=False) as bar:
        for n in counts:
            total += n
            bar.update(n)
    return total


def _counts_of(
    executor: Executor, net: Network, polytope: Polytope, tasks: list[list[Subtree | Node]]
) -> Iterator[int]:
    futures = [executor.submit(_count_parts, net, polytope, task) for task in tasks]
    try:
        for future in futures:
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _count_parts(net: Network, polytope: Polytope, parts: list[Subtree | Node]) -> int:
    search = Search(net, polytope)
    return sum(n for part in parts for n in search.count(part))
