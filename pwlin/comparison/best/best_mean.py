"""Search in floats for the continuous piecewise-linear function with the least mean error (L2 or L1), free knots.

The objective is smooth in the lengths of the pieces but has local minima, so the search starts from the asymptotic density
of knots and, for not too many pieces, from the best discontinuous fit on a grid (by dynamic programming). What comes out
is a candidate; its errors are measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from pwlin.comparison.best.spline import Array, FloatFunction, Spline, bend_density
from pwlin.comparison.norm import L2, Norm

_LEAST_NODES, _ALL_NODES, _MOST_NODES, _NODES_PER_WAVE = 16, 640, 1024, 6
_GRID, _MOST_GRID_PIECES = 240, 60
_ITERATIONS, _NEWTON_STEPS = 400, 12
_SMOOTH, _ROUGH = 1e-7, 1e-5  # slopes of the error's logarithm at which the descents stop


def mean_candidate(target: FloatFunction, low: float, high: float, pieces: int, norm: Norm) -> Spline:
    """A function with `pieces` linear pieces whose L2 or L1 error is about the least possible."""
    x, share = bend_density(target, low, high, float(norm.root))
    even = np.linspace(0, 1, len(x))
    bends = np.diff(target(x), 2)
    waves = int(np.count_nonzero(bends[1:] * bends[:-1] < 0))  # may all lie on one piece
    nodes = min(max(_LEAST_NODES, _ALL_NODES // pieces, _NODES_PER_WAVE * waves), _MOST_NODES)
    starts = [np.interp(np.linspace(0, 1, pieces + 1), 0.95 * share + 0.05 * even, x)]
    if 1 < pieces <= _MOST_GRID_PIECES:
        cells = max(_GRID, 6 * pieces)
        grid = np.interp(np.linspace(0, 1, cells + 1), (share + even) / 2, x)
        starts.append(_nudged(_grid_knots(target, grid, pieces)))
    fits = [_descend_l2(target, knots, nodes) for knots in starts if _increasing(knots)]
    best = min(fits, key=lambda fit: _square_error(target, fit, nodes)[0])
    return best if norm is L2 else _descend_l1(target, best, nodes)


def _nudged(knots: Array) -> Array:
    """Knots moved a little, each differently: symmetric ones may sit on a saddle."""
    steps = np.diff(knots)
    moves = 0.05 * np.minimum(steps[1:], steps[:-1]) * np.cos(np.arange(1, len(steps)))
    return np.concatenate([knots[:1], knots[1:-1] + moves, knots[-1:]])


# -- knots as lengths, so that they stay in order ---------------------------------------------------


def _knots(weights: Array, low: float, high: float) -> Array:
    lengths = np.exp(weights - np.max(weights))
    knots = low + (high - low) * np.concatenate([[0.0], np.cumsum(lengths)]) / np.sum(lengths)
    knots[-1] = high
    return knots


def _by_weights(by_knots: Array, knots: Array) -> Array:
    """Gradient with respect to the weights from that with respect to the inner knots."""
    lengths = np.diff(knots)
    later = np.concatenate([np.cumsum(by_knots[::-1])[::-1], [0.0]])
    return np.asarray(lengths * (later - np.sum(lengths * later) / np.sum(lengths)))


def _increasing(knots: Array) -> bool:
    return bool(np.all(np.diff(knots) > 0))


# -- mean square -------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _gauss(count: int) -> tuple[Array, Array]:
    """Gauss nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def _square_error(target: FloatFunction, spline: Spline, count: int) -> tuple[float, Array]:
    """Integral of the squared error, and its derivatives by the inner knots if the values are the best for them."""
    nodes, weights = _gauss(count)
    steps = np.diff(spline.knots)[:, None]
    left, right = spline.values[:-1, None], spline.values[1:, None]
    error = left + (right - left) * nodes - target(spline.knots[:-1, None] + steps * nodes)
    scaled = error * weights * steps
    slopes = spline.slopes
    by_right, by_left = np.sum(scaled * nodes, axis=1), np.sum(scaled * (1 - nodes), axis=1)
    return float(np.sum(scaled * error)), -2 * (slopes[:-1] * by_right[:-1] + slopes[1:] * by_left[1:])


def _best_values(target: FloatFunction, knots: Array, count: int) -> Array:
    """Values of the continuous spline on these knots with the least mean square error."""
    from scipy.linalg import solveh_banded

    nodes, weights = _gauss(count)
    steps = np.diff(knots)
    base = target(knots)  # the fit of what the interpolant leaves loses fewer digits
    rest = target(knots[:-1, None] + steps[:, None] * nodes) - (base[:-1, None] * (1 - nodes) + base[1:, None] * nodes)
    right = np.zeros(len(knots))
    right[:-1] += np.sum(rest * (1 - nodes) * weights, axis=1) * steps
    right[1:] += np.sum(rest * nodes * weights, axis=1) * steps
    matrix = np.zeros((2, len(knots)))
    matrix[1, :-1] += steps / 3
    matrix[1, 1:] += steps / 3
    matrix[0, 1:] = steps / 6
    return np.asarray(base + solveh_banded(matrix, right))


