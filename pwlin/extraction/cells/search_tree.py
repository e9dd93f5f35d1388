"""The search tree of a network's cells, and its parts, whoever searches them: the kernel where it can, rationals elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pwlin.extraction.cells import kernel
from pwlin.extraction.cells.rational import cell_complex
from pwlin.extraction.cells.rational_search import Search, Walk
from pwlin.extraction.ration import Meter
from pwlin.extraction.ways import Part, Shares, Way
from pwlin.functions.cells.complex import CellComplex
from pwlin.geometry.polytope import Polytope
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from pwlin.extraction.kernel.subtrees import KernelTree
    from pwlin.extraction.kernel.subtrees import Walk as KernelWalk


FIRST_PARTS = 64
"""Parts at the beginning, about, unless somebody knows better."""
_WORTHWHILE = 512
"""Cells, at least, that a part at the beginning may have: few parts are enough for a small tree."""


class SearchTree:
    """The tree of cells of a network on a domain.

    Parameters
    ----------
    net : Network
    domain : Polytope
    fast : bool
        With the kernel, if it can hold the network; where it cannot hold a cell, rationals do the part.

    Attributes
    ----------
    kernel : KernelTree or None
    """

    def __init__(self, net: Network, domain: Polytope, fast: bool) -> None:
        self.net, self.domain, self.fast = net, domain, fast
        self.kernel: KernelTree | None = kernel.tree(net, domain) if fast else None
        self._first: dict[int, list[Part]] = {}

    def first_parts(self, most: int = FIRST_PARTS) -> list[Part]:
        """The parts that work is divided into at the beginning: about so many, or fewer if the tree is small."""
        if most not in self._first:
            sizes = self.net.sizes
            cells = Shares(self.net.input_dim, sizes).cells(0, sizes[0]) if sizes else 1
            self._first[most] = self.parts(min(most, max(8, cells // _WORTHWHILE)))
        return self._first[most]

    def parts(self, count: int, of: Part = ("",)) -> list[Part]:
        """About so many parts that make up another one, in their order, likely of about the same size."""
        share = -(-count // len(of))
        return [part for way in of for part in (self._parts(way, share) if share > 1 else [(way,)])]

    def _parts(self, way: Way, count: int) -> list[Part]:
        if self.kernel is not None and (out := kernel.attempt(self.kernel.parts, way, count)):
            return out
        return Search(self.net, self.domain).parts(way, count)

    def walk(self) -> KernelWalk | Walk:
        """A walk down the tree, from its root."""
        return Search(self.net, self.domain).walk() if self.kernel is None else self.kernel.walk()

    def count(self, part: Part, meter: Meter | None = None) -> int:
        """The number of cells of a part.

        Raises
        ------
        TooMany, TooLarge
            If there are more than `meter` allows, or they take more memory.
        """
        meter = meter or Meter()
        here, total = meter.found, 0
        if self.kernel and (known := kernel.attempt(self.kernel.count, part, meter)) is not None:
            return known
        meter.found = here
        if self.kernel and len(part) > 1:  # it holds the most of it, perhaps
            return sum([self.count((way,), meter) for way in part])
        search = Search(self.net, self.domain)
        for way in part:
            for n in search.count(search.descend(way)):
                total += n
                meter(n)
        return total

    def complexes(self, part: Part, meter: Meter | None = None) -> list[CellComplex]:
        """The cells of a part, for each of its ways; facets between them and others have one cell only.

        Raises
        ------
        TooMany, TooLarge
            As `count`.
        """
        meter, out = meter or Meter(), []
        for way in part:
            here = meter.found
            cells = kernel.attempt(self.kernel.cells, way, meter) if self.kernel else None
            if cells is None:
                meter.found = here
                search = Search(self.net, self.domain)
                cells = cell_complex(self.net, self.domain, meter, leaves=search.leaves(search.descend(way)))
            assert cells is not None  # without a limit of its own the search ends
            out.append(cells)
        return out
