"""What the kernel knows about a network: scaled float layers, and error bounds that hold in every cell.

Sizes and errors of affine maps are bounded once for all cells, by sums of absolute values through the layers (see
`pwlin.extraction.kernel.error_bounds.Bounds`); every neuron is scaled by a power of two so that its size is about one, which changes
no sign and makes one error bound per layer sharp for all of them.

While the network is made of small integers over one denominator a layer, the layers are scaled to those integers instead.
As long as all sums stay below 2**53 every float operation is exact, and signs are, zeros included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pwlin.extraction.kernel.compiled import Bools, Floats, Integers, Signs, all_plain, records, share
from pwlin.extraction.kernel.error_bounds import (
    EXACT_LIMIT,
    LEAST,
    Bounds,
    LayerFloats,
    close_keys,
    is_inaccurate,
    scale_and_bound,
    survey_and_bound,
    update_limit,
)
from pwlin.extraction.kernel.layers import LayerPlan
from pwlin.extraction.kernel.rounding import walls_of
from pwlin.geometry.polytope import Polytope
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

VECTOR = 8
"""Rows of weights and maps have lengths that are multiples of this."""

LOOK_CROSSING = 4
"""Crossing neurons of a cell from which a look ahead pays: so many cells come from them."""
LOOK_OPEN = 24
"""The same for the neurons of the last hidden layer that are open."""

FINE_FROM, FINE_GAIN = 2.0**-32, 2.0**-10
"""Maps are made in two floats if errors of floats are beyond so much of usual maps, and become so much smaller."""
_USUAL = 2.0**-13
"""Usual maps are seldom smaller than this part of their bound, which is about one."""

NORMAL, LINEAR, NULL = 0, 1, 2

Numbers = tuple[Floats, Floats, Floats | float, Floats | float]
"""The weight and bias of a layer, and its left and right slopes."""


class Plan(NamedTuple):
    """A network for the kernel.

    Attributes
    ----------
    d, depth, words : int
        Inputs, hidden layers, and words of a pattern.
    fine : bool
        Whether maps are made in two floats.
    infinity : int
        The number of the domain's facet at infinity, as facets are told (-1 minus their number); 0 if it is bounded.
    widest, map_size : int
        The longest row of maps, and the length of all maps.
    layers : sequence of LayerPlan
    weight, first_map : ndarray
        The weights of all layers but the first, and that one's maps.
    bias, left, right, unit : ndarray, shape (n_neurons,)
        Biases and slopes of all neurons, and what their values are integer multiples of while they are exact.
    kind, twin : ndarray, shape (n_neurons,)
        `NORMAL`, `LINEAR` or `NULL`; and the same number, up to sign, for neurons of one layer with proportional rows.
    beta : float
        Bounds all coordinates of vertices, if they are not far out in an unbounded domain; at least 1.
    look_crossing, look_open : int
    """

    d: int
    depth: int
    words: int
    fine: bool
    infinity: int
    widest: int
    map_size: int
    layers: Sequence[LayerPlan]
    weight: Floats
    bias: Floats
    left: Floats
    right: Floats
    unit: Floats
    kind: Signs
    twin: Integers
    first_map: Floats
    beta: float
    look_crossing: int
    look_open: int


def make_plan(net: Network, domain: Polytope) -> Plan | None:
    """The plan of a network on a domain, or None if its numbers leave the range of float64."""
    d, hidden = net.input_dim, net.hidden
    corner = max([-(-max(map(abs, g[:-1])) // g[-1]) for g in domain.generators[0] if g[-1]])  # rounded up
    if corner > 2**40:
        return None
    beta = float(max(1, corner)) if domain.is_bounded else _wide(hidden[0], corner)
    layout = _layout(d, net.sizes)
    n, layers = layout[-1].stop, records(LayerPlan, len(layout))
    share(layers, layout)
    first_map = np.zeros((d + 1) * layout[0].stride)
    weight = np.zeros(sum(below.width * layer.stride for below, layer in pairwise(layout)))
    bias, left, right, unit, key, live = np.empty((6, n))
    kind, twin = np.zeros(n, dtype=np.int8), np.arange(1, n + 1)
    bounds = _bounds(d + n)
    bounds.size[:d] = beta
    exact, den, inputs = True, 1, slice(0, d)
    for k, (layer, plan) in enumerate(zip(hidden, layout)):
        own, outputs = slice(plan.first, plan.stop), slice(d + plan.first, d + plan.stop)
        rows = weight[plan.weight_at :] if k else first_map
        rows = rows[: layer.n_in * plan.stride].reshape(-1, plan.stride)
        integers = _small_integers(layer, den) if exact else None
        rows.T[: plan.width], bias[own], left[own], right[own] = integers or _rounded(layer, den)
        floats = LayerFloats(rows, bias[own], left[own], right[own], unit[own])
        before, after = _part(bounds, inputs), _part(bounds, outputs)
        told = integers is not None, integers is None and _is_rounded(layer, den)
        exact, rounded, all_live, alike, fits = survey_and_bound(
            floats, before, after, (key[own], live[own]), told, beta, d, layers[k]
        )
        if fits and not all_live:
            after.null[:] = _null(layer, live[own] == 0, before.null)
            kind[own][after.null] = NULL
            fits = scale_and_bound(floats, before, after, exact, rounded, beta, d, layers[k])
        if not fits:
            return None
        if alike:
            _twins(layer, key[own], integers, twin[own])
        if not layer.is_relu:
            low, high, _ = layer.integer_slopes  # exact: floats may have rounded to 0
            kind[own][low == high] = LINEAR
            after.null[:] |= (low == 0) & (high == 0)
        if integers is not None:
            den *= layer.denominator * layer.slope_denominator
        inputs = outputs
    first_map[d * layout[0].stride :][: layout[0].width] = bias[: layout[0].width]
    return Plan(
        d=d,
        depth=len(layers),
        words=(n + 63) // 64,
        infinity=0 if domain.is_bounded else -len(walls_of(domain)),
        fine=_wants_two_floats(domain, layers, (first_map, weight), (bias, left, right), beta),
        widest=max(layer.stride for layer in layout),
        map_size=sum((d + 1) * layer.stride for layer in layout),
        layers=layers,
        weight=weight,
        bias=bias,
        left=left,
        right=right,
        unit=unit,
        kind=kind,
        twin=twin,
        first_map=first_map,
        beta=beta,
        look_crossing=LOOK_CROSSING,
        look_open=LOOK_OPEN,
    )


def _wide(layer: Layer, corner: int) -> float:
    """A power of two that bounds the coordinates of most vertices, by the distance of the first layer's hyperplanes."""
    with np.errstate(all="ignore"):
        distances = np.abs(layer.bias_float) / np.abs(layer.weight_float).max(axis=1)
    usual = float(np.median(distances[np.isfinite(distances)])) if np.isfinite(distances).any() else 1.0
    return math.ldexp(1.0, math.frexp(min(max(8 * usual, corner, 1.0), 2.0**39))[1])


