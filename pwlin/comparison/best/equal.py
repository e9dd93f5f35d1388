"""Best splines in the largest error of smooth targets: `pwlin.comparison.best.chains` with the fewest pieces for each stretch.

A stretch on which the target bends one way, with so many pieces of its own between lines across the inflections beside it, errs by
some least error. Pieces are given to the stretches so that the largest of these is as small as it can be. Where pieces and lines
touch and end shows that fewer will not do. Nothing of this is taken on trust: errors and points are checked elsewhere, and what
does not fit is left to the search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pwlin.comparison.best.bends import Bends, bends_of
from pwlin.comparison.best.chains import ACROSS, LAW, Chain, Chains
from pwlin.comparison.best.spline import Array, FloatFunction, Spline

_ROUNDS = 8
_SAME = 1e-10
_STUB = 0.25
"""Of a piece: stretches at the ends of the domain that take less belong to their neighbours."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A spline, its largest error as far as floats tell, points on which no other does (much) better, and whether fewer pieces do worse."""

    spline: Spline
    error: float
    points: Array
    is_fewest: bool = False


def alternating(target: FloatFunction, low: float, high: float, pieces: int, kinks: Array) -> Candidate | None:
    """A spline of pieces that err alike; it has fewer of them where some are of no use. None where this is not the way.

    `kinks` are all places where the target is not smooth; it does not jump.
    """
    bends = bends_of(target, low, high, kinks)
    if bends is None:
        return None
    with np.errstate(all="ignore"):
        return _Allotment(target, bends.without_stubs(_STUB * float(bends.share[-1]) / pieces), pieces).best()


class _Allotment:
    """How many pieces each stretch has besides the lines across inflections, which are one piece each."""

    def __init__(self, target: FloatFunction, bends: Bends, pieces: int) -> None:
        self._target, self._bends, self._pieces = target, bends, pieces - bends.corners.count(False)
        across = [False, *(not corner for corner in bends.corners), False]
        self._across = [(before + after) * ACROSS / LAW for before, after in zip(across, across[1:])]
        self._fewest = [int(not (before and after)) for before, after in zip(across, across[1:])]
        self._sizes = bends.sizes.tolist()
        self._known: list[dict[int, Chain]] = [{} for _ in self._sizes]

    def _level(self, k: int, count: int) -> float:
        """The error of a stretch with so many pieces, as it is known or guessed."""
        if count in self._known[k]:
            return self._known[k][count].level
        return float((self._sizes[k] / (LAW * (count + self._across[k]))) ** 2)

    def _counts(self) -> list[int]:
        """The fewest pieces of each stretch for the least error that all together allow."""
        counts = list(self._fewest)
        levels = [self._level(k, n) for k, n in enumerate(counts)]
        for _ in range(self._pieces - sum(counts)):
            k = int(np.argmax(levels))
            counts[k] += 1
            levels[k] = self._level(k, counts[k])
        most = max(levels) * (1 + _SAME)
        for k in range(len(counts)):
            while counts[k] > self._fewest[k] and self._level(k, counts[k] - 1) <= most:
                counts[k] -= 1
        return counts

    def best(self) -> Candidate | None:
        """The spline for the best of all choices."""
        for _ in range(_ROUNDS if self._pieces >= sum(self._fewest) else 0):
            counts = self._counts()
            levels = [self._level(k, n) for k, n in enumerate(counts)]
            most = max(levels)
            slack = [level < most * (1 - _SAME) for level in levels]
            fewer = [n - (s and n > f) for n, s, f in zip(counts, slack, self._fewest)]
            wanted = {k: n for k, n in enumerate(counts) if n not in self._known[k]}
            wanted = wanted or {k: n for k, n in enumerate(fewer) if n not in self._known[k]}
            if not wanted:
                return self._together(counts, fewer, most)
            guesses = {k: self._level(k, n) for k, n in wanted.items()}
            found = Chains(self._target, self._bends, wanted, guesses).solved()
            if found is None:
                return None
            for k, chain in found.items():
                self._known[k][wanted[k]] = chain
                self._sizes[k] = LAW * np.sqrt(chain.level) * (wanted[k] + self._across[k])
        return None

    def _together(self, counts: list[int], fewer: list[int], most: float) -> Candidate | None:
        """All pieces: between lines that err as much as any, the others of each stretch err alike."""
        chains: dict[int, Chain] | None = {k: self._known[k][n] for k, n in enumerate(counts)}
        if self._bends.turns:
            guesses = {k: min(self._level(k, n), most) for k, n in enumerate(counts)}
            chains = Chains(self._target, self._bends, dict(enumerate(counts)), guesses, most).solved()
        if chains is None:
            return None
        knots, values = (
            np.concatenate([getattr(chains[k], part) for k in sorted(chains)]) for part in ("knots", "values")
        )
        first = np.diff(knots, prepend=-np.inf) > 0  # at corners one chain ends and the next one begins
        points = np.unique(np.concatenate([self._known[k][n].points for k, n in enumerate(fewer)]))
        return Candidate(Spline(knots[first], values[first]), most, points, True)
