"""How far a model in floats is from the exact function that it stands for, proved.

Let u be the unit roundoff of the model's floats. A layer in floats computes, from its inputs h' as they are there, each entry
with an error of at most ``(n + 4) u' (|W| |h'| + |b|)``, u' = u / (1 - (n + 4) u), n being its number of weights that are not
zero: the rounding of the weights, of n products and of n sums in any order, fused or not (Higham, "Accuracy and Stability of
Numerical Algorithms", 2nd ed., section 3.1); subnormal results add an absolute term. A unit whose sign is certain passes errors on
by its slope, so that local errors reach a later layer through the exact Jacobian. A unit whose sign is not certain has a slope
between its two: the middle goes into the Jacobian, and half the difference, times the bound of its own error, is one more local
error. The Jacobians and signs are computed in float64, and their own errors, bounded in the same way by products of absolute
values, are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import choice, refusal
from pwlin.base.errors import ShapeError
from pwlin.exact.arrays import to_floats
from pwlin.networks import as_network
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

Floats = NDArray[np.float64]
_TYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
_RANGES = {
    "float16": (2.0**-11, 2.0**-24, 65504.0),
    "float32": (2.0**-24, 2.0**-149, 3.4e38),
    "float64": (2.0**-53, 2.0**-1074, 1.7e308),
}
"""Unit roundoff, the least positive number, and the largest but for rounding."""
_U = 2.0**-53
_SAFE = 1 + 1e-9
"""Covers the rounding of the bounds themselves."""
_MOST = 2.0**29
"""Multiplications for one point beyond which Jacobians from layer to layer cost too much: absolute values are propagated then."""


@final
@dataclass(frozen=True, eq=False)
class FloatGap:
    """A bound of the difference between a model in floats and the exact function at some points, and what was seen.

    Attributes
    ----------
    bound : float
        No output at any of the points is farther from the exact one, for any order of summation; the largest of `bounds`.
    observed : float
        The largest difference of one evaluation in these floats, by NumPy.
    bounds : ndarray of float64, shape (n_points, n_outputs)
    differences : ndarray of float64, shape (n_points, n_outputs)
    margins : ndarray of float64, shape (n_points,)
        How far the largest output is above the next one, at least; with one output, its distance from zero.
    certified : ndarray of bool, shape (n_points,)
        Where the label cannot depend on rounding: the margin is larger than twice the bound, or with one output than the bound.
    dtype : str
    """

    bound: float
    observed: float
    bounds: Floats
    differences: Floats
    margins: Floats
    certified: NDArray[np.bool_]
    dtype: str

    def __repr__(self) -> str:
        share = f"{int(self.certified.sum())} of {len(self.certified)}"
        return f"FloatGap(bound={self.bound:.3g}, observed={self.observed:.3g}, {share} labels certified, {self.dtype})"


def float_gap(net: object, at: object, dtype: str = "float32") -> FloatGap:
    """Bound the difference between a model in floats and its exact function at given points.

    Parameters
    ----------
    net : Network, or anything that `pwlin.as_network` takes
    at : array_like, shape (n_points, n_inputs) or (n_inputs,)
        Points, as float64.
    dtype : {"float32", "float16", "float64"}
        The floats in which the model is evaluated, layer by layer as the network has them; the points are rounded to them first.

    Returns
    -------
    FloatGap
        With a rigorous bound; infinite where floats overflow.

    Notes
    -----
    The bound holds for layers that multiply and add in these floats, in any order, fused or not; not for coarser modes such as
    TF32. A scaling or batch norm that was merged into a layer is evaluated as merged. Cost: for each point a product of each
    layer's matrix with the Jacobians so far.

    Examples
    --------
    >>> net = as_network([([[0.5, -0.25]], [1 / 3]), ([[3.0]], [0.0])])
    >>> gap = float_gap(net, [[0.1, 0.2]])
    >>> gap.observed <= gap.bound < 1e-6
    True
    """
    network = as_network(net)
    kind = choice(dtype, "dtype", _TYPES)
    points = np.atleast_2d(to_floats(at, "at"))
    if points.ndim != 2 or points.shape[1] != network.input_dim:
        raise refusal("at", f"shape {points.shape}", f"is (n_points, {network.input_dim})", ShapeError)
    if not np.isfinite(points).all():
        raise refusal("at", "an infinite coordinate or NaN", "are finite points", ShapeError)
    with np.errstate(all="ignore"):
        found = [_at_point(network, x, kind) for x in points]
        bounds, errors, values = (np.array(part) for part in zip(*found))
        computed = _evaluated(network, points, kind)
        if kind == "float64":
            exact = [network.exact(x) for x in points]
            rows = [(row,) if network.output_dim == 1 else row for row in exact]
            gaps = [
                [abs(float(e - Fraction(v))) if np.isfinite(v) else np.inf for e, v in zip(r, c)]
                for r, c in zip(rows, computed.tolist())
            ]
            differences = np.array(gaps)
        else:
            differences = np.abs(computed - values)
        bounds = np.where(np.isfinite(bounds), bounds, np.inf)
        margins, certified = _margins(values, errors, bounds)
    return FloatGap(float(bounds.max()), float(differences.max()), bounds, differences, margins, certified, kind)


def _margins(values: Floats, errors: Floats, bounds: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    if values.shape[1] == 1:
        margins = np.abs(values[:, 0]) - errors[:, 0]
        return margins, margins > bounds[:, 0]
    top = values.argmax(axis=1)
    rows = np.arange(len(values))
    gap = values[rows, top][:, None] - values - errors[rows, top][:, None] - errors
    gap[rows, top] = np.inf
    margins = gap.min(axis=1)
    return margins, margins > 2 * bounds.max(axis=1)


def _evaluated(network: Network, points: Floats, kind: str) -> Floats:
    """One evaluation in these floats."""
    type_ = _TYPES[kind]
    h = points.astype(type_)
    for k, layer in enumerate(network.layers):
        weight, bias = layer.weight_float.astype(type_), layer.bias_float.astype(type_)
        h = h @ weight.T + bias
        if k < len(network.hidden):
            left, right = layer.slopes_float.astype(type_)
            h = np.where(h > 0, np.where(right == 0, 0, right * h), np.where(left == 0, 0, left * h)).astype(type_)
    return h.astype(np.float64)


def _terms(layer: Layer) -> Floats:
    """How many roundings an entry has at most."""
    if layer.sparse is not None:
        return np.diff(layer.sparse.starts) + 4.0
    return np.count_nonzero(layer.weight_float, axis=1) + 4.0


def _local(layer: Layer, size: Floats, unit: float, tiny: float) -> Floats:
    """The error of a layer's sums in floats, from ``|W| |h| + |b|``."""
    n = _terms(layer)
    share = n * unit / np.maximum(1 - n * unit, 0)
    return (share * size * _SAFE + n * tiny) * _SAFE


