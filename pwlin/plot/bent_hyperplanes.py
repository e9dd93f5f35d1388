"""Bent hyperplanes: where the neurons flip, by layer or by neuron."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.base.sequences import Integers
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.networks.names import name_in
from pwlin.networks.network import Network
from pwlin.networks.neurons import Neuron
from pwlin.plot.drawing import beside, checks, marks, style
from pwlin.plot.drawing.gradient_colours import unit_gradients
from pwlin.plot.drawing.mesh import PlaneMesh, plane_mesh, require
from pwlin.plot.drawing.neuron_colours import OTHER, NeuronColours, by_jump
from pwlin.plot.regions import MANY, frame_axes, notes, ratio

LAYER_COLOURS = ("#1A1A1A", "#0072B2", "#D55E00", "#CC79A7", "#56B4E9", "#E69F00")
_MOST_NAMES = 12
_DOTS = (0, (1, 1.6))


@door
def bent_hyperplanes(
    f: PiecewiseLinearND,
    ax: Axes | None = None,
    by: str = "layer",
    window: object = None,
    label: bool = True,
    title: str | None = None,
) -> Axes:
    """Draw where neurons flip: the bent hyperplanes, by layer or by neuron.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables.
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    by : "layer" or "neuron"
        What gives lines their colour; of more than eight neurons those with the largest jumps have one.
    window : two pairs, optional
        As for `regions`.
    label : bool
        Name the neurons at their lines; of more than 12, those with the largest jumps.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Lines are as wide as the gradient's jump is large. Dotted parts are silent: the neuron flips there, but the gradient does
    not jump. Where several neurons flip at once,
    the line has the colour of the first of them and the names of all. Where a preactivation vanishes without a flip (see
    `PiecewiseLinearND.bent_hyperplane`) nothing is drawn.
    """
    function = require(f)
    arguments.choice(by, "by", ("layer", "neuron"))
    arguments.flag(label, "label")
    heading = checks.heading(title)
    with style.context():
        mesh = plane_mesh(function, window)
        ax = beside.map_axes(ax, ratio(mesh), 0.0)
        entries = _bent(function, ax, mesh, by, label) + notes(function)
        frame_axes(ax, mesh)
        style.legend_above(ax, entries, heading)
    return ax


def _bent(f: PiecewiseLinearND, ax: Axes, mesh: PlaneMesh, by: str, label: bool) -> list[style.Entry]:
    cells = f.complex
    layer_of = np.repeat(np.arange(len(cells.neurons.sizes)), cells.neurons.sizes)
    sides = cells.facet_cells[mesh.facets]
    inner = np.flatnonzero(sides[:, 1] >= 0)
    flips = [cells.patterns[a] ^ cells.patterns[b] for a, b in sides[inner].tolist()]
    lowest = np.array([(bits & -bits).bit_length() - 1 for bits in flips], dtype=np.int64)
    silent = f.piece_of_region[sides[inner, 0]] == f.piece_of_region[sides[inner, 1]]
    jumps = _jumps(f, sides[inner])
    masks = by_jump(dict.fromkeys(flips), zip(flips, jumps.tolist()))  # different sets of neurons that flip together
    first = sorted(set(lowest.tolist()))
    largest = ((cells.neurons.among(1 << low)[0], float(jumps[lowest == low].max())) for low in first)
    colours = NeuronColours.ranked(f.network, largest)
    named = masks[:_MOST_NAMES] if label else []
    key = layer_of[lowest] if by == "layer" else lowest
    entries: list[style.Entry] = []
    for group in np.unique(key).tolist():
        layer = group if by == "layer" else int(layer_of[group])
        (neuron,) = [(layer, 0)] if by == "layer" else cells.neurons.among(1 << group)
        colour = layer_colour(layer) if by == "layer" else colours.colour(neuron)
        widths = _widths(len(inner), jumps)
        gid = f"layer {layer}" if by == "layer" else f"neuron {layer},{neuron[1]}"
        for chosen, line in (((key == group) & ~silent, "solid"), ((key == group) & silent, _DOTS)):
            if chosen.any():
                marks.lines(
                    ax,
                    list(mesh.points[mesh.segments[inner[chosen]]]),
                    colors=colour,
                    linewidths=widths[chosen],
                    linestyles=line,
                    capstyle="round" if line == "solid" else "butt",
                    zorder=4 - 0.1 * layer,
                    gid=gid,
                    rasterized=len(inner) > MANY,
                )
        if by == "layer":
            entries.append((style.swatch([colour], 2.0), _count(cells, layer, masks)))
        elif neuron in colours.strong and not label:
            entries.append((style.swatch([colour], 2.0), name_in(f.network, neuron)))
    if by == "neuron" and (note := colours.note(cells.neurons.among(1 << low)[0] for low in first)):
        entries.append((style.swatch([OTHER], 1.0), f"others{note}"))
    if len(named) < len(masks) and label:
        entries.append(style.remark(f"{len(named)} of {len(masks)} labelled, wide for large jumps"))
    if silent.any():
        entries.append((Line2D([], [], color=style.INK, lw=1.4, ls=_DOTS), "dotted: silent"))
    if named:
        lines = {cells.neurons.among(m): inner[[k for k, bits in enumerate(flips) if bits == m]] for m in named}
        edges = {n: layer_colour(n[0][0]) if by == "layer" else colours.colour(n[0]) for n in lines}
        _write_names(ax, mesh, lines, edges, f.network)
    return entries


def _jumps(f: PiecewiseLinearND, sides: Integers) -> NDArray[np.float64]:
    """How much the gradient jumps at each facet: its length, as a share of the largest."""
    gradients, _ = unit_gradients(f)
    jumps = np.hypot(*(gradients[sides[:, 1]] - gradients[sides[:, 0]]).T)
    return np.asarray(jumps / (jumps.max() or 1.0) if len(jumps) else jumps, dtype=np.float64)


def _widths(count: int, jumps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lines are wide where the jump is large (with its square root), and thinner the more there are."""
    most = 3.2 * float(np.clip(30 / np.sqrt(count + 1), 0.3, 1.0))
    return np.asarray(np.maximum(most * np.sqrt(jumps), 0.3), dtype=np.float64)


