"""Taylor series of formulas along a direction, with certified coefficients, for many points and directions at once.

The series of p at x along h has the coefficients of ``p(x + t h)`` in t. With intervals for x and h they hold for every
point and direction in there, so that the coefficient of degree n on a simplex encloses the remainder of Taylor's formula
(Moore, Interval Analysis, 1966, chapter 11). A series is an array of intervals whose first axis is the degree.

Where ``Abs``, ``Min`` or ``Max`` switch, the value is enclosed and the coefficient of degree 1 is the hull of both sides',
enough for the mean value form; where a piecewise definition or ``sign`` switches, only the value. The rest is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import sympy

from pwlin.base.errors import TargetError
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic import intervals as arithmetic
from pwlin.formulas.arithmetic.balls import constant_ball, precision, to_enclosure
from pwlin.formulas.arithmetic.intervals import Intervals, where

_BITS = 96


def evaluate(expression: Any, columns: Mapping[Any, Intervals]) -> Intervals:
    """The series of an expression.

    Parameters
    ----------
    expression : sympy expression
    columns : mapping from symbols to series, shape (order + 1, count)

    Raises
    ------
    TargetError
        If the expression contains a function without a certified series.
    """
    return _Evaluation(columns).series(expression)


def variable(x: Intervals, h: Intervals | None, order: int) -> Intervals:
    """The series ``x + t h`` up to a degree."""
    low, high = np.zeros((order + 1, *x.shape)), np.zeros((order + 1, *x.shape))
    low[0], high[0] = x.low, x.high
    if h is not None and order:
        low[1], high[1] = h.low, h.high
    return Intervals(low, high)


def constant_interval(number: Any) -> Intervals:
    """The interval, shape (), of a real constant."""
    with precision(_BITS):
        ends: Enclosure = to_enclosure(constant_ball(number))
    return Intervals(Intervals.of([ends.lower]).low[0], Intervals.of([ends.upper]).high[0])


class _Evaluation:
    """One evaluation, each part of the expression once."""

    def __init__(self, columns: Mapping[Any, Intervals]) -> None:
        self._known: dict[Any, Intervals] = dict(columns)
        self._shape = next(iter(columns.values())).shape

    def series(self, expression: Any) -> Intervals:
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = self._made(expression)
        return found

    def _made(self, expression: Any) -> Intervals:
        if not expression.free_symbols:
            value = constant_interval(expression)
            return variable(
                Intervals(np.full(self._shape[1:], value.low), np.full(self._shape[1:], value.high)),
                None,
                self._shape[0] - 1,
            )
        head = expression.func
        if head is sympy.Pow:
            return self._power(*expression.args)
        if head is sympy.Piecewise:
            return self._piecewise(expression)
        parts = [self.series(a) for a in expression.args]
        if head is sympy.Add:
            return reduce(lambda a, b: a + b, parts)
        if head is sympy.Mul:
            return reduce(multiply, parts)
        if head in (sympy.Max, sympy.Min):
            return reduce(lambda a, b: _larger(a, b, head is sympy.Max), parts)
        if head is sympy.Abs:
            return _larger(parts[0], -parts[0], True)
        if head in _UNARY and len(parts) == 1:
            return _UNARY[head](parts[0])
        raise TargetError(
            f"target: found {expression!s:.60}, whose function {head.__name__} has no certified evaluation; accepted are "
            "arithmetic, powers, exp, log, trigonometric and hyperbolic functions, Abs, sign, Min, Max and Piecewise"
        )

    def _power(self, base: Any, exponent: Any) -> Intervals:
        if exponent.is_Integer:
            inner, n = self.series(base), int(exponent)
            raised = _integer_power(inner, abs(n))
            return raised if n > 0 else divide(self.series(sympy.Integer(1)), raised)
        if base is sympy.E:
            return _exp(self.series(exponent))
        if exponent.free_symbols:
            return _exp(multiply(self.series(exponent), _log(self.series(base))))
        return _real_power(self.series(base), constant_interval(exponent), exponent == sympy.Rational(1, 2))

    def _piecewise(self, expression: Any) -> Intervals:
        count = self._shape[1:]
        hull = Intervals(np.full(count, np.inf), np.full(count, -np.inf))
        only = Intervals(np.full(self._shape, np.nan), np.full(self._shape, np.nan))
        open_, several = np.ones(count, dtype=bool), np.zeros(count, dtype=int)
        for branch, condition in expression.args:
            yes, no = self._condition(condition)
            may = open_ & ~no
            if may.any():
                series = self.series(branch)
                hull = where(may, hull.union(series[0]), hull)
                only = where(may, series, only)
                several += may
            open_ &= ~yes
        several[open_] = 0
        low, high = np.where(several == 1, only.low, np.nan), np.where(several == 1, only.high, np.nan)
        low[0] = np.where(several > 0, hull.low, np.nan)
        high[0] = np.where(several > 0, hull.high, np.nan)
        return Intervals(low, high)

    def _condition(self, condition: Any) -> tuple[Any, Any]:
        """Where a condition certainly holds, and where it certainly does not."""
        count = self._shape[1:]
        if condition in (sympy.true, sympy.false):
            return np.full(count, bool(condition)), np.full(count, not condition)
        if isinstance(condition, sympy.ITE):
            test, one, two = condition.args
            condition = sympy.Or(sympy.And(test, one), sympy.And(sympy.Not(test), two))
        if isinstance(condition, (sympy.And, sympy.Or)):
            sides = [self._condition(a) for a in condition.args]
            every, some = np.logical_and.reduce, np.logical_or.reduce
            yes, no = [s[0] for s in sides], [s[1] for s in sides]
            return (some(yes), every(no)) if isinstance(condition, sympy.Or) else (every(yes), some(no))
        if isinstance(condition, sympy.Not):
            yes, no = self._condition(condition.args[0])
            return no, yes
        if not isinstance(condition, sympy.core.relational.Relational):
            raise TargetError(
                f"target: found the condition {condition!s:.60}; accepted are comparisons with and, or, not"
            )
        value = self.series(condition.lhs - condition.rhs)[0]
        low, high = value.low, value.high
        return {
            "<": (high < 0, low >= 0),
            "<=": (high <= 0, low > 0),
            ">": (low > 0, high <= 0),
            ">=": (low >= 0, high < 0),
            "==": ((low == 0) & (high == 0), (low > 0) | (high < 0)),
            "!=": ((low > 0) | (high < 0), (low == 0) & (high == 0)),
        }[condition.rel_op]


def multiply(a: Intervals, b: Intervals) -> Intervals:
    """The product of two series."""
    out = a[:1] * b
    for i in range(1, a.shape[0]):
        more = a[i : i + 1] * b[: b.shape[0] - i]
        total = out[i:] + more
        out = Intervals(np.concatenate([out.low[:i], total.low]), np.concatenate([out.high[:i], total.high]))
    return out


def square(a: Intervals) -> Intervals:
    """The square of a series; its value is not negative."""
    out = multiply(a, a)
    value = a[0].square()
    out.low[0], out.high[0] = value.low, value.high
    return out


def _integer_power(a: Intervals, n: int) -> Intervals:
    if n == 1:
        return a
    half = _integer_power(a, n // 2)
    return square(half) if n % 2 == 0 else multiply(square(half), a)


def divide(a: Intervals, b: Intervals) -> Intervals:
    """The quotient of two series."""
    out: list[Intervals] = []
    for k in range(a.shape[0]):
        top = a[k]
        for j in range(1, k + 1):
            top = top - b[j] * out[k - j]
        out.append(top / b[0])
    return _stack(out)


def _stack(parts: list[Intervals]) -> Intervals:
    return Intervals(np.stack([p.low for p in parts]), np.stack([p.high for p in parts]))


def _chain(a: Intervals, value: Intervals, slope: Callable[[list[Intervals]], Intervals]) -> Intervals:
    """The series y with the given value and ``y' = a' w``, where ``slope(y so far)`` is the next coefficient of w."""
    y, w = [value], []
    for k in range(1, a.shape[0]):
        w.append(slope(y))
        total = a[1] * w[k - 1]
        for j in range(2, k + 1):
            total = total + a[j] * w[k - j] * float(j)
        y.append(total / float(k))
    return _stack(y)


def _square_term(y: list[Intervals]) -> Intervals:
    """The last known coefficient of the square of y."""
    n = len(y) - 1
    if n == 0:
        return y[0].square()
    return reduce(lambda a, b: a + b, [y[i] * y[n - i] for i in range(n + 1)])


def _exp(a: Intervals) -> Intervals:
    return _chain(a, arithmetic.increasing(arithmetic.elementary.exp, a[0]), lambda y: y[-1])


def _log(a: Intervals) -> Intervals:
    positive = a[0].low > 0
    base = where(positive, a[0], Intervals.points(np.full_like(a.low[0], np.nan)))
    w = divide(_one(a), a)
    return _chain(a, arithmetic.increasing(arithmetic.elementary.log, base), lambda y: w[len(y) - 1])


def _one(a: Intervals) -> Intervals:
    return variable(Intervals.points(np.ones_like(a.low[0])), None, a.shape[0] - 1)


def _coupled(a: Intervals, values: tuple[Intervals, Intervals], sign: float) -> tuple[Intervals, Intervals]:
    """Series with ``s' = a' c`` and ``c' = sign a' s``."""
    s, c = [values[0]], [values[1]]
    for k in range(1, a.shape[0]):
        new = []
        for other in (c, s):
            total = a[1] * other[k - 1]
            for j in range(2, k + 1):
                total = total + a[j] * other[k - j] * float(j)
            new.append(total / float(k))
        s.append(new[0])
        c.append(new[1] if sign > 0 else -new[1])
    return _stack(s), _stack(c)


def _tan(a: Intervals) -> Intervals:
    s, c = _coupled(a, arithmetic.sin_cos(a[0]), -1.0)
    return divide(s, c)


def _tanh(a: Intervals) -> Intervals:
    def slope(y: list[Intervals]) -> Intervals:
        return -_square_term(y) + (1.0 if len(y) == 1 else 0.0)

    return _chain(a, arithmetic.tanh(a[0]), slope)


def _atan(a: Intervals) -> Intervals:
    w = divide(_one(a), square(a) + _one(a))
    return _chain(a, arithmetic.increasing(arithmetic.elementary.atan, a[0]), lambda y: w[len(y) - 1])


def _asin(a: Intervals) -> Intervals:
    w = _real_power(_one(a) - square(a), constant_interval(sympy.Rational(-1, 2)), False)
    return _chain(a, arithmetic.asin(a[0]), lambda y: w[len(y) - 1])


def _acos(a: Intervals) -> Intervals:
    half = constant_interval(sympy.pi / 2)
    out = -_asin(a)
    value = out[0] + half
    out.low[0], out.high[0] = value.low, value.high
    return out


def _real_power(a: Intervals, r: Intervals, is_root: bool) -> Intervals:
    out = [arithmetic.sqrt(a[0]) if is_root else arithmetic.power(a[0], r)]
    for k in range(1, a.shape[0]):
        total = Intervals.points(0.0)
        for j in range(1, k + 1):
            total = total + ((r + 1.0) * float(j) - float(k)) * (a[j] * out[k - j])
        positive = a[0].low > 0
        total = total / (a[0] * float(k))
        out.append(where(positive, total, Intervals.points(np.full_like(a.low[0], np.nan))))
    return _stack(out)


def _sign(a: Intervals) -> Intervals:
    up, below = a[0].low > 0, a[0].high < 0
    settled = up | below
    low, high = np.where(settled, 0.0, np.full_like(a.low, np.nan)), np.where(settled, 0.0, np.full_like(a.low, np.nan))
    low[0] = np.where(up, 1.0, np.where(np.isnan(a.low[0]), np.nan, -1.0))
    high[0] = np.where(below, -1.0, np.where(np.isnan(a.high[0]), np.nan, 1.0))
    return Intervals(low, high)


def _larger(a: Intervals, b: Intervals, largest: bool) -> Intervals:
    lead = a[0] - b[0]
    first, second = (lead.low >= 0, lead.high <= 0) if largest else (lead.high <= 0, lead.low >= 0)
    pick = np.maximum if largest else np.minimum
    unsettled = np.full_like(a.low, np.nan), np.full_like(a.high, np.nan)
    for side, (x, y) in zip(unsettled, ((a.low, b.low), (a.high, b.high))):
        side[0] = pick(x[0], y[0])
    if a.shape[0] > 1:
        hull = a[1].union(b[1])
        unsettled[0][1], unsettled[1][1] = hull.low, hull.high
    return where(first, a, where(second, b, Intervals(*unsettled)))


_UNARY: dict[Any, Callable[[Intervals], Intervals]] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.sin: lambda a: _coupled(a, arithmetic.sin_cos(a[0]), -1.0)[0],
    sympy.cos: lambda a: _coupled(a, arithmetic.sin_cos(a[0]), -1.0)[1],
    sympy.tan: _tan,
    sympy.atan: _atan,
    sympy.asin: _asin,
    sympy.acos: _acos,
    sympy.sinh: lambda a: _coupled(a, arithmetic.hyperbolic(a[0]), 1.0)[0],
    sympy.cosh: lambda a: _coupled(a, arithmetic.hyperbolic(a[0]), 1.0)[1],
    sympy.tanh: _tanh,
    sympy.sign: _sign,
}
