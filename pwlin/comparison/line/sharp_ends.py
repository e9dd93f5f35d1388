"""Whether an error is strictly largest at the end of a stretch where the target has no slope, as the square root at 0.

With ``x = end + t**n`` a root of some order at the end is smooth in t, and so is what is left of the root of a smooth function.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import sympy

from pwlin.base.errors import TargetError
from pwlin.comparison.line.compiled import jet_of
from pwlin.exact.bridges import to_ball, to_sympy
from pwlin.formulas.defined import defined_form

if TYPE_CHECKING:
    from sympy import Expr, Symbol

_MOST_ORDER = 12


def is_largest_at(
    formula: Expr, symbol: Symbol, line: tuple[Fraction, Fraction], end: Fraction, reach: Fraction
) -> bool:
    """Whether ``|slope * x + intercept - formula|``, `line` being slope and intercept, falls strictly from `end` to ``end + reach``.

    The formula is to be analytic between them. False where that is not proved; at the working precision.
    """
    powers = {power.exp for power in formula.atoms(sympy.Pow) if power.exp.is_Rational}
    order = lcm(*(int(exponent.q) for exponent in powers))
    if not 1 < order <= _MOST_ORDER:  # without roots cells tell
        return False
    t = sympy.Dummy("t", positive=True)
    x = to_sympy(end) + (1 if reach > 0 else -1) * t**order
    far = Fraction(2) ** (-(-_exponent(abs(reach)) // order))
    try:
        moved = formula.xreplace({symbol: x}).replace(_is_root, lambda root: sympy.factor(root.base) ** root.exp)
        inner = defined_form(sympy.expand_power_base(moved), t, Fraction(0), far, "it")
        value, slope, _ = jet_of(to_sympy(line[0]) * x + to_sympy(line[1]) - inner, t)(
            to_ball(Fraction(0)).union(to_ball(far))
        )
    except TargetError:
        return False
    # an analytic function that is not constant falls strictly where its slope is nowhere positive
    return bool((value > 0 and slope <= 0 and slope != 0) or (value < 0 and slope >= 0 and slope != 0))


def _is_root(part: Expr) -> bool:
    return isinstance(part, sympy.Pow) and not part.exp.is_Integer and part.base.is_polynomial()


def _exponent(size: Fraction) -> int:
    """A power of two that is no smaller."""
    return size.numerator.bit_length() - size.denominator.bit_length() + 1
