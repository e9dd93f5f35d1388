"""Floats say in which cells the largest error may be; rationals find it there, as if they had looked at all cells."""

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from pwlin import extract
from pwlin.comparison.cells import polynomial_sup
from pwlin.comparison.cells.near_errors import near_errors
from pwlin.comparison.cells.polynomial_sup import ErrorOnCells, supremum
from pwlin.exact.bridges import from_fmpq
from pwlin.functions.cells.volumes import simplices
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style

exponents = st.sampled_from([(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)])
numbers = st.one_of(st.fractions(-3, 3, max_denominator=7), st.sampled_from([Q(10) ** 200, Q(10) ** -200, Q(1)]))
polynomials = st.dictionaries(exponents, numbers, max_size=4)


def check(f, coefficients, monkeypatch):
    error = ErrorOnCells(f, coefficients)
    near, cells = near_errors(f, coefficients), f.complex
    at = error.at_vertices(range(f.n_regions))
    for c in range(f.n_regions):
        assert Q(float(near.least[c])) <= max(abs(at[g]) for g in cells.cells[c])
        if near.most[c] < np.inf:
            for ids in simplices(cells, c):
                corners = [tuple(fmpq(v, cells.generators[g][-1]) for v in cells.generators[g][:-1]) for g in ids]
                assert from_fmpq(error.bernstein_bound(c, corners)) <= Q(float(near.most[c]))
    found = []
    for few in (0, 10**9):
        monkeypatch.setattr(polynomial_sup, "_FEW", few)
        found.append(supremum(error, range(f.n_regions), Q(1, 1000)))
    assert found[0] == found[1]


@examples(60)
@given(st.one_of(networks(2, 3, 4), hard_networks(2)), polynomials)
def test_any_network(net, coefficients):
    with pytest.MonkeyPatch.context() as patch:
        check(extract(net, [(-1, 1)] * 2), coefficients, patch)


@pytest.mark.parametrize("sizes", [(2, 8, 8, 1), (2, 6, 5, 4, 1), (3, 6, 1)])
def test_the_kernel_s_complex(sizes, monkeypatch):
    f = extract(pytorch_style(sizes, 2), [(-1, 1)] * sizes[0], method="fast")
    check(f, {tuple(2 * (k == i) for k in range(sizes[0])): Q(1) for i in range(sizes[0])}, monkeypatch)
    error = ErrorOnCells(f, {(2, *(0,) * (sizes[0] - 1)): Q(1)})
    assert len(error._near.largest_in(range(f.n_regions))) < f.n_regions
