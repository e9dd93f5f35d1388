"""Points as what the page holds a network against: exact errors over them, and dots to see."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pwlin.app.touch.goals import LARGEST, LEAST, PIECES, TINY, Row, best_found
from pwlin.app.touch.relus import SEARCHED
from pwlin.app.touch.searched import search_points
from pwlin.base.arguments import refusal, shown
from pwlin.base.progress import progress_bar
from pwlin.comparison.measured.best import least_errors
from pwlin.comparison.norm import L2, SUP
from pwlin.exact.digits import ratio
from pwlin.exact.rational import nearest_float
from pwlin.formulas.point_target import PointTarget, read_point_target
from pwlin.geometry.interval import bounded

MOST = 20_000
"""Points that a page can hold."""
DRAWN = 2_000
"""Points that it draws, and up to which its errors are exact and the best possible is searched."""
_LONG = 30
"""Characters up to which least errors are given as fractions as well."""


@dataclass(frozen=True)
class Points:
    """Measured points of one variable, and the interval on which a network is looked at."""

    target: PointTarget
    left: Fraction
    right: Fraction

    @staticmethod
    def read(points: object, domain: object = None) -> Points:
        """What `read_point_target` reads; the domain reaches from the least x to the largest, or as given."""
        target = read_point_target(points, 1)
        if len(target) > MOST:
            raise refusal("target", f"{len(target):,} points", f"are {MOST:,} at most, as many as the page can hold")
        left, right = bounded(target.box[0] if domain is None else domain)
        if len(target.within([(left, right)])) < len(target):
            raise refusal("domain", f"points outside of [{left}, {right}]", "is an interval that holds all points")
        return Points(target, left, right)

    @property
    def values(self) -> list[float]:
        """The heights."""
        return [nearest_float(value) for value in self.target.values]

    @property
    def seen(self) -> list[tuple[float, float]]:
        """Those that are drawn, in floats."""
        places, values = self.target.floats
        step = -(-len(values) // DRAWN)
        return list(zip(places[::step, 0].tolist(), values[::step].tolist(), strict=True))

    @property
    def middle(self) -> float:
        """A height to start from: the mean."""
        values = self.target.values
        return nearest_float(sum(values, Fraction(0)) / len(values))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the page should say about them."""
        if len(self.target) <= DRAWN:
            return ()
        return (
            f"Of {len(self.target):,} points about {DRAWN:,} are drawn; errors are over all of them, in floats. "
            f"The best possible is searched for {DRAWN:,} points at most.",
        )

    def data(self, search: bool = True, progress: bool = False) -> dict[str, object]:
        """For the page; the best possible, if it is to be searched, up to `DRAWN` points."""
        found: dict[str, object] = {
            "kind": "points",
            "name": f"{len(self.target):,} point{'s' * (len(self.target) != 1)}",
            "text": "",
            "domain": [ratio(self.left), ratio(self.right)],
            "points": [[_short(x) for (x,) in self.target.points], [_short(y) for y in self.target.values]],
        }
        if search and len(self.target) <= DRAWN and self._is_ordinary():
            found |= self._best(progress)
        return found

    def _is_ordinary(self) -> bool:
        """Whether squares of numbers are doubles as well, as the search wants them."""
        most = max(map(abs, self.target.values))
        return (not most or LEAST < most < LARGEST) and max(abs(self.left), abs(self.right)) < LARGEST

    def _best(self, progress: bool) -> dict[str, Any]:
        """The errors of the best functions with some numbers of pieces, and of the best networks found."""
        table: dict[str, list[Row]] = {"sup": [], "mse": []}
        networks = {}
        total = 2 * len(PIECES) + SEARCHED
        with progress_bar("best possible", "size", total, wanted=progress) as bar:
            for name, norm, unit in (("sup", SUP, 1), ("mse", L2, len(self.target))):
                for pieces, error in zip(PIECES, least_errors(self.target, PIECES, norm.name), strict=True):
                    near, text = nearest_float(error / unit) or (TINY if error else 0.0), ratio(error / unit)
                    table[name].append((pieces, near) if len(text) > _LONG else (pieces, near, text))
                    bar.advance()
            ends = (nearest_float(self.left), nearest_float(self.right))
            places, values = self.target.floats
            for n in range(1, SEARCHED + 1):
                networks[n] = search_points(places[:, 0], values, ends, n)
                bar.advance()
        found = best_found(table, networks)
        found["best"]["proved"] = [SUP.name]
        return found


def _short(value: Fraction) -> object:
    """A double where the number is one, else a fraction as text."""
    rounded = nearest_float(value)
    if rounded - rounded != 0:
        raise refusal("points", shown(value), "are numbers that float64 can hold")
    return rounded if Fraction(rounded) == value else ratio(value)
