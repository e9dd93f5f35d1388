"""Taylor's formula on balls: bounds of smooth functions that stay sharp where several derivatives vanish.

The mean value form loses near a zero of order n > 1 all but cells of the square of their distance to it. Taylor's formula of
higher order needs but a fixed number of cells for each halving of the distance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from flint import arb, arb_series, ctx

from pwlin.formulas.arithmetic.power_series import compile_power_series

if TYPE_CHECKING:
    from sympy import Expr, Symbol

Series: TypeAlias = Callable[[arb], arb_series]
"""From a ball to a Taylor series about every point of the ball, of so many terms as FLINT is told to keep."""
ORDER = 8
_LONG = 24


@contextmanager
def terms(order: int) -> Iterator[None]:
    """Work with series up to some order."""
    before, ctx.cap = ctx.cap, order + 1
    try:
        yield
    finally:
        ctx.cap = before


def compile_series(formula: Expr, symbol: Symbol | None) -> Series | None:
    """The Taylor series of a formula about (every point of) a ball, within `terms`; None for formulas that switch."""
    fold = compile_power_series(formula)
    return None if fold is None else lambda x: fold(arb_series([x, 1]))


def bounds(series: Series, low: arb, high: arb) -> tuple[arb, arb] | None:
    """Balls around the values and around the slopes on [low, high]; None where there is no series."""
    middle = ((low + high) / 2).mid()
    try:
        with terms(ORDER):
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


def integral(series: Series, low: arb, high: arb, power: int) -> arb | None:
    """A ball around the integral of a function (its square, for power 2) over [low, high]; None where there is no series.

    By Taylor's formula about the middle: narrow where the radius of convergence is some times the interval's length.
    """
    middle = ((low + high) / 2).mid()
    try:
        with terms(_LONG):
            at, cell = series(middle), series(low.union(high))
            at, cell = (at * at, cell * cell) if power == 2 else (at, cell)
    except (ValueError, ZeroDivisionError):
        return None
    left, right, total = low - middle, high - middle, arb(0)
    below, above = left, right
    for k in range(_LONG + 1):  # t**24 has one sign, so that the last coefficient is taken somewhere on the interval
        total += (cell if k == _LONG else at)[k] * (above - below) / (k + 1)
        below, above = below * left, above * right
    return total if total.is_finite() else None
