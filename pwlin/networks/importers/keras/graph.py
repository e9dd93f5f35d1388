"""Keras models as exact networks, layer by layer, by the layers' own classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import keras

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.head import Head, check_one_each, network_of
from pwlin.networks.importers.keras.layers import LAYERS
from pwlin.networks.importers.keras.names import IDENTITIES
from pwlin.networks.importers.keras.operations import Called, run
from pwlin.networks.importers.operation import fitting
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import Wire
from pwlin.networks.network import Network

Value = Wire | Head
_MODELS = ("Sequential", "Functional")


def from_keras(model: keras.Model, head: str) -> Network:
    """A built model with one input and one output, as it is in inference. See `pwlin.as_network`."""
    _check_class(model, "model")
    if not model.built or not getattr(model, "inputs", None):
        raise FormatError(
            "model: found a Keras model that is not built; call it once, or give its first layer an Input"
        )
    check_one_each(model.inputs, model.outputs)
    shape = tuple(model.inputs[0].shape[1:])
    if not all(isinstance(n, int) for n in shape):
        raise refusal("model", f"an input of shape {shape}", "are fixed sizes", FormatError)
    chain = Chain()
    chain.batched = True
    return network_of(chain, _Reader(chain).model(model, [chain.input((1, *shape))]), head)


def _check_class(layer: keras.Operation, name: str) -> str:
    """The class' own name, if it is Keras' class itself with its own call."""
    kind = type(layer)
    if not kind.__module__.startswith("keras.src.") or "call" in vars(layer):
        accepted = "are Keras' own layers, unchanged, and Sequential and Functional models of them"
        raise unread(name, f"{kind.__module__}.{kind.__qualname__}", accepted)
    return kind.__name__


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


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
                    raise unread(operation.name, f"{len(node.outputs)} outputs", "is one")
                known[id(here)] = self.result(operation, node, known)
            return known[id(tensor)]

        return value(model.outputs[0])

    def result(self, operation: keras.Operation, node: Any, known: Mapping[int, Value]) -> Value:
        """What a layer, or a function of keras.ops, makes of what is known."""

        def found(value: object) -> object:
            if isinstance(value, keras.KerasTensor):
                return known[id(value)]
            return [found(v) for v in value] if isinstance(value, (list, tuple)) else value

        args, kwargs = found(list(node.arguments.args)), {k: found(v) for k, v in node.arguments.kwargs.items()}
        assert isinstance(args, list), "of a list"
        inputs = [known[id(t)] for t in node.input_tensors]
        name = operation.name
        if isinstance(operation, keras.layers.Layer):
            if any(not (v is None or isinstance(v, (bool, Wire, Head))) for v in _leaves([args, *kwargs.values()])):
                raise unread(name, "a constant among the inputs", "are results of layers; keras.ops takes constants")
            return self.layer(operation, node, inputs)
        kind = _check_class(operation, name)
        heads = [v for v in inputs if isinstance(v, Head)]
        if heads:
            return heads[0].passed(kind, name)
        return run(Called(kind, name, args, self.chain, kwargs, operation))

    def layer(self, layer: keras.layers.Layer, node: Any, inputs: Sequence[Value]) -> Value:
        kind, name = _check_class(layer, layer.name), layer.name
        if kind in _MODELS:
            return self.model(layer, inputs)
        if getattr(layer, "quantization_mode", None) is not None:
            raise unread(name, f"a quantised {kind}", "are layers of floats")
        heads = [v for v in inputs if isinstance(v, Head)]
        if heads:
            return heads[0].passed("Identity" if kind in IDENTITIES else kind, name)
        if node.arguments.kwargs.get("training"):
            raise unread(name, f"{kind} called in training mode", "is inference")
        wires = [v for v in inputs if isinstance(v, Wire)]
        if kind in IDENTITIES:
            return wires[0]
        if kind not in LAYERS:
            raise unread(name, f"{kind}, which is not piecewise linear, or not read", "are the layers in the docs")
        if getattr(layer, "lora_enabled", False):
            raise unread(name, f"{kind} with LoRA weights", "are layers into which these were merged")
        if "float16" in layer.compute_dtype:
            self.chain.note(f"{name}: rounding to {layer.compute_dtype} is left out")

        def refuse(why: str) -> NoReturn:
            raise unread(name, f"{kind} on {[w.shape for w in wires]}: {why}", "is what Keras itself can compute")

        with fitting(refuse):
            return self.activated(layer, LAYERS[kind](layer, wires), name)

    def activated(self, layer: keras.layers.Layer, x: Value, name: str) -> Value:
        """The activation that a layer has of its own."""
        function = getattr(layer, "activation", None)
        if isinstance(x, Head) or function is None or function is keras.activations.linear:
            return x
        plain = {
            keras.activations.relu: lambda: x.relu(name),
            keras.activations.relu6: lambda: x.clipped(0, 6, name),
            keras.activations.leaky_relu: lambda: x.leaky(0.2, name),
            keras.activations.hard_sigmoid: lambda: x.hard_sigmoid(name),
            keras.activations.hard_tanh: lambda: x.clipped(-1, 1, name),
            keras.activations.soft_shrink: lambda: x.shrunk(0.5, name),
        }
        for known, make in plain.items():
            if function is known:
                return make()
        for head in (keras.activations.softmax, keras.activations.sigmoid, keras.activations.log_softmax):
            if function is head:
                return Head(head.__name__, name, x)
        found = f"the activation {getattr(function, '__name__', function)!s:.40}"
        raise unread(name, found, "are piecewise-linear ones")
