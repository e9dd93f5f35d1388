"""The best function with few pieces: the door to the search and its proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pwlin.comparison.best.best import BestApproximation


def best_approximation(
    target: Any, domain: Any, pieces: Any, norm: str = "sup", tolerance: Any = "1e-12"
) -> BestApproximation:
    """Approximate a function of one variable by a continuous piecewise-linear one with few pieces, knots free.

    Parameters
    ----------
    target : str, sympy expression, number, Target or PiecewiseLinear1D
    domain : pair of exact numbers
        A bounded interval.
    pieces : int
        How many pieces are allowed, at least 1.
    norm : "sup", "l2" or "l1"
    tolerance : exact number
        Relative width asked of enclosures.

    Returns
    -------
    BestApproximation
        Unpacks as ``function, error``, and knows certified bounds of what is possible at all: ``lower``, ``upper``,
        ``gap``, ``is_optimal``; and ``asymptotic``, what the law for many pieces says.

    Raises
    ------
    TargetError
        If the target cannot be read, has more than one variable, is undefined somewhere in the domain or overflows
        floats; for other norms, and for numbers of pieces that are none.
    DomainError
        If the domain is unbounded, or too narrow for floats to resolve.

    Notes
    -----
    Polynomials of degree at most 2 have a closed form, and targets that are piecewise linear with no more pieces are
    their own best approximation: exact. Otherwise knots and values are found by a search in floats, and the error of the
    function found is certified, as is the lower bound that nothing can beat. In "sup" the search is global and the two
    nearly agree: a greedy method finds the fewest pieces through gates around finitely many points of the graph (Imai and
    Iri 1986; Hakimi and Schmeichel 1991), linear programming balances the errors, and the greedy method in exact
    rationals proves the bound. In "l2" and "l1" a descent starts from the asymptotic density of knots (de Boor 1973) and
    may end in a local minimum. A target that jumps has no best function in "l2" and "l1": errors come as close to 0 as
    steep pieces allow.

    With N pieces the time is about that of N / 20 seconds.

    Examples
    --------
    >>> function, error = best_approximation("x**2", (-5, 5), 3, norm="l2")
    >>> function.kinks[0].location, error / 10
    (Fraction(-5, 3), Fraction(500, 729))
    >>> best = best_approximation("exp(x)", (0, 1), 4)
    >>> f"{best.error:.9f}", float(best.gap) < 1e-9
    ('0.006578522', True)
    """
    from pwlin.comparison.best.best import best_approximation_1d

    return best_approximation_1d(target, domain, pieces, norm, tolerance)
