"""What stands beside axes: colour bars and insets of fixed size, a fixed distance away, however large the axes are.

Axes with such company move to the left of the place that they have been given, so that layout engines find room at once.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, Normalize
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from pwlin.plot.drawing import style
from pwlin.plot.drawing.checks import given_axes

_BAR = (0.16, 0.16)  # distance from the axes and width of a colour bar
_LABEL = 0.1  # inches that the last label of an inset takes on the right
_LEAST = 0.4  # of its size is an inset at least
BAR_ROOM = 1.15
"""Inches that a colour bar with its labels takes."""


def inset(ax: Axes, bounds: tuple[float, float, float, float], label: str) -> Axes:
    """New axes whose lower left corner is (x, y) from the upper right corner of `ax`; bounds (x, y, w, h) in inches.

    They are smaller, with the upper left corner where it is, if the place of `ax` has no room for them.
    """
    x, y, width, height = bounds
    room = style.reserve(ax, right=72 * (x + width)) / 72 - x - _LABEL
    size = min(max(room / width, _LEAST), 1.0)
    bounds = (x, y + height * (1 - size), width * size, height * size)
    corner = ax.figure.dpi_scale_trans + ScaledTranslation(1, 1, ax.transAxes)  # type: ignore[arg-type]
    made = ax.inset_axes(bounds, transform=corner)
    made.set_label(label)
    ax.set_anchor("W")
    return made


def colour_bar(ax: Axes, cmap: str, norm: Normalize, label: str, gap: float = 0.0, height: float = 1.0) -> Colorbar:
    """A colour bar right of `ax`, `gap` inches farther than usual, `height` times as high as the axes."""
    distance, width = _BAR
    style.reserve(ax, right=72 * (gap + BAR_ROOM))
    right = ax.figure.dpi_scale_trans + ScaledTranslation(1, 0, ax.transAxes)  # type: ignore[arg-type]
    place = ax.inset_axes(
        (distance + gap, (1 - height) / 2, width, height), transform=blended_transform_factory(right, ax.transAxes)
    )
    place.set_label("colour bar")
    ax.set_anchor("W")
    return bar_in(place, cmap, norm, label)


def bar_in(cax: Axes, cmap: str | Colormap, norm: Normalize, label: str) -> Colorbar:
    """A colour bar that fills `cax`."""
    made = cax.figure.colorbar(ScalarMappable(norm, cmap), cax=cax, label=label)
    made.outline.set_visible(False)
    return made


def map_axes(ax: Axes | None, ratio: float | None, room: float) -> Axes:
    """`ax` itself, or the Axes of a new figure that fits a map and `room` inches for what stands beside it.

    `ratio` is the map's height over its width; None if it may have any.
    """
    given = given_axes(ax)
    if given is not None:
        return given
    side, least = 4.3, 2.6
    ratio = ratio or 0.8
    width, height = (side, max(side * ratio, least)) if ratio <= 1 else (max(side / ratio, least), side)
    return plt.subplots(figsize=(width + 0.8 + room, height + 0.95), layout="constrained")[1]
