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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pwlin.domain import Polytope
from pwlin.layer import Layer
from pwlin.network import Network

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ROUNDOFF = 2.0**-53
EXACT_LIMIT = 2.0**52
FLOOR = 1e-280
"""More than all underflows together, and far less than any size after scaling."""
INPUTS_PER_UPDATE = 4
"""A layer's maps are rebuilt after one rank-one update for so many of its inputs."""

VECTOR = 8
"""Rows of weights and maps have lengths that are multiples of this."""

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


def make_plan(net: Network, domain: Polytope) -> Plan | None:
    """The plan of a network on a bounded domain, or None if its numbers leave the range of float64."""
    d, layers = net.input_dim, net.hidden
    corner = max(abs(Fraction(v, g[-1])) for g in domain.generators[0] for v in g[:-1])
    if corner > 2**40:
        return None
    beta = float(max(1, math.ceil(corner)))
    sizes, errors, softnesses = np.full(d, beta), np.zeros(d), np.zeros(d)
    inputs_null = np.zeros(d, dtype=bool)
    shift_in, exact, den = np.zeros(d, dtype=np.int64), True, 1
    scaled: list[tuple[Floats, Floats, Floats, Floats]] = []
    kinds, twins, units, bounds = [], [], [], []
    with np.errstate(all="ignore"):
        for k, layer in enumerate(layers):
            integers = _small_integers(layer, den) if exact else None
            if integers is None:
                exact = False
                weight, bias, low, high = _rounded(layer, den)
            else:
                weight, bias, low, high = integers
            slope = np.maximum(np.abs(low), np.abs(high))
            weight = np.ldexp(weight, shift_in[None, :])
            size = _size(k, weight, bias, sizes)
            exact = exact and bool(size.max() * 1.01 < EXACT_LIMIT)
            if not np.isfinite(size).all():
                return None
            null = _null(layer, inputs_null)
            shift = np.where(null | (size == 0), 0, np.frexp(size)[1]).astype(np.int64)
            weight, bias = np.ldexp(weight, -shift[:, None]), np.ldexp(bias, -shift)
            size = 1.001 * _size(k, weight, bias, sizes) + FLOOR
            # a sum of n_in products, then updates of three roundings each, of terms of twice the size at most
            rounding = ROUNDOFF * (layer.n_in + 16 + 8 * _update_limit(layer.n_in))
            error = 1.01 * (np.abs(weight) @ (errors if k else np.zeros(d)) + rounding * size) + FLOOR
            rounding += ROUNDOFF * 8 * layer.n_in  # one more update for each neuron with a chord
            softness = 1.01 * (np.abs(weight) @ (softnesses if k else np.zeros(d)) + rounding * size) + FLOOR
            if exact:
                error = np.zeros(layer.n_out)
            linear = np.array([a.is_linear for a in layer.activations])
            scaled.append((weight, bias, low, high))
            kinds.append(np.where(linear, LINEAR, np.where(null, NULL, NORMAL)).astype(np.int8))
            twins.append(_twins(layer))
            units.append(np.ldexp(1.0, -shift))
            top = size.max()
            limit = EXACT_LIMIT / (size / units[-1]).max() if exact else 0.0
            tau, tau_soft = (1.01 * (e.max() + 8 * (d + 2) * ROUNDOFF * top) + FLOOR for e in (error, softness))
            bounds.append((tau, 1.01 * (top + softness.max()) / beta, error.max(), limit, tau_soft))
            sizes, errors = 1.001 * slope * size + FLOOR, 1.001 * slope * (error + 4 * ROUNDOFF * size * (not exact))
            softnesses = 1.001 * slope * (softness + 4 * ROUNDOFF * size)
            shift_in, inputs_null = shift, null | (slope == 0)
            if integers is not None:
                den *= layer.denominator * layer.integer_slopes[2]
    if not all(np.isfinite(a).all() for group in scaled for a in group):
        return None
    return _pack(net, d, scaled, kinds, twins, units, np.array(bounds), beta)


def _update_limit(n_in: int) -> int:
    return n_in // INPUTS_PER_UPDATE


