"""The decomposition: what every neuron computes, from its preactivation to its contribution, with exact joints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import FixedLocator, MaxNLocator

from pwlin.base import arguments
from pwlin.base.doors import door
from pwlin.base.errors import PwlinError
from pwlin.extraction import extract_line
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.networks.activation import IDENTITY
from pwlin.networks.layer import Layer
from pwlin.networks.names import name_in
from pwlin.networks.network import Network
from pwlin.plot.drawing import checks, marks, scale, style
from pwlin.plot.drawing.goal import Window, parts
from pwlin.plot.drawing.neuron_colours import NeuronColours, by_jump, jumps_of
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.drawing.stacked import draw_bands, name_bands, stacked_sums
from pwlin.plot.drawing.style import Neuron
from pwlin.plot.fit import set_limits

_MOST_RECEIVERS = 6
_MOST_SUMMANDS = 64
_MOST_LINES = 8
"""More contributions than this are stacked."""


@dataclass(frozen=True, eq=False)
class NeuronCurves:
    """The exact functions of one neuron on the window, and where it sends its activation.

    `receivers` has one (neuron, weight) for each neuron of the next layer, or one with None for the output.
    """

    neuron: Neuron
    preactivation: PiecewiseLinear1D
    activation: PiecewiseLinear1D
    receivers: tuple[tuple[Neuron | None, Fraction], ...]

    def contributions(self, most: int | None = None) -> list[tuple[Neuron | None, Fraction, PiecewiseLinear1D]]:
        """(receiver, weight, weight * activation) for all receivers, or for those `most` with the largest weights."""
        chosen = self.receivers if most is None else sorted(self.receivers, key=lambda sent: -abs(sent[1]))[:most]
        return [(receiver, weight, weight * self.activation) for receiver, weight in chosen]


def neuron_curves(
    network: Network, window: object, layer: int, indices: Sequence[int] | None = None
) -> Iterator[NeuronCurves]:
    """The exact curves of a layer's neurons, one after the other.

    Parameters
    ----------
    network : Network
        With one input.
    window : pair (a, b)
    layer : int
        From 0.
    indices : sequence of int, optional
        Which neurons. Default: all.

    Notes
    -----
    Two extractions of the network cut off at this layer.
    """
    here = network.hidden[layer]
    rows = list(range(here.units)) if indices is None else list(indices)
    units = tuple(here.activations[i] for i in rows)
    weights, biases = here.weight_integers[rows], here.bias_integers[rows]
    affine = Layer(weights, biases, here.denominator, (IDENTITY,) * len(rows))
    cut = Layer(weights, biases, here.denominator, units)
    outputs = Layer.from_arrays(np.eye(len(rows), dtype=np.int64))
    before = extract_line(Network(network.hidden[:layer], affine), window)
    after = extract_line(Network((*network.hidden[:layer], cut), outputs), window)
    following = network.layers[layer + 1]
    last = layer + 1 == len(network.hidden)
    for i, pre, act in zip(rows, before, after, strict=True):
        column = [Fraction(int(w), following.denominator) for w in following.weight_integers[:, i]]
        receivers = tuple((None if last else (layer + 1, j), w) for j, w in enumerate(column))
        yield NeuronCurves((layer, i), pre, act, receivers)


@door
def decomposition(
    f: PiecewiseLinear1D | Network,
    domain: object = None,
    neurons: Sequence[Neuron] | None = None,
    max_neurons: int = 8,
    fig: Figure | None = None,
    title: str | None = None,
) -> Figure:
    """Draw a row for each neuron: its preactivation, its activation, and its weighted contribution.

    Parameters
    ----------
    f : PiecewiseLinear1D that comes from a network, or a Network with one input and one output
    domain : pair (a, b), optional
        What to show. Default: as the window of `fit`.
    neurons : sequence of (layer, index), optional
        Which ones to show, in this order. Default: all, or the `max_neurons` with the largest jumps.
    max_neurons : int
    fig : matplotlib Figure, optional
        Where to draw: an empty figure without a layout engine. Default: a new one.
    title : str, optional
        Default: the network and which neurons are shown.

    Returns
    -------
    matplotlib Figure
        Its axes: three for each neuron, row by row, then one for the sum.

    Notes
    -----
    A neuron of the last hidden layer contributes ``weight * activation`` to the output; the last axes show these
    contributions and the sum of all with the output bias, which is f. More than eight contributions are stacked: each is a
    band on top of those before, from the bias to f (bands of the 64 with the largest jumps; one takes what is left). A
    neuron of another layer contributes to every neuron of the next layer: one line each, in the receiver's colour (the 6
    with the largest weights). Every curve is an exact
    piecewise-linear function, extracted from the network cut off there; nothing is sampled. The background is coloured
    where the neuron is active.
    """
    network, function = _network(f)
    checks.given(fig, Figure, "fig", "a matplotlib Figure")
    shown = scale.window(function, domain)
    function = extract_line(network, shown)[0]
    chosen = _chosen(function, network, neurons, max_neurons)
    last = len(network.hidden) - 1
    curves = {
        c.neuron: c
        for k in sorted({k for k, _ in chosen})
        for c in neuron_curves(network, shown, k, [i for layer, i in chosen if layer == k])
    }
    summands = by_jump([n for n in network.neurons() if n[0] == last], jumps_of(function))[:_MOST_SUMMANDS]
    final = list(neuron_curves(network, shown, last, sorted(i for _, i in summands))) if network.hidden else []
    heading = checks.heading(title, _title(network, chosen, neurons))
    with style.context():
        if fig is None:
            fig = plt.figure(figsize=(9.0, figure_height(len(chosen))))
        rows, bottom = _grids(fig, len(chosen))
        limits = _shared_limits([curves[n] for n in chosen if n[0] == last])
        status, colours = function.neuron_status(), NeuronColours.of(function)
        for row, neuron in enumerate(chosen):
            assert rows is not None
            axes = [fig.add_subplot(rows[row, column]) for column in range(3)]
            if row < len(chosen) - 1:
                for ax in axes:  # ticks are what pictures of many axes spend their time on
                    ax.set_xticks([])
            _row(axes, curves[neuron], status[neuron], function, shown, _Look(colours, limits.get(neuron)))
            if row == 0:
                for ax, name in zip(axes, ("preactivation", "activation", "contribution"), strict=True):
                    ax.annotate(
                        name, (0, 1), (0, 18), xycoords="axes fraction", textcoords="offset points", fontsize=11
                    )
        _sum(fig.add_subplot(bottom[0, 0]), function, final, network.readout, shown)
        fig.suptitle(
            heading,
            x=0.01,
            y=1 - 0.12 / fig.get_size_inches()[1],
            ha="left",
            va="top",
            fontsize=12,
        )
    return fig


_ROW, _BOTTOM_ROW = 1.12, 2.1  # heights in inches: a neuron's row with its gap, and the sum
_TOP, _GAP, _FOOT = 0.85, 0.75, 0.55  # heights in inches: above the rows, between them and the sum, below the sum
_LEFT, _RIGHT = 1.25, 0.18  # widths in inches


def figure_height(count: int) -> float:
    """Height in inches of a figure for so many neurons."""
    return (_TOP + _ROW * count + _GAP - 0.3 if count else 0.9) + _BOTTOM_ROW + _FOOT


def _grids(fig: Figure, count: int) -> tuple[GridSpec | None, GridSpec]:
    """Places of the neurons' rows and of the sum: fixed margins, since a layout engine takes seconds for so many axes."""
    width, height = fig.get_size_inches()
    unit = height / figure_height(count)  # a figure of another height is filled in proportion
    sides = {"left": _LEFT / width, "right": 1 - _RIGHT / width}
    low = _FOOT * unit / height
    bottom = fig.add_gridspec(1, 1, bottom=low, top=low + _BOTTOM_ROW * unit / height, **sides)
    if not count:
        return None, bottom
    top = 1 - _TOP * unit / height
    span = {"bottom": top - (_ROW * count - 0.3) * unit / height, "top": top}
    return fig.add_gridspec(
        count, 3, hspace=0.3 * count / (_ROW * count - 0.3 * count), wspace=0.32, **span, **sides
    ), bottom


