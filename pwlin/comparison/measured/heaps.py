"""Points of one variable, heaped by their abscissa, and continuous paths that come close to them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pwlin.formulas.point_target import PointTarget


@dataclass(frozen=True, slots=True)
class Heap:
    """The points of one abscissa: their number, the least and largest value, and sums of values and of squares."""

    x: Fraction
    count: int
    low: Fraction
    high: Fraction
    sum: Fraction
    squares: Fraction


@dataclass(frozen=True, slots=True)
class Path:
    """A continuous path through corners, its error over points, and a proven lower bound of what is possible."""

    xs: tuple[Fraction, ...]
    ys: tuple[Fraction, ...]
    error: Fraction
    lower: Fraction


def heaps_of(target: PointTarget) -> list[Heap]:
    """The points of one variable from left to right."""
    found: dict[Fraction, list[Fraction]] = {}
    for (x,), y in zip(target.points, target.values, strict=True):
        found.setdefault(x, []).append(y)
    return [
        Heap(x, len(ys), min(ys), max(ys), sum(ys, Fraction(0)), sum((y * y for y in ys), Fraction(0)))
        for x, ys in sorted(found.items())
    ]
