"""What ONNX's operators do to wires: one table, from the operator's name to a function of its node."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import onnx
from numpy.typing import NDArray

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


# -- layers -----------------------------------------------------------------------------------------


@operator("MatMul")
def _matmul(node: Node) -> Wire:
    if isinstance(node.inputs[0], Wire):
        return shared.product(node.wire(0), node.array(1))
    return shared.product(node.wire(1), node.array(0), constant_first=True)


@operator("Gemm")
def _gemm(node: Node) -> Wire:
    sides = []
    for i, name in enumerate(("transA", "transB")):
        value = node.inputs[i]
        if not isinstance(value, (Wire, np.ndarray)) or len(value.shape) != 2:
            node.refuse("its shapes are not read")
        if node.whole(name, 0):
            turned = np.arange(math.prod(value.shape)).reshape(value.shape).T
            value = value.gather(turned) if isinstance(value, Wire) else value.T
        sides.append(value)
    a, b = sides
    if isinstance(a, Wire) and isinstance(b, np.ndarray):
        out = shared.product(a, b)
    elif isinstance(b, Wire) and isinstance(a, np.ndarray):
        out = shared.product(b, a, constant_first=True)
    elif isinstance(a, np.ndarray) and isinstance(b, np.ndarray):  # only the bias depends on the input
        out = node.chain.constant(np.matmul(a.astype(np.float64), b.astype(np.float64)))
    else:
        node.refuse("products of two arrays that depend on the input are not piecewise linear")
    alpha, beta = node.number("alpha", 1.0), node.number("beta", 1.0)
    out = out if alpha == 1 else out.scaled(np.asarray(alpha))
    if len(node.inputs) < 3 or node.inputs[2] is None:
        return out
    bias = node.operand(2)
    return out.plus(bias if beta == 1 else bias.scaled(np.asarray(beta)))


@operator("Conv")
def _conv(node: Node) -> Wire:
    x, weight = node.wire(), node.array(1)
    n = weight.ndim - 2
    if (
        n < 1
        or len(x.shape) != n + 2
        or (node.has("kernel_shape") and node.sizes("kernel_shape", n, 1) != list(weight.shape[2:]))
    ):
        node.refuse("its shapes do not fit")
    stride, dilation = node.sizes("strides", n, 1), node.sizes("dilations", n, 1)
    pads = _pads(node, x.shape[2:], weight.shape[2:], stride, dilation)
    return shared.convolution(x, weight, node.constant(2), stride, pads, dilation, node.whole("group", 1))


def _pads(
    node: Node, size: tuple[int, ...], kernel: tuple[int, ...] | list[int], stride: list[int], dilation: list[int]
) -> list[tuple[int, int]]:
    """The padding before and after each axis."""
    mode, n = node.text("auto_pad", "NOTSET"), len(size)
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        out = []
        for s, k, step, d in zip(size, kernel, stride, dilation):
            total = max((-(-s // step) - 1) * step + d * (k - 1) + 1 - s, 0)
            small, large = total // 2, total - total // 2
            out.append((small, large) if mode == "SAME_UPPER" else (large, small))
        return out
    if mode == "VALID":
        return [(0, 0)] * n
    if mode != "NOTSET":
        node.refuse(f"its auto_pad is {mode!r:.40}")
    flat = node.sizes("pads", 2 * n, 0)
    return list(zip(flat[:n], flat[n:]))


@operator("MaxPool", "AveragePool")
def _pool(node: Node) -> Wire:
    x = node.wire()
    n = len(x.shape) - 2
    if not node.has("kernel_shape") or n < 1:
        node.refuse("it lacks the size of its windows")
    if len([name for name in node.proto.output if name]) > 1:
        node.refuse("places of the largest entries are not continuous")
    kernel, stride, dilation = (
        node.sizes("kernel_shape", n, 1),
        node.sizes("strides", n, 1),
        node.sizes("dilations", n, 1),
    )
    pads = _pads(node, x.shape[2:], kernel, stride, dilation)
    ceil = bool(node.whole("ceil_mode", 0))
    if node.proto.op_type == "MaxPool":
        return shared.max_pool(x, kernel, stride, pads, dilation, ceil, node.place)
    padded = bool(node.whole("count_include_pad", 0))
    return shared.average_pool(x, kernel, stride, pads, dilation, ceil, padded)


@operator("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(node: Node) -> Wire:
    x = node.wire()
    kept = x.shape[:2]
    table = np.arange(x.size).reshape(math.prod(kept), -1)
    out = (
        shared.mean(x, table, np.full(len(table), table.shape[1]))
        if node.proto.op_type == "GlobalAveragePool"
        else x.largest(table, node.place)
    )
    return out.reshaped((*kept, *[1] * (len(x.shape) - 2)))


@operator("BatchNormalization")
def _batch_norm(node: Node) -> Wire:
    outputs = [name for name in node.proto.output if name]
    old = node.opset < 7 and not node.whole("is_test", 0)
    if node.whole("training_mode", 0) or len(outputs) > 1 or old or not node.whole("spatial", 1):
        node.refuse("batch norm with the batch's own statistics is not piecewise linear")
    floats = [node.array(i).astype(np.float64) for i in range(1, 5)]
    x = node.wire()
    if len(x.shape) < 2 or any(f.shape != (x.shape[1],) for f in floats):
        node.refuse("its parameters do not fit its channels")
    weight, bias, mean, variance = floats
    return shared.batch_norm(
        x, mean, variance, weight, bias, node.number("epsilon", float(np.float32(1e-5))), node.place
    )


@operator("Pad")
def _pad(node: Node) -> Wire:
    x, mode = node.wire(), node.text("mode", "constant")
    value: NDArray[np.generic] | float | None = node.number("value", 0.0) if node.opset < 11 else node.constant(2)
    node.check_size()
    inner = onnx.NodeProto()
    inner.CopyFrom(node.proto)
    for attribute in inner.attribute:
        if attribute.name == "value":
            attribute.f = 0.0
    given = [
        np.arange(1, x.size + 1, dtype=np.float64).reshape(x.shape),
        *[node.constant(i) for i in range(1, len(node.inputs))],
    ]
    if len(given) > 2 and given[2] is not None:
        given[2] = np.zeros_like(given[2], dtype=np.float64)
    (found,) = node.compute(inner, given, node.opset, node.place)
    index = found.astype(np.int64) - 1
    out = x.gather(index)
    fill = 0.0 if value is None else float(np.ravel(value)[0])
    return out.shifted(np.where(index < 0, fill, 0.0)) if fill and mode == "constant" else out


@operator("Resize", "Upsample")
def _resize(node: Node) -> list[Value]:
    if node.text("mode", "nearest") != "nearest":
        node.refuse("its mode is not 'nearest'")
    if node.text("coordinate_transformation_mode", "") == "tf_crop_and_resize":
        node.refuse("its coordinate_transformation_mode is not read")
    return node.moved()
