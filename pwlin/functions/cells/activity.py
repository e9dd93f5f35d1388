"""Where neurons vanish on a complex, and what each of them does there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.exact.integers import wide
from pwlin.functions.cells.complex import CellComplex
from pwlin.networks.network import Network
from pwlin.networks.neurons import Neuron

if TYPE_CHECKING:
    from pwlin.functions.cells.function import PiecewiseLinearND


def zeros_at_generators(cells: CellComplex, net: Network) -> list[NDArray[np.bool_]]:
    """Per hidden layer, at which generators each preactivation vanishes: shape (width, n_generators); exact.

    Along a ray it is the growth of the preactivation that counts: that of the network without biases.
    """
    table = np.array(list(cells.generators), dtype=object).reshape(-1, cells.dim + 1).T
    values, unit = table[:-1], table[-1]
    out = []
    for layer in net.hidden:
        values = wide(layer.times(values)) + np.multiply.outer(layer.bias_integers, unit)
        out.append(values == 0)
        low, high, scale = layer.integer_slopes
        values = values * np.where(np.asarray(values > 0, dtype=bool), wide(high)[:, None], wide(low)[:, None])
        unit = unit * (layer.denominator * scale)
    return out


def neuron_status(f: PiecewiseLinearND) -> dict[Neuron, str]:
    """See `PiecewiseLinearND.neuron_status`."""
    cells = f.complex
    ever = always = cells.patterns[0]
    for bits in cells.patterns:
        ever |= bits
        always &= bits
    flipping = ever & ~always
    contributing = 0
    for facets in (f.kinks, f.silent_facets):
        for facet in facets:
            a, b = facet.regions
            if (cells.patterns[a] ^ cells.patterns[b]) & flipping & ~contributing:
                for flip in facet.flips:
                    if any(flip.jump):
                        contributing |= 1 << cells.neurons.bit(*flip.neuron)
    return cells.neurons.status(ever, always, contributing)
