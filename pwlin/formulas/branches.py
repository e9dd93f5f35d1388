"""The branches of a formula that may jump, one by one.

A ball's radius has thirty bits only, so the hull of two values a jump apart is a billionth too wide. Where a jump decides
how large an error is, the values on its two sides are needed instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy

from pwlin.base.errors import TargetError
from pwlin.formulas.arithmetic.balls import compile_condition, compile_jet

if TYPE_CHECKING:
    from flint import arb
    from sympy import Expr, Symbol

_MOST_SWITCHES = 8


def compile_branches(expression: Expr, symbol: Symbol | None) -> Callable[[arb], list[arb]] | None:
    """A function from a ball to the values (balls) of all branches that may hold somewhere on it.

    None for formulas that cannot jump, and for those with too many switches to tell apart.
    """
    switches = expression.atoms(sympy.sign, sympy.Piecewise)
    if symbol is None or not switches or len(switches) > _MOST_SWITCHES:
        return None
    folded = sympy.piecewise_fold(expression.replace(lambda part: isinstance(part, sympy.sign), _as_piecewise))
    if not isinstance(folded, sympy.Piecewise):
        return None
    try:
        branches = [(compile_jet(e, symbol), compile_condition(c, symbol)) for e, c in folded.args]
    except TargetError:  # a condition that folding has made unreadable
        return None

    def evaluate(x: arb) -> list[arb]:
        values = []
        for branch, condition in branches:
            holds = condition(x)
            if holds is not False:
                values.append(branch(x)[0])
            if holds is True:
                break
        return values

    return evaluate


def _as_piecewise(part: Expr) -> Expr:
    [inner] = part.args
    return sympy.Piecewise((1, inner > 0), (-1, inner < 0), (0, True))
