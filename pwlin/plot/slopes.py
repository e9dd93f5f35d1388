"""The slopes: a staircase with one step for each piece, against the target's derivative."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import NDArray

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.base.errors import TargetError
from pwlin.formulas.target import TargetLike
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.plot.drawing import checks, marks, scale, style
from pwlin.plot.drawing.goal import Goal, Part, Window, inside, parts, require_1d
from pwlin.plot.drawing.neuron_colours import NeuronColours
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.fit import COLOUR_BY, Colouring, bands, leading, set_limits

_CORE, _FAR = Fraction(49, 50), 3.0  # steps over the last 2 % of the width may run off the axis if they triple it
_MINOR = Fraction(1, 2)  # and if no more than this share of all the function's way up and down is theirs
_MOST_WRITTEN = 8  # up to so many steps carry their slope as text


@door
def slopes(
    f: PiecewiseLinear1D,
    ax: Axes | None = None,
    target: TargetLike | None = None,
    color_by: str = "region",
    window: object = None,
    title: str | None = None,
    *,
    vmax: object = None,
    norm: Normalize | None = None,
    cax: Axes | None = None,
) -> Axes:
    """Draw the slope of each piece as a staircase, against the derivative of the target.

    Parameters
    ----------
    f : PiecewiseLinear1D
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    target : str, sympy expression, Target or PiecewiseLinear1D, optional
        Its derivative is drawn behind, in grey; a staircase too if it is piecewise linear. A callable has no derivative
        and is left out.
    color_by : "region", "piece", "slope" or "none"
        As for `fit`.
    window : pair (a, b), optional
        As for `fit`.
    title : str, optional
    vmax, norm, cax : optional
        As for `fit`.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    A riser at a kink has the colour of its neuron and its length is the jump. Heights are exact, rounded once.
    """
    function = require_1d(f)
    arguments.choice(color_by, "color_by", COLOUR_BY)
    heading = checks.heading(title)
    with style.context():
        ax = style.axes(ax, (8.0, 3.6))
        shown = scale.window(function, window)
        goal = None if target is None else Goal.read(target)
        stretches = parts(function, shown, "region" if color_by == "region" else "piece")
        entries = _draw(function, ax, goal, shown, stretches, Colouring.read(color_by, vmax, norm, cax, stretches))
        style.legend_above(ax, entries, heading)
    return ax


def _draw(
    f: PiecewiseLinear1D, ax: Axes, goal: Goal | None, shown: Window, stretches: list[Part], colouring: Colouring
) -> list[style.Entry]:
    colours, neurons = colouring.colours(stretches), NeuronColours.of(f)
    points, wanted = _derivative(goal, shown)
    xs = Scale.spanning(shown)
    ys = Scale.spanning([*(p.slope for p in stretches), *(v for v in wanted if v is not None)])
    entries: list[style.Entry] = []
    ax.set_xlim(xs(shown[0]), xs(shown[1]))
    bands(ax, stretches, colours, xs)
    ax.axhline(ys(Fraction(0)), color=style.FAINT, lw=0.6, zorder=1)
    behind = ys.floats_or_gaps(wanted)
    if goal and points:
        entries.append((marks.target(ax, xs.all(points), behind, 4), goal.slope_label))

    kinks = [k for k in inside(f.kinks, shown) if shown[0] < k.location < shown[1]]
    risers, riser_colours = [], []
    for kink in kinks:
        x = xs(kink.location)
        risers.append([(x, ys(kink.slope_before)), (x, ys(kink.slope_after))])
        riser_colours.append(neurons.colour(leading(kink)))
    thick = len(stretches) <= 100
    marks.lines(ax, risers, colors=riser_colours, linewidths=1.2, linestyles=(0, (3, 1.2)), zorder=2.5, gid="risers")
    steps = [[(xs(p.left), ys(p.slope)), (xs(p.right), ys(p.slope))] for p in stretches]
    marks.lines(ax, steps, colors=colours, linewidths=3 if thick else 1.6, capstyle="butt", zorder=3, gid="steps")
    heights = ys.all([p.slope for p in stretches])
    written = f.n_pieces <= _MOST_WRITTEN
    core = _core(stretches, heights, shown)
    off = [h for h in heights.tolist() if not core[0] <= h <= core[1]]
    set_limits(ax, [*core, *behind], 0.08 if written else 0.0)
    if written:
        for p in parts(f, shown, "piece"):
            _write(ax, xs(p.left), xs(p.right), ys(p.slope), p.slope)
    ax.set_xlabel(xs.label("x"))
    ax.set_ylabel(ys.label("slope"))
    count = style.plural(len(parts(f, shown, "piece")), "piece", f.n_pieces)
    different = len({p.slope for p in stretches})
    repeats = f", {different} different" if different < len(parts(f, shown, "piece")) else ""
    entries.append((style.swatch(colours[:3], 3), f"slopes of f: {count}{repeats}"))
    entries += colouring.entries()
    low, high = ax.get_ylim()
    off = [h for h in off if not low <= h <= high]
    if off:
        ends = " to ".join(style.decimal(v, 3) for v in dict.fromkeys([min(off), max(off)]))
        entries.append(style.remark(f"{style.plural(len(off), 'short step')} beyond the axis, {ends}"))
    if kinks:
        whose = f", coloured by neuron{neurons.note(map(leading, kinks))}" if f.network is not None else ""
        entries.append((style.swatch(riser_colours[:2], 1.2), f"jumps{whose}"))
    return entries


def _core(stretches: Sequence[Part], heights: NDArray[np.float64], shown: Window) -> tuple[float, float]:
    """Lowest and highest step that the axis must show: all, unless very short ones lie far from all others."""
    order = sorted(range(len(stretches)), key=lambda i: stretches[i].left - stretches[i].right)
    covered, kept = Fraction(0), []
    for i in order:
        if covered >= (shown[1] - shown[0]) * _CORE:
            break
        covered += stretches[i].right - stretches[i].left
        kept.append(float(heights[i]))
    low, high = min(kept), max(kept)
    ways = [abs(p.slope) * (p.right - p.left) for p in stretches]
    short = sum((ways[i] for i in order[len(kept) :]), Fraction(0))
    if heights.max() - heights.min() <= _FAR * (high - low) or short > _MINOR * sum(ways):
        return float(heights.min()), float(heights.max())
    return low, high


def _write(ax: Axes, left: float, right: float, y: float, slope: Fraction) -> None:
    """The slope over its step, unless that is much too narrow for it."""
    text = style.equation("", slope).removeprefix(" = ").strip()
    a, b = ax.get_xlim()
    if (right - left) / (b - a) * style.size_in_points(ax)[0] < 0.4 * style.text_width(text):
        return
    marks.write(
        ax,
        text,
        ((left + right) / 2, y),
        xytext=(0, 5),
        textcoords="offset points",
        va="bottom",
        bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
        zorder=6,
        gid="slope-label",
    )


def _derivative(goal: Goal | None, shown: Window) -> tuple[list[Fraction], list[Fraction | None]]:
    if goal is None:
        return [], []
    try:
        return goal.slope_curve(shown)
    except TargetError:
        if goal.has_errors:
            raise
        return [], []
