"""PyTorch's comparisons, orders and choices, on wires."""

from __future__ import annotations

import numpy as np
import torch

from pwlin.networks.importers import layers as shared
from pwlin.networks.importers import operation
from pwlin.networks.importers.choices import Condition, chosen, ordered
from pwlin.networks.importers.torch.call import Call
from pwlin.networks.importers.torch.operators import operator
from pwlin.networks.importers.wire import Array, Wire

# -- conditions -------------------------------------------------------------------------------------


@operator(*(f"{name}.{kind}" for name in ("gt", "ge", "lt", "le") for kind in ("Scalar", "Tensor")))
def _compared(call: Call) -> Condition:
    a, b = call.operand(0), call.operand(1)
    larger = a.minus(b) if call.kind.startswith("g") else b.minus(a)
    return Condition(larger, strict=call.kind[1] == "t")


def moved(call: Call) -> object:
    """What an operator that only moves data does; a condition is moved as what it compares."""
    conditions = [v for v in call.inputs if isinstance(v, Condition)]
    if not conditions:
        return call.moved()
    first = conditions[0]
    if len(conditions) > 1 or not isinstance(call.inputs[0], Condition):
        call.refuse("it puts conditions on the input together")
    found = Call(call.kind, call.place, [first.wire, *call.inputs[1:]], call.chain, call.kwargs, call.function).moved()
    if not isinstance(found, Wire):
        call.refuse("it divides a condition on the input")
    return Condition(found, first.strict)


@operator("logical_not.default", "bitwise_not.default")
def _opposite(call: Call) -> Condition:
    condition = call.inputs[0]
    if not isinstance(condition, Condition):
        call.refuse("it is not piecewise linear")
    return condition.opposite()


@operator("where.self", "where.ScalarSelf", "where.ScalarOther", "where.Scalar")
def _where(call: Call) -> object:
    yes, no = call.operand(1), call.operand(2)
    condition = call.inputs[0]
    if isinstance(condition, Condition):
        return chosen(condition, yes, no, call.place)
    return _mixed(call.array(0), yes, no)


def _mixed(mask: Array, yes: Wire, no: Wire) -> Wire:
    """One of two, as a constant mask says."""
    shape = np.broadcast_shapes(mask.shape, yes.shape, no.shape)
    both = yes.chain.joined([yes.broadcast(shape), no.broadcast(shape)])
    places = np.arange(both.size).reshape(2, *shape)
    return both.gather(np.where(mask.astype(bool), places[0], places[1]))


@operator("masked_fill.Scalar", "masked_fill.Tensor")
def _masked_fill(call: Call) -> Wire:
    x, value, mask = call.operand(0), call.operand(2), call.inputs[1]
    if isinstance(mask, Condition):
        return chosen(mask, value, x, call.place)
    return _mixed(call.array(1), value, x)


@operator("mul.Tensor", "mul.Scalar")
def _mul(call: Call) -> Wire:
    for i in (0, 1):
        condition = call.inputs[i]
        if isinstance(condition, Condition):
            x = call.operand(1 - i)
            return chosen(condition, x, call.chain.constant(np.zeros(x.shape)), call.place)
    return operation.multiply(call)


@operator("index_fill.int_Scalar", "scatter.value", "fill.Scalar")
def _filled(call: Call) -> Wire:
    x = call.wire()
    value = call.number(len(call.inputs) - 1, "value")
    at = call.function(torch.zeros(x.shape, dtype=torch.float64), *call.inputs[1:-1], 1.0)
    return _mixed(np.asarray(at) != 0, call.chain.constant(value), x)


@operator("index_put.default")
def _index_put(call: Call) -> object:
    if call.flag(3, "accumulate", False):
        call.refuse("it accumulates")
    x, places, values = call.operand(0), call.inputs[1], call.operand(2)
    if isinstance(places, list) and len(places) == 1 and isinstance(places[0], Condition):
        if places[0].shape != x.shape or values.size != 1:
            call.refuse("a condition on the input says how many entries are taken")
        return chosen(places[0], values.reshaped(()), x, call.place)
    return call.moved()


