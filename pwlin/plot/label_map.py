"""The decision regions of a model in a plane, with the samples that the plane goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from pwlin.base.arguments import refusal
from pwlin.models.decisions import PlaneLabels
from pwlin.plot.drawing import style
from pwlin.plot.drawing.region_colours import label_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MANY = 2000


def label_map(
    labels: PlaneLabels,
    ax: Axes | None = None,
    samples: Mapping[str, Sequence[float]] | None = None,
    names: Sequence[str] | None = None,
    title: str | None = None,
) -> Axes:
    """Draw which label a model gives where in a plane.

    Parameters
    ----------
    labels : PlaneLabels
        As `pwlin.labels` gives them.
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    samples : mapping of names to points, optional
        What to mark. Default: nothing; the samples of `pwlin.restrict` are at (0, 0), (1, 0) and (0, 1).
    names : sequence of str, optional
        One for each label, from 0.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    The legend gives each label's share of the area, rounded; polygons are those of `labels`, exact but for the drawing.
    """
    if not isinstance(labels, PlaneLabels):
        raise refusal("labels", f"a {type(labels).__name__}", "are the labels of a plane, as pwlin.labels gives them")
    areas = labels.areas
    if names is not None and len(names) <= max(areas):
        raise refusal("names", str(len(names)), f"is one for each label from 0 to {max(areas)}")
    whole = float(sum(areas.values()))
    entries: list[style.Entry] = []
    with style.context():
        ax = style.axes(ax, (4.6, 4.4))
        assert ax is not None, "there are axes now"
        for label, area in areas.items():
            rings = [[[float(v) for v in p] for p in part.vertices] for part in labels.regions if part.label == label]
            colour = label_colour(label)
            made = PolyCollection(rings, facecolors=[colour], edgecolors=[colour], linewidths=0.35, zorder=1)
            made.set(gid=f"label {label}", rasterized=len(rings) > _MANY)
            ax.add_collection(made)
            name = f"label {label}" if names is None else names[label]
            entries.append((Patch(facecolor=colour), f"{name}, {100 * float(area) / whole:.3g} %"))
        for name, (x, y) in (samples or {}).items():
            ax.plot([float(x)], [float(y)], "o", color=style.INK, markersize=5, zorder=4, gid=f"sample {name}")
            ax.annotate(
                name, (float(x), float(y)), (5, 5), textcoords="offset points", fontsize=style.NOTE_SIZE, zorder=5
            )
        ax.autoscale_view()
        ax.set_aspect("equal")
        ax.set_xlabel("s")
        ax.set_ylabel("t")
        style.legend_above(ax, entries, title or "")
    return ax
