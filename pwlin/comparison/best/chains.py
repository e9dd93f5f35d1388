"""Chains of pieces that err alike where a target bends one way, between lines that touch on both sides of an inflection.

Let e be an error. Where a target is convex, a piece that is as long as e allows runs from the graph less e to the graph less e and
touches the graph plus e in between; where it is concave, upside down. The line across an inflection that touches on both sides of
it runs from the graph less e to the graph plus e, or the other way, and does not depend on the pieces beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pwlin.comparison.best.bends import Bends
from pwlin.comparison.best.spline import Array, FloatFunction, Lines, tops

LAW, ACROSS = 4.0, 4 * float(np.sqrt(2 / 3))
"""The integral of ``|f''|**(1/2)`` over a piece, and over a cubic from its inflection to the end of the line across it, in roots of e."""
_STEPS = 24
_EQUAL, _MOST = 1e-13, 3e-8
"""How far the logarithms of errors may be apart: at best, and where floats see no better."""
_SHIFT = 1e-4
"""Of a piece: the reach of differences that tell the target's slope."""
_ROOM = 0.4
"""Of a piece: how far a step moves its ends."""
_GRID = np.linspace(0.0, 1.0, 17)

Move = tuple[float, float]
"""How far a place should move, and how much further for each unit of the error's logarithm."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The pieces of a stretch, which err by `level`, and where they and the lines beside them err as much as they may."""

    level: float
    knots: Array
    values: Array
    points: Array


@dataclass(frozen=True, slots=True)
class Across:
    """Lines across inflections: their ends, and which way the target bends before each."""

    left: Array
    turn: Array
    right: Array
    sign: Array


class _Look(NamedTuple):
    """How pieces and lines err, and where they should move to."""

    touches: Array
    off: Array
    by_left: Array
    by_right: Array
    lines_off: Array
    moves: Array


