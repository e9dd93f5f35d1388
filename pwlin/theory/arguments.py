"""Arguments that several theory functions share."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pwlin.base.errors import DomainError, PwlinError
from pwlin.geometry.interval import Interval


def count(value: Any, name: str, least: int) -> int:
    """An integer from `least` on; `PwlinError` for anything else."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise PwlinError(f"{name}: found {value!r:.80}; accepted are integers from {least}")
    return int(value.__index__())


def bounded(domain: Any) -> tuple[Fraction, Fraction]:
    """The ends of a bounded interval; `DomainError` for anything else."""
    interval = Interval.parse(domain)
    if interval.left is None or interval.right is None:
        raise DomainError(f"domain: found {interval}; accepted is a bounded interval (a, b)")
    return interval.left, interval.right
