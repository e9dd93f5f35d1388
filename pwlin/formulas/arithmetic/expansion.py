"""Taylor's formula on balls: bounds of smooth functions that stay sharp where several derivatives vanish.

The mean value form loses near a zero of order n > 1 all but cells of the square of their distance to it. Taylor's formula of
higher order needs but a fixed number of cells for each halving of the distance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from flint import arb, arb_series, ctx

from pwlin.formulas.arithmetic.power_series import compile_power_series

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Series: TypeAlias = Callable[[arb], arb_series]
ORDER = 8


def compile_series(formula: Expr, symbol: Symbol | None) -> Series | None:
    """The Taylor series of a formula about (every point of) a ball, up to `ORDER`; None for formulas that switch."""
    fold = compile_power_series(formula)
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
