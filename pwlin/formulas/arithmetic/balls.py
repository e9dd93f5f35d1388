"""Ball arithmetic on formulas: certified values and first two derivatives of a sympy expression on whole intervals.

A jet is a triple of real balls (value, first, second derivative), valid for every point of the argument's ball. Where
``Abs``, ``Min`` or ``Max`` switch inside the ball, the first derivative is the hull of the two sides' (enough for the
mean value form) and the second is not finite. Where a piecewise definition or ``sign`` switches, only the value counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from pwlin.base.errors import TargetError
from pwlin.exact.enclosure import Enclosure

Jet = tuple[Any, Any, Any]
JetFunction = Callable[[Any], Jet]

NAN = arb.nan()
_ZERO, _ONE, _TWO = arb(0), arb(1), arb(2)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with `bits` bits of precision."""
    with ctx.workprec(bits):
        yield


def to_enclosure(ball: Any) -> Enclosure:
    """The ends of a finite real ball, rounded outwards to the working precision."""
    return Enclosure(dyadic(ball.lower()), dyadic(ball.upper()))


def dyadic(end: Any) -> Fraction:
    """An exact arb as a Fraction."""
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def to_ball(value: Fraction) -> Any:
    """A real ball around a rational, a single point if it fits the working precision."""
    return arb(fmpq(value.numerator, value.denominator))


# -- constants ------------------------------------------------------------------------------------


def constant_ball(number: Any) -> Any:
    """A ball around a real constant (no free symbols) at the working precision."""
    if number.is_Rational:
        return arb(fmpq(int(number.p), int(number.q)))
    if number is sympy.pi:
        return arb.pi()
    if number is sympy.E:
        return arb.const_e()
    return compile_jet(number, None)(_ZERO)[0]


# -- elementary operations ------------------------------------------------------------------------


def power_ball(base: Any, exponent: Any) -> Any:
    """``base ** exponent`` for a base known to be non-negative: its ball is cut at zero."""
    if base > 0:
        return base**exponent
    if not exponent > 0 or base < 0:
        return NAN
    top = arb(base.upper()) ** exponent if base.upper() > 0 else _ZERO
    return top.union(_ZERO)


def _chain(inner: Jet, value: Any, first: Any, second: Any) -> Jet:
    return value, first * inner[1], second * inner[1] * inner[1] + first * inner[2]


def _add(a: Jet, b: Jet) -> Jet:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _multiply(a: Jet, b: Jet) -> Jet:
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + 2 * a[1] * b[1] + a[0] * b[2]


def _integer_power(a: Jet, n: int) -> Jet:
    v = a[0]
    first, second = (integer_power_ball(v, n - 1), integer_power_ball(v, n - 2)) if n != 2 else (v, _ONE)
    return _chain(a, integer_power_ball(v, n), n * first, n * (n - 1) * second)


