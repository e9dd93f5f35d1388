"""Proof that a target is defined on an interval, or its refusal by name and place."""

from __future__ import annotations

import heapq
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq_poly

from pwlin.base.errors import PwlinWarning, TargetError
from pwlin.exact.algebraic import sign_at
from pwlin.exact.bridges import dyadic, to_ball, to_fmpq, to_sympy
from pwlin.exact.rational import nearest_float
from pwlin.formulas.arithmetic.balls import compile_condition, compile_jet, constant_ball, precision
from pwlin.formulas.arithmetic.expansion import bounds, compile_series
from pwlin.formulas.arithmetic.ranges import Range
from pwlin.formulas.divided import Divided, limit_at
from pwlin.formulas.elementary import SWITCHES
from pwlin.formulas.hidden import hidden_pole
from pwlin.formulas.needs import Requirement, requirements
from pwlin.formulas.removable import continued, without_gaps
from pwlin.formulas.stretches import Place, Stretch, above, below, polynomial_of, roots_within, stretches
from pwlin.formulas.zeros import Zeros, plain_places, simplest

if TYPE_CHECKING:
    from sympy import Expr, Symbol

_BITS = 128
_SHARP_BITS = 1024
_MOST_GAPS = 8
_BUDGET = 3000
"""Most cells that one requirement may take: about a second."""
_SYMBOLIC = 30
"""About how many cells cost what an attempt to prove an exact zero costs."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where a requirement is not met, or (if it is not `certain`) could not be settled."""

    place: Fraction | arb
    certain: bool


def check_defined(expression: Expr, symbol: Symbol | None, low: Fraction, high: Fraction, text: str) -> None:
    """Return if `expression` is certainly defined and finite on all of [low, high].

    Parameters
    ----------
    expression, symbol : sympy expression and its (real) variable; None for a constant
    text : str
        How an error message calls the target.

    Raises
    ------
    TargetError
        With the operation and the place: if the target has a pole there or is undefined, or if that could not be settled
        within a budget of work, which takes seconds. The message says which.
    """
    defined_form(expression, symbol, low, high, text)


def defined_form(expression: Expr, symbol: Symbol | None, low: Fraction, high: Fraction, text: str) -> Expr:
    """The expression, continued where only a removable point is in the way; a `PwlinWarning` says so.

    Parameters and errors are those of `check_defined`.

    Returns
    -------
    sympy expression
        May hold `pwlin.formulas.divided.Divided`.
    """
    symbol = symbol or sympy.Dummy(real=True)
    search = _Continuation(without_gaps(expression, symbol), expression, symbol, text)
    *first, (_, last) = search.parts(low, high)
    if search.gaps:
        warnings.warn(f"target {text} has no value at {'; and at '.join(search.gaps)}", PwlinWarning, stacklevel=2)
    return sympy.Piecewise(*((form, symbol < to_sympy(end)) for end, form in first), (last, True)) if first else last


class _Continuation:
    """A formula continued at its removable points: one of them in each part of the domain."""

    def __init__(self, formula: Expr, given: Expr, symbol: Symbol, text: str) -> None:
        self._formula, self._given, self._symbol, self._text = formula, given, symbol, text
        self.gaps: dict[str, None] = {}
        self._tries = 2 * _MOST_GAPS

    def parts(self, low: Fraction, high: Fraction) -> list[tuple[Fraction, Expr]]:
        """Right ends of parts of [low, high], and the form on each; a `TargetError` if there is none."""
        formula, last = self._formula, None
        while (found := _first_doubt(formula, self._symbol, low, high)) is not None:
            doubt, reason = found
            better, place = self._continued(formula, doubt)
            if better is None and last is not None:
                better, place = self._continued(self._formula, doubt)
                middle = _between(last, place) if better is not None else None
                if middle is not None:
                    return [*self.parts(low, middle), *self.parts(middle, high)]
                better = None
            if better is None:
                raise refusal(self._text, f"x = {place_text(doubt.place)}", reason, doubt.certain)
            if not self._has_value(place):
                limit = limit_at(better, self._symbol, place)
                self.gaps[f"{self._symbol} = {place}, where its limit {limit!s:.40} is taken"] = None
            formula, last = better, place
        return [(high, formula.replace(_is_even_root, lambda root: _drawn(root, self._symbol, low, high)))]

    def _has_value(self, place: Expr) -> bool:
        try:
            return bool(self._given.xreplace({self._symbol: place}).is_finite)
        except ValueError:  # sympy compares no nan, in Max
            return False

    def _continued(self, formula: Expr, doubt: Doubt) -> tuple[Expr | None, Expr | None]:
        """A form that is continued at the place of a doubt, and the place; None if there is none."""
        for place in plain_places(doubt.place):
            self._tries -= 1
            better = continued(formula, self._symbol, place) if self._tries >= 0 else None
            if better is not None:
                return better, place
        return None, None


