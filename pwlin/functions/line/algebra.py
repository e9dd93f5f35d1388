"""The work behind the methods of `PiecewiseLinear1D`: exact, on arrays of rationals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pwlin.base import arguments
from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, ShapeError
from pwlin.exact.rational import Number, Numbers, as_number, to_fraction
from pwlin.exact.text import decimal
from pwlin.exact.vector import RationalVector
from pwlin.functions.line.records import Extremum, Piece
from pwlin.functions.line.table import Table
from pwlin.geometry.interval import Interval

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND
    from pwlin.functions.line.function import PiecewiseLinear1D

Where = tuple[Fraction | Interval, ...]
_SHORT = 24


def like(value: object, f: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """A function as it is; a number as the constant function on f's domain."""
    if isinstance(value, type(f)):
        return value
    constant = RationalVector.of([to_fraction(value, "other")])
    return f._from_table(Table(f.interval, RationalVector.of([]), RationalVector.of([0]), constant))


def interpolating(xs: Numbers, ys: Numbers) -> Table:
    """The interpolant through points."""
    x, y = RationalVector.read(xs, "xs"), RationalVector.read(ys, "ys")
    if len(x) != len(y) or len(x) < 2:
        raise refusal("xs, ys", f"{len(x)} and {len(y)} points", "are as many of each, at least 2", ShapeError)
    before, after = slice(None, -1), slice(1, None)
    falls = np.flatnonzero(x.take(before).compare(x.take(after)) >= 0)
    if len(falls):
        a, b = x[int(falls[0])], x[int(falls[0]) + 1]
        raise refusal("xs", f"{shown(a)} before {shown(b)}", "are strictly increasing points", ShapeError)
    slopes = (y.take(after) - y.take(before)) / (x.take(after) - x.take(before))
    return Table(Interval(x[0], x[-1]), x.take(slice(1, -1)), slopes, y.take(before) - slopes * x.take(before))


def joined(pieces: Sequence[Piece]) -> Table:
    """The cells that pieces make; checks that they are pieces and share their ends."""
    given: list[Piece] = []
    for piece in arguments.items(pieces, "pieces", "are Pieces, left to right", ShapeError):
        if not isinstance(piece, Piece):
            raise refusal("pieces", shown(piece), "are Pieces, left to right", ShapeError)
        given.append(piece)
    if not given:
        raise refusal("pieces", "none", "is at least one", ShapeError)
    inner = [p.left for p in given[1:] if p.left is not None]
    for last, piece in zip(given[:-1], given[1:]):
        if last.right is None or last.right != piece.left:
            found = f"one that ends at {shown(last.right)} and the next that starts at {shown(piece.left)}"
            raise refusal("pieces", found, "are neighbours that share an end", ShapeError)
    return Table(
        Interval(given[0].left, given[-1].right),
        RationalVector.of(inner),
        RationalVector.of([p.slope for p in given]),
        RationalVector.of([p.intercept for p in given]),
    )


def checked(table: Table) -> Table:
    """The table, whose ends and breaks must increase and whose maps agree at the breaks."""
    corners, before, after = table.corners, slice(None, -1), slice(1, None)
    falls = np.flatnonzero(corners.take(before).compare(corners.take(after)) >= 0)
    if len(falls):
        a, b = corners[int(falls[0])], corners[int(falls[0]) + 1]
        raise refusal("pieces", f"one from {shown(a)} to {shown(b)}", "are increasing ends", DomainError)
    sides = [table.slopes.take(s) * table.breaks + table.intercepts.take(s) for s in (before, after)]
    jumps = np.flatnonzero(sides[0].compare(sides[1]))
    if len(jumps):
        found = f"a jump of value at {shown(table.breaks[int(jumps[0])])}"
        raise refusal("pieces", found, "are continuous functions", ShapeError)
    return table


def scaled(f: PiecewiseLinear1D, factor: Fraction) -> PiecewiseLinear1D:
    """The function times a number."""
    t, factors = f._table, RationalVector.of([factor])
    return f._from_table(Table(t.interval, t.breaks, t.slopes * factors, t.intercepts * factors))


Operation = Callable[[RationalVector, RationalVector], RationalVector]


