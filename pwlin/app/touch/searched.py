"""The networks with n ReLUs that a descent over kinks finds in mean square, for functions and for points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from pwlin.app.touch.relus import Relus
from pwlin.base.threads import one_thread

Floats = NDArray[np.float64]
Nodes = Callable[[Floats], tuple[Floats, Floats, Floats]]
"""From kinks to places, their weights, which add up to 1, and the target's values there."""
_EVERY_SIDE = 4
"""Neurons up to which all ways of facing left and right are tried."""
_LESS = 1 - 1e-9
"""Among equal ones, but for rounding, the first is kept."""
_DESCENTS = 16
"""Starts, of the most promising, that are followed."""
_GRID = 64


def search_mean(target: Callable[[Floats], Floats], ends: tuple[float, float], cuts: Floats, n: int) -> Relus:
    """The best network of n ReLUs that is found for a function.

    Parameters
    ----------
    target : vectorised function
    ends : pair of floats
    cuts : ndarray
        Where the target has corners or jumps.
    n : int
        1 to `SEARCHED`.
    """
    a, b = ends
    grid = np.unique(np.concatenate([np.linspace(a, b, _GRID + 1), cuts]))
    nodes, weights = np.polynomial.legendre.leggauss(4)

    def integral(kinks: Floats) -> tuple[Floats, Floats, Floats]:
        places = np.unique(np.concatenate([grid, kinks]))
        middle, half = (places[1:] + places[:-1]) / 2, (places[1:] - places[:-1]) / 2
        x = (middle[:, None] + half[:, None] * nodes).ravel()
        return x, (half[:, None] * weights).ravel() / (b - a), target(x)

    even, inner = _even(ends, n), cuts[(cuts > a) & (cuts < b)]
    kinks = [even]
    if 0 < len(inner) <= n:
        more = np.setdiff1d(even, inner)[: n - len(inner)]
        kinks.append(np.sort(np.concatenate([inner, more])))
        kinks.append(np.sort(np.concatenate([inner, inner, even])[:n]))  # at a corner one may face left and one right
    return _searched(integral, ends, kinks, n)


def search_points(xs: Floats, ys: Floats, ends: tuple[float, float], n: int) -> Relus:
    """The best network of n ReLUs that is found for points: with the least mean of the squares over them."""
    weights = np.full(len(xs), 1 / len(xs))
    between = np.quantile(xs, (np.arange(n) + 1) / (n + 1))  # as many points on each piece
    return _searched(lambda kinks: (xs, weights, ys), ends, [_even(ends, n), between], n)


def _even(ends: tuple[float, float], n: int) -> Floats:
    places: Floats = ends[0] + (ends[1] - ends[0]) * (np.arange(n) + 1) / (n + 1)
    return places


def _unit(size: float) -> float:
    """A power of two by which sizes come between 1 and 256."""
    return float(2.0 ** (8 * np.floor(np.log2(size) / 8))) if 0 < size < np.inf else 1.0


def _searched(nodes: Nodes, ends: tuple[float, float], kinks: Sequence[Floats], n: int) -> Relus:
    """The best that is found, in units of about the size of places and values: a descent ends by absolute steps."""
    across, up = _unit(16 * max(map(abs, ends))), _unit(float(np.abs(nodes(kinks[0])[2]).max()))

    def scaled(kinks: Floats) -> tuple[Floats, Floats, Floats]:
        x, weight, values = nodes(kinks * across)
        return x / across, weight, values / up

    found = _descended(_Fit(scaled), (ends[0] / across, ends[1] / across), [k / across for k in kinks], n)
    neurons = tuple((s, float(k) * across, float(jump) * up / across) for s, k, jump in found.neurons)
    return Relus(float(found.error) * up**2, False, float(found.c) * up, neurons)


def _descended(fit: _Fit, ends: tuple[float, float], kinks: Sequence[Floats], n: int) -> Relus:
    from scipy.optimize import minimize

    with one_thread():  # systems so small only wait for one another
        begun = ((sides, start) for start in kinks for sides in _sides(n))
        starts = sorted(begun, key=lambda start: fit.error_and_gradient(start[1], start[0])[0])
        best: tuple[float, Floats, Floats] | None = None
        for sides, start in starts[:_DESCENTS]:
            found = minimize(fit.error_and_gradient, start, (sides,), jac=True, bounds=[ends] * n, method="L-BFGS-B")
            if best is None or found.fun < best[0] * _LESS:
                best = float(found.fun), found.x, sides
        assert best is not None
        error, places, sides = best
        return fit.rounded(error, places, sides)


def _sides(n: int) -> Iterator[Floats]:
    """All ways to face, or those in which neighbours mostly face alike."""
    if n <= _EVERY_SIDE:
        yield from (np.array(way) for way in product((-1.0, 1.0), repeat=n))
        return
    yield from (np.where(np.arange(n) < m, -1.0, 1.0) for m in range(n + 1))
    yield from (np.where((np.arange(n) > 0) & (np.arange(n) <= m), -1.0, 1.0) for m in range(1, n))


class _Fit:
    """The least mean square error for given kinks and sides, and its derivative by the kinks."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def error_and_gradient(self, kinks: Floats, sides: Floats) -> tuple[float, Floats]:
        error, jumps, _, x, weight, residual = self._solve(kinks, sides)
        on = sides * (x[:, None] - kinks) > 0
        gradient = -2 * jumps * sides * ((weight * residual) @ on)
        return error, gradient

    def _solve(self, kinks: Floats, sides: Floats) -> tuple[float, Floats, float, Floats, Floats, Floats]:
        x, weight, values = self._nodes(kinks)
        root = np.sqrt(weight)
        basis = np.concatenate([np.maximum(sides * (x[:, None] - kinks), 0), np.ones((len(x), 1))], axis=1)
        found = np.linalg.lstsq(basis * root[:, None], values * root, rcond=1e-13)[0]
        residual = basis @ found - values
        return float(weight @ residual**2), found[:-1], float(found[-1]), x, weight, residual

    def rounded(self, error: float, kinks: Floats, sides: Floats) -> Relus:
        """With short numbers, where these are no worse than rounding makes it."""
        error, jumps, c, *_ = self._solve(kinks, sides)
        short = self._snapped(kinks)
        other = self._solve(short, sides)
        _, weight, values = self._nodes(short)
        if other[0] <= error * (1 + 1e-9) + 1e-28 * float(weight @ values**2):
            error, kinks, jumps, c = (
                other[0],
                short,
                self._snapped(other[1]),
                float(self._snapped(np.array([other[2]]))[0]),
            )
        neurons = tuple((int(s), float(k), float(j)) for s, k, j in zip(sides, kinks, jumps))
        return Relus(error, False, c, neurons)

    @staticmethod
    def _snapped(values: Floats) -> Floats:
        near = np.round(values * 2**20) / 2**20
        return np.where(np.abs(near - values) < 1e-7 * (1 + np.abs(values)), near, values)
