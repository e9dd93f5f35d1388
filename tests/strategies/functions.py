"""Functions of one and of several variables, and points of their domains, for laws that hold for both."""

from fractions import Fraction as Q

from hypothesis import strategies as st

from pwlin import extract
from tests.strategies.networks import networks

simple = st.sampled_from([Q(-1), Q(0), Q(1), Q(1, 2), Q(2)])
coarse = st.fractions(min_value=-6, max_value=6, max_denominator=4)
portions = st.fractions(0, 1, max_denominator=12)


@st.composite
def domains_about_zero(draw, dim, bounded=None):
    """Domains that overlap: an interval or box about zero, on the line also unbounded ones."""
    bounded = draw(st.booleans()) if bounded is None else bounded
    if not bounded:
        return None
    sides = [(draw(st.integers(-3, -1)), draw(st.integers(1, 3))) for _ in range(dim)]
    return sides[0] if dim == 1 else sides


@st.composite
def functions(draw, dim, domain=..., bounded=None, max_width=3):
    """A function with flat parts and coarse kinks more often than not; on `domain`, or on one of its own."""
    net = draw(networks(dim, max_depth=2, max_width=max_width, entries=simple))
    return extract(net, draw(domains_about_zero(dim, bounded)) if domain is ... else domain)


def corners(f):
    """Lower and upper ends of a box in the domain's hull, one pair a variable."""
    if isinstance(f.domain, tuple):
        left, right = f.domain
        return [(Q(-20) if left is None else left, Q(20) if right is None else right)]
    if not f.domain.is_bounded:
        return [(Q(-20), Q(20))] * f.domain.dim
    return [(min(c), max(c)) for c in zip(*f.domain.vertices)]


@st.composite
def points_of(draw, f):
    """A point of the domain (an interval or a box): a Fraction on the line, else a tuple of them."""
    point = tuple(low + (high - low) * draw(portions) for low, high in corners(f))
    return point[0] if len(point) == 1 else point
