"""Networks with expressions for weights: the formula, kinks, pieces, and numbers put in later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import sympy

from pwlin.base.arguments import instance, items, refusal, shown, sizes, whole
from pwlin.base.doors import doors
from pwlin.base.errors import ActivationError, PwlinError, ShapeError
from pwlin.exact.rational import to_fraction
from pwlin.networks.activation import ActivationLike, TwoSlope
from pwlin.networks.network import Network
from pwlin.networks.symbolic import layer as read
from pwlin.networks.symbolic.layer import Expr, SignsLike, SymbolicLayer, Values

_MOST = 100_000
"""Symbols of a network that `generic` makes."""
_PATTERN = "is one sequence of booleans per hidden layer"


class SymbolicKink(NamedTuple):
    """The kink of one neuron of a single hidden layer: where, its jump, and the neuron as (layer, index)."""

    location: Expr
    jump: Expr
    neuron: tuple[int, int]


@final
@doors
@dataclass(frozen=True)
class SymbolicNetwork:
    """A network of two-slope units with sympy expressions for weights; immutable.

    Build one with `generic`, `SymbolicNetwork.from_arrays` or `SymbolicNetwork.from_network`. All is exact; meant for
    networks small enough to be read. Symbols stand for real numbers.
    """

    layers: tuple[SymbolicLayer, ...]

    @staticmethod
    def from_arrays(
        weights: Sequence[object], biases: Sequence[object] | None = None, activation: ActivationLike = "relu"
    ) -> SymbolicNetwork:
        """Build a network from weights and biases.

        Parameters
        ----------
        weights : sequence of nested sequences, weights[k] of shape (n_out, n_in)
            The last one is the readout. Entries: sympy expressions, numbers as in `pwlin.Network.from_arrays`, or text:
            a number such as "1/3", or a name such as "w0", which becomes a real symbol. Text is never evaluated.
        biases : sequence of sequences, biases[k] of length n_out, or None
            None, for all or for one layer, means zeros.
        activation : str, tuple or list
            As in `pwlin.Network.from_arrays`; the slopes of "leaky_relu" and "two_slope" may be symbols too.

        Raises
        ------
        ShapeError, ExactnessError, ActivationError
        """
        if not weights:
            raise refusal("weights", "an empty list", "is at least the readout", ShapeError)
        vectors = [None] * len(weights) if biases is None else list(biases)
        if len(vectors) != len(weights):
            each = f"are {len(weights)}, one for each weight"
            raise refusal("biases", f"{len(vectors)} entries", each, ShapeError)
        specs = activation if isinstance(activation, list) else [activation] * (len(weights) - 1)
        if len(specs) != len(weights) - 1:
            each = f"are {len(weights) - 1}, one per hidden layer"
            raise refusal("activation", f"{len(specs)} entries", each, ActivationError)
        layers: list[SymbolicLayer] = []
        for k, (w, b, spec) in enumerate(zip(weights, vectors, [*specs, "identity"], strict=True)):
            matrix = tuple(
                read.vector(row, f"weights[{k}][{i}]") for i, row in enumerate(read.rows(w, f"weights[{k}]"))
            )
            n_in = len(layers[-1].bias) if layers else len(matrix[0])
            if not n_in or any(len(row) != n_in for row in matrix):
                raise refusal(f"weights[{k}]", "a row of another length", f"are {n_in or 'some'} columns", ShapeError)
            bias = read.vector([0] * len(matrix) if b is None else b, f"biases[{k}]")
            if len(bias) != len(matrix):
                raise refusal(f"biases[{k}]", f"{len(bias)} entries", f"are {len(matrix)}, one per row", ShapeError)
            layers.append(SymbolicLayer(matrix, bias, read.layer_slopes(spec, len(matrix))))
        return SymbolicNetwork(tuple(layers))

    @staticmethod
    def from_network(net: Network) -> SymbolicNetwork:
        """The same network with sympy Rationals for weights."""
        instance(net, "net", Network, "is a Network")
        return SymbolicNetwork.from_arrays(
            [layer.weight.tolist() for layer in net.layers],
            [layer.bias.tolist() for layer in net.layers],
            [list(layer.activations) for layer in net.hidden],
        )

    # -- what it is -------------------------------------------------------------------------------

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths of the hidden layers."""
        return tuple(len(layer.bias) for layer in self.layers[:-1])

    @property
    def input_dim(self) -> int:
        """Number of inputs."""
        return len(self.layers[0].weight[0])

    @property
    def output_dim(self) -> int:
        """Number of outputs."""
        return len(self.layers[-1].bias)

    @property
    def symbols(self) -> tuple[Expr, ...]:
        """The symbols in weights, biases and slopes, by name."""
        found = {s for layer in self.layers for e in read.entries(layer) for s in e.free_symbols}
        return tuple(sorted(found, key=lambda s: (s.name, str(s.assumptions0))))

    def __repr__(self) -> str:
        shape = "-".join(map(str, (self.input_dim, *self.widths, self.output_dim)))
        return f"SymbolicNetwork({shape}, {len(self.symbols)} symbols)"

    # -- formulas ---------------------------------------------------------------------------------

    def formula(self, *inputs: object) -> Expr:
        """The function as nested ``Max`` (leaky units with symbolic slopes: ``a z + (1 - a) Max(0, z)``).

        Parameters
        ----------
        *inputs : sympy expressions, names or numbers, one per input
            None at all: x, or x0, x1, ... if there are several.

        Returns
        -------
        sympy expression, or tuple of them if there are several outputs
        """
        values = self._inputs(inputs)
        for layer in self.layers:
            values = [read.unit(z, *s) for z, s in zip(read.affine(layer, values), layer.slopes, strict=True)]
        return values[0] if len(values) == 1 else tuple(values)

    def affine(self, pattern: Sequence[Sequence[bool]], *inputs: object) -> Expr:
        """The affine map that the network is wherever its pattern is `pattern` (any depth and dimension).

        Parameters
        ----------
        pattern : one sequence of booleans per hidden layer, True for active
        *inputs : as in `formula`
        """
        if (found := self._pattern_widths(pattern)) != self.widths:
            raise refusal("pattern", f"widths {found}", f"are {self.widths}", ShapeError)
        values = self._under(pattern, inputs)
        out = [sympy.expand(z) for z in read.affine(self.layers[-1], values)]
        return out[0] if len(out) == 1 else tuple(out)

    def preactivation(self, layer: int, index: int, pattern: Sequence[Sequence[bool]] = (), *inputs: object) -> Expr:
        """The preactivation of neuron (layer, index) as an affine expression, given the pattern of the layers below."""
        self._check_neuron(layer, index)
        below = self._pattern_widths(pattern)[:layer]
        if below != self.widths[:layer]:
            raise refusal("pattern", f"widths {below}", f"are {self.widths[:layer]} below layer {layer}", ShapeError)
        values = self._under(pattern[:layer], inputs)
        return sympy.expand(read.affine(self.layers[layer], values)[index])

    def breakpoint(self, layer: int, index: int, pattern: Sequence[Sequence[bool]] = ()) -> Expr:
        """Where neuron (layer, index) flips: −b/w of its preactivation, given the pattern of the layers below.

        For one input. It is a breakpoint only where that pattern holds. Raises `PwlinError` if w is zero.
        """
        self._one_input("breakpoint")
        x = sympy.Dummy("x", real=True)
        z = self.preactivation(layer, index, pattern, x)
        w = z.coeff(x, 1)
        if w.is_zero:
            raise PwlinError(f"neuron ({layer}, {index}): found the constant preactivation {z}, which never flips")
        return -z.coeff(x, 0) / w

    # -- one input, one hidden layer -----------------------------------------------------------------

    def kinks(self) -> tuple[SymbolicKink, ...]:
        """Kinks −b/w with jumps v (right − left) |w|, by neuron; neurons that are linear or have weight 0 have none.

        Needs one input, one hidden layer and one output. A symbolic weight is taken not to be 0; where kinks coincide
        their jumps add.
        """
        return tuple(self._kinks({}).values())

    def jumps(self) -> tuple[Expr, ...]:
        """The jumps of `kinks`."""
        return tuple(k.jump for k in self.kinks())

    def piecewise(self, x: str | Expr = "x", order: Sequence[int] | None = None, signs: SignsLike = None) -> Expr:
        """The function by cases, once an order of the kinks is assumed.

        Parameters
        ----------
        x : sympy symbol or name
        order : sequence of int, or None
            Indices of the neurons with a kink, from left to right. Kinks may coincide. None: found out, if the weights
            say enough to decide it.
        signs : sequence or mapping from index to 1 or -1, or None
            Assumed signs of the weights, for shorter formulas; without them ``Abs(w)`` stays unless sympy knows more.

        Returns
        -------
        sympy.Piecewise
            Equal to `formula` wherever `assumptions` with the same arguments holds.
        """
        variable = read.entry(x, "x")
        known = self._signs(signs)
        kinks = self._ordered(order, known)
        slope, intercept = sympy.Integer(0), self.layers[1].bias[0]
        for i, w, b, v, (left, right) in self._neurons():
            if read.bends(w, left, right):
                start = v * ((left + right) * w - (right - left) * _absolute(w, known.get(i))) / 2
                slope, intercept = slope + start, intercept + start * b / w
            else:
                slope, intercept = slope + v * left * w, intercept + v * read.unit(b, left, right)
        cases = []
        for kink in (*kinks, None):
            value = sympy.expand(intercept) + variable * sympy.expand(slope)
            cases.append((value, variable <= kink.location if kink else True))
            if kink:
                slope, intercept = slope + kink.jump, intercept - kink.jump * kink.location
        return sympy.Piecewise(*cases)

    def assumptions(self, order: Sequence[int] | None = None, signs: SignsLike = None) -> Expr:
        """What `piecewise` with these arguments takes for granted, as a sympy ``And``."""
        known = self._signs(signs)
        kinks = self._ordered(order, known)
        weights = [self.layers[0].weight[k.neuron[1]][0] for k in kinks]
        return sympy.And(
            *(a.location <= b.location for a, b in zip(kinks, kinks[1:], strict=False)),
            *(sympy.Ne(w, 0) for w in weights),
            *(self.layers[0].weight[i][0] * s > 0 for i, s in known.items()),
        )

    # -- numbers ----------------------------------------------------------------------------------

    def subs(self, values: Values | None = None) -> Network:
        """Put numbers in for all symbols.

        Parameters
        ----------
        values : mapping from symbols or their names to exact numbers (as in `pwlin.exact.rational.to_fraction`)

        Raises
        ------
        PwlinError
            If a symbol has no value, or a name is no symbol of this network.
        ExactnessError
            If a weight then is no finite rational number.
        """
        numbers = {key: to_fraction(v, f"values[{key}]") for key, v in _entries({} if values is None else values)}
        net = self.partial(numbers)
        if net.symbols:
            missing = ", ".join(s.name for s in net.symbols)
            raise refusal("values", f"none for {missing}", "is one number for each symbol", PwlinError)
        slopes = [[TwoSlope(*map(to_fraction, s)) for s in layer.slopes] for layer in net.layers[:-1]]
        return Network.from_arrays([layer.weight for layer in net.layers], [layer.bias for layer in net.layers], slopes)

    def partial(self, values: Values) -> SymbolicNetwork:
        """Put numbers, expressions or other names in for some symbols."""
        table: dict[sympy.Symbol, Expr] = {}
        for key, value in _entries(values):
            matches = [s for s in self.symbols if s == key or s.name == key]
            if not matches:
                names = ", ".join(s.name for s in self.symbols) or "none, for there are no symbols"
                raise refusal("values", shown(key), f"are {names}")
            table.update(dict.fromkeys(matches, read.entry(value, f"values[{key}]")))

        def put(part: Any) -> Any:
            return tuple(map(put, part)) if isinstance(part, tuple) else part.subs(table, simultaneous=True)

        return SymbolicNetwork(tuple(SymbolicLayer(*map(put, layer)) for layer in self.layers))

    # -- inside -----------------------------------------------------------------------------------

    def _inputs(self, inputs: Sequence[object]) -> list[Expr]:
        d = self.input_dim
        names: Sequence[object] = inputs or (["x"] if d == 1 else [f"x{i}" for i in range(d)])
        if len(names) != d:
            raise refusal("inputs", str(len(names)), f"are {d}", ShapeError)
        return [read.entry(v, f"inputs[{i}]") for i, v in enumerate(names)]

    def _under(self, pattern: Sequence[Sequence[bool]], inputs: Sequence[object]) -> list[Expr]:
        values = self._inputs(inputs)
        for layer, active in zip(self.layers, pattern):
            rows = zip(read.affine(layer, values), layer.slopes, active, strict=True)
            values = [z * (right if on else left) for z, (left, right), on in rows]
        return values

    def _neurons(self) -> list[tuple[int, Expr, Expr, Expr, tuple[Expr, Expr]]]:
        self._one_input("kinks")
        if len(self.widths) != 1 or self.output_dim != 1:
            found = f"{len(self.widths)} hidden layer(s) and {self.output_dim} output(s)"
            accepted = "is one of each (for deeper networks use breakpoint and affine with a pattern)"
            raise refusal("network", found, accepted, ShapeError)
        hidden, readout = self.layers
        rows = zip(hidden.weight, hidden.bias, readout.weight[0], hidden.slopes, strict=True)
        return [(i, w[0], b, v, s) for i, (w, b, v, s) in enumerate(rows)]

    def _kinks(self, known: Mapping[int, int]) -> dict[int, SymbolicKink]:
        return {
            i: SymbolicKink(-b / w, v * (right - left) * _absolute(w, known.get(i)), (0, i))
            for i, w, b, v, (left, right) in self._neurons()
            if read.bends(w, left, right)
        }

    def _ordered(self, order: Sequence[int] | None, known: Mapping[int, int]) -> list[SymbolicKink]:
        kinks = self._kinks(known)
        if order is not None:
            if sorted(order) != sorted(kinks):
                raise refusal("order", f"{list(order)}", f"are the indices {sorted(kinks)}, each once", PwlinError)
            return [kinks[i] for i in order]
        sorted_kinks: list[SymbolicKink] = []
        for kink in kinks.values():
            place = 0
            for other in sorted_kinks:
                gap = kink.location - other.location
                if gap.is_nonnegative is None:
                    found = f"none, and {other.location} and {kink.location} cannot be compared"
                    raise refusal("order", found, f"is a list of the indices {sorted(kinks)} from left to right")
                place += bool(gap.is_nonnegative)
            sorted_kinks.insert(place, kink)
        return sorted_kinks

    def _signs(self, signs: SignsLike) -> dict[int, int]:
        given = {} if signs is None else dict(signs) if isinstance(signs, Mapping) else dict(enumerate(signs))
        for i, sign in given.items():
            self._check_neuron(0, i)
            if sign not in (1, -1):
                raise refusal(f"signs[{i}]", shown(sign), "are 1 and -1")
        return given

    def _check_neuron(self, layer: object, index: object) -> None:
        k = whole(layer, "layer", 0, len(self.widths) - 1)
        whole(index, "index", 0, self.widths[k] - 1)

    @staticmethod
    def _pattern_widths(pattern: object) -> tuple[int, ...]:
        rows = items(pattern, "pattern", _PATTERN, ShapeError)
        return tuple(len(items(row, f"pattern[{k}]", _PATTERN, ShapeError)) for k, row in enumerate(rows))

    def _one_input(self, what: str) -> None:
        if self.input_dim != 1:
            raise refusal(what, f"{self.input_dim} inputs", "is one", ShapeError)


