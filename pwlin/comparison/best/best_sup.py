"""Search in floats for the continuous piecewise-linear function with the least largest error, free knots.

First the global structure: the least error on finitely many points comes from bisection with `links_through`, and points where
the path found errs more join them. Then sequential linear programming moves knots and values until the errors balance.
What comes out is a candidate; proofs are made elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pwlin.comparison.best.equal import Candidate, alternating
from pwlin.comparison.best.gates import Link, corners, links_through
from pwlin.comparison.best.spline import Array, Extremes, FloatFunction, Spline, bend_density, extremes, tangents

_POINTS_PER_PIECE, _FINER = 8, 4
_LEAST_EXCHANGES, _MOST_EXCHANGES, _CLOSE, _NEAR = 2, 12, 1.3, 2.5
_ROUNDS, _MANY = 4, 48
"""How often others are looked for where points do not show that one is best: of so many pieces only until one is no better."""
_STEPS = 40
_NOISE = 64 * float(np.finfo(float).eps)
"""Of values: errors below are no errors."""
_COARSE, _FINE = 0.01, 1e-9
_PER_PIECE_WEIGHT = 1e-3
_HALVINGS = 200
_PROVEN = 1e-7
"""By how much others may be better where points show that one is best."""
_SAME = 1e-20  # of the domain
_UNSEEN = 3e-11
"""What a step promises of the error below this is within what the linear programs tolerate."""
_CHORD_NODES, _SHARINGS = 17, 12


def minimax_candidate(
    target: FloatFunction,
    low: float,
    high: float,
    pieces: int,
    watched: Array,
    kinks: Array | None,
    extra: Array | None = None,
) -> Candidate:
    """A function with `pieces` linear pieces whose largest error is about the least possible.

    `watched` are points that always count: where the target bends or jumps. `kinks` are all places where it is not smooth; None
    if they are not known, or it jumps. `extra` are more points to be watched, where the error of a function that was found before
    is larger than floats told.
    """
    if extra is not None:
        kinks, watched = None, np.unique(np.concatenate([watched, extra]))
    even = None if kinks is None else _even_candidate(target, (low, high), pieces, kinks, watched)
    if even is not None:
        return even
    points = np.unique(np.concatenate([_first_points(target, low, high, pieces), watched]))
    noise = _NOISE * float(np.max(np.abs(target(points))))
    smooth = _smooth_candidate(target, points, pieces, watched) if extra is None else None
    if smooth is not None and smooth.error > noise:
        if _path(target, smooth.points, pieces, smooth.error * (1 - _PROVEN)) is None:
            return smooth
        points = smooth.points
    spline, least = _through_points(target, points, pieces, _COARSE)
    for exchange in range(_MOST_EXCHANGES):
        found = extremes(spline, target, watched)
        close = found.largest <= _CLOSE * _error_on(target, spline, points)
        if found.largest <= noise or (close and exchange >= _LEAST_EXCHANGES):
            break
        points = np.unique(np.concatenate([points, _worst(found), _near_corners(spline)]))
        spline, least = _through_points(target, points, pieces, _COARSE, least)
    if found.largest <= noise:
        return Candidate(spline, found.largest, points)
    best, error = _balanced(spline, target, watched)
    if smooth is not None and smooth.error < error:
        best, error = smooth.spline, smooth.error
    for _ in range(_ROUNDS):
        points = np.unique(np.concatenate([points, _worst(extremes(best, target, watched))]))
        if _path(target, points, pieces, error * (1 - _PROVEN)) is None:
            break
        other, least = _through_points(target, points, pieces, _FINE, least)
        spline, largest = _balanced(other, target, watched)
        points = np.unique(np.concatenate([points, _worst(extremes(spline, target, watched))]))
        if largest < error:
            best, error = spline, largest
        elif pieces > _MANY:
            break
    return Candidate(best, error, points)


def _even_knots(target: FloatFunction, points: Array, pieces: int) -> Array:
    """Knots that share the root of the bend evenly."""
    low, high = float(points[0]), float(points[-1])
    x, share = bend_density(target, low, high, 0.5)
    knots = np.interp(np.linspace(0, 1, pieces + 1), share, x)
    knots[[0, -1]] = low, high
    return knots


def _even_candidate(
    target: FloatFunction, ends: tuple[float, float], pieces: int, kinks: Array, watched: Array
) -> Candidate | None:
    """The spline whose pieces err alike, if it errs no more than that, and no other errs less."""
    found = alternating(target, *ends, pieces, kinks)
    if found is None:
        return None
    if found.spline.pieces < pieces:  # more are of no use
        return _even_candidate(target, ends, found.spline.pieces, kinks, watched)
    largest = extremes(found.spline, target, watched).largest
    if not _NOISE * float(np.max(np.abs(found.spline.values))) < largest <= found.error * (1 + _PROVEN):
        return None
    if _path(target, found.points, pieces, largest * (1 - _PROVEN)) is not None:
        return None
    return replace(found, error=largest)


def _smooth_candidate(target: FloatFunction, points: Array, pieces: int, watched: Array) -> Candidate | None:
    """Where the asymptotic law tells the error already, a spline whose pieces err about alike, balanced."""
    error = _law(points, target(points), pieces)
    spline = _shared(target, _even_knots(target, points, pieces))
    if spline is None:
        return None
    if not extremes(spline, target, watched).largest <= _NEAR * error:
        return None
    best, largest = _balanced(spline, target, watched)
    low, high = float(points[0]), float(points[-1])
    finer = _first_points(target, low, high, _FINER * pieces)  # fewer pieces, too, are to show that they do worse
    found = [points, finer, _worst(extremes(best, target, watched)), _near_corners(best)]
    return Candidate(best, largest, np.unique(np.concatenate(found)))


def _shared(target: FloatFunction, knots: Array) -> Spline | None:
    """From knots to ones between which the best lines err about alike, and values of about these lines.

    A chord is off by u to v, u <= 0 <= v: about (v - u) / 2 when it is moved, by -v / 2 at its ends where the target is
    convex and by -u / 2 where it is concave.
    """
    s = np.linspace(0.0, 1.0, _CHORD_NODES)
    for _ in range(_SHARINGS):
        steps = np.diff(knots)
        if not (steps > 0).all():
            return None
        y = target(knots)
        off = y[:-1, None] + np.diff(y)[:, None] * s - target(knots[:-1, None] + steps[:, None] * s)
        above, below = np.maximum(off.max(axis=1), 0.0), np.minimum(off.min(axis=1), 0.0)
        shares = np.sqrt(above - below)
        total = np.concatenate([[0.0], np.cumsum(shares + 1e-3 * np.max(shares))])
        if not total[-1] > 0:
            return None
        moved = np.interp(np.linspace(0, total[-1], len(knots)), total, knots)
        moved[[0, -1]] = knots[[0, -1]]
        knots, before = moved, knots
    shift = -(above + below) / 2
    sides = np.concatenate([shift[:1], (shift[1:] + shift[:-1]) / 2, shift[-1:]])
    return Spline(before, y + sides)


def _first_points(target: FloatFunction, low: float, high: float, pieces: int) -> Array:
    x, share = bend_density(target, low, high, 0.5)
    count = _POINTS_PER_PIECE * pieces + 32
    mixed = 0.8 * share + 0.2 * np.linspace(0, 1, len(x))
    inner = np.interp(np.linspace(0, 1, count), mixed, x)[1:-1]
    return np.unique(np.concatenate([[low], np.clip(inner, low, high), [high]]))


def _error_on(target: FloatFunction, spline: Spline, points: Array) -> float:
    return float(np.max(np.abs(np.interp(points, spline.knots, spline.values) - target(points))))


def _path(target: FloatFunction, points: Array, pieces: int, error: float) -> list[Link] | None:
    """A path of so many links that errs no more on the points, or None."""
    values = target(points)
    return links_through(points.tolist(), (values - error).tolist(), (values + error).tolist(), pieces)


def _through_points(
    target: FloatFunction, points: Array, pieces: int, accuracy: float, least: float = 0.0
) -> tuple[Spline, float]:
    """The spline with at most `pieces` pieces that errs least on the points, to the relative accuracy given.

    `least` is an error that none goes below, if one is known: that of fewer points is close. Another such comes back.
    """
    values = target(points)
    high = float(np.max(values) - np.min(values)) / 2
    smallest = 4 * float(np.finfo(float).eps * np.max(np.abs(values))) + float(np.finfo(float).tiny)
    high = max(high * 1.001, smallest)
    best, low = None, max(least, _largest_jump(points, values) / 2)
    guess, growth = _law(points, values, pieces), 1 + 2 * accuracy
    for _ in range(_HALVINGS):
        if high <= smallest or high - low <= accuracy * high:
            break
        middle = (low + high) / 2
        if least and best is None:
            middle, growth = min(low * growth, middle), min(growth, 1 / accuracy) ** 4
        elif low == 0 or high > 4 * low:
            middle = min(max(guess, high / 64), high / 2) if low == 0 else (low * high) ** 0.5
        found = _path(target, points, pieces, middle)
        if found is None:
            low = middle
        else:
            best, high = found, middle
    best = best or _path(target, points, pieces, high)
    assert best is not None, "a constant passes gates as wide as the values' range"
    inner, heights = corners(best)
    xs = [float(points[0]), *inner, float(points[-1])]
    ends = [best[0].line(xs[0]), best[-1].line(xs[-1])]
    return _refined(_strict(xs, [ends[0], *heights, ends[1]]), pieces), low


def _largest_jump(points: Array, values: Array) -> float:
    """The largest change of value between points that floats can hardly tell apart."""
    steps = np.diff(points)
    close = steps <= np.maximum(4 * np.spacing(np.abs(points[1:])), _SAME * (points[-1] - points[0]))
    return float(np.max(np.abs(np.diff(values))[close], initial=0.0))


def _law(points: Array, values: Array, pieces: int) -> float:
    """The asymptotic law's error, from divided differences; a first guess."""
    steps = np.diff(points)
    bends = np.abs(np.diff(np.diff(values) / steps)) / ((steps[1:] + steps[:-1]) / 2)
    total = float(np.sum(np.sqrt(bends) * (steps[1:] + steps[:-1]) / 2))
    return total**2 / (16 * pieces**2)


