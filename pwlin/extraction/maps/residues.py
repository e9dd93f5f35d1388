"""The affine maps of one output in many regions modulo a prime: where these differ, the maps do.

Long integers are never made: products of residues are exact in float64, because the prime is small enough for the longest sum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.rational import ExactArray
from pwlin.extraction.maps.running import Bools, Floats
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

_AT_ONCE = 1 << 20
"""About so many entries of rows are worked on at a time."""


def map_residues(network: Network, output: int, patterns: Sequence[Bools]) -> NDArray[np.int64]:
    """Gradient and offset in each region over the network's last denominator, modulo a prime.

    Parameters
    ----------
    network : Network
    output : int
    patterns : sequence of bool arrays, patterns[k] of shape (n, widths[k])

    Returns
    -------
    ndarray of shape (n, inputs + 1)
        Maps that are equal have equal rows. Cost: a float64 product of one row for each region with each weight matrix.
    """
    prime = _prime_below(math.isqrt(2**53 // (1 + max(layer.n_in for layer in network.layers))))
    layers = [_Residues(layer, prime) for layer in network.layers]
    out = np.empty((len(patterns[0]), network.input_dim + 1), dtype=np.int64)
    step = max(1, _AT_ONCE // max(layer.n_in for layer in network.layers))
    for start in range(0, len(out), step):
        here = slice(start, start + step)
        rows = np.zeros((len(out[here]), network.output_dim))
        rows[:, output] = 1
        offset = np.zeros(len(rows))
        for k in range(len(layers) - 1, -1, -1):
            if k < len(patterns):
                rows = layers[k].bent(rows, patterns[k][here])
            offset = (offset + rows @ layers[k].bias % prime * (network.denominators[k] % prime)) % prime
            rows = layers[k].backward(rows)
        out[here, :-1], out[here, -1] = rows, offset
    return out


class _Residues:
    """The integers of a layer modulo a prime."""

    def __init__(self, layer: Layer, prime: int) -> None:
        self._prime, sparse = prime, layer.sparse
        low, high, _ = layer.integer_slopes
        self._low, self._high, self.bias = (_modulo(values, prime) for values in (low, high, layer.compact_bias))
        if sparse is None:
            self._weight = _modulo(layer.compact_weight, prime)
        else:
            self._weight = sparse.as_csr(_modulo(sparse.values, prime))

    def bent(self, rows: Floats, active: Bools) -> Floats:
        """Rows times the slopes of the units."""
        return np.asarray(rows * np.where(active, self._high, self._low) % self._prime)

    def backward(self, rows: Floats) -> Floats:
        """Rows times the weight."""
        return np.asarray(rows @ self._weight % self._prime)


def _modulo(values: ExactArray, prime: int) -> Floats:
    return np.remainder(values, prime).astype(np.float64)


@cache
def _prime_below(most: int) -> int:
    """The largest prime up to a small number."""
    return next(p for p in count(most, -1) if all(p % d for d in range(2, math.isqrt(p) + 1)))
