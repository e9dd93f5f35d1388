"""A colour for every slope: dark where a piece is flat, bright where it is steep, purple if it falls, green if it rises.

These hues are not those of the first neurons, whose markers stand on the same pieces. The scale is centred at 0, so that panels of different functions agree as soon as they share its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.exact.rational import to_fraction
from pwlin.plot.drawing import style
from pwlin.plot.drawing.scale import Scale

COLOURS = LinearSegmentedColormap.from_list(
    "pwlin slopes", ["#C49ADB", "#9263AE", "#553769", "#26262B", "#435A1E", "#7C9A2C", "#AFC748"]
)
_SWATCHES = 9


@dataclass(frozen=True)
class SlopeScale:
    """The scale from −`largest` to `largest`."""

    largest: Fraction

    @staticmethod
    def read(vmax: object, slopes: Sequence[Fraction]) -> SlopeScale:
        """The scale that ends at `vmax`, or at the steepest of the slopes."""
        if vmax is None:
            return SlopeScale(max(map(abs, slopes), default=Fraction(0)))
        found = to_fraction(vmax, "vmax")
        if found <= 0:
            raise refusal("vmax", shown(found), "is a slope above 0, where the colours end")
        return SlopeScale(found)

    def colours(self, slopes: Sequence[Fraction]) -> list[style.Colour]:
        """One colour for each slope; those beyond the ends have the colour of the end."""
        places = Scale(unit=self.largest or Fraction(1)).all(slopes)
        return [tuple(c) for c in self._at(np.clip(places, -1, 1))]

    def entry(self) -> style.Entry:
        """A legend entry that is the colour bar."""
        end = style.decimal(self.largest, 3)
        if not self.largest:
            return style.swatch(["#26262B"], 6), "slope 0"
        bar = style.swatch([tuple(c) for c in self._at(np.linspace(-1, 1, _SWATCHES))], 6)
        return bar, f"slope −{end} … 0 … {end}"

    @staticmethod
    def _at(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(COLOURS(0.5 + places / 2), dtype=np.float64)
