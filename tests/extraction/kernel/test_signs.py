"""What is no number decides nothing."""

import numpy as np
import pytest
from numba import njit

from pwlin.extraction.kernel.look_ahead import _relax
from pwlin.extraction.kernel.maps import scan
from pwlin.extraction.kernel.plan import make_plan
from pwlin.extraction.kernel.signs import UNKNOWN, sign_at
from pwlin.extraction.kernel.starting import add_domain
from pwlin.extraction.kernel.store import make_store
from pwlin.geometry.domain import as_polytope
from pwlin.networks.network import Network
from tests.strategies.networks import pytorch_style


def started(net):
    """A plan, and a store that holds the domain."""
    square = as_polytope([(-1, 1)] * net.input_dim, net.input_dim)
    plan = make_plan(net, square)
    store = make_store(plan)
    assert add_domain(plan, store, square)
    return plan, store


@njit
def asked(plan, store, what, vertices, low, high):
    """One of three functions that only compiled ones call: doors for Python take a second each to compile."""
    if what == 0:
        scan(plan, store, 0, vertices, store.scratch.slope, len(vertices))
    elif what == 1:
        return sign_at(plan, store, 0, 0, 0, low)
    else:
        _relax(plan, store, 0, 0, low, high)
    return 0


def scanned(plan, store, vertices):
    asked(plan, store, 0, vertices, 0.0, 0.0)


def sign_of(plan, store, value):
    return asked(plan, store, 1, np.arange(1), value, 0.0)


def relaxed(plan, store, low, high):
    asked(plan, store, 2, np.arange(1), low, high)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("lost", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_not_forgotten(d, lost):
    net = Network.from_arrays([[[0.1] * d], [[1.0]]], [[5.0], [0.0]])  # positive everywhere
    plan, store = started(net)
    corners = np.arange(2**d)
    scanned(plan, store, corners)
    assert store.scratch.low[0] > 0
    for at in range(2**d):
        plan, store = started(net)
        store.mesh.vertex[at] = store.mesh.scale[at] = lost
        scanned(plan, store, corners)
        assert not store.scratch.low[0] > 0 and not store.scratch.high[0] < 0


def test_signs_of_what_is_no_number_are_left_to_rationals():
    integers, plain = Network.from_arrays([[[1, 2]], [[1]]], [[3], [0]]), pytorch_style((2, 3, 1), 1)
    for net in (integers, plain):
        plan, store = started(net)
        assert sign_of(plan, store, np.nan) == UNKNOWN
        assert [sign_of(plan, store, value) for value in (-1.0, 1.0)] == [-1, 1]
    plan, store = started(integers)
    assert sign_of(plan, store, 0.0) == 0


@pytest.mark.parametrize("ends", [(-np.inf, np.inf), (np.nan, np.nan), (-1e300, 1e300)])
def test_a_range_of_which_nothing_is_known_is_the_neurons_size(ends):
    plan, store = started(pytorch_style((2, 3, 1), 1))
    work = store.scratch
    work.middle[0] = work.spread[0] = 0.0
    relaxed(plan, store, *ends)
    assert work.slope[0] == 0.5  # of a ReLU's chord over a range with 0 in the middle
    assert work.middle[0] - work.spread[0] <= 0.0 and 0.5 <= work.middle[0] + work.spread[0] < 0.6
