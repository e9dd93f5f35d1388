"""Asymptotic laws of best piecewise-linear approximation with N free knots, as N grows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import acb, arb

from pwlin.base.errors import TargetError
from pwlin.comparison.line.certified_sup import Stretch
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.exact.bridges import from_ball, to_ball
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.balls import compile_jet, power_ball, precision
from pwlin.formulas.arithmetic.complex_balls import compile_complex, integrate

_BITS = 512
_LEAST_WIDTH_BITS = 230


@dataclass(frozen=True, slots=True)
class Law:
    """Best error ~ ``(integral of |f''|^root)^power / (divisor * N^order)``; knots fall with density |f''|^root."""

    root: Fraction
    power: int
    divisor: int
    order: int


LAWS = {
    "sup": Law(Fraction(1, 2), 2, 16, 2),
    "l2": Law(Fraction(2, 5), 5, 720, 4),
    "l1": Law(Fraction(1, 3), 3, 32, 2),
}
"""The law of each norm; for "l2" it is that of the squared norm. Sources: de Boor, "Good approximation by splines with
variable knots" (1973); Burchard and Hale (1975)."""


def asymptotic_constant(target: Any, domain: tuple[Fraction, Fraction], norm: str, tolerance: Fraction) -> Enclosure:
    """The constant C in ``best error ~ C / N**order`` of `norm`, with certainty.

    The second derivative is taken piece by piece: kinks of the target do not enter, since a knot on each makes them
    harmless. The constant is zero for a target that is piecewise linear.

    Raises
    ------
    TargetError
        If the second derivative is not bounded on the domain.
    """
    law = LAWS[norm]
    expression = target.expression
    symbol = next(iter(expression.free_symbols), None)
    if symbol is None:
        return Enclosure(Fraction(0), Fraction(0))
    bend = expression.replace(lambda part: isinstance(part, _SWITCHES), _as_piecewise).diff(symbol, 2)
    if bend == 0:
        return Enclosure(Fraction(0), Fraction(0))
    with precision(_BITS + tolerance.denominator.bit_length()):
        total = _power_integral(bend, symbol, domain, law.root, to_ball(tolerance))
        if not total.is_finite():
            raise TargetError(f"target: found {target.text!r}, whose second derivative is not bounded on the domain")
        constant = total**law.power / law.divisor
        ends = from_ball(constant)
        return Enclosure(max(ends.lower, Fraction(0)), max(ends.upper, Fraction(0)))


_SWITCHES = (sympy.Abs, sympy.sign, sympy.Max, sympy.Min)


def _as_piecewise(part: Any) -> Any:
    if isinstance(part, sympy.Abs):
        return sympy.Piecewise((part.args[0], part.args[0] >= 0), (-part.args[0], True))
    if isinstance(part, sympy.sign):
        return sympy.Piecewise((1, part.args[0] > 0), (-1, True))
    relation = sympy.Ge if isinstance(part, sympy.Max) else sympy.Le
    branches = [(one, sympy.And(*(relation(one, other) for other in part.args if other != one))) for one in part.args]
    return sympy.Piecewise(*branches[:-1], (part.args[-1], True))


def _power_integral(bend: Any, symbol: Any, domain: Any, root: Fraction, tolerance: Any) -> Any:
    """Ball around the integral of ``|bend|**root``."""
    stretch = Stretch(to_ball(domain[0]), to_ball(domain[1]), compile_jet(bend, symbol))
    length = stretch.high - stretch.low
    tiny = arb(2) ** -_LEAST_WIDTH_BITS * length
    size = abs(stretch.error(((stretch.low + stretch.high) / 2).mid())[0])
    scale = size.upper() if size.is_finite() and size.upper() > 0 else arb(1)
    signed = signed_intervals(stretch, tiny * scale, tiny)
    power, function = to_ball(root), compile_complex(bend, symbol)
    rest = arb(signed.rest.upper())
    total = power_ball(rest, power).union(arb(0)) * length ** (1 - power) if rest > 0 else rest  # Hoelder's inequality

    def integrand(z: Any, analytic: bool) -> Any:
        value = function(z, analytic).real_abs(analytic=analytic)
        return value.pow(power, analytic=True) if analytic else acb(power_ball(value.real, power))

    goal = tolerance / 64
    absolute = goal * scale**power * length
    for kept in signed.intervals:
        total += integrate(integrand, kept.low, kept.high, goal, absolute)
    return total
