"""The integral of a squared error of degree 2 at most is that of the general rule."""

from fractions import Fraction as Q

import pytest
from flint import fmpz
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network, extract
from pwlin.comparison.cells.square import integral_of_square
from pwlin.functions.cells.volumes import integrate
from tests.strategies.effort import examples
from tests.strategies.networks import networks, pytorch_style


def by_the_rule(f, coefficients):
    """With the rule of Grundmann and Möller, over 10 and 20 nodes a simplex."""
    den = 1
    for c in coefficients.values():
        den *= c.denominator

    def square(x, y, unit):
        error = den * y * unit
        for exponents, c in coefficients.items():
            term = fmpz(int(c * den)) * unit ** (2 - sum(exponents))
            for v, e in zip(x, exponents):
                term *= v**e
            error -= term
        return error * error

    return integrate(f.complex, range(f.n_regions), f.heights.all, square, 4) / den**2


exponents = st.sampled_from([(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)])


@examples(30)
@given(networks(2, 2, 4), st.dictionaries(exponents, st.fractions(-3, 3, max_denominator=7), max_size=4))
def test_in_the_plane(net, coefficients):
    f = extract(net, [(-1, 1), (0, 2)])
    assert integral_of_square(f, coefficients, range(f.n_regions)) == by_the_rule(f, coefficients)


@pytest.mark.parametrize("method", ["exact", "fast"])
@pytest.mark.parametrize(
    "coefficients",
    [{(2, 0, 0): Q(1), (0, 1, 1): Q(-2, 3), (0, 0, 0): Q(1, 5)}, {(0, 1, 0): Q(-2, 3), (0, 0, 0): Q(1, 5)}, {}],
)
def test_in_space(coefficients, method):
    f = extract(pytorch_style((3, 4, 3, 1), 1), [(-1, 1)] * 3, method=method)
    assert integral_of_square(f, coefficients, range(f.n_regions)) == by_the_rule(f, coefficients)


def test_a_golden_value():
    # x over [-1, 1] x [0, 1] against y: 2/3 + 2/3; against x squared: 2/3 + 2/5
    f = extract(Network.from_arrays([[[1, 0]], [[1]]], activation="identity"), [(-1, 1), (0, 1)])
    assert integral_of_square(f, {(0, 1): Q(1)}, [0]) == Q(4, 3)
    assert integral_of_square(f, {(2, 0): Q(1)}, [0]) == Q(16, 15)
