"""What a target may be: a formula, a piecewise-linear function, or a callable. `pwlin.formulas.target` reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, final, runtime_checkable

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray
from sympy.printing.numpy import NumPyPrinter

from pwlin.base.arguments import refusal, shown
from pwlin.base.doors import doors
from pwlin.base.errors import ShapeError, TargetError
from pwlin.exact.arrays import to_floats
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import nearest_float, to_fraction_array
from pwlin.exact.text import shortened
from pwlin.formulas.allowed import check_expression, normalized, polynomial_coefficients
from pwlin.formulas.elementary import JUMPS
from pwlin.formulas.needs import Requirement, all_needs, lost_needs
from pwlin.formulas.simplify import simplified

if TYPE_CHECKING:
    from sympy import Expr, Symbol

ACCEPTED = (
    "text such as 'x**2', a sympy expression, a number or a Target; points (xs, ys) and piecewise-linear functions "
    "where a function is compared or a network trained"
)
Floats = NDArray[np.float64]


class _FloatPrinter(NumPyPrinter):  # type: ignore[misc]
    """Writes rationals as their nearest floats, since NumPy's functions refuse long integers."""

    def _print_Integer(self, value: sympy.Integer) -> str:
        return str(value) if abs(value) < 2**53 else f"({float(value)!r})"

    def _print_Rational(self, value: sympy.Rational) -> str:
        return f"({nearest_float(Fraction(int(value.p), int(value.q)))!r})"


@runtime_checkable
class PiecewiseLinear(Protocol):
    """How a piecewise-linear function is told from other callables."""

    def __call__(self, x: object, /) -> object:
        """The value at points."""

    def lipschitz(self) -> object:
        """The Lipschitz constant."""

    def integral(self) -> object:
        """The integral over the domain."""


@doors
@dataclass(frozen=True, eq=False, repr=False)
class Target:
    """A real function of one or several variables: a `Formula`, a `LinearTarget` or a `CallableTarget`; immutable.

    `parse_target` makes formulas (and callables, where they are allowed). Equality and hash are mathematical for
    polynomials with rational coefficients (in the same variables) and piecewise-linear functions, those of the expression
    for other formulas, and those of the callable otherwise.

    Attributes
    ----------
    variables : tuple of sympy symbols
    text : str
        How it was written; empty for a piecewise-linear function.

    Examples
    --------
    >>> from pwlin import parse_target
    >>> square = parse_target("x**2 + 0.65")
    >>> square.polynomial()
    (Fraction(13, 20), Fraction(0, 1), Fraction(1, 1))
    >>> square([0.0, 1.0]), square.exact("1/2"), square.derivative()
    (array([0.65, 1.65]), Fraction(9, 10), Target(2*x))
    """

    variables: tuple[Symbol, ...]
    text: str

    def __post_init__(self) -> None:
        if type(self) is Target:
            raise TargetError(f"Target: found {self.text!r:.40}; accepted are the targets that parse_target makes")

    @property
    def dimension(self) -> int:
        """Number of variables."""
        return len(self.variables)

    @property
    def is_symbolic(self) -> bool:
        """Whether there is an expression."""
        return False

    @property
    def is_polynomial(self) -> bool:
        """Whether it is a polynomial with rational coefficients."""
        return False

    @property
    def expression(self) -> Expr:
        """The sympy expression in `variables`; raises `TargetError` if there is none."""
        raise TargetError(f"target: found the callable {self.text}, which has no expression; accepted are {ACCEPTED}")

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
        raise TargetError(f"target: found {self.text}; accepted are polynomials with rational coefficients")

    def to_latex(self) -> str:
        """LaTeX of the expression."""
        return str(sympy.latex(self.expression))

    def derivative(self, variable: object = None) -> Target:
        """The derivative; for several variables that with respect to `variable` (a name, a symbol or an index).

        At kinks of Abs, Max and Min it is the mean of both sides, and jumps are left out.
        """
        symbol = self._symbol(variable)
        steps = {part: sympy.Dummy(real=True) for part in self.expression.atoms(*JUMPS)}
        found = self.expression.xreplace(steps).diff(symbol).xreplace({step: part for part, step in steps.items()})
        found = normalized(found.doit())
        return Formula(self.variables, str(found), found, getattr(self, "needs", ()))

    def _symbol(self, variable: object) -> Symbol:
        names = [str(v) for v in self.variables]
        if variable is None and self.dimension == 1:
            return self.variables[0]
        if isinstance(variable, int) and 0 <= variable < self.dimension:
            return self.variables[variable]
        if isinstance(variable, (str, sympy.Basic)) and str(variable) in names:
            return self.variables[names.index(str(variable))]
        raise refusal("variable", shown(variable), f"are {', '.join(names)} or their index", TargetError)

    def __call__(self, x: ArrayLike) -> Floats:
        """Evaluate in float64, without warnings; NaN or infinite where undefined.

        Parameters
        ----------
        x : array_like
            One variable: any shape, elementwise. Several: shape (..., dimension).

        Returns
        -------
        ndarray of float64, of the shape of `x`, or (...) for several variables
        """
        x = to_floats(x)
        if self.dimension > 1 and (x.ndim == 0 or x.shape[-1] != self.dimension):
            raise ShapeError(f"x: found shape {x.shape}; accepted is (..., {self.dimension})")
        return self._values(x, x.shape if self.dimension == 1 else x.shape[:-1])

    def _values(self, x: Floats, shape: tuple[int, ...]) -> Floats:
        raise NotImplementedError

    def exact(self, point: object) -> Fraction:
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
        return self._exact(list(values))

    def _exact(self, values: list[Fraction]) -> Fraction:
        raise TargetError(f"target: found the callable {self.text}; accepted are targets with exact values")

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        names = "" if self.dimension == 1 else f", variables=({', '.join(map(str, self.variables))})"
        return f"Target({text}{names})"

    def _key(self) -> object:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Target):
            return NotImplemented
        return type(self) is type(other) and bool(self._key() == other._key())

    def __hash__(self) -> int:
        return hash(self._key())


