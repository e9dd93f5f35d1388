"""Bounds on regions: golden values, and the sums as they are written in the papers."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin.base.errors import PwlinError
from pwlin.theory.bounds import montufar_lower, montufar_upper, serra_lower, serra_upper, zaslavsky
from tests.strategies.effort import examples

architectures = st.tuples(st.integers(1, 5), st.lists(st.integers(1, 6), max_size=4))


def serra_by_enumeration(input_dim, widths):
    total = 0
    for vector in itertools.product(*(range(n + 1) for n in widths)):
        limits = [
            min([input_dim, *(n - j for n, j in zip(widths[:k], vector[:k])), widths[k]]) for k in range(len(widths))
        ]
        if all(j <= limit for j, limit in zip(vector, limits)):
            total += math.prod(math.comb(n, j) for n, j in zip(widths, vector))
    return total


def test_lines_in_the_plane():
    assert [zaslavsky(n, 2) for n in range(6)] == [1, 2, 4, 7, 11, 16]  # Steiner 1826
    assert [zaslavsky(n, 3) for n in range(6)] == [1, 2, 4, 8, 15, 26]  # cake numbers, OEIS A000125
    assert zaslavsky(7, 0) == 1


@given(st.integers(0, 12), st.integers(0, 14))
def test_zaslavsky_is_the_sum_of_binomials(n, d):
    assert zaslavsky(n, d) == sum(math.comb(n, j) for j in range(d + 1))
    if n and d:
        assert zaslavsky(n, d) == zaslavsky(n - 1, d) + zaslavsky(n - 1, d - 1)


@examples(80)
@given(architectures)
def test_serra_is_the_sum_over_its_index_vectors(architecture):
    assert serra_upper(*architecture) == serra_by_enumeration(*architecture)


@examples(80)
@given(architectures)
def test_order_of_the_bounds(architecture):
    assert montufar_lower(*architecture) <= serra_upper(*architecture) <= montufar_upper(*architecture)


@examples(60)
@given(st.integers(1, 3), st.lists(st.integers(1, 20), max_size=4))
def test_lower_bounds_where_both_hold(n0, extra):
    widths = [3 * n0 + e for e in extra]
    assert montufar_lower(n0, widths) <= serra_lower(n0, widths) <= serra_upper(n0, widths)


@given(st.lists(st.integers(3, 50), max_size=6))
def test_one_input(widths):
    product = math.prod(n + 1 for n in widths)
    assert serra_lower(1, widths) == serra_upper(1, widths) == montufar_upper(1, widths) == product


@given(st.integers(1, 9), st.integers(1, 12))
def test_one_layer_is_zaslavsky(d, n):
    for bound in (montufar_lower, montufar_upper, serra_upper):
        assert bound(d, [n]) == zaslavsky(n, d)


def test_montufar_2014_as_printed():
    assert montufar_lower(2, [4, 4]) == (4 // 2) ** 2 * (1 + 4 + 6)
    assert montufar_lower(2, [1, 4]) == 0
    assert montufar_lower(3, []) == montufar_upper(3, []) == serra_upper(3, []) == serra_lower(3, []) == 1


def test_a_single_neuron_blocks_the_layers_after_it():
    assert serra_upper(1, [1, 1]) == 3
    assert montufar_upper(1, [1, 1]) == 4


def test_wide_layers():
    widths = [1000, 800, 600]
    assert zaslavsky(2000, 2000) == 2**2000
    assert montufar_upper(10**6, [10**6]) == zaslavsky(10**6, 10**6) == 2**10**6  # nothing is summed
    assert 0 < serra_upper(784, widths) < montufar_upper(784, widths)
    assert serra_upper(np.int64(2), np.array([3, 3])) == 40


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: zaslavsky(-1, 2), "n: found -1"),
        (lambda: zaslavsky(2, 1.5), "d: found 1.5"),
        (lambda: zaslavsky(True, 2), "n: found True"),
        (lambda: serra_upper(0, [3]), "input_dim: found 0"),
        (lambda: montufar_upper(2, [3, 0]), r"widths\[1\]: found 0"),
        (lambda: montufar_lower(2, "33"), "widths: found '33'"),
        (lambda: montufar_lower(2, 3), "widths: found 3"),
        (lambda: serra_lower(2, [6, 5]), r"widths\[1\]: found 5"),
    ],
)
def test_what_is_refused(call, word):
    with pytest.raises(PwlinError, match=word):
        call()


def test_inputs_beyond_the_neurons_cost_nothing():
    assert serra_upper(10**9, [3, 3]) == serra_upper(3, [3, 3]) == 42  # 1·8 + 3·7 + 3·4 + 1·1
    assert serra_upper(10**9, []) == 1
