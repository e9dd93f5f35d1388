"""Random and degenerate networks for the tests: Hypothesis strategies and seeded generators."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from pwlin import Network

ACTIVATIONS = ("relu", "abs", "identity", ("leaky_relu", "1/4"), ("leaky_relu", -2), ("two_slope", 3, "-1/2"))
rationals = st.fractions(min_value=-4, max_value=4, max_denominator=12)
small = st.sampled_from([Fraction(v) for v in (-1, 0, 0, 1)])
eighths = st.integers(-16, 16).map(lambda n: Fraction(n, 8))
extreme = st.sampled_from([0.0, 1e-300, -1e-300, 1e300, -1e300, 1.0, -1.0, 1e-8, 1e8])
floats = st.floats(-2, 2, allow_nan=False)


@st.composite
def networks(draw, inputs=1, max_depth=3, max_width=4, outputs=1, entries=None):
    """A network whose weights come from one family, often degenerate, with any mixture of activations."""
    entry = entries if entries is not None else draw(st.sampled_from([rationals, small, eighths, extreme, floats]))
    widths = draw(st.lists(st.integers(1, max_width), max_size=max_depth))
    sizes = [inputs, *widths, outputs]
    weights = [[[draw(entry) for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
    biased = draw(st.booleans())
    biases = [[draw(entry) if biased else 0 for _ in range(b)] for b in sizes[1:]]
    if widths and draw(st.booleans()):  # twin neurons: the last of the first layer repeats its first
        weights[0][-1], biases[0][-1] = list(weights[0][0]), biases[0][0]
    per_layer = [draw(st.lists(st.sampled_from(ACTIVATIONS), min_size=n, max_size=n)) for n in widths]
    return Network.from_arrays(weights, biases, activation=per_layer)


def pytorch_style(sizes, seed):
    """A network with U(-k, k) weights, k = 1/sqrt(n_in), drawn layer by layer, weight then bias."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        k = 1 / np.sqrt(n_in)
        weights.append(rng.uniform(-k, k, (n_out, n_in)))
        biases.append(rng.uniform(-k, k, n_out))
    return Network.from_arrays(weights, biases)
