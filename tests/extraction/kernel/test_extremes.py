"""Numbers at the ends of float64's range, slopes that are zero or round to it, and domains of many corners."""

import random
from fractions import Fraction as Q

import numpy as np
import pytest

from pwlin.base.errors import PwlinError
from pwlin.extraction.cells.count import count_regions
from pwlin.extraction.cells.extract import extract_cells
from pwlin.extraction.cells.rational import cell_complex
from pwlin.geometry.domain import as_polytope
from pwlin.networks.network import Network
from tests.extraction.kernel.test_cells import check
from tests.extraction.kernel.test_look_ahead import eager as eager  # a fixture
from tests.strategies.networks import pytorch_style

SQUARE = [(-1, 1)] * 2


def same(net, domain):
    """The public call gives what the rational search gives, with the kernel or, where it refuses, without."""
    polytope = as_polytope(domain, net.input_dim)
    check(net, domain)
    assert count_regions(net, polytope) == len(cell_complex(net, polytope))


@pytest.mark.parametrize("exponent", [-161, -164, -165])
def test_products_of_weights_that_underflow(exponent):
    for seed in range(5):
        r = random.Random(seed)
        first = np.array([[r.uniform(-1, 1) * 1e-158 for _ in range(3)] for _ in range(4)])
        second = np.array([[r.uniform(-1, 1) * 10.0**exponent for _ in range(4)] for _ in range(4)])
        net = Network.from_arrays([first[:, :2], second, np.ones((1, 4))], [first[:, 2], np.zeros(4), np.zeros(1)])
        same(net, SQUARE)


def test_rationals_that_round_to_subnormals():
    for seed in range(4):
        r = random.Random(seed)
        rows = [[Q(r.randint(-50, 50), 7 * 2**1074) for _ in range(3)] for _ in range(4)]
        same(Network.from_arrays([[row[:2] for row in rows], [[1] * 4]], [[row[2] for row in rows], [0]]), SQUARE)


@pytest.mark.large
@pytest.mark.parametrize("nudges", [215, 240])
def test_weights_that_become_subnormal_beside_huge_inputs(nudges):
    off = 0.49 * 2.0**-50
    last = np.array([2.0**-9 - off] * 256 + [-(2.0**-9) - off] * 256)
    last[:nudges] += 2.0**-50
    ones = np.ones((512, 1))
    net = Network.from_arrays(
        [ones * [[0.5, 0.25]], last[None, :], [[1.0]]],
        [np.full(512, 0.24), np.zeros(1), np.zeros(1)],
        [("two_slope", 0, 1.7e308), "relu"],
    )
    same(net, SQUARE)


def test_slopes_that_round_to_zero_are_none():
    net = Network.from_arrays(
        [[[1, 0], [0, 1]], [[1, -1]], [[1]]], None, activation=[("two_slope", 0, "1e-330"), "relu"]
    )
    assert extract_cells(net, SQUARE)[0].n_regions == 5
    assert check(net, SQUARE)


@pytest.mark.parametrize("slopes", [(0, 0), (0, "1e-330"), ("1e-330", 0)])
def test_units_of_no_slope_among_relus(eager, slopes):
    """The last layer's weights on them are left out, and must not be read."""
    for seed in range(6):
        plain = pytorch_style((2, 9, 9, 1), seed)
        kinds = [["relu"] * 9, ["relu"] * 9]
        kinds[0][seed] = ("two_slope", *slopes)
        weights, biases = ([getattr(layer, name) for layer in plain.layers] for name in ("weight", "bias"))
        assert check(Network.from_arrays(weights, biases, activation=kinds), SQUARE)


@pytest.mark.parametrize("d", [5, pytest.param(9, marks=pytest.mark.large), pytest.param(12, marks=pytest.mark.large)])
def test_domains_of_many_corners(d):
    half = Network.from_arrays([[[1, *[0] * (d - 1)]], [[1]]], None)
    assert count_regions(half, [(-1, 1)] * d, method="fast") == 2
    whole = Network.from_arrays([[[1, *[0] * (d - 1)]], [[1]]], [[5], [0]])
    assert extract_cells(whole, [(-1, 1)] * d, method="fast")[0].n_vertices == 2**d


@pytest.mark.parametrize("workers", [0, -1, 2.5, "2", True])
def test_workers_are_numbers_of_threads(workers):
    for ask in (extract_cells, count_regions):
        with pytest.raises(PwlinError, match="workers: found"):
            ask(pytorch_style((2, 4, 1), 1), SQUARE, workers=workers)


STEEP = [("two_slope", -1.7e308, 1.7e308), ("two_slope", 1.7e308, -1.2e308), ("two_slope", 1e-300, 1.7e308)]


@pytest.mark.parametrize("slopes", STEEP)
@pytest.mark.parametrize("sizes", [(2, 12, 6, 1), (2, 6, 5, 4, 1), (3, 5, 3, 1)])
def test_slopes_whose_difference_is_no_float(eager, slopes, sizes):
    """Weights beside them bring values back to one; the kernel takes them."""
    for seed, exponent in enumerate((-287, -290, -284)):
        plain = pytorch_style(sizes, seed)
        weights, biases = ([getattr(layer, name) for layer in plain.layers] for name in ("weight", "bias"))
        steep = seed % (len(sizes) - 2)
        scale = Q(10.0**exponent)
        for numbers in (weights, biases):
            numbers[steep] = (numbers[steep] * scale).astype(float)
        kinds = ["abs" if seed else "relu"] * (len(sizes) - 2)
        kinds[steep] = slopes
        assert check(Network.from_arrays(weights, biases, activation=kinds), [(-1, 1)] * sizes[0])


ENDS = [0.0, 5e-324, -1e-310, 2.3e-308, 1e-290, -1e-155, 1.0, -0.75, 1e155, -1e300, 1.7e308]


@pytest.mark.parametrize("seed", range(24))
def test_weights_and_slopes_from_both_ends(eager, seed):
    r = random.Random(seed)
    sizes = r.choice([(2, 5, 4, 1), (2, 4, 3, 3, 1), (3, 4, 2, 1)])
    plain = r.random() < 0.5

    def entry():
        return r.uniform(-1, 1) if plain and r.random() < 0.7 else r.choice(ENDS)

    weights = [[[entry() for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
    biases = [[entry() if seed % 3 else 0 for _ in range(b)] for b in sizes[1:]]
    kinds = [[("two_slope", r.choice(ENDS), r.choice(ENDS)) for _ in range(n)] for n in sizes[1:-1]]
    same(Network.from_arrays(weights, biases, activation=kinds), [(-1, 1)] * sizes[0])
