"""Exact affine maps of single neurons in single regions: what a record or a point asks for, without arrays for many."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from pwlin.exact.limbs import TERMS, joined
from pwlin.extraction.kernel.compiled import Integers
from pwlin.extraction.kernel.exact_sums import SPARE, Limbed, exact_row
from pwlin.geometry.cone import Vector, primitive
from pwlin.networks.maps import DenseWeight
from pwlin.networks.network import Network

_MOST_KEPT = 1 << 23
"""Weights of more limbs than this are not kept."""


class ExactRows:
    """A network whose neurons' maps are made one by one; see `suits`.

    Each costs a product of one row with every weight matrix below, of rows of active neurons only.
    """

    def __init__(self, network: Network) -> None:
        limbs = [DenseWeight.of(layer).limbs for layer in network.layers]
        counts, sizes = list(map(len, limbs)), [layer.n_in for layer in network.layers]
        signs = [layer.integer_slopes[:2] for layer in network.hidden]
        self._denominators, self._first = network.denominators, network.numbering.first
        self._net = Limbed(
            weight=np.concatenate([limb.ravel() for limb in limbs]),
            at=np.cumsum([0, *(limb.size for limb in limbs[:-1])]),
            limbs=np.array(counts),
            n_in=np.array(sizes),
            n_out=np.array([layer.n_out for layer in network.layers]),
            first=np.array(self._first),
            slopes=np.concatenate([np.stack(pair) for pair in signs], axis=1).astype(np.float64),
        )
        most = sum(counts) + SPARE * len(counts)
        self._room = (2, most, 1 + max(sizes)), (len(counts), most)

    @staticmethod
    def suits(network: Network) -> bool:
        """Whether layers are dense, their slopes -1, 0 or 1, and sums of their integers' limbs exact."""
        hidden = network.hidden
        if not hidden or any(layer.sparse is not None for layer in network.layers):
            return False
        if any(
            layer.integer_slopes[2] != 1 or max(map(abs, np.ravel(layer.integer_slopes[:2]))) > 1 for layer in hidden
        ):
            return False
        counts = [layer.bits // 21 + 1 for layer in network.layers]
        kept = sum(layer.n_out * (layer.n_in + 1) * count for layer, count in zip(network.layers, counts))
        return kept <= _MOST_KEPT and all(layer.n_out * count <= TERMS for layer, count in zip(hidden, counts))

    def __call__(self, layer: int, index: int, pattern: Integers) -> Vector:
        """As one of `SingleMaps.entries`, for a pattern in words of 64 bits; of the readout if `layer` is beyond the hidden ones."""
        rows, constants = map(np.empty, self._room)  # of this thread
        used = exact_row(self._net, pattern, layer, index, rows, constants)
        slopes = rows[0, :used, : self._net.n_in[0]].astype(np.int64).T.tolist()
        offsets = constants[: layer + 1, :used].astype(np.int64).tolist()
        offset = sum(joined(limbs) * den for limbs, den in zip(offsets, self._denominators))
        return (*map(joined, slopes), offset)

    def normal(self, neuron: int, pattern: Integers) -> Vector:
        """The primitive normal of a neuron's zero set where a pattern holds; neurons are numbered as bits."""
        layer = bisect_right(self._first, neuron) - 1
        return primitive(self(layer, neuron - self._first[layer], pattern))
