"""The error curve: function minus target, with the exact largest error marked."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.comparison.errors import Value
from pwlin.comparison.line.comparison import Comparison
from pwlin.comparison.measured.comparison import PointComparison, compare_points
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.text import decimal, shortened
from pwlin.formulas.target import TargetLike
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.plot.drawing import checks, marks, measured, scale, style
from pwlin.plot.drawing.goal import Goal, Window, error_curve, inside, parts, require_1d
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.fit import COLOUR_BY, Colouring, bands, set_limits

_MOST_STARS = 40
_EXACT_WIDTH = 26


@door
def error(
    f: PiecewiseLinear1D,
    target: TargetLike,
    ax: Axes | None = None,
    window: object = None,
    comparison: Comparison | PointComparison | None = None,
    title: str | None = None,
    color_by: str = "region",
    *,
    vmax: object = None,
    norm: Normalize | None = None,
    cax: Axes | None = None,
) -> Axes:
    """Draw ``f - target`` with the largest error, exact, marked where it is taken.

    Parameters
    ----------
    f : PiecewiseLinear1D
    target : str, sympy expression, Target, PiecewiseLinear1D or points
        Points are as for `pwlin.compare`; the error at each is drawn, and none between them.
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    window : pair (a, b), optional
        What to show, and where the largest error is sought. Default: as for `fit`.
    comparison : Comparison, optional
        The result of ``f.compare(target, domain=window)``, if it is at hand.
    title : str, optional
    color_by : "region", "piece", "slope" or "none"
        As for `fit`.
    vmax, norm, cax : optional
        As for `fit`.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    The largest error and its places come from `pwlin.compare` and are exact, or certified for targets that are no
    polynomials; of a target without an expression no largest error is known, and none is marked. The curve itself is
    computed exactly at its sample points for polynomials.
    """
    function = require_1d(f)
    arguments.choice(color_by, "color_by", COLOUR_BY)
    heading = checks.heading(title)
    with style.context():
        ax = style.axes(ax, (8.0, 3.6))
        shown = scale.window(function, window)
        goal = Goal.read(target)
        if goal.measured is not None:
            given = checks.given(comparison, PointComparison, "comparison", "the result of f.compare(points)")
            sample = given or compare_points(function, goal.measured, shown)
            colouring = Colouring.read(color_by, vmax, norm, cax, parts(function, shown, "piece"))
            entries = _draw_points(function, ax, shown, sample, colouring)
            style.legend_above(ax, entries, heading)
            return ax
        found = checks.given(comparison, Comparison, "comparison", "the result of f.compare(target)")
        if found is None and goal.has_errors:
            found = function.compare(goal.target, domain=shown)
        colouring = Colouring.read(color_by, vmax, norm, cax, parts(function, shown, "piece"))
        style.legend_above(ax, _draw(function, ax, goal, shown, found, colouring), heading)
    return ax


def _draw(
    f: PiecewiseLinear1D,
    ax: Axes,
    goal: Goal,
    shown: tuple[Fraction, Fraction],
    comparison: Comparison | None,
    colouring: Colouring,
) -> list[style.Entry]:
    stretches = error_curve(f, goal, shown, colouring.kind)
    colours = colouring.colours([part for part, _, _ in stretches])
    values = [v for _, _, column in stretches for v in column if v is not None]
    xs = Scale.spanning(shown)
    ys = Scale.spanning([*values, Fraction(0)])
    ax.set_xlim(xs(shown[0]), xs(shown[1]))
    bands(ax, [part for part, _, _ in stretches], colours, xs)
    lines = [np.column_stack([xs.all(grid), ys.floats_or_gaps(column)]) for _, grid, column in stretches]
    zero = ys(Fraction(0))
    ax.axhline(zero, color=style.INK, lw=0.8, zorder=2)
    fills = [np.vstack([[line[0, 0], zero], line, [line[-1, 0], zero]]) for line in lines if np.isfinite(line).all()]
    fill_colours = [c for line, c in zip(lines, colours, strict=True) if np.isfinite(line).all()]
    marks.areas(ax, fills, facecolors=fill_colours, alpha=0.3, linewidths=0, zorder=2.2, gid="areas")
    marks.lines(ax, lines, colors=colours, linewidths=1.8 if len(lines) <= 100 else 1.0, zorder=3, gid="error")
    kinks = inside(f.kinks, shown)
    if len(kinks) <= 400:
        places = [xs(k.location) for k in kinks]
        ax.plot(
            places, np.full(len(places), zero), ls="", marker="|", ms=6, mew=1, color=style.INK, zorder=4, gid="kinks"
        )

    name = f"f − {goal.name}" if goal.name else "f − target"
    entries: list[style.Entry] = [
        (style.swatch(colours[:3], 1.8), f"{name}, by {colouring.by}" if colouring.by != "none" else name),
        *colouring.entries(),
    ]
    if kinks:
        entries.append((style.dot(style.INK, style.INK, 6, "|"), style.plural(len(kinks), "kink", len(f.kinks))))
    ax.set_xlabel(xs.label("x"))
    ax.set_ylabel(ys.label("error"))
    if comparison is None:
        set_limits(ax, [*ys.floats_or_gaps(values), zero], 0.0)
        return entries
    points = [min(max(fraction(p), comparison.domain[0]), comparison.domain[1]) for p in comparison.argsups]
    entries.append(_mark(ax, comparison, points, [_sign(f, goal, p) for p in points], (xs, ys)))
    return entries


def _draw_points(
    f: PiecewiseLinear1D, ax: Axes, shown: Window, comparison: PointComparison, colouring: Colouring
) -> list[style.Entry]:
    """The error at each point, which has none elsewhere."""
    stretches = parts(f, shown, colouring.kind)
    places = [x for (x,) in comparison.target.points]
    xs, ys = Scale.spanning(shown), Scale.spanning([*comparison.errors, Fraction(0)])
    ax.set_xlim(xs(shown[0]), xs(shown[1]))
    bands(ax, stretches, colouring.colours(stretches), xs)
    ax.axhline(ys(Fraction(0)), color=style.INK, lw=0.8, zorder=2)
    drawn = [(xs(x), ys(e)) for x, e in zip(places, comparison.errors, strict=True)]
    entries = [measured.stems(ax, drawn, ys(Fraction(0))), *colouring.entries()]
    ax.set_xlabel(xs.label("x"))
    ax.set_ylabel(ys.label("error"))
    signs = [1 if comparison.errors[row] >= 0 else -1 for row in comparison.worst]
    return [*entries, _mark(ax, comparison, [places[row] for row in comparison.worst], signs, (xs, ys))]


def _mark(
    ax: Axes,
    comparison: Comparison | PointComparison,
    points: Sequence[Fraction],
    signs: Sequence[int],
    scales: tuple[Scale, Scale],
) -> style.Entry:
    """Stars and lines at the largest error, and its label beyond those lines, where no error can be."""
    (xs, ys), sup = scales, comparison.sup
    assert sup is not None  # there is a point
    height = fraction(sup)
    low, high = ys(-height), ys(height)
    stars = points[:_MOST_STARS]
    ax.hlines(
        [low, high],
        0,
        1,
        transform=ax.get_yaxis_transform(),
        colors=style.INK,
        lw=0.9,
        linestyles=(0, (4, 2)),
        zorder=2,
    )
    style.stars(ax, xs.all(stars).tolist(), [ys(s * height) for s in signs[:_MOST_STARS]], 110)
    spread = (high - low) or 1.0
    room = 0.30 * spread
    above = signs[0] >= 0
    ax.set_ylim(low - (0.1 * spread if above else room), high + (room if above else 0.1 * spread))
    a, b = ax.get_xlim()
    share = float(np.clip((xs(points[0]) - a) / (b - a), 0.0, 1.0))
    text = sup_text(comparison, len(points))
    half = min((style.text_width(text, style.NOTE_SIZE) / 2 + 6) / style.size_in_points(ax)[0], 0.5)
    marks.write(
        ax,
        text,
        (float(np.clip(share, half, 1 - half)), high if above else low),
        xycoords=("axes fraction", "data"),
        xytext=(0, 9 if above else -9),
        textcoords="offset points",
        va="bottom" if above else "top",
        fontsize=style.NOTE_SIZE,
        zorder=7,
        gid="sup-label",
    )
    places = f" ({len(points)} places)" if len(points) > 1 else ""
    return style.star_entry(f"largest error{places}")


def sup_text(comparison: Comparison | PointComparison, places: int) -> str:
    """The largest error, exactly where that is short, and in decimals, and its first place."""
    sup = comparison.sup
    assert sup is not None  # there is a point
    if isinstance(sup, Enclosure) and sup.width == 0:
        sup = sup.lower
    rounded = decimal(sup, 6)
    exact = style.radicals(shortened(sup, _EXACT_WIDTH))
    if exact in ("", rounded) or "…" in exact:
        exact = f"= {exact}" if exact == rounded else f"≈ {rounded}"
    else:
        equal = isinstance(sup, Fraction) and Fraction(rounded) == sup
        exact = f"= {exact} {'=' if equal else '≈'} {rounded}"
    more = f" and {places - 1} more" if places > 1 else ""
    return style.typeset(f"max |error| {exact} at {style.equation('x', comparison.argsup)}{more}")


def fraction(value: Value) -> Fraction:
    """A number of a comparison as a Fraction to draw: itself, or a close one for irrational numbers and enclosures."""
    if isinstance(value, Fraction):
        return value
    return value.midpoint if isinstance(value, Enclosure) else Fraction(str(value.evalf(30)))


def _sign(f: PiecewiseLinear1D, goal: Goal, x: Fraction) -> int:
    """Which side of zero the largest error is drawn on."""
    [wanted] = goal.values([x])
    return 1 if wanted is None or f(x) >= wanted else -1
