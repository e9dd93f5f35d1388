"""Complexes and level sets in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from mpl_toolkits.mplot3d.axes3d import Axes3D
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import in_full
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.polytope import Polytope
from pwlin.plot.drawing import beside, checks, style
from pwlin.plot.drawing.mesh import require, window_of
from pwlin.plot.drawing.region_colours import pattern_colours
from pwlin.plot.regions import MANY, notes

Floats = NDArray[np.float64]
_MOST_EXPLODED = 60
_VIEW = (28.0, -56.0)  # elevation and azimuth in degrees: the corner towards the viewer has large x, small y, large z


@door
def complex3d(
    f: PiecewiseLinearND,
    ax: Axes3D | None = None,
    color_by: str = "pattern",
    show: str = "auto",
    explode: float = 0.35,
    window: object = None,
    title: str | None = None,
) -> Axes3D:
    """Draw the regions of a function of three variables.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of three variables.
    ax : matplotlib Axes of a 3-D projection, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    color_by : "pattern" or "value"
        As for `regions`; facets have the mean value of their corners.
    show : "exploded", "cutaway" or "auto"
        "exploded": translucent cells, moved apart. "cutaway": solid, without the cells whose centre lies in the corner
        towards the viewer. "auto": exploded up to 60 regions.
    explode : float
        How far apart: 0 leaves the cells in place, 1 doubles the distances of their centres.
    window : three pairs, optional
        As for `regions`; a complex that goes on without end is extracted anew inside the window.
    title : str, optional

    Returns
    -------
    matplotlib Axes
    """
    function = require(f, 3)
    arguments.choice(color_by, "color_by", ("pattern", "value"))
    arguments.choice(show, "show", ("auto", "exploded", "cutaway"))
    distance = arguments.number(explode, "explode", least=0)
    heading = checks.heading(title)
    with style.context():
        part = within(function, window)
        ax = axes_3d(ax, (6.6, 6.0))
        if show == "auto":
            show = "exploded" if part.n_regions <= _MOST_EXPLODED else "cutaway"
        entries = _draw_cells(part, ax, color_by, show == "exploded", distance)
        style.legend_above(ax, entries + notes(function), heading)
    return ax


def within(f: PiecewiseLinearND, window: object) -> PiecewiseLinearND:
    """The function on the part of its domain inside a window; itself if that is all."""
    if window is None and f.domain.is_bounded:
        return f
    from pwlin.extraction.cells.extract import extract_cells

    sides = [*f.domain.halfspaces, *Polytope.box(window_of(f, window)).halfspaces]
    part = Polytope.from_halfspaces([h.normal for h in sides], [h.offset for h in sides])
    return extract_cells(f.network, part)[0]


def axes_3d(ax: Axes | None, size: tuple[float, float]) -> Axes3D:
    """`ax` itself if it is 3-D, or the 3-D Axes of a new figure."""
    given = checks.given(ax, Axes3D, "ax", "Axes with projection='3d'")
    if given is None:
        given = plt.figure(figsize=size, layout="constrained").add_subplot(projection="3d")
        given.view_init(*_VIEW)
    return given


def _corners(f: PiecewiseLinearND) -> Floats:
    rows = [[nearest_float(Fraction(v, g[-1])) for v in g[:-1]] for g in f.complex.generators]
    return np.array(rows)


def _ring(points: Floats, normal: Sequence[float]) -> Floats:
    """The corners of a convex polygon in space in order around it."""
    kept = np.delete(points, int(np.argmax(np.abs(normal))), axis=1)
    x, y = (kept - kept.mean(axis=0)).T
    return points[np.argsort(np.arctan2(y, x), kind="stable")]


def _draw_cells(f: PiecewiseLinearND, ax: Axes3D, color_by: str, exploded: bool, explode: float) -> list[style.Entry]:
    cells = f.complex
    corners = _corners(f)
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle = (low + high) / 2
    owner = np.repeat(np.arange(len(cells)), cells.cells.lengths())
    centres = np.zeros((len(cells), 3))
    np.add.at(centres, owner, corners[cells.cells.ids])
    centres /= cells.cells.lengths()[:, None]
    shown = np.ones(len(cells), dtype=bool)
    if not exploded:
        shown = ~((centres[:, 0] > middle[0]) & (centres[:, 1] < middle[1]) & (centres[:, 2] > middle[2]))
        shown |= not shown.any()
    polygons, colours = [], []
    values = np.array(
        [nearest_float(Fraction(h, g[-1] * cells.denominator)) for h, g in zip(f.heights.all, cells.generators)]
    )
    norm = style.span(values)
    flat = pattern_colours(cells)
    for facet, sides in enumerate(cells.facet_cells.tolist()):
        around = [c for c in sides if c >= 0 and shown[c]]
        if not around or (not exploded and len(around) == 2):
            continue
        ids = cells.facets[facet]
        size = max(map(abs, cells.facet_normals[facet]))
        ring = _ring(corners[ids], [v / size for v in cells.facet_normals[facet][:3]])
        for cell in around:
            shift = explode * (centres[cell] - middle) if exploded else 0.0
            polygons.append(ring + shift)
            colours.append(
                flat[cell] if color_by == "pattern" else colormaps[style.SEQUENTIAL](norm(values[ids].mean()))[:3]
            )
    made = Poly3DCollection(
        polygons,
        facecolors=[(*c, 0.55 if exploded else 1.0) for c in colours],
        edgecolors=style.INK,
        linewidths=0.5 if len(polygons) < 1000 else 0.2,
        rasterized=len(polygons) > MANY,
    )
    made.set_gid("cells")
    ax.add_collection3d(made)
    drawn = np.concatenate(polygons)
    frame_3d(ax, drawn.min(axis=0), drawn.max(axis=0))
    if exploded and explode:  # cells are not where they belong
        ax.set(xticklabels=[], yticklabels=[], zticklabels=[])
        for axis, name, a, b in zip((ax.xaxis, ax.yaxis, ax.zaxis), "xyz", low, high, strict=True):
            axis.labelpad = -8
            axis.set_label_text(f"{name}: {style.decimal(float(a), 3)} to {style.decimal(float(b), 3)}")
    if color_by == "value":
        beside.colour_bar(ax, style.SEQUENTIAL, norm, "F(x, y, z)", gap=0.4, height=0.6)
    text = f"{len(cells):,} regions in {f.n_pieces:,} pieces"
    colour = [tuple(c) for c in np.unique(np.round(np.array(colours)[:50], 6), axis=0)[:3]]
    away = "" if shown.all() else "; the corner towards the viewer is cut away"
    return [(style.swatch(colour, 6), text + ("; moved apart" if exploded and explode else away))]


def frame_3d(ax: Axes3D, low: Floats, high: Floats, z: str = "z") -> None:
    """Limits and labels."""
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    ax.set(xlabel="x", ylabel="y", zlabel=z)
    size = high - low
    equal = size.max() <= 5 * size.min()
    ax.set_box_aspect(tuple(size / size.max()) if equal else None, zoom=0.92)  # leaves room for the third axis' label
    for axis, prune in ((ax.xaxis, "both"), (ax.yaxis, "both"), (ax.zaxis, None)):  # labels meet at the front corner
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], prune=prune))
        axis.pane.set_facecolor("white")
        axis.pane.set_edgecolor("#DDDDDD")
        axis._axinfo["grid"].update(color="#E6E6E6", linewidth=0.5)


def level_polygons(
    f: PiecewiseLinearND,
    values: Sequence[Fraction],
    colours: Sequence[style.Colour],
    ax: Axes | None,
    window: object,
    title: str | None,
) -> Axes3D:
    """Draw level sets of a function of three variables as polygons in space."""
    part = within(f, window)
    space = axes_3d(ax, (6.4, 6.0))
    handles = []
    for value, colour in zip(values, colours):
        faces = part.level_set(value).of_dimension(2)
        rings = []
        for face in faces:
            points = np.array([[nearest_float(v) for v in p] for p in face.vertices])
            normal = np.linalg.svd(points - points.mean(axis=0))[2][2]
            rings.append(_ring(points, normal.tolist()))
        made = Poly3DCollection(
            rings or [np.zeros((3, 3)) * np.nan],
            facecolors=colour,
            edgecolors=style.INK,
            linewidths=0.4,
            alpha=0.85 if len(values) == 1 else 0.5,
            shade=bool(rings),
            label=style.equation("F", value) + ("" if rings else " (nowhere)"),
        )
        made.set_gid(f"level {in_full(value)}")
        space.add_collection3d(made)
        handles.append(plt.Rectangle((0, 0), 1, 1, facecolor=colour))
    corners = _corners(part)
    frame_3d(space, corners.min(axis=0), corners.max(axis=0))
    names = [style.equation("F", v) for v in values]
    space.legend(handles[:8], names[:8], loc="upper left", title=checks.heading(title) or None)
    return space
