"""What Keras' layers do to wires: one table, from the name of a layer's class to a function of the layer and its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np

from pwlin.base.errors import UnsupportedLayerError
from pwlin.networks.importers import layers as shared
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.operation import Array, rows
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import Wire

LAYERS: dict[str, Callable[[keras.layers.Layer, Sequence[Wire]], Wire | Head]] = {}
row = rows(LAYERS)


def _weights(variable: keras.Variable | None) -> Array | None:
    if variable is None:
        return None
    array = np.asarray(keras.ops.convert_to_numpy(variable))
    return array.astype(np.float32) if array.dtype.kind == "V" or array.dtype.name == "bfloat16" else array


def _given(variable: keras.Variable | None) -> Array:
    array = _weights(variable)
    assert array is not None, "the layer is built"
    return array


def _first(x: Wire, layer: keras.layers.Layer) -> Wire:
    """Channels first, whatever the layer has."""
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        return x
    return x.gather(np.moveaxis(x.places, -1, 1))


def _back(x: Wire, layer: keras.layers.Layer) -> Wire:
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        return x
    return x.gather(np.moveaxis(x.places, 1, -1))


def _pads(
    padding: str, size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    if padding == "valid":
        return [(0, 0)] * len(size)
    if padding == "causal":
        return [(d * (k - 1), 0) for k, d in zip(kernel, dilation)]
    return shared.same_pads(size, kernel, stride, dilation)


@row("Dense")
def _dense(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "lora_enabled", False):
        raise UnsupportedLayerError(f"{layer.name}: found a layer with LoRA weights; merge them first")
    return shared.linear(x[0], _given(layer.kernel).T, _weights(layer.bias) if layer.use_bias else None)


@row("Conv1D", "Conv2D", "Conv3D")
def _conv(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "lora_enabled", False):
        raise UnsupportedLayerError(f"{layer.name}: found a layer with LoRA weights; merge them first")
    kernel = _given(layer.kernel)
    n = kernel.ndim - 2
    weight = np.moveaxis(kernel, (-1, -2), (0, 1))
    return _convolved(layer, x[0], weight, layer.groups, n)


@row("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    kernel = _given(layer.kernel)
    n, channels, multiplier = kernel.ndim - 2, kernel.shape[-2], kernel.shape[-1]
    weight = np.moveaxis(kernel, (-2, -1), (0, 1)).reshape(channels * multiplier, 1, *kernel.shape[:n])
    return _convolved(layer, x[0], weight, channels, n)


def _convolved(layer: keras.layers.Layer, x: Wire, weight: Array, groups: int, n: int) -> Wire:
    here = _first(x, layer)
    stride, dilation = list(layer.strides), list(layer.dilation_rate)
    pads = _pads(layer.padding, here.shape[2:], weight.shape[2:], stride, dilation)
    bias = _weights(layer.bias) if layer.use_bias else None
    return _back(shared.convolution(here, weight, bias, stride, pads, dilation, groups), layer)


@row("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _conv_transpose(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here, kernel = _first(x[0], layer), _given(layer.kernel)
    n = kernel.ndim - 2
    stride, dilation = list(layer.strides), list(layer.dilation_rate)
    longer = layer.output_padding or [None] * n
    cut = [_cut(layer.padding, *of) for of in zip(kernel.shape[:n], stride, dilation, longer, strict=True)]
    weight = np.moveaxis(kernel, (-1, -2), (0, 1))
    bias = _weights(layer.bias) if layer.use_bias else None
    return _back(shared.transposed_convolution(here, weight, bias, stride, cut, dilation, 1), layer)


def _cut(padding: str, kernel: int, stride: int, dilation: int, longer: int | None) -> tuple[int, int]:
    """What Keras cuts off both ends of a full transposed convolution; negative where it is lengthened."""
    reach = (kernel - 1) * dilation
    if padding == "valid":
        return 0, -(max(stride - reach - 1, 0) if longer is None else longer)
    total = stride + reach - 1 if longer is None else reach + (reach + 1) % 2 - 1 + longer
    before = min(total // 2 + total % 2, reach)
    return reach - before, reach - (total - before)


@row("SeparableConv1D", "SeparableConv2D")
def _separable(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    depthwise, pointwise = _given(layer.depthwise_kernel), _given(layer.pointwise_kernel)
    n, channels, multiplier = depthwise.ndim - 2, depthwise.shape[-2], depthwise.shape[-1]
    here, stride, dilation = _first(x[0], layer), list(layer.strides), list(layer.dilation_rate)
    weight = np.moveaxis(depthwise, (-2, -1), (0, 1)).reshape(channels * multiplier, 1, *depthwise.shape[:n])
    pads = _pads(layer.padding, here.shape[2:], weight.shape[2:], stride, dilation)
    inner = shared.convolution(here, weight, None, stride, pads, dilation, channels)
    one, none = [1] * n, [(0, 0)] * n
    bias = _weights(layer.bias) if layer.use_bias else None
    outer = np.moveaxis(pointwise, (-1, -2), (0, 1))
    return _back(shared.convolution(inner, outer, bias, one, none, one, 1), layer)


@row("EinsumDense")
def _einsum_dense(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "lora_enabled", False):
        raise UnsupportedLayerError(f"{layer.name}: found a layer with LoRA weights; merge them first")
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
    kernel, stride = list(layer.pool_size), list(layer.strides)
    one = [1] * len(kernel)
    pads = _pads(layer.padding, here.shape[2:], kernel, stride, one)
    if type(layer).__name__.startswith("Max"):
        return _back(shared.max_pool(here, kernel, stride, pads, one, False, layer.name), layer)
    if any(before or after for before, after in pads) and keras.backend.backend() == "torch":
        raise UnsupportedLayerError(
            f"{layer.name}: found an average over padding ('same') on the torch backend, which pads unlike the others; accepted is "
            "padding 'valid' there"
        )
    return _back(shared.average_pool(here, kernel, stride, pads, one, False, False), layer)


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
    floats = [
        None if v is None else np.asarray(v, dtype=np.float64)
        for v in (
            _weights(layer.moving_mean),
            _weights(layer.moving_variance),
            _weights(layer.gamma) if layer.scale else None,
            _weights(layer.beta) if layer.center else None,
        )
    ]
    assert floats[0] is not None and floats[1] is not None, "a built layer has both"
    out = shared.batch_norm(turned, floats[0], floats[1], floats[2], floats[3], layer.epsilon, layer.name)
    return out.gather(out.places.transpose(np.argsort(order)))


@row("ReLU")
def _relu(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    slope = float(layer.negative_slope or 0)
    if layer.threshold:
        raise unread(layer.name, f"a ReLU with threshold {layer.threshold}, where it jumps", "is 0")
    if layer.max_value is None:
        return x[0].leaky(slope, layer.name)
    top = float(layer.max_value)
    if slope == 0:
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


@row("Add", "Subtract", "Average", "Maximum", "Minimum")
def _merge(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    kind, out = type(layer).__name__, x[0]
    for other in x[1:]:
        if kind in ("Maximum", "Minimum"):
            out = out.maximum(other, layer.name) if kind == "Maximum" else out.minimum(other, layer.name)
        else:
            out = out.minus(other) if kind == "Subtract" else out.plus(other)
    return out.divided(len(x), layer.name) if kind == "Average" else out


@row("Concatenate")
def _concatenate(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    starts = np.cumsum([0, *(w.size for w in x)])
    places = [w.places + start for w, start in zip(x, starts)]
    return x[0].chain.joined(x).gather(np.concatenate(places, axis=layer.axis))


@row("Flatten")
def _flatten(layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = (
        x[0].gather(np.moveaxis(x[0].places, 1, -1))
        if layer.data_format == "channels_first" and len(x[0].shape) > 2
        else x[0]
    )
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
    index = here.places
    cut = tuple(slice(a, n - b) for (a, b), n in zip(amounts, here.shape[2:]))
    return _back(here.gather(index[(slice(None), slice(None), *cut)]), layer)


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
