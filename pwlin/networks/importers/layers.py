"""Layers that several libraries have alike, on wires: convolution, pooling, batch norm. Arrays are (N, C, spatial axes)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.windows import Sliding, adaptive_windows, per_channel, windows
from pwlin.networks.importers.wire import Array, Shape, Wire, check_size

Entry = TypeVar("Entry", bound=np.generic)


def convolution(x: Wire, weight: Array, bias: Array | None, sliding: Sliding, groups: int) -> Wire:
    """A convolution of (N, C, ...) with a weight of shape (C_out, C / groups, ...)."""
    batch, channels, *size = x.shape
    out, inner = weight.shape[:2]
    if inner * groups != channels or out % groups:
        raise unread("model", f"a weight of shape {weight.shape} in {groups} groups", f"is one for {channels} channels")
    shape, table, _ = windows(size, sliding)
    area, per_group = math.prod(size), out // groups
    own = np.moveaxis(per_channel(table, inner, area), 0, 1).reshape(len(table), -1)
    firsts = [n * channels + (c // per_group) * inner for n in range(batch) for c in range(out)]
    places = np.concatenate([np.where(own >= 0, own + first * area, -1) for first in firsts])
    factors = np.broadcast_to(weight.reshape(1, out, 1, -1), (batch, out, len(table), own.shape[1]))
    y = x.combined(places, factors.reshape(places.shape), weights=True).reshaped((batch, out, *shape))
    return y if bias is None else y.shifted(along_channels(bias, y))


def transposed_convolution(x: Wire, weight: Array, bias: Array | None, sliding: Sliding, groups: int) -> Wire:
    """The transpose of a convolution, of (N, C, ...) with a weight of shape (C, C_out / groups, ...).

    It is a convolution with the weight turned around, on the input with zeros between its entries. Its pads are cut off the full
    result's ends; a negative one behind lengthens it.
    """
    channels, inner, *kernel = weight.shape
    stride, dilation = sliding.stride, sliding.dilation
    if len(x.shape) != len(kernel) + 2 or x.shape[1] != channels or channels % groups or min(*stride, *dilation) < 1:
        found = f"a transposed weight of shape {weight.shape} in {groups} groups with stride {stride}"
        raise unread("model", found, f"is what fits {x.shape}")
    here = x.kept() if x.weighted else x
    index = here.places
    for axis, (n, k, s, (before, after), d) in enumerate(zip(x.shape[2:], kernel, stride, sliding.pads, dilation), 2):
        reach = d * (k - 1)
        first, end = before - reach, (n - 1) * s + 1 + reach - after
        check_size(index.size // max(n, 1) * max(end - first, 0))
        at = np.arange(first, end)
        inside = (at >= 0) & (at <= (n - 1) * s) & (at % s == 0)
        taken = np.take(index, np.where(inside, at // s, 0), axis=axis)
        index = np.where(inside.reshape(-1, *[1] * (index.ndim - axis - 1)), taken, -1)
    spatial = tuple(range(3, 3 + len(kernel)))
    turned = np.flip(weight.reshape(groups, channels // groups, inner, *kernel).swapaxes(1, 2), spatial)
    turned = turned.reshape(groups * inner, channels // groups, *kernel)
    every = Sliding(kernel, [1] * len(kernel), pairs([0] * len(kernel)), dilation)
    return convolution(here.gather(index), turned, bias, every, groups)


def einsum(equation: str, operands: Sequence[Wire | Array]) -> Wire:
    """Einstein's sum of one wire and at most one constant, exact."""
    wires = [v for v in operands if isinstance(v, Wire)]
    if len(wires) != 1 or len(operands) > 2:
        sums = f"einsum({equation!r:.40}) of {len(wires)} inputs and {len(operands) - len(wires)} constants"
        raise unread("model", sums, "are one input and at most one constant")
    arrays = [v.places if isinstance(v, Wire) else np.asarray(v) for v in operands]
    inputs, labels = _einsum_labels(equation, [a.ndim for a in arrays])
    seen = sorted(set("".join(inputs)))
    summed = [a for a in seen if a not in labels]
    order = [*labels, *summed]
    each = []
    for array, own in zip(arrays, inputs, strict=True):
        single = "".join(dict.fromkeys(own))
        length = dict(zip(own, array.shape))
        if len(single) < len(own):  # diagonals of a label twice
            array = np.einsum(array, [seen.index(a) for a in own], [seen.index(a) for a in single])  # type: ignore[arg-type]
        array = array.transpose([single.index(a) for a in order if a in single])
        each.append(array.reshape([length.get(a, 1) for a in order]))
    shape = np.broadcast_shapes(*(a.shape for a in each))
    check_size(math.prod(shape), 1 << 26)
    out = shape[: len(labels)]
    flat = [np.broadcast_to(a, shape).reshape(math.prod(out), -1) for a in each]
    table = next(a for a, v in zip(flat, operands) if isinstance(v, Wire))
    factors = next((a for a, v in zip(flat, operands) if not isinstance(v, Wire)), None)
    ones = np.ones((1, 1), dtype=np.int64)
    found = wires[0].combined(table, ones if factors is None else factors, weights=factors is not None)
    return found.reshaped(out)


