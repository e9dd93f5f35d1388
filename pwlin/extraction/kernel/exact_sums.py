"""Exact rows of affine maps in one region, in limbs as `pwlin.exact.limbs` has them: what a few regions need, for which arrays take long."""

from __future__ import annotations

from typing import NamedTuple

from pwlin.extraction.kernel.compiled import Floats, Integers, compiled, copy_into, inner

_ROUND = 1.5 * 2.0**52
"""What is added to it is rounded to an integer."""
_BASE = 2.0**21
SPARE = 3
"""Limbs that carries may need beyond those of sums of products."""


class Limbed(NamedTuple):
    """The weights of all layers, biases as last columns, in limbs.

    Layer k has ``limbs[k]`` limbs from ``at[k]`` on, each a matrix of ``n_out[k]`` rows of ``n_in[k] + 1`` entries. Slope of bits 0 and 1 are -1, 0 or 1.
    """

    weight: Floats
    at: Integers
    limbs: Integers
    n_in: Integers
    n_out: Integers
    first: Integers
    slopes: Floats


@inner
def _carried(sums: Floats, used: int, n: int) -> int:
    """Limbs of at most 2**20 again, of which there may be more than `used`; how many there are."""
    i, top = 0, 1.0
    while i < used or top > 0.0:
        top = 0.0
        for j in range(n):
            carry = (sums[i, j] * (1 / _BASE) + _ROUND) - _ROUND
            sums[i, j] -= carry * _BASE
            sums[i + 1, j] += carry
            top = max(top, abs(carry))
        i += 1
    return i


@compiled
def exact_row(net: Limbed, pattern: Integers, k: int, index: int, rows: Floats, constants: Floats) -> int:
    """Row `index` of layer k as a map of the inputs, in the first limbs of ``rows[0]``; how many limbs that are.

    ``constants[i]`` are limbs of what comes from the biases of layer i, over what the layers above it have for denominators.
    """
    row, other = rows[0], rows[1]
    used = net.limbs[k]
    constants[:] = 0.0
    for b in range(used):
        start = net.at[k] + (b * net.n_out[k] + index) * (net.n_in[k] + 1)
        copy_into(row[b, : net.n_in[k] + 1], net.weight[start:])
    for i in range(k - 1, -1, -1):
        n, below = net.n_out[i], net.n_in[i] + 1
        for a in range(used):
            constants[i + 1, a] = row[a, n]
        for a in range(used + net.limbs[i] + SPARE):
            other[a, :below] = 0.0
        for j in range(n):
            g = net.first[i] + j
            slope = net.slopes[(pattern[g >> 6] >> (g & 63)) & 1, g]
            if slope != 0.0:
                for b in range(net.limbs[i]):
                    start = net.at[i] + (b * n + j) * below
                    weights = net.weight[start : start + below]
                    for a in range(used):
                        factor, into = slope * row[a, j], other[a + b]
                        for c in range(below):
                            into[c] += factor * weights[c]
        row, other = other, row
        used = _carried(row, used + net.limbs[i] - 1, below)
    for a in range(used):
        constants[0, a] = row[a, net.n_in[0]]
    if k % 2:
        for a in range(used):
            copy_into(other[a, : net.n_in[0]], row[a])
    return used
