"""Parts of the search tree, told by the ways to them, and about how much work they are.

Every search cuts a cell by its crossing neurons in the order of their numbers, and visits the half where the neuron is not
active first. So a part of the tree is told by which half was taken at each cut from the domain down to it, whoever searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb
from typing import TypeAlias

Way: TypeAlias = str
"""At each cut ``"0"`` for the half that comes first, ``"1"`` for the other; empty for the whole tree."""
Part: TypeAlias = tuple[Way, ...]
"""Ways to cells that follow one another; what is below them."""


class Shares:
    """About how much work a search has below each of its cells, in no unit.

    Hyperplanes in general position, as many as cross the cell and such a share of those of later layers, would make so many
    cells; a cell's work is divided among its halves in proportion, since not all that crosses a cell crosses its halves.

    Parameters
    ----------
    dim : int
    sizes : sequence of int
        Neurons in each hidden layer.
    """

    def __init__(self, dim: int, sizes: Sequence[int]) -> None:
        self._dim, self._sizes = dim, tuple(sizes)

    def cells(self, layer: int, crossing: int) -> int:
        """The work of a cell of a layer with so many crossing neurons, if nothing else is known."""
        if not self._sizes:
            return 1
        later = sum(self._sizes[layer + 1 :])
        return _arrangement(self._dim, crossing + -(-later * crossing // self._sizes[layer]))

    def halves(self, work: int, layer: int, crossing: tuple[int, int]) -> tuple[int, int]:
        """The work of the halves of a cell."""
        first, second = self.cells(layer, crossing[0]), self.cells(layer, crossing[1])
        part = work * first // (first + second)
        return max(1, part), max(1, work - part)


@lru_cache(maxsize=4096)
def _arrangement(dim: int, planes: int) -> int:
    """Into how many parts hyperplanes in general position divide space."""
    return 1 << planes if planes <= dim else sum(comb(planes, i) for i in range(dim + 1))


def share(part: Part) -> float:
    """What share of the tree a part is, each cut halving it."""
    return sum([0.5 ** len(way) for way in part])


def joined(found: Sequence[tuple[Way, int]], most: int) -> list[Part]:
    """Cells in their order with the work that each may be, neighbours together up to so much work."""
    out: list[list[Way]] = []
    size = most
    for way, work in found:
        if size + work > most:
            out.append([])
            size = 0
        out[-1].append(way)
        size += work
    return [tuple(part) for part in out]
