"""The best networks with n ReLUs, as kinks, jumps and a constant: in closed form where there is one, else as found.

n ReLUs alone make n free kinks only if minus the first slope is a sum of some jumps: of those that face left. So they
cannot always do what n + 1 pieces can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.digits import ratio
from pwlin.theory.shallow_square import shallow_square

MOST = 24
"""Neurons up to which closed forms are given."""
SEARCHED = 6
"""Neurons up to which networks are searched."""
_EVERY_SIDE = 4
"""Neurons up to which all ways of facing left and right are tried."""
_SLACK = Fraction(1, 10**14)
_DESCENTS = 16
"""Starts, of the most promising, that are followed."""
_GRID = 64
_LONG = 30
"""Characters from which fractions are given as doubles: the page needs no more."""

Floats = NDArray[np.float64]
Number = Fraction | float


@dataclass(frozen=True, slots=True)
class Relus:
    """f(x) = c + sum of jump · max(side (x − kink), 0), its error, and whether nothing is better."""

    error: Number
    proved: bool
    c: Number
    neurons: tuple[tuple[int, Number, Number], ...]
    """Side, kink and jump."""

    def data(self) -> list[object]:
        """For the page."""
        return [_text(self.error), self.proved, _text(self.c), [[s, _text(k), _text(j)] for s, k, j in self.neurons]]


def _text(value: Number) -> object:
    text = ratio(value) if isinstance(value, Fraction) else ""
    return text if 0 < len(text) < _LONG else float(value)


@dataclass(frozen=True, slots=True)
class Quadratic:
    """a x² + b x + c on an interval, a > 0 or a < 0."""

    a: Fraction
    b: Fraction
    c: Fraction
    left: Fraction
    right: Fraction

    def best_sup(self, n: int) -> Relus | None:
        """The network that is closest in the sup norm; None for n = 0."""
        if n == 0:
            return None
        shift = self.b / (2 * self.a)  # a x² + b x + c = a (x + shift)² + rest
        net = shallow_square(n, (self.left + shift, self.right + shift), slack=_SLACK)
        weight, bias, jumps = (
            a.ravel().tolist() for a in (net.hidden[0].weight, net.hidden[0].bias, net.readout.weight)
        )
        units = [(int(np.sign(w)), -b / w - shift, self.a * v * abs(w)) for w, b, v in zip(weight, bias, jumps)]
        c = self.a * net.readout.bias[0] + self.c - self.a * shift**2
        f = _line(units, c)
        places = sorted({self.left, self.right, *(k for _, k, _ in units if self.left < k < self.right)})
        error = max(abs(f(x) - self(x)) for x in places)
        for x, y in zip(places, places[1:]):  # the slope of the chord is that of the target in the middle of a piece
            slope = (f(y) - f(x)) / (y - x)
            turn = (slope - self.b) / (2 * self.a)
            if x < turn < y:
                error = max(error, abs(f(x) + slope * (turn - x) - self(turn)))
        return Relus(error, True, c, tuple(units))

    def __call__(self, x: Fraction) -> Fraction:
        return (self.a * x + self.b) * x + self.c

    def best_mean(self, n: int) -> Relus | None:
        """The network that is closest in mean square, if n ReLUs can do what n + 1 pieces can."""
        h = (self.right - self.left) / (n + 1)
        slope = self.b + 2 * self.a * (self.left + h / 2)
        facing_left = -slope / (2 * self.a * h)
        if facing_left.denominator != 1 or not 0 <= facing_left <= n:
            return None
        places = [self.left + (i + 1) * h for i in range(n)]
        units = [(-1 if i < facing_left else 1, x, 2 * self.a * h) for i, x in enumerate(places)]
        # at every joint the best function is a h² / 6 off
        at = self.left
        c = self(at) - self.a * h**2 / 6 - _line(units, Fraction(0))(at)
        return Relus(self.a**2 * h**4 / 180, True, c, tuple(units))


@dataclass(frozen=True, slots=True)
class Polygon:
    """A continuous piecewise-linear target: from (left, start) on, with a slope up to each corner and one behind the last."""

    left: Fraction
    right: Fraction
    start: Fraction
    corners: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]

    def exactly(self, n: int) -> Relus | None:
        """A network of n ReLUs that is the target; None if there is none.

        Each corner needs a neuron of its own, whose jump is the corner's. With no more neurons the first slope has to be minus
        the jumps of those that face left; one more, with its kink at the right end, makes any first slope.
        """
        jumps = [after - before for before, after in pairwise(self.slopes)]
        spare = n - len(jumps)
        if spare < 0:
            return None
        ways = product((1, -1), repeat=len(jumps)) if spare == 0 else [(1,) * len(jumps)]
        for way in ways:
            units = list(zip(way, self.corners, jumps, strict=True))
            missing = self.slopes[0] + sum((j for s, _, j in units if s < 0), Fraction(0))
            if spare:
                units += [(-1, self.right, -missing), *[(1, self.right, Fraction(0))] * (spare - 1)]
            elif missing:
                continue
            c = self.start - _line(units, Fraction(0))(self.left)
            return Relus(Fraction(0), True, c, tuple(units))
        return None


def _line(units: Sequence[tuple[int, Fraction, Fraction]], c: Fraction) -> Callable[[Fraction], Fraction]:
    return lambda x: c + sum((j * max(s * (x - k), Fraction(0)) for s, k, j in units), Fraction(0))


# -- search -----------------------------------------------------------------------------------------


def search_mean(target: Callable[[Floats], Floats], ends: tuple[float, float], cuts: Floats, n: int) -> Relus | None:
    """The network of n ReLUs that a descent over kinks finds in mean square, from many starts.

    Parameters
    ----------
    target : vectorised function
    ends : pair of floats
    cuts : ndarray
        Where the target has corners or jumps.
    n : int
        1 to `SEARCHED`.
    """
    from scipy.optimize import minimize

    a, b = ends
    grid = np.unique(np.concatenate([np.linspace(a, b, _GRID + 1), cuts]))
    fit = _Fit(target, grid, b - a)
    starts = sorted(_starts(n, a, b, cuts), key=lambda start: fit.error_and_gradient(start[1], start[0])[0])
    best: tuple[float, Floats, Floats] | None = None
    for sides, start in starts[:_DESCENTS]:
        found = minimize(fit.error_and_gradient, start, (sides,), jac=True, bounds=[(a, b)] * n, method="L-BFGS-B")
        if best is None or found.fun < best[0] * (1 - 1e-9):
            best = float(found.fun), found.x, sides
    assert best is not None
    error, kinks, sides = best
    return fit.rounded(error, kinks, sides)


def _starts(n: int, a: float, b: float, cuts: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Sides and kinks to start from: all ways to face, or neighbours that face alike."""
    inner = cuts[(cuts > a) & (cuts < b)]
    even = a + (b - a) * (np.arange(n) + 1) / (n + 1)
    kinks = [even]
    if 0 < len(inner) <= n:
        more = np.setdiff1d(even, inner)[: n - len(inner)]
        kinks.append(np.sort(np.concatenate([inner, more])))
        kinks.append(np.sort(np.concatenate([inner, inner, even])[:n]))  # at a corner one may face left and one right
    if n <= _EVERY_SIDE:
        ways = [np.array(way, dtype=float) for way in product((-1.0, 1.0), repeat=n)]
    else:
        ways = [np.where(np.arange(n) < m, -1.0, 1.0) for m in range(n + 1)]
        ways += [np.where((np.arange(n) > 0) & (np.arange(n) <= m), -1.0, 1.0) for m in range(1, n)]
    for start in kinks:
        for way in ways:
            yield way, start