def _network(f: object) -> tuple[Network, PiecewiseLinear1D]:
    network = f if isinstance(f, Network) else getattr(f, "network", None)
    if not isinstance(network, Network):
        raise PwlinError(
            f"f: found {arguments.shown(f)}, which comes from no network; accepted are a Network with one input, "
            "or a PiecewiseLinear1D extracted from one"
        )
    if (network.input_dim, network.output_dim) != (1, 1):
        raise PwlinError(
            f"f: found {network}; accepted are networks with one input and one output (see Network.output and restrict)"
        )
    return network, f if isinstance(f, PiecewiseLinear1D) else extract_line(network)[0]


def _chosen(f: PiecewiseLinear1D, network: Network, neurons: Sequence[Neuron] | None, limit: int) -> list[Neuron]:
    everyone = list(network.neurons())
    if neurons is not None:
        accepted = f"are (layer, index) of {network}, both from 0"
        chosen = []
        for neuron in arguments.items(neurons, "neurons", accepted):
            if not isinstance(neuron, (tuple, list)) or tuple(neuron) not in everyone:
                raise arguments.refusal("neurons", arguments.shown(neuron), accepted)
            chosen.append((int(neuron[0]), int(neuron[1])))
        return chosen
    arguments.whole(limit, "max_neurons", 1)
    return sorted(by_jump(everyone, jumps_of(f))[:limit])


