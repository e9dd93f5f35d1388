"""Functions of ``keras.ops`` in a functional model, such as ``x + 1``: one table, from the name of an operation's class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from pwlin.networks.importers import layers as shared
from pwlin.networks.importers import operation
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.operation import Operation, Places
from pwlin.networks.importers.wire import Array, Wire

OPERATIONS: dict[str, Callable[[Called], Wire | Head]] = {
    "Add": operation.add,
    "Subtract": operation.subtract,
    "Multiply": operation.multiply,
    "Divide": operation.divide,
    "TrueDivide": operation.divide,
    "Negative": operation.negate,
    "Absolute": operation.absolute,
    "Abs": operation.absolute,
    "Maximum": operation.larger,
    "Minimum": operation.smaller,
    "Matmul": operation.multiply_matrices,
    "Relu": operation.relu,
    "Relu6": operation.relu6,
    "HardSigmoid": operation.hard_sigmoid,
    **dict.fromkeys(("Softmax", "LogSoftmax", "Sigmoid"), operation.smooth_end),
}
row = operation.rows(OPERATIONS)
MOVES = frozenset(
    """
        Concatenate ExpandDims Flip GetItem Moveaxis Ravel Repeat Reshape Roll Squeeze Stack Swapaxes Take Tile Transpose
    """.split()
)
"""Operations whose result is entries of their tensors."""


@dataclass(frozen=True)
class Called(Operation):
    """One call of an operation, on wires and constants."""

    kwargs: Mapping[str, object]
    function: Any
    """The operation itself, with its settings."""

    def given(self, index: int, name: str = "") -> object:
        """An argument by its place or its name."""
        if index < len(self.inputs):
            return self.inputs[index]
        return self.kwargs.get(name, self.kwargs.get(f"x{index + 1}"))

    def as_array(self, value: object) -> Array | None:
        """Constants: numbers, arrays and tensors of the backend."""
        if value is None or isinstance(value, (Wire, Head, str)):
            return None
        return np.asarray(keras.ops.convert_to_numpy(value) if keras.ops.is_tensor(value) else value)

    def moved(self) -> Wire:
        """What an operation that only moves data does, found by letting it move places."""
        places = Places(self.chain)

        def placed(value: object) -> object:
            if isinstance(value, (list, tuple)) and any(isinstance(v, Wire) for v in value):
                return [placed(v if isinstance(v, Wire) else self.chain.constant(self._constant(v))) for v in value]
            return keras.ops.convert_to_tensor(places.of(value)) if isinstance(value, Wire) else value

        args = [placed(v) for v in self.inputs]
        found = self.function.call(*args, **{k: placed(v) for k, v in self.kwargs.items()})
        return places.gathered(np.asarray(keras.ops.convert_to_numpy(found)))

    def _constant(self, value: object) -> Array:
        array = self.as_array(value)
        if array is None:
            self.refuse("its inputs are not read")
        return array


def run(call: Called) -> Wire | Head:
    """The result of an operation, or its refusal by name."""
    if call.kind not in MOVES and call.kind not in OPERATIONS:
        call.refuse("it is not piecewise linear, or not read")
    with operation.fitting(call.refuse):
        return call.moved() if call.kind in MOVES else OPERATIONS[call.kind](call)


@row("LeakyRelu")
def _leaky(call: Called) -> Wire:
    return call.wire().leaky(float(call.function.negative_slope), call.place)


@row("HardTanh")
def _hard_tanh(call: Called) -> Wire:
    return call.wire().clipped(-1, 1, call.place)


@row("Clip")
def _clip(call: Called) -> Wire:
    low, high = (call.as_array(v) for v in (call.function.x_min, call.function.x_max))
    return call.wire().clipped(low, high, call.place)


@row("Sum", "Mean", "Max", "Min")
def _reduced(call: Called) -> Wire:
    x, f = call.wire(), call.function
    if getattr(f, "dtype", None) is not None and "float" not in str(f.dtype):
        call.refuse("rounding to integers is not continuous")
    if getattr(f, "initial", None) is not None:
        call.refuse("its initial value is not read")
    axes: Sequence[int] = range(len(x.shape)) if f.axis is None else [f.axis] if isinstance(f.axis, int) else f.axis
    return shared.reduced(x, axes, bool(f.keepdims), call.kind.lower(), call.place)
