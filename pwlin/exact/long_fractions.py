"""Fractions whose digits are made when they are asked for: bounds answer nearly all else that is asked of sums of many others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any, NamedTuple, Protocol, TypeVar, final

from flint import fmpq

from pwlin.exact.bridges import exact_sum, from_fmpq, to_fmpq
from pwlin.exact.digits import ratio, rounded, tidy
from pwlin.exact.formats import formatted
from pwlin.exact.rational import nearest_float

T = TypeVar("T")
Bounds = tuple[int, int]
"""Of a number times a power of two: integers from below and from above."""
NEAR = 192
_PRECISIONS = (NEAR, 1024, 4096)
"""Bits behind the point with which bounds are made, one after the other, before digits are."""
_BRIEF = 1 << 17
"""Sums over denominators of so many bits in all are made at once."""
_LONG = 512
"""It takes about as long to make bounds of a fraction of so many bits as to look for common factors."""
_SHOWN = 128
"""Fractions of up to so many bits are written out."""
_DEEPEST = 32
"""So many products and quotients within one another are left open."""
_SIMPLE, _SURE = 1 << 24, 64
"""A fraction of so small a denominator between bounds of which so many bits agree is most likely the number."""


class Source(Protocol):
    """What a fraction is made from."""

    def bounds(self, bits: int) -> Bounds:
        """Integers below and above the number times ``2**bits``; the more bits, the nearer."""

    def exact(self) -> Fraction:
        """The number itself, all its digits."""


@final
class LongFraction(Fraction):
    """A `Fraction` of very many digits, which are made when one asks for them: as exact as any other.

    Sums over thousands of regions have numerators and denominators of millions of digits. `float`, comparisons, `round`, formats
    and text come from certain bounds of the sum, as narrow as it takes, which costs far less; ``+``, ``-``, ``*``, ``/``,
    ``%`` and `divmod` with other fractions, and powers with whole exponents, give fractions of the same kind. `numerator`,
    `denominator`, `hash`, equality of numbers that *are* equal, pickles and whatever else needs all digits make them, once, and keep
    them. ``Fraction(x)`` is an ordinary fraction; ``x // y`` is an `int`, as of fractions.

    ``float(x)`` is correctly rounded; ``str(x)`` and ``repr(x)`` fit a line: the number in full where it is a short one, else
    ``≈`` and its first digits (`pwlin.exact.text.in_full` gives all). ``f"{x:.6g}"`` is formatted as a float would
    be, but from the number itself: rounded once, at any precision. A mean is ``sum(some) / len(some)``: `statistics.mean` takes
    numerators and denominators apart.
    """

    __slots__ = ("_known", "_settled", "_source")
    _source: Source | None
    _settled: Fraction | None
    _known: tuple[int, int, int] | None

    def __new__(cls, *arguments: Any) -> Fraction:  # type: ignore[misc]
        return Fraction(*arguments)

    @staticmethod
    def of(source: Source | None, settled: Fraction | None = None) -> LongFraction:
        """The number that a source makes, or one whose digits are there."""
        fraction: LongFraction = object.__new__(LongFraction)
        fraction._source, fraction._settled, fraction._known = source, settled, None
        return fraction

    @property
    def settled(self) -> Fraction:
        """The same number as an ordinary fraction."""
        source, found = self._source, self._settled  # in this order: once there is no source, digits are there
        if found is None:
            assert source is not None
            self._settled = found = in_digits(source.exact())
            self._source = None
        return found

    @property
    def _numerator(self) -> int:  # as `Fraction` calls them
        return self.settled.numerator

    @property
    def _denominator(self) -> int:
        return self.settled.denominator

    def bounds(self, bits: int) -> Bounds:
        """Integers below and above the number times ``2**bits``."""
        known, source = self._known, self._source
        if known is None or known[0] < bits:
            low, high = bounds_of(self.settled, bits) if source is None else source.bounds(bits)
            self._known = known = bits, low, high
        return known[1] >> known[0] - bits, -(-known[2] >> known[0] - bits)

    def step(self, function: Callable[[Fraction], T]) -> T:
        """What a function that never decreases makes of the number: the same as of bounds where it makes the same of both."""
        for bits in _PRECISIONS:
            low, high = (function(Fraction(end, 1 << bits)) for end in self.bounds(bits))
            if low == high:
                return low
        return function(self.settled)

    def _compared(self, other: Fraction | int) -> int:
        """The sign of the difference."""
        for bits in _PRECISIONS:
            (low, high), (start, end) = self.bounds(bits), bounds_of(other, bits)
            if low > end or high < start:
                return 1 if low > end else -1
            if low == high == start == end:
                return 0
        mine, others = self.settled, in_digits(other)
        return 0 if mine == others else 1 if mine > others else -1

    def __float__(self) -> float:
        found = self.step(nearest_float)
        if math.isinf(found):
            raise OverflowError("integer division result too large for a float")
        return found + 0.0  # no negative zero

    def __eq__(self, other: object) -> bool:
        exact = _exact(other)
        return super().__eq__(other) if exact is None else self._compared(exact) == 0

    __hash__ = Fraction.__hash__

    def _richcmp(self, other: object, compare: Callable[[Any, Any], bool]) -> bool:  # as `Fraction` calls it
        exact = _exact(other)
        if exact is None:
            return super()._richcmp(other, compare)  # type: ignore[misc,no-any-return]
        return compare(self._compared(exact), 0)

    def __bool__(self) -> bool:
        return self._compared(0) != 0

    def __floor__(self) -> int:
        return self.step(math.floor)

    def __ceil__(self) -> int:
        return self.step(math.ceil)

    def __trunc__(self) -> int:
        return self.step(math.trunc)

    def __int__(self) -> int:  # type: ignore[override]
        return math.trunc(self)

    def __round__(self, ndigits: int | None = None) -> Any:
        found: Any = self.step(lambda value: round(value, ndigits))
        return found if ndigits is None else presentable(found)

    def __neg__(self) -> Fraction:
        return self * -1

    def __abs__(self) -> Fraction:
        return self if self >= 0 else -self

    def __add__(self, other: Any) -> Any:
        return _joined(self, other, 1) if isinstance(other, (int, Fraction)) else super().__add__(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return _joined(self, other, -1) if isinstance(other, (int, Fraction)) else super().__sub__(other)

    def __rsub__(self, other: Any) -> Any:
        return _joined(-self, other, 1) if isinstance(other, (int, Fraction)) else super().__rsub__(other)

    def __mul__(self, other: Any) -> Any:
        return _multiplied(self, other, False) if isinstance(other, (int, Fraction)) else super().__mul__(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return _multiplied(self, other, True) if isinstance(other, (int, Fraction)) else super().__truediv__(other)

    def __rtruediv__(self, other: Any) -> Any:
        return _multiplied(other, self, True) if isinstance(other, (int, Fraction)) else super().__rtruediv__(other)

    def __divmod__(self, other: Any) -> Any:
        return _divided(self, other) if isinstance(other, (int, Fraction)) else super().__divmod__(other)

    def __rdivmod__(self, other: Any) -> Any:
        return _divided(other, self) if isinstance(other, (int, Fraction)) else super().__rdivmod__(other)

    def __floordiv__(self, other: Any) -> Any:
        return divmod(self, other)[0]

    def __rfloordiv__(self, other: Any) -> Any:
        return divmod(other, self)[0]

    def __mod__(self, other: Any) -> Any:
        return divmod(self, other)[1]

    def __rmod__(self, other: Any) -> Any:
        return divmod(other, self)[1]

    def __pow__(self, exponent: Any) -> Any:
        whole = isinstance(exponent, Rational) and exponent.denominator == 1
        return _power(self, int(exponent)) if whole else super().__pow__(exponent)

    def __deepcopy__(self, memo: object = None) -> LongFraction:
        return self

    __copy__ = __pos__ = __deepcopy__

    def __reduce__(self) -> tuple[object, ...]:
        return quotient, (self._numerator, self._denominator)

    def brief(self) -> Fraction | None:
        """The number as an ordinary fraction if that is short: the simplest fraction between bounds is tried."""
        if self._settled is None:
            low, high = self.bounds(NEAR)
            middle = Fraction(low + high, 2 << NEAR)
            guess = middle.limit_denominator(_SIMPLE)
            if (high - low) >> NEAR - _SURE or self._compared(guess):
                return None
        size = self._numerator.bit_length() + self._denominator.bit_length()
        return self.settled if size <= _SHOWN else None

    def __str__(self, digits: int = 17) -> str:
        short = self.brief()
        return f"≈{tidy(rounded(self, digits))}" if short is None else ratio(short)

    def __repr__(self) -> str:
        return f"LongFraction({self.__str__(6)})"

    def __format__(self, spec: str) -> str:
        return formatted(self, spec, self.__str__)


def _exact(value: object) -> Fraction | int | None:
    """A number to compare with as an exact one; None if it is infinite, NaN or of another kind."""
    if isinstance(value, float):
        return Fraction(value) if math.isfinite(value) else None
    return value if isinstance(value, (int, Fraction)) else None


def in_digits(value: Fraction | int) -> Fraction:
    """The same number as an ordinary fraction."""
    return value.settled if isinstance(value, LongFraction) else Fraction(value)


def bounds_of(value: Fraction | int, bits: int) -> Bounds:
    """Integers below and above a number times ``2**bits``."""
    if isinstance(value, LongFraction):
        return value.bounds(bits)
    low, rest = divmod(value.numerator << bits, value.denominator)
    return low, low + (rest != 0)


@final
@dataclass(frozen=True, eq=False)
class _Terms:
    """A sum."""

    terms: Sequence[fmpq]

    def bounds(self, bits: int) -> Bounds:
        low = int(sum((term.p << bits) // term.q for term in self.terms))
        return low, low + len(self.terms)

    def exact(self) -> Fraction:
        return from_fmpq(exact_sum(self.terms))


@final
class _Quotient(NamedTuple):
    """A fraction whose common factors have not been looked for."""

    numerator: int
    denominator: int

    def bounds(self, bits: int) -> Bounds:
        low, rest = divmod(self.numerator << bits, self.denominator)
        return low, low + (rest != 0)

    def exact(self) -> Fraction:
        return from_fmpq(fmpq(self.numerator, self.denominator))


@final
@dataclass(frozen=True, eq=False)
class _Joined:
    """A sum or a difference. Those of many are a chain, which is walked along, as recursion would go too deep."""

    left: Fraction
    right: Fraction | int
    sign: int
    depth: int

    def _parts(self) -> Iterator[tuple[int, Fraction | int]]:
        stack: list[tuple[int, Fraction | int]] = [(1, self.left), (self.sign, self.right)]
        while stack:
            sign, part = stack.pop()
            source = part._source if isinstance(part, LongFraction) else None
            if isinstance(source, _Joined):
                stack += [(sign, source.left), (sign * source.sign, source.right)]
            else:
                yield sign, part

    def bounds(self, bits: int) -> Bounds:
        low = high = 0
        for sign, part in self._parts():
            start, end = bounds_of(part, bits)
            low, high = (low + start, high + end) if sign > 0 else (low - end, high - start)
        return low, high

    def exact(self) -> Fraction:
        return from_fmpq(exact_sum(sign * to_fmpq(in_digits(part)) for sign, part in self._parts()))


@final
@dataclass(frozen=True, eq=False)
class _Multiplied:
    """A product, or a quotient by what is not zero."""

    left: Fraction | int
    right: Fraction | int
    divide: bool
    depth: int

    def bounds(self, bits: int) -> Bounds:
        first, second = (bounds_of(part, bits) for part in (self.left, self.right))
        if not self.divide:
            ends = [a * b for a in first for b in second]
            return min(ends) >> bits, -(-max(ends) >> bits)
        if second[0] <= 0 <= second[1]:
            return bounds_of(self.exact(), bits)
        quotients = [divmod(a << bits, b) for a in first for b in second]
        return min(low for low, _ in quotients), max(low + (rest != 0) for low, rest in quotients)

    def exact(self) -> Fraction:
        left, right = (to_fmpq(in_digits(part)) for part in (self.left, self.right))  # Python's own are slow
        return from_fmpq(left / right if self.divide else left * right)


def _depth(value: Fraction | int) -> int:
    return getattr(value._source, "depth", 0) if isinstance(value, LongFraction) else 0


def _joined(left: Fraction, right: Fraction | int, sign: int) -> Fraction:
    return LongFraction.of(_Joined(left, right, sign, max(_depth(left), _depth(right))))


def _multiplied(left: Fraction | int, right: Fraction | int, divide: bool) -> Fraction:
    if divide and right == 0:
        raise ZeroDivisionError("a number divided by zero")
    depth = 1 + max(_depth(left), _depth(right))
    if depth > _DEEPEST:
        left, right, depth = in_digits(left), in_digits(right), 1
    return LongFraction.of(_Multiplied(left, right, divide, depth))


def _divided(left: Fraction | int, right: Fraction | int) -> tuple[int, Fraction | int]:
    return (whole := math.floor(_multiplied(left, right, True))), left - whole * right


def _power(base: Fraction, exponent: int) -> Fraction:
    found: Fraction = LongFraction.of(None, Fraction(1))
    for bit in f"{abs(exponent):b}":
        found = found * found
        if bit == "1":
            found = found * base
    return found if exponent >= 0 else 1 / found


def total(terms: Iterable[fmpq]) -> Fraction:
    """The exact sum of FLINT rationals: at once if that is short, else as a `LongFraction`.

    Cost: at first no more than to keep the terms; for a float or a comparison a division of each, and for all digits (see
    `pwlin.exact.bridges.exact_sum`) some seconds for a hundred thousand terms of a hundred digits.
    """
    found, bits = list(terms), 0
    for bottom in {int(term.q) for term in found}:
        bits += bottom.bit_length()
        if bits > _BRIEF:
            return LongFraction.of(_Terms(found))
    return presentable(from_fmpq(exact_sum(found)))


def quotient(numerator: int, denominator: int) -> Fraction:
    """A fraction with a positive denominator; common factors of long ones wait until digits are asked for."""
    found = _Quotient(numerator, denominator)
    return LongFraction.of(found) if denominator.bit_length() > _LONG else presentable(found.exact())


def presentable(value: Fraction) -> Fraction:
    """The same number; as a `LongFraction` if it is too long for Python to write it out."""
    if isinstance(value, LongFraction) or max(abs(value.numerator), value.denominator).bit_length() < 4096:
        return value
    return LongFraction.of(None, value)
