"""Laws of kinks at initialisation: closed forms, their consistency, and simulation with exact extraction."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Network
from pwlin.base.errors import DomainError, ExactnessError, PwlinError
from pwlin.extraction import extract
from pwlin.theory.initialisation import CauchyKinks, SlashKinks, UniformKinks, ZeroKinks, gaussian, he, pytorch_default
from tests.strategies.effort import examples

LAWS = [pytorch_default(), UniformKinks("1/3"), CauchyKinks(), he(1), he("pytorch"), he()]
points = st.fractions(-6, 6, max_denominator=8)


def test_pytorch_default_in_closed_form():
    law = pytorch_default()
    assert [law.density(t) for t in (0, "1/2", -1, 2, -4)] == [Q(1, 4)] * 3 + [Q(1, 16), Q(1, 64)]
    assert law.probability((-1, 1)) == Q(1, 2) and law.probability((0, None)) == Q(1, 2)
    assert law.probability((-5, 5)) == Q(9, 10) and law.expected_kinks(20, (-5, 5)) == 18
    assert law.dead((-5, 5)) == law.always_on((-5, 5)) == Q(1, 20)
    assert law.dead() == 0 and law.dead((0, 1)) == Q(3, 8) and law.expected_kinks(7) == 7


def test_cauchy_in_closed_form():
    assert CauchyKinks().probability((-1, 1)) == sympy.Rational(1, 2)
    assert gaussian(3, 3) == CauchyKinks(1) and gaussian(1, 0) == ZeroKinks() == he(0)
    assert he(2).cdf(1) == sympy.Rational(1, 2) + sympy.atan(1 / sympy.sqrt(2)) / sympy.pi


def test_zero_bias():
    law = he()
    assert law.probability((0, 1)) == 0 and law.probability((-1, 0)) == 0 and law.probability() == 1
    assert law.dead((-1, 1)) == 0 and law.always_on((1, 2)) == Q(1, 2)
    assert law.expected_kinks(9, (-1, 1)) == 1 and law.expected_kinks(0) == 0


@examples(60)
@given(st.sampled_from(LAWS), points, points)
def test_probabilities_add_up(law, s, t):
    if s == t:
        return
    a, b = min(s, t), max(s, t)
    assert 0 <= law.probability((a, b)) <= 1
    assert law.dead((a, b)) == law.always_on((a, b))
    total = law.probability((a, b)) + law.dead((a, b)) + law.always_on((a, b))
    assert sympy.simplify(total - 1) == 0
    mirrored = law.probability((-b, -a))
    assert sympy.simplify(sympy.sympify(mirrored - law.probability((a, b)))) == 0


@pytest.mark.parametrize("law", LAWS[:5], ids=repr)
def test_the_density_is_the_derivative_of_the_cdf(law):
    h = 1e-5
    for t in (Q(-3), Q(-1, 5), Q(0), Q(2, 3), Q(5)):
        slope = (float(law.cdf(float(t) + h)) - float(law.cdf(float(t) - h))) / (2 * h)
        assert math.isclose(slope, float(law.density(t)), rel_tol=1e-4, abs_tol=1e-9)
    t = sympy.Symbol("t", real=True)
    for value in (Q(1, 7), Q(9, 2)):
        exact = sympy.Rational(value.numerator, value.denominator)
        assert sympy.simplify(law.formula(t).subs(t, exact) - sympy.sympify(law.density(value))) == 0


def test_the_densities_integrate_to_one():
    t = sympy.Symbol("t", real=True)
    for law in (pytorch_default(), UniformKinks(3), CauchyKinks(2)):
        assert sympy.integrate(law.formula(t), (t, -sympy.oo, sympy.oo)) == 1
    assert SlashKinks(2).probability((None, 0)) == sympy.Rational(1, 2)
    tail = sympy.limit(SlashKinks(2).formula(t) * t**2, t, sympy.oo)
    assert sympy.simplify(tail - 1 / (2 * sympy.sqrt(sympy.pi))) == 0


@pytest.mark.parametrize(
    ("law", "draw"),
    [
        (pytorch_default(), lambda rng, n: (rng.uniform(-1, 1, n), rng.uniform(-1, 1, n))),
        (he(1), lambda rng, n: (rng.normal(0, 2**0.5, n), rng.normal(0, 1, n))),
        (he("pytorch"), lambda rng, n: (rng.normal(0, 2**0.5, n), rng.uniform(-1, 1, n))),
        (he(), lambda rng, n: (rng.normal(0, 2**0.5, n), np.zeros(n))),
    ],
    ids=["pytorch", "gaussian", "he with uniform bias", "he"],
)
@pytest.mark.parametrize("domain", [(-1, 1), (0, 3)])
def test_simulation_with_exact_extraction(law, draw, domain):
    rng = np.random.default_rng(7)
    neurons = 500
    w, b = draw(rng, neurons)
    net = Network.from_arrays([w[:, None], rng.uniform(-1, 1, (1, neurons))], [b, [0.0]])
    f = extract(net, domain)
    status = list(f.neuron_status().values())
    expected = {
        "active": law.probability(domain),
        "dead": law.dead(domain),
        "always_on": law.always_on(domain),
    }
    for name, probability in expected.items():
        p = float(probability)
        assert abs(status.count(name) - neurons * p) <= 6 * math.sqrt(neurons * p * (1 - p)), name
    kinks = float(law.expected_kinks(neurons, domain))
    assert abs(len(f.kinks) - kinks) <= (6 * math.sqrt(kinks) if kinks > 1 else 0)


@pytest.mark.parametrize(
    ("call", "kind", "word"),
    [
        (lambda: UniformKinks(0), PwlinError, "scale: found 0"),
        (lambda: CauchyKinks(-1), PwlinError, "scale_squared: found -1"),
        (lambda: he(-1), PwlinError, "bias: found -1"),
        (lambda: he("none"), ExactnessError, "bias"),
        (lambda: gaussian(0, 1), PwlinError, "weight_std: found 0"),
        (lambda: gaussian(1, -1), PwlinError, "bias_std: found -1"),
        (lambda: he().density(0), PwlinError, "t: found 0"),
        (lambda: pytorch_default().expected_kinks(-1), PwlinError, "neurons: found -1"),
        (lambda: pytorch_default().probability((1, 0)), DomainError, "domain"),
    ],
)
def test_what_is_refused(call, kind, word):
    with pytest.raises(kind, match=word):
        call()
