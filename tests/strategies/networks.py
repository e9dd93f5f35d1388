"""Random and degenerate networks for the tests: Hypothesis strategies and seeded generators."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from pwlin import Network

ACTIVATIONS = ("relu", "abs", "identity", ("leaky_relu", "1/4"), ("leaky_relu", -2), ("two_slope", 3, "-1/2"))
UNITS = (
    *ACTIVATIONS,
    ("two_slope", 0, 0),
    ("leaky_relu", 0.1),
    ("two_slope", "1e-330", 1),
    ("two_slope", -1e300, 1e300),
)
rationals = st.fractions(min_value=-4, max_value=4, max_denominator=12)
small = st.sampled_from([Fraction(v) for v in (-1, 0, 0, 1)])
eighths = st.integers(-16, 16).map(lambda n: Fraction(n, 8))
extreme = st.sampled_from([0.0, 1e-300, -1e-300, 1e300, -1e300, 1.0, -1.0, 1e-8, 1e8])
floats = st.floats(-2, 2, allow_nan=False)

# what the entries of a network may be; each family breaks other code
FAMILIES = {
    "rational": rationals,
    "ternary": small,
    "dyadic": eighths,
    "float64": floats,
    "float32": st.floats(-2, 2, width=32),
    "quantised": st.integers(-127, 127).map(lambda n: float(np.float32(n) * np.float32(0.0123))),  # int8 times a scale
    "scales": st.sampled_from([1e-8, 1.0, 1e8]).flatmap(lambda s: st.floats(-1, 1).map(lambda v: v * s)),
    "extreme": extreme,
    "ends": st.sampled_from([0.0, 5e-324, -5e-324, 2.3e-308, 1.0, -1.0, 1.7976931348623157e308, -1.7e308]),
}


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


SHAPES = ("plain", "bias-free", "twins", "opposite twins", "dead", "rank one", "one point", "deep and thin", "wide")


@st.composite
def hard_networks(draw, inputs=1, outputs=1, neurons=8, units=UNITS):
    """A network of at most `neurons` hidden neurons, of one family (`FAMILIES`) and with one thing wrong (`SHAPES`)."""
    entry = FAMILIES[draw(st.sampled_from(list(FAMILIES)))]
    shape = draw(st.sampled_from(SHAPES))
    if shape == "deep and thin":
        widths = [draw(st.integers(1, 2)) for _ in range(draw(st.integers(2, max(2, neurons // 2))))]
    elif shape == "wide":
        widths = [neurons]
    else:
        widths = draw(st.lists(st.integers(1, max(1, neurons // 2)), min_size=1, max_size=2))
    sizes = [inputs, *widths, outputs]
    w = [[[draw(entry) for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
    b = [[0 if shape == "bias-free" else draw(entry) for _ in range(n)] for n in sizes[1:]]
    k = draw(st.integers(0, len(widths) - 1))  # the layer in which it is wrong
    if shape in ("twins", "opposite twins"):
        factor = Fraction(2 if shape == "twins" else -1)
        w[k][-1], b[k][-1] = [factor * Fraction(v) for v in w[k][0]], factor * Fraction(b[k][0])
    elif shape == "dead":
        w[k][-1], b[k][-1] = [0] * len(w[k][-1]), draw(st.sampled_from([-1, 0, 1]))
    elif shape == "rank one":
        w[k] = [[(i % 3 - 1) * Fraction(v) for v in w[k][0]] for i in range(len(w[k]))]
    elif shape == "one point":  # all hyperplanes of the first layer go through a point that no float is
        b[0] = [-sum(map(Fraction, row), Fraction(0)) / 3 for row in w[0]]
    kinds = [[draw(st.sampled_from(units)) for _ in range(n)] for n in widths]
    return Network.from_arrays(w, b, activation=kinds)


def pytorch_style(sizes, seed):
    """A network with U(-k, k) weights, k = 1/sqrt(n_in), drawn layer by layer, weight then bias."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        k = 1 / np.sqrt(n_in)
        weights.append(rng.uniform(-k, k, (n_out, n_in)))
        biases.append(rng.uniform(-k, k, n_out))
    return Network.from_arrays(weights, biases)
