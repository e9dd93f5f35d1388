"""Comparison: how far a piecewise-linear function of one variable is from a target."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

from pwlin.comparison.errors import Errors, PieceError, Sup
from pwlin.exact.text import decimal_text, exact_text


@final
@dataclass(frozen=True, repr=False)
class Comparison:
    """Errors of a piecewise-linear function against a target on a bounded interval; get one from ``f.compare(target)``.

    Every number is computed when it is first asked for. Against polynomials and piecewise-linear targets it is exact: a
    `Fraction` where a rational was found, else a sympy algebraic number (``.evalf()`` gives decimals, ``float`` works).
    Against other targets it is an `Enclosure` that contains the true value.

    Attributes
    ----------
    function : PiecewiseLinear1D
        The function, restricted to `domain`.
    target : Target or PiecewiseLinear1D
    domain : tuple of two Fractions
    tolerance : Fraction
        Relative width asked of enclosures. Where the true value is zero, or smaller than rounding at the working
        precision, the width is absolute instead.
    """

    function: Any
    target: Any
    domain: tuple[Fraction, Fraction]
    tolerance: Fraction
    _errors: Errors

    @property
    def exact(self) -> bool:
        """Whether the errors are exact numbers (True) or enclosures (False)."""
        return self._errors.exact

    @property
    def length(self) -> Fraction:
        """Length of the domain."""
        return self.domain[1] - self.domain[0]

    @cached_property
    def _pieces(self) -> tuple[Any, ...]:
        return tuple(self._errors.pieces)  # type: ignore[attr-defined]

    @property
    def _all(self) -> range:
        return range(len(self._pieces))

    @cached_property
    def _sup(self) -> Sup:
        return self._errors.sup(self._all)

    @property
    def sup(self) -> Any:
        """Largest magnitude of the error, ``max |f - target|``."""
        return self._sup.value

    @property
    def argsup(self) -> Any:
        """The leftmost of `argsups`."""
        return self._sup.points[0]

    @property
    def argsups(self) -> tuple[Any, ...]:
        """Where the error is as large as `sup`, left to right.

        Exact comparisons list every such point, and the ends and critical points of a stretch along which the error is
        constant. Certified ones list enclosures that together contain every such point; errors that the working
        precision cannot tell apart from the largest are among them.
        """
        return self._sup.points

    @cached_property
    def l1(self) -> Any:
        """Integral of ``|f - target|``."""
        return self._errors.l1(self._all)

    @cached_property
    def l2_squared(self) -> Any:
        """Integral of ``(f - target)**2``."""
        return self._errors.l2_squared(self._all)

    @cached_property
    def mse(self) -> Any:
        """Mean squared error: `l2_squared` over the length of the domain."""
        return self._errors.divide(self.l2_squared, self.length)

    @cached_property
    def per_piece(self) -> tuple[PieceError, ...]:
        """The same errors for each piece, computed when asked for. Against another piecewise-linear function the pieces
        are those of the difference."""
        return tuple(PieceError(i, p.left, p.right, self._errors) for i, p in enumerate(self._pieces))

    @cached_property
    def best(self) -> Any:
        """Errors of the best continuous functions with as many pieces.

        A `BestErrors`, exact, for polynomials of degree at most 2. Otherwise a `FoundErrors`: certified errors of the
        best functions found by `pwlin.best_approximation`, one for each norm, each searched when it is asked for.
        """
        from pwlin.comparison.best.yardstick import best_errors

        return best_errors(self)

    @cached_property
    def effective_pieces(self) -> Any:
        """How many optimal pieces would have the same mean squared error.

        For a quadratic target with leading coefficient c on [a, b] this is ``(c^2 (b-a)^4 / (180 mse))^(1/4)``, a
        `Fraction` when rational and an `Enclosure` otherwise. For a linear target it is 0 if there is any error and
        ``math.inf`` if there is none. For other targets it is a float, not certified: where the best errors found by
        `pwlin.best_approximation` with whole numbers of pieces take this value, with a power law between them.
        """
        from pwlin.comparison.best.yardstick import effective_pieces

        return effective_pieces(self)

    def __repr__(self) -> str:
        a, b = (exact_text(end) or decimal_text(end) for end in self.domain)
        return f"Comparison({len(self._pieces)} pieces with {_short(self.target)} on [{a}, {b}])"

    def __str__(self) -> str:
        rows = [
            ("sup", self.sup),
            ("at x =", self.argsup),
            ("L1", self.l1),
            ("L2 squared", self.l2_squared),
            ("MSE", self.mse),
        ]
        kind = "exact" if self.exact else "certified"
        lines = [f"{self!r}, {kind}"]
        lines += [f"  {name:<11} {decimal_text(value):<24} {exact_text(value)}".rstrip() for name, value in rows]
        return "\n".join(lines)


def _short(target: Any, limit: int = 40) -> str:
    text = str(getattr(target, "text", None) or target)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
