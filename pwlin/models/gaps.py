"""How far a model in floats is from the exact function that it stands for, proved.

Let u be the unit roundoff of the model's floats. A layer in floats adds, for each entry, n terms that are not zero: products of
its inputs as they are there, and a bias. What is exactly zero, such as a unit that is off for certain, adds nothing and rounds
nothing, unless its weight is infinite in these floats. Each term has an error of at most 3 u of itself (one product, and two
roundings of a weight that is no float of this kind); a weight below the normal range may lose a subnormal more, times its input.
Whatever the order, each of the n - 1 additions, fused or not, has an error of at most u times a partial sum, and no partial sum of
terms t is larger than the sum of the positive or that of the negative ones: ``(sum |t| + |sum t|) / 2``, but for the errors so far
(Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 4.2; these are at most ``m u / (1 - m u) sum |t|``,
m = n + 3). Subnormal results add an absolute term.

A unit whose sign is certain passes errors on by its slope, so that local errors reach a later layer through the exact Jacobian. A
unit whose sign is not certain has a slope between its two: the middle goes into the Jacobian, and half the difference, times the
bound of its own error, is one more local error. Whether a sign is certain is asked of absolute values first, and of the Jacobian
where these do not tell. Jacobians and signs are computed in float64, and their own errors, bounded in the same way by products of
absolute values, are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import choice, refusal
from pwlin.base.doors import door
from pwlin.base.errors import ShapeError
from pwlin.exact.arrays import to_floats
from pwlin.exact.integers import magnitude
from pwlin.exact.rational import nearest_float
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
_ENTRIES = 1 << 22
"""Of gradients at a time."""


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


@door
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
    TF32, nor for convolutions by transforms (Winograd, FFT). A scaling or batch norm that was merged into a layer is evaluated as
    merged. Cost: for each point the gradients of the outputs, and of the units whose sign absolute values leave open, through all
    layers below.

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
        bounds, errors, values = _Bounds(network, points, kind).outputs()
        computed = _evaluated(network, points, kind)
        if kind == "float64":
            exact = [network.exact(x) for x in points]
            rows = [(row,) if network.output_dim == 1 else row for row in exact]
            gaps = [
                [nearest_float(abs(e - Fraction(v))) if np.isfinite(v) else np.inf for e, v in zip(r, c)]
                for r, c in zip(rows, computed.tolist())
            ]
            differences = np.array(gaps)
        else:
            differences = np.where(np.isfinite(computed), np.abs(computed - values), np.inf)
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
        h = _product(layer, h, type_) + layer.bias_float.astype(type_)
        if k < len(network.hidden):
            left, right = layer.slopes_float.astype(type_)
            h = np.where(h > 0, np.where(right == 0, 0, right * h), np.where(left == 0, 0, left * h)).astype(type_)
    return h.astype(np.float64)


def _product(layer: Layer, h: NDArray[np.floating], type_: type) -> NDArray[np.floating]:
    """The weight times each row, in floats of a type."""
    if layer.sparse is None:
        return h @ layer.weight_float.astype(type_).T
    m, values = layer.sparse, layer.sparse_float.data.astype(type_)
    out: NDArray[np.floating] = np.zeros((len(h), layer.n_out), dtype=type_)
    filled = np.flatnonzero(np.diff(m.starts))
    for row, sums in zip(h, out):
        sums[filled] = np.add.reduceat(values * row[m.columns], m.starts[filled]) if len(filled) else 0
    return out


class _Products:
    """A layer's matrix, its absolute values and its places, each times rows.

    `is_dyadic` says whether its numbers are floats of double precision, `is_exact` whether they are floats of this kind, and
    `beyond` which units have a weight, a bias or a slope that is infinite in these floats.
    """

    def __init__(self, layer: Layer, type_: type) -> None:
        weight = layer.weight_float if layer.sparse is None else layer.sparse_float
        self.weight = weight
        self._absolute = abs(weight).T
        self._places = (weight != 0).astype(np.float64).T
        self.bias = layer.bias_float
        entries = weight if layer.sparse is None else layer.sparse_float.data
        least = float(np.finfo(type_).smallest_normal)
        small = ((weight != 0).astype(np.float64) - (abs(weight) >= least).astype(np.float64)).T
        self._subnormal = small if small.sum() else None
        self.is_dyadic = layer.is_float or _is_dyadic(layer)
        floats = [np.array_equal(v.astype(type_), v) for v in (entries, self.bias)]
        rows = np.repeat(np.arange(layer.n_out), layer.n_in if layer.sparse is None else np.diff(layer.sparse.starts))
        held = np.isfinite(np.stack([self.bias, *layer.slopes_float]).astype(type_))
        self.beyond = np.logical_not(held.all(axis=0))
        self.beyond[rows[~np.isfinite(entries.astype(type_).ravel())]] = True
        self.is_exact = all(floats) and self.is_dyadic

    def times(self, rows: Floats) -> Floats:
        """The affine map."""
        return np.asarray(rows @ self.weight.T) + self.bias

    def absolute(self, rows: Floats) -> Floats:
        """Absolute values of the matrix times rows."""
        return np.asarray(rows @ self._absolute)

    def terms(self, live: NDArray[np.bool_]) -> Floats:
        """How many terms of each entry are not zero, with the bias."""
        return np.asarray(live.astype(np.float64) @ self._places) + (self.bias != 0)

    def lost(self, rows: Floats, tiny: float) -> Floats:
        """What weights below the normal range lose when they are rounded, times rows: up to `tiny` each, or in float64."""
        total = np.zeros((len(rows), 1)) if self.is_dyadic else 2.0**-1074 * rows.sum(axis=1, keepdims=True)
        return total if self._subnormal is None else total + tiny * np.asarray(rows @ self._subnormal)

    def rows(self, units: NDArray[np.int64]) -> Floats:
        """Some rows of the matrix."""
        found = self.weight[units]
        return found if isinstance(found, np.ndarray) else np.asarray(found.toarray())


def _is_dyadic(layer: Layer) -> bool:
    """Whether the weights are floats although they are kept as integers."""
    values = layer.compact_weight if layer.sparse is None else layer.sparse.values
    power = layer.denominator & (layer.denominator - 1) == 0 and layer.denominator.bit_length() < 1000
    return power and max(magnitude(values), magnitude(layer.compact_bias)) < 1 << 53


@dataclass(frozen=True, eq=False)
class _Passed:
    """What a hidden layer does to errors at each point: slopes and the errors that are added after them."""

    products: _Products
    slope: Floats  # (n_points, n_units), the middle one where the sign is not certain
    added: Floats  # errors at the units' outputs that come from this layer
    through: Floats  # all of them, as absolute values pass them on: they bound the errors of gradients


class _Bounds:
    """Bounds of the errors in floats at some points, layer by layer."""

    def __init__(self, network: Network, points: Floats, kind: str) -> None:
        self._network, self._type = network, _TYPES[kind]
        self._unit, self._tiny, self._most = _RANGES[kind]
        self._points = points
        self._input = np.abs(points - points.astype(self._type).astype(np.float64))  # exact but for one rounding
        self._layers: list[_Passed] = []
        self._roundings = 8.0

    def outputs(self) -> tuple[Floats, Floats, Floats]:
        """Bounds for the model's floats, bounds for the float64 values here, and these values; (n_points, n_outputs) each."""
        h, error, gap, live = self._points, np.zeros_like(self._points), self._input, self._points != 0
        through = self._input
        for k, layer in enumerate(self._network.layers):
            products = _Products(layer, self._type)
            inputs = (np.abs(h) + error + gap) * _SAFE
            room = products.absolute(error + gap)
            size = (products.absolute(np.abs(h)) + np.abs(products.bias) + room) * _SAFE
            n = products.terms(live)
            h = products.times(h)
            far = (size + room + np.abs(h)) / 2 * _SAFE  # more than any partial sum, but for rounding
            local = _local(n, size, far, _U, 2.0**-1074, products.is_dyadic)
            error = (products.absolute(error) + local + products.lost(inputs, 0.0)) * _SAFE
            local = _local(n, size, far + error, self._unit, self._tiny, products.is_exact)
            local = local + products.lost(inputs, self._tiny) * _SAFE
            gross = (products.absolute(through) + local) * _SAFE
            self._roundings += layer.n_in + 8
            gap = np.minimum(gross, (products.absolute(gap) + local) * _SAFE)
            final = k == len(self._network.hidden)
            left, right = layer.slopes_float
            unsure = np.full(h.shape, True) if final else (np.abs(h) <= gap + error) & (left != right)
            if k:
                self._refine(products, local, gross, unsure, gap)
            held = (np.abs(h) + gap + error + size < self._most / 2) & ~products.beyond
            gap = np.where(held, gap, np.inf)
            if final:
                return gap + 0 * error, error, h
            steep = np.maximum(np.abs(left), np.abs(right))
            certain = np.abs(h) > gap + error
            slope = np.where(certain, np.where(h > 0, right, left), (left + right) / 2)
            spread = np.where(certain, 0.0, np.abs(right - left) / 2 * _SAFE)
            plain, zero = _exact_slopes(layer)
            least = np.where(
                steep < self._tiny / self._unit, self._tiny, 0.0
            )  # what a slope below the normal range loses
            lost = (3 * self._unit * steep + least) * (np.abs(h) + gap + error)
            bent = np.where(plain, 0.0, lost + self._tiny)
            live = ~((certain & np.where(h > 0, zero[1], zero[0])) | ((n == 0) & held))
            more = spread * gap + bent + 8 * _U * steep * gap
            added = _where(live, (np.abs(slope) * local + more) * _SAFE)
            through = _where(live, (np.abs(slope) * products.absolute(through) * _SAFE + added) * _SAFE)
            self._layers.append(_Passed(products, slope, added, through))
            lost = np.where(plain | (steep >= 2.0**-1022), 0.0, 2.0**-1074) * np.abs(h)
            h = np.where(h > 0, right * h, left * h)
            error = (steep * error + np.where(plain, 0.0, 4 * _U * np.abs(h) + lost) + 2.0**-1074) * _SAFE
            error = _where(live, error)
            gap = _where(live, (np.abs(slope) * gap + more) * _SAFE)
        raise AssertionError("the readout is the last layer")

    def _refine(self, products: _Products, local: Floats, gross: Floats, where: NDArray[np.bool_], gap: Floats) -> None:
        """Put better bounds for some units, through the Jacobian."""
        at, units = np.nonzero(where)
        widest = max(self._points.shape[1], *(passed.slope.shape[1] for passed in self._layers))
        step = max(_ENTRIES // widest, 1)
        for start in range(0, len(at), step):
            rows, of = at[start : start + step], units[start : start + step]
            gradients, total = products.rows(of), local[rows, of]
            for passed in reversed(self._layers):
                total = total + np.einsum("ij,ij->i", np.abs(gradients), passed.added[rows]) * _SAFE
                gradients = np.asarray((gradients * passed.slope[rows]) @ passed.products.weight)
            if self._input.any():
                total = total + np.einsum("ij,ij->i", np.abs(gradients), self._input[rows]) * _SAFE
            total = (total + 2 * self._roundings * _U * gross[rows, of]) * _SAFE
            gap[rows, of] = np.fmin(gap[rows, of], total)


def _exact_slopes(layer: Layer) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which units have only slopes -1, 0 and 1, and which slopes, left and right, are exactly zero."""
    *sides, unit = layer.integer_slopes
    plain = [[int(v) in (-unit, 0, unit) for v in side] for side in sides]
    return np.all(plain, axis=0), np.array([[int(v) == 0 for v in side] for side in sides])


def _where(live: NDArray[np.bool_], values: Floats) -> Floats:
    """Zero where an entry is zero for certain, in floats as in exact numbers."""
    return np.where(live, values, 0.0)


def _local(n: Floats, size: Floats, far: Floats, unit: float, tiny: float, exact: bool) -> Floats:
    """The error of a layer's sums in floats.

    Parameters
    ----------
    n : how many terms are not zero
    size : the sum of the terms' absolute values
    far : more than any partial sum, but for rounding
    exact : whether the weights are floats of this kind
    """
    own = 1.0 if exact else 3.0
    m = n + own
    share = m * unit / np.maximum(1 - m * unit, 0)
    stepwise = own * unit / (1 - own * unit) * size + np.maximum(n - 1, 0) * unit * (far + share * size)
    return (np.fmin(share * size, stepwise) * _SAFE + (n + 4) * tiny) * _SAFE
