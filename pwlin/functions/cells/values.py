"""Values and gradients of a function on a complex: exact for one point, vectorised for float points."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import DomainError, ShapeError
from pwlin.base.sequences import Integers
from pwlin.exact.rational import nearest_float, to_fraction

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND

Floats = NDArray[np.float64]


def value(f: PiecewiseLinearND, x: Any) -> Any:
    """See `PiecewiseLinearND.__call__`."""
    points = as_floats(x)
    if points is None:
        gradient, offset = f.affine_map(f.regions_at(x)[0].index)
        return sum((a * to_fraction(v) for a, v in zip(gradient, x, strict=True)), offset)
    flat, cell = located(f, points)
    gradients, offsets = f.numpy()
    out = np.einsum("nd,nd->n", gradients[cell], flat) + offsets[cell]
    return float(out[0]) if points.ndim == 1 else out.reshape(points.shape[:-1])


def gradient(f: PiecewiseLinearND, x: Any) -> Any:
    """See `PiecewiseLinearND.gradient`."""
    points = as_floats(x)
    if points is None:
        return f.region_at(x).gradient
    _, cell = located(f, points)
    return f.numpy()[0][cell].reshape(points.shape)


def located(f: PiecewiseLinearND, points: Floats) -> tuple[Floats, Integers]:
    """Float points as rows, with a region for each; raises `DomainError` for points outside."""
    if points.ndim == 0 or points.shape[-1] != f.dim:
        raise ShapeError(f"x: found shape {points.shape}; accepted is (..., {f.dim})")
    flat = points.reshape(-1, f.dim)
    inside = f.domain.contains(flat)
    if not inside.all():
        raise DomainError(f"x: found {flat[~inside][0].tolist()}; accepted are points of {f.domain}")
    return flat, f.locator.walk(flat)


def float_maps(f: PiecewiseLinearND) -> tuple[Floats, Floats]:
    """Gradients and offsets of all regions, correctly rounded."""
    den = f.complex.denominator
    rows = np.empty((f.n_regions, f.dim + 1))
    for c in range(f.n_regions):
        rows[c] = [nearest_float(Fraction(v, den)) for v in f.complex.output_map(c, f.output)]
    rows.flags.writeable = False
    return rows[:, :-1], rows[:, -1]


def as_floats(x: Any) -> Floats | None:
    """`x` as a float array, or None if it is one exact point."""
    if isinstance(x, np.ndarray) and x.dtype.kind in "fiu":
        return x.astype(np.float64)
    try:
        entries = np.array(x, dtype=object)
        if entries.ndim == 1 and not any(isinstance(v, (float, np.floating)) for v in entries):
            return None
        return entries.astype(np.float64)
    except (ValueError, TypeError):
        raise ShapeError(f"x: found {x!r:.80}; accepted are points, or arrays of floats of shape (..., d)") from None
