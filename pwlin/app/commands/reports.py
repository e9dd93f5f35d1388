"""A report on what a network is, and what is refused before one is trained."""

from __future__ import annotations

from collections.abc import Sequence

from pwlin.app.reporting.reports import AnyReport, report_of
from pwlin.base.errors import TargetError
from pwlin.extraction import extract
from pwlin.formulas.kinds import Target
from pwlin.formulas.point_target import PointTarget
from pwlin.geometry.interval import Interval
from pwlin.networks.network import Network
from pwlin.training import goal
from pwlin.training.run import TrainingRun


def require_defined(target: Target, domain: Sequence[Interval]) -> None:
    """Refuse a target that is undefined somewhere on a bounded domain, before anything is trained."""
    sides = [(side.left, side.right) for side in domain if side.left is not None and side.right is not None]
    if len(sides) < len(domain):
        return
    try:
        goal.require_defined(target, sides)
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
    box = [(side.left, side.right) for side in domain]
    return report_of(extract(network, domain[0] if network.input_dim == 1 else box), target, run, settings, points)
