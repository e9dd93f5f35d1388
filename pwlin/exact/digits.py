"""Digits of exact numbers: integers of any length, and correct rounding in any direction."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

SHORT = 8000
"""Bits of integers that Python's own `str` and `int` take; they refuse more than 4300 digits."""
_LOG10_2 = (30103, 100000)
_TINY, _HUGE = 1e-300, 1e300

Rounding = Callable[[Fraction], int]
"""What makes an integer of a rational: `round` (ties to even), `math.floor`, `math.ceil` or `away`."""


def integer(value: int) -> str:
    """An integer in full, at any length."""
    if value.bit_length() <= SHORT:
        return str(value)
    from flint import fmpz

    return str(fmpz(value).str())


def read_integer(text: str) -> int:
    """The integer that decimal digits with a sign say, at any length."""
    if len(text) <= 4300:
        return int(text)
    from flint import fmpz

    return int(fmpz(text.strip().removeprefix("+")))


def ratio(value: Fraction | int) -> str:
    """A rational in full, ``p/q`` in lowest terms, at any length."""
    top = integer(value.numerator)
    return top if value.denominator == 1 else f"{top}/{integer(value.denominator)}"


def away(value: Fraction) -> int:
    """The integer that is next from zero outwards, or `value` itself."""
    size = math.ceil(abs(value))
    return -size if value < 0 else size


def magnitude(value: Fraction) -> int:
    """Exponent of the leading decimal digit of a nonzero number."""
    size = abs(value)
    if _TINY < size < _HUGE:
        guess = math.floor(math.log10(size)) - 1
    else:
        bits = size.numerator.bit_length() - size.denominator.bit_length()  # 2^(bits - 1) < |value| < 2^(bits + 1)
        guess = (bits - 1) * _LOG10_2[0] // _LOG10_2[1] - 1
    while size >= Fraction(10) ** (guess + 1):
        guess += 1
    return guess


def rounded(value: Fraction, digits: int, rounding: Rounding = round) -> Decimal:
    """`value` with exactly so many significant digits; zero has none.

    Examples
    --------
    >>> rounded(Fraction(2, 3), 4), rounded(Fraction(99999), 2), rounded(Fraction(-1, 8), 2, away)
    (Decimal('0.6667'), Decimal('1.0E+5'), Decimal('-0.13'))
    """
    if not value:
        return Decimal(0)
    exponent = magnitude(value) - digits + 1
    whole = rounding(value * Fraction(10) ** -exponent)
    if abs(whole) == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    return Decimal((int(whole < 0), tuple(map(int, integer(abs(whole)))), exponent))


def fixed(value: Fraction, places: int) -> str:
    """`value` rounded to so many decimal places, ties to even."""
    scaled = round(value * 10**places)
    digits = integer(abs(scaled)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if scaled < 0 else text


def tidy(number: Decimal) -> str:
    """A rounded number without trailing zeros: ``12.5``, ``1e-9``."""
    if not number:
        return "0"
    if not -6 < number.adjusted() < 12:
        return f"{_trimmed(_mantissa(number))}e{number.adjusted()}"
    return _trimmed(f"{number:f}")


def scientific(number: Decimal) -> str:
    """A rounded number as floats are written by ``e``, all digits shown: ``1.50e-09``."""
    return f"{_mantissa(number)}e{number.adjusted():+03d}"


def general(number: Decimal) -> str:
    """A rounded number as floats are written by ``#g``, all digits shown: ``0.1250``, ``1.50e-09``."""
    digits = len(number.as_tuple().digits)
    return f"{number:f}" if -4 <= number.adjusted() < digits else scientific(number)


def _mantissa(number: Decimal) -> str:
    sign, digits, _ = number.as_tuple()
    first, *rest = map(str, digits)
    return f"{'-' * sign}{first}{'.' * bool(rest)}{''.join(rest)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
