"""Exact preactivations of a few neurons under one pattern, by products of just the rows and columns that they need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

import numpy as np
from flint import fmpz_mat

from pwlin._cone import Vector
from pwlin.network import Network
from pwlin.rational import ExactArray


def exact_rows(net: Network, pattern: int, neurons: Iterable[int]) -> dict[int, Vector]:
    """The preactivations of some hidden neurons as affine maps, where a pattern holds.

    Parameters
    ----------
    net : Network
    pattern : int
        Bit g belongs to the global neuron g.
    neurons : iterable of int
        Global neurons.

    Returns
    -------
    dict from neuron to (a, b)
        Integers, each row times a positive factor that depends on the layer only.

    Notes
    -----
    Cost: one FLINT product a layer, of its rows that are not zero under the pattern with the columns of such inputs.
    """
    first = [0, *accumulate(net.widths)]
    wanted: dict[int, list[int]] = {}
    for g in neurons:
        layer = bisect_right(first, g) - 1
        wanted.setdefault(layer, []).append(g - first[layer])
    d, scale, found = net.input_dim, 1, {}
    inputs = list(range(d))
    maps = [[int(i == c) for i in range(d)] + [0] for c in range(d)]
    for k in range(max(wanted, default=-1) + 1):
        layer = net.hidden[k]
        low, high, unit = layer.integer_slopes
        bits = pattern >> first[k]
        slopes = [int(high[i] if bits >> i & 1 else low[i]) for i in range(layer.n_out)]
        live = [i for i, slope in enumerate(slopes) if slope]
        asked = wanted.get(k, [])
        rows = sorted({*live, *asked}) if k < max(wanted) else sorted(set(asked))
        values = _product(layer.compact_weight, layer.compact_bias, rows, inputs, maps, d + 1, scale)
        found.update({first[k] + i: tuple(values[i]) for i in asked})
        if k < max(wanted):
            inputs, maps = live, [[slopes[i] * v for v in values[i]] for i in live]
            scale *= layer.denominator * unit
    return found


def _product(
    weight: ExactArray,
    bias: ExactArray,
    rows: list[int],
    inputs: list[int],
    maps: list[list[int]],
    size: int,
    scale: int,
) -> dict[int, list[int]]:
    """Some rows of a layer's weight times the maps of its inputs, the others being zero, plus the bias times `scale`."""
    flat = weight[np.ix_(rows, inputs)].ravel().tolist()
    product = fmpz_mat(len(rows), len(inputs), flat) * fmpz_mat(len(inputs), size, [v for row in maps for v in row])
    entries = list(map(int, product.entries()))
    out = {i: entries[place * size : (place + 1) * size] for place, i in enumerate(rows)}
    for i, row in out.items():
        row[-1] += int(bias[i]) * scale
    return out
