"""The plane's regions by colour, and the bent hyperplanes that bound them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Patch
from matplotlib.tri import Triangulation

from pwlin.errors import PwlinError
from pwlin.functionnd import PiecewiseLinearND
from pwlin.plot import region_colors, style
from pwlin.plot.errorcurve import fraction
from pwlin.plot.gradient_colors import draw_legend
from pwlin.plot.mesh import PlaneMesh, plane_mesh, require
from pwlin.plot.region_colors import Flat, Smooth, Target2D
from pwlin.tables import neuron_name

MANY = 3000
"""Beyond so many polygons, pictures are rasterised in vector formats."""
LAYER_COLOURS = ("#1A1A1A", "#0072B2", "#D55E00", "#CC79A7", "#56B4E9", "#E69F00")
_MOST_EDGES = 12_000
_MOST_NAMES = 12
_SIDE = (1.06, 0.04)  # place and width of colour bars beside the axes
_LEGEND = (1.13, 0.66, 0.26, 0.26)


def regions(
    f: Any,
    ax: Any = None,
    color_by: str = "gradient",
    target: Any = None,
    window: Any = None,
    comparison: Any = None,
    edges: bool = True,
    legend: bool = True,
    title: str | None = None,
) -> Any:
    """Draw the regions of a function of two variables, coloured.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables.
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    color_by : "gradient", "pattern", "value" or "error"
        "gradient": a two-dimensional scale with its legend, whose dots are the gradients of the regions shown.
        "pattern": neighbours differ; the hue belongs to the first hidden layer's pattern, the shade to the deeper ones.
        "value": the function's values, linear on each cell as the function is, with contour lines.
        "error": the function minus `target`, sampled inside the cells; the legend says at how many points.
    target : str, sympy expression, Target, callable or PiecewiseLinearND, optional
    window : two pairs, optional
        What to show. Default: the domain; where that has no end, the neighbourhood of the vertices.
    comparison : ComparisonND, optional
        The result of ``f.compare(target)``: the largest error is marked. Only with ``color_by="error"``.
    edges : bool
        Draw the facets: dark where the gradient jumps, white where it does not. More than 12,000 are left out.
    legend : bool
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Corners are exact and rounded once; cells are cut to the window exactly. A picture of 20,000 regions takes a few
    seconds.
    """
    function = require(f)
    region_colors.check(color_by, target)
    with style.context():
        mesh = plane_mesh(function, window)
        ax = style.axes(ax, (6.9, 5.2) if legend else (5.4, 5.2))
        entries = draw(function, ax, mesh, color_by, target, legend)
        if edges:
            entries += draw_edges(function, ax, mesh, over=color_by in ("value", "error"))
        if comparison is not None:
            entries.append(mark_largest(ax, mesh, comparison))
        frame_axes(ax, mesh)
        style.legend_above(ax, entries if legend else [], title or "")
    return ax


def draw(
    f: PiecewiseLinearND, ax: Any, mesh: PlaneMesh, color_by: str, target: Any = None, legend: bool = True
) -> list[style.Entry]:
    """Fill the cells; returns the legend's entries."""
    painted = region_colors.paint(f, mesh, color_by, target)
    text = counts(f, mesh)
    if isinstance(painted, Smooth):
        fill_smooth(ax, painted)
        if color_by == "value":
            contours(ax, mesh)
        if legend:
            bar(ax, painted.cmap, painted.norm, painted.label)
        entries: list[style.Entry] = [(Patch(facecolor="none", edgecolor=style.INK, lw=0.8), text)]
        if painted.samples:
            entries.append((style.dot("none", "none", 0), f"error sampled at {painted.samples:,} points"))
        return entries
    colours = painted.colours[mesh.cells]
    ax.add_collection(
        PolyCollection(
            mesh.corner_arrays,
            facecolors=colours,
            edgecolors=colours,  # hides the seams between neighbours
            linewidths=0.35,
            zorder=1,
            gid="regions",
            rasterized=len(mesh.cells) > MANY,
        ),
        autolim=False,
    )
    if painted.scale is not None and legend:
        draw_legend(ax, painted.scale, mesh.cells, _LEGEND)
    shown = np.unique(np.round(colours, 6), axis=0)[:3] if painted.scale is None else _spread(painted, mesh)
    return [(style.swatch([tuple(c) for c in shown], 6), text)]


def _spread(painted: Flat, mesh: PlaneMesh) -> Any:
    """The colours of the three largest regions."""
    return painted.colours[mesh.cells[np.argsort(-mesh.areas, kind="stable")[:3]]]


