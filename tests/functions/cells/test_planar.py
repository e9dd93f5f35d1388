"""The integral by vertices is that by simplices, which is made for polynomials of any degree and dimension."""

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import extract
from pwlin.exact.bridges import exact_sum, from_fmpq
from pwlin.functions.cells import cones, integrals, planar
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def by_simplices(f):
    return integrals.integrate(f, lambda x, y, unit: y, 1)


@examples(40)
@given(st.one_of(networks(2, 3, 4), hard_networks(2)), domains(2, bounded=True), st.sampled_from(["exact", "auto"]))
def test_both_ways_agree(net, domain, method):
    f = extract(net, domain, method=method)
    assert f.integral() == by_simplices(f)


@pytest.mark.parametrize("sizes", [(2, 20, 1), (2, 10, 10, 1), (2, 7, 7, 7, 1)])
def test_both_ways_agree_on_what_the_kernel_finds(sizes):
    f = extract(pytorch_style(sizes, 4), [(-2, 2)] * 2, method="fast")
    assert f.integral() == by_simplices(f)


@examples(15)
@given(st.integers(2, 3).flatmap(lambda d: st.tuples(networks(d, 2, 3), domains(d, bounded=True))))
def test_cones_agree_too(case):
    f = extract(*case)
    assert cones.integral(f) == by_simplices(f)


def test_sides_are_told_exactly_where_floats_do_not():
    f = extract(pytorch_style((3, 5, 1), 4), [(-1, 2)] * 3, method="fast")
    facets = np.arange(len(f.facets))
    found = cones.sides(f.complex, facets)
    f.complex.places.errors[:] = 10.0
    assert (cones.sides(f.complex, facets) == found).all() and set(found.tolist()) == {-1, 1}


def test_facets_are_turned_exactly_where_floats_do_not_tell(monkeypatch):
    f = extract(pytorch_style((2, 6, 6, 1), 4), [(-2, 2)] * 2, method="fast")
    ends = planar.turned(f.complex)
    f.complex.places.radius[:] = float("inf")
    assert (planar.turned(f.complex) == ends).all()


def test_kinks_along_both_axes():
    # max(x, 0) + max(y - 1/2, 0) on [-1, 1] x [0, 1]: 1/2 + 2/8
    f = extract(pwlin.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, Q(-1, 2)], [0]]), [(-1, 1), (0, 1)])
    assert f.integral() == Q(1, 2) + Q(1, 4)


def test_a_sum_of_long_fractions():
    terms = [fmpq(1, 3**k * 2**70000) for k in range(5)] + [fmpq(5, 7)]
    assert from_fmpq(sum(terms, fmpq(0))) == from_fmpq(exact_sum(terms))
