"""One layer of a network: exact weights as integers over one denominator, and its activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.errors import ExactnessError, ShapeError
from pwlin.exact.integers import LIMIT, compact, content, divide, magnitude, scale, wide
from pwlin.exact.rational import ExactArray, common_denominator, nearest_float, to_fraction_array
from pwlin.networks.activation import IDENTITY, RELU, TwoSlope


@final
class Layer:
    """An affine map followed by two-slope activations, held exactly; immutable.

    Parameters
    ----------
    weight_integers : ndarray of Python int or int64, shape (n_out, n_in)
    bias_integers : ndarray of Python int or int64, shape (n_out,)
    denominator : int
        Positive; the weight is ``weight_integers / denominator``, the bias likewise.
    activations : sequence of TwoSlope, length n_out
        All `IDENTITY` for a readout.
    units : int, optional
        How many of the entries are units of the network, all by default. The others come after them: entries that are only
        carried along for a later layer, with the activation `IDENTITY`.

    Notes
    -----
    Use `Layer.from_arrays` unless integers are at hand. Equality and hash are those of the exact values.
    """

    __slots__ = ("__dict__", "activations", "compact_bias", "compact_weight", "denominator", "is_float", "units")
    compact_weight: ExactArray
    """The integers of the weight as int64 if all are below 2^62, else as Python integers; shape (n_out, n_in)."""
    compact_bias: ExactArray
    """The integers of the bias as int64 if all are below 2^62, else as Python integers; shape (n_out,)."""
    denominator: int
    activations: tuple[TwoSlope, ...]
    units: int
    """How many of the entries are units; the others, behind them, are carried along."""
    is_float: bool
    """Whether the weight and bias came from floats, so that `weight_float` and `bias_float` are known to be exact."""

    def __init__(
        self,
        weight_integers: ExactArray,
        bias_integers: ExactArray,
        denominator: int,
        activations: Sequence[TwoSlope],
        units: int | None = None,
    ) -> None:
        if units is not None and not (0 <= units <= len(activations)):
            raise ShapeError(f"units: found {units}; accepted are 0 to {len(activations)}, the number of entries")
        if any(a != IDENTITY for a in activations[units:] if units is not None):
            raise ShapeError("units: found an activation on an entry that is carried along; accepted is the identity")
        weight, bias = (compact(v if magnitude(v) < LIMIT else wide(v)) for v in (weight_integers, bias_integers))
        common = content(denominator, bias, weight)
        for name, value in (
            ("compact_weight", _read_only(divide(weight, common), weight_integers)),
            ("compact_bias", _read_only(divide(bias, common), bias_integers)),
            ("denominator", denominator // common),
            ("activations", tuple(activations)),
            ("units", len(bias) if units is None else units),
            ("is_float", False),
        ):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Layer is immutable; cannot set {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Layer, (self.compact_weight, self.compact_bias, self.denominator, self.activations, self.units)

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
        layer = Layer(scale(w, den // w_den), scale(b, den // b_den), den, activations or (IDENTITY,) * n_out)
        if _is_float(weight) and (_is_float(bias) or not b.any()):
            layer._know(weight.astype(np.float64), (bias if _is_float(bias) else b).astype(np.float64))
        return layer

    def with_activations(self, activations: Sequence[TwoSlope], units: int | None = None) -> Layer:
        """The same affine map with other activations, and so many units; by default all entries are."""
        layer = Layer(self.compact_weight, self.compact_bias, self.denominator, activations, units)
        if self.is_float:
            layer._know(self.weight_float, self.bias_float)
        return layer

    def _know(self, weight: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        """Keep the floats that the layer was made from, unless rounding some of their bits up might overflow."""
        if max(np.abs(weight).max(), np.abs(bias).max()) >= 2.0**_SAFE_EXPONENT:
            return
        self.__dict__["weight_float"], self.__dict__["bias_float"] = (_read_only(v + 0.0) for v in (weight, bias))
        object.__setattr__(self, "is_float", True)

    @property
    def n_out(self) -> int:
        """Number of neurons."""
        return int(self.compact_weight.shape[0])

    @property
    def n_in(self) -> int:
        """Number of inputs."""
        return int(self.compact_weight.shape[1])

    @cached_property
    def weight(self) -> ExactArray:
        """The exact weight: an array of Fractions, shape (n_out, n_in)."""
        return _fractions(self.weight_integers, self.denominator)

    @cached_property
    def bias(self) -> ExactArray:
        """The exact bias: an array of Fractions, shape (n_out,)."""
        return _fractions(self.bias_integers, self.denominator)

    @cached_property
    def weight_integers(self) -> ExactArray:
        """The integers of the weight as Python integers, shape (n_out, n_in)."""
        return _read_only(wide(self.compact_weight))

    @cached_property
    def bias_integers(self) -> ExactArray:
        """The integers of the bias as Python integers, shape (n_out,)."""
        return _read_only(wide(self.compact_bias))

    @cached_property
    def integer_slopes(self) -> tuple[ExactArray, ExactArray, int]:
        """Left and right slopes of the neurons as integers, shape (n_out,) each, over one denominator."""
        kinds, which = self._kinds
        unit = math.lcm(*(s.denominator for a in kinds for s in (a.left, a.right)))
        low = np.array([a.left.numerator * (unit // a.left.denominator) for a in kinds], dtype=object)
        high = np.array([a.right.numerator * (unit // a.right.denominator) for a in kinds], dtype=object)
        return compact(low)[which], compact(high)[which], unit

    @cached_property
    def is_linear(self) -> NDArray[np.bool_]:
        """Which units never bend anything, shape (n_out,)."""
        kinds, which = self._kinds
        return np.array([a.is_linear for a in kinds])[which]

    @cached_property
    def is_relu(self) -> bool:
        """Whether all neurons are ReLUs."""
        return all(a == RELU for a in self._kinds[0])

    @cached_property
    def _kinds(self) -> tuple[list[TwoSlope], NDArray[np.int64]]:
        """The different objects among the activations, and which of them each neuron has."""
        kinds = {id(a): a for a in self.activations}
        if len(kinds) == 1:
            return [*kinds.values()], np.zeros(self.n_out, dtype=np.int64)
        places = {key: i for i, key in enumerate(kinds)}
        return [*kinds.values()], np.array([places[id(a)] for a in self.activations])

    @cached_property
    def weight_float(self) -> NDArray[np.float64]:
        """The weight rounded to nearest float64, shape (n_out, n_in); lossless if it came from floats."""
        return _floats(self.compact_weight, self.denominator)

    @cached_property
    def bias_float(self) -> NDArray[np.float64]:
        """The bias rounded to nearest float64, shape (n_out,)."""
        return _floats(self.compact_bias, self.denominator)

    @cached_property
    def bits(self) -> int:
        """Bits that are enough for the magnitude of every integer of weight and bias."""
        if self.is_float:
            largest = max(float(np.abs(self.weight_float).max()), float(np.abs(self.bias_float).max()))
            return int(np.frexp(largest)[1]) + self.denominator.bit_length() - 1
        return max(magnitude(self.compact_weight), magnitude(self.compact_bias)).bit_length()

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
            and self.units == other.units
            and self.activations == other.activations
            and np.array_equal(self.compact_weight, other.compact_weight)
            and np.array_equal(self.compact_bias, other.compact_bias)
        )

    def __hash__(self) -> int:
        integers = (tuple(self.compact_weight.ravel().tolist()), tuple(self.compact_bias.tolist()))
        return hash((self.denominator, *integers, self.activations))

    def __repr__(self) -> str:
        names = {a.name for a in self.activations}
        return f"Layer({self.n_in} -> {self.n_out}, {names.pop() if len(names) == 1 else 'mixed activations'})"


_SAFE_EXPONENT = 1000
"""Integers over 2 to a smaller power than this are normal floats; floats below 2 to this power are far from overflow."""


def _read_only(values: ExactArray, given: ExactArray | None = None) -> ExactArray:
    """The array, or a copy if it is the caller's or part of it."""
    out = values.copy() if given is not None and np.may_share_memory(values, given) else values
    out.flags.writeable = False
    return out


