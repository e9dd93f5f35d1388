"""Bent hyperplanes: where the neurons flip, by layer or by neuron."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from pwlin.errors import PwlinError
from pwlin.functionnd import PiecewiseLinearND
from pwlin.plot import style
from pwlin.plot.mesh import PlaneMesh, plane_mesh, require
from pwlin.plot.plane import MANY, frame_axes
from pwlin.tables import neuron_name

LAYER_COLOURS = ("#1A1A1A", "#0072B2", "#D55E00", "#CC79A7", "#56B4E9", "#E69F00")
_MOST_NAMES = 12


def bent_hyperplanes(
    f: Any, ax: Any = None, by: str = "layer", window: Any = None, label: bool = True, title: str | None = None
) -> Any:
    """Draw where neurons flip: the bent hyperplanes, by layer or by neuron.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables.
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    by : "layer" or "neuron"
        What gives lines their colour. Deeper layers have thinner lines.
    window : two pairs, optional
        As for `regions`.
    label : bool
        Name the neurons at their lines, if there are at most 12.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Dotted parts are silent: the neuron flips there, but the gradient does not jump. Where several neurons flip at once,
    the line is that of the first of them. Where a preactivation vanishes without a flip (see
    `PiecewiseLinearND.bent_hyperplane`) nothing is drawn.
    """
    function = require(f)
    if by not in ("layer", "neuron"):
        raise PwlinError(f"by: found {by!r}; accepted are 'layer' and 'neuron'")
    with style.context():
        mesh = plane_mesh(function, window)
        ax = style.axes(ax, (5.6, 5.6))
        entries = _bent(function, ax, mesh, by, label)
        frame_axes(ax, mesh)
        style.legend_above(ax, entries, title or "")
    return ax


def _bent(f: PiecewiseLinearND, ax: Any, mesh: PlaneMesh, by: str, label: bool) -> list[style.Entry]:
    cells = f.complex
    layer_of = [k for k, width in enumerate(cells.widths) for _ in range(width)]
    starts = np.concatenate([[0], np.cumsum(cells.widths)]).astype(int)
    sides = cells.facet_cells[mesh.facets]
    inner = np.flatnonzero(sides[:, 1] >= 0)
    flips = [cells.patterns[a] ^ cells.patterns[b] for a, b in sides[inner].tolist()]
    lowest = np.array([(bits & -bits).bit_length() - 1 for bits in flips], dtype=np.int64)
    silent = f.piece_of_region[sides[inner, 0]] == f.piece_of_region[sides[inner, 1]]
    neurons = np.unique(lowest).tolist()
    layers = np.array(layer_of)[lowest] if len(lowest) else lowest
    thin = float(np.clip(30 / np.sqrt(len(inner) + 1), 0.3, 1.0))
    entries: list[style.Entry] = []
    groups = sorted(set(layers.tolist())) if by == "layer" else neurons
    for group in groups:
        mine = layers == group if by == "layer" else lowest == group
        layer = group if by == "layer" else layer_of[group]
        neuron = (layer, group - int(starts[layer]))
        colour = layer_colour(layer) if by == "layer" else style.neuron_colour(neuron)
        width = max(2.4 * thin * 0.68**layer, 0.25)
        for chosen, line in ((mine & ~silent, "solid"), (mine & silent, (0, (1, 1.6)))):
            if chosen.any():
                ax.add_collection(
                    LineCollection(
                        list(mesh.points[mesh.segments[inner[chosen]]]),
                        colors=colour,
                        linewidths=width,
                        linestyles=line,
                        capstyle="round" if line == "solid" else "butt",
                        zorder=4 - 0.1 * layer,
                        gid=f"layer {layer}" if by == "layer" else f"neuron {neuron[0]},{neuron[1]}",
                        rasterized=len(inner) > MANY,
                    ),
                    autolim=False,
                )
        if by == "layer":
            count = len(np.unique(lowest[mine]))
            text = f"layer {layer}: {count} of {cells.widths[layer]} neurons flip"
            entries.append((style.swatch([colour], max(width, 1.0)), text))
        elif len(entries) < _MOST_NAMES and not (label and len(neurons) <= _MOST_NAMES):
            entries.append((style.swatch([colour], max(width, 1.0)), neuron_name(neuron)))
    if by == "neuron" and len(neurons) > _MOST_NAMES:
        entries.append((style.dot("none", "none", 0), f"and {len(neurons) - _MOST_NAMES} more"))
    if silent.any():
        entries.append((_dotted(), "dotted: silent"))
    if label and len(neurons) <= _MOST_NAMES:
        names = {bit: (layer_of[bit], bit - int(starts[layer_of[bit]])) for bit in neurons}
        _write_names(ax, mesh, {names[bit]: inner[lowest == bit] for bit in neurons}, by)
    return entries


def layer_colour(layer: int) -> str:
    """The colour of a hidden layer's lines."""
    return LAYER_COLOURS[layer % len(LAYER_COLOURS)]


def _dotted() -> Any:
    return Line2D([], [], color=style.INK, lw=1.4, ls=(0, (1, 1.6)))


def _write_names(ax: Any, mesh: PlaneMesh, lines: dict[tuple[int, int], Any], by: str) -> None:
    """Each neuron's name on its line, where it is farthest from other names and from the border."""
    (a, b), (c, d) = ((scale(p[0]), scale(p[1])) for scale, p in zip(mesh.scales, mesh.window))
    taken: list[Any] = []
    for neuron, segments in sorted(lines.items(), key=lambda item: len(item[1])):
        ends = mesh.points[mesh.segments[segments]]
        places = (np.linspace(0.1, 0.9, 7)[:, None, None] * (ends[:, 1] - ends[:, 0]) + ends[:, 0]).reshape(-1, 2)
        shares = (places - (a, c)) / (b - a, d - c)
        room = np.min(np.column_stack([shares, 1 - shares]) * 2.0, axis=1)
        for other in taken:
            room = np.minimum(room, np.hypot(*((shares - other) * (1.0, 1.8)).T))  # names are wider than high
        best = int(np.argmax(room))
        taken.append(shares[best])
        colour = layer_colour(neuron[0]) if by == "layer" else style.neuron_colour(neuron)
        ax.annotate(
            neuron_name(neuron),
            places[best],
            ha="center",
            va="center",
            fontsize=style.LABEL_SIZE,
            color=style.INK,
            bbox={"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": colour, "linewidth": 0.9},
            zorder=6,
            gid="neuron-label",
        )
