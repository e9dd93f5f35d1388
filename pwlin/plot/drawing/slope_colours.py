"""A colour for every slope: dark where a piece is flat, bright where it is steep, purple if it falls, green if it rises.

These hues are not those of the first neurons, whose markers stand on the same pieces. The scale is centred at 0, so that panels of different functions agree as soon as they share its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.exact.rational import nearest_float, to_fraction
from pwlin.plot.drawing import checks, style
from pwlin.plot.drawing.beside import bar_in
from pwlin.plot.drawing.scale import Scale

COLOURS = LinearSegmentedColormap.from_list(
    "pwlin slopes", ["#C49ADB", "#9263AE", "#553769", "#26262B", "#435A1E", "#7C9A2C", "#AFC748"]
)
_SWATCHES = 9


@dataclass(frozen=True)
class SlopeScale:
    """The scale from −`largest` to `largest`, or what a norm makes of slopes."""

    largest: Fraction
    norm: Normalize | None = None

    @staticmethod
    def read(vmax: object, slopes: Sequence[Fraction], norm: object = None) -> SlopeScale:
        """The scale that ends at `vmax`, or that of `norm`, or the one that ends at the steepest of the slopes."""
        steepest = max(map(abs, slopes), default=Fraction(0))
        if (shared := checks.given_norm(norm)) is not None:
            if vmax is not None:
                raise refusal("vmax", shown(vmax), "is nothing beside norm=")
            if shared.vmin is None or shared.vmax is None:  # one that knows no ends learns them from its first panel
                shared.autoscale([-nearest_float(steepest), nearest_float(steepest)])
            return SlopeScale(steepest, checks.holding(shared, [nearest_float(s) for s in slopes]))
        if vmax is None:
            return SlopeScale(steepest)
        found = to_fraction(vmax, "vmax")
        if found <= 0:
            raise refusal("vmax", shown(found), "is a slope above 0, where the colours end")
        return SlopeScale(found)

    def colours(self, slopes: Sequence[Fraction]) -> list[style.Colour]:
        """One colour for each slope; those beyond the ends have the colour of the end."""
        if self.norm is not None:
            places = 2 * np.asarray(self.norm([nearest_float(s) for s in slopes]), dtype=np.float64) - 1
        else:
            places = Scale(unit=self.largest or Fraction(1)).all(slopes)
        return [tuple(c) for c in self._at(np.clip(places, -1, 1))]

    def entry(self) -> style.Entry:
        """A legend entry that is the colour bar."""
        if not self.largest and self.norm is None:
            return style.swatch(["#26262B"], 6), "slope 0"
        bar = style.swatch([tuple(c) for c in self._at(np.linspace(-1, 1, _SWATCHES))], 6)
        end = style.decimal(self.largest, 3)
        ends = [f"−{end}", "0", end]
        if self.norm is not None:
            ends = [style.decimal(float(v), 3) for v in np.asarray(self.norm.inverse(np.array([0.0, 0.5, 1.0])))]
        return bar, f"slope {' … '.join(ends)}"

    def draw(self, cax: Axes) -> None:
        """The colour bar in axes of its own."""
        unit = Scale.spanning([self.largest, -self.largest])
        end = unit(self.largest or Fraction(1))
        norm = self.norm or Normalize(-end, end)
        label = "slope" if self.norm is not None else unit.label("slope")
        bar_in(cax, COLOURS, norm, label)

    @staticmethod
    def _at(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(COLOURS(0.5 + places / 2), dtype=np.float64)
