"""Many summands as bands on top of one another, from a constant to their sum."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction

from matplotlib.axes import Axes
from numpy import float64
from numpy.typing import NDArray

from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.plot.drawing import marks, style
from pwlin.plot.drawing.neuron_colours import OTHER, NeuronColours
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.drawing.style import Neuron

_PALE = (0.16, 0.34)
"""Of neurons that share their colour, in turn, so that each band is seen."""
Sum = tuple[Neuron | None, PiecewiseLinear1D]


def stacked_sums(f: PiecewiseLinear1D, sent: Sequence[tuple[Neuron, PiecewiseLinear1D]], bias: Fraction) -> list[Sum]:
    """The sums of the bias and more and more contributions, each with the neuron that came last; the last one is f.

    Straight contributions come first, then those that bend, from left to right; None stands for all that are left.
    """

    def order(item: tuple[Neuron, PiecewiseLinear1D]) -> tuple[bool, Fraction]:
        kinks = item[1].kinks
        return bool(kinks), kinks[0].location if kinks else Fraction(0)

    left, right = f.interval.left, f.interval.right
    assert left is not None and right is not None
    total = PiecewiseLinear1D.from_points([left, right], [bias, bias])
    out: list[Sum] = [(None, total)]
    for neuron, g in sorted(sent, key=order):
        total = total + g
        out.append((neuron, total))
    return out if total == f else [*out, (None, f)]


def draw_bands(
    ax: Axes, stacked: Sequence[Sum], neurons: NeuronColours, xs: Scale, ys: Scale
) -> list[NDArray[float64]]:
    """A band between each sum and the next, in the colour of the neuron between them; returns all heights."""
    heights, others = [], 0
    for (_, below), (neuron, above) in itertools.pairwise(stacked):
        ends = [end for end in (below.interval.left, below.interval.right) if end is not None]
        joints = sorted({*ends, *(k.location for g in (below, above) for k in g.kinks)})
        low, high = ys.all(below(x) for x in joints), ys.all(above(x) for x in joints)
        colour = neurons.colour(neuron)
        others += colour == OTHER
        ax.fill_between(
            xs.all(joints),
            low,
            high,
            facecolor=colour,
            edgecolor=colour,
            alpha=_PALE[others % 2] if colour == OTHER else 0.45,
            linewidth=0.5,
            zorder=2.5,
            gid="contribution",
        )
        heights.append(high)
    return heights


def name_bands(ax: Axes, stacked: Sequence[Sum], name: Callable[[Neuron], str], xs: Scale, ys: Scale) -> None:
    """Write each neuron's name into its band, at that end of the axes where the band is wider, if there is room.

    Bands of opposite signs lie over one another: where names would too, the widest band has its own.
    """
    low, high = ax.get_ylim()
    width, height = style.size_in_points(ax)
    least = style.LABEL_SIZE / height * (high - low)
    places: list[tuple[float, float, bool, Fraction, Neuron]] = []
    for (_, below), (neuron, above) in itertools.pairwise(stacked):
        left, right = above.interval.left, above.interval.right
        assert left is not None and right is not None
        if neuron is None:
            continue
        end = max((left, right), key=lambda x: abs(above(x) - below(x)))
        reach = Fraction(int(style.text_width(name(neuron)) + 6), int(width)) * (right - left)
        inner = min(left + reach, right) if end == left else max(right - reach, left)
        edges = [sorted((ys(below(x)), ys(above(x)))) for x in (end, inner)]
        bottom, top = max(edge[0] for edge in edges), min(edge[1] for edge in edges)
        if top - bottom >= least:
            places.append((top - bottom, (bottom + top) / 2, end == left, end, neuron))
    written: list[tuple[bool, float]] = []
    for _, middle, first, end, neuron in sorted(places, key=lambda place: -place[0]):
        if any(first == side and abs(middle - other) < 1.4 * least for side, other in written):
            continue
        written.append((first, middle))
        marks.write(
            ax,
            name(neuron),
            (xs(end), middle),
            xytext=(4 if first else -4, 0),
            textcoords="offset points",
            ha="left" if first else "right",
            zorder=5,
            gid="band-name",
        )