class _Fit:
    """The least mean square error for given kinks and sides, and its derivative by the kinks."""

    def __init__(self, target: Callable[[Floats], Floats], grid: Floats, length: float) -> None:
        self._target, self._grid, self._length = target, grid, length
        self._nodes, self._weights = np.polynomial.legendre.leggauss(4)

    def error_and_gradient(self, kinks: Floats, sides: Floats) -> tuple[float, Floats]:
        error, jumps, _, x, weight, residual = self._solve(kinks, sides)
        on = sides * (x[:, None] - kinks) > 0
        gradient = -2 * jumps * sides * ((weight * residual) @ on) / self._length
        return error, gradient

    def _solve(self, kinks: Floats, sides: Floats) -> tuple[float, Floats, float, Floats, Floats, Floats]:
        ends = np.unique(np.concatenate([self._grid, kinks]))
        middle, half = (ends[1:] + ends[:-1]) / 2, (ends[1:] - ends[:-1]) / 2
        x = (middle[:, None] + half[:, None] * self._nodes).ravel()
        weight = (half[:, None] * self._weights).ravel()
        root = np.sqrt(weight)
        basis = np.concatenate([np.maximum(sides * (x[:, None] - kinks), 0), np.ones((len(x), 1))], axis=1)
        values = self._target(x)
        found = np.linalg.lstsq(basis * root[:, None], values * root, rcond=1e-13)[0]
        residual = basis @ found - values
        return float(weight @ residual**2) / self._length, found[:-1], float(found[-1]), x, weight, residual

    def rounded(self, error: float, kinks: Floats, sides: Floats) -> Relus:
        """With short numbers, where these are no worse."""
        error, jumps, c, *_ = self._solve(kinks, sides)
        short = self._snapped(kinks)
        other = self._solve(short, sides)
        if other[0] <= error * (1 + 1e-9) + 1e-28:
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


def quadratic_networks(target: Quadratic, search: Callable[[int], Relus | None]) -> dict[str, dict[str, list[object]]]:
    """The best networks for a quadratic, by norm and number of neurons."""
    sup = {str(n): found.data() for n in range(1, MOST + 1) if (found := target.best_sup(n)) is not None}
    mean = {}
    for n in range(MOST + 1):
        found = target.best_mean(n) or (search(n) if 1 <= n <= SEARCHED else None)
        if found is not None:
            mean[str(n)] = found.data()
    return {"sup": sup, "mse": mean}
