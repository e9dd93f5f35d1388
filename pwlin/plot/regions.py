"""The plane's regions, coloured."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Patch
from matplotlib.tri import Triangulation, TriContourSet
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.comparison.cells.comparison import ComparisonND
from pwlin.formulas.target import TargetLike
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.plot.drawing import beside, checks, marks, region_colours, style
from pwlin.plot.drawing.gradient_colours import LEGEND_ROOM
from pwlin.plot.drawing.mesh import PlaneMesh, plane_mesh, require
from pwlin.plot.drawing.region_colours import Flat, Smooth, own_hues
from pwlin.plot.drawing.scale_shown import ScaleShown
from pwlin.plot.error import fraction

MANY = 3000
"""Beyond so many polygons, pictures are rasterised in vector formats."""
_MOST_EDGES = 12_000
_ROOM = {"gradient": LEGEND_ROOM, "pattern": 0.0, "value": beside.BAR_ROOM, "error": beside.BAR_ROOM}


@door
def regions(
    f: PiecewiseLinearND,
    target: TargetLike | None = None,
    ax: Axes | None = None,
    color_by: str | None = None,
    *,
    window: object = None,
    comparison: ComparisonND | None = None,
    edges: bool = True,
    legend: bool = True,
    title: str | None = None,
    norm: Normalize | None = None,
    cax: Axes | None = None,
) -> Axes:
    """Draw the regions of a function of two variables, coloured.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables.
    target : str, sympy expression, Target, callable or PiecewiseLinearND, optional
        What errors are measured against; other colourings do not use it.
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    color_by : "gradient", "pattern", "value" or "error", optional
        Default: "error" if there is a target, else "gradient".

        "gradient": a two-dimensional scale with its legend, whose dots are the gradients of the regions shown.
        "pattern": neighbours differ; the hue belongs to the first hidden layer's pattern, the shade to the deeper ones.
        "value": the function's values, linear on each cell as the function is, with contour lines.
        "error": the function minus `target`, sampled inside the cells; the legend says at how many points.
    window : two pairs, optional
        What to show. Default: the domain; where that has no end, the neighbourhood of the vertices.
    comparison : ComparisonND, optional
        The result of ``f.compare(target)``: the largest error is marked.
    edges : bool
        Draw the facets: dark where the gradient jumps, white where it does not. More than 12,000 are left out.
    legend : bool
    title : str, optional
    norm : matplotlib Normalize, optional
        What makes colours of values and errors; give several maps the same. With "gradient" it ends where the scale's disc does,
        which is centred at 0. One without ends learns them from the first map. In the units of the axes, where these have any.
    cax : matplotlib Axes, optional
        Where to draw the colour bar or the disc of gradients. Default: beside the map, within the place of its axes.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Corners are exact and rounded once, or, where there are more than 500 on a bounded domain and no window is asked for, off by less
    than a millionth of the picture; cells are cut to the window exactly. A picture of 100,000 regions takes a few seconds.
    """
    function = require(f)
    colouring = region_colours.chosen(color_by, target)
    arguments.flag(edges, "edges")
    scale = ScaleShown.read(norm, cax, legend, colouring)
    checks.given(comparison, ComparisonND, "comparison", "the result of f.compare(target)")
    heading = checks.heading(title)
    with style.context():
        mesh = plane_mesh(function, window)
        ax = beside.map_axes(ax, ratio(mesh), _ROOM[colouring] if scale.beside else 0.0)
        entries = draw(function, ax, mesh, colouring, target, scale)
        if edges:
            entries += draw_edges(function, ax, mesh, over=colouring in ("value", "error"))
        if comparison is not None:
            entries.append(mark_largest(ax, mesh, comparison))
        entries += notes(function)
        frame_axes(ax, mesh)
        style.legend_above(ax, entries if legend else [], heading)
    return ax


def draw(
    f: PiecewiseLinearND,
    ax: Axes,
    mesh: PlaneMesh,
    color_by: str,
    target: TargetLike | None,
    scale: ScaleShown,
) -> list[style.Entry]:
    """Fill the cells; returns the legend's entries."""
    painted = region_colours.paint(f, mesh, color_by, target, norm=scale.norm)
    text = counts(f, mesh)
    if isinstance(painted, Smooth):
        fill_smooth(ax, painted)
        lines = contours(ax, mesh) if color_by == "value" else None
        made = scale.bar(ax, painted)
        if made is not None and lines is not None:
            made.add_lines(lines)
        entries: list[style.Entry] = [(Patch(facecolor="none", edgecolor=style.INK, lw=0.8), text)]
        if painted.samples:
            entries.append(style.remark(f"error sampled at {painted.samples:,} points"))
        return entries
    colours = painted.colours[mesh.cells]
    marks.tiles(ax, mesh.corner_arrays, colours, gid="regions", rasterized=len(mesh.cells) > MANY)
    if painted.scale is not None:
        scale.disc(ax, painted.scale, mesh.cells)
    shown = np.unique(np.round(colours, 6), axis=0)[:3] if painted.scale is None else _spread(painted, mesh)
    entries = [(style.swatch([tuple(c) for c in shown], 6), text)]
    if painted.scale is None and len(f.complex.neurons.widths) > 1:
        differ = "" if own_hues(f.complex) else "neighbours differ in "
        entries.append(style.remark(f"{differ}hue: layer 0; shade: deeper layers"))
    return entries


