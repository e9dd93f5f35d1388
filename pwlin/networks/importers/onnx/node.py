"""One node of an ONNX graph with the values of its inputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import onnx

from pwlin.base.arguments import refusal, shown
from pwlin.base.errors import FormatError
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.operation import Operation, Places
from pwlin.networks.importers.wire import Array, Wire

Value = Wire | Head | Array
MOST = 1 << 27
"""Entries that no array may have more of."""
FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16)
_MOST_MADE = 1 << 24  # entries of a constant that is larger than what it is made from
_BROADCAST = frozenset(
    ["Add", "Sub", "Mul", "Div", "Pow", "MatMul", "Where", "Max", "Min", "Equal", "Less", "Greater", "And", "Or"]
)


@dataclass(frozen=True)
class Node(Operation):
    """A node of a graph; an optional input that is not given is None."""

    inputs: Sequence[Value | None]
    proto: onnx.NodeProto
    opset: int
    compute: Callable[[onnx.NodeProto, Sequence[Array | None], int, str], list[Array]]

    def given(self, index: int, name: str = "") -> object:
        """An input by its place; ONNX's have no names."""
        return self.inputs[index] if index < len(self.inputs) else None

    def as_array(self, value: object) -> Array | None:
        """Constants are arrays already."""
        return value if isinstance(value, np.ndarray) else None

    def _attribute(self, name: str) -> object:
        for attribute in self.proto.attribute:
            if attribute.name == name:
                return onnx.helper.get_attribute_value(attribute)
        return None

    def has(self, name: str) -> bool:
        """Whether an attribute is given."""
        return self._attribute(name) is not None

    def number(self, name: str, default: float) -> float:
        """A number among the attributes; floats are of single precision there."""
        value = self._attribute(name)
        if value is None:
            return default
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            self.refuse(f"its attribute {name} is {shown(value)}")
        return value

    def whole(self, name: str, default: int) -> int:
        """An integer among the attributes."""
        return int(self.number(name, default))

    def text(self, name: str, default: str) -> str:
        """A text among the attributes."""
        value = self._attribute(name)
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return default if value is None else str(value)

    def sizes(self, name: str, count: int, default: int) -> list[int]:
        """Integers among the attributes, one for each axis."""
        value = self._attribute(name)
        if value is None:
            return [default] * count
        if not isinstance(value, (list, tuple)) or len(value) != count:
            self.refuse(f"its attribute {name} is {shown(value)}")
        return [int(v) for v in value]

    def axes(self, rank: int) -> Sequence[int]:
        """The axes of a reduction, by its attribute or its second input."""
        named = self._attribute("axes")
        given = self.constant(1) if len(self.inputs) > 1 else named if isinstance(named, (list, tuple)) else None
        if given is not None and len(given):
            return [int(a) for a in np.ravel(given)]
        return [] if self.whole("noop_with_empty_axes", 0) else range(rank)

    def moved(self) -> list[Value]:
        """What a node that only moves data does, found by letting it move places."""
        self.check_size()
        data = {"Concat": range(len(self.inputs)), "Where": (1, 2)}.get(self.kind, (0,))
        places = Places(self.chain)
        given = [
            places.of(self.operand(i)) if i in data and value is not None else self.constant(i)
            for i, value in enumerate(self.inputs)
        ]
        return [places.gathered(v) for v in self.compute(self.proto, given, self.opset, self.place)]

    def check_size(self) -> None:
        """Refuse nodes whose result would fill the memory."""
        kind, size = self.kind, 0.0
        shapes = [tuple(v.shape) for v in self.inputs if isinstance(v, (Wire, np.ndarray))]
        second = self.inputs[1] if len(self.inputs) > 1 else None
        first = math.prod(shapes[0]) if shapes else 0
        if kind in ("Expand", "Tile", "Resize", "Upsample", "Pad", "OneHot") and isinstance(second, np.ndarray):
            amounts = [float(v) for v in np.ravel(second) if v == v]
            size = math.prod(max(abs(a), 1.0) for a in amounts) * (1 if kind == "Expand" else max(first, 1))
            if kind == "Pad":
                n = len(amounts) // 2
                size = math.prod(s + max(a, 0) + max(b, 0) for s, a, b in zip(shapes[0], amounts[:n], amounts[n:]))
            if kind == "OneHot":
                size = first * (amounts[0] if amounts else 1)
        if kind == "Resize":
            sizes = [
                float(v)
                for i in (2, 3)
                if i < len(self.inputs) and isinstance(v_ := self.inputs[i], np.ndarray)
                for v in v_.ravel()
            ]
            size = max(
                size, math.prod(max(abs(s), 1.0) for s in sizes) * (1 if len(self.inputs) > 3 else max(first, 1))
            )
        if kind == "ConstantOfShape" and isinstance(self.inputs[0], np.ndarray):
            size = math.prod(float(v) for v in np.ravel(self.inputs[0]))
        if kind == "Range" and all(isinstance(v, np.ndarray) for v in self.inputs):
            start, limit, delta = (float(np.ravel(self.array(i))[0]) for i in range(3))
            size = abs((limit - start) / delta) if delta else math.inf
        if kind in ("Gather", "GatherElements", "GatherND") and len(shapes) == 2:
            size = math.prod(shapes[1]) * (max(shapes[0], default=1) if kind == "GatherElements" else first)
        if kind in ("Upsample", "Pad", "Tile") and self.proto.attribute and not isinstance(second, np.ndarray):
            amounts = [float(v) for a in self.proto.attribute for v in ([*a.ints] or [*a.floats])]
            size = max(first, 1) * math.prod(max(abs(a), 1.0) for a in amounts)
        if kind in _BROADCAST:
            try:
                lead = [s[:-2] for s in shapes] if kind == "MatMul" else shapes
                size = math.prod(np.broadcast_shapes(*lead)) * (
                    shapes[0][-2] * shapes[1][-1] if kind == "MatMul" and min(map(len, shapes)) > 1 else 1
                )
            except ValueError:
                self.refuse("its shapes do not fit")
        most = max(_MOST_MADE, sum(map(math.prod, shapes)))
        if not size <= most:
            raise refusal(self.place, f"{kind} to {size:.3g} entries", f"are up to {most}", FormatError)
