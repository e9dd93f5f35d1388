"""Signs of preactivations from float64 evaluation, with a bound that makes every sign it gives certain.

The bound is a running error analysis (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.3), for
each point in two norms so that it costs little: with e bounding the error of each input h of a layer and u the unit roundoff,
a computed preactivation differs from the exact one by at most ``(e + (n + 8) u |h|) |w|_1 + (n + 8) u |b|``, where w are its
weights. That grows with each layer by far more than errors do. Their Euclidean norm grows by the largest singular value of the
weights at most, a small number, and bounds each of them too: where errors have grown the lesser bound is taken. Bounds are
raised by a thousandth, which covers its own rounding, and by far more than all underflows together;
weights and slopes count as 1e-290 at least, because those that are rounded to subnormal numbers have no relative accuracy.
Where a sum might overflow the bound is infinite. Where preactivations would be far from one, all of a layer are in units of
another power of two, which changes no sign.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pwlin.extraction.line.cut import Splits
from pwlin.networks.layer import Layer

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    Weight: TypeAlias = NDArray[np.float64] | csr_matrix

UNSURE = 2
_ROUNDOFF = 2.0**-53
UNDERFLOW = 1e-290
SAFETY = 1.001
_FAR = 256
"""Powers of two beyond it, or below its inverse, are far from one."""
_HIGHEST = 1000
"""Weights are kept below about this power of two."""
_GROWN = 2.0**-36
"""Bounds of errors that are beyond this share of the values have grown."""
_MOST = 512
"""Rows or columns up to which matrices are multiplied to bound a norm."""
_SQUARES = 3
_TOGETHER = 128
"""So many points are looked at together where much is copied."""


@dataclass(frozen=True, eq=False)
class Places:
    """Points of the line within one ulp; -1 and 1 stand for the infinite ones."""

    x: NDArray[np.float64]
    finite: NDArray[np.bool_]

    def at(self, splits: Splits) -> Places:
        """Those that divide regions."""
        return Places(splits.keys, np.ones(len(splits.keys), dtype=bool))

    def merged(self, new: Places, splits: Splits) -> Places:
        """With those."""
        return Places(splits.merged(self.x, new.x), splits.merged(self.finite, new.finite))


@dataclass(frozen=True, eq=False)
class FloatPoints:
    """Computed inputs of one layer at some points of the line, and how far they may be off, in units of ``2**unit``."""

    values: NDArray[np.float64]  # (n, width)
    error: NDArray[np.float64]  # (n, 2), no value is farther from the exact one, nor all in the Euclidean norm
    finite: NDArray[np.bool_]  # (n,), False for an infinite end of the line, where the slopes towards it are evaluated
    zero: NDArray[np.bool_] | None = None  # (n, width), True where an input is known to be zero, in exact numbers
    unit: int = 0

    @cached_property
    def largest(self) -> NDArray[np.float64]:
        """The largest magnitude at each point."""
        return _largest(self.values)

    @staticmethod
    def on_line(places: Places) -> FloatPoints:
        """The points themselves.

        Without biases the network is homogeneous, so that its preactivations at -1 and 1 are those at infinity but for
        a positive factor, unless they are zero.
        """
        return FloatPoints(places.x[:, None], alike(2 * _ROUNDOFF * np.abs(places.x) + UNDERFLOW, 1), places.finite)

    def merged(self, new: FloatPoints, splits: Splits) -> FloatPoints:
        """With the points that divide regions."""
        return FloatPoints(
            splits.merged(self.values, new.values),
            splits.merged(self.error, new.error),
            splits.merged(self.finite, new.finite),
            None if self.zero is None or new.zero is None else splits.merged(self.zero, new.zero),
            self.unit,
        )


@dataclass(frozen=True, eq=False)
class FloatLayer:
    """A layer's float64 weights with what its error bound needs.

    They are such that preactivations and outputs are in units of ``2**unit`` if the inputs are in those of the layer below.
    """

    layer: Layer
    weight: Weight  # transposed if it is dense
    bias: NDArray[np.float64]
    weight_size: float  # the largest sum of one neuron's absolute weights
    bias_size: float
    unit: int = 0

    @cached_property
    def row_norm(self) -> float:
        """The largest Euclidean norm of one neuron's weights."""
        unit = float(np.abs(self._dense).max())
        if not 0 < unit < math.inf:
            return unit
        return unit * float(np.sqrt(((self._dense / unit) ** 2).sum(axis=0)).max())  # squares of small ones are zero

    @cached_property
    def norm(self) -> float:
        """No less than the largest singular value of the weights; infinite where that takes too long."""
        return norm_bound(self._dense)

    @property
    def _dense(self) -> NDArray[np.float64]:
        assert isinstance(self.weight, np.ndarray), "sparse layers are asked for one norm only"
        return self.weight

    @cached_property
    def steepest(self) -> float:
        """The largest magnitude of a slope."""
        return max(float(np.abs(self.layer.slopes_float).max()), UNDERFLOW)

    @staticmethod
    def of(layer: Layer, most: float = 1.0, unit: int = 0) -> FloatLayer:
        """Sum up a layer whose inputs are about `most` at most, in units of ``2**unit``."""
        sparse = layer.sparse is not None
        weight, bias = layer.sparse_float if sparse else layer.weight_float, layer.bias_float
        size, bias_size = _size(weight), float(np.abs(bias).max())
        rise = _rise(size, most, bias_size, unit)
        if unit or rise:  # floats of the exact numbers: those that were rounded before would be off by more
            weight, bias = layer.scaled_floats(-rise, -unit - rise)
            size, bias_size = _size(weight), float(np.abs(bias).max())
        size += layer.n_in * UNDERFLOW
        return FloatLayer(layer, weight if sparse else weight.T, bias, size, bias_size, unit + rise)

    def preactivations(self, points: FloatPoints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What is computed, shape (n, n_out), and bounds of its errors, shape (n, 2)."""
        h, finite = points.values, points.finite
        with np.errstate(all="ignore"):
            z = h @ self.weight if self.layer.sparse is None else self._sparsely(h)
            z += self.bias if finite.all() else np.where(finite[:, None], self.bias, 0)
            largest = points.largest
            roundoff = (self.layer.n_in + 8) * _ROUNDOFF
            own = SAFETY * roundoff * (largest * self.weight_size + self.bias_size) + UNDERFLOW
            error = alike(SAFETY * self.weight_size * points.error[:, 0] + own, self.layer.n_out)
            if self.layer.sparse is None and (points.error[:, 0] > _GROWN * largest).any():
                least = self.layer.n_in * self.layer.n_out * UNDERFLOW
                each, together = SAFETY * points.error[:, 1] * (np.array([[self.row_norm], [self.norm]]) + least)
                np.minimum(error[:, 0], each + own, out=error[:, 0])
                np.minimum(error[:, 1], together + SAFETY * math.sqrt(self.layer.n_out) * own, out=error[:, 1])
            error[~np.isfinite(2 * (largest * self.weight_size + self.bias_size))] = np.inf
        return z, error

    def _sparsely(self, h: NDArray[np.float64]) -> NDArray[np.float64]:
        """The product with sparse weights, for some points at a time: scipy copies what it multiplies."""
        z = np.empty((len(h), self.layer.n_out))
        for start in range(0, len(h), _TOGETHER):
            z[start : start + _TOGETHER] = (self.weight @ h[start : start + _TOGETHER].T).T
        return z

    def zeros(self, points: FloatPoints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Points and units where preactivations of a sparse layer are zero because all that they depend on is known to be.

        So it is for the difference of two units that are off, as a max-pool makes them.
        """
        none = np.zeros(0, dtype=np.int64)
        if points.zero is None or self.layer.sparse is None:
            return none, none
        plain = np.flatnonzero(np.asarray(self.layer.compact_bias == 0, dtype=bool))
        rows = self.layer.sparse.take(plain)
        ones, zero = rows.as_csr(np.ones(rows.size)), np.zeros((len(points.zero), len(plain)), dtype=bool)
        for start in range(0, len(zero), _TOGETHER):
            reached = ones @ (~points.zero[start : start + _TOGETHER]).T.astype(np.float64)
            zero[start : start + _TOGETHER] = reached.T == 0
        at, found = np.nonzero(zero & points.finite[:, None])
        return at, plain[found]

    def outputs(
        self,
        z: NDArray[np.float64],
        error: NDArray[np.float64],
        finite: NDArray[np.bool_],
        signs: NDArray[np.int8] | None = None,
    ) -> FloatPoints:
        """The next layer's inputs, made in place of this layer's preactivations; where signs are given, with what is zero exactly."""
        zero = None
        if signs is not None:
            low, high, _ = self.layer.integer_slopes
            zero = (signs == 0) | ((signs == -1) & (low == 0)) | ((signs == 1) & (high == 0))
        if self.layer.is_relu:
            return FloatPoints(np.maximum(z, 0, out=z), error, finite, zero, self.unit)
        left, right = self.layer.slopes_float
        with np.errstate(all="ignore"):
            steepest = self.steepest
            largest = _largest(z)
            for start in range(0, len(z), _TOGETHER):
                some = z[start : start + _TOGETHER]
                some[:] = np.where(some > 0, right * some, left * some)
            error = SAFETY * steepest * (error + alike(4 * _ROUNDOFF * largest, z.shape[1])) + UNDERFLOW * z.shape[1]
            error[~np.isfinite(2 * steepest * largest)] = np.inf
        return FloatPoints(z, error, finite, zero, self.unit)


def alike(each: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Bounds of errors of so many numbers that are bounded alike, and of their Euclidean norm, shape (n, 2)."""
    return np.multiply.outer(each, [1, SAFETY * math.sqrt(count)])


def between(
    z: NDArray[np.float64], error: NDArray[np.float64], places: Places, splits: Splits
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Preactivations where they divide regions, and bounds of their errors, from those at the regions' ends.

    They are affine in each region, one end of which at least is finite. With s the share of the region on the left, off by d at
    most, an error is at most that of the ends and d times the difference of their values; d is 1 where floats do not tell the
    ends apart. Towards an infinite end values grow by so many times those that are known of it.
    """
    ends = np.stack([splits.rows, splits.rows + 1])
    finite, x, (left, right), off = places.finite[ends], places.x[ends], z[ends], error[ends]
    both = np.asarray(finite.all(axis=0), dtype=bool)
    x = np.where(finite, x, splits.keys)
    with np.errstate(all="ignore"):
        slack = 2 * _ROUNDOFF * (np.abs(x).sum(axis=0) + np.abs(splits.keys)) + UNDERFLOW
        wide = x[1] - x[0]
        far = np.where(finite[0], splits.keys - x[0], x[1] - splits.keys)
        told = wide > 8 * slack
        share = np.where(both, np.where(told, np.clip(far / wide, 0, 1), 0), far)
        doubt = np.where(both, np.where(told, 2 * slack / wide + 4 * _ROUNDOFF, 1), slack + 2 * _ROUNDOFF * far)
        start, way = left, right - left
        if not both.all():
            start = np.where(finite[0][:, None], left, right)
            way = np.where(both[:, None], way, np.where(finite[0][:, None], right, left))
        out = share[:, None] * way
        out += start
        steps = doubt * _largest(way) + 4 * _ROUNDOFF * (_largest(start) + share * _largest(way))
        worst = np.maximum(off[0], off[1])
        grown = np.where(
            both[:, None],
            worst * (1 + 2 * doubt[:, None]),
            np.where(finite[0][:, None], off[0], off[1])
            + (share + doubt)[:, None] * np.where(finite[0][:, None], off[1], off[0]),
        )
        bound = SAFETY * (grown + alike(steps, z.shape[1])) + UNDERFLOW * z.shape[1]
        bound[~np.isfinite(2 * bound + _largest(out)[:, None])] = np.inf
    return out, bound


def norm_bound(matrix: NDArray[np.float64]) -> float:
    """A number that is no less than the largest singular value of a matrix, mostly less than 1.3 times of it; or infinity.

    The Frobenius norm of a power of a symmetric matrix bounds its norm's power. Rounding changes the norm of a square of n rows by a
    share of ``n^2 u`` at most, far less than what is added.
    """
    if max(matrix.shape) > _MOST:
        return math.inf
    with np.errstate(all="ignore"):
        unit = float(np.abs(matrix).max())
        if not 0 < unit < math.inf:
            return unit
        m = matrix / unit
        power = m @ m.T if m.shape[0] < m.shape[1] else m.T @ m
        scales = []
        for _ in range(_SQUARES):
            scales.append(float(np.linalg.norm(power)))
            power /= scales[-1]
            power = power @ power
        bound = float(np.linalg.norm(power))
        for scale in reversed(scales):  # the norm of what was squared is the root of this one's, in its unit
            bound = scale * math.sqrt(bound)
        return SAFETY * unit * math.sqrt(bound)


def _size(weight: Weight) -> float:
    """The largest sum of absolute values in a row."""
    with np.errstate(all="ignore"):
        return float(abs(weight).sum(axis=1).max())


def _rise(size: float, most: float, bias: float, unit: int) -> int:
    """By how many powers of two the unit of preactivations is above that of inputs; 0 unless they would be far from one."""
    if not (math.isfinite(most) and math.isfinite(bias)):
        return 0
    sizes = [math.frexp(bias)[1] - unit] if bias else []
    if size and most:
        sizes.append((math.frexp(size)[1] if math.isfinite(size) else 1025) + math.frexp(most)[1])
    rise = max(sizes, default=0)
    if math.isfinite(size):  # weights in the new unit stay floats
        rise = max(rise, math.frexp(size)[1] - _HIGHEST)
    return rise if abs(rise) > _FAR else 0


def _largest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest magnitude in each row."""
    return np.asarray(np.maximum(values.max(axis=1), -values.min(axis=1)))


def certain_signs(z: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.int8]:
    """-1 or 1 where the sign of what was computed as `z` is certain, else `UNSURE` (always where it is zero)."""
    bound = error[:, :1]
    positive, negative = z > bound, z < -bound
    out = positive.view(np.int8) - negative.view(np.int8)
    out[out == 0] = UNSURE
    return out
