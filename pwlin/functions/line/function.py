"""The continuous piecewise-linear function of one variable, as an exact object."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Union, final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.base.doors import doors
from pwlin.base.errors import ShapeError
from pwlin.base.frozen import Frozen
from pwlin.exact.rational import Exact, ExactArray, Number, Numbers, as_number
from pwlin.exact.vector import RationalVector
from pwlin.functions.line import algebra, values, views
from pwlin.functions.line.activity import Activity
from pwlin.functions.line.records import Breakpoint, Extremum, Kink, Piece, Region
from pwlin.functions.line.table import Table
from pwlin.geometry.interval import Interval, bounded
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from scipy.interpolate import PPoly
    from sympy import Expr, Symbol

    from pwlin.comparison import Comparison
    from pwlin.formulas.target import TargetLike

Function = Union["PiecewiseLinear1D", Number]
"""What functions are added to: others, and numbers, which are constant functions."""


@final
@doors
class PiecewiseLinear1D(Frozen):
    """A continuous piecewise-linear function on an interval, with exact breakpoints and slopes; immutable.

    Get one from `pwlin.extract`, from `PiecewiseLinear1D.from_points`, or by algebra on others: ``f + g``, ``f - g``,
    ``2 * f``, ``abs(f)``, ``f.maximum(g)``, ``f @ g``. Equality is equality as functions: domain and values, however
    the regions lie. Everything is exact; floats appear only where a method says so.

    Parameters
    ----------
    interval : Interval
    breaks, slopes, intercepts : RationalVector of lengths n, n + 1, n + 1
        Inner breakpoints, strictly increasing, and the affine map ``slope * x + intercept`` of each region. The maps
        agree at the breakpoints.
    activity : LineActivity or None
        The network behind it and its patterns; None for a function that is not a network's.

    Examples
    --------
    >>> f = PiecewiseLinear1D.from_points([-1, 0, 2], [1, 0, 1])
    >>> f
    PiecewiseLinear1D(2 pieces on [-1, 2])
    >>> f("1/3"), f(0.5), f.integral(), f.roots()
    (Fraction(1, 6), 0.25, Fraction(3, 2), (Fraction(0, 1),))
    """

    __slots__ = ("__dict__", "_activity", "_breaks", "_intercepts", "_interval", "_slopes")
    _interval: Interval
    _breaks: RationalVector
    _slopes: RationalVector
    _intercepts: RationalVector
    _activity: Activity | None

    def __init__(
        self,
        interval: Interval,
        breaks: RationalVector,
        slopes: RationalVector,
        intercepts: RationalVector,
        activity: Activity | None = None,
    ) -> None:
        if not len(breaks) + 1 == len(slopes) == len(intercepts):
            raise ShapeError(
                f"slopes: found {len(slopes)} slopes and {len(intercepts)} intercepts for {len(breaks)} breakpoints; "
                "accepted is one more than breakpoints of each"
            )
        self._fill(_interval=interval, _breaks=breaks, _slopes=slopes, _intercepts=intercepts, _activity=activity)

    def __reduce__(self) -> tuple[object, ...]:
        return PiecewiseLinear1D, (self._interval, self._breaks, self._slopes, self._intercepts, self._activity)

    @staticmethod
    def from_points(xs: Numbers, ys: Numbers) -> PiecewiseLinear1D:
        """The interpolant through the points (xs[i], ys[i]) on [xs[0], xs[-1]].

        Parameters
        ----------
        xs, ys : sequences of exact numbers, the same length of at least 2, xs strictly increasing
        """
        return PiecewiseLinear1D._from_table(algebra.interpolating(xs, ys))

    @staticmethod
    def from_pieces(pieces: Sequence[Piece]) -> PiecewiseLinear1D:
        """The function with the given affine maps; neighbours must share an end and agree there."""
        return PiecewiseLinear1D._from_table(algebra.checked(algebra.joined(pieces)))

    @staticmethod
    def _from_table(table: Table) -> PiecewiseLinear1D:
        """The function that a table of maps says, which must be continuous."""
        t = table.merged()
        return PiecewiseLinear1D(t.interval, t.breaks, t.slopes, t.intercepts)

    # -- what it is made of -----------------------------------------------------------------------

    @property
    def domain(self) -> tuple[Fraction | None, Fraction | None]:
        """Left and right end; None is infinite."""
        return self._interval.left, self._interval.right

    @property
    def interval(self) -> Interval:
        """The domain as an `Interval`."""
        return self._interval

    @property
    def network(self) -> Network | None:
        """The network (one input, one output) that this function was extracted from, or None."""
        return self._activity.network if self._activity else None

    @property
    def n_regions(self) -> int:
        """Number of (activation) regions."""
        return len(self._slopes)

    @property
    def n_pieces(self) -> int:
        """Number of (linear) pieces."""
        return len(self._table)

    @property
    def _regions_table(self) -> Table:
        """The maps of the regions."""
        return Table(self._interval, self._breaks, self._slopes, self._intercepts)

    @cached_property
    def _table(self) -> Table:
        """The maps of the pieces."""
        return self._regions_table.merged()

    @cached_property
    def regions(self) -> Sequence[Region]:
        """The activation regions, left to right. A function that is not a network's has its pieces as regions."""
        return views.regions(self)

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        """The linear pieces, left to right."""
        return views.pieces(self)

    @cached_property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """Where two regions meet, increasing; the domain's ends are not among them."""
        return tuple(self._breaks)

    @cached_property
    def kinks(self) -> Sequence[Kink]:
        """The breakpoints where the slope jumps, with the neurons that cause it."""
        return views.points(self, Kink, ~self._slopes.equal_next())

    @cached_property
    def silent_breakpoints(self) -> Sequence[Breakpoint]:
        """The breakpoints without a slope jump: neurons flip, but are dead downstream or cancel."""
        return views.points(self, Breakpoint, self._slopes.equal_next())

    @cached_property
    def slopes(self) -> tuple[Fraction, ...]:
        """The slope of each piece."""
        return tuple(self._table.slopes)

    @cached_property
    def intercepts(self) -> tuple[Fraction, ...]:
        """The intercept of each piece."""
        return tuple(self._table.intercepts)

    def neuron_status(self) -> dict[tuple[int, int], str]:
        """What each hidden neuron does on the domain.

        Returns
        -------
        dict from (layer, index) to str
            ``"dead"``: never active. ``"always_on"``: active everywhere (also linear units). ``"active"``: it flips and
            contributes to a slope jump at one of its flips at least. ``"silent"``: it flips but contributes nowhere.
            Empty for a function that is not a network's.
        """
        return self._activity.status(self._slopes) if self._activity else {}

    def numpy(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Kink locations, slopes and intercepts of the pieces as float64, each correctly rounded."""
        return self._table.breaks.floats(), self._table.slopes.floats(), self._table.intercepts.floats()

    # -- values -----------------------------------------------------------------------------------

    @overload
    def __call__(self, x: Exact) -> Fraction: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: ArrayLike) -> NDArray[np.float64] | ExactArray: ...
    def __call__(self, x: Exact | ArrayLike) -> Fraction | float | NDArray[np.float64] | ExactArray:
        """Evaluate: exact numbers (integers, Fractions, text) give Fractions, floats and arrays of floats float64.

        A list or array of integers is exact; so is one that holds anything exact, the floats in it standing for the
        rationals that they are. Float values are the exact ones correctly rounded, always. An end of the domain that is
        no float may be given rounded. NaN stays NaN; at an infinity, in an unbounded domain, the value is the limit.

        Raises
        ------
        DomainError
            If a point lies outside the domain.
        """
        return values.evaluate(self, x)

    @cached_property
    def _float_tables(self) -> values.FloatTables:
        return values.FloatTables.of(self)

    # -- algebra ----------------------------------------------------------------------------------

    def __add__(self, other: Function) -> PiecewiseLinear1D:
        return algebra.combined(self, other, operator.add)

    __radd__ = __add__

    def __sub__(self, other: Function) -> PiecewiseLinear1D:
        return algebra.combined(self, other, operator.sub)

    def __rsub__(self, other: Function) -> PiecewiseLinear1D:
        return -self + other

    def __neg__(self) -> PiecewiseLinear1D:
        return algebra.scaled(self, Fraction(-1))

    def __pos__(self) -> PiecewiseLinear1D:
        return self

    def __mul__(self, other: Function) -> PiecewiseLinear1D:
        c = as_number(other)
        if c is None:
            return NotImplemented
        return algebra.scaled(self, c)

    __rmul__ = __mul__

    def __truediv__(self, other: Function) -> PiecewiseLinear1D:
        c = as_number(other)
        return NotImplemented if c is None else self * (1 / c)

    def __abs__(self) -> PiecewiseLinear1D:
        return self.maximum(-self)

    def maximum(self, other: Function) -> PiecewiseLinear1D:
        """The pointwise maximum with another function (on the common domain) or a number."""
        return algebra.larger(self, algebra.like(other, self))

    def minimum(self, other: Function) -> PiecewiseLinear1D:
        """The pointwise minimum with another function (on the common domain) or a number."""
        return -algebra.larger(-self, -algebra.like(other, self))

    def __matmul__(self, inner: PiecewiseLinear1D) -> PiecewiseLinear1D:
        """The composition ``x -> self(inner(x))`` on inner's domain, whose values must lie in this one's."""
        if not isinstance(inner, PiecewiseLinear1D):
            return NotImplemented
        return algebra.composed(self, inner)

    def restrict(self, a: Number | None, b: Number | None) -> PiecewiseLinear1D:
        """The same function on [a, b] (None for no end), patterns and all; [a, b] must lie in the domain."""
        return algebra.restricted(self, Interval.parse((a, b)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PiecewiseLinear1D):
            return NotImplemented
        return self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @cached_property
    def _key(self) -> tuple[object, ...]:
        return self._interval, self._table.breaks, self._table.slopes, self._intercepts[0]

    # -- questions --------------------------------------------------------------------------------

    def roots(self) -> tuple[Fraction | Interval, ...]:
        """Where the function is zero: isolated points as Fractions, whole intervals as `Interval`, left to right."""
        return algebra.level(self, Fraction(0))

    def max(self) -> Extremum:
        """The largest value and everywhere it is taken; `DomainError` if the function is unbounded above."""
        return algebra.maximum_of(self)

    def min(self) -> Extremum:
        """The smallest value and everywhere it is taken; `DomainError` if the function is unbounded below."""
        return algebra.minimum_of(self)

    def integral(self, a: Number | None = None, b: Number | None = None) -> Fraction:
        """The integral from `a` to `b` (default: the domain's ends; minus the integral from b to a if b < a)."""
        return algebra.integral(self, a, b)

    def mean(self) -> Fraction:
        """The mean value: the integral over the length of the domain, which must be bounded."""
        left, right = bounded(self._interval)
        return self.integral() / (right - left)

    def lipschitz(self) -> Fraction:
        """The least Lipschitz constant: the largest absolute slope."""
        return abs(self._slopes).largest()

    def compare(self, target: TargetLike, **options: Any) -> Comparison | Any:
        """How far this function is from a target or from points: exact or certified errors; see `pwlin.compare`.

        Parameters
        ----------
        target : text, sympy expression, number, points (xs, ys), or a function of this kind
        **options
            ``domain=``, ``tolerance=`` and ``progress=``.
        """
        from pwlin.comparison import compare

        return compare(self, target, **options)

    # -- other forms ------------------------------------------------------------------------------

    def to_sympy(self, x: Symbol | str | None = None) -> Expr:
        """A sympy ``Piecewise`` in the symbol `x` (a sympy Symbol or its name; default "x"), undefined outside."""
        from pwlin.functions.line import formats

        return formats.to_sympy(self, x)

    def to_latex(self, x: str = "x", max_pieces: int | None = None) -> str:
        """LaTeX of the function by cases; with `max_pieces`, the middle is left out with a visible ellipsis."""
        from pwlin.functions.line import formats

        return formats.to_latex(self, x, max_pieces)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.to_latex(max_pieces=12)}$"

    def to_network(self) -> Network:
        """A ReLU network with one hidden layer that equals this function on its domain, with few neurons.

        n kinks need n neurons if a subset of the jumps adds up to minus the leftmost slope, else n + 1; an affine one
        needs no hidden layer. Whether there is such a subset is decided up to 40 kinks; beyond, common cases are tried.
        """
        from pwlin.functions.line import formats

        return formats.to_network(self)

    def to_ppoly(self) -> PPoly:
        """A SciPy ``PPoly`` on a bounded domain; its float64 coefficients are correctly rounded."""
        from pwlin.functions.line import formats

        return formats.to_ppoly(self)

    def to_json(self) -> str:
        """JSON text with exact fractions as strings, and the kinks' neurons; `from_json` reads an equal function back."""
        from pwlin.functions.line import formats

        return formats.to_json(self)

    @staticmethod
    def from_json(text: str) -> PiecewiseLinear1D:
        """The function that `to_json` wrote; `FormatError` for anything else."""
        from pwlin.functions.line import formats

        return formats.from_json(text)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the function with its regions coloured; see `pwlin.plot.fit`."""
        from pwlin import plot

        return plot.fit(self, ax=ax, **options)

    def __repr__(self) -> str:
        pieces, regions = self.n_pieces, self.n_regions
        extra = f", {regions} regions" if regions != pieces else ""
        return f"PiecewiseLinear1D({pieces} piece{'s' * (pieces != 1)}{extra} on {self._interval})"
