"""Formulas as functions of affine forms: on a simplex these take every value between those at the corners, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, final

import sympy

from pwlin.comparison.cells.batch import combined
from pwlin.comparison.cells.switches import affine_form
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.switches import switches

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from pwlin.comparison.cells.simplices import AffineForm

_FORMULAS = 256
_SWITCHES = 4


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
    def switches(self) -> list[tuple[Leaves, Leaves, Leaves]]:
        """For each switch along a curve its difference, and the formula where that is positive and where negative."""
        found = []
        for switch in islice(switches(self.whole), _SWITCHES):
            if not switch.difference.has(*SWITCHES):
                parts = (switch.difference, *(switch.taken(self.whole, sign) for sign in (1, -1)))
                found.append(tuple(leaves_of(part, self.symbols) for part in parts))
        return found  # type: ignore[return-value]

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
