"""A colour for every gradient: a two-dimensional scale with its legend.

Right and left of the zero gradient lie orange and blue, above and below it light and dark: the two directions use the two
channels (yellow against blue, and lightness) that readers with any red-green colour deficiency see as others do. Size is
strength of colour, steeper near zero, where most gradients are; the zero gradient is grey. Colours are laid out in Oklab (Ottosson 2020), where equal steps look equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike, NDArray

from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_float
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.plot.drawing import style

Floats = NDArray[np.float64]

_CENTRE = np.array([0.70, 0.0, 0.0])
_RIGHT = np.array([0.03, 0.070, 0.125])
_LEFT = np.array([-0.06, -0.030, -0.135])
_UP = np.array([0.235, -0.055, 0.025])
_DOWN = np.array([-0.36, 0.075, -0.04])
_EXPONENT = 0.7
DISC = 1.1
"""Inches of the scale's disc across."""
LEGEND_ROOM = 2.1
"""Inches that the scale takes beside the axes."""
_OKLAB = np.array(
    [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.291485548]]
)
_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)


def disc_colours(u: ArrayLike, v: ArrayLike) -> Floats:
    """sRGB colours, shape (..., 3), of points of the unit disc; points outside take the colour of its rim."""
    p = np.stack(np.broadcast_arrays(np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)), axis=-1)
    size = np.hypot(p[..., 0], p[..., 1])[..., None]
    p = p / np.maximum(1.0, size) * np.clip(size, 1e-9, 1.0) ** (_EXPONENT - 1)
    right, left = np.maximum(p[..., :1], 0), np.maximum(-p[..., :1], 0)
    up, down = np.maximum(p[..., 1:], 0), np.maximum(-p[..., 1:], 0)
    return srgb(_CENTRE + right * _RIGHT + left * _LEFT + up * _UP + down * _DOWN)


def srgb(lab: ArrayLike) -> Floats:
    """From Oklab to sRGB, shape (..., 3), cut to [0, 1]."""
    light = np.clip((np.asarray(lab) @ _OKLAB.T) ** 3 @ _RGB.T, 0.0, 1.0)
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


@final
@dataclass(frozen=True, eq=False)
class GradientScale:
    """Which disc of the gradient plane the colours span.

    Attributes
    ----------
    unit : Fraction
        Gradients are taken in this unit, so that numbers of any size can be drawn.
    centre : ndarray, shape (2,)
        What is grey: zero, unless zero lies outside the disc that holds the gradients.
    radius : float
    gradients : ndarray, shape (n_regions, 2)
        Of all regions, in that unit.
    beyond : int
        Number of regions shown whose gradient lies outside the disc; they have the colour of its rim.
    """

    unit: Fraction
    centre: Floats
    radius: float
    gradients: Floats
    beyond: int

    def colours(self) -> Floats:
        """The colour of each region, shape (n_regions, 3)."""
        return disc_colours(*((self.gradients - self.centre) / self.radius).T)


def gradient_scale(
    f: PiecewiseLinearND, cells: Integers, areas: Floats, norm: Normalize | None = None
) -> GradientScale:
    """The scale for the gradients of some cells with given areas.

    The disc holds all gradients, unless those on the last 1 % of the area would make it more than a quarter larger. That of a
    norm is centred at 0 and ends where the norm does.
    """
    gradients, unit = unit_gradients(f)
    here = gradients[cells]
    if norm is not None:
        largest = nearest_float(Fraction(float(np.hypot(*here.T).max())) * unit) or 1.0
        if norm.vmax is None:  # one that knows no ends learns them from its first map
            norm.autoscale([0.0, largest])
        radius = float(Fraction(norm.vmax or largest) / unit)
        far = np.hypot(*here.T) > radius * (1 + 1e-9)
        return GradientScale(unit, np.zeros(2), radius, gradients, int(far.sum()))
    weights = areas / areas.sum() if areas.sum() > 0 else np.full(len(areas), 1 / len(areas))
    mean = weights @ here
    spread = _radius(here - mean, weights)
    centre = mean if np.hypot(*mean) > max(spread, 1e-300) and spread > 0 else np.zeros(2)
    if centre.any():
        step = 10.0 ** np.floor(np.log10(spread))
        centre = np.round(centre / step) * step
    radius = _radius(here - centre, weights) or 1.0
    far = np.hypot(*(here - centre).T) > radius * (1 + 1e-9)
    return GradientScale(unit, centre, radius, gradients, int(far.sum()))


