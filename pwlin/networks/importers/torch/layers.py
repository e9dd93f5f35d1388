"""What PyTorch's layers do to wires: products, convolutions, pooling, padding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from pwlin.networks.importers import layers as shared
from pwlin.networks.importers.torch.call import Call
from pwlin.networks.importers.torch.operators import operator
from pwlin.networks.importers.windows import Sliding
from pwlin.networks.importers.wire import Array, Wire

# -- layers -----------------------------------------------------------------------------------------


@operator("linear.default")
def _linear(call: Call) -> Wire:
    return _matrix(call, call.wire(), call.array(1, "weight"), call.constant(2, "bias"))


@operator("addmm.default")
def _addmm(call: Call) -> Wire:
    if call.number(3, "beta", 1) != 1 or call.number(4, "alpha", 1) != 1:
        call.refuse("beta and alpha other than 1 are not read")
    product = _matrix(call, call.wire(1), call.array(2, "mat2").T, None)
    return product.plus(call.operand(0))


def _matrix(call: Call, x: Wire, weight: Array, bias: Array | None) -> Wire:
    """A matrix (n_out, n_in) on the last axis."""
    if weight.ndim != 2 or not x.shape or weight.shape[1] != x.shape[-1]:
        call.refuse("the shapes of its matrices are not read")
    return shared.linear(x, weight, bias)


@operator("conv1d.default", "conv2d.default", "conv3d.default", "conv1d.padding", "conv2d.padding", "conv3d.padding")
def _conv(call: Call) -> Wire:
    weight = call.array(1, "weight")
    n = weight.ndim - 2
    stride, dilation = call.sizes(3, "stride", n, 1), call.sizes(5, "dilation", n, 1)
    padding, groups, bias = call.get(4, "padding", 0), int(call.number(6, "groups", 1)), call.constant(2, "bias")
    if padding == "same":
        pads = shared.same_pads([1] * n, weight.shape[2:], [1] * n, dilation)
    else:
        pads = shared.pairs([0] * n if padding == "valid" else call.sizes(4, "padding", n, 0))
    sliding = Sliding(weight.shape[2:], stride, pads, dilation)
    return _batched(call.wire(), n, lambda x: shared.convolution(x, weight, bias, sliding, groups))


@operator("convolution.default", "_convolution.default")
def _convolution(call: Call) -> Wire:
    weight = call.array(1, "weight")
    n = weight.ndim - 2
    stride, pads, dilation = (call.sizes(i, name, n, 1) for i, name in ((3, "stride"), (4, "padding"), (5, "dilation")))
    groups, bias = int(call.number(8, "groups", 1)), call.constant(2, "bias")
    if call.flag(6, "transposed", False):
        cut = Sliding(weight.shape[2:], stride, _cut(pads, call.sizes(7, "output_padding", n, 0)), dilation)
        return shared.transposed_convolution(call.wire(), weight, bias, cut, groups)
    sliding = Sliding(weight.shape[2:], stride, shared.pairs(pads), dilation)
    return shared.convolution(call.wire(), weight, bias, sliding, groups)


@operator("conv_transpose1d.default", "conv_transpose2d.input", "conv_transpose3d.input")
def _conv_transpose(call: Call) -> Wire:
    weight, bias = call.array(1, "weight"), call.constant(2, "bias")
    n = weight.ndim - 2
    stride, dilation = call.sizes(3, "stride", n, 1), call.sizes(7, "dilation", n, 1)
    pads = _cut(call.sizes(4, "padding", n, 0), call.sizes(5, "output_padding", n, 0))
    sliding, groups = Sliding(weight.shape[2:], stride, pads, dilation), int(call.number(6, "groups", 1))
    return _batched(call.wire(), n, lambda x: shared.transposed_convolution(x, weight, bias, sliding, groups))


def _cut(padding: list[int], longer: list[int]) -> list[tuple[int, int]]:
    return [(p, p - more) for p, more in zip(padding, longer)]


@operator("einsum.default")
def _einsum(call: Call) -> Wire:
    equation, operands = call.get(0, "equation"), call.get(1, "tensors")
    if not isinstance(equation, str) or not isinstance(operands, (list, tuple)):
        call.refuse("its arguments are not read")
    arrays = [v if isinstance(v, Wire) else call.as_array(v) for v in operands]
    return shared.einsum(equation, [v for v in arrays if v is not None])


def _batched(x: Wire, spatial: int, function: Callable[[Wire], Wire]) -> Wire:
    """A function of (N, C, ...) on what may lack the axis N."""
    if len(x.shape) == spatial + 1:
        out = function(x.reshaped((1, *x.shape)))
        return out.reshaped(out.shape[1:])
    return function(x)


@operator(
    "batch_norm.default",
    "_native_batch_norm_legit_no_training.default",
    "native_batch_norm.default",
    "cudnn_batch_norm.default",
)
def _batch_norm(call: Call) -> object:
    if call.kind.startswith("_native"):
        training, epsilon = False, call.number(6, "eps", 1e-5)
    else:
        training, epsilon = call.flag(5, "training", False), call.number(7, "eps", 1e-5)
    mean, variance = call.constant(3, "running_mean"), call.constant(4, "running_var")
    if training or mean is None or variance is None:
        call.refuse("batch norm with the batch's own statistics is not piecewise linear")
    x, weight, bias = call.wire(), call.constant(1, "weight"), call.constant(2, "bias")
    if len(x.shape) < 2:
        call.refuse("its input has no axis of channels")
    out = shared.batch_norm(x, mean, variance, weight, bias, epsilon, call.place)
    return out if call.kind.startswith("batch_norm") else [out]


@operator(
    "max_pool1d.default",
    "max_pool2d.default",
    "max_pool3d.default",
    "max_pool1d_with_indices.default",
    "max_pool2d_with_indices.default",
    "max_pool3d_with_indices.default",
)
def _max_pool(call: Call) -> object:
    n = int(call.kind[8])
    kernel = call.sizes(1, "kernel_size", n)
    stride = call.sizes(2, "stride", n, kernel)
    pads, dilation = call.sizes(3, "padding", n, 0), call.sizes(4, "dilation", n, 1)
    sliding = Sliding(kernel, stride, shared.pairs(pads), dilation, call.flag(5, "ceil_mode", False))
    out = shared.max_pool(call.wire(), sliding, call.place)
    return [out] if "indices" in call.kind else out


@operator("avg_pool1d.default", "avg_pool2d.default", "avg_pool3d.default")
def _avg_pool(call: Call) -> Wire:
    n = int(call.kind[8])
    kernel = call.sizes(1, "kernel_size", n)
    stride, pads = call.sizes(2, "stride", n, kernel), call.sizes(3, "padding", n, 0)
    sliding = Sliding(kernel, stride, shared.pairs(pads), [1] * n, call.flag(4, "ceil_mode", False))
    divisor = None if call.get(6, "divisor_override") is None else int(call.number(6, "divisor_override"))
    return shared.average_pool(call.wire(), sliding, call.flag(5, "count_include_pad", True), divisor)


@operator(
    "adaptive_avg_pool1d.default",
    "adaptive_avg_pool2d.default",
    "adaptive_avg_pool3d.default",
    "_adaptive_avg_pool2d.default",
    "adaptive_max_pool1d.default",
    "adaptive_max_pool2d.default",
    "adaptive_max_pool3d.default",
)
def _adaptive_pool(call: Call) -> object:
    n, kind = int(call.kind.split(".")[0][-2]), "max" if "max" in call.kind else "mean"
    out = shared.adaptive_pool(call.wire(), call.sizes(1, "output_size", n), kind, call.place)
    return [out] if kind == "max" else out


@operator("constant_pad_nd.default", "pad.default")
def _pad(call: Call) -> Wire:
    x = call.wire()
    amounts = call.get(1, "pad")
    mode = call.get(2, "mode", "constant") if call.kind.startswith("pad") else "constant"
    value = call.number(3 if call.kind.startswith("pad") else 2, "value", 0) if mode == "constant" else 0
    if not isinstance(amounts, (list, tuple)) or not all(isinstance(a, int) for a in amounts):
        call.refuse("its padding depends on the input")
    moved = torch.nn.functional.pad(torch.from_numpy(1.0 + x.places), list(amounts), mode=str(mode))
    return x.gather(moved.numpy().astype(np.int64) - 1, value)
