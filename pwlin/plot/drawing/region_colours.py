"""What gives a region its colour: its gradient, its pattern, the function's value, or its error against a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize, to_rgb
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.errors import PwlinError, TargetError
from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_float
from pwlin.exact.text import formula
from pwlin.functions.cells.complex import CellComplex
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.plot.drawing import checks, style
from pwlin.plot.drawing.gradient_colours import GradientScale, gradient_scale
from pwlin.plot.drawing.mesh import PlaneMesh
from pwlin.plot.drawing.scale import Scale

if TYPE_CHECKING:
    from pwlin.formulas.kinds import Target
    from pwlin.formulas.target import TargetLike

Floats = NDArray[np.float64]
COLOUR_BY = ("gradient", "pattern", "value", "error")
PATTERN_HUES = ("#4E95C8", "#E6A23C", "#5FAE87", "#C77BA6", "#8C7BC0", "#B5A642", "#6CC5D9", "#C96A52")
_LABEL_TINTS = (0.5, 0.12, 0.76)
"""How much white the colours of labels have, in turn; beyond three times eight labels they repeat."""
_SHADES = (0.0, 0.42, -0.28, 0.66, -0.46, 0.22)
_FINEST = 32
_MOST_TRIANGLES = 400_000
_ERROR_MAP = "PuOr_r"


@final
@dataclass(frozen=True, eq=False)
class Flat:
    """One colour for each region, shape (n_regions, 3), and the scale if it is the gradient's."""

    colours: Floats
    scale: GradientScale | None


@final
@dataclass(frozen=True, eq=False)
class Smooth:
    """Values at the corners of small triangles inside the cells, with their colours.

    `heights` are the function's own values there.
    """

    points: Floats
    heights: Floats
    triangles: Integers
    values: Floats
    cmap: str
    norm: Normalize
    label: str
    samples: int


