"""Targets: the functions that a network is trained on or compared with, read safely from what users write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from numbers import Number
from typing import Any, final

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.printing.numpy import NumPyPrinter

from pwlin.base.errors import ExactnessError, ShapeError, TargetError
from pwlin.exact.rational import nearest_float, to_fraction, to_fraction_array
from pwlin.formulas.allowed import check_expression, normalized, polynomial_coefficients, real_symbol
from pwlin.formulas.grammar import read_expression
from pwlin.formulas.variables import is_variable_name, named_variables, requested

ACCEPTED = "text such as 'x**2', a sympy expression, a number or a Target"


class _FloatPrinter(NumPyPrinter):  # type: ignore[misc]
    """Writes rationals as their nearest floats, since NumPy's functions refuse long integers."""

    def _print_Integer(self, value: Any) -> str:
        return str(value) if abs(value) < 2**53 else f"({float(value)!r})"

    def _print_Rational(self, value: Any) -> str:
        return f"({nearest_float(Fraction(int(value.p), int(value.q)))!r})"


@final
class Target:
    """A real function of one or several variables; immutable. Build one with `parse_target`.

    Equality and hash are mathematical for polynomials with rational coefficients (in the same variables), and those of
    the expression otherwise; black-box targets are equal if their callables are.

    Examples
    --------
    >>> square = parse_target("x**2 + 0.65")
    >>> square.polynomial()
    (Fraction(13, 20), Fraction(0, 1), Fraction(1, 1))
    >>> square([0.0, 1.0]), square.exact("1/2"), square.derivative()
    (array([0.65, 1.65]), Fraction(9, 10), Target(2*x))
    """

    __slots__ = ("__dict__", "_expression", "_function", "text", "variables")
    _expression: Any
    _function: Callable[[Any], Any] | None
    variables: tuple[Any, ...]
    text: str

    def __init__(
        self, expression: Any, variables: Sequence[Any], text: str, function: Callable[[Any], Any] | None = None
    ) -> None:
        if function is None:
            check_expression(expression, variables)
        for name, value in (
            ("_expression", expression if function is None else None),
            ("variables", tuple(variables)),
            ("text", text),
            ("_function", function),
        ):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Target is immutable; cannot set {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Target, (self._expression, self.variables, self.text, self._function)

    # -- what it is -------------------------------------------------------------------------------

    @property
    def is_symbolic(self) -> bool:
        """Whether there is an expression; a vectorised callable has none."""
        return self._function is None

    @property
    def expression(self) -> Any:
        """The sympy expression in `variables`; raises `TargetError` for a callable."""
        if self._function is not None:
            raise TargetError(
                f"target: found the callable {self.text}, which has no expression; accepted are {ACCEPTED}"
            )
        return self._expression

    @property
    def dimension(self) -> int:
        """Number of variables."""
        return len(self.variables)

    @cached_property
    def _coefficients(self) -> dict[tuple[int, ...], Fraction] | None:
        return polynomial_coefficients(self._expression, self.variables) if self.is_symbolic else None

    @property
    def is_polynomial(self) -> bool:
        """Whether it is a polynomial with rational coefficients."""
        return self._coefficients is not None

    def polynomial(self) -> Any:
        """The coefficients of a polynomial, exactly.

        Returns
        -------
        tuple of Fraction (one variable)
            Lowest degree first; the last one is not zero, except for the zero polynomial ``(0,)``.
        dict from tuples of exponents to Fraction (several variables)
            Without zeros.

        Raises
        ------
        TargetError
            If it is no polynomial with rational coefficients.
        """
        if self._coefficients is None:
            raise TargetError(f"target: found {self.text}; accepted are polynomials with rational coefficients")
        if self.dimension > 1:
            return dict(self._coefficients)
        degree = max((e for (e,) in self._coefficients), default=0)
        return tuple(self._coefficients.get((e,), Fraction(0)) for e in range(degree + 1))

    def to_latex(self) -> str:
        """LaTeX of the expression."""
        return str(sympy.latex(self.expression))

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        names = "" if self.dimension == 1 else f", variables=({', '.join(map(str, self.variables))})"
        return f"Target({text}{names})"

    def _key(self) -> Any:
        if self._coefficients is not None:
            return self.variables, frozenset(self._coefficients.items())
        return self.variables, self._expression, self._function

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Target):
            return NotImplemented
        return bool(self._key() == other._key())

    def __hash__(self) -> int:
        return hash(self._key())

    # -- values -----------------------------------------------------------------------------------

    def __call__(self, x: Any) -> NDArray[np.float64]:
        """Evaluate in float64, without warnings; NaN or infinite where undefined.

        Parameters
        ----------
        x : array_like
            One variable: any shape, elementwise. Several: shape (..., dimension).

        Returns
        -------
        ndarray of float64, of the shape of `x`, or (...) for several variables
        """
        x = np.asarray(x, dtype=np.float64)
        if self.dimension > 1 and (x.ndim == 0 or x.shape[-1] != self.dimension):
            raise ShapeError(f"x: found shape {x.shape}; accepted is (..., {self.dimension})")
        shape = x.shape if self.dimension == 1 else x.shape[:-1]
        if self._function is not None:
            return self._called(x, shape)
        columns = [x] if self.dimension == 1 else [x[..., i] for i in range(self.dimension)]
        with np.errstate(all="ignore"):
            values = self._compiled(*columns)
        return np.array(np.broadcast_to(values, shape), dtype=np.float64)

    def _called(self, x: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
        assert self._function is not None
        values = np.asarray(self._function(x), dtype=np.float64)
        if values.shape == (*shape, 1):
            values = values[..., 0]
        if values.shape != shape:
            raise TargetError(
                f"target: the callable returned shape {values.shape} for an input of shape {x.shape}; accepted is {shape}"
            )
        return values

    @cached_property
    def _compiled(self) -> Callable[..., Any]:
        # The generated code is that of our own whitelisted tree.
        compiled: Callable[..., Any] = sympy.lambdify(
            self.variables, self._expression, modules="numpy", printer=_FloatPrinter({"fully_qualified_modules": False})
        )
        return compiled

    def exact(self, point: Any) -> Fraction:
        """Evaluate exactly at a rational point.

        Parameters
        ----------
        point : number, or sequence of `dimension` numbers

        Raises
        ------
        TargetError
            If the value is no rational number that sympy recognises, as sin(1); polynomials always work.
        """
        if self.dimension == 1 and (isinstance(point, str) or not hasattr(point, "__len__")):
            point = [point]
        values = to_fraction_array(point, 1, "point")
        if len(values) != self.dimension:
            raise ShapeError(f"point: found {len(values)} coordinate(s); accepted are {self.dimension}")
        if self._coefficients is not None:
            return self._polynomial_value(list(values))
        rationals = [sympy.Rational(v.numerator, v.denominator) for v in values]
        value = self.expression.xreplace(dict(zip(self.variables, rationals)))
        if not value.is_Rational:
            where = ", ".join(map(str, values))
            raise TargetError(
                f"target: found {self.text}, which has no rational value at {where}; accepted are polynomials"
            )
        return Fraction(int(value.p), int(value.q))

    def _polynomial_value(self, values: list[Fraction]) -> Fraction:
        assert self._coefficients is not None
        total = Fraction(0)
        for exponents, coefficient in self._coefficients.items():
            for value, exponent in zip(values, exponents, strict=True):
                coefficient *= value**exponent
            total += coefficient
        return total

    def derivative(self, variable: Any = None) -> Target:
        """The derivative; for several variables that with respect to `variable` (a name, a symbol or an index).

        At kinks of Abs, Max and Min it is the mean of both sides, and jumps of `sign` are left out.
        """
        symbol = self._symbol(variable)
        found = self.expression.diff(symbol)
        if found.has(sympy.DiracDelta):
            found = found.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))
        found = normalized(found.doit())
        return Target(found, self.variables, str(found))

    def _symbol(self, variable: Any) -> Any:
        names = [str(v) for v in self.variables]
        if variable is None and self.dimension == 1:
            return self.variables[0]
        if isinstance(variable, int) and 0 <= variable < self.dimension:
            return self.variables[variable]
        if str(variable) in names:
            return self.variables[names.index(str(variable))]
        raise TargetError(f"variable: found {variable!r}; accepted are {', '.join(names)} or their index")


