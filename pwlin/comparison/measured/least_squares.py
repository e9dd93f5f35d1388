"""The least sum of squares over points of one variable: found by a search in floats, exact, and bounded from below.

The bound is that of lines that need not meet, by dynamic programming over which points each takes. A search by branch and
bound over the same choices proves the best where it comes to an end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.comparison.measured.heaps import Heap, Path
from pwlin.comparison.measured.least_sup import fewest_pieces, least_sup
from pwlin.comparison.measured.splines import FREE, LEFT, RIGHT, Chain, Sums, chain
from pwlin.exact.rational import nearest_float

_MOST_BOUNDED = 160
"""Heaps that one table of errors of lines is made of; more are bounded in parts."""
_UNIT = 1 << 40
"""Errors of lines are rounded down to so many parts of the whole, and summed as integers."""
_TRIES = 600
"""Choices that are tried in floats for each number of pieces."""
_PROVED = 5
"""Pieces up to which the best is proved."""
_WORK = 800
"""Steps of branch and bound after which it gives up."""
Choice = tuple[tuple[int, ...], tuple[int, ...]]


def least_squares(heaps: Sequence[Heap], pieces: int, ends: tuple[Fraction, Fraction]) -> Path:
    """The path of so few pieces with the least sum of squares that was found, from one end to the other."""
    spread = sum((h.squares - h.sum * h.sum / h.count for h in heaps), Fraction(0))
    through = least_sup(_means(heaps), min(pieces, len(heaps)), ends)
    if not through.error:
        return Path(through.xs, through.ys, spread, spread)
    exact = _exact(heaps)
    best, choice = _searched(heaps, exact, pieces)
    bounds = _Bounds.of(heaps, pieces)
    lower = best.error if pieces == 1 else bounds.whole
    if len(heaps) <= _MOST_BOUNDED:  # fewer pieces first, so that what they find is not lost on more
        for count in range(2, min(pieces, _PROVED) + 1):
            best, choice, proven = _Proof(exact, bounds, best, choice).run(count)
            lower = max(lower, proven) if count == pieces else lower
    cuts, joints = choice
    gaps = [(exact.xs[c - 1], exact.xs[c]) for c, joint in zip(cuts, joints) if joint == FREE]
    xs, ys = best.corners(gaps)
    return Path(*_stretched(xs, ys, ends), best.error, min(max(lower, spread), best.error))


def squares_by_pieces(heaps: Sequence[Heap], most: int) -> Iterator[Fraction]:
    """The least sums of squares that were found with 1, 2, ... pieces, in one search; none is above the one before."""
    spread = sum((h.squares - h.sum * h.sum / h.count for h in heaps), Fraction(0))
    enough = fewest_pieces(_means(heaps))
    exact, bounds = _exact(heaps), None
    if 1 < len(heaps) <= _MOST_BOUNDED:
        bounds = _Bounds.of(heaps, min(most, _PROVED))
    found = _each(heaps, exact, min(most, enough - 1))
    best: tuple[Chain, Choice] | None = None
    for count in range(1, most + 1):
        if count >= enough:
            yield spread
            continue
        more = next(found, None)
        if more is not None and (best is None or more[0].error < best[0].error):
            best = more
        assert best is not None, "one piece is always found"
        if bounds is not None and 2 <= count <= _PROVED:
            best = _Proof(exact, bounds, *best).run(count)[:2]
        yield best[0].error


def _means(heaps: Sequence[Heap]) -> list[Heap]:
    """One value for each abscissa."""
    return [replace(h, low=h.sum / h.count, high=h.sum / h.count) for h in heaps]


def _exact(heaps: Sequence[Heap]) -> Sums:
    return Sums.of(
        [h.x for h in heaps], [Fraction(h.count) for h in heaps], [h.sum for h in heaps], [h.squares for h in heaps]
    )


def _stretched(
    xs: list[Fraction], ys: list[Fraction], ends: tuple[Fraction, Fraction]
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """The same path with its outer lines drawn out to the ends."""
    first = ys[0] + (ys[1] - ys[0]) / (xs[1] - xs[0]) * (ends[0] - xs[0])
    last = ys[-1] + (ys[-1] - ys[-2]) / (xs[-1] - xs[-2]) * (ends[1] - xs[-1])
    inner = [(x, y) for x, y in zip(xs[1:-1], ys[1:-1])]
    corners = [(ends[0], first), *inner, (ends[1], last)]
    kept = [c for i, c in enumerate(corners) if i == 0 or c[0] > corners[i - 1][0]]
    return tuple(x for x, _ in kept), tuple(y for _, y in kept)


# -- search ---------------------------------------------------------------------------------------


def _searched(heaps: Sequence[Heap], exact: Sums, pieces: int) -> tuple[Chain, Choice]:
    """The best chain found with at most so many pieces. Those with fewer are found on the way, so more are never worse."""
    *_, last = _each(heaps, exact, pieces)
    return last


def _each(heaps: Sequence[Heap], exact: Sums, pieces: int) -> Iterator[tuple[Chain, Choice]]:
    """The best chains found with at most 1, 2, ... pieces, up to as many as are found."""
    floats = _in_floats(heaps)
    line = chain(exact, (), ())
    assert line is not None  # there are two heaps
    best: tuple[Chain, Choice] = (line, ((), ()))
    yield best
    cuts: tuple[int, ...] = ()
    for _ in range(min(pieces, len(heaps) // 2) - 1):
        found = _improved(floats, _starts(floats, cuts))
        if found is None:
            return
        cuts = found[0]
        for choice in (found, *((cuts, joints) for joints in _pinned(found[1]))):
            settled = chain(exact, *choice)
            if settled is not None and not settled.apart:
                if settled.error < best[0].error:
                    best = settled, choice
                break
        yield best


def _pinned(joints: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The same joints, with the free ones pinned to one side or the other."""
    for side in (LEFT, RIGHT):
        yield tuple(side if joint == FREE else joint for joint in joints)


