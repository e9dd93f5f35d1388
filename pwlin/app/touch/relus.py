"""The best networks with n ReLUs, as kinks, jumps and a constant: in closed form where there is one, else as found.

n ReLUs alone make n free kinks only if minus the first slope is a sum of some jumps: of those that face left. So they
cannot always do what n + 1 pieces can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

import numpy as np

from pwlin.exact.digits import ratio
from pwlin.theory.shallow_square import shallow_square

MOST = 30
"""Neurons up to which closed forms are given."""
SEARCHED = 6
"""Neurons up to which networks are searched."""
_WAYS = 12
"""Corners up to which all ways of facing left and right are tried."""
_SLACK = Fraction(1, 10**14)
_LONG = 30
"""Characters from which fractions are given as doubles: the page needs no more."""

Number = Fraction | float


@dataclass(frozen=True, slots=True)
class Relus:
    """f(x) = c + sum of jump · max(side (x − kink), 0), its error, and whether nothing is better."""

    error: Number
    proved: bool
    c: Number
    neurons: tuple[tuple[int, Number, Number], ...]
    """Side, kink and jump."""

    @staticmethod
    def of_weights(c: float, neurons: Sequence[tuple[float, float, float]]) -> Relus:
        """A network, as what is its own target, from c and triples (w, b, v)."""
        constant, units = Fraction(c), []
        for w, b, v in (map(Fraction, neuron) for neuron in neurons):
            if w:
                units.append((1 if w > 0 else -1, -b / w, v * abs(w)))
            else:
                constant += v * max(b, Fraction(0))
                units.append((1, Fraction(0), Fraction(0)))
        return Relus(Fraction(0), True, constant, tuple(units))

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
        f = _corners(units, c, (self.left, self.right))
        error = max(abs(height - self(x)) for x, height in f)
        for (x, height), (y, after) in pairwise(f):  # a chord has the slope of the target in the middle of its piece
            slope = (after - height) / (y - x)
            turn = (slope - self.b) / (2 * self.a)
            if x < turn < y:
                error = max(error, abs(height + slope * (turn - x) - self(turn)))
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
        if spare < 0 or (not spare and n > _WAYS):
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


def _corners(
    units: Sequence[tuple[int, Fraction, Fraction]], c: Fraction, ends: tuple[Fraction, Fraction]
) -> list[tuple[Fraction, Fraction]]:
    """Places and heights of the ends and of the kinks between them."""
    x, end = ends
    height = _line(units, c)(x)
    slope = sum((s * j for s, k, j in units if (s > 0) == (k <= x)), Fraction(0))  # right of the end
    found = [(x, height)]
    for kink, jump in sorted((k, j) for _, k, j in units if x < k < end):
        height, x = height + slope * (kink - x), kink
        slope += jump
        found.append((x, height))
    return [*found, (end, height + slope * (end - x))]


def _line(units: Sequence[tuple[int, Fraction, Fraction]], c: Fraction) -> Callable[[Fraction], Fraction]:
    return lambda x: c + sum((j * max(s * (x - k), Fraction(0)) for s, k, j in units), Fraction(0))


def quadratic_networks(target: Quadratic, search: Callable[[int], Relus | None]) -> dict[str, dict[str, list[object]]]:
    """The best networks for a quadratic, by norm and number of neurons."""
    sup = {str(n): found.data() for n in range(1, MOST + 1) if (found := target.best_sup(n)) is not None}
    mean = {}
    for n in range(MOST + 1):
        found = target.best_mean(n) or (search(n) if 1 <= n <= SEARCHED else None)
        if found is not None:
            mean[str(n)] = found.data()
    return {"sup": sup, "mse": mean}