# -- order ------------------------------------------------------------------------------------------


def _sorted(call: Call, dim: object) -> tuple[Wire, int]:
    """The entries along an axis, the smallest first, on the last axis; and the axis."""
    x = call.wire()
    if not isinstance(dim, int) or not x.shape:
        call.refuse(f"its argument dim is {dim!r:.40}")
    axis = dim % len(x.shape)
    turned = np.moveaxis(x.places, axis, -1)
    out = ordered(x, turned.reshape(-1, turned.shape[-1]), call.place).reshaped(turned.shape)
    return out, axis


def _taken(x: Wire, axis: int, which: slice | list[int]) -> Wire:
    """Some of what is in order, back on its axis."""
    return x.gather(np.moveaxis(x.places[..., which], -1, axis))


@operator("sort.default", "sort.stable", "msort.default")
def _sort(call: Call) -> object:
    stable = call.kind.endswith("stable")
    dim = 0 if call.kind.startswith("msort") else call.get(1 + stable, "dim", -1)
    out, axis = _sorted(call, dim)
    if call.kind.startswith("msort"):
        return _taken(out, axis, slice(None))
    return [_taken(out, axis, slice(None, None, -1 if call.flag(2 + stable, "descending", False) else 1))]


@operator("topk.default")
def _topk(call: Call) -> list[Wire]:
    count = int(call.number(1, "k"))
    if not call.flag(4, "sorted", True):
        call.refuse("its order is not said")
    out, axis = _sorted(call, call.get(2, "dim", -1))
    largest = call.flag(3, "largest", True)
    return [_taken(out, axis, slice(-1, -1 - count, -1) if largest else slice(count))]


@operator("kthvalue.default", "median.dim", "median.default")
def _ranked(call: Call) -> object:
    if call.kind == "median.default":
        x = call.wire()
        rank = (x.size - 1) // 2
        return ordered(x, x.places.reshape(1, -1), call.place).gather(np.array(rank))
    kth = call.kind.startswith("kth")
    out, axis = _sorted(call, call.get(1 + kth, "dim", -1))
    rank = int(call.number(1, "k")) - 1 if kth else (out.shape[-1] - 1) // 2
    found = _taken(out, axis, [rank])
    keep = call.flag(2 + kth, "keepdim", False)
    return [found if keep else found.reshaped(found.shape[:axis] + found.shape[axis + 1 :])]


@operator("cummax.default", "cummin.default")
def _running(call: Call) -> list[Wire]:
    x = call.wire()
    axis = int(call.number(1, "dim")) % max(len(x.shape), 1)
    parts = [x.gather(np.take(x.places, [i], axis=axis)) for i in range(x.shape[axis])]
    for i in range(1, len(parts)):
        parts[i] = shared.merged(parts[i - 1 : i + 1], "max" if "max" in call.kind else "min", call.place)
    return [shared.concatenated(parts, axis)]


@operator("aminmax.default")
def _aminmax(call: Call) -> list[Wire]:
    x = call.wire()
    axes, keep = call.axes(1, len(x.shape)), call.flag(2, "keepdim", False)
    return [shared.reduced(x, axes, keep, kind, call.place) for kind in ("min", "max")]


@operator("linalg_vector_norm.default", "norm.ScalarOpt_dim", "norm.Scalar")
def _norm(call: Call) -> Wire:
    x, order = call.wire(), call.get(1, "ord" if call.kind.startswith("l") else "p", 2)
    kind = {1: "sum", float("inf"): "max", float("-inf"): "min"}.get(float(str(order)))
    if kind is None:
        call.refuse(f"the norm of order {order} is not piecewise linear; those of order 1 and infinity are")
    axes, keep = call.axes(2, len(x.shape)), call.flag(3, "keepdim", False)
    return shared.reduced(operation.absolute(call), axes, keep, kind, call.place)
