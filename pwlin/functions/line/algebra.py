"""The work behind the methods of `PiecewiseLinear1D`: exact, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.base import arguments
from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import DomainError, ShapeError
from pwlin.exact.rational import Number, Numbers, as_number, to_fraction, to_fraction_array
from pwlin.functions.line.records import Extremum, Piece
from pwlin.geometry.interval import Interval

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND
    from pwlin.functions.line.function import PiecewiseLinear1D

Where = tuple[Fraction | Interval, ...]


def like(value: object, f: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """A function as it is; a number as the constant function on f's domain."""
    if isinstance(value, type(f)):
        return value
    constant = to_fraction(value, "other")
    return f.from_pieces([Piece(f.interval.left, f.interval.right, Fraction(0), constant)])


def interpolating(xs: Numbers, ys: Numbers) -> list[Piece]:
    """The pieces of the interpolant through points."""
    x, y = to_fraction_array(xs, 1, "xs"), to_fraction_array(ys, 1, "ys")
    if len(x) != len(y) or len(x) < 2:
        raise refusal("xs, ys", f"{len(x)} and {len(y)} points", "are as many of each, at least 2", ShapeError)
    out = []
    for a, b, u, v in zip(x, x[1:], y, y[1:]):
        if not a < b:
            raise refusal("xs", f"{shown(a)} before {shown(b)}", "are strictly increasing points", ShapeError)
        slope = (v - u) / (b - a)
        out.append(Piece(a, b, slope, u - slope * a))
    return out


def merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces with neighbours of one affine map joined; checks order and continuity."""
    given = arguments.items(pieces, "pieces", "are Pieces, left to right", ShapeError)
    if not given:
        raise refusal("pieces", "none", "is at least one", ShapeError)
    out: list[Piece] = []
    for piece in given:
        if not isinstance(piece, Piece):
            raise refusal("pieces", shown(piece), "are Pieces, left to right", ShapeError)
        left, right = piece.left, piece.right
        if left is not None and right is not None and left >= right:
            raise refusal("pieces", f"one from {shown(left)} to {shown(right)}", "are increasing ends", DomainError)
        if not out:
            out.append(piece)
            continue
        last = out[-1]
        if last.right is None or last.right != left:
            found = f"one that ends at {shown(last.right)} and the next that starts at {shown(left)}"
            raise refusal("pieces", found, "are neighbours that share an end", ShapeError)
        if last(last.right) != piece(last.right):
            raise refusal("pieces", f"a jump of value at {shown(left)}", "are continuous functions", ShapeError)
        if last.slope == piece.slope:
            out[-1] = Piece(last.left, piece.right, last.slope, last.intercept)
        else:
            out.append(piece)
    return out


def mapped(f: PiecewiseLinear1D, change: Callable[[Piece], Piece]) -> PiecewiseLinear1D:
    """The function with each piece changed."""
    return f.from_pieces([change(p) for p in f.pieces])


def common_pieces(f: PiecewiseLinear1D, g: PiecewiseLinear1D) -> list[tuple[Piece, Piece]]:
    """The pieces of both functions, cut at the kinks of either, on the common domain."""
    interval = f.interval.intersect(g.interval)
    out: list[tuple[Piece, Piece]] = []
    ps, qs = _clipped(f.pieces, interval), _clipped(g.pieces, interval)
    i = j = 0
    left = interval.left
    while i < len(ps) and j < len(qs):
        p, q = ps[i], qs[j]
        right = p.right if q.right is None or (p.right is not None and p.right <= q.right) else q.right
        out.append((Piece(left, right, p.slope, p.intercept), Piece(left, right, q.slope, q.intercept)))
        i, j, left = i + (p.right == right), j + (q.right == right), right
    return out


def _clipped(pieces: Sequence[Piece], interval: Interval) -> list[Piece]:
    left, right = interval.left, interval.right
    out = []
    for p in pieces:
        low = p.left if left is None or (p.left is not None and p.left > left) else left
        high = p.right if right is None or (p.right is not None and p.right < right) else right
        if low is None or high is None or low < high:
            out.append(Piece(low, high, p.slope, p.intercept))
    return out


def combined(f: PiecewiseLinear1D, other: object, op: Callable[[Fraction, Fraction], Fraction]) -> PiecewiseLinear1D:
    """The sum or difference with another function, piece by piece, or with a number."""
    if isinstance(other, type(f)):
        pairs = common_pieces(f, other)
        return f.from_pieces(
            [Piece(p.left, p.right, op(p.slope, q.slope), op(p.intercept, q.intercept)) for p, q in pairs]
        )
    constant = as_number(other)
    if constant is None:
        return NotImplemented
    return mapped(f, lambda p: Piece(p.left, p.right, p.slope, op(p.intercept, constant)))


def larger(f: PiecewiseLinear1D, g: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """The pointwise maximum."""
    out = []
    for p, q in common_pieces(f, g):
        slope, offset = p.slope - q.slope, p.intercept - q.intercept
        if slope == 0:
            out.append(p if offset >= 0 else q)
            continue
        root = -offset / slope
        first, second = (q, p) if slope > 0 else (p, q)
        if p.left is not None and root <= p.left:
            out.append(second)
        elif p.right is not None and root >= p.right:
            out.append(first)
        else:
            out.append(Piece(p.left, root, first.slope, first.intercept))
            out.append(Piece(root, p.right, second.slope, second.intercept))
    return f.from_pieces(out)


def composed(outer: PiecewiseLinear1D, inner: PiecewiseLinear1D) -> PiecewiseLinear1D:
    """x -> outer(inner(x))."""
    check_range(outer, inner)
    kinks = [k.location for k in outer.kinks]
    out = []
    for p in inner.pieces:
        cuts: list[Fraction] = []
        if p.slope:
            cuts = [(t - p.intercept) / p.slope for t in kinks]
            cuts = [x for x in cuts if (p.left is None or p.left < x) and (p.right is None or x < p.right)]
        ends = [p.left, *(cuts if p.slope > 0 else reversed(cuts)), p.right]
        for left, right in zip(ends[:-1], ends[1:], strict=True):
            q = _piece_at(outer, p(_inside(left, right)))
            out.append(Piece(left, right, q.slope * p.slope, q.slope * p.intercept + q.intercept))
    return inner.from_pieces(out)


def _inside(left: Fraction | None, right: Fraction | None) -> Fraction:
    if left is None:
        return Fraction(0) if right is None else right - 1
    return left + 1 if right is None else (left + right) / 2


def _piece_at(f: PiecewiseLinear1D, x: Fraction) -> Piece:
    low, high = 0, len(f.pieces) - 1
    while low < high:
        middle = (low + high) // 2
        right = f.pieces[middle].right
        low, high = (low, middle) if right is None or x <= right else (middle + 1, high)
    return f.pieces[low]


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
            raise refusal("inner", f"the value {shown(value)}", f"are values in {outer.interval}", DomainError)


def restricted(f: PiecewiseLinear1D, interval: Interval) -> PiecewiseLinear1D:
    """f on a smaller interval, with its regions and patterns."""
    if f.interval.intersect(interval) != interval:
        raise refusal("a, b", f"{interval}", f"are intervals within {f.interval}", DomainError)
    left, right = interval.left, interval.right
    n = len(f._breaks)
    low = 0 if left is None else _count(f, lambda x: x <= left)
    high = n if right is None else _count(f, lambda x: x < right)
    chosen = slice(low, high + 1)
    activity = f._activity.select(chosen) if f._activity else None
    return type(f)(
        interval, f._breaks.take(slice(low, high)), f._slopes.take(chosen), f._intercepts.take(chosen), activity
    )


def _count(f: PiecewiseLinear1D, holds: Callable[[Fraction], bool]) -> int:
    """How many leading breakpoints satisfy a condition that is true first and false after."""
    low, high = 0, len(f._breaks)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if holds(f._breaks[middle]) else (low, middle)
    return low


def level(f: PiecewiseLinear1D, value: Fraction) -> Where:
    """Where f takes a value: isolated points and whole intervals, left to right."""
    found: list[Fraction | Interval] = []
    for p in f.pieces:
        if p.slope == 0:
            if p.intercept == value:
                if found and found[-1] == p.left:
                    found.pop()
                found.append(Interval(p.left, p.right))
            continue
        x = (value - p.intercept) / p.slope
        if (p.left is not None and x < p.left) or (p.right is not None and x > p.right):
            continue
        last = found[-1] if found else None
        if x != last and not (isinstance(last, Interval) and last.right == x):
            found.append(x)
    return tuple(found)


def maximum_of(f: PiecewiseLinear1D) -> Extremum:
    """Largest value of f and where it is taken."""
    first, last = f.pieces[0], f.pieces[-1]
    if (first.left is None and first.slope < 0) or (last.right is None and last.slope > 0):
        raise DomainError(f"f: {f} is unbounded above; restrict it to a bounded interval")
    ends = [(p, e) for p in f.pieces for e in (p.left, p.right) if e is not None]
    value = max((p(e) for p, e in ends), default=first.intercept)
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
    pieces = _clipped(f.pieces, Interval(low, high))
    total = Fraction(0)
    for p in pieces:
        assert p.left is not None and p.right is not None
        total += (p.right - p.left) * (p(p.left) + p(p.right)) / 2
    return total
