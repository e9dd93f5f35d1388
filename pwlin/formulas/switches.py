"""Where formulas switch between branches: the parts that do, and what each is on either side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import sympy
from sympy.core.relational import Relational

from pwlin.formulas.arithmetic.ranges import Range, range_of
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.steps import Steps

if TYPE_CHECKING:
    from sympy import Basic, Expr, Symbol

_MOST_STEPS = 2_000
_LARGEST = 2**50  # whole numbers that floats add halves to
_MOST_TURNS = 512


@dataclass(frozen=True, slots=True)
class Switch:
    """A part of a formula that is one thing where a difference is > 0 and another where it is < 0."""

    part: Basic
    difference: Expr
    positive: Basic
    negative: Basic

    @property
    def jumps(self) -> bool:
        """Whether what it is where the difference is 0 may be far from both."""
        return isinstance(self.part, (sympy.sign, Steps, Relational))

    def taken(self, formula: Expr, sign: int) -> Expr:
        """The formula where the difference has this sign; where it is 0 throughout (sign 0), what holds there."""
        if not sign and isinstance(self.part, Relational):
            return replaced(formula, {self.part: sympy.true if self.part.rel_op in ("<=", ">=", "==") else sympy.false})
        return replaced(formula, {self.part: self.positive if sign >= 0 else self.negative})


def replaced(formula: Expr, parts: Mapping[Basic, Basic]) -> Expr:
    """The formula with other parts; magnitudes are left as they are, which sympy takes long to look at."""
    if formula in parts:
        return parts[formula]
    new = [replaced(a, parts) for a in formula.args]
    if all(one is other for one, other in zip(new, formula.args)):
        return formula
    if isinstance(formula, sympy.Abs) and new[0].free_symbols:
        return sympy.Abs(new[0], evaluate=False)
    return formula.func(*new)


def switches(formula: Expr) -> Iterator[Switch]:
    """The switches of a formula, innermost first: the difference of the first one switches nowhere itself."""
    for part in sympy.postorder_traversal(formula):
        if isinstance(part, sympy.Abs):
            yield Switch(part, part.args[0], part.args[0], -part.args[0])
        elif isinstance(part, sympy.sign):
            yield Switch(part, part.args[0], sympy.Integer(1), sympy.Integer(-1))
        elif isinstance(part, (sympy.Max, sympy.Min)):
            for a, b in combinations(part.args, 2):
                rest = [c for c in part.args if c not in (a, b)]
                kept = [part.func(c, *rest, evaluate=False) if rest else c for c in (a, b)]
                yield Switch(part, a - b, *(kept if isinstance(part, sympy.Max) else kept[::-1]))
        elif isinstance(part, Steps):
            k, (first, last) = part.middle, part.ends
            yield Switch(part, part.args[0] - k, part.between(k, last), part.between(first, k - 1))
        elif isinstance(part, Relational):
            above, below = (sympy.true if part.rel_op in ops else sympy.false for ops in (_ABOVE, _BELOW))
            yield Switch(part, part.lhs - part.rhs, above, below)


_ABOVE, _BELOW = (">", ">=", "!="), ("<", "<=", "!=")


def unfolded(formula: Expr, domain: Mapping[Symbol, Range], almost: bool = False) -> Expr:
    """Each floor as `Steps`, and each ``asin(sin(u))`` and its like as a zigzag, where by the variables' ranges both are bounded.

    With `almost` it is the formula almost everywhere: what a floor is only where its argument is largest is left out.
    """
    formula = formula.replace(sympy.floor, lambda inner: _steps(inner, range_of(inner, domain), almost))
    for arc in (sympy.acos, sympy.asin):
        formula = formula.replace(arc, lambda inner, arc=arc: _arc(arc, inner, domain))
    return formula


def _arc(arc: type[Expr], inner: Expr, domain: Mapping[Symbol, Range]) -> Expr:
    """``acos`` or ``asin`` of a sine or cosine, by ``acos(cos(t))``, the distance of t from the multiples of 2 pi."""
    if not isinstance(inner, (sympy.sin, sympy.cos)):
        return arc(inner)
    is_sine = isinstance(inner, sympy.sin)
    found = _zigzag(inner.args[0] - (sympy.pi / 2 if is_sine else 0), domain)
    if found is None:
        other = (sympy.cos if is_sine else sympy.sin)(inner.args[0])
        found = sympy.pi / 2 - 2 * sympy.atan(inner / (1 + sympy.Abs(other)))
    return sympy.pi / 2 - found if arc is sympy.asin else found


def _zigzag(angle: Expr, domain: Mapping[Symbol, Range]) -> Expr | None:
    """The distance of an angle from the multiples of 2 pi, folded by magnitudes; None if it has too many turns."""
    found = range_of(angle / sympy.pi, domain)
    if not (isinstance(found.low, Fraction) and isinstance(found.high, Fraction)):
        return None
    centre = 2 * round((found.low + found.high) / 4)
    low, high = found.low - centre, found.high - centre
    reach, turns = max(-low, high), 1
    while turns < reach:
        turns *= 2
    if turns > _MOST_TURNS:
        return None
    folded = angle - centre * sympy.pi
    if low < 0:
        folded = sympy.Abs(folded) if high > 0 else -folded
    while turns > 2:
        turns //= 2
        folded = sympy.Abs(folded - turns * sympy.pi)
    return sympy.pi - sympy.Abs(folded - sympy.pi) if turns == 2 else folded


def _steps(inner: Expr, found: Range, almost: bool) -> Expr:
    if not (isinstance(found.low, Fraction) and isinstance(found.high, Fraction)):
        return sympy.floor(inner)
    first, last = math.floor(found.low), math.floor(found.high)
    if almost and last == found.high and last > first and not inner.has(*SWITCHES):
        last -= 1
    if last - first > _MOST_STEPS or max(-first, last) > _LARGEST:
        return sympy.floor(inner)
    return Steps(inner, first, last)
