"""Points as what the page holds a network against: exact errors over them, and dots to see."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pwlin.base.arguments import refusal, shown
from pwlin.exact.digits import ratio
from pwlin.exact.rational import nearest_float, to_fraction_array
from pwlin.geometry.interval import bounded

MOST = 20_000
"""Points that a page can hold."""
DRAWN = 2_000
"""Points that it draws, and up to which its errors are exact."""


@dataclass(frozen=True)
class Points:
    """Pairs (x, y) of rational numbers, and the interval on which a network is looked at."""

    xs: tuple[Fraction, ...]
    ys: tuple[Fraction, ...]
    left: Fraction
    right: Fraction

    @staticmethod
    def read(xs: Any, ys: Any, domain: Any = None) -> Points:
        """Two sequences of as many numbers; the domain reaches from the least x to the largest, or as given."""
        places, values = (to_fraction_array(v, 1, name) for v, name in ((xs, "xs"), (ys, "ys")))
        if len(places) != len(values):
            raise refusal("ys", f"{len(values)} numbers", f"are {len(places)}, one for each x")
        if not 0 < len(places) <= MOST:
            raise refusal("xs", f"{len(places)} points", f"are 1 to {MOST:,}, as many as the page can hold")
        if domain is None and min(places) == max(places):
            raise refusal("xs", "one place only", "are several, or a domain= around it")
        left, right = bounded((min(places), max(places)) if domain is None else domain)
        if min(places) < left or max(places) > right:
            raise refusal("domain", f"points outside of [{left}, {right}]", "is an interval that holds all points")
        return Points(tuple(places.tolist()), tuple(values.tolist()), left, right)

    @property
    def middle(self) -> float:
        """A height to start from: the mean."""
        return nearest_float(sum(self.ys, Fraction(0)) / len(self.ys))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the page should say about them."""
        if len(self.xs) <= DRAWN:
            return ()
        return (f"Of {len(self.xs):,} points about {DRAWN:,} are drawn; errors are over all of them, in floats.",)

    def data(self, search: bool = True, progress: bool = False) -> dict[str, Any]:
        """For the page; the best possible is not known."""
        return {
            "kind": "points",
            "name": f"{len(self.xs):,} point{'s' * (len(self.xs) != 1)}",
            "text": "",
            "domain": [ratio(self.left), ratio(self.right)],
            "points": [[_short(v) for v in self.xs], [_short(v) for v in self.ys]],
        }


def _short(value: Fraction) -> object:
    """A double where the number is one, else a fraction as text."""
    rounded = nearest_float(value)
    if rounded - rounded != 0:
        raise refusal("points", shown(value), "are numbers that float64 can hold")
    return rounded if Fraction(rounded) == value else ratio(value)
