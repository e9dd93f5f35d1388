"""The fit: a function with its regions coloured, kinks labelled by neuron, and the target behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.formulas.target import TargetLike
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.functions.line.records import Breakpoint
from pwlin.networks.names import name_in
from pwlin.networks.network import Network
from pwlin.networks.neurons import Neuron
from pwlin.plot.drawing import checks, labels, marks, measured, scale, style
from pwlin.plot.drawing.goal import Goal, Part, Window, inside, parts, require_1d
from pwlin.plot.drawing.neuron_colours import NeuronColours
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.drawing.slope_colours import SlopeScale

COLOUR_BY = ("region", "piece", "slope", "none")
_MOST_BANDS = 400
_MOST_MARKERS = 1000
_PLACES_SHOWN = 6  # up to so many labelled kinks say where they are
_NAMES_SHOWN = 3  # so many neurons of one kink are named


@door
def fit(
    f: PiecewiseLinear1D,
    ax: Axes | None = None,
    target: TargetLike | None = None,
    label_kinks: bool | str = "auto",
    color_by: str = "region",
    window: object = None,
    title: str | None = None,
    *,
    vmax: object = None,
    norm: Normalize | None = None,
    cax: Axes | None = None,
) -> Axes:
    """Draw a function with coloured regions, its kinks marked and labelled by neuron, and the target behind.

    Parameters
    ----------
    f : PiecewiseLinear1D
    ax : matplotlib Axes, optional
        Default: those of a new figure. Legends and scales stay within the place of the axes.
    target : str, sympy expression, Target, PiecewiseLinear1D or points, optional
        Drawn behind, in grey; points (as for `pwlin.compare`) as dots.
    label_kinks : "auto", True or False
        Label kinks with their neurons (layer, index). "auto" and True label all if there is room, else those with the
        largest jumps, and say so; "auto" leaves out labels where more than 200 kinks are shown.
    color_by : "region", "piece", "slope" or "none"
        What gives a stretch its colour; "slope" is a scale centred at 0: dark is flat, bright is steep, purple falls
        and green rises.
    window : pair (a, b), optional
        What to show. Default: the domain; where that has no end, the kinks' neighbourhood.
    title : str, optional
        Default: none.
    vmax : number, optional
        The slope at which the scale of ``color_by="slope"`` ends; give several panels the same. Default: the steepest shown.
    norm : matplotlib Normalize, optional
        What makes colours of slopes instead of `vmax`; give several panels the same. One without ends learns them from the first.
    cax : matplotlib Axes, optional
        Where to draw the scale of slopes as a colour bar. Default: in the legend.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Joints are exact and rounded once, to float64. Kinks carry the colour and marker of their neuron (the one with the
    largest part of the jump if several flip there); of more than eight neurons those with the largest jumps have colours,
    the others are grey. Silent breakpoints are small hollow circles. A kink of no network is a dark circle.
    """
    function = require_1d(f)
    arguments.choice(color_by, "color_by", COLOUR_BY)
    arguments.choice(label_kinks, "label_kinks", ("auto", True, False))
    heading = checks.heading(title)
    with style.context():
        ax = style.axes(ax, (8.0, 4.8))
        shown = scale.window(function, window)
        stretches = parts(function, shown, "region" if color_by == "region" else "piece")
        goal = None if target is None else Goal.read(target)
        colouring = Colouring.read(color_by, vmax, norm, cax, stretches)
        entries = _draw(function, ax, stretches, goal, shown, label_kinks, colouring)
        style.legend_above(ax, entries, heading)
    return ax


def _draw(
    f: PiecewiseLinear1D,
    ax: Axes,
    stretches: list[Part],
    goal: Goal | None,
    shown: Window,
    label_kinks: bool | str,
    colouring: Colouring,
) -> list[style.Entry]:
    """Everything but legend and title; returns the legend's entries."""
    xs = Scale.spanning(shown)
    points = goal.points(shown) if goal else []
    wanted = goal.values(points) if goal else []
    dots = goal.marks(shown) if goal else []
    heights = [v for p in stretches for v in (p(p.left), p(p.right))]
    ys = Scale.spanning([*heights, *(v for v in wanted if v is not None), *(y for _, y in dots)])
    kinks, silent = inside(f.kinks, shown), inside(f.silent_breakpoints, shown)
    colours, neurons = colouring.colours(stretches), NeuronColours.of(f)
    entries: list[style.Entry] = []

    a, b = xs(shown[0]), xs(shown[1])
    ax.set_xlim(a, b)
    bands(ax, stretches, colours, xs)
    if goal and goal.measured is not None:
        entries.append(measured.scatter(ax, goal.label, [(xs(x), ys(y)) for x, y in dots]))
    elif goal:
        entries.append((marks.target(ax, xs.all(points), ys.floats_or_gaps(wanted), 5), goal.label))
    segments = [[(xs(p.left), ys(p(p.left))), (xs(p.right), ys(p(p.right)))] for p in stretches]
    width = 2.4 if len(stretches) <= 100 else 1.4
    marks.lines(ax, segments, colors=colours, linewidths=width, capstyle="round", zorder=3, gid="fit")
    entries += fit_entries(f, stretches, colours, colouring)

    places = [(xs(k.location), ys(f(k.location))) for k in kinks]
    markers(ax, kinks, places, neurons)
    hollow = [(xs(p.location), ys(f(p.location))) for p in silent]
    if hollow and len(hollow) <= _MOST_MARKERS:
        silent_markers(ax, hollow)

    wanted_labels = (
        kink_texts(kinks, places, len(kinks) <= _PLACES_SHOWN and not xs.offset, f.network, neurons)
        if label_kinks is True or (label_kinks and len(kinks) <= 200)
        else []
    )
    strip = labels.arrange(ax, wanted_labels, (a, b))
    drawn = [*ys.all(heights), *(ys(y) for _, y in dots), *(ys.floats_or_gaps(wanted) if wanted else [])]
    set_limits(ax, drawn, strip.headroom(ax))
    labels.draw(ax, strip)
    ax.set_xlabel(xs.label("x"))
    ax.set_ylabel(ys.label("f(x)"))
    return entries + kink_entries(f, kinks, silent, len(strip.labels) if wanted_labels else None, neurons)


