"""One layer of a plan: what tells its neurons apart, its scaling to size one, and bounds of its errors; compiled.

Weights are transposed, so that all loops run along neurons: ``rows[i, j]`` leads from input i to neuron j,
and the rest of a row is zeros. Every bound is proved in docs/kernel_bounds.md; what is here follows it line by line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pwlin.extraction.kernel.compiled import Bools, Floats, Integers, compiled
from pwlin.extraction.kernel.layers import LayerPlan

ROUNDOFF = 2.0**-53
EXACT_LIMIT = 2.0**52
FLOOR = 1e-270
"""More than all underflows together, and far less than any size after scaling."""
_INPUTS_PER_UPDATE = 4
"""A layer's maps are rebuilt after one rank-one update for so many of its inputs."""
_TINY = 1e-290
"""Weights count as this much at least: those that are rounded to subnormal numbers have no relative accuracy."""
_UNDERFLOW = 2.0**-1021
"""More than any number that becomes subnormal loses, also on processors that are told to make it 0."""
LEAST = 2.0**-400
"""The product of two powers of two that are no smaller is a normal float."""
_PLAIN = 1000
"""Powers of two with smaller exponents are normal floats."""
_HOPELESS = 2.0**-16
"""Errors beyond this leave hardly any sign to floats."""
_MANY = 192
"""Neurons from which it is faster to sort their keys than to compare all pairs."""
_GOLDEN = 0.6180339887498949


def update_limit(n_in: int) -> int:
    """How many updates a layer's maps may have before they are rebuilt."""
    return n_in // _INPUTS_PER_UPDATE


@compiled
def fine_rounding(n_in: int) -> float:
    """What a layer's map of size one loses in two floats: sums of `n_in` products, and of the updates after them."""
    updates = n_in // _INPUTS_PER_UPDATE
    return (n_in + updates + 8.0) ** 2 * (updates + 2.0) * ROUNDOFF * ROUNDOFF


@compiled
def is_inaccurate(
    weights: tuple[Floats, Floats],
    units: tuple[Floats, Floats, Floats],
    layers: Sequence[LayerPlan],
    point: Floats,
    beta: float,
    share: float,
    work: Floats,
) -> int:
    """The first layer whose errors are beyond a share of the sizes of half of its maps around a point; -1: none.

    Parameters
    ----------
    weights : tuple of ndarray
        The first layer's maps, and the weights of the others, as the plan has them.
    units : tuple of ndarray
        Biases, left and right slopes.
    layers : sequence of LayerPlan
    point : ndarray, shape (d,)
    beta, share : float
    work : ndarray, shape (2, d + 1, n)
        Room for the maps of two layers.
    """
    first_map, weight = weights
    bias, left, right = units
    d, n_in = len(point), 0
    for k in range(len(layers)):
        layer, here, below = layers[k], work[k & 1], work[1 - (k & 1)]
        n, first, large = layer.width, layer.first, 0
        for c in range(d + 1):
            for j in range(n):
                here[c, j] = first_map[c * layer.stride + j] if k == 0 else bias[first + j] if c == d else 0.0
            for i in range(n_in):
                row = weight[layer.weight_at + i * layer.stride : layer.weight_at + (i + 1) * layer.stride]
                for j in range(n):
                    here[c, j] += below[c, i] * row[j]
        for j in range(n):
            size, value = abs(here[d, j]), here[d, j]
            for c in range(d):
                size += beta * abs(here[c, j])
                value += here[c, j] * point[c]
            large += layer.map_error > share * size
            for c in range(d + 1):
                here[c, j] *= right[first + j] if value > 0.0 else left[first + j]
        if 2 * large > n:
            return k
        n_in = n
    return -1


class LayerFloats(NamedTuple):
    """A layer: rows of weights, shape (n_in, n_out or more), biases and slopes, and the reciprocals of powers of two by which
    preactivations are divided.
    """

    rows: Floats
    bias: Floats
    left: Floats
    right: Floats
    unit: Floats


