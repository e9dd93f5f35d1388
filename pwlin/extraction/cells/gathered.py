"""Cells that an executor's workers find, gathered in the one order of all searches."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING, TypeVar

from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.rational_search import Leaf, Search
from pwlin.extraction.cells.search_tree import FIRST_PARTS, SearchTree
from pwlin.extraction.cells.spread import Name, Spread
from pwlin.extraction.watch import Found
from pwlin.extraction.ways import Part
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from pwlin.extraction.kernel.subtrees import Piece

R = TypeVar("R")


def fast_complex_by(
    executor: Executor, net: Network, domain: Polytope, workers: int | None = None, found: Found | None = None
) -> CellComplex | None:
    """The complex of a network, with the kernel in an executor's workers; None if the kernel is not made for it.

    They divide one trunk, which each of them makes for itself, as threads do; pieces are put together here.
    """
    tree = SearchTree(net, domain, True)
    root = tree.kernel
    count = None if root is None else kernel.attempt(root.divided, FIRST_PARTS)
    if root is None or count is None:
        return None
    spread: Spread[int, Piece | None] = Spread(executor, tree, _piece, parts=range(count))
    pieces: dict[Name, Piece] = {}
    for name, piece in spread:
        if piece is None:
            return None
        pieces[name] = piece
        if found is not None:
            found(len(piece[0].cell_ends), spread.share)
    return root.put_together([pieces[name] for name in sorted(pieces)], workers)


def _piece(tree: SearchTree, index: int, limit: int) -> Piece | None:
    """In a worker."""
    if tree.kernel is None:
        return None
    return kernel.attempt(tree.kernel.piece, FIRST_PARTS, index)


def leaves_by(executor: Executor, net: Network, domain: Polytope) -> Iterator[Leaf]:
    """The finished cells, searched in rationals by an executor's workers."""
    spread: Spread[Part, list[Leaf]] = Spread(executor, SearchTree(net, domain, False), _leaves)
    waiting: dict[Name, list[Leaf]] = {}
    due = 0
    for name, leaves in spread:
        waiting[name] = leaves
        while (due,) in waiting:
            yield from waiting.pop((due,))
            due += 1


def _leaves(tree: SearchTree, part: Part, limit: int) -> list[Leaf]:
    """In a worker."""
    search = Search(tree.net, tree.domain)
    return [leaf for way in part for leaf in search.leaves(search.descend(way))]
