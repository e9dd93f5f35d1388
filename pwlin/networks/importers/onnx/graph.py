"""ONNX graphs as exact networks, node by node.

Nodes that do not depend on the input are computed by ``onnx.reference``, in their own types; so are nodes that only move data,
on an array of places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError, PwlinError, UnsupportedLayerError
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.head import Head, check_one_each, network_of
from pwlin.networks.importers.onnx import layers as layers
from pwlin.networks.importers.onnx.node import FLOATS, MOST, Node, Value
from pwlin.networks.importers.onnx.operators import CONSTANT, MOVES, OPERATORS
from pwlin.networks.importers.operation import fitting
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import Array, Wire
from pwlin.networks.network import Network


def from_onnx(model: onnx.ModelProto, input_shape: Sequence[int] | None, head: str) -> Network:
    """A model with one input and one output. See `pwlin.as_network`."""
    graph = model.graph
    constants = {tensor.name: _array(tensor) for tensor in graph.initializer}
    if graph.sparse_initializer:
        raise unread("model", "sparse initializers", "are dense ones")
    inputs = [value for value in graph.input if value.name not in constants]
    check_one_each(inputs, graph.output)
    chain = Chain()
    shape = _input_shape(inputs[0], input_shape)
    chain.batched = len(shape) > 1 and shape[0] == 1
    values: dict[str, Value] = {**constants, inputs[0].name: chain.input(shape)}
    opset = {entry.domain: entry.version for entry in model.opset_import}.get("", 1)
    if not 1 <= opset <= onnx.defs.onnx_opset_version():
        found = f"version {opset} of the operators"
        raise refusal("model", found, f"are those up to {onnx.defs.onnx_opset_version()}", FormatError)
    for proto in graph.node:
        _run(proto, values, chain, opset)
    result = values.get(graph.output[0].name)
    if result is None:
        raise FormatError(f"model: found no node that makes the output {graph.output[0].name!r}")
    return network_of(chain, result, head)


def _input_shape(value: onnx.ValueInfoProto, given: Sequence[int] | None) -> tuple[int, ...]:
    tensor = value.type.tensor_type
    if tensor.elem_type not in FLOATS:
        kind = onnx.TensorProto.DataType.Name(tensor.elem_type)
        raise unread("model", f"the input {value.name!r} of type {kind}", "are floats")
    known = [d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in tensor.shape.dim]
    if given is not None:
        shape = [*given] if len(given) == len(known) else [known[0] or 1 if known else 1, *given]
        if known and (len(shape) != len(known) or any(k is not None and k != n for k, n in zip(known, shape))):
            raise refusal("input_shape", f"{tuple(given)} for an input of shape {known}", "is what fits", FormatError)
        return tuple(shape)
    shape = [n if n is not None else 1 if axis == 0 else None for axis, n in enumerate(known)]
    if not tensor.HasField("shape") or any(n is None for n in shape):
        raise FormatError(
            f"model: found the input {value.name!r} of shape {known}; give input_shape=, without the axis of batches"
        )
    if math.prod(n or 1 for n in shape) > MOST:
        raise refusal("model", f"the input {value.name!r} of shape {shape}", f"are up to {MOST} entries", FormatError)
    return tuple(n or 1 for n in shape)


def _array(tensor: onnx.TensorProto) -> Array:
    try:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise ValueError("its data are in another file; give the path of the model")
        if math.prod(tensor.dims) > MOST or min(tensor.dims, default=0) < 0:
            raise ValueError("too large")
        array = np.asarray(numpy_helper.to_array(tensor))
        if array.dtype.name == "bfloat16" or array.dtype.name.startswith("float8"):
            array = array.astype(np.float32) if array.dtype.name == "bfloat16" else array
        if list(array.shape) != list(tensor.dims):
            raise ValueError(f"its data have the shape {array.shape}")
        return array
    except (ValueError, TypeError, KeyError, RuntimeError) as error:
        raise FormatError(
            f"initializer {tensor.name!r} of shape {list(tensor.dims)[:8]}: found damaged data ({error!s:.80})"
        ) from None


def _run(proto: onnx.NodeProto, values: dict[str, Value], chain: Chain, opset: int) -> None:
    place = proto.name or f"{proto.op_type} {proto.output[0] if proto.output else ''}"
    if proto.domain not in ("", "ai.onnx"):
        raise unread(place, f"{proto.op_type} of the domain {proto.domain!r}", "are ONNX's own operators")
    missing = [name for name in proto.input if name and name not in values]
    if missing:
        found = f"the input {missing[0]!r}, which no node before makes"
        raise refusal(place, found, "are sorted graphs without cycles", FormatError)
    inputs = [values[name] if name else None for name in proto.input]
    heads = [v for v in inputs if isinstance(v, Head)]
    if heads:
        values[proto.output[0]] = heads[0].passed(proto.op_type, place)
        return
    node = Node(proto.op_type, place, inputs, chain, proto, opset, _computed)
    results: Sequence[Value]
    if any(isinstance(v, Wire) for v in inputs):
        if proto.op_type not in MOVES and proto.op_type not in OPERATORS:
            node.refuse("it is not piecewise linear, or not read")
        with fitting(node.refuse):
            made = node.moved() if proto.op_type in MOVES else OPERATORS[proto.op_type](node)
        results = made if isinstance(made, list) else [made]
    else:
        if proto.op_type not in CONSTANT and proto.op_type not in MOVES:
            node.refuse("it is not read among constants")
        node.check_size()
        results = _computed(proto, [v if isinstance(v, np.ndarray) else None for v in inputs], opset, place)
    for name, value in zip(proto.output, results):
        values[name] = value


def _computed(proto: onnx.NodeProto, inputs: Sequence[Array | None], opset: int, place: str) -> list[Array]:
    """One node on arrays, by ONNX's own reference."""
    known = {name: value for name, value in zip(proto.input, inputs) if name and value is not None}
    try:
        given = [
            helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
            for n, v in known.items()
        ]
        made = [helper.make_empty_tensor_value_info(n) for n in proto.output if n]
        graph = helper.make_graph([proto], "node", given, made)
        alone = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        return [np.asarray(v) for v in ReferenceEvaluator(alone).run(None, known)]
    except PwlinError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged node raises
        raise UnsupportedLayerError(
            f"{place}: onnx.reference cannot compute {proto.op_type} ({error!s:.120})"
        ) from None