def _is_float(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype in (np.float16, np.float32, np.float64)


def _integers(values: Any, ndim: int, name: str) -> tuple[ExactArray, int]:
    """Exact integers over a common denominator; float arrays take a vectorised road."""
    if _is_float(values):
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
        return integers, 1
    trailing = np.zeros_like(integers)
    lowest = (integers & -integers)[nonzero]
    trailing[nonzero] = np.frexp(lowest.astype(np.float64))[1] - 1
    integers >>= trailing
    exponent = np.where(nonzero, exponent + trailing, 0)
    shift = min(int(exponent[nonzero].min()), 0)
    places = exponent - shift
    if int((np.frexp(integers.astype(np.float64))[1] + places).max()) < 62:
        return integers << places, 1 << -shift
    return integers.astype(object) << places.astype(object), 1 << -shift


def _fractions(integers: ExactArray, denominator: int) -> ExactArray:
    out: ExactArray = np.empty(integers.size, dtype=object)
    out[:] = [Fraction(v, denominator) for v in integers.flat]
    out = out.reshape(integers.shape)
    out.flags.writeable = False
    return out


def _floats(integers: ExactArray, denominator: int) -> NDArray[np.float64]:
    exponent = denominator.bit_length() - 1
    if integers.dtype == np.int64 and denominator == 1 << exponent and exponent < _SAFE_EXPONENT:
        out = integers * 2.0**-exponent  # one rounding: nothing becomes subnormal
    else:
        values = integers.ravel().tolist()
        try:
            out = np.array([v / denominator for v in values], dtype=np.float64)
        except OverflowError:
            out = np.array([nearest_float(Fraction(v, denominator)) for v in values])
        out = out.reshape(integers.shape)
    out.flags.writeable = False
    return out
