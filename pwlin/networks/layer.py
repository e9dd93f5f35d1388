"""One layer of a network: exact weights as integers over one denominator, and its activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import ExactnessError, ShapeError
from pwlin.base.frozen import Frozen
from pwlin.exact.arrays import plain
from pwlin.exact.dyadic import dyadic, dyadic_bits, dyadic_integers, dyadic_places, is_float_array
from pwlin.exact.integers import LIMIT, compact, content, divide, is_small, magnitude, scale, wide
from pwlin.exact.limbs import Limbs, split, split_floats
from pwlin.exact.matrix import flint_matrix, flint_times, limbs_times, multiply_transposed
from pwlin.exact.rational import ExactArray, common_denominator, nearest_quotient, to_fraction_array
from pwlin.exact.sparse import SparseMatrix
from pwlin.networks.activation import IDENTITY, RELU, TwoSlope

if TYPE_CHECKING:
    from flint import fmpz_mat
    from scipy.sparse import csr_matrix


@final
class Layer(Frozen):
    """An affine map followed by two-slope activations, held exactly; immutable.

    Parameters
    ----------
    weight_integers : ndarray of Python int or int64, shape (n_out, n_in), or SparseMatrix
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
    Use `Layer.from_arrays` unless integers are at hand. Equality and hash are those of the exact values. What the layer was
    made from is kept: floats, whose integers are made when they are asked for, or a sparse matrix, which is never filled
    unless `compact_weight` and what follows from it are asked for.
    """

    __slots__ = ("__dict__", "activations", "denominator", "is_float", "n_in", "n_out", "sparse", "units")
    denominator: int
    activations: tuple[TwoSlope, ...]
    units: int
    """How many of the entries are units; the others, behind them, are carried along."""
    n_out: int
    """Number of entries: neurons, and what is carried along."""
    n_in: int
    """Number of inputs."""
    is_float: bool
    """Whether the weight and bias came from floats, so that `weight_float` and `bias_float` are known to be exact."""
    sparse: SparseMatrix | None
    """The integers of the weight, if they are kept as a sparse matrix."""

    def __init__(
        self,
        weight_integers: ExactArray | SparseMatrix,
        bias_integers: ExactArray,
        denominator: int,
        activations: Sequence[TwoSlope],
        units: int | None = None,
    ) -> None:
        bias = _compacted(bias_integers)
        if isinstance(weight_integers, SparseMatrix):
            common = content(denominator, bias, weight_integers.values)
            m = weight_integers
            sparse = SparseMatrix(m.shape, m.starts, m.columns, divide(_compacted(m.values), common))
            self._put(sparse.shape, denominator // common, activations, units, sparse=sparse)
        else:
            weight = _compacted(weight_integers)
            common = content(denominator, bias, weight)
            self._put((weight.shape[0], weight.shape[1]), denominator // common, activations, units)
            self.__dict__["compact_weight"] = _read_only(divide(weight, common), weight_integers)
        self.__dict__["compact_bias"] = _read_only(divide(bias, common), bias_integers)

    def _put(
        self,
        shape: tuple[int, int],
        denominator: int,
        activations: Sequence[TwoSlope],
        units: int | None,
        is_float: bool = False,
        sparse: SparseMatrix | None = None,
    ) -> None:
        if units is not None and not (0 <= units <= len(activations)):
            raise refusal("units", f"{units}", f"are 0 to {len(activations)}, the number of entries", ShapeError)
        if any(a != IDENTITY for a in activations[units:] if units is not None):
            raise refusal("units", "an activation on an entry that is carried along", "is the identity", ShapeError)
        (n_out, n_in), units = shape, shape[0] if units is None else units
        self._fill(n_out=n_out, n_in=n_in, denominator=denominator, activations=tuple(activations))
        self._fill(units=units, is_float=is_float, sparse=sparse)

    def __reduce__(self) -> tuple[object, ...]:
        if self.is_float:
            return Layer._of_floats, (self.weight_float, self.bias_float, self.activations, self.units)
        weight = self.compact_weight if self.sparse is None else self.sparse
        return Layer, (weight, self.compact_bias, self.denominator, self.activations, self.units)

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
        w, w_den = _read(plain(weight, f"{name} weight"), 2, f"{name} weight")
        n_out, n_in = w.shape
        if n_out < 1 or n_in < 1:
            raise refusal(f"{name} weight", f"shape {w.shape}", "are at least one row and one column", ShapeError)
        given = [0] * n_out if bias is None else plain(bias, f"{name} bias")
        b, b_den = _read(given, 1, f"{name} bias")
        if b.shape != (n_out,):
            accepted = f"is ({n_out},), one entry per row of the weight"
            raise refusal(f"{name} bias", f"shape {b.shape}", accepted, ShapeError)
        if w_den is None and not b.any():
            b, b_den = np.zeros(n_out), None
        units = activations or (IDENTITY,) * n_out
        if w_den is None and b_den is None:
            floats = w.astype(np.float64), b.astype(np.float64)
            largest = max(float(np.abs(v).max()) for v in floats)
            if largest < 2.0**_SAFE_EXPONENT:  # rounding bits up must not overflow
                layer = Layer._of_floats(*floats, units, None)
                layer.__dict__["bits"] = dyadic_bits(largest, layer.denominator)
                return layer
        w, w_den = dyadic(w.astype(np.float64)) if w_den is None else (w, w_den)
        b, b_den = dyadic(b.astype(np.float64)) if b_den is None else (b, b_den)
        den = math.lcm(w_den, b_den)
        return Layer(scale(w, den // w_den), scale(b, den // b_den), den, units)

    @staticmethod
    def _of_floats(
        weight: NDArray[np.float64], bias: NDArray[np.float64], activations: Sequence[TwoSlope], units: int | None
    ) -> Layer:
        layer: Layer = object.__new__(Layer)
        places = max(dyadic_places(weight), dyadic_places(bias))
        layer._put((weight.shape[0], weight.shape[1]), 1 << places, activations, units, is_float=True)
        layer.__dict__["weight_float"], layer.__dict__["bias_float"] = (_read_only(v + 0.0) for v in (weight, bias))
        return layer

    def with_activations(self, activations: Sequence[TwoSlope], units: int | None = None) -> Layer:
        """The same affine map with other activations, and so many units; by default all entries are."""
        layer: Layer = object.__new__(Layer)
        layer._put((self.n_out, self.n_in), self.denominator, activations, units, self.is_float, self.sparse)
        layer.__dict__.update({name: self.__dict__[name] for name in _OF_THE_MAP & self.__dict__.keys()})
        return layer

    @cached_property
    def compact_weight(self) -> ExactArray:
        """The integers of the weight as int64 if all are below 2^62, else as Python integers; shape (n_out, n_in)."""
        if self.sparse is not None:
            return _read_only(self.sparse.dense())
        return _read_only(dyadic_integers(self.weight_float, self.denominator.bit_length() - 1))

    @cached_property
    def compact_bias(self) -> ExactArray:
        """The integers of the bias as int64 if all are below 2^62, else as Python integers; shape (n_out,)."""
        return _read_only(dyadic_integers(self.bias_float, self.denominator.bit_length() - 1))

    def times(self, values: ExactArray) -> ExactArray:
        """The integers of the weight times a vector of integers, or the columns of a matrix; exact."""
        if self.sparse is not None:
            return self.sparse.dot(values)
        if self.is_float and "compact_weight" not in self.__dict__ and self.n_out * self.n_in > _MANY:
            return limbs_times(self.limbs[..., :-1], values)
        if self.n_out * self.n_in < 512:  # for which FLINT takes no less time
            return np.asarray(self.weight_integers.dot(wide(values)))
        return flint_times(self._matrix, values)

    @cached_property
    def _matrix(self) -> fmpz_mat:
        """The integers of the weight."""
        return flint_matrix(self.compact_weight)

    def forward(self, rows: ExactArray) -> ExactArray:
        """Rows of inputs times the integers of the weight, shape (n, n_out); exact."""
        return multiply_transposed(rows, self.compact_weight) if self.sparse is None else self.sparse.dot(rows.T).T

    def backward(self, rows: ExactArray) -> ExactArray:
        """Gradients by the layer's preactivations, in rows, as gradients by its inputs, shape (n, n_in); exact."""
        sparse = self.sparse
        return multiply_transposed(rows, self.compact_weight.T) if sparse is None else sparse.transposed().dot(rows.T).T

    @property
    def limbs(self) -> Limbs:
        """The integers of the weight, and of the bias as the last column, in limbs, shape (limbs, n_out, n_in + 1)."""
        if self.is_float:
            parts = self.weight_float, self.bias_float[:, None]
            return split_floats(parts, self.denominator.bit_length() - 1, self.bits)
        return split(np.concatenate([self.compact_weight, self.compact_bias[:, None]], axis=1))

    @cached_property
    def sparse_float(self) -> csr_matrix:
        """The weight of a sparse layer rounded to nearest float64, for products in SciPy."""
        assert self.sparse is not None, "the layer is sparse"
        return self.sparse.as_csr(_floats(self.sparse.values, self.denominator))

    def scaled_floats(
        self, places: int, bias_places: int
    ) -> tuple[NDArray[np.float64] | csr_matrix, NDArray[np.float64]]:
        """The weight and the bias times powers of two, each entry rounded once, also where it is no float otherwise."""
        m = self.sparse
        if self.is_float:
            with np.errstate(over="ignore", under="ignore"):
                return np.ldexp(self.weight_float, places), np.ldexp(self.bias_float, bias_places)
        bias = _floats(self.compact_bias, self.denominator, bias_places)
        if m is not None:
            return m.as_csr(_floats(m.values, self.denominator, places)), bias
        return _floats(self.compact_weight, self.denominator, places), bias

    def affine_float(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The affine map in float64, from shape (..., n_in) to (..., n_out)."""
        if self.sparse is None:
            return values @ self.weight_float.T + self.bias_float
        flat = np.asarray(self.sparse_float @ values.reshape(-1, self.n_in).T).T
        return flat.reshape(*values.shape[:-1], self.n_out) + self.bias_float

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
        (kinds, which), unit = self._kinds, self.slope_denominator
        low = np.array([a.left.numerator * (unit // a.left.denominator) for a in kinds], dtype=object)
        high = np.array([a.right.numerator * (unit // a.right.denominator) for a in kinds], dtype=object)
        return compact(low)[which], compact(high)[which], unit

    @cached_property
    def slope_denominator(self) -> int:
        """The common denominator of all slopes."""
        return math.lcm(*[s.denominator for a in self._kinds[0] for s in (a.left, a.right)])

    @cached_property
    def is_linear(self) -> NDArray[np.bool_]:
        """Which units never bend anything, shape (n_out,)."""
        kinds, which = self._kinds
        return np.array([a.is_linear for a in kinds])[which]

    @cached_property
    def is_relu(self) -> bool:
        """Whether all neurons are ReLUs."""
        return self._kinds[0].count(RELU) == len(self._kinds[0])  # which looks first whether it is the same object

    @cached_property
    def _kinds(self) -> tuple[list[TwoSlope], NDArray[np.int64]]:
        """The different objects among the activations, and which of them each neuron has."""
        if self.activations.count(self.activations[0]) == self.n_out:
            return [self.activations[0]], np.zeros(self.n_out, dtype=np.int64)
        kinds = {id(a): a for a in self.activations}
        places = {key: i for i, key in enumerate(kinds)}
        return [*kinds.values()], np.array([places[id(a)] for a in self.activations])

    @cached_property
    def weight_float(self) -> NDArray[np.float64]:
        """The weight rounded to nearest float64, shape (n_out, n_in); lossless if it came from floats."""
        if self.sparse is not None:
            return _read_only(self.sparse_float.toarray())
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
            return dyadic_bits(largest, self.denominator)
        weight = self.compact_weight if self.sparse is None else self.sparse.values
        return max(magnitude(weight), magnitude(self.compact_bias)).bit_length()

    @cached_property
    def n_weights(self) -> int:
        """How many weights there are, without the zeros of a sparse layer."""
        return self.n_out * self.n_in if self.sparse is None else self.sparse.size

    @cached_property
    def slopes_float(self) -> NDArray[np.float64]:
        """Left and right slope of each neuron, shape (2, n_out)."""
        low, high, unit = self.integer_slopes
        return _floats(np.array([low, high]), unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return NotImplemented
        return self is other or (
            self.denominator == other.denominator
            and self.units == other.units
            and self.activations == other.activations
            and (self.n_out, self.n_in) == (other.n_out, other.n_in)
            and np.array_equal(self.compact_bias, other.compact_bias)
            and all(np.array_equal(a, b) for a, b in zip(self.nonzero(), other.nonzero()))
        )

    def __hash__(self) -> int:
        places, values = self.nonzero()
        integers = (tuple(places.tolist()), tuple(values.tolist()), tuple(self.compact_bias.tolist()))
        return hash((self.denominator, *integers, self.activations))

    def nonzero(self) -> tuple[NDArray[np.int64], ExactArray]:
        """Where the weight is not zero, and its integers there."""
        if self.sparse is not None:
            return self.sparse.rows * self.n_in + self.sparse.columns, self.sparse.values
        flat = self.compact_weight.ravel()
        places = np.flatnonzero(flat)
        return places, flat[places]

    def __repr__(self) -> str:
        names = {a.name for a in self.activations}
        return f"Layer({self.n_in} -> {self.n_out}, {names.pop() if len(names) == 1 else 'mixed activations'})"


_OF_THE_MAP = frozenset(
    ["compact_weight", "compact_bias", "weight_integers", "bias_integers", "weight_float", "bias_float", "bits"]
)
_MANY = 1 << 14
"""Weights from which a product in limbs is faster than one of Python integers."""
_SAFE_EXPONENT = 1000
"""Integers over 2 to a smaller power than this are normal floats; floats below 2 to this power are far from overflow."""


def _read_only(values: ExactArray, given: ExactArray | None = None) -> ExactArray:
    """The array, or a copy if it is the caller's or part of it."""
    out = values.copy() if given is not None and np.may_share_memory(values, given) else values
    out.flags.writeable = False
    return out


def _compacted(values: ExactArray) -> ExactArray:
    return compact(values if magnitude(values) < LIMIT else wide(values))


def _read(values: Any, ndim: int, name: str) -> tuple[Any, int | None]:
    """Finite floats as they are, without a denominator; anything else as integers over one."""
    if not is_float_array(values):
        return common_denominator(to_fraction_array(values, ndim, name))
    if values.ndim != ndim:
        raise refusal(name, f"shape {values.shape}", f"are arrays with {ndim} dimension(s)", ShapeError)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        index = tuple(bad[0].tolist())
        raise ExactnessError(f"{name}[{', '.join(map(str, index))}]: found {values[index]}, not a finite number")
    return values, None


def _fractions(integers: ExactArray, denominator: int) -> ExactArray:
    out: ExactArray = np.empty(integers.size, dtype=object)
    out[:] = [Fraction(v, denominator) for v in integers.flat]
    return _read_only(out.reshape(integers.shape))


def _floats(integers: ExactArray, denominator: int, places: int = 0) -> NDArray[np.float64]:
    """Quotients times a power of two, each rounded to the nearest float64."""
    exponent = denominator.bit_length() - 1 - places
    if is_small(integers) and denominator & (denominator - 1) == 0 and 0 <= exponent < _SAFE_EXPONENT:
        out = integers * 2.0**-exponent  # one rounding: nothing becomes subnormal
    else:
        up, below = max(places, 0), denominator << max(-places, 0)
        out = np.array([nearest_quotient(v << up, below) for v in integers.ravel().tolist()], dtype=np.float64)
        out = out.reshape(integers.shape)
    return _read_only(out)
