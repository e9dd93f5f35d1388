"""What the best function with as many pieces could do: `Comparison.best` and `Comparison.effective_pieces`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

from flint import arb, ctx, fmpz

from pwlin.comparison.best.quadratic import exact_fourth_root, quadratic_best, quadratic_coefficient
from pwlin.exact.algebraic import to_fmpq
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.balls import to_enclosure

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
    _target: Any
    _domain: tuple[Fraction, Fraction]
    _tolerance: Fraction

    exact = False

    def approximation(self, norm: str) -> Any:
        """The `BestApproximation` behind the numbers of a norm: "sup", "l2" or "l1"."""
        return {"sup": self._sup, "l2": self._l2, "l1": self._l1}[norm]

    def _best(self, norm: str) -> Any:
        from pwlin.comparison.best.best import best_approximation_1d

        return best_approximation_1d(self._target, self._domain, self.pieces, norm, self._tolerance)

    @cached_property
    def _sup(self) -> Any:
        return self._best("sup")

    @cached_property
    def _l2(self) -> Any:
        return self._best("l2")

    @cached_property
    def _l1(self) -> Any:
        return self._best("l1")

    @property
    def sup(self) -> Any:
        """Largest magnitude of the error of the function found for it."""
        return self._sup.error

    @property
    def l1(self) -> Any:
        """Integral of the error's magnitude of the function found for it."""
        return self._l1.error

    @property
    def l2_squared(self) -> Any:
        """Integral of the squared error of the function found for it."""
        return self._l2.error

    @property
    def mse(self) -> Any:
        """Mean squared error of the function found for it."""
        value, length = self.l2_squared, self._domain[1] - self._domain[0]
        return Enclosure(value.lower / length, value.upper / length) if isinstance(value, Enclosure) else value / length

    def __repr__(self) -> str:
        return f"FoundErrors(best functions found with {self.pieces} piece{'s' * (self.pieces != 1)})"


def best_errors(comparison: Any) -> Any:
    """Implements `Comparison.best`."""
    pieces = comparison.function.n_pieces
    leading = quadratic_coefficient(comparison.target)
    if leading is not None:
        return quadratic_best(leading, comparison.length, pieces)
    return FoundErrors(pieces, comparison.target, comparison.domain, comparison.tolerance)


def effective_pieces(comparison: Any) -> Any:
    """Implements `Comparison.effective_pieces`."""
    leading = quadratic_coefficient(comparison.target)
    if leading is None:
        return _interpolated_pieces(comparison)
    if not leading:
        return math.inf if comparison.mse == 0 else Fraction(0)
    fourth_power = to_fmpq(leading**2 * comparison.length**4 / 180) / to_fmpq(comparison.mse)
    roots = [exact_fourth_root(fmpz(part)) for part in (fourth_power.p, fourth_power.q)]
    if roots[0] is not None and roots[1] is not None:
        return Fraction(roots[0], roots[1])
    with ctx.workprec(128):
        return to_enclosure(arb(fourth_power).root(4))


def _interpolated_pieces(comparison: Any) -> float:
    """The number of pieces at which the best mean squared errors found take the comparison's value.

    Between whole numbers the error is taken as a power of the number of pieces, as in the asymptotic law; below one
    piece, and above as many as the function has or the search goes to, as the fourth power of its inverse.
    """
    wanted = float(comparison.l2_squared)
    if wanted <= 0 or _may_be_zero(comparison.l2_squared):
        return math.inf
    known: dict[int, float] = {}

    def least(pieces: int) -> float:
        if pieces not in known:
            found = FoundErrors(pieces, comparison.target, comparison.domain, comparison.tolerance)
            known[pieces] = float(found.l2_squared)
        return known[pieces]

    high = min(comparison.function.n_pieces, _MOST_PIECES_SEARCHED)
    low = 1
    if least(high) >= wanted:
        return _by_law(high, least(high), wanted)
    if least(low) <= wanted:
        return _by_law(low, least(low), wanted)
    while high - low > 1:  # least(low) > wanted >= least(high)
        ends = [_by_law(n, least(n), wanted) for n in (low, high)]
        guess = math.floor(min((e for e in ends if low < e < high), default=(low + high) / 2))
        if guess <= low or guess >= high or len(known) > 6:
            guess = (low + high) // 2
        low, high = (guess, high) if least(guess) > wanted else (low, guess)
    if least(high) <= 0:
        return float(low)
    share = math.log(least(low) / wanted) / math.log(least(low) / least(high))
    return low * (high / low) ** share


def _by_law(pieces: int, error: float, wanted: float) -> float:
    return pieces * math.sqrt(math.sqrt(error / wanted))


def _may_be_zero(value: Any) -> bool:
    return isinstance(value, Enclosure) and value.lower <= 0
