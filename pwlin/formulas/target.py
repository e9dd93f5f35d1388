"""Targets, read safely from what users write: the one door for formulas, piecewise-linear functions and callables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Number
from typing import TypeAlias

import numpy as np
import sympy

from pwlin.base.arguments import refusal, shown
from pwlin.base.doors import door
from pwlin.base.errors import ExactnessError, TargetError
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import to_fraction
from pwlin.formulas.allowed import check_rational, normalized, real_symbol
from pwlin.formulas.grammar import read_expression, utf8
from pwlin.formulas.kinds import ACCEPTED, CallableTarget, Floats, Formula, LinearTarget, PiecewiseLinear, Target
from pwlin.formulas.needs import Requirement, lost_needs
from pwlin.formulas.point_target import PointsLike, is_points, read_point_target
from pwlin.formulas.variables import is_variable_name, named_variables, requested

TargetLike: TypeAlias = "str | sympy.Expr | sympy.Poly | complex | Number | Target | PiecewiseLinear | Callable[[Floats], object] | PointsLike"
"""What users may pass where a target is wanted; callables, piecewise-linear functions and points only where they are
allowed."""


@door
def parse_target(target: TargetLike, variables: object = None, *, allow_callable: bool = False) -> Target:
    """Read a target function; text is never evaluated as code.

    Parameters
    ----------
    target : str, sympy expression, number, Target, or (if allowed) callable
        Text knows ``+ - * / **`` (``^`` is a power too), decimals, which are exact (``0.65`` is 13/20), pi, e and the
        functions exp, log, log2, log10, sqrt, cbrt, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, abs, sign, floor,
        ceil, step (and heaviside: 1/2 at 0), relu, max, min and Piecewise. ``|x|``, ``√x``, ``x²``, ``½``, ``2π`` and
        ``np.sin(x)`` are read as well; what cannot be is answered by what to write. A formula is defined where all of
        its own parts are, also those that cancel: ``exp(log(x))`` for positive x only; at a removable point its limit is
        taken. Sympy expressions are held to the same list; their floats stand for the dyadic rationals that they are. A
        callable takes an array of shape (...) for one variable or (..., d) for several, and returns shape (...).
    variables : None, int, or sequence of names or symbols
        The names of the variables in order, or how many there are. Without names they are x, y, z, t, or numbered from
        x0 (if x0 occurs) or from x1; None takes those that occur, and x for a constant.
    allow_callable : bool
        Whether a vectorised callable, which has no expression, will do.

    Returns
    -------
    Target

    Raises
    ------
    TargetError
        For anything else: with the place in the text, what was found and what is accepted. Very long, deep or large
        input (``9**9**9**9``, ``x**100000``) is refused at once.

    Examples
    --------
    >>> parse_target("x*y + sin(t)")
    Target(x*y + sin(t), variables=(x, y, t))
    >>> parse_target("x1^2", 2).variables
    (x1, x2)
    """
    names, count = requested(variables)
    needs: tuple[Requirement, ...] = ()
    if isinstance(target, Target):
        return _recounted(target, names, count)
    if isinstance(target, str):
        listed = ", ".join(names) if names else "x, y, z, t or x0, x1, ..."
        known = set(names).__contains__ if names is not None else is_variable_name
        (expression, needs), text = read_expression(target, known, listed), " ".join(utf8(target).split())
    elif isinstance(target, (Number, np.number)) or (isinstance(target, np.ndarray) and target.ndim == 0):
        try:
            value = to_fraction(target, "target")
        except ExactnessError as error:
            raise TargetError(str(error)) from None
        expression = to_sympy(value)
        check_rational(expression)
        text = str(expression)
    elif isinstance(target, (sympy.Expr, sympy.Poly)):
        expression = _with_real_symbols(target.as_expr())
        text = str(normalized(expression) if expression.has(sympy.nan) else expression)
    elif callable(target):
        if not allow_callable:
            instead = " (pwlin.extract makes a function of a network)" if hasattr(target, "pattern") else ""
            raise TargetError(f"target: found the callable {_callable_name(target)}{instead}; accepted are {ACCEPTED}")
        chosen = names if names is not None else named_variables((), count or 1)
        return CallableTarget(_symbols(chosen), _callable_name(target), target)
    else:
        raise TargetError(f"target: found {shown(target)} of type {type(target).__name__}; accepted are {ACCEPTED}")
    expression = normalized(expression)
    needs = lost_needs(needs, expression)
    used = tuple(sorted(map(str, expression.free_symbols.union(*(need.symbols for need in needs)))))
    if names is None:
        names = named_variables(used, count)
    return Formula(_symbols(names), text, expression, needs)


def _symbols(names: Sequence[str]) -> tuple[sympy.Symbol, ...]:
    return tuple(real_symbol(n) for n in names)


def _with_real_symbols(expression: sympy.Expr) -> sympy.Expr:
    for number in expression.atoms(sympy.Rational):  # before their digits are written anywhere
        check_rational(number)
    symbols = expression.free_symbols
    if not all(isinstance(s, sympy.Symbol) for s in symbols):
        raise TargetError(f"target: found {expression!s:.60}; accepted are plain symbols as variables")
    names = [str(s) for s in symbols]
    if len(set(names)) < len(names):
        raise TargetError(
            f"target: found different symbols of one name in {expression!s:.60}; accepted is one of each name"
        )
    return expression.xreplace({s: real_symbol(str(s)) for s in symbols})


def _recounted(target: Target, names: tuple[str, ...] | None, count: int | None) -> Target:
    """A finished target, as it is or in the variables that are asked for."""
    own = tuple(str(v) for v in target.variables)
    if count is None or own == names or (names is None and len(own) == count):
        return target
    if isinstance(target, Formula) and (names is None or set(map(str, target.expression.free_symbols)) <= set(names)):
        used = tuple(sorted(str(s) for s in target.expression.free_symbols))
        chosen = names or named_variables(used, count)
        return Formula(_symbols(chosen), target.text, target.expression, target.needs)
    raise TargetError(
        f"target: found the variables {', '.join(own)} in {target.text}; accepted are {', '.join(names or ()) or count}"
    )


def _callable_name(function: object) -> str:
    return str(getattr(function, "__name__", None) or repr(function))[:60]


def read_target(
    target: TargetLike, dimension: int = 1, *, allow_callable: bool = False, allow_points: bool = False
) -> Target:
    """Read a target of any kind, in as many variables as the function that it is held against.

    Parameters
    ----------
    target : what `parse_target` reads, or a piecewise-linear function
    dimension : int
    allow_callable : bool
        As in `parse_target`.
    allow_points : bool
        Whether points, which have no values between them, will do: what `read_point_target` reads.

    Returns
    -------
    Formula, LinearTarget, CallableTarget or PointTarget

    Raises
    ------
    TargetError
        For anything else, and for targets of another number of variables.
    """
    if is_points(target):
        if not allow_points:
            raise refusal("target", "points, which have no values between them", f"are {ACCEPTED}", TargetError)
        return read_point_target(target, dimension)
    if isinstance(target, LinearTarget) and target.dimension == dimension:
        return target
    if isinstance(target, PiecewiseLinear):
        found = getattr(target, "dim", 1)
        if found != dimension:
            raise TargetError(f"target: found a function of {found} variable(s); accepted are {dimension}")
        return LinearTarget(_symbols(named_variables((), dimension)), "", target)
    if dimension > 1:
        return parse_target(target, dimension, allow_callable=allow_callable)
    goal = parse_target(target, allow_callable=allow_callable)
    if goal.dimension > 1:
        names = ", ".join(map(str, goal.variables))
        raise TargetError(
            f"target: found the variables {names} in {goal.text!r}; accepted is one variable, or a domain with a pair for each"
        )
    return goal
