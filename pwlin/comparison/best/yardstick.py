"""What the best function with as many pieces could do: `Comparison.best` and `Comparison.effective_pieces`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import final

from flint import arb, ctx, fmpz

from pwlin.comparison.best.approximation import BestApproximation, Goal
from pwlin.comparison.best.quadratic import BestErrors, quadratic_best, quadratic_coefficient
from pwlin.comparison.best.search import best_approximation_1d
from pwlin.comparison.errors import Value, over
from pwlin.comparison.norm import L2
from pwlin.exact.bridges import to_fmpq
from pwlin.exact.enclosure import Enclosure, from_ball

_MOST_PIECES_SEARCHED = 128


@final
@dataclass(frozen=True, repr=False)
class FoundErrors:
    """Errors of the best functions *found* with `pieces` pieces, one function for each norm, each searched when asked for.

    The errors are certain of these functions. How much better another one could be at most is said by
    ``approximation(norm).gap``.

    Attributes
    ----------
    pieces : int
    sup, l1, l2_squared, mse : Fraction or Enclosure
    """

    pieces: int
    _target: Goal
    _domain: tuple[Fraction, Fraction]
    _tolerance: Fraction

    exact = False

    @cached_property
    def _found(self) -> dict[str, BestApproximation]:
        return {}

    def approximation(self, norm: str) -> BestApproximation:
        """The `BestApproximation` behind the numbers of a norm: "sup", "l2" or "l1"."""
        if norm not in self._found:
            self._found[norm] = best_approximation_1d(self._target, self._domain, self.pieces, norm, self._tolerance)
        return self._found[norm]

    @property
    def sup(self) -> Value:
        """Largest magnitude of the error of the function found for it."""
        return self.approximation("sup").error

    @property
    def l1(self) -> Value:
        """Integral of the error's magnitude of the function found for it."""
        return self.approximation("l1").error

    @property
    def l2_squared(self) -> Value:
        """Integral of the squared error of the function found for it."""
        return self.approximation("l2").error

    @property
    def mse(self) -> Value:
        """Mean squared error of the function found for it."""
        return over(self.l2_squared, self._domain[1] - self._domain[0])

    def __repr__(self) -> str:
        return f"FoundErrors(best functions found with {self.pieces} piece{'s' * (self.pieces != 1)})"


def best_errors(
    goal: Goal, domain: tuple[Fraction, Fraction], pieces: int, tolerance: Fraction
) -> BestErrors | FoundErrors:
    """Implements `Comparison.best`."""
    leading = quadratic_coefficient(goal)
    if leading is not None:
        return quadratic_best(leading, domain[1] - domain[0], pieces)
    return FoundErrors(pieces, goal, domain, tolerance)


def effective_pieces(
    goal: Goal, domain: tuple[Fraction, Fraction], pieces: int, tolerance: Fraction, l2_squared: Value
) -> Fraction | Enclosure | float:
    """Implements `Comparison.effective_pieces`, for a function with so many pieces and this error."""
    leading = quadratic_coefficient(goal)
    if leading is None or not isinstance(l2_squared, Fraction):
        return _interpolated_pieces(lambda n: FoundErrors(n, goal, domain, tolerance).l2_squared, pieces, l2_squared)
    if not leading:
        return math.inf if l2_squared == 0 else Fraction(0)
    fourth_power = to_fmpq(L2.quadratic_best(leading, domain[1] - domain[0], 1)) / to_fmpq(l2_squared)
    roots = [_fourth_root(fmpz(part)) for part in (fourth_power.p, fourth_power.q)]
    if roots[0] is not None and roots[1] is not None:
        return Fraction(roots[0], roots[1])
    with ctx.workprec(128):
        return from_ball(arb(fourth_power).root(4))


def _interpolated_pieces(search: Callable[[int], Value], most: int, error: Value) -> float:
    """The number of pieces at which the best mean squared errors that a search finds take the value `error`.

    Between whole numbers the error is taken as a power of the number of pieces, as in the asymptotic law; below one
    piece, and above as many as the function has or the search goes to, as the fourth power of its inverse.
    """
    unit = _middle(error)
    if unit <= 0 or (isinstance(error, Enclosure) and error.lower <= 0):
        return math.inf

    @cache
    def least(count: int) -> float:
        """The error found, in units of the one wanted: a float at any scale."""
        return float(_middle(search(count)) / unit)

    wanted = 1.0
    low, high = 1, min(most, _MOST_PIECES_SEARCHED)
    if least(high) >= wanted:
        return _by_law(high, least(high), wanted)
    if least(low) <= wanted:
        return _by_law(low, least(low), wanted)
    while high - low > 1:  # least(low) > wanted >= least(high)
        ends = [_by_law(n, least(n), wanted) for n in (low, high)]
        guess = math.floor(min((e for e in ends if low < e < high), default=(low + high) / 2))
        if guess <= low or guess >= high or least.cache_info().currsize > 6:
            guess = (low + high) // 2
        low, high = (guess, high) if least(guess) > wanted else (low, guess)
    if least(high) <= 0:
        return float(low)
    share = math.log(least(low) / wanted) / math.log(least(low) / least(high))
    return low * (high / low) ** share


def _middle(value: Value) -> Fraction:
    return value.midpoint if isinstance(value, Enclosure) else value


def _fourth_root(value: fmpz) -> int | None:
    root = math.isqrt(math.isqrt(int(value)))
    return root if root**4 == value else None


def _by_law(pieces: int, error: float, wanted: float) -> float:
    return pieces * math.sqrt(math.sqrt(error / wanted))
