"""Formulas as functions of affine forms: on a simplex these take every value between those at the corners, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, final

import sympy

from pwlin.comparison.cells.batch import combined
from pwlin.comparison.cells.switches import affine_form
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.budget import size_of
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.steps import Steps
from pwlin.formulas.switches import Switch, switches

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from pwlin.comparison.cells.simplices import AffineForm

_FORMULAS = 256
_SWITCHES = 4
LEVEL = sympy.Dummy("level", real=True)
"""A whole number that differs from part to part: at which a floor steps there."""


@final
@dataclass(frozen=True)
class Lead:
    """A switch with the leaves of what it depends on, of the formula on either side, and its floor if it is one.

    Of a floor these are its argument, the argument less `LEVEL`, and the formulas with the floor there and one lower.
    """

    switch: Switch
    quantity: Leaves
    difference: Leaves
    positive: Leaves
    negative: Leaves

    @property
    def steps(self) -> Steps | None:
        """The floor between two whole numbers."""
        return self.switch.part if isinstance(self.switch.part, Steps) else None


@final
@dataclass(frozen=True)
class Leaves:
    """A formula in symbols that stand for affine forms: its variables, and each part that is affine in several of them.

    ``tanh(200*(x - y))`` on a box around a sliver along ``x = y`` has all its values; on the sliver itself few.
    """

    formula: Expr
    forms: Mapping[Symbol, AffineForm]

    symbols: Sequence[Symbol]
    whole: Expr

    @cached_property
    def size(self) -> int:
        """How many parts the formula has: what its evaluation costs."""
        return size_of(self.formula)

    @cached_property
    def leads(self) -> list[Lead]:
        """Its switches."""
        return [self._lead(switch) for switch in switches(self.whole)]

    @cached_property
    def switches(self) -> list[Lead]:
        """The switches along curves, or a few of them."""
        return [lead for lead in self.leads if not lead.switch.difference.has(*SWITCHES)][:_SWITCHES]

    def _lead(self, switch: Switch) -> Lead:
        part, quantity, difference = switch.part, switch.difference, switch.difference
        if isinstance(part, Steps):
            quantity, difference = part.args[0], part.args[0] - LEVEL
            sides = [self.whole.xreplace({part: level}) for level in (LEVEL, LEVEL - 1)]
        else:
            sides = [switch.taken(self.whole, sign) for sign in (1, -1)]
        return Lead(switch, *(leaves_of(formula, self.symbols) for formula in (quantity, difference, *sides)))

    @cached_property
    def _coefficients(self) -> list[Intervals]:
        return [Intervals.of(form) for form in self.forms.values()]

    def at(self, points: Intervals) -> list[Intervals]:
        """The forms at points of shape (count, n, d): a list of intervals of shape (count, n)."""
        found = []
        for form, exact in zip(self.forms.values(), self._coefficients):
            used = [k for k, a in enumerate(form[:-1]) if a]
            if len(used) == 1 and form[used[0]] == 1 and not form[-1]:
                found.append(points[:, :, used[0]])
            else:
                found.append(combined(exact[None, None, :-1], points) + exact[-1])
        return found


@lru_cache(_FORMULAS)
def leaves_of(formula: Expr, symbols: Sequence[Symbol]) -> Leaves:
    """The leaves of a formula in some variables."""
    known: dict[Expr, Symbol] = {}

    def replaced(part: Expr) -> Expr:
        if len(part.free_symbols) < 2 or not part.args:
            return part
        if isinstance(part, sympy.Piecewise):
            return sympy.Piecewise(*((replaced(branch), condition) for branch, condition in part.args))
        if affine_form(part, symbols) is not None:
            return known.setdefault(part, sympy.Dummy(real=True))
        arguments = part.args
        if part.is_Add:
            straight = [a for a in arguments if affine_form(a, symbols) is not None]
            together = sympy.Add(*straight)
            if len(together.free_symbols) > 1:
                arguments = (together, *(a for a in arguments if a not in straight))
        new = [replaced(a) for a in arguments]
        return part.func(*new) if new != list(part.args) else part

    found = replaced(formula)
    forms = {s: affine_form(s, symbols) for s in symbols} | {s: affine_form(part, symbols) for part, s in known.items()}
    return Leaves(found, {s: form for s, form in forms.items() if form is not None}, symbols, formula)