def _spread(painted: Flat, mesh: PlaneMesh) -> NDArray[np.float64]:
    """The colours of the three largest regions."""
    return painted.colours[mesh.cells[np.argsort(-mesh.areas, kind="stable")[:3]]]


def counts(f: PiecewiseLinearND, mesh: PlaneMesh) -> str:
    """How many regions and pieces there are and are shown, always told apart."""
    shown = len(mesh.cells)
    pieces = len(np.unique(f.piece_of_region[mesh.cells]))
    text = f"{shown:,}" + (f" of {f.n_regions:,}" if shown != f.n_regions else "")
    return f"{text} region{'s' * (f.n_regions != 1)} in {pieces:,} piece{'s' * (pieces != 1)}"


def notes(f: PiecewiseLinearND) -> list[style.Entry]:
    """What else the legend must say about the window."""
    if f.domain.is_bounded:
        return []
    return [style.remark("unbounded cells are cut to this window")]


def fill_smooth(ax: Axes, painted: Smooth) -> None:
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


def contours(ax: Axes, mesh: PlaneMesh) -> TriContourSet | None:
    """Contour lines: straight on each triangle, as the function's are; None for a constant."""
    if not np.ptp(mesh.heights) > 0:
        return None
    tri = Triangulation(*mesh.points.T, mesh.triangles()[0])
    lines = ax.tricontour(
        tri, mesh.heights, levels=11, colors="white", linestyles="solid", linewidths=0.9, zorder=2.2, alpha=0.85
    )
    lines.set_gid("contours")
    return lines


def draw_edges(f: PiecewiseLinearND, ax: Axes, mesh: PlaneMesh, over: bool = False) -> list[style.Entry]:
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
        marks.lines(
            ax,
            list(mesh.points[mesh.segments[inner & chosen]]),
            colors=colour,
            linewidths=width * (0.6 if over else 1.0),
            alpha=0.6 if over else 0.85,
            linestyles="solid" if chosen is not silent or len(silent) > 400 else (0, (2, 1.5)),
            zorder=2,
            gid=name,
            rasterized=len(mesh.cells) > MANY,
        )
        if name == "silent facets":
            entries.append((style.swatch(["#BBBBBB"], 1.2), "silent facets (no gradient jump)"))
    return entries


def mark_largest(ax: Axes, mesh: PlaneMesh, comparison: ComparisonND) -> style.Entry:
    """Stars where the largest error is taken."""
    exact = [[fraction(v) for v in p] for p in comparison.argsups[:40]]
    shown = [p for p in exact if all(a <= v <= b for v, (a, b) in zip(p, mesh.window))]
    places = np.array([[scale(v) for scale, v in zip(mesh.scales, p)] for p in shown]).reshape(-1, 2)
    style.stars(ax, places[:, 0].tolist(), places[:, 1].tolist(), 130)
    return style.star_entry(f"largest error ≈ {style.decimal(fraction(comparison.sup), 5)}")


def ratio(mesh: PlaneMesh) -> float | None:
    """Height over width of the window, if both axes have one scale."""
    (a, b), (c, d) = ((scale(p[0]), scale(p[1])) for scale, p in zip(mesh.scales, mesh.window))
    same = mesh.scales[0].unit == mesh.scales[1].unit and 0.2 <= (d - c) / (b - a) <= 5
    return (d - c) / (b - a) if same else None


def frame_axes(ax: Axes, mesh: PlaneMesh) -> None:
    """Limits, aspect and labels."""
    (a, b), (c, d) = ((scale(p[0]), scale(p[1])) for scale, p in zip(mesh.scales, mesh.window))
    ax.set(xlim=(a, b), ylim=(c, d))
    if ratio(mesh) is not None:
        ax.set_aspect("equal")
    ax.set_xlabel(mesh.scales[0].label("x"))
    ax.set_ylabel(mesh.scales[1].label("y"))
