"""Level sets: exact segments in the plane, exact polygons in space."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes

from pwlin.base.doors import door
from pwlin.base.errors import PwlinError
from pwlin.exact.rational import Number, to_fraction
from pwlin.exact.text import in_full
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.cells.records import Face
from pwlin.geometry.cone import Vector
from pwlin.geometry.polytope import Polytope
from pwlin.plot.complex3d import level_polygons
from pwlin.plot.drawing import beside, checks, marks, style
from pwlin.plot.drawing.mesh import PlaneMesh, clip_segment, plane_mesh, require
from pwlin.plot.drawing.neuron_colours import COLOURS
from pwlin.plot.regions import MANY, frame_axes, notes, ratio

_LISTED = 8


@door
def level_set(
    f: PiecewiseLinearND,
    c: Number | Sequence[Number] = 0,
    ax: Axes | None = None,
    window: object = None,
    title: str | None = None,
) -> Axes:
    """Draw where a function of two or three variables takes a value, or several values.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables (segments) or three (polygons).
    c : number as in `to_fraction`, or sequence of them
        The value or values.
    ax : matplotlib Axes (of a 3-D projection for three variables), optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    window : pairs, optional
        As for `regions`.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Exact: see `PiecewiseLinearND.level_set`. Areas where the function has the value throughout are filled; where it only
    touches the value there are dots.
    """
    function = require(f, None)
    values = _values(c)
    colours = _level_colours(len(values))
    heading = checks.heading(title)
    with style.context():
        if function.dim == 3:
            colours = colours if len(values) > 1 else [COLOURS[6]]
            return level_polygons(function, values, colours, ax, window, title)
        mesh = plane_mesh(function, window)
        ax = beside.map_axes(ax, ratio(mesh), 0.0)
        sides = Polytope.box(mesh.window).normals
        found = [_draw_level(function, ax, mesh, v, colour, sides) for v, colour in zip(values, colours)]
        faint_edges(function, ax, mesh)
        frame_axes(ax, mesh)
        style.legend_above(ax, level_entries(values, colours, found) + notes(function), heading)
    return ax


def _values(c: Number | Sequence[Number]) -> list[Fraction]:
    several = c.ndim > 0 if isinstance(c, np.ndarray) else isinstance(c, Sequence) and not isinstance(c, (str, bytes))
    values = sorted({to_fraction(v, "c") for v in (cast("Sequence[Number]", c) if several else [c])})
    if not values:
        raise PwlinError("c: found no value; accepted are one value or several")
    return values


def _level_colours(count: int) -> list[style.Colour]:
    if count == 1:
        return [COLOURS[1]]
    return [tuple(v) for v in colormaps[style.SEQUENTIAL](np.linspace(0.0, 0.95, count))]


def level_entries(
    values: Sequence[Fraction], colours: Sequence[style.Colour], found: Sequence[bool]
) -> list[style.Entry]:
    """A legend entry for each level; of many, for the first and last."""
    shown = range(len(values)) if len(values) <= _LISTED else (0, len(values) - 1)
    entries: list[style.Entry] = []
    for k in shown:
        nowhere = "" if found[k] else " (nowhere)"
        entries.append((style.swatch([colours[k]]), style.equation("F", values[k]) + nowhere))
    if len(values) > _LISTED:
        entries.insert(1, style.remark(f"{len(values)} levels, to"))
    return entries


def _draw_level(
    f: PiecewiseLinearND, ax: Axes, mesh: PlaneMesh, value: Fraction, colour: style.Colour, sides: Sequence[Vector]
) -> bool:
    """Draw one level; returns whether there is anything of it in the window."""
    found = f.level_set(value)
    segments = []
    for face in found.of_dimension(1):
        for ends in _pieces(f, face):
            kept = clip_segment(*ends, sides)
            if kept is not None and kept[0] != kept[1]:
                segments.append([place(mesh, v) for v in kept])
    marks.lines(
        ax, segments, colors=[colour], linewidths=2.0, capstyle="round", zorder=3, gid=f"level {in_full(value)}"
    )
    flat = np.isin(mesh.cells, np.array(found.regions, dtype=np.int64))
    areas = [a for a, keep in zip(mesh.corner_arrays, flat) if keep]
    if areas:
        marks.areas(
            ax, areas, facecolors=[colour], edgecolors=[colour], alpha=0.45, zorder=2.5, gid=f"area {in_full(value)}"
        )
    dots = [face.vertices[0] for face in found.of_dimension(0)]
    if dots:
        vectors = [f.domain.homogeneous(p) for p in dots]
        ax.plot(
            *np.array([place(mesh, v) for v in vectors]).T,
            "o",
            color=colour,
            ms=6,
            zorder=4,
            gid=f"touch {in_full(value)}",
        )
    return bool(segments or areas or dots)


def _pieces(f: PiecewiseLinearND, face: Face) -> list[tuple[Vector, Vector]]:
    """A segment, ray or line by its homogeneous ends; a line is two rays."""
    vertices = [f.domain.homogeneous(p) for p in face.vertices]
    if face.lines:
        line = (*face.lines[0], 0)
        return [(vertices[0], line), (vertices[0], tuple(-v for v in line))]
    ends: list[Vector] = [*vertices, *((*r, 0) for r in face.rays)]
    return [(ends[0], ends[1])]


def place(mesh: PlaneMesh, vector: Vector) -> tuple[float, float]:
    """Where a picture shows an exact point (x t, y t, t)."""
    x, y = (scale(Fraction(v, vector[-1])) for scale, v in zip(mesh.scales, vector[:2]))
    return x, y


def faint_edges(f: PiecewiseLinearND, ax: Axes, mesh: PlaneMesh) -> None:
    """The facets, in the background; more than 12,000 are left out."""
    inner = f.complex.facet_cells[mesh.facets, 1] >= 0
    if 0 < inner.sum() <= 12_000:
        marks.lines(
            ax,
            list(mesh.points[mesh.segments[inner]]),
            colors=style.FAINT,
            linewidths=float(np.clip(8 / np.sqrt(inner.sum()), 0.1, 0.7)),
            alpha=0.7,
            zorder=2,
            gid="facets",
            rasterized=inner.sum() > MANY,
        )
