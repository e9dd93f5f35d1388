"""Search in floats for the continuous piecewise-linear function with the least L1 error, free knots.

It goes on from the best one in L2. What comes out is a candidate; its errors are measured elsewhere.
"""

from __future__ import annotations

import numpy as np

from pwlin.comparison.best.best_l2 import l2_fits, nodes_per_piece
from pwlin.comparison.best.descent import by_weights, increasing, knots_of, minimised
from pwlin.comparison.best.spline import Array, FloatFunction, Spline
from pwlin.comparison.norm import L1

_NEWTON_STEPS, _STILL = 12, 1e-8
_QUARTERS = np.array([0.25, 0.75])
_ROUGH = 1e-5  # slope of the error's logarithm at which the descent stops


def l1_candidate(target: FloatFunction, low: float, high: float, pieces: int, jumps: bool = False) -> Spline:
    """A function with `pieces` linear pieces whose L1 error is about the least possible."""
    nodes = nodes_per_piece(target, low, high, pieces)
    fits = [_descend_l1(target, start, nodes) for start in l2_fits(target, low, high, pieces, jumps, L1.root)]
    return min(fits, key=lambda fit: _magnitude_error(target, fit, nodes)[0])


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
        places = knots_of(variables[:n], low, high)
        if not increasing(places):
            return np.inf, np.zeros(len(variables))
        error, by_knots, by_values = _magnitude_error(
            target, Spline(places, spline.values + size * variables[n:]), cells
        )
        if not error > 0:
            return -np.inf, np.zeros(len(variables))
        return np.log(error), np.concatenate([by_weights(by_knots, places), size * by_values]) / error

    settled, converged = _canonical(target, spline, cells)
    if converged and _crosses_twice(target, settled):
        return settled
    found = minimised(objective, np.concatenate([np.log(np.diff(spline.knots)), np.zeros(n + 1)]), _ROUGH)
    return _canonical(target, Spline(knots_of(found[:n], low, high), spline.values + size * found[n:]), cells)[0]


def _canonical(target: FloatFunction, spline: Spline, cells: int) -> tuple[Spline, bool]:
    """Newton's method for interpolation at the quarter points of every piece, and whether it converged.

    On a piece where the target is convex or concave the best line in the mean interpolates there. The spline that is
    returned has the least error of all that were met.
    """
    error = _magnitude_error(target, spline, cells)[0]
    best, knots, values = spline, spline.knots.copy(), spline.values.copy()
    for _ in range(_NEWTON_STEPS):
        steps = np.diff(knots)
        x, h = knots[:-1, None] + _QUARTERS * steps[:, None], 1e-5 * steps[:, None]
        slopes = (target(x + h) - target(x - h)) / (2 * h)
        rest = target(x) - (values[:-1, None] * (1 - _QUARTERS) + values[1:, None] * _QUARTERS)
        move = _solved(-(1 - _QUARTERS) * slopes, -_QUARTERS * slopes, rest)
        if move is None:
            break
        knots[1:-1] += move[0]
        values = values + move[1]
        if not increasing(knots) or not np.all(np.isfinite(values)):
            break
        tried = Spline(knots.copy(), values)
        now = _magnitude_error(target, tried, cells)[0]
        if now <= error:
            best, error = tried, now
        if np.max(np.abs(move[0]), initial=0.0) <= _STILL * np.min(steps):
            return (tried, True) if now <= error * (1 + 1e-9) else (best, False)
    return best, False


def _solved(by_left: Array, by_right: Array, rest: Array) -> tuple[Array, Array] | None:
    """How the inner knots and the values have to move, from what a piece's ends do to both of its equations; None if none will do.

    Unknowns are in the order of the knots, and each equation has but four of them: the matrix is a band.
    """
    from scipy.linalg import LinAlgError, solve_banded

    n, i = len(rest), np.arange(len(rest))
    band = np.zeros((5, 2 * n))
    for row, share in enumerate(_QUARTERS):
        equation = 2 * i + row
        values = 2 * np.append(i, n)
        values[-1] -= 1  # no knot comes before the last value: it stays
        for column, part in ((values[:-1], 1 - share), (values[1:], share)):
            band[2 + equation - column, column] = part
        for column, part, keep in ((2 * i - 1, by_left, slice(1, n)), (2 * i + 1, by_right, slice(0, n - 1))):
            band[2 + (equation - column)[keep], column[keep]] = part[keep, row]
    if not (np.all(np.isfinite(band)) and np.all(np.isfinite(rest))):
        return None
    try:
        found = solve_banded((2, 2), band, rest.ravel())
    except LinAlgError:  # the target has one slope at several quarter points
        return None
    return found[1:-1:2], np.append(found[::2], found[-1:])


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
