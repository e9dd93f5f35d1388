"""Integrals by upper and lower sums: wide, but finite wherever the error can be bounded at all."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from pwlin.comparison.line.certified_sup import Graph, halfway

_MOST_CELLS = 6_000


@dataclass(frozen=True, slots=True)
class _Cell:
    """A part of a stretch and a ball around its integral; the least of a heap is known worst."""

    number: int
    stretch: Graph
    low: arb
    high: arb
    integral: arb

    def __lt__(self, other: _Cell) -> bool:
        mine, others = self.integral.rad(), other.integral.rad()
        if not (self.integral.is_finite() and other.integral.is_finite()):
            return not self.integral.is_finite() and (other.integral.is_finite() or self.number < other.number)
        return bool(mine > others)


def crude_integral(stretches: Sequence[Graph], power: int, goal: arb) -> arb:
    """A ball around the integral of a power (1 or 2) of the error's magnitude, not finite if no cells make it so.

    Cells are halved, the worst known first, until the radius is below `goal` or there are too many.
    """
    heap = [_cell(k, s, s.low, s.high, power) for k, s in enumerate(stretches)]
    heapq.heapify(heap)
    for number in range(len(heap), _MOST_CELLS, 2):
        cell = heapq.heappop(heap)
        middle = halfway(cell.low, cell.high)
        if cell.integral.rad() * len(heap) < goal or not (cell.low < middle and middle < cell.high):
            heapq.heappush(heap, cell)
            break
        heapq.heappush(heap, _cell(number, cell.stretch, cell.low, middle, power))
        heapq.heappush(heap, _cell(number + 1, cell.stretch, middle, cell.high, power))
    return sum((cell.integral for cell in heap), arb(0))


def _cell(number: int, stretch: Graph, low: arb, high: arb, power: int) -> _Cell:
    bound = stretch.bounds(low, high)[0]
    if not bound.is_finite():
        return _Cell(number, stretch, low, high, arb.nan())
    size = abs(bound)
    return _Cell(number, stretch, low, high, (size * size if power == 2 else size) * (high - low))