def _descend_l2(target: FloatFunction, knots: Array, count: int) -> Spline:
    low, high = float(knots[0]), float(knots[-1])

    def objective(weights: Array) -> tuple[float, Array]:
        places = _knots(weights, low, high)
        if not _increasing(places):
            return np.inf, np.zeros(len(weights))
        error, by_knots = _square_error(target, Spline(places, _best_values(target, places, count)), count)
        if not error > 0:
            return -np.inf, np.zeros(len(weights))
        return np.log(error), _by_weights(by_knots, places) / error

    found = _knots(_minimised(objective, np.log(np.diff(knots)), _SMOOTH), low, high)
    return Spline(found, _best_values(target, found, count))


def _minimised(objective: Callable[[Any], tuple[float, Array]], start: Array, accuracy: float) -> Array:
    from scipy.optimize import minimize

    if len(start) == 1:
        return start
    options = {"maxiter": _ITERATIONS, "gtol": accuracy}
    with np.errstate(all="ignore"):
        result = minimize(objective, start, jac=True, method="BFGS", options=options)
    return np.asarray(result.x, dtype=np.float64)


def _grid_knots(target: FloatFunction, edges: Array, pieces: int) -> Array:
    """Knots, among `edges`, of the best discontinuous mean-square fit, by dynamic programming over all of them."""
    cells = len(edges) - 1
    nodes, weights = _gauss(4)
    steps = np.diff(edges)[:, None]
    x = edges[:-1, None] + steps * nodes
    y = target(x)
    y, centre = y - np.mean(y), (edges[0] + edges[-1]) / 2
    parts = (y, y * (x - centre), y * y)
    zero, one, two = (_differences(np.sum(part * weights * steps, axis=1)) for part in parts)
    length = np.maximum(edges[None, :] - edges[:, None], np.min(steps))
    middle = (edges[None, :] + edges[:, None]) / 2 - centre
    cost = two - zero**2 / length - 12 * (one - middle * zero) ** 2 / length**3
    cost = np.where(np.tri(cells + 1, k=0, dtype=bool), np.inf, np.maximum(cost, 0.0))
    total, choices = cost[0].copy(), []
    for _ in range(pieces - 1):
        through = total[:, None] + cost
        choices.append(np.argmin(through, axis=0))
        total = np.min(through, axis=0)
    found = [cells]
    for choice in reversed(choices):
        found.append(int(choice[found[-1]]))
    return np.asarray(edges[np.array([0, *found[::-1]])])


def _differences(parts: Array) -> Array:
    """Sums of parts[i:j], for all i and j."""
    sums = np.concatenate([[0.0], np.cumsum(parts)])
    return np.asarray(sums[None, :] - sums[:, None])


# -- mean magnitude ------------------------------------------------------------------------------------


def _magnitude_error(target: FloatFunction, spline: Spline, cells: int) -> tuple[float, Array, Array]:
    """Integral of the error's magnitude, and its derivatives by the inner knots and by the values.

    Simpson's rule where the error keeps its sign over a cell, the trapezoids of its linear interpolant where not.
    """
    s = np.linspace(0.0, 1.0, 2 * cells + 1)
    steps = np.diff(spline.knots)
    left, right = spline.values[:-1, None], spline.values[1:, None]
    error = left + (right - left) * s - target(spline.knots[:-1, None] + steps[:, None] * s)
    a, m, b = error[:, :-1:2], error[:, 1::2], error[:, 2::2]
    keeps = ((a >= 0) & (m >= 0) & (b >= 0)) | ((a <= 0) & (m <= 0) & (b <= 0))
    simpson = np.abs(a + 4 * m + b) / 6
    half = (_magnitude_of_line(a, m) + _magnitude_of_line(m, b)) / 2
    total = float(np.sum(steps[:, None] * np.where(keeps, simpson, half)) / cells)
    # integral of the sign times 1 and times s, by half cells
    one, two = error[:, :-1], error[:, 1:]
    width, start = 1 / (2 * cells), s[:-1]
    with np.errstate(all="ignore"):
        cut = np.where(one * two < 0, one / (one - two), 0.0)
    first, last = np.sign(np.where(one == 0, two, one)), np.sign(np.where(two == 0, one, two))
    z = start + width * cut
    by_one = np.sum(first * (z - start) + last * (start + width - z), axis=1)
    by_s = np.sum(first * (z**2 - start**2) + last * ((start + width) ** 2 - z**2), axis=1) / 2
    by_right, by_left = steps * by_s, steps * (by_one - by_s)
    by_values = np.concatenate([by_left, [0.0]]) + np.concatenate([[0.0], by_right])
    slopes = spline.slopes
    return total, -(slopes[:-1] * by_right[:-1] + slopes[1:] * by_left[1:]), by_values


