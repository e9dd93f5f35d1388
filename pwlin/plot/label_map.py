"""The decision regions of a model in a plane, with the samples that the plane goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.base.errors import ShapeError
from pwlin.exact.rational import nearest_float, to_fraction_array
from pwlin.models.decisions import PlaneLabels
from pwlin.plot.drawing import checks, style
from pwlin.plot.drawing.region_colours import label_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MANY = 2000


@door
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
        accepted = "are the labels of a plane, as pwlin.labels gives them"
        raise arguments.refusal("labels", f"a {type(labels).__name__}", accepted)
    areas = labels.areas
    called = _names(names, max(areas))
    marked = _points(samples)
    whole = float(sum(areas.values()))
    entries: list[style.Entry] = []
    heading = checks.heading(title)
    with style.context():
        ax = style.axes(ax, (4.6, 4.4))
        for label, area in areas.items():
            rings = [[[float(v) for v in p] for p in part.vertices] for part in labels.regions if part.label == label]
            colour = label_colour(label)
            made = PolyCollection(rings, facecolors=[colour], edgecolors=[colour], linewidths=0.35, zorder=1)
            made.set(gid=f"label {label}", rasterized=len(rings) > _MANY)
            ax.add_collection(made)
            entries.append((Patch(facecolor=colour), f"{called[label]}, {100 * float(area) / whole:.3g} %"))
        for name, (x, y) in marked.items():
            ax.plot([x], [y], "o", color=style.INK, markersize=5, zorder=4, gid=f"sample {name}")
            ax.annotate(name, (x, y), (5, 5), textcoords="offset points", fontsize=style.NOTE_SIZE, zorder=5)
        ax.autoscale_view()
        ax.set_aspect("equal")
        ax.set_xlabel("s")
        ax.set_ylabel("t")
        style.legend_above(ax, entries, heading)
    return ax


def _names(names: object, last: int) -> list[str]:
    """What the legend calls the labels from 0 to the last."""
    if names is None:
        return [f"label {k}" for k in range(last + 1)]
    accepted = f"are texts, one for each label from 0 to {last}"
    found = [arguments.text(name, "names") for name in arguments.items(names, "names", accepted)]
    if len(found) <= last:
        raise arguments.refusal("names", str(len(found)), accepted)
    return found


def _points(samples: object) -> dict[str, tuple[float, float]]:
    """Names and places of what is marked."""
    if samples is None:
        return {}
    if not isinstance(samples, Mapping):
        raise arguments.refusal("samples", arguments.shown(samples), "is a mapping of names to points, or None")
    found = {}
    for name, point in samples.items():
        name = arguments.text(name, "samples")
        place = to_fraction_array(point, 1, f"samples[{arguments.shown(name)}]")
        if len(place) != 2:
            raise arguments.refusal(f"samples[{arguments.shown(name)}]", f"{len(place)} numbers", "are two", ShapeError)
        found[name] = (nearest_float(place[0]), nearest_float(place[1]))
    return found