class Bounds(NamedTuple):
    """What is known of the outputs of a layer (or of the network's inputs), neuron by neuron, in all cells at once.

    The size of an affine map (a, b) is ``beta |a|_1 + |b|``; beta bounds all coordinates. From a layer's inputs to its
    preactivations, and through the slopes s, with the layer's weights w and u the unit roundoff::

        size       <- |b| + sum |w| size             s size
        error      <- sum |w| error + rounding size  s (error + 4 u size)
        fine       <- as error, with the rounding of products and sums in two floats, of u squared
        softness   <- as error, with the rounding of maps that are updated once more for every neuron

    with factors a little above one, for the rounding of these sums themselves, and `FLOOR` for underflows.

    Attributes
    ----------
    size
        Bounds the exact map and the float one, and so all values, under any pattern.
    error
        Bounds the size of their difference; 0 as long as all floats are exact integers.
    fine
        As `error`, of maps in two floats.
    softness
        As `error`, for maps under any slopes between those of the activations, which are never exact.
    shift
        The powers of two that outputs are divided by.
    null
        Whether the output is zero everywhere.
    """

    size: Floats
    error: Floats
    fine: Floats
    softness: Floats
    shift: Integers
    null: Bools


@compiled
def close_keys(n_in: int) -> float:
    """How much the keys of neurons with proportional rows may differ, relative to the larger one; see `survey`."""
    return 16 * ROUNDOFF * (n_in + 8)


@compiled
def _add_absolute(row: Floats, factor: float, out: Floats) -> None:
    for j in range(len(out)):
        out[j] += abs(row[j]) * factor


@compiled
def _scale(row: Floats, exponent: int) -> None:
    """Times a power of two."""
    if -_PLAIN < exponent < _PLAIN:
        factor = math.ldexp(1.0, exponent)
        for j in range(len(row)):
            row[j] *= factor
    else:
        for j in range(len(row)):
            row[j] = math.ldexp(row[j], exponent)


@compiled
def survey(
    layer: LayerFloats, inputs: Bounds, outputs: Bounds, key: Floats, live: Floats
) -> tuple[float, float, bool, bool]:
    """Look at a layer, and undo the scaling of its inputs.

    Parameters
    ----------
    layer : LayerFloats
        Its rows are multiplied by powers of two.
    inputs, outputs : Bounds
        Out: the size of each neuron.
    key : ndarray, shape (n_out,)
        Out: the same, but for rounding, for neurons with proportional rows (w, b), whatever the factor's sign; 0 for rows
        of zeros, and infinite for rows of tiny or huge floats. It is ``(|row| . c + |row . c| / 2) / max |row|`` for a
        positive c: all errors are relative to the first term, so cancellation in the second does no harm.
    live : ndarray, shape (n_out,)
        Out: not 0 if the bias or a weight on an input that is not null is not.

    Returns
    -------
    most : float
        The largest size; infinite if one is not finite.
    smallest : float
        The least magnitude of floats that are not 0, and of the powers of two by which inputs were divided.
    all_live : bool
        Whether `live` is 0 nowhere.
    alike : bool
        Whether the keys of some neurons, or of too many to compare them here, do not tell that their rows are not proportional.
    """
    rows, bias, size = layer.rows, layer.bias, outputs.size
    n_in, n_out = len(rows), len(bias)
    largest, smallest = size, 1.0
    key[:], largest[:], live[:] = 0.0, 0.0, 0.0
    for i in range(n_in + 1):
        row = rows[i] if i < n_in else bias
        factor = 1.0 + (_GOLDEN * (i + 1)) % 1.0
        for j in range(n_out):
            value = abs(row[j])
            smallest = value if 0.0 < value < smallest else smallest
            key[j] += value * factor
            live[j] += row[j] * factor
            largest[j] = value if value > largest[j] else largest[j]
    least = _TINY
    for i in range(n_in):
        scaled = math.ldexp(1.0, inputs.shift[i])
        smallest = min(smallest, scaled)
        least += _TINY * (1.0 + scaled) * inputs.size[i]
    for j in range(n_out):
        if largest[j] > 0.0:
            normal = FLOOR < largest[j] < 1 / FLOOR
            key[j] = (key[j] + abs(live[j]) / 2) / largest[j] if normal else math.inf
        live[j] = abs(bias[j])
        size[j] = live[j] + least
    for i in range(n_in):
        if not inputs.null[i]:
            _add_absolute(rows[i], 1.0, live)
        if inputs.shift[i] != 0:
            _scale(rows[i], inputs.shift[i])
        _add_absolute(rows[i], inputs.size[i], size)
    most, all_live = 0.0, True
    for j in range(n_out):
        most = max(most, size[j]) if size[j] < math.inf else math.inf
        all_live = all_live and live[j] != 0.0
    close, alike = close_keys(n_in), n_out > _MANY
    for i in range(0 if alike else n_out):
        alike = alike or not 0.0 < key[i] < math.inf
        for j in range(i):
            alike |= abs(key[i] - key[j]) <= close * max(key[i], key[j])
    return most, smallest, all_live, alike


