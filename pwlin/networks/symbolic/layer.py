"""What a symbolic network is made of: reading entries and activations, and the expressions of one layer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import sympy

from pwlin.base.arguments import items, refusal, shown
from pwlin.base.errors import ActivationError, ExactnessError, ShapeError
from pwlin.exact.arrays import plain
from pwlin.exact.bridges import to_sympy
from pwlin.exact.rational import to_fraction
from pwlin.networks.activation import ACCEPTED, TwoSlope

Expr: TypeAlias = sympy.Expr
"""A sympy expression."""
Values: TypeAlias = Mapping[str, object] | Mapping[sympy.Symbol, object]
"""What stands for symbols, by themselves or by their names."""
SignsLike: TypeAlias = Mapping[int, int] | Sequence[int] | None
"""Signs of weights, by neuron."""

_NAME = re.compile(r"[^\W\d]\w*")


class SymbolicLayer(NamedTuple):
    """Weight rows, biases, and the left and right slope of each neuron's activation."""

    weight: tuple[tuple[Expr, ...], ...]
    bias: tuple[Expr, ...]
    slopes: tuple[tuple[Expr, Expr], ...]


def entry(value: object, name: str) -> Expr:
    """One weight: an expression as it is, a name as a real symbol, anything else as an exact number."""
    if isinstance(value, sympy.Expr) and not value.is_number:
        return value
    if isinstance(value, str) and _NAME.fullmatch(value):
        return sympy.Symbol(value, real=True)
    if isinstance(value, sympy.Expr) and value.is_real and not value.has(sympy.Float):
        return value
    number = to_fraction(value, name)
    return to_sympy(number)


def vector(values: object, name: str) -> tuple[Expr, ...]:
    """A sequence of weights."""
    entries = items(plain(values, name), name, "is a sequence of entries", ShapeError)
    return tuple(entry(v, f"{name}[{i}]") for i, v in enumerate(entries))


def rows(values: object, name: str) -> list[object]:
    """The rows of a matrix, at least one."""
    table = plain(values, name)
    accepted = "is a sequence of rows, at least one"
    found = items(table.tolist() if hasattr(table, "tolist") else table, name, accepted, ShapeError)
    if not found:
        raise refusal(name, shown(values), accepted, ShapeError)
    return found


def layer_slopes(spec: object, width: int) -> tuple[tuple[Expr, Expr], ...]:
    """Left and right slope of each neuron from one spec or a list with one per neuron."""
    if isinstance(spec, list):
        if len(spec) != width:
            raise refusal("activation", f"{len(spec)} entries", f"are {width}, one per neuron", ActivationError)
        return tuple(_slopes(s) for s in spec)
    return (_slopes(spec),) * width


def _slopes(spec: object) -> tuple[Expr, Expr]:
    if isinstance(spec, tuple) and spec and isinstance(spec[0], str):
        counts = {"leaky_relu": 1, "prelu": 1, "two_slope": 2}
        if counts.get(spec[0].lower()) != len(spec) - 1:
            raise refusal("activation", shown(spec), f"are {ACCEPTED}", ActivationError)
        try:
            slopes = [entry(s, f"activation {spec[0]!r}") for s in spec[1:]]
        except ExactnessError as error:
            raise ActivationError(str(error)) from None
        return (slopes[0], slopes[1]) if len(slopes) == 2 else (slopes[0], sympy.Integer(1))
    unit = TwoSlope.parse(spec)
    return entry(unit.left, "left"), entry(unit.right, "right")


def affine(layer: SymbolicLayer, values: Sequence[Expr]) -> list[Expr]:
    """The preactivations of a layer."""
    rows = zip(layer.weight, layer.bias, strict=True)
    return [sum((w * v for w, v in zip(row, values, strict=True)), b) for row, b in rows]


def unit(z: Expr, left: Expr, right: Expr) -> Expr:
    """The activation, as ``Max`` or ``Min`` where numbers say which."""
    if left == right:
        return left * z
    if left.is_number and right.is_number:
        return (sympy.Max if right > left else sympy.Min)(left * z, right * z)
    return left * z + (right - left) * sympy.Max(0, z)


def bends(w: Expr, left: Expr, right: Expr) -> bool:
    """Whether a neuron has a kink, for all that is known of its weight."""
    return not w.is_zero and left != right


def entries(layer: SymbolicLayer) -> list[Expr]:
    """All expressions of a layer."""
    return [*(w for row in layer.weight for w in row), *layer.bias, *(s for pair in layer.slopes for s in pair)]
