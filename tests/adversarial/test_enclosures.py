"""Certified errors hold what mpmath finds: targets from a grammar, on the line and in the plane."""

from fractions import Fraction as Q

import mpmath
from hypothesis import given
from hypothesis import strategies as st

from pwlin import Enclosure, PiecewiseLinear1D, compare
from tests.strategies.effort import examples
from tests.strategies.functions import coarse, functions
from tests.strategies.targets import targets

SLACK = Q(1, 10**25)  # of mpmath, which has 40 digits here


def exact(value):
    """An mpmath number as a Fraction, without rounding."""
    sign, mantissa, exponent, _ = mpmath.mpf(value)._mpf_
    return Q(-1 if sign else 1) * int(mantissa) * Q(2) ** exponent


def number(value):
    return mpmath.mpf(value.numerator) / value.denominator


def ends(value):
    """An enclosure's ends; for an exact number it and a hair."""
    if isinstance(value, Enclosure):
        return value.lower, value.upper
    with mpmath.workdps(40):
        middle = exact(mpmath.mpf(str(value.evalf(38)))) if hasattr(value, "evalf") else Q(value)
    return middle - abs(middle) * SLACK, middle + abs(middle) * SLACK


@st.composite
def lines(draw):
    xs = sorted(draw(st.lists(coarse, min_size=2, max_size=4, unique=True)))
    return PiecewiseLinear1D.from_points(xs, [draw(coarse) for _ in xs])


@examples(40)
@given(lines(), targets(1))
def test_the_largest_error_on_the_line(f, target):
    text, function = target
    c = f.compare(text)
    low, high = ends(c.sup)
    (a, b), size = f.domain, 1 + abs(high)
    with mpmath.workdps(40):
        errors = []
        for k in range(41):
            x = a + (b - a) * Q(k, 40)
            errors.append(abs(f(x) - exact(function(number(x)))))
        for place in c.argsups:
            first, last = ends(place) if not isinstance(place, Q) else (place, place)
            x = min(max((first + last) / 2, a), b)
            errors.append(abs(f(x) - exact(function(number(x)))))
    assert max(errors) <= high + size * SLACK
    assert low <= max(errors) + size / 10**4  # the place of the largest error is known to many digits
    assert low >= 0


@examples(25)
@given(lines(), targets(1, smooth=True))
def test_integrals_on_the_line(f, target):
    text, function = target
    c = f.compare(text)
    low, high = ends(c.l2_squared)
    with mpmath.workdps(40):
        total = mpmath.mpf(0)
        for p in f.pieces:
            slope, constant = number(p.slope), number(p.intercept)
            square = lambda x, s=slope, t=constant: (s * x + t - function(x)) ** 2  # noqa: E731
            cuts = [p.left + (p.right - p.left) * Q(k, 4) for k in range(5)]
            total += mpmath.quad(square, [number(x) for x in cuts])
        found = exact(total)
    slack = (1 + abs(found)) / 10**9  # of the quadrature
    assert low - slack <= found <= high + slack
    assert low <= high and ends(c.l1)[0] ** 2 <= high * c.length


@examples(10)
@given(functions(2, [(-1, 1), ("-1/2", 1)], max_width=2), targets(2, leaves=3))
def test_the_largest_error_in_the_plane(f, target):
    text, function = target
    c = compare(f, text, tolerance="1e-2")
    low, high = ends(c.sup)
    with mpmath.workdps(40):
        errors = []
        for i in range(9):
            for j in range(9):
                p = (Q(i - 4, 4), Q(-1, 2) + Q(3 * j, 16))
                errors.append(abs(f(p) - exact(function(*map(number, p)))))
        at = c.argsup
        if all(isinstance(v, Q) for v in at):
            errors.append(abs(f(at) - exact(function(*map(number, at)))))
            assert errors[-1] >= low - SLACK * (1 + high)
    assert max(errors) <= high + SLACK * (1 + high)
