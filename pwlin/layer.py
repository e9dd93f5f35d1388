"""One layer of a network: exact weights as integers over one denominator, and its activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.activation import IDENTITY, TwoSlope
from pwlin.errors import ExactnessError, ShapeError
from pwlin.integers import compact
from pwlin.rational import ExactArray, common_denominator, nearest_float, to_fraction_array


@final
class Layer:
    """An affine map followed by two-slope activations, held exactly; immutable.

    Parameters
    ----------
    weight_integers : ndarray of Python int, shape (n_out, n_in)
    bias_integers : ndarray of Python int, shape (n_out,)
    denominator : int
        Positive; the weight is ``weight_integers / denominator``, the bias likewise.
    activations : sequence of TwoSlope, length n_out
        All `IDENTITY` for a readout.

    Notes
    -----
    Use `Layer.from_arrays` unless integers are at hand. Equality and hash are those of the exact values.
    """

    __slots__ = ("__dict__", "activations", "bias_integers", "denominator", "weight_integers")
    weight_integers: ExactArray
    bias_integers: ExactArray
    denominator: int
    activations: tuple[TwoSlope, ...]

    def __init__(
        self,
        weight_integers: ExactArray,
        bias_integers: ExactArray,
        denominator: int,
        activations: Sequence[TwoSlope],
    ) -> None:
        common = math.gcd(denominator, *weight_integers.flat, *bias_integers.flat)
        if common > 1:
            weight_integers, bias_integers = weight_integers // common, bias_integers // common
            denominator //= common
        for name, value in (
            ("weight_integers", _read_only(weight_integers)),
            ("bias_integers", _read_only(bias_integers)),
            ("denominator", denominator),
            ("activations", tuple(activations)),
        ):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Layer is immutable; cannot set {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Layer, (self.weight_integers, self.bias_integers, self.denominator, self.activations)

    @staticmethod
    def from_arrays(
        weight: Any, bias: Any = None, activations: Sequence[TwoSlope] | None = None, name: str = "layer"
    ) -> Layer:
        """Build a layer from anything that is exactly rational.

        Parameters
        ----------
        weight : array_like, shape (n_out, n_in)
        bias : array_like, shape (n_out,), or None for zeros
        activations : sequence of TwoSlope, length n_out, or None for the identity
        name : str
            How the layer is called in error messages.
        """
        w, w_den = _integers(weight, 2, f"{name} weight")
        n_out, n_in = w.shape
        if n_out < 1 or n_in < 1:
            raise ShapeError(f"{name} weight: found shape {w.shape}; accepted are at least one row and one column")
        if bias is None:
            bias = [0] * n_out
        b, b_den = _integers(bias, 1, f"{name} bias")
        if b.shape != (n_out,):
            raise ShapeError(
                f"{name} bias: found shape {b.shape}; accepted is ({n_out},), one entry per row of the weight"
            )
        den = math.lcm(w_den, b_den)
        layer = Layer(w * (den // w_den), b * (den // b_den), den, activations or (IDENTITY,) * n_out)
        for key, given in (("weight_float", weight), ("bias_float", bias)):
            if _is_float_array(given):
                layer.__dict__[key] = _read_only_floats(given)  # what the integers would be turned into again
        return layer

    def with_activations(self, activations: Sequence[TwoSlope]) -> Layer:
        """The same affine map, followed by other activations."""
        layer = object.__new__(Layer)
        for name in ("weight_integers", "bias_integers", "denominator"):
            object.__setattr__(layer, name, getattr(self, name))
        object.__setattr__(layer, "activations", tuple(activations))
        layer.__dict__.update({name: value for name, value in self.__dict__.items() if name in _OF_AFFINE_MAP})
        return layer

    @property
    def n_out(self) -> int:
        """Number of neurons."""
        return int(self.weight_integers.shape[0])

    @property
    def n_in(self) -> int:
        """Number of inputs."""
        return int(self.weight_integers.shape[1])

    @cached_property
    def weight(self) -> ExactArray:
        """The exact weight: an array of Fractions, shape (n_out, n_in)."""
        return _fractions(self.weight_integers, self.denominator)

    @cached_property
    def bias(self) -> ExactArray:
        """The exact bias: an array of Fractions, shape (n_out,)."""
        return _fractions(self.bias_integers, self.denominator)

    @cached_property
    def compact_weight(self) -> ExactArray:
        """The integers of the weight as int64 if they fit, else as Python integers; shape (n_out, n_in)."""
        return compact(self.weight_integers)

    @cached_property
    def compact_bias(self) -> ExactArray:
        """The integers of the bias as int64 if they fit, else as Python integers; shape (n_out,)."""
        return compact(self.bias_integers)

    @cached_property
    def integer_slopes(self) -> tuple[ExactArray, ExactArray, int]:
        """Left and right slopes of the neurons as integers, shape (n_out,) each, over one denominator."""
        kinds = {id(a): a for a in self.activations}.values()
        unit = math.lcm(*(s.denominator for a in kinds for s in (a.left, a.right)))
        if len(kinds) == 1:
            (only,) = kinds
            pair = [s.numerator * (unit // s.denominator) for s in (only.left, only.right)]
            return compact(np.full(self.n_out, pair[0])), compact(np.full(self.n_out, pair[1])), unit
        low = np.array([a.left.numerator * (unit // a.left.denominator) for a in self.activations], dtype=object)
        high = np.array([a.right.numerator * (unit // a.right.denominator) for a in self.activations], dtype=object)
        return compact(low), compact(high), unit

    @cached_property
    def weight_float(self) -> NDArray[np.float64]:
        """The weight rounded to nearest float64, shape (n_out, n_in); lossless if it came from floats."""
        return _floats(self.compact_weight, self.denominator)

    @cached_property
    def bias_float(self) -> NDArray[np.float64]:
        """The bias rounded to nearest float64, shape (n_out,)."""
        return _floats(self.compact_bias, self.denominator)

    @cached_property
    def slopes_float(self) -> NDArray[np.float64]:
        """Left and right slope of each neuron, shape (2, n_out)."""
        low, high, unit = self.integer_slopes
        return np.stack([_floats(low, unit), _floats(high, unit)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return NotImplemented
        return (
            self.denominator == other.denominator
            and self.activations == other.activations
            and np.array_equal(self.weight_integers, other.weight_integers)
            and np.array_equal(self.bias_integers, other.bias_integers)
        )

    def __hash__(self) -> int:
        return hash((self.denominator, tuple(self.weight_integers.flat), tuple(self.bias_integers), self.activations))

    def __repr__(self) -> str:
        names = {a.name for a in self.activations}
        return f"Layer({self.n_in} -> {self.n_out}, {names.pop() if len(names) == 1 else 'mixed activations'})"


_OF_AFFINE_MAP = ("weight", "bias", "compact_weight", "compact_bias", "weight_float", "bias_float")
"""What is remembered about a layer that has nothing to do with its activations."""
_SAFE_EXPONENT = 1000
"""Integers over 2 to a smaller power than this are normal floats."""


def _read_only(values: ExactArray) -> ExactArray:
    out = np.asarray(values, dtype=object).copy()
    out.flags.writeable = False
    return out


def _is_float_array(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype in (np.float16, np.float32, np.float64)


def _read_only_floats(values: Any) -> NDArray[np.float64]:
    out: NDArray[np.float64] = values.astype(np.float64) + 0.0  # integers know no negative zero
    out.flags.writeable = False
    return out


def _integers(values: Any, ndim: int, name: str) -> tuple[ExactArray, int]:
    """Exact integers over a common denominator; float arrays take a vectorised road."""
    if _is_float_array(values):
        if values.ndim != ndim:
            raise ShapeError(f"{name}: found shape {values.shape}; accepted are arrays with {ndim} dimension(s)")
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            index = tuple(bad[0].tolist())
            raise ExactnessError(f"{name}[{', '.join(map(str, index))}]: found {values[index]}, not a finite number")
        return _dyadic_integers(values.astype(np.float64))
    return common_denominator(to_fraction_array(values, ndim, name))


def _dyadic_integers(values: NDArray[np.float64]) -> tuple[ExactArray, int]:
    mantissa, exponent = np.frexp(values)
    integers = (mantissa * 2.0**53).astype(np.int64)
    exponent = exponent.astype(np.int64) - 53
    nonzero = integers != 0
    if not nonzero.any():
        return integers.astype(object), 1
    trailing = np.zeros_like(integers)
    lowest = (integers & -integers)[nonzero]
    trailing[nonzero] = np.frexp(lowest.astype(np.float64))[1] - 1
    integers >>= trailing
    exponent = np.where(nonzero, exponent + trailing, 0)
    shift = min(int(exponent[nonzero].min()), 0)
    return integers.astype(object) << (exponent - shift).astype(object), 1 << -shift


def _fractions(integers: ExactArray, denominator: int) -> ExactArray:
    out: ExactArray = np.empty(integers.size, dtype=object)
    out[:] = [Fraction(v, denominator) for v in integers.flat]
    out = out.reshape(integers.shape)
    out.flags.writeable = False
    return out


def _floats(integers: ExactArray, denominator: int) -> NDArray[np.float64]:
    exponent = denominator.bit_length() - 1
    if integers.dtype == np.int64 and denominator == 1 << exponent and exponent < _SAFE_EXPONENT:
        out = np.ldexp(integers.astype(np.float64), -exponent)  # one rounding: nothing becomes subnormal
    else:
        values = integers.ravel().tolist()
        try:
            out = np.array([v / denominator for v in values], dtype=np.float64)
        except OverflowError:
            out = np.array([nearest_float(Fraction(v, denominator)) for v in values])
        out = out.reshape(integers.shape)
    out.flags.writeable = False
    return out