def _in_floats(heaps: Sequence[Heap]) -> Sums:
    """The same sums with abscissae and values of ordinary size."""
    first, size = heaps[0].x, heaps[-1].x - heaps[0].x
    level = heaps[0].sum / heaps[0].count
    unit = max(abs(v - level) for h in heaps for v in (h.low, h.high)) or Fraction(1)
    xs, counts, sums, squares = [], [], [], []
    for h in heaps:
        xs.append(nearest_float((h.x - first) / size * 2 - 1))
        counts.append(float(h.count))
        sums.append(nearest_float((h.sum - level * h.count) / unit))
        squares.append(nearest_float((h.squares - 2 * level * h.sum + level * level * h.count) / unit**2))
    return Sums.of(xs, counts, sums, squares)


def _starts(sums: Sums, cuts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The cuts so far and one more, first those whose lines would be closest if they need not meet."""
    marks = (0, *cuts, len(sums.xs))
    gains = []
    for a, b in zip(marks, marks[1:]):
        whole = sums.line_error(a, b) if b - a >= 4 else 0.0
        places = range(a + 2, b - 1, max((b - a) // 64, 1))
        gains += [(sums.line_error(a, c) + sums.line_error(c, b) - whole, c) for c in places]
    gains.sort()
    for _, c in gains[:: max(len(gains) // 8, 1)] if len(gains) > 16 else gains:
        yield tuple(sorted((*cuts, c)))
    for _, c in gains[:4]:
        yield tuple(sorted((*cuts, c)))


def _improved(sums: Sums, starts: Iterator[tuple[int, ...]]) -> Choice | None:
    """The best choice that moving one cut at a time reaches from some of the starts."""
    known: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}

    def value(cuts: tuple[int, ...]) -> float:
        if cuts not in known:
            known[cuts] = _joined(sums, cuts, (FREE,) * len(cuts), 3 if len(cuts) <= 4 else 0)
        return known[cuts][0]

    begun = sorted(dict.fromkeys(starts), key=value)
    for cuts in begun[:4]:
        step = max(len(sums.xs) // 8, 1)
        limit = len(known) + _TRIES // (4 * len(cuts))
        while step and len(known) < limit:
            moved = min(_moves(cuts, step, len(sums.xs)), key=value, default=cuts)
            if value(moved) < value(cuts):
                cuts = moved
            else:
                step //= 2
    best = min(known, key=value, default=None)
    return None if best is None or math.isinf(value(best)) else (best, known[best][1])


def _moves(cuts: tuple[int, ...], step: int, size: int) -> Iterator[tuple[int, ...]]:
    """The cuts with one of them moved; every line keeps two heaps."""
    for k, cut in enumerate(cuts):
        low, high = (cuts[k - 1] if k else 0) + 2, (cuts[k + 1] if k + 1 < len(cuts) else size) - 2
        for moved in (cut - step, cut + step):
            if low <= moved <= high:
                yield (*cuts[:k], moved, *cuts[k + 1 :])


def _joined(sums: Sums, cuts: tuple[int, ...], joints: tuple[int, ...], depth: int) -> tuple[float, tuple[int, ...]]:
    """The least error with these cuts, nearly: where lines do not meet, they are pinned to one side or the other."""
    found = chain(sums, cuts, joints)
    if found is None:
        return math.inf, joints
    if not found.apart:
        return (float(found.error) if math.isfinite(found.error) else math.inf), joints
    if not depth:  # every time more of them are pinned, at last all
        return _joined(sums, cuts, tuple(LEFT if i in found.apart else j for i, j in enumerate(joints)), 0)
    k = found.apart[0]
    return min(_joined(sums, cuts, (*joints[:k], side, *joints[k + 1 :]), depth - 1) for side in (LEFT, RIGHT))


# -- bounds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Lower bounds of the errors of lines that need not meet, in parts of `unit`."""

    unit: Fraction
    lines: NDArray[np.int64]
    rest: list[NDArray[np.int64]]
    whole: Fraction

    @staticmethod
    def of(heaps: Sequence[Heap], pieces: int) -> _Bounds:
        """``lines[a, b]``: of one line for heaps a to b; ``rest[k][a]``: of k lines for heaps from a on."""
        parts = -(-len(heaps) // _MOST_BOUNDED)
        if parts > 1:  # a path is no closer to all points than the sum of how close it is to parts of them
            whole = sum((_Bounds.of(heaps[k::parts], pieces).whole for k in range(parts)), Fraction(0))
            return _Bounds(Fraction(1), np.zeros((0, 0), dtype=np.int64), [], whole)
        n = len(heaps)
        x_unit = math.lcm(*(h.x.denominator for h in heaps))
        y_unit = math.lcm(*(h.sum.denominator for h in heaps))
        yy_unit = math.lcm(*(h.squares.denominator for h in heaps), y_unit**2)
        sums = Sums.of(
            [int(h.x * x_unit) for h in heaps],
            [h.count for h in heaps],
            [int(h.sum * y_unit) for h in heaps],
            [int(h.squares * yy_unit) for h in heaps],
        )
        ratio = yy_unit // y_unit**2
        unit = (Fraction(*_line(sums, ratio, 0, n)) or Fraction(1)) / _UNIT
        lines = np.zeros((n, n + 1), dtype=np.int64)
        for a in range(n):
            for b in range(a + 1, n + 1):
                top, bottom = _line(sums, ratio, a, b)
                lines[a, b] = top * unit.denominator // (bottom * unit.numerator)
        rest = [np.full(n + 1, np.iinfo(np.int64).max // 4, dtype=np.int64)]
        rest[0][n] = 0
        for _ in range(pieces):
            last = rest[-1]
            rest.append(
                np.array(
                    [
                        min(last[n] if a == n else (lines[a, a + 1 :] + last[a + 1 :]).min(), last[a])
                        for a in range(n + 1)
                    ]
                )
            )
        return _Bounds(unit / yy_unit, lines, rest, int(rest[-1][0]) * unit / yy_unit)


def _line(sums: Sums, ratio: int, a: int, b: int) -> tuple[int, int]:
    """The least sum of squares of one line as an integer ratio; sums of y^2 are in units `ratio` times finer."""
    n, x, xx, y, xy, yy = sums.over(a, b)
    rest = yy * n - ratio * y * y  # over n
    spread = xx * n - x * x
    if b - a == 1 or not spread:
        return rest, n
    return rest * spread - ratio * (xy * n - x * y) ** 2, n * spread


class _Proof:
    """Branch and bound over which heaps each line takes, and then over the joints."""

    def __init__(self, sums: Sums, bounds: _Bounds, best: Chain, choice: Choice) -> None:
        self.sums, self.bounds, self.best, self.choice = sums, bounds, best, choice
        self.work = 0
        self.open: list[Fraction] = []
        """Lower bounds of what could not be settled."""

    def run(self, pieces: int) -> tuple[Chain, Choice, Fraction]:
        """The best chain, and a proven bound."""
        self._cut(pieces, 0, 0, ())
        if self.work > _WORK:
            return self.best, self.choice, Fraction(0)
        return self.best, self.choice, min([self.best.error, *self.open])

    def _beaten(self, bound: int) -> bool:
        return bound * self.bounds.unit >= self.best.error

    def _cut(self, left: int, start: int, spent: int, cuts: tuple[int, ...]) -> None:
        """All ways in which `left` lines or fewer take the heaps from `start` on."""
        self.work += 1
        n = len(self.sums.xs)
        if self.work > _WORK or self._beaten(spent + int(self.bounds.rest[left][start])):
            return
        if not self._beaten(bound := spent + int(self.bounds.lines[start, n])):
            self._join(cuts, (), bound)
        if left == 1:
            return
        bounds = spent + self.bounds.lines[start, start + 1 : n] + self.bounds.rest[left - 1][start + 1 : n]
        for k in np.argsort(bounds, kind="stable").tolist():
            if self._beaten(int(bounds[k])) or self.work > _WORK:
                return
            cut = start + 1 + k
            self._cut(left - 1, cut, spent + int(self.bounds.lines[start, cut]), (*cuts, cut))

    def _join(self, cuts: tuple[int, ...], joints: tuple[int, ...], bound: int) -> None:
        """All kinds of joints for these cuts, from the left; those to the right are free of any condition."""
        marks = (0, *cuts, len(self.sums.xs))
        if any(b - a < 2 for a, b in zip(marks, marks[1:])):
            self.open.append(bound * self.bounds.unit)  # a line that takes one heap is not unique
            return
        self.work += 1
        if self.work > _WORK:
            return
        found = chain(self.sums, cuts, (*joints, *(FREE,) * (len(cuts) - len(joints))))
        assert found is not None  # every line has two heaps
        if found.error >= self.best.error:
            return
        if not found.apart:
            self.best, self.choice = found, (cuts, (*joints, *(FREE,) * (len(cuts) - len(joints))))
            return
        if len(joints) < len(cuts):
            for kind in (FREE, LEFT, RIGHT):
                self._join(cuts, (*joints, kind), bound)
