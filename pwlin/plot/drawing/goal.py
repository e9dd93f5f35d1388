"""What pictures are drawn from: exact parts of a function, and exact values of targets wherever there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pwlin.base.errors import PwlinError
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import formula
from pwlin.functions.inputs import extract_first
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Breakpoint, Piece, Region
from pwlin.plot.drawing.scale import samples

if TYPE_CHECKING:
    from pwlin.formulas.kinds import Target
    from pwlin.formulas.point_target import PointTarget
    from pwlin.formulas.target import TargetLike

Window = tuple[Fraction, Fraction]
B = TypeVar("B", bound=Breakpoint)
_SAMPLES = 600
_LONGEST = 60
"""Letters of a formula that a legend has room for."""


@dataclass(frozen=True, slots=True)
class Part:
    """A region or piece as far as it is shown, with its number from the left among all of the function's."""

    index: int
    left: Fraction
    right: Fraction
    slope: Fraction
    intercept: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """The affine map at `x`."""
        return self.slope * x + self.intercept


def parts(f: PiecewiseLinear1D, window: Window, kind: str = "region") -> list[Part]:
    """The regions (``"region"``) or pieces (``"piece"``) of a function that meet the window, cut to it."""
    a, b = window
    found = []
    whole: Sequence[Region | Piece] = f.regions if kind == "region" else f.pieces
    for i, part in enumerate(whole):
        left = a if part.left is None else max(a, part.left)
        right = b if part.right is None else min(b, part.right)
        if left < right:
            found.append(Part(i, left, right, part.slope, part.intercept))
    return found


def inside(points: Sequence[B], window: Window) -> list[B]:
    """The kinks or breakpoints within the window."""
    return [p for p in points if window[0] <= p.location <= window[1]]


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of one variable as pictures use it, with the text that names it."""

    target: Target
    name: str

    @property
    def label(self) -> str:
        """How a legend calls it."""
        if self.measured is not None:
            return f"{len(self.measured)} point{'s' * (len(self.measured) != 1)}"
        return f"target {self.name}" if 0 < len(self.name) <= _LONGEST else "target"

    @property
    def slope_label(self) -> str:
        """How a legend calls its derivative."""
        if self.linear:
            return "slopes of the target"
        text = formula(self.target.derivative().text)
        return f"derivative {text}" if len(text) <= _LONGEST else "derivative of the target"

    @staticmethod
    def read(target: TargetLike | Goal) -> Goal:
        """Read what users pass: a target of any kind."""
        if isinstance(target, Goal):
            return target
        from pwlin.formulas.target import read_target

        goal = read_target(target, allow_callable=True, allow_points=True)
        return Goal(goal, formula(goal.text) if goal.is_symbolic else "")

    @property
    def measured(self) -> PointTarget | None:
        """The target, if it is points, which have no curve."""
        from pwlin.formulas.point_target import PointTarget

        return self.target if isinstance(self.target, PointTarget) else None

    def marks(self, window: Window) -> list[tuple[Fraction, Fraction]]:
        """The points of the target within the window."""
        if self.measured is None:
            return []
        pairs = zip(self.measured.points, self.measured.values, strict=True)
        return [(x, y) for (x,), y in pairs if window[0] <= x <= window[1]]

    @property
    def linear(self) -> PiecewiseLinear1D | None:
        """The target, if it is piecewise linear."""
        function = getattr(self.target, "function", None)
        return function if isinstance(function, PiecewiseLinear1D) else None

    @property
    def has_errors(self) -> bool:
        """Whether errors against it can be certified: a callable is known at samples only."""
        return self.target.is_symbolic or self.linear is not None

    def points(self, window: Window) -> list[Fraction]:
        """Where to sample the target for its curve; all joints are among them if it is piecewise linear."""
        if self.measured is not None:
            return []
        if self.linear is not None:
            left, right = _common(self.linear, window)
            return [left, *(k.location for k in inside(self.linear.kinks, (left, right))), right]
        return samples(*window, _SAMPLES)

    def values(self, points: Sequence[Fraction]) -> list[Fraction | None]:
        """The target at exact points: exact for polynomials and piecewise-linear targets, float64 for others.

        None where the target is undefined, and for points.
        """
        if self.measured is not None:
            return [None] * len(points)
        if self.linear is not None:
            return [self.linear(p) if p in self.linear.interval else None for p in points]
        if self.target.is_polynomial:
            return [self.target.exact(p) for p in points]
        found = self.target(np.array([nearest_float(p) for p in points]))
        return [Fraction(v) if np.isfinite(v) else None for v in found.tolist()]

    def slope_curve(self, window: Window) -> tuple[list[Fraction], list[Fraction | None]]:
        """The derivative as points of a curve; a staircase if the target is piecewise linear."""
        if self.linear is not None:
            steps = parts(self.linear, _common(self.linear, window), "piece")
            return [e for p in steps for e in (p.left, p.right)], [p.slope for p in steps for _ in range(2)]
        points = samples(*window, _SAMPLES)
        return points, Goal(self.target.derivative(), "").values(points)


def error_curve(
    f: PiecewiseLinear1D, goal: Goal, window: Window, kind: str = "region"
) -> list[tuple[Part, list[Fraction], list[Fraction | None]]]:
    """``f - target`` over each region (or piece) in the window: it, sample points with both its ends, values or None."""
    regions = parts(f, window, kind)
    if goal.linear is not None:
        joints = [k.location for k in inside(goal.linear.kinks, window)]
        grids = [[p.left, *(x for x in joints if p.left < x < p.right), p.right] for p in regions]
    else:
        shares = [float((p.right - p.left) / (window[1] - window[0])) for p in regions]
        counts = [max(int(_SAMPLES * share), 8) for share in shares]
        grids = [samples(p.left, p.right, count) for p, count in zip(regions, counts, strict=True)]
    values = iter(goal.values([x for grid in grids for x in grid]))
    out = []
    for part, grid in zip(regions, grids, strict=True):
        wanted = [next(values) for _ in grid]
        out.append((part, grid, [None if v is None else part(x) - v for x, v in zip(grid, wanted, strict=True)]))
    return out


def require_1d(f: object) -> PiecewiseLinear1D:
    """`f` if it is a function of one variable, else an error that says what to pass."""
    if not isinstance(f, PiecewiseLinear1D):
        raise PwlinError(f"f: found {type(f).__name__}; accepted is a PiecewiseLinear1D{extract_first(f)}")
    return f


def _common(target: PiecewiseLinear1D, window: Window) -> Window:
    ends = target.interval.intersect(type(target.interval)(*window))
    assert ends.left is not None and ends.right is not None
    return ends.left, ends.right
