"""Many summands as bands on top of one another, from a constant to their sum."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from matplotlib.axes import Axes
from numpy import float64
from numpy.typing import NDArray

from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.plot.drawing.neuron_colours import NeuronColours
from pwlin.plot.drawing.scale import Scale
from pwlin.plot.drawing.style import Neuron

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
    heights = []
    for (_, below), (neuron, above) in itertools.pairwise(stacked):
        ends = [end for end in (below.interval.left, below.interval.right) if end is not None]
        joints = sorted({*ends, *(k.location for g in (below, above) for k in g.kinks)})
        low, high = ys.all(below(x) for x in joints), ys.all(above(x) for x in joints)
        ax.fill_between(
            xs.all(joints),
            low,
            high,
            color=neurons.colour(neuron),
            alpha=0.45,
            linewidth=0.5,
            zorder=2.5,
            gid="contribution",
        )
        heights.append(high)
    return heights
