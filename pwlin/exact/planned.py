"""Numbers of which something is known before what they are made from is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from pwlin.exact.long_fractions import NEAR, Bounds, bounds_of


@final
@dataclass(frozen=True, eq=False)
class Planned:
    """A number of which something is known before what it is made from is there.

    Attributes
    ----------
    near : callable
        Makes numbers from below and from above; None where nothing is known.
    make : callable
        Makes the number.
    """

    near: Callable[[], tuple[Fraction, Fraction] | None]
    make: Callable[[], Fraction]

    @cached_property
    def _near(self) -> tuple[Fraction, Fraction] | None:
        return self.near()

    @cached_property
    def _made(self) -> Fraction:
        return self.make()

    def bounds(self, bits: int) -> Bounds:
        low, high = (self._near if bits <= NEAR else None) or (self._made, self._made)
        return bounds_of(low, bits)[0], bounds_of(high, bits)[1]

    def exact(self) -> Fraction:
        return self._made
