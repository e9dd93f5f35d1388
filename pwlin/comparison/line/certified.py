"""Certified errors of a piecewise-linear function against a target in elementary functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import acb, arb

from pwlin.comparison.errors import Sup
from pwlin.comparison.line.ends import ends, length
from pwlin.comparison.line.signs import signed_intervals
from pwlin.comparison.line.supremum import LargestMagnitude, Stretch
from pwlin.exact.enclosure import Enclosure
from pwlin.formulas.arithmetic.balls import Jet, compile_jet, precision, to_ball, to_enclosure
from pwlin.formulas.arithmetic.complex_balls import ComplexFunction, compile_complex, integrate
from pwlin.formulas.branches import compile_branches
from pwlin.formulas.defined import check_defined
from pwlin.functions.line.records import Piece

_GUARD_BITS = 160
_ATTEMPTS = 4
_NODES = (0.046910077030668, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332)
_WEIGHTS = (0.118463442528094, 0.23931433524968324, 0.2844444444444444, 0.23931433524968324, 0.118463442528094)


@dataclass(frozen=True)
class CertifiedErrors:
    """Enclosures of the errors of `pieces` (bounded, left to right) against `target`, a `Target` of one variable.

    Raises
    ------
    TargetError
        On creation, if the target is not defined and finite everywhere on the pieces.
    """

    pieces: Sequence[Piece]
    target: Any
    tolerance: Fraction

    exact = False

    def __post_init__(self) -> None:
        low, high = ends(self.pieces[0], self.pieces[-1])
        check_defined(self._expression, self._symbol, low, high, repr(self.target.text))

    @property
    def _expression(self) -> Any:
        return self.target.expression

    @property
    def _symbol(self) -> Any:
        return next(iter(self._expression.free_symbols), None)

    @cached_property
    def _jet(self) -> Any:
        return compile_jet(self._expression, self._symbol)

    @cached_property
    def _branches(self) -> Any:
        return compile_branches(self._expression, self._symbol)

    @cached_property
    def _complex(self) -> Any:
        return compile_complex(self._expression, self._symbol)

    def _bits(self, attempt: int) -> int:
        """Working precision: enough for the tolerance, for scales far from 1, and doubled by each new attempt."""
        low, high = ends(self.pieces[0], self.pieces[-1])
        spread = max(abs(low), abs(high)) / (high - low)
        size = spread.numerator.bit_length() - spread.denominator.bit_length()
        return (2 * self.tolerance.denominator.bit_length() + _GUARD_BITS + max(size, 0)) * 2**attempt

    def sup(self, indices: Sequence[int]) -> Sup:
        """Largest magnitude of the error over some neighbouring pieces, and where it is taken."""
        pieces = [self.pieces[i] for i in indices]
        for attempt in range(_ATTEMPTS):
            bits = self._bits(attempt)
            with precision(bits):
                stretches = [self._stretch(piece) for piece in pieces]
                relative, tiny = to_ball(self.tolerance) / 2, arb(2) ** (-(bits * 3) // 4)
                scale = self._scale(stretches) * tiny
                width = (stretches[-1].high - stretches[0].low) * _least_width(bits)
                found = LargestMagnitude(stretches, relative, scale, width)
                if not found.upper.is_finite():
                    continue
                value = Enclosure(to_enclosure(found.lower).lower, to_enclosure(found.upper).upper)
                last = attempt + 1 == _ATTEMPTS or found.exhausted
                if last or self._narrow(value, to_enclosure(scale).upper):
                    low, high = ends(pieces[0], pieces[-1])
                    return Sup(value, tuple(_clipped(to_enclosure(p), low, high) for p in found.places))
        raise AssertionError("unreachable: a target that is defined has finite bounds on small cells")

    def l2_squared(self, indices: Iterable[int]) -> Enclosure:
        """Integral of the squared error over some pieces."""
        return self._integral(list(indices), 2)

    def l1(self, indices: Iterable[int]) -> Enclosure:
        """Integral of the error's magnitude over some pieces."""
        return self._integral(list(indices), 1)

    def size(self, indices: Sequence[int]) -> Fraction:
        """Length of some neighbouring pieces."""
        return length(self.pieces, indices)

    def _integral(self, indices: list[int], power: int) -> Enclosure:
        pieces = [self.pieces[i] for i in indices]
        absolute = None
        for attempt in range(_ATTEMPTS):
            bits = self._bits(attempt)
            with precision(bits):
                goal = to_ball(self.tolerance) / (8 * 64**attempt)
                stretches = [self._stretch(piece) for piece in pieces]
                extent, tiny = stretches[-1].high - stretches[0].low, arb(2) ** (-(bits * 3) // 4)
                zero = ((self._scale(stretches) * tiny) ** power * extent).upper()
                if absolute is None:
                    absolute = goal * _estimate(stretches, power)
                share = absolute.max(zero) / len(pieces)
                measure = self._square_integral if power == 2 else self._magnitude_integral
                width = extent * _least_width(bits)
                total = sum((measure(p, s, goal, share, width) for p, s in zip(pieces, stretches)), arb(0))
                if not total.is_finite():
                    continue
                ends = to_enclosure(total)
                value = Enclosure(max(ends.lower, Fraction(0)), max(ends.upper, Fraction(0)))
                if attempt + 1 == _ATTEMPTS or self._narrow(value, to_enclosure(zero).upper):
                    return value
                absolute = goal / 64 * arb(total.lower()).max(zero)
        raise AssertionError("unreachable: a target that is defined and bounded has a finite integral")

    def _square_integral(self, piece: Piece, stretch: Stretch, relative: Any, absolute: Any, _: Any) -> Any:
        error = self._complex_error(piece)

        def squared(z: Any, analytic: bool) -> Any:
            value = error(z, analytic)
            return value * value

        return integrate(squared, stretch.low, stretch.high, relative, absolute)

    def _magnitude_integral(self, piece: Piece, stretch: Stretch, relative: Any, absolute: Any, width: Any) -> Any:
        signed = signed_intervals(stretch, absolute, width)
        error = self._complex_error(piece)
        parts = [abs(integrate(error, low, high, relative, absolute)) for low, high in signed.intervals]
        return sum(parts, signed.rest)

    def _complex_error(self, piece: Piece) -> ComplexFunction:
        slope, intercept, function = acb(to_ball(piece.slope)), acb(to_ball(piece.intercept)), self._complex
        return lambda z, analytic: function(z, analytic) - (slope * z + intercept)

    def _stretch(self, piece: Piece) -> Stretch:
        slope, intercept, jet = to_ball(piece.slope), to_ball(piece.intercept), self._jet

        def error(x: Any) -> Jet:
            value, first, second = jet(x)
            return value - (slope * x + intercept), first - slope, second

        def sides(x: Any) -> list[Any]:
            assert branches is not None
            return [value - (slope * x + intercept) for value in branches(x)]

        branches = self._branches
        low, high = map(to_ball, ends(piece))
        return Stretch(low, high, error, sides if branches else None)

    def _scale(self, stretches: list[Stretch]) -> Any:
        """A size of the target, for what counts as zero at the working precision."""
        sizes = [abs(self._jet(s.low)[0]).upper() for s in stretches]
        return max((s for s in sizes if s.is_finite()), key=float, default=arb(1)).max(arb(2) ** -64)

    def _narrow(self, value: Enclosure, zero: Fraction) -> bool:
        return value.width <= self.tolerance * value.lower or value.upper <= 64 * zero


def _least_width(bits: int) -> Any:
    """Narrowest cell, relative to the domain. Not below the square root of the rounding unit: where two branches of a
    target touch, rounding hides which is larger on stretches about that long."""
    return arb(2) ** (-(bits * 9) // 20)


def _estimate(stretches: list[Stretch], power: int) -> Any:
    """About the integral of a power of the error's magnitude, by Gauss' rule; it only steers the effort."""
    total = arb(0)
    for stretch in stretches:
        extent = stretch.high - stretch.low
        for node, weight in zip(_NODES, _WEIGHTS):
            value = stretch.error((stretch.low + extent * node).mid())[0]
            total += weight * extent * abs(value) ** power if value.is_finite() else 0
    return arb(total.mid())


def _clipped(place: Enclosure, low: Fraction, high: Fraction) -> Enclosure:
    """The part of a place that lies within the pieces."""
    return Enclosure(min(max(place.lower, low), high), max(min(place.upper, high), low))
