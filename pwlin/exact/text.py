"""Exact numbers as text: correctly rounded decimals, and exact forms shortened to a width."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

from pwlin.exact.enclosure import Enclosure
from pwlin.exact.rational import nearest_float

_DIGITS = 7
_MOST_DIGITS = 40


def decimal(value: Any, digits: int = _DIGITS) -> str:
    """`value` rounded correctly to `digits` significant digits, without trailing zeros.

    Parameters
    ----------
    value : Fraction, int, float, sympy real number, Enclosure, or None for an infinite end
        An `Enclosure` shows at most the digits that are certain. None gives an empty text.

    Examples
    --------
    >>> decimal(Fraction(1, 3)), decimal(Fraction(-25, 2)), decimal(Fraction(1, 10**9)), decimal(Enclosure("0.1234567", "0.123468"))
    ('0.3333333', '-12.5', '1e-9', '0.1235')
    """
    if value is None:
        return ""
    if isinstance(value, Enclosure):
        certain = str(value)
        short = decimal(value.midpoint, digits)
        return short if value.width == 0 or (len(short) < len(certain) and _agree(value, digits)) else certain
    if isinstance(value, float) and not math.isfinite(value):
        return "∞" if value == math.inf else str(value)
    if not isinstance(value, (Fraction, int, float)):
        return _tidy(Decimal(str(value.evalf(digits))))
    ratio = Fraction(value)
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-(10**12), Emax=10**12)
    return _tidy(context.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)))


def _agree(value: Enclosure, digits: int) -> bool:
    return decimal(value.lower, digits) == decimal(value.upper, digits)


def _tidy(number: Decimal) -> str:
    if not number:
        return "0"
    if not -6 < number.adjusted() < 12:
        mantissa, _, exponent = f"{number:E}".partition("E")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_column(values: Sequence[Any], digits: int = _DIGITS) -> list[str]:
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
    numbers = [Fraction(v) for v in values if isinstance(v, (Fraction, int))]
    if len(numbers) != sum(v is not None for v in values):
        return [decimal(v, digits) for v in values]
    largest = max((_magnitude(v) for v in numbers if v), default=0)
    smallest = min((_magnitude(v) for v in numbers if v), default=0)
    different = len(set(numbers))
    if all(v.denominator == 1 for v in numbers) and largest < 9:
        return ["" if v is None else str(int(v)) for v in values]
    if -3 <= largest < 9 and smallest > largest - digits + 1:
        for places in range(max(digits - 1 - largest, 0), _MOST_DIGITS):
            if len({round(v * 10**places) for v in numbers}) == different:
                return ["" if v is None else _fixed(Fraction(v), places) for v in values]
    for more in range(digits, _MOST_DIGITS):
        texts = [decimal(v, more) for v in values]
        if len({t for t in texts if t}) == different:
            return texts
    return [decimal(v, digits) for v in values]


def _magnitude(value: Fraction) -> int:
    """Exponent of the leading decimal digit of a nonzero number."""
    context = Context(prec=3, Emin=-(10**12), Emax=10**12)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator)).adjusted()


def _fixed(value: Fraction, places: int) -> str:
    scaled = round(value * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if scaled < 0 else text


def in_full(value: Any) -> str:
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
        return f"[{in_full(value.lower)}, {in_full(value.upper)}]" if value.width else in_full(value.lower)
    if isinstance(value, (Fraction, int)):
        ratio = Fraction(value)
        top = _integer(ratio.numerator)
        return top if ratio.denominator == 1 else f"{top}/{_integer(ratio.denominator)}"
    return str(value)


def shortened(value: Any, width: int = 24) -> str:
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
    if not isinstance(value, (Fraction, int)):
        text = in_full(value)
        return text if len(text) <= width else f"{text[: width - 1]}…"
    ratio = Fraction(value)
    top, bottom = _integer(ratio.numerator), ratio.denominator
    if bottom == 1:
        return _elided(top, width)
    power = bottom.bit_length() - 1
    below = f"2^{power}" if power > 20 and bottom == 1 << power else _integer(bottom)
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


def _integer(value: int) -> str:
    return f"{Decimal(value):f}"  # unlike str(int), without a limit on the digits


def with_exact(value: Any, digits: int = _DIGITS, width: int = 24) -> str:
    """The exact form and the decimals, ``1/3 = 0.3333333``, or only one of them where the other adds nothing.

    Examples
    --------
    >>> with_exact(Fraction(1, 3)), with_exact(Fraction(5, 4)), with_exact(Fraction(3, 2**80))
    ('1/3 ≈ 0.3333333', '5/4 = 1.25', '2.481542e-24')
    """
    rounded = decimal(value, digits)
    if not isinstance(value, (Fraction, int)):
        return rounded
    text = in_full(value)
    if len(text) > width or text == rounded:
        return rounded
    return f"{text} {'=' if Fraction(rounded) == value else '≈'} {rounded}"


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
            out += text[i + 2 : stop].translate(_SUPERSCRIPTS)
            i = stop
        elif text.startswith("**", i):
            out, i = out + "^", i + 2
        elif text[i] == "*" and text[i + 1 : i + 2].isalpha() and _COEFFICIENT.search(text[:i]):
            i += 1
        else:
            out, i = out + text[i], i + 1
    return out


_COEFFICIENT = re.compile(r"(?<![\w.*])\d+(\.\d+)?$")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _digits_end(text: str, start: int) -> int:
    stop = start
    while stop < len(text) and text[stop].isascii() and text[stop].isdigit():
        stop += 1
    return start if text[stop : stop + 1] in (".", "e", "E") else stop


def decimal_text(value: Any) -> str:
    """`value` (Fraction, sympy number, Enclosure, float) in decimals; an enclosure shows its certain digits."""
    if isinstance(value, Enclosure):
        return str(value)
    if isinstance(value, Fraction):
        number = nearest_float(value)
        return f"{number:.12g}" if number or not value else f"{math.copysign(1, value):.0f}e-324"
    return f"{float(value):.12g}"


def exact_text(value: Any, limit: int = 40) -> str:
    """`value` as it exactly is, or nothing if that is longer than `limit` characters or says no more than decimals."""
    if isinstance(value, Enclosure):
        return ""
    numbers = [value] if isinstance(value, Fraction) else value.atoms()
    sizes = [max(abs(n.numerator), n.denominator).bit_length() for n in numbers if getattr(n, "is_Rational", True)]
    if len(sizes) > limit or max(sizes, default=0) > 4 * limit:
        return ""
    text = str(value)
    return text if len(text) <= limit and text != decimal_text(value) else ""


def brief(value: Fraction) -> str:
    """Text for a `repr`: the number itself if that is short, else ``≈`` and six digits. Never long, never fails."""
    if value.numerator.bit_length() + value.denominator.bit_length() <= 32:
        return str(value)
    context = Context(prec=6, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return f"≈{context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context)}"


def field(name: str, value: Fraction) -> str:
    """``name=1/3`` or ``name≈0.333333`` for a `repr`; see `brief`."""
    text = brief(value)
    return f"{name}{text}" if text.startswith("≈") else f"{name}={text}"
