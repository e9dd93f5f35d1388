"""The records that a 1-D function hands out: regions, pieces, breakpoints, kinks and flips."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from pwlin.exact.text import brief, field
from pwlin.functions.flips import Flip
from pwlin.geometry.interval import Interval
from pwlin.networks.neurons import Pattern


@dataclass(frozen=True, slots=True, repr=False)
class Breakpoint:
    """A boundary point between two regions, with the neurons that flip there."""

    location: Fraction
    slope_before: Fraction
    slope_after: Fraction
    neurons: tuple[Flip[Fraction], ...]

    @property
    def jump(self) -> Fraction:
        """Slope after minus slope before."""
        return self.slope_after - self.slope_before

    def __repr__(self) -> str:
        neurons = ", ".join(str(flip.neuron) for flip in self.neurons[:4]) + ", ..." * (len(self.neurons) > 4)
        place, jump = field("location", self.location), field("jump", self.jump)
        return f"{type(self).__name__}({place}, {jump}, neurons=[{neurons}])"


@dataclass(frozen=True, slots=True, repr=False)
class Kink(Breakpoint):
    """A breakpoint where the slope jumps."""


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A maximal interval on which the function is ``slope * x + intercept``; an infinite end is None.

    The linear piece of a function of one variable, which is told by its ends; `functions.cells.records.Piece` is that of
    several, a union of regions.
    """

    left: Fraction | None
    right: Fraction | None
    slope: Fraction
    intercept: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """The affine map at `x`."""
        return self.slope * x + self.intercept

    def __repr__(self) -> str:
        return f"Piece({_ends(self.left, self.right)}, {_map(self.slope, self.intercept)})"


@dataclass(frozen=True, slots=True, repr=False)
class Region:
    """An interval on which every neuron keeps its state; `pattern` has one tuple of booleans per hidden layer."""

    left: Fraction | None
    right: Fraction | None
    slope: Fraction
    intercept: Fraction
    pattern: Pattern

    def __repr__(self) -> str:
        states = [active for layer in self.pattern for active in layer]
        here = f"{_ends(self.left, self.right)}, {_map(self.slope, self.intercept)}"
        return f"Region({here}, {sum(states)} of {len(states)} neurons active)"


class Extremum(NamedTuple):
    """A largest or smallest value and everywhere it is taken: isolated points and whole intervals, left to right."""

    value: Fraction
    where: tuple[Fraction | Interval, ...]

    def __repr__(self) -> str:
        places = [brief(p) if isinstance(p, Fraction) else repr(p) for p in self.where[:3]]
        return f"Extremum({field('value', self.value)}, where=[{', '.join(places)}{', ...' * (len(self.where) > 3)}])"


def _ends(left: Fraction | None, right: Fraction | None) -> str:
    low = "(-oo" if left is None else f"[{brief(left)}"
    return f"{low}, oo)" if right is None else f"{low}, {brief(right)}]"


def _map(slope: Fraction, intercept: Fraction) -> str:
    return f"{field('slope', slope)}, {field('intercept', intercept)}"
