"""The two questions: how far a function is from a target, and the best that few pieces can do."""

from __future__ import annotations

from typing import overload

from pwlin.base.doors import door
from pwlin.base.errors import TargetError
from pwlin.comparison.best.approximation import BestApproximation
from pwlin.comparison.best.search import best_approximation_1d
from pwlin.comparison.cells.compare import compare_cells
from pwlin.comparison.cells.comparison import ComparisonND
from pwlin.comparison.line.compare import compare_line
from pwlin.comparison.line.comparison import Comparison
from pwlin.comparison.measured.best import BestOfPoints, best_of_points
from pwlin.comparison.measured.comparison import PointComparison, compare_points
from pwlin.formulas.point_target import PointsLike, is_points, read_point_target
from pwlin.formulas.target import TargetLike
from pwlin.functions.cells.function import PiecewiseLinearND
from pwlin.functions.inputs import extract_first
from pwlin.functions.line.function import PiecewiseLinear1D


@overload
def compare(  # type: ignore[overload-overlap]
    function: PiecewiseLinear1D | PiecewiseLinearND,
    target: PointsLike,
    domain: object = None,
    tolerance: object = None,
    progress: bool = False,
) -> PointComparison: ...
@overload
def compare(
    function: PiecewiseLinear1D,
    target: TargetLike,
    domain: object = None,
    tolerance: object = None,
    progress: bool = False,
) -> Comparison: ...
@overload
def compare(
    function: PiecewiseLinearND,
    target: TargetLike,
    domain: object = None,
    tolerance: object = None,
    progress: bool = False,
) -> ComparisonND: ...
@door
def compare(
    function: object, target: TargetLike, domain: object = None, tolerance: object = None, progress: bool = False
) -> Comparison | ComparisonND | PointComparison:
    """Measure how far a piecewise-linear function is from a target, from another such function, or from points.

    Parameters
    ----------
    function : PiecewiseLinear1D or PiecewiseLinearND
    target : str, sympy expression, number, Target, or another function of the same kind
        Text is read by `pwlin.parse_target`, in as many variables as the function has, and never evaluated as code.
        Or points: a pair ``(xs, ys)``, an array or a DataFrame whose last column is the value, or the path of a CSV file.
        In several variables `xs` has a row for each point. A tuple of functions, one for each output, is compared one by
        one.
    domain : pair of exact numbers; in several variables a list of pairs or a Polytope; optional
        Bounded and within the function's domain, to which the comparison is restricted. Default: all of it. Only the points
        in it count.
    tolerance : exact number, optional
        Relative width asked of enclosures. Default: 1e-12; in several variables 1e-6 for targets that are no polynomials
        (float intervals narrow them to about 1e-12, at a cost; see the notes of `ComparisonND`).
    progress : bool
        In several variables: whether to show a bar while enclosures are narrowed.

    Returns
    -------
    Comparison, ComparisonND or PointComparison
        Exact against polynomials, piecewise-linear functions and points, enclosures otherwise.

    Raises
    ------
    DomainError
        If the domain is unbounded, or not within the function's (and the piecewise-linear target's) domain; if a point lies
        outside.
    TargetError
        If the target cannot be read, has too many variables, or is undefined somewhere in the domain (or that cannot be
        excluded).

    Examples
    --------
    >>> from pwlin import Network, PiecewiseLinear1D, extract
    >>> c = compare(PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 4]), "x**2")
    >>> c.sup, c.argsup, c.l1, c.mse
    (Fraction(1, 4), Fraction(1, 2), Fraction(1, 3), Fraction(1, 30))
    >>> c = compare(PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 4]), ([0, 1, 1, 2], [0, 1, 2, 3]))
    >>> c.sup, c.argsups, c.mse, [p.count for p in c.per_piece]
    (Fraction(1, 1), (Fraction(1, 1), Fraction(2, 1)), Fraction(1, 2), [3, 1])
    >>> tents = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
    >>> F = extract(tents, [(-1, 1), (-1, 1)])
    >>> c = F.compare("x**2 + y**2")
    >>> c.sup, c.argsup, c.mse
    (Fraction(1, 2), (Fraction(-1, 2), Fraction(-1, 2)), Fraction(11, 90))
    >>> print(F.compare("cos(x) + cos(y)").sup)
    2.0000000000000
    """
    if isinstance(function, (PiecewiseLinear1D, PiecewiseLinearND)) and is_points(target):
        dimension = 1 if isinstance(function, PiecewiseLinear1D) else function.dim
        return compare_points(function, read_point_target(target, dimension), domain)
    if isinstance(function, PiecewiseLinear1D):
        return compare_line(function, target, domain, tolerance)
    if isinstance(function, PiecewiseLinearND):
        return compare_cells(function, target, domain, tolerance, progress)
    raise TargetError(
        f"function: found {type(function).__name__}; accepted is what `pwlin.extract` returns, "
        f"a PiecewiseLinear1D or a PiecewiseLinearND{extract_first(function)}"
    )


