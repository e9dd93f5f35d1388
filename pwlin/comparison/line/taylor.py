"""Taylor's formula on balls: bounds of smooth functions that stay sharp where several derivatives vanish.

The mean value form loses near a zero of order n > 1 all but cells of the square of their distance to it. Taylor's formula of
higher order needs but a fixed number of cells for each halving of the distance.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul, truediv
from typing import TYPE_CHECKING, TypeAlias

import sympy
from flint import arb, arb_series, ctx

from pwlin.formulas.arithmetic.balls import constant_ball

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Series: TypeAlias = Callable[[arb], arb_series]
ORDER = 8


def compile_series(formula: Expr, symbol: Symbol | None) -> Series | None:
    """The Taylor series of a formula about (every point of) a ball, up to `ORDER`; None for formulas that switch."""
    fold = _fold(formula, symbol)
    if fold is None:
        return None

    def series(x: arb) -> arb_series:
        before, ctx.cap = ctx.cap, ORDER + 1
        try:
            return fold(arb_series([x, 1]))
        finally:
            ctx.cap = before

    return series


def bounds(series: Series, low: arb, high: arb) -> tuple[arb, arb] | None:
    """Balls around the values and around the slopes on [low, high]; None where there is no series."""
    middle = ((low + high) / 2).mid()
    try:
        at, cell = series(middle), series(low.union(high))
    except (ValueError, ZeroDivisionError):  # a pole as far as balls tell
        return None
    step = low.union(high) - middle
    value, slope = cell[ORDER], ORDER * cell[ORDER]
    for k in range(ORDER - 1, -1, -1):
        value = value * step + at[k]
        if k:
            slope = slope * step + k * at[k]
    return value, slope


def _fold(formula: Expr, symbol: Symbol | None) -> Callable[[arb_series], arb_series] | None:
    if formula == symbol:
        return lambda x: x
    if not formula.free_symbols:
        return lambda x: arb_series([constant_ball(formula)])
    if formula.func is sympy.Pow and formula.exp.is_Integer:
        power, n = _fold(formula.base, symbol), int(formula.exp)
        return None if power is None else lambda x: _power(power(x), n)
    parts = [part for argument in formula.args if (part := _fold(argument, symbol)) is not None]
    if len(parts) < len(formula.args):
        return None
    if formula.func in (sympy.Add, sympy.Mul):
        operation = add if formula.func is sympy.Add else mul
        return lambda x: reduce(operation, [part(x) for part in parts])
    if formula.func is sympy.Pow:
        base, exponent = parts
        return lambda x: (exponent(x) * base(x).log()).exp()
    if formula.func in _FUNCTIONS:
        [inner], function = parts, _FUNCTIONS[formula.func]
        return lambda x: function(inner(x))
    return None


def _power(base: arb_series, n: int) -> arb_series:
    if n < 0:
        return 1 / _power(base, -n)
    if n < 2:
        return base
    half = _power(base, n // 2)
    return half * half * base if n % 2 else half * half


def _sinh_cosh(x: arb_series) -> tuple[arb_series, arb_series]:
    """By the addition theorem: what is small stays small."""
    sinh, cosh = x[0].sinh_cosh()
    up, down = (x - x[0]).exp(), (x[0] - x).exp()
    even, odd = (up + down) / 2, (up - down) / 2
    return sinh * even + cosh * odd, cosh * even + sinh * odd


_FUNCTIONS: dict[type[Expr], Callable[[arb_series], arb_series]] = {
    **{getattr(sympy, n): getattr(arb_series, n) for n in ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")},
    sympy.sinh: lambda x: _sinh_cosh(x)[0],
    sympy.cosh: lambda x: _sinh_cosh(x)[1],
    sympy.tanh: lambda x: truediv(*_sinh_cosh(x)),
}