def _layout(d: int, widths: Sequence[int]) -> list[LayerPlan]:
    """Where each layer's neurons, maps and weights are."""
    layout: list[LayerPlan] = []
    first = map_at = weight_at = n_in = 0
    for width in widths:
        stride = padded(width)
        layout.append(LayerPlan(width, first, first + width, stride, map_at, weight_at, update_limit(n_in)))
        first, map_at, weight_at, n_in = first + width, map_at + (d + 1) * stride, weight_at + n_in * stride, width
    return layout


def _wants_two_floats(
    domain: Polytope,
    layers: Sequence[LayerPlan],
    weights: tuple[Floats, Floats],
    units: tuple[Floats, Floats, Floats],
    beta: float,
) -> bool:
    """Whether the errors of floats are not small beside the maps around a point; those of two floats would be much smaller."""
    layout = all_plain(LayerPlan, layers)
    if max([plan.map_error for plan in layout]) < FINE_FROM * _USUAL:
        return False
    point = np.array([float(x) for x in domain.interior_point()])
    work = np.empty((2, len(point) + 1, max(plan.width for plan in layout)))
    k = is_inaccurate(weights, units, layers, point, beta, FINE_FROM, work)
    return k >= 0 and layout[k].fine_error < FINE_GAIN * layout[k].map_error


def _is_rounded(layer: Layer, den: int) -> bool:
    """Whether some float of a layer is not the number that it stands for."""
    if not layer.is_float or den & (den - 1):
        return True
    if layer.is_relu:
        return False
    low, high, unit = layer.integer_slopes
    slopes = zip(layer.slopes_float.ravel().tolist(), [*low.tolist(), *high.tolist()])
    return any(Fraction(s) * unit != exact or 0 < abs(s) < LEAST for s, exact in slopes)