def _magnitude_of_line(a: Array, b: Array) -> Array:
    """Mean magnitude of the line from a to b."""
    with np.errstate(all="ignore"):
        crossing = (a * a + b * b) / (2 * np.abs(a - b))
    return np.where(a * b < 0, crossing, np.abs(a + b) / 2)


def _descend_l1(target: FloatFunction, spline: Spline, cells: int) -> Spline:
    low, high = float(spline.knots[0]), float(spline.knots[-1])
    n = spline.pieces
    size = max(_magnitude_error(target, spline, cells)[0] / (high - low), 1e-300)

    def objective(variables: Array) -> tuple[float, Array]:
        places = _knots(variables[:n], low, high)
        if not _increasing(places):
            return np.inf, np.zeros(len(variables))
        error, by_knots, by_values = _magnitude_error(
            target, Spline(places, spline.values + size * variables[n:]), cells
        )
        if not error > 0:
            return -np.inf, np.zeros(len(variables))
        return np.log(error), np.concatenate([_by_weights(by_knots, places), size * by_values]) / error

    settled, converged = _canonical(target, spline, cells)
    if converged and _crosses_twice(target, settled):
        return settled
    found = _minimised(objective, np.concatenate([np.log(np.diff(spline.knots)), np.zeros(n + 1)]), _ROUGH)
    return _canonical(target, Spline(_knots(found[:n], low, high), spline.values + size * found[n:]), cells)[0]


def _canonical(target: FloatFunction, spline: Spline, cells: int) -> tuple[Spline, bool]:
    """Newton's method for interpolation at the quarter points of every piece, and whether it converged.

    On a piece where the target is convex or concave the best line in the mean interpolates there. The spline that is
    returned has the least error of all that were met.
    """
    n, error = spline.pieces, _magnitude_error(target, spline, cells)[0]
    best, knots, values = spline, spline.knots.copy(), spline.values.copy()
    i = np.arange(n)
    for _ in range(_NEWTON_STEPS):
        steps, matrix, rest = np.diff(knots), np.zeros((2 * n, 2 * n + 2)), np.zeros(2 * n)
        for row, s in ((2 * i, 0.25), (2 * i + 1, 0.75)):
            x, h = knots[:-1] + s * steps, 1e-5 * steps
            slope = (target(x + h) - target(x - h)) / (2 * h)
            rest[row] = target(x) - (values[:-1] * (1 - s) + values[1:] * s)
            matrix[row, n + 1 + i], matrix[row, n + 2 + i] = 1 - s, s
            matrix[row, i] = -(1 - s) * slope
            matrix[row, i + 1] = -s * slope
        matrix = np.delete(matrix, [0, n], axis=1)
        if not (np.all(np.isfinite(matrix)) and np.all(np.isfinite(rest))):
            break
        try:
            move = np.linalg.solve(matrix, rest)
        except np.linalg.LinAlgError:  # the target has one slope at several quarter points
            break
        knots[1:-1] += move[: n - 1]
        values = values + move[n - 1 :]
        if not _increasing(knots) or not np.all(np.isfinite(values)):
            break
        tried = Spline(knots.copy(), values)
        now = _magnitude_error(target, tried, cells)[0]
        if now <= error:
            best, error = tried, now
        if np.max(np.abs(move[: n - 1]), initial=0.0) <= 1e-10 * np.min(steps):
            return (tried, True) if now <= error * (1 + 1e-9) else (best, False)
    return best, False


def _crosses_twice(target: FloatFunction, spline: Spline) -> bool:
    """Whether the error changes its sign on each piece just at the two quarter points."""
    s = np.concatenate([np.linspace(0, 0.24, 12), np.linspace(0.26, 0.74, 24), np.linspace(0.76, 1, 12)])
    steps = np.diff(spline.knots)
    error = spline.values[:-1, None] + np.diff(spline.values)[:, None] * s
    error = error - target(spline.knots[:-1, None] + steps[:, None] * s)
    signs = np.sign(error)
    outer, inner = signs[:, :1], signs[:, 12:13]
    parts = (signs[:, :12] == outer, signs[:, 12:36] == inner, signs[:, 36:] == outer, outer == -inner)
    return all(bool(np.all(part)) for part in parts)