def _cost_of_jacobians(network: Network) -> float:
    """Multiplications of those from each layer to each later one; the next layer's is its matrix."""
    cost, before = 0.0, 0.0
    for layer in network.layers[1:]:
        cost += layer.n_out * layer.n_in * (before + 1)
        before += layer.n_in
    return cost


def _at_point(network: Network, x: Floats, kind: str) -> tuple[Floats, Floats, Floats]:
    """Bounds for the model's floats, bounds for the float64 values here, and these values."""
    type_ = _TYPES[kind]
    unit, tiny, most = _RANGES[kind]
    h, exact_error = x, np.zeros_like(x)
    gap = np.abs(x - x.astype(type_).astype(np.float64))  # of the inputs, exact but for one rounding
    # what errors come from: the Jacobian to here (None for the identity), the errors, and absolute values on the way
    sources: list[tuple[Floats | None, Floats, Floats]] = []
    wide = _cost_of_jacobians(network) > _MOST
    roundings = 8.0
    for k, layer in enumerate(network.layers):
        weight, bias = layer.weight_float, layer.bias_float
        absolute = np.abs(weight)
        size = absolute @ (np.abs(h) + exact_error + gap) + np.abs(bias)
        exact_error = absolute @ exact_error * _SAFE + _local(layer, size, _U, 2.0**-1074)
        h = weight @ h + bias
        local = _local(layer, size, unit, tiny)
        if k == 0:
            local = (local + absolute @ gap * _SAFE) * _SAFE  # of the inputs: the same as an error of the first sums
        roundings += layer.n_in + 8
        through: list[tuple[Floats, Floats, Floats]] = []
        if wide:
            gap = (absolute @ gap * _SAFE + local) * _SAFE if k else local
        else:
            through = [(weight if j is None else weight @ j, v, absolute @ s * _SAFE) for j, v, s in sources]
            gap = local * _SAFE
            for jacobian, v, absolutes in through:
                gap = (gap + np.abs(jacobian) @ v * _SAFE + 2 * roundings * _U * absolutes) * _SAFE
        gap = np.where(np.abs(h) + gap + exact_error + size < most / 2, gap, np.inf)
        if k == len(network.hidden):
            return gap + 0 * exact_error, exact_error, h
        left, right = layer.slopes_float
        steep = np.maximum(np.abs(left), np.abs(right))
        certain = np.abs(h) > gap + exact_error
        slope = np.where(certain, np.where(h > 0, right, left), (left + right) / 2)
        spread = np.where(certain, 0.0, np.abs(right - left) / 2 * _SAFE)
        plain = np.isin(left, (-1.0, 0.0, 1.0)) & np.isin(right, (-1.0, 0.0, 1.0))
        bent = np.where(plain, 0.0, 3 * unit * steep * (np.abs(h) + gap + exact_error) + tiny)
        extra = (np.abs(slope) * local + spread * gap + bent) * _SAFE + 8 * _U * steep * gap
        h = np.where(h > 0, right * h, left * h)
        exact_error = (steep * exact_error + np.where(plain, 0.0, 4 * _U * np.abs(h)) + 2.0**-1074) * _SAFE
        gap = (steep * gap + bent) * _SAFE
        if not wide:
            sources = [(slope[:, None] * j, v, steep * s) for j, v, s in through]
            sources.append((None, extra, extra))
    raise AssertionError("the readout is the last layer")