class Chains:
    """Newton's method for some stretches with so many pieces each, from guesses of their errors.

    Each gets the least error that so many pieces allow; or, if `between` is an error, lines across inflections have that one and
    pieces err alike between them.
    """

    def __init__(
        self,
        target: FloatFunction,
        bends: Bends,
        counts: Mapping[int, int],
        levels: Mapping[int, float],
        between: float | None = None,
    ) -> None:
        self._target, self._between, self._stretches = target, between, list(counts)
        self._counts = np.array(list(counts.values()))
        self._levels = np.array([levels[k] for k in counts])
        cuts = [float(bends.x[0]), *bends.turns, float(bends.x[-1])]
        self._ends, self._stretch_ends = (cuts[0], cuts[-1]), [(cuts[k], cuts[k + 1]) for k in counts]
        across = [turn for turn, corner in enumerate(bends.corners) if not corner]
        beside = [(i, turn) for i, k in enumerate(counts) for turn in (k - 1, k) if turn in across]
        self._owner = np.array([i for i, _ in beside], dtype=np.int64)
        number = {(i, turn): c for c, (i, turn) in enumerate(beside)}
        self._before = [number.get((i, k - 1)) for i, k in enumerate(counts)]
        self._after = [number.get((i, k)) for i, k in enumerate(counts)]
        self._lines = _guessed(bends, [turn for _, turn in beside], self._allowed)
        self._knots = []
        for i, count in enumerate(counts.values()):
            first, last = bends.at(self._span(i))
            self._knots.append(bends.place(np.linspace(first, last, count + 1)))
        self._piece_owner = np.repeat(np.arange(len(self._counts)), self._counts)
        self._side = np.array([float(bends.sides[k]) for k in counts])

    @property
    def _allowed(self) -> Array:
        """The error of each line across an inflection."""
        return self._levels[self._owner] if self._between is None else np.full(len(self._owner), self._between)

    def _span(self, i: int) -> tuple[float, float]:
        """Where the own pieces of a stretch begin and end."""
        before, after = self._before[i], self._after[i]
        low, high = self._stretch_ends[i]
        return (
            low if before is None else float(self._lines.right[before]),
            high if after is None else float(self._lines.left[after]),
        )

    def solved(self) -> dict[int, Chain] | None:
        """The chain of each stretch; None where Newton's method is no help."""
        best, least = None, np.inf
        for _ in range(_STEPS):
            if not self._is_in_order():
                return best
            look = self._look()
            spread = float(np.max(np.abs(np.concatenate([look.off, look.lines_off, self._gaps()])), initial=0.0))
            if not np.isfinite(spread) or (best is not None and spread > least / 2):
                return best
            least = spread
            if spread <= _MOST:
                best = self._chains(look)
            if spread <= _EQUAL:
                break
            self._move(look)
        return best

    def _is_in_order(self) -> bool:
        lines = self._lines
        steps = [np.diff(knots) for knots in self._knots] + [lines.turn - lines.left, lines.right - lines.turn]
        return bool(np.all(np.concatenate(steps) > 0))

    def _gaps(self) -> Array:
        """Between the lines beside stretches without pieces of their own, whose ends are to meet, relative to the domain."""
        spans = [self._span(i) for i in np.flatnonzero(self._counts == 0).tolist()] if self._between is None else []
        return np.array([(high - low) / (self._ends[1] - self._ends[0]) for low, high in spans])

    def _look(self) -> _Look:
        lines, allowed, count = self._lines, self._allowed, len(self._piece_owner)
        knots = np.concatenate(self._knots)
        after = np.arange(count) + self._piece_owner + 1
        left, right = knots[after - 1], knots[after]
        x, y = np.stack([np.append(left, lines.left), np.append(right, lines.right)])
        values, slopes = self._values(x, y)
        values[0, count:] -= lines.sign * allowed
        values[1, count:] += lines.sign * allowed
        chord = (values[1] - values[0]) / (y - x)
        rows = np.append(np.arange(len(x)), np.arange(count, len(x)))
        places = Lines(x[rows], values[0, rows], chord[rows])
        low = np.concatenate([left, lines.left, lines.turn])
        high = np.concatenate([right, lines.turn, lines.right])
        signs = np.concatenate([self._side[self._piece_owner], lines.sign, -lines.sign])
        grid = low[:, None] + (high - low)[:, None] * _GRID
        each = np.arange(len(low))
        start = grid[each, np.argmax(places.above(self._target, grid, signs), axis=1)]
        touches = tops(places, self._target, start, (high - low) * _GRID[1], low, high, signs)
        sizes = places.above(self._target, touches[:, None], signs)[:, 0]
        share = (touches - x[rows]) / (y - x)[rows]
        by_left = signs * (1 - share) * (slopes[0] - chord)[rows]
        by_right = signs * share * (slopes[1] - chord)[rows]
        first, second = slice(count, len(x)), slice(len(x), None)
        matrix = np.stack([by_left[first], by_right[first], by_left[second], by_right[second]], -1).reshape(-1, 2, 2)
        missing = np.stack([allowed - sizes[first], allowed - sizes[second]], axis=-1)
        gains = 2 * np.stack([(1 - share[first]) * allowed, share[second] * allowed], axis=-1)
        wanted = np.stack([missing, gains * (self._between is None)], axis=-1)
        try:
            moves = np.linalg.solve(matrix, wanted)
        except np.linalg.LinAlgError:  # a line has the slope of the graph where it ends: this is not the way
            moves = np.full_like(wanted, np.nan)
        off = np.log(2 * self._levels)[self._piece_owner] - np.log(sizes[:count])
        lines_off = (missing / allowed[:, None]).ravel()
        return _Look(touches, off, by_left[:count] / sizes[:count], by_right[:count] / sizes[:count], lines_off, moves)

    def _values(self, left: Array, right: Array) -> tuple[Array, Array]:
        """Values and slopes of the target at the ends of pieces and lines."""
        places, reach = np.stack([left, right]), _SHIFT * (right - left)
        above, below = np.minimum(places + reach, self._ends[1]), np.maximum(places - reach, self._ends[0])
        values = self._target(np.concatenate([places, above, below]))
        return values[:2].copy(), (values[2:4] - values[4:]) / (above - below)

    def _move(self, look: _Look) -> None:
        """One step of each stretch."""
        lines, stop = self._lines, np.cumsum(self._counts)
        turns = np.stack([lines.turn, lines.turn], axis=-1)
        ends = np.stack([lines.left, lines.right], axis=-1)
        space = np.abs(ends - turns)
        for i, knots in enumerate(self._knots):
            before, after = self._before[i], self._after[i]
            first = (0.0, 0.0) if before is None else look.moves[before, 1].tolist()
            last = (0.0, 0.0) if after is None else look.moves[after, 0].tolist()
            low, high = self._span(i)
            own = slice(stop[i] - self._counts[i], stop[i])
            shifts, growth = _step(look, own, first, (last[0] + (0.0 if self._counts[i] else high - low), last[1]))
            beside = [c for c in (before, after) if c is not None]
            moves = look.moves[beside] @ np.array([1.0, growth])
            steps = np.diff(knots)
            room = np.concatenate([space[beside].ravel(), np.minimum(steps[1:], steps[:-1]), [1.0]])
            wide = np.concatenate([moves.ravel(), shifts[1:-1], [growth]])
            part = float(np.min(_ROOM * room / np.maximum(np.abs(wide), _ROOM * room)))
            ends[beside] += part * moves
            self._levels[i] *= np.exp(part * growth)
            self._knots[i] = knots + part * shifts
        left, right = np.clip(ends, *self._ends).T
        self._lines = Across(left, lines.turn, right, lines.sign)
        for i, knots in enumerate(self._knots):
            low, high = self._span(i)
            knots[-1], knots[0] = high, low

    def _chains(self, look: _Look) -> dict[int, Chain]:
        """What has been found."""
        lines, stop, count = self._lines, np.cumsum(self._counts), len(self._piece_owner)
        first, second = look.touches[count:].reshape(2, -1)
        found = {}
        for i, k in enumerate(self._stretches):
            beside = [c for c in (self._before[i], self._after[i]) if c is not None]
            touches = look.touches[stop[i] - self._counts[i] : stop[i]]
            points = [self._knots[i], touches, *(part[beside] for part in (lines.left, first, second, lines.right))]
            found[k] = Chain(float(self._levels[i]), *self._path(i), np.concatenate(points))
        return found

    def _path(self, i: int) -> tuple[Array, Array]:
        """Knots and values of a stretch's pieces; where it has none, where the lines before and after meet."""
        knots, level, before, after = self._knots[i], self._levels[i], self._before[i], self._after[i]
        side, most = self._side[i], level if self._between is None else self._between
        if not self._counts[i] and before is not None and after is not None:
            ends = np.array([[self._lines.left[c], self._lines.right[c]] for c in (before, after)])
            values = self._target(ends) + side * most * np.array([[1.0, -1.0], [-1.0, 1.0]])
            slopes = (values[:, 1] - values[:, 0]) / (ends[:, 1] - ends[:, 0])
            x = ends[1, 0] + (values[0, 1] + slopes[0] * (ends[1, 0] - ends[0, 1]) - values[1, 0]) / (
                slopes[1] - slopes[0]
            )
            return np.array([x]), values[1, 0] + slopes[1] * np.array([x - ends[1, 0]])
        errors = np.full(len(knots), min(level, most))
        errors[[0, -1]] = most  # where others begin and end, too
        return knots.copy(), self._target(knots) - side * errors