def _count(cells: CellComplex, layer: int, masks: Sequence[int]) -> str:
    """How many of a layer's neurons flip at one line at least."""
    bits = 0
    for mask in masks:
        bits |= mask
    found = sum(k == layer for k, _ in cells.neurons.among(bits))
    return f"layer {layer}: {found} of {cells.neurons.widths[layer]} neurons flip"


def layer_colour(layer: int) -> str:
    """The colour of a hidden layer's lines."""
    return LAYER_COLOURS[layer % len(LAYER_COLOURS)]


def _write_names(
    ax: Axes,
    mesh: PlaneMesh,
    lines: dict[tuple[Neuron, ...], Integers],
    colours: dict[tuple[Neuron, ...], str],
    network: Network,
) -> None:
    """The neurons' names on their lines, where these are farthest from other names and from the border."""
    (a, b), (c, d) = ((scale(p[0]), scale(p[1])) for scale, p in zip(mesh.scales, mesh.window))
    taken: list[NDArray[np.float64]] = []
    for neurons, segments in sorted(lines.items(), key=lambda item: len(item[1])):
        ends = mesh.points[mesh.segments[segments]]
        places = (np.linspace(0.1, 0.9, 7)[:, None, None] * (ends[:, 1] - ends[:, 0]) + ends[:, 0]).reshape(-1, 2)
        shares = (places - (a, c)) / (b - a, d - c)
        room = np.min(np.column_stack([shares, 1 - shares]) * 2.0, axis=1)
        for other in taken:
            room = np.minimum(room, np.hypot(*((shares - other) * (1.0, 1.8)).T))  # names are wider than high
        best = int(np.argmax(room))
        taken.append(shares[best])
        more = f" +{len(neurons) - 2}" if len(neurons) > 2 else ""
        names = ", ".join(name_in(network, n) for n in neurons[:2]) + more
        marks.write(ax, names, places[best], bbox=marks.frame(colours[neurons]), zorder=6, gid="neuron-label")
