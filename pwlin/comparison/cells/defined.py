"""Proof that a target of several variables is defined on simplices, or its refusal by name and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational

from pwlin.comparison.cells.batch import DEEPEST, Batch, Whole
from pwlin.comparison.cells.model import ErrorModel
from pwlin.comparison.cells.simplices import AffineForm, Simplex, distinct, value_at
from pwlin.comparison.cells.switches import affine_form
from pwlin.comparison.cells.triangles import box_of
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic.floats import Floats
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.arithmetic.ranges import range_of
from pwlin.formulas.arithmetic.series import evaluate
from pwlin.formulas.arithmetic.taylor import variable
from pwlin.formulas.budget import Budget
from pwlin.formulas.defined import doubt_on, refusal
from pwlin.formulas.needs import Requirement, factors_of, requirements
from pwlin.formulas.quadratics import quadratic_minimum
from pwlin.formulas.zeros import simplest, vanishes_at
from pwlin.geometry.polytope import Point

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.logic.boolalg import Boolean


_AT_ONCE = 256
_MOST = 8_000
"""Most simplices that one requirement may take."""
_TRIALS = 8
"""How many of the plainest points in doubt are tried for exact zeros."""


def check_defined_on(expression: Expr, symbols: Sequence[Symbol], simplices: Sequence[Simplex], text: str) -> None:
    """Return if `expression` is certainly defined and finite on all of the simplices.

    Parameters
    ----------
    text : str
        How an error message calls the target.

    Raises
    ------
    TargetError
        With the operation and the place: if the target has a pole there or is undefined, or if that could not be settled
        within a budget of work, which takes seconds. The message says which.
    """
    for need in requirements(expression, box_of(symbols, simplices)):
        found = _Proof(need, symbols, simplices).doubt()
        if found is not None:
            raise refusal(text, place_text(symbols, found[0]), need.reason, found[1])


def doubt_about(
    need: Requirement, symbols: Sequence[Symbol], simplices: Sequence[Simplex]
) -> tuple[Point, bool] | None:
    """Where a requirement is not met on some simplices, and whether that is certain; None if it is met everywhere."""
    return _Proof(need, symbols, simplices).doubt()


def place_text(symbols: Sequence[Symbol], place: Point) -> str:
    """A place as messages name it."""
    values = ", ".join(str(v) if v.denominator < 1000 else f"{nearest_float(v):.6g}" for v in place)
    return f"({', '.join(map(str, symbols))}) = ({values})"


class _Proof:
    """Ways to prove one requirement, the cheapest first."""

    def __init__(self, need: Requirement, symbols: Sequence[Symbol], simplices: Sequence[Simplex]) -> None:
        self._need, self._symbols, self._simplices = need, symbols, simplices

    def doubt(self) -> tuple[Point, bool] | None:
        """Where the requirement is not met, and whether that is certain; None if it is met everywhere."""
        need, left = self._need, self._simplices
        if not need.guards:
            minimum = quadratic_minimum(need.quantity, self._symbols)
            if minimum is not None and (minimum.value > 0 or (minimum.value == 0 and need.relation == ">=")):
                return None
            if minimum is not None and minimum.value == 0 and minimum.point is not None:
                return (
                    (minimum.point, True) if any(_holds(minimum.point, s) for s in left) else self._by_bisection(left)
                )
            if self._grows_from_a_side():
                return None
            line = _line_of(need.quantity, self._symbols)
            if line is not None:
                return self._along(*line, left)
            constant, factors = factors_of(need.quantity)
            if need.relation == ">=" and len(factors) > 1 and constant.is_positive:
                parts = [replace(need, quantity=factor) for factor, _ in factors]
                if all(_Proof(part, self._symbols, left).doubt() is None for part in parts):
                    return None
            forms = [(affine_form(factor, self._symbols), times) for factor, times in factors]
            if need.relation == ">=" and forms and all(form is not None for form, _ in forms):
                sign = 1 if constant.is_positive else -1
                left = [s for s in left if not _product_holds(sign, forms, s)]
                if not left:
                    return None
            form = affine_form(need.quantity, self._symbols)
            if form is not None:
                left = [s for s in left if not _holds_exactly(need.relation, form, s)]
                return (_worst(form, left), True) if left else None
        return self._by_bisection(left)

    def _grows_from_a_side(self) -> bool:
        """Whether, by form, the quantity meets the requirement on a side of the box around all and grows from there."""
        box = box_of(self._symbols, self._simplices)
        for symbol, sides in box.items():
            slope = range_of(self._need.quantity.diff(symbol), box) if self._need.relation != "!=" else None
            if slope is not None and (slope.low >= 0 or slope.high <= 0):
                assert isinstance(sides.low, Fraction) and isinstance(sides.high, Fraction)
                side = to_sympy(sides.low if slope.low >= 0 else sides.high)
                if self._need.holds_for(range_of(self._need.quantity.xreplace({symbol: side}), box)):
                    return True
        return False

    def _along(
        self, quantity: Expr, symbol: Symbol, form: AffineForm, simplices: Sequence[Simplex]
    ) -> tuple[Point, bool] | None:
        """By the line: a form takes every value between those at the corners, simplex by simplex."""
        need = replace(self._need, quantity=quantity)
        done: set[tuple[Fraction, Fraction]] = set()
        for simplex in simplices:
            one, two = (pick(simplex.corners, key=lambda c: value_at(form, c)) for pick in (min, max))
            ends = value_at(form, one), value_at(form, two)
            doubt = None if ends in done else doubt_on(need, symbol, *ends)
            done.add(ends)
            if doubt is not None:
                place = doubt.place if isinstance(doubt.place, Fraction) else Fraction(float(doubt.place.mid()))
                share = (place - ends[0]) / (ends[1] - ends[0])
                return tuple(a + share * (b - a) for a, b in zip(one, two)), doubt.certain
        return None

    def _by_bisection(self, simplices: Sequence[Simplex]) -> tuple[Point, bool] | None:
        """Largest parts first, until the budget is spent; then the plainest point in doubt may still fail exactly."""
        need, whole = self._need, Whole(simplices, np.zeros(len(simplices), dtype=np.int64))
        budget = Budget()
        model = ErrorModel([need.quantity], self._symbols, budget, plain=True)
        centre = Intervals.of([Fraction(1, len(self._symbols) + 1)] * (len(self._symbols) + 1)).reshape(1, -1)
        guards = [_guard(guard) for guard in need.guards]
        corners = _Corners(need, self._symbols, simplices)
        waiting, spent, trial = whole.start(), 0, 1000
        seen: dict[tuple[int, int], Point] = {}
        while len(waiting):
            part, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            found = -model.shapes(part).range
            holds = _settled(need.relation, found.low, found.high)
            for guard, relation in guards:
                quantity = -ErrorModel([guard], self._symbols, budget, plain=True).shapes(part).range
                holds |= _excluded(relation, quantity.low, quantity.high)
            spent += len(part)
            part = part[~holds]
            if not len(part):
                continue
            if not guards:
                failing = self._failing(part, -model.at(part, centre)[:, 0], seen)
                if failing is not None:
                    return failing, True
                part = part[[not corners.settle(part, k) for k in range(len(part))]] if corners.zeros else part
            deepest = len(part) and part.depth.max() >= DEEPEST
            if len(part) and (spent > trial or deepest):
                trial *= 2
                places = sorted(
                    (_plainest(part[[k]]) for k in range(len(part))),
                    key=lambda p: sum(v.denominator + abs(v) for v in p),
                )
                fails = () if guards or need.relation == ">=" else places[:_TRIALS]
                zero = next((p for p in fails if self._is_zero_within(p)), None)
                if zero is not None:
                    return zero, True
                if deepest or spent > _MOST or budget.is_spent:
                    return places[0], False
            if len(part):
                waiting = Batch.joined([waiting, part.halves()])
        return None

    def _failing(self, part: Batch, values: Intervals, seen: dict[tuple[int, int], Point]) -> Point | None:
        """A point where the requirement certainly fails: one of a wrong sign, or one between points of both signs."""
        signs = np.where(values.low > 0, 1, np.where(values.high < 0, -1, 0))
        for k in np.flatnonzero(signs):
            root, sign = int(part.root[k]), int(signs[k])
            point = self._centre(part, int(k))
            if sign < 0 and self._need.relation != "!=":
                return point
            other = seen.get((root, -sign))
            seen.setdefault((root, sign), point)
            if other is not None and self._need.relation == "!=":
                return self._between(point, other, sign)
        return None

    def _is_zero_within(self, point: Point) -> bool:
        inside = any(_holds(point, s) for s in self._simplices)
        return inside and vanishes_at(self._need.quantity, self._symbols, point)

    @staticmethod
    def _centre(part: Batch, k: int) -> Point:
        rows = [[Fraction(w) for w in row] for row in part.weights[k].tolist()]
        return part.whole.point(int(part.root[k]), [sum(c, Fraction(0)) / len(rows) for c in zip(*rows)])

    def _between(self, one: Point, two: Point, sign: int) -> Point:
        """A point close to where the quantity changes its sign; the first point has the given one."""
        for _ in range(40):
            middle = tuple((a + b) / 2 for a, b in zip(one, two))
            columns = {s: variable(Intervals.of([v]), None, 0) for s, v in zip(self._symbols, middle)}
            value = evaluate(self._need.quantity, columns)
            if not (value.low[0, 0] > 0 or value.high[0, 0] < 0):
                break
            one, two = (middle, two) if (value.low[0, 0] > 0) == (sign > 0) else (one, middle)
        return tuple((a + b) / 2 for a, b in zip(one, two))


class _Corners:
    """Corners where a quantity that must not be negative is exactly zero, and grows along every edge from there."""

    def __init__(self, need: Requirement, symbols: Sequence[Symbol], simplices: Sequence[Simplex]) -> None:
        self._symbols = symbols
        settles = need.relation == ">=" and not need.guards
        corners = set(distinct(s.corners for s in simplices)[0]) if settles else set()
        self.zeros = {c for c in corners if vanishes_at(need.quantity, symbols, c)}
        self._slopes = [need.quantity.diff(s) for s in symbols] if self.zeros else []

    def settle(self, part: Batch, k: int) -> bool:
        """Whether the quantity grows from such a corner to all of a part."""
        rows = [[Fraction(w) for w in row] for row in part.weights[k].tolist()]
        corners = [part.whole.point(int(part.root[k]), row) for row in rows]
        zero = next((c for c in corners if c in self.zeros), None)
        if zero is None:
            return False
        box = [
            Intervals(part.corners.low[k, :, i].min()[None], part.corners.high[k, :, i].max()[None])
            for i in range(len(zero))
        ]
        columns = {s: variable(b, None, 0) for s, b in zip(self._symbols, box)}
        with np.errstate(all="ignore"):
            slopes = [evaluate(slope, columns) for slope in self._slopes]
        ends = [(float(s.low[0, 0]), float(s.high[0, 0])) for s in slopes]
        if not np.isfinite(ends).all():
            return False
        ways = [[b - a for a, b in zip(zero, corner)] for corner in corners]
        return all(sum(w * Fraction(low if w > 0 else high) for w, (low, high) in zip(way, ends)) >= 0 for way in ways)


def _line_of(quantity: Expr, symbols: Sequence[Symbol]) -> tuple[Expr, Symbol, AffineForm] | None:
    """The quantity as a function of one affine form, the variable that stands for it, and the form; if it is one."""
    waiting, forms = [quantity], {}
    while waiting:
        part = waiting.pop()
        form = affine_form(part, symbols)
        if form is None:
            waiting += part.args
        elif any(form[:-1]):
            forms[part] = form
    if not forms:
        return None
    first = next(iter(forms.values()))
    lead = next(a for a in first if a)
    unit = (*(a / lead for a in first[:-1]), Fraction(0))
    parameter = sympy.Dummy(real=True)
    there = {}
    for part, form in forms.items():
        scale = next(a / b for a, b in zip(form, unit) if b)
        if tuple(scale * b for b in unit[:-1]) != form[:-1]:
            return None
        there[part] = to_sympy(scale) * parameter + to_sympy(form[-1])
    return quantity.xreplace(there), parameter, unit


def _holds(point: Point, simplex: Simplex) -> bool:
    """Whether a point lies in a simplex."""
    last = simplex.corners[-1]
    edges = sympy.Matrix([[to_sympy(c[i] - last[i]) for c in simplex.corners[:-1]] for i in range(len(last))])
    shares = edges.LUsolve(sympy.Matrix([to_sympy(p - v) for p, v in zip(point, last)]))
    return all(share >= 0 for share in shares) and sum(shares) <= 1


def _holds_exactly(relation: str, form: AffineForm, simplex: Simplex) -> bool:
    at = [value_at(form, corner) for corner in simplex.corners]
    if relation == ">=":
        return min(at) >= 0
    return min(at) > 0 or (relation == "!=" and max(at) < 0)


def _product_holds(sign: int, forms: Sequence[tuple[AffineForm | None, int]], simplex: Simplex) -> bool:
    """Whether a product of powers of affine forms, and of a sign, is nowhere negative because no form changes its sign."""
    for form, times in forms:
        assert form is not None
        at = [value_at(form, corner) for corner in simplex.corners]
        if min(at) < 0 < max(at):
            return False
        sign *= -1 if min(at) < 0 and times % 2 else 1
    return sign > 0


def _worst(form: AffineForm, simplices: Sequence[Simplex]) -> Point:
    """A corner where the form is not positive, or else where it vanishes on an edge."""
    corners, _ = distinct(s.corners for s in simplices)
    high, low = (pick(corners, key=lambda c: value_at(form, c)) for pick in (max, min))
    top, bottom = value_at(form, high), value_at(form, low)
    if top == bottom or top == 0:
        return high
    share = min(max(top / (top - bottom), Fraction(0)), Fraction(1))
    return tuple(a + share * (b - a) for a, b in zip(high, low))


def _guard(condition: Boolean) -> tuple[Expr, str]:
    """A comparison as a quantity and its relation to zero; anything else excludes nothing."""
    negated = isinstance(condition, sympy.Not)
    inner = condition.args[0] if negated else condition
    if not isinstance(inner, Relational):
        return sympy.Integer(0), "?"
    relation = inner.negated.rel_op if negated else inner.rel_op
    return inner.lhs - inner.rhs, relation


def _settled(relation: str, low: Floats, high: Floats) -> NDArray[np.bool_]:
    if relation == ">=":
        return low >= 0
    return (low > 0) | (high < 0) if relation == "!=" else low > 0


def _excluded(relation: str, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Where a comparison of a quantity with zero certainly fails."""
    tests = {"<": low >= 0, "<=": low > 0, ">": high <= 0, ">=": high < 0, "==": (low > 0) | (high < 0)}
    return tests.get(relation, np.zeros(len(low), dtype=bool))


def _plainest(part: Batch) -> Point:
    """The point of simplest coordinates in the box around one part."""
    corners = part.corners
    low, high = corners.low.min(axis=(0, 1)), corners.high.max(axis=(0, 1))
    return tuple(simplest(Fraction(a), Fraction(b)) for a, b in zip(low.tolist(), high.tolist()))