def _einsum_labels(equation: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """The labels of each input and of the output, with capital Greek letters for the axes of an ellipsis."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ranks):
        raise unread("model", f"einsum({equation!r:.40})", "is one term for each operand")
    spare, most = "ΑΒΓΔΕΖΗΘΙΚΛΜ", 0
    for i, rank in enumerate(ranks):
        if "..." in inputs[i]:
            count = rank - len(inputs[i]) + 3
            most = max(most, count)
            inputs[i] = inputs[i].replace("...", spare[len(spare) - count :] if count else "")
    dots = spare[len(spare) - most :] if most else ""
    joined = "".join(inputs)
    if not arrow:
        right = dots + "".join(a for a in sorted(set(joined)) if joined.count(a) == 1 and a not in dots)
    right = right.replace("...", dots)
    fit = all(len(a) == rank for a, rank in zip(inputs, ranks))
    if not fit or len(set(right)) < len(right) or set(right) - set(joined):
        raise unread("model", f"einsum({equation!r:.40})", "are labels that fit the operands")
    return inputs, right


def linear(x: Wire, weight: Array, bias: Array | None) -> Wire:
    """A matrix (n_out, n_in) on the last axis."""
    rows = x.size // x.shape[-1]
    if rows == 1:
        return x.dense(weight, bias).reshaped((*x.shape[:-1], len(weight)))
    table = np.repeat(np.arange(x.size).reshape(rows, 1, -1), len(weight), axis=1).reshape(rows * len(weight), -1)
    out = x.combined(table, np.tile(weight, (rows, 1)), weights=True).reshaped((*x.shape[:-1], len(weight)))
    return out if bias is None else out.shifted(bias)


def product(x: Wire, other: Array, *, constant_first: bool = False) -> Wire:
    """A product with a constant array by NumPy's rules for `matmul`."""
    if not constant_first and other.ndim == 2 and len(x.shape) > 0 and x.shape[-1] == len(other):
        return linear(x, other.T, None)
    a, b = (other, x.places) if constant_first else (x.places, other)
    if a.ndim == 0 or b.ndim == 0 or a.shape[-1] != b.shape[0 if b.ndim == 1 else -2]:
        raise unread("model", f"a product of shapes {a.shape} and {b.shape}", "are shapes that fit")
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + a.shape[-2:-1] + (b.shape[-1:] if b.ndim > 1 else ())
    a, b = (a[None, :] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    first, second = np.broadcast_arrays(a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :])
    table, factors = (second, first) if constant_first else (first, second)
    n = table.shape[-1]
    return x.combined(table.reshape(-1, n), factors.reshape(-1, n), weights=True).reshaped(shape)


def along_channels(values: NDArray[Entry], x: Wire) -> NDArray[Entry]:
    """One value per channel (axis 1), in a shape that broadcasts to a wire."""
    return values.reshape(-1, *[1] * (len(x.shape) - 2))


def max_pool(x: Wire, sliding: Sliding, name: str) -> Wire:
    """The largest entry of each window; padding is minus infinity."""
    lead, size = _divided(x, len(sliding.kernel))
    shape, table, _ = windows(size, sliding)
    return x.largest(_per_lead(table, lead, size), name).reshaped((*lead, *shape))


def average_pool(x: Wire, sliding: Sliding, padded: bool, divisor: int | None = None) -> Wire:
    """The sum of each window over the number of its entries, of these and the padding, or a divisor; exact."""
    lead, size = _divided(x, len(sliding.kernel))
    shape, table, with_pads = windows(size, sliding)
    count = np.tile(with_pads, math.prod(lead))
    table = _per_lead(table, lead, size)
    count = np.full(len(table), divisor) if divisor is not None else count if padded else (table >= 0).sum(axis=1)
    return mean(x, table, count).reshaped((*lead, *shape))


def adaptive_pool(x: Wire, out: Sequence[int], kind: str, name: str) -> Wire:
    """The mean or the largest entry ("mean", "max") of each of PyTorch's windows for a given number of outputs."""
    lead, size = _divided(x, len(out))
    table = _per_lead(adaptive_windows(size, out), lead, size)
    pooled = x.largest(table, name) if kind == "max" else mean(x, table, (table >= 0).sum(axis=1))
    return pooled.reshaped((*lead, *out))


def _divided(x: Wire, spatial: int) -> tuple[Shape, Shape]:
    """A wire's shape before its spatial axes, and theirs."""
    return x.shape[: len(x.shape) - spatial], x.shape[len(x.shape) - spatial :]


def _per_lead(table: NDArray[np.int64], lead: Shape, size: Shape) -> NDArray[np.int64]:
    """The windows of all channels, one below the other."""
    return per_channel(table, math.prod(lead), math.prod(size)).reshape(-1, table.shape[1])


def merged(wires: Sequence[Wire], kind: str, name: str) -> Wire:
    """The "sum", "mean", "max" or "min" of several wires, entry by entry."""
    out = wires[0]
    for other in wires[1:]:
        if kind in ("max", "min"):
            out = out.maximum(other, name) if kind == "max" else out.minimum(other, name)
        else:
            out = out.plus(other)
    return out.divided(len(wires), name) if kind == "mean" else out


def concatenated(wires: Sequence[Wire], axis: int) -> Wire:
    """Several wires, one after the other along an axis."""
    starts = np.cumsum([0, *(w.size for w in wires)])
    places = np.concatenate([w.places + start for w, start in zip(wires, starts)], axis=axis)
    return wires[0].chain.joined(wires).gather(places)


def global_pool(x: Wire, kind: str, name: str) -> Wire:
    """The mean or the largest entry ("mean", "max") of each channel, with all axes kept."""
    return reduced(x, range(2, len(x.shape)), True, kind, name)


def reduced(x: Wire, axes: Iterable[int], keep: bool, kind: str, name: str) -> Wire:
    """The "sum", "mean", "max" or "min" along some axes, from 0 or from behind, which stay with length 1 or go."""
    gone = sorted({axis % len(x.shape) for axis in axes})
    rest = [a for a in range(len(x.shape)) if a not in gone]
    table = x.places.transpose(*rest, *gone).reshape(math.prod(x.shape[a] for a in rest), -1)
    shape = tuple(1 if a in gone else n for a, n in enumerate(x.shape) if keep or a not in gone)
    if kind == "mean":
        return mean(x, table, np.full(len(table), table.shape[1])).reshaped(shape)
    if kind == "sum":
        return x.combined(table, np.ones((1, 1), dtype=np.int64), weights=False).reshaped(shape)
    if kind == "min":
        return x.scaled(-1).largest(table, name).scaled(-1).reshaped(shape)
    return x.largest(table, name).reshaped(shape)


def mean(x: Wire, table: NDArray[np.int64], count: NDArray[np.int64]) -> Wire:
    """Sums of the entries in each row of a table, over their number."""
    unit = math.lcm(*map(int, np.unique(count)))
    summed = x.combined(table, (unit // count)[:, None], weights=False)
    return summed if unit == 1 else summed.divided(unit, "mean")


def batch_norm(
    x: Wire, mean: Array, variance: Array, weight: Array | None, bias: Array | None, epsilon: float, name: str
) -> Wire:
    """``(x - mean) * s + bias`` per channel; s, that is ``weight / sqrt(variance + epsilon)``, is rounded once to float64."""
    from flint import arb, ctx

    factors = np.ones(len(variance)) if weight is None else weight.astype(np.float64)
    scale = np.empty(len(variance))
    precision, ctx.prec = ctx.prec, 160
    try:
        for i, (v, factor) in enumerate(zip(variance.astype(np.float64).tolist(), factors.tolist(), strict=True)):
            scale[i] = float((arb(factor) / (arb(v) + arb(epsilon)).sqrt()).mid())
    finally:
        ctx.prec = precision
    if not np.isfinite(scale).all():
        raise unread(name, f"a variance of {variance.min()}", "are variances from 0")
    x.chain.note(f"{name}: the scale of batch norm, weight / sqrt(variance + epsilon), is rounded to float64")
    out = x.shifted(along_channels(-mean.astype(np.float64), x)).scaled(along_channels(scale, x))
    return out if bias is None else out.shifted(along_channels(bias.astype(np.float64), x))


def same_pads(
    size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    """The padding that gives one window for each step along each axis; an odd one is larger behind."""
    totals = [max((-(-s // t) - 1) * t + d * (k - 1) + 1 - s, 0) for s, k, t, d in zip(size, kernel, stride, dilation)]
    return [(total // 2, total - total // 2) for total in totals]


def pairs(flat: Sequence[int]) -> list[tuple[int, int]]:
    """The same padding before and after each axis."""
    return [(p, p) for p in flat]
