"""What the kernel knows about a network: scaled float layers, and error bounds that hold in every cell.

The size of an affine map (a, b) on the domain is ``beta |a|_1 + |b|``, where beta >= 1 bounds all coordinates. Sizes and
errors are bounded once for all cells, by sums of absolute values through the layers; every neuron is scaled by a power of
two so that its size is about one, which changes no sign and makes one error bound per layer sharp for all of them.

While the network is made of small integers over one denominator a layer, the layers are scaled to those integers instead.
As long as all sums stay below 2**53 every float operation is exact, and signs are, zeros included.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pwlin.extraction.kernel.scaling import EXACT_LIMIT, ROUNDOFF, scale_and_bound, survey, update_limit
from pwlin.extraction.kernel.scaling import FLOOR as FLOOR
from pwlin.geometry.polytope import Polytope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

VECTOR = 8
"""Rows of weights and maps have lengths that are multiples of this."""

LOOK_CROSSING = 4
"""Crossing neurons of a cell from which a look ahead pays: so many cells come from them."""
LOOK_OPEN = 24
"""The same for the neurons of the last hidden layer that are open."""

NORMAL, LINEAR, NULL = 0, 1, 2


class Plan(NamedTuple):
    """Arrays for the kernel; flat ones are indexed by global neuron (first[k] + i) unless said otherwise.

    weight: layer k >= 1 transposed, from weight_at[k], in rows of stride[k] >= width[k]; map_at[k]: place of the layer's
    maps, d + 1 such rows.
    rectified[k]: whether all neurons of layer k are zero where they are not active.
    A sign at a vertex with weight T and radius r is certain beyond ``T (tau_map[k] + tau_point[k] r)``. It is exact if
    r is 0 and T <= exact_up_to[k]; the value is then an integer multiple of `unit`. With tau_soft in place of tau_map that
    holds for maps under any slopes between those of the activations.
    """

    d: int
    depth: int
    words: int
    width: Integers
    stride: Integers
    first: Integers
    map_at: Integers
    weight_at: Integers
    weight: Floats
    bias: Floats
    left: Floats
    right: Floats
    rectified: NDArray[np.bool_]
    kind: NDArray[np.int8]
    twin: Integers
    first_map: Floats
    tau_map: Floats
    tau_point: Floats
    map_error: Floats
    tau_soft: Floats
    exact_up_to: Floats
    unit: Floats
    update_limit: Integers
    beta: float
    look_crossing: int
    look_open: int


def make_plan(net: Network, domain: Polytope) -> Plan | None:
    """The plan of a network on a bounded domain, or None if its numbers leave the range of float64."""
    d, layers, width = net.input_dim, net.hidden, net.sizes
    corner = max([-(-max(map(abs, g[:-1])) // g[-1]) for g in domain.generators[0]])  # rounded up
    if corner > 2**40:
        return None
    beta, depth = float(max(1, corner)), len(width)
    first = [0, *accumulate(width)]
    n = first[-1]
    stride = [padded(m) for m in width]
    weight_at = [0, 0, *accumulate([a * b for a, b in zip(width, stride[1:])])]
    first_map, weight = np.zeros((d + 1) * stride[0]), np.zeros(weight_at[depth])
    bias, left, right, unit, key, live = np.empty((6, n))
    kind, twin, bounds = np.zeros(n, dtype=np.int8), np.arange(1, n + 1), np.empty((5, depth))
    # Of the network's inputs, and of all neurons after them.
    size, error, softness = np.zeros((3, d + n))
    size[:d] = beta
    shift, null = np.zeros(d + n, dtype=np.int64), np.zeros(d + n, dtype=np.bool_)
    exact, den = True, 1
    inputs = slice(0, d)
    for k, layer in enumerate(layers):
        own, outputs = slice(first[k], first[k + 1]), slice(d + first[k], d + first[k + 1])
        rows = weight[weight_at[k] : weight_at[k + 1]] if k else first_map[: d * stride[0]]
        rows = rows.reshape(-1, stride[k])
        integers = _small_integers(layer, den) if exact else None
        rows.T[: width[k]], bias[own], left[own], right[own] = integers or _rounded(layer, den)
        most = survey(rows, bias[own], size[inputs], shift[inputs], null[inputs], key[own], live[own], size[outputs])
        exact = integers is not None and most * 1.01 < EXACT_LIMIT
        if most == math.inf:
            return None
        if not live[own].all():
            null[outputs] = _null(layer, live[own] == 0, null[inputs])
            kind[own][null[outputs]] = NULL
        low, high, unit_slope = layer.integer_slopes
        kind[own][low == high] = LINEAR
        _twins(layer, key[own], integers is not None, twin[own])
        useful = scale_and_bound(
            rows,
            bias[own],
            left[own],
            right[own],
            size[inputs],
            error[inputs],
            softness[inputs],
            exact,
            beta,
            size[outputs],
            error[outputs],
            softness[outputs],
            shift[outputs],
            null[outputs],
            unit[own],
            bounds[:, k],
            d,
        )
        if not useful:
            return None
        if not layer.is_relu:
            null[outputs] |= (low == 0) & (high == 0)  # the exact slopes: floats may have rounded to 0
        if integers is not None:
            den *= layer.denominator * unit_slope
        inputs = outputs
    first_map[d * stride[0] :][: width[0]] = bias[: width[0]]
    tau_map, tau_point, map_error, exact_up_to, tau_soft = bounds
    return Plan(
        d=d,
        depth=depth,
        words=(n + 63) // 64,
        width=np.array(width, dtype=np.int64),
        stride=np.array(stride, dtype=np.int64),
        first=np.array(first, dtype=np.int64),
        map_at=np.array([(d + 1) * at for at in accumulate([0, *stride[:-1]])], dtype=np.int64),
        weight_at=np.array(weight_at[:depth], dtype=np.int64),
        weight=weight,
        bias=bias,
        left=left,
        right=right,
        rectified=np.array([not left[a:b].any() for a, b in zip(first, first[1:])]),
        kind=kind,
        twin=twin,
        first_map=first_map,
        tau_map=tau_map,
        tau_point=tau_point,
        map_error=map_error,
        tau_soft=tau_soft,
        exact_up_to=exact_up_to,
        unit=unit,
        update_limit=np.array([0, *map(update_limit, width[:-1])], dtype=np.int64),
        beta=beta,
        look_crossing=LOOK_CROSSING,
        look_open=LOOK_OPEN,
    )


def padded(n: int) -> int:
    """The length of rows for n entries."""
    return -(-n // VECTOR) * VECTOR


def _small_integers(layer: Layer, den: int) -> tuple[Floats, Floats, Floats, Floats] | None:
    """The layer times its denominators, if that is a matrix of small integers; `den` scales its inputs."""
    if layer.denominator > EXACT_LIMIT or den > EXACT_LIMIT:
        return None
    weight, bias = layer.compact_weight, layer.compact_bias
    low, high, unit = layer.integer_slopes
    groups = [weight, bias, low, high]
    if any(g.dtype == object or np.abs(g).max() > EXACT_LIMIT for g in groups):
        return None
    w, b, left, right = (g.astype(np.float64) for g in groups)
    if np.abs(b).max() * den > EXACT_LIMIT or unit > EXACT_LIMIT:
        return None
    return w, b * den, left, right


def _rounded(layer: Layer, den: int) -> tuple[Floats, Floats, Floats, Floats]:
    """The layer rounded to nearest, its inputs scaled by `den`; so is its output."""
    left, right = layer.slopes_float
    bias = layer.bias_float
    if den > 1:
        bias = np.array([_nearest(Fraction(v) * den) for v in layer.bias])
    return layer.weight_float, bias, left, right


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _null(layer: Layer, candidates: NDArray[np.bool_], inputs_null: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Neurons that are zero everywhere whatever the pattern, among candidates whose floats say so."""
    weight, bias = layer.compact_weight[candidates][:, ~inputs_null], layer.compact_bias[candidates]
    out = candidates.copy()
    out[candidates] = ~((weight != 0).any(axis=1) | (bias != 0))
    return out


def _twins(layer: Layer, key: Floats, certain: bool, out: Integers) -> None:
    """Give neurons with proportional rows the same number, up to sign; the sign orients the row.

    Keys as in `survey` rule out most; of rows with about the same key, integers tell which are proportional. If floats are
    no exact integers (`certain`), rows of zeros and keys without an error bound may hide anything.
    """
    order = np.argsort(key)
    ordered = key[order]
    if certain or (ordered[0] > 0 and ordered[-1] < math.inf):
        near = ordered[1:] - ordered[:-1] <= 16 * ROUNDOFF * (layer.n_in + 8) * ordered[1:]
        if not near.any():
            return
        groups = np.split(order, np.flatnonzero(~near) + 1)
    else:
        groups = [order]
    for group in groups:
        seen: dict[tuple[int, ...], int] = {}
        for i in sorted(group.tolist()) if len(group) > 1 else ():
            row = [*layer.compact_weight[i].tolist(), int(layer.compact_bias[i])]
            common = math.gcd(*row) or 1
            sign = -1 if next(filter(None, row), 0) < 0 else 1
            out[i] = sign * seen.setdefault(tuple([sign * (v // common) for v in row]), int(out[i]))
