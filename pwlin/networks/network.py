"""The network: an exact rational function, with evaluation, restriction and composition."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import Any, final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pwlin.base.arguments import items, refusal, whole
from pwlin.base.doors import doors
from pwlin.base.errors import ShapeError
from pwlin.base.frozen import Frozen
from pwlin.exact.arrays import to_floats
from pwlin.exact.integers import add, scale, wide
from pwlin.exact.rational import ExactArray, Numbers, common_denominator, nearest_float, to_fraction_array
from pwlin.networks.activation import IDENTITY, ActivationLike, network_activations
from pwlin.networks.layer import Layer
from pwlin.networks.neurons import Neuron, Neurons, Pattern
from pwlin.networks.transposed import fit_transposed

Floats = NDArray[np.float64]
UnitNames = tuple[tuple[tuple[str, tuple[int, ...]], ...], ...]
"""For each hidden layer the names and shapes of the arrays that its units make up, one after the other."""


@final
@doors
class Network(Frozen):
    """A feed-forward network of two-slope units with exact rational weights; immutable.

    Build one with `Network.from_arrays`, `Network.load` or `pwlin.as_network`. Hidden layers are affine maps followed
    by activations; the readout is affine.

    Examples
    --------
    >>> hat = Network.from_arrays([[[1], [1], [1]], [["1/2", -1, "1/2"]]], [[1, 0, -1], [0]])
    >>> hat
    Network(1-3-1, relu)
    >>> hat.exact("1/3"), hat(0.5), hat.pattern(0)
    (Fraction(1, 3), 0.25, ((True, False, False),))
    """

    __slots__ = ("hidden", "notes", "readout", "unit_names")
    hidden: tuple[Layer, ...]
    readout: Layer
    unit_names: UnitNames
    """What `name` goes by; empty for a network that was not made from a model."""
    notes: tuple[str, ...]
    """What was rounded, cut off or assumed when the network was made from a model; mostly empty."""

    def __init__(
        self, hidden: Sequence[Layer], readout: Layer, unit_names: UnitNames = (), notes: Sequence[str] = ()
    ) -> None:
        layers = [*hidden, readout]
        for k in range(1, len(layers)):
            if layers[k].n_in != layers[k - 1].n_out:
                accepted = f"are {layers[k - 1].n_out}, the number of rows of weights[{k - 1}]"
                raise refusal(f"weights[{k}]", f"{layers[k].n_in} column(s)", accepted, ShapeError)
        if any(a != IDENTITY for a in readout.activations):
            raise refusal("readout", "an activation on the last layer", "is an affine readout", ShapeError)
        self._fill(hidden=tuple(hidden), readout=readout, unit_names=unit_names, notes=tuple(notes))

    def __reduce__(self) -> tuple[object, ...]:
        return Network, (self.hidden, self.readout, self.unit_names, self.notes)

    @staticmethod
    def from_arrays(
        weights: Sequence[object], biases: Sequence[object] | None = None, activation: ActivationLike = "relu"
    ) -> Network:
        """Build a network from its weights and biases, without any loss.

        Parameters
        ----------
        weights : sequence of array_like, weights[k] of shape (n_out, n_in)
            The last one is the readout. Entries: floats, ints, Fractions, sympy Rationals, text such as "0.65" or "1/3".
        biases : sequence of array_like, biases[k] of shape (n_out,), or None
            None, for all or for one layer, means zeros.
        activation : str, tuple or list
            ``"relu"``, ``"abs"``, ``"identity"``, ``("leaky_relu", a)``, ``("prelu", [a0, a1, ...])``,
            ``("two_slope", left, right)`` for all hidden layers, or a list with one such entry (or a list of them,
            one per neuron) per hidden layer.

        Raises
        ------
        ShapeError, ExactnessError, ActivationError
            With the place and what is accepted.
        """
        matrices = items(weights, "weights", "is a list of matrices, the readout last", ShapeError)
        if not matrices:
            raise refusal("weights", "an empty list", "is at least the readout", ShapeError)
        each = f"are {len(matrices)}, one for each weight"
        vectors = [None] * len(matrices) if biases is None else items(biases, "biases", each, ShapeError)
        if len(vectors) != len(matrices):
            raise refusal("biases", f"{len(vectors)} entries", each, ShapeError)
        try:
            plain = [Layer.from_arrays(w, b, name=f"layer {k}") for k, (w, b) in enumerate(zip(matrices, vectors))]
            specs = network_activations(activation, [layer.n_out for layer in plain[:-1]])
            hidden = [layer.with_activations(spec) for layer, spec in zip(plain[:-1], specs, strict=True)]
            return Network(hidden, plain[-1])
        except ShapeError as error:
            if not fit_transposed(matrices, vectors):
                raise
            hint = "transposed they fit: layout= of pwlin.as_network says which way they are, 'keras' for (n_in, n_out)"
            raise ShapeError(f"{error}; {hint}") from None

    # -- what it is -------------------------------------------------------------------------------

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, the readout last."""
        return (*self.hidden, self.readout)

    @property
    def widths(self) -> tuple[int, ...]:
        """Numbers of units of the hidden layers."""
        return tuple(layer.units for layer in self.hidden)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of entries of the hidden layers: units first, then what is carried along for later layers."""
        return tuple(layer.n_out for layer in self.hidden)

    @property
    def numbering(self) -> Neurons:
        """How the hidden neurons are numbered in packed patterns."""
        return Neurons(self.widths, self.sizes)

    @property
    def denominators(self) -> tuple[int, ...]:
        """Denominators of the layers' inputs, and last of the outputs, as affine maps of the network's inputs.

        They are the products of those of all weights and slopes on the way, whatever the pattern.
        """
        return tuple(accumulate((layer.denominator * layer.slope_denominator for layer in self.layers), mul, initial=1))

    @property
    def input_dim(self) -> int:
        """Number of inputs."""
        return self.layers[0].n_in

    @property
    def output_dim(self) -> int:
        """Number of outputs."""
        return self.readout.n_out

    def neurons(self) -> Iterator[Neuron]:
        """All hidden neurons as (layer, index)."""
        return ((k, i) for k, n in enumerate(self.widths) for i in range(n))

    def name(self, layer: int, index: int) -> tuple[str, tuple[int, ...]]:
        """A unit's name in the model that the network was made from, and its place in the array of that name.

        Examples
        --------
        >>> as_named = Network.from_arrays([[[1], [2]], [[1, 1]]])
        >>> as_named.name(0, 1)
        ('layer 0', (1,))
        """
        self.numbering.bit(layer, index)  # or it is none
        if not self.unit_names:
            return f"layer {layer}", (index,)
        for name, shape in self.unit_names[layer]:
            size = math.prod(shape)
            if index < size:
                return name, tuple(int(i) for i in np.unravel_index(index, shape)) if shape else ()
            index -= size
        raise refusal("unit_names", f"names of too few units of layer {layer}", "are names of all")

    def __eq__(self, other: object) -> bool:
        """Whether both have the same layers with the same exact weights (not merely the same function)."""
        if not isinstance(other, Network):
            return NotImplemented
        return self.layers == other.layers

    def __hash__(self) -> int:
        return hash(self.layers)

    def __repr__(self) -> str:
        shape = "-".join(map(str, (self.input_dim, *self.widths, self.output_dim)))
        names = {a.name for layer in self.hidden for a in layer.activations}
        return f"Network({shape}, {names.pop() if len(names) == 1 else 'mixed' if names else 'linear'})"

    # -- values -----------------------------------------------------------------------------------

    @overload
    def __call__(self, x: float) -> float | Floats: ...
    @overload
    def __call__(self, x: ArrayLike) -> Floats: ...
    def __call__(self, x: ArrayLike) -> float | Floats:
        """Evaluate in float64.

        Parameters
        ----------
        x : array_like, shape (..., input_dim)
            With one input, a scalar or a flat array of inputs works too.

        Returns
        -------
        ndarray of float64, shape (..., output_dim)
            With one input given without its axis, the output axis is dropped too if there is one output.

        Notes
        -----
        Rounded at every step, except where numbers on the way leave the range of floats: such a point is evaluated
        exactly, and its value rounded once.
        """
        points = to_floats(x)
        bare = self.input_dim == 1 and points.ndim <= 1
        inputs = points[..., None] if bare else points
        if inputs.ndim == 0 or inputs.shape[-1] != self.input_dim:
            raise refusal("x", f"shape {points.shape}", f"is (..., {self.input_dim})", ShapeError)
        with np.errstate(over="ignore", invalid="ignore"):
            values = self._values(inputs)
        if bare and self.output_dim == 1:
            values = values[..., 0]
            return float(values) if values.ndim == 0 else values
        return values

    def _values(self, inputs: Floats) -> Floats:
        values = inputs
        for layer in self.hidden:
            values = layer.affine_float(values)
            left, right = layer.slopes_float
            values = np.where(values > 0, right * values, left * values)
        values = self.readout.affine_float(values)
        # what is not finite stays so on its way up, unless a later weight of zero makes it irrelevant
        beyond = ~np.isfinite(values).all(axis=-1) & np.isfinite(inputs).all(axis=-1)
        for index in map(tuple, np.argwhere(beyond)):
            values[index] = [nearest_float(v) for v in self._exact(inputs[index])]
        return values

    def exact(self, point: object) -> Any:
        """Evaluate in exact arithmetic.

        Parameters
        ----------
        point : number or sequence of input_dim numbers
            Anything that `to_fraction` takes.

        Returns
        -------
        Fraction, or tuple of Fractions if there are several outputs
        """
        out = self._exact(point)
        return out[0] if len(out) == 1 else out

    def _exact(self, point: object) -> tuple[Fraction, ...]:
        values, den = self._point(point)
        for layer in self.hidden:
            values, den = _activate(layer, *_affine(layer, values, den))
        values, den = _affine(self.readout, values, den)
        return tuple(Fraction(v, den) for v in values)

    def pattern(self, point: object) -> Pattern:
        """Which neurons are active at a point (preactivation > 0), one tuple of booleans per hidden layer; exact.

        A linear unit (both slopes equal) counts as active everywhere, since it never bends anything.
        """
        values, den = self._point(point)
        pattern = []
        for layer in self.hidden:
            values, den = _affine(layer, values, den)
            units = zip(values[: layer.units], layer.activations)
            pattern.append(tuple(bool(v > 0) or a.is_linear for v, a in units))
            values, den = _activate(layer, values, den)
        return tuple(pattern)

    def _point(self, point: object) -> tuple[ExactArray, int]:
        if self.input_dim == 1 and (isinstance(point, str) or not hasattr(point, "__len__")):
            point = [point]
        coordinates = to_fraction_array(point, 1, "point")
        if len(coordinates) != self.input_dim:
            raise refusal("point", f"{len(coordinates)} coordinate(s)", f"are {self.input_dim}", ShapeError)
        return common_denominator(coordinates)

    # -- new networks from this one ---------------------------------------------------------------

    def output(self, index: int) -> Network:
        """The network with the single output `index`."""
        r, i = self.readout, whole(index, "index", -self.output_dim, self.output_dim - 1, ShapeError) % self.output_dim
        weight = r.compact_weight[i : i + 1] if r.sparse is None else r.sparse.take([i]).dense()
        readout = Layer(weight, r.compact_bias[i : i + 1], r.denominator, (IDENTITY,))
        return Network(self.hidden, readout, self.unit_names, self.notes)

    def restrict(self, origin: Numbers, *directions: Numbers) -> Network:
        """The network on the line, plane, ... ``t -> origin + t[0] * directions[0] + ...``, exactly.

        Parameters
        ----------
        origin : sequence of input_dim numbers
        *directions : sequences of input_dim numbers
            One gives a network with one input, two a network with two, and so on.

        Returns
        -------
        Network
            With ``input_dim == len(directions)``. Cost: one exact product with the first weight matrix.
        """
        if not directions:
            raise refusal("directions", "none", "are one or more vectors", ShapeError)
        vectors = {"origin": origin, **{f"directions[{i}]": v for i, v in enumerate(directions)}}
        columns = [to_fraction_array(v, 1, name) for name, v in vectors.items()]
        for name, column in zip(vectors, columns):
            if len(column) != self.input_dim:
                raise refusal(name, f"{len(column)} coordinate(s)", f"are {self.input_dim}", ShapeError)
        inner = Layer.from_arrays(np.stack(columns[1:], axis=1), columns[0])
        return self._after(inner)

    def __matmul__(self, inner: Network) -> Network:
        """Composition: ``(outer @ inner)(x) == outer(inner(x))``, exactly; the layers between are merged."""
        if not isinstance(inner, Network):
            return NotImplemented
        if inner.output_dim != self.input_dim:
            accepted = f"are {self.input_dim}, the inputs of the outer network"
            raise refusal("inner", f"{inner.output_dim} output(s)", accepted, ShapeError)
        merged = self._after(inner.readout)
        named = inner.unit_names or self.unit_names
        names = sum((n.unit_names or unnamed(n.widths) for n in (inner, self)), ()) if named else ()
        return Network((*inner.hidden, *merged.hidden), merged.readout, names, (*inner.notes, *self.notes))

    def _after(self, inner: Layer) -> Network:
        """This network fed by an affine map, which is merged into its first layer."""
        first, *rest = self.layers
        columns = first.times(np.concatenate([inner.compact_weight, inner.compact_bias[:, None]], axis=1))
        merged = Layer(
            columns[:, :-1],
            add(columns[:, -1], scale(first.compact_bias, inner.denominator)),
            first.denominator * inner.denominator,
            first.activations,
            first.units,
        )
        layers = [merged, *rest]
        return Network(layers[:-1], layers[-1], self.unit_names, self.notes)

    def rationalize(self, denominator: int = 100) -> Network:
        """A network whose weights and biases are rounded to multiples of ``1 / denominator`` (ties to even).

        This changes the function; it is the only place where pwlin rounds weights. Activations stay as they are.
        """
        unit = whole(denominator, "denominator", 1)

        def rounded(layer: Layer) -> Layer:
            def of(a: ExactArray) -> ExactArray:
                out = [round(Fraction(v * unit, layer.denominator)) for v in a.ravel().tolist()]
                return np.array(out, dtype=object).reshape(a.shape)

            m, bias = layer.sparse, of(layer.compact_bias)
            weight = of(layer.compact_weight) if m is None else m.with_values(of(m.values))
            return Layer(weight, bias, unit, layer.activations, layer.units)

        return Network([rounded(layer) for layer in self.hidden], rounded(self.readout), self.unit_names, self.notes)

    # -- files ------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to an ``.npz`` file (no pickle), every weight exactly; written whole or not at all."""
        from pwlin.networks.files import save_network

        return save_network(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Network:
        """Read what `save` wrote. Raises `FormatError` for anything else; nothing in the file is ever executed."""
        from pwlin.networks.files import load_network

        return load_network(path)

    def to_json(self) -> str:
        """The network as text, every weight as an exact fraction; `from_json` reads it back."""
        from pwlin.networks.files import network_to_json

        return network_to_json(self)

    @staticmethod
    def from_json(text: str) -> Network:
        """Read what `to_json` wrote, or what the playground's "take it along" gives. Raises `FormatError` for all else."""
        from pwlin.networks.files import network_from_json

        return network_from_json(text)


def unnamed(widths: Sequence[int]) -> UnitNames:
    """The names of units that have none."""
    return tuple((("", (width,)),) for width in widths)


def _affine(layer: Layer, values: ExactArray, den: int) -> tuple[ExactArray, int]:
    return wide(layer.times(values)) + layer.bias_integers * den, den * layer.denominator


def _activate(layer: Layer, values: ExactArray, den: int) -> tuple[ExactArray, int]:
    left, right, unit = layer.integer_slopes
    return values * np.where(np.asarray(values > 0, dtype=bool), wide(right), wide(left)), den * unit
