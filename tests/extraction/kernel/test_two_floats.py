"""Deep networks: maps in two floats are as near as their bounds say, and the search is that in rationals."""

import math
from fractions import Fraction as Q
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from pwlin.extraction.kernel import plan as plans
from pwlin.extraction.kernel.drive import drive
from pwlin.extraction.kernel.entry import fast_count
from pwlin.extraction.kernel.error_bounds import ROUNDOFF, fine_rounding
from pwlin.extraction.kernel.oracle import Oracle, unpack
from pwlin.extraction.kernel.starting import add_domain
from pwlin.extraction.kernel.store import make_store
from pwlin.extraction.kernel.two_floats import add_fine_products
from pwlin.geometry.domain import as_polytope
from pwlin.networks.network import Network
from tests.extraction.kernel.test_cells import check
from tests.extraction.kernel.test_look_ahead import eager as eager  # a fixture
from tests.strategies.effort import examples, few
from tests.strategies.networks import networks

SQUARE = [(-1, 1)] * 2


def deep(sizes, seed, kind="normal", activation="relu"):
    """He's weights, with small biases or none, or PyTorch's."""
    r = np.random.default_rng(seed)
    weights, biases = [], []
    for n, m in zip(sizes, sizes[1:]):
        if kind == "uniform":
            weights.append(r.uniform(-1, 1, (m, n)) / np.sqrt(n))
            biases.append(r.uniform(-1, 1, m) / np.sqrt(n))
        else:
            weights.append(r.normal(size=(m, n)) * np.sqrt(2 / n))
            biases.append(r.normal(size=m) * (kind == "normal") * 0.1)
    return Network.from_arrays(weights, biases, activation=activation)


