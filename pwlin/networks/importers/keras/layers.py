"""What Keras' layers do to wires: one table, from the name of a layer's class to a function of the layer and its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np

from pwlin.networks.importers import layers as shared
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.operation import rows
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.windows import Sliding
from pwlin.networks.importers.wire import Array, Wire

LAYERS: dict[str, Callable[[keras.layers.Layer, Sequence[Wire]], Wire | Head]] = {}
row = rows(LAYERS)


def _given(variable: keras.Variable) -> Array:
    array = np.asarray(keras.ops.convert_to_numpy(variable))
    return array.astype(np.float32) if array.dtype.kind == "V" or array.dtype.name == "bfloat16" else array


def _bias(layer: keras.layers.Layer) -> Array | None:
    return _given(layer.bias) if layer.use_bias else None


def _first(x: Wire, layer: keras.layers.Layer) -> Wire:
    """Channels first, whatever the layer has."""
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        return x
    return x.gather(np.moveaxis(x.places, -1, 1))


def _back(x: Wire, layer: keras.layers.Layer) -> Wire:
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        return x
    return x.gather(np.moveaxis(x.places, 1, -1))


def _sliding(layer: keras.layers.Layer, size: Sequence[int], kernel: Sequence[int]) -> Sliding:
    """How a layer's windows slide over axes of some sizes."""
    stride, dilation = list(layer.strides), list(getattr(layer, "dilation_rate", [1] * len(kernel)))
    if layer.padding == "valid":
        pads = shared.pairs([0] * len(size))
    elif layer.padding == "causal":
        pads = [(d * (k - 1), 0) for k, d in zip(kernel, dilation)]
    else:
        pads = shared.same_pads(size, kernel, stride, dilation)
    return Sliding(kernel, stride, pads, dilation)


