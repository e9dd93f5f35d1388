"""Arrays as other libraries have them, made plain or refused by name."""

from __future__ import annotations

import math
import sys
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import ExactnessError, PwlinError, ShapeError

_MOST_DENSE = 1 << 26
"""Sparse arrays of more entries than this, zeros among them, are not written out."""


def plain(values: object, name: str = "values") -> object:
    """Data frames, series, matrices and sparse arrays as NumPy arrays, rows as rows; anything else as it is.

    Raises
    ------
    ExactnessError
        For a masked array with masked entries, which have no value, and for bytes.
    ShapeError
        For a sparse array whose zeros would fill the memory.
    """
    if isinstance(values, (bytes, bytearray, memoryview)):
        raise refusal(name, shown(values), "are numbers, lists and arrays of numbers", ExactnessError)
    if is_masked_array(values):
        masked = int(np.ma.count_masked(values))
        if masked:
            found = f"a masked array with {masked} of {values.size} entries masked"
            raise refusal(name, found, "are arrays whose entries all have a value", ExactnessError)
        return np.ma.getdata(values)
    if isinstance(values, np.matrix):
        return np.asarray(values)
    if hasattr(values, "to_numpy"):  # pandas, polars
        return np.asarray(values.to_numpy())
    if hasattr(values, "toarray") and hasattr(values, "shape"):  # scipy.sparse
        if math.prod(values.shape) > _MOST_DENSE:
            found = f"a sparse array of shape {values.shape}"
            raise refusal(name, found, f"are sparse arrays of up to {_MOST_DENSE} entries, zeros counted", ShapeError)
        return np.asarray(values.toarray())
    return values


def is_masked_array(values: object) -> TypeGuard[np.ma.MaskedArray]:
    """Whether it is a masked array: there is none before its room has been loaded, which takes a while."""
    return "numpy.ma" in sys.modules and isinstance(values, np.ma.MaskedArray)


def to_floats(values: object, name: str = "x") -> NDArray[np.float64]:
    """An array of float64 from anything array-like whose entries are real numbers; exact ones are rounded.

    Raises
    ------
    ShapeError
        For rows of different lengths.
    ExactnessError
        For text, truth values, complex numbers, None and whatever else is no number.
    """
    accepted = "are real numbers and arrays of them"
    values = plain(values, name)
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise refusal(name, shown(values), "are rectangular arrays of real numbers", ShapeError) from None
    if array.dtype.kind in "iuf":
        return array.astype(np.float64, copy=False)
    if array.dtype.kind != "O":
        raise refusal(name, shown(values), accepted, ExactnessError)
    return np.array([_float(v, name, accepted) for v in array.ravel().tolist()], dtype=np.float64).reshape(array.shape)


def _float(value: object, name: str, accepted: str) -> float:
    if isinstance(value, (str, bytes, bool)) or value is None or not hasattr(value, "__float__"):
        error: type[PwlinError] = ShapeError if isinstance(value, (list, tuple, np.ndarray)) else ExactnessError
        raise refusal(name, shown(value), accepted, error)
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")  # type: ignore[operator]
    except (TypeError, ValueError):
        raise refusal(name, shown(value), accepted, ExactnessError) from None
