"""Everything that counts as a number, turned into exact rationals without loss, or refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import ExactnessError, ShapeError
from pwlin.exact.arrays import is_masked_array, plain
from pwlin.exact.digits import read_integer

ExactArray = NDArray[Any]
"""Object array of Python integers or Fractions, or int64 array: exact entries."""
Exact = int | Fraction | Decimal | str
"""Numbers that are exact as they are written: computing with them gives Fractions."""
Number = Exact | float
"""Anything that `to_fraction` takes; NumPy, FLINT and sympy numbers besides."""
Numbers = Sequence[Number] | Sequence[Fraction] | ExactArray
"""A vector of numbers, as `to_fraction_array` takes it."""

_NUMBER_TEXT = re.compile(
    r"\s*(?P<sign>[-+]?)((?P<top>\d+)\s*/\s*(?P<bottom>\d+)|(?P<whole>\d*)(\.(?P<part>\d*))?(e(?P<exponent>[-+]?\d{1,4}))?)\s*",
    re.IGNORECASE | re.ASCII,
)
_LARGEST = 9999
"""Decimal exponents beyond this, four digits of text, would make integers that fill the memory."""
_EXPONENTS = f"are decimal exponents up to {_LARGEST}"
_NO_ROWS = (str, bytes, Mapping, Set)
ACCEPTED = "int, float, Fraction, Decimal, sympy Rational or a string such as '1/3' or '0.65'"


def reduced_fraction(numerator: int, denominator: int) -> Fraction:
    """The Fraction of coprime integers, the denominator positive, without the search for a common divisor."""
    fraction = _new(Fraction)
    fraction._numerator, fraction._denominator = numerator, denominator  # type: ignore[attr-defined]
    return fraction


_new = object.__new__


def to_fraction(value: object, name: str = "value") -> Fraction:
    """Return `value` as a `Fraction`, exactly.

    Parameters
    ----------
    value : int, float, Fraction, Decimal, str, NumPy scalar, FLINT or sympy rational
        Binary floats stand for the dyadic rational that they are (``0.1`` is not 1/10);
        decimal text stands for what it says (``"0.1"`` is 1/10).
    name : str
        How the argument is called in an error message.

    Raises
    ------
    ExactnessError
        For NaN, infinities, complex numbers, booleans and anything else that is no rational number.

    Examples
    --------
    >>> to_fraction("0.65"), to_fraction(0.5), to_fraction("-1/3")
    (Fraction(13, 20), Fraction(1, 2), Fraction(-1, 3))
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, (bool, np.bool_)):
        raise refusal(name, f"the truth value {value}", f"are {ACCEPTED}", ExactnessError)
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value))
    if isinstance(value, (float, np.floating, Decimal)):
        if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
            raise ExactnessError(f"{name}: found {value}, which is not a finite number")
        if isinstance(value, Decimal) and value and max(abs(value.adjusted()), len(value.as_tuple().digits)) > _LARGEST:
            raise refusal(name, f"{value:.6e}", _EXPONENTS, ExactnessError)
        return Fraction(*value.as_integer_ratio())
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, str):
        return _from_text(value, name)
    if isinstance(value, np.ndarray) and value.ndim == 0 and not (is_masked_array(value) and np.ma.is_masked(value)):
        return to_fraction(value.item() if value.dtype == object else value[()], name)
    room = type(value).__module__.partition(".")[0]
    if room in ("flint", "sympy") and hasattr(value, "p") and hasattr(value, "q"):
        return Fraction(int(value.p), int(value.q))
    if room == "sympy" and hasattr(value, "_mpf_"):
        return _of_binary(value._mpf_, name)
    if room == "flint" and type(value).__name__ == "fmpz":
        return Fraction(int(value))  # type: ignore[call-overload]
    raise refusal(name, f"{shown(value)} of type {type(value).__name__}", f"are {ACCEPTED}", ExactnessError)


def _of_binary(parts: tuple[int, int, int, int], name: str) -> Fraction:
    """A sympy Float from its sign, mantissa, exponent and bits."""
    sign, mantissa, exponent, bits = (int(v) for v in parts)
    if not mantissa and exponent:
        raise ExactnessError(f"{name}: found a Float that is not a finite number")
    if abs(exponent + bits) > 10 * _LARGEST / 3:
        raise refusal(name, f"2**{exponent}", _EXPONENTS, ExactnessError)
    magnitude = Fraction(mantissa) * Fraction(2) ** exponent
    return -magnitude if sign else magnitude


