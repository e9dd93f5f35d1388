"""Which sympy expressions a target may be made of, and the checks that every one of them passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
import sympy.polys.rings
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from pwlin.base.errors import TargetError
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import to_fraction
from pwlin.formulas.elementary import BY_NAME, ROWS

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.logic.boolalg import Boolean
    from sympy.polys.rings import PolyElement, PolyRing

MAX_EXPONENT = 1000
"""Largest degree, and largest numerator and denominator of a rational exponent."""
MAX_BITS = 8192
"""Largest size of the numerator or denominator of a rational constant."""
MAX_TERMS = 100_000
"""Most terms that a polynomial may have once expanded."""
MAX_NODES = 500
"""Largest argument of a function that is written with two copies of it."""
MAX_IRRATIONAL_TERMS = 1000
"""Most terms that are expanded to see whether irrational constants cancel."""


def _cbrt(u: Expr) -> Expr:
    if sum(1 for _ in sympy.preorder_traversal(u)) > MAX_NODES:
        raise TargetError(
            f"target: found cbrt of an expression of more than {MAX_NODES} parts; accepted are smaller ones"
        )
    return sympy.sign(u) * sympy.Abs(u) ** sympy.Rational(1, 3)


def _extremum(kind: type[Expr]) -> Callable[..., Expr]:
    def build(*arguments: Expr) -> Expr:
        if all(a.is_number for a in arguments):
            return kind(*arguments)
        # Without sympy's own simplification, whose cost explodes when extrema are nested.
        return kind(*dict.fromkeys(arguments), evaluate=False) if len(set(arguments)) > 1 else arguments[0]

    return build


_MAX, _MIN = _extremum(sympy.Max), _extremum(sympy.Min)


def _relu(u: Expr) -> Expr:
    return _MAX(sympy.Integer(0), u)


def _step(u: Expr) -> Expr:
    return (1 + sympy.sign(u)) / 2


def _ceil(u: Expr) -> Expr:
    return -sympy.floor(-u)


FUNCTIONS: dict[str, Callable[..., Expr]] = {
    **BY_NAME,
    "sqrt": sympy.sqrt,
    "cbrt": _cbrt,
    "abs": sympy.Abs,
    "Abs": sympy.Abs,
    "relu": _relu,
    "heaviside": _step,
    "sgn": sympy.sign,
    "ceil": _ceil,
    "log2": lambda u: sympy.log(u) / sympy.log(2),
    "log10": lambda u: sympy.log(u) / sympy.log(10),
    "step": _step,
    "max": _MAX,
    "Max": _MAX,
    "min": _MIN,
    "Min": _MIN,
}
"""Functions by the names that text may use; the real cube root of a negative number is negative, steps are 1/2 at 0."""
VARIADIC = frozenset({"max", "Max", "min", "Min"})
CONSTANTS: dict[str, Expr] = {"pi": sympy.pi, "e": sympy.E, "E": sympy.E}
FUNCTION_NAMES = ", ".join([*{f: name for name, f in reversed(FUNCTIONS.items())}.values()][::-1] + ["Piecewise"])
"""For messages: each function by one of its names."""

NODES: tuple[type[Expr], ...] = (
    *(sympy.Add, sympy.Mul, sympy.Pow, sympy.Max, sympy.Min, sympy.Piecewise, sympy.Abs),
    *(row.head for row in ROWS),
)
"""The inner nodes that a checked expression may have; its leaves are rationals, pi, e and symbols."""
_CONDITIONS: tuple[type, ...] = (
    *(sympy.StrictLessThan, sympy.LessThan, sympy.StrictGreaterThan, sympy.GreaterThan, sympy.Eq, sympy.Ne),
    *(sympy.And, sympy.Or, sympy.Not, BooleanTrue, BooleanFalse),
)
_REWRITES: tuple[tuple[type[Expr], Callable[..., Expr]], ...] = (
    (sympy.cot, lambda u: sympy.cos(u) / sympy.sin(u)),
    (sympy.sec, lambda u: 1 / sympy.cos(u)),
    (sympy.csc, lambda u: 1 / sympy.sin(u)),
    (sympy.coth, lambda u: sympy.cosh(u) / sympy.sinh(u)),
    (sympy.sech, lambda u: 1 / sympy.cosh(u)),
    (sympy.csch, lambda u: 1 / sympy.sinh(u)),
    (sympy.Heaviside, lambda u, *_: _step(u)),
    (sympy.ceiling, _ceil),
    (sympy.frac, lambda u: u - sympy.floor(u)),
)


def real_symbol(name: str) -> Symbol:
    """The symbol of this name that targets use: a real one."""
    return sympy.Symbol(name, real=True)


def normalized(expression: Expr) -> Expr:
    """Write relatives of listed functions (cot, sec, Heaviside, ...) with listed ones, and floats as the rationals they are."""
    for kind, rewrite in _REWRITES:
        if expression.has(kind):
            expression = expression.replace(kind, rewrite)
    if expression.has(sympy.nan):
        expression = expression.replace(sympy.Piecewise, _without_gaps)
    floats = expression.atoms(sympy.Float)
    if floats:
        exact = {value: to_fraction(value, "target") for value in floats}
        expression = expression.xreplace({v: to_sympy(q) for v, q in exact.items()})
    return expression


def _without_gaps(*branches: tuple[Expr, Boolean]) -> Expr:
    """A Piecewise whose branches that are no number are left open, as those of a function outside of its domain."""
    kept: list[tuple[Expr, Boolean]] = []
    gaps: list[Boolean] = []
    for branch, condition in branches:
        if branch is sympy.nan:
            gaps.append(sympy.Not(condition))
        else:
            kept.append((branch, sympy.And(condition, *gaps)))
    return sympy.Piecewise(*kept)


def check_expression(expression: Expr, symbols: Sequence[Symbol]) -> None:
    """Raise `TargetError` unless `expression` is real, made of listed nodes and `symbols`, and of a manageable size."""
    allowed = set(symbols)
    seen: set[Expr] = set()
    for node in sympy.postorder_traversal(expression):
        if node not in seen:
            seen.add(node)
            _check_node(node, allowed)
    degree, terms = _size(expression, allowed)
    if degree > MAX_EXPONENT:
        raise TargetError(f"target: found a polynomial of degree {degree}; accepted are degrees up to {MAX_EXPONENT}")
    if terms > MAX_TERMS and expression.is_polynomial(*symbols):
        raise TargetError(
            f"target: found a polynomial of up to {terms} terms when expanded; accepted are up to {MAX_TERMS}"
        )


def _check_node(node: Expr, allowed: set[Symbol]) -> None:
    if isinstance(node, sympy.Symbol):
        if node not in allowed:
            raise TargetError(
                f"target: found the name {str(node)!r}; accepted are {', '.join(sorted(map(str, allowed)))}"
            )
    elif isinstance(node, sympy.Rational):
        check_rational(node)
    elif node in (sympy.pi, sympy.E) or isinstance(
        node, (*_CONDITIONS, sympy.functions.elementary.piecewise.ExprCondPair)
    ):
        pass
    elif isinstance(node, NODES):
        if isinstance(node, sympy.Pow):
            check_power(node.base, node.exp)
        if not node.free_symbols:
            check_constant(node)
    else:
        if node.has(sympy.I):
            raise TargetError("target: found an expression with an imaginary part; accepted are real functions")
        what = str(node) if not node.args else node.func.__name__
        raise TargetError(
            f"target: found {what:.40}; accepted are + - * / **, pi, e and the functions {FUNCTION_NAMES}"
        )


def check_rational(value: Expr) -> None:
    """Raise `TargetError` unless the rational is of a manageable size and within the range of floats."""
    if max(int(value.p).bit_length(), int(value.q).bit_length()) > MAX_BITS or abs(value.p) >= abs(value.q) << 1023:
        raise TargetError("target: found a constant beyond the range of float64; accepted are smaller ones")


def check_power(base: Expr, exponent: Expr) -> None:
    """Raise `TargetError` before a power is built whose value or degree would be enormous."""
    if not exponent.is_Rational:
        return
    if max(abs(exponent.p), exponent.q) > MAX_EXPONENT:
        raise TargetError(
            f"target: found an exponent of {_abbreviated(exponent)}; "
            f"accepted are exponents whose numerator and denominator are at most {MAX_EXPONENT}"
        )
    coefficient = base.as_coeff_Mul(rational=True)[0]
    bits = max(int(coefficient.p).bit_length(), int(coefficient.q).bit_length())
    if coefficient not in (1, -1) and bits * abs(exponent) > MAX_BITS:
        raise TargetError(
            f"target: found a power of {_abbreviated(base)} that is a huge number; accepted are smaller ones"
        )
    if base.is_Pow and base.exp.is_Rational:
        check_power(base.base, base.exp * exponent)
    elif base.is_Mul:
        for factor in base.args:
            if factor.is_Pow and factor.exp.is_Rational:
                check_power(factor.base, factor.exp * exponent)


def check_constant(value: Expr) -> None:
    """Raise `TargetError` unless an expression without variables is a real number within the range of floats."""
    if value.is_Rational:
        check_rational(value)
        return
    number = value.evalf(15)
    if not (number.is_Float or number.is_Rational) or not number.is_finite:
        raise TargetError(
            f"target: found {_abbreviated(value)}, which is no real number; accepted are real functions "
            "(the real cube root is cbrt)"
        )
    if abs(to_fraction(number)) >= 2**1023:
        raise TargetError(
            f"target: found {_abbreviated(value)}, beyond the range of float64; accepted are smaller constants"
        )


def _abbreviated(value: Expr) -> str:
    if value.is_Rational and max(int(value.p).bit_length(), int(value.q).bit_length()) > 100:
        return "more than 30 digits"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def term_bounds(expression: Expr) -> tuple[int, int]:
    """Bounds on the degree, and on the number of terms when expanded; parts that are no polynomials count as variables."""
    leaves: set[Expr] = set()
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (sympy.Add, sympy.Mul)) or (isinstance(node, sympy.Pow) and node.exp.is_Integer):
            waiting += node.args
        elif node.free_symbols:
            leaves.add(node)
    return _size(expression, leaves)


def _size(node: Expr, generators: Set[Expr]) -> tuple[int, int]:
    """Bounds on the degree in the generators, and on the number of terms when expanded."""
    if node in generators:
        return 1, 1
    if isinstance(node, sympy.Add):
        parts = [_size(a, generators) for a in node.args]
        degree, terms = max(d for d, _ in parts), sum(t for _, t in parts)
    elif isinstance(node, sympy.Mul):
        parts = [_size(a, generators) for a in node.args]
        degree, terms = sum(d for d, _ in parts), math.prod(t for _, t in parts)
    elif isinstance(node, sympy.Pow) and node.exp.is_Integer:
        power = abs(int(node.exp))
        degree, terms = _size(node.base, generators)
        degree, terms = degree * power, math.comb(min(terms, MAX_TERMS) + power - 1, power)
    else:
        return 0, 1
    return degree, min(terms, math.comb(degree + len(generators), degree))


def _irrational_leaves(node: Expr) -> set[Expr]:
    """The irrational constants that a polynomial is built from."""
    if isinstance(node, (sympy.Add, sympy.Mul)) or (isinstance(node, sympy.Pow) and node.exp.is_Integer):
        return set().union(*map(_irrational_leaves, node.args))
    return set() if node.is_Rational or node.is_Symbol else {node}


def polynomial_coefficients(expression: Expr, symbols: Sequence[Symbol]) -> dict[tuple[int, ...], Fraction] | None:
    """The nonzero coefficients of a polynomial by exponents, or None if they are not all plainly rational."""
    if not expression.is_polynomial(*symbols):
        return None
    irrational = _irrational_leaves(expression)
    if irrational:
        if _size(expression, {*symbols, *irrational})[1] > MAX_IRRATIONAL_TERMS:
            return None
        expression = expression.expand()
        if _irrational_leaves(expression):
            return None
    ring = sympy.polys.rings.PolyRing([str(v) for v in symbols], sympy.QQ)
    polynomial = _in_ring(expression, ring, dict(zip(symbols, ring.gens)))
    return {exponents: Fraction(int(c.numerator), int(c.denominator)) for exponents, c in polynomial.terms() if c}


def _in_ring(node: Expr, ring: PolyRing, generators: dict[Symbol, PolyElement]) -> PolyElement:
    """Expand by arithmetic on sparse polynomials, much faster than expanding expressions."""
    if node.is_Rational:
        return ring(sympy.QQ(int(node.p), int(node.q)))
    if node in generators:
        return generators[node]
    if isinstance(node, sympy.Pow):
        return _in_ring(node.base, ring, generators) ** int(node.exp)
    parts = [_in_ring(a, ring, generators) for a in node.args]
    return sum(parts, ring.zero) if isinstance(node, sympy.Add) else math.prod(parts, start=ring.one)
