"""Functions divided by the powers of x - r that their zeros at r allow, with the limit as the value at r.

``f / (x - r)**m`` is the divided difference of f at m times r and x, which lies in the hull of the values of the m-th
derivative between r and x, divided by m! (Hermite; in complex numbers too, where hulls are convex); and so its own
derivatives lie in those of higher ones.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

import sympy

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.printing.str import StrPrinter


class Divided(sympy.Function):  # type: ignore[misc]
    """``Divided(f, x, r, m)`` is ``f / (x - r)**m``, for a function with a zero of order m at r."""

    nargs = 4
    is_real = True

    @classmethod
    def eval(cls, f: Expr, x: Expr, r: Expr, m: Expr) -> Expr | None:
        """Plain numbers away from the zero."""
        return f / (x - r) ** m if x.is_number and x != r else None

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        f, x, r, m = self.args
        return Divided((x - r) * f.diff(symbol) - m * f, x, r, m + 1) if symbol == x else sympy.Integer(0)

    def _sympystr(self, printer: StrPrinter) -> str:
        return str(printer.doprint(self.quotient))

    @property
    def quotient(self) -> Expr:
        """The quotient as it is written; undefined at r."""
        f, x, r, m = self.args
        return f / (x - r) ** m

    def derivatives(self, count: int) -> list[Expr]:
        """What encloses the values, the first derivatives, ... between r and x: derivatives of f, from the m-th."""
        f, x, _, m = self.args
        order = int(m)
        return [f.diff(x, order + k) * sympy.Rational(factorial(k), factorial(order + k)) for k in range(count)]

    def limit_value(self) -> Expr:
        """The value at r."""
        _, x, r, _ = self.args
        return self.derivatives(1)[0].xreplace({x: r})


def limit_at(expression: Expr, symbol: Symbol, place: Expr) -> Expr:
    """The value of a continued expression at the place."""
    there = {part: part.limit_value() for part in expression.atoms(Divided) if part.args[2] == place}
    return expression.xreplace(there).xreplace({symbol: place})