@njit
def added(weight, starts, factor, factor_tail, heads, tails, sums):
    add_fine_products(weight, starts, (factor, factor_tail), len(starts), heads, tails, sums, len(heads) // sums)


@given(st.integers(0, 12), st.randoms(use_true_random=False))
@examples(30)
def test_sums_of_products(count, r):
    numbers = np.random.default_rng(r.randint(0, 2**32))
    length, sums = 8, 3

    def floats(*shape):
        return numbers.uniform(-1, 1, shape) * 2.0 ** numbers.integers(-20, 20, shape)

    weight, factor = floats(12 * length), floats(max(count, 1), sums + 2)
    factor_tail = numbers.uniform(-1, 1, (max(count, 1), sums)) * 2.0**-53 * abs(factor[:, :sums])
    starts = numbers.integers(0, 11 * length, count)
    heads, tails = floats(sums * length), np.zeros(sums * length)
    exact = [Q(h) for h in heads]
    size = [abs(h) for h in exact]
    for c in range(sums):
        for t, start in enumerate(starts):
            for j in range(length):
                term = (Q(factor[t, c]) + Q(factor_tail[t, c])) * Q(weight[start + j])
                exact[c * length + j] += term
                size[c * length + j] += abs(term)
    added(weight, starts, factor, factor_tail, heads, tails, sums)
    bound = Q(fine_rounding(max(count, 1)))
    for head, tail, value, most in zip(heads, tails, exact, size):
        assert abs(Q(head) + Q(tail) - value) <= bound * most
        assert abs(tail) <= ROUNDOFF * abs(head)


@pytest.fixture
def always(monkeypatch):
    """Two floats in every network that allows them."""
    monkeypatch.setattr(plans, "FINE_FROM", 0.0)


@pytest.mark.parametrize("activation", ["relu", "abs", ("leaky_relu", 0.01), ("two_slope", 3, -1)])
@pytest.mark.parametrize("kind", ["normal", "uniform", "no biases"])
def test_maps_are_as_near_as_they_claim(always, kind, activation):
    net = deep((2, 7, 5, 6, 5, 1), 1, kind, activation)
    square = as_polytope(SQUARE, 2)
    plan = plans.make_plan(net, square)
    assert plan.fine
    store = make_store(plan)
    assert add_domain(plan, store, square)
    oracle = Oracle(net, square)
    store = drive(plan, store, oracle)
    memo, nonzero = store.memo, 0
    for k, layer in enumerate(plans.layers_of(plan)[1:], 1):
        state, pattern = memo.layers[k], unpack(memo.map_pattern[k])
        exact, rows = oracle.preactivations(k, pattern), net.denominators
        for j in range(int(state["block"])):
            neuron = int(memo.ids[int(state["ids_at"]) + j])
            unit = Q(plan.unit[neuron])
            at = layer.map_at + j + np.arange(3) * int(state["stride"])
            found = [Q(head) + Q(tail) for head, tail in zip(memo.maps[at].tolist(), memo.tails[at].tolist())]
            true = [Q(v, net.layers[k].denominator * rows[k]) * unit for v in exact[neuron - layer.first]]
            beta = Q(plan.beta)
            off = [abs(a - b) for a, b in zip(found, true)]
            assert beta * (off[0] + off[1]) + off[2] <= Q(layer.fine_error)
            heads = [abs(Q(head) - b) for head, b in zip(memo.maps[at].tolist(), true)]
            assert beta * (heads[0] + heads[1]) + heads[2] <= Q(float(state["map_error"]))
            nonzero += any(found)
    assert nonzero > 5


@pytest.mark.parametrize(
    ("sizes", "kind"),
    few(
        product(
            [(2, *[5] * 7, 1), (2, *[3] * 16, 1), (3, *[4] * 5, 1), (2, 8, *[4] * 8, 2)],
            ["normal", "uniform", "no biases"],
        ),
        7,
    ),
)
def test_deep_networks_as_they_are(sizes, kind):
    assert check(deep(sizes, 3, kind), [(-1, 1)] * sizes[0])


@pytest.mark.parametrize("activation", ["abs", ("leaky_relu", 0.01), ("leaky_relu", "1/3"), ("two_slope", 3, -1)])
def test_deep_networks_of_other_activations(activation):
    assert check(deep((2, *[4] * 7, 1), 5, activation=activation), SQUARE, 2)


def test_any_network(always, eager):
    @given(networks(2, 4, 5), st.sampled_from([1, 1, 2]))
    @examples(60)
    def run(net, workers):
        check(net, SQUARE, workers)

    run()


@pytest.mark.large
def test_rationals_are_seldom_asked_in_deep_networks(monkeypatch):
    asked = []
    settle = Oracle.settle
    monkeypatch.setattr(Oracle, "settle", lambda self, *args: asked.append(1) or settle(self, *args))
    net = deep((2, *[16] * 10, 1), 7)
    plan = plans.make_plan(net, as_polytope(SQUARE, 2))
    assert plan.fine
    assert fast_count(net, as_polytope(SQUARE, 2), 1) > 1000
    assert len(asked) < 5
    monkeypatch.setattr(plans, "FINE_FROM", math.inf)  # one float a number: then often, even in a smaller one
    assert fast_count(deep((2, *[16] * 9, 1), 7), as_polytope(SQUARE, 2), 1) > 100
    assert len(asked) > 5


@pytest.mark.parametrize("third", ["weight", "bias", "slope", "tiny"])
def test_two_floats_are_of_no_use_where_weights_are_rounded(third):
    weights = [np.full((2, 2), 0.75).tolist(), np.full((2, 2), 0.75).tolist(), [[0.5, 0.5]]]
    biases = [[0.3, 0.7], [0.1, 0.2], [0.1]]
    kinds = ["relu", "relu"]
    if third == "weight":
        weights[0][0][0] = Q(1, 3)
    elif third == "bias":
        biases[1][0] = Q(1, 3)
    elif third == "slope":
        kinds[0] = ("leaky_relu", Q(1, 3))
    else:
        weights[0][0][0] = 1e-200
    plan = plans.make_plan(Network.from_arrays(weights, biases, activation=kinds), as_polytope(SQUARE, 2))
    last = plans.layers_of(plan)[-1]
    assert last.fine_error > 0.01 * last.map_error
