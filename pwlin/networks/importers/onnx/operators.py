"""What ONNX's operators do to wires: one table, from the operator's name to a function of its node."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pwlin.networks.activation import ABS
from pwlin.networks.importers import layers as shared
from pwlin.networks.importers import operation
from pwlin.networks.importers.onnx.node import FLOATS, Node, Value
from pwlin.networks.importers.wire import Wire

Operator = Callable[[Node], "Value | list[Value]"]
OPERATORS: dict[str, Operator] = {
    "Add": operation.add,
    "Sub": operation.subtract,
    "Mul": operation.multiply,
    "Div": operation.divide,
    "Neg": operation.negate,
    "MatMul": operation.multiply_matrices,
    "Relu": operation.relu,
    "Abs": operation.absolute,
    **dict.fromkeys(("Softmax", "LogSoftmax", "Sigmoid"), operation.smooth_end),
}
operator = operation.rows(OPERATORS)
MOVES = frozenset(
    """
        Concat Compress DepthToSpace Expand Flatten Gather GatherElements GatherND Identity Reshape ReverseSequence
        Slice SpaceToDepth Split Squeeze Tile Transpose Trilu Unsqueeze Where
    """.split()
)
"""Operators whose result is entries of their tensors, and zeros."""
CONSTANT = frozenset(
    """
        Abs Add And ArgMax ArgMin AveragePool Cast CastLike Ceil Clip Constant ConstantOfShape Conv CumSum Div Equal
        Exp EyeLike Floor Gemm Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Log MatMul Max Mean Min Mod Mul
        Neg NonZero Not OneHot Or Pad Pow Range Reciprocal ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu
        Round ScatterElements ScatterND Shape Sign Size Sqrt Sub Sum Xor
    """.split()
)
"""Operators that may stand among constants, besides those that move data."""


# -- arithmetic -------------------------------------------------------------------------------------


@operator("Sum", "Mean", "Max", "Min")
def _merge(node: Node) -> Wire:
    wires = [node.operand(i) for i in range(len(node.inputs))]
    return shared.merged(wires, node.kind.lower(), node.place)


@operator("Cast", "CastLike")
def _cast(node: Node) -> Wire:
    if not isinstance(node.inputs[0], Wire):  # a constant of the input's type
        return node.operand(0)
    if node.kind == "CastLike":
        rounds = not isinstance(node.inputs[1], Wire) and node.array(1).dtype.kind != "f"
    else:
        rounds = node.whole("to", 0) not in FLOATS
    if rounds:
        node.refuse("rounding to integers is not continuous")
    return node.wire()


@operator("Shape", "Size")
def _shape(node: Node) -> Value:
    shape = node.wire().shape
    if node.kind == "Size":
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
    x, kind = node.wire(), node.kind.removeprefix("Reduce").lower()
    x = x.units(ABS, node.place) if kind == "l1" else x
    axes = node.axes(len(x.shape))
    return shared.reduced(x, axes, bool(node.whole("keepdims", 1)), "sum" if kind == "l1" else kind, node.place)


# -- activations ------------------------------------------------------------------------------------


@operator("LeakyRelu")
def _leaky_relu(node: Node) -> Wire:
    return node.wire().leaky(node.number("alpha", 0.01), node.place)


@operator("PRelu")
def _prelu(node: Node) -> Wire:
    x, slopes = node.wire(), node.array(1).astype(np.float64)
    if slopes.ndim == 1 and node.opset < 7 and len(x.shape) > 1 and len(slopes) in (1, x.shape[1]):
        slopes = shared.along_channels(slopes, x)
    return x.leaky(slopes, node.place)


@operator("Clip")
def _clip(node: Node) -> Wire:
    if node.opset >= 11 and any(isinstance(v, Wire) for v in node.inputs[1:]):
        return operation.between(node)
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
    return node.wire().shrunk(bound, node.place)