def _from_text(text: str, name: str) -> Fraction:
    found = _NUMBER_TEXT.fullmatch(text)
    if found is None or not (found["top"] or found["whole"] or found["part"]):
        raise refusal(name, f"the text {shown(text)}", "are numbers such as '1/3' or '0.65'", ExactnessError)
    if found["top"]:
        top, bottom = read_integer(found["top"]), read_integer(found["bottom"])
        if not bottom:
            raise ExactnessError(f"{name}: found {shown(text)}, a division by zero")
    else:
        part = found["part"] or ""
        exponent = int(found["exponent"] or 0) - len(part)
        top = read_integer((found["whole"] or "") + part) * 10 ** max(exponent, 0)
        bottom = 10 ** max(-exponent, 0)
    return Fraction(-top if found["sign"] == "-" else top, bottom)


def as_number(value: object) -> Fraction | None:
    """An exact number, or None if the value is none, so that operators can decline; NaN and infinities are refused."""
    try:
        return to_fraction(value)
    except ExactnessError:
        if isinstance(value, (float, np.floating)):
            raise
        return None


def to_fraction_array(values: object, ndim: int, name: str = "values") -> ExactArray:
    """Return `values` as an object array of Fractions with `ndim` dimensions.

    Accepts nested sequences and arrays of anything that `to_fraction` takes. Exact; cost linear in the size.

    Raises
    ------
    ShapeError
        If the array is ragged or does not have `ndim` dimensions.
    ExactnessError
        If an entry is no finite rational number; the message gives its index.
    """
    given = plain(values, name)
    array = given if isinstance(given, np.ndarray) else _nested_array(given, ndim, name)
    if array.ndim != ndim:
        raise refusal(name, f"shape {array.shape}", _dimensions(ndim), ShapeError)
    if array.dtype.kind not in "iufOU":
        raise refusal(name, f"dtype {array.dtype}", f"are {ACCEPTED}", ExactnessError)
    out = np.empty(array.shape, dtype=object)
    for place, value in enumerate(array.ravel().tolist() if array.dtype == object else array.ravel()):
        if type(value) is not Fraction:
            index = np.unravel_index(place, array.shape)
            value = to_fraction(value, f"{name}[{', '.join(map(str, index))}]" if index else name)
        out.flat[place] = value
    return out


def _dimensions(ndim: int) -> str:
    return f"are arrays with {ndim} dimension(s)"


def _nested_array(values: object, ndim: int, name: str) -> NDArray[np.object_]:
    """Object array of nested sequences, without NumPy's guesses about dtypes (mixed text and floats)."""
    if hasattr(values, "tolist"):  # sympy and FLINT matrices, tensors
        values = values.tolist()
    shape: list[int] = []
    level: object = values
    for _ in range(ndim):
        if not _is_row(level):
            raise refusal(name, shown(values), _dimensions(ndim), ShapeError)
        shape.append(len(level))
        level = level[0] if len(level) else ()
    out = np.empty(shape, dtype=object)

    def fill(part: object, index: tuple[int, ...]) -> None:
        depth = len(index)
        if depth == ndim:
            if isinstance(part, (list, tuple)) or (isinstance(part, np.ndarray) and part.ndim):
                raise refusal(name, "more", _dimensions(ndim), ShapeError)
            out[index] = part
            return
        if not _is_row(part) or len(part) != shape[depth]:
            raise refusal(name, "rows of different lengths", "are rectangular arrays", ShapeError)
        for i in range(len(part)):
            fill(part[i], (*index, i))

    fill(values, ())
    return out


def _is_row(values: object) -> TypeGuard[Sequence[object]]:
    """Whether it is a sequence of entries: no text, no mapping, no set."""
    return hasattr(values, "__len__") and hasattr(values, "__getitem__") and not isinstance(values, _NO_ROWS)


def common_denominator(values: ExactArray) -> tuple[ExactArray, int]:
    """Write an array of Fractions as Python integers over one positive denominator, the least that does."""
    flat = values.ravel()
    den = math.lcm(*(v.denominator for v in flat)) if flat.size else 1
    out = np.empty(flat.shape, dtype=object)
    out[:] = [v.numerator * (den // v.denominator) for v in flat]
    return out.reshape(values.shape), den


def nearest_float(value: Fraction) -> float:
    """Return the float64 nearest to `value` (ties to even); values beyond the range become infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def nearest_quotient(numerator: int, denominator: int) -> float:
    """The float64 nearest to a rational with a positive denominator, in lowest terms or not."""
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def rational_root(square: Fraction) -> Fraction | None:
    """The square root of a number from 0, where it is rational."""
    top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
    return Fraction(top, bottom) if top**2 == square.numerator and bottom**2 == square.denominator else None
