"""The graph of a function of two variables as a surface, with the colours of the region map."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Patch
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from mpl_toolkits.mplot3d.axes3d import Axes3D
from numpy.typing import NDArray

from pwlin.base.doors import door
from pwlin.formulas.target import TargetLike
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.plot.complex3d import axes_3d, frame_3d
from pwlin.plot.drawing import checks, region_colours, style
from pwlin.plot.drawing.mesh import PlaneMesh, plane_mesh, require
from pwlin.plot.drawing.region_colours import Smooth
from pwlin.plot.drawing.scale_shown import ScaleShown
from pwlin.plot.regions import MANY, counts, notes

_FINEST = 16
_MOST_OUTLINED = 4000


@door
def surface(
    f: PiecewiseLinearND,
    target: TargetLike | None = None,
    ax: Axes3D | None = None,
    color_by: str | None = None,
    window: object = None,
    legend: bool = True,
    title: str | None = None,
    *,
    norm: Normalize | None = None,
    cax: Axes | None = None,
) -> Axes3D:
    """Draw the graph of a function of two variables in space, each region's facet in the colour of the region map.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables.
    target : str, sympy expression, Target, callable or PiecewiseLinearND, optional
        What errors are measured against; other colourings do not use it.
    ax : matplotlib Axes of a 3-D projection, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    color_by, window, legend, norm, cax
        As for `regions`. Values and errors have small steps here.
    title : str, optional

    Returns
    -------
    matplotlib Axes
    """
    function = require(f)
    colouring = region_colours.chosen(color_by, target)
    scale = ScaleShown.read(norm, cax, legend, colouring)
    heading = checks.heading(title)
    with style.context():
        mesh = plane_mesh(function, window)
        ax = axes_3d(ax, (7.4, 5.4))
        entries = _draw(function, ax, mesh, colouring, target, scale)
        style.legend_above(ax, entries if legend else [], heading)
    return ax


def _draw(
    f: PiecewiseLinearND, ax: Axes3D, mesh: PlaneMesh, color_by: str, target: TargetLike | None, scale: ScaleShown
) -> list[style.Entry]:
    painted = region_colours.paint(f, mesh, color_by, target, _FINEST, scale.norm)
    if isinstance(painted, Smooth):
        polygons = list(np.column_stack([painted.points, painted.heights])[painted.triangles])
        colours = region_colours.smooth_colours(painted)
        edges: style.Colour | NDArray[np.float64] = colours
        scale.bar(ax, painted, gap=0.6, height=0.6)
    else:
        corners = np.column_stack([mesh.points, mesh.heights])[mesh.polygons.ids]
        polygons = np.split(corners, mesh.polygons.offsets[1:-1])
        colours = painted.colours[mesh.cells]
        edges = style.INK if len(polygons) <= _MOST_OUTLINED else colours
        if painted.scale is not None:
            scale.disc(ax, painted.scale, mesh.cells, gap=0.1)
    made = Poly3DCollection(
        polygons,
        facecolors=colours,
        edgecolors=edges,
        linewidths=0.5 if isinstance(painted, Smooth) else float(np.clip(6 / np.sqrt(len(mesh.cells)), 0.15, 0.8)),
        rasterized=len(polygons) > MANY,
    )
    made.set_gid("surface")
    ax.add_collection3d(made)
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    z = float(mesh.heights.min()), float(mesh.heights.max())
    pad = 0.03 * (z[1] - z[0]) or 0.5
    frame_3d(ax, np.array([*low, z[0] - pad]), np.array([*high, z[1] + pad]), mesh.scales[2].label("F(x, y)"))
    ax.set_xlabel(mesh.scales[0].label("x"))
    ax.set_ylabel(mesh.scales[1].label("y"))
    ax.set_box_aspect((4, 4, 3), zoom=1.08)
    return [(Patch(facecolor="none", edgecolor=style.INK, lw=0.8), counts(f, mesh)), *notes(f)]
