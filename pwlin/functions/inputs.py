"""What users pass as points: floats, which are answered in floats, and exact numbers, which are answered exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import ShapeError
from pwlin.exact.arrays import plain
from pwlin.exact.rational import ExactArray, to_fraction
from pwlin.networks.network import Network

Floats = NDArray[np.float64]
_EXACT_FLOAT = 1 << 53


def read_points(x: ArrayLike | object, name: str = "x") -> Floats | ExactArray:
    """`x` as an array of float64 if it is made of floats, else as an object array of Fractions.

    Floats may stand beside integers that are floats too. Anything exact in it (integers alone, Fractions, text) makes the
    whole of it exact, floats among them standing for the rationals that they are. Nothing is rounded.

    Raises
    ------
    ShapeError
        If rows have different lengths, or `x` is a mapping or a set.
    ExactnessError
        If an entry is no number or masked.
    """
    if isinstance(x, float):
        return np.array(x, dtype=np.float64)
    if isinstance(x, (dict, set)):
        raise refusal(name, shown(x), "are numbers, lists and arrays of numbers", ShapeError)
    x = plain(x, name)
    if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.dtype.itemsize <= 8:
        return np.asarray(x, dtype=np.float64)
    if not isinstance(x, (np.ndarray, list, tuple, str)) and hasattr(x, "__array__"):
        x = np.asarray(x)
        if x.dtype.kind == "f":
            return read_points(x, name)
    try:
        entries = np.array(x, dtype=object)
    except ValueError:
        raise refusal(name, "rows of different lengths", "are rectangular arrays", ShapeError) from None
    flat = entries.ravel().tolist()
    kinds = set(map(type, flat))
    if kinds & {list, tuple, np.ndarray}:
        raise refusal(name, "rows of different lengths", "are rectangular arrays", ShapeError)
    floats = {k for k in kinds if issubclass(k, (float, np.float32, np.float16))}
    if floats and all(k in floats or (issubclass(k, (int, np.integer)) and k is not bool) for k in kinds):
        whole = (int(v) for v in flat if type(v) not in floats) if kinds - floats else ()
        if all(abs(v) <= _EXACT_FLOAT for v in whole):
            return entries.astype(np.float64)
    out = np.empty(len(flat), dtype=object)
    out[:] = [to_fraction(v, name) for v in flat]
    return out.reshape(entries.shape)


def is_exact(points: Floats | ExactArray) -> bool:
    """Whether `read_points` found exact numbers."""
    return points.dtype == object


def fractions(points: Floats) -> list[Fraction]:
    """Floats of one point as the rationals that they are."""
    return [Fraction(v) for v in points.tolist()]


def extract_first(found: object) -> str:
    """What an error adds where something stands in the place of a function; of a network, how to get its function."""
    if isinstance(found, Network):
        return ": extract the network first, as in pwlin.extract(network, domain)"
    return " (see pwlin.extract)"
