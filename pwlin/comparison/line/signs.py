"""Where an error keeps its sign, with certainty: the groundwork of the L1 norm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb

from pwlin.comparison.line.supremum import Stretch

_MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Signed:
    """Intervals on which the error keeps one sign, left to right, and a bound for the rest.

    Attributes
    ----------
    intervals : list of (low, high)
        Thin balls. The error does not change its sign within any of them.
    rest : ball
        Integral of the error's magnitude over everything else: a short stretch around each sign change, and stretches
        along which the error is as good as zero.
    """

    intervals: list[tuple[Any, Any]]
    rest: Any


def signed_intervals(stretch: Stretch, absolute: Any, least_width: Any) -> Signed:
    """Split a stretch at the sign changes of its error.

    A sign change where the derivative does not vanish is isolated by the interval Newton method; elsewhere cells are
    halved until what is left contributes less than `absolute`, or is narrower than `least_width`.
    """
    length = stretch.high - stretch.low
    parts: list[tuple[int, Any, Any]] = []
    rest = arb(0)
    stack = [(stretch.low, stretch.high)]
    cells = 0
    while stack:
        low, high = stack.pop()
        cells += 1
        cell, width = low.union(high), high - low
        middle = ((low + high) / 2).mid()
        value, (plain, slope, _) = stretch.error(middle)[0], stretch.error(cell)
        mean = value + slope * (cell - middle)
        bound = mean if mean.is_finite() and (not plain.is_finite() or mean.rad() < plain.rad()) else plain
        if bound >= 0 or bound <= 0:
            parts.append((1 if bound >= 0 else -1, low, high))
            continue
        size = abs(bound).upper()
        if size * length <= absolute or size * width * 1024 <= absolute or width < least_width or cells > _MOST_CELLS:
            rest += (size * width).union(arb(0))
            continue
        if slope > 0 or slope < 0:
            root = _newton(stretch, cell, least_width)
            start, end = (arb(edge).max(low).min(high) for edge in (root.lower(), root.upper()))
            if root.rad() * 4 < cell.rad():
                # beyond the root's ball the error has one sign on either side: it is monotone
                sign = 1 if slope > 0 else -1
                parts.append((-sign, low, start))
                parts.append((sign, end, high))
                rest += (abs(stretch.error(root)[0]).upper() * (2 * root.rad())).union(arb(0))
                continue
        stack += [(middle, high), (low, middle)]
    return Signed(_joined(parts), rest)


def _newton(stretch: Stretch, cell: Any, least_width: Any) -> Any:
    """A ball, within `cell`, that holds the zero of a monotone error if there is one; an end's surroundings if not."""
    while True:
        middle = cell.mid()
        image = middle - stretch.error(middle)[0] / stretch.error(cell)[1]
        if not image.overlaps(cell):
            return arb(cell.upper() if image > cell else cell.lower())
        smaller = image.intersection(cell)
        if not smaller.rad() * 2 < cell.rad() or smaller.rad() < least_width:
            return smaller
        cell = smaller


def _joined(parts: list[tuple[int, Any, Any]]) -> list[tuple[Any, Any]]:
    """Neighbouring intervals of one sign become one."""
    out: list[tuple[int, Any, Any]] = []
    for sign, low, high in parts:
        if out and out[-1][0] == sign and out[-1][2] is low:
            out[-1] = (sign, out[-1][1], high)
        else:
            out.append((sign, low, high))
    return [(low, high) for _, low, high in out]
