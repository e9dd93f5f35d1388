"""The overview: fit, slopes and error over one another, and the training beside them."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pwlin.base.doors import door
from pwlin.comparison.line.comparison import Comparison
from pwlin.formulas.target import TargetLike
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.plot.drawing import checks, scale, style
from pwlin.plot.drawing.goal import Goal, require_1d
from pwlin.plot.error import error
from pwlin.plot.fit import fit
from pwlin.plot.slopes import slopes
from pwlin.plot.training import Run, check_run, kink_paths, losses


@door
def explain(
    f: PiecewiseLinear1D,
    target: TargetLike,
    run: Run | None = None,
    window: object = None,
    comparison: Comparison | None = None,
    title: str | None = None,
) -> Figure:
    """Draw fit, slopes and error one above the other; with a training run also kink paths and loss.

    Parameters
    ----------
    f : PiecewiseLinear1D
    target : str, sympy expression, Target or PiecewiseLinear1D
    run : TrainingRun, optional
    window : pair (a, b), optional
        As for `fit`.
    comparison : Comparison, optional
        As for `error`.
    title : str, optional
        Default: the network, the target, and the counts of pieces and regions.

    Returns
    -------
    matplotlib Figure
        Its axes: fit, slopes, error, and with a run kink paths and loss. The first three show the same window.
    """
    function = require_1d(f)
    goal = Goal.read(target)
    shown = scale.window(function, window)
    if run is not None:
        check_run(run, "lines", "kink_paths")
    heading = checks.heading(title, _title(function, goal))
    with style.context():
        fig = plt.figure(figsize=(9.0, 10.2) if run is None else (14.0, 10.2), layout="constrained")
        fig.get_layout_engine().set(h_pad=0.06, w_pad=0.06)
        grid = fig.add_gridspec(
            3, 1 if run is None else 2, height_ratios=[1.5, 1.0, 1.0], width_ratios=None if run is None else [1.5, 1.0]
        )
        first = fig.add_subplot(grid[0, 0])
        second, third = fig.add_subplot(grid[1, 0]), fig.add_subplot(grid[2, 0])
        beside = [] if run is None else [fig.add_subplot(grid[:2, 1]), fig.add_subplot(grid[2, 1])]
        fit(function, first, goal, window=shown, title="Fit")
        slopes(function, second, goal, window=shown, title="Slopes")
        error(function, goal, third, window=shown, comparison=comparison, title="Error")
        if run is not None:
            kink_paths(run, beside[0], title="Kinks during training")
            losses(run, beside[1], title="Loss")
        fig.suptitle(heading, x=0.01, ha="left", fontsize=13)
    return fig


def _title(f: PiecewiseLinear1D, goal: Goal) -> str:
    what = repr(f.network) if f.network is not None else "Piecewise-linear function"
    counts = f"{style.plural(f.n_pieces, 'piece')}, {style.plural(f.n_regions, 'region')}"
    return f"{what} and its target{' ' + goal.name if goal.name else ''}: {counts}"
