"""Decision boundaries: which of several functions of two variables is largest where, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.base.errors import PwlinError
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.geometry.cone import Vector, dot
from pwlin.plot.drawing import beside, checks, marks, style
from pwlin.plot.drawing.mesh import PlaneMesh, clip, plane_mesh, require
from pwlin.plot.drawing.region_colours import label_colour
from pwlin.plot.level_set import faint_edges, place
from pwlin.plot.regions import MANY, frame_axes, notes, ratio

Floats = NDArray[np.float64]


@door
def decision_boundary(
    f: PiecewiseLinearND | Sequence[PiecewiseLinearND],
    g: PiecewiseLinearND | None = None,
    ax: Axes | None = None,
    window: object = None,
    names: Sequence[str] | None = None,
    title: str | None = None,
) -> Axes:
    """Draw where one function of two variables is larger than another, or which of several outputs is largest.

    Parameters
    ----------
    f : PiecewiseLinearND, or sequence of several outputs of one network
    g : PiecewiseLinearND, optional
        The second function, if `f` is one function; of any network on the same domain.
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    window : two pairs, optional
        As for `regions`.
    names : sequence of str, optional
        One for each area. Default: which function or output is largest.
    title : str, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Exact: cells are cut where two functions that are largest there are equal. Where such functions are equal on a whole
    area, it belongs to the first of them. Most cells need no cut: one function is largest at all their corners.
    """
    several = isinstance(f, (tuple, list))
    if not several and g is None:
        raise PwlinError(
            "g: found none; accepted is a second function, or a tuple of several outputs as f; where one output changes its "
            "sign, pwlin.plot.level_set(f, 0) draws"
        )
    outputs = [require(h) for h in (f if several else (f, g))]
    shared = all(h.complex is outputs[0].complex for h in outputs)
    if len(outputs) < 2 or (not shared and len(outputs) > 2):
        raise PwlinError(
            f"f: found {style.plural(len(outputs), 'function')}{'' if shared else ' on different complexes'}; "
            "accepted are two functions, or several outputs of one network"
        )
    if names is None:
        names = [f"output {k}" for k in range(len(outputs))] if several else ["F ≥ G", "F < G"]
    accepted = f"are {len(outputs)} texts, one per area"
    names = [arguments.text(name, "names") for name in arguments.items(names, "names", accepted)]
    if len(names) != len(outputs):
        raise arguments.refusal("names", str(len(names)), accepted)
    base = outputs[0] if shared else outputs[0] - outputs[1]
    heading = checks.heading(title)
    with style.context():
        mesh = plane_mesh(base, window)
        ax = beside.map_axes(ax, ratio(mesh), 0.0)
        areas, edges = _winners(base, mesh, [h.output for h in outputs] if shared else [base.output, None])
        rings = [[np.array([place(mesh, v) for v in ring]) for ring in area] for area in areas]
        lines = np.array([[place(mesh, v) for v in edge] for edge in edges]).reshape(-1, 2, 2)
        faint_edges(base, ax, mesh)
        entries = _draw(ax, rings, lines, names)
        frame_axes(ax, mesh)
        _write_names(ax, rings, lines, names)
        style.legend_above(ax, entries + notes(base), heading)
    return ax


def _draw(ax: Axes, rings: Sequence[Sequence[Floats]], lines: Floats, names: Sequence[str]) -> list[style.Entry]:
    """Fill the areas and draw the boundary between them."""
    entries: list[style.Entry] = []
    for k, area in enumerate(rings):
        if not area:
            continue
        colour = label_colour(k)
        marks.tiles(ax, area, [colour], gid=f"area {k}", rasterized=len(area) > MANY)
        entries.append((Patch(facecolor=colour), names[k]))
    absent = [name for name, area in zip(names, rings) if not area]
    if absent:
        text = absent[0] if len(absent) == 1 else f"{len(absent)} others"
        entries.append(style.remark(f"nowhere: {text}"))
    if len(lines):
        marks.lines(ax, list(lines), colors=style.INK, linewidths=2.0, capstyle="round", zorder=3, gid="boundary")
        entries.append((style.swatch([style.INK], 2), "boundary"))
    return entries


def _write_names(ax: Axes, rings: Sequence[Sequence[Floats]], lines: Floats, names: Sequence[str]) -> None:
    """Each area's name where it is farthest from the boundary, if there is room."""
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    steps = np.linspace(0, 1, 9)[:, None, None]
    border = np.array([[[0, 0], [1, 0]], [[1, 0], [1, 1]], [[1, 1], [0, 1]], [[0, 1], [0, 0]]])
    walls = np.concatenate([(lines - low) / (high - low), border])
    walls = (steps * (walls[:, 1] - walls[:, 0]) + walls[:, 0]).reshape(-1, 2)
    for k, area in enumerate(rings):
        if not area:
            continue
        largest = sorted(area, key=lambda ring: -np.prod(np.ptp(ring, axis=0)))[:200]
        places = np.array([(ring.mean(axis=0) - low) / (high - low) for ring in largest])
        room = np.array([np.min(np.hypot(*(walls - p).T)) for p in places])
        if room.max() > 0.07:
            place = low + places[np.argmax(room)] * (high - low)
            marks.write(ax, names[k], place, fontsize=style.NOTE_SIZE, zorder=4, gid="area-label")


def _winners(
    f: PiecewiseLinearND, mesh: PlaneMesh, outputs: Sequence[int | None]
) -> tuple[list[list[list[Vector]]], list[tuple[Vector, Vector]]]:
    """For each output (None: zero) the polygons where it is largest, and the segments where it equals another one."""
    areas: list[list[list[Vector]]] = [[] for _ in outputs]
    edges: dict[tuple[Vector, Vector], None] = {}
    for p, cell in enumerate(mesh.cells.tolist()):
        ring = [mesh.vertices[i] for i in mesh.polygons[p]]
        rows = [(0,) * 3 if k is None else f.complex.output_map(cell, k) for k in outputs]
        values = [[dot(row, v) for v in ring] for row in rows]
        top = [max(column) for column in zip(*values)]
        everywhere = [i for i, here in enumerate(values) if here == top]
        for i in everywhere[:1] or range(len(rows)):
            row = rows[i]
            if row in rows[:i]:
                continue
            rivals = [k for k, other in enumerate(rows) if other != row]
            kept = ring if everywhere else clip(ring, [tuple(a - b for a, b in zip(row, rows[k])) for k in rivals])
            if not kept:
                continue
            areas[i].append(kept)
            for k in rivals:
                if everywhere:
                    zero = [a == b for a, b in zip(values[i], values[k])]
                else:
                    zero = [dot(row, v) == dot(rows[k], v) for v in kept]
                for j in range(len(kept)):
                    if zero[j - 1] and zero[j]:
                        edges[min(kept[j - 1], kept[j]), max(kept[j - 1], kept[j])] = None
    return areas, list(edges)
