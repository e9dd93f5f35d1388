"""Surds are compared exactly, however close they are."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pwlin.exact.surds import Surd

F = Fraction
entries = st.fractions(min_value=-20, max_value=20, max_denominator=30)
surds = st.builds(Surd, entries, entries, st.fractions(min_value=0, max_value=50, max_denominator=12))


def between(surd, unit):
    """Ends of an interval of width about 1 / unit that holds the number, from integer square roots alone."""
    from math import isqrt

    floor = F(isqrt(int(surd.radicand * unit * unit)), unit)
    ends = [surd.rational + surd.factor * r for r in (floor, floor + F(1, unit))]
    return min(ends), max(ends)


@given(surds, surds)
def test_order_agrees_with_brackets(a, b):
    (low, high), (left, right) = between(a, 10**40), between(b, 10**40)
    if high < left:
        assert a < b and not b < a
    elif right < low:
        assert b < a and not a < b
    else:  # numbers this small that agree to 39 digits are equal: their conjugates keep different ones apart
        assert not a < b and not b < a
    assert a.sign() == (1 if low > 0 else -1 if high < 0 else 0)


def test_golden():
    assert Surd(F(0), F(1), F(2)) < Surd(F(0), F(1), F(3))
    assert Surd(F(1), F(-1), F(2)).sign() == -1 and Surd(F(-3), F(2), F(9, 4)).sign() == 0
    close = Surd(F(665857, 470832))  # a convergent of √2, too large by 1.6e-12
    assert Surd(F(0), F(1), F(2)) < close and not close < Surd(F(0), F(1), F(2))
    assert not Surd(F(0), F(2), F(2)) < Surd(F(0), F(1), F(8)) and not Surd(F(0), F(1), F(8)) < Surd(F(0), F(2), F(2))
