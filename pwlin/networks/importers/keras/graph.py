"""Keras models as exact networks, layer by layer, by the layers' own classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError, PwlinError, UnsupportedLayerError
from pwlin.networks.importers import layers as shared
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.head import Head
from pwlin.networks.importers.keras.names import IDENTITIES
from pwlin.networks.importers.wire import Wire
from pwlin.networks.network import Network

Array = NDArray[np.generic]
Value = Wire | Head
_MODELS = ("Sequential", "Functional")


def from_keras(model: keras.Model, head: str) -> Network:
    """A built model with one input and one output, as it is in inference. See `pwlin.as_network`."""
    _check_class(model, "model")
    if not model.built or not getattr(model, "inputs", None):
        raise FormatError(
            "model: found a Keras model that is not built; call it once, or give its first layer an Input"
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise UnsupportedLayerError(
            f"model: found {len(model.inputs)} inputs and {len(model.outputs)} outputs; accepted is one each"
        )
    shape = tuple(model.inputs[0].shape[1:])
    if not all(isinstance(n, int) for n in shape):
        raise refusal("model", f"an input of shape {shape}", "are fixed sizes", FormatError)
    chain = Chain()
    chain.batched = True
    result = _Reader(chain).model(model, [chain.input((1, *shape))])
    if isinstance(result, Head):
        result = result.drop(head)
    return chain.network(result)


def _check_class(layer: keras.layers.Layer, name: str) -> str:
    """The class' own name, if it is Keras' class itself with its own call."""
    kind = type(layer)
    if not kind.__module__.startswith("keras.src.") or "call" in vars(layer):
        raise UnsupportedLayerError(
            f"{name}: found {kind.__module__}.{kind.__qualname__}; accepted are Keras' own layers, unchanged, and Sequential and "
            "Functional models of them"
        )
    return kind.__name__


class _Reader:
    def __init__(self, chain: Chain) -> None:
        self.chain = chain

    def model(self, model: keras.Model, inputs: Sequence[Value]) -> Value:
        """A model on its inputs; inner ones too."""
        known: dict[int, Value] = {id(t): v for t, v in zip(model.inputs, inputs, strict=True)}

        def value(tensor: keras.KerasTensor) -> Value:
            todo = [tensor]
            while todo:
                here = todo[-1]
                if id(here) in known:
                    todo.pop()
                    continue
                operation, index, position = here._keras_history
                node = operation._inbound_nodes[index]
                missing = [t for t in node.input_tensors if id(t) not in known]
                if missing:
                    todo += missing
                    continue
                if position or len(node.outputs) != 1:
                    raise refusal(operation.name, f"{len(node.outputs)} outputs", "is one", UnsupportedLayerError)
                known[id(here)] = self.layer(operation, node, [known[id(t)] for t in node.input_tensors])
            return known[id(tensor)]

        return value(model.outputs[0])

    def layer(self, layer: keras.layers.Layer, node: Any, inputs: Sequence[Value]) -> Value:
        kind, name = _check_class(layer, layer.name), layer.name
        if kind in _MODELS:
            return self.model(layer, inputs)
        if getattr(layer, "quantization_mode", None) is not None:
            raise refusal(name, f"a quantised {kind}", "are layers of floats", UnsupportedLayerError)
        heads = [v for v in inputs if isinstance(v, Head)]
        if heads:
            return heads[0].passed("Identity" if kind in IDENTITIES else kind, name)
        wires = [v for v in inputs if isinstance(v, Wire)]
        if kind in IDENTITIES:
            return wires[0]
        if kind not in _LAYERS:
            raise UnsupportedLayerError(
                f"{name}: found {kind}, which is not piecewise linear, or not read; accepted are the layers in the docs"
            )
        if node.arguments.kwargs.get("training"):
            raise refusal(name, f"{kind} called in training mode", "is inference", UnsupportedLayerError)
        try:
            return self.activated(layer, _LAYERS[kind](self, layer, wires), name)
        except PwlinError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise UnsupportedLayerError(
                f"{name}: found {kind} on {[w.shape for w in wires]}, which cannot be read ({error!s:.120})"
            ) from None

    def activated(self, layer: keras.layers.Layer, x: Value, name: str) -> Value:
        """The activation that a layer has of its own."""
        function = getattr(layer, "activation", None)
        if isinstance(x, Head) or function is None or function is keras.activations.linear:
            return x
        plain = {
            keras.activations.relu: lambda: x.relu(name),
            keras.activations.relu6: lambda: x.clipped(0, 6, name),
            keras.activations.leaky_relu: lambda: x.leaky(0.2, name),
            keras.activations.hard_sigmoid: lambda: x.shifted(3).clipped(0, 6, name).divided(6, name),
            keras.activations.hard_tanh: lambda: x.clipped(-1, 1, name),
            keras.activations.soft_shrink: lambda: x.shrunk(0.5, name),
        }
        for known, make in plain.items():
            if function is known:
                return make()
        for head in (keras.activations.softmax, keras.activations.sigmoid, keras.activations.log_softmax):
            if function is head:
                return Head(head.__name__, name, x)
        raise UnsupportedLayerError(
            f"{name}: found the activation {getattr(function, '__name__', function)!s:.40}; accepted are piecewise-linear ones"
        )


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


def _dense(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "lora_enabled", False):
        raise UnsupportedLayerError(f"{layer.name}: found a layer with LoRA weights; merge them first")
    return shared.linear(x[0], _given(layer.kernel).T, _weights(layer.bias) if layer.use_bias else None)


def _conv(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "lora_enabled", False):
        raise UnsupportedLayerError(f"{layer.name}: found a layer with LoRA weights; merge them first")
    kernel = _given(layer.kernel)
    n = kernel.ndim - 2
    weight = np.moveaxis(kernel, (-1, -2), (0, 1))
    return _convolved(layer, x[0], weight, layer.groups, n)


def _depthwise(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
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


def _pool(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
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


def _global_pool(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    out = shared.global_pool(here, "max" if "Max" in type(layer).__name__ else "mean", layer.name)
    return _back(out, layer) if layer.keepdims else out.reshaped(here.shape[:2])


def _batch_norm(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
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


def _relu(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    slope = float(layer.negative_slope or 0)
    if layer.threshold:
        raise refusal(
            layer.name, f"a ReLU with threshold {layer.threshold}, where it jumps", "is 0", UnsupportedLayerError
        )
    if layer.max_value is None:
        return x[0].leaky(slope, layer.name)
    top = float(layer.max_value)
    if slope == 0:
        return x[0].clipped(0, top, layer.name)
    return x[0].leaky(slope, layer.name).clipped(None, top, layer.name)


def _leaky(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].leaky(float(layer.negative_slope), layer.name)


def _prelu(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].leaky(_given(layer.alpha).astype(np.float64), layer.name)


def _softmax(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Head:
    return Head("softmax", layer.name, x[0])


def _merge(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    kind, out = type(layer).__name__, x[0]
    for other in x[1:]:
        if kind in ("Maximum", "Minimum"):
            out = out.maximum(other, layer.name) if kind == "Maximum" else out.minimum(other, layer.name)
        else:
            out = out.minus(other) if kind == "Subtract" else out.plus(other)
    return out.divided(len(x), layer.name) if kind == "Average" else out


def _moved(wires: Sequence[Wire], chain: Chain, move: Callable[[list[NDArray[np.int64]]], NDArray[np.int64]]) -> Wire:
    count, places = 0, []
    for w in wires:
        places.append(np.arange(count, count + w.size).reshape(w.shape))
        count += w.size
    return chain.joined(wires).gather(move(places))


def _concatenate(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return _moved(x, reader.chain, lambda p: np.concatenate(p, axis=layer.axis))


def _flatten(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = (
        x[0]
        if layer.data_format == "channels_last" or len(x[0].shape) < 3
        else _moved(x, reader.chain, lambda p: np.moveaxis(p[0], 1, -1))
    )
    return here.reshaped((here.shape[0], here.size // here.shape[0]))


def _reshape(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return _moved(x, reader.chain, lambda p: p[0].reshape(len(p[0]), *layer.target_shape))


def _permute(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return _moved(x, reader.chain, lambda p: p[0].transpose(0, *layer.dims))


def _repeat_vector(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return _moved(x, reader.chain, lambda p: np.repeat(p[0][:, None], layer.n, axis=1))


def _zero_padding(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    amounts = [layer.padding] if isinstance(layer.padding[0], int) else layer.padding
    index = np.pad(here.places, [(0, 0), (0, 0), *amounts], constant_values=-1)
    return _back(here.gather(index), layer)


def _cropping(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    here = _first(x[0], layer)
    amounts = [layer.cropping] if isinstance(layer.cropping[0], int) else layer.cropping
    index = here.places
    cut = tuple(slice(a, n - b) for (a, b), n in zip(amounts, here.shape[2:]))
    return _back(here.gather(index[(slice(None), slice(None), *cut)]), layer)


def _up_sampling(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    if getattr(layer, "interpolation", "nearest") != "nearest":
        raise refusal(layer.name, f"the interpolation {layer.interpolation!r}", "is 'nearest'", UnsupportedLayerError)
    here = _first(x[0], layer)
    index = here.places
    sizes = [layer.size] if isinstance(layer.size, int) else layer.size
    for axis, size in enumerate(sizes, 2):
        index = np.repeat(index, size, axis=axis)
    return _back(here.gather(index), layer)


def _rescaling(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0].scaled(np.asarray(layer.scale, dtype=np.float64)).shifted(np.asarray(layer.offset, dtype=np.float64))


def _same(reader: _Reader, layer: keras.layers.Layer, x: Sequence[Wire]) -> Wire:
    return x[0]


_Function = Callable[[_Reader, keras.layers.Layer, Sequence[Wire]], Value]
_LAYERS: dict[str, _Function] = {
    "Dense": _dense,
    "Activation": _same,
    "BatchNormalization": _batch_norm,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "PReLU": _prelu,
    "Softmax": _softmax,
    "Concatenate": _concatenate,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "RepeatVector": _repeat_vector,
    "Rescaling": _rescaling,
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _conv),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **{f"{kind}Pooling{n}D": _pool for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Global{kind}Pooling{n}D": _global_pool for kind in ("Max", "Average") for n in (1, 2, 3)},
    **dict.fromkeys(("Add", "Subtract", "Average", "Maximum", "Minimum"), _merge),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), _zero_padding),
    **dict.fromkeys(("Cropping1D", "Cropping2D"), _cropping),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D"), _up_sampling),
}