def _title(network: Network, chosen: Sequence[Neuron], neurons: Sequence[Neuron] | None) -> str:
    total, numbers = sum(network.widths), "" if network.unit_names else " (layer, index)"
    if len(chosen) == total:
        return f"{network}: neurons{numbers}"
    which = "" if neurons is not None else ", those with the largest jumps"
    return f"{network}: {len(chosen)} of {total} neurons{numbers}{which}"


@dataclass(frozen=True, slots=True)
class _Look:
    """The neurons' colours, and the range of heights that contributions share, if they do."""

    neurons: NeuronColours
    limits: tuple[Fraction, Fraction] | None


def _shared_limits(curves: Sequence[NeuronCurves]) -> dict[Neuron, tuple[Fraction, Fraction]]:
    """One range for the contributions to the output, so that their sizes can be compared."""
    ends = [v for c in curves for _, _, g in c.contributions() for _, v in _corners(g)]
    return {c.neuron: (min(ends), max(ends)) for c in curves}


def _row(
    axes: Sequence[Axes],
    curves: NeuronCurves,
    status: str,
    f: PiecewiseLinear1D,
    shown: Window,
    look: _Look,
) -> None:
    k, i = curves.neuron
    colour = look.neurons.colour(curves.neuron)
    active = [(r.left, r.right) for r in f.regions if r.pattern[k][i]]
    xs = Scale.spanning(shown)
    receivers = curves.contributions(_MOST_RECEIVERS)
    lines = [
        [(curves.preactivation, colour)],
        [(curves.activation, colour)],
        [(g, colour if receiver is None else look.neurons.colour(receiver)) for receiver, _, g in receivers],
    ]
    notes = ["", "", _sent(receivers, len(curves.receivers), f.network)]
    for column, (ax, drawn, note) in enumerate(zip(axes, lines, notes, strict=True)):
        ends = look.limits if column == 2 else None
        ys = Scale.spanning(ends or [v for g, _ in drawn for _, v in _corners(g)])
        ax.set_xlim(xs(shown[0]), xs(shown[1]))
        _shade(ax, active, colour, xs)
        ax.axhline(ys(Fraction(0)), color=style.FAINT, lw=0.6, zorder=1)
        for g, line_colour in drawn:
            _exact(ax, g, xs, ys, line_colour, 2.0 if len(drawn) == 1 else 1.3)
        values = ys.all(ends) if ends else np.concatenate([line.get_ydata() for line in ax.lines[1:]])
        set_limits(ax, values, 0.0)
        if not isinstance(ax.xaxis.get_major_locator(), FixedLocator):
            ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_locator(MaxNLocator(3))
        if ys.unit != 1 or ys.offset:
            note = f"{note}  {ys.label('')}".strip()
        if note:
            ax.set_title(note, loc="right", y=1, fontsize=style.LABEL_SIZE, pad=2, color=style.INK)  # without a search
    label = f"{name_in(f.network, curves.neuron)}\n{status.replace('_', ' ')}"
    axes[0].annotate(
        label,
        (0.012, 0.5),
        xycoords=("figure fraction", "axes fraction"),
        va="center",
        fontsize=style.NOTE_SIZE,
        gid="neuron",
    )


