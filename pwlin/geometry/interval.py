"""Intervals of the real line with exact ends: domains, and the places where something holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from pwlin.base.arguments import shown
from pwlin.base.errors import DomainError, ExactnessError
from pwlin.exact.rational import Number, to_fraction

ACCEPTED = "a pair (a, b) with a < b; ends are exact numbers, or None (or an infinity) for no end; or None for all of R"


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval; an end that is None is infinite.

    Examples
    --------
    >>> Interval.parse(("-1/3", None))
    Interval([-1/3, inf))
    >>> Fraction(0) in Interval.parse((-1, 1))
    True
    """

    left: Fraction | None
    right: Fraction | None

    @staticmethod
    def parse(domain: Any, name: str = "domain") -> Interval:
        """Read a 1-D domain: None, or a pair of ends; raises `DomainError` unless it has an interior."""
        if domain is None:
            return Interval(None, None)
        if isinstance(domain, Interval):
            domain = (domain.left, domain.right)
        if isinstance(domain, np.ndarray) or hasattr(domain, "tolist"):
            domain = list(domain)
        if isinstance(domain, (list, tuple)) and len(domain) == 1 and isinstance(domain[0], (list, tuple)):
            domain = domain[0]
        if not isinstance(domain, (list, tuple)) or len(domain) != 2:
            raise DomainError(f"{name}: found {domain!r:.80}; accepted is {ACCEPTED}")
        left, right = _end(domain[0], -1, name), _end(domain[1], 1, name)
        if left is not None and right is not None and left >= right:
            raise DomainError(f"{name}: found the ends {left} and {right}; accepted is {ACCEPTED}")
        return Interval(left, right)

    @property
    def is_bounded(self) -> bool:
        """Whether both ends are finite."""
        return self.left is not None and self.right is not None

    def __contains__(self, x: Fraction) -> bool:
        return (self.left is None or self.left <= x) and (self.right is None or x <= self.right)

    def intersect(self, other: Interval) -> Interval:
        """The common part; raises `DomainError` if it has no interior."""
        left = max((e for e in (self.left, other.left) if e is not None), default=None)
        right = min((e for e in (self.right, other.right) if e is not None), default=None)
        if left is not None and right is not None and left >= right:
            raise DomainError(f"domain: found {self} and {other}, which share no interval")
        return Interval(left, right)

    def __str__(self) -> str:
        low = "(-inf" if self.left is None else f"[{shown(self.left)}"
        high = "inf)" if self.right is None else f"{shown(self.right)}]"
        return f"{low}, {high}"

    def __repr__(self) -> str:
        return f"Interval({self})"


Ends = tuple[Number | None, Number | None]
"""A pair of ends; None is infinite."""
LineDomain = Interval | Ends | None
"""What `Interval.parse` reads; None is all of R."""


def _end(value: Any, side: int, name: str) -> Fraction | None:
    if isinstance(value, str) and value.strip().lower() in ("inf", "+inf", "-inf", "oo", "-oo"):
        value = -math.inf if value.strip().startswith("-") else math.inf
    if value is None:
        return None
    infinite = isinstance(value, (float, np.floating)) and math.isinf(value)
    if infinite or getattr(value, "is_infinite", False) is True:
        if (value > 0) == (side > 0):
            return None
        raise DomainError(f"{name}: found {value} as its {'right' if side > 0 else 'left'} end; accepted is {ACCEPTED}")
    try:
        return to_fraction(value, name)
    except ExactnessError as error:
        raise DomainError(str(error)) from None


def bounded(domain: Any) -> tuple[Fraction, Fraction]:
    """The ends of a bounded 1-D domain; `DomainError` for anything else."""
    interval = Interval.parse(domain)
    if interval.left is None or interval.right is None:
        raise DomainError(f"domain: found {interval}; accepted are bounded intervals: pass domain=(a, b)")
    return interval.left, interval.right
