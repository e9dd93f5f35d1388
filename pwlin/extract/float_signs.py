"""Signs of preactivations from float64 evaluation, with a bound that makes every sign it gives certain.

The bound is a running error analysis (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.3):
each layer's computed preactivation differs from the exact one by at most ``|W| e + (n + 8) u (|W| |h| + |b|)``, where e
bounds the error of its inputs h and u is the unit roundoff. The bound is doubled, which covers its own rounding, and
raised by far more than all underflows together; weights and slopes count as 1e-290 at least, because those that are
rounded to subnormal numbers have no relative accuracy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pwlin.layer import Layer

UNSURE = 2
_ROUNDOFF = 2.0**-53
_UNDERFLOW = 1e-290


def preactivation_signs(layers: Sequence[Layer], x: NDArray[np.float64]) -> NDArray[np.int8]:
    """Signs of the last layer's preactivations at points given in float64.

    Parameters
    ----------
    layers : sequence of Layer
        The layers from the input on; the last one's preactivations are asked for. Any weights: where they do not
        round to ordinary floats, nothing is sure.
    x : float64 array, shape (n,)
        The points, each within one ulp of the exact point that is meant.

    Returns
    -------
    int8 array, shape (n, layers[-1].n_out)
        -1 or 1 where the sign is certain, `UNSURE` elsewhere (always where the exact value is zero).
    """
    with np.errstate(all="ignore"):
        h = x[:, None]
        error = 2 * _ROUNDOFF * np.abs(h) + _UNDERFLOW
        for k, layer in enumerate(layers):
            weight, bias = layer.weight_float, layer.bias_float
            size = np.maximum(np.abs(weight).T, _UNDERFLOW)
            roundoff = (layer.n_in + 8) * _ROUNDOFF
            z = h @ weight.T + bias
            error = 2 * ((error + roundoff * np.abs(h)) @ size + roundoff * np.abs(bias)) + _UNDERFLOW
            if k < len(layers) - 1:
                left, right = layer.slopes_float
                steepest = np.maximum(np.maximum(np.abs(left), np.abs(right)), _UNDERFLOW)
                error = 2 * steepest * (error + 4 * _ROUNDOFF * np.abs(z)) + _UNDERFLOW
                h = np.where(z > 0, right * z, left * z)
        certain = np.isfinite(z) & (np.abs(z) > error)  # an overflow says nothing, not even of the sign
    return np.where(certain, np.sign(np.where(certain, z, 0)), UNSURE).astype(np.int8)