@final
@dataclass(frozen=True, eq=False, repr=False)
class Formula(Target):
    """A target with an expression, which is checked when it is made.

    Attributes
    ----------
    formula : sympy expression
    needs : tuple of Requirement
        What the text's own parts need and the expression does not show: ``exp(log(x))`` is ``x`` where ``x > 0``.
    """

    formula: Expr
    needs: tuple[Requirement, ...] = ()

    def __post_init__(self) -> None:
        check_expression(self.formula, self.variables)

    def __reduce__(self) -> tuple[type[Formula], tuple[object, ...]]:
        return Formula, (self.variables, self.text, self.formula, self.needs)

    @property
    def is_symbolic(self) -> bool:
        """Whether there is an expression."""
        return True

    @property
    def expression(self) -> Expr:
        """The sympy expression in `variables`."""
        return self.formula

    @property
    def symbol(self) -> Symbol | None:
        """The variable of a formula in one variable; None if it does not occur in it."""
        return next(iter(self.formula.free_symbols), None)

    @cached_property
    def simplified(self) -> Expr:
        """The expression in the form that is best to evaluate; see `pwlin.formulas.simplify`."""
        return simplified(self.formula)

    @cached_property
    def cancelled_needs(self) -> tuple[Requirement, ...]:
        """What the target needs in order to be defined and the simplified expression does not show."""
        return lost_needs((*self.needs, *all_needs(self.formula)), self.simplified)

    @cached_property
    def _limits(self) -> tuple[Requirement, ...]:
        """Those of `needs` that may fail at more than the zeros of a polynomial, where limits are taken."""
        return tuple(n for n in self.needs if n.relation != "!=" or not n.quantity.is_polynomial(*self.variables))

    @cached_property
    def _coefficients(self) -> dict[tuple[int, ...], Fraction] | None:
        return polynomial_coefficients(self.simplified, self.variables)

    @property
    def is_polynomial(self) -> bool:
        """Whether it is a polynomial with rational coefficients."""
        return self._coefficients is not None

    def polynomial(self) -> Any:
        """The coefficients; see `Target.polynomial`."""
        if self._coefficients is None:
            return super().polynomial()
        if self.dimension > 1:
            return dict(self._coefficients)
        degree = max((e for (e,) in self._coefficients), default=0)
        return tuple(self._coefficients.get((e,), Fraction(0)) for e in range(degree + 1))

    @cached_property
    def _compiled(self) -> Callable[..., ArrayLike]:
        # The generated code is that of our own whitelisted tree. NumPy by name would be imported to the last of its rooms.
        compiled: Callable[..., ArrayLike] = sympy.lambdify(
            self.variables, self.formula, modules=[vars(np)], printer=_FloatPrinter({"fully_qualified_modules": False})
        )
        return compiled

    @cached_property
    def _compiled_needs(self) -> list[Callable[..., ArrayLike]]:
        return [Formula(self.variables, "", n.unguarded.quantity)._compiled for n in self._limits if n.relation != "!="]

    def _values(self, x: Floats, shape: tuple[int, ...]) -> Floats:
        columns = [x] if self.dimension == 1 else [x[..., i] for i in range(self.dimension)]
        with np.errstate(all="ignore"):
            values = np.array(np.broadcast_to(self._compiled(*columns), shape), dtype=np.float64)
            for quantity in self._compiled_needs:
                values[~(np.broadcast_to(quantity(*columns), shape) >= 0)] = np.nan
        return values

    def _exact(self, values: list[Fraction]) -> Fraction:
        there = dict(zip(self.variables, map(to_sympy, values)))
        for need in self._limits:
            if need.relation != "!=" and need.unguarded.quantity.xreplace(there).is_nonnegative is False:
                where = ", ".join(map(shortened, values))
                raise TargetError(f"target: found {self.text}, which is undefined at {where}: {need.reason}")
        if self._coefficients is not None:
            return self._polynomial_value(values)
        value = self.formula.xreplace(there)
        if not value.is_Rational:
            where = ", ".join(map(shortened, values))
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

    def _key(self) -> object:
        needs = frozenset((need.unguarded.quantity, need.relation) for need in self._limits)
        if self._coefficients is not None:
            return self.variables, frozenset(self._coefficients.items()), needs
        return self.variables, self.formula, needs