def _strict(xs: list[float], ys: list[float]) -> Spline:
    """Drop knots that coincide with the one before or with the right end."""
    keep = [0]
    for k in range(1, len(xs) - 1):
        if xs[keep[-1]] < xs[k] < xs[-1]:
            keep.append(k)
    keep.append(len(xs) - 1)
    return Spline(np.array([xs[k] for k in keep]), np.array([ys[k] for k in keep]))


def _refined(spline: Spline, pieces: int) -> Spline:
    """The same function with its longest pieces halved until there are `pieces`."""
    knots, values = spline.knots, spline.values
    while len(knots) - 1 < pieces:
        k = int(np.argmax(np.diff(knots)))
        middle = (knots[k] + knots[k + 1]) / 2
        values = np.insert(values, k + 1, (values[k] + values[k + 1]) / 2)
        knots = np.insert(knots, k + 1, middle)
    return Spline(knots, values)


def _worst(found: Extremes) -> Array:
    """The points that matter: where the error is not small next to the largest."""
    return found.points[np.abs(found.errors) >= found.largest / 4]


def _near_corners(spline: Spline) -> Array:
    """Points close to the corners, on both sides: where a path may turn matters to first order."""
    inner = spline.knots[1:-1, None]
    steps = np.diff(spline.knots)
    reach = np.minimum(steps[1:], steps[:-1])[:, None]
    return np.asarray((inner + reach * np.array([-0.08, -0.02, 0.02, 0.08])).ravel())


