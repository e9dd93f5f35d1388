"""The elementary functions that formulas may use, one row each: a new function is a new row here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import acb, arb, arb_series

from pwlin.formulas.arithmetic import taylor
from pwlin.formulas.arithmetic.intervals import Intervals
from pwlin.formulas.steps import Steps

if TYPE_CHECKING:
    from sympy import Expr

BallRule = tuple[arb, arb, arb]
"""Value, first and second derivative of a function on a ball."""

NAN = arb.nan()
COMPLEX_NAN = acb(NAN, NAN)
_ZERO, _ONE = arb(0), arb(1)


@dataclass(frozen=True, slots=True)
class Need:
    """`quantity` must be ``!=``, ``>`` or ``>=`` zero; `reason` says what fails otherwise."""

    quantity: Expr
    relation: str
    reason: str


def _defined_everywhere(argument: Expr) -> Iterator[Need]:
    return iter(())


@dataclass(frozen=True, slots=True, eq=False)
class Elementary:
    """A function of one real number, in every arithmetic.

    Attributes
    ----------
    head : sympy class
        Its derivative is sympy's, but where `jumps`.
    names : tuple of str
        What text may call it.
    ball : function from a real ball to a `BallRule`
        Not finite where the function is not known to be defined.
    complex_ball : function from a complex ball and the flag `analytic` to a complex ball
        With the flag, finite only where the function is analytic on the whole ball; without it, the ball is real.
    series : function from a series to a series
    needs : function from the argument to what it must fulfil for the function to be defined
    bounds : tuple
        Rational bounds of its values, infinite where there are none, and whether they are certainly not attained.
    power_series : function from a FLINT series to a FLINT series; None where it jumps
    jumps : bool
        Whether it is constant but for jumps.
    """

    head: type[Expr]
    names: tuple[str, ...]
    ball: Callable[[arb], BallRule]
    complex_ball: Callable[[acb, bool], acb]
    series: Callable[[Intervals], Intervals]
    needs: Callable[[Expr], Iterator[Need]] = _defined_everywhere
    bounds: tuple[Fraction | float, Fraction | float, bool] = (-math.inf, math.inf, False)
    power_series: Callable[[arb_series], arb_series] | None = None
    jumps: bool = False


# -- on balls -------------------------------------------------------------------------------------


def square(v: arb) -> arb:
    """The square of a ball, without a negative part."""
    size = abs(v)
    return size * size


def _exp(v: arb) -> BallRule:
    e = v.exp()
    return e, e, e


def _log(v: arb) -> BallRule:
    if not v > 0:
        return NAN, NAN, NAN
    inverse = 1 / v
    return v.log(), inverse, -inverse * inverse


def _sin(v: arb) -> BallRule:
    s, c = v.sin_cos()
    return s, c, -s


def _cos(v: arb) -> BallRule:
    s, c = v.sin_cos()
    return c, -s, -c


def _tan(v: arb) -> BallRule:
    t = v.tan()
    first = 1 + square(t)
    return t, first, 2 * t * first


def _asin(v: arb) -> BallRule:
    value = v.asin()
    if not value.is_finite() and abs(v).lower() <= 1:  # the ball sticks out at an end of [-1, 1]
        value = arb(v.lower()).max(-_ONE).asin().union(arb(v.upper()).min(_ONE).asin())
    rest = 1 - square(v)
    if not rest > 0:
        return value, NAN, NAN
    return value, rest ** arb(-0.5), v * rest ** arb(-1.5)


def _acos(v: arb) -> BallRule:
    value, first, second = _asin(v)
    return arb.pi() / 2 - value, -first, -second


def _atan(v: arb) -> BallRule:
    first = 1 / (1 + square(v))
    return v.atan(), first, -2 * v * first * first


def _sinh(v: arb) -> BallRule:
    s, c = v.sinh_cosh()
    return s, c, s


def _cosh(v: arb) -> BallRule:
    s, c = v.sinh_cosh()
    return c, s, c


def _tanh(v: arb) -> BallRule:
    t = v.tanh()
    first = 1 - square(t)
    return t, first, -2 * t * first


def _sign(v: arb) -> BallRule:
    if v > 0 or v < 0:
        return arb(1 if v > 0 else -1), _ZERO, _ZERO
    return (_ZERO, NAN, NAN) if v == 0 else (_ONE.union(-_ONE), NAN, NAN)


def _floor(v: arb) -> BallRule:
    if not v.is_finite():
        return NAN, NAN, NAN
    below, above = arb(v.lower()).floor(), arb(v.upper()).floor()
    if below == above:
        return below, _ZERO, _ZERO
    return below.union(above), NAN, NAN


# -- on complex balls -----------------------------------------------------------------------------


def _complex_atan(z: acb, analytic: bool) -> acb:
    on_cut = z.real.contains(0) and not abs(z.imag) < 1
    return COMPLEX_NAN if analytic and on_cut else z.atan()


def _complex_asin(z: acb, analytic: bool) -> acb:
    if not analytic:  # real: the end of [-1, 1] may lie within the ball
        return acb(_asin(z.real)[0])
    return COMPLEX_NAN if z.imag.contains(0) and not abs(z.real) < 1 else z.asin()


def _complex_acos(z: acb, analytic: bool) -> acb:
    return acb(arb.pi() / 2) - _complex_asin(z, analytic)


def _complex_floor(z: acb, analytic: bool) -> acb:
    if not analytic:
        return acb(_floor(z.real)[0])
    return z.real_floor(analytic=True)


# -- on power series ------------------------------------------------------------------------------


def _sinh_cosh(x: arb_series) -> tuple[arb_series, arb_series]:
    """By the addition theorem: what is small stays small."""
    sinh, cosh = x[0].sinh_cosh()
    up, down = (x - x[0]).exp(), (x[0] - x).exp()
    even, odd = (up + down) / 2, (up - down) / 2
    return sinh * even + cosh * odd, cosh * even + sinh * odd


def _tanh_series(x: arb_series) -> arb_series:
    sinh, cosh = _sinh_cosh(x)
    return sinh / cosh


# -- where they are defined -----------------------------------------------------------------------


def _positive(argument: Expr) -> Iterator[Need]:
    yield Need(argument, ">", f"log({argument}) of a number that is not positive")


def _no_pole(argument: Expr) -> Iterator[Need]:
    yield Need(sympy.cos(argument), "!=", f"tan({argument}) has a pole")


def _within_one(name: str) -> Callable[[Expr], Iterator[Need]]:
    def needs(argument: Expr) -> Iterator[Need]:
        for rest in (1 - argument, 1 + argument):
            yield Need(rest, ">=", f"{name}({argument}) outside [-1, 1]")

    return needs


_UNIT = (Fraction(-1), Fraction(1), False)
_HALF_TURN = Fraction(11, 7)  # more than pi / 2

EXP = Elementary(
    *(sympy.exp, ("exp",), _exp, lambda z, analytic: z.exp(), taylor.exp),
    bounds=(Fraction(0), math.inf, True),
    power_series=arb_series.exp,
)
LOG = Elementary(
    *(sympy.log, ("log", "ln"), _log, lambda z, analytic: z.log(analytic=analytic), taylor.log),
    needs=_positive,
    power_series=arb_series.log,
)
ROWS = (
    EXP,
    LOG,
    Elementary(
        *(sympy.sin, ("sin",), _sin, lambda z, analytic: z.sin(), lambda a: taylor.sin_cos(a)[0]),
        bounds=_UNIT,
        power_series=arb_series.sin,
    ),
    Elementary(
        *(sympy.cos, ("cos",), _cos, lambda z, analytic: z.cos(), lambda a: taylor.sin_cos(a)[1]),
        bounds=_UNIT,
        power_series=arb_series.cos,
    ),
    Elementary(
        *(sympy.tan, ("tan",), _tan, lambda z, analytic: z.tan(), taylor.tan),
        needs=_no_pole,
        power_series=arb_series.tan,
    ),
    Elementary(
        *(sympy.asin, ("asin", "arcsin"), _asin, _complex_asin, taylor.asin),
        needs=_within_one("asin"),
        bounds=(-_HALF_TURN, _HALF_TURN, True),
        power_series=arb_series.asin,
    ),
    Elementary(
        *(sympy.acos, ("acos", "arccos"), _acos, _complex_acos, taylor.acos),
        needs=_within_one("acos"),
        bounds=(Fraction(0), 2 * _HALF_TURN, False),
        power_series=arb_series.acos,
    ),
    Elementary(
        *(sympy.atan, ("atan", "arctan"), _atan, _complex_atan, taylor.atan),
        bounds=(-_HALF_TURN, _HALF_TURN, True),
        power_series=arb_series.atan,
    ),
    Elementary(
        *(sympy.sinh, ("sinh",), _sinh, lambda z, analytic: z.sinh(), lambda a: taylor.hyperbolic(a)[0]),
        power_series=lambda x: _sinh_cosh(x)[0],
    ),
    Elementary(
        *(sympy.cosh, ("cosh",), _cosh, lambda z, analytic: z.cosh(), lambda a: taylor.hyperbolic(a)[1]),
        bounds=(Fraction(1), math.inf, False),
        power_series=lambda x: _sinh_cosh(x)[1],
    ),
    Elementary(
        *(sympy.tanh, ("tanh",), _tanh, lambda z, analytic: z.tanh(), taylor.tanh),
        bounds=(Fraction(-1), Fraction(1), True),
        power_series=_tanh_series,
    ),
    Elementary(
        *(sympy.sign, ("sign",), _sign, lambda z, analytic: z.real_sgn(analytic=analytic), taylor.sign),
        bounds=_UNIT,
        jumps=True,
    ),
    Elementary(sympy.floor, ("floor",), _floor, _complex_floor, taylor.floor, jumps=True),
)
BY_HEAD = {row.head: row for row in ROWS}
BY_NAME = {name: row.head for row in ROWS for name in row.names}
JUMPS = tuple(row.head for row in ROWS if row.jumps)
SWITCHES = (sympy.Abs, sympy.Max, sympy.Min, sympy.Piecewise, *JUMPS, Steps)
"""The parts of a formula that make it something else than analytic within its domain."""


@lru_cache(maxsize=4096)
def steps_row(first: int, last: int) -> Elementary:
    """The row of a floor between two whole numbers."""
    least, most = arb(first), arb(last)

    def ball(v: arb) -> BallRule:
        value, slope, bend = _floor(v)
        if value.upper() <= least or value.lower() >= most:
            return least if value.upper() <= least else most, _ZERO, _ZERO
        return value.max(least).min(most), slope, bend

    def complex_ball(z: acb, analytic: bool) -> acb:
        value, slope, _ = ball(z.real)
        return acb(value) if slope.is_finite() or not analytic else COMPLEX_NAN

    def series(a: Intervals) -> Intervals:
        return taylor.floor(Intervals(a.low.clip(first, last + 0.5), a.high.clip(first, last + 0.5)))

    return Elementary(
        *(Steps, (), ball, complex_ball, series), bounds=(Fraction(first), Fraction(last), False), jumps=True
    )