def combined(f: PiecewiseLinear1D, other: object, op: Operation) -> PiecewiseLinear1D:
    """The sum or difference with another function, or with a number."""
    if isinstance(other, type(f)):
        return f._from_table(_combined(*f._table.over(other._table), op))
    constant = as_number(other)
    if constant is None:
        return NotImplemented
    t = f._table
    return f._from_table(Table(t.interval, t.breaks, t.slopes, op(t.intercepts, RationalVector.of([constant]))))


def _combined(a: Table, b: Table, op: Operation) -> Table:
    """Of two tables with the same cells."""
    return Table(a.interval, a.breaks, op(a.slopes, b.slopes), op(a.intercepts, b.intercepts))


def larger(f: PiecewiseLinear1D, g: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """The pointwise maximum: on a cell where the difference changes its sign there are two pieces, on the others one."""
    a, b = f._table.over(g._table)
    difference = _combined(a, b, RationalVector.__sub__)
    left, right = difference.signs[:-1], difference.signs[1:]
    split = difference.crossings
    breaks = difference.breaks.inserted(split, difference.roots(split))
    cells = np.insert(np.arange(len(a)), split, split)
    first = np.where(left == 0, right, left) >= 0
    from_a = np.insert(first, split + 1, ~first[split])
    rows = np.where(from_a, cells, len(a) + cells)
    slopes, intercepts = (RationalVector.joined(v) for v in ((a.slopes, b.slopes), (a.intercepts, b.intercepts)))
    return f._from_table(Table(a.interval, breaks, slopes.take(rows), intercepts.take(rows)))


def composed(outer: PiecewiseLinear1D, inner: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """x -> outer(inner(x)): each piece of the inner function is cut where it takes an outer kink's place as its value."""
    check_range(outer, inner)
    t, maps = inner._table, outer._table
    values = t.corner_values
    below, not_above = maps.breaks.locate(values, "left"), maps.breaks.locate(values, "right")
    # the outer kinks between the values at the ends are those from one number to another
    rising = t.slopes.signs()
    ends = [np.stack([below, not_above])]
    for end, sign, place in ((t.interval.left, -rising[0], 0), (t.interval.right, rising[-1], 1)):
        if end is None:  # the limit; of a constant its value
            outermost = len(maps.breaks) if sign > 0 else 0
            limit = maps.breaks.locate(t.intercepts.take(slice(1) if place == 0 else slice(-1, None)), "left")[0]
            column = np.full((2, 1), outermost if sign else limit, dtype=np.int64)
            ends.insert(0 if place == 0 else len(ends), column)
    at = np.concatenate(ends, axis=1)
    start = np.where(rising > 0, at[1, :-1], at[1, 1:])
    stop = np.where(rising > 0, at[0, 1:], at[0, :-1])
    start = np.where(rising == 0, at[0, :-1], start)
    counts = np.where(rising == 0, 0, np.maximum(stop - start, 0))
    # one row for each part of a piece: the inner piece, and the outer one, from the left or from the right
    piece = np.repeat(np.arange(len(t)), counts + 1)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(counts + 1) - (counts + 1), counts + 1)
    onto = np.where(rising[piece] < 0, start[piece] + counts[piece] - number, start[piece] + number)
    slopes, intercepts = t.slopes.take(piece), t.intercepts.take(piece)
    cut = np.flatnonzero(number)
    kinks = maps.breaks.take(onto[cut] - (rising[piece[cut]] > 0))
    cuts = (kinks - intercepts.take(cut)) / slopes.take(cut)
    before = np.flatnonzero(number[1:] == 0)  # where the next piece starts
    order = np.empty(len(piece) - 1, dtype=np.int64)
    order[before] = np.arange(len(before))
    order[cut - 1] = len(before) + np.arange(len(cut))
    breaks = RationalVector.joined([t.breaks, cuts]).take(order)
    chosen = maps.slopes.take(onto)
    return inner._from_table(
        Table(t.interval, breaks, chosen * slopes, chosen * intercepts + maps.intercepts.take(onto))
    )


def check_range(outer: PiecewiseLinear1D, inner: PiecewiseLinear1D | PiecewiseLinearND) -> None:
    """Raise `DomainError` unless the inner function's values lie in the outer one's domain."""
    for end, extremum, side in ((outer.interval.left, inner.min, "below"), (outer.interval.right, inner.max, "above")):
        if end is None:
            continue
        try:
            value = extremum().value
        except DomainError:
            raise DomainError(
                f"inner: its values are unbounded {side}; accepted are values in {outer.interval}"
            ) from None
        if value not in outer.interval:
            raise refusal("inner", f"the value {_readable(value)}", f"are values in {outer.interval}", DomainError)


def _readable(value: Fraction) -> str:
    """A value as it is, or in decimals where that is long."""
    exact = shown(value)
    return exact if len(exact) <= _SHORT else f"{decimal(value)}, rounded"


def restricted(f: PiecewiseLinear1D, interval: Interval) -> PiecewiseLinear1D:
    """f on a smaller interval, with its regions and patterns."""
    if f.interval.intersect(interval) != interval:
        raise refusal("a, b", f"{interval}", f"are intervals within {f.interval}", DomainError)
    regions = f._regions_table
    t, activity = regions.within(interval), f._activity
    if activity:
        activity = activity.select(regions.cells_in(interval))
    return type(f)(interval, t.breaks, t.slopes, t.intercepts, activity)


def level(f: PiecewiseLinear1D, value: Fraction) -> Where:
    """Where f takes a value: isolated points and whole intervals, left to right."""
    t = f._table
    t = Table(t.interval, t.breaks, t.slopes, t.intercepts - RationalVector.of([value]))
    flat = (t.signs[:-1] == 0) & (t.signs[1:] == 0) & (t.slopes.signs() == 0)
    # cell k is place 2 k + 1; the place before it is its left end, that after it its right end
    zero = np.flatnonzero((t.signs == 0) & ~np.append(flat, False) & ~np.append(False, flat))
    cells, whole = t.crossings, np.flatnonzero(flat)
    corners, shift = t.corners, int(t.interval.left is None)
    points = RationalVector.joined([corners.take(zero - shift), t.roots(cells)])
    ends = [t.interval.left, *t.breaks, t.interval.right] if len(whole) else []
    found: list[Fraction | Interval] = [*points, *(Interval(ends[k], ends[k + 1]) for k in whole.tolist())]
    order = np.argsort(np.concatenate([2 * zero, 2 * cells + 1, 2 * whole + 1]))
    return tuple(found[k] for k in order.tolist())


def maximum_of(f: PiecewiseLinear1D) -> Extremum:
    """Largest value of f and where it is taken."""
    t = f._table
    if (t.interval.left is None and t.slopes[0] < 0) or (t.interval.right is None and t.slopes[-1] > 0):
        raise DomainError(f"f: {f} is unbounded above; restrict it to a bounded interval")
    value = t.corner_values.largest() if len(t.corners) else t.intercepts[0]
    return Extremum(value, level(f, value))


def minimum_of(f: PiecewiseLinear1D) -> Extremum:
    """Smallest value of f and where it is taken."""
    try:
        top = maximum_of(-f)
    except DomainError:
        raise DomainError(f"f: {f} is unbounded below; restrict it to a bounded interval") from None
    return Extremum(-top.value, top.where)


def integral(f: PiecewiseLinear1D, a: Number | None, b: Number | None) -> Fraction:
    """The signed integral of f."""
    low = f.interval.left if a is None else to_fraction(a, "a")
    high = f.interval.right if b is None else to_fraction(b, "b")
    if low is None or high is None:
        raise refusal("a, b", f"no finite end on {f.interval}", "are two points of the domain", DomainError)
    for name, end in (("a", low), ("b", high)):
        if end not in f.interval:
            raise refusal(name, shown(end), f"are points of {f.interval}", DomainError)
    if low >= high:
        return -integral(f, high, low) if low > high else Fraction(0)
    t = f._table.within(Interval(low, high))
    before, after = slice(None, -1), slice(1, None)
    widths = t.corners.take(after) - t.corners.take(before)
    return (widths * (t.corner_values.take(before) + t.corner_values.take(after))).total() / 2