def layers_of(plan: Plan) -> list[LayerPlan]:
    """The layers of a plan, for Python."""
    return all_plain(LayerPlan, plan.layers)


def _bounds(n: int) -> Bounds:
    """Bounds of the network's inputs and of all neurons after them, not known yet but for the inputs' exactness."""
    size, error, fine, softness = np.zeros((4, n))
    shift, null = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    return Bounds(size, error, fine, softness, shift, null)


def _part(bounds: Bounds, at: slice) -> Bounds:
    size, error, fine, softness, shift, null = bounds
    return Bounds(size[at], error[at], fine[at], softness[at], shift[at], null[at])


def padded(n: int) -> int:
    """The length of rows for n entries."""
    return -(-n // VECTOR) * VECTOR


def _small_integers(layer: Layer, den: int) -> Numbers | None:
    """The layer times its denominators, if that is a matrix of small integers; `den` scales its inputs."""
    if layer.denominator > EXACT_LIMIT or den > EXACT_LIMIT or 1 << layer.bits > EXACT_LIMIT:
        return None
    if layer.is_float:
        w, b = (group * float(layer.denominator) for group in (layer.weight_float, layer.bias_float))
    else:
        w, b = (group.astype(np.float64) for group in (layer.compact_weight, layer.compact_bias))
    if np.abs(b).max() * den > EXACT_LIMIT:
        return None
    if layer.is_relu:
        return w, b * den, 0.0, 1.0
    low, high, unit = layer.integer_slopes
    if unit > EXACT_LIMIT or any(g.dtype == object or np.abs(g).max() > EXACT_LIMIT for g in (low, high)):
        return None
    return w, b * den, low.astype(np.float64), high.astype(np.float64)


def _rounded(layer: Layer, den: int) -> Numbers:
    """The layer rounded to nearest, its inputs scaled by `den`; so is its output."""
    left, right = (0.0, 1.0) if layer.is_relu else layer.slopes_float
    bias = layer.bias_float
    if den > 1:
        bias = np.array([_nearest(Fraction(v) * den) for v in layer.bias])
    return layer.weight_float, bias, left, right


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _null(layer: Layer, candidates: Bools, inputs_null: Bools) -> Bools:
    """Neurons that are zero everywhere whatever the pattern, among candidates whose floats say so."""
    if layer.is_float:  # their bits, without signs, as subnormal ones may count as 0
        weight, bias = (group.view(np.int64) << 1 for group in (layer.weight_float, layer.bias_float))
    else:
        weight, bias = layer.compact_weight, layer.compact_bias
    out = candidates.copy()
    out[candidates] = ~((weight[candidates][:, ~inputs_null] != 0).any(axis=1) | (bias[candidates] != 0))
    return out


def _twins(layer: Layer, key: Floats, integers: Numbers | None, out: Integers) -> None:
    """Give neurons with proportional rows the same number, up to sign; the sign orients the row.

    Keys as in `survey` rule out others; of rows with about the same key, integers tell which are proportional. If floats are
    no exact integers, rows of zeros and keys without an error bound may hide anything.
    """
    order = np.argsort(key)
    ordered = key[order]
    some = np.ones(len(key), dtype=np.bool_)
    if integers is not None or (ordered[0] > 0 and ordered[-1] < math.inf):
        near = ordered[1:] - ordered[:-1] <= close_keys(layer.n_in) * ordered[1:]
        some[:-1], some[-1] = near, False
        some[1:] |= near
    chosen = np.sort(order[some])
    if not len(chosen):
        return
    if integers is None:
        weight, bias = layer.compact_weight[chosen], layer.compact_bias[chosen]
    else:
        weight, bias = (group[chosen].astype(np.int64) for group in integers[:2])
    rows = np.column_stack([weight, bias])
    leading = rows[np.arange(len(rows)), (rows != 0).argmax(axis=1)]
    signs = np.where(leading < 0, -1, 1)
    rows //= np.maximum(np.gcd.reduce(rows, axis=1), 1)[:, None] * signs[:, None]
    seen: dict[tuple[int, ...], int] = {}
    for i, sign, row in zip(chosen.tolist(), signs.tolist(), map(tuple, rows.tolist())):
        out[i] = sign * seen.setdefault(row, int(out[i]))