def label_colour(label: int) -> Floats:
    """The colour of the area where one of several outputs is the largest: 24 different ones."""
    white = _LABEL_TINTS[label // len(PATTERN_HUES) % len(_LABEL_TINTS)]
    return np.asarray(white + (1 - white) * np.array(to_rgb(PATTERN_HUES[label % len(PATTERN_HUES)])))


def chosen(color_by: object, target: TargetLike | None) -> str:
    """What gives the colours: `color_by`, or what the target says; refuses unknown ones, and errors without a target."""
    if color_by is None:
        return "gradient" if target is None else "error"
    found = arguments.choice(color_by, "color_by", COLOUR_BY)
    if found == "error" and target is None:
        raise PwlinError("target: found none; accepted with color_by='error' is a target such as 'x**2 + y**2'")
    return found


def paint(
    f: PiecewiseLinearND,
    mesh: PlaneMesh,
    color_by: str,
    target: TargetLike | None = None,
    finest: int = _FINEST,
    norm: Normalize | None = None,
) -> Flat | Smooth:
    """The colours of what a mesh shows, by a norm that maps share if there is one; smooth ones have about `finest` steps."""
    if color_by == "gradient":
        scale = gradient_scale(f, mesh.cells, mesh.areas, norm)
        return Flat(scale.colours(), scale)
    if color_by == "pattern":
        return Flat(pattern_colours(f.complex), None)
    painted = _value(mesh, finest) if color_by == "value" else _error(mesh, Target2D.read(target), finest)
    if norm is None:
        return painted
    if norm.vmin is None or norm.vmax is None:  # one that knows no ends learns them from its first map
        norm.vmin, norm.vmax = painted.norm.vmin, painted.norm.vmax
    return replace(painted, norm=checks.holding(norm, [float(painted.heights.min()), float(painted.heights.max())]))


# -- patterns -------------------------------------------------------------------------------------


def pattern_colours(cells: CellComplex) -> Floats:
    """Colours, shape (n, 3), that differ between regions that share a facet.

    The hue belongs to the pattern of the first hidden layer, the shade to what the deeper layers add. Both come from a
    greedy colouring of the regions' graph, so that few colours do; but as many patterns as there are hues have one each.
    """
    joined = cells.facet_cells[cells.interior]
    family, count = _first_patterns(cells)
    across = family[joined[:, 0]] != family[joined[:, 1]]
    hues = family if own_hues(cells) else greedy_colouring(count, family[joined[across]])[family]
    shades = greedy_colouring(len(cells), joined[~across])
    base = np.array([to_rgb(c) for c in PATTERN_HUES])[hues % len(PATTERN_HUES)]
    rounds = hues // len(PATTERN_HUES)  # only spaces of three and more dimensions may need more hues than there are
    amount = np.array(_SHADES)[(shades + 3 * rounds) % len(_SHADES)][:, None]
    return np.where(amount >= 0, base + amount * (1 - base), base * (1 + amount))


def _first_patterns(cells: CellComplex) -> tuple[Integers, int]:
    """The number of each cell's pattern of the first hidden layer, and how many there are."""
    first = (1 << cells.neurons.sizes[0]) - 1 if cells.neurons.sizes else 0
    known: dict[int, int] = {}
    family = np.array([known.setdefault(p & first, len(known)) for p in cells.patterns], dtype=np.int64)
    return family, len(known)


def own_hues(cells: CellComplex) -> bool:
    """Whether each pattern of the first hidden layer has a hue of its own."""
    return _first_patterns(cells)[1] <= len(PATTERN_HUES)


def greedy_colouring(n: int, edges: Integers) -> Integers:
    """Colours 0, 1, ... of a graph's nodes such that neighbours differ; planar graphs need six at most.

    Nodes are coloured in the reverse of the order in which nodes of least degree are taken away (Matula and Beck 1983),
    each with the colour allowed that has been used least.
    """
    pairs = np.unique(np.sort(edges, axis=1), axis=0) if len(edges) else np.zeros((0, 2), dtype=np.int64)
    around: list[list[int]] = [[] for _ in range(n)]
    for a, b in pairs.tolist():
        around[a].append(b)
        around[b].append(a)
    degree = [len(a) for a in around]
    buckets: list[list[int]] = [[] for _ in range(max(degree, default=0) + 1)]
    for node in range(n - 1, -1, -1):
        buckets[degree[node]].append(node)
    taken, low, most = [False] * n, 0, 0
    order: list[int] = []
    while len(order) < n:
        while not buckets[low]:
            low += 1
        node = buckets[low].pop()
        if taken[node] or degree[node] != low:
            continue
        taken[node] = True
        most = max(most, low)
        order.append(node)
        for other in around[node]:
            if not taken[other]:
                degree[other] -= 1
                buckets[degree[other]].append(other)
        low = max(low - 1, 0)
    colours, used = [-1] * n, [0] * min(most + 1, 4)
    for node in reversed(order):
        near = {colours[other] for other in around[node]}
        allowed = [c for c in range(len(used)) if c not in near]
        if not allowed:
            allowed = [len(used)]
            used.append(0)
        colours[node] = min(allowed, key=lambda c: used[c])
        used[colours[node]] += 1
    return np.array(colours, dtype=np.int64)


# -- values and errors ----------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class Target2D:
    """A target of two variables as pictures use it, with the text that names it."""

    target: Target
    name: str

    @staticmethod
    def read(target: TargetLike | Target2D) -> Target2D:
        """Read what users pass."""
        if isinstance(target, Target2D):
            return target
        from pwlin.formulas.target import read_target

        goal = read_target(target, 2, allow_callable=True)
        return Target2D(goal, formula(goal.text))

    @property
    def label(self) -> str:
        """What the difference is called."""
        if not self.name:
            return "F − target"
        short = self.name if len(self.name) <= 24 else "target"
        return f"F − ({short})" if any(s in short[1:] for s in "+-−") else f"F − {short}"

    def __call__(self, points: Floats) -> Floats:
        """Values at float points."""
        return self.target(points)


def _value(mesh: PlaneMesh, finest: int) -> Smooth:
    triangles, _ = mesh.triangles()
    z = mesh.heights[triangles]
    span = float(np.ptp(mesh.heights)) or 1.0
    points, heights, small = subdivide(mesh, triangles, np.ptp(z, axis=1) / span * finest)
    norm, label = style.span(heights), mesh.scales[2].label("F(x, y)")
    return Smooth(points, heights, small, heights, style.SEQUENTIAL, norm, label, 0)


def _error(mesh: PlaneMesh, goal: Target2D, finest: int) -> Smooth:
    triangles, _ = mesh.triangles()
    corners = mesh.points[triangles]
    extent = np.maximum(np.ptp(mesh.points, axis=0), 1e-300)
    reach = np.max(np.ptp(corners, axis=1) / extent, axis=1)
    points, heights, small = subdivide(mesh, triangles, np.maximum(2, reach * 2 * finest))
    places = np.empty_like(points)
    for k, scale in enumerate(mesh.scales[:2]):
        low, high = (float(v) for v in mesh.window[k])
        places[:, k] = np.clip(points[:, k] * float(scale.unit) + float(scale.offset), low, high)
    zs = mesh.scales[2]
    if zs.unit < 1:  # numbers this small vanish beside the target's
        zs, heights = Scale(), heights * nearest_float(zs.unit) + nearest_float(zs.offset)
    values = heights - (goal(places) * nearest_float(1 / zs.unit) - nearest_float(zs.offset / zs.unit))
    finite = values[np.isfinite(values)]
    if not len(finite):
        raise TargetError(f"target: found no value of {goal.name} in the window; accepted are targets defined there")
    top = float(np.abs(finite).max()) or 1.0
    unit = zs.label(goal.label) if not zs.offset else goal.label
    return Smooth(points, heights, small, values, _ERROR_MAP, Normalize(-top, top), unit, len(points))


def subdivide(mesh: PlaneMesh, triangles: Integers, wanted: Floats) -> tuple[Floats, Floats, Integers]:
    """Cut each triangle into k² similar ones, k a power of two of about `wanted`; few triangles may have many parts.

    Returns
    -------
    points, shape (n, 2); heights, shape (n,); triangles, shape (m, 3)
    """
    best = np.exp2(np.clip(np.ceil(np.log2(np.maximum(wanted, 1.0))), 0, np.log2(2 * _FINEST))).astype(np.int64)
    while (best**2).sum() > _MOST_TRIANGLES and best.max() > 1:
        best = np.maximum(best // 2, 1)
    xyz = np.column_stack([mesh.points, mesh.heights])[triangles]
    nodes: list[Floats] = []
    parts: list[Integers] = []
    count = 0
    for k in np.unique(best).tolist():
        weights, local = _grid(k)
        here = np.einsum("nc,tcd->tnd", weights, xyz[best == k])
        starts = count + np.arange(len(here))[:, None, None] * len(weights)
        nodes.append(here.reshape(-1, 3))
        parts.append((local[None] + starts).reshape(-1, 3))
        count += len(nodes[-1])
    every = np.concatenate(nodes)
    return every[:, :2], every[:, 2], np.concatenate(parts)


def _grid(k: int) -> tuple[Floats, Integers]:
    """Barycentric nodes of a triangle cut into k² ones, and these by their nodes."""
    index: dict[tuple[int, int], int] = {}
    nodes: list[Sequence[float]] = []
    for i in range(k + 1):
        for j in range(k + 1 - i):
            index[i, j] = len(nodes)
            nodes.append(((k - i - j) / k, i / k, j / k))
    parts = [(index[i, j], index[i + 1, j], index[i, j + 1]) for i in range(k) for j in range(k - i)]
    parts += [(index[i + 1, j], index[i + 1, j + 1], index[i, j + 1]) for i in range(k) for j in range(k - 1 - i)]
    return np.array(nodes), np.array(parts, dtype=np.int64)


def smooth_colours(smooth: Smooth) -> Floats:
    """One colour for each small triangle: that of its mean value; undefined values leave it transparent."""
    mean = smooth.values[smooth.triangles].mean(axis=1)
    colours = np.asarray(colormaps[smooth.cmap](smooth.norm(mean)), dtype=np.float64)
    colours[~np.isfinite(mean), 3] = 0.0
    return colours
