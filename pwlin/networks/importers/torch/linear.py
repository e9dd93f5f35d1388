"""PyTorch's linear operators that have no row of their own: what they do to each entry is asked of PyTorch itself, in float64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from pwlin.networks.importers.torch.call import Call
from pwlin.networks.importers.torch.operators import operator
from pwlin.networks.importers.wire import Wire, check_size

_MOST_PRODUCTS = 1 << 28

LINEAR: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "cumsum.default": ((0,), ()),
    "diff.default": ((0,), ()),
    "trace.default": ((0,), ()),
    "lerp.Scalar": ((0, 1), ()),
    "lerp.Tensor": ((0, 1), ()),
    "index_add.default": ((0, 3), ()),
    "scatter_add.default": ((0, 3), ()),
    "col2im.default": ((0,), ()),
    "upsample_linear1d.default": ((0,), ()),
    "upsample_linear1d.vec": ((0,), ()),
    "upsample_bilinear2d.default": ((0,), ()),
    "upsample_bilinear2d.vec": ((0,), ()),
    "upsample_trilinear3d.vec": ((0,), ()),
    "upsample_bicubic2d.default": ((0,), ()),
    "upsample_bicubic2d.vec": ((0,), ()),
    "addcmul.default": ((0,), (1, 2)),
    "addcdiv.default": ((0,), (1,)),
    "baddbmm.default": ((0,), (1, 2)),
    "addmv.default": ((0,), (1, 2)),
    "addr.default": ((0,), (1, 2)),
    "tensordot.default": ((), (0, 1)),
    "outer.default": ((), (0, 1)),
    "kron.default": ((), (0, 1)),
    "cross.default": ((), (0, 1)),
    "linalg_cross.default": ((), (0, 1)),
    "vdot.default": ((), (0, 1)),
    "inner.default": ((), (0, 1)),
}
"""For each operator the arguments that are added up, and those that are multiplied, of which one may depend on the input."""


@operator(*LINEAR)
def _linear(call: Call) -> Wire:
    added, factors = LINEAR[call.kind]
    if sum(isinstance(call.get(i, ""), Wire) for i in factors) > 1:
        call.refuse("it multiplies two values that depend on the input")
    data = [*added, *(i for i in factors if isinstance(call.get(i, ""), Wire))]
    if any(isinstance(a, Wire) for i, a in enumerate(call.inputs) if i not in data):
        call.refuse("its parameters depend on the input")
    wires = [call.operand(i) for i in data]
    joined = call.chain.joined(wires)
    out, rows, columns, values = _columns(call, data, wires)
    order = np.lexsort((columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    counts = np.bincount(rows, minlength=int(np.prod(out)))
    table = np.full((len(counts), max(int(counts.max(initial=0)), 1)), -1)
    factor = np.zeros(table.shape)
    at = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    check_size(table.size, 1 << 26)
    table[rows, at], factor[rows, at] = columns, values
    own = bool(np.isin(values, (-1.0, 1.0)).all())
    return joined.combined(table, factor, weights=not own).reshaped(out)


def _columns(
    call: Call, data: Sequence[int], wires: Sequence[Wire]
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray, np.ndarray]:
    """The operator's results for one entry of its data at a time: their shape, and rows, columns and values."""
    call.check_type()
    given = [a.double() if isinstance(a, torch.Tensor) and a.is_floating_point() else a for a in call.inputs]
    zeros = [torch.zeros(w.shape, dtype=torch.float64) for w in wires]
    for place, zero in zip(data, zeros, strict=True):
        given[place] = zero

    def results() -> torch.Tensor:
        with torch.no_grad():
            found = call.function(*given, **call.kwargs)
        if not isinstance(found, torch.Tensor):
            call.refuse("it gives no tensor")
        return found

    nothing = results()
    check_size(nothing.numel() * sum(w.size for w in wires), _MOST_PRODUCTS)
    if nothing.any():
        call.refuse("it adds a constant")
    rows, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    counts = [0]
    for zero in zeros:
        flat = zero.view(-1)
        for i in range(len(flat)):
            flat[i] = 1
            found = results().reshape(-1).numpy()
            flat[i] = 0
            rows.append(np.flatnonzero(found))
            values.append(found[rows[-1]])
            counts.append(len(rows[-1]))
    columns = np.repeat(np.arange(len(counts) - 1), counts[1:])
    return tuple(nothing.shape), np.concatenate(rows), columns, np.concatenate(values)
