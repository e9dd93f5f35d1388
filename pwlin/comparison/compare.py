"""How far a piecewise-linear function is from a target: the one door to both kinds of comparison."""

from __future__ import annotations

from typing import Any

from pwlin.base.errors import TargetError


def compare(function: Any, target: Any, domain: Any = None, tolerance: Any = None, progress: bool = False) -> Any:
    """Measure how far a piecewise-linear function is from a target or from another such function.

    Parameters
    ----------
    function : PiecewiseLinear1D or PiecewiseLinearND
    target : str, sympy expression, number, Target, or another function of the same kind
        Text is read by `pwlin.parse_target`, in as many variables as the function has, and never evaluated as code.
    domain : pair of exact numbers; in several variables a list of pairs or a Polytope; optional
        Bounded and within the function's domain, to which the comparison is restricted. Default: all of it.
    tolerance : exact number, optional
        Relative width asked of enclosures. Default: 1e-12; in several variables 1e-6 for targets that are no polynomials
        (float intervals narrow them to about 1e-12, at a cost; see the notes of `ComparisonND`).
    progress : bool
        In several variables: whether to show a bar while enclosures are narrowed.

    Returns
    -------
    Comparison or ComparisonND
        Exact against polynomials and piecewise-linear functions, enclosures otherwise.

    Raises
    ------
    DomainError
        If the domain is unbounded, or not within the function's (and the piecewise-linear target's) domain.
    TargetError
        If the target cannot be read, has too many variables, or is undefined somewhere in the domain (or that cannot be
        excluded).

    Examples
    --------
    >>> from pwlin import Network, PiecewiseLinear1D, extract
    >>> c = compare(PiecewiseLinear1D.from_points([0, 1, 2], [0, 1, 4]), "x**2")
    >>> c.sup, c.argsup, c.l1, c.mse
    (Fraction(1, 4), Fraction(1, 2), Fraction(1, 3), Fraction(1, 30))
    >>> tents = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], None, "abs")
    >>> F = extract(tents, [(-1, 1), (-1, 1)])
    >>> c = F.compare("x**2 + y**2")
    >>> c.sup, c.argsup, c.mse
    (Fraction(1, 2), (Fraction(-1, 2), Fraction(-1, 2)), Fraction(11, 90))
    >>> print(F.compare("cos(x) + cos(y)").sup)
    2.0000000000000
    """
    from pwlin.functions.line.function import PiecewiseLinear1D

    if isinstance(function, PiecewiseLinear1D):
        from pwlin.comparison.line.compare import compare_line

        return compare_line(function, target, domain, tolerance)
    from pwlin.functions.cells.function import PiecewiseLinearND

    if isinstance(function, PiecewiseLinearND):
        from pwlin.comparison.cells.compare import compare_cells

        return compare_cells(function, target, domain, tolerance, progress)
    raise TargetError(
        f"function: found {type(function).__name__}; accepted is what `pwlin.extract` returns, "
        "a PiecewiseLinear1D or a PiecewiseLinearND"
    )
