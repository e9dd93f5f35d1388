"""Measured points as pictures show them: dots behind a function, and how far it is from each."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pwlin.plot.drawing import style

_FACE, _EDGE, _CROSS = "#9A9A9A", "#4A4A4A", "#7D7D7D"


def scatter(ax: Axes, name: str, places: Sequence[tuple[float, float]]) -> style.Entry:
    """Crosses at the points, since dots are kinks; returns their legend entry."""
    area = 22.0 if len(places) <= 200 else 8.0
    if places:
        x, y = zip(*places, strict=True)
        ax.scatter(
            x,
            y,
            s=area,
            marker="x",
            color=_CROSS,
            linewidths=1.0,
            zorder=2.5,
            gid="points",
            clip_on=False,
        )
    return style.dot(_CROSS, _CROSS, 5, "x"), name


def stems(ax: Axes, places: Sequence[tuple[float, float]], zero: float) -> style.Entry:
    """Dots at the errors, each with a line from zero; returns their legend entry."""
    if places:
        x, y = zip(*places, strict=True)
        ax.vlines(x, zero, y, colors=_FACE, lw=0.9, zorder=2.4, gid="stems")
        ax.scatter(x, y, s=20 if len(places) <= 200 else 7, color=_EDGE, linewidths=0, zorder=4, gid="error")
    return style.dot(_EDGE, _EDGE, 5), f"f − y at {style.plural(len(places), 'point')}"
