"""Where a function of one variable passes whole numbers, with certainty: the groundwork of floors."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_series, fmpq, fmpq_poly

from pwlin.comparison.line.certified_sup import Graph, halfway
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.exact.algebraic import roots_between
from pwlin.exact.bridges import dyadic, from_fmpq, to_ball, to_fmpq
from pwlin.formulas.arithmetic.balls import Jet
from pwlin.formulas.budget import Budget

Steps = tuple[int, int]
"""The least and the largest value of a floor."""


@dataclass(frozen=True, slots=True)
class Level:
    """An interval (in whose interior, at least) a floor is one whole number."""

    low: Fraction
    high: Fraction
    value: int


def levels_of_line(line: fmpq_poly, low: Fraction, high: Fraction, steps: Steps) -> Iterator[Level]:
    """The levels of ``floor(line)`` on [low, high] within `steps`, left to right; they meet where it steps."""
    (first, last), rises, start = steps, line[1] > 0, fmpq(line(to_fmpq(low)))
    value = min(max(int(start.floor()) if rises else int(start.ceil()) - 1, first), last)
    reached = low
    while reached < high:
        passed = value + 1 if rises else value
        stop = high if value == (last if rises else first) else from_fmpq((passed - line[0]) / line[1])
        if reached < stop:
            yield Level(reached, min(stop, high), value)
        value, reached = value + (1 if rises else -1), stop


def levels(graph: Graph, places: Sequence[Fraction], steps: Steps, least_width: arb, budget: Budget) -> list[Level]:
    """The levels of the floor of a function within `steps`, left to right, between some places.

    Cells are halved, all in turn, until the floor has two values at most, which `signed_intervals` tells apart. Between
    levels are short stretches around the steps, and what was not told apart when the budget was spent.
    """
    exact = [(to_ball(place), place) for place in places]
    waiting = deque(zip(exact, exact[1:]))
    found: list[Level] = []
    while waiting and not budget.is_spent:
        (low, left), (high, right) = waiting.popleft()
        first, last = _values(graph.bounds(low, high)[0], steps)
        if first == last:
            found.append(Level(left, right, first))
        elif last == first + 1:
            signed = signed_intervals(_less(graph, low, high, last), arb(0), least_width, True, budget)
            for kept in signed.intervals:
                start = left if kept.low is low else dyadic(kept.low.upper())
                stop = right if kept.high is high else dyadic(kept.high.lower())
                if start < stop:
                    found.append(Level(start, stop, last if kept.sign > 0 else first))
        elif not high - low < least_width:
            middle = halfway(low, high)
            cut = (middle, dyadic(middle))
            waiting += [((low, left), cut), (cut, (high, right))]
    return _joined(found)


def turning_places(poly: fmpq_poly, low: Fraction, high: Fraction) -> list[Fraction]:
    """The ends of an interval and the rational places between them where a polynomial may only touch a whole number."""
    roots = [root for root, _ in roots_between(poly.derivative(), to_fmpq(low), to_fmpq(high))]
    between = [from_fmpq(root) for root in roots if isinstance(root, fmpq)]
    return sorted({low, high, *between})


def _values(bound: arb, steps: Steps) -> Steps:
    """The least and the largest value that a floor may have where its argument is in a ball."""
    first, last = steps
    below, above = bound.lower(), bound.upper()
    if not (below.is_finite() and above.is_finite()):
        return steps
    least = first if below < first else last if below >= last else int(below.floor().unique_fmpz())
    most = last if above >= last else first if above < first else int(above.floor().unique_fmpz())
    return least, most


def _less(graph: Graph, low: arb, high: arb, number: int) -> Graph:
    """A part of a graph, moved down."""

    def error(x: arb) -> Jet:
        value, slope, bend = graph.error(x)
        return value - number, slope, bend

    def series(x: arb) -> arb_series:
        assert graph.series is not None
        return graph.series(x) - number

    return Graph(low, high, error, series if graph.series else None)


def _joined(found: list[Level]) -> list[Level]:
    out: list[Level] = []
    for level in sorted(found, key=lambda level: level.low):
        if out and out[-1].value == level.value and out[-1].high == level.low:
            out[-1] = Level(out[-1].low, level.high, level.value)
        else:
            out.append(level)
    return out
