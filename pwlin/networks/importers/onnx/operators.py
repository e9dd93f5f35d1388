"""What ONNX's operators do to wires: one table, from the operator's name to a function of its node."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import onnx

from pwlin.networks.activation import ABS, TwoSlope
from pwlin.networks.importers import operators as shared
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.onnx.node import Node, Value
from pwlin.networks.importers.wire import Wire

Operator = Callable[[Node], "Value | list[Value]"]
OPERATORS: dict[str, Operator] = {}
MOVES = frozenset(
    [
        "Concat",
        "Compress",
        "DepthToSpace",
        "Expand",
        "Flatten",
        "Gather",
        "GatherElements",
        "GatherND",
        "Identity",
        "Reshape",
        "ReverseSequence",
        "Slice",
        "SpaceToDepth",
        "Split",
        "Squeeze",
        "Tile",
        "Transpose",
        "Trilu",
        "Unsqueeze",
        "Where",
    ]
)
"""Operators whose result is entries of their tensors, and zeros."""
CONSTANT = frozenset(
    [
        "Abs",
        "Add",
        "And",
        "ArgMax",
        "ArgMin",
        "AveragePool",
        "Cast",
        "CastLike",
        "Ceil",
        "Clip",
        "Constant",
        "ConstantOfShape",
        "Conv",
        "CumSum",
        "Div",
        "Equal",
        "Exp",
        "EyeLike",
        "Floor",
        "Gemm",
        "Greater",
        "GreaterOrEqual",
        "IsInf",
        "IsNaN",
        "Less",
        "LessOrEqual",
        "Log",
        "MatMul",
        "Max",
        "Mean",
        "Min",
        "Mod",
        "Mul",
        "Neg",
        "NonZero",
        "Not",
        "OneHot",
        "Or",
        "Pad",
        "Pow",
        "Range",
        "Reciprocal",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "Relu",
        "Round",
        "ScatterElements",
        "ScatterND",
        "Shape",
        "Sign",
        "Size",
        "Sqrt",
        "Sub",
        "Sum",
        "Xor",
    ]
)
"""Operators that may stand among constants, besides those that move data."""


def operator(*names: str) -> Callable[[Operator], Operator]:
    """Put a function into the table."""

    def put(function: Operator) -> Operator:
        for name in names:
            OPERATORS[name] = function
        return function

    return put


# -- arithmetic -------------------------------------------------------------------------------------


@operator("Add")
def _add(node: Node) -> Wire:
    return node.operand(0).plus(node.operand(1))


@operator("Sub")
def _sub(node: Node) -> Wire:
    return node.operand(0).minus(node.operand(1))


@operator("Mul")
def _mul(node: Node) -> Wire:
    if isinstance(node.inputs[0], Wire):
        return node.wire(0).scaled(node.array(1))
    return node.wire(1).scaled(node.array(0))


@operator("Div")
def _div(node: Node) -> Wire:
    return node.wire().divided(node.array(1), node.place)


@operator("Neg")
def _neg(node: Node) -> Wire:
    return node.wire().scaled(-1)


@operator("Sum", "Mean")
def _sum(node: Node) -> Wire:
    out = node.operand(0)
    for i in range(1, len(node.inputs)):
        out = out.plus(node.operand(i))
    return out if node.proto.op_type == "Sum" else out.divided(len(node.inputs), node.place)


@operator("Max", "Min")
def _extreme(node: Node) -> Wire:
    out = node.operand(0)
    for i in range(1, len(node.inputs)):
        other = node.operand(i)
        out = out.maximum(other, node.place) if node.proto.op_type == "Max" else out.minimum(other, node.place)
    return out


@operator("Cast", "CastLike")
def _cast(node: Node) -> Wire:
    floats = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16)
    if not isinstance(node.inputs[0], Wire):  # a constant of the input's type
        return node.operand(0)
    if node.proto.op_type == "CastLike":
        if not isinstance(node.inputs[1], Wire) and node.array(1).dtype.kind != "f":
            node.refuse("rounding to integers is not continuous")
    elif node.whole("to", 0) not in floats:
        node.refuse("rounding to integers is not continuous")
    return node.wire()


@operator("Shape", "Size")
def _shape(node: Node) -> Value:
    shape = node.wire().shape
    if node.proto.op_type == "Size":
        return np.array(math.prod(shape), dtype=np.int64)
    stop = node.whole("end", len(shape))
    return np.array(shape[node.whole("start", 0) : stop], dtype=np.int64)


@operator("Dropout")
def _dropout(node: Node) -> Wire:
    training = node.constant(2) if len(node.inputs) > 2 else None
    if (training is not None and bool(training)) or (node.opset < 7 and not node.whole("is_test", 0)):
        node.refuse("it draws random numbers")
    return node.wire()


@operator("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1")
def _reduce(node: Node) -> Wire:
    x, kind = node.wire(), node.proto.op_type
    x = x.units(ABS, node.place) if kind == "ReduceL1" else x
    axes = node.axes(len(x.shape))
    if axes == []:
        return x
    axes = list(range(len(x.shape))) if axes is None else axes
    rest = [a for a in range(len(x.shape)) if a not in axes]
    table = np.arange(x.size).reshape(x.shape).transpose(*rest, *axes).reshape(math.prod(x.shape[a] for a in rest), -1)
    keep = node.whole("keepdims", 1)
    shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape) if keep or a not in axes)
    if kind == "ReduceMean":
        return shared.mean(x, table, np.full(len(table), table.shape[1])).reshaped(shape)
    if kind in ("ReduceSum", "ReduceL1"):
        return x.combined(table, np.ones((1, 1), dtype=np.int64), weights=False).reshaped(shape)
    sign = -1 if kind == "ReduceMin" else 1
    return x.scaled(sign).largest(table, node.place).scaled(sign).reshaped(shape)


# -- activations ------------------------------------------------------------------------------------


@operator("Relu")
def _relu(node: Node) -> Wire:
    return node.wire().relu(node.place)


@operator("Abs")
def _abs(node: Node) -> Wire:
    return node.wire().units(ABS, node.place)


@operator("LeakyRelu")
def _leaky_relu(node: Node) -> Wire:
    return node.wire().units(TwoSlope(Fraction(node.number("alpha", 0.01)), Fraction(1)), node.place)


@operator("PRelu")
def _prelu(node: Node) -> Wire:
    x, slopes = node.wire(), node.array(1).astype(np.float64)
    if slopes.ndim == 1 and node.opset < 7 and len(x.shape) > 1 and len(slopes) in (1, x.shape[1]):
        slopes = slopes.reshape(-1, *[1] * (len(x.shape) - 2))  # one per channel
    if not np.isfinite(slopes).all() or np.broadcast_shapes(x.shape, slopes.shape) != x.shape:
        node.refuse("its slopes are no finite numbers that fit")
    known = {v: TwoSlope(Fraction(v), Fraction(1)) for v in np.unique(slopes).tolist()}
    return x.units([known[v] for v in np.broadcast_to(slopes, x.shape).ravel().tolist()], node.place)


@operator("Clip")
def _clip(node: Node) -> Wire:
    if node.opset >= 11 and any(isinstance(v, Wire) for v in node.inputs[1:]):
        out = node.operand(0)
        out = out if node.inputs[1] is None else out.maximum(node.operand(1), node.place)
        return out if len(node.inputs) < 3 or node.inputs[2] is None else out.minimum(node.operand(2), node.place)
    if node.opset < 11:
        bounds = [np.asarray(node.number(n, 0.0)) if node.has(n) else None for n in ("min", "max")]
    else:
        bounds = [node.constant(1), node.constant(2)]
    low, high = (
        None if b is None or (abs(float(b)) >= float(np.finfo(np.float32).max) and float(b) * s > 0) else b
        for b, s in zip(bounds, (-1, 1))
    )
    return node.wire().clipped(low, high, node.place)


@operator("HardSigmoid")
def _hard_sigmoid(node: Node) -> Wire:
    x = node.wire().scaled(np.asarray(node.number("alpha", float(np.float32(0.2))))).shifted(node.number("beta", 0.5))
    return x.clipped(0, 1, node.place)


@operator("ThresholdedRelu")
def _thresholded_relu(node: Node) -> Wire:
    if node.number("alpha", 1.0) != 0:
        node.refuse("it jumps at alpha")
    return node.wire().relu(node.place)


@operator("Shrink")
def _shrink(node: Node) -> Wire:
    bound = node.number("lambd", 0.5)
    if node.number("bias", 0.0) != bound or bound < 0:
        node.refuse("it jumps where bias differs from lambd")
    x = node.wire()
    return x.minus(x.clipped(-bound, bound, node.place))


@operator("Softmax", "LogSoftmax", "Sigmoid")
def _head(node: Node) -> Head:
    return Head(node.proto.op_type, node.place, node.wire())
