"""What PyTorch's operators do to wires: one table, from the operator's name to a function of its call."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from pwlin.networks.activation import ABS
from pwlin.networks.importers import layers as shared
from pwlin.networks.importers import operation
from pwlin.networks.importers.choices import Condition
from pwlin.networks.importers.torch.call import Call
from pwlin.networks.importers.wire import Array, Wire

Operator = Callable[[Call], object]
OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(("div.Tensor", "div.Scalar"), operation.divide),
    "neg.default": operation.negate,
    **dict.fromkeys(
        ("mm.default", "matmul.default", "bmm.default", "mv.default", "dot.default"), operation.multiply_matrices
    ),
    **dict.fromkeys(("maximum.default", "max.other", "fmax.default"), operation.larger),
    **dict.fromkeys(("minimum.default", "min.other", "fmin.default"), operation.smaller),
    "relu.default": operation.relu,
    "relu6.default": operation.relu6,
    "hardsigmoid.default": operation.hard_sigmoid,
    "abs.default": operation.absolute,
    **dict.fromkeys(
        ("softmax.int", "_softmax.default", "log_softmax.int", "_log_softmax.default", "sigmoid.default")
        + ("log_sigmoid.default",),
        operation.smooth_end,
    ),
}
operator = operation.rows(OPERATORS)
MOVES = frozenset(
    """
        view.default reshape.default _unsafe_view.default permute.default transpose.int t.default numpy_T.default
        mT.default squeeze.default squeeze.dim squeeze.dims unsqueeze.default flatten.using_ints unflatten.int
        slice.Tensor select.int narrow.default expand.default expand_as.default clone.default contiguous.default
        detach.default alias.default lift_fresh_copy.default unbind.int split.Tensor split_with_sizes.default
        split.sizes chunk.default tensor_split.sections index_select.default index.Tensor gather.default
        take.default roll.default flip.default fliplr.default flipud.default rot90.default repeat.default
        tile.default repeat_interleave.self_int cat.default concat.default stack.default hstack.default
        vstack.default movedim.int movedim.intlist swapaxes.default swapdims.default pixel_shuffle.default
        pixel_unshuffle.default channel_shuffle.default native_channel_shuffle.default upsample_nearest1d.default
        upsample_nearest1d.vec upsample_nearest2d.default upsample_nearest2d.vec upsample_nearest3d.default
        upsample_nearest3d.vec _upsample_nearest_exact1d.default _upsample_nearest_exact1d.vec
        _upsample_nearest_exact2d.default _upsample_nearest_exact2d.vec reflection_pad1d.default
        reflection_pad2d.default reflection_pad3d.default replication_pad1d.default replication_pad2d.default
        replication_pad3d.default unfold.default im2col.default tril.default triu.default diagonal.default
        select_scatter.default slice_scatter.default broadcast_to.default view_as.default index_copy.default
        scatter.src masked_scatter.default diagonal_scatter.default take_along_dim.default tensor_split.indices
        hsplit.int vsplit.int dsplit.int repeat_interleave.self_Tensor diag_embed.default diag.default
        block_diag.default meshgrid.default meshgrid.indexing broadcast_tensors.default atleast_1d.default
        atleast_2d.default atleast_3d.default positive.default real.default column_stack.default dstack.default
        unsafe_chunk.default unsafe_split.Tensor unsafe_split_with_sizes.default adjoint.default
        reshape_as.default squeeze_copy.dim unsqueeze_copy.default view_copy.default permute_copy.default
        ravel.default moveaxis.int split_copy.Tensor expand_copy.default
    """.split()
)
"""Operators whose result is entries of their tensors, and zeros."""


# -- arithmetic -------------------------------------------------------------------------------------


@operator("add.Tensor", "add.Scalar")
def _add(call: Call) -> Wire:
    return call.operand(0).plus(_times_alpha(call, call.operand(1)))


@operator("sub.Tensor", "sub.Scalar")
def _sub(call: Call) -> Wire:
    return call.operand(0).minus(_times_alpha(call, call.operand(1)))


@operator("rsub.Tensor", "rsub.Scalar")
def _rsub(call: Call) -> Wire:
    return call.operand(1).minus(_times_alpha(call, call.operand(0)))


def _times_alpha(call: Call, wire: Wire) -> Wire:
    alpha = call.kwargs.get("alpha", call.inputs[2] if len(call.inputs) > 2 else 1)
    return wire if alpha == 1 else wire.scaled(np.asarray(alpha))


_LIKE = [
    "ones_like.default",
    "zeros_like.default",
    "full_like.default",
    "new_ones.default",
    "new_zeros.default",
    "new_full.default",
    "fill.Tensor",
]


@operator(*_LIKE)
def _like(call: Call) -> object:
    """What depends on the shape of a wire only."""
    given = [torch.zeros(a.shape) if isinstance(a, Wire) else a for a in call.inputs]
    if isinstance(call.inputs[-1], Wire) and len(call.inputs) > 1:
        call.refuse("its value depends on the input")
    return call.function(*given, **call.kwargs)


@operator("sym_size.int")
def _size(call: Call) -> int:
    return call.wire().shape[int(call.number(1, "dim"))]


@operator("l1_loss.default")
def _l1_loss(call: Call) -> Wire:
    apart = call.operand(0).minus(call.operand(1)).units(ABS, call.place)
    kind = (None, "mean", "sum")[int(call.number(2, "reduction", 1))]
    return apart if kind is None else shared.reduced(apart, range(len(apart.shape)), False, kind, call.place)


@operator("pow.Tensor_Scalar")
def _power(call: Call) -> Wire:
    if call.inputs[1] != 1:
        call.refuse("powers other than 1 are not piecewise linear")
    return call.wire()


@operator("nan_to_num.default")
def _finite(call: Call) -> Wire:
    return call.wire()  # no value is infinite or NaN


@operator(
    "to.dtype", "_to_copy.default", "to.dtype_layout", "type_as.default", "to.device", "_assert_tensor_metadata.default"
)
def _to(call: Call) -> object:
    if isinstance(call.inputs[0], Condition):
        return call.inputs[0]
    call.check_type()
    given = [v for v in [*call.inputs[1:], *call.kwargs.values()] if isinstance(v, torch.dtype)]
    if any(v.itemsize == 2 for v in given) and not call.kind.startswith("_assert"):
        call.chain.note(f"{call.place}: rounding to {given[0]} is left out")
    return call.inputs[0]


@operator("dropout.default", "feature_dropout.default", "alpha_dropout.default", "feature_alpha_dropout.default")
def _dropout(call: Call) -> Wire:
    if call.flag(2, "train", True) and call.number(1, "p", 0.5) != 0:
        call.refuse("it draws random numbers")
    return call.wire()


@operator("native_dropout.default")
def _native_dropout(call: Call) -> list[object]:
    return [call.wire()] if not call.flag(2, "train", True) else [_dropout(call)]


_REDUCTIONS = (
    "nansum.default",
    "nanmean.default",
    "sum.dim_IntList",
    "sum.default",
    "mean.dim",
    "mean.default",
    "amax.default",
    "amin.default",
)


@operator(*_REDUCTIONS, "max.default", "min.default", "max.dim", "min.dim")
def _reduce(call: Call) -> object:
    call.check_type()
    x, (kind, _, form) = call.wire(), call.kind.removeprefix("nan").partition(".")
    whole = form == "default" and kind not in ("amax", "amin") and not call.kind.startswith("nan")
    axes = range(len(x.shape)) if whole else call.axes(1, len(x.shape))
    keep = not whole and call.flag(2, "keepdim", False)
    out = shared.reduced(x, axes, keep, kind.removeprefix("a"), call.place)
    return [out] if kind in ("max", "min") and form == "dim" else out


# -- activations ------------------------------------------------------------------------------------


@operator("leaky_relu.default")
def _leaky_relu(call: Call) -> Wire:
    return call.wire().leaky(call.number(1, "negative_slope", 0.01), call.place)


@operator("rrelu.default")
def _rrelu(call: Call) -> Wire:
    if call.flag(3, "training", False):
        call.refuse("it draws random numbers")
    slope = (call.number(1, "lower", 0.125) + call.number(2, "upper", 1 / 3)) / 2
    return call.wire().leaky(slope, call.place)


@operator("prelu.default", "_prelu_kernel.default")
def _prelu(call: Call) -> Wire:
    x, slopes = call.wire(), call.array(1, "weight").astype(np.float64)
    if slopes.ndim == 1 and slopes.size > 1 and len(x.shape) > 1:
        slopes = shared.along_channels(slopes, x)
    return x.leaky(slopes, call.place)


@operator("hardtanh.default")
def _hardtanh(call: Call) -> Wire:
    return call.wire().clipped(call.number(1, "min_val", -1), call.number(2, "max_val", 1), call.place)


@operator("softshrink.default")
def _softshrink(call: Call) -> Wire:
    return call.wire().shrunk(call.number(1, "lambd", 0.5), call.place)


@operator("threshold.default")
def _threshold(call: Call) -> Wire:
    at = call.number(1, "threshold")
    if call.number(2, "value") != at:
        call.refuse("it jumps where the value differs from the threshold")
    return call.wire().clipped(at, None, call.place)


@operator("clamp.default", "clamp.Tensor", "clip.default", "clip.Tensor")
def _clamp(call: Call) -> Wire:
    if any(isinstance(call.get(i, name), Wire) for i, name in ((1, "min"), (2, "max"))):
        return operation.between(call)
    return _bounded(call, call.constant(1, "min"), call.constant(2, "max"))


@operator("clamp_min.default", "clamp_min.Tensor")
def _clamp_min(call: Call) -> Wire:
    return _bounded(call, call.constant(1, "min"), None)


@operator("clamp_max.default", "clamp_max.Tensor")
def _clamp_max(call: Call) -> Wire:
    return _bounded(call, None, call.constant(1, "max"))


def _bounded(call: Call, low: Array | None, high: Array | None) -> Wire:
    low = None if low is not None and (low == -np.inf).all() else low
    high = None if high is not None and (high == np.inf).all() else high
    return call.wire().clipped(low, high, call.place)
