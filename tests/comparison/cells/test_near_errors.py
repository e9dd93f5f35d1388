"""Floats say in which cells the largest error may be; rationals find it there, as if they had looked at all cells."""

from fractions import Fraction as Q
from operator import mul

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwlin import extract
from pwlin.comparison.cells import polynomial_sup
from pwlin.comparison.cells.near_errors import near_errors
from pwlin.comparison.cells.polynomial_sup import ErrorOnCells, supremum
from pwlin.geometry.polytope import dehomogenize
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style

exponents = st.sampled_from([(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)])
numbers = st.one_of(st.fractions(-3, 3, max_denominator=7), st.sampled_from([Q(10) ** 200, Q(10) ** -200, Q(1)]))
polynomials = st.dictionaries(exponents, numbers, max_size=4)
high = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), numbers, max_size=3)


def check(f, coefficients, monkeypatch):
    error = ErrorOnCells(f, coefficients)
    check_bounds(f, error)
    found = []
    for few in (0, 10**9):
        monkeypatch.setattr(polynomial_sup, "_FEW", few)
        found.append(supremum(error, range(f.n_regions), Q(1, 1000)))
    if error.degree <= 2:
        assert found[0] == found[1]
    else:
        one, two = (sup.value for sup in found)
        assert one.lower <= two.upper and two.lower <= one.upper


def check_bounds(f, error):
    near, cells = near_errors(f, error.coefficients), f.complex
    at = error.at_vertices(range(f.n_regions))
    for c in range(f.n_regions):
        assert Q(float(near.least[c])) <= max(abs(at[g]) for g in cells.cells[c])
        if near.most[c] < np.inf:
            corners = [dehomogenize(cells.generators[g]) for g in cells.cells[c]]
            for k in range(len(corners)):  # vertices, middles, and means of different weights
                for weights in ([1], [1, 1], range(1, len(corners) + 1)):
                    some = [corners[(k + i) % len(corners)] for i in range(len(weights))]
                    x = tuple(sum(map(mul, weights, column)) / sum(weights) for column in zip(*some))
                    assert error.magnitude(c, x) <= Q(float(near.most[c]))


@examples(60)
@given(st.one_of(networks(2, 3, 4), hard_networks(2)), polynomials)
def test_any_network(net, coefficients):
    with pytest.MonkeyPatch.context() as patch:
        check(extract(net, [(-1, 1)] * 2), coefficients, patch)


@examples(30)
@given(st.one_of(networks(2, 3, 4), hard_networks(2)), high)
def test_high_degrees(net, coefficients):
    f = extract(net, [(-1, 1)] * 2)
    check_bounds(f, ErrorOnCells(f, coefficients))


@pytest.mark.parametrize("ends", [Q(1, 10**170), Q(10) ** 200])
@pytest.mark.parametrize("power", [2, 4])
def test_products_beyond_floats(ends, power):
    f = extract(pytorch_style((2, 4, 1), 1), [(-ends, ends)] * 2)
    for c in (Q(10) ** 300, Q(1, 10**330), Q(1)):
        check_bounds(f, ErrorOnCells(f, {(power, 0): c, (0, 1): Q(1)}))


@pytest.mark.parametrize("sizes", [(2, 8, 8, 1), (2, 6, 5, 4, 1), (3, 6, 1)])
def test_the_kernel_s_complex(sizes, monkeypatch):
    f = extract(pytorch_style(sizes, 2), [(-1, 1)] * sizes[0], method="fast")
    check(f, {tuple(2 * (k == i) for k in range(sizes[0])): Q(1) for i in range(sizes[0])}, monkeypatch)
    error = ErrorOnCells(f, {(2, *(0,) * (sizes[0] - 1)): Q(1)})
    assert len(error._near.largest_in(range(f.n_regions))) < f.n_regions
    check(f, {tuple(4 * (k == i) for k in range(sizes[0])): Q(1) for i in range(sizes[0])}, monkeypatch)