@compiled
def survey_and_bound(
    layer: LayerFloats,
    inputs: Bounds,
    outputs: Bounds,
    work: tuple[Floats, Floats],
    told: tuple[bool, bool],
    beta: float,
    d: int,
    plan: LayerPlan,
) -> tuple[bool, bool, bool, bool, bool]:
    """`survey`, then `scale_and_bound` unless some neurons may be null, which is to be found out between them.

    Parameters
    ----------
    work : tuple of ndarray
        `key` and `live` of `survey`.
    told : tuple of bool
        Whether weights, biases and slopes are integers, as all inputs are; and whether, but for what `survey` finds, they are
        not the rationals that they stand for.

    Returns
    -------
    exact, rounded : bool
        For `scale_and_bound`.
    all_live, alike : bool
        From `survey`.
    fits : bool
        Whether sizes, and if all are live errors, are what floats can hold.
    """
    most, smallest, all_live, alike = survey(layer, inputs, outputs, work[0], work[1])
    exact, rounded = told[0] and most * 1.01 < EXACT_LIMIT, not told[0] and (told[1] or smallest < LEAST)
    fits = most < math.inf
    if fits and all_live:
        fits = scale_and_bound(layer, inputs, outputs, exact, rounded, beta, d, plan)
    return exact, rounded, all_live, alike, fits


@compiled
def _scale_neurons(layer: LayerFloats, outputs: Bounds) -> None:
    """Divide every neuron that is not null by a power of two above its size."""
    rows, bias, unit, shift = layer.rows, layer.bias, layer.unit, outputs.shift
    n_out, plain = len(bias), True
    for j in range(n_out):
        shift[j] = 0 if outputs.null[j] else math.frexp(outputs.size[j])[1]
        unit[j] = math.ldexp(1.0, -shift[j])
        bias[j] = math.ldexp(bias[j], -shift[j])
        outputs.size[j] = 1.001 * math.ldexp(outputs.size[j], -shift[j]) + FLOOR
        plain = plain and -_PLAIN < shift[j] < _PLAIN
    for i in range(len(rows)):
        row = rows[i]
        if plain:
            for j in range(n_out):
                row[j] *= unit[j]
        else:
            for j in range(n_out):
                row[j] = math.ldexp(row[j], -shift[j])


