"""One layer of a plan: what tells its neurons apart, its scaling to size one, and bounds of its errors; compiled.

Weights are transposed, so that all loops run along neurons: ``rows[i, j]`` leads from input i to neuron j,
and the rest of a row is zeros.
"""

from __future__ import annotations

import math
from typing import Any

from pwlin.extraction.kernel.compiled import compiled

ROUNDOFF = 2.0**-53
EXACT_LIMIT = 2.0**52
FLOOR = 1e-280
"""More than all underflows together, and far less than any size after scaling."""
_INPUTS_PER_UPDATE = 4
"""A layer's maps are rebuilt after one rank-one update for so many of its inputs."""
_TINY = 1e-290
"""Weights count as this much at least: those that are rounded to subnormal numbers have no relative accuracy."""
_UNDERFLOW = 2.0**-1021
"""More than any number that becomes subnormal loses, also on processors that are told to make it 0."""
_PLAIN = 1000
"""Powers of two with smaller exponents are normal floats."""
_HOPELESS = 2.0**-16
"""Errors beyond this leave hardly any sign to floats."""
_GOLDEN = 0.6180339887498949


def update_limit(n_in: int) -> int:
    """How many updates a layer's maps may have before they are rebuilt."""
    return n_in // _INPUTS_PER_UPDATE


@compiled  # type: ignore[untyped-decorator]
def _add_absolute(row: Any, factor: float, out: Any) -> None:
    for j in range(len(out)):
        out[j] += abs(row[j]) * factor


@compiled  # type: ignore[untyped-decorator]
def _scale(row: Any, exponent: int) -> None:
    """Times a power of two."""
    if -_PLAIN < exponent < _PLAIN:
        factor = math.ldexp(1.0, exponent)
        for j in range(len(row)):
            row[j] *= factor
    else:
        for j in range(len(row)):
            row[j] = math.ldexp(row[j], exponent)


@compiled  # type: ignore[untyped-decorator]
def survey(rows: Any, bias: Any, sizes_in: Any, shift_in: Any, null_in: Any, key: Any, live: Any, size: Any) -> float:
    """Look at a layer, and undo the scaling of its inputs.

    Parameters
    ----------
    rows, bias : ndarray, shapes (n_in, n_out or more) and (n_out,)
        The layer; then its rows times powers of two.
    sizes_in, shift_in, null_in : ndarray, shape (n_in,)
        Sizes of the inputs, the powers of two that they were divided by, and which of them are zero everywhere.
    key : ndarray, shape (n_out,)
        Out: the same, but for rounding, for neurons with proportional rows (w, b), whatever the factor's sign; 0 for rows
        of zeros, and infinite for rows of tiny or huge floats. It is ``(|row| . c + |row . c| / 2) / max |row|`` for a
        positive c: all errors are relative to the first term, so cancellation in the second does no harm.
    live : ndarray, shape (n_out,)
        Out: not 0 if the bias or a weight on an input that is not null is not.
    size : ndarray, shape (n_out,)
        Out: the size of each neuron.

    Returns
    -------
    float
        The largest size; infinite if one is not finite.
    """
    n_in, n_out = len(rows), len(bias)
    largest = size
    key[:], largest[:], live[:] = 0.0, 0.0, 0.0
    for i in range(n_in + 1):
        row = rows[i] if i < n_in else bias
        factor = 1.0 + (_GOLDEN * (i + 1)) % 1.0
        for j in range(n_out):
            value = abs(row[j])
            key[j] += value * factor
            live[j] += row[j] * factor
            largest[j] = value if value > largest[j] else largest[j]
    least = _TINY
    for i in range(n_in):
        least += _TINY * (1.0 + math.ldexp(1.0, shift_in[i])) * sizes_in[i]
    for j in range(n_out):
        if largest[j] > 0.0:
            normal = FLOOR < largest[j] < 1 / FLOOR
            key[j] = (key[j] + abs(live[j]) / 2) / largest[j] if normal else math.inf
        live[j] = abs(bias[j])
        size[j] = live[j] + least
    for i in range(n_in):
        if not null_in[i]:
            _add_absolute(rows[i], 1.0, live)
        if shift_in[i] != 0:
            _scale(rows[i], shift_in[i])
        _add_absolute(rows[i], sizes_in[i], size)
    most = 0.0
    for j in range(n_out):
        if not size[j] < math.inf:
            return math.inf
        most = max(most, size[j])
    return most


