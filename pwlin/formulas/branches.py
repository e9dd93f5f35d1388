"""The branches of a formula that may jump, one by one.

A ball's radius has thirty bits only, so the hull of two values a jump apart is a billionth too wide. Where a jump decides
how large an error is, the values on its two sides are needed instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy

from pwlin.base.errors import TargetError
from pwlin.formulas.arithmetic.balls import Condition, JetFunction, compile_condition, compile_jet
from pwlin.formulas.budget import size_of
from pwlin.formulas.steps import Steps

if TYPE_CHECKING:
    from flint import arb
    from sympy import Expr, Symbol

_MOST_SWITCHES = 8


def compile_branches(expression: Expr, symbol: Symbol | None) -> Callable[[arb], list[arb]] | None:
    """A function from a ball to the values (balls) of all branches that may hold somewhere on it.

    None for formulas that cannot jump, and for those with too many switches to tell apart.
    """
    switches = expression.atoms(sympy.sign, sympy.Piecewise)
    settled = None if symbol is None else _without_steps(expression, symbol)
    if symbol is None or settled is None or not (switches or len(settled) > 1):
        return None
    if len(switches) + len(settled) > _MOST_SWITCHES:
        return None
    cases: list[tuple[list[Condition], list[tuple[JetFunction, Condition]]]] = []
    for held, formula in settled:
        branches = _branches(formula, symbol)
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


def _without_steps(expression: Expr, symbol: Symbol) -> list[tuple[list[Condition], Expr]] | None:
    """Formulas with whole numbers for floors, from the innermost on, and what holds where they count; None if too many."""
    steps = min(expression.atoms(Steps), key=lambda part: (size_of(part), str(part)), default=None)
    if steps is None:
        return [([], expression)]
    first, last = steps.ends
    if last - first >= _MOST_SWITCHES:
        return None
    inside = compile_jet(steps.args[0], symbol)
    found: list[tuple[list[Condition], Expr]] = []
    for k in range(first, last + 1):
        rest = _without_steps(expression.xreplace({steps: sympy.Integer(k)}), symbol)
        if rest is None or len(found) + len(rest) > _MOST_SWITCHES:
            return None
        found += [([_floored(inside, steps.ends, k), *held], formula) for held, formula in rest]
    return found


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
