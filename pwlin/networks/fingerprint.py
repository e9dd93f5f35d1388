"""What tells networks apart in few bytes."""

from __future__ import annotations

import hashlib

from pwlin.exact.digits import ratio
from pwlin.exact.rational import ExactArray
from pwlin.networks.network import Network


def fingerprint(net: Network) -> str:
    """The SHA-256 of the exact weights, biases and activations, layer by layer: networks that are equal have the same."""
    digest = hashlib.sha256()
    for layer in net.layers:
        slopes = [(ratio(a.left), ratio(a.right)) for a in layer.activations]
        digest.update(repr((layer.n_out, layer.n_in, layer.units, layer.denominator, slopes)).encode())
        places, values = layer.nonzero()
        for array in (places, values, layer.compact_bias):
            digest.update(_bytes(array))
    return digest.hexdigest()


def _bytes(array: ExactArray) -> bytes:
    """The same for equal arrays on any machine, with a mark where they end."""
    if array.dtype == object:
        return b"%d:" % len(array) + ",".join(map(str, array.tolist())).encode()
    return b"%d." % len(array) + array.astype("<i8").tobytes()
