"""The units in which a network is trained, and how they are folded into its weights, exactly.

A learning rate that suits inputs and values of about 1 to 20 suits no domain of a thousand and no target of a billion. There
a network learns ``(target(unit * u + centre) - level) / size`` instead, with u in about [-4, 4], and its first and last
layers take the units back. Units are powers of two and places are floats, so that nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import nearest_float
from pwlin.formulas.kinds import Formula, Target
from pwlin.formulas.point_target import PointTarget
from pwlin.networks.network import Network

Floats = NDArray[np.float64]
Ends = tuple[Fraction, Fraction]
_REACH = 4  # where there are units, inputs reach about so far, and values
_SMALL, _LARGE = Fraction(1, 4), Fraction(16)  # inputs that reach so far need none
_LEAST, _MOST = Fraction(1, 16), Fraction(64)  # nor do values
_FAR = 4  # values that are so many times half their range away from zero are moved there
_AWAY = 1  # and so are inputs: where none is on the other side of zero, the kinks of a first network mostly lie outside
_SAMPLES = 257
_LONG = 500  # so many steps should be of some use


@dataclass(frozen=True)
class Units:
    """For each input its centre and unit, and the level and size of values."""

    centre: tuple[Fraction, ...]
    unit: tuple[Fraction, ...]
    level: Fraction = Fraction(0)
    size: Fraction = Fraction(1)

    @staticmethod
    def ordinary(inputs: int) -> Units:
        """Those that change nothing."""
        return Units((Fraction(0),) * inputs, (Fraction(1),) * inputs)

    @staticmethod
    def of(goal: Target, box: Sequence[Ends]) -> Units:
        """Those that suit a target on a box; ordinary ones where numbers are of ordinary size."""
        pairs = [_moved(low, high, _AWAY, _SMALL, _LARGE) for low, high in box]
        values = _values(goal, box)
        ends = (Fraction(float(values.min())), Fraction(float(values.max()))) if len(values) else (Fraction(0),) * 2
        level, size = _moved(*ends, _FAR, _LEAST, _MOST) if ends[0] != ends[1] else (Fraction(0), Fraction(1))
        return Units(tuple(c for c, _ in pairs), tuple(u for _, u in pairs), level, size)

    @property
    def is_ordinary(self) -> bool:
        """Whether they change nothing."""
        return self == Units.ordinary(len(self.unit))

    def inputs(self, points: Floats) -> Floats:
        """Points, shape (..., d), as the network sees them."""
        centre, unit = (np.array([nearest_float(v) for v in values]) for values in (self.centre, self.unit))
        return np.asarray((points - centre) / unit)

    def values(self, given: Floats) -> Floats:
        """Values of the target as the network learns them."""
        return np.asarray((given - nearest_float(self.level)) / nearest_float(self.size))

    def losses(self, found: Floats) -> Floats:
        """Squared errors, from the network's to the target's."""
        size = nearest_float(self.size)
        with np.errstate(over="ignore"):
            return np.asarray(found * size * size)

    def folded(self, network: Network) -> Network:
        """The network in the target's units, exactly."""
        if self.is_ordinary:
            return network
        d = len(self.unit)
        rows = [[1 / self.unit[i] if i == j else Fraction(0) for j in range(d)] for i in range(d)]
        inner = Network.from_arrays([rows], [[-c / u for c, u in zip(self.centre, self.unit)]])
        return Network.from_arrays([[[self.size]]], [[self.level]]) @ network @ inner


def stalled(goal: Target, box: Sequence[Ends], losses: Floats) -> bool:
    """Whether training in ordinary units ended no better than a constant does, though other units suit the target.

    Callables are not asked again.
    """
    if len(losses) < _LONG or not isinstance(goal, (Formula, PointTarget)):
        return False
    units = Units.of(goal, box)
    near = all(abs(low + high) < _FAR * (high - low) for low, high in box)  # [0, 1] is no reason to stall
    if units.is_ordinary or (near and replace(units, centre=(Fraction(0),) * len(box)).is_ordinary):
        return False
    with np.errstate(all="ignore"):
        return bool(losses[-len(losses) // 10 :].mean() > np.var(_values(goal, box)) / 2)


def _values(goal: Target, box: Sequence[Ends]) -> Floats:
    """Values of a target here and there on a box, those that are finite."""
    if isinstance(goal, PointTarget):
        return goal.floats[1]
    shares = np.random.default_rng(0).random((_SAMPLES, len(box)))
    if len(box) == 1:
        shares = np.linspace(0, 1, _SAMPLES)[:, None]
    with np.errstate(all="ignore"):
        values = values_at(goal, places(box, shares))
    return values[np.isfinite(values)]


def places(box: Sequence[Ends], shares: Floats) -> Floats:
    """Points of a box, shape (..., d), from their shares of the way from its low ends to its high ones."""
    low, high = (np.array([nearest_float(side[end]) for side in box]) for end in (0, 1))
    # not low + (high - low) * shares, which may overflow
    return np.clip(low * (1 - shares) + high * shares, low, high)


def values_at(goal: Target, points: Floats) -> Floats:
    """A target at points, shape (n, d); one of a single variable takes them without their axis."""
    return np.asarray(goal(points[:, 0] if points.shape[1] == 1 else points))


def _moved(low: Fraction, high: Fraction, far: int, least: Fraction, most: Fraction) -> tuple[Fraction, Fraction]:
    """Centre and unit of an interval: 0 where it is near zero, and 1 where it is of ordinary size."""
    half, middle = (high - low) / 2, (low + high) / 2
    centre = Fraction(nearest_float(middle)) if abs(middle) >= far * half else Fraction(0)
    reach = max(abs(low - centre), abs(high - centre))
    if least <= reach <= most or not reach:
        return centre, Fraction(1)
    bits = reach.numerator.bit_length() - reach.denominator.bit_length()  # 2**bits is reach, up to a factor of two
    return centre, Fraction(2) ** bits / _REACH * 2
