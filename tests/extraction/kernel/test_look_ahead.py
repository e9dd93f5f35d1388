"""Neurons that are settled ahead change nothing: the kernel still gives what the all-rational search gives."""

import random
from fractions import Fraction as Q
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.extraction.kernel import plan as plans
from pwlin.extraction.kernel import starting
from pwlin.extraction.kernel import store as stores
from pwlin.extraction.kernel.drive import drive
from pwlin.extraction.kernel.oracle import Oracle
from pwlin.extraction.kernel.vector_sums import add_interval, add_products
from pwlin.geometry.domain import as_polytope
from pwlin.networks.network import Network
from tests.extraction.kernel.test_cells import check
from tests.strategies.effort import examples, few
from tests.strategies.networks import networks, pytorch_style

SQUARE = [(-1, 1)] * 2


@pytest.fixture
def eager(monkeypatch):
    """Look ahead in any cell, and leave nothing useful in memory that was not written to."""
    monkeypatch.setattr(plans, "LOOK_CROSSING", 1)
    monkeypatch.setattr(plans, "LOOK_OPEN", 1)

    def enlarged(array, size):
        out = np.full((size, *array.shape[1:]), np.nan if array.dtype.kind == "f" else -7, dtype=array.dtype)
        out[: len(array)] = array
        return out

    monkeypatch.setattr(stores, "enlarged", enlarged)


def finished(net, domain):
    polytope = as_polytope(domain, net.input_dim)
    plan = plans.make_plan(net, polytope)
    store = stores.make_store(plan)
    assert starting.add_domain(plan, store, polytope)
    return plan, drive(plan, store, Oracle(net, polytope))


def weights_of(family, r, sizes):
    entry = {
        "uniform": lambda: r.uniform(-1, 1),
        "ternary": lambda: r.choice([-1, 0, 1]),
        "eighths": lambda: Q(r.randint(-16, 16), 8),
        "scales": lambda: r.uniform(-1, 1) * 2.0 ** r.randint(-30, 30),
    }[family]
    return [[[entry() for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])], [
        [entry() for _ in range(b)] for b in sizes[1:]
    ]


@pytest.mark.parametrize(
    ("family", "activation"),
    few(
        product(
            ["uniform", "ternary", "eighths", "scales"],
            ["relu", "abs", ("leaky_relu", "1/4"), ("leaky_relu", -2), ("two_slope", 3, -1)],
        ),
        8,
    ),
)
def test_families(eager, family, activation):
    r = random.Random(f"{family} {activation}")
    for sizes in ((2, 7, 6, 5, 1), (2, 5, 9, 1), (3, 4, 4, 3, 1), (2, 3, 3, 3, 3, 3, 1)):
        net = Network.from_arrays(*weights_of(family, r, sizes), activation=activation)
        check(net, [(-1, 1)] * sizes[0], r.choice([1, 2]))


def test_any_network(eager):
    @given(networks(2, 4, 6), st.sampled_from([1, 1, 2]))
    @examples(60)
    def run(net, workers):
        check(net, SQUARE, workers)

    run()


@pytest.mark.large
@pytest.mark.parametrize("sizes", [(2, 48, 48, 1), (2, 12, 12, 40, 1), (2, 30, 1, 30, 1), (3, 10, 26, 1)])
@pytest.mark.parametrize("family", ["uniform", "ternary"])
def test_wide_networks_as_they_are(sizes, family):
    if family == "uniform":
        net = pytorch_style(sizes, 3)
    else:
        net = Network.from_arrays(*weights_of(family, random.Random(str(sizes)), sizes))
    assert check(net, [(-1, 1)] * sizes[0])


@pytest.mark.large
def test_the_last_layer_keeps_open_neurons_only():
    _, store = finished(pytorch_style((2, 64, 64, 1), 4), SQUARE)
    looks = store.stack.look[store.stack.look["crossing"] > 0]
    assert len(looks) > 3
    blocks = looks["block"]
    assert blocks[0] == 64 and blocks.min() < 32


@given(st.integers(0, 9), st.integers(1, 5), st.integers(1, 3), st.randoms(use_true_random=False))
def test_products(count, sums, vectors, r):
    length, width, at = plans.VECTOR * vectors, sums + 2, 5
    numbers = np.random.default_rng(r.randint(0, 2**32))
    matrix = numbers.integers(-9, 10, 12 * length).astype(float)
    starts = numbers.integers(0, 11 * length, max(count, 1))
    factors = numbers.integers(-9, 10, (max(count, 1), width)).astype(float)
    rows = np.array([matrix[s : s + length] for s in starts[:count]]).reshape(count, length)
    out = numbers.integers(-9, 10, at + sums * length + 3).astype(float)
    expected = out.copy()
    expected[at : at + sums * length] += (factors[:count, :sums].T @ rows).ravel()
    add_products(matrix, starts, factors, count, sums, out, at, length)
    assert out.tolist() == expected.tolist()
    middle, radius = np.ones((2, length))
    add_interval(matrix, starts, factors, count, sums, middle, radius)
    assert middle.tolist() == (1 + factors[:count, sums] @ rows).tolist()
    assert radius.tolist() == (1 + factors[:count, sums + 1] @ abs(rows)).tolist()
