"""Where a target bends which way, as far as samples tell, and how much: what a search starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.best.spline import Array, FloatFunction

_SAMPLES, _TIMES = 2048, 3
_SHARP = 16.0
"""A corner turns the target by so many times what it bends beside it."""


@dataclass(frozen=True, slots=True)
class Bends:
    """Stretches on which a target bends one way: `sides` are 1 where it is convex, -1 where it is concave.

    Attributes
    ----------
    x, share : arrays
        Places, and the integral of ``|f''|**(1/2)`` up to them.
    sides : tuple
        The side of each stretch.
    turns : tuple
        Where one ends and the next one begins.
    corners : tuple
        Of each turn, whether it is no inflection, but a corner to the other side between stretches of one side.
    breaks : tuple
        What the slope changes by at each turn, as far as it does.
    """

    x: Array
    share: Array
    sides: tuple[int, ...]
    turns: tuple[float, ...]
    corners: tuple[bool, ...]
    breaks: tuple[float, ...]

    def at(self, x: Array | Sequence[float]) -> Array:
        """The share up to places."""
        return np.asarray(np.interp(x, self.x, self.share))

    def place(self, share: Array) -> Array:
        """The places of shares."""
        return np.asarray(np.interp(share, self.share, self.x))

    @property
    def sizes(self) -> Array:
        """The share of each stretch."""
        return np.diff(self.at([self.x[0], *self.turns, self.x[-1]]))

    def without_stubs(self, least: float) -> Bends:
        """The same where stretches at the ends with less of a share belong to those beyond their inflections."""
        keep = slice(0, len(self.sides))
        sizes = self.sizes
        while keep.stop - keep.start > 1 and not self.corners[keep.start] and sizes[: keep.start + 1].sum() <= least:
            keep = slice(keep.start + 1, keep.stop)
        while keep.stop - keep.start > 1 and not self.corners[keep.stop - 2] and sizes[keep.stop - 1 :].sum() <= least:
            keep = slice(keep.start, keep.stop - 1)
        inner = slice(keep.start, keep.stop - 1)
        turns, corners, breaks = self.turns[inner], self.corners[inner], self.breaks[inner]
        return replace(self, sides=self.sides[keep], turns=turns, corners=corners, breaks=breaks)


def bends_of(target: FloatFunction, low: float, high: float, kinks: Array) -> Bends | None:
    """What samples tell, which are taken again where it bends much; None of what does not bend between kinks as far as they do."""
    x, found = np.linspace(low, high, _SAMPLES + 1), None
    for _ in range(_TIMES):
        x = np.unique(np.concatenate([x, kinks]))
        found = _sampled(target, x, np.searchsorted(x, kinks))
        if found is None:
            return None
        even = np.linspace(0.0, 1.0, _SAMPLES + 1)
        x = np.interp(even, (found.share / found.share[-1] + (found.x - low) / (high - low)) / 2, found.x)
        x[[0, -1]] = low, high
    return found


def _sampled(target: FloatFunction, x: Array, kinks: NDArray[np.int64]) -> Bends | None:
    y, steps = target(x), np.diff(x)
    rises = np.diff(np.diff(y) / steps)
    noise = 64 * np.finfo(float).eps * float(np.max(np.abs(y)))
    rises[~(np.abs(rises) * np.minimum(steps[1:], steps[:-1]) > noise)] = 0.0
    kinks = kinks[(kinks > 0) & (kinks < len(x) - 1)] - 1  # as inner points are counted
    cuts = rises[kinks]
    rises[kinks] = 0.0
    roots = np.sqrt(np.abs(rises) / (steps[1:] + steps[:-1]) * 2)
    roots[kinks] = roots[np.maximum(kinks - 1, 0)]
    cells = (np.append(roots[:1], roots) + np.append(roots, roots[-1:])) / 2 * steps
    sides: list[int] = []
    turns: list[float] = []
    corners: list[bool] = []
    breaks: list[float] = []
    known = np.flatnonzero(rises)
    signs = np.sign(rises[known]).astype(int)
    stops = np.searchsorted(known, kinks)
    for number, (start, stop) in enumerate(zip([0, *stops], [*stops, len(known)])):
        if start == stop:
            return None
        own = signs[start:stop]
        change = start + np.flatnonzero(np.diff(own))
        if number:
            cut, before, after = kinks[number - 1], sides[-1], int(own[0])
            beside = np.abs(rises[max(cut - 1, 0) : cut + 2]).sum()
            turn = float(cuts[number - 1]) if abs(cuts[number - 1]) > _SHARP * beside else 0.0
            if before == after and turn * before >= 0:
                sides.pop()
            else:
                turns.append(float(x[cut + 1]))
                corners.append(before == after)
                breaks.append(turn)
        sides += [int(own[0]), *signs[change + 1].tolist()]
        turns += ((x[known[change] + 1] + x[known[change + 1] + 1]) / 2).tolist()
        corners += [False] * len(change)
        breaks += [0.0] * len(change)
    return Bends(x, np.append(0.0, np.cumsum(cells)), tuple(sides), tuple(turns), tuple(corners), tuple(breaks))