def _balanced(spline: Spline, target: FloatFunction, watched: Array) -> tuple[Spline, float]:
    """Sequential linear programming with a trust region, from a spline to one whose largest errors balance."""
    found = extremes(spline, target, watched)
    error, trust = found.largest, 0.25
    noise = 16 * float(np.finfo(float).eps) * float(np.max(np.abs(spline.values)) + error)
    for _ in range(_STEPS):
        if error <= noise:
            break
        step = _step(spline, target, found, error, trust)
        if step is None:
            break
        moved, promised = step
        tried = extremes(moved, target, watched)
        gain = error - tried.largest
        if gain > 0:
            trust = min(0.4, 2 * trust) if gain > 0.5 * (error - promised) else trust / 2
            spline, found, error = moved, tried, tried.largest
            if gain <= 1e-13 * error:
                break
        else:
            trust /= 6
            if error - promised <= _UNSEEN * error:
                break
        if error - promised <= 1e-13 * error or trust < 1e-9:
            break
    return spline, error


def _step(spline: Spline, target: FloatFunction, found: Extremes, error: float, trust: float) -> Any:
    """The best spline of the linearised problem, and the error that it promises."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    n, rows = spline.pieces, len(found.points)
    steps = np.diff(spline.knots)
    scale = np.minimum(steps[1:], steps[:-1])  # of the moves of the n - 1 inner knots
    k, slope = found.pieces, spline.slopes[found.pieces]
    share = (found.points - spline.knots[k]) / steps[k]
    by_left, by_right = -slope * (1 - share), -slope * share
    # an error at a knot moves along with it
    tangent = tangents(spline, target, steps)
    at_left, at_right = found.points == spline.knots[k], found.points == spline.knots[k + 1]
    by_left = np.where(at_left, -tangent[k, 0], by_left)
    by_right = np.where(at_right, -tangent[k, 1], by_right)
    i = np.arange(rows)
    entries = []  # row, column, value: columns are knot moves, value changes, error of each piece, largest error
    for knot, by in ((k, by_left), (k + 1, by_right)):
        free = (knot > 0) & (knot < n)
        entries.append((i[free], knot[free] - 1, by[free] * scale[knot[free] - 1] / error))
    entries.append((i, n - 1 + k, 1 - share))
    entries.append((i, n + k, share))
    row, column, value = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    columns = (n - 1) + (n + 1) + n + 1
    change = coo_matrix((value, (row, column)), (rows, columns)).tocsr()
    bound = coo_matrix((np.ones(rows), (i, 2 * n + k)), (rows, columns)).tocsr()
    each = np.arange(n)
    largest = coo_matrix(
        (
            np.concatenate([np.ones(n), -np.ones(n)]),
            (np.tile(each, 2), np.concatenate([2 * n + each, np.full(n, columns - 1)])),
        ),
        (n, columns),
    ).tocsr()
    from scipy.sparse import vstack

    now = found.errors / error
    result = linprog(
        np.concatenate([np.zeros(2 * n), np.full(n, _PER_PIECE_WEIGHT / n), [1.0]]),
        A_ub=vstack([change - bound, -change - bound, largest]),
        b_ub=np.concatenate([-now, now, np.zeros(n)]),
        bounds=[(-trust, trust)] * (n - 1) + [(None, None)] * (n + 1) + [(0, None)] * (n + 1),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if result.x is None:
        return None
    knots, values = spline.knots.copy(), spline.values + error * result.x[n - 1 : 2 * n]
    knots[1:-1] += scale * result.x[: n - 1]
    return Spline(knots, values), error * float(result.x[-1])
