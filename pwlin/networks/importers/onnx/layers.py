"""What ONNX's layers do to wires: products, convolutions, pooling, padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx

from pwlin.networks.importers import layers as shared
from pwlin.networks.importers.onnx.node import Node, Value
from pwlin.networks.importers.onnx.operators import operator
from pwlin.networks.importers.windows import Sliding
from pwlin.networks.importers.wire import Array, Wire


@operator("Gemm")
def _gemm(node: Node) -> Wire:
    sides = []
    for i, name in enumerate(("transA", "transB")):
        value = node.inputs[i]
        if not isinstance(value, (Wire, np.ndarray)) or len(value.shape) != 2:
            node.refuse("its shapes are not read")
        if node.whole(name, 0):
            value = value.gather(value.places.T) if isinstance(value, Wire) else value.T
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


def _convolved(node: Node) -> tuple[Wire, Array, list[int], list[int]]:
    """The input of a convolution, its weight, stride and dilation."""
    x, weight = node.wire(), node.array(1)
    n = weight.ndim - 2
    if n < 1 or len(x.shape) != n + 2:
        node.refuse("its shapes do not fit")
    if node.has("kernel_shape") and node.sizes("kernel_shape", n, 1) != list(weight.shape[2:]):
        node.refuse("its kernel_shape is not its weight's")
    return x, weight, node.sizes("strides", n, 1), node.sizes("dilations", n, 1)


@operator("Conv")
def _conv(node: Node) -> Wire:
    x, weight, stride, dilation = _convolved(node)
    pads = _pads(node, x.shape[2:], weight.shape[2:], stride, dilation)
    sliding = Sliding(weight.shape[2:], stride, pads, dilation)
    return shared.convolution(x, weight, node.constant(2), sliding, node.whole("group", 1))


@operator("ConvTranspose")
def _conv_transpose(node: Node) -> Wire:
    x, weight, stride, dilation = _convolved(node)
    n, kernel, mode = len(stride), weight.shape[2:], node.text("auto_pad", "NOTSET")
    longer = node.sizes("output_padding", n, 0)
    full = [(s - 1) * t + d * (k - 1) + 1 for s, t, d, k in zip(x.shape[2:], stride, dilation, kernel)]
    if node.has("output_shape") or mode in ("SAME_UPPER", "SAME_LOWER"):
        same = [s * t for s, t in zip(x.shape[2:], stride)]
        wanted = node.sizes("output_shape", n, 0) if node.has("output_shape") else same
        totals = [f + more - size for f, more, size in zip(full, longer, wanted)]
        if min(totals) < 0:
            node.refuse("its output_shape is larger than what it makes")
        pads = [(t // 2, t - t // 2) if mode == "SAME_UPPER" else (t - t // 2, t // 2) for t in totals]
    else:
        pads = _pads(node, x.shape[2:], kernel, stride, dilation)
    cut = Sliding(kernel, stride, [(p, q - more) for (p, q), more in zip(pads, longer)], dilation)
    return shared.transposed_convolution(x, weight, node.constant(2), cut, node.whole("group", 1))


@operator("Einsum")
def _einsum(node: Node) -> Wire:
    operands = [v if isinstance(v, Wire) else node.array(i) for i, v in enumerate(node.inputs)]
    return shared.einsum(node.text("equation", ""), operands)


def _pads(
    node: Node, size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    """The padding before and after each axis."""
    mode, n = node.text("auto_pad", "NOTSET"), len(size)
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        upper = shared.same_pads(size, kernel, stride, dilation)
        return upper if mode == "SAME_UPPER" else [(large, small) for small, large in upper]
    if mode == "VALID":
        return shared.pairs([0] * n)
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
    kernel, stride, dilation = (node.sizes(name, n, 1) for name in ("kernel_shape", "strides", "dilations"))
    pads = _pads(node, x.shape[2:], kernel, stride, dilation)
    sliding = Sliding(kernel, stride, pads, dilation, bool(node.whole("ceil_mode", 0)))
    if node.kind == "MaxPool":
        return shared.max_pool(x, sliding, node.place)
    return shared.average_pool(x, sliding, bool(node.whole("count_include_pad", 0)))


@operator("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(node: Node) -> Wire:
    return shared.global_pool(node.wire(), "mean" if "Average" in node.kind else "max", node.place)


@operator("BatchNormalization")
def _batch_norm(node: Node) -> Wire:
    outputs = [name for name in node.proto.output if name]
    old = node.opset < 7 and not node.whole("is_test", 0)
    if node.whole("training_mode", 0) or len(outputs) > 1 or old or not node.whole("spatial", 1):
        node.refuse("batch norm with the batch's own statistics is not piecewise linear")
    weight, bias, mean, variance = parameters = [node.array(i) for i in range(1, 5)]
    x, epsilon = node.wire(), node.number("epsilon", float(np.float32(1e-5)))
    if len(x.shape) < 2 or any(p.shape != (x.shape[1],) for p in parameters):
        node.refuse("its parameters do not fit its channels")
    return shared.batch_norm(x, mean, variance, weight, bias, epsilon, node.place)


@operator("Pad")
def _pad(node: Node) -> Wire:
    x, mode = node.wire(), node.text("mode", "constant")
    value: Array | float | None = node.number("value", 0.0) if node.opset < 11 else node.constant(2)
    node.check_size()
    inner = onnx.NodeProto()
    inner.CopyFrom(node.proto)
    for attribute in inner.attribute:
        if attribute.name == "value":
            attribute.f = 0.0
    given = [1.0 + x.places, *[node.constant(i) for i in range(1, len(node.inputs))]]
    if len(given) > 2 and given[2] is not None:
        given[2] = np.zeros_like(given[2], dtype=np.float64)
    (found,) = node.compute(inner, given, node.opset, node.place)
    fill = 0.0 if value is None or mode != "constant" else float(np.ravel(value)[0])
    return x.gather(found.astype(np.int64) - 1, fill)


@operator("Resize", "Upsample")
def _resize(node: Node) -> list[Value]:
    if node.text("mode", "nearest") != "nearest":
        node.refuse("its mode is not 'nearest'")
    if node.text("coordinate_transformation_mode", "") == "tf_crop_and_resize":
        node.refuse("its coordinate_transformation_mode is not read")
    return node.moved()