@final
@dataclass(frozen=True, eq=False, repr=False)
class LinearTarget(Target):
    """A `PiecewiseLinear1D` or a `PiecewiseLinearND` as a target; exact, but only defined on its domain."""

    function: PiecewiseLinear

    def _values(self, x: Floats, shape: tuple[int, ...]) -> Floats:
        return np.asarray(self.function(x), dtype=np.float64).reshape(shape)

    def _exact(self, values: list[Fraction]) -> Fraction:
        value = self.function(values[0] if self.dimension == 1 else values)
        assert isinstance(value, Fraction)
        return value

    def _key(self) -> object:
        return self.function

    def __repr__(self) -> str:
        return f"Target({self.function!r})"


@final
@dataclass(frozen=True, eq=False, repr=False)
class CallableTarget(Target):
    """A vectorised callable: from arrays of shape (...), or (..., d) for several variables, to arrays of shape (...)."""

    function: Callable[[Floats], object]

    def _values(self, x: Floats, shape: tuple[int, ...]) -> Floats:
        found = self.function(x)
        try:
            values = np.asarray(found)
            if values.dtype.kind not in "buifO":
                raise TypeError
            values = values.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            raise TargetError(
                f"target: the callable returned {shown(found)} for an input of shape {x.shape}; accepted are real numbers"
            ) from None
        if values.shape == (*shape, 1):
            values = values[..., 0]
        if values.shape != shape:
            raise TargetError(
                f"target: the callable returned shape {values.shape} for an input of shape {x.shape}; accepted is {shape}"
            )
        return values

    def _key(self) -> object:
        return self.variables, self.function