def counts(f: PiecewiseLinearND, mesh: PlaneMesh) -> str:
    """How many regions and pieces there are and are shown, always told apart."""
    shown = len(mesh.cells)
    pieces = len(np.unique(f.piece_of_region[mesh.cells]))
    text = f"{shown:,}" + (f" of {f.n_regions:,}" if shown != f.n_regions else "")
    return f"{text} region{'s' * (f.n_regions != 1)} in {pieces:,} piece{'s' * (pieces != 1)}"


def fill_smooth(ax: Any, painted: Smooth) -> None:
    """Shade values, except where they are undefined."""
    fine = np.isfinite(painted.values)
    whole = fine[painted.triangles].all(axis=1)
    ax.tripcolor(
        Triangulation(*painted.points.T, painted.triangles[whole]),
        np.where(fine, painted.values, 0.0),
        shading="gouraud",
        cmap=painted.cmap,
        norm=painted.norm,
        zorder=1,
        gid="values",
        rasterized=True,
    )


def contours(ax: Any, mesh: PlaneMesh) -> None:
    """Contour lines: straight on each triangle, as the function's are."""
    if not np.ptp(mesh.heights) > 0:
        return
    tri = Triangulation(*mesh.points.T, mesh.triangles()[0])
    lines = ax.tricontour(
        tri, mesh.heights, levels=11, colors="white", linestyles="solid", linewidths=0.9, zorder=2.2, alpha=0.85
    )
    lines.set_gid("contours")


def bar(ax: Any, cmap: str, norm: Normalize, label: str) -> Any:
    """A colour bar beside the axes."""
    place, width = _SIDE
    inset = ax.inset_axes((place, 0.0, width, 1.0))
    inset.set_label("colour bar")
    made = ax.figure.colorbar(ScalarMappable(norm, cmap), cax=inset, label=label)
    made.outline.set_visible(False)
    return made


def draw_edges(f: PiecewiseLinearND, ax: Any, mesh: PlaneMesh, over: bool = False) -> list[style.Entry]:
    """Draw the interior facets, kinks dark and silent ones white; thinner the more there are."""
    sides = f.complex.facet_cells[mesh.facets]
    inner = sides[:, 1] >= 0
    if not inner.any() or inner.sum() > _MOST_EDGES:
        return []
    silent = f.piece_of_region[sides[:, 0]] == f.piece_of_region[sides[:, 1]]
    width = float(np.clip(10 / np.sqrt(inner.sum()), 0.1, 1.0))
    entries: list[style.Entry] = []
    for chosen, colour, name in ((~silent, style.INK, "kinks"), (silent, "white", "silent facets")):
        if not (inner & chosen).any():
            continue
        ax.add_collection(
            LineCollection(
                list(mesh.points[mesh.segments[inner & chosen]]),
                colors=colour,
                linewidths=width * (0.6 if over else 1.0),
                alpha=0.6 if over else 0.85,
                linestyles="solid" if chosen is not silent or len(silent) > 400 else (0, (2, 1.5)),
                zorder=2,
                gid=name,
                rasterized=len(mesh.cells) > MANY,
            ),
            autolim=False,
        )
        if name == "silent facets":
            entries.append((style.swatch(["#BBBBBB"], 1.2), "silent facets (no gradient jump)"))
    return entries


def mark_largest(ax: Any, mesh: PlaneMesh, comparison: Any) -> style.Entry:
    """Stars where the largest error is taken."""
    points = [[scale(fraction(v)) for scale, v in zip(mesh.scales, p)] for p in comparison.argsups[:40]]
    ax.scatter(
        *np.array(points).T,
        s=130,
        marker="*",
        color="#F0E442",
        edgecolors=style.INK,
        linewidths=0.9,
        zorder=6,
        clip_on=False,
        gid="sup",
    )
    return style.dot("#F0E442", style.INK, 10, "*"), f"largest error ≈ {style.decimal(fraction(comparison.sup), 5)}"


def frame_axes(ax: Any, mesh: PlaneMesh) -> None:
    """Limits, aspect and labels."""
    (a, b), (c, d) = ((scale(p[0]), scale(p[1])) for scale, p in zip(mesh.scales, mesh.window))
    ax.set(xlim=(a, b), ylim=(c, d))
    if mesh.scales[0].unit == mesh.scales[1].unit and 0.2 <= (d - c) / (b - a) <= 5:
        ax.set_aspect("equal")
    ax.set_xlabel(mesh.scales[0].label("x"))
    ax.set_ylabel(mesh.scales[1].label("y"))


# -- bent hyperplanes -----------------------------------------------------------------------------


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
    from matplotlib.lines import Line2D

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


def error_name(target: Any) -> str:
    """How pictures call the error against a target."""
    return Target2D.read(target).label
