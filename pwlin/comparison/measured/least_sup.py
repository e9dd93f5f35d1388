"""The least largest error over points of one variable, exactly: a search over the tolerance of gates.

A continuous function of N pieces stays within e of all points if and only if a path of N links passes the gates
``[y - e, y + e]``. The greedy path (`pwlin.comparison.best.gates`) compares numbers that are linear in e. So one run at a
tolerance just above e answers for all tolerances up to the next root of what it compared, and every run either proves that
nothing is possible below such a root, or that one is enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from pwlin.comparison.best.gates import Line, Link, corners, links_through
from pwlin.comparison.measured.heaps import Heap, Path
from pwlin.exact.rational import nearest_float

Rational = int | Fraction
_HALVINGS = 60


class _Moment:
    """A tolerance, or rather one just above it, and the nearest ones at which some comparison would turn."""

    __slots__ = ("after", "at", "before")

    def __init__(self, at: Fraction) -> None:
        self.at = at
        self.before: Fraction | None = None
        self.after: Fraction | None = None

    def sign(self, level: Rational, rate: Rational) -> int:
        """The sign of ``level + rate * e`` just above the tolerance."""
        if not rate:
            return (level > 0) - (level < 0)
        root = Fraction(-level) / rate
        if root > self.at:
            self.after = root if self.after is None else min(self.after, root)
            return -1 if rate > 0 else 1
        self.before = root if self.before is None else max(self.before, root)
        return 1 if rate > 0 else -1


class _Moving:
    """A number that is linear in the tolerance; compared as it is just above some tolerance."""

    __slots__ = ("level", "moment", "rate")

    def __init__(self, level: Rational, rate: Rational, moment: _Moment) -> None:
        self.level, self.rate, self.moment = level, rate, moment

    def __add__(self, other: _Moving) -> _Moving:
        return _Moving(self.level + other.level, self.rate + other.rate, self.moment)

    def __sub__(self, other: _Moving) -> _Moving:
        return _Moving(self.level - other.level, self.rate - other.rate, self.moment)

    def __mul__(self, factor: Rational) -> _Moving:
        return _Moving(self.level * factor, self.rate * factor, self.moment)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Rational) -> _Moving:
        return _Moving(Fraction(self.level) / divisor, Fraction(self.rate) / divisor, self.moment)

    def _sign_less(self, other: _Moving | int) -> int:
        if isinstance(other, _Moving):
            return self.moment.sign(self.level - other.level, self.rate - other.rate)
        return self.moment.sign(self.level - other, self.rate)

    def __lt__(self, other: _Moving | int) -> bool:
        return self._sign_less(other) < 0

    def __gt__(self, other: _Moving | int) -> bool:
        return self._sign_less(other) > 0

    def at(self, tolerance: Fraction) -> Fraction:
        """The number there."""
        return Fraction(self.level + self.rate * tolerance)


def least_sup(heaps: Sequence[Heap], pieces: int, ends: tuple[Fraction, Fraction]) -> Path:
    """The path of so few pieces that comes closest to all points, from one end to the other; proven best.

    Cost: some ten greedy runs in rationals, each linear in the number of heaps.
    """
    floor = max((h.high - h.low) / 2 for h in heaps)
    if len(heaps) == 1:
        level = (heaps[0].high + heaps[0].low) / 2
        return Path(ends, (level, level), floor, floor)
    xs, lows, highs, x_unit, y_unit = _in_integers(heaps)
    error, links = _searched(xs, lows, highs, pieces, floor * y_unit)
    still = [Link(_at(link.line, error), Fraction(link.earliest), Fraction(link.latest)) for link in links]
    knots, values = corners(still)
    first, last = (end * x_unit for end in ends)
    places = [first, *knots, last]
    heights = [still[0].line(first), *values, still[-1].line(last)]
    kept = [i for i in range(len(places)) if i == 0 or places[i] > places[i - 1]]
    least = error / y_unit
    return Path(tuple(places[i] / x_unit for i in kept), tuple(heights[i] / y_unit for i in kept), least, least)


def fewest_pieces(heaps: Sequence[Heap]) -> int:
    """The number of pieces from which on more do not help: half the spread of the widest heap is what no function avoids."""
    if len(heaps) == 1:
        return 1
    xs, lows, highs, _, y_unit = _in_integers(heaps)
    floor = max((h.high - h.low) / 2 for h in heaps) * y_unit
    _, links = _run(xs, lows, highs, len(heaps), floor)
    assert links is not None, "a path may bend at every heap"
    return len(links)


def _in_integers(heaps: Sequence[Heap]) -> tuple[list[int], list[int], list[int], int, int]:
    """Abscissae, gates at tolerance 0, and the units of both."""
    x_unit = math.lcm(*(h.x.denominator for h in heaps))
    y_unit = math.lcm(*(v.denominator for h in heaps for v in (h.low, h.high)), 2)
    lows, highs = [int(h.high * y_unit) for h in heaps], [int(h.low * y_unit) for h in heaps]
    return [int(h.x * x_unit) for h in heaps], lows, highs, x_unit, y_unit


def _run(
    xs: Sequence[int], lows: Sequence[int], highs: Sequence[int], pieces: int, tolerance: Fraction
) -> tuple[_Moment, list[Link] | None]:
    """The greedy path just above a tolerance."""
    moment = _Moment(tolerance)
    below = [_Moving(v, -1, moment) for v in lows]
    above = [_Moving(v, 1, moment) for v in highs]
    return moment, links_through(xs, below, above, pieces)


def _searched(
    xs: Sequence[int], lows: Sequence[int], highs: Sequence[int], pieces: int, floor: Fraction
) -> tuple[Fraction, list[Link]]:
    """The least tolerance, and the links just above it. Gates at 0 are [lows, highs]; `floor` is a lower bound."""

    def run(tolerance: Fraction) -> tuple[_Moment, list[Link] | None]:
        return _run(xs, lows, highs, pieces, tolerance)

    moment, links = run(floor)
    if links is not None:
        return floor, links
    low = _next(moment)
    high = Fraction(max(lows) - min(highs), 2)  # a constant is as close
    guess = _guessed(xs, lows, highs, pieces, low, high)
    while True:
        moment, links = run(low)
        if links is not None:
            return low, links
        low = _next(moment)
        middle = guess if guess is not None and low < guess < high else (low + high) / 2
        guess = None
        if not low < middle < high:
            continue
        moment, links = run(middle)
        if links is None:
            low = _next(moment)
        else:
            high = middle if moment.before is None else max(moment.before, low)


def _next(moment: _Moment) -> Fraction:
    assert moment.after is not None, "a constant is close enough in the end"
    return moment.after


def _guessed(
    xs: Sequence[int], lows: Sequence[int], highs: Sequence[int], pieces: int, low: Fraction, high: Fraction
) -> Fraction | None:
    """A tolerance just below the least one, as far as floats can tell."""
    unit = high or Fraction(1)
    start, size = xs[0], Fraction(xs[-1] - xs[0])
    places = [nearest_float((x - start) / size) for x in xs]
    base = min(highs)
    down = [nearest_float((v - base) / unit) for v in lows]
    up = [nearest_float((v - base) / unit) for v in highs]
    if len(set(places)) < len(places) or not all(map(math.isfinite, down + up)):
        return None
    a, b = nearest_float(low / unit), 1.0
    for _ in range(_HALVINGS):
        e = (a + b) / 2
        if links_through(places, [v - e for v in down], [v + e for v in up], pieces) is None:
            a = e
        else:
            b = e
        if b - a < 1e-13:
            break
    return Fraction(a) * (1 - Fraction(1, 10**9)) * unit


def _at(line: Line, tolerance: Fraction) -> Line:
    y = line.y.at(tolerance)
    return Line(Fraction(line.x), y, line.slope.at(tolerance))
