"""How the scale of a map's colours is shown: beside the map, in axes of its own, or not at all, and which norm it follows."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize

from pwlin.base import arguments
from pwlin.base.sequences import Integers
from pwlin.plot.drawing import beside, checks
from pwlin.plot.drawing.gradient_colours import DISC, GradientScale, draw_scale
from pwlin.plot.drawing.region_colours import Smooth


@dataclass(frozen=True)
class ScaleShown:
    """What users say of a scale: the norm that panels share, axes of its own, and whether to show it."""

    norm: Normalize | None
    cax: Axes | None
    wanted: bool

    @staticmethod
    def read(norm: object, cax: object, legend: object, color_by: str) -> ScaleShown:
        """Read what users pass."""
        found = checks.given_norm(norm), checks.given_axes(cax, "cax")
        for name, value in zip(("norm", "cax"), found):
            if value is not None and color_by == "pattern":
                kind = type(value).__name__
                raise arguments.refusal(name, kind, "is nothing with color_by='pattern', which has no scale")
        return ScaleShown(*found, arguments.flag(legend, "legend"))

    @property
    def beside(self) -> bool:
        """Whether the scale stands beside the map, and takes room there."""
        return self.wanted and self.cax is None

    def bar(self, ax: Axes, painted: Smooth, gap: float = 0.0, height: float = 1.0) -> Colorbar | None:
        """The colour bar of values, if it is wanted."""
        shown = painted.cmap, painted.norm, painted.label
        if self.cax is not None:
            return beside.bar_in(self.cax, *shown)
        return beside.colour_bar(ax, *shown, gap, height) if self.wanted else None

    def disc(self, ax: Axes, scale: GradientScale, cells: Integers, gap: float = 0.0) -> None:
        """The scale of gradients, if it is wanted."""
        if self.cax is not None:
            draw_scale(self.cax, scale, cells)
        elif self.wanted:
            draw_scale(beside.inset(ax, (0.66 + gap, -1.35, DISC, DISC), "gradient scale"), scale, cells)
