"""What pictures put on axes: lines, areas and texts, none of which moves the limits of the axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PolyCollection
from numpy.typing import ArrayLike, NDArray

from pwlin.plot.drawing import style


def lines(ax: Axes, segments: Sequence[ArrayLike], **options: Any) -> Collection:
    """Lines through points, as one collection."""
    return ax.add_collection(LineCollection(segments, **options), autolim=False)


def areas(ax: Axes, polygons: Sequence[ArrayLike], **options: Any) -> Collection:
    """Filled polygons, as one collection."""
    return ax.add_collection(PolyCollection(polygons, **options), autolim=False)


def stripes(ax: Axes, ends: Sequence[tuple[float, float]], **options: Any) -> Collection:
    """Pale stripes over the whole height of the axes, each from one x to another."""
    boxes = [[(a, 0), (a, 1), (b, 1), (b, 0)] for a, b in ends]
    return areas(ax, boxes, linewidths=0, zorder=0.5, transform=ax.get_xaxis_transform(), **options)


def tiles(ax: Axes, polygons: Sequence[ArrayLike], colours: ArrayLike, **options: Any) -> Collection:
    """Filled polygons side by side; edges of their colours hide the seams between neighbours."""
    return areas(ax, polygons, facecolors=colours, edgecolors=colours, linewidths=0.35, zorder=1, **options)


def target(ax: Axes, x: ArrayLike, y: ArrayLike, width: float) -> tuple[Artist, ...]:
    """The target's curve, behind everything; returns its legend handle."""
    ax.plot(x, y, color=style.TARGET_COLOUR, lw=width, zorder=2, gid="target", solid_capstyle="butt")
    return style.swatch([style.TARGET_COLOUR], width)


def track(
    ax: Axes, points: NDArray[np.float64], moments: NDArray[np.int64], widths: NDArray[np.float64], **options: Any
) -> Collection:
    """The way of a neuron's kink through numbered moments, as wide as its jump was; dots if it had several at one moment."""
    if len(np.unique(moments)) < len(moments):
        return ax.scatter(
            points[:, 0], points[:, 1], s=(widths + 1.6) ** 2, linewidths=0, zorder=3, gid="path", **options
        )
    joined = np.flatnonzero(np.diff(moments) == 1)
    segments = list(np.stack([points[joined], points[joined + 1]], axis=1))
    return lines(ax, segments, linewidths=widths[joined], capstyle="round", zorder=3, gid="path", **options)


def write(ax: Axes, text: str, place: tuple[float, float], **options: Any) -> None:
    """A small text centred at a place, or as the options say."""
    usual: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": style.LABEL_SIZE, "color": style.INK}
    ax.annotate(text, place, **{**usual, **options})


def frame(colour: str) -> dict[str, object]:
    """A white box around a text, with an edge of some colour."""
    return {"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": colour, "linewidth": 0.9}