def generic(
    widths: Sequence[int], input_dim: int = 1, output_dim: int = 1, activation: ActivationLike = "relu"
) -> SymbolicNetwork:
    """A network with a symbol for every weight and bias.

    Parameters
    ----------
    widths : sequence of int
        Hidden widths. With one hidden layer, one input and one output the names are w0, w1, ..., b0, b1, ..., v0, v1, ...
        and c, as in c + Σ v_i σ(w_i x + b_i). Otherwise they are w{layer}_{row}_{column} and b{layer}_{row}.
    input_dim, output_dim : int
    activation : as in `SymbolicNetwork.from_arrays`

    Examples
    --------
    >>> generic([2, 1], activation=("leaky_relu", "a")).symbols[:4]
    (a, b0_0, b0_1, b1_0)
    """
    inner = sizes(widths, "widths")
    ends = whole(input_dim, "input_dim", 1), whole(output_dim, "output_dim", 1)
    layers = [ends[0], *inner, ends[1]]
    if (count := sum(n * (m + 1) for m, n in zip(layers, layers[1:]))) > _MOST:
        raise refusal("widths", f"{shown(widths)}, which is {shown(count)} symbols", f"are up to {_MOST}", PwlinError)
    if ends == (1, 1) and len(inner) == 1:
        n = inner[0]
        weights = [[[f"w{i}"] for i in range(n)], [[f"v{i}" for i in range(n)]]]
        return SymbolicNetwork.from_arrays(weights, [[f"b{i}" for i in range(n)], ["c"]], activation)
    shapes = list(enumerate(zip(layers[1:], layers)))
    return SymbolicNetwork.from_arrays(
        [[[f"w{k}_{i}_{j}" for j in range(n_in)] for i in range(n_out)] for k, (n_out, n_in) in shapes],
        [[f"b{k}_{i}" for i in range(n_out)] for k, (n_out, _) in shapes],
        activation,
    )


def _entries(values: object) -> Iterable[tuple[object, object]]:
    if not isinstance(values, Mapping):
        raise refusal("values", shown(values), "is a mapping from symbols or their names to numbers")
    return values.items()


def _absolute(w: Expr, sign: int | None) -> Expr:
    return sympy.Abs(w) if sign is None else sign * w
