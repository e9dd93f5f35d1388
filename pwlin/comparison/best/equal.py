"""Best splines in the largest error of targets that bend one way: every piece errs alike.

Such a target's chord errs to one side only, most by some D_k on piece k. Moved by half of that it errs as much at both ends and in
between, and a spline whose D_k are all equal alternates as often as one with so many pieces can: no other errs less (its difference
from another one changes its sign no more often than once in each of the linear pieces of both together).
"""

from __future__ import annotations

import numpy as np

from pwlin.comparison.best.spline import Array, FloatFunction, Spline, extremes, tangents

_SAMPLES = 1024
_STEPS = 12
_EQUAL, _MOST = 1e-12, 1e-9
"""How far D_k may be apart in exact arithmetic, and with the noise of floats, relative to them."""
_NEAR = 2.0
"""Knots are only moved where the largest of the logarithms of D_k differ by no more; others are not for this way."""


def bends_one_way(target: FloatFunction, low: float, high: float) -> int:
    """1 or -1 for a target that is convex or concave as far as samples show, else 0."""
    y = target(np.linspace(low, high, _SAMPLES + 1))
    bends = np.diff(y, 2)
    noise = 64 * np.finfo(float).eps * float(np.max(np.abs(y)))
    return int(np.all(bends > noise)) - int(np.all(bends < -noise))


def equalised(target: FloatFunction, knots: Array) -> Spline | None:
    """From knots of about equal D_k to a spline with equal ones, by Newton's method on their logarithms.

    None if the target does not bend one way, or where it is no help.
    """
    side = bends_one_way(target, float(knots[0]), float(knots[-1]))
    best, least = None, np.inf
    for _ in range(_STEPS if side else 0):
        values = target(knots)
        spline = Spline(knots, values)
        found = extremes(spline, target)
        middle = np.flatnonzero(side * found.errors > 0)
        starts = np.flatnonzero(np.diff(found.pieces[middle], prepend=-1))
        if len(starts) != spline.pieces:
            return None
        noise = 8 * np.finfo(float).eps * float(np.max(np.abs(values)))
        most = np.maximum.reduceat(np.abs(found.errors[middle]), starts)
        spread = float(np.ptp(most))
        if best is not None and spread > least / 2:  # floats see no better
            return best
        if spread <= min(_EQUAL * most.max() + noise, _MOST * most.max()):
            best = Spline(knots, values - side * most.max() / 2)
        least = spread
        first = middle[np.abs(found.errors[middle]) == most[found.pieces[middle]]]
        first = first[np.flatnonzero(np.diff(found.pieces[first], prepend=-1))]
        moved = _moved(spline, target, side, most, found.points[first])
        if moved is None:
            return best
        knots = moved
    return best


def _moved(spline: Spline, target: FloatFunction, side: int, most: Array, points: Array) -> Array | None:
    """Knots after one step: ``log D_k`` and what it changes with the knots on both sides, piece after piece from the left."""
    steps, logs = np.diff(spline.knots), np.log(most)
    if np.ptp(logs) > _NEAR:
        return None
    share = (points - spline.knots[:-1]) / steps
    tangent = tangents(spline, target, steps)
    by_left = side * (1 - share) * (tangent[:, 0] - spline.slopes) / most
    by_right = side * share * (tangent[:, 1] - spline.slopes) / most
    if not (np.all(by_left < 0) and np.all(by_right > 0)):
        return None
    # moves are a + b c, c the common change of the logarithm of D_0, until the last knot stays where it is
    a, b, moves = 0.0, 0.0, [(0.0, 0.0)]
    for left, right, log in zip(by_left.tolist(), by_right.tolist(), logs.tolist()):
        a, b = (logs[0] - log - left * a) / right, (1 - left * b) / right
        moves.append((a, b))
    shifts = np.array(moves) @ np.array([1.0, -a / b])
    room = np.minimum(np.append(steps, steps[-1]), np.append(steps[0], steps))
    shifts *= min(1.0, 0.4 / max(float(np.max(np.abs(shifts[1:-1]) / room[1:-1], initial=0.0)), 1e-300))
    shifts[[0, -1]] = 0.0
    return np.asarray(spline.knots + shifts)
