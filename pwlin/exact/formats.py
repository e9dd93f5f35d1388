"""Numbers written as a format such as ``.3f`` asks, rounded once: as Python does with a `Fraction` from 3.12 on, at any length."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from pwlin.exact.digits import fixed, rounded

Places = Callable[[int], str]
"""Makes a number in plain digits, rounded to so many decimal places; ``-0.00`` if it is negative."""
Figures = Callable[[int], Decimal]
"""Makes a number rounded to so many significant digits; see `pwlin.exact.digits.rounded`."""

_SPEC = re.compile(
    r"((?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ]?)(?P<no_minus_zero>z)?(?P<full>\#)?(?P<zeros>0(?=\d))?(?P<width>\d+)?"
    r"(?P<group>[,_])?(\.(?P<precision>\d+))?(?P<kind>[eEfFgG%])?",
    re.DOTALL | re.ASCII,
)


def formatted(value: Fraction, spec: str, text: Callable[[], str]) -> str:
    """A rational as a format asks: digits of the number itself, ties to even; without precision and type `text`, filled up.

    The types are those of floats without ``n``, and write a number as a float is written that has all its digits; a precision
    without a type is one of ``g``. Raises ValueError for other formats.

    Examples
    --------
    >>> formatted(Fraction(10**30, 3), ",.2f", str), formatted(Fraction(5, 2) + Fraction(1, 10**30), ".0f", str)
    ('333,333,333,333,333,333,333,333,333,333.33', '3')
    >>> formatted(Fraction(-2, 3), "010.2e", str), formatted(Fraction(1, 3), "*^9", lambda: "1/3")
    ('-06.67e-01', '***1/3***')
    """
    return written(spec, text, lambda places: signed(value, places), lambda figures: rounded(value, figures))


def signed(value: Fraction, places: int) -> str:
    """`value` with so many places, with a minus sign also where it is rounded to zero."""
    text = fixed(abs(value), places)
    return f"-{text}" if value < 0 else text


def written(spec: str, text: Callable[[], str], places: Places, figures: Figures) -> str:
    """A number as a format asks, by its roundings; see `formatted`."""
    found = _SPEC.fullmatch(spec)
    if found is None or (found["align"] and found["zeros"]):
        raise ValueError(f"Invalid format specifier {spec!r} for an exact number")
    fill, align, width, group = found["fill"] or " ", found["align"] or ">", int(found["width"] or 0), found["group"]
    kind = found["kind"] or ("g" if found["precision"] else "")
    if kind:
        sign, whole, rest = _digits(kind, int(found["precision"] or 6), bool(found["full"]), places, figures)
        if sign and found["no_minus_zero"] and not set(whole + rest.partition("e")[0]) - set("0.%"):
            sign = ""
        sign, rest = sign or found["sign"].strip("-"), rest.upper() if kind.isupper() else rest
        if found["zeros"]:
            align, fill = "=", "0"
        if align == "=" and fill == "0":
            room = width - len(sign) - len(rest)
            whole = whole.zfill(3 * room // 4 + 1 if group else room)
        body = _grouped(whole, group) + rest
    elif any(found[flag] for flag in ("sign", "no_minus_zero", "full", "zeros", "group")) or align == "=":
        raise ValueError(f"Format specifier {spec!r} of an exact number needs a type, one of e, f, g and %")
    else:
        sign, body = "", text()
    padding = max(width - len(sign) - len(body), 0)
    before = {"<": 0, "=": 0, "^": padding // 2, ">": padding}[align]
    inside = padding if align == "=" else 0
    return fill * before + sign + fill * inside + body + fill * (padding - before - inside)


def _digits(kind: str, precision: int, full: bool, places: Places, figures: Figures) -> tuple[str, str, str]:
    """The sign, the digits before the point, and the rest."""
    low = kind.lower()
    if low in "f%":
        text, exponent = places(precision + 2 * (low == "%")), ""
        sign, text = text[: text.startswith("-")], text.lstrip("-")
        whole, _, part = text.partition(".")
        if low == "%":
            whole, part, exponent = (whole + part[:2]).lstrip("0") or "0", part[2:], "%"
    else:
        count = precision + 1 if low == "e" else max(precision, 1)
        number = figures(count)
        sign, place = "-" * number.is_signed(), number.adjusted() if number else 0
        digits = "".join(map(str, number.as_tuple().digits)).ljust(count, "0")
        if low == "e" or not -4 <= place < count:
            whole, part, exponent = digits[0], digits[1:], f"e{place:+03d}"
        elif place < 0:
            whole, part, exponent = "0", "0" * (-place - 1) + digits, ""
        else:
            whole, part, exponent = digits[: place + 1], digits[place + 1 :], ""
        if low == "g" and not full:
            part = part.rstrip("0")
    return sign, whole, ("." if part or full else "") + part + exponent


def _grouped(whole: str, mark: str | None) -> str:
    first = (len(whole) - 1) % 3 + 1
    return (mark or "").join([whole[:first], *(whole[k : k + 3] for k in range(first, len(whole), 3))])
