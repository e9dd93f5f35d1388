"""What a formula needs in order to be defined, and what of that its form alone shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import sympy
from sympy.core.relational import Relational
from sympy.polys.polyerrors import BasePolynomialError

from pwlin.formulas.allowed import term_bounds
from pwlin.formulas.arithmetic.ranges import Range, range_of
from pwlin.formulas.elementary import BY_HEAD, Need

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.logic.boolalg import Boolean

MOST_PARTS = 120
"""Longest expression that is factored, counted in nodes of its tree."""
MOST_BITS = 256
"""Longest numbers in it."""
MOST_TERMS = 2_000
"""Most terms that it may have once expanded."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """`quantity` must be ``!=``, ``>`` or ``>=`` zero wherever all `guards` (branch conditions) may hold."""

    quantity: Expr
    relation: str
    reason: str
    guards: tuple[Boolean, ...] = ()

    @property
    def symbols(self) -> set[Symbol]:
        """The variables that it mentions."""
        return set(self.quantity.free_symbols).union(*(guard.free_symbols for guard in self.guards))

    @property
    def is_guarded(self) -> bool:
        """Whether one of the guards says just that."""
        if self.relation != ">=":
            return False
        relations = [g for g in self.guards if isinstance(g, Relational) and g.rel_op in (">", ">=", "<", "<=")]
        return any(g.gts - g.lts == self.quantity for g in relations)

    @property
    def unguarded(self) -> Requirement:
        """The same without guards: where they fail the quantity is 1."""
        if not self.guards:
            return self
        return replace(self, quantity=sympy.Piecewise((self.quantity, sympy.And(*self.guards)), (1, True)), guards=())

    def holds_for(self, found: Range) -> bool:
        """Whether numbers in a range all fulfil it."""
        if self.relation == ">=":
            return found.low >= 0
        return found.positive or (self.relation == "!=" and found.negative)


def requirements(expression: Expr, domain: Mapping[Symbol, Range]) -> list[Requirement]:
    """What an expression needs and its form does not show, inner parts first; each is as simple as can be.

    Even powers drop out, products fall apart into factors (over the rationals and the parts that are no polynomials), and
    what bounds by form prove is left out.
    """
    return factored(all_needs(expression), domain)


def factored(needs: Iterable[Requirement], domain: Mapping[Symbol, Range]) -> list[Requirement]:
    """What some needs come to on a domain, each once."""
    found: dict[Requirement, None] = {}
    for need in dict.fromkeys(needs):
        if not need.is_guarded and not need.holds_for(range_of(need.quantity, domain)):
            for part in _factored(need, domain):
                found.setdefault(part)
    return list(found)


def all_needs(expression: Expr, guards: tuple[Boolean, ...] = ()) -> Iterator[Requirement]:
    """Everything that an expression needs, inner parts first."""
    if isinstance(expression, sympy.Piecewise):
        earlier: tuple[Boolean, ...] = ()
        for branch, condition in expression.args:
            for relation in condition.atoms(Relational):
                yield from all_needs(relation.lhs - relation.rhs, (*guards, *earlier))
            yield from all_needs(branch, (*guards, *earlier, condition))
            earlier = (*earlier, sympy.Not(condition))
        if expression.args[-1][1] != sympy.true:
            reason = "no condition of its Piecewise holds"
            yield Requirement(sympy.Integer(0), "!=", reason, (*guards, *earlier))
        return
    for argument in expression.args:
        yield from all_needs(argument, guards)
    for need in own_needs(expression):
        yield Requirement(need.quantity, need.relation, need.reason, guards)


def lost_needs(needs: Iterable[Requirement], kept: Expr) -> tuple[Requirement, ...]:
    """The needs that an expression does not have itself, since what had them has cancelled."""
    own = {(need.quantity, need.relation) for need in all_needs(kept) if not need.guards}
    known = set(all_needs(kept))
    found = dict.fromkeys(need for need in needs if need not in known and (need.quantity, need.relation) not in own)
    return tuple(found)


def own_needs(expression: Expr) -> Iterator[Need]:
    """What the outermost operation of an expression needs."""
    head, arguments = expression.func, expression.args
    if head in BY_HEAD:
        yield from BY_HEAD[head].needs(arguments[0])
    elif head is sympy.Pow:
        base, exponent = arguments
        if exponent.is_Integer:
            if exponent < 0:
                yield Need(base, "!=", f"division by {base}, which is zero there")
        elif exponent.free_symbols:
            if base is not sympy.E:
                yield Need(base, ">", f"{expression} needs a positive base")
        elif exponent > 0:
            yield Need(base, ">=", f"{expression} of a negative number")
        else:
            yield Need(base, ">", f"{expression} needs a positive base")
    elif expression in (sympy.zoo, sympy.oo, -sympy.oo, sympy.nan) or expression is sympy.I:
        is_left_open = expression is sympy.nan
        reason = "no condition of its Piecewise holds" if is_left_open else f"{expression} is not a real number"
        yield Need(sympy.Integer(0), "!=", reason)


def _factored(need: Requirement, domain: Mapping[Symbol, Range]) -> Iterator[Requirement]:
    """Requirements that together are equivalent to one, where its parts are defined."""
    constant, factors = factors_of(need.quantity)
    sign = 1 if constant.is_positive else -1
    odd: list[Expr] = []
    for factor, times in factors:
        found = range_of(factor, domain)
        if found.positive or found.negative:
            sign *= -1 if found.negative and times % 2 else 1
        elif need.relation == "!=" or (need.relation == ">" and times % 2 == 0):
            yield replace(need, quantity=factor, relation="!=")
        elif times % 2:
            odd.append(factor)
    if constant == 0 or need.relation != "!=":
        rest = replace(need, quantity=sympy.Mul(constant if constant == 0 else sign, *odd))
        if not rest.holds_for(range_of(rest.quantity, domain)):
            yield rest


def factors_of(expression: Expr) -> tuple[Expr, list[tuple[Expr, int]]]:
    """A constant and factors with their multiplicities; the expression itself where it is long or has no factors.

    Roots of a variable count as variables: ``x - 2*sqrt(x) + 1`` is a square.
    """
    if not expression.free_symbols:
        return expression, []
    plain = sympy.Integer(1), [(expression, 1)]
    parts = list(islice(sympy.preorder_traversal(expression), MOST_PARTS + 1))
    longest = max((max(abs(p.p), p.q).bit_length() for p in parts if p.is_Rational), default=0)
    if len(parts) > MOST_PARTS or longest > MOST_BITS or term_bounds(expression)[1] > MOST_TERMS:
        return plain
    there, back = _without_roots(expression)
    irrational = [c for c in there.atoms(sympy.Pow) if c.base.is_Rational and c.exp.is_Rational]
    try:
        options = {"extension": irrational[0]} if len(irrational) == 1 else {}
        constant, factors = sympy.factor_list(there, **options)
    except (BasePolynomialError, NotImplementedError, ValueError):
        return plain
    found = [(factor.xreplace(back), int(times)) for factor, times in factors]
    moved = [factor for factor, _ in found if not factor.free_symbols]
    return sympy.Mul(constant, *moved), [(f, times) for f, times in found if f.free_symbols]


def _without_roots(expression: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """The expression in roots of its variables, and what they stand for."""
    degrees: dict[Symbol, int] = {}
    for power in expression.atoms(sympy.Pow):
        if power.base.is_Symbol and power.exp.is_Rational:
            degrees[power.base] = sympy.ilcm(degrees.get(power.base, 1), power.exp.q)
    roots = {v: sympy.Dummy(positive=True) for v, degree in degrees.items() if degree > 1}
    there = expression.xreplace({v: root ** degrees[v] for v, root in roots.items()})
    return there, {root: v ** sympy.Rational(1, degrees[v]) for v, root in roots.items()}