@row("Dense")
def _dense(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return shared.linear(x[0], _given(layer.kernel).T, _bias(layer))


@row("Conv1D", "Conv2D", "Conv3D")
def _conv(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    weight = np.moveaxis(_given(layer.kernel), (-1, -2), (0, 1))
    return _back(_convolved(layer, _first(x[0], layer), weight, _bias(layer), layer.groups), layer)


@row("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    weight, channels = _by_channel(layer.kernel)
    return _back(_convolved(layer, _first(x[0], layer), weight, _bias(layer), channels), layer)


@row("SeparableConv1D", "SeparableConv2D")
def _separable(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    weight, channels = _by_channel(layer.depthwise_kernel)
    inner = _convolved(layer, _first(x[0], layer), weight, None, channels)
    outer = np.moveaxis(_given(layer.pointwise_kernel), (-1, -2), (0, 1))
    one = [1] * (outer.ndim - 2)
    single = Sliding(one, one, shared.pairs([0] * len(one)), one)
    return _back(shared.convolution(inner, outer, _bias(layer), single, 1), layer)


def _by_channel(variable: keras.Variable) -> tuple[Array, int]:
    """The weight of a convolution of each channel by itself, and how many channels it has."""
    kernel = _given(variable)
    *size, channels, multiplier = kernel.shape
    return np.moveaxis(kernel, (-2, -1), (0, 1)).reshape(channels * multiplier, 1, *size), channels


def _convolved(layer: keras.layers.Layer, x: Wire, weight: Array, bias: Array | None, groups: int) -> Wire:
    return shared.convolution(x, weight, bias, _sliding(layer, x.shape[2:], weight.shape[2:]), groups)


@row("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _conv_transpose(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    weight = np.moveaxis(_given(layer.kernel), (-1, -2), (0, 1))
    kernel, stride, dilation = weight.shape[2:], list(layer.strides), list(layer.dilation_rate)
    longer = layer.output_padding or [None] * len(kernel)
    cut = [_cut(layer.padding, *of) for of in zip(kernel, stride, dilation, longer, strict=True)]
    sliding = Sliding(kernel, stride, cut, dilation)
    return _back(shared.transposed_convolution(_first(x[0], layer), weight, _bias(layer), sliding, 1), layer)


def _cut(padding: str, kernel: int, stride: int, dilation: int, longer: int | None) -> tuple[int, int]:
    """What Keras cuts off both ends of a full transposed convolution; negative where it is lengthened."""
    reach = (kernel - 1) * dilation
    if padding == "valid":
        return 0, -(max(stride - reach - 1, 0) if longer is None else longer)
    total = stride + reach - 1 if longer is None else reach + (reach + 1) % 2 - 1 + longer
    before = min(total // 2 + total % 2, reach)
    return reach - before, reach - (total - before)


@row("EinsumDense")
def _einsum_dense(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    out = shared.einsum(layer.equation, [x[0], _given(layer.kernel)])
    return out if layer.bias is None else out.shifted(_given(layer.bias))


@row("Normalization")
def _normalization(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if layer.invert:
        raise unread(layer.name, "an inverse normalization", "is a plain one")
    mean, variance = (np.asarray(keras.ops.convert_to_numpy(v), dtype=np.float64) for v in (layer.mean, layer.variance))
    deviation = np.maximum(np.sqrt(variance), keras.config.epsilon())
    x[0].chain.note(f"{layer.name}: 1 / deviation is rounded to float64")
    return x[0].shifted(-mean).scaled(1 / deviation)


@row(*(f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)))
def _pool(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    sliding = _sliding(layer, here.shape[2:], list(layer.pool_size))
    if type(layer).__name__.startswith("Max"):
        return _back(shared.max_pool(here, sliding, layer.name), layer)
    if any(before or after for before, after in sliding.pads) and keras.backend.backend() == "torch":
        found = "an average over padding ('same') on the torch backend, which pads unlike the others"
        raise unread(layer.name, found, "is padding 'valid' there")
    return _back(shared.average_pool(here, sliding, False), layer)


@row(*(f"Global{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)))
def _global_pool(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    out = shared.global_pool(here, "max" if "Max" in type(layer).__name__ else "mean", layer.name)
    return _back(out, layer) if layer.keepdims else out.reshaped(here.shape[:2])


@row("BatchNormalization")
def _batch_norm(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here, n = x[0], len(x[0].shape)
    axis = layer.axis % n
    order = (0, axis, *(a for a in range(1, n) if a != axis))
    turned = here.gather(here.places.transpose(order))
    mean, variance = _given(layer.moving_mean), _given(layer.moving_variance)
    weight, bias = _given(layer.gamma) if layer.scale else None, _given(layer.beta) if layer.center else None
    out = shared.batch_norm(turned, mean, variance, weight, bias, layer.epsilon, layer.name)
    return out.gather(out.places.transpose(np.argsort(order)))


@row("ReLU")
def _relu(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    slope = float(layer.negative_slope or 0)
    if layer.threshold:
        raise unread(layer.name, f"a ReLU with threshold {layer.threshold}, where it jumps", "is 0")
    top = None if layer.max_value is None else float(layer.max_value)
    if slope == 0 and top is not None:
        return x[0].clipped(0, top, layer.name)
    return x[0].leaky(slope, layer.name).clipped(None, top, layer.name)


@row("LeakyReLU")
def _leaky(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].leaky(float(layer.negative_slope), layer.name)


@row("PReLU")
def _prelu(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].leaky(_given(layer.alpha).astype(np.float64), layer.name)


@row("Softmax")
def _softmax(layer: keras.layers.Layer, x: Sequence[Wire]) -> Head:
    return Head("softmax", layer.name, x[0])


_MERGES = {"Add": "sum", "Average": "mean", "Maximum": "max", "Minimum": "min"}


@row(*_MERGES)
def _merge(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return shared.merged(x, _MERGES[type(layer).__name__], layer.name)


@row("Subtract")
def _subtract(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].minus(x[1])


@row("Concatenate")
def _concatenate(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return shared.concatenated(x, layer.axis)


@row("Flatten")
def _flatten(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = x[0]
    if layer.data_format == "channels_first" and len(here.shape) > 2:
        here = here.gather(np.moveaxis(here.places, 1, -1))
    return here.reshaped((here.shape[0], here.size // here.shape[0]))


@row("Reshape")
def _reshape(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].gather(x[0].places.reshape(len(x[0].places), *layer.target_shape))


@row("Permute")
def _permute(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].gather(x[0].places.transpose(0, *layer.dims))


@row("RepeatVector")
def _repeat_vector(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].gather(np.repeat(x[0].places[:, None], layer.n, axis=1))


@row("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def _zero_padding(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    amounts = [layer.padding] if isinstance(layer.padding[0], int) else layer.padding
    index = np.pad(here.places, [(0, 0), (0, 0), *amounts], constant_values=-1)
    return _back(here.gather(index), layer)


@row("Cropping1D", "Cropping2D", "Cropping3D")
def _cropping(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    amounts = [layer.cropping] if isinstance(layer.cropping[0], int) else layer.cropping
    cut = [slice(a, n - b) for (a, b), n in zip(amounts, here.shape[2:])]
    return _back(here.gather(here.places[:, :, *cut]), layer)


@row("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _up_sampling(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "interpolation", "nearest") != "nearest":
        raise unread(layer.name, f"the interpolation {layer.interpolation!r}", "is 'nearest'")
    here = _first(x[0], layer)
    index = here.places
    sizes = [layer.size] if isinstance(layer.size, int) else layer.size
    for axis, size in enumerate(sizes, 2):
        index = np.repeat(index, size, axis=axis)
    return _back(here.gather(index), layer)


@row("Rescaling")
def _rescaling(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].scaled(np.asarray(layer.scale, dtype=np.float64)).shifted(np.asarray(layer.offset, dtype=np.float64))


@row("Activation")
def _same(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0]
