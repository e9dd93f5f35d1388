"""Which report suits a function, and the report from Python, as the commands write it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pwlin.app.reporting.folder import PYTHON, claimed, write_folder
from pwlin.base.arguments import choice, flag, refusal, shown
from pwlin.base.arguments import path as read_path
from pwlin.base.doors import door
from pwlin.formulas.kinds import Target
from pwlin.formulas.point_target import PointTarget
from pwlin.formulas.target import TargetLike, read_target
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.line.function import PiecewiseLinear1D
from pwlin.training.run import TrainingRun

if TYPE_CHECKING:
    from pwlin.app.reporting.cells.report import CellReport
    from pwlin.app.reporting.line.report import LineReport

AnyReport: TypeAlias = "LineReport | CellReport"
FORMATS = ("png", "svg")


def report_class(variables: int) -> type[AnyReport]:
    """The kind of report on networks of so many inputs."""
    if variables == 1:
        from pwlin.app.reporting.line.report import LineReport

        return LineReport
    from pwlin.app.reporting.cells.report import CellReport

    return CellReport


def report_of(
    f: PiecewiseLinear1D | PiecewiseLinearND,
    target: Target | None,
    run: TrainingRun | None,
    settings: tuple[tuple[str, str], ...],
    points: PointTarget | None = None,
) -> AnyReport:
    """The report on the function of a network, a formula or points being its target."""
    assert f.network is not None
    if isinstance(f, PiecewiseLinear1D):
        from pwlin.app.reporting.line.findings import LineFindings
        from pwlin.app.reporting.line.report import LineReport

        return LineReport(LineFindings(f.network, f, target, run, settings, points))
    from pwlin.app.reporting.cells.findings import CellFindings
    from pwlin.app.reporting.cells.report import CellReport

    return CellReport(CellFindings(f.network, f, target, run, settings, points))


def earlier_names() -> list[str]:
    """All files that a report of any kind may have left in a folder."""
    return [name for d in (1, 2) for kind in FORMATS for name in report_class(d).file_names(kind)]


@door
def report(
    f: PiecewiseLinear1D | PiecewiseLinearND,
    target: TargetLike | None = None,
    run: TrainingRun | None = None,
    out: str | os.PathLike[str] = "report",
    *,
    picture_format: str = "png",
    force: bool = False,
) -> Path:
    """Write a folder that shows and explains a function: report.html with its pictures, tables, and the network.

    Parameters
    ----------
    f : PiecewiseLinear1D or PiecewiseLinearND
        Of a network with one output.
    target : str, sympy expression, Target or piecewise-linear function, optional
        What the function should be; default: what the run has learnt. Then the domain has two ends.
    run : TrainingRun, optional
        How the network came about.
    out : path
        The folder; it is made.
    picture_format : "png" or "svg"
    force : bool
        Replace earlier results in the folder, and only those.

    Returns
    -------
    Path
        Of report.html, which needs no other file.

    Raises
    ------
    PwlinError
        For a function of no network, a run of another network, or a folder that holds earlier results.

    Notes
    -----
    All files are written, or none. Cost: that of the pictures and of exact errors.

    Examples
    --------
    >>> import tempfile
    >>> from pwlin import constructions, extract
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report(extract(constructions.hat(), (-2, 2)), "1/2 - abs(x)/2", out=folder).name
    'report.html'
    """
    if not isinstance(f, (PiecewiseLinear1D, PiecewiseLinearND)) or f.network is None:
        raise refusal("f", shown(f), "is the function of a network, as pwlin.extract gives it")
    if run is not None and (not isinstance(run, TrainingRun) or run.network != f.network):
        raise refusal("run", shown(run), "is the training run of the function's network")
    kind, replacing = choice(picture_format, "picture_format", FORMATS), flag(force, "force")
    folder = read_path(out, "out")
    if target is None and run is not None:
        target = run.target
    variables = 1 if isinstance(f, PiecewiseLinear1D) else f.dim
    goal = None if target is None else read_target(target, variables, allow_points=True)
    points = goal if isinstance(goal, PointTarget) else None
    goal = None if isinstance(goal, PointTarget) else goal
    bounded = f.interval.is_bounded if isinstance(f, PiecewiseLinear1D) else f.domain.is_bounded
    if goal is not None and not bounded:
        raise refusal("f", "an unbounded domain", "with a target is a function on a bounded domain")
    made = report_of(f, goal, run, (), points)
    with claimed(folder, made.file_names(kind), replacing, PYTHON):
        write_folder(folder, made.files(kind), earlier_names())
    return folder / "report.html"
