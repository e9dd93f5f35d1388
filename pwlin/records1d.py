"""The records that a 1-D function hands out: regions, pieces, breakpoints, kinks and flips."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pwlin.interval import Interval
from pwlin.network import Pattern


@dataclass(frozen=True, slots=True)
class Flip:
    """A neuron that changes between inactive and active at a breakpoint.

    `jump` is its part of the slope jump. Where several neurons flip at one point, each one's part is taken with the
    layers below on their right-hand patterns and the layers above on their left-hand ones, so that the parts always
    add up to the whole jump.
    """

    layer: int
    index: int
    jump: Fraction

    @property
    def neuron(self) -> tuple[int, int]:
        """The neuron as (layer, index)."""
        return self.layer, self.index


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A boundary point between two regions, with the neurons that flip there."""

    location: Fraction
    slope_before: Fraction
    slope_after: Fraction
    neurons: tuple[Flip, ...]

    @property
    def jump(self) -> Fraction:
        """Slope after minus slope before."""
        return self.slope_after - self.slope_before


@dataclass(frozen=True, slots=True)
class Kink(Breakpoint):
    """A breakpoint where the slope jumps."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A maximal interval on which the function is ``slope * x + intercept``; an infinite end is None."""

    left: Fraction | None
    right: Fraction | None
    slope: Fraction
    intercept: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """The affine map at `x`."""
        return self.slope * x + self.intercept


@dataclass(frozen=True, slots=True)
class Region:
    """An interval on which every neuron keeps its state; `pattern` has one tuple of booleans per hidden layer."""

    left: Fraction | None
    right: Fraction | None
    slope: Fraction
    intercept: Fraction
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Extremum:
    """A largest or smallest value and everywhere it is taken: isolated points and whole intervals, left to right.

    Unpacks as ``value, where``.
    """

    value: Fraction
    where: tuple[Fraction | Interval, ...]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter((self.value, self.where))