def _between(one: Expr, other: Expr) -> Fraction | None:
    """A plain number between two places, away from both; None if they are the same, as far as can be told."""
    with precision(_BITS):
        low, high = sorted((constant_ball(one), constant_ball(other)), key=lambda ball: dyadic(ball.mid()))
        left, right = dyadic(low.upper()), dyadic(high.lower())
    return simplest(left + (right - left) / 3, right - (right - left) / 3) if left < right else None


def _is_even_root(part: Expr) -> bool:
    return (
        isinstance(part, sympy.Pow) and part.exp.is_Rational and part.exp.q % 2 == 0 and not part.base.is_polynomial()
    )


def _drawn(root: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> Expr:
    """A root with the even zeros of its base in front of it: values next to them are known to few digits only."""
    base, outside = root.base, sympy.Integer(1)
    for _ in range(0 if base.has(*SWITCHES) else _MOST_GAPS):  # orders of zeros are not known near switches
        doubt = doubt_on(Requirement(base, "!=", ""), symbol, low, high)
        zeros = Zeros(base, symbol, compile_jet(base, symbol))
        orders = {place: zeros.order(place) for place in (plain_places(doubt.place) if doubt else ())}
        found = next(((place, order) for place, order in orders.items() if order and order % 2 == 0), None)
        if found is None:
            break
        outside *= sympy.Abs(symbol - found[0]) ** (found[1] * root.exp)
        base = Divided(base, symbol, *found)
    return outside * base**root.exp


def _first_doubt(expression: Expr, symbol: Symbol, low: Fraction, high: Fraction) -> tuple[Doubt, str] | None:
    """Where an expression is undefined, or may be, and the reason."""
    hidden = hidden_pole(expression, symbol, low, high)
    if hidden is not None:
        place, reason = hidden
        return Doubt(place if isinstance(place, Fraction) else place.ball(_BITS), True), reason
    parts = stretches(expression, symbol, low, high)
    for stretch in parts:
        domain = {symbol: Range(*stretch.outer)}
        for need in requirements(stretch.expression, domain):
            doubt = _doubt(need, symbol, stretch)
            if doubt is not None:
                return doubt, need.reason
    if expression.has(sympy.Piecewise):
        for place in {end for part in parts for end in (part.left, part.right) if isinstance(end, Fraction)}:
            value = expression.xreplace({symbol: to_sympy(place)})
            if value.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
                return Doubt(place, True), "no condition of its Piecewise holds"
    return None


def refusal(text: str, where: str, reason: str, certain: bool) -> TargetError:
    """The error for a target that is undefined somewhere, or may be."""
    if certain:
        return TargetError(f"target: found {text}, which is undefined at {where}: {reason}")
    return TargetError(
        f"target: found {text}, which could not be settled near {where}: perhaps {reason}; "
        "accepted are targets that are certainly defined on the domain"
    )


def place_text(place: Fraction | arb) -> str:
    """A place as messages name it."""
    if not isinstance(place, Fraction):
        low, high = dyadic(place.lower()), dyadic(place.upper())
        place = simplest(low, high)
    return str(place) if place.denominator < 1000 else f"{nearest_float(place):.6g}"


# -- one requirement ------------------------------------------------------------------------------


def doubt_on(need: Requirement, symbol: Symbol, low: Fraction, high: Fraction) -> Doubt | None:
    """Where a requirement on one variable is not met on [low, high], or may not be; None if it is certainly met."""
    for stretch in stretches(need.quantity, symbol, low, high):
        doubt = _doubt(replace(need, quantity=stretch.expression), symbol, stretch)
        if doubt is not None:
            return doubt
    return None


def _doubt(need: Requirement, symbol: Symbol, stretch: Stretch) -> Doubt | None:
    """Where a requirement is not met on a stretch, or may not be; None if it is certainly met."""
    poly = None if need.guards else polynomial_of(need.quantity, symbol)
    if poly is not None:
        return _polynomial_doubt(need.relation, poly, stretch)
    low, high = stretch.outer
    with precision(_BITS):
        doubt = _Search(need, symbol, low, high).doubt()
    if doubt is None or (isinstance(stretch.left, Fraction) and isinstance(stretch.right, Fraction)):
        return doubt
    return Doubt(doubt.place, doubt.certain and above(stretch.left) < doubt.place < below(stretch.right))


def _polynomial_doubt(relation: str, poly: fmpq_poly, stretch: Stretch) -> Doubt | None:
    """Exactly: by the roots, and the signs between them."""
    places: list[Place] = [stretch.left, *roots_within(poly, stretch.left, stretch.right), stretch.right]
    for place, following in zip(places, [*places[1:], stretch.right]):
        if not fulfils(relation, sign_at(poly, to_fmpq(place) if isinstance(place, Fraction) else place)):
            return Doubt(place if isinstance(place, Fraction) else place.ball(_BITS), True)
        left, right = above(place), below(following)
        middle = simplest(left + (right - left) / 4, right - (right - left) / 4) if left < right else left
        if left < right and not fulfils(relation, sign_at(poly, to_fmpq(middle))):
            return Doubt(middle, True)
    return None


def fulfils(relation: str, sign: int) -> bool:
    """Whether a number of this sign fulfils a requirement."""
    return {"!=": sign != 0, ">": sign > 0, ">=": sign >= 0}[relation]


@dataclass(frozen=True, slots=True)
class _Cell:
    left: Fraction
    right: Fraction

    def __lt__(self, other: _Cell) -> bool:
        return self.right - self.left > other.right - other.left

    @property
    def ball(self) -> arb:
        return to_ball(self.left).union(to_ball(self.right))

    def halves(self) -> tuple[_Cell, _Cell]:
        """Two parts: in the middle, or in geometric proportion where the ends are of very different magnitude."""
        middle = (self.left + self.right) / 2
        near, far = sorted((abs(self.left), abs(self.right)))
        if self.left * self.right >= 0 and far > 16 * near:
            sign = 1 if self.left + self.right > 0 else -1
            top = _exponent(far)
            bottom = _exponent(near) if near else 2 * min(top, -1)
            middle = sign * Fraction(2) ** ((top + bottom) // 2)
        return _Cell(self.left, middle), _Cell(middle, self.right)


def _exponent(size: Fraction) -> int:
    return size.numerator.bit_length() - size.denominator.bit_length()


class _Search:
    """Largest cells first, until a requirement is proved on all of them, fails in one, or the budget is spent."""

    def __init__(self, need: Requirement, symbol: Symbol, low: Fraction, high: Fraction) -> None:
        self._need, self._low, self._high, self._cells = need, low, high, 0
        self._jet = compile_jet(need.quantity, symbol)
        self._guards = [compile_condition(guard, symbol) for guard in need.guards]
        self._zeros = Zeros(need.quantity, symbol, self._jet)
        self._series = compile_series(need.quantity, symbol)

    def doubt(self) -> Doubt | None:
        """Where the requirement fails or is open; None if it is proved."""
        for end in () if self._guards else (self._low, self._high):
            if self._zeros.sign(end) is not None and not fulfils(self._need.relation, self._zeros.sign(end) or 0):
                return Doubt(end, True)
        heap, open_ = [_Cell(self._low, self._high)], None
        while heap:
            cell = heapq.heappop(heap)
            found = self._examined(cell)
            if isinstance(found, Doubt):
                if found.certain:
                    return found
                open_ = open_ or found
                continue
            for part in found:
                heapq.heappush(heap, part)
            if heap and self._cells + _SYMBOLIC * self._zeros.asked > _BUDGET:
                tight = min(heap, key=lambda c: c.right - c.left)
                return Doubt(simplest(tight.left, tight.right), False)
        return open_

    def _examined(self, cell: _Cell) -> Doubt | Sequence[_Cell]:
        """What is wrong in a cell, or the parts of it that are still open."""
        self._cells += 1
        ball = cell.ball
        guards = [guard(ball) for guard in self._guards]
        if False in guards:
            return ()
        if cell.left == cell.right:
            return self._at_points([cell.left], all(guards))
        value, slope, bend = self._jet(ball)
        middle = ball.mid()
        if self._proved(value) or self._proved(self._jet(middle)[0] + slope * (ball - middle)):
            return ()
        sharp = self._series and bounds(self._series, to_ball(cell.left), to_ball(cell.right))
        if sharp:
            if self._proved(sharp[0]):
                return ()
            slope = sharp[1] if sharp[1].rad() < slope.rad() or not slope.is_finite() else slope
        certain = all(guards)
        if slope >= 0 or slope <= 0:
            return self._at_points([cell.left, cell.right], certain)
        if bend >= 0 or bend <= 0:
            settled = self._around(cell, ball, certain)
            if settled is not None:
                return settled
        found = self._beside_zero(cell, cell.left, cell.right, certain)
        return cell.halves() if found is None else found

    def _proved(self, value: arb) -> bool:
        if self._need.relation == ">=":
            return bool(value >= 0)
        return bool(value > 0) or (self._need.relation == "!=" and bool(value < 0))

    def _at_points(self, points: Sequence[Fraction], certain: bool) -> Doubt | Sequence[_Cell]:
        """By the signs at the ends of stretches on which the quantity is monotone."""
        signs = [self._zeros.sign(x) for x in points]
        for x, sign in zip(points, signs):
            if sign is None:
                return Doubt(x, False)
            if not fulfils(self._need.relation, sign):
                return Doubt(x, certain)
        if self._need.relation == "!=" and len(set(signs)) > 1:
            return Doubt(self._crossing(points, signs), certain)
        return ()

    def _crossing(self, points: Sequence[Fraction], signs: Sequence[int | None]) -> Fraction:
        """A place within 2^-60 of the stretch where the sign changes."""
        k = next(i for i in range(1, len(points)) if signs[i] != signs[i - 1])
        left, right, first = points[k - 1], points[k], signs[k - 1]
        for _ in range(60):
            middle = (left + right) / 2
            sign = self._zeros.sign(middle)
            if not sign:
                return middle
            left, right = (middle, right) if sign == first else (left, middle)
        return simplest(left, right)

    def _critical(self, cell: _Cell, ball: arb) -> arb | None:
        """A small ball around the only place where the derivative may vanish; None if it has no certain neighbourhood."""
        while True:
            middle = ball.mid()
            _, slope, _ = self._jet(middle)
            image = middle - slope / self._jet(ball)[2]
            if not image.is_finite():
                return None
            if not image.overlaps(ball):
                return to_ball(cell.left if image < ball else cell.right)
            smaller = image.intersection(ball)
            if not smaller.rad() * 2 < ball.rad():
                return smaller
            ball = smaller

    def _around(self, cell: _Cell, ball: arb, certain: bool) -> Doubt | Sequence[_Cell] | None:
        """Where the quantity is convex or concave: by its value where the derivative vanishes; None if that is not found."""
        for bits in (_BITS, _SHARP_BITS):
            with precision(bits):
                place = self._critical(cell, ball)
                if place is None:
                    return None
                left, right = (min(max(dyadic(e), cell.left), cell.right) for e in (place.lower(), place.upper()))
                middle = place.mid()
                value = self._jet(middle)[0] + self._jet(place)[1] * (place - middle)
                if value > 0 or value < 0:
                    return self._at_points([cell.left, (left + right) / 2, cell.right], certain)
                found = self._beside_zero(cell, left, right, certain)
                if found is not None:
                    return found
        return Doubt((left + right) / 2, False)

    def _beside_zero(
        self, cell: _Cell, left: Fraction, right: Fraction, certain: bool
    ) -> Doubt | Sequence[_Cell] | None:
        """What a plain zero in [left, right] means, and what it leaves open of a cell; None if none is known."""
        reach = 2 * (cell.right - cell.left)
        zero = self._zeros.neighbourhood(left, right, (self._low, self._high), reach, self._need.relation)
        if zero is None:
            return None
        if not zero.fulfilled:
            return Doubt(zero.place, certain)
        parts = (_Cell(cell.left, min(zero.ends[0], cell.right)), _Cell(max(zero.ends[1], cell.left), cell.right))
        return [part for part in parts if part.left < part.right]