@compiled
def scale_and_bound(
    layer: LayerFloats,
    inputs: Bounds,
    outputs: Bounds,
    exact: bool,
    rounded: bool,
    beta: float,
    d: int,
    plan: LayerPlan,
) -> bool:
    """Scale every neuron to size one, but for null ones, and bound the errors of its map and its signs.

    Parameters
    ----------
    layer : LayerFloats
        After `survey`; then scaled. Slopes beyond 2 are scaled too, which is made good in the next layer's weights: so they
        and their differences are small numbers, whatever they were.
    inputs, outputs : Bounds
        Out: all bounds after the activation; in: sizes before it, and null ones.
    exact : bool
        Whether all floats are exact integers up to here.
    rounded : bool
        Whether weights, biases or slopes are not the rationals that they stand for.
    beta : float
        Bounds all coordinates.
    d : int
    plan : LayerPlan
        Out: `rectified`, `tau_map`, `tau_point`, `map_error`, `fine_error`, `exact_up_to`, `tau_soft`.

    Returns
    -------
    bool
        Whether all numbers are finite, and errors are small.
    """
    rows, left, right = layer.rows, layer.left, layer.right
    size, error, fine, softness = outputs.size, outputs.error, outputs.fine, outputs.softness
    n_in, n_out = len(rows), len(left)
    _scale_neurons(layer, outputs)
    error[:], fine[:], softness[:] = 0.0, 0.0, 0.0
    lost = _UNDERFLOW  # what weights lose that are scaled down to subnormal numbers
    for i in range(n_in):
        lost += _UNDERFLOW * inputs.size[i]
        if not exact:
            _add_absolute(rows[i], inputs.error[i], error)
            _add_absolute(rows[i], inputs.fine[i], fine)
        _add_absolute(rows[i], inputs.softness[i], softness)
    # A sum of n_in products, then updates of three roundings each, of terms of twice the size at most.
    rounding = ROUNDOFF * (n_in + 16 + 8 * (n_in // _INPUTS_PER_UPDATE))
    soft_rounding = rounding + ROUNDOFF * 8 * n_in  # one more update for each neuron with a chord
    grain = fine_rounding(n_in) + (2 * ROUNDOFF if rounded else 0.0)
    slope_grain = 8 * ROUNDOFF * ROUNDOFF + (2 * ROUNDOFF if rounded else 0.0)
    top, worst, finest, softest, largest = 0.0, 0.0, 0.0, 0.0, 0.0
    finite = rectified = True
    for j in range(n_out):
        rectified = rectified and left[j] == 0.0
        if not exact:
            error[j] = 1.01 * (error[j] + rounding * size[j] + lost) + FLOOR
            fine[j] = 1.01 * (fine[j] + grain * size[j] + lost) + FLOOR
        softness[j] = 1.01 * (softness[j] + soft_rounding * size[j] + lost) + FLOOR
        finite = finite and size[j] < math.inf and abs(left[j]) < math.inf and abs(right[j]) < math.inf
        finite = finite and error[j] < math.inf and softness[j] < math.inf
        top, largest = max(top, size[j]), max(largest, size[j] / layer.unit[j])
        worst, finest, softest = max(worst, error[j]), max(finest, fine[j]), max(softest, softness[j])
        slope = max(abs(left[j]), abs(right[j]))
        steep = math.frexp(slope)[1] - 1
        if steep > 0:
            left[j], right[j] = math.ldexp(left[j], -steep), math.ldexp(right[j], -steep)
            outputs.shift[j] += steep
            slope = math.ldexp(slope, -steep)
        if not exact:
            error[j] += 4 * ROUNDOFF * size[j]
            fine[j] += slope_grain * size[j]
        error[j] *= 1.001 * slope
        fine[j] *= 1.001 * slope
        softness[j] = 1.001 * slope * (softness[j] + 4 * ROUNDOFF * size[j])
        size[j] = 1.001 * slope * size[j] + FLOOR
    signs = 8 * (d + 2) * ROUNDOFF * top
    plan.tau_map, plan.tau_soft = 1.01 * (worst + signs) + FLOOR, 1.01 * (softest + signs) + FLOOR
    plan.tau_point = 1.01 * (top + softest) / beta
    plan.map_error, plan.fine_error = worst, finest
    plan.exact_up_to = EXACT_LIMIT / largest if exact else 0.0
    plan.rectified = rectified
    return finite and softest < _HOPELESS
