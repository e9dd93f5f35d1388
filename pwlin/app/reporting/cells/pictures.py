"""The pictures of a network of two inputs or three; for more inputs only that of its training."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pwlin.app.reporting.cells.findings import CellFindings
from pwlin.app.reporting.saving import blank, empty, loss_figure, saved

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPTIONS = {
    "regions": "The regions, coloured by the gradient; the colour scale shows the gradients themselves as dots.",
    "surface": "The graph of the function: one flat facet for each region, in the same colours.",
    "error": "Network minus target.",
    "hyperplanes": "Where the neurons flip, in lines as wide as the gradient's jump is large. A line of the first layer is "
    "straight; those of later layers may be bent.",
    "complex": "The regions: polyhedra, neighbours in different colours.",
    "levels": "Level sets: where the function takes a value. They are straight inside each region and bend at the kinks.",
    "loss": "The loss on the batches that the network was trained with.",
}
_MOST_LEVELS = 9
_MOST_IN_SPACE = 3000
"""Regions of three variables that are drawn."""


def stems(found: CellFindings) -> list[str]:
    """Which pictures these findings have something to show for, in order."""
    names = []
    if found.function.dim == 2:
        names = ["regions", "surface"]
        if found.target is not None and found.function.domain.is_bounded:
            names.append("error")
        if sum(found.network.widths):
            names.append("hyperplanes")
        if all(found.extremes):
            names.append("levels")
    if found.function.dim == 3 and found.function.n_regions <= _MOST_IN_SPACE:
        names = ["complex"]
    if found.run is not None:
        names.append("loss")
    return names


def draw(found: CellFindings, stem: str, picture_format: str) -> bytes:
    """Draw a picture: the content of a file in the given format."""
    return saved(_drawn(found, stem), picture_format)


def _drawn(found: CellFindings, stem: str) -> Figure:
    from pwlin import plot

    f = found.function
    if stem == "surface":
        figure = empty(8.4, 6.6, "constrained")
        plot.surface(f, ax=figure.add_subplot(projection="3d"))
        return figure
    if stem == "complex":
        figure = empty(8.4, 7.2, "constrained")
        plot.complex3d(f, ax=figure.add_subplot(projection="3d"))
        return figure
    if stem == "loss":
        return loss_figure(found.run)
    figure, ax = blank(8.4, 6.2)
    if stem == "regions":
        plot.regions(f, ax=ax)
    elif stem == "error":
        plot.regions(f, ax=ax, color_by="error", target=found.target, comparison=found.comparison)
    elif stem == "hyperplanes":
        plot.bent_hyperplanes(f, ax=ax, by="neuron" if len(found.network.widths) == 1 else "layer")
    else:
        plot.level_set(f, levels(found), ax=ax)
    return figure


def levels(found: CellFindings) -> list[Fraction]:
    """Round values between the smallest and the largest one."""
    low, high = (Fraction(e.value) for e in found.extremes if e is not None)
    if low == high:
        return [low]
    step = _round_step((high - low) / _MOST_LEVELS)
    first, last = -(-low // step), high // step
    return [k * step for k in range(int(first), int(last) + 1)]


def _round_step(least: Fraction) -> Fraction:
    """The smallest of 1, 2, 5 times a power of ten that is no less than `least`."""
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(m * power for m in (1, 2, 5, 10) if m * power >= least)
