"""Floors between two whole numbers: one part of a formula however many steps it has, which halves where it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

if TYPE_CHECKING:
    from flint import arb
    from sympy import Expr, Symbol


class Steps(sympy.Function):  # type: ignore[misc]
    """``Steps(u, first, last)`` is ``floor(u)``, or the nearest of both integers where it is beyond them."""

    nargs = 3
    is_real = True

    @classmethod
    def eval(cls, inner: Expr, first: Expr, last: Expr) -> Expr | None:
        """Plain numbers, and a single step."""
        if first == last:
            return first
        return sympy.Max(first, sympy.Min(last, sympy.floor(inner))) if inner.is_number else None

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        return sympy.Integer(0)

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the largest value."""
        return int(self.args[1]), int(self.args[2])

    @property
    def middle(self) -> int:
        """The step that halves them: below it is this one, from it on it is another."""
        first, last = self.ends
        return (first + last + 1) // 2

    def between(self, first: int, last: int) -> Expr:
        """The same with no values beyond these."""
        low, high = self.ends
        return Steps(self.args[0], min(max(first, low), high), max(min(last, high), low))

    def where(self, inside: arb) -> Expr:
        """The same where its argument lies in a ball."""
        below, above = inside.lower(), inside.upper()
        if not (below.is_finite() and above.is_finite()):
            return self
        first, last = self.ends
        start = first if below < first else last if below >= last else int(float(below.floor()))
        stop = last if above >= last else first if above < first else int(float(above.floor()))
        return self.between(start, stop)