def integer_power_ball(v: Any, n: int) -> Any:
    """``v ** n``, with no negative part for even n."""
    if n < 0:
        return 1 / integer_power_ball(v, -n)
    if n % 2 == 0:
        return _ONE if n == 0 else integer_power_ball(_square(v), n // 2) if n > 2 else _square(v)
    return v if n == 1 else v * integer_power_ball(v, n - 1)


def _square(v: Any) -> Any:
    size = abs(v)
    return size * size


def _real_power(a: Jet, r: Any) -> Jet:
    v = a[0]
    return _chain(a, power_ball(v, r), r * power_ball(v, r - 1), r * (r - 1) * power_ball(v, r - 2))


def _exp(a: Jet) -> Jet:
    e = a[0].exp()
    return _chain(a, e, e, e)


def _log(a: Jet) -> Jet:
    if not a[0] > 0:
        return NAN, NAN, NAN
    inverse = 1 / a[0]
    return _chain(a, a[0].log(), inverse, -inverse * inverse)


def _sin(a: Jet) -> Jet:
    s, c = a[0].sin_cos()
    return _chain(a, s, c, -s)


def _cos(a: Jet) -> Jet:
    s, c = a[0].sin_cos()
    return _chain(a, c, -s, -c)


def _tan(a: Jet) -> Jet:
    t = a[0].tan()
    first = 1 + _square(t)
    return _chain(a, t, first, 2 * t * first)


def _atan(a: Jet) -> Jet:
    first = 1 / (1 + _square(a[0]))
    return _chain(a, a[0].atan(), first, -2 * a[0] * first * first)


def _asin(a: Jet) -> Jet:
    v = a[0]
    value = v.asin()
    if not value.is_finite() and abs(v).lower() <= 1:  # the ball sticks out at an end of [-1, 1]
        value = arb(v.lower()).max(-_ONE).asin().union(arb(v.upper()).min(_ONE).asin())
    rest = 1 - _square(v)
    return _chain(a, value, power_ball(rest, arb(-0.5)), v * power_ball(rest, arb(-1.5)))


def _acos(a: Jet) -> Jet:
    value, first, second = _asin(a)
    return arb.pi() / 2 - value, -first, -second


def _sinh(a: Jet) -> Jet:
    s, c = a[0].sinh_cosh()
    return _chain(a, s, c, s)


def _cosh(a: Jet) -> Jet:
    s, c = a[0].sinh_cosh()
    return _chain(a, c, s, c)


def _tanh(a: Jet) -> Jet:
    t = a[0].tanh()
    first = 1 - _square(t)
    return _chain(a, t, first, -2 * t * first)


def _sign(a: Jet) -> Jet:
    if a[0] > 0 or a[0] < 0:
        return arb(1 if a[0] > 0 else -1), _ZERO, _ZERO
    return (_ZERO, NAN, NAN) if a[0] == 0 else (_ONE.union(-_ONE), NAN, NAN)


def _larger(first: JetFunction, second: JetFunction, sign: int) -> JetFunction:
    """Jet of the maximum (sign 1) or minimum (sign -1)."""

    def evaluate(x: Any) -> Jet:
        a, b = first(x), second(x)
        lead = a[0] - b[0]
        if not (lead >= 0 or lead <= 0) and not x.is_exact():
            middle = x.mid()
            lead = first(middle)[0] - second(middle)[0] + (a[1] - b[1]) * (x - middle)
        if lead >= 0 or lead <= 0:
            return a if bool(lead >= 0) == (sign > 0) else b
        return (a[0].max(b[0]) if sign > 0 else a[0].min(b[0])), a[1].union(b[1]), NAN

    return evaluate


_UNARY: dict[Any, Callable[[Jet], Jet]] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.sin: _sin,
    sympy.cos: _cos,
    sympy.tan: _tan,
    sympy.atan: _atan,
    sympy.asin: _asin,
    sympy.acos: _acos,
    sympy.sinh: _sinh,
    sympy.cosh: _cosh,
    sympy.tanh: _tanh,
    sympy.sign: _sign,
}


def compile_jet(expression: Any, symbol: Any) -> JetFunction:
    """A function from a real ball to the jet of `expression` there.

    Raises
    ------
    TargetError
        If the expression contains a function that ball arithmetic here does not know.
    """
    if expression == symbol and symbol is not None:
        return lambda x: (x, _ONE, _ZERO)
    if not expression.free_symbols and (expression.is_Rational or expression in (sympy.pi, sympy.E)):
        return lambda x: (constant_ball(expression), _ZERO, _ZERO)
    head = expression.func
    if head is sympy.Pow:
        base, exponent = expression.args
        return _compile_power(base, exponent, symbol)
    if head is sympy.Piecewise:
        return _compile_piecewise(expression, symbol)
    parts = [compile_jet(arg, symbol) for arg in expression.args]
    if head in (sympy.Add, sympy.Mul):
        fold = _add if head is sympy.Add else _multiply
        return lambda x: reduce(fold, [part(x) for part in parts])
    if head in (sympy.Max, sympy.Min):
        return reduce(lambda first, second: _larger(first, second, 1 if head is sympy.Max else -1), parts)
    if head is sympy.Abs:
        return _larger(parts[0], compile_jet(-expression.args[0], symbol), 1)
    if head in _UNARY and len(parts) == 1:
        [inner], outer = parts, _UNARY[head]
        return lambda x: outer(inner(x))
    raise TargetError(
        f"target: found {expression!s:.60}, whose function {head.__name__} has no certified evaluation; accepted are "
        "arithmetic, powers, exp, log, trigonometric and hyperbolic functions, Abs, sign, Min, Max and Piecewise"
    )


