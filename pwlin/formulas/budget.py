"""The work that one number may take: counted, not timed, so that answers are the same on every machine."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, final

import sympy
from flint import ctx

if TYPE_CHECKING:
    from sympy import Expr

MOST_WORK = 75_000_000
"""A part of a formula for one float interval is 1, about 50 ns: about four seconds in all."""
PER_BALL = 40
"""What a part of a formula takes for one ball, of a few hundred bits and with its derivatives."""
_PER_PART, _BESIDE = 30, 4
"""The same on the line, on the average, and what is done for each ball besides its formula, in parts."""
_BITS = 1024
"""So many more bits cost as much again."""


@lru_cache(maxsize=4096)
def size_of(formula: Expr) -> int:
    """How many parts a formula has: what its evaluation costs."""
    return sum(1 for _ in sympy.preorder_traversal(formula))


def cost_of_ball(formula: Expr) -> int:
    """What a value of a formula takes in ball arithmetic, at the working precision."""
    return cost_of_complex(formula) * (1 + int(ctx.prec) // _BITS)


def cost_of_complex(formula: Expr) -> int:
    """What a value takes on a complex ball within an integration, whose balls are wide and soon done."""
    return _PER_PART * (size_of(formula) + _BESIDE)


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
