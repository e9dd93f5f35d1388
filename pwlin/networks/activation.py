"""Two-slope units: each neuron's activation is one slope left of zero and one right of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, TypeGuard

import numpy as np

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import ActivationError, ExactnessError
from pwlin.exact.rational import to_fraction
from pwlin.exact.text import shortened

ACCEPTED = (
    '"relu", "abs", "identity", ("leaky_relu", a), ("prelu", [a0, a1, ...]), ("two_slope", left, right), '
    "or a list with one of these per hidden layer"
)


@dataclass(frozen=True, slots=True)
class TwoSlope:
    """The activation ``z -> left * z`` for z <= 0 and ``right * z`` for z > 0, with exact slopes.

    Examples
    --------
    >>> TwoSlope.parse("relu")
    TwoSlope(left=Fraction(0, 1), right=Fraction(1, 1))
    >>> TwoSlope.parse(("leaky_relu", "0.01")).name
    'leaky_relu(1/100)'
    """

    left: Fraction
    right: Fraction

    @property
    def is_linear(self) -> bool:
        """Whether both slopes agree, so that the unit never bends anything (it always counts as active)."""
        return self.left == self.right

    @property
    def name(self) -> str:
        """A short readable name."""
        if self == RELU:
            return "relu"
        if self == ABS:
            return "abs"
        if self == IDENTITY:
            return "identity"
        if self.right == 1:
            return f"leaky_relu({shortened(self.left, 40)})"
        return f"two_slope({shortened(self.left, 40)}, {shortened(self.right, 40)})"

    def __call__(self, z: Fraction) -> Fraction:
        """Apply the activation exactly."""
        return z * (self.right if z > 0 else self.left)

    @staticmethod
    def parse(spec: object) -> TwoSlope:
        """Read one neuron's activation from its name, its tuple, or a `TwoSlope`."""
        if isinstance(spec, TwoSlope):
            return spec
        if isinstance(spec, str):
            if spec.lower() in _NAMED:
                return _NAMED[spec.lower()]
        elif isinstance(spec, tuple) and spec and isinstance(spec[0], str):
            kind, parameters = spec[0].lower(), spec[1:]
            try:
                slopes = [to_fraction(p, f"activation {kind!r}") for p in parameters]
            except ExactnessError as error:
                raise ActivationError(str(error)) from None
            if kind in ("leaky_relu", "prelu") and len(slopes) == 1:
                return TwoSlope(slopes[0], Fraction(1))
            if kind == "two_slope" and len(slopes) == 2:
                return TwoSlope(slopes[0], slopes[1])
        raise refusal("activation", shown(spec), f"are {ACCEPTED}", ActivationError)


ActivationLike: TypeAlias = str | Sequence[object] | TwoSlope
"""What users may say; see `Network.from_arrays`."""
RELU = TwoSlope(Fraction(0), Fraction(1))
ABS = TwoSlope(Fraction(-1), Fraction(1))
IDENTITY = TwoSlope(Fraction(1), Fraction(1))
_NAMED = {"relu": RELU, "abs": ABS, "absolute": ABS, "identity": IDENTITY, "linear": IDENTITY}


def layer_activation(spec: ActivationLike | object, width: int) -> tuple[TwoSlope, ...]:
    """Activations of one layer of `width` neurons from a single spec or a list with one spec per neuron."""
    each = f"are {width}, one per neuron of the layer"
    if _is_list(spec) or (isinstance(spec, tuple) and spec and isinstance(spec[0], TwoSlope)):
        if len(spec) != width:
            raise refusal("activation", f"{len(spec)} entries", each, ActivationError)
        return tuple(TwoSlope.parse(s) for s in spec)
    if isinstance(spec, tuple) and len(spec) > 1 and any(_is_sequence(p) for p in spec[1:]):
        columns = [list(p) if _is_sequence(p) else [p] * width for p in spec[1:]]
        for column in columns:
            if len(column) != width:
                raise refusal(f"activation {shown(spec[0])}", f"{len(column)} slopes", each, ActivationError)
        return tuple(TwoSlope.parse((spec[0], *row)) for row in zip(*columns, strict=True))
    return (TwoSlope.parse(spec),) * width


def network_activations(spec: ActivationLike | object, widths: Sequence[int]) -> list[tuple[TwoSlope, ...]]:
    """Activations of all hidden layers from one spec for all or a list with one spec per layer."""
    if isinstance(spec, list):
        if len(spec) != len(widths):
            each = f"are {len(widths)}, one activation per hidden layer"
            raise refusal("activation", f"a list of {len(spec)} entries", each, ActivationError)
        return [layer_activation(s, n) for s, n in zip(spec, widths, strict=True)]
    return [layer_activation(spec, n) for n in widths]


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim == 1)


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, tuple) or _is_list(value)
