"""Integrals in the plane lie between their bounds, which are narrow, and their floats are those of the exact numbers."""

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pwlin
from pwlin import extract
from pwlin.exact.long_fractions import LongFraction
from pwlin.functions.cells import near_plane, volumes
from pwlin.functions.cells.near_integrals import near_integral
from tests.strategies.domains import domains
from tests.strategies.effort import examples
from tests.strategies.networks import hard_networks, networks, pytorch_style


def slowly(f, polynomial, square):
    """By the rule of Grundmann and Möller on all simplices, in rationals."""
    degree = 1 + max([int(square), *map(sum, polynomial)])

    def integrand(x, y, unit):
        value = y * unit ** (degree - 2) if square else 0
        den = 1
        for (i, j), c in polynomial.items():
            value = value * c.denominator + den * int(c.numerator) * x[0] ** i * x[1] ** j * unit ** (
                degree - 1 - i - j
            )
            den *= c.denominator
        return y * value

    den = 1
    for c in polynomial.values():
        den *= c.denominator
    return volumes.integrate(f.complex, range(f.n_regions), f.heights.all, integrand, degree) / den


powers = st.tuples(st.integers(0, 2), st.integers(0, 2))
polynomials = st.dictionaries(powers, st.fractions(-3, 3, max_denominator=7), max_size=4)


@examples(40)
@given(
    st.one_of(networks(2, 3, 4), hard_networks(2)),
    domains(2, bounded=True),
    polynomials,
    st.booleans(),
    st.sampled_from(["exact", "auto"]),
)
def test_bounds_hold(net, domain, polynomial, square, method):
    f = extract(net, domain, method=method)
    found = near_integral(f, polynomial, square)
    assert found is None or found[0] <= slowly(f, polynomial, square) <= found[1]


@pytest.mark.parametrize("sizes", [(2, 20, 1), (2, 10, 10, 1), (2, 7, 7, 7, 1)])
@pytest.mark.parametrize(("polynomial", "square"), [({(0, 0): Q(1)}, False), ({(2, 1): Q(-2, 3), (0, 1): Q(1)}, True)])
def test_bounds_are_narrow(sizes, polynomial, square):
    f = extract(pytorch_style(sizes, 4), [(-2, 2), (0, 3)], method="fast")
    low, high = near_integral(f, polynomial, square)
    assert low <= slowly(f, polynomial, square) <= high and high - low < Q(1, 2**65)


def test_corners_are_made_exactly_where_floats_do_not_tell():
    # two lines that cross at an angle of 2^-40, and a kink that goes straight on between silent facets
    steep = pwlin.Network.from_arrays([[[1, 1], [1, 1 + Q(1, 2**40)], [1, 0]], [[1, 1, 0]]], [[0, 0, 0], [0]])
    f = extract(steep, [(-1, 1)] * 2)
    low, high = near_integral(f, {(0, 0): Q(1)}, False)
    assert low <= f.integral() <= high and high - low < Q(1, 2**80)


def test_numbers_beyond_floats_are_left_to_rationals():
    f = extract(pwlin.Network.from_arrays([[[1e300, 1], [1, 1]], [[1e300, 1]]], [[0, 0], [0]]), [(-1, 1)] * 2)
    assert near_integral(f, {(0, 0): Q(1)}, False) is None and f.integral() > 10**300


def test_floats_are_those_of_all_digits(monkeypatch):
    monkeypatch.setattr(near_plane, "_MANY", 0)
    f = extract(pytorch_style((2, 5, 4, 1), 4), [(-2, 2)] * 2)
    for exponents in ((0, 0), (1, 1)):
        found = f.moment(exponents)
        monkeypatch.setattr(near_plane, "_MANY", np.inf)
        assert (
            type(found) is LongFraction and float(found) == float(f.moment(exponents)) and found == f.moment(exponents)
        )
        monkeypatch.setattr(near_plane, "_MANY", 0)
    mse = f.compare("x**2 - y/3").mse
    regions = sum(region.l2_squared for region in f.compare("x**2 - y/3").per_region)
    assert type(mse) is LongFraction and float(mse) == float(regions / 16) and mse == regions / 16
    text = str(extract(pwlin.Network.from_arrays([[[1, 0]], [[1]]]), [(0, 1)] * 2).integral())
    assert text == "1/2"
