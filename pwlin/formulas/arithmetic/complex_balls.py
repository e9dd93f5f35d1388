"""Certified integrals of formulas: complex ball arithmetic for FLINT's rigorous adaptive quadrature.

Every compiled function takes a complex ball and the flag `analytic`. With the flag it must return a finite ball only
where it is analytic on the whole of the argument; without it the argument is real and any enclosure will do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy
from flint import acb, arb

from pwlin.base.errors import TargetError
from pwlin.formulas.arithmetic.balls import compile_condition, compile_jet, constant_ball, power_ball

ComplexFunction = Callable[[Any, bool], Any]

_MOST_EVALUATIONS = 50_000
_NAN = acb(arb.nan(), arb.nan())


def compile_complex(expression: Any, symbol: Any) -> ComplexFunction:
    """The expression as a function for `integrate`."""
    if expression == symbol and symbol is not None:
        return lambda z, analytic: z
    if not expression.free_symbols:
        return lambda z, analytic: acb(constant_ball(expression))
    head = expression.func
    if head is sympy.Pow:
        base, exponent = expression.args
        return _compile_power(base, exponent, symbol)
    if head is sympy.Piecewise:
        return _compile_piecewise(expression, symbol)
    if head is sympy.Abs:
        return _compile_extremum(sympy.Max(expression.args[0], -expression.args[0], evaluate=False), symbol)
    if head in (sympy.Max, sympy.Min):
        return _compile_extremum(expression, symbol)
    parts = [compile_complex(arg, symbol) for arg in expression.args]
    if head is sympy.Add:
        return lambda z, analytic: reduce(lambda a, b: a + b, [part(z, analytic) for part in parts])
    if head is sympy.Mul:
        return lambda z, analytic: reduce(lambda a, b: a * b, [part(z, analytic) for part in parts])
    if head in _UNARY:
        [inner], outer = parts, _UNARY[head]
        return lambda z, analytic: outer(inner(z, analytic), analytic)
    raise TargetError(f"target: found {expression!s:.60}, which cannot be integrated with certainty")


def integrate(function: ComplexFunction, low: arb, high: arb, relative: arb, absolute: arb) -> arb:
    """Ball around the integral of a real function over [low, high]; it aims at either tolerance.

    An exception in the function, Ctrl-C included, ends the integration and comes out as it is. FLINT passes on an
    `Exception` only: what else is raised would become a SystemError.
    """
    raised: list[BaseException] = []

    def guarded(z: acb, analytic: bool) -> acb:
        if raised:
            return _NAN
        try:
            return function(z, analytic)
        except BaseException as error:  # noqa: BLE001 (raised again below)
            raised.append(error)
            return _NAN

    try:
        ball = acb.integral(guarded, low, high, rel_tol=relative, abs_tol=absolute, eval_limit=_MOST_EVALUATIONS).real
    except SystemError as error:
        raised.append(error)
    if raised:
        raise _first(raised[-1])
    return ball


def _first(error: BaseException) -> BaseException:
    """What is behind a SystemError: a signal between two calls is raised before the next one enters its ``try``."""
    while isinstance(error, SystemError) and (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error


def _atan(z: Any, analytic: bool) -> Any:
    on_cut = z.real.contains(0) and not abs(z.imag) < 1
    return _NAN if analytic and on_cut else z.atan()


def _inverse_sine(z: Any, analytic: bool) -> Any:
    if not analytic:  # real: the end of [-1, 1] may lie within the ball
        return acb(_REAL_ASIN(z.real)[0])
    return _NAN if z.imag.contains(0) and not abs(z.real) < 1 else z.asin()


_REAL_ASIN = compile_jet(sympy.asin(sympy.Symbol("x", real=True)), sympy.Symbol("x", real=True))

_UNARY: dict[Any, Callable[[Any, bool], Any]] = {
    sympy.exp: lambda z, analytic: z.exp(),
    sympy.log: lambda z, analytic: z.log(analytic=analytic),
    sympy.sin: lambda z, analytic: z.sin(),
    sympy.cos: lambda z, analytic: z.cos(),
    sympy.tan: lambda z, analytic: z.tan(),
    sympy.sinh: lambda z, analytic: z.sinh(),
    sympy.cosh: lambda z, analytic: z.cosh(),
    sympy.tanh: lambda z, analytic: z.tanh(),
    sympy.atan: _atan,
    sympy.asin: _inverse_sine,
    sympy.acos: lambda z, analytic: acb(arb.pi() / 2) - _inverse_sine(z, analytic),
    sympy.sign: lambda z, analytic: z.real_sgn(analytic=analytic),
}


def _compile_power(base: Any, exponent: Any, symbol: Any) -> ComplexFunction:
    inner = compile_complex(base, symbol)
    if exponent.is_Integer:
        n = int(exponent)
        return lambda z, analytic: inner(z, analytic) ** n
    power = compile_complex(exponent, symbol)
    if not base.free_symbols:
        return lambda z, analytic: (power(z, analytic) * inner(z, analytic).log()).exp()
    if exponent.free_symbols:
        return lambda z, analytic: (power(z, analytic) * inner(z, analytic).log(analytic=analytic)).exp()

    def evaluate(z: Any, analytic: bool) -> Any:
        value = inner(z, analytic)
        if analytic:
            return value.pow(acb(constant_ball(exponent)), analytic=True)
        return acb(power_ball(value.real, constant_ball(exponent)))

    return evaluate


def _compile_piecewise(expression: Any, symbol: Any) -> ComplexFunction:
    branches = [(compile_complex(e, symbol), _compile_condition(c, symbol)) for e, c in expression.args]

    def evaluate(z: Any, analytic: bool) -> Any:
        possible = []
        for branch, condition in branches:
            holds = condition(z)
            if holds is not False:
                possible.append(branch(z, analytic))
            if holds is True:
                break
        else:
            return _NAN
        if len(possible) == 1:
            return possible[0]
        return _NAN if analytic else acb(reduce(lambda a, b: a.union(b), [value.real for value in possible]))

    return evaluate


def _compile_extremum(expression: Any, symbol: Any) -> ComplexFunction:
    first, *rest = expression.args
    other = expression.func(*rest, evaluate=False) if len(rest) > 1 else rest[0]
    one, two = compile_complex(first, symbol), compile_complex(other, symbol)
    lead = _compile_difference(first - other, symbol)
    largest = expression.func is sympy.Max

    def evaluate(z: Any, analytic: bool) -> Any:
        difference = lead(z)
        if difference >= 0 or difference <= 0:
            return (one if bool(difference >= 0) == largest else two)(z, analytic)
        if analytic:
            return _NAN
        a, b = one(z, False).real, two(z, False).real
        return acb(a.max(b) if largest else a.min(b))

    return evaluate


def _compile_condition(condition: Any, symbol: Any) -> Callable[[Any], bool | None]:
    """Like `compile_condition`, on complex balls: the real part of the difference of the two sides decides."""
    return compile_condition(condition, symbol, _compile_difference)


def _compile_difference(difference: Any, symbol: Any) -> Callable[[Any], Any]:
    """Real part of a difference: the plain one, or by the mean value form where the plain one has no certain sign."""
    function = compile_complex(difference, symbol)
    smooth = symbol is not None and not difference.has(*_SWITCHES)
    derivative = compile_complex(difference.diff(symbol), symbol) if smooth else None

    def evaluate(z: Any) -> Any:
        analytic = not z.imag.is_zero()
        plain = function(z, analytic).real
        if plain > 0 or plain < 0 or derivative is None:
            return plain
        slope = derivative(z, True)
        if not slope.real.is_finite() or not slope.imag.is_finite():
            return plain
        middle = z.mid()
        return (function(middle, not middle.imag.is_zero()) + slope * (z - middle)).real

    return evaluate


_SWITCHES = (sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Piecewise)
