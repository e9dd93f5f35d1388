"""Affine maps of many regions modulo primes: which of them differ, at the price of float64 products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.limbs import split
from pwlin.exact.residues import PRIMES, canonical, multiply_transposed, of_limbs, reduced
from pwlin.networks.layer import Layer
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def map_residues(network: Network, patterns: Sequence[NDArray[np.bool_]]) -> NDArray[np.int32]:
    """The outputs' maps in regions modulo each of `PRIMES`, over the network's last denominator.

    Parameters
    ----------
    patterns : sequence of bool arrays, patterns[k] of shape (n_regions, sizes[k])

    Returns
    -------
    ndarray of shape (n_regions, n_outputs, n)
        Maps whose n residues are not the same differ; maps that differ have the same by a chance of about 2**-42 an entry.
    """
    found = [_modulo(network, patterns, prime) for prime in PRIMES]
    return np.concatenate(found, axis=1).swapaxes(1, 2)


def _modulo(network: Network, patterns: Sequence[NDArray[np.bool_]], prime: int) -> NDArray[np.int32]:
    """Shape (regions, inputs + 1, outputs)."""
    count, size = len(patterns[0]) if patterns else 1, network.input_dim + 1
    maps = np.eye(size)[None, :, :-1]
    for k, (layer, den) in enumerate(zip(network.layers, network.denominators)):
        weight, bias = _weight(layer, prime), of_limbs(split(layer.compact_bias), prime)
        maps = multiply_transposed(maps.reshape(-1, layer.n_in), weight, prime).reshape(-1, size, layer.n_out)
        maps[:, -1] = reduced(maps[:, -1] + bias * float(den % prime), prime)
        if k < len(patterns):
            if layer.is_relu:
                maps = maps * patterns[k][:, None]
            else:
                low, high = (of_limbs(split(slopes), prime) for slopes in layer.integer_slopes[:2])
                maps = reduced(maps * np.where(patterns[k], high, low)[:, None], prime)
    return canonical(np.broadcast_to(maps, (count, *maps.shape[1:])), prime)


def _weight(layer: Layer, prime: int) -> NDArray[np.float64] | csr_matrix:
    if layer.sparse is not None:
        return layer.sparse.as_csr(of_limbs(split(layer.sparse.values), prime))
    return of_limbs(layer.limbs, prime)
