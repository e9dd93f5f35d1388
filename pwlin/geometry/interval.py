"""Intervals of the real line with exact ends: domains, and the places where something holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from pwlin.base.arguments import items, refusal, shown
from pwlin.base.doors import doors
from pwlin.base.errors import DomainError, ExactnessError, PwlinError
from pwlin.exact.rational import Number, to_fraction
from pwlin.exact.text import shortened

_WIDTH = 40

ACCEPTED = "a pair (a, b) with a < b; ends are exact numbers, or None (or an infinity) for no end; or None for all of R"


@doors
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
    def parse(domain: object, name: str = "domain") -> Interval:
        """Read a 1-D domain: None, or a pair of ends; raises `DomainError` unless it has an interior."""
        if domain is None or isinstance(domain, Interval):
            return domain or Interval(None, None)
        ends = items(domain, name, f"is {ACCEPTED}", DomainError)
        if len(ends) == 1 and isinstance(ends[0], (list, tuple, Interval)):
            return Interval.parse(ends[0], name)
        if len(ends) != 2:
            raise refusal(name, shown(domain), f"is {ACCEPTED}", DomainError)
        left, right = _end(ends[0], -1, name), _end(ends[1], 1, name)
        if left is not None and right is not None and left >= right:
            found = f"the ends {shortened(left, _WIDTH)} and {shortened(right, _WIDTH)}"
            raise refusal(name, found, f"is {ACCEPTED}", DomainError)
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
            raise refusal("domain", f"{self} and {other}", "are intervals that share more than a point", DomainError)
        return Interval(left, right)

    def __str__(self) -> str:
        low = "(-inf" if self.left is None else f"[{shortened(self.left, _WIDTH)}"
        high = "inf)" if self.right is None else f"{shortened(self.right, _WIDTH)}]"
        return f"{low}, {high}"

    def __repr__(self) -> str:
        return f"Interval({self})"


Ends = tuple[Number | None, Number | None]
"""A pair of ends; None is infinite."""
LineDomain = Interval | Ends | None
"""What `Interval.parse` reads; None is all of R."""


def _end(value: object, side: int, name: str) -> Fraction | None:
    infinite = _infinity(value)
    if value is None or infinite == side:
        return None
    if infinite:
        found = f"{shown(value)} as its {'right' if side > 0 else 'left'} end"
        raise refusal(name, found, f"is {ACCEPTED}", DomainError)
    try:
        return to_fraction(value, name)
    except ExactnessError as error:
        raise DomainError(str(error)) from None


def _infinity(value: object) -> int:
    """The sign of an infinity; 0 for anything else."""
    if isinstance(value, str):
        word = value.strip().lower()
        return 0 if word.lstrip("+-") not in ("inf", "oo") else -1 if word.startswith("-") else 1
    if isinstance(value, (float, np.floating)) and math.isinf(value):
        return 1 if value > 0 else -1
    if getattr(value, "is_infinite", False) is True:  # sympy's oo
        return 1 if value > 0 else -1  # type: ignore[operator]
    return 0


class Bounded(Protocol):
    """Any domain: it can say whether it is bounded, and what it is."""

    @property
    def is_bounded(self) -> bool:
        """Whether it is."""


def require_bounded(domain: Bounded, name: str = "domain", error: type[PwlinError] = DomainError) -> None:
    """Refuse a domain that is not bounded."""
    if not domain.is_bounded:
        example = ", such as (-1, 1)" if isinstance(domain, Interval) else ""
        raise refusal(name, str(domain), f"are bounded domains{example}", error)


def bounded(domain: object, name: str = "domain", error: type[PwlinError] = DomainError) -> tuple[Fraction, Fraction]:
    """The ends of a 1-D domain; an error of the class `error` if one is infinite."""
    interval = Interval.parse(domain, name)
    require_bounded(interval, name, error)
    assert interval.left is not None and interval.right is not None
    return interval.left, interval.right