@compiled  # type: ignore[untyped-decorator]
def scale_and_bound(
    rows: Any,
    bias: Any,
    left: Any,
    right: Any,
    sizes_in: Any,
    errors_in: Any,
    softness_in: Any,
    exact: bool,
    beta: float,
    size: Any,
    error: Any,
    softness: Any,
    shift: Any,
    null: Any,
    unit: Any,
    bounds: Any,
    d: int,
) -> bool:
    """Scale every neuron to size one, but for null ones, and bound the errors of its map and its signs.

    Parameters
    ----------
    rows, bias : ndarray, shapes (n_in, n_out or more) and (n_out,)
        The layer after `survey`; then scaled.
    left, right : ndarray, shape (n_out,)
        Slopes.
    sizes_in, errors_in, softness_in : ndarray, shape (n_in,)
    exact : bool
        Whether all floats are exact integers up to here.
    beta : float
    size, error, softness : ndarray, shape (n_out,)
        In: the sizes of the neurons. Out: sizes, and bounds of the errors, after the activation; the last are those of maps
        under any slopes between the activations', which are never exact.
    shift : ndarray, shape (n_out,)
        Out: the power of two that each neuron's output is divided by: its own, and one for slopes beyond 2.
    null : ndarray of bool, shape (n_out,)
        Neurons that are zero everywhere.
    unit : ndarray, shape (n_out,)
        Out: the reciprocals of the powers of two.
    bounds : ndarray, shape (5,)
        Out: `tau_map`, `tau_point`, `map_error`, `exact_up_to`, `tau_soft` as in `Plan`.
    d : int

    Returns
    -------
    bool
        Whether all numbers are finite, and errors are small.
    """
    n_in, n_out = len(rows), len(bias)
    plain = True
    for j in range(n_out):
        shift[j] = 0 if null[j] or size[j] == 0.0 else math.frexp(size[j])[1]
        unit[j] = math.ldexp(1.0, -shift[j])
        bias[j] = math.ldexp(bias[j], -shift[j])
        size[j] = 1.001 * math.ldexp(size[j], -shift[j]) + FLOOR
        plain = plain and -_PLAIN < shift[j] < _PLAIN
    error[:], softness[:] = 0.0, 0.0
    lost = _UNDERFLOW  # what weights lose that are scaled down to subnormal numbers
    for i in range(n_in):
        lost += _UNDERFLOW * sizes_in[i]
    for i in range(n_in):
        row = rows[i]
        if plain:
            for j in range(n_out):
                row[j] *= unit[j]
        else:
            for j in range(n_out):
                row[j] = math.ldexp(row[j], -shift[j])
        if not exact:
            _add_absolute(row, errors_in[i], error)
        _add_absolute(row, softness_in[i], softness)
    # A sum of n_in products, then updates of three roundings each, of terms of twice the size at most.
    rounding = ROUNDOFF * (n_in + 16 + 8 * (n_in // _INPUTS_PER_UPDATE))
    soft_rounding = rounding + ROUNDOFF * 8 * n_in  # one more update for each neuron with a chord
    top, worst, softest, largest = 0.0, 0.0, 0.0, 0.0
    finite = True
    for j in range(n_out):
        if not exact:
            error[j] = 1.01 * (error[j] + rounding * size[j] + lost) + FLOOR
        softness[j] = 1.01 * (softness[j] + soft_rounding * size[j] + lost) + FLOOR
        finite = finite and size[j] < math.inf and abs(left[j]) < math.inf and abs(right[j]) < math.inf
        finite = finite and error[j] < math.inf and softness[j] < math.inf
        top, largest = max(top, size[j]), max(largest, size[j] / unit[j])
        worst, softest = max(worst, error[j]), max(softest, softness[j])
        slope = max(abs(left[j]), abs(right[j]))
        steep = math.frexp(slope)[1] - 1
        if steep > 0:  # slopes and their difference are small then, whatever they were
            left[j], right[j] = math.ldexp(left[j], -steep), math.ldexp(right[j], -steep)
            shift[j] += steep
            slope = math.ldexp(slope, -steep)
        if not exact:
            error[j] += 4 * ROUNDOFF * size[j]
        error[j] *= 1.001 * slope
        softness[j] = 1.001 * slope * (softness[j] + 4 * ROUNDOFF * size[j])
        size[j] = 1.001 * slope * size[j] + FLOOR
    bounds[0] = 1.01 * (worst + 8 * (d + 2) * ROUNDOFF * top) + FLOOR
    bounds[1] = 1.01 * (top + softest) / beta
    bounds[2] = worst
    bounds[3] = EXACT_LIMIT / largest if exact else 0.0
    bounds[4] = 1.01 * (softest + 8 * (d + 2) * ROUNDOFF * top) + FLOOR
    return finite and softest < _HOPELESS