def _sent(
    receivers: Sequence[tuple[Neuron | None, Fraction, PiecewiseLinear1D]], total: int, network: Network | None
) -> str:
    """What a neuron's contribution goes to, with the weight where there is one."""
    if receivers[0][0] is None or total == 1:
        return style.equation("weight", receivers[0][1])
    names = ", ".join(name_in(network, receiver) for receiver, _, _ in receivers[:3] if receiver)
    more = f" + {len(receivers) - 3}" if len(receivers) > 3 else ""
    return f"to {names}{more}" + (f" of {total}" if total > len(receivers) else "")


def _shade(ax: Axes, active: Sequence[tuple[Fraction | None, Fraction | None]], colour: str, xs: Scale) -> None:
    ends = [(xs(a), xs(b)) for a, b in active if a is not None and b is not None]
    marks.stripes(ax, ends, facecolors=colour, alpha=0.1, gid="active")


def _exact(
    ax: Axes, g: PiecewiseLinear1D, xs: Scale, ys: Scale, colour: str, width: float, **options: str | float
) -> None:
    """Draw g with its own joints, each marked by a dot if there are few."""
    x, y = zip(*((xs(x), ys(v)) for x, v in _corners(g)), strict=True)
    inner = list(range(1, len(x) - 1))
    marked = {"marker": "o", "ms": width + 1.5, "markevery": inner} if 0 < len(inner) <= 40 else {}
    [drawn] = ax.plot(x, y, color=colour, lw=width, zorder=3)
    drawn.set(**{**marked, **options})


def _corners(g: PiecewiseLinear1D) -> list[tuple[Fraction, Fraction]]:
    """The ends and joints of a function on a bounded domain, with its values there."""
    ends = (g.interval.left, g.interval.right)
    assert ends[0] is not None and ends[1] is not None
    pieces = parts(g, (ends[0], ends[1]), "piece")
    return [*((p.left, p(p.left)) for p in pieces), (pieces[-1].right, pieces[-1](pieces[-1].right))]


def _sum(ax: Axes, f: PiecewiseLinear1D, final: Sequence[NeuronCurves], readout: Layer, shown: Window) -> None:
    """The contributions to the output with their sum."""
    xs, neurons = Scale.spanning(shown), NeuronColours.of(f)
    sent = [(c.neuron, g) for c in final for _, _, g in c.contributions()]
    bias = Fraction(int(readout.bias_integers[0]), readout.denominator)
    stacked = stacked_sums(f, sent, bias) if len(sent) > _MOST_LINES else []
    functions = [f, *(g for _, g in sent)] if not stacked else [g for _, g in stacked]
    ys = Scale.spanning([bias, *(v for g in functions for _, v in _corners(g))])
    ax.set_xlim(xs(shown[0]), xs(shown[1]))
    entries: list[style.Entry] = []
    drawn = draw_bands(ax, stacked, neurons, xs, ys) if stacked else []
    for neuron, g in [] if stacked else sent:
        _exact(ax, g, xs, ys, neurons.colour(neuron), 1.3, marker="", gid="contribution")
    if sent:
        colours = [neurons.colour(neuron) for neuron, _ in sent[:3]]
        text = f"{style.plural(len(sent), 'contribution', readout.n_in)} to the output"
        entries.append((style.swatch(colours, 6 if stacked else 1.3), f"{text}, stacked" if stacked else text))
        ax.axhline(ys(bias), color=style.FAINT, lw=1.2, ls=(0, (4, 2)), zorder=2, gid="bias")
        entries.append((ax.lines[-1], style.equation("output bias", bias)))
    _exact(ax, f, xs, ys, style.INK, 2.4, zorder=4, gid="sum")
    entries.append((style.swatch([style.INK]), "their sum f" if sent else "f, a linear network"))
    set_limits(ax, np.concatenate([*drawn, *(np.atleast_1d(line.get_ydata()) for line in ax.lines)]), 0.0)
    if stacked:
        name_bands(ax, stacked, lambda neuron: name_in(f.network, neuron), xs, ys)
    ax.set_xlabel(xs.label("x"))
    ax.set_ylabel(ys.label("f(x)"))
    style.legend_above(ax, entries)
