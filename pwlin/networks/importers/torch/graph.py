"""PyTorch modules as exact networks: the graph that ``torch.export`` sees, node by node.

What the graph does is what the module does: hooks, shared and pruned modules, other classes of the same name and forwards of
any kind are in it. Nodes that do not depend on the input are computed by PyTorch itself, in its own types; those that only
move data are computed by PyTorch on an array of places.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError, UnsupportedLayerError
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.choices import Condition
from pwlin.networks.importers.head import Head, check_one_each, network_of
from pwlin.networks.importers.operation import fitting
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.torch import choices as choices
from pwlin.networks.importers.torch import layers as layers
from pwlin.networks.importers.torch import linear as linear
from pwlin.networks.importers.torch.call import Call
from pwlin.networks.importers.torch.operators import MOVES, OPERATORS
from pwlin.networks.importers.torch.reasons import REASONS
from pwlin.networks.importers.torch.witness import check_witness
from pwlin.networks.importers.wire import Wire
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from torch.export import ExportedProgram
    from torch.fx import Node

_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def from_object(model: torch.nn.Module | ExportedProgram, input_shape: Sequence[int] | None, head: str) -> Network:
    """A module or an exported program."""
    if isinstance(model, torch.export.ExportedProgram):
        return from_program(model, head)
    if isinstance(model, torch.jit.ScriptModule):
        raise script_refusal()
    return from_torch(model, input_shape, head)


def script_refusal() -> FormatError:
    """The error for what ``torch.jit`` has made."""
    found = "a TorchScript module, which torch.export cannot trace"
    accepted = "is the module that it was made from, or what torch.export.save wrote"
    return refusal("model", found, accepted, FormatError)


def from_torch(model: torch.nn.Module, input_shape: Sequence[int] | None, head: str) -> Network:
    """A module as it is in evaluation mode. See `pwlin.as_network`."""
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        _check_tensor(name, tensor)
    dtype = next((p.dtype for p in model.parameters() if p.dtype in _FLOATS), torch.get_default_dtype())
    guessed = input_shape is None
    shape = _first_shape(model) if input_shape is None else tuple(input_shape)
    notes = []
    with _evaluating(model) as was_training:
        program = _export(model, torch.zeros((1, *shape), dtype=dtype), guessed)
        network = from_program(program, head)
        cut = any("is cut off" in note for note in network.notes)
        if not cut and not check_witness(model, network, shape, dtype, _has_half(program)):
            notes.append(
                "the model could not be evaluated outside of torch.export, so that the network was not compared with it"
            )
    if was_training:
        notes.append("the model is in training mode; it was read as it is in evaluation mode")
    return Network(network.hidden, network.readout, network.unit_names, (*network.notes, *notes)) if notes else network


def from_program(program: ExportedProgram, head: str) -> Network:
    """An exported program; its input has an axis of length 1 for batches in front, or none."""
    calls = [n.target for n in program.graph.nodes if n.op == "call_function"]
    if any(getattr(getattr(f, "_schema", None), "is_mutable", False) for f in calls):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = program.run_decompositions({})  # the same without changes in place
    check_one_each(program.graph_signature.user_inputs, program.graph_signature.user_outputs)
    return _Reader(program, head).read()


def _has_half(program: ExportedProgram) -> bool:
    kinds = (getattr(n.meta.get("val"), "dtype", None) for n in program.graph.nodes)
    return any(kind in (torch.float16, torch.bfloat16) for kind in kinds)


def _export(model: torch.nn.Module, example: torch.Tensor, guessed: bool) -> ExportedProgram:
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            return torch.export.export(model, (example,), strict=False)
    except Exception as error:  # noqa: BLE001 - whatever the model's own code raises
        lines = str(error).strip().splitlines() or [""]
        hint = f"; the input's shape was guessed to be {tuple(example.shape[1:])}: give input_shape=" if guessed else ""
        raise UnsupportedLayerError(
            f"model: torch.export cannot trace {type(model).__name__} on an input of shape {tuple(example.shape)} "
            f"({type(error).__name__}: {lines[0]:.200}){hint}"
        ) from None


@contextmanager
def _evaluating(model: torch.nn.Module) -> Iterator[bool]:
    """All modules in evaluation mode for a while; whether one was not."""
    flags = [(m, m.training) for m in model.modules()]
    for m, training in flags:
        if training and type(m).train is not torch.nn.Module.train:
            found = f"a {type(m).__name__} in training mode, whose class has a train() of its own"
            raise unread("model", found, "is one in evaluation mode (model.eval())")
    try:
        for m, _ in flags:
            m.__dict__["training"] = False
        yield any(training for _, training in flags)
    finally:
        for m, training in flags:
            m.__dict__["training"] = training


def _check_tensor(name: str, tensor: torch.Tensor) -> None:
    lazy = isinstance(tensor, (torch.nn.parameter.UninitializedParameter, torch.nn.parameter.UninitializedBuffer))
    if lazy:
        raise FormatError(f"model: found the lazy parameter {name!r}, without a shape; call the model once first")
    if tensor.is_meta:
        raise FormatError(f"model: found {name!r} on the meta device, which holds no values; load the weights first")
    if tensor.layout != torch.strided:
        raise refusal("model", f"{name!r} in the layout {tensor.layout}", "are dense tensors (to_dense())", FormatError)
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        raise refusal("model", f"{name!r} inside a transform of torch.func", "are plain tensors", FormatError)
    if tensor.numel() * tensor.element_size() > max(tensor.untyped_storage().nbytes(), 1 << 20):
        found = f"{name!r} of shape {tuple(tensor.shape)} in {tensor.untyped_storage().nbytes()} bytes"
        raise refusal("model", found, "are tensors that hold each entry (contiguous())", FormatError)
    if tensor.is_quantized or tensor.is_complex() or (tensor.is_floating_point() and tensor.dtype not in _FLOATS):
        raise refusal(
            "model", f"{name!r} of type {tensor.dtype}", "are float16, bfloat16, float32 and float64", FormatError
        )


def _first_shape(model: torch.nn.Module) -> tuple[int, ...]:
    """The input's shape, from the first module that says it."""
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):
            return (module.in_features,)
        if isinstance(module, torch.nn.BatchNorm1d):
            return (module.num_features,)
        if isinstance(module, (torch.nn.modules.conv._ConvNd, torch.nn.modules.batchnorm._BatchNorm)):
            raise FormatError(
                f"model: found {name or 'the model'} of type {type(module).__name__} first, whose input may have any size; "
                "give input_shape=, for example (3, 32, 32), without the axis of batches"
            )
    raise FormatError(
        f"model: found no layer in {type(model).__name__} that tells the input's shape; give input_shape=, without the axis of "
        "batches"
    )


