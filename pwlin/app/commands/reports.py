"""A report on what a network is, and what is refused before one is trained."""

from __future__ import annotations

from collections.abc import Sequence

from pwlin.app.reporting.doors import AnyReport
from pwlin.base.errors import TargetError
from pwlin.comparison.cells.linear import check_target_nd
from pwlin.extraction import extract
from pwlin.formulas.cancelled import check_target
from pwlin.formulas.kinds import Formula, Target
from pwlin.formulas.points import PointTarget
from pwlin.geometry.interval import Interval
from pwlin.networks.network import Network
from pwlin.training.run import TrainingRun


def require_defined(target: Target, domain: Sequence[Interval]) -> None:
    """Refuse a target that is undefined somewhere on a bounded domain, before anything is trained."""
    sides = [(side.left, side.right) for side in domain if side.left is not None and side.right is not None]
    if not isinstance(target, Formula) or len(sides) < len(domain):
        return
    try:
        if len(sides) == 1:
            check_target(target, *sides[0])
        else:
            zero = Network.from_arrays([[[0] * len(sides)]], [[0]])
            check_target_nd(target, extract(zero, sides))
    except TargetError as error:
        raise TargetError(f"{error}; --domain A B chooses another domain") from None


def report_on(
    network: Network,
    domain: Sequence[Interval],
    target: Target | None,
    run: TrainingRun | None,
    settings: tuple[tuple[str, str], ...],
    points: PointTarget | None = None,
) -> AnyReport:
    """Take a network apart on the intervals of its inputs."""
    if network.input_dim == 1:
        from pwlin.app.reporting.line.findings import LineFindings
        from pwlin.app.reporting.line.report import LineReport

        return LineReport(LineFindings(network, extract(network, domain[0]), target, run, settings, points))
    from pwlin.app.reporting.cells.findings import CellFindings
    from pwlin.app.reporting.cells.report import CellReport

    box = [(side.left, side.right) for side in domain]
    return CellReport(CellFindings(network, extract(network, box), target, run, settings, points))
