"""Everything that counts as a number, turned into exact rationals without loss, or refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import ExactnessError, ShapeError
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
ACCEPTED = "int, float, Fraction, Decimal, sympy Rational or a string such as '1/3' or '0.65'"


def reduced_fraction(numerator: int, denominator: int) -> Fraction:
    """The Fraction of coprime integers, the denominator positive, without the search for a common divisor."""
    fraction = _new(Fraction)
    fraction._numerator, fraction._denominator = numerator, denominator  # type: ignore[attr-defined]
    return fraction


_new = object.__new__


def to_fraction(value: Any, name: str = "value") -> Fraction:
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
        raise ExactnessError(f"{name}: found the truth value {value}; accepted are {ACCEPTED}")
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value))
    if isinstance(value, (float, np.floating, Decimal)):
        if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
            raise ExactnessError(f"{name}: found {value}, which is not a finite number")
        if isinstance(value, Decimal) and value and max(abs(value.adjusted()), len(value.as_tuple().digits)) > _LARGEST:
            raise ExactnessError(f"{name}: found {value:.6e}; accepted are decimal exponents up to {_LARGEST}")
        return Fraction(*value.as_integer_ratio())
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, str):
        return _from_text(value, name)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return to_fraction(value.item() if value.dtype == object else value[()], name)
    if hasattr(value, "p") and hasattr(value, "q") and not callable(value.p):  # FLINT and sympy rationals
        return Fraction(int(value.p), int(value.q))
    if type(value).__module__.startswith("sympy") and getattr(value, "is_Float", False):
        if not value.is_finite:
            raise ExactnessError(f"{name}: found {value}, which is not a finite number")
        return _sympy_float(value, name)
    if type(value).__module__.startswith("flint") and hasattr(value, "__int__"):
        return Fraction(int(value))
    raise ExactnessError(f"{name}: found {value!r:.80} of type {type(value).__name__}; accepted are {ACCEPTED}")


def _sympy_float(value: Any, name: str) -> Fraction:
    sign, mantissa, exponent, bits = value._mpf_
    if abs(exponent + bits) > 10 * _LARGEST / 3:
        raise ExactnessError(f"{name}: found 2**{exponent}; accepted are decimal exponents up to {_LARGEST}")
    magnitude = Fraction(int(mantissa)) * (Fraction(2) ** int(exponent))
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


def to_fraction_array(values: Any, ndim: int, name: str = "values") -> ExactArray:
    """Return `values` as an object array of Fractions with `ndim` dimensions.

    Accepts nested sequences and arrays of anything that `to_fraction` takes. Exact; cost linear in the size.

    Raises
    ------
    ShapeError
        If the array is ragged or does not have `ndim` dimensions.
    ExactnessError
        If an entry is no finite rational number; the message gives its index.
    """
    if not isinstance(values, np.ndarray):
        values = _nested_array(values, ndim, name)
    if values.ndim != ndim:
        raise ShapeError(f"{name}: found shape {values.shape}; accepted are arrays with {ndim} dimension(s)")
    if values.dtype.kind not in "iufOUS":
        raise ExactnessError(f"{name}: found dtype {values.dtype}; accepted are {ACCEPTED}")
    out = np.empty(values.shape, dtype=object)
    for index in np.ndindex(values.shape):
        where = f"{name}[{', '.join(map(str, index))}]" if index else name
        out[index] = to_fraction(values[index], where)
    return out


def _nested_array(values: Any, ndim: int, name: str) -> ExactArray:
    """Object array of nested sequences, without NumPy's guesses about dtypes (mixed text and floats)."""
    if hasattr(values, "tolist") and not isinstance(values, (str, bytes)):  # sympy and FLINT matrices, tensors
        values = values.tolist()
    elif type(values).__module__.startswith("flint") and hasattr(values, "table"):
        values = values.table()
    shape: list[int] = []
    level: Any = values
    for _ in range(ndim):
        if isinstance(level, (str, bytes, Mapping, Set)) or not hasattr(level, "__len__"):
            raise ShapeError(f"{name}: found {values!r:.80}; accepted are arrays with {ndim} dimension(s)")
        shape.append(len(level))
        level = level[0] if len(level) else ()
    out = np.empty(shape, dtype=object)

    def fill(part: Any, index: tuple[int, ...]) -> None:
        depth = len(index)
        if depth == ndim:
            if isinstance(part, (list, tuple)) or (isinstance(part, np.ndarray) and part.ndim):
                raise ShapeError(f"{name}: found more than {ndim} dimension(s)")
            out[index] = part
            return
        if isinstance(part, (str, bytes)) or not hasattr(part, "__len__") or len(part) != shape[depth]:
            raise ShapeError(f"{name}: found rows of different lengths; accepted are rectangular arrays")
        for i in range(len(part)):
            fill(part[i], (*index, i))

    fill(values, ())
    return out


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
        return value.numerator / value.denominator
    except OverflowError:
        return math.inf if value > 0 else -math.inf
