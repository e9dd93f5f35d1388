"""The affine maps of one output in many regions, one after the other, in two floats: what `fine_maps` prepares, summed.

Sums over the neurons that are active are kept from one region to the next: only those that flip are added, in multiples of two
units of which no sum rounds. Where other sums meet, see `two_floats`; the last one is made of `LANES` sums, each of one in so many terms.
"""

from __future__ import annotations

from typing import NamedTuple

from pwlin.extraction.kernel.bits import lowest
from pwlin.extraction.kernel.compiled import Floats, Integers, compiled, integer, strictly
from pwlin.extraction.kernel.two_floats import add_fine_products, fused

LANES = 16
"""Rows have a multiple of so many entries; what is not used are zeros."""


class Chain(NamedTuple):
    """What regions have in common; neuron g of layer k is bit ``first[k] + g`` of a pattern.

    `above` says what a neuron of the last hidden layer changes where it is active: a row with the output's map in terms of the layer
    below and the constant, or of the inputs; heads, then tails. `below` says it of the first layer, for the maps of the second, if
    there are three at least. `weight` has a row for each neuron of the layers between, with what it adds to those above it.
    """

    first: Integers
    slopes: Floats
    above: Floats
    below: Floats
    weight: Floats
    bias: Floats


class Sums(NamedTuple):
    """What is kept: the pattern and slopes of the last region, the sums there, and the maps of layers 0, 1, ....

    ``maps[k, 0]`` are the heads, and ``maps[k, 1]`` the tails, of all coefficients of the first input in layer k's maps, then the second, ...
    """

    pattern: Integers
    slope: Floats
    above: Floats
    below: Floats
    maps: Floats
    bent: Floats
    factors: Floats
    starts: Integers
    lanes: Floats


@strictly
def two_sum(a: float, b: float) -> tuple[float, float]:
    """The rounded sum and its error."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


@strictly
def times(head: float, tail: float, slope: float) -> tuple[float, float]:
    """A pair times a float."""
    product = head * slope
    return two_sum(product, fused(head, slope, -product) + tail * slope)


@strictly
def plus(head: float, tail: float, more: float, rest: float) -> tuple[float, float]:
    """The sum of two pairs."""
    total, lost = two_sum(head, more)
    return two_sum(total, lost + (tail + rest))


@strictly
def met(a: Floats, a_tail: Floats, b: Floats, b_tail: Floats, lanes: Floats) -> tuple[float, float]:
    """The sum of the products of pairs."""
    heads, tails = lanes[:LANES], lanes[LANES:]
    for v in range(LANES):
        heads[v] = 0.0
        tails[v] = 0.0
    for start in range(0, len(a), LANES):
        p, p_tail, q, q_tail = a[start:], a_tail[start:], b[start:], b_tail[start:]
        for v in range(LANES):
            product = p[v] * q[v]
            rest = fused(p_tail[v], q[v], fused(p[v], q_tail[v], fused(p[v], q[v], -product)))
            total = heads[v] + product
            part = total - heads[v]
            tails[v] += ((heads[v] - (total - part)) + (product - part)) + rest
            heads[v] = total
    head, tail = heads[0], tails[0]
    for v in range(1, LANES):
        head, lost = two_sum(head, heads[v])
        tail += tails[v] + lost
    return two_sum(head, tail)


@strictly
def _start(chain: Chain, sums: Sums) -> None:
    """The maps of the second layer from their sums."""
    half, maps = len(sums.below) // 2, sums.maps[1]
    for j in range(half):
        maps[0, j], maps[1, j] = two_sum(sums.below[j], sums.below[half + j])


@strictly
def _next(chain: Chain, sums: Sums, k: int) -> None:
    """The maps of layer k from those of the layer before, without biases."""
    below, stride, count = sums.maps[k - 1], len(sums.starts), integer(0)
    size = below.shape[1] // stride
    for g in range(chain.first[k - 1], chain.first[k]):
        if sums.slope[g] != 0.0:
            sums.starts[count] = g * stride
            for c in range(size):
                at = c * stride + g - chain.first[k - 1]
                sums.factors[0, count, c], sums.factors[1, count, c] = times(below[0, at], below[1, at], sums.slope[g])
            count += 1
    heads, tails = sums.maps[k, 0], sums.maps[k, 1]
    heads[:], tails[:] = 0.0, 0.0
    factors = sums.factors[0], sums.factors[1]
    add_fine_products(chain.weight, sums.starts, factors, count, heads, tails, size, stride)


@strictly
def _output(chain: Chain, sums: Sums, heads: Floats, tails: Floats) -> None:
    """The output's map from its sums and the maps of the layer below."""
    depth, size, half = len(chain.first) - 1, len(heads), len(sums.above) // 2
    if depth == 1:
        for c in range(size):
            heads[c], tails[c] = two_sum(sums.above[c], sums.above[half + c])
    else:
        start, n, maps = chain.first[depth - 2], chain.first[depth - 1] - chain.first[depth - 2], sums.maps[depth - 2]
        for j in range(n):
            head, tail = two_sum(sums.above[j], sums.above[half + j])
            sums.bent[0, j], sums.bent[1, j] = times(head, tail, sums.slope[start + j])
        for c in range(size):
            at = slice(c * half, (c + 1) * half)
            heads[c], tails[c] = met(sums.bent[0], sums.bent[1], maps[0, at], maps[1, at], sums.lanes)
        constant, rest = two_sum(sums.above[n], sums.above[half + n])
        heads[size - 1], tails[size - 1] = plus(heads[size - 1], tails[size - 1], constant, rest)
    bias = chain.bias[chain.first[depth]]
    heads[size - 1], tails[size - 1] = plus(heads[size - 1], tails[size - 1], bias, 0.0)


@strictly
def _add(sums: Floats, row: Floats, sign: float) -> None:
    for j in range(len(row)):
        sums[j] += sign * row[j]


@compiled
def sum_up(chain: Chain, sums: Sums, patterns: Integers, heads: Floats, tails: Floats, fresh: int) -> None:
    """The maps in regions that follow one another and, unless `fresh`, those summed up before."""
    depth, stride = len(chain.first) - 1, len(sums.starts)
    for i in range(len(patterns)):
        layer, changed = integer(0), integer(0 if fresh and i == 0 else depth)
        for word in range(patterns.shape[1]):
            flips = patterns[i, word] ^ sums.pattern[word]
            while flips:
                g = 64 * word + lowest(flips)
                flips &= flips - 1
                while g >= chain.first[layer + 1]:
                    layer += 1
                changed = min(changed, layer)
                on = (patterns[i, word] >> (g & 63)) & 1
                sums.slope[g] = chain.slopes[on, g]
                if layer == depth - 1:
                    _add(sums.above, chain.above[g - chain.first[layer]], 2.0 * on - 1.0)
                elif layer == 0 and depth > 2:
                    _add(sums.below, chain.below[g], 2.0 * on - 1.0)
            sums.pattern[word] = patterns[i, word]
        for k in range(changed + 1, depth - 1):
            if k == 1:
                _start(chain, sums)
            else:
                _next(chain, sums, k)
            last = sums.maps.shape[2] - stride
            for j in range(chain.first[k + 1] - chain.first[k]):
                at, bias = last + j, chain.bias[chain.first[k] + j]
                sums.maps[k, 0, at], sums.maps[k, 1, at] = plus(sums.maps[k, 0, at], sums.maps[k, 1, at], bias, 0.0)
        _output(chain, sums, heads[i], tails[i])
