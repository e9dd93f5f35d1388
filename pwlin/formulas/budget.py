"""The work that one number may take: counted, not timed, so that answers are the same on every machine."""

from __future__ import annotations

from typing import final

MOST_WORK = 75_000_000
"""A part of a formula for one float interval is 1, about 50 ns: about four seconds in all."""
PER_BALL = 40
"""What a part of a formula takes for one ball, of a few hundred bits and with its derivatives."""


@final
class Budget:
    """What is left of the work that a number, or a proof, may take.

    Whoever evaluates formulas spends it, and whoever refines asks first; what is not settled when it is gone keeps its bounds.
    """

    __slots__ = ("left",)

    def __init__(self, left: int = MOST_WORK) -> None:
        self.left = left

    def spend(self, work: int) -> None:
        """Count some work; it may overdraw."""
        self.left -= work

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0