@overload
def best_approximation(  # type: ignore[overload-overlap]
    target: PointsLike, domain: object = None, pieces: object = None, norm: str = "sup", tolerance: object = "1e-12"
) -> BestOfPoints: ...
@overload
def best_approximation(
    target: TargetLike, domain: object, pieces: object = None, norm: str = "sup", tolerance: object = "1e-12"
) -> BestApproximation: ...
@door
def best_approximation(
    target: TargetLike, domain: object = None, pieces: object = None, norm: str = "sup", tolerance: object = "1e-12"
) -> BestApproximation | BestOfPoints:
    """Approximate a function of one variable, or points, by a continuous piecewise-linear function with few pieces.

    Parameters
    ----------
    target : str, sympy expression, number, Target, PiecewiseLinear1D, or points as for `compare`
    domain : pair of exact numbers
        A bounded interval. With points it may be left out: from the first to the last.
    pieces : int
        How many pieces are allowed, at least 1.
    norm : "sup", "l2" or "l1"
        For points "sup" is the largest error and "l2" the sum of squares over the points; there is no "l1".
    tolerance : exact number
        Relative width asked of enclosures.

    Returns
    -------
    BestApproximation, or BestOfPoints for points
        Unpacks as ``function, error``, and knows certified bounds of what is possible at all: ``lower``, ``upper``,
        ``gap``, ``is_optimal``; and ``asymptotic``, what the law for many pieces says.

    Raises
    ------
    TargetError
        If the target cannot be read, has more than one variable, is undefined somewhere in the domain or overflows
        floats, without its tangent where the domain is narrow; for other norms, and for numbers of pieces that are none.
    DomainError
        If the domain is unbounded, or longer than floats reach.

    Notes
    -----
    Polynomials of degree at most 2 have a closed form, and targets that are piecewise linear with no more pieces are
    their own best approximation: exact. Otherwise knots and values are found by a search in floats, and the error of the
    function found is certified, as is the lower bound that nothing can beat. In "sup" the two mostly
    agree to eight digits, and where they do not, ``gap`` says so. For smooth targets Newton's method makes pieces that err alike
    between lines across the inflections; for others a greedy method finds the fewest pieces through gates around finitely many
    points of the graph (Imai and Iri 1986; Hakimi and Schmeichel 1991), and linear programming balances the errors. The greedy
    method in exact
    rationals proves the bound. In "l2" and "l1" a descent starts from the asymptotic density of knots (de Boor 1973) and
    may end in a local minimum. A target that jumps has no best function in "l2" and "l1": errors come as close to 0 as
    steep pieces allow. Then functions with fewer pieces are searched as well, so that more pieces never do worse.

    For points everything is exact. In "sup" the function is proven best: the greedy method, run on numbers that are linear
    in the tolerance, finds the least tolerance itself. In "l2" which points each piece takes is searched in floats, and each
    choice is then solved exactly; up to five pieces a search by branch and bound proves the best where it comes to an end
    (``is_optimal``), and otherwise ``lower`` is a proven bound: that of lines which need not meet.

    With N pieces the time is about that of N / 1000 seconds in "sup" for smooth targets, and N / 20 for others.

    Examples
    --------
    >>> function, error = best_approximation("x**2", (-5, 5), 3, norm="l2")
    >>> function.kinks[0].location, error / 10
    (Fraction(-5, 3), Fraction(500, 729))
    >>> best = best_approximation("exp(x)", (0, 1), 4)
    >>> f"{best.error:.9f}", float(best.gap) < 1e-9
    ('0.006578522', True)
    >>> best = best_approximation(([0, 1, 2], [0, 1, 0]), pieces=1)
    >>> best.error, best.function(1), best.is_optimal
    (Fraction(1, 2), Fraction(1, 2), True)
    """
    if is_points(target):
        return best_of_points(read_point_target(target), domain, pieces, norm)
    return best_approximation_1d(target, domain, pieces, norm, tolerance)
