"""Values of a piecewise-linear function of one variable: exact, and in float64."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import DomainError
from pwlin.exact.rational import nearest_float, to_fraction
from pwlin.exact.vector import RationalVector

if TYPE_CHECKING:
    from pwlin.functions.line.function import PiecewiseLinear1D


def evaluate(f: PiecewiseLinear1D, x: Any) -> Any:
    """Fractions for exact numbers and text, float64 for floats and arrays of floats."""
    if isinstance(x, (float, np.floating)):
        return float(_floats(f, np.asarray(x, dtype=np.float64)))
    if isinstance(x, (list, tuple, np.ndarray)):
        array = np.asarray(x)
        if array.dtype.kind in "fiu":
            return _floats(f, array.astype(np.float64))
        out = np.empty(array.size, dtype=object)
        out[:] = [_exact(f, to_fraction(v, "x")) for v in array.flat]
        return out.reshape(array.shape)
    return _exact(f, to_fraction(x, "x"))


def _exact(f: PiecewiseLinear1D, x: Fraction) -> Fraction:
    if x not in f.interval:
        raise DomainError(f"x: found {x}; accepted are points of {f.interval}")
    breaks = f._breaks
    low, high = 0, len(breaks)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if breaks[middle] < x else (low, middle)
    return f._slopes[low] * x + f._intercepts[low]


def _floats(f: PiecewiseLinear1D, x: NDArray[np.float64]) -> NDArray[np.float64]:
    left, right = f.domain
    low = -np.inf if left is None else nearest_float(left)
    high = np.inf if right is None else nearest_float(right)
    outside = (x < low) | (x > high)
    if outside.any():
        raise DomainError(f"x: found {x[outside].flat[0]}; accepted are points of {f.interval}")
    breaks, slopes, anchors, values = f._float_tables
    index = np.searchsorted(breaks, x)
    with np.errstate(over="ignore", invalid="ignore"):
        out = values[index] + slopes[index] * (x - anchors[index])
    unsure = ~np.isfinite(out) & np.isfinite(x)
    if unsure.any():  # intermediate overflow: the exact value may still be an ordinary float
        points = [to_fraction(v) for v in x[unsure]]
        inside = [min(max(v, left if left is not None else v), right if right is not None else v) for v in points]
        out = np.asarray(out)
        out[unsure] = [nearest_float(_exact(f, v)) for v in inside]
    return out


def float_tables(f: PiecewiseLinear1D) -> tuple[NDArray[np.float64], ...]:
    """Rounded breakpoints and slopes, and for each region a point of it with its exact value, rounded."""
    left = f.domain[0]
    first = next((e for e in (*f.domain, *f._breaks.take(slice(0, 1))) if e is not None), Fraction(0))
    start = RationalVector.of([left if left is not None else first])
    anchors = RationalVector(
        np.concatenate([start.numerators.astype(object), f._breaks.numerators.astype(object)]),
        np.concatenate([start.denominators.astype(object), f._breaks.denominators.astype(object)]),
    )
    values = anchors * f._slopes + f._intercepts
    return f._breaks.floats(), f._slopes.floats(), anchors.floats(), values.floats()