def _compile_power(base: Any, exponent: Any, symbol: Any) -> JetFunction:
    if exponent.is_Integer:
        inner, n = compile_jet(base, symbol), int(exponent)
        return lambda x: _integer_power(inner(x), n)
    if base is sympy.E:
        return compile_jet(sympy.exp(exponent, evaluate=False), symbol)
    if not exponent.free_symbols:
        inner = compile_jet(base, symbol)
        return lambda x: _real_power(inner(x), constant_ball(exponent))
    inner, power = compile_jet(base, symbol), compile_jet(exponent, symbol)
    return lambda x: _exp(_multiply(power(x), _log(inner(x))))


def _compile_piecewise(expression: Any, symbol: Any) -> JetFunction:
    branches = [(compile_jet(e, symbol), compile_condition(c, symbol)) for e, c in expression.args]

    def evaluate(x: Any) -> Jet:
        possible = []
        for branch, condition in branches:
            holds = condition(x)
            if holds is not False:
                possible.append(branch(x))
            if holds is True:
                break
        else:
            return NAN, NAN, NAN
        if len(possible) == 1:
            return possible[0]
        return reduce(lambda a, b: a.union(b), [jet[0] for jet in possible]), NAN, NAN

    return evaluate


def compile_condition(
    condition: Any, symbol: Any, compile_value: Callable[[Any, Any], Callable[[Any], Any]] | None = None
) -> Callable[[Any], bool | None]:
    """A function from a ball to whether a condition holds there: True, False, or None where it is not settled.

    `compile_value` turns the difference of a comparison's two sides into a function from a ball to a real ball.
    """
    value = compile_value or _compile_value
    if condition in (sympy.true, sympy.false):
        return lambda x: bool(condition)
    if isinstance(condition, sympy.ITE):  # sympy's own form of a comparison with a Piecewise
        test, yes, no = condition.args
        condition = sympy.Or(sympy.And(test, yes), sympy.And(sympy.Not(test), no))
    if isinstance(condition, (sympy.And, sympy.Or)):
        parts = [compile_condition(arg, symbol, value) for arg in condition.args]
        decisive = isinstance(condition, sympy.Or)
        return lambda x: _combine([part(x) for part in parts], decisive)
    if isinstance(condition, sympy.Not):
        inner = compile_condition(condition.args[0], symbol, value)
        return lambda x: None if (holds := inner(x)) is None else not holds
    if not isinstance(condition, sympy.core.relational.Relational):
        raise TargetError(f"target: found the condition {condition!s:.60}; accepted are comparisons with and, or, not")
    difference = value(condition.lhs - condition.rhs, symbol)
    return lambda x: relation_holds(condition.rel_op, difference(x))


def _compile_value(expression: Any, symbol: Any) -> Callable[[Any], Any]:
    """The value on a ball: the plain one, or by the mean value form where the sign of the plain one is not settled."""
    jet = compile_jet(expression, symbol)

    def evaluate(x: Any) -> Any:
        value, slope, _ = jet(x)
        if value > 0 or value < 0 or x.is_exact() or not slope.is_finite():
            return value
        middle = x.mid()
        return jet(middle)[0] + slope * (x - middle)

    return evaluate


def relation_holds(operator: str, difference: Any) -> bool | None:
    """Whether ``difference operator 0`` holds on all of a ball (True), nowhere on it (False), or neither (None)."""
    yes, no = {
        "<": (difference < 0, difference >= 0),
        "<=": (difference <= 0, difference > 0),
        ">": (difference > 0, difference <= 0),
        ">=": (difference >= 0, difference < 0),
        "==": (difference == 0, difference < 0 or difference > 0),
        "!=": (difference < 0 or difference > 0, difference == 0),
    }[operator]
    return True if yes else False if no else None


def _combine(values: list[bool | None], decisive: bool) -> bool | None:
    if any(value is decisive for value in values):
        return decisive
    return None if None in values else not decisive