def unit_gradients(f: PiecewiseLinearND) -> tuple[Floats, Fraction]:
    """Gradients in a unit that float64 can hold, shape (n_regions, d), and that unit: 1 for ordinary numbers.

    They are off by less than any eye can tell colours.
    """
    cells, (near, bound) = f.complex, f.near_maps
    if bound < np.inf and 1e-90 < (size := float(np.abs(near[:, :-1]).max())) < 1e90 and bound <= 1e-6 * size:
        return near[:, :-1], Fraction(1)
    rows = [row[:-1] for row in cells.output_maps(f.output)]
    top = max(max(map(abs, row)) for row in rows)
    most = Fraction(top, cells.denominator)
    if not most or Fraction(10) ** -90 < most < Fraction(10) ** 90:
        return f.numpy()[0], Fraction(1)
    return np.array([[v / top for v in row] for row in rows]), most


def _radius(offsets: Floats, weights: Floats) -> float:
    sizes = np.hypot(*offsets.T)
    order = np.argsort(sizes, kind="stable")
    within = np.cumsum(weights[order])
    bulk = float(sizes[order[min(int(np.searchsorted(within, 0.99)), len(order) - 1)]])
    largest = float(sizes.max())
    return largest if largest <= 1.25 * bulk or bulk == 0 else bulk


def draw_scale(inset: Axes, scale: GradientScale, cells: Integers) -> None:
    """Draw the scale as a disc with labelled axes; dots are the gradients of the regions shown."""
    n = 160
    grid = (np.arange(n) + 0.5) / n * 2 - 1
    u, v = np.meshgrid(grid, grid)
    rgba = np.concatenate([disc_colours(u, v), (np.hypot(u, v) <= 1)[..., None].astype(float)], axis=-1)
    (x, y), r = scale.centre, scale.radius
    inset.imshow(rgba, extent=(x - r, x + r, y - r, y + r), origin="lower", interpolation="bilinear", zorder=0)
    turn = np.linspace(0, 2 * np.pi, 181)
    inset.plot(x + r * np.cos(turn), y + r * np.sin(turn), color=style.FAINT, lw=0.8, zorder=1)
    offsets = scale.gradients[cells] - scale.centre
    size = np.maximum(1.0, np.hypot(*offsets.T) / r)[:, None]
    dots = np.unique(np.round(scale.centre + offsets / size, 12), axis=0)
    inset.scatter(
        dots[:, 0],
        dots[:, 1],
        s=float(np.clip(400 / len(dots), 0.6, 9)),
        color=style.INK,
        alpha=float(np.clip(300 / len(dots), 0.1, 1.0)),
        linewidths=0,
        zorder=2,
        gid="gradients",
        rasterized=len(dots) > 2000,
    )
    pad = 1.04 * r
    inset.set(xlim=(x - pad, x + pad), ylim=(y - pad, y + pad), aspect="equal")
    inset.set_xticks([x, x + r], [style.decimal(t, 2) for t in (x, x + r)])
    inset.set_yticks([y, y + r], [style.decimal(t, 2) for t in (y, y + r)])
    inset.tick_params(labelsize=style.LABEL_SIZE - 1, length=2, pad=1.5)
    for side in inset.spines.values():
        side.set_visible(False)
    over = "" if scale.unit == 1 else f" / {style.decimal(scale.unit, 2)}"
    inset.set_xlabel(f"∂F/∂x{over}", fontsize=style.LABEL_SIZE, labelpad=1)
    inset.set_ylabel(f"∂F/∂y{over}", fontsize=style.LABEL_SIZE, labelpad=0)
    inset.set_title("gradient", fontsize=style.NOTE_SIZE, loc="center", pad=4)
    text = "dots: regions shown"
    if scale.beyond:
        text += f"\n{scale.beyond:,} beyond, on the rim"
    inset.text(0.5, -0.36, text, transform=inset.transAxes, ha="center", va="top", fontsize=style.LABEL_SIZE - 1)