class _Unread:
    """An output that is no piecewise-linear function of the input."""


class _Reader:
    """Reads one program."""

    def __init__(self, program: ExportedProgram, head: str) -> None:
        self.program = program
        self.head = head
        self.chain = Chain()
        self.values: dict[Node, object] = {}

    def read(self) -> Network:
        signature = self.program.graph_signature
        state: Mapping[str, object] = {**self.program.state_dict, **self.program.constants}
        sources = {
            **signature.inputs_to_parameters,
            **signature.inputs_to_buffers,
            **signature.inputs_to_lifted_tensor_constants,
        }
        output = signature.user_outputs[0]
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                self.values[node] = self._placeholder(node, sources, state)
            elif node.op == "call_function":
                self.values[node] = self._call(node)
            elif node.op != "output":
                raise unread("model", f"a node of kind {node.op} ({node.name})", "are function calls")
        result = next(value for node, value in self.values.items() if node.name == output)
        if isinstance(result, Condition):
            raise unread("output", "a condition on the input, which jumps", "are values")
        return network_of(
            self.chain, result if isinstance(result, (Wire, Head)) else _array(result, "output"), self.head
        )

    def _placeholder(self, node: Node, sources: Mapping[str, str], state: Mapping[str, object]) -> object:
        if node.name in self.program.graph_signature.user_inputs:
            shape = tuple(node.meta["val"].shape)
            if not all(isinstance(n, int) for n in shape):
                shape = (1, *shape[1:])  # any number of rows
                if not all(isinstance(n, int) for n in shape):
                    raise unread("model", f"an input of shape {shape}", "are fixed sizes")
            if shape and shape[0] != 1:
                raise unread("model", f"an input of shape {shape}", "is one row, shape (1, ...)")
            self.chain.batched = len(shape) > 1
            return self.chain.input(shape)
        value = state.get(sources.get(node.name, ""))
        if isinstance(value, torch.Tensor):
            _check_tensor(sources[node.name], value)
            return value.detach().cpu()
        raise unread("model", f"the input {node.name!r} without a value", "are tensors")

    def _call(self, node: Node) -> object:
        args = [self._value(a) for a in node.args]
        kwargs = {key: self._value(a) for key, a in node.kwargs.items()}
        where, target = _place(node), str(node.target)
        heads = [v for v in _leaves([args, kwargs]) if isinstance(v, Head)]
        if heads:
            return heads[0].passed(target, where)
        if any(isinstance(v, _Unread) for v in _leaves([args, kwargs])):
            raise unread(where, f"{target} on an output that is not read, such as places of entries", "are values")
        if not any(isinstance(v, (Wire, Condition)) for v in _leaves([args, kwargs])):
            return self._computed(node, args, kwargs, where)
        name = target.removeprefix("aten.")
        call = Call(name, where, args, self.chain, kwargs, node.target)
        with fitting(call.refuse):
            if name in MOVES:
                return choices.moved(call)
            if name in OPERATORS:
                return OPERATORS[name](call)
        if getattr(node.target, "__name__", "") == "getitem":
            parts, index = args
            assert isinstance(parts, list) and isinstance(index, int), "an output among several"
            return parts[index] if index < len(parts) else _Unread()
        call.refuse(REASONS.get(name.partition(".")[0], "it is not piecewise linear, or not read"))

    def _computed(self, node: Node, args: Sequence[object], kwargs: Mapping[str, object], where: str) -> object:
        if not isinstance(node.target, torch._ops.OpOverload) and node.target is not operator.getitem:
            raise unread(where, f"{node.target!s:.60}", "are operators of PyTorch")
        tags = getattr(node.target, "tags", ())
        if torch.Tag.nondeterministic_seeded in tags:
            raise unread(where, f"{node.target}, which draws random numbers", "are functions")
        for value in _leaves(list(args)):
            if isinstance(value, int) and abs(value) > 1 << 31:
                raise unread(where, f"{node.target} with {value}", "are smaller arrays")
        shape = getattr(node.meta.get("val"), "shape", ())
        if math.prod(n for n in shape if isinstance(n, int)) > 1 << 26:
            raise unread(where, f"an array of shape {tuple(shape)}", "are smaller ones")
        with torch.no_grad():
            return node.target(*args, **kwargs)  # type: ignore[operator]

    def _value(self, argument: object) -> object:
        if isinstance(argument, torch.fx.Node):
            return self.values[argument]
        if isinstance(argument, (list, tuple)):
            return [self._value(a) for a in argument]
        return argument


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


def _place(node: Node) -> str:
    """The name of the module that a node is in, and the node's own where the module is not one of PyTorch's layers."""
    modules = list(node.meta.get("nn_module_stack", {}).values())
    path, kind = modules[-1] if modules else ("", "")
    if path and str(kind).startswith("torch.nn.modules.") and "container" not in str(kind):
        return str(path)
    return f"{path}.{node.name}" if path else node.name


def checked_array(name: str, tensor: object) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """A tensor of weights as an array, if it holds plain floats."""
    if not isinstance(tensor, torch.Tensor):
        raise refusal("model", f"{name!r} of type {type(tensor).__name__}", "are tensors", FormatError)
    _check_tensor(name, tensor)
    return _array(tensor, name)


def _array(value: object, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    if not isinstance(value, torch.Tensor):
        raise unread(name, type(value).__name__, "is one tensor")
    tensor = value.detach().cpu()
    return np.asarray((tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy())
