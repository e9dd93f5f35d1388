"""The overview of a function of two variables: regions, surface, error and bent hyperplanes."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pwlin.base.doors import door
from pwlin.comparison.cells.comparison import ComparisonND
from pwlin.formulas.target import TargetLike
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.plot.bent_hyperplanes import bent_hyperplanes
from pwlin.plot.drawing import checks, style
from pwlin.plot.drawing.mesh import require
from pwlin.plot.drawing.region_colours import Target2D
from pwlin.plot.regions import regions
from pwlin.plot.surface import surface


@door
def explain_plane(
    f: PiecewiseLinearND,
    target: TargetLike | None = None,
    window: object = None,
    comparison: ComparisonND | None = None,
    title: str | None = None,
) -> Figure:
    """Draw the region map, the surface, the error (or, without a target, the values) and the bent hyperplanes.

    Parameters
    ----------
    f : PiecewiseLinearND
        Of two variables.
    target : str, sympy expression, Target, callable or PiecewiseLinearND, optional
    window : two pairs, optional
        As for `regions`.
    comparison : ComparisonND, optional
        The result of ``f.compare(target)``: its largest error is marked.
    title : str, optional
        Default: the network, the target, and the counts of pieces and regions.

    Returns
    -------
    matplotlib Figure
        Its first four axes: regions, surface, error or values, bent hyperplanes.
    """
    function = require(f)
    goal = None if target is None else Target2D.read(target)
    checks.given(comparison, ComparisonND, "comparison", "the result of f.compare(target)")
    heading = checks.heading(title, _title(function, goal))
    with style.context():
        fig = plt.figure(figsize=(13.0, 11.0), layout="constrained")
        fig.get_layout_engine().set(h_pad=0.1, w_pad=0.1)
        first, third, fourth = (fig.add_subplot(2, 2, k) for k in (1, 3, 4))
        second = fig.add_subplot(2, 2, 2, projection="3d")
        second.view_init(28, -58)
        second.set_anchor("W")
        regions(function, ax=first, window=window, title="Regions, by gradient")
        surface(function, ax=second, window=window, legend=False, title="Surface, in the same colours")
        if goal is None:
            regions(function, ax=third, color_by="value", window=window, title="Values")
        else:
            regions(function, goal, third, "error", window=window, comparison=comparison, title="Error")
        bent_hyperplanes(function, fourth, window=window, title="Bent hyperplanes, by layer")
        fourth.set_anchor("W")
        fig.suptitle(heading, x=0.01, ha="left", fontsize=13)
    return fig


def _title(f: PiecewiseLinearND, goal: Target2D | None) -> str:
    against = "" if goal is None else f" and its target{' ' + goal.name if goal.name else ''}"
    counts = [f"{n:,} {noun}{'s' * (n != 1)}" for n, noun in ((f.n_pieces, "piece"), (f.n_regions, "region"))]
    return f"{f.network!r}{against}: {', '.join(counts)}"