def _guessed(bends: Bends, turns: list[int], errors: Array) -> Across:
    """About where the lines across some turns begin and end: as for a cubic, or beside a corner, which they touch."""
    places, signs, breaks = (
        np.array([part[k] for k in turns], dtype=float) for part in (bends.turns, bends.sides, bends.breaks)
    )
    at, roots = bends.at(places), np.sqrt(errors)
    left, right = (bends.place(at + side * np.where(breaks == 0, ACROSS, LAW) * roots) for side in (-1, 1))
    near = 2 * errors / np.abs(breaks)
    left = np.where(breaks * signs > 0, np.maximum(left, places - near), left)
    right = np.where(breaks * signs < 0, np.minimum(right, places + near), right)
    return Across(left, places, right, signs)


def _step(look: _Look, own: slice, first: Move, last: Move) -> tuple[Array, float]:
    """How far the knots of a stretch move, and the error's logarithm grows: from the first knot on piece after piece asks for the
    next one's move, in terms of that growth, until the last one has to be where the line after it begins."""
    a, b = first
    moves = [(a, b)]
    for by_left, by_right, off in zip(look.by_left[own], look.by_right[own], look.off[own]):
        a, b = (off - by_left * a) / by_right, (1.0 - by_left * b) / by_right
        moves.append((a, b))
    growth = (last[0] - a) / (b - last[1]) if b != last[1] else 0.0
    return np.array(moves) @ np.array([1.0, growth]), float(growth)
