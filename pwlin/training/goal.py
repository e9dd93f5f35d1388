"""What is to be learnt, and where: read and refused before any step."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from pwlin.base import arguments
from pwlin.base.errors import PwlinWarning, TrainingError
from pwlin.comparison.cells.linear import check_target_nd
from pwlin.exact.rational import nearest_float
from pwlin.extraction import extract
from pwlin.formulas.cancelled import check_target
from pwlin.formulas.kinds import Formula, Target
from pwlin.formulas.point_target import is_points, read_point_target
from pwlin.formulas.target import TargetLike, read_target
from pwlin.geometry.domain import bounded_box
from pwlin.geometry.interval import Interval
from pwlin.networks.network import Network
from pwlin.training.run import Ends

_USUAL = (-5, 5)


def read_goal(target: TargetLike, domain: object) -> tuple[Target, tuple[Ends, ...]]:
    """The function or the points to learn, and the bounded intervals on which; a formula must be defined there."""
    if is_points(target):
        points = read_point_target(target)
        box = _box(points.box[0] if points.dimension == 1 else list(points.box)) if domain is None else _box(domain)
        return read_point_target(points, len(box)).within(box), box
    box = _box(_USUAL if domain is None else domain)
    goal = read_target(target, len(box), allow_callable=True)
    with warnings.catch_warnings():  # a removable point is no obstacle: no batch will meet it
        warnings.simplefilter("ignore", PwlinWarning)
        require_defined(goal, box)
    return goal, box


def require_defined(target: Target, box: Sequence[Ends]) -> None:
    """Refuse a formula that is undefined somewhere on a box.

    Raises
    ------
    TargetError
        With the operation and the place.
    """
    if not isinstance(target, Formula):
        return
    if len(box) == 1:
        check_target(target, *box[0])
    else:
        zero = Network.from_arrays([[[0] * len(box)]], [[0]])
        check_target_nd(target, extract(zero, list(box)))


def _box(domain: object) -> tuple[Ends, ...]:
    box = bounded_box(domain, error=TrainingError)
    for ends in box:
        if not np.isfinite([nearest_float(end) for end in ends]).all():
            raise arguments.refusal("domain", str(Interval(*ends)), "are ends that float64 can hold", TrainingError)
    return box
