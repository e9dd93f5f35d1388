"""All text of numbers for people: correctly rounded decimals, exact forms in full or shortened to a width."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from pwlin.exact.digits import fixed, integer, magnitude, ratio, rounded, tidy
from pwlin.exact.enclosure import Enclosure
from pwlin.exact.long_fractions import LongFraction
from pwlin.exact.radicals import sympy_text
from pwlin.exact.rational import to_fraction
from pwlin.exact.sympy_balls import rounded_real

if TYPE_CHECKING:
    import sympy

    Number: TypeAlias = Fraction | int | float | sympy.Expr | Enclosure

_DIGITS = 7
_MOST_DIGITS = 40


def decimal(value: Number | None, digits: int = _DIGITS) -> str:
    """`value` rounded correctly to `digits` significant digits, without trailing zeros.

    Parameters
    ----------
    value : Fraction, int, float, sympy real number, Enclosure, or None for an infinite end
        An `Enclosure` shows at most the digits that are certain. None gives an empty text. Numbers of sympy are rounded from
        certified balls; what these do not know (Euler's constant, say) from 15 more digits by sympy.

    Examples
    --------
    >>> decimal(Fraction(1, 3)), decimal(Fraction(-25, 2)), decimal(Fraction(1, 10**9)), decimal(Enclosure("0.1234567", "0.123468"))
    ('0.3333333', '-12.5', '1e-9', '0.1235')
    """
    if value is None:
        return ""
    if isinstance(value, Enclosure):
        certain, low, high = str(value), decimal(value.lower, digits), decimal(value.upper, digits)
        return low if low == high and (value.width == 0 or len(low) < len(certain)) else certain
    if isinstance(value, float) and not math.isfinite(value):
        return "∞" if value == math.inf else str(value)
    return tidy(rounded_real(value, digits) if hasattr(value, "evalf") else rounded(to_fraction(value), digits))


def decimal_column(values: Sequence[Number | None], digits: int = _DIGITS) -> list[str]:
    """Decimals for one column of a table: the same number of places, so that the points line up.

    Fractions get `digits` significant digits for the largest of them, and more where different numbers would look
    equal. A column that spans too many magnitudes, or holds something else, gets `decimal` for each entry.

    Examples
    --------
    >>> decimal_column([Fraction(-5), Fraction(1, 3), None], 4)
    ['-5.000', '0.333', '']
    >>> decimal_column([Fraction(1), 1 + Fraction(1, 10**6)], 4)
    ['1.000000', '1.000001']
    """
    exact = [Fraction(v) if isinstance(v, (Fraction, int)) else None for v in values]
    numbers = [v for v in exact if v is not None]
    if len(numbers) != sum(v is not None for v in values):
        return [decimal(v, digits) for v in values]
    largest = max((magnitude(v) for v in numbers if v), default=0)
    smallest = min((magnitude(v) for v in numbers if v), default=0)
    different = len(set(numbers))
    if all(v.denominator == 1 for v in numbers) and largest < 9:
        return [in_full(v) for v in exact]
    if -3 <= largest < 9 and smallest > largest - digits + 1:
        for places in range(max(digits - 1 - largest, 0), _MOST_DIGITS):
            if len({round(v * 10**places) for v in numbers}) == different:
                return ["" if v is None else fixed(v, places) for v in exact]
    for more in range(digits, _MOST_DIGITS):
        texts = [decimal(v, more) for v in exact]
        if len({t for t in texts if t}) == different:
            return texts
    return [decimal(v, digits) for v in exact]


def in_full(value: Number | None) -> str:
    """`value` in full and exactly: ``p/q``, a sympy expression, or the two ends of an enclosure; empty for None.

    Works at any length (Python's own ``str`` refuses integers of more than 4300 digits).

    Examples
    --------
    >>> in_full(Fraction(-1, 3)), in_full(Enclosure("1/3", "1/2"))
    ('-1/3', '[1/3, 1/2]')
    """
    if value is None:
        return ""
    if isinstance(value, Enclosure):
        return f"[{ratio(value.lower)}, {ratio(value.upper)}]" if value.width else ratio(value.lower)
    return sympy_text(value) if hasattr(value, "evalf") else ratio(to_fraction(value))


def shortened(value: Number | None, width: int = 24) -> str:
    """`value` exactly if that fits `width` characters, else with ``…`` for the digits left out.

    A long power of two as denominator is written ``2^k``. Enclosures have no exact form and give an empty text.

    Examples
    --------
    >>> shortened(Fraction(1, 3)), shortened(Fraction(10**30 + 7, 3**40), 20), shortened(Fraction(3, 2**104))
    ('1/3', '10000…0007/1215…8801', '3/2^104')
    """
    if value is None or (isinstance(value, Enclosure) and value.width):
        return ""
    if isinstance(value, Enclosure):
        value = value.lower
    if hasattr(value, "evalf"):
        text = sympy_text(value)
        return text if len(text) <= width else f"{text[: width - 1]}…"
    number = to_fraction(value)
    top, bottom = integer(number.numerator), number.denominator
    if bottom == 1:
        return _elided(top, width)
    power = bottom.bit_length() - 1
    below = f"2^{power}" if power > 20 and bottom == 1 << power else integer(bottom)
    if len(top) + 1 + len(below) <= width:
        return f"{top}/{below}"
    room = max(width - 1, 10)
    if len(below) <= room // 2:
        return f"{_elided(top, room - len(below))}/{below}"
    if len(top) <= room // 2:
        return f"{top}/{_elided(below, room - len(top))}"
    return f"{_elided(top, room - room // 2)}/{_elided(below, room // 2)}"


def _elided(digits: str, width: int) -> str:
    if len(digits) <= width:
        return digits
    head = (width - 1) - (width - 1) // 2
    return f"{digits[:head]}…{digits[-((width - 1) // 2) :]}"


def exact_text(value: Number, width: int = 40, digits: int = 12) -> str:
    """`value` as it exactly is, or nothing if that is longer than `width` or says no more than `digits` decimals.

    Examples
    --------
    >>> exact_text(Fraction(1, 3)), exact_text(Fraction(5, 4)), exact_text(Fraction(1, 3**99))
    ('1/3', '5/4', '')
    """
    if isinstance(value, Enclosure) or hasattr(value, "ball_at"):  # of many terms
        return ""
    if isinstance(value, LongFraction) and value.brief() is None:
        return ""
    numbers = value.atoms() if hasattr(value, "atoms") else [to_fraction(value)]
    sizes = [max(abs(n.numerator), n.denominator).bit_length() for n in numbers if getattr(n, "is_Rational", True)]
    if len(sizes) > width or max(sizes, default=0) > 4 * width:
        return ""
    text = in_full(value)
    return text if len(text) <= width and text != decimal(value, digits) else ""


def with_exact(value: Number) -> str:
    """The exact form and the decimals, ``1/3 ≈ 0.3333333``, or only one of them where the other adds nothing.

    Examples
    --------
    >>> with_exact(Fraction(1, 3)), with_exact(Fraction(5, 4)), with_exact(Fraction(3, 2**80))
    ('1/3 ≈ 0.3333333', '5/4 = 1.25', '2.481542e-24')
    """
    text = decimal(value)
    if not isinstance(value, (Fraction, int)) or not (exact := exact_text(value, 24, _DIGITS)):
        return text
    return f"{exact} {'=' if Fraction(text) == value else '≈'} {text}"


def formula(text: str) -> str:
    """Target text made pleasant to read: ``x**2`` as ``x²``, ``3*x`` as ``3x``; for display only.

    Examples
    --------
    >>> formula("3*x**2 - x**12/2"), formula("exp(-x1*x**2.5)")
    ('3x² - x¹²/2', 'exp(-x1*x^2.5)')
    """
    out, i = "", 0
    while i < len(text):
        if text.startswith("**", i) and (stop := _digits_end(text, i + 2)) > i + 2:
            out += text[i + 2 : stop].translate(SUPERSCRIPTS)
            i = stop
        elif text.startswith("**", i):
            out, i = out + "^", i + 2
        elif text[i] == "*" and text[i + 1 : i + 2].isalpha() and _COEFFICIENT.search(text[:i]):
            i += 1
        else:
            out, i = out + text[i], i + 1
    return out


_COEFFICIENT = re.compile(r"(?<![\w.*])\d+(\.\d+)?$")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _digits_end(text: str, start: int) -> int:
    stop = start
    while stop < len(text) and text[stop].isascii() and text[stop].isdigit():
        stop += 1
    return start if text[stop : stop + 1] in (".", "e", "E") else stop


def brief(value: Fraction) -> str:
    """Text for a `repr`: the number itself if that is short, else ``≈`` and six digits. Never long, never fails."""
    if isinstance(value, LongFraction):
        found = value.brief()
        return f"≈{tidy(rounded(value, 6))}" if found is None else brief(found)
    if value.numerator.bit_length() + value.denominator.bit_length() <= 32:
        return str(value)
    return f"≈{tidy(rounded(value, 6))}"


def field(name: str, value: Fraction) -> str:
    """``name=1/3`` or ``name≈0.333333`` for a `repr`; see `brief`."""
    text = brief(value)
    return f"{name}{text}" if text.startswith("≈") else f"{name}={text}"