def _size(k: int, weight: Floats, bias: Floats, sizes: Floats) -> Floats:
    size: Floats = np.abs(weight) @ sizes + np.abs(bias)
    return size


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


def _null(layer: Layer, inputs_null: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Neurons that are zero everywhere whatever the pattern."""
    weight = layer.compact_weight[:, ~inputs_null]
    out: NDArray[np.bool_] = ~((weight != 0).any(axis=1) | (layer.compact_bias != 0))
    return out


def _twins(layer: Layer) -> Integers:
    """The same number, up to sign, for neurons with proportional rows; the sign orients the row."""
    out = np.zeros(layer.n_out, dtype=np.int64)
    alike: dict[tuple[int, float], list[int]] = {}
    rows = [(*w, b) for w, b in zip(layer.compact_weight.tolist(), layer.compact_bias.tolist())]
    for i, row in enumerate(rows):
        lead = next((k for k, v in enumerate(row) if v), 0)
        out[i] = -i - 1 if row[lead] < 0 else i + 1
        alike.setdefault((lead, _ratio(row, lead)), []).append(i)
    for group in alike.values():
        seen: dict[tuple[int, ...], int] = {}
        for i in group if len(group) > 1 else ():
            common = math.gcd(*rows[i]) or 1
            row = tuple([v // common if out[i] > 0 else -v // common for v in rows[i]])
            first = seen.setdefault(row, i) + 1
            out[i] = first if out[i] > 0 else -first
    return out


def _ratio(row: tuple[int, ...], lead: int) -> float:
    """The entry after the leading one over that; rounded correctly, so proportional rows have the same."""
    if lead + 1 >= len(row):
        return 0.0
    try:
        return row[lead + 1] / (row[lead] or 1)
    except OverflowError:
        return math.inf


def padded(n: int) -> int:
    """The length of rows for n entries."""
    return -(-n // VECTOR) * VECTOR


def _rows(matrix: Floats) -> Floats:
    """Rows one after the other, padded with zeros."""
    out = np.zeros((len(matrix), padded(matrix.shape[1])))
    out[:, : matrix.shape[1]] = matrix
    return out.ravel()


def _pack(
    net: Network,
    d: int,
    scaled: list[tuple[Floats, Floats, Floats, Floats]],
    kinds: list[Any],
    twins: list[Integers],
    units: list[Floats],
    bounds: Floats,
    beta: float,
) -> Plan:
    width = np.array(net.widths, dtype=np.int64)
    stride = np.array([padded(n) for n in net.widths], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(width)]).astype(np.int64)
    inner = [w.shape[1] * n for (w, *_), n in zip(scaled[1:], stride[1:])]
    weight_at = np.concatenate([[0, 0], np.cumsum(inner)])[: len(width)].astype(np.int64)
    weight, bias = scaled[0][0], scaled[0][1]
    return Plan(
        d=d,
        depth=len(width),
        words=(int(first[-1]) + 63) // 64,
        width=width,
        stride=stride,
        first=first,
        map_at=(d + 1) * (np.cumsum(stride) - stride),
        weight_at=weight_at,
        weight=np.concatenate([np.empty(0), *(_rows(w.T) for w, *_ in scaled[1:])]),
        bias=np.concatenate([b for _, b, *_ in scaled]),
        left=np.concatenate([low for *_, low, _ in scaled]),
        right=np.concatenate([high for *_, high in scaled]),
        rectified=np.array([not low.any() for *_, low, _ in scaled]),
        kind=np.concatenate(kinds),
        twin=np.concatenate(twins),
        first_map=_rows(np.concatenate([weight.T, bias[None, :]])),
        tau_map=bounds[:, 0].copy(),
        tau_point=bounds[:, 1].copy(),
        map_error=bounds[:, 2].copy(),
        exact_up_to=bounds[:, 3].copy(),
        tau_soft=bounds[:, 4].copy(),
        unit=np.concatenate(units),
        update_limit=np.array([0, *map(_update_limit, width[:-1].tolist())]),
        beta=beta,
    )
