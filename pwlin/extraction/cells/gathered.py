"""Cells that an executor's workers find, gathered in the one order of all searches."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from pwlin.base.crew import jobs_at_once
from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.rational_search import Leaf, Search
from pwlin.extraction.cells.search_tree import FIRST_PARTS, SearchTree
from pwlin.extraction.cells.spread import Name, Spread
from pwlin.extraction.ration import Allowance, Meter
from pwlin.extraction.watch import Watch
from pwlin.extraction.ways import Part
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from pwlin.extraction.kernel.subtrees import Piece

_AHEAD = 8
"""Pieces for each worker that it may have, or have made before they are needed here: those take memory."""


def fast_complex_by(
    executor: Executor, net: Network, domain: Polytope, workers: int | None = None, found: Watch | None = None
) -> CellComplex | None:
    """The complex of a network, with the kernel in an executor's workers; None if the kernel is not made for it.

    They divide one trunk, which each of them makes for itself, as threads do; pieces are put together here.
    """
    tree = SearchTree(net, domain, True)
    root = tree.kernel
    count = None if root is None else kernel.attempt(root.divided, FIRST_PARTS, found)
    if root is None or count is None:
        return None
    jobs = jobs_at_once(executor)
    spread: Spread[int, Piece | None] = Spread(
        executor,
        tree,
        _piece,
        Allowance(ration=None if found is None else found.ration(jobs)),
        window=_AHEAD * jobs if jobs else 256,
        parts=range(count),
    )
    pieces: dict[Name, Piece] = {}
    for name, piece in spread:
        if piece is None:
            return None
        pieces[name] = piece
        if found is not None:
            found(len(piece[0].cell_ends), spread.share)
    return root.put_together([pieces[name] for name in sorted(pieces)], workers)


def _piece(tree: SearchTree, index: int, meter: Meter) -> Piece | None:
    """In a worker."""
    if tree.kernel is None:
        return None
    return kernel.attempt(tree.kernel.piece, FIRST_PARTS, index, meter)


def leaves_by(executor: Executor, net: Network, domain: Polytope, found: Watch) -> Iterator[Leaf]:
    """The finished cells, searched in rationals by an executor's workers."""
    allowed = Allowance(ration=found.ration(jobs_at_once(executor)))
    spread: Spread[Part, list[Leaf]] = Spread(executor, SearchTree(net, domain, False), _leaves, allowed)
    waiting: dict[Name, list[Leaf]] = {}
    due = 0
    for name, leaves in spread:
        waiting[name] = leaves
        while (due,) in waiting:
            yield from waiting.pop((due,))
            due += 1


def _leaves(tree: SearchTree, part: Part, meter: Meter) -> list[Leaf]:
    """In a worker."""
    search, out = Search(tree.net, tree.domain), []
    for way in part:
        for leaf in search.leaves(search.descend(way)):
            out.append(leaf)
            meter(1)
    return out
