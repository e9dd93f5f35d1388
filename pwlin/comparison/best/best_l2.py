"""Search in floats for the continuous piecewise-linear function with the least L2 error, free knots.

The objective is smooth in the lengths of the pieces but has local minima, so the search starts from the asymptotic density
of knots and, for not too many pieces, from the best discontinuous fit on a grid (by dynamic programming). What comes out
is a candidate; its errors are measured elsewhere.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np

from pwlin.comparison.best.descent import by_weights, increasing, knots_of, minimised
from pwlin.comparison.best.spline import Array, FloatFunction, Spline, bend_density
from pwlin.comparison.norm import L2

_LEAST_NODES, _ALL_NODES, _MOST_NODES, _NODES_PER_WAVE = 16, 640, 1024, 6
_GRID, _MOST_GRID_PIECES = 240, 60
_STEEP, _HALVINGS, _PAIR = 16, 40, 0.02
_SMOOTH = 1e-7  # slope of the error's logarithm at which the descent stops


def l2_candidate(target: FloatFunction, low: float, high: float, pieces: int, jumps: bool = False) -> Spline:
    """A function with `pieces` linear pieces whose L2 error is about the least possible; see `l2_fits`."""
    return l2_fits(target, low, high, pieces, jumps, L2.root)[0]


def l2_fits(
    target: FloatFunction, low: float, high: float, pieces: int, jumps: bool, root: Fraction
) -> tuple[Spline, ...]:
    """The best of some descents in L2; if the target `jumps`, also the best of those that do not take account of it.

    Knots start with density |f''|^root, and from the best fit on a grid that may jump. If the target jumps, some start in
    pairs: where the best fit that may jump as often as pairs allow does.
    """
    x, share = bend_density(target, low, high, float(root))
    even = np.linspace(0, 1, len(x))
    nodes, paired = nodes_per_piece(target, low, high, pieces), None
    starts = [np.interp(np.linspace(0, 1, pieces + 1), 0.95 * share + 0.05 * even, x)]
    if 1 < pieces <= _MOST_GRID_PIECES:
        cells = max(_GRID, 6 * pieces)
        grid = np.interp(np.linspace(0, 1, cells + 1), (share + even) / 2, x)
        starts.append(_nudged(_grid_knots(target, grid, pieces)))
        if jumps and pieces > 2:
            paired = _paired(_grid_knots(target, _with_steps(target, grid), (pieces + 1) // 2), pieces)
    usual = [_descend_l2(target, knots, nodes) for knots in starts if increasing(knots)]
    first = min(usual, key=lambda fit: _square_error(target, fit, nodes)[0])
    if paired is None or not increasing(paired):
        return (first,)
    other = _descend_l2(target, paired, nodes)
    return (
        (other, first) if _square_error(target, other, nodes)[0] < _square_error(target, first, nodes)[0] else (first,)
    )


def nodes_per_piece(target: FloatFunction, low: float, high: float, pieces: int) -> int:
    """How many nodes an integral over a piece takes."""
    bends = np.diff(target(np.linspace(low, high, 2049)), 2)
    waves = int(np.count_nonzero(bends[1:] * bends[:-1] < 0))  # may all lie on one piece
    return min(max(_LEAST_NODES, _ALL_NODES // pieces, _NODES_PER_WAVE * waves), _MOST_NODES)


def _nudged(knots: Array) -> Array:
    """Knots moved a little, each differently: symmetric ones may sit on a saddle."""
    steps = np.diff(knots)
    moves = 0.05 * np.minimum(steps[1:], steps[:-1]) * np.cos(np.arange(1, len(steps)))
    return np.concatenate([knots[:1], knots[1:-1] + moves, knots[-1:]])


def _with_steps(target: FloatFunction, grid: Array) -> Array:
    """The grid with points on both sides of its steepest cells cut down to where the target jumps, as far as floats tell."""
    rises = np.abs(np.diff(target(grid)))
    steep = np.flatnonzero(rises > np.max(rises) / _STEEP)
    left, right = grid[steep], grid[steep + 1]
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        at_left = np.abs(target(middle) - target(left)) > np.abs(target(right) - target(middle))
        left, right = np.where(at_left, left, middle), np.where(at_left, middle, right)
    return np.unique(np.concatenate([grid, (left + right) / 2]))


def _paired(knots: Array, pieces: int) -> Array:
    """Each inner knot as two, close together; the longest pieces halved until there are enough."""
    inner, reach = knots[1:-1], _PAIR * np.min(np.diff(knots))
    paired = np.concatenate([knots[:1], np.sort(np.concatenate([inner - reach, inner + reach])), knots[-1:]])
    while len(paired) - 1 < pieces:
        k = int(np.argmax(np.diff(paired)))
        paired = np.insert(paired, k + 1, (paired[k] + paired[k + 1]) / 2)
    return paired


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
        places = knots_of(weights, low, high)
        if not increasing(places):
            return np.inf, np.zeros(len(weights))
        error, by_knots = _square_error(target, Spline(places, _best_values(target, places, count)), count)
        if not error > 0:
            return -np.inf, np.zeros(len(weights))
        return np.log(error), by_weights(by_knots, places) / error

    found = knots_of(minimised(objective, np.log(np.diff(knots)), _SMOOTH), low, high)
    return Spline(found, _best_values(target, found, count))


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