def set_limits(ax: Axes, values: ArrayLike, headroom: float) -> None:
    """y-limits around all finite values, with a fraction `headroom` of the axes left free above."""
    finite = np.asarray(values)[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    pad = 0.06 * (high - low) or max(abs(low) * 0.1, 0.5)
    total = (high - low + 2 * pad) / (1 - headroom)
    ax.set_ylim(low - pad, low - pad + total)


@dataclass(frozen=True)
class Colouring:
    """What gives stretches their colours: `by` is one of `COLOUR_BY`, and the scale that of slopes, if they do."""

    by: str
    scale: SlopeScale | None
    cax: Axes | None

    @staticmethod
    def read(color_by: object, vmax: object, norm: object, cax: object, stretches: Sequence[Part]) -> Colouring:
        """Read what users pass."""
        by = arguments.choice(color_by, "color_by", COLOUR_BY)
        scale = SlopeScale.read(vmax, [p.slope for p in stretches], norm)
        place = checks.given_axes(cax, "cax")
        if place is not None and by != "slope":
            raise arguments.refusal("cax", "axes", "are for the scale of color_by='slope'")
        return Colouring(by, scale if by == "slope" else None, place)

    @property
    def kind(self) -> str:
        """Whether stretches are regions or pieces."""
        return "region" if self.by == "region" else "piece"

    def colours(self, stretches: Sequence[Part]) -> list[style.Colour]:
        """One colour for each stretch."""
        if self.scale is not None:
            return self.scale.colours([p.slope for p in stretches])
        return [style.INK if self.by == "none" else style.region_colour(p.index) for p in stretches]

    def entries(self) -> list[style.Entry]:
        """The colour bar as a legend entry, if there is one and it has no axes of its own."""
        if self.scale is None:
            return []
        if self.cax is None:
            return [self.scale.entry()]
        self.scale.draw(self.cax)
        return []


def bands(ax: Axes, stretches: Sequence[Part], colours: Sequence[style.Colour], xs: Scale) -> None:
    """Pale stripes over the whole height behind each stretch."""
    if 1 < len(stretches) <= _MOST_BANDS:
        marks.stripes(
            ax, [(xs(p.left), xs(p.right)) for p in stretches], facecolors=list(colours), alpha=0.11, gid="regions"
        )


def leading(kink: Breakpoint) -> tuple[int, int] | None:
    """The neuron with the largest part of a kink's jump (the first of equals), or None."""
    flips = kink.neurons
    return max(flips, key=lambda flip: abs(flip.jump)).neuron if flips else None


def markers(
    ax: Axes, kinks: Sequence[Breakpoint], places: Sequence[tuple[float, float]], neurons: NeuronColours
) -> None:
    """Mark kinks with their neuron's colour and marker."""
    if len(kinks) > _MOST_MARKERS:
        return
    groups: dict[Neuron | None, list[tuple[float, float]]] = {}
    for kink, place in zip(kinks, places, strict=True):
        groups.setdefault(leading(kink), []).append(place)
    largest = {neuron: max(abs(k.jump) for k in kinks if leading(k) == neuron) for neuron in groups}
    ordered = sorted(groups, key=largest.__getitem__)  # so that small jumps hide no large ones
    for (colour, marker), alike in neurons.alike(ordered).items():
        x, y = zip(*(place for neuron in alike for place in groups[neuron]), strict=True)
        ax.scatter(
            x,
            y,
            s=style.marker_area(len(kinks)),
            marker=marker,
            color=colour,
            edgecolors="white",
            linewidths=0.8,
            zorder=5,
            gid="kinks",
            clip_on=False,
        )


def silent_markers(ax: Axes, places: Sequence[tuple[float, float]]) -> None:
    """Mark silent breakpoints with small hollow circles."""
    x, y = zip(*places, strict=True)
    ax.scatter(
        x,
        y,
        s=22,
        marker="o",
        facecolors="white",
        edgecolors=style.INK,
        linewidths=0.9,
        zorder=4.5,
        gid="silent",
        clip_on=False,
    )


def kink_texts(
    kinks: Sequence[Breakpoint],
    places: Sequence[tuple[float, float]],
    where: bool,
    network: Network | None,
    neurons: NeuronColours,
) -> list[labels.Label]:
    """A label for each kink: its neurons, and if `where` its location."""
    out = []
    jumps = Scale.spanning([k.jump for k in kinks]).unit if kinks else Fraction(1)
    for kink, (x, y) in zip(kinks, places, strict=True):
        flips = sorted(kink.neurons, key=lambda flip: -abs(flip.jump))
        names = [name_in(network, flip.neuron) for flip in flips[:_NAMES_SHOWN]]
        if len(flips) > _NAMES_SHOWN:
            names[-1] = f"+ {len(flips) - _NAMES_SHOWN + 1} more"
        if where:
            names.append(style.equation("x", kink.location))
        if not names:
            continue
        colour = neurons.colour(leading(kink))
        out.append(labels.Label(x, y, "\n".join(names), colour, abs(float(kink.jump / jumps))))
    return out


def kink_entries(
    f: PiecewiseLinear1D,
    kinks: Sequence[Breakpoint],
    silent: Sequence[Breakpoint],
    labelled: int | None,
    neurons: NeuronColours,
) -> list[style.Entry]:
    """Legend entries for kinks and silent breakpoints, with what is not shown or labelled."""
    entries: list[style.Entry] = []
    if kinks:
        text = style.plural(len(kinks), "kink", len(f.kinks))
        note = neurons.note(map(leading, kinks))
        if labelled is not None and labelled < len(kinks):
            text += f" ({labelled} labelled{note})"
        elif note:
            text += f" ({note[2:]})"
        entries.append((style.dot(style.INK, "white", 7), text))
    if silent:
        text = style.plural(len(silent), "silent breakpoint", len(f.silent_breakpoints))
        entries.append((style.dot("white", style.INK, 5), text))
    return entries


def fit_entries(
    f: PiecewiseLinear1D, stretches: Sequence[Part], colours: Sequence[style.Colour], colouring: Colouring
) -> list[style.Entry]:
    """The legend entries for the function: its counts, always told apart, and what colours mean."""
    text = "f: "
    if colouring.by == "region":
        text += style.plural(len(stretches), "region", f.n_regions)
        text += f", {style.plural(f.n_pieces, 'piece')}" if f.n_pieces != f.n_regions else ""
    else:
        text += style.plural(len(stretches), "piece", f.n_pieces)
    return [(style.swatch(list(colours[:3])), text), *colouring.entries()]
