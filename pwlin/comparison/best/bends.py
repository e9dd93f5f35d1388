"""Where a target bends which way, as far as samples tell, and how much: what a search starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pwlin.comparison.best.spline import Array, FloatFunction

_SAMPLES, _TIMES = 2048, 3


@dataclass(frozen=True, slots=True)
class Bends:
    """Stretches on which a target bends one way: `sides` are 1 where it is convex, -1 where it is concave.

    Attributes
    ----------
    x, share : arrays
        Places, and the integral of ``|f''|**(1/2)`` up to them.
    sides, turns : tuples
        The side of each stretch, and the inflections between them.
    """

    x: Array
    share: Array
    sides: tuple[int, ...]
    turns: tuple[float, ...]

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
        """The same where stretches at the ends with less of a share belong to those beside them."""
        sides, turns = self.sides, self.turns
        while turns and self.at(turns[:1]) <= least:
            sides, turns = sides[1:], turns[1:]
        while turns and self.share[-1] - self.at(turns[-1:]) <= least:
            sides, turns = sides[:-1], turns[:-1]
        return Bends(self.x, self.share, sides, turns)


def bends_of(target: FloatFunction, low: float, high: float) -> Bends | None:
    """What samples tell, which are taken again where it bends much; None of what does not bend as far as they do."""
    x, found = np.linspace(low, high, _SAMPLES + 1), None
    for _ in range(_TIMES):
        found = _sampled(target, x)
        if found is None:
            return None
        even = np.linspace(0.0, 1.0, _SAMPLES + 1)
        x = np.interp(even, (found.share / found.share[-1] + (found.x - low) / (high - low)) / 2, found.x)
        x[[0, -1]] = low, high
        if not (np.diff(x) > 0).all():
            break
    return found


def _sampled(target: FloatFunction, x: Array) -> Bends | None:
    y, steps = target(x), np.diff(x)
    rises = np.diff(np.diff(y) / steps)
    widths = (steps[1:] + steps[:-1]) / 2
    noise = 64 * np.finfo(float).eps * float(np.max(np.abs(y)))
    rises[~(np.abs(rises) * np.minimum(steps[1:], steps[:-1]) > noise)] = 0.0
    known = np.flatnonzero(rises)
    if not len(known):
        return None
    signs = np.sign(rises[known])
    change = np.flatnonzero(np.diff(signs))
    roots = np.sqrt(np.abs(rises) / widths)
    cells = (np.append(roots[:1], roots) + np.append(roots, roots[-1:])) / 2 * steps
    turns = (x[known[change] + 1] + x[known[change + 1] + 1]) / 2
    sides = signs[np.append(0, change + 1)].astype(int)
    return Bends(x, np.append(0.0, np.cumsum(cells)), tuple(sides.tolist()), tuple(turns.tolist()))
