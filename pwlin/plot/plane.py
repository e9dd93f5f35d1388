"""The plane's regions, coloured."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Patch
from matplotlib.tri import Triangulation

from pwlin.functionnd import PiecewiseLinearND
from pwlin.plot import region_colors, style
from pwlin.plot.errorcurve import fraction
from pwlin.plot.gradient_colors import draw_legend
from pwlin.plot.mesh import PlaneMesh, plane_mesh, require
from pwlin.plot.region_colors import Flat, Smooth

MANY = 3000
"""Beyond so many polygons, pictures are rasterised in vector formats."""
_MOST_EDGES = 12_000
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
        if legend:
            ax.set_anchor("W")  # room for what stands beside
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


def bar(ax: Any, cmap: str, norm: Normalize, label: str, place: float = 1.06, height: float = 1.0) -> Any:
    """A colour bar beside the axes."""
    inset = ax.inset_axes((place, (1 - height) / 2, 0.04, height))
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
