"""The specification of the algebra of functions of one variable: lists of pieces, one Fraction at a time, nothing clever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from pwlin.functions.line.records import Piece
from pwlin.geometry.interval import Interval

Pieces = list[Piece]


def merged(pieces: Sequence[Piece]) -> Pieces:
    """Neighbours of one affine map joined."""
    out: Pieces = []
    for piece in pieces:
        if out and (out[-1].slope, out[-1].intercept) == (piece.slope, piece.intercept):
            out[-1] = Piece(out[-1].left, piece.right, piece.slope, piece.intercept)
        else:
            out.append(piece)
    return out


def interpolating(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> Pieces:
    """The interpolant through points."""
    out = []
    for a, b, u, v in zip(xs, xs[1:], ys, ys[1:]):
        slope = (v - u) / (b - a)
        out.append(Piece(a, b, slope, u - slope * a))
    return merged(out)


def common_pieces(f: Sequence[Piece], g: Sequence[Piece]) -> list[tuple[Piece, Piece]]:
    """The pieces of both functions, cut at the kinks of either, on the common domain."""
    interval = Interval(f[0].left, f[-1].right).intersect(Interval(g[0].left, g[-1].right))
    out: list[tuple[Piece, Piece]] = []
    ps, qs = clipped(f, interval), clipped(g, interval)
    i = j = 0
    left = interval.left
    while i < len(ps) and j < len(qs):
        p, q = ps[i], qs[j]
        right = p.right if q.right is None or (p.right is not None and p.right <= q.right) else q.right
        out.append((Piece(left, right, p.slope, p.intercept), Piece(left, right, q.slope, q.intercept)))
        i, j, left = i + (p.right == right), j + (q.right == right), right
    return out


def clipped(pieces: Sequence[Piece], interval: Interval) -> Pieces:
    """The parts of pieces in an interval."""
    left, right = interval.left, interval.right
    out = []
    for p in pieces:
        low = p.left if left is None or (p.left is not None and p.left > left) else left
        high = p.right if right is None or (p.right is not None and p.right < right) else right
        if low is None or high is None or low < high:
            out.append(Piece(low, high, p.slope, p.intercept))
    return out


def combined(f: Sequence[Piece], g: Sequence[Piece], op: Callable[[Fraction, Fraction], Fraction]) -> Pieces:
    """The sum or difference, piece by piece."""
    pairs = common_pieces(f, g)
    return merged([Piece(p.left, p.right, op(p.slope, q.slope), op(p.intercept, q.intercept)) for p, q in pairs])


def larger(f: Sequence[Piece], g: Sequence[Piece]) -> Pieces:
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
    return merged(out)


def composed(outer: Sequence[Piece], inner: Sequence[Piece]) -> Pieces:
    """x -> outer(inner(x)), for an inner function whose values lie in the outer one's domain."""
    kinks = [p.left for p in outer[1:]]
    out = []
    for p in inner:
        cuts: list[Fraction] = []
        if p.slope:
            cuts = [(t - p.intercept) / p.slope for t in kinks]
            cuts = [x for x in cuts if (p.left is None or p.left < x) and (p.right is None or x < p.right)]
        ends = [p.left, *sorted(cuts), p.right]
        for left, right in zip(ends[:-1], ends[1:]):
            x = p(_inside(left, right))
            q = next(q for q in outer if q.right is None or x <= q.right)
            out.append(Piece(left, right, q.slope * p.slope, q.slope * p.intercept + q.intercept))
    return merged(out)


def _inside(left: Fraction | None, right: Fraction | None) -> Fraction:
    if left is None:
        return Fraction(0) if right is None else right - 1
    return left + 1 if right is None else (left + right) / 2


def level(f: Sequence[Piece], value: Fraction) -> tuple[Fraction | Interval, ...]:
    """Where f takes a value: isolated points and whole intervals, left to right."""
    found: list[Fraction | Interval] = []
    for p in f:
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


def largest(f: Sequence[Piece]) -> Fraction | None:
    """The largest value; None if there is none."""
    first, last = f[0], f[-1]
    if (first.left is None and first.slope < 0) or (last.right is None and last.slope > 0):
        return None
    return max((p(e) for p in f for e in (p.left, p.right) if e is not None), default=first.intercept)


def integral(f: Sequence[Piece], low: Fraction, high: Fraction) -> Fraction:
    """The integral from one point to a later one."""
    parts = clipped(f, Interval(low, high))
    return sum(((p.right - p.left) * (p(p.left) + p(p.right)) / 2 for p in parts), Fraction(0))  # type: ignore[operator]
