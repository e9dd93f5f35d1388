"""Formulas in the form that is best to evaluate: equal wherever the given one is defined, and exactly so."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import sympy

from pwlin.formulas.needs import MOST_PARTS, factors_of

if TYPE_CHECKING:
    from sympy import Expr

_MOST_DEGREE = 40
"""Total degree up to which common factors are looked for."""
_WAVES = (sympy.sin, sympy.cos, sympy.tan, sympy.sinh, sympy.cosh, sympy.tanh)


def simplified(expression: Expr) -> Expr:
    """The expression with what cancels left out and roots of squares drawn.

    ``sin(x)**2 + cos(x)**2`` is 1, ``(x**2 - y**2)/(x - y)`` is x + y, ``sqrt(x**2 - 2*x + 1)`` is ``|x - 1|`` and
    ``sqrt(1 - sin(x))`` the magnitude of a sine of half the angle: values near a double zero under a root are known to few
    digits only.
    """
    if len(list(islice(sympy.preorder_traversal(expression), MOST_PARTS + 1))) > MOST_PARTS:
        return expression
    shorter = _without_identities(_in_lowest_terms(expression)).replace(_is_even_root, _drawn)
    return shorter.replace(lambda part: isinstance(part, (sympy.asin, sympy.acos)), _straightened)


def _in_lowest_terms(expression: Expr) -> Expr:
    """Quotients of polynomials in several variables without common factors."""
    if len(expression.free_symbols) < 2:
        return expression  # the line takes limits, and says where
    return expression.replace(lambda part: part.is_Mul or part.is_Add, _lowest)


def _lowest(part: Expr) -> Expr:
    """A quotient, or a sum of them, with a denominator of a lower degree, if there is one."""
    if not part.is_rational_function() or part.is_polynomial():
        return part
    symbols = sorted(part.free_symbols, key=str)
    ends = [sympy.fraction(term) for term in sympy.Add.make_args(part)]
    if any(sympy.Poly(end, *symbols).total_degree() > _MOST_DEGREE for pair in ends for end in pair):
        return part
    found = sympy.cancel(part)
    written = sympy.lcm_list([bottom for _, bottom in ends])
    left = sympy.fraction(found)[1]
    return found if sympy.Poly(left, *symbols).total_degree() < sympy.Poly(written, *symbols).total_degree() else part


def _without_identities(expression: Expr) -> Expr:
    """Shorter by an identity between trigonometric or hyperbolic functions, if there is one."""
    if not any(part.exp == 2 and isinstance(part.base, _WAVES) for part in expression.atoms(sympy.Pow)):
        return expression
    found = sympy.trigsimp(expression)
    waves = len(found.atoms(*_WAVES)), sympy.count_ops(found)
    return found if waves < (len(expression.atoms(*_WAVES)), sympy.count_ops(expression)) else expression


def _is_even_root(part: Expr) -> bool:
    return isinstance(part, sympy.Pow) and part.exp.is_Rational and part.exp.q % 2 == 0 and bool(part.base.free_symbols)


def _drawn(root: Expr) -> Expr:
    """A root with even powers of factors in front of it, as magnitudes."""
    constant, factors = factors_of(root.base)
    outside, inside = sympy.Integer(1), [constant]
    for factor, times in factors:
        scale, square = _as_square(factor)
        if square is not None:
            outside *= sympy.Abs(square) ** (2 * times * root.exp)
            inside.append(scale**times)
        elif times % 2 == 0:
            outside *= sympy.Abs(factor) ** (times * root.exp)
        else:
            outside *= sympy.Abs(factor) ** ((times - 1) * root.exp)
            inside.append(factor)
    rest = sympy.Mul(*inside)
    return root if outside == 1 or (not rest.free_symbols and rest.is_negative) else outside * rest**root.exp


def _as_square(factor: Expr) -> tuple[Expr, Expr | None]:
    """A constant and what its factor is the square of, by the half angle: ``1 - cos(u) = 2 sin(u/2)**2`` and its like."""
    constant, waves = factor.as_coeff_Add()
    scale, wave = waves.as_coeff_Mul()
    if abs(scale) != abs(constant) or not isinstance(wave, (sympy.sin, sympy.cos)):
        return sympy.Integer(1), None
    angle = wave.args[0] if isinstance(wave, sympy.cos) else sympy.pi / 2 - wave.args[0]
    return 2 * constant, (sympy.cos if scale == constant else sympy.sin)(angle / 2)


def _straightened(arc: Expr) -> Expr:
    """An arc of what touches 1 or -1, where it bends, by that of a tangent: ``asin(g) = 2 atan(g/(1 + sqrt(1 - g**2)))``."""
    [inner] = arc.args
    if isinstance(inner, (sympy.sin, sympy.cos)) or not inner.free_symbols:
        return arc
    top, bottom = (sympy.sqrt(part) for part in sympy.fraction(sympy.together(1 - inner**2)))
    root = (_without_identities(top).replace(_is_even_root, _drawn)) / bottom.replace(_is_even_root, _drawn)
    if not root.has(sympy.Abs) or inner.has(sympy.Abs):
        return arc
    found = 2 * sympy.atan(inner / (1 + root))
    return found if isinstance(arc, sympy.asin) else sympy.pi / 2 - found