def parse_target(target: Any, variables: Any = None, *, allow_callable: bool = False) -> Target:
    """Read a target function; text is never evaluated as code.

    Parameters
    ----------
    target : str, sympy expression, number, Target, or (if allowed) callable
        Text knows ``+ - * / **`` (``^`` is a power too), decimals, which are exact (``0.65`` is 13/20), pi, e and the
        functions exp, log, sqrt, cbrt, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, abs, sign, relu, max, min
        and Piecewise. Sympy expressions are held to the same list; their floats stand for the dyadic rationals that they
        are. A callable takes an array of shape (...) for one variable or (..., d) for several, and returns shape (...).
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
    if isinstance(target, Target):
        return _recounted(target, names, count)
    if isinstance(target, str):
        listed = ", ".join(names) if names else "x, y, z, t or x0, x1, ..."
        known = set(names).__contains__ if names is not None else is_variable_name
        expression, text = read_expression(target, known, listed), " ".join(target.split())
    elif isinstance(target, (Number, np.number)) or (isinstance(target, np.ndarray) and target.ndim == 0):
        try:
            value = to_fraction(target, "target")
        except ExactnessError as error:
            raise TargetError(str(error)) from None
        expression = sympy.Rational(value.numerator, value.denominator)
        text = str(expression)
    elif isinstance(target, (sympy.Expr, sympy.Poly)):
        expression = _with_real_symbols(target.as_expr())
        text = str(expression)
    elif callable(target):
        if not allow_callable:
            raise TargetError(f"target: found the callable {_callable_name(target)}; accepted are {ACCEPTED}")
        chosen = names if names is not None else named_variables((), count or 1)
        return Target(None, [real_symbol(n) for n in chosen], _callable_name(target), target)
    else:
        raise TargetError(f"target: found {target!r:.60} of type {type(target).__name__}; accepted are {ACCEPTED}")
    expression = normalized(expression)
    used = tuple(sorted(str(s) for s in expression.free_symbols))
    if names is None:
        names = named_variables(used, count)
    return Target(expression, [real_symbol(n) for n in names], text)


def _with_real_symbols(expression: Any) -> Any:
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
    if target.is_symbolic and (names is None or set(map(str, target.expression.free_symbols)) <= set(names)):
        used = tuple(sorted(str(s) for s in target.expression.free_symbols))
        chosen = names or named_variables(used, count)
        return Target(target.expression, [real_symbol(n) for n in chosen], target.text)
    raise TargetError(
        f"target: found the variables {', '.join(own)} in {target.text}; accepted are {', '.join(names or ()) or count}"
    )


def _callable_name(function: Any) -> str:
    return str(getattr(function, "__name__", None) or repr(function))[:60]


def read_target(target: Any) -> Target:
    """`target` as a `Target` of at most one variable."""
    goal = target if isinstance(target, Target) else parse_target(target)
    if len(goal.variables) > 1:
        names = ", ".join(map(str, goal.variables))
        raise TargetError(f"target: found the variables {names} in {goal.text!r}; accepted is one variable")
    return goal
