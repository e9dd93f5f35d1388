"""Errors on parts of a domain: who measures them, and what every comparison answers alike."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

from pwlin.base.errors import PwlinWarning
from pwlin.exact.bridges import dyadic, to_ball
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.radicals import square_root
from pwlin.exact.text import decimal, exact_text

if TYPE_CHECKING:
    import sympy

Value: TypeAlias = "Fraction | Enclosure | sympy.Expr"
"""An error: exact, as a Fraction or a sympy algebraic number, or enclosed."""


_MUCH = Fraction(1, 10)
"""The relative width from which on norms ask one another: errors that are so near constant that it helps below are rare."""


class WideEnclosure(Enclosure):
    """An enclosure that is wider than was asked: the work that it would take is beyond the budget."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{super().__str__()} (wider than asked)"


P = TypeVar("P", covariant=True)
"""A point: a number on the line, a tuple of coordinates in several variables."""


@dataclass(frozen=True, slots=True)
class Sup(Generic[P]):
    """The largest magnitude of the error and the points that take it, from left to right on the line."""

    value: Value
    points: tuple[P, ...]


class Errors(Protocol[P]):
    """A way of measuring errors on parts of a domain, which go by index: pieces of a line, left to right, or cells."""

    @property
    def exact(self) -> bool:
        """Whether the numbers are exact, as far as the comparison promises, rather than enclosures."""

    def sup(self, parts: Sequence[int]) -> Sup[P]:
        """Largest magnitude of the error; on the line the parts must be neighbours."""

    def l1(self, parts: Sequence[int]) -> Value:
        """Integral of the error's magnitude."""

    def l2_squared(self, parts: Sequence[int]) -> Value:
        """Integral of the squared error."""

    def size(self, parts: Sequence[int]) -> Fraction:
        """Length or volume."""


class Measured(Generic[P]):
    """Errors on some parts of a domain, each computed when it is first asked for."""

    _errors: Errors[P]

    @property
    def _parts(self) -> Sequence[int]:
        raise NotImplementedError

    @cached_property
    def _sup(self) -> Sup[P]:
        return self._errors.sup(self._parts)

    @property
    def sup(self) -> Value:
        """Largest magnitude of the error, ``max |f - target|``."""
        return self._with_the_others("sup")

    @property
    def argsup(self) -> P:
        """The first of `argsups`."""
        return self._sup.points[0]

    @property
    def argsups(self) -> tuple[P, ...]:
        """Where the error is as large as `sup`.

        On the line, left to right: exact comparisons list every such point, and the ends and critical points of a stretch
        along which the error is constant. Certified ones list enclosures that together contain every such point; errors
        that the working precision cannot tell apart from the largest are among them.

        In several variables exact comparisons list all such vertices and critical points of faces (of whole faces along
        which the error is that large, some points), certified ones a point where it is at least the lower end of `sup`.
        """
        return self._sup.points

    @cached_property
    def l1(self) -> Value:
        """Integral of ``|f - target|``."""
        return self._with_the_others("l1")

    @cached_property
    def l2_squared(self) -> Value:
        """Integral of ``(f - target)**2``."""
        return self._with_the_others("l2_squared")

    @cached_property
    def _own(self) -> dict[str, Value]:
        return {}

    def _measured(self, name: str) -> Value:
        """What a norm knows by itself."""
        if name not in self._own:
            self._own[name] = self._sup.value if name == "sup" else getattr(self._errors, name)(self._parts)
        return self._own[name]

    def _with_the_others(self, name: str) -> Value:
        """A norm, and where it is wider than asked, by much, what those that take less work know of it.

        L2 squared is at most length times the square of sup. L1 is at most length times sup, squared at most length times
        L2 squared, and at least L2 squared over sup.
        """
        asked_before = name in self._own
        value = self._measured(name)
        if name == "sup" or not isinstance(value, WideEnclosure) or value.width <= _MUCH * value.lower:
            return value
        if asked_before:  # by another norm, and the warning was about that
            enclosed(value.lower, value.upper, False)
        _, sup = ends_of(self._measured("sup"))
        if name == "l2_squared":
            return WideEnclosure(value.lower, min(value.upper, self._size * sup**2))
        least, most = ends_of(self._measured("l2_squared"))
        root = to_ball(self._size * most).sqrt().upper()
        bounds = [value.upper, self._size * sup, *([dyadic(root)] if root.is_finite() else [])]
        return WideEnclosure(max(value.lower, least / sup if sup else value.lower), min(bounds))

    @cached_property
    def _size(self) -> Fraction:
        return self._errors.size(self._parts)

    @cached_property
    def mse(self) -> Value:
        """Mean squared error: `l2_squared` over the length or volume of where it is taken."""
        return over(self.l2_squared, self._size)

    @cached_property
    def rmse(self) -> Value:
        """The square root of `mse`: exact where that is exact, unless it has thousands of digits; an `Enclosure` then."""
        return square_root(self.mse)


def enclosed(lower: Fraction, upper: Fraction, narrow: bool) -> Enclosure:
    """What is known of a number; `narrow` says whether the enclosure is as narrow as was asked."""
    if narrow:
        return Enclosure(lower, upper)
    found = WideEnclosure(lower, upper)
    warnings.warn(f"an error is only known to be {found!r}", PwlinWarning, stacklevel=2)
    return found


def ends_of(value: Value) -> tuple[Fraction, Fraction]:
    """The bounds that are known of a number; of an exact one that is rational, itself."""
    return (value.lower, value.upper) if isinstance(value, Enclosure) else (Fraction(value), Fraction(value))


def over(value: Value, size: Fraction) -> Value:
    """An error over a length or a volume."""
    return type(value)(value.lower / size, value.upper / size) if isinstance(value, Enclosure) else value / size


def overview(rows: Sequence[tuple[str, Value]]) -> str:
    """Names and values, a line each: in decimals and, where that is short and says more, exactly."""
    return "\n".join(f"  {name:<11} {decimal(v, 12):<24} {exact_text(v)}".rstrip() for name, v in rows)


def short(target: object, limit: int = 40) -> str:
    """A target in a few words."""
    text = str(getattr(target, "text", None) or target)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
