"""Small records that comparisons hand out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Sup:
    """The largest magnitude of the error and the points that take it, left to right."""

    value: Any
    points: tuple[Any, ...]


class Errors(Protocol):
    """What a way of measuring errors offers; pieces go by index, and must be neighbours for `sup`."""

    @property
    def exact(self) -> bool:
        """Whether the numbers are exact rather than enclosures."""

    def sup(self, indices: range) -> Sup:
        """Largest magnitude of the error."""

    def l1(self, indices: range) -> Any:
        """Integral of the error's magnitude."""

    def l2_squared(self, indices: range) -> Any:
        """Integral of the squared error."""

    def divide(self, value: Any, length: Fraction) -> Any:
        """A value over a length."""


@dataclass(frozen=True, repr=False)
class PieceError:
    """Errors on one piece, each computed when it is asked for.

    Attributes
    ----------
    index : int
        Number of the piece, from 0, left to right.
    left, right : Fraction
        Ends of the piece (within the domain of the comparison).
    sup, argsup, l1, l2_squared, mse
        As for `Comparison`, on this piece alone.
    """

    index: int
    left: Fraction
    right: Fraction
    _errors: Errors

    @cached_property
    def _sup(self) -> Sup:
        return self._errors.sup(range(self.index, self.index + 1))

    @property
    def sup(self) -> Any:
        """Largest magnitude of the error."""
        return self._sup.value

    @property
    def argsup(self) -> Any:
        """The leftmost point where the error is that large."""
        return self._sup.points[0]

    @property
    def argsups(self) -> tuple[Any, ...]:
        """All points where the error is that large."""
        return self._sup.points

    @cached_property
    def l1(self) -> Any:
        """Integral of the error's magnitude."""
        return self._errors.l1(range(self.index, self.index + 1))

    @cached_property
    def l2_squared(self) -> Any:
        """Integral of the squared error."""
        return self._errors.l2_squared(range(self.index, self.index + 1))

    @cached_property
    def mse(self) -> Any:
        """Mean squared error over the piece."""
        return self._errors.divide(self.l2_squared, self.right - self.left)

    def __repr__(self) -> str:
        return f"PieceError(piece {self.index} on [{self.left}, {self.right}])"
