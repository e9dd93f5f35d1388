"""The branches of a formula that may jump, one by one.

A ball's radius has thirty bits only, so the hull of two values a jump apart is a billionth too wide. Where a jump decides
how large an error is, the values on its two sides are needed instead.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

import sympy

from pwlin.base.errors import TargetError
from pwlin.formulas.arithmetic.balls import Condition, JetFunction, compile_condition, compile_jet
from pwlin.formulas.steps import Steps

if TYPE_CHECKING:
    from flint import arb
    from sympy import Expr, Symbol

_MOST_SWITCHES = 8


def compile_branches(expression: Expr, symbol: Symbol | None) -> Callable[[arb], list[arb]] | None:
    """A function from a ball to the values (balls) of all branches that may hold somewhere on it.

    None for formulas that cannot jump, and for those with too many switches to tell apart.
    """
    steps = sorted(expression.atoms(Steps), key=str)
    values = [range(part.ends[0], part.ends[1] + 1) for part in steps]
    switches = expression.atoms(sympy.sign, sympy.Piecewise)
    if symbol is None or not (switches or steps) or len(switches) + sum(map(len, values)) > _MOST_SWITCHES:
        return None
    inside = [compile_jet(part.args[0], symbol) for part in steps]
    cases: list[tuple[list[Condition], list[tuple[JetFunction, Condition]]]] = []
    for chosen in product(*values):
        held = [_floored(inner, part.ends, k) for inner, part, k in zip(inside, steps, chosen)]
        branches = _branches(expression.xreplace(dict(zip(steps, map(sympy.Integer, chosen)))), symbol)
        if branches is None:
            return None
        cases.append((held, branches))

    def evaluate(x: arb) -> list[arb]:
        values = []
        for held, branches in cases:
            if any(test(x) is False for test in held):
                continue
            for branch, condition in branches:
                holds = condition(x)
                if holds is not False:
                    values.append(branch(x)[0])
                if holds is True:
                    break
        return values

    return evaluate


def _floored(inner: JetFunction, ends: tuple[int, int], value: int) -> Condition:
    """Whether a floor between two whole numbers may be this one; it is never said to be so everywhere."""

    def holds(x: arb) -> bool | None:
        found = inner(x)[0]
        apart = (value > ends[0] and found < value) or (value < ends[1] and found >= value + 1)
        return False if apart else None

    return holds


def _branches(expression: Expr, symbol: Symbol) -> list[tuple[JetFunction, Condition]] | None:
    """The branches of what has no floors, with their conditions; None where folding does not find them."""
    if not expression.has(sympy.sign, sympy.Piecewise):
        return [(compile_jet(expression, symbol), lambda x: True)]
    folded = sympy.piecewise_fold(expression.replace(lambda part: isinstance(part, sympy.sign), _as_piecewise))
    if not isinstance(folded, sympy.Piecewise):
        return None
    try:
        return [(compile_jet(e, symbol), compile_condition(c, symbol)) for e, c in folded.args]
    except TargetError:  # a condition that folding has made unreadable
        return None


def _as_piecewise(part: Expr) -> Expr:
    [inner] = part.args
    return sympy.Piecewise((1, inner > 0), (-1, inner < 0), (0, True))
