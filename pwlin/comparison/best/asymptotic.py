"""Asymptotic laws of best piecewise-linear approximation with N free knots, as N grows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import acb, arb

from pwlin.base.errors import TargetError
from pwlin.comparison.best.lower_bounds import largest_jump
from pwlin.comparison.line.certified_sup import Graph
from pwlin.comparison.line.sign_changes import signed_intervals
from pwlin.comparison.norm import Norm
from pwlin.exact.bridges import to_ball
from pwlin.exact.enclosure import Enclosure, from_ball
from pwlin.formulas.arithmetic.balls import compile_jet, power_ball, precision
from pwlin.formulas.arithmetic.complex_balls import compile_complex, integrate
from pwlin.formulas.kinds import Formula

_BITS = 512
_LEAST_WIDTH_BITS = 230


def asymptotic_constant(
    target: Formula, domain: tuple[Fraction, Fraction], norm: Norm, tolerance: Fraction
) -> Enclosure:
    """The constant C in ``best error ~ C / N**order`` of `norm`, with certainty.

    The second derivative is taken piece by piece: kinks of the target do not enter, since a knot on each makes them
    harmless. The constant is zero for a target that is piecewise linear.

    Raises
    ------
    TargetError
        If the target jumps, or its second derivative is not bounded on the domain.
    """
    if largest_jump(target, domain):
        raise TargetError(f"target: found {target.text!r}, which jumps on the domain; accepted are continuous targets")
    expression = target.simplified
    symbol = next(iter(expression.free_symbols), None)
    if symbol is None:
        return Enclosure(Fraction(0), Fraction(0))
    bend = expression.replace(lambda part: isinstance(part, _SWITCHES), _as_piecewise).diff(symbol, 2)
    if bend == 0:
        return Enclosure(Fraction(0), Fraction(0))
    with precision(_BITS + tolerance.denominator.bit_length()):
        total = _power_integral(bend, symbol, domain, norm.root, to_ball(tolerance))
        if not total.is_finite():
            raise TargetError(f"target: found {target.text!r}, whose second derivative is not bounded on the domain")
        constant = total**norm.power / norm.divisor
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
    stretch = Graph(to_ball(domain[0]), to_ball(domain[1]), compile_jet(bend, symbol))
    length = stretch.high - stretch.low
    tiny = arb(2) ** -_LEAST_WIDTH_BITS * length
    sizes = [abs(stretch.error((stretch.low + length * k / 16).mid())[0]).upper() for k in range(1, 16)]
    scale = sum((size for size in sizes if size.is_finite()), arb(0)) / 16
    scale = scale if scale > 0 else arb(1)
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
